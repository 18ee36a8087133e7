package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse/sh"
)

// What FreeBSD's sh(1) takes in another sense than Bash, whose interpreter runs it:
// /bin/say tells what was run, and with which words.
func TestAsInFreeBSD(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`check-conf() { /bin/say "${y:-don't}"; }; check-conf`, "don't"},
		{"9p.x:y() { /bin/say $1; }\neval '9p.x:y a'", "a"},
		{`x=a\ b\$c\'; /bin/say "$x"`, "a b$c'"},
		{`y=1; /bin/say "${y:+-f \"a  b\"}"`, `-f "a  b"`},
		{`/bin/say $'a\tb\'c'`, "a\tb'c"},
		{`/bin/say a &>/dev/null; /bin/say b`, "a b"},
		{`/bin/say {a,b} $[1+1] $"x"`, "{a,b} $[1+1] $x"},
		{`eval '/bin/say {a,b} $[1+1] $"x" \$y'`, "{a,b} $[1+1] $x $y"},
		{`[[ a = a ]] && /bin/say wrong; /bin/say right`, "right"},
		{`eval '[[ a = a ]] && /bin/say wrong'; /bin/say right`, "right"},
		{`x=a; x+=b; eval 'x+=c'; a[0]=d; /bin/say "<$x>"`, "<a>"},
		{"function f\n{\n/bin/say right\n}", "right"},
		{`f() { local -r x=1; /bin/say "<$x>"; }; f`, "<>"},
		{`f() { local x=$1; export y=$1; /bin/say "$x$y"; }; f "a  b"`, "a  ba  b"},
		{`time -p /bin/say right`, "right"},
		{"if true; then fi; f() { }; f; eval 'if true; then fi'; /bin/say right", "right"},
		{`for i in a b; { /bin/say $i; }`, "a b"},
		{`case a in a) /bin/say a ;& b) /bin/say b ;; c) /bin/say c ;; esac`, "a b"},
		{`! ! true && /bin/say right`, "right"},
		{"read -r x <<E; /bin/say $x\n\\$a \\\\ `echo b`", `$a \ b`},
		{`i=1; /bin/say $((i + $i * ${i:-2}))`, "2"},
		{`((x=1)); /bin/say "<$x>"`, "<>"},
		{`y=a; x=${y//a/b}; /bin/say wrong`, ""},
		{`eval 'x=${y:1:2}'; /bin/say wrong`, ""},
		{`i=1; x=$((i++)); /bin/say wrong`, ""},
		{`echo a >&file; /bin/say wrong`, ""},
		{`export -f f; /bin/say wrong`, ""},
		{`set -o posix; /bin/say wrong`, ""},
	} {
		require.Equal(t, c.want, said(t, c.script), c.script)
	}
}

// Each row of the table that says that the script ends, ends it here too.
func TestEndsThere(t *testing.T) {
	for _, d := range sh.Table() {
		if d.Outcome == sh.Ends {
			require.Empty(t, said(t, d.Example+"\n/bin/say wrong"), d.ID)
		}
	}
}

// said is the words that a script gives to /bin/say.
func said(t *testing.T, script string) string {
	rec := FromText(script).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "x"})
	require.Empty(t, rec.Failed, script)
	var words []string
	for _, c := range rec.Reached {
		if c.Argv[0] == "/bin/say" {
			words = append(words, strings.Join(c.Argv[1:], " "))
		}
	}
	return strings.Join(words, " ")
}
