package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/corpus/host/hosttest"
)

// tree writes files below a new directory; a text that starts with -> is a link.
func tree(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		if target, ok := strings.CutPrefix(text, "->"); ok {
			require.NoError(t, os.Symlink(target, p))
			continue
		}
		require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
	}
	return dir
}

func open(t *testing.T, dir string) *host.Root {
	r, err := host.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

func TestLinks(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("outside"), 0o644))
	r := open(t, tree(t, map[string]string{
		"etc/rc.conf":      "inside",
		"etc/absolute":     "->/etc/rc.conf",
		"etc/relative":     "->rc.conf",
		"etc/up":           "->../../../../../etc/rc.conf",
		"usr/home":         "->/etc",
		"etc/away":         "->" + outside,
		"etc/loop":         "->/etc/loop2",
		"etc/loop2":        "->loop",
		"etc/deep/dir/x":   "deep",
		"etc/throughlinks": "->/usr/home/deep/dir/../dir/x",
	}))
	for name, want := range map[string]string{
		"/etc/absolute": "inside", "/etc/relative": "inside", "/etc/up": "inside", "/usr/home/rc.conf": "inside", "/etc/throughlinks": "deep",
	} {
		got, err := r.ReadFile(name, 1000)
		require.NoError(t, err, name)
		require.Equal(t, want, string(got), name)
	}
	_, err := r.ReadFile("/etc/away", 1000) // resolved below the root, where it is not
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = r.ReadFile("/etc/loop", 1000)
	require.ErrorContains(t, err, "loop of symbolic links")
	_, err = r.ReadFile("/etc/rc.conf", 3)
	require.ErrorContains(t, err, "has 6 bytes, expected at most 3")
	_, err = r.ReadFile("/etc", 1000)
	require.ErrorContains(t, err, "not a regular file")
}

func TestScripts(t *testing.T) {
	script := "#!/bin/sh\n. /etc/rc.subr\nname=x\nrun_rc_command \"$1\"\n"
	r := open(t, tree(t, map[string]string{
		"etc/rc.d/one":                  script,
		"etc/rc.d/NETWORKING":           "#!/bin/sh\n# PROVIDE: NETWORKING\n",
		"usr/local/etc/rc.d/one":        script,
		"usr/local/etc/rc.d/two":        "->/usr/local/libexec/two.rc",
		"usr/local/libexec/two.rc":      script,
		"usr/local/etc/rc.d/gone":       "->/usr/local/libexec/gone",
		"usr/local/etc/rc.d/old.pkgnew": script,
		"usr/local/etc/rc.d/binary":     "x\x00y",
		"usr/local/etc/rc.d/huge":       strings.Repeat("#", 2<<20),
	}))
	list, problems := r.Scripts([]string{"/usr/local/etc/rc.d", "/opt/etc/rc.d"})
	var got []string
	for _, s := range list {
		got = append(got, s.Path)
	}
	require.Equal(t, []string{"/etc/rc.d/one", "/usr/local/etc/rc.d/two"}, got)
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.Path+" "+p.Text)
	}
	require.Equal(t, []string{
		"/usr/local/etc/rc.d/binary holds a NUL byte: expected a script",
		"/usr/local/etc/rc.d/gone is a symbolic link to a file that is not there below the root",
		"/usr/local/etc/rc.d/huge has 2097152 bytes, expected at most 1048576: nothing of it is read",
		"/usr/local/etc/rc.d/one has the name of /etc/rc.d/one, which service(8) finds first: this one is not looked at",
	}, texts)
}

func TestConf(t *testing.T) {
	r := open(t, tree(t, map[string]string{
		"etc/rc.conf":                    "a=1\n",
		"etc/rc.conf.local":              strings.Repeat("# filled by accident\n", 500_000),
		"etc/rc.conf.d/foo":              "b=2\n",
		"etc/rc.conf.d/bar/one":          "c=3\n",
		"usr/local/etc/rc.conf.d/foo":    "d=4\n",
		"usr/local/etc/rc.conf.d/.hide":  "e=5\n",
		"usr/local/etc/rc.conf.d/binary": "\x00",
		"etc/sysctl.conf":                "net.inet.ip.portrange.reservedhigh=0 # anybody's\n# kern.x=1\n",
	}))
	files, problems := r.Conf([]string{"/usr/local/etc/rc.d"})
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	require.Equal(t, []string{"/etc/rc.conf", "/etc/rc.conf.d/bar/one", "/etc/rc.conf.d/foo",
		"/usr/local/etc/rc.conf.d/foo"}, got)
	require.Len(t, problems, 2)
	require.Equal(t, "/etc/rc.conf.local", problems[0].Path)
	require.Contains(t, problems[0].Text, "has 10500000 bytes")
	require.Contains(t, problems[1].Text, "holds a NUL byte")
	require.Equal(t, map[string]string{"net.inet.ip.portrange.reservedhigh": "0"}, r.Sysctl())
}

// database writes a package database below a new root.
func database(t *testing.T) (dir, name string) {
	dir = t.TempDir()
	name = filepath.Join(dir, "var", "db", "pkg", "local.sqlite")
	require.NoError(t, hosttest.Write(name, []hosttest.Package{
		{Name: "foo", Version: "1.0_2", Origin: "www/foo", Comment: "It's a server", Users: []string{"www"}, Options: []string{"IPV6"},
			Categories: []string{"www", "net"},
			Files:      []string{"/usr/local/etc/rc.d/foo", "/usr/local/sbin/foo", "/usr/local/etc/rc.dx"}},
		{Name: "bar", Version: "2", Origin: "net/bar", Files: []string{"/usr/local/etc/rc.d/bar"}},
	}))
	return dir, name
}

