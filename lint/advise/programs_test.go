package advise_test

import (
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/host/hosttest"
	"github.com/svcjify/svcjify/internal/slowtest"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/infer/program/elftest"
)

// service is a script that starts one program and says nothing else.
func service(name, command string) string {
	return "#!/bin/sh\n. /etc/rc.subr\nname=" + name + "\nrcvar=" + name + "_enable\nload_rc_config $name\n: ${" +
		name + "_enable:=YES}\ncommand=" + command + "\nrun_rc_command \"$1\"\n"
}

// The programs of the system are looked at where nothing else tells: those that
// a package has installed, and those of the base system.
func TestPrograms(t *testing.T) {
	inet := elftest.Call{Name: "socket", Args: []int64{2, 1, 0}}
	unix := elftest.Call{Name: "socket", Args: []int64{1, 1, 0}}
	speaks := elftest.File{Needed: []string{"libc.so.7"}, Calls: []elftest.Call{inet},
		Imports: []string{"bind", "listen"}}
	shares := elftest.File{Arm64: true, Needed: []string{"libc.so.7"}, Calls: []elftest.Call{unix},
		Imports: []string{"bind", "shmget"}}
	library := elftest.File{Needed: []string{"libc.so.7"}, Calls: []elftest.Call{inet},
		Imports: []string{"connect", "socket"}}
	uses := elftest.File{Needed: []string{"libsedge.so.1", "libc.so.7"}}
	root := small(t, map[string]string{
		"usr/local/etc/rc.d/speaks": service("speaks", "/usr/local/sbin/speaks"), "usr/local/sbin/speaks": string(speaks.Bytes()),
		"usr/local/etc/rc.d/shares": service("shares", "/usr/local/sbin/shares"), "usr/local/sbin/shares": string(shares.Bytes()),
		"usr/local/etc/rc.d/uses": service("uses", "/usr/local/sbin/uses"), "usr/local/sbin/uses": string(uses.Bytes()),
		"usr/local/lib/libsedge.so.1": string(library.Bytes()),
		"usr/local/etc/rc.d/broken":   service("broken", "/usr/local/sbin/broken"), "usr/local/sbin/broken": "\x7fELF\x02\x01\x01",
		"usr/local/etc/rc.d/gone": service("gone", "/usr/local/sbin/gone"),
		"etc/rc.d/based":          service("based", "/usr/sbin/based"), "usr/sbin/based": string(speaks.Bytes()),
	})
	var list []hosttest.Package
	for _, name := range []string{"speaks", "shares", "uses", "broken", "gone"} {
		list = append(list, hosttest.Package{Name: name, Version: "1", Origin: "misc/" + name,
			Comment: "Nobody can tell",
			Files:   []string{"/usr/local/etc/rc.d/" + name, "/usr/local/sbin/" + name}})
	}
	list[2].Deps = []string{"sedge"}
	list = append(list, hosttest.Package{Name: "sedge", Version: "1", Origin: "misc/sedge",
		Provides: []string{"libsedge.so.1"}, Files: []string{"/usr/local/lib/libsedge.so.1"}})
	require.NoError(t, hosttest.Write(filepath.Join(root, "var/db/pkg/local.sqlite"), list))
	before := fingerprint(t, root)
	m, problems := machine(t, root)
	require.Empty(t, problems)
	got := advice(t, m, advise.Question{})
	facts := func(name, supports string) (out []string) {
		for _, e := range got[name].Evidence {
			if e.Kind == infer.FromProgram && e.Supports == supports {
				out = append(out, e.Fact)
			}
		}
		return out
	}
	require.NotEmpty(t, facts("speaks", "net_basic"))
	require.Contains(t, got["speaks"].Evidence[0].Path, "/usr/local/sbin/speaks")
	require.Equal(t, advise.TwoLines, got["speaks"].Verdict, got["speaks"].Reasons)
	require.Equal(t, []string{"net_basic"}, got["speaks"].Options)
	require.NotEmpty(t, facts("shares", "sysvipcnew"))
	require.NotEmpty(t, facts("uses", "net_basic"), "by its library, which another package provides")
	require.NotEmpty(t, facts("based", "net_basic"))
	require.Equal(t, advise.NotToday, got["broken"].Verdict)
	require.Equal(t, advise.NotToday, got["gone"].Verdict)
	require.Equal(t, before, fingerprint(t, root))
}

