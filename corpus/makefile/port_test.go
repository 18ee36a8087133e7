package makefile

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree makes a ports tree of name, text pairs; a name without slash is the
// Makefile of net/foo.
func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		if !strings.Contains(name, "/") {
			name = "net/foo/" + name
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return fsys
}

// port reads net/foo whose Makefile has the text.
func port(t testing.TB, text string) *Port {
	t.Helper()
	p, err := Read(tree(map[string]string{"Makefile": text}), "net/foo")
	require.NoError(t, err)
	return p
}

// show lists words as "text" or "text <condition>".
func show(words []Word) []string {
	var list []string
	for _, w := range words {
		s := w.Text
		if w.Condition != "" {
			s += " <" + w.Condition + ">"
		}
		list = append(list, s)
	}
	return list
}

func TestRCSubrForms(t *testing.T) {
	const end = "\n.include <bsd.port.mk>\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"literal":          {"USE_RC_SUBR=\tfoo bar" + end, []string{"foo", "bar"}},
		"portname":         {"PORTNAME= foo\nUSE_RC_SUBR= ${PORTNAME}d" + end, []string{"food"}},
		"set further down": {"USE_RC_SUBR= ${GO_TARGETS}\nGO_TARGETS= a b" + end, []string{"a", "b"}},
		// What USES=php sets later is empty where it is compared before.
		"a suffix set later": {"PORTNAME= tea\nUSES= php:flavors\nPKGNAMESUFFIX= -web${PHP_PKGNAMESUFFIX}\n" +
			"B= ${PKGNAMESUFFIX:S/^-//}\n.if ${B} != \"web\"\nUSE_RC_SUBR= tea_${B}\n.endif" + end, nil},
		"pkgbase":           {"PORTNAME= tea-house\nPKGNAMESUFFIX= 9\nUSE_RC_SUBR= ${PKGBASE:C/-/_/}" + end, []string{"tea_house9"}},
		"append":            {"USE_RC_SUBR= a\nUSE_RC_SUBR+= b" + end, []string{"a", "b"}},
		"append after post": {"USE_RC_SUBR= a\n.include <bsd.port.pre.mk>\nUSE_RC_SUBR+= b\n.include <bsd.port.post.mk>\n", []string{"a", "b"}},
		"default":           {"USE_RC_SUBR?= a\nUSE_RC_SUBR?= b" + end, []string{"a"}},
		"twice the same":    {"USE_RC_SUBR= a a" + end, []string{"a"}},
		"continuation":      {"USE_RC_SUBR=\ta \\\n\t\tb" + end, []string{"a", "b"}},
		"quoted":            {`USE_RC_SUBR= "a b"` + end, []string{`"a b"`}},

		"option off": {"OPTIONS_DEFINE= RELAY\nUSE_RC_SUBR= a\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MRELAY}\nUSE_RC_SUBR+= r\n.endif" + end,
			[]string{"a", "r <option RELAY>"}},
		"option on": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MX}\nUSE_RC_SUBR= x\n.else\nUSE_RC_SUBR= y\n.endif" + end,
			[]string{"x", "y <option X off>"}},
		"option by empty": {"OPTIONS_DEFINE= X\n.include <bsd.port.options.mk>\n.if !empty(PORT_OPTIONS:MX)\nUSE_RC_SUBR= x\n.endif" + end,
			[]string{"x <option X>"}},
		"always on": {"OPTIONS_DEFINE= DOCS\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MDOCS}\nUSE_RC_SUBR= d\n.endif" + end,
			[]string{"d"}},
		"two options": {"OPTIONS_DEFINE= X Y\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MX} && ${PORT_OPTIONS:MY}\nUSE_RC_SUBR= xy\n.endif" + end,
			[]string{"xy <${PORT_OPTIONS:MX} && ${PORT_OPTIONS:MY}>"}},
		"option in option": {"OPTIONS_DEFINE= X Y\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MX}\n. if ${PORT_OPTIONS:MY}\nUSE_RC_SUBR= xy\n. endif\n.endif" + end,
			[]string{"xy <option X and option Y>"}},

		"use": {"OPTIONS_DEFINE= X Y\nOPTIONS_DEFAULT= X\nX_USE= RC_SUBR=x\nY_USE= RC_SUBR=y" + end,
			[]string{"x", "y <option Y>"}},
		"use, lower case": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nX_USE= rc_subr=x,z" + end,
			[]string{"x", "z"}},
		"use, twice": {"OPTIONS_DEFINE= X\nX_USE= RC_SUBR=a RC_SUBR=b GNOME=glib20" + end,
			[]string{"a <option X>", "b <option X>"}},
		"use off": {"OPTIONS_DEFINE= X\nX_USE_OFF= RC_SUBR=x" + end, []string{"x"}},
		"vars append": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nUSE_RC_SUBR= a\nX_VARS= USE_RC_SUBR+=x" + end,
			[]string{"a", "x"}},
		"vars set": {"OPTIONS_DEFINE= X\nUSE_RC_SUBR= a\nX_VARS= USE_RC_SUBR=x" + end,
			[]string{"a", "x <option X>"}},
		"vars off": {"OPTIONS_DEFINE= X\nX_VARS_OFF= USE_RC_SUBR=x" + end, []string{"x"}},
		"vars quoted": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nX_VARS= USE_RC_SUBR=\"x y\"" + end,
			[]string{"x", "y"}},
		"vars, lower case": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nX_VARS= use_rc_subr+=x" + end, []string{"x"}},
		"vars, lazy":       {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nX_VARS= USE_RC_SUBR=${PORTNAME}" + end + "PORTNAME= foo\n", []string{"foo"}},
		"two steps": {"OPTIONS_DEFINE= X Y\nOPTIONS_DEFAULT= X\nGO_TARGETS= a\nX_VARS= GO_TARGETS+=x\nY_VARS= GO_TARGETS+=y\nUSE_RC_SUBR= ${GO_TARGETS}" + end,
			[]string{"a", "x", "y <option Y>"}},
		"two steps by branch": {"OPTIONS_DEFINE= X\n.include <bsd.port.options.mk>\n.if ${PORT_OPTIONS:MX}\nMODE= server\n.endif\n.if defined(MODE)\nUSE_RC_SUBR= x\n.endif" + end,
			[]string{"x <option X>"}},
		"implied": {"OPTIONS_DEFINE= X Y\nOPTIONS_DEFAULT= X\nX_IMPLIES= Y\nY_USE= RC_SUBR=y" + end, []string{"y"}},
		"single": {"OPTIONS_SINGLE= B\nOPTIONS_SINGLE_B= X Y\nOPTIONS_DEFAULT= X\nX_USE= RC_SUBR=x\nY_USE= RC_SUBR=y" + end,
			[]string{"x", "y <option Y>"}},
		"group by list": {"OPTIONS_GROUP= G\nOPTIONS_GROUP_G= X Y\nOPTIONS_DEFAULT= X\n.include <bsd.port.options.mk>\n.for o in X Y\n.if ${PORT_OPTIONS:M${o}}\nUSE_RC_SUBR+= ${o:tl}\n.endif\n.endfor" + end,
			[]string{"x", "y <option Y>"}},
		"excluded": {"OPTIONS_DEFINE= X\nOPTIONS_DEFAULT= X\nOPTIONS_EXCLUDE= X\nX_USE= RC_SUBR=x" + end, []string{"x <option X>"}},
		"slave":    {"OPTIONS_DEFINE= X\nOPTIONS_SLAVE= X\nX_USE= RC_SUBR=x" + end, []string{"x"}},

		"flavor": {"FLAVORS= default nox11\n.if ${FLAVOR:U} == nox11\nUSE_RC_SUBR= x\n.endif" + end, []string{"x <flavor nox11>"}},
		"default flavor": {"FLAVORS= daemon cli\nFLAVOR?= ${FLAVORS:[1]}\n.if ${FLAVOR} == daemon\nUSE_RC_SUBR= x\n.endif" + end,
			[]string{"x"}},
		"flavor's suffix": {"PORTNAME= a\nFLAVORS= x y\ny_PKGNAMESUFFIX= -y\nUSE_RC_SUBR= ${PKGBASE}" + end, []string{"a", "a-y <flavor y>"}},

		"architecture":   {".include <bsd.port.pre.mk>\n.if ${ARCH} == i386\nUSE_RC_SUBR= x\n.endif\n.include <bsd.port.post.mk>\n", []string{"x <${ARCH} == i386>"}},
		"system":         {".include <bsd.port.pre.mk>\n.if ${OPSYS} == FreeBSD\nUSE_RC_SUBR= x\n.endif\n.include <bsd.port.post.mk>\n", []string{"x"}},
		"knob":           {".if defined(WITH_SERVER)\nUSE_RC_SUBR= x\n.endif" + end, []string{"x <defined(WITH_SERVER)>"}},
		"host's file":    {".if !exists(/etc/rc.d/x)\nUSE_RC_SUBR= x\n.endif" + end, []string{"x"}},
		"slave's switch": {".if defined(CLIENT_ONLY)\nUSE_RC_SUBR= never\n.else\nUSE_RC_SUBR= x\n.endif" + end, []string{"x"}},
		"own switch":     {"SUBSYS?= server\n.if ${SUBSYS} == server\nUSE_RC_SUBR= s\n.else\nUSE_RC_SUBR= r\n.endif" + end, []string{"s"}},
		"command": {"A!= echo x\n.if ${A} == x\nUSE_RC_SUBR= x\n.else\nUSE_RC_SUBR= y\n.endif" + end,
			[]string{"y <!(${A} == x)>", "x <${A} == x>"}},
		"command, both sides": {"A!= echo x\n.if ${A} == x\nUSE_RC_SUBR= a b\n.else\nUSE_RC_SUBR= a\n.endif" + end,
			[]string{"a", "b <${A} == x>"}},
		"name of a command": {"USE_RC_SUBR!= echo x" + end, nil},
		"for":               {".for i in a b\nUSE_RC_SUBR+= ${i}d\n.endfor" + end, []string{"ad", "bd"}},
		"by name":           {"X= server\nserver_RC= s\nUSE_RC_SUBR= ${${X}_RC}" + end, []string{"s"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, showAll(t, port(t, c.text), "USE_RC_SUBR"))
		})
	}
}

