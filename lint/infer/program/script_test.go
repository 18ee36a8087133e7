package program

import (
	"archive/zip"
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/pkgset/pkgtest"
	"github.com/svcjify/svcjify/lint/infer/program/elftest"
)

func TestScripts(t *testing.T) {
	for _, c := range []struct {
		name, text, kind string
		want             []string // "act line seen"
	}{
		{"python server", "#!/usr/local/bin/python3.11\n# import socketserver\nimport json\nfrom http.server import HTTPServer\n", "Python script",
			[]string{"speaks IP:4: has from http.server"}},
		{"python, UNIX socket", "#!/usr/bin/env python3\nimport socket\ns = socket.socket(socket.AF_UNIX)\n",
			"Python script",
			[]string{"opens sockets of a family that could not be told:2: has import socket",
				"opens UNIX sockets:3: has AF_UNIX"}},
		{"python ping", "#!/usr/local/bin/python3.11\nimport socket\ns = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\n", "Python script",
			[]string{"speaks IP:3: has AF_INET",
				"opens sockets of a family that could not be told:2: has import socket",
				"opens raw sockets:3: has SOCK_RAW"}},
		{"perl", "#!/usr/local/bin/perl -wT\nuse strict;\nuse base qw(Net::Server::Fork);\n__END__\nuse IPC::SysV;\n",
			"Perl script",
			[]string{"speaks IP:3: has Net::Server"}},
		{"perl shm", "#! /usr/bin/perl\nmy $id = shmget(IPC_PRIVATE, 10, 0600);\n", "Perl script",
			[]string{"uses System V IPC:2: has shmget"}},
		{"ruby", "#!/usr/local/bin/ruby31\nrequire 'webrick'\n", "Ruby script", []string{"speaks IP:2: has require 'webrick'"}},
		{"php", "#!/usr/local/bin/php\n<?php\n$m = msg_get_queue(7);\n$c = curl_init();\n", "PHP script",
			[]string{"speaks IP:4: has curl_init(", "uses System V IPC:3: has msg_get_queue("}},
		{"node", "#!/usr/bin/env node\nconst h = require('node:http');\nimport x from 'chalk';\n", "JavaScript script", []string{"speaks IP:2: has require('node:http'"}},
		{"tcl", "#!/usr/local/bin/tclsh8.6\nset s [socket -server accept 9000]\n", "Tcl script", []string{"speaks IP:2: has socket -server"}},
		{"quiet", "#!/usr/local/bin/python3.11\nimport os\n", "Python script", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := inspectIn(t, "/usr/local/sbin/made", one([]byte(c.text)))
			require.Equal(t, c.kind, r.Kind)
			var got []string
			for _, f := range r.Facts {
				require.Equal(t, Direct, f.How)
				got = append(got, string(f.Act)+":"+string(rune('0'+f.Line))+": "+f.Seen)
			}
			require.Equal(t, c.want, got)
			require.False(t, r.Closed(), "absence says nothing in a script")
		})
	}
}

func TestScriptModules(t *testing.T) {
	made := one([]byte("#!/usr/local/bin/python3.11\nfrom made import main\nmain()\n"))
	made.Files = append(made.Files,
		pkgtest.File{Path: "/usr/local/lib/python3.11/site-packages/made/__init__.py",
			Data: []byte("import subprocess\nimport aiohttp\n")},
		pkgtest.File{Path: "/usr/local/lib/python3.11/site-packages/made/tests/raw.py", Data: []byte("SOCK_RAW\n")})
	r, dir := inspectIn(t, "/usr/local/sbin/made", made)
	require.Equal(t, []string{"speaks IP | 2 | made-1.0.pkg:/usr/local/lib/python3.11/site-packages/made/__init__.py | has import aiohttp"}, show(r, dir))
	require.Contains(t, r.Open, "it starts other programs")
}

