package rcparse

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const plainScript = `#!/bin/sh

# PROVIDE: mud
# REQUIRE: LOGIN NETWORKING
# KEYWORD: shutdown

. /etc/rc.subr

name="mud"
rcvar="mud_enable"

load_rc_config $name

: ${mud_enable:="NO"}
: ${mud_user="games"}
# where it keeps its world
: ${mud_dir="/var/db/mud"}

pidfile="/var/run/${name}.pid"
: ${mud_late="x"}
start_precmd="mud_prestart"

mud_prestart()
{
	install -d ${mud_dir}
}

run_rc_command "$1"
`

func TestParsePlain(t *testing.T) {
	s := Parse([]byte(plainScript), nil)
	require.Nil(t, s.Err)
	require.Equal(t, Literal, s.Name.Kind)
	require.Equal(t, "mud", s.Name.Text)
	require.Equal(t, "mud_enable", s.RCVar.Text)
	require.True(t, s.UsesRcSubr())
	require.True(t, s.Header.Has("shutdown"))
	require.Equal(t, "NETWORKING", s.Header.Require[1].Text)
	require.Equal(t, Pos{Offset: 43, Line: 4, Col: 18}, s.Header.Require[1].Pos)
	require.Len(t, s.Loads, 1)
	require.Len(t, s.Runs, 1)
	m, ok := s.Method("start_precmd")
	require.True(t, ok)
	require.Equal(t, "mud_prestart", Unquote(m.Value))
	require.Equal(t, []string{"start_precmd"}, s.Methods())

	var block []string
	for _, a := range s.Block() {
		block = append(block, a.Var)
	}
	require.Equal(t, []string{"mud_enable", "mud_user", "mud_dir"}, block, "a plain assignment ends the block")

	var install *Call
	for i, c := range s.Commands {
		if c.Name == "install" {
			install = &s.Commands[i]
		}
	}
	require.NotNil(t, install)
	require.Equal(t, "mud_prestart", install.Func)
	require.Equal(t, 25, install.Pos.Line)
}

func TestDefaultForms(t *testing.T) {
	for _, c := range []struct {
		name, src string
		v, value  string
		op        Op
		eval      bool
	}{
		{"colon equals", `: ${x_enable:="NO"}`, "x_enable", `"NO"`, ColonEquals, false},
		{"equals", `: ${x_enable=NO}`, "x_enable", `NO`, Equals, false},
		{"quoted", `: "${x_enable:=NO}"`, "x_enable", `NO`, ColonEquals, false},
		{"empty", `: ${x_flags=}`, "x_flags", ``, Equals, false},
		{"colon dash", `x_enable=${x_enable:-"NO"}`, "x_enable", `"NO"`, ColonDash, false},
		{"quoted dash", `x_enable="${x_enable-NO}"`, "x_enable", `NO`, Dash, false},
		{"assign of assign", `x_enable=${x_enable:=NO}`, "x_enable", `NO`, ColonDash, false},
		{"bracket", `[ -z "$x_enable" ] && x_enable="NO"`, "x_enable", `"NO"`, EmptyTest, false},
		{"if", "if [ -z \"${x_enable}\" ]; then\n\tx_enable=NO\nfi", "x_enable", `NO`, EmptyTest, false},
		{"nested", `: ${x_enable:=${y_enable:-NO}}`, "x_enable", `${y_enable:-NO}`, ColonEquals, false},
		{"set_rcvar", `set_rcvar x_enable NO "runs x"`, "x_enable", `NO`, SetRcvar, false},
		{"eval of name", "name=x\n" + `eval ": \${${name}_enable:=\"NO\"}"`, "x_enable", `"NO"`, ColonEquals, true},
		{"eval of computed name", "name=${0##*/}\n" + `eval : \${${name}_enable=NO}`, "${name}_enable", `NO`, Equals, true},
		{"eval assignment", "name=$_file\n" + `eval "${name}_flags=\${${name}_flags:-'-v'}"`, "${name}_flags", `'-v'`, ColonDash, true},
		{"placeholder in the name", `: ${%%N%%_enable:=NO}`, "%%N%%_enable", `NO`, ColonEquals, false},
		{"plain", `x_enable=YES`, "x_enable", `YES`, Plain, false},
		{"setvar", "name=x\n" + `setvar ${name}_enable NO`, "x_enable", `NO`, Plain, false},
		{"export", `export x_enable=NO`, "x_enable", `NO`, Plain, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Parse([]byte(c.src+"\n"), nil)
			require.Nil(t, s.Err)
			a := s.Assigns[len(s.Assigns)-1]
			require.Equal(t, c.v, a.Var)
			require.Equal(t, c.op, a.Op)
			require.Equal(t, c.value, a.Value)
			require.Equal(t, c.eval, a.Eval)
			if !c.eval {
				require.Equal(t, c.value, string(s.Src[a.ValueSpan.Start:a.ValueSpan.End]))
			}
		})
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"path", "command=%%PREFIX%%/sbin/x\n", "command=__PREFIX__/sbin/x\n"},
		{"identifier", ": ${%%N%%_enable=NO}\n", ": ${__N___enable=NO}\n"},
		{"option before a letter", "%%SSL%%x_flags=-s\n", "       x_flags=-s\n"},
		{"option before a comment", "%%SSL%%# text (\n", "       # text (\n"},
		{"option before a keyword", "%%SSL%%\tif true; then\n%%SSL%%\tfi\n", "       \tif true; then\n       \tfi\n"},
		{"a command's name", "%%ECHO%% hello\n", "__ECHO__ hello\n"},
		{"two prefixes", "%%A%%%%B%%x=1\n%%A%%y=2\n", "          x=1\n     y=2\n"},
		{"shell's own", "x=${y%%.*}${z%%:*}\n", "x=${y%%.*}${z%%:*}\n"},
		{"dots and plusses", "x=%%A.B+C%%\n", "x=__A_B_C__\n"},
		{"not UTF-8", "# \xff\n", "# ?\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, string(mask([]byte(c.src), nil)))
		})
	}
}

