// Under the race detector the stub, which is this test itself, does not start in the root.

//go:build !race

package rcrun

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// plainUmask keeps the test's own umask out of what the shell inherits.
func plainUmask(t *testing.T) {
	old := syscall.Umask(0o22)
	t.Cleanup(func() { syscall.Umask(old) })
}

// compareWithDash says how the shell's run of a script differs from the simulation's, or "".
func compareWithDash(t *testing.T, d dashRoot, tp template, svcj bool) string {
	s := New(tp.src, tp.subst)
	if s.err != nil {
		return "does not parse: " + s.err.Error()
	}
	sc := Scenario{Verb: "start", InstalledAs: tp.name, Svcj: svcj}
	s.findGuess(t.Context(), sc)
	var asked []question
	s.watch = func(op, path string, there bool) { asked = append(asked, question{op, path, there}) }
	m := s.simulate(t.Context(), sc, false)
	rec := m.record
	if rec.Failed != "" {
		return "the simulation failed: " + rec.Failed
	}
	calls, output, exit, err := d.run(t, s, sc, asked, rec.Reached)
	if err != nil {
		return "the shell: " + err.Error()
	}
	var names []service
	var starts []Command
	for _, c := range calls {
		switch {
		case c.Begin != nil:
			if sv := (service{c.Begin[0], c.Begin[1]}); !slices.Contains(names, sv) {
				names = append(names, sv)
			}
		case c.Command.Phase == Method && c.Verb == "start":
			starts = append(starts, c.Command)
		}
	}
	if !reflect.DeepEqual(names, m.asked) {
		return fmt.Sprintf("names %v, under the shell %v; %s", m.asked, names, message.Clip(output, 300))
	}
	want := linesOf(plainCommands(rec.Starts))
	got := linesOf(plainCommands(starts))
	if want != got {
		return fmt.Sprintf("starts\n%s  under the shell\n%s  %s", want, got, message.Clip(output, 300))
	}
	if rec.Exit != exit {
		return fmt.Sprintf("exit %d, under the shell %d; %s", rec.Exit, exit, message.Clip(output, 300))
	}
	return ""
}

// plainCommands takes away what the stubs can't tell, or tell otherwise: where
// something runs in the background its place in the order is chance.
func plainCommands(list []Command) []Command {
	out := slices.Clone(list)
	background := false
	for i := range out {
		background = background || out[i].Background
		out[i].Background, out[i].Line, out[i].Program = false, 0, nil
	}
	if background {
		slices.SortStableFunc(out, func(a, b Command) int {
			return strings.Compare(strings.Join(a.Argv, " "), strings.Join(b.Argv, " "))
		})
	}
	return out
}

func compareTree(t *testing.T, root string, svcj bool) (differ []string) {
	plainUmask(t)
	d := newDashRoot(t)
	list := templatesOf(t, root)
	results := make([]string, len(list))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range next {
				results[i] = compareWithDash(t, d, list[i], svcj)
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, r := range results {
		if r != "" {
			differ = append(differ, list[i].path+": "+r)
		}
	}
	t.Logf("%s, svcj %v: %d of %d scripts alike", d.sh.Kind, svcj, len(list)-len(differ), len(list))
	return differ
}

// unlike are the scripts of the made tree that the shell takes otherwise, by reason.
var unlike = map[string]string{
	"misc/empty-then/files/lopsided.in":            "a syntax error to dash, not to FreeBSD's sh",
	"textproc/function-names/files/quoin.in":       "a syntax error to dash, not to FreeBSD's sh",
	"misc/broken-unclosed-quote/files/ragged.in":   "a syntax error to the simulation as well",
	"sysutils/bash-only/files/weathercock.in":      "a syntax error to both",
	"sysutils/mksh-only/files/anvild.in":           "a syntax error to both",
	"mail/waits-for-a-socket/files/kelmail.in":     "it waits for a socket, which no stub makes",
	"sysutils/keyword-firstboot/files/seedling.in": "it starts /bin/sh with a file, which is no stub in the root",
}

// The same model under the shell, or the sh that -shell names, gives the same Records for the made tree.
func TestDash(t *testing.T) {
	slowtest.Only(t)
	for _, svcj := range []bool{false, true} {
		differ := compareTree(t, madeTree, svcj)
		for _, d := range differ {
			path, _, _ := strings.Cut(d, ": ")
			require.Contains(t, unlike, path, d)
		}
	}
}

// Scripts of the tests' own, which take the model's every path.
func TestDashOne(t *testing.T) {
	plainUmask(t)
	d := newDashRoot(t)
	for _, middle := range []string{
		"command_args=-x",
		`foo_flags="-a b" command_args="-d" foo_user=www foo_chdir=/var/db/foo foo_nice=5 foo_fib=1 foo_env="A=1 B=2" foo_umask=077 foo_limits="-m 100M" foo_login_class=web foo_cpuset=0-1`,
		"foo_chroot=/jail foo_user=www foo_group=web foo_groups=a,b",
		"foo_prepend='/usr/bin/ktrace -i' foo_program=/opt/foo",
		"start_precmd=pre\npre() { rc_flags=-x command_args=-y; export A=1; umask 077; cd /tmp; }",
		"foo_listen='[::]:80 *:8080' ; command_args=\"-l $foo_listen\"",
		"f() { exit 0; }\nstart_precmd=pre\npre() { if ! f; then /opt/a1; fi; }",
		"[ ! -n \"\" -a x = y ] && command_args=-no || command_args=-yes",
		"echo 'a b' | read x y; command_args=\"-r $x\"",
		"start_cmd=s\ns() { local x=1 y; y=2; t; /opt/a1 $x $y; }\nt() { local x; x=3; y=4; }",
		"unset foo_flags= ; command_args=$(echo a | sed s/a/b/)$(expr 3 + 4)$(basename /x/y.sh .sh)$(echo a:b | cut -d: -f2)$(echo abc | tr a-c A-C)",
		"export A=1; start_cmd='su www -c /opt/a1; su -l www -c /opt/a2; su -m www -c /opt/a3'",
	} {
		for _, svcj := range []bool{false, true} {
			require.Empty(t, compareWithDash(t, d, template{"x", "foo", []byte(serviceText(middle)), nil}, svcj),
				middle)
		}
	}
}

func TestDashRealTree(t *testing.T) {
	root := os.Getenv("SVCJIFY_PORTSDIR")
	if root == "" {
		t.Skip("SVCJIFY_PORTSDIR is not set")
	}
	for _, svcj := range []bool{false, true} {
		differ := compareTree(t, root, svcj)
		t.Log(strings.Join(differ, "\n"))
	}
}