func TestWrapper(t *testing.T) {
	made := one([]byte("#!/bin/sh\n# /usr/local/libexec/other\nJAVA=/usr/local/bin/java\nexec /usr/local/libexec/real \"$@\"\n"))
	made.Files = append(made.Files, pkgtest.File{Path: "/usr/local/libexec/real",
		Data: elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"shmget"}}.Bytes()})
	r, dir := inspectIn(t, "/usr/local/sbin/made", made)
	require.Equal(t, "shell script, which names /usr/local/libexec/real, a dynamic ELF", r.Kind)
	require.Equal(t, []string{"uses System V IPC | 1 | made-1.0.pkg:/usr/local/libexec/real | imports shmget"},
		show(r, dir))

	made.Files[1].Path, made.Files[0].Data = "/usr/local/libexec/made",
		[]byte("#!/bin/sh\nexec /usr/local/libexec/made\n")
	r, _ = inspectIn(t, "/usr/local/sbin/made", made)
	require.Equal(t, "shell script, which names /usr/local/libexec/made, a dynamic ELF", r.Kind)

	loop := one([]byte("#!/bin/sh\nexec /usr/local/sbin/b\n"))
	loop.Files = append(loop.Files, pkgtest.File{Path: "/usr/local/sbin/b",
		Data: []byte("#!/bin/sh\nexec /usr/local/sbin/made; exec /usr/local/sbin/b\n")})
	r, _ = inspectIn(t, "/usr/local/sbin/made", loop)
	require.Empty(t, r.Facts)
}

// class is as much of a class file as names a class.
func class(uses string) string {
	return "\xca\xfe\xba\xbe\x01\x00" + string(rune(len(uses))) + uses + "\x01\x00\x08not/java"
}

// jar packs files.
func jar(t testing.TB, files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestJar(t *testing.T) {
	deepest := jar(t, map[string]string{"D.class": class("java/net/Socket")})
	inner := jar(t, map[string]string{"C.class": class("java/net/DatagramSocket"), "deepest.jar": string(deepest)})
	main := jar(t, map[string]string{"made/Main.class": class("java/net/ServerSocket"),
		"made/Run.class": class("java/lang/ProcessBuilder"), "lib/inner.jar": string(inner)})
	other := jar(t, map[string]string{"B.class": class("java/net/UnixDomainSocketAddress")})
	made := pkgtest.Package{Name: "made", Origin: "net/made", Files: []pkgtest.File{
		{Path: "/usr/local/share/java/made.jar", Data: main}, {Path: "/usr/local/share/java/other.jar", Data: other}}}
	for _, name := range []string{"/usr/local/share/java/made.jar", "/usr/local/share/java/*"} {
		r, dir := inspectIn(t, name, made)
		require.Equal(t, "Java archive", r.Kind)
		require.Equal(t, []string{
			"speaks IP | 1 | made-1.0.pkg:/usr/local/share/java/made.jar | uses java.net.ServerSocket",
			"speaks IP | 2 | made-1.0.pkg:/usr/local/share/java/made.jar:lib/inner.jar | uses java.net.DatagramSocket",
			"opens UNIX sockets | 2 | made-1.0.pkg:/usr/local/share/java/other.jar | uses java.net.UnixDomainSocketAddress",
		}, show(r, dir))
		require.Contains(t, r.Open, "an archive in an archive holds further ones, which are not looked at")
		require.Contains(t, r.Open, "it starts other programs (ProcessBuilder)")
	}

	made.Files[0].Data = main[:40]
	r, _ := inspectIn(t, "/usr/local/share/java/made.jar", made)
	require.True(t, r.Blind)
}

// TestJarBomb: what unpacks to more than a class may have is skipped, and the report says so.
func TestJarBomb(t *testing.T) {
	bomb := jar(t, map[string]string{"A.class": strings.Repeat("\x00", maxClassSize+1),
		"B.class": class("java/net/Socket")})
	require.Less(t, len(bomb), 10_000)
	r, dir := inspectIn(t, "/made.jar", pkgtest.Package{Name: "made", Origin: "net/made",
		Files: []pkgtest.File{{Path: "/made.jar", Data: bomb}}})
	require.Equal(t, []string{"speaks IP | 1 | made-1.0.pkg:/made.jar | uses java.net.Socket"}, show(r, dir))
	require.Contains(t, r.Open, "a part of made.jar is damaged or too large: A.class")
}

// TestNames: a program that the script leaves to $PATH, and a module of Python.
func TestNames(t *testing.T) {
	made := one(elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"shmget"}}.Bytes())
	made.Files = append(made.Files, pkgtest.File{Path: "/usr/local/lib/python3.11/site-packages/odd/server.py",
		Data: []byte("import socketserver\n")})
	r, _ := inspectIn(t, "made", made)
	require.Equal(t, SysV, r.Facts[0].Act)
	r, _ = inspectIn(t, "odd.server", made)
	require.Equal(t, Inet, r.Facts[0].Act)
	r, _ = inspectIn(t, "gone", made)
	require.Empty(t, r.File)
}

