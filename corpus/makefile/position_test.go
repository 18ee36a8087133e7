package makefile

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestTreePath: where a path of a Makefile leads, from ports at several depths, with and without a
// tree that they stand on.
func TestTreePath(t *testing.T) {
	text := "PORTNAME= p\nCATEGORIES= dns net\n"
	own := fstest.MapFS{}
	for _, dir := range []string{"", "a/", "net/b/", "old/net/c/"} {
		own[dir+"Makefile"] = &fstest.MapFile{Data: []byte(text)}
	}
	own["old/net/only/x"] = &fstest.MapFile{}
	base := fstest.MapFS{BaseDir + "/Mk/bsd.port.mk": {}, BaseDir + "/net/base/x": {}, BaseDir + "/dns/base/x": {},
		BaseDir + "/net/b/y": {}}
	for name, f := range own {
		base[name] = f
	}
	for _, c := range []struct {
		dir, path, alone, standing string
	}{
		{".", "${.CURDIR}/files", "files", "files"},
		{".", "${.CURDIR}/../base/x", "base/x", ".portsdir/dns/base/x"},
		{".", "${.CURDIR}/../../net/base", "net/base", ".portsdir/net/base"},
		{".", "files/x", "files/x", "files/x"},
		{"a", "${.CURDIR}/files", "a/files", "a/files"},
		{"a", "${.CURDIR}/../net/b", "net/b", "net/b"},
		{"a", "${.CURDIR}/../base/x", "base/x", ".portsdir/dns/base/x"},
		{"a", "${.CURDIR}/../../net/b/Makefile", "net/b/Makefile", "net/b/Makefile"},
		{"a", "${.CURDIR}/../../net/base", "net/base", ".portsdir/net/base"},
		{"a", "${PORTSDIR}/net/base/x", "net/base/x", ".portsdir/net/base/x"},
		{"net/b", "${.CURDIR}/../base/x", "net/base/x", ".portsdir/net/base/x"},
		{"net/b", "${.CURDIR}/y", "net/b/y", ".portsdir/net/b/y"},
		{"net/b", "${.CURDIR}/Makefile", "net/b/Makefile", "net/b/Makefile"},
		{"net/b", "${.CURDIR}/../../../x", "", ""},
		{"net/b", "/etc/passwd", "", ""},
		{"old/net/c", "${.CURDIR}/../../net/only", "old/net/only", "old/net/only"},
		{"old/net/c", "${.CURDIR}/../../dns/base/x", "old/dns/base/x", ".portsdir/dns/base/x"},
		{"old/net/c", "${PORTSDIR}/net/only/x", "old/net/only/x", "old/net/only/x"},
		{"old/net/c", "${PORTSDIR}/net/base/x", "net/base/x", ".portsdir/net/base/x"},
		{"net/b", "${PORTSDIR}", ".", "."},
	} {
		for _, one := range []struct {
			fsys fstest.MapFS
			want string
		}{{own, c.alone}, {base, c.standing}} {
			p, err := Read(one.fsys, c.dir)
			require.NoError(t, err)
			expanded, ok := p.Expand(c.path)
			require.True(t, ok)
			got, ok := p.TreePath(expanded)
			require.Equal(t, one.want != "", ok, "%+v", c)
			if ok {
				require.Equal(t, one.want, got, "%+v", c)
			}
		}
	}
}

// TestLacks: what an overlay does not have may be in the tree it stands on, which nobody named;
// what the port's own directory does not have is missing.
func TestLacks(t *testing.T) {
	read := func(dir, text string, more ...string) (*Port, error) {
		fsys := fstest.MapFS{dir + "/Makefile": {Data: []byte(text)}}
		for _, name := range more {
			fsys[name] = &fstest.MapFile{}
		}
		return Read(fsys, dir)
	}
	p, err := read("net/a", "PORTNAME= a\n.include \"${.CURDIR}/../../net/m/Makefile.common\"\nUSE_RC_SUBR= a\n.include \"${PORTSDIR}/x/y.mk\"\n")
	require.NoError(t, err)
	require.Equal(t, []Lack{{"net/m/Makefile.common", "net/a/Makefile", 2}, {"x/y.mk", "net/a/Makefile", 4}}, p.Lacks())
	require.Equal(t, []string{"a"}, showAll(t, p, "USE_RC_SUBR"), "the rest is read")
	p, err = read("a", "CATEGORIES= net\n.include \"${.CURDIR}/../m/Makefile\"\n")
	require.NoError(t, err)
	require.Equal(t, "m/Makefile", p.Lacks()[0].Name)
	p, err = read("old/net/a", ".include \"${.CURDIR}/../m/Makefile\"\n")
	require.NoError(t, err)
	require.Equal(t, "net/m/Makefile", p.Lacks()[0].Name)
	_, err = read("net/a", ".include \"${.CURDIR}/m.mk\"\n")
	require.ErrorContains(t, err, "cannot be read")
	_, err = read("net/a", ".include \"${.CURDIR}/../m/Makefile\"\n", "Mk/bsd.port.mk")
	require.ErrorContains(t, err, "cannot be read")
	_, err = read("net/a", ".include \"${.CURDIR}/../m/Makefile\"\n", BaseDir+"/Mk/bsd.port.mk")
	require.ErrorContains(t, err, "cannot be read")
}

// TestBuild: a port as another choice makes it.
func TestBuild(t *testing.T) {
	p := port(t, "PORTNAME= a\nFLAVORS= one two\nOPTIONS_DEFINE= X Y\nOPTIONS_DEFAULT= Y\nFLAVOR?= ${FLAVORS:[1]}\n.include <bsd.port.options.mk>\n"+
		".if ${FLAVOR:U} == two\nV= two\n.endif\n.if ${PORT_OPTIONS:MX}\nV= x\nUSE_RC_SUBR= x\n.endif\n.if !${PORT_OPTIONS:MY}\nV= noy\n.endif\n"+
		".if ${ARCH} == i386\nPORTREVISION= 3\n.endif\n.include <bsd.port.mk>\n")
	for condition, want := range map[string]string{"": "", "flavor two": "two", "option X": "x",
		"option Y off": "noy"} {
		b, ok := p.Build(condition)
		require.True(t, ok, condition)
		require.Equal(t, want, b.Value("V"), condition)
	}
	b, ok := p.Build("${ARCH} == i386")
	require.True(t, ok)
	require.Equal(t, "3", b.Value("PORTREVISION"))
	for _, condition := range []string{"option Z", "option X and option Y", "flavor a b", "anything"} {
		_, ok := p.Build(condition)
		require.False(t, ok, condition)
	}
	require.Empty(t, p.Value("V"), "the port itself stays")
}
