package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// port is a Makefile with a CATEGORIES line.
func port(name, categories, rest string) string {
	return "PORTNAME= " + name + "\nPORTVERSION= 1\nCATEGORIES= " + categories + "\n" + rest +
		"\n.include <bsd.port.mk>\n"
}

// found lists services as "name origin directory template".
func found(c *Corpus) []string {
	var out []string
	for _, s := range c.Services {
		out = append(out, strings.Join([]string{s.Name, s.Origin(), s.Port().Dir, s.Template}, " "))
	}
	slices.Sort(out)
	return out
}

// TestLayouts: ports are found wherever they lie, and called what people call them.
func TestLayouts(t *testing.T) {
	s := "USE_RC_SUBR= s"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"at the root": {map[string]string{"a/Makefile": port("s", "net ipv6", s), "a/files/s.in": ""},
			[]string{"s net/a a a/files/s.in"}},
		"the root itself": {map[string]string{"Makefile": port("s", "net", s), "files/s.in": "", "work/x/Makefile": port("s", "net", s), "src/Makefile": "all:\n"},
			[]string{"s net/s . files/s.in"}},
		"the root and a slave in it": {map[string]string{"Makefile": port("s", "net", s), "files/s.in": "", "lite/Makefile": "PKGNAMESUFFIX= -lite\nMASTERDIR= ${.CURDIR}/..\n.include \"${MASTERDIR}/Makefile\"\n"},
			[]string{"s net/s . files/s.in"}},
		"in categories": {map[string]string{"net/a/Makefile": port("s", "www", s), "net/a/files/s.in": ""},
			[]string{"s net/a net/a net/a/files/s.in"}},
		"in a site's own category": {map[string]string{"acme/a/Makefile": port("s", "acme", s), "acme/a/files/s.in": "", "acme/Makefile": "SUBDIR= a\n.include <bsd.port.subdir.mk>\n", "acme/b/Makefile": port("s", "net", s), "acme/b/files/s.in": ""},
			[]string{"s acme/a acme/a acme/a/files/s.in", "s acme/b acme/b acme/b/files/s.in"}},
		"in directories that are no categories": {map[string]string{"mine/a/Makefile": port("s", "net", s), "mine/a/files/s.in": ""},
			[]string{"s net/a mine/a mine/a/files/s.in"}},
		"without CATEGORIES": {map[string]string{"x/a/Makefile": "PORTNAME= a\n" + s + "\n", "x/a/files/s.in": "", "b/Makefile": "PORTNAME= b\n" + s + "\n", "b/files/s.in": ""},
			[]string{"s b b b/files/s.in", "s x/a x/a x/a/files/s.in"}},
		"three levels": {map[string]string{"_old/java/a/Makefile": port("s", "java", s), "_old/java/a/files/s.in": ""},
			[]string{"s java/a _old/java/a _old/java/a/files/s.in"}},
		"below its name": {map[string]string{"ports/net/a/newport/Makefile": port("s", "net", s), "ports/net/a/newport/files/s.in": ""},
			[]string{"s net/a ports/net/a/newport ports/net/a/newport/files/s.in"}},
		"twice": {map[string]string{"old/net/a/Makefile": port("s", "net", s), "old/net/a/files/s.in": "", "net/a/Makefile": port("s", "net", s), "net/a/files/s.in": ""},
			[]string{"s net/a net/a net/a/files/s.in", "s old/net/a old/net/a old/net/a/files/s.in"}},
		"mixed": {map[string]string{"a/Makefile": port("s", "net", s), "a/files/s.in": "", "www/b/Makefile": port("s", "www", s), "www/b/files/s.in": "", "x/y/z/c/Makefile": port("s", "dns", s), "x/y/z/c/files/s.in": ""},
			[]string{"s dns/c x/y/z/c x/y/z/c/files/s.in", "s net/a a a/files/s.in", "s www/b www/b www/b/files/s.in"}},
		"a neighbour's files, at the root": {map[string]string{"a/Makefile": port("s", "net", s), "a/files/s.in": "", "b/Makefile": port("s", "net", s+"\nFILESDIR= ${.CURDIR}/../a/files")},
			[]string{"s net/a a a/files/s.in"}},
		"with two levels up, below a directory": {map[string]string{"p/net/a/Makefile": port("s", "net", s), "p/net/a/files/s.in": "", "p/www/b/Makefile": "MASTERDIR= ${.CURDIR}/../../net/a\n.include \"${MASTERDIR}/Makefile\"\n"},
			[]string{"s net/a p/net/a p/net/a/files/s.in"}},
		"by PORTSDIR, below a directory": {map[string]string{"p/net/a/Makefile": port("s", "net", s), "p/net/a/files/s.in": "", "p/www/b/Makefile": "MASTERDIR= ${PORTSDIR}/net/a\n.include \"${MASTERDIR}/Makefile\"\n"},
			[]string{"s net/a p/net/a p/net/a/files/s.in"}},
		"hidden and built": {map[string]string{"net/a/Makefile": port("s", "net", s), "net/a/files/s.in": "", ".old/net/b/Makefile": port("s", "net", s), "work/net/c/Makefile": port("s", "net", s), "distfiles/d/Makefile": port("s", "net", s)},
			[]string{"s net/a net/a net/a/files/s.in"}},
		"a program's own Makefile above": {map[string]string{"Makefile": "all:\n\tcc x.c\n", "pkg/bsd/Makefile": "SUBDIR= lib\n.include <bsd.subdir.mk>\n", "pkg/bsd/net/a/Makefile": port("s", "net", s), "pkg/bsd/net/a/files/s.in": ""},
			[]string{"s net/a pkg/bsd/net/a pkg/bsd/net/a/files/s.in"}},
	} {
		t.Run(name, func(t *testing.T) {
			c2 := openFS(t, c.files)
			require.Equal(t, c.want, found(c2))
			require.Empty(t, problems(c2))
			// The same on the disk, from within the first port.
			dir := onDisk(t, c.files)
			require.NoError(t, exec.Command("git", "-C", dir, "init", "-q").Run())
			require.Equal(t, c.want, found(openDir(t, dir)))
			one := c2.Services[0].Port()
			t.Chdir(filepath.Join(dir, one.Dir))
			for _, p := range []string{".", "Makefile", dir + "/" + one.Dir} {
				c3 := openDir(t, p)
				require.NotEmpty(t, c3.Services, p)
				require.Equal(t, realPath(dir, true), c3.Trees[0].Root)
			}
		})
	}
}