func TestRender(t *testing.T) {
	src := "%%SSL%%x=1\n%%NO_SSL%%x=2\ncommand=%%PREFIX%%/x\n\t%%NO_SSL%%y=1\nz=%%WHO%%\n"
	got, unknown := Render([]byte(src), map[string]string{"SSL": "", "NO_SSL": "@comment ", "PREFIX": "/usr/local"})
	require.Equal(t, "x=1\n\ncommand=/usr/local/x\n\t@comment y=1\nz=who\n", string(got),
		"only a line that starts with @comment is deleted")
	require.Equal(t, []string{"WHO"}, unknown)
}

func TestSubstitutedNames(t *testing.T) {
	src := []byte("name=%%PORTNAME%%\nrcvar=%%PORTNAME%%_enable\n: ${%%PORTNAME%%_svcj_options=\"net_basic\"}\n")
	s := Parse(src, nil)
	require.Equal(t, Placeholder, s.Name.Kind)
	s = Parse(src, map[string]string{"PORTNAME": "radar"})
	require.Equal(t, Literal, s.Name.Kind)
	require.Equal(t, "radar", s.Name.Text)
	require.Equal(t, "radar_enable", s.RCVar.Text)
	require.Equal(t, "radar", s.Svcj()[0].Prefix)
}

func TestNameKinds(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      ValueKind
	}{
		{"missing", "true\n", Missing},
		{"literal", "name=x\n", Literal},
		{"same twice", "name=x\nname=x\n", Literal},
		{"from the file", "name=$0\nname=${name##*/}\n", Computed},
		{"two services", "name=x\nrun_rc_command $1\nname=y\nrun_rc_command $1\n", Several},
		{"loop", "for name in a b; do run_rc_command $1; done\n", Several},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, Parse([]byte(c.src), nil).Name.Kind) })
	}
}

func TestSvcjKinds(t *testing.T) {
	s := Parse([]byte(`name=x
: ${x_svcj_options="net_basic"}
x_svcj="NO"
: ${x_svcj_ipaddrs=""}
x_reload_svcj_enable=YES
other_svcj=NO
`), nil)
	var kinds []SvcjKind
	for _, d := range s.Svcj() {
		kinds = append(kinds, d.Kind)
	}
	require.Equal(t, []SvcjKind{SvcjOptions, SvcjSwitch, SvcjIPAddrs, SvcjCommand, SvcjSwitch}, kinds)
	require.Equal(t, "other", s.Svcj()[4].Prefix)
	require.True(t, s.DeclaresSvcj())
}

