package advise_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/host/hosttest"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func assigned(lines []rcrun.Setting) string {
	var out []string
	for _, l := range lines {
		out = append(out, advise.Assignment(l))
	}
	return strings.Join(out, " ")
}

// small is a root with one service that one line jails, under some rc.conf.
func small(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	all := map[string]string{
		"etc/defaults/rc.conf": "rc_conf_files='/etc/rc.conf /etc/rc.conf.local'\nlocal_startup=/usr/local/etc/rc.d\n" +
			"source_rc_confs() { for i in ${rc_conf_files}; do [ -r $i ] && . $i; done; }\n",
		"etc/rc.conf": "sorrel_enable=YES\n",
		"usr/local/etc/rc.d/sorrel": "#!/bin/sh\n. /etc/rc.subr\nname=sorrel\nrcvar=sorrel_enable\nload_rc_config $name\n: ${sorrel_enable:=NO}\n" +
			": ${sorrel_svcj_options=\"net_basic\"}\ncommand=/usr/local/sbin/sorreld\nrun_rc_command \"$1\"\n",
	}
	for name, text := range files {
		all[name] = text
	}
	write(t, root, all)
	return root
}

func TestBadConf(t *testing.T) {
	for _, tc := range []struct {
		name    string
		files   map[string]string
		enabled bool
		problem string // a part of one of them
	}{
		{"a loop", map[string]string{"etc/rc.conf": "sorrel_enable=YES\nwhile :; do :; done\n"}, true,
			"/etc/rc.conf: does not come to its end as rc.subr would read it: it did not end within 50000 steps"},
		{"a fork bomb", map[string]string{"etc/rc.conf": "bomb() { bomb | bomb & }; bomb\nsorrel_enable=\"YES\"\n"}, true, "only its plain lines name=value count here"},
		{"too much memory", map[string]string{"etc/rc.conf.local": "x=xxxxxxxxxxxxxxxx\n" + strings.Repeat("x=$x$x\n", 60)}, true, "/etc/rc.conf.local: does not come to its end"},
		{"an end of the shell", map[string]string{"etc/rc.conf": "sorrel_enable=YES\nexit 1\n"}, true, "it ends the shell, with exit status 1"},
		{"a syntax error", map[string]string{"etc/rc.conf": "sorrel_enable=YES\nhostname=\"x\nother=1\n"}, true, "/etc/rc.conf: is not shell:"},
		{"a syntax error before all else", map[string]string{"etc/rc.conf": "if\nsorrel_enable=YES\n"}, false, "only the lines above count here"},
		{"10 MB", map[string]string{"etc/rc.conf.local": strings.Repeat("#", 10<<20)}, true, "/etc/rc.conf.local: has 10485760 bytes, expected at most 262144"},
		{"no text", map[string]string{"etc/rc.conf.local": "a\x00b"}, true, "holds a NUL byte"},
		{"brackets without end", map[string]string{"etc/rc.conf.local": strings.Repeat("(", 200_000)}, true, "/etc/rc.conf.local: is not shell"},
		{"a loop in rc.conf.d is the service's alone", map[string]string{"etc/rc.conf.d/sorrel": "while :; do :; done\n"}, true, ""},
		{"a file that it sources", map[string]string{"etc/rc.conf": ". /etc/more.conf\n", "etc/more.conf": "sorrel_enable=YES\n"}, true, ""},
		{"a file that is not there", map[string]string{"etc/rc.conf": ". /etc/gone.conf\nsorrel_enable=YES\n"}, true, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, problems := machine(t, small(t, tc.files))
			all := strings.Join(problems, "\n")
			require.Contains(t, all, tc.problem)
			if tc.problem == "" {
				require.NotContains(t, all, "/etc/rc.conf")
			}
			a := advice(t, m, advise.Question{All: true})["sorrel"]
			require.NotNil(t, a)
			if strings.HasPrefix(tc.name, "a loop in rc.conf.d") {
				require.Equal(t, advise.NotToday, a.Verdict)
				require.Contains(t, a.Reasons[0], "did not end within")
				return
			}
			require.Equal(t, tc.enabled, a.Enabled)
			require.Equal(t, advise.OneLine, a.Verdict, a.Reasons)
		})
	}
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	root := small(t, nil)
	require.NoError(t, os.Chmod(filepath.Join(root, "etc", "rc.conf"), 0))
	_, problems := machine(t, root)
	require.Contains(t, strings.Join(problems, "\n"), "/etc/rc.conf: must not be read (permission denied)")
}