// Programs that a compiler and a linker have made for FreeBSD, as packages install
// them: what advise says comes from their calls alone.
func TestBuiltPrograms(t *testing.T) {
	slowtest.Only(t)
	elftest.Clang(t)
	lib := elftest.BuildLibrary(t, elftest.AMD64, "libgorse.so.1",
		`int gorse_serve() { int s = socket(2, 1, 0); bind(s, 0, 0); listen(s, 5); return s; }`)
	stub := filepath.Join(t.TempDir(), "libgorse.so.1")
	require.NoError(t, os.WriteFile(stub, lib, 0o644))
	cases := []struct {
		name    string
		data    []byte
		verdict advise.Verdict
		options []string
		why     string // a part of a reason
	}{
		{"godaemon", elftest.BuildGo(t, "package main\nimport \"net\"\nfunc main() { l, _ := net.Listen(\"tcp\", \":8080\"); for { c, _ := l.Accept(); c.Close() } }\n"),
			advise.TwoLines, []string{"net_basic"}, ""},
		{"tcpd", elftest.BuildC(t, elftest.AMD64,
			`int main() { int s = socket(2, 1, 0); bind(s, 0, 0); listen(s, 5); for (;;) close(accept(s, 0, 0)); }`),
			advise.TwoLines, []string{"net_basic"}, ""},
		{"armd", elftest.BuildC(t, elftest.ARM64,
			`int main() { int s = socket(28, 1, 0); bind(s, 0, 0); listen(s, 5); for (;;) close(accept(s, 0, 0)); }`),
			advise.TwoLines, []string{"net_basic"}, ""},
		{"unixd", elftest.BuildC(t, elftest.AMD64, `struct { unsigned char len, family; char path[104]; } a;
			int main() { int s = socket(1, 1, 0); a.family = 1; bind(s, &a, 106); listen(s, 5); for (;;) close(accept(s, 0, 0)); }`),
			advise.TwoLines, []string{}, ""},
		{"pingd", elftest.BuildC(t, elftest.AMD64,
			`int main() { int s = socket(2, 3, 1); for (;;) { sendto(s, "x", 1, 0, 0, 0); recvfrom(s, 0, 0, 0, 0, 0); } }`),
			advise.TwoLines, []string{"net_basic", "net_raw"}, ""},
		{"shmd", elftest.BuildC(t, elftest.AMD64,
			`int main() { int s = socket(1, 1, 0); shmget(5, 64, 0600); bind(s, 0, 0); listen(s, 5); for (;;) close(accept(s, 0, 0)); }`),
			advise.NotToday, nil, "shown only in part: imports shmget: it uses System V IPC"}, // many can, few do
		{"libd", elftest.BuildC(t, elftest.AMD64,
			`int main() { int s = gorse_serve(); for (;;) close(accept(s, 0, 0)); }`, stub),
			advise.NotToday, nil, "a library speaks IP"}, // one sign, and not of its own
		{"graftd", elftest.BuildC(t, elftest.AMD64, `int main() { for (;;) nmount(0, 0, 0); }`), advise.NotToday, nil, "mounts file systems"},
	}
	root := small(t, map[string]string{"usr/local/lib/libgorse.so.1": string(lib)})
	list := []hosttest.Package{{Name: "gorse", Version: "1", Origin: "misc/gorse", Provides: []string{"libgorse.so.1"},
		Files: []string{"/usr/local/lib/libgorse.so.1"}}}
	for _, c := range cases {
		write(t, root, map[string]string{"usr/local/sbin/" + c.name: string(c.data),
			"usr/local/etc/rc.d/" + c.name: service(c.name, "/usr/local/sbin/"+c.name)})
		p := hosttest.Package{Name: c.name, Version: "1", Origin: "misc/" + c.name, Comment: "Nobody can tell",
			Files: []string{"/usr/local/sbin/" + c.name, "/usr/local/etc/rc.d/" + c.name}}
		if c.name == "libd" {
			p.Deps = []string{"gorse"}
		}
		list = append(list, p)
	}
	require.NoError(t, hosttest.Write(filepath.Join(root, "var/db/pkg/local.sqlite"), list))
	m, problems := machine(t, root)
	require.Empty(t, problems)
	got := advice(t, m, advise.Question{All: true})
	for _, c := range cases {
		a := got[c.name]
		require.Equal(t, c.verdict, a.Verdict, "%s: %v", c.name, a.Reasons)
		require.Equal(t, c.options, a.Options, "%s: %v", c.name, a.Reasons)
		require.Contains(t, strings.Join(a.Reasons, " "), c.why, c.name)
	}
}

// Real programs that were built for FreeBSD, from packages of npm: nothing of them
// is kept. Skipped where npm(1) can't get them.
func TestRealPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("it downloads")
	}
	root := small(t, nil)
	var list []hosttest.Package
	for _, p := range []struct{ name, npm, file string }{
		{"esbuild", "@esbuild/freebsd-x64@0.28.2", "bin/esbuild"},
		{"ngrok", "@expo/ngrok-bin-freebsd-x64@2.3.41", "ngrok"},
	} {
		data := fromNPM(t, p.npm, p.file)
		_, err := elf.NewFile(strings.NewReader(string(data)))
		require.NoError(t, err)
		write(t, root, map[string]string{"usr/local/bin/" + p.name + "-d": string(data),
			"usr/local/etc/rc.d/" + p.name + "d": service(p.name+"d", "/usr/local/bin/"+p.name+"-d")})
		list = append(list, hosttest.Package{Name: p.name, Version: "1", Origin: "devel/" + p.name,
			Files: []string{"/usr/local/bin/" + p.name + "-d", "/usr/local/etc/rc.d/" + p.name + "d"}})
	}
	require.NoError(t, hosttest.Write(filepath.Join(root, "var/db/pkg/local.sqlite"), list))
	m, _ := machine(t, root)
	start := time.Now()
	got := advice(t, m, advise.Question{Names: []string{"esbuildd", "ngrokd"}})
	t.Logf("judged in %v", time.Since(start))
	for _, name := range []string{"esbuildd", "ngrokd"} {
		require.Equal(t, advise.TwoLines, got[name].Verdict, got[name].Reasons)
		require.Equal(t, []string{"net_basic"}, got[name].Options)
	}
}

// fromNPM is one file of a package.
func fromNPM(t *testing.T, name, file string) []byte {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "pack", "--prefer-offline", "--silent", name)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("npm does not get %s: %v", name, err)
	}
	words := strings.Fields(string(out))
	require.NotEmpty(t, words)
	untar := exec.Command("tar", "-xzf", words[len(words)-1], "package/"+file)
	untar.Dir = dir
	require.NoError(t, untar.Run())
	data, err := os.ReadFile(filepath.Join(dir, "package", file))
	require.NoError(t, err)
	return data
}
