package sh

// An Outcome says what comes of a construct of other shells under sh(1).
type Outcome int

const (
	// Same: it does what it does elsewhere, though POSIX does not have it.
	Same Outcome = iota
	// Slight: only what it writes is not the same.
	Slight
	// Otherwise: it does something else, and says nothing.
	Otherwise
	// Fails: that command fails, and the script goes on.
	Fails
	// Ends: the script ends there.
	Ends
	// Refused: the script is not read at all, or only up to there.
	Refused
)

// A Difference is a construct that another shell, mostly Bash, takes for
// something else than FreeBSD's sh(1) does, or that POSIX does not have.
type Difference struct {
	// ID names it in tests.
	ID string
	// Construct is how people write it; Elsewhere says what Bash does then.
	Construct, Elsewhere string
	// Here says what sh(1) does, as the end of a sentence that begins with sh(1).
	Here string
	// Instead says how to write it for sh(1), in the imperative; "" for no change.
	Instead string
	Outcome Outcome
	// Example is a script in which it occurs, and Prints what that writes to its
	// standard output under sh(1).
	Example, Prints string
}

// Table is every difference that is known, those that matter least first.
func Table() []Difference {
	return []Difference{
		{"function-name", `check-conf() { :; }`, "takes it",
			"takes any name without quotes, expansions and slashes", "",
			Same, "check-conf() { echo a; }; 9p.x:y() { echo b; }; check-conf; 9p.x:y", "a\nb"},
		{"quote-in-default", `"${x:-don't}"`, "the quote is a letter", "takes the quote for a letter", "",
			Same, `echo "${x:-don't}"`, "don't"},
		{"empty-list", `if x; then fi`, "refuses it", "takes a list of no commands, but not as a condition", "",
			Same, "if true; then fi; f() { }; f; echo a", "a"},
		{"for-braces", `for i in a b; { echo $i; }`, "takes it", "takes braces for do and done", "",
			Same, "for i in a b; { echo $i; }", "a\nb"},
		{"fall-through", `;&`, "goes on with the next branch", "goes on with the next branch", "",
			Same, "case a in a) echo a ;& b) echo b ;; esac", "a\nb"},
		{"double-negation", `! ! cmd`, "negates twice", "negates twice", "",
			Same, "! ! true && echo a", "a"},
		{"dollar-quote", `$'a\tb'`, "knows the escapes of C", "knows the escapes of C", "",
			Same, `echo $'a\x41'`, "aA"},
		{"equal-equal", `[ a == b ]`, "compares", "compares", "",
			Same, "[ a == a ] && echo a", "a"},
		{"local", `local x=$y`, "makes a variable of the function, without splitting the value",
			"makes a variable of the function, without splitting the value", "",
			Same, `f() { local x=$1; echo "$x"; }; f "a  b"`, "a  b"},
		{"open-heredoc", "<<EOF without EOF", "warns, and takes the rest of the file", "takes the rest of the file", "",
			Same, "cat <<EOF\na", "a"},
		{"alias", `alias l=ls; l`, "has aliases only where people type", "has aliases in scripts too", "",
			Same, "alias l='echo a'\nl", "a"},
		{"pipefail", `set -o pipefail`, "has it", "has it", "",
			Same, "set -o pipefail; false | true || echo a", "a"},

		{"dollar-double-quote", `$"text"`, "translates the text", "leaves the dollar sign before it",
			"take the dollar sign away",
			Slight, `echo $"a"`, "$a"},
		{"echo-options", `echo -en`, "takes both options", "takes one option only, and writes these out", "use printf",
			Slight, `echo -en "a"`, "-en a"},

		{"both-redirected", `cmd &>file`, "sends output and errors to the file",
			"runs the command in the background, and makes the file empty meanwhile", "write >file 2>&1",
			Otherwise, "echo a &>file; wait", "a"},
		{"braces", `{a,b}, {1..3}`, "makes several words of it", "leaves it as it is", "write the words out",
			Otherwise, "echo x{a,b} {1..3}", "x{a,b} {1..3}"},
		{"dollar-bracket", `$[1+2]`, "counts", "leaves it as it is", "write $((1+2))",
			Otherwise, "echo $[1+2]", "$[1+2]"},
		{"quotes-in-quotes", `"${x:-"$y"}"`, "keeps the inner text one word", "splits the inner text into words",
			"leave the inner quotes out",
			Otherwise, `y='a  b'; for i in "${x:-"$y"}"; do echo $i; done`, "a\nb"},
		{"variables", `$RANDOM, $UID, $HOSTNAME ...`, "sets them", "has no such variable: it is empty",
			"ask a command, such as id -u",
			Otherwise, "echo [$UID$RANDOM]", "[]"},
		{"dot-arguments", `. file word`, "the file sees the word as $1", "does not hand words to the file",
			"set a variable before",
			Otherwise, "echo 'echo $1' >file; set -- a; . ./file b", "a"},

		{"double-bracket", `[[ a = b ]]`, "tests", "takes it for the name of a command, which is not there",
			"write [ ... ], or case for patterns",
			Fails, "if [[ a = a ]]; then echo a; else echo b; fi", "b"},
		{"double-paren", `((i++))`, "counts", "runs what stands in the brackets as a command, in a subshell",
			"write : $((i = i + 1)), or [ ... ]",
			Fails, "i=1; ((i++)); echo $i", "1"},
		{"append", `x+=y`, "appends", "takes the whole for the name of a command, which is not there", `write x="$x"y`,
			Fails, "x=a; x+=b; echo $x", "a"},
		{"function-word", "function f, and { on the next line", "defines f",
			"takes it for the name of a command, which is not there, and runs the braces at once",
			"write f() {", Fails, "function f\n{\necho a\n}", "a"},
		{"bash-command", `source, declare, typeset, shopt, pushd ...`, "has them", "has no such command",
			"write . for source; leave the others out", Fails, "declare x=a; echo [$x]", "[]"},
		{"local-options", `local -r x=y`, "makes it read-only", "refuses the option, and does not set the variable",
			"leave the option out",
			Fails, "f() { local -r x=a; echo [$x]; }; f", "[]"},
		{"read-options", `read -n 1 x, read -a x, read -s x, read -d : x`, "has them",
			"refuses the option, and reads nothing",
			"use -r, -t and -p only", Fails, "echo a | { read -n 1 x; echo [$x]; }", "[]"},
		{"read-without-name", `read`, "reads into REPLY", "wants the name of a variable, and reads nothing",
			"name the variable",
			Fails, "echo a | { read; echo b; }", "b"},
		{"trap-conditions", `trap cmd ERR`, "has ERR, DEBUG and RETURN", "knows no such signal",
			"trap EXIT, or test what fails",
			Fails, "trap 'echo a' ERR; false; echo b", "b"},
		{"test-operators", `[ a =~ b ], [ -v x ]`, "has them", "takes them for an error, and the test fails",
			"write case or expr for =~, and [ -n \"${x+set}\" ] for -v", Fails, "[ a =~ a ] || echo b", "b"},
		{"wait-next", `wait -n`, "waits for the next child", "refuses the option, and does not wait",
			"wait for one by its number",
			Fails, "wait -n || echo b", "b"},
		{"printf-variable", `printf -v x`, "sets the variable", "refuses the option, and sets nothing",
			"write x=$(printf ...)",
			Fails, "printf -v x a; echo [$x]", "[]"},

		{"output-to-name", `cmd >&file`, "sends output and errors to the file",
			"wants a number there, and ends the script", "write >file 2>&1",
			Ends, "echo a >&file; echo b", ""},
		{"substitution", `${x//a/b}, ${x:1:2}, ${x^^}, ${!x}, ${x[0]}`, "works out the value",
			`calls it a bad substitution, and ends the script`, "use sed, cut, tr or eval",
			Ends, "x=aba; echo ${x//a/c}; echo b", ""},
		{"arithmetic", `$((i++)), $((2**3)), $((2#101))`, "counts", "calls it an error, and ends the script",
			"write $((i = i + 1)), and numbers in base 8, 10 or 16",
			Ends, "i=1; echo $((i++)); echo b", ""},
		{"negative-status", `exit -1, return -1`, "takes it for 255",
			"calls it an illegal number, and ends the script with 2", "write a number from 0 to 255",
			Ends, "exit -1", ""},
		{"export-options", `export -f, export -n, readonly -a`, "has them", "refuses the option, and ends the script",
			"leave the option out",
			Ends, "export -f f; echo b", ""},
		{"exec-options", `exec -a name, exec {fd}>file`, "has them",
			"looks for a command of that name, and ends the script", "leave it out, or use numbers from 3 to 9",
			Ends, "exec -a x true; echo b", ""},
		{"set-options", `set -o errtrace, set -o posix`, "has them", "refuses the option, and ends the script",
			"leave the option out",
			Ends, "set -o posix; echo b", ""},

		{"array", `x=(a b), x+=(a)`, "makes an array", "has no arrays", "keep the words in $@ or in one variable",
			Refused, "x=(a b)", ""},
		{"process-substitution", `<(cmd), >(cmd)`, "makes a file of it", "has no process substitution",
			"use a pipe or a file",
			Refused, "cat <(echo a)", ""},
		{"here-string", `<<<word`, "reads the word", "has no here-strings (<<<)", "write printf '%s\\n' word | cmd",
			Refused, "cat <<<a", ""},
		{"function-keyword", `function f {, function f() {`, "defines f", `does not know the word "function"`,
			"write f() {",
			Refused, "function f {\n\techo a\n}", "a"},
		{"for-expressions", `for ((i=0; i<3; i++))`, "counts", "has no for loop with expressions", "write a while loop",
			Refused, "for ((i=0; i<3; i++)); do echo $i; done", ""},
		{"select", `select x in a b; do`, "shows a menu", `does not know the word "select"`, "leave it out",
			Refused, "select x in a; do echo $x; done", ""},
		{"extended-pattern", `@(a|b), !(a)`, "has such patterns", "has no patterns such as @(a|b)", "write a|b in case",
			Refused, "case a in @(a|b)) echo a ;; esac", ""},
		{"test-brackets", `[[ ( a ) ]], [[ a =~ (b) ]]`, "tests",
			"takes [[ for the name of a command, and commands have no brackets", "write [ ... ], or case for patterns",
			Refused, "if [[ a =~ (b) ]]; then echo a; fi", ""},
		{"pipe-both", `cmd |& cmd`, "hands errors on too", "has no |&", "write 2>&1 |",
			Refused, "echo a |& cat", ""},
		{"test-next", `;;&`, "tests the next pattern too", "has no ;;&", "write a second case",
			Refused, "case a in a) echo a ;;& b) echo b ;; esac", ""},
		{"word-before-braces", `time {, coproc {`, "runs the braces",
			"takes time and coproc for names of commands, and the brace for an argument", "take the word away",
			Refused, "time { true; }", ""},
	}
}

// difference finds a row of the table.
func difference(id string) Difference {
	for _, d := range Table() {
		if d.ID == id {
			return d
		}
	}
	panic("no difference is called " + id)
}