// TestRust: the path of a crate's source is a sign of text, not of a call.
func TestRust(t *testing.T) {
	std := "\x00/rustc/" + strings.Repeat("0a", 20) + "/library/std/src/sync/once.rs"
	r, dir := inspectIn(t, "/usr/local/sbin/made",
		one(elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"connect", "getaddrinfo", "socket"},
			Text: std + "\x00/wrkdirs/usr/ports/net/made/work/cargo-crates/hyper-0.14.27/src/lib.rs\x00/wrkdirs/cargo-crates/nothing-1.0.0/src/a.rs/usr/share/cargo/registry/tokio-1.24.2/src/net/unix/listener.rs"}.Bytes()))
	require.Equal(t, "Rust program, dynamic ELF", r.Kind)
	require.Equal(t, []string{
		"speaks IP | 1 | made-1.0.pkg:/usr/local/sbin/made | imports socket and getaddrinfo",
		"speaks IP | 4 | made-1.0.pkg:/usr/local/sbin/made | holds code of the crate hyper",
		"opens UNIX sockets | 4 | made-1.0.pkg:/usr/local/sbin/made | holds code of the crate tokio/net/unix/",
		"looks up host names | 1 | made-1.0.pkg:/usr/local/sbin/made | imports getaddrinfo",
	}, show(r, dir))
	names, rust := crates([]byte("/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/surge-ping-0.8.1/src/x.rs"))
	require.False(t, rust)
	require.Empty(t, names)
}

func TestUnknownFiles(t *testing.T) {
	for _, text := range []string{"\x00\x01\x02", "", "#!/usr/local/bin/befunge\n", "plain text"} {
		r, _ := inspectIn(t, "/usr/local/sbin/made", one([]byte(text)))
		require.True(t, r.Blind, "%q is %s", text, r.Kind)
	}
}