func TestWordPlaces(t *testing.T) {
	p := port(t, "USE_RC_SUBR=\ta \\\n\t\tb\nOPTIONS_DEFINE= X\nX_USE= RC_SUBR=x\n.include <bsd.port.mk>\n")
	require.Equal(t, []Word{
		{Text: "a", File: "net/foo/Makefile", Line: 1},
		{Text: "b", File: "net/foo/Makefile", Line: 2},
		{Text: "x", Condition: "option X", File: "net/foo/Makefile", Line: 4},
	}, p.Words("USE_RC_SUBR"))
}

func TestWordsWithoutOtherEvaluations(t *testing.T) {
	p := port(t, "OPTIONS_DEFINE= X\nX_LIB_DEPENDS= libx.so:x/x\nX_VARS= L+=b\nL= a\nUSE_RC_SUBR= ${L}\nLIB_DEPENDS= liba.so:a/a\n.include <bsd.port.mk>\n")
	require.Equal(t, []string{"liba.so:a/a", "libx.so:x/x <option X>"}, show(p.Words("LIB_DEPENDS")))
	require.Equal(t, []string{"a"}, show(p.Words("USE_RC_SUBR")))
	require.Equal(t, []string{"a", "b <option X>"}, showAll(t, p, "USE_RC_SUBR"))
}