// A root that is none gives an error, and so does a directory without a system; a system without services has none.
func TestBadRoot(t *testing.T) {
	_, err := advise.Open(context.Background(), filepath.Join(t.TempDir(), "gone"), advise.Options{})
	require.Error(t, err)
	_, err = advise.Open(context.Background(), t.TempDir(), advise.Options{})
	require.ErrorContains(t, err, "is not a FreeBSD system: no etc/rc.conf, no etc/rc.subr and no rc.d script below it")
	empty := t.TempDir()
	write(t, empty, map[string]string{"etc/rc.conf": ""})
	m, problems := machine(t, empty)
	require.Contains(t, strings.Join(problems, "\n"),
		"/etc/defaults/rc.conf: is not there: the usual defaults are assumed")
	require.Empty(t, advice(t, m, advise.Question{All: true}))
}

func TestNames(t *testing.T) {
	m, _ := machine(t, madeRoot(t))
	list, errs := m.Advise(context.Background(),
		advise.Question{Names: []string{"gean", "figworth", "oxlip_api", "/usr/local/etc/rc.d/gorse"}})
	require.Len(t, errs, 1)
	require.EqualError(t, errs[0], `no service "figworth" in rc.d; did you mean "figwort"?`)
	var got []string
	for _, a := range list {
		got = append(got, a.Name)
	}
	require.Equal(t, []string{"gean", "oxlip.api", "gorse"}, got)
	require.False(t, list[0].Enabled) // asked for by name, it is told though it is off
	require.Equal(t, advise.OneLine, list[0].Verdict)
	var out bytes.Buffer
	require.NoError(t, advise.Text(&out, list[:1]))
	require.Contains(t, out.String(), "service gean onestop; sysrc gean_svcj=YES; service gean onestart")
}

// Where a script of rc.conf.d would take the line back, the line goes there.
func TestLaterFile(t *testing.T) {
	m, _ := machine(t, madeRoot(t))
	a := advice(t, m, advise.Question{Names: []string{"ivy"}})["ivy"]
	require.Equal(t, "/etc/rc.conf.d/ivy", a.File)
	require.Equal(t, []string{"sysrc -f /etc/rc.conf.d/ivy ivy_svcj=NO"}, a.Undo())
	m, _ = machine(t, madeRoot(t))
	a = advice(t, m, advise.Question{Names: []string{"jasmine"}})["jasmine"]
	require.Empty(t, a.File) // what its file sets is something else
}

// A hostile system: what it says it would run is not run, and below the root
// nothing changes, whatever is asked.
func TestCanary(t *testing.T) {
	root := madeRoot(t)
	canary := filepath.Join(t.TempDir(), "canary")
	touch := "touch " + canary + "; echo x > " + canary + "; : > /svcjify-canary; rm -rf /etc; $(touch " + canary +
		"); `touch " + canary + "`\n"
	write(t, root, map[string]string{
		"etc/rc.conf.local":             touch,
		"etc/rc.conf.d/figwort":         touch,
		"etc/rc.subr":                   touch + "# knows: mlock) netv4) netv6) net_basic) net_raw) net_all) nfsd) sysvipc) sysvipcnew) vmm) routing) settime) foo_svcj\n",
		"usr/local/etc/rc.d/trap":       "#!/bin/sh\n" + touch + ". /etc/rc.subr\nname=trap\nrcvar=trap_enable\nload_rc_config $name\n" + touch + "command=/bin/trap\nrun_rc_command \"$1\"\n",
		"usr/local/etc/anemone.conf":    "listen = $(touch " + canary + ")\n",
		"usr/local/sbin/anemoned":       "#!/bin/sh\n" + touch,
		"var/run/dropwort/dropwort.pid": "1\n",
	})
	before := fingerprint(t, root)
	m, _ := machine(t, root)
	for _, q := range []advise.Question{{}, {All: true}, {Names: []string{"trap"}}} {
		list, _ := m.Advise(context.Background(), q)
		require.NotEmpty(t, list)
		for _, f := range advise.Formats() {
			require.NoError(t, f.Print(&bytes.Buffer{}, list))
		}
	}
	m.Close()
	require.NoFileExists(t, canary)
	require.NoFileExists(t, "/svcjify-canary")
	require.Equal(t, before, fingerprint(t, root))
}

// fingerprint is every file below a directory with its text, mode and time of change.
func fingerprint(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(p)
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			text = string(data)
		}
		out[p] = info.Mode().String() + info.ModTime().String() + text
		return nil
	}))
	return out
}

// Links of an image lead through the image, never to the machine that looks at it.
func TestImageLinks(t *testing.T) {
	root := small(t, map[string]string{"usr/local/etc/conf/rc.conf": "sorrel_enable=YES\nsorrel_flags=-inside\n"})
	require.NoError(t, os.Remove(filepath.Join(root, "etc", "rc.conf")))
	require.NoError(t, os.Symlink("/usr/local/etc/conf/rc.conf", filepath.Join(root, "etc", "rc.conf")))
	require.NoError(t, os.Symlink("../../../../../../../../etc/hostname", filepath.Join(root, "etc", "rc.conf.local")))
	m, problems := machine(t, root)
	require.NotContains(t, strings.Join(problems, "\n"), "rc.conf")
	require.True(t, advice(t, m, advise.Question{})["sorrel"].Enabled)
}

