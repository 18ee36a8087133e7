package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/expand"
	theirs "mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// steps ends a run after so many.
type steps struct {
	context.Context
	left int
}

var errSteps = errors.New("no steps left")

func (s *steps) Err() error {
	if s.left--; s.left < 0 {
		return errSteps
	}
	return nil
}

func (s *steps) Done() <-chan struct{} { return nil }

const maxSteps = 3000

// A transcript is all that a shell tells its handlers and writes.
type transcript struct{ bytes.Buffer }

func (t *transcript) command(args []string, status int, get func(string) string, in io.Reader) {
	fmt.Fprintf(t, "%q after %d, x=%q", args, status, get("x"))
	if args[0] == "cat" && in != nil {
		b, _ := io.ReadAll(in)
		fmt.Fprintf(t, ", reads %q", b)
	}
	t.WriteString("\n")
}

func result(args []string) uint8 {
	if args[0] == "no" {
		return 3
	}
	return 0
}

type handlers struct{ t *transcript }

func (handlers) Call(_ Context, args []string) ([]string, error) { return called(args) }

// called ends a run at what rcrun answers itself, and at what only one of the two has.
func called(args []string) ([]string, error) {
	switch args[0] {
	case "exit", "return", "shift", "break", "continue": // rcrun passes one number on, see numbered
		if len(args) > 2 || len(args) == 2 && (args[1] == "" || strings.Trim(args[1], "0123456789") != "") {
			return nil, errSteps
		}
	case ":", "true", "false", "set", "unset", "echo", "printf", "eval", "exec", "read", "getopts", "trap":
	default:
		if IsBuiltin(args[0]) {
			return nil, errSteps
		}
	}
	return args, nil
}

func (h handlers) Exec(c Context, args []string) error {
	h.t.command(args, c.LastExitStatus, c.Get, c.Stdin)
	if args[0] == "stop" {
		return errSteps
	}
	if args[0] == "say" {
		fmt.Fprintln(c.Stdout, "said "+strings.Join(args[1:], " "))
	}
	if code := result(args); code != 0 {
		return ExitStatus(code)
	}
	return nil
}

type memory struct {
	io.Reader
	io.Writer
}

func (memory) Close() error { return nil }

func opened(t *transcript, path string, flag int) (io.ReadWriteCloser, error) {
	fmt.Fprintf(t, "opens %q\n", path)
	if path == "" || strings.Contains(path, "absent") {
		return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
	}
	if flag == os.O_RDONLY {
		return memory{strings.NewReader("a b\nc\\d\n"), io.Discard}, nil
	}
	return memory{strings.NewReader(""), &t.Buffer}, nil
}

func (h handlers) Open(_ Context, path string, flag int) (io.ReadWriteCloser, error) {
	return opened(h.t, path, flag)
}

// ours runs a text in this package.
func ours(f *syntax.File) (string, error) {
	var t transcript
	err := Run(Config{
		Vars: []Var{{"HOME", "/root", true}, {"PATH", "/bin", true}, {"private", "p", false}}, Dir: "/", Name: "name",
		Params: []string{"one", "two words"}, Handlers: handlers{&t}, Steps: &steps{left: maxSteps},
		Stdout: &t, Stderr: io.Discard,
	}, Compile(f.Stmts))
	return t.String(), err
}

// reference runs it in the interpreter whose rules are followed here.
func reference(f *syntax.File) (string, error) {
	var t transcript
	handler := func(ctx context.Context, args []string) error {
		hc := theirs.HandlerCtx(ctx)
		get := func(name string) string { return hc.Env.Get(name).String() }
		t.command(args, hc.LastExitStatus, get, hc.Stdin)
		if args[0] == "stop" {
			return errSteps
		}
		if args[0] == "say" {
			fmt.Fprintln(hc.Stdout, "said "+strings.Join(args[1:], " "))
		}
		if code := result(args); code != 0 {
			return theirs.ExitStatus(code)
		}
		return nil
	}
	r, err := theirs.New(
		theirs.Env(environment{}), theirs.StdIO(nil, &t, io.Discard), theirs.Params("-f", "--", "one", "two words"),
		theirs.ExecHandlers(func(theirs.ExecHandlerFunc) theirs.ExecHandlerFunc { return handler }),
		theirs.CallHandler(func(_ context.Context, args []string) ([]string, error) { return called(args) }),
		theirs.OpenHandler(func(_ context.Context, path string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
			return opened(&t, path, flag)
		}),
	)
	if err != nil {
		return "", err
	}
	r.Dir = "/"
	f.Name = "name"
	err = r.Run(&steps{Context: context.Background(), left: maxSteps}, f)
	return t.String(), err
}