// TestRoot: the top is a repository's or a ports tree's, never above one, and
// without both what was named, or the directory of the categories.
func TestRoot(t *testing.T) {
	p := port("s", "net", "USE_RC_SUBR= s")
	dir := realPath(onDisk(t, map[string]string{
		"repo/.git/HEAD": "", "repo/a/Makefile": p, "repo/tree/Mk/bsd.port.mk": "", "repo/tree/net/b/Makefile": p,
		"repo/tree/net/own/.git/HEAD": "", "repo/tree/net/own/Makefile": p, "repo/sub/.git/HEAD": "", "repo/sub/Makefile": p,
		"plain/net/c/Makefile": p, "plain/net/c/files/s.in": "", "plain/stuff/d/Makefile": p, "plain/e/Makefile": p, "plain/acme/f/Makefile": port("s", "acme", ""),
		"notgit/.git/x": "", "notgit/net/g/Makefile": p,
	}), true)
	for start, want := range map[string]string{
		"repo": "repo", "repo/a": "repo", "repo/a/files": "repo", "repo/tree": "repo/tree", "repo/tree/net/b": "repo/tree", "repo/tree/Mk": "repo/tree",
		"repo/tree/net/own": "repo/tree/net/own", "repo/sub": "repo/sub", "plain/net/c": "plain", "plain/net/c/files": "plain", "plain/net": "plain",
		"plain/stuff/d": "plain/stuff/d", "plain/e": "plain/e", "plain/acme/f": "plain", "plain": "plain", "plain/stuff": "plain/stuff", "notgit/net/g": "notgit",
	} {
		require.Equal(t, filepath.Join(dir, want), findRoot(filepath.Join(dir, start)), start)
	}
}

