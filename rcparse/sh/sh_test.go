package sh

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"
)

// What sh(1) takes, and POSIX or mvdan.cc/sh does not; printed as it was read.
func TestTakes(t *testing.T) {
	for _, c := range []struct{ text, printed string }{
		{"check-conf() { a; }", "check-conf() { a; }"},
		{"9p.x:y() ( a )", "9p.x:y() (a)"},
		{"_() for i in a; { b; }", "_() for i in a; do b; done"},
		{"f() a >b", "f() a >b"},
		{"x=1\\\n2 y", "x=12 y"},
		{"! ! a | ! b", "a | ! b"},
		{"a | ! b && c", "a | ! b && c"},
		{">f (a)", "(a) >f"},
		{"for if in then; do a; done", "for if in then; do a; done"},
		{"for i\nin a\ndo b; done", "for i in a; do b; done"},
		{"for i do a; done", "for i; do a; done"},
		{"for i in; do a; done", "for i in; do a; done"},
		{"case if in (if | then) a ;; (esac) b ;& x) esac", "case if in if | then) a ;; (esac) b ;& x) ;; esac"},
		{`echo "${y:-don't}" "${y-"a b"}" "${y%"x"}"`, `echo "${y:-"don't"}" "${y-"a b"}" "${y%"x"}"`},
		{`echo "${x:+-f \"a\"}" ${x:-a "b c"}`, `echo "${x:+"-f \"a\""}" ${x:-a "b c"}`},
		{"echo ${#} ${#x} ${##} ${#?} ${#:-a} ${#%a}", "echo ${#} ${#x} ${##} ${#?} ${#:-a} ${#%a}"},
		{`echo $1a $10 ${10} $$x $ $% "$"`, `echo $1a $10 ${10} $$x $ $% "$"`},
		{"echo $((1 + (2))) $((x $op y))", "echo $((1 + (2))) $((x $op y))"},
		{"echo `a \\`b\\` \"\\$c\"` \"`d \\\"e\\\"`\"", `echo $(a $(b) "$c") "$(d "e")"`},
		{"cat <<E; a\n$x `b`\nE\nc", "cat <<E; a; c\n$x $(b)\nE"},
		{"cat <<-'E' 2>&1\n\t$x\n\tE\nc", "cat <<-'E' 2>&1; c\n\t$x\nE"},
		{"x=$(cat <<E\na\nE\n)", "x=$(cat <<E)\na\nE"},
		{`echo $'a\'b' $"c"`, `echo $'a\'b' $"c"`},
		{"x+=y a[0]=b if then [[ ]] {a,b} function time", "x+=y a[0]=b if then [[ ]] {a,b} function time"},
		{"a & >b", "a & >b"},
	} {
		f, err := Parse([]byte(c.text))
		require.NoError(t, err, c.text)
		var b strings.Builder
		require.NoError(t, syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, f))
		require.Equal(t, c.printed, strings.TrimSpace(b.String()), c.text)
	}
}