// What a system says is printed so that a terminal is safe from it.
func TestHostileText(t *testing.T) {
	root := small(t, map[string]string{"usr/local/etc/rc.d/evil\x1b[31m": "#!/bin/sh\n. /etc/rc.subr\nname=evil\nrcvar=evil_enable\nload_rc_config $name\n: ${evil_enable:=YES}\n" +
		"# \x1b]0;owned\x07 \nevil_svcj=NO\ncommand=/x\nrun_rc_command \"$1\"\n"})
	m, _ := machine(t, root)
	list, errs := m.Advise(context.Background(), advise.Question{All: true})
	require.Empty(t, errs)
	for _, f := range advise.Formats() {
		var out bytes.Buffer
		require.NoError(t, f.Print(&out, list))
		require.NotContains(t, out.String(), "\x1b", f.Name)
		require.NotContains(t, out.String(), "\x07", f.Name)
	}
}

// svcj_all_enable has an effect only in an rc.subr that is newer than FreeBSD 15's.
func TestAllEnable(t *testing.T) {
	root := small(t, map[string]string{"etc/rc.conf": "sorrel_enable=YES\nsvcj_all_enable=YES\n"})
	m, problems := machine(t, root)
	require.Contains(t, strings.Join(problems, "\n"), "/etc/rc.conf: sets svcj_all_enable, which has no effect")
	require.Equal(t, advise.OneLine, advice(t, m, advise.Question{})["sorrel"].Verdict)
	newest, err := rcrun.ReleaseOf("16")
	require.NoError(t, err)
	m, err = advise.Open(context.Background(), root, advise.Options{Release: newest})
	require.NoError(t, err)
	defer m.Close()
	require.Equal(t, advise.Already, advice(t, m, advise.Question{})["sorrel"].Verdict)
}

// Which rc.subr a system has is told by the words that stand in its own.
func TestItsRelease(t *testing.T) {
	words := "mlock) netv4) netv6) net_basic) net_raw) net_all) nfsd) sysvipc) sysvipcnew) vmm)"
	for _, tc := range []struct{ subr, words, verdict string }{
		{"# foo_svcj " + words, "settime", "not-today"},
		{"# foo_svcj " + words + " routing) settime)", "settime", "one-line"},
		{"# foo_svcj " + words + " routing) settime)", "setaudit", "not-today"},
		{"# foo_svcj " + words + " routing) settime) setaudit)", "setaudit", "one-line"},
	} {
		root := small(t, map[string]string{"etc/rc.subr": tc.subr,
			"usr/local/etc/rc.d/sorrel": "#!/bin/sh\n. /etc/rc.subr\nname=sorrel\nrcvar=sorrel_enable\n" +
				"load_rc_config $name\n: ${sorrel_enable:=NO}\n: ${sorrel_svcj_options=\"" + tc.words +
				"\"}\ncommand=/usr/local/sbin/sorreld\nrun_rc_command \"$1\"\n"})
		m, _ := machine(t, root)
		a := advice(t, m, advise.Question{})["sorrel"]
		require.Equal(t, advise.Verdict(tc.verdict), a.Verdict, tc.subr, a.Reasons)
	}
	m, problems := machine(t, small(t, map[string]string{"etc/rc.subr": "# of FreeBSD 14\n"}))
	require.Contains(t, strings.Join(problems, "\n"),
		"/etc/rc.subr: knows no service jails, which came with FreeBSD 15")
	require.NotEmpty(t, advice(t, m, advise.Question{}))
}

// Two packages that both have a script: it is told, and the first counts.
func TestTwoPackages(t *testing.T) {
	root := small(t, nil)
	name := filepath.Join(root, "var/db/pkg/local.sqlite")
	require.NoError(t, hosttest.Write(name, []hosttest.Package{
		{Name: "sorrel", Version: "1", Origin: "www/sorrel", Files: []string{"/usr/local/etc/rc.d/sorrel"}},
		{Name: "rumex", Version: "2", Origin: "www/rumex"}}))
	require.NoError(t, hosttest.Exec(name, `ALTER TABLE files RENAME TO once; CREATE TABLE files (path TEXT, sha256 TEXT, package_id INTEGER);
		INSERT INTO files SELECT * FROM once; INSERT INTO files VALUES ('/usr/local/etc/rc.d/sorrel', '', 2)`))
	m, problems := machine(t, root)
	require.Equal(t, []string{"/usr/local/etc/rc.d/sorrel: belongs to several packages, expected one: rumex, sorrel"},
		problems)
	require.Equal(t, "rumex-2", advice(t, m, advise.Question{})["sorrel"].Package)
}
