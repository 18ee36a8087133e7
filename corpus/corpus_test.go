package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const script = "#!/bin/sh\n\n# PROVIDE: x\n\n. /etc/rc.subr\n\nname=x\n"

// tree makes a ports tree; a name that ends in .in without text gets a script,
// "cat/port" gets the lines of its Makefile before the include of bsd.port.mk.
func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		switch {
		case strings.HasSuffix(name, ".in") && text == "":
			text = script
		case strings.Count(name, "/") == 1 && !strings.HasPrefix(filepath.Base(name), "Makefile") &&
			filepath.Base(name) != "README" && !strings.HasSuffix(name, ".mk"):
			name += "/Makefile"
			text = "PORTNAME= " + filepath.Base(filepath.Dir(name)) + "\nPORTVERSION= 1\n" + text +
				"\n.include <bsd.port.mk>\n"
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return fsys
}

// services lists services as "name template ports <condition>".
func list(c *Corpus) []string {
	var out []string
	for _, s := range c.Services {
		line := s.Name + " " + s.Template
		for i, p := range s.Ports {
			line += " " + p.Origin
			if s.Conditions[i] != "" {
				line += "(" + s.Conditions[i] + ")"
			}
		}
		if s.Condition != "" {
			line += " <" + s.Condition + ">"
		}
		if s.ByHand {
			line += " by hand"
		}
		out = append(out, line)
	}
	return out
}

var kindNames = map[ProblemKind]string{
	Unreadable: "unreadable", BadMakefile: "bad makefile", TemplateMissing: "template missing",
	NotInstalled: "not installed", NoTemplate: "no template", Elsewhere: "elsewhere",
}

func problems(c *Corpus) []string {
	var out []string
	for _, p := range c.Problems {
		out = append(out, fmt.Sprintf("%s %s:%d", kindNames[p.Kind], p.Path, p.Line))
	}
	return out
}

func openFS(t *testing.T, files map[string]string, within ...string) *Corpus {
	t.Helper()
	c, err := OpenFS(tree(files), "/usr/ports", within...)
	require.NoError(t, err)
	return c
}