func TestScanC(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"call", "int main(void) {\n\tint s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);\n}", []string{"2 socket(AF_INET,SOCK_RAW,IPPROTO_ICMP)"}},
		{"declaration", "int socket(int domain, int type, int protocol);\nvoid *shmget(key_t k);\nextern int mlockall(int);", nil},
		{"comment and string", "/* mlockall(1) */ // shmget(2)\nchar *s = \"semget(3)\"; if (!mlockall(MCL_CURRENT | MCL_FUTURE)) ;", []string{"2 mlockall(MCL_CURRENT|MCL_FUTURE)"}},
		{"member", "p->mount(x); q.reboot(y); fs::mount(z); ::mount(w);", []string{"1 mount(w)"}},
		{"nested", "id = shmget(ftok(f(a, b), 1), sizeof(struct x), 0600);", []string{"1 shmget(ftok(f(a,b),1),sizeof(struct x),0600)"}},
		{"other systems", "#ifdef __linux__\nx = shmget(1);\n#else\nx = semget(2);\n#endif\n#if defined(_WIN32) || defined(__APPLE__)\nx = msgget(3);\n#endif\n", []string{"4 semget(2)"}},
		{"ifndef", "#ifndef __FreeBSD__\nx = shmget(1);\n#elif 1\nx = semget(2);\n#else\nx = msgget(3);\n#endif\n", []string{"4 semget(2)"}},
		{"if 0", "#if 0\nx = shmget(1);\n#endif\nx = semget(2);", []string{"4 semget(2)"}},
		{"either way", "#if HAVE_X && !defined(__linux__)\nx = shmget(1);\n#else\nx = semget(2);\n#endif", []string{"2 shmget(1)", "4 semget(2)"}},
		{"continued directive", "#define F(x) \\\n\tshmget(x)\nx = semget(2);", []string{"3 semget(2)"}},
		{"apostrophe in a comment's place", "#error don't\nx = 'a'; y = shmget(1);", []string{"2 shmget(1)"}},
		{"unclosed", "x = shmget(1, (2;", nil},
		{"unclosed comment", "x = shmget(1); /* x = semget(2);", []string{"1 shmget(1)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, call := range scanC([]byte(c.text)) {
				got = append(got, string(rune('0'+call.line))+" "+call.name+"("+strings.Join(call.args, ",")+")")
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"src/main.c":      "int f(void) { return socket(PF_INET6, SOCK_DGRAM, 0); }\n\nint g(void) { return mount(a); }\n",
		"src/os_linux.c":  "int f(void) { return shmget(1, 2, 3); }\n",
		"tests/t.c":       "int f(void) { return semget(1, 2, 3); }\n",
		"src/lib.rs":      "use std::net::TcpListener;\n",
		"src/dev.c":       "/* /dev/pf */ char *n = \"/dev/bpf%d\", *m = \"/dev/pfsync\";\n",
		"src/tun.c":       "void f(void) { fd = open(\"/dev/tun0\", O_RDWR); ioctl(fd, SIOCAIFADDR, &r); }\n",
		"README":          "shmget(1)\n",
		".git/hooks/h.py": "import socketserver\n",
	} {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
	}
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "src/out")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "src/out.c")))
	src, err := OpenSources(dir)
	require.NoError(t, err)
	r := src.Report()
	require.Equal(t, []string{
		"speaks IP | 2 | src/lib.rs | has TcpListener",
		"speaks IP | 2 | src/main.c | calls socket(PF_INET6, SOCK_DGRAM, 0)",
		"captures packets with bpf(4) | 4 | src/dev.c | names /dev/bpf%d",
		`opens tunnel devices | 2 | src/tun.c | calls open("/dev/tun0", O_RDWR)`,
		"configures network interfaces | 2 | src/tun.c | calls ioctl(fd, SIOCAIFADDR, &r)",
		"mounts file systems | 4 | src/main.c | calls mount(a)",
	}, show(r, dir))
	require.False(t, r.Closed())
	_, err = OpenSources(filepath.Join(dir, "gone"))
	require.ErrorContains(t, err, "cannot be opened: ")
}

func FuzzC(f *testing.F) {
	f.Add([]byte("#if 0\n/*\n#endif\nx = socket(AF_INET, (1), \"\\\"\");\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r Report
		describeC(&r, "x.c", text)
	})
}

func FuzzScript(f *testing.F) {
	f.Add([]byte("#!/usr/bin/env perl\nuse IO::Socket::INET;\n"))
	f.Add([]byte("#!/bin/sh\nexec /usr/local/sbin/x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r Report
		for _, l := range languages {
			l.describe(&r, "x", text, Direct)
		}
		languageOf("x", text)
		named := commands(text)
		require.LessOrEqual(t, len(named), len(text))
	})
}

func FuzzJar(f *testing.F) {
	f.Add(jar(f, map[string]string{"a.class": class("java/net/Socket")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		(&jars{r: &Report{}}).read("x", data, Direct, true)
	})
}