// What it refuses, with the place and the words.
func TestRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a\nif b; then\n\tc\n":          `2:1: "if" is not closed: the file ends, and "fi" is missing`,
		"f() {\n\ta\n":                  `1:5: "{" is not closed: the file ends, and "}" is missing`,
		"while a; do b\n":               `1:1: "while" is not closed: the file ends, and "done" is missing`,
		"case a in b) c":                `1:1: "case" is not closed: the file ends, and "esac" is missing`,
		"x=$(a; b":                      `1:3: "$(" is not closed: the file ends, and ")" is missing`,
		"a \"b\nc":                      `1:3: a quote is not closed: expected another "`,
		"a 'b\nc":                       `1:3: a quote is not closed: expected another '`,
		"a `b\nc":                       "1:3: a backquote is not closed: expected another `",
		"a ${b":                         `1:3: the line ends within an expansion: expected "}"`,
		"a ${b:-c\nd":                   `1:3: an expansion is not closed: expected "}"`,
		"a $((1 + 2)":                   `1:3: an arithmetic expansion is not closed: expected "))"`,
		"if a\nfi":                      `2:1: unexpected "fi": expected "then"`,
		"if then a; fi":                 `1:4: unexpected "then": expected a command`,
		"a ) b":                         `1:3: unexpected ")"`,
		"for $i in a; do b; done":       `1:5: unexpected word "$i": expected the name of a variable`,
		"for i in a do b; done":         `1:18: unexpected "done": expected "do"`,
		"a >\nb":                        `1:4: unexpected end of the line: expected word`,
		"a && ; b":                      `1:6: unexpected ";": expected a command`,
		"a <<$b\nc\n":                   `1:5: the word that ends a here-document must be plain text`,
		"a/b() { c; }":                  `1:1: the name of a function must not hold a slash: "a/b"`,
		"a-() { c; }":                   `1:1: the name of a function must not end in one of ! % * + - = ? @ } ~: "a-"`,
		"'a'() { c; }":                  `1:1: the name of a function must not be quoted or computed`,
		"$a() { c; }":                   `1:1: the name of a function must not be quoted or computed`,
		"set() { c; }":                  `1:1: a function must not have the name of a special builtin: "set"`,
		"a `if`":                        `1:4: "if" is not closed: the backquotes end, and "fi" is missing`,
		"a `b &&`":                      `1:8: unexpected end of the backquotes: expected a command`,
		"a $'\\q'":                      `1:5: $'...' does not have this escape`,
		"a\n# b\nlocal x=(c d)":         `3:9: sh(1) has no arrays`,
		strings.Repeat("(", 2000) + "a": `1:335: nested deeper than 1000 levels`,
	} {
		_, err := Parse([]byte(text))
		require.EqualError(t, err, want, text)
		var e *Error
		require.True(t, errors.As(err, &e))
		lines := strings.SplitAfter(text, "\n")
		require.Equal(t, len(strings.Join(lines[:e.Line-1], ""))+e.Col-1, e.Offset)
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range Table() {
		f.Add([]byte(d.Example))
	}
	for _, text := range madeTree(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse(text)
		if err != nil {
			var e *Error
			require.True(t, errors.As(err, &e))
			require.LessOrEqual(t, e.Offset, len(text))
			return
		}
		syntax.Walk(file, func(n syntax.Node) bool {
			if n == nil || n == syntax.Node(file) {
				return true
			}
			from, to := n.Pos().Offset(), n.End().Offset()
			if !n.Pos().IsValid() || !n.End().IsValid() { // in a column or line that a position can't hold
				return true
			}
			require.LessOrEqual(t, from, to, "%T in %q", n, text)
			require.LessOrEqual(t, to, uint(len(text)), "%T in %q", n, text)
			return true
		})
		Differences(file)
	})
}

// In arithmetic, what is expanded is as Parse reads it, wherever mvdan.cc/sh
// knows the expression.
func TestArithmetic(t *testing.T) {
	for text, want := range map[string]string{
		"$((i + 1))":                    "*syntax.BinaryArithm",
		"$((${x:-don't} * $y))":         "*syntax.BinaryArithm",
		"$(( ($(a &>b) - `c`) % 2))":    "*syntax.BinaryArithm",
		"`echo $(( $x + \\`d\\` ))`":    "",
		"$((x = $y))":                   "*syntax.BinaryArithm",
		"$(($x))":                       "*syntax.Word",
		"$((1$x))":                      "*syntax.Word",
		"$(($x = 1))":                   "*syntax.Word",
		"$((a $op b))":                  "*syntax.Word",
		"$(( ))":                        "*syntax.Word",
		"$(($((1 + $((2 * $x)))) + 1))": "*syntax.BinaryArithm",
	} {
		f, err := Parse([]byte("a=" + text))
		require.NoError(t, err, text)
		if want != "" {
			e := f.Stmts[0].Cmd.(*syntax.CallExpr).Assigns[0].Value.Parts[0].(*syntax.ArithmExp)
			require.Equal(t, want, fmt.Sprintf("%T", e.X), text)
		}
		syntax.Walk(f, func(n syntax.Node) bool {
			if n != nil {
				require.LessOrEqual(t, int(n.End().Offset()), len(text)+2, "%s: %T", text, n)
			}
			if r, ok := n.(*syntax.Redirect); ok {
				require.Equal(t, ">", r.Op.String(), "the & belongs to the command before")
			}
			return true
		})
	}
}
