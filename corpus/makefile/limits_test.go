package makefile

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLimits holds Makefiles that mean harm or are broken. Each must be a
// clear error, with place, what was found and what was expected, in little time.
func TestLimits(t *testing.T) {
	doubling := strings.Builder{}
	doubling.WriteString("x0= aaaaaaaaaaaaaaaa\n")
	for i := range 60 {
		fmt.Fprintf(&doubling, "x%d= ${x%d}${x%d}\n", i+1, i, i)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  []string // parts of the message
	}{
		"nested if": {map[string]string{"Makefile": strings.Repeat(".if 1\n", 10000) + strings.Repeat(".endif\n", 10000)},
			[]string{"net/foo/Makefile:257:", "nested more than 256 deep", "expected"}},
		"nested for": {map[string]string{"Makefile": strings.Repeat(".for i in 1 2 3 4 5 6 7 8\n", 40) + strings.Repeat(".endfor\n", 40)},
			[]string{"net/foo/Makefile:17:", ".for nested"}},
		"many turns": {map[string]string{"Makefile": strings.Repeat(".for i in 1 2 3 4 5 6 7 8 9 10\n", 10) + "X+= ${i}\n" + strings.Repeat(".endfor\n", 10)},
			[]string{"net/foo/Makefile:", "lines to evaluate"}},
		"if without end":   {map[string]string{"Makefile": "A= 1\n.if ${A}\n"}, []string{"net/foo/Makefile:2:", ".if without an end", "expected .endif"}},
		"for without end":  {map[string]string{"Makefile": ".for i in 1\n"}, []string{":1:", "expected .endfor"}},
		"endif alone":      {map[string]string{"Makefile": "\n.endif\n"}, []string{":2:", ".endif without .if"}},
		"endfor alone":     {map[string]string{"Makefile": ".endfor\n"}, []string{".endfor without .for"}},
		"crossed":          {map[string]string{"Makefile": ".for i in 1\n.if 1\n.endfor\n.endif\n"}, []string{":3:", ".endfor without .for"}},
		"for without in":   {map[string]string{"Makefile": ".for i\n.endfor\n"}, []string{":1:", "expected .for NAME in WORDS"}},
		"binary":           {map[string]string{"Makefile": "A= 1\nB= \x00\x01\n"}, []string{":2:", "NUL byte", "expected text"}},
		"absurd size":      {map[string]string{"Makefile": strings.Repeat("# filler\n", 200000)}, []string{"1800000 bytes", "at most"}},
		"includes itself":  {map[string]string{"Makefile": ".include \"Makefile\"\n"}, []string{"net/foo/Makefile:1:", "loop of includes"}},
		"loop of includes": {map[string]string{"Makefile": ".include \"a.mk\"\n", "a.mk": "\n.include \"b.mk\"\n", "b.mk": ".include \"a.mk\"\n"}, []string{"net/foo/", "loop of includes"}},
		"many includes": {map[string]string{"Makefile": strings.Repeat(".include \"big.mk\"\n", 40), "big.mk": strings.Repeat("# "+strings.Repeat("x", 100)+"\n", 9000)},
			[]string{"includes of more than"}},
		"doubling": {map[string]string{"Makefile": doubling.String() + ".if ${x60} == 1\n.endif\n"}, []string{"net/foo/Makefile:62:", "expansions of more than", "expected"}},
		"doubling at once": {map[string]string{"Makefile": "x:= aaaaaaaaaaaaaaaa\n" + strings.Repeat("x:= $x$x\n", 60)},
			[]string{"expands to more than"}},
		"doubling by a loop": {map[string]string{"Makefile": "L= a a a a a a a a a a\nx:= " + strings.Repeat("${L:@i@", 8) + "b" + strings.Repeat("@}", 8) + "\n"}, []string{"expected"}},
		"endless variable":   {map[string]string{"Makefile": "A= ${B}\nB= ${A}\n.if ${A} == 1\n.endif\n"}, []string{":3:", "defined by itself"}},
		"long chain": {map[string]string{"Makefile": func() string {
			var b strings.Builder
			for i := range 1000 {
				fmt.Fprintf(&b, "v%d= ${v%d}\n", i, i+1)
			}
			return b.String() + ".if ${v0} == 1\n.endif\n"
		}()}, []string{"nested more than 64 deep"}},
		"deep reference":  {map[string]string{"Makefile": "A:= " + strings.Repeat("${", 5000) + strings.Repeat("}", 5000) + "\n"}, []string{"nested more than 64 deep"}},
		"deep condition":  {map[string]string{"Makefile": ".if " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000) + "\n.endif\n"}, []string{"parentheses nested"}},
		"deep negation":   {map[string]string{"Makefile": ".if " + strings.Repeat("!", 100000) + "1\n.endif\n"}, []string{"nested"}},
		"huge range":      {map[string]string{"Makefile": "A:= ${:U:range=999999999}\n"}, []string{":range=999999999"}},
		"huge loop":       {map[string]string{"Makefile": "L:= ${:U:range=9999} ${:U:range=9999}\n.for i in ${L}\n.endfor\n"}, []string{".for over 19998 words"}},
		"master's broken": {map[string]string{"Makefile": "MASTERDIR= ${.CURDIR}/../bar\n.include \"${MASTERDIR}/Makefile\"\n", "net/bar/Makefile": ".if 1\n"}, []string{"net/bar/Makefile:1:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Read(tree(c.files), "net/foo")
			require.Error(t, err)
			var e *Error
			require.ErrorAs(t, err, &e)
			for _, part := range c.want {
				require.Contains(t, err.Error(), part)
			}
			require.Less(t, len(err.Error()), 300, "a message is for people")
			require.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// TestOdd holds what looks bad and is none of our business: the port is read.
func TestOdd(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                 "",
		"no newline":              "PORTNAME= foo",
		"only a backslash":        "\\",
		"backslash at the end":    "A= b \\",
		"CRLF":                    "A= b\r\n.if 1\r\n.endif\r\n",
		"bad condition":           ".if ${A} ==\n.endif\n.if (\n.endif\n.if a b c\n.endif\n",
		"bad reference":           "A= ${B\nC:= ${B\nD:= $(\nE:= ${A:S/a}\nF:= ${A:C/(/x/}\nG:= ${A:Z}\nH:= $",
		"limit in a dead branch":  ".if 0\n. if " + strings.Repeat("(", 5000) + "\n. endif\n.endif\n",
		"endless but never asked": "A= ${A}\n",
		"bad include":             ".include foo\n.include\n.include \"\n.include \"../../../../etc/passwd\"\n.include \"/etc/passwd\"\n",
		"command for a name":      "A!= rm -rf /\nB= ${:!rm -rf /!}\n.if ${A} == ${B}\n.endif\n",
		"odd pattern":             "A= a\nB:= ${A:M[} ${A:M[a} ${A:M\\} ${A:M[]a]}\n",
		"odd numbers":             ".if 0x == 1 || inf > 1 || nan == nan || 1e999 > 0\n.endif\n",
		"odd pick":                "A= a b\nB:= ${A:[99999999999999999999]} ${A:[]} ${A:[a]} ${A:[1..]} ${A:[-99..99]}\n",
		"odd loop":                ".for a b c in 1 2\n.endfor\n",
		"break":                   ".for i in 1 2 3\n.if ${i} == 2\n.break\n.endif\nX+= ${i}\n.endfor\n",
		"much flavour":            "FLAVORS= " + strings.Repeat("a ", 1000) + "\n.if ${FLAVOR:U} == b\nUSE_RC_SUBR= x\n.endif\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := port(t, text+"\n.include <bsd.port.mk>\n")
			p.AllWords(t.Context(), "USE_RC_SUBR")
			p.Substitutions()
			for _, v := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "X", "PKGNAME"} {
				p.Value(v)
				p.Assignments(v)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	p := port(t, "A= 1\n\n.sinclude \"gone too.mk\"\n.include \"${UNKNOWN}/x.mk\"\n.if a b\n.endif\n.include <bsd.port.mk>\n")
	var got []string
	for _, e := range p.Problems() {
		got = append(got, e.Error())
	}
	require.Len(t, got, 1)
	require.Contains(t, got[0], `net/foo/Makefile:5: found the condition "a b"`)

	// make stops at a file that is not there, if it comes to it.
	_, err := Read(tree(map[string]string{"Makefile": "A= 1\n.if 0\n.include \"gone.mk\"\n.endif\n.include \"gone.mk\"\n"}), "net/foo")
	require.ErrorContains(t, err, "net/foo/Makefile:5: found .include of net/foo/gone.mk, which cannot be read (file does not exist)")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestUnreadable(t *testing.T) {
	_, err := Read(fstest.MapFS{}, "net/foo")
	require.ErrorContains(t, err, "net/foo/Makefile: cannot be read: file does not exist")
	_, err = Read(fstest.MapFS{"net/foo/Makefile/x": {}}, "net/foo")
	require.ErrorContains(t, err, "not a regular file")
	_, err = Read(fstest.MapFS{}, "../x")
	require.ErrorContains(t, err, "leaves the tree")
}

// FuzzRead: whatever stands in a Makefile, reading it ends, and offsets point
// into the text.
func FuzzRead(f *testing.F) {
	f.Add("OPTIONS_DEFINE= X\nX_USE= RC_SUBR=a,b\nX_VARS= Y+=z\nUSE_RC_SUBR= ${Y}\n.include <bsd.port.mk>\n", "")
	f.Add("FLAVORS= a b\n.if ${FLAVOR:U} == b\nUSE_RC_SUBR= x\n.endif\n.include <bsd.port.pre.mk>\n.include <bsd.port.post.mk>\n", "")
	f.Add("MASTERDIR= ${.CURDIR}/../foo\n.include \"part.mk\"\n.include \"${MASTERDIR}/Makefile\"\n", ".include \"Makefile\"\n")
	f.Add("A!= x\n.if ${A} == 1\nUSE_RC_SUBR= a\n.else\nUSE_RC_SUBR= b\n.endif\n", "")
	f.Fuzz(func(t *testing.T, text, part string) {
		start := time.Now()
		defer func() {
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		}()
		p, err := Read(tree(map[string]string{"Makefile": text, "part.mk": part}), "net/foo")
		if err != nil {
			return
		}
		data := map[string]string{"net/foo/Makefile": text, "net/foo/part.mk": part}
		for _, name := range []string{"X", "A", "USE_RC_SUBR", "PORTREVISION"} {
			p.AllWords(t.Context(), name)
			for _, a := range p.Assignments(name) {
				s := data[a.File]
				if a.Start > a.ValueStart || a.ValueStart > a.ValueEnd || a.ValueEnd > a.End || a.End > len(s) {
					t.Fatalf("%s: offsets %+v in %d bytes", name, a, len(s))
				}
			}
			p.Value(name)
		}
		p.Substitutions()
		p.FilesDir()
	})
}

// BenchmarkRead evaluates a made Makefile of ordinary size.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("PORTNAME= foo\nDISTVERSION= 1.2.3\nPORTREVISION= 1\nCATEGORIES= net\nUSES= python ssl\nUSE_RC_SUBR= ${PORTNAME}\n")
	for i := range 20 {
		fmt.Fprintf(&text, "OPTIONS_DEFINE+= OPT%d\nOPT%d_LIB_DEPENDS= lib%d.so:x/y%d\nOPT%d_CONFIGURE_WITH= x%d\n", i, i, i, i, i, i)
	}
	text.WriteString(".include <bsd.port.options.mk>\n")
	for i := range 20 {
		fmt.Fprintf(&text, ".if ${PORT_OPTIONS:MOPT%d}\nCFLAGS+= -DX%d\n.endif\n", i, i)
	}
	text.WriteString("post-install:\n\t${INSTALL_SCRIPT} a b\n.include <bsd.port.mk>\n")
	fsys := tree(map[string]string{"Makefile": text.String()})
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		p, err := Read(fsys, "net/foo")
		if err != nil {
			b.Fatal(err)
		}
		p.AllWords(b.Context(), "USE_RC_SUBR")
	}
}