func TestPackages(t *testing.T) {
	dir, _ := database(t)
	r := open(t, dir)
	p, problem := r.Packages([]string{"/usr/local/etc/rc.d"})
	require.Nil(t, problem)
	defer p.Close()
	foo := p.Owners("/usr/local/etc/rc.d/foo")
	require.Len(t, foo, 1)
	require.Equal(t, "foo 1.0_2 www/foo It's a server",
		foo[0].Name+" "+foo[0].Version+" "+foo[0].Origin+" "+foo[0].Comment)
	require.Equal(t, []string{"net", "www"}, foo[0].Categories)
	require.Equal(t, []string{"IPV6"}, foo[0].Options)
	require.Equal(t, []string{"www"}, foo[0].Users)
	require.Empty(t, p.Owners("/usr/local/etc/rc.dx"))
	files, err := p.Files(foo[0])
	require.NoError(t, err)
	require.Equal(t, []string{"/usr/local/etc/rc.d/foo", "/usr/local/etc/rc.dx", "/usr/local/sbin/foo"}, files)
	list, err := os.ReadDir(filepath.Join(dir, "var", "db", "pkg"))
	require.NoError(t, err)
	require.Len(t, list, 1, "nothing is written beside the database")
}

// What stands only in the write-ahead log counts: a pkg(8) that has not ended has it there.
func TestPackagesWAL(t *testing.T) {
	dir, name := database(t)
	db, err := sqlite3.Open("file:" + name)
	require.NoError(t, err)
	defer db.Close() // only after the reading: closing would empty the log
	require.NoError(t, db.Exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; UPDATE packages SET version = '9' WHERE name = 'foo'"))
	info, err := os.Stat(name + "-wal")
	require.NoError(t, err)
	require.Positive(t, info.Size())
	before := snapshot(t, dir)
	p, problem := open(t, dir).Packages([]string{"/usr/local/etc/rc.d"})
	require.Nil(t, problem)
	require.Equal(t, "9", p.Owners("/usr/local/etc/rc.d/foo")[0].Version)
	p.Close()
	require.Equal(t, before, snapshot(t, dir))
}

// A database that somebody holds locked is read all the same.
func TestPackagesLocked(t *testing.T) {
	dir, name := database(t)
	db, err := sqlite3.Open("file:" + name)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Exec("BEGIN EXCLUSIVE"))
	p, problem := open(t, dir).Packages([]string{"/usr/local/etc/rc.d"})
	require.Nil(t, problem)
	require.Equal(t, "1.0_2", p.Owners("/usr/local/etc/rc.d/foo")[0].Version)
	p.Close()
}

func snapshot(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		out[p] = string(data)
		return err
	}))
	return out
}

func TestPackagesBad(t *testing.T) {
	for name, tc := range map[string]struct {
		make func(dir, name string)
		want string
	}{
		"absent": {func(_, name string) { os.Remove(name) }, "is not there"},
		"no database": {func(_, name string) { os.WriteFile(name, []byte(strings.Repeat("not a database ", 1000)), 0o644) },
			"is damaged, or no SQLite database"},
		"empty": {func(_, name string) { os.WriteFile(name, nil, 0o644) }, "it has no table packages"},
		"damaged": {func(_, name string) {
			data, _ := os.ReadFile(name)
			for i := 200; i < len(data); i++ {
				data[i] = byte(i * 7)
			}
			os.WriteFile(name, data, 0o644)
		}, "is damaged"},
		"other schema": {func(_, name string) {
			db, _ := sqlite3.Open("file:" + name)
			db.Exec("ALTER TABLE packages RENAME COLUMN origin TO source")
			db.Close()
		}, "it has no column packages.origin"},
		"a view": {func(_, name string) {
			db, _ := sqlite3.Open("file:" + name)
			db.Exec("ALTER TABLE files RENAME TO f; CREATE VIEW files AS SELECT * FROM f")
			db.Close()
		}, "it has no table files"},
		"a directory": {func(_, name string) { os.Remove(name); os.Mkdir(name, 0o755) }, "is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, db := database(t)
			tc.make(dir, db)
			p, problem := open(t, dir).Packages([]string{"/usr/local/etc/rc.d"})
			require.Nil(t, p)
			require.NotNil(t, problem)
			require.Equal(t, host.Database, problem.Path)
			require.Contains(t, problem.Text, tc.want)
			require.Contains(t, problem.Hint, "without package names")
		})
	}
}

// sysctl.conf(5) and loader.conf(5) are read whatever is in them, and a name
// that they set is one without blanks around it.
func FuzzSysctl(f *testing.F) {
	f.Add("net.inet.ip.portrange.reservedhigh=0 # anybody's\n", "kern.maxfiles=\"10\"\n")
	f.Fuzz(func(t *testing.T, sysctl, loader string) {
		r := open(t, tree(t, map[string]string{"etc/sysctl.conf": sysctl, "boot/loader.conf": loader}))
		for name := range r.Sysctl() {
			require.Equal(t, strings.TrimSpace(name), name)
		}
	})
}
