package realsubr

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestPrepare(t *testing.T) {
	shell, err := shellOf()
	if err != nil {
		lackTool(t, err.Error())
	}
	text := standIn(t, rcrun.DefaultRelease)
	without := strings.NewReplacer("svcj", "other", "jailing", "other").Replace(text)
	for _, tt := range []struct{ name, text, says string }{
		{"no service jails", without, "this rc.subr has no service jails: that of FreeBSD 15 or later is needed"},
		{"does not parse", text + "\nif true; then\n", "this rc.subr does not parse: "},
		{"another file", "echo hello\n", "this is no rc.subr: it has no function run_rc_command"},
		{"empty", "", "this is no rc.subr"},
		{"another shape", strings.Replace(text, "_run_rc_doit()", "run_it()", 1), "this rc.subr defines _run_rc_doit 0 times"},
		{"twice", text + "\nrun_rc_command()\n{\n\t:\n}\n", "this rc.subr defines run_rc_command 2 times"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := prepare(tt.text, shell)
			require.ErrorContains(t, err, tt.says)
		})
	}
	prepared, err := prepare(text, shell)
	require.NoError(t, err)
	var kept []string
	for line := range strings.Lines(prepared) {
		if !strings.Contains(line, "SVCJIFY_P") && !strings.Contains(line, "__svcjify_") {
			kept = append(kept, line)
		}
	}
	require.Equal(t, text, strings.Join(kept, ""), "nothing but lines of the harness is added")
}

func TestDialect(t *testing.T) {
	for in, out := range map[string]string{
		`local IFS=$'\n' line`: "local IFS='\n' line",
		`_=$'\01'`:             "_='\x01'",
		`$'it\'s'`:             `'it'\''s'`,
		`grep 'a$' || x='b'`:   `grep 'a$' || x='b'`,
		`echo "$x" '$y'`:       `echo "$x" '$y'`,
	} {
		require.Equal(t, out, dialect(in, "dash"))
		require.Equal(t, in, dialect(in, "sh"))
	}
}

const ordinaryScript = `#!/bin/sh
. /etc/rc.subr
name=ordinary
rcvar=ordinary_enable
load_rc_config $name
command=/usr/local/sbin/ordinary
run_rc_command "$1"
`