func TestServices(t *testing.T) {
	for name, c := range map[string]struct {
		files    map[string]string
		services []string
		problems []string
	}{
		"plain": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": ""},
			[]string{"a net/a/files/a.in net/a"}, nil},
		"sh suffix": {map[string]string{"net/a": "USE_RC_SUBR= a.sh", "net/a/files/a.sh.in": ""},
			[]string{"a net/a/files/a.sh.in net/a"}, nil},
		"two names": {map[string]string{"net/a": "USE_RC_SUBR= b a", "net/a/files/a.in": "", "net/a/files/b.in": ""},
			[]string{"a net/a/files/a.in net/a", "b net/a/files/b.in net/a"}, nil},
		"shared by FILESDIR": {map[string]string{
			"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "",
			"www/b": "FILESDIR= ${.CURDIR}/../../net/a/files\nUSE_RC_SUBR= a"},
			[]string{"a net/a/files/a.in net/a www/b"}, nil},
		"slave": {map[string]string{
			"net/a": "USE_RC_SUBR?= a", "net/a/files/a.in": "",
			"net/b/Makefile": "PORTNAME= b\nMASTERDIR= ${.CURDIR}/../a\n.include \"${MASTERDIR}/Makefile\"\n"},
			[]string{"a net/a/files/a.in net/a net/b"}, nil},
		"common file": {map[string]string{
			"www/a/Makefile.common": "USE_RC_SUBR= a\nFILESDIR= ${.CURDIR}/../a/files\n", "www/a/files/a.in": "",
			"www/a": ".include \"Makefile.common\"", "www/b": ".include \"${.CURDIR}/../../www/a/Makefile.common\""},
			[]string{"a www/a/files/a.in www/a www/b"}, nil},
		"common file by a computed name": {map[string]string{
			"www/a9/Makefile.common": "USE_RC_SUBR= a\nFILESDIR= ${.CURDIR}/../a9/files\n", "www/a9/files/a.in": "",
			"www/a9": ".include \"Makefile.common\"", "www/b": "V= 9\n.include \"${.CURDIR}/../a${V}/Makefile.common\""},
			[]string{"a www/a9/files/a.in www/a9 www/b"}, nil},
		"category's file": {map[string]string{
			"japanese/Makefile.inc": "USE_RC_SUBR?= a\n", "japanese/a": "A= b", "japanese/a/files/a.in": ""},
			[]string{"a japanese/a/files/a.in japanese/a"}, nil},
		"default here, conditional there": {map[string]string{
			"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "",
			"net/b": "OPTIONS_DEFINE= X\nX_USE= RC_SUBR=a\nFILESDIR= ${.CURDIR}/../a/files",
			"net/c": "OPTIONS_DEFINE= Y\nY_USE= RC_SUBR=c\nFILESDIR= ${.CURDIR}/../a/files", "net/a/files/c.in": ""},
			[]string{"a net/a/files/a.in net/a net/b(option X)", "c net/a/files/c.in net/c(option Y) <option Y>"}, nil},
		"conditional in two ways": {map[string]string{
			"net/a": "OPTIONS_DEFINE= X\nX_USE= RC_SUBR=a", "net/a/files/a.in": "",
			"net/b": "OPTIONS_DEFINE= Y\nY_USE= RC_SUBR=a\nFILESDIR= ${.CURDIR}/../a/files"},
			[]string{"a net/a/files/a.in net/a(option X) net/b(option Y) <option X (net/a), option Y (net/b)>"}, nil},
		"template missing": {map[string]string{"net/a": "USE_RC_SUBR= a b", "net/a/files/b.in": "", "net/c": "USE_RC_SUBR= a", "net/c/files/a.in": ""},
			[]string{"a  net/a", "b net/a/files/b.in net/a", "a net/c/files/a.in net/c"},
			[]string{"template missing net/a/Makefile:3"}},
		"template missing twice": {map[string]string{"net/a": "USE_RC_SUBR= x", "net/b": "USE_RC_SUBR= x"},
			[]string{"x  net/a", "x  net/b"},
			[]string{"template missing net/a/Makefile:3", "template missing net/b/Makefile:3"}},
		"yes": {map[string]string{"net/a": "USE_RC_SUBR= yes"},
			[]string{"yes  net/a"}, []string{"no template net/a/Makefile:3"}},
		"made by the port": {map[string]string{"net/a": "USE_RC_SUBR= a\npre-install:\n\t${SED} s/x/y/ ${WRKSRC}/rc > ${WRKDIR}/a"},
			[]string{"a  net/a"}, []string{"no template net/a/Makefile:3"}},
		"own target": {map[string]string{"net/a": "USE_RC_SUBR= a\ninstall-rc-script:\n\tx"},
			[]string{"a  net/a"}, []string{"no template net/a/Makefile:3"}},
		"upstream's": {map[string]string{"net/a": "do-install:\n\t${INSTALL_SCRIPT} ${WRKSRC}/rc/a ${STAGEDIR}${PREFIX}/etc/rc.d/a"},
			[]string{"a  net/a by hand"}, []string{"no template net/a/Makefile:4"}},
		"written by the Makefile": {map[string]string{"net/a": "post-install:\n\t@${PRINTF} x > ${STAGEDIR}${PREFIX}/etc/rc.d/a\n\t@${PRINTF} y >> ${STAGEDIR}${PREFIX}/etc/rc.d/a"},
			[]string{"a  net/a by hand"}, []string{"no template net/a/Makefile:4"}},
		"in the packing list": {map[string]string{"net/a": "PLIST_FILES= bin/a etc/rc.d/a.sh"},
			[]string{"a.sh  net/a by hand"}, []string{"no template net/a/Makefile:3"}},
		"second name by link": {map[string]string{"net/a": "USE_RC_SUBR= a\npost-install:\n\t${LN} -s a ${STAGEDIR}${PREFIX}/etc/rc.d/a6", "net/a/files/a.in": ""},
			[]string{"a net/a/files/a.in net/a"}, nil},
		"needs another's script": {map[string]string{"net/a": "RUN_DEPENDS= ${LOCALBASE}/etc/rc.d/b:net/b\nCONFLICTS= c # etc/rc.d/c"}, nil, nil},
		"by hand": {map[string]string{"net/a": "SUB_FILES= a\npost-install:\n\t${INSTALL_SCRIPT} ${WRKDIR}/a ${STAGEDIR}${PREFIX}/etc/rc.d", "net/a/files/a.in": ""},
			[]string{"a net/a/files/a.in net/a by hand"}, nil},
		"by hand, renamed": {map[string]string{"net/a": "SUB_FILES= a.rc\npost-install:\n\t${INSTALL_SCRIPT} ${WRKDIR}/a.rc ${STAGEDIR}${PREFIX}/etc/rc.d/a", "net/a/files/a.rc.in": ""},
			[]string{"a net/a/files/a.rc.in net/a by hand"}, nil},
		"dead": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/a/files/old.in": "", "net/a/files/pkg-message.in": "service", "net/a/files/conf.in": "x=1\n"},
			[]string{"a net/a/files/a.in net/a"}, []string{"not installed net/a/files/old.in:0"}},
		"dead by a comment": {map[string]string{"net/a": "#USE_RC_SUBR= a", "net/a/files/a.in": ""},
			nil, []string{"not installed net/a/files/a.in:0"}},
		"named like the port": {map[string]string{"net/a": "SUB_FILES= pkg-message\nX= ${WRKSRC}/a", "net/a/files/a.in": ""},
			nil, []string{"not installed net/a/files/a.in:0"}},
		"not dead: SUB_FILES": {map[string]string{"net/a": "OPTIONS_DEFINE= X\nX_SUB_FILES= a", "net/a/files/a.in": ""}, nil, nil},
		"not dead: named": {map[string]string{"net/a": "USE_RC_SUBR= b\npost-install:\n\t${CP} ${FILESDIR}/a.in x", "net/a/files/a.in": "", "net/a/files/b.in": ""},
			[]string{"b net/a/files/b.in net/a"}, nil},
		"not dead: by a slave": {map[string]string{
			"net/a": "SUB_FILES?= pkg-message", "net/a/files/a.in": "",
			"net/b/Makefile": "SUB_FILES= a\nMASTERDIR= ${.CURDIR}/../a\n.include \"${MASTERDIR}/Makefile\"\n"}, nil, nil},
		"not dead: unknown names": {map[string]string{"net/a": "USE_RC_SUBR!= echo a", "net/a/files/a.in": ""},
			nil, []string{"bad makefile net/a/Makefile:3"}},
		"not dead: another's business": {map[string]string{"net/a": "A= b", "net/a/files/a.in": ""}, nil, nil},
		"bad makefile": {map[string]string{"net/a": "USE_RC_SUBR= a\n.if 1", "net/a/files/a.in": "", "net/b": "USE_RC_SUBR= b", "net/b/files/b.in": ""},
			[]string{"b net/b/files/b.in net/b"}, []string{"bad makefile net/a/Makefile:4"}},
		"bad makefile of no service": {map[string]string{"net/a": ".if 1", "net/b": "USE_RC_SUBR= b", "net/b/files/b.in": ""},
			[]string{"b net/b/files/b.in net/b"}, nil},
		"loop of includes": {map[string]string{"net/a": ".include \"x.mk\"", "net/a/x.mk": "USE_RC_SUBR= a\n.include \"x.mk\"\n"},
			nil, []string{"bad makefile net/a/x.mk:2"}},
		"master missing": {map[string]string{"net/a/Makefile": "PORTNAME= a\nMASTERDIR= ${.CURDIR}/../b\n.include \"${MASTERDIR}/Makefile\"\n"},
			nil, []string{"elsewhere net/a/Makefile:3"}},
		"name with dots": {map[string]string{"net/a": "USE_RC_SUBR= ../b/files/b a", "net/a/files/a.in": "", "net/b/files/b.in": ""},
			[]string{"a net/a/files/a.in net/a"}, []string{"bad makefile net/a/Makefile:3"}},
		"name with blanks": {map[string]string{"net/a": `USE_RC_SUBR= "a b"`, "net/a/files/a b.in": ""},
			nil, []string{"bad makefile net/a/Makefile:3"}},
		"name with a newline": {map[string]string{"net/a": `USE_RC_SUBR= "a${.newline}b"`}, nil, []string{"bad makefile net/a/Makefile:3"}},
		"hidden name":         {map[string]string{"net/a": `USE_RC_SUBR= .a`}, nil, []string{"bad makefile net/a/Makefile:3"}},
		"FILESDIR out of the tree": {map[string]string{"net/a": "USE_RC_SUBR= a\nFILESDIR= /etc"},
			nil, []string{"unreadable net/a/Makefile:0"}},
		"template is a directory": {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in/x": "x"},
			[]string{"a net/a/files/a.in net/a"}, []string{"unreadable net/a/files/a.in:0"}},
		"no port of the tree has one": {map[string]string{"net/a": "A= b"}, nil, nil},
		"files beside":                {map[string]string{"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/README": "x", "README": "x", "Mk/x/Makefile": "USE_RC_SUBR= x", "distfiles/x/Makefile": "USE_RC_SUBR= x", ".git/x/Makefile": "USE_RC_SUBR= x", "net/pkg/README": "x"}, []string{"a net/a/files/a.in net/a"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			corpus := openFS(t, c.files)
			require.Equal(t, c.services, list(corpus))
			require.Equal(t, c.problems, problems(corpus))
			for _, p := range corpus.Problems {
				require.NotEmpty(t, p.Text)
				require.NotEmpty(t, p.Origin)
				require.NotNil(t, p.Tree)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	files := map[string]string{
		"net/a": "USE_RC_SUBR= a", "net/a/files/a.in": "", "net/a/files/b.in": "", "net/a/files/patch-x": "x",
		"net/b": "USE_RC_SUBR= b\nFILESDIR= ${.CURDIR}/../a/files",
		"www/c": "USE_RC_SUBR= a\nFILESDIR= ${.CURDIR}/../../net/a/files", "www/d": "USE_RC_SUBR= d", "UPDATING": "x", "net/Makefile": "SUBDIR= a\n",
	}
	a, b := "a net/a/files/a.in net/a www/c", "b net/a/files/b.in net/b"
	d := "d  www/d"
	for _, c := range []struct {
		within   []string
		services []string
		problems int
	}{
		{nil, []string{d, a, b}, 1},
		{[]string{"."}, []string{d, a, b}, 1},
		{[]string{"net"}, []string{a, b}, 0},
		{[]string{"www"}, []string{d, a}, 1},
		{[]string{"net/a"}, []string{a, b}, 0},
		{[]string{"net/b"}, []string{b}, 0},
		{[]string{"www/c"}, []string{a}, 0},
		{[]string{"www/d"}, []string{d}, 1},
		{[]string{"net/a/Makefile"}, []string{a, b}, 0},
		{[]string{"net/a/files"}, []string{a, b}, 0},
		{[]string{"net/a/files/patch-x"}, []string{a, b}, 0},
		{[]string{"net/a/files/b.in"}, []string{b}, 0},
		{[]string{"net/a/files/b.in", "net/b", "net/b"}, []string{b}, 0},
		{[]string{"www/c", "net"}, []string{a, b}, 0},
	} {
		corpus := openFS(t, files, c.within...)
		require.Equal(t, c.services, list(corpus), "%q", c.within)
		require.Len(t, corpus.Problems, c.problems, "%q", c.within)
	}
	for _, w := range []string{"net/z", "../x", "/etc", "UPDATING", "net/Makefile"} {
		_, err := OpenFS(tree(files), "/usr/ports", w)
		var e *OpenError
		require.ErrorAs(t, err, &e, w)
		require.NotEmpty(t, e.Hint)
	}
	_, err := OpenFS(fstest.MapFS{}, "x")
	require.ErrorContains(t, err, "is an empty directory")
}

func TestDeterministic(t *testing.T) {
	files := map[string]string{}
	for i := range 60 {
		o := fmt.Sprintf("net/p%02d", i)
		files[o] = fmt.Sprintf("USE_RC_SUBR= s%d gone\nOPTIONS_DEFINE= X Y\nX_USE= RC_SUBR=x\nY_USE= RC_SUBR=y", i%7)
		files[o+"/files/s"+fmt.Sprint(i%7)+".in"] = ""
	}
	first := openFS(t, files)
	for range 5 {
		again := openFS(t, files)
		require.Equal(t, list(first), list(again))
		require.Equal(t, problems(first), problems(again))
	}
	require.True(t, slices.IsSortedFunc(first.Services,
		func(a, b *Service) int { return strings.Compare(a.Template, b.Template) }))
}

func TestReadFile(t *testing.T) {
	fsys := tree(map[string]string{"a.in": "x\n", "binary.in": "a\nb\x00c", "dir.in/x": "x"})
	fsys["big.in"] = &fstest.MapFile{Data: make([]byte, maxFileSize+1)}
	tr := &Tree{FS: fsys, Dir: "."}
	text, p := tr.ReadFile("a.in")
	require.Nil(t, p)
	require.Equal(t, "x\n", string(text))
	for name, want := range map[string]string{
		"binary.in": "NUL byte", "big.in": "1048577 bytes", "dir.in": "not a regular file", "gone.in": "is not there", "../x": "invalid",
	} {
		_, p := tr.ReadFile(name)
		require.NotNil(t, p, name)
		require.Equal(t, Unreadable, p.Kind)
		require.Equal(t, name, p.Path)
		require.Same(t, tr, p.Tree)
		require.Contains(t, p.Text, want)
		require.NotEmpty(t, p.Hint)
	}
	_, p = tr.ReadFile("binary.in")
	require.Equal(t, 2, p.Line)
}

// fixture is the made ports tree.
const fixture = "testdata/ports"

// lateRevision is the port of the made tree that sets its revision between
// bsd.port.pre.mk and bsd.port.post.mk. The framework puts the revision into
// PKGNAME while it reads bsd.port.pre.mk, where it still is 0; the tree's
// stand-in for the framework does so only at the end.
const lateRevision = "games/revision-computed"

func TestFixture(t *testing.T) {
	if _, err := os.Stat(fixture); err != nil {
		t.Skip("no made tree")
	}
	c, err := Open([]string{fixture})
	require.NoError(t, err)
	require.Equal(t, fixture, c.Trees[0].Dir)
	cmp := compareInventory(c, readInventory(t, "testdata/ports.tsv"))
	require.Empty(t, cmp.missed)
	require.Empty(t, cmp.invented)
	otherwise := slices.DeleteFunc(cmp.otherwise,
		func(s string) bool { return strings.HasPrefix(s, lateRevision+" PKGNAME") })
	require.Empty(t, otherwise)

	var conditional []string
	for _, s := range c.Services {
		for i, p := range s.Ports {
			if cond := s.Conditions[i]; cond != "" {
				if arch, ok := strings.CutPrefix(cond, "${ARCH} == "); ok {
					cond = "arch " + arch
				}
				conditional = append(conditional, p.Origin+"\t"+s.Name+"\t"+cond)
			}
		}
	}
	slices.Sort(conditional)
	want, err := os.ReadFile("testdata/conditional.tsv")
	require.NoError(t, err)
	require.Equal(t, strings.Split(strings.TrimSpace(string(want)), "\n")[1:], conditional)

	broken := make(map[string]bool)
	for _, p := range c.Problems {
		broken[p.Origin] = true
	}
	table, err := os.ReadFile("testdata/broken.tsv")
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		f := strings.Split(line, "\t")
		switch f[0] {
		case "misc/broken-empty-script", "misc/broken-unclosed-quote":
			// What the template holds is for others to judge.
			require.False(t, broken[f[0]], line)
		default:
			require.True(t, broken[f[0]], line)
		}
	}
}

// TestFixtureOracle asks make itself what the made tree installs.
func TestFixtureOracle(t *testing.T) {
	bmake, err := exec.LookPath("bmake")
	if err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") == "1" {
			t.Fatal("bmake is not installed, and SVCJIFY_REQUIRE_TOOLS=1 asks for it")
		}
		t.Skip("bmake is not installed")
	}
	root, err := filepath.Abs(fixture)
	require.NoError(t, err)
	c, err := Open([]string{fixture})
	require.NoError(t, err)
	names := make(map[string][]string)
	ports := make(map[string]*Port)
	for _, s := range c.Services {
		for i, p := range s.Ports {
			if s.Conditions[i] == "" && !s.ByHand {
				names[p.Origin] = append(names[p.Origin], s.Name)
			}
			ports[p.Origin] = p
		}
	}
	for origin, p := range ports {
		t.Run(origin, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(bmake, "-r", "-m", filepath.Join(root, "Mk"), "-C", filepath.Join(root, origin),
				"PORTSDIR="+root,
				"-V", "${USE_RC_SUBR:M*}", "-V", "${FILESDIR:tA}", "-V", "${PKGNAME}", "-V", "${PORTREVISION}")
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.Output()
			require.NoError(t, err)
			lines := strings.Split(string(out), "\n")
			var want []string
			for _, w := range strings.Fields(lines[0]) {
				want = append(want, strings.TrimSuffix(w, ".sh"))
			}
			slices.Sort(want)
			got := slices.Clone(names[origin])
			slices.Sort(got)
			require.Equal(t, want, got)
			if dir := filepath.Join(root, p.Make.FilesDir()); len(want) > 0 && lines[1] != "" {
				if real, err := filepath.EvalSymlinks(dir); err == nil {
					require.Equal(t, lines[1], real)
				}
			}
			if origin != lateRevision {
				require.Equal(t, lines[2], p.Make.Value("PKGNAME"))
			}
			require.Equal(t, lines[3], p.Make.Value("PORTREVISION"))
		})
	}
}