func TestNames(t *testing.T) {
	const end = "\n.include <bsd.port.mk>\n"
	for name, c := range map[string]struct{ text, want string }{
		"plain":             {"PORTNAME= foo\nPORTVERSION= 1.2" + end, "foo-1.2"},
		"revision":          {"PORTNAME= foo\nPORTVERSION= 1.2\nPORTREVISION= 3" + end, "foo-1.2_3"},
		"revision zero":     {"PORTNAME= foo\nPORTVERSION= 1.2\nPORTREVISION= 0" + end, "foo-1.2"},
		"epoch":             {"PORTNAME= foo\nPORTVERSION= 1.2\nPORTREVISION= 3\nPORTEPOCH= 1" + end, "foo-1.2_3,1"},
		"prefix and suffix": {"PORTNAME= foo\nPORTVERSION= 1\nPKGNAMEPREFIX= ja-\nPKGNAMESUFFIX= -nox11" + end, "ja-foo-nox11-1"},
		"distversion":       {"PORTNAME= foo\nDISTVERSION= 1.0-RC2" + end, "foo-1.0.r2"},
		"distversion 2":     {"PORTNAME= foo\nDISTVERSION= 4.2.8p18" + end, "foo-4.2.8.p18"},
		"distversion 3":     {"PORTNAME= foo\nDISTVERSION= 2026-05-04_x" + end, "foo-2026.05.04.x"},
		"distversion 4":     {"PORTNAME= foo\nDISTVERSION= v3.1beta2" + end, "foo-v3.1.b2"},
		"pre and post":      {"PORTNAME= foo\nPORTVERSION= 1\n.include <bsd.port.pre.mk>\nPORTREVISION= 5\n.include <bsd.port.post.mk>\n", "foo-1"},
		"python":            {"PORTNAME= foo\nPORTVERSION= 1\nPKGNAMEPREFIX= ${PYTHON_PKGNAMEPREFIX}\nUSES= python" + end, "py312-foo-1"},
		"python range":      {"PORTNAME= foo\nPORTVERSION= 1\nPKGNAMEPREFIX= ${PYTHON_PKGNAMEPREFIX}\nUSES= python:3.10" + end, "py310-foo-1"},
		"python flavors":    {"PORTNAME= foo\nPORTVERSION= 1\nPKGNAMESUFFIX= ${FLAVOR:S/^/-/}\nUSES= python\nUSE_PYTHON= pep517" + end, "foo-py312-1"},
		"gem":               {"PORTNAME= foo\nPORTVERSION= 1\nUSES= gem" + end, "rubygem-foo-1"},
		"pecl":              {"PORTNAME= foo\nPORTVERSION= 1\nUSES= php:pecl" + end, "php84-pecl-foo-1"},
		"flavor helper":     {"PORTNAME= foo\nPORTVERSION= 1\nFLAVORS= a b\na_PKGNAMESUFFIX= -a" + end, "foo-a-1"},
		"relative's name":   {"PORTNAME= foo\nPORTVERSION= 1\n.include <bsd.mport.mk>\n", "foo-1"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, port(t, c.text).Value("PKGNAME"))
		})
	}
}

