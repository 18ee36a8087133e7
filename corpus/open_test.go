package corpus

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// onDisk writes a made tree into a directory of the test's own.
func onDisk(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, f := range tree(files) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, f.Data, 0o644))
	}
	return dir
}

func openDir(t *testing.T, paths ...string) *Corpus {
	t.Helper()
	c, err := Open(paths)
	require.NoError(t, err)
	return c
}

var sample = map[string]string{
	"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "",
	"net/b": "USE_RC_SUBR= b", "net/b/files/b.in": "",
	"www/c": "USE_RC_SUBR= a\nFILESDIR= ${.CURDIR}/../../net/a/files",
}

func TestOpenPaths(t *testing.T) {
	a, b := "a net/a/files/a.in net/a www/c", "b net/b/files/b.in net/b"
	for _, framework := range []string{"", "Mk/bsd.port.mk", "Mk/bsd.mport.mk"} {
		root := onDisk(t, sample)
		if framework != "" {
			require.NoError(t, os.Mkdir(filepath.Join(root, "Mk"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(root, framework), []byte("# framework\n"), 0o644))
		}
		for _, c := range []struct {
			cwd   string
			paths []string
			dir   string
			want  []string
		}{
			{".", nil, ".", []string{a, b}},
			{"net", nil, "..", []string{a, b}},
			{"net/b", nil, "../..", []string{b}},
			{"net/b/files", nil, "../../..", []string{b}},
			{"www/c", nil, "../..", []string{a}},
			{"net", []string{"b"}, "..", []string{b}},
			{"net", []string{"../www"}, "..", []string{a}},
			{"net", []string{"a/files/a.in"}, "..", []string{a}},
			{"net", []string{"a/Makefile"}, "..", []string{a}},
			{"www", []string{"../net/a/files/a.in", "c", "c/Makefile"}, "..", []string{a}},
			{".", []string{"net", "net/b", "."}, ".", []string{a, b}},
			{"net/a", []string{root}, "../..", []string{a, b}},
			{"net/a", []string{filepath.Join(root, "net", "b")}, "../..", []string{b}},
		} {
			t.Chdir(filepath.Join(root, c.cwd))
			corpus := openDir(t, c.paths...)
			require.Len(t, corpus.Trees, 1, "%+v", c)
			require.Equal(t, filepath.FromSlash(c.dir), corpus.Trees[0].Dir, "%+v", c)
			require.False(t, corpus.Trees[0].Scripts)
			require.Equal(t, c.want, list(corpus), "%+v", c)
			require.Empty(t, corpus.Problems)
		}
	}
}

func TestOpenScripts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("zebra", "#!/bin/sh\n#\n# PROVIDE: zebra\n")
	write("apple", "#!/bin/sh\n. /etc/rc.subr\nname=apple\n")
	write("Makefile", "CONFS= # PROVIDE: none\n.include <bsd.prog.mk>\n")
	write("Makefile.depend", "# PROVIDE: none\n")
	write("apple.orig", "# PROVIDE: apple\n")
	write("README", "these scripts read rc.subr\n")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "tests"), 0o755))

	c := openDir(t, dir)
	require.True(t, c.Trees[0].Scripts)
	require.Equal(t, dir, c.Trees[0].Dir)
	require.Equal(t, []string{"apple apple", "zebra zebra"}, list(c))
	require.Empty(t, c.Services[0].Ports)

	c = openDir(t, filepath.Join(dir, "zebra"), filepath.Join(dir, "README"))
	require.Equal(t, []string{"README README", "zebra zebra"}, list(c), "what is named is meant as a script")
	t.Chdir(dir)
	c = openDir(t, "zebra", ".")
	require.Equal(t, []string{"apple apple", "zebra zebra"}, list(c))
	require.Equal(t, ".", c.Trees[0].Dir)

	text, p := c.Trees[0].ReadFile("zebra")
	require.Nil(t, p)
	require.Contains(t, string(text), "PROVIDE: zebra")

	c, err := OpenFS(os.DirFS(dir), "/etc/rc.d")
	require.NoError(t, err)
	require.True(t, c.Trees[0].Scripts)
	require.Len(t, c.Services, 2)
}

func TestOpenSeveralTrees(t *testing.T) {
	one, two := onDisk(t, sample), onDisk(t, map[string]string{"net/x": "USE_RC_SUBR= x", "net/x/files/x.in": ""})
	c := openDir(t, filepath.Join(two, "net"), one, two)
	require.Len(t, c.Trees, 2)
	require.Len(t, c.Services, 3)
	require.Same(t, c.Trees[0], c.Services[0].Tree)
	require.Equal(t, "x", c.Services[0].Name, "trees come in the order of the arguments")
}

