package makefile

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAssignments(t *testing.T) {
	text := "PORTNAME=\tfoo\n" +
		"PORTREVISION= \t1  # why\n" +
		"PORTREVISION?=2\n" +
		"X=\ta \\\n\t\tb\t# c \\\n\tstill a comment\n" +
		"EMPTY=\t# nothing\n" +
		"ESCAPED= a\\#b\n" +
		" INDENTED = v\n" +
		".if defined(WITH_X)\n" +
		"PORTREVISION=\t7\n" +
		".endif\n" +
		".for i in 1 2\n" +
		"LOOP+= ${i}\n" +
		".endfor\n" +
		"LAST=x"
	p := port(t, text)
	one := func(name string) Assignment {
		as := p.Assignments(name)
		require.Len(t, as, 1, name)
		return as[0]
	}
	revs := p.Assignments("PORTREVISION")
	require.Equal(t, []Assignment{
		{File: "net/foo/Makefile", Line: 2, Start: 14, End: 38, Op: "=", Value: "1", ValueStart: 29, ValueEnd: 30, Taken: true},
		{File: "net/foo/Makefile", Line: 3, Start: 38, End: 54, Op: "?=", Value: "2", ValueStart: 52, ValueEnd: 53},
		{File: "net/foo/Makefile", Line: 11, Start: 153, End: 169, Op: "=", Value: "7", ValueStart: 167, ValueEnd: 168,
			Condition: "defined(WITH_X)"},
	}, revs)
	for _, name := range []string{"PORTNAME", "PORTREVISION", "X", "ESCAPED", "INDENTED", "LOOP", "LAST", "EMPTY"} {
		for _, a := range p.Assignments(name) {
			line := text[a.Start:a.End]
			require.Contains(t, line, name, "the whole line")
			require.True(t, a.End == len(text) || line[len(line)-1] == '\n', "with its newline")
			require.True(t, a.Start <= a.ValueStart && a.ValueStart <= a.ValueEnd && a.ValueEnd <= a.End, name)
		}
	}
	x := one("X")
	require.Equal(t, "a  b", x.Value)
	require.Equal(t, "a \\\n\t\tb", text[x.ValueStart:x.ValueEnd])
	require.Equal(t, "X=\ta \\\n\t\tb\t# c \\\n\tstill a comment\n", text[x.Start:x.End])
	e := one("EMPTY")
	require.Empty(t, e.Value)
	require.Equal(t, "EMPTY=", text[e.Start:e.ValueStart], "the value's place is right after the operator")
	require.Equal(t, e.ValueStart, e.ValueEnd)
	require.Equal(t, "a#b", one("ESCAPED").Value)
	require.Equal(t, `a\#b`, text[one("ESCAPED").ValueStart:one("ESCAPED").ValueEnd])
	require.Equal(t, "v", text[one("INDENTED").ValueStart:one("INDENTED").ValueEnd])
	require.Equal(t, "+=", one("LOOP").Op, "an assignment in a loop stands here once")
	require.True(t, one("LOOP").Taken)
	require.Equal(t, "x", one("LAST").Value)
}

func TestTaken(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []bool
	}{
		"one":                    {"V= 1\n", []bool{true}},
		"replaced":               {"V= 1\nV= 2\n", []bool{false, true}},
		"replaced by append":     {"V= 1\nV+= 2\n", []bool{true, true}},
		"default before":         {"V?= 1\nV= 2\n", []bool{false, true}},
		"default after":          {"V= 1\nV?= 2\n", []bool{true, false}},
		"branches":               {"A= 1\n.if ${A} == 1\nV= 1\n.else\nV= 2\n.endif\n", []bool{true, false}},
		"undef":                  {"V= 1\n.undef V\nV?= 2\n", []bool{false, true}},
		"nobody reaches it":      {".if 0\nV= 1\n.endif\n", []bool{false}},
		"framework's default":    {".include <bsd.port.pre.mk>\nFILESDIR?= x\n", []bool{}},
		"loop that never runs":   {".for i in ${NOTHING}\nV= 1\n.endfor\n", []bool{false}},
		"in force though behind": {".if 0\nV= 1\n.endif\nV= 2\n.if 0\nV= 3\n.endif\n", []bool{false, true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			got := []bool{}
			for _, a := range port(t, c.text).Assignments("V") {
				got = append(got, a.Taken)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestAssignmentConditions(t *testing.T) {
	p := port(t, `OPTIONS_DEFINE= X
OPTIONS_DEFAULT= X
.include <bsd.port.options.mk>
.if ${PORT_OPTIONS:MX}
V= 1
.else
V= 2
.endif
.if ${ARCH} == i386
V= 3
.elif ${ARCH} == armv7
V= 4
.endif
.if !defined(SLAVE)
V= 5
.else
V= 6
.endif
.include <bsd.port.mk>
`)
	var got []string
	for _, a := range p.Assignments("V") {
		got = append(got, a.Condition)
	}
	require.Equal(t, []string{"", "option X off", "${ARCH} == i386", "${ARCH} == armv7", "", "defined(SLAVE)"}, got)
}

func TestLabel(t *testing.T) {
	for _, c := range []struct {
		text, variant string
		want          bool
		label         string
	}{
		{"${PORT_OPTIONS:MX}", "", true, "option X"},
		{"${PORT_OPTIONS:MX}", "", false, "option X off"},
		{"!${PORT_OPTIONS:MX}", "", true, "option X off"},
		{"! empty( PORT_OPTIONS:MX )", "", true, "! empty( PORT_OPTIONS:MX )"},
		{"!empty(PORT_OPTIONS:MX)", "", true, "option X"},
		{"empty(PORT_OPTIONS:MX)", "", true, "option X off"},
		{"(${PORT_OPTIONS:MX})", "", true, "option X"},
		{"${PORT_OPTIONS:M${:UX}}", "", true, "option X"},
		{"${PORT_OPTIONS:MX} && ${A}", "", true, "${PORT_OPTIONS:MX} && ${A}"},
		{`${FLAVOR:U} == nox11`, "", true, "flavor nox11"},
		{`"${FLAVOR}" == "nox11"`, "", true, "flavor nox11"},
		{`${FLAVOR} != nox11`, "", false, "flavor nox11"},
		{`${FLAVOR} != nox11`, "", true, "${FLAVOR} != nox11"},
		{"${FLAVOR:Mqt5}", "", true, "flavor qt5"},
		{"defined(A)", "", false, "!defined(A)"},
		{"!defined(A)", "", false, "defined(A)"},
		{"${A}  ==\t1", "", false, "!(${A} == 1)"},
		{"A", "def", true, ".ifdef A"},
	} {
		require.Equal(t, c.label, (*evaluation)(nil).InWords(c.text, c.variant, c.want), "%s %v", c.text, c.want)
	}
}