func TestVersionOf(t *testing.T) {
	// Examples in the form of the Porter's Handbook's table of DISTVERSION.
	for dist, want := range map[string]string{
		"0.7.1d": "0.7.1.d", "10Alpha3": "10.a3", "3Beta7-pre2": "3.b7.p2", "8:f_17": "8f.17",
		"1.0": "1.0", "": "", "1.0+git1": "1.0+g1", "1--2": "1.2",
	} {
		require.Equal(t, want, versionOf(dist), dist)
	}
}

func TestSlave(t *testing.T) {
	fsys := tree(map[string]string{
		"net/master/Makefile": "PORTNAME?= master\nPORTVERSION= 1\nPORTREVISION?= 2\nCATEGORIES= net\n" +
			".if defined(SLAVE_ONLY)\nUSE_RC_SUBR= s\n.else\nUSE_RC_SUBR= m\n.endif\nFILES:= ${.PARSEDIR}\n.include <bsd.port.mk>\n",
		"net/slave/Makefile":    "PORTNAME= slave\nPORTREVISION= 7\nSLAVE_ONLY= yes\nMASTERDIR= ${.CURDIR}/../master\n.include \"${MASTERDIR}/Makefile\"\n",
		"www/other/Makefile":    "PORTNAME= other\nPORTVERSION= 1\nFILESDIR= ${.CURDIR:H:H}/net/master/files\nUSE_RC_SUBR= m\n.include <bsd.port.mk>\n",
		"japanese/x/Makefile":   "PORTNAME= x\nPORTVERSION= 1\n.include <bsd.port.mk>\n",
		"japanese/Makefile.inc": "PKGNAMEPREFIX?= ja-\n",
	})
	tr := NewTree(fsys)
	p, err := tr.Port(t.Context(), "net/slave")
	require.NoError(t, err)
	require.Equal(t, "slave-1_7", p.Value("PKGNAME"))
	require.Equal(t, []string{"s"}, showAll(t, p, "USE_RC_SUBR"))
	require.Equal(t, "net/master", p.MasterDir())
	require.Equal(t, "net/master/files", p.FilesDir())
	require.Equal(t, "/usr/ports/net/master", p.Value("FILES"))
	require.Equal(t, []string{"net/slave/Makefile", "net/master/Makefile"}, p.Files())
	require.Equal(t, "yes", p.Value("SLAVE_PORT"))

	p, err = tr.Port(t.Context(), "net/master")
	require.NoError(t, err)
	require.Equal(t, "master-1_2", p.Value("PKGNAME"))
	require.Equal(t, []string{"m"}, showAll(t, p, "USE_RC_SUBR"))
	require.Equal(t, "net/master", p.MasterDir())
	require.Equal(t, "net/master", p.Dir())

	p, err = tr.Port(t.Context(), "www/other")
	require.NoError(t, err)
	require.Equal(t, "net/master/files", p.FilesDir())
	require.Equal(t, "www/other", p.MasterDir())

	p, err = tr.Port(t.Context(), "japanese/x")
	require.NoError(t, err)
	require.Equal(t, "ja-x-1", p.Value("PKGNAME"))
}

