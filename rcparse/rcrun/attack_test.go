package rcrun

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// attacks are scripts that are out to hang, kill or leave the simulation. Failed
// is what their Record says, "" where they go through harmlessly; CANARY is a
// real file's path, DIR its directory.
var attacks = []struct{ name, script, failed string }{
	{"200000 brackets", strings.Repeat("(", 200_000), "nested deeper"},
	{"nested ifs", strings.Repeat("if :; then ", 60_000), "larger|nested deeper|more than 256 KiB"},
	{"nested arithmetic", "x=$((" + strings.Repeat("(", 100_000) + "1", "nested deeper"},
	{"evaluated brackets", "x=$(printf '%999999s' | tr ' ' '(')\neval \"$x\"", "more than 256 KiB|nested deeper|size of the texts"},
	{"endless loop", "while :; do :; done", "did not end within 50000 steps"},
	{"endless loop without commands", "while x=1; do y=2; done", "did not end within"},
	{"endless until", "until false; do sleep 1; done", "did not end within|more than"},
	{"endless until", "until false; do x=1; done", "did not end within"},
	{"endless recursion", "f() { f; }\nf", "nested too deeply|did not end"},
	{"endless substitution", "f() { echo $(f); }\nf", "nested too deeply|did not end|memory"},
	{"endless subshells", "f() { ( f ); }\nf", "nested too deeply|did not end|memory"},
	{"endless sh -c", "export X='sh -c \"$X\"'\nsh -c \"$X\"", "nested more than"},
	{"endless self", "$0 start", "runs itself more than"},
	{"endless eval", "x='eval \"$x\"'\neval \"$x\"", "nested too deeply|did not end"},
	{"endless trap", "trap 'while :; do :; done' EXIT", "did not end within"},
	{"endless pipe", "yes | while read x; do :; done; while :; do echo x; done | head -1", "did not end within|memory"},
	{"doubling", "x=xxxxxxxxxxxxxxxx\n" + strings.Repeat("x=$x$x\n", 40), "size of the texts"},
	{"doubling in a loop", "x=y; while :; do x=\"$x$x\"; done", "size of the texts"},
	{"doubling by printf", "x=$(printf '%999999s'); while :; do x=\"$x$x$x$x\"; done", "size of the texts"},
	{"doubling by substitution", "x=aaaaaaaaaaaaaaaa; while :; do x=${x//a/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}; done", ""},
	{"braces", "echo {1..1000000000}", ""},
	{"many commands", "i=0; while [ $i -lt 10000 ]; do /bin/x y; i=$((i + 1)); done", "more than 2000 commands"},
	{"long arguments", "x=$(printf '%999999s'); /bin/x \"$x\" \"$x\"", "size of the texts"},
	{"fork bomb", "bomb() { bomb | bomb & }; bomb", "nested too deeply|did not end|memory"},
	{"fork bomb by sh", "x(){ x|x& };x", "nested too deeply|did not end|memory"},
	{"write", "echo x >/tmp/y; echo x >CANARY; : >CANARY; echo x >>CANARY; echo x >DIR/new", ""},
	{"write through exec", "exec >CANARY; echo x; exec 2>DIR/new; echo y >&2; exec 3>DIR/three", ""},
	{"write the interpreter's FIFO", "echo x >/nonexistent/svcjify/sh-interp-1; TMPDIR=DIR; echo x >DIR/sh-interp-1", ""},
	{"read", "x=$(cat CANARY); y=$(<CANARY); read z <CANARY; /bin/leak \"$x$y$z\"", ""},
	{"passwd", "x=$(cat /etc/passwd); read y </etc/passwd; /bin/leak \"$x$y\"", ""},
	{"here-string", "cat <<< CANARY; read x <<< 'a b'; TMPDIR=DIR cat <<< x", ""},
	{"here-document", "TMPDIR=DIR\ncat <<EOF\n$(cat CANARY)\nEOF", ""},
	{"process substitution", "TMPDIR=DIR; cat <(echo x) >(cat); diff <(cat CANARY) <(cat /etc/passwd)", ""},
	{"exec", "exec /bin/rm -rf DIR", ""},
	{"run", "/bin/rm -rf DIR; rm -f CANARY; touch DIR/new; mkdir DIR/sub; ln -s / DIR/link; mkfifo DIR/fifo", ""},
	{"source", ". CANARY; . DIR/new; source CANARY; . /dev/zero", ""},
	{"cd", "cd DIR && rm CANARY; pushd DIR; popd; cd /proc/self; pwd -P; /bin/leak $(pwd) $PWD $OLDPWD", ""},
	{"glob", "/bin/leak DIR/* /etc/pass* /proc/self/fd/*; for f in DIR/*; do /bin/leak $f; done", ""},
	{"command -v", "command -v sh; command -V ls; type -p sh; hash sh; which sh; /bin/leak $(command -v gofmt)", ""},
	{"tests", "[ -e CANARY ] && [ -O CANARY ]; test CANARY -nt /etc/passwd; [[ -f CANARY ]]", ""},
	{"who", "/bin/leak ~root ~nobody ~ $UID $EUID $PPID $$ $! $RANDOM $HOME $USER $PATH", ""},
	{"time", "time sleep 1; times; /bin/leak $SECONDS $EPOCHSECONDS", ""},
	{"kill", "kill -9 -1; kill -9 1; kill $$; kill -STOP $PPID; wait; jobs", ""},
	{"traps", "trap 'rm -rf DIR' 0 1 2 15; trap '' TERM", ""},
	{"coprocess", "coproc cat CANARY; echo x >&${COPROC[1]}", ""},
	{"device", "cat /dev/zero; read x </dev/tty; cat /dev/random", ""},
	{"network", "exec 3<>/dev/tcp/127.0.0.1/80; echo x >/dev/tcp/127.0.0.1/80", ""},
	{"alias and shopt", "shopt -s expand_aliases extglob nullglob; alias x='rm -rf DIR'\nx", ""},
	{"extended patterns", "case $(printf '%9999s') in !(+( )x)) ;; esac; case aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa in *a*a*a*a*a*a*a*a*a*a*a*b) ;; esac", ""},
	{"arithmetic", "a=b b=a; x=$((a)); x=$((1/0)); x=$((2**1000000000)); x=$((1<<9999)); arr[999999999]=x", ""},
	{"read-only", "readonly PATH name; PATH=x; unset PATH; export -n PATH; UID=5", ""},
	{"NUL", "x=\x00y", "NUL byte"},
	{"not UTF-8", "name=\xff\xfe; /bin/x \"\xff\"", ""},
}