// TestShown: paths for people begin where they stand, those for machines at the
// top of the repository.
func TestShown(t *testing.T) {
	dir := realPath(onDisk(t, map[string]string{
		"top/.git/HEAD": "", "top/sub/Mk/bsd.port.mk": "", "top/sub/net/a/Makefile": port("s", "net", "USE_RC_SUBR= s"), "top/sub/net/a/files/s.in": "", "elsewhere/x/y": "",
	}), true)
	for _, c := range []struct{ cwd, arg, shown string }{
		{"top", "sub/net/a", "sub/net/a/files/s.in"},
		{"top/sub", "net", "net/a/files/s.in"},
		{"top/sub/net", "a", "a/files/s.in"},
		{"top/sub/net/a", ".", "files/s.in"},
		{"top/sub/net/a/files", "s.in", "s.in"},
		{"top/sub/net/a", dir + "/top/sub", "files/s.in"},
		{".", "top/sub", "top/sub/net/a/files/s.in"},
		{"elsewhere", "../top/sub/net", dir + "/top/sub/net/a/files/s.in"},
	} {
		t.Chdir(filepath.Join(dir, c.cwd))
		s := openDir(t, c.arg).Services
		require.Len(t, s, 1)
		require.Equal(t, c.shown, s[0].Tree.Shown(s[0].Template), c)
		require.Equal(t, "sub/net/a/files/s.in", s[0].Tree.Stable(s[0].Template), c)
		require.Equal(t, "repository", s[0].Tree.StableFrom())
		rel, ok := s[0].Tree.Rel(filepath.Join(dir, "top/sub/net/a/files/s.in"))
		require.True(t, ok)
		require.Equal(t, s[0].Template, rel)
	}
	// By a link, which is typed.
	symlink(t, filepath.Join(dir, "top"), filepath.Join(dir, "link"))
	t.Chdir(filepath.Join(dir, "elsewhere"))
	s := openDir(t, filepath.Join(dir, "link/sub/net/a")).Services[0]
	require.Equal(t, dir+"/link/sub/net/a/files/s.in", s.Tree.Shown(s.Template))
}

// TestNames: what is no path is looked up.
func TestNames(t *testing.T) {
	dir := onDisk(t, map[string]string{
		"net/otter/Makefile": port("otter", "net", "USE_RC_SUBR= otterd"), "net/otter/files/otterd.in": "",
		"net/otter-devel/Makefile": port("otter", "net", "PKGNAMESUFFIX= -devel\nUSE_RC_SUBR= otterd"), "net/otter-devel/files/otterd.in": "",
		"dns/py-mink/Makefile": port("mink", "dns", "PKGNAMEPREFIX= py311-\nUSE_RC_SUBR= mink"), "dns/py-mink/files/mink.in": "",
		"stoat/Makefile": port("stoat", "www", "USE_RC_SUBR= stoat"), "stoat/files/stoat.in": "", "Mk/bsd.port.mk": "",
	})
	t.Chdir(filepath.Join(dir, "dns"))
	for args, want := range map[string][]string{
		"net/otter":                            {"otterd net/otter"},
		"otter":                                {"otterd net/otter"},
		"otterd":                               {"otterd net/otter", "otterd net/otter-devel"},
		"net/otter*":                           {"otterd net/otter", "otterd net/otter-devel"},
		"otter*":                               {"otterd net/otter", "otterd net/otter-devel"},
		"www/stoat":                            {"stoat www/stoat"},
		"py311-mink":                           {"mink dns/py-mink"},
		"py-mink stoat":                        {"mink dns/py-mink", "stoat www/stoat"},
		"mi?k net/otter":                       {"mink dns/py-mink", "otterd net/otter"},
		"net/otter otter":                      {"otterd net/otter"},
		"../net/otter net/otter ../net/otter/": {"otterd net/otter"},
	} {
		c := openDir(t, strings.Fields(args)...)
		var got []string
		for _, s := range c.Services {
			got = append(got, s.Name+" "+s.Origin())
		}
		slices.Sort(got)
		require.Equal(t, want, got, args)
	}
	for name, hint := range map[string]string{
		"net/ottr": "did you mean net/otter?", "oterd": "did you mean otterd?", "dns/py-mnik": "did you mean dns/py-mink?", "weasel": "svcjify list shows the services",
	} {
		targets, wrong := Find(t.Context(), Query{Args: []string{"stoat", name}})
		require.Empty(t, wrong)
		c, err := Load(t.Context(), targets, Narrow{})
		require.NoError(t, err)
		require.Len(t, c.Services, 1, "the other is looked at")
		require.Len(t, c.Wrong, 1)
		var e *OpenError
		require.ErrorAs(t, c.Wrong[0], &e)
		require.Equal(t, name, e.Path)
		require.Contains(t, e.Hint, hint)
	}
	_, wrong := Find(t.Context(), Query{Args: []string{"[x"}})
	require.ErrorContains(t, wrong[0], "is not a pattern")
	// Where nothing is around, the tree that PORTSDIR names is.
	t.Chdir(t.TempDir())
	_, wrong = Find(t.Context(), Query{Args: []string{"net/otter"}})
	require.ErrorContains(t, wrong[0], "in no ports tree")
	targets, wrong := Find(t.Context(), Query{Args: []string{"net/otter"}, PortsDir: dir})
	require.Empty(t, wrong)
	require.Equal(t, []string{"net/otter"}, targets[0].Parts)
	targets, wrong = Find(t.Context(), Query{Tree: dir})
	require.Empty(t, wrong)
	c, err := Load(t.Context(), targets, Narrow{Categories: []string{"dns", "www"}})
	require.NoError(t, err)
	require.Len(t, c.Services, 2)
	_, wrong = Find(t.Context(), Query{Tree: dir, Args: []string{"/"}})
	require.ErrorContains(t, wrong[0], "is not in the tree")
	_, wrong = Find(t.Context(), Query{Tree: filepath.Join(dir, "gone")})
	require.Len(t, wrong, 1)
}