func TestDefaultVersionsOfTheTree(t *testing.T) {
	files := map[string]string{
		"Makefile":                   "PORTNAME= foo\nPORTVERSION= 1\nUSES= python\nPKGNAMEPREFIX= ${PYTHON_PKGNAMEPREFIX}\n.include <bsd.port.mk>\n",
		"Mk/bsd.default-versions.mk": "PYTHON_DEFAULT?= 3.13\n.if exists(/usr/bin/x)\nPHP_DEFAULT!= echo 9\n.else\nPHP_DEFAULT= 8.5\n.endif\n",
	}
	p, err := Read(tree(files), "net/foo")
	require.NoError(t, err)
	require.Equal(t, "py313-foo-1", p.Value("PKGNAME"))
	require.Equal(t, "8.5", p.Value("PHP_DEFAULT"))
	require.Empty(t, p.Assignments("PYTHON_DEFAULT"), "the framework's files are not the port's")
}

// The versions that flavours are made of are those of the tree's Mk/Uses; what it does not tell
// is assumed, and can be asked for.
func TestVersionsOfTheTree(t *testing.T) {
	mk := func(uses, more string) string {
		return "PORTNAME= foo\nPORTVERSION= 1\nUSES= " + uses + "\n" + more + ".include <bsd.port.mk>\n"
	}
	flavors := func(mkDir string, uses, more string) (string, []Assumption) {
		files := map[string]string{"Makefile": mk(uses, more)}
		if mkDir != "" {
			files["Mk/bsd.default-versions.mk"] = "PYTHON_DEFAULT?= 3.7\nPHP_DEFAULT?= 7.4\nLUA_DEFAULT?= 5.2\n"
			files[mkDir+"python.mk"] = "_PYTHON_VERSIONS=\t3.7 3.6 ${X}\n_PYTHON_VERSIONS= 3.7 3.6 # preferred first\n" +
				"_PYTHON_ARGS= ${python_ARGS:S/,/ /g}\n.if empty(_PYTHON_ARGS)\n_PYTHON_ARGS=\t3.6+\n.endif\n"
			files[mkDir+"php.mk"] = ".if 1\n_ALL_PHP_VERSIONS=\t73 74\n.endif\n"
			files[mkDir+"lua.mk"] = "_LUA_VALID_VERSIONS:=\t54 53 52 51\n"
			files[mkDir+"emacs.mk"] = "FLAVORS=\tfull nox\n"
		}
		tr := NewTree(tree(files))
		p, err := tr.Port(t.Context(), "net/foo")
		require.NoError(t, err)
		return p.Value("FLAVORS"), tr.Assumed()
	}
	for _, dir := range []string{"Mk/Uses/", "Mk/extensions/", BaseDir + "/Mk/Uses/"} {
		for _, c := range []struct{ uses, more, want string }{
			{"python", "USE_PYTHON= distutils allflavors\n", "py37 py36"},
			{"php:flavors", "", "php74 php73"},
			{"lua:flavors", "", "lua52 lua53 lua51 lua54"},
			{"emacs", "", "full nox"},
		} {
			got, assumed := flavors(dir, c.uses, c.more)
			require.Equal(t, c.want, got, c.uses)
			if !strings.Contains(c.uses, "python") { // PYTHON2_DEFAULT is not told
				require.Empty(t, assumed, c.uses)
			}
		}
	}
	got, assumed := flavors("", "php:flavors", "")
	require.Equal(t, "php84 php82 php83 php85", got)
	require.Equal(t, []Assumption{{"PHP_DEFAULT", "8.4"}, {"_ALL_PHP_VERSIONS", "82 83 84 85"}}, assumed)
	got, _ = flavors("", "lua:flavors", "")
	require.Equal(t, "lua54 lua53 lua52 lua51", got)
}