// bait makes a directory with a canary, and says afterwards whether it is as it was.
func bait(t testing.TB) (dir string, check func()) {
	dir = t.TempDir()
	canary := filepath.Join(dir, "canary")
	require.NoError(t, os.WriteFile(canary, []byte("tweet SECRET\n"), 0o644))
	before, err := os.Stat(canary)
	require.NoError(t, err)
	return dir, func() {
		list, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, list, 1, "the script made a file")
		after, err := os.Stat(canary)
		require.NoError(t, err)
		require.Equal(t, before.ModTime(), after.ModTime())
		text, err := os.ReadFile(canary)
		require.NoError(t, err)
		require.Equal(t, "tweet SECRET\n", string(text))
		for _, made := range []string{"/tmp/y", "/usr/local/etc/rc.d/evil"} {
			_, err := os.Stat(made)
			require.ErrorIs(t, err, os.ErrNotExist, made)
		}
	}
}

// armed is an attack as a script, at the top level and as a method.
func armed(attack, dir string) []string {
	attack = strings.NewReplacer("CANARY", dir+"/canary", "DIR", dir).Replace(attack)
	return []string{
		attack,
		". /etc/rc.subr\nname=evil\nrcvar=evil_enable\nstart_cmd=evil_start\nevil_start()\n{\n" + attack +
			"\n}\nload_rc_config $name\nrun_rc_command \"$1\"\n",
	}
}

func TestAttacks(t *testing.T) {
	// Steps end a run, not the clock: under the race detector nothing bounds a
	// process's memory, and on a busy machine some gigabytes take a minute.
	pool, err := NewPool(PoolOptions{Workers: 2, Timeout: 10 * time.Minute})
	require.NoError(t, err)
	defer pool.Close()
	sound := Job{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain"}}}
	want := sound.run()
	require.Empty(t, want[0].Failed)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			dir, check := bait(t)
			for i, script := range armed(a.script, dir) {
				began := time.Now()
				got := pool.Run(t.Context(), []Job{
					{Src: []byte(script), Scenarios: []Scenario{{Verb: "start", InstalledAs: "evil"}, {Verb: "start", InstalledAs: "evil", Svcj: true}}},
					sound,
				})
				require.Equal(t, want, got[1], "the rest of the run goes on")
				t.Logf("%v: %q", time.Since(began).Round(time.Millisecond), got[0][1].Failed)
				for _, rec := range got[0] {
					if a.failed == "" {
						if i == 0 || rec.Failed != "" {
							require.NotContains(t, rec.Failed, "died")
							require.NotContains(t, rec.Failed, "panicked")
						}
					} else {
						require.NotEmpty(t, rec.Failed)
						require.Regexp(t, a.failed, rec.Failed)
					}
					for _, c := range rec.Reached {
						for _, arg := range c.Argv {
							require.NotContains(t, arg, "SECRET")
							require.NotContains(t, arg, "root:x:0")
						}
					}
				}
				check()
			}
		})
	}
}

// TestPrepared: what a child keeps of one job makes no difference to the next.
func TestPrepared(t *testing.T) {
	// It takes its name from $0, so that what is found depends on where it is installed.
	named := strings.Replace(plainScript, "name=plain\nrcvar=plain_enable", "name=${0##*/}\nrcvar=${name}_enable", 1)
	require.NotEqual(t, plainScript, named)
	start := func(as, release string, svcj bool) Scenario {
		return Scenario{Verb: "start", InstalledAs: as, Release: release, Svcj: svcj}
	}
	jobs := []Job{
		{Src: []byte(named), Scenarios: []Scenario{start("plain", "", false), start("plain", "", true)}},
		{Src: []byte(named), Scenarios: []Scenario{start("plain", "", true), {Verb: "stop", InstalledAs: "plain"}}},
		{Src: []byte(named), Scenarios: []Scenario{start("other", "", true)}},
		{Src: []byte(named), Scenarios: []Scenario{start("plain", "16", true)}},
		{Src: []byte(named)},
		{Src: []byte(plainScript), Scenarios: []Scenario{start("plain", "16", true)}},
		{Src: []byte(plainScript), Subst: map[string]string{"X": "y"}, Scenarios: []Scenario{start("plain", "16", true)}},
	}
	pool, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer pool.Close()
	pool.Warm()
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {0, 0, 2, 2, 1, 3, 1, 5, 6}} {
		for _, i := range order {
			got := pool.Run(t.Context(), jobs[i:i+1])[0]
			require.Len(t, got, len(jobs[i].Scenarios))
			for k, rec := range got {
				require.Equal(t, jobs[i].run()[k], rec)
				require.Equal(t, jobs[i].Scenarios[k].InstalledAs, rec.Name)
			}
		}
	}
}

const plainScript = `. /etc/rc.subr
name=plain
rcvar=plain_enable
command=/usr/local/sbin/plain
load_rc_config $name
run_rc_command "$1"
`