// TestStandOn: an overlay's masters and files are found in the tree it stands on.
func TestStandOn(t *testing.T) {
	base := onDisk(t, map[string]string{
		"Mk/bsd.port.mk": "", "Mk/bsd.default-versions.mk": "SERVER_DEFAULT?= 7\n", "net/master/Makefile": port("master", "net", "PORTREVISION?= 3\nUSE_RC_SUBR?= m"), "net/master/files/m.in": "",
		"www/common/Makefile.common": "USE_RC_SUBR= c\n",
	})
	overlay := map[string]string{
		"net/slave/Makefile": "PKGNAMESUFFIX= -s\nMASTERDIR= ${.CURDIR}/../master\n.include \"${MASTERDIR}/Makefile\"\n",
		"up/Makefile":        "CATEGORIES= net\nPKGNAMESUFFIX= -u\nMASTERDIR= ${.CURDIR}/../master\n.include \"${MASTERDIR}/Makefile\"\n",
		"x/www/c/Makefile":   port("c", "www", "V= ${SERVER_DEFAULT}\n.include \"${.CURDIR}/../../www/common/Makefile.common\""), "x/www/c/files/c.in": "",
		"x/www/lib/Makefile": port("lib", "www", ".include \"${PORTSDIR}/lang/lib/Makefile.version\""),
		"net/own/Makefile":   port("own", "net", "USE_RC_SUBR= own"), "net/own/files/own.in": "",
		"net/broken/Makefile": port("broken", "net", "USE_RC_SUBR= b\n.include \"${.CURDIR}/gone.mk\""), "net/broken/files/b.in": "",
	}
	dir := onDisk(t, overlay)
	c := openDir(t, dir)
	require.Equal(t, []string{"own net/own net/own net/own/files/own.in"}, found(c))
	require.Equal(t, []string{"bad makefile net/broken/Makefile:5", "elsewhere net/slave/Makefile:3"}, problems(c))
	require.Contains(t, c.Problems[1].Text, "3 ports read files, such as net/master/Makefile (net/slave), of the ports tree")
	require.Contains(t, c.Problems[1].Hint, "--portsdir")

	targets, wrong := Find(t.Context(), Query{Args: []string{dir}})
	require.Empty(t, wrong)
	require.NoError(t, targets[0].Tree.StandOn(base))
	c, err := Load(t.Context(), targets, Narrow{})
	require.NoError(t, err)
	require.Equal(t, []string{
		"c www/c x/www/c x/www/c/files/c.in", "m net/slave net/slave .portsdir/net/master/files/m.in",
		"own net/own net/own net/own/files/own.in",
	}, found(c))
	require.Len(t, c.Services[0].Ports, 2, "the slave and the one at the root")
	require.Equal(t, []string{"bad makefile net/broken/Makefile:5", "bad makefile x/www/lib/Makefile:4"}, problems(c),
		"now nothing may be elsewhere")
	m := c.Services[0]
	require.True(t, m.Tree.Elsewhere(m.Template))
	require.Equal(t, filepath.Join(base, "net/master/files/m.in"), m.Tree.Shown(m.Template))
	text, problem := m.Tree.ReadFile(m.Template)
	require.Nil(t, problem)
	require.Equal(t, script, string(text))
	require.Equal(t, "3", m.Ports[0].Make.Value("PORTREVISION"))

	for _, bad := range []string{filepath.Join(base, "gone"), filepath.Join(base, "net"),
		filepath.Join(base, "Mk/bsd.port.mk")} {
		var e *OpenError
		require.ErrorAs(t, targets[0].Tree.StandOn(bad), &e, bad)
		require.Contains(t, e.Hint, "--portsdir takes the top of a ports tree")
	}
	whole, _ := Find(t.Context(), Query{Args: []string{base}})
	require.NoError(t, whole[0].Tree.StandOn(base))
	require.Empty(t, whole[0].Tree.PortsDir, "a tree stands on no other")
}