func TestSubstitutions(t *testing.T) {
	p := port(t, `PORTNAME=	foo
PORTVERSION=	1
USES=		python
OPTIONS_DEFINE=	TLS DOCS
OPTIONS_SUB=	yes
TLS_SUB_LIST=	KEY=tls
TLS_SUB_LIST_OFF=	KEY=plain
SUB_LIST=	NAME=${PORTNAME} "QUOTED=a b" TEXT="c d" PREFIX=/opt PY=${PYTHON_CMD} HOST=${SHELL_OUT} GONE=${NOBODY_KNOWS}
SHELL_OUT!=	hostname
DATADIR=	/var/db/foo
.include <bsd.port.mk>
`)
	got := p.Substitutions()
	for name, want := range map[string]string{
		"NAME": "foo", "TEXT": "c d", "PREFIX": "/opt", "LOCALBASE": "/usr/local", "PY": "/usr/local/bin/python3.12",
		"DATADIR": "/var/db/foo", "DOCSDIR": "/usr/local/share/doc/foo", "EXAMPLESDIR": "/usr/local/share/examples/foo",
		"WWWDIR": "/usr/local/www/foo", "ETCDIR": "/usr/local/etc/foo",
		"TLS": "@comment ", "NO_TLS": "", "DOCS": "", "NO_DOCS": "@comment ", "KEY": "plain",
	} {
		v, ok := got[name]
		require.True(t, ok, name)
		require.Equal(t, want, v, name)
	}
	require.NotContains(t, got, "HOST", "what only a command can tell")
	require.NotContains(t, got, "GONE", "what the framework may define")
}

func TestLookup(t *testing.T) {
	p := port(t, "A= ${B} c\nB!= echo b\nD=\n.include <bsd.port.mk>\n")
	_, ok := p.Lookup("A")
	require.False(t, ok, "a part is unknown")
	v, ok := p.Lookup("D")
	require.True(t, ok)
	require.Empty(t, v)
	_, ok = p.Lookup("E")
	require.False(t, ok, "not defined")
	require.True(t, p.Defined("D"))
	require.False(t, p.Defined("E"))
	s, ok := p.Expand("<${D}${.CURDIR:T}>")
	require.True(t, ok)
	require.Equal(t, "<foo>", s)
}

func TestCommands(t *testing.T) {
	p := port(t, "do-install:\n\t@${INSTALL_SCRIPT} a \\\n\t    b # c\n.if 0\npost-install:\n\tx\n.endif\n.for i in 1 2\n\tcp ${i}\n.endfor\n.include <bsd.port.mk>\n")
	require.True(t, p.HasTarget("do-install"))
	require.False(t, p.HasTarget("post-install"))
	var texts []string
	for _, c := range p.Commands() {
		if c.Text != "" {
			s, _ := p.Expand(c.Text)
			texts = append(texts, fmt.Sprintf("%s %d %s", c.Target, c.Line, s))
		}
	}
	require.Equal(t, []string{"do-install 2 @ a  b # c", "do-install 9 cp 1", "do-install 9 cp 2"}, texts)
}

// TestConcurrent: a port is read by many goroutines at once (go test -race).
func TestConcurrent(t *testing.T) {
	tr := NewTree(tree(map[string]string{
		"Makefile": "PORTNAME= foo\nDISTVERSION= 1-RC2\nOPTIONS_DEFINE= X\nX_VARS= L+=b\nL= a\nUSES= python ssl\nUSE_RC_SUBR= ${L:C/(.)/\\1d/}\n.include <bsd.port.mk>\n",
	}))
	p, err := tr.Port(t.Context(), "net/foo")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				assert.Equal(t, []string{"ad", "bd <option X>"}, showAll(t, p, "USE_RC_SUBR"))
				assert.Equal(t, "foo-1.r2", p.Value("PKGNAME"))
				assert.NotEmpty(t, p.Substitutions())
				p.Assignments("L")
				_, err := tr.Port(t.Context(), "net/foo")
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
}

// showAll is show of AllWords, none of which is left out.
func showAll(t *testing.T, p *Port, name string) []string {
	t.Helper()
	words, left := p.AllWords(t.Context(), name)
	require.Zero(t, max(left.Words, left.Variants))
	return show(words)
}