func TestHeaderEndsAtTheFirstOtherLine(t *testing.T) {
	h := Parse([]byte("# PROVIDE: a b\n# REQUIRES: c\n#\n# KEYWORD: shutdown\n"), nil).Header
	require.Len(t, h.Provide, 2)
	require.Len(t, h.Require, 1)
	require.Empty(t, h.Keyword, "rcorder(8) stops at the line before")
	require.Equal(t, "KEYWORD", h.NotRead[0].Text)

	h = Parse([]byte("# PROVIDE: a\n# SHUTDOWN: yes\n"), nil).Header
	require.Equal(t, "SHUTDOWN", h.NotRead[0].Text)
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		name, src string
		line      int
	}{
		{"unclosed quote", "name=x\nx=\"abc\n\nload_rc_config $name\n", 2},
		{"empty condition", "name=x\nif then\nx=1\nfi\n", 2},
		{"a list of a semicolon", "name=x\nif true; then ;\nfi\n", 2},
		{"array behind an empty then", "if x; then # x\nfi\nfor i in a; { }\nx=(a b)\n", 4},
		{"NUL", "name=x\n\x00\n", 2},
		{"too large", strings.Repeat("# x\n", MaxSize/4+1), 1},
		{"200,000 brackets", "name=x\n" + strings.Repeat("(", 200_000), 2},
		{"nested ifs", strings.Repeat("if true; then\n", 5000), 1001},
		{"unary operators", "x=$((" + strings.Repeat("!", 100_000) + "1))\n", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Parse([]byte(c.src), nil)
			require.NotNil(t, s.Err)
			require.Equal(t, c.line, s.Err.Line)
			require.Nil(t, s.File())
		})
	}
}

// What FreeBSD's sh(1) takes is read, with the offsets of the template.
func TestGrammar(t *testing.T) {
	const script = `name=x
check-%%PORTNAME%%() {
	[ -n "${y:-don't}" ] || return
}
9p.x:y() { }
if a; then # nothing
fi
start_precmd="check-%%PORTNAME%%"
z=$'a\tb'
`
	s := Parse([]byte(script), map[string]string{"PORTNAME": "food"})
	require.Nil(t, s.Err)
	require.Equal(t, "x", s.Name.Text)
	require.Len(t, s.Funcs, 2)
	require.Equal(t, "check-food", s.Funcs[0].Name)
	require.Equal(t, "9p.x:y", s.Funcs[1].Name)
	require.True(t, strings.HasPrefix(script[s.Funcs[1].Span.Start:], "9p.x:y() { }\n"))
	calls := s.Reach("start_precmd")
	require.NotEmpty(t, calls)
	require.Equal(t, "check-food", calls[0].Func)
	z := s.Get("z")[0]
	require.Equal(t, `$'a\tb'`, script[z.ValueSpan.Start:z.ValueSpan.End])
}

func TestLinesFallback(t *testing.T) {
	s := Parse([]byte("name=\"x\"\nrcvar=x_enable\n: ${x_svcj_options:=\"net_basic\"}\nload_rc_config $name\ny=\"\n"),
		nil)
	require.NotNil(t, s.Err)
	require.Equal(t, "x", s.Name.Text)
	require.Equal(t, "x_enable", s.RCVar.Text)
	require.True(t, s.DeclaresSvcj())
	require.Len(t, s.Loads, 1)
}

func TestPosAt(t *testing.T) {
	s := &Script{Src: []byte("ab\ncd\n")}
	require.Equal(t, Pos{4, 2, 2}, s.PosAt(4))
	require.Equal(t, "cd", s.Line(2))
	require.Equal(t, "", s.Line(9))
}

// fixtures returns the templates of the made ports tree.
func fixtures(tb testing.TB) [][]byte {
	var out [][]byte
	paths, err := filepath.Glob("../corpus/testdata/ports/*/*/files/*.in")
	require.NoError(tb, err)
	for _, p := range paths {
		if b, err := os.ReadFile(p); err == nil {
			out = append(out, b)
		}
	}
	return out
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(plainScript))
	for _, b := range fixtures(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s := Parse(src, map[string]string{"PREFIX": "/usr/local"})
		require.True(t, bytes.Equal(s.Src, src))
		if masked := s.parsed().masked; masked != nil {
			require.Len(t, masked, len(src))
		}
		for _, a := range s.Assigns {
			require.LessOrEqual(t, a.Span.Start, a.Span.End)
			require.LessOrEqual(t, a.Span.End, len(src))
			require.LessOrEqual(t, a.ValueSpan.End, len(src))
		}
		s.Block()
		s.Svcj()
		Render(src, nil)
	})
}