// TestNested: a tree in a tree, and a repository in a repository, are trees of their own.
func TestNested(t *testing.T) {
	p := port("s", "net", "USE_RC_SUBR= s")
	dir := realPath(onDisk(t, map[string]string{
		".git/HEAD": "", "a/Makefile": p, "a/files/s.in": "", "ports/Mk/bsd.port.mk": "", "ports/net/b/Makefile": p, "ports/net/b/files/s.in": "",
		"sub/net/c/Makefile": p, "sub/net/c/files/s.in": "", "d/.git/HEAD": "", "d/Makefile": p, "d/files/s.in": "",
		"tool/.git/HEAD": "", "tool/README": "no port\n",
	}), true)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub/.git"), []byte("gitdir: ../.git/modules/sub\n"), 0o644))
	t.Chdir(dir)
	c := openDir(t)
	var got []string
	for _, s := range c.Services {
		got = append(got, strings.Join([]string{s.Tree.Shown(s.Template), s.Tree.Stable(s.Template),
			s.Tree.InRepository(s.Template)}, " "))
	}
	slices.Sort(got)
	require.Equal(t, []string{
		"a/files/s.in a/files/s.in a/files/s.in",
		"d/files/s.in d/files/s.in files/s.in",
		"ports/net/b/files/s.in ports/net/b/files/s.in ports/net/b/files/s.in",
		"sub/net/c/files/s.in sub/net/c/files/s.in net/c/files/s.in",
	}, got)
	require.Empty(t, c.Problems)
	require.Len(t, openDir(t, "ports").Services, 1)
	require.Len(t, openDir(t, "a").Services, 1)
}

// TestWrongPlaces: what holds no port says so.
func TestWrongPlaces(t *testing.T) {
	p := port("s", "net", "USE_RC_SUBR= s")
	dir := onDisk(t, map[string]string{".git/HEAD": "", "net/a/Makefile": p, "net/a/files/s.in": "", "doc/x/y": "x\n",
		"etc/init/s": script, "README": "x\n"})
	require.NoError(t, os.Mkdir(filepath.Join(dir, "void"), 0o755))
	t.Chdir(dir)
	for arg, want := range map[string]string{
		"doc": "holds no port and no rc.d script", "void": "is an empty directory", "README": "belongs to no port", "etc": "holds no port, but rc.d scripts in etc/init",
	} {
		_, err := Open([]string{arg})
		var e *OpenError
		require.ErrorAs(t, err, &e, arg)
		require.Contains(t, e.Error(), want)
		require.NotEmpty(t, e.Hint)
		// And does not keep the others from being looked at.
		targets, wrong := Find(t.Context(), Query{Args: []string{arg, "net/a"}})
		require.Empty(t, wrong)
		c, err := Load(t.Context(), targets, Narrow{})
		require.NoError(t, err)
		require.Len(t, c.Services, 1)
		require.Len(t, c.Wrong, 1)
	}
	c := openDir(t, "etc/init")
	require.True(t, c.Trees[0].Scripts)
	require.Equal(t, "etc/init/s", c.Trees[0].Stable("s"))
	c = openDir(t, "etc/init/s", "net")
	require.Len(t, c.Services, 2, "a script in no port is looked at by itself")
}

// TestManyDirectories: what is walked through is bounded.
func TestManyDirectories(t *testing.T) {
	files := map[string]string{"net/a/Makefile": port("s", "net", "USE_RC_SUBR= s"), "net/a/files/s.in": ""}
	for i := range 2000 {
		files[fmt.Sprintf("data/%d/%d/x", i%50, i)] = "x"
	}
	files["deep/"+strings.Repeat("d/", maxDepth+3)+"x"] = "x"
	c := openFS(t, files)
	require.Len(t, c.Services, 1)
	require.Len(t, c.Problems, 1)
	require.Contains(t, c.Problems[0].Text, "the search for ports ends here, after 17 levels")
}