type environment struct{}

func (environment) Get(name string) expand.Variable {
	for _, v := range []Var{{"HOME", "/root", true}, {"PATH", "/bin", true}, {"private", "p", false},
		{"UID", "0", false}, {"EUID", "0", false}, {"GID", "0", false}} {
		if v.Name == name {
			return expand.Variable{Set: true, Exported: v.Exported, Kind: expand.String, Str: v.Value}
		}
	}
	return expand.Variable{}
}

func (environment) Each(func(string, expand.Variable) bool) {}

// samples are what scripts do, and what they seldom do.
var samples = []string{
	`echo a b; cmd "a b" c\ d 'e f' $x "$x" ""`,
	`x="a  b"; cmd $x "$x" ${x}c a${x}b "$x"$x; IFS=:; y=a:b::c; cmd $y; IFS=; cmd $y $x`,
	`cmd "$@" "$*" $@ $* "a$@b" "${@}" $# $0 $1 "$2" $3 ${10}; shift; cmd "$@"; shift; cmd "$@" "$*"; shift; cmd "$@"`,
	`x=; cmd ${x:-a b} "${x:-a b}" ${x-d} ${x:+e} ${x+f} ${y-g} ${y:=h i} $y ${#y} ${#}; cmd ${z?gone}; cmd never`,
	`x=/usr/local/etc/foo.conf.sample; cmd ${x##*/} ${x#*/} ${x%.*} ${x%%.*} ${x%/*}; cmd ${x#nothing} "${x##*"/"}"`,
	`f() { local x; x=2; y=3; cmd f $x $1; g; }; g() { x=4; cmd g $x; return 7; }; x=1; f arg; cmd $? $x $y`,
	`f() { local x=1; x=2 g; cmd f $x; }; g() { cmd g $x; x=3; }; f; cmd $x; export e=1; e=2 cmd; cmd $e`,
	`x=1; ( x=2; cmd $x; f() { :; }; exit 3 ); cmd $? $x; f; y=$(x=5; say $x; exit 4); cmd $? "$y" $x`,
	`if no; then cmd a; elif cmd b; then cmd c; else cmd d; fi; no || cmd e; cmd f && no && cmd g`,
	`! no; cmd $?; ! cmd; cmd $?`,
	`for i in a "b c" $x; do case $i in a|z) cmd first $i; continue;; *c) cmd $i; break;; esac; done`,
	`for i; do cmd $i; done`,
	`i=0; while case $i in 3) no;; esac 2>/dev/null; do i=$((i + 1)); cmd $i; if cmd; then break; fi; done; until cmd; do :; done`,
	`case a.b in *.c) cmd no;; [a-c].?) cmd yes;; esac; x='*'; case foo in "$x") cmd quoted;; $x) cmd pattern;; esac`,
	`read a b <in; cmd "$a" "$b"; while read -r l; do cmd "$l"; done <in; read x y z <<E
 1 2  3 4
E
cmd "$x" "$y" "$z"; read <in; cmd "$REPLY"; read x <absent; cmd $?`,
	"cat <<E\n$1 \\$x `say hi` ${x:-d} \"q\"\nE\ncat <<'E'\n$1 \\$x\nE\ncat <<-E\n\t$1\n\t\ttabs\n\tE\n",
	`say a >out; say b >>out 2>&1; say c >&2; say d 2>&-; cmd >absent; cmd $?; { say e; say f; } >out; exec >out; say g`,
	`eval 'x=1; cmd $x'; eval "f() { cmd in f \$1; }"; f 9; eval; eval 'if'; cmd $?; eval exit 5; cmd never`,
	`trap 'cmd trapped $?' EXIT; no; f() { exit 6; }; f; cmd never`,
	`set -- a "b c"; cmd "$@"; set -e; no || cmd ok; if no; then :; fi; no; cmd never`,
	`set -u; cmd ${x-unset}; cmd $x; cmd never`,
	`set -o nounset; cmd ${x-unset}; cmd $x; cmd never`,
	`set -o errexit; no || cmd ok; set +o errexit; no; cmd on`,
	`set -o errexit; no; cmd never`,
	`set -a; x=1; set +a; y=2; cmd; unset x y; cmd ${x-a} ${y-b}; readonly r=1; r=2; cmd $? $r; unset r; cmd $r`,
	`while getopts ab:c o -a -b val -cx rest; do cmd $o "$OPTARG" $OPTIND; done; cmd $? $OPTIND`,
	`printf '%s-%d\n' a 1 b 2; printf 'x\ty\n'`,
	`printf %b 'a\nb'; echo -n a; echo -e 'b\tc'; x=$(printf '%05d' 42); cmd $x`,
	`f() { unset x; cmd ${x-gone}; x=2; }; x=1; f; cmd $x; g() { local x; unset x; cmd ${x-gone}; x=3; }; g; cmd $x`,
	`export x; x=1; f() { local x=2; export x; ( x=3; cmd $x ); cmd $x; }; f; cmd $x; export y=$x z="a b"; cmd $y "$z"`,
	`f() { f; }; f; cmd never`,
	`x=a; x=$x$x; x=$x$x; cmd $x; echo "a$(say "b $(say c)")d" $(say e f) "$(say g  h)"; cmd $((1+2*3)) $((x=4)) $x`,
	`cmd ~ ~/a "~" a~ x=~; x=~/b; cmd $x; y=a:~/c; cmd $y`,
	`f() { return 3; }; f; cmd $?; ( return 4 ); cmd $?; ( break ); cmd $?; local x=1; cmd $? $x; break; cmd $?`,
	`for i in 1 2; do for j in a b; do cmd $i$j; case $j in a) ;; *) no;; esac && continue 2; break 2; done; done; : ${x:=a} && cmd $x`,
	`x=$(no); cmd $?; x=$(cmd) y=$(no); cmd $?; x=1 y=$x cmd $y; cmd $x $y; stop; cmd never`,
	`x='a b'; cmd a"$x"b$x"" ''$y'' "$y"; set -- ; cmd "$@" a"$@"b "$*"; x="$*"; cmd "$x" ${1+"$@"}`,
}