// TestHostile runs scripts that mean harm. Each is ended, none touches what is
// outside its root, and the next run is as good as ever.
func TestHostile(t *testing.T) {
	slowtest.Only(t)
	first := newHarness(t, standIn(t, rcrun.DefaultRelease))
	modes := map[string]bool{"plain": false}
	if first.separate {
		modes["name spaces"] = true
	}
	for mode, separate := range modes {
		for _, tt := range []struct {
			name, text string
			failed     string // "": it may end by itself
		}{
			{"loops", "while :; do :; done", "it did not end in time"},
			{"loops in the background", "while :; do :; done &", ""},
			{"waits for ever", "mkfifo /tmp/f; read x < /dev/null; while :; do /bin/sleep 1000; done", "it did not end in time"},
			{"forks without end", "f() { f | f & f; }; f", "*"},
			{"forks away", "i=0; while :; do ( ( while :; do :; done ) & ) ; i=$((i+1)); done", "it did not end in time"},
			{"fills the disk with one file", "x=0123456789012345678901234567890123456789012345678901234567890123456789; while :; do echo $x$x$x$x; done > /var/big", "*"},
			{"fills the disk with files", "i=0; x=$(printf %65000d 1); while :; do echo $x > /var/f$i; i=$((i+1)); done", "*"},
			{"makes files without end", "i=0; while :; do : > /var/f$i; i=$((i+1)); done", "*"},
			{"eats memory", "x=01234567; while :; do x=$x$x; done", "*"},
			{"floods the log", "while :; do /sbin/mount; done", "it did not end in time"},
			{"removes its root", "rm -rf /; cd /; rm -rf * .svcjify* /.svcjify /lib; echo gone > /etc/rc.subr", ""},
			{"removes the harness's files", "for f in /.svcjify/* /.svcjify-state/*; do : > $f; done", ""},
			{"kills all", "command kill -KILL -1; command kill -KILL 1; command kill -KILL $PPID", ""},
			{"breaks out", `cd /..; cd ../../../..; echo harm > ../../outside; echo harm > /../outside`, ""},
		} {
			t.Run(mode+"/"+tt.name, func(t *testing.T) {
				if runtime.GOOS != "linux" && strings.Contains(tt.name, "memory") {
					t.Skip("RLIMIT_DATA does not bound what malloc(3) takes here")
				}
				h := first.with(separate, limits{seconds: 1, bytes: 16 << 20, inodes: 3000, procs: 60})
				canary := filepath.Join(filepath.Dir(h.tmp), "canary")
				require.NoError(t, os.WriteFile(canary, []byte("whole"), 0o600))
				sc := rcrun.Scenario{Verb: "start", InstalledAs: "hostile"}
				j := h.job(&subject{name: "hostile", text: tt.text + "\n"}, sc)
				began := time.Now()
				o, err := h.shellRun(t.Context(), j)
				if err == nil {
					ob := observe(o, "hostile")
					switch tt.failed {
					case "":
					case "*":
						require.True(t, ob.Failed != "" || ob.Exit != 0, "%+v", ob)
					default:
						require.Equal(t, tt.failed, ob.Failed)
					}
				}
				require.Less(t, time.Since(began), 20*time.Second)
				b, err := os.ReadFile(canary)
				require.NoError(t, err)
				require.Equal(t, "whole", string(b))
				require.Empty(t, leftBy(t, j.UID), "processes of the run's user")
				for _, p := range []string{"/outside", filepath.Join(h.tmp, "outside"),
					filepath.Join(filepath.Dir(h.tmp), "outside")} {
					require.NoFileExists(t, p)
				}
				left, err := filepath.Glob(filepath.Join(h.tmp, "root*"))
				require.NoError(t, err)
				require.Empty(t, left, "the temporary root is gone")

				h = first.with(separate, first.limits)
				s := &subject{name: "ordinary", text: ordinaryScript,
					services: []service{{"ordinary", "ordinary_enable"}}}
				ob, err := h.run(t.Context(), s, rcrun.Scenario{Verb: "start", InstalledAs: "ordinary", Svcj: true})
				require.NoError(t, err)
				require.Zero(t, ob.Exit, ob.Output)
				require.Len(t, ob.Jails, 1)
				require.Len(t, ob.Starts(), 1)
			})
		}
	}
}

// TestHostileSubr: an rc.subr that means harm is told as such, in good time.
func TestHostileSubr(t *testing.T) {
	slowtest.Only(t)
	first := newHarness(t, standIn(t, rcrun.DefaultRelease))
	for text, says := range map[string]string{
		"while :; do :; done":   "it did not end in time",
		"f() { f | f & f; }; f": "fails: ",
		"x=$(printf %65000d 1); while :; do echo $x; done > /var/big": "fails: ",
		"exit 3": "it ended: exit status 3",
	} {
		h := first.with(first.separate, limits{seconds: 1, bytes: 16 << 20, inodes: 3000, procs: 60})
		h.subr = text + "\n" + first.subr
		began := time.Now()
		require.ErrorContains(t, h.empty(t.Context(), ". /etc/rc.subr\n"), says)
		require.Less(t, time.Since(began), 20*time.Second)
		left, err := filepath.Glob(filepath.Join(h.tmp, "root*"))
		require.NoError(t, err)
		require.Empty(t, left, "the temporary root is gone")
	}
	h := first.with(first.separate, first.limits)
	h.subr = "rm -rf / 2> /dev/null; rm -rf /etc /usr\n" + first.subr
	require.NoError(t, h.empty(t.Context(), ". /etc/rc.subr\n"))
	_, err := h.fit(t.Context(), h.subr)
	require.ErrorContains(t, err, "no release of the model fits this rc.subr")
}

// with is the harness with other limits.
func (h *harness) with(separate bool, l limits) *harness {
	return &harness{template: h.template, subr: h.subr, release: h.release, shell: h.shell, tmp: h.tmp,
		separate: separate, limits: l, seen: map[string]outcome{}}
}

// leftBy is the processes of a user, as ps(1) tells them.
func leftBy(t *testing.T, uid int) []string {
	t.Helper()
	out, err := exec.Command("ps", "-ax", "-o", "uid=", "-o", "pid=", "-o", "command=").Output()
	if err != nil {
		t.Logf("no ps: %v", err)
		return nil
	}
	var left []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == fmt.Sprint(uid) && !strings.Contains(line, "<defunct>") {
			left = append(left, line)
		}
	}
	return left
}
