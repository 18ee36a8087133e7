package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzCommandLine runs any line as a method of a script: it never panics and always ends.
func FuzzCommandLine(f *testing.F) {
	for i, c := range append(emulated, builtins...) {
		f.Add(c + " " + odd[i%len(odd)])
	}
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > 4000 {
			return
		}
		s := FromText(". /etc/rc.subr\nname=foo start_cmd=foo_start\nfoo_start()\n{\n" + line +
			"\n}\nrun_rc_command \"$1\"\n")
		rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", Svcj: true})
		require.NotContains(t, rec.Failed, "panicked")
		require.LessOrEqual(t, s.sessionSpent.spent, maxSession+2*maxSteps)
	})
}

// FuzzLife takes a script of the made tree through a life, from boot to stop, under any rc.conf.
func FuzzLife(f *testing.F) {
	all := templatesOf(f, madeTree)
	require.NotEmpty(f, all)
	f.Add(uint(0), "_flags=-d\n_user=nobody", "start", true)
	f.Add(uint(7), "_svcj_options=net_basic sysvipc\n_chroot=/x", "restart", false)
	f.Add(uint(20), "_env=A=1 B=2\n_nice=-5\n_fib=x\n_limits='-n 5", "reload", true)
	f.Add(uint(33), "_cpuset=0\n_umask=999\n_login_class=\n_prepend=nice -n", "describe", false)
	f.Fuzz(func(t *testing.T, which uint, conf, verb string, svcj bool) {
		tp := all[which%uint(len(all))]
		s := New(tp.src, tp.subst)
		var settings []Setting
		for line := range strings.Lines(conf) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			if strings.HasPrefix(name, "_") {
				name = strings.ReplaceAll(tp.name, "-", "_") + name
			}
			if len(settings) < 20 {
				settings = append(settings, Setting{name, value})
			}
		}
		for _, sc := range []Scenario{
			{Verb: "start", Boot: true}, {Verb: "status", Running: true}, {Verb: verb, Running: true}, {Verb: "stop", Running: true}, {Verb: "start"},
		} {
			sc.Svcj, sc.RCConf, sc.InstalledAs = svcj, settings, tp.name
			rec := s.Run(t.Context(), sc)
			require.NotContains(t, rec.Failed, "panicked", tp.path)
		}
		require.LessOrEqual(t, s.sessionSpent.spent, maxSession+2*maxSteps)
	})
}