func parse(t testing.TB, text string) *syntax.File {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		t.Skip("not shell")
	}
	return f
}

func requireSame(t *testing.T, text string) {
	mine, err := ours(parse(t, text))
	if err != nil && strings.Contains(err.Error(), "sh(1) does not have") {
		t.Skip(err.Error())
	}
	other, otherErr := reference(parse(t, text))
	require.Equal(t, other, mine, text)
	require.Equal(t, fmt.Sprint(otherErr), fmt.Sprint(err), text)
}

// A text does the same as in the interpreter of mvdan.cc/sh, to the step.
func TestSame(t *testing.T) {
	for _, text := range samples {
		t.Run("", func(t *testing.T) {
			requireSame(t, text)
		})
	}
}

// A Code that has been run runs again as it did.
func TestAgain(t *testing.T) {
	for _, text := range samples {
		c := Compile(parse(t, text).Stmts)
		var first string
		for i := range 2 {
			var tr transcript
			_ = Run(Config{Name: "name", Params: []string{"a"}, Handlers: handlers{&tr}, Steps: &steps{left: maxSteps},
				Stdout: &tr, Stderr: io.Discard}, c)
			if i == 0 {
				first = tr.String()
			}
			require.Equal(t, first, tr.String(), text)
		}
	}
}

// What stands in the way of comparing is what rcrun keeps from either interpreter.
var apart = []string{"$$", "$!", "$-", "{$", "{!", "{-", "PPID", "RANDOM", "LINENO",
	"DIRSTACK", "UID", "GID", "|", "&", "~", "@(", "!(", "+(",
	"?(", "*(", "alias", "cd", "pwd", "wait", "type", "hash", "command", "test", "[", "jobs", "kill", "umask", "ulimit",
	"times", "fc", "fg", "bg", "newgrp", "source", ".", "bind", "builtin", "caller", "comp", "declare", "typeset",
	"dirs", "disown", "enable", "history", "help", "let", "logout", "mapfile", "readarray", "popd", "pushd", "shopt",
	"suspend", "exec", "trap", "set -", "set +", "getopts", "read -", "export -", "readonly -", "local -", "time",
	"coproc", "\x00", "unset -", "nameref", "$'", "$\"", "printf", "{a", "OPT", "PWD", "HOME ", "IFS"}

func FuzzSame(f *testing.F) {
	for _, text := range samples {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range apart {
			if strings.Contains(text, word) {
				t.Skip("not to be compared")
			}
		}
		if len(text) > 1000 {
			t.Skip("long")
		}
		requireSame(t, text)
	})
}

// Whatever a text says, it ends without a panic.
func FuzzRun(f *testing.F) {
	for _, text := range samples {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			t.Skip("long")
		}
		_, _ = ours(parse(t, text))
	})
}