func TestOpenErrors(t *testing.T) {
	empty := t.TempDir()
	junk := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(junk, "letter.txt"), []byte("Dear all\n"), 0o644))
	bare := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(bare, "Mk"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(bare, "Mk", "bsd.port.mk"), nil, 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(bare, "net"), 0o755))
	for path, want := range map[string]string{
		filepath.Join(empty, "gone"):           "does not exist",
		filepath.Join(junk, "letter.txt", "x"): "cannot be read",
		empty:                                  "is an empty directory",
		junk:                                   "holds no port and no rc.d script",
		bare:                                   "holds no port",
		"":                                     "does not exist",
	} {
		_, err := Open([]string{path})
		var e *OpenError
		require.ErrorAs(t, err, &e, path)
		require.Equal(t, path, e.Path)
		require.Contains(t, err.Error(), want)
		require.NotEmpty(t, e.Hint)
	}
}

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func TestSymlinks(t *testing.T) {
	outside := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(outside, "p", "files"), 0o755))
	for _, f := range []string{"secret", "p/Makefile", "p/files/o.in"} {
		require.NoError(t, os.WriteFile(filepath.Join(outside, f), []byte("USE_RC_SUBR= o\nsecret\n"), 0o644))
	}
	for name, c := range map[string]struct {
		files    map[string]string
		links    [][2]string // target, name
		services []string
		problems []string
	}{
		"template out": {map[string]string{"net/a": "USE_RC_SUBR= a"}, [][2]string{{outside + "/secret", "net/a/files/a.in"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/a/files/a.in:0"}},
		"template out by dots": {map[string]string{"net/a": "USE_RC_SUBR= a"}, [][2]string{{"../../../../../../../../../../etc/passwd", "net/a/files/a.in"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/a/files/a.in:0"}},
		"template to nowhere": {map[string]string{"net/a": "USE_RC_SUBR= a"}, [][2]string{{"b.in", "net/a/files/a.in"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/a/files/a.in:0"}},
		"template in a loop": {map[string]string{"net/a": "USE_RC_SUBR= a"}, [][2]string{{"b.in", "net/a/files/a.in"}, {"a.in", "net/a/files/b.in"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/a/files/a.in:0"}},
		"template elsewhere in the tree": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/b/files/b.in": ""}, [][2]string{{"../../b/files/b.in", "net/a/files/a.in"}},
			[]string{"a net/a/files/a.in net/a"}, nil},
		"files out": {map[string]string{"net/a": "USE_RC_SUBR= o"}, [][2]string{{outside + "/p/files", "net/a/files"}},
			[]string{"o net/a/files/o.in net/a"}, []string{"unreadable net/a/files/o.in:0"}},
		"files elsewhere in the tree": {map[string]string{"net/a": "USE_RC_SUBR= b", "net/b/files/b.in": ""}, [][2]string{{"../b/files", "net/a/files"}},
			[]string{"b net/a/files/b.in net/a"}, nil},
		"port out": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""}, [][2]string{{outside + "/p", "net/p"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/p:0"}},
		"port elsewhere in the tree": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""}, [][2]string{{"../net/a", "www/a"}, {"a", "net/b"}},
			[]string{"a net/a/files/a.in net/a"}, nil},
		"category out": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""}, [][2]string{{outside, "www"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable www:0"}},
		"category in a loop": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""}, [][2]string{{"www", "www"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable www:0"}},
		"makefile out": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/b/files/b.in": ""}, [][2]string{{outside + "/p/Makefile", "net/b/Makefile"}},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/b/Makefile:0"}},
		"makefile elsewhere in the tree": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/b/files/a.in": ""}, [][2]string{{"../a/Makefile", "net/b/Makefile"}},
			[]string{"a net/a/files/a.in net/a", "a net/b/files/a.in net/b"}, nil},
		"include out": {map[string]string{"net/a": ".include \"out.mk\"\nUSE_RC_SUBR= a", "net/a/files/a.in": ""}, [][2]string{{outside + "/p/Makefile", "net/a/out.mk"}},
			nil, []string{"unreadable net/a/Makefile:3"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := onDisk(t, c.files)
			memory := tree(c.files)
			for _, l := range c.links {
				p := filepath.Join(root, filepath.FromSlash(l[1]))
				require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
				symlink(t, l[0], p)
				memory[l[1]] = &fstest.MapFile{Data: []byte(l[0]), Mode: fs.ModeSymlink | 0o777}
			}
			corpus := openDir(t, root)
			require.Equal(t, c.services, list(corpus))
			require.Equal(t, c.problems, problems(corpus))
			for _, s := range corpus.Services {
				text, _ := s.Tree.ReadFile(s.Template)
				require.NotContains(t, string(text), "secret")
				require.NotContains(t, string(text), "root:")
			}
			// The same through io/fs.
			again, err := OpenFS(memory, root)
			require.NoError(t, err)
			require.Equal(t, c.services, list(again))
			require.Equal(t, c.problems, problems(again))
		})
	}
}

func TestAbsoluteLinkWithin(t *testing.T) {
	root := onDisk(t, map[string]string{"net/a": "USE_RC_SUBR= a", "net/b/files/b.in": ""})
	require.NoError(t, os.MkdirAll(filepath.Join(root, "net/a/files"), 0o755))
	symlink(t, filepath.Join(root, "net/b/files/b.in"), filepath.Join(root, "net/a/files/a.in"))
	c := openDir(t, root)
	require.Empty(t, c.Problems)
	text, p := c.Trees[0].ReadFile("net/a/files/a.in")
	require.Nil(t, p)
	require.Equal(t, script, string(text))
}

func TestUnreadableFiles(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("root may read anything: the permissions are not tested")
	}
	root := onDisk(t, map[string]string{
		"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/b": "USE_RC_SUBR= b", "net/c": "A= b",
		"net/big": "USE_RC_SUBR= x\n" + strings.Repeat("# filler\n", 200000), "net/d": "USE_RC_SUBR= d", "net/d/files/d.in": "",
	})
	require.NoError(t, os.Truncate(filepath.Join(root, "net/d/files/d.in"), 50<<20))
	require.NoError(t, os.Chmod(filepath.Join(root, "net/b/Makefile"), 0))
	require.NoError(t, os.Chmod(filepath.Join(root, "net/c"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "net/c"), 0o755) })
	c := openDir(t, root)
	want := []string{"unreadable net/big/Makefile:0"}
	if os.Geteuid() != 0 {
		want = []string{"unreadable net/b/Makefile:0", "unreadable net/big/Makefile:0", "unreadable net/c/Makefile:0"}
		require.Equal(t, want, problems(c))
	} else {
		require.Contains(t, problems(c), want[0])
	}
	_, p := c.Trees[0].ReadFile("net/d/files/d.in")
	require.NotNil(t, p)
	require.Contains(t, p.Text, "52428800 bytes")
}

func TestGuarded(t *testing.T) {
	root := onDisk(t, map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""})
	g := guardDir(root)
	require.NoError(t, fstest.TestFS(g, "net/a/Makefile", "net/a/files/a.in"))
	for _, name := range []string{"../x", "/etc/passwd", "net/../..", ""} {
		_, err := g.Open(name)
		require.ErrorIs(t, err, fs.ErrInvalid, name)
		_, err = g.ReadFile(name)
		require.Error(t, err, name)
	}
	_, err := g.ReadFile("net/gone")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = g.Stat("net/gone")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = g.ReadFile("net")
	require.ErrorIs(t, err, regular.ErrNotRegular)
	var pe *fs.PathError
	require.True(t, errors.As(err, &pe))
	require.Equal(t, "net", pe.Path)
	require.Same(t, g, guardFS(g), "a guard needs no guard")
}

// TestOpenTemplate: what the port around a template makes of it, whatever the
// rest of the tree is like.
func TestOpenTemplate(t *testing.T) {
	root := onDisk(t, map[string]string{
		"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/a/files/spare.in": "",
		"net/b": "USE_RC_SUBR= b\n.include \"missing.mk\"", "net/b/files/b.in": "",
		"www/c": "USE_RC_SUBR= a\nFILESDIR= ${.CURDIR}/../../net/a/files",
		"dns/d": "MASTERDIR= ${.CURDIR}/../../net/a\n.include \"${MASTERDIR}/Makefile\"", "dns/d/files/d.in": "",
	})
	scripts := t.TempDir()
	require.NoError(t, os.WriteFile(scripts+"/foo",
		[]byte("#!/bin/sh\n. /etc/rc.subr\nrun_rc_command \"$1\"\n"), 0o755))
	for name, want := range map[string]string{
		root + "/net/a/files/a.in":     "a net/a/files/a.in net/a",
		root + "/net/a/files/spare.in": "",
		root + "/net/a/Makefile":       "",
		root + "/net/a":                "",
		root + "/dns/d/files/d.in":     "",
		root + "/net/a/files/new.in":   "",
		scripts + "/foo":               "foo foo ",
	} {
		c, err := OpenTemplate(name)
		require.NoError(t, err, name)
		require.Empty(t, c.Problems, name)
		require.Len(t, c.Trees, 1)
		var got []string
		for _, s := range c.Services {
			var ports []string
			for _, p := range s.Ports {
				ports = append(ports, p.Origin)
			}
			got = append(got, s.Name+" "+s.Template+" "+strings.Join(ports, " "))
		}
		require.Equal(t, want, strings.Join(got, "\n"), name)
	}
	_, err := OpenTemplate(scripts + "/bar")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
