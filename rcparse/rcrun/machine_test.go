package rcrun

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// defaultsText is what a machine's /etc/defaults/rc.conf does, in our own words.
const defaultsText = `rc_conf_files="/etc/rc.conf /etc/rc.conf.local"
local_startup="/usr/local/etc/rc.d"
rc_startmsgs="YES"
source_rc_confs() {
	local i
	for i in ${rc_conf_files}; do
		[ -r $i ] && . $i
	done
}
`

func onMachine(text string, files map[string]string) *Script {
	s := FromText(text)
	s.machine = newMachine(&Machine{Files: files})
	return s
}

// The order in which rc.subr's load_rc_config reads, and what wins.
func TestMachineOrder(t *testing.T) {
	text := serviceText(`: ${foo_a=script} ${foo_b=script} ${foo_c=script} ${foo_d=script} ${foo_e=script}
command_args="$foo_a $foo_b $foo_c $foo_d $foo_e"`)
	files := map[string]string{
		"/etc/defaults/rc.conf":         defaultsText + "foo_a=defaults foo_b=defaults\n",
		"/etc/rc.conf":                  "foo_b=conf foo_c=conf foo_d=conf foo_e=conf\nfoo_enable=YES\n",
		"/etc/rc.conf.local":            "foo_c=local foo_d=local\n",
		"/etc/rc.conf.d/foo":            "foo_d=etc\n",
		"/usr/local/etc/rc.conf.d/foo":  "foo_e=$foo_d-local\n",
		"/usr/local/etc/rc.conf.d/food": "foo_e=other\n",
	}
	rec := onMachine(text, files).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Empty(t, rec.Failed)
	require.Equal(t, "host method: /usr/local/sbin/foo defaults conf local etc etc-local\n", linesOf(rec.Reached))

	// Of several directories each is looked beside.
	two := map[string]string{"/etc/rc.conf": "local_startup='/usr/local/etc/rc.d /opt/etc/rc.d'\n",
		"/usr/local/etc/rc.conf.d/foo": "foo_a=local\n", "/opt/etc/rc.conf.d/foo": "foo_b=opt\n"}
	rec = onMachine(text, two).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Equal(t, "host method: /usr/local/sbin/foo local opt script script script\n", linesOf(rec.Reached))

	delete(files, "/etc/defaults/rc.conf") // then rc.conf and rc.conf.local, behind the pretended defaults
	rec = onMachine(text, files).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Equal(t, "host method: /usr/local/sbin/foo script conf local etc etc-local\n", linesOf(rec.Reached))
}

// A directory rc.conf.d/NAME is read file by file, sorted. The scenario's own
// lines count last, but not once more where nothing of that name is read.
func TestMachineDirectory(t *testing.T) {
	files := map[string]string{
		"/etc/rc.conf":           "foo_flags=-conf\n",
		"/etc/rc.conf.d/foo/10-": "foo_flags=\"$foo_flags -ten\"\n",
		"/etc/rc.conf.d/foo/20":  "foo_flags=\"$foo_flags -twenty\"\n",
	}
	sc := Scenario{Verb: "start", InstalledAs: "foo"}
	rec := onMachine(serviceText(""), files).Run(context.Background(), sc)
	require.Equal(t, "host method: /usr/local/sbin/foo -conf -ten -twenty\n", linesOf(rec.Reached))
	sc.RCConf = []Setting{{"foo_flags", "-own"}}
	rec = onMachine(serviceText(""), files).Run(context.Background(), sc)
	require.Equal(t, "host method: /usr/local/sbin/foo -own\n", linesOf(rec.Reached))

	delete(files, "/etc/rc.conf.d/foo/10-")
	delete(files, "/etc/rc.conf.d/foo/20")
	early := ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\ncommand=/usr/local/sbin/foo\nfoo_flags=-script\nload_rc_config $name\nrun_rc_command \"$1\"\n"
	sc.Boot = true // rc.conf has been read before the script sets its own
	rec = onMachine(early, files).Run(context.Background(), sc)
	require.Equal(t, "host method: /usr/local/sbin/foo -script\n", linesOf(rec.Reached))
}

// The same files are read in the jail, where the shell is a fresh one, and a
// machine that jails the service already does not do so for the run on the host.
func TestMachineJail(t *testing.T) {
	files := map[string]string{"/etc/rc.conf": "foo_enable=YES foo_flags=-x foo_svcj=YES foo_svcj_options=netv4\n"}
	s := onMachine(serviceText(""), files)
	host := s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Empty(t, host.Jails)
	require.Equal(t, "host method: /usr/local/sbin/foo -x\n", linesOf(host.Starts))
	jail := s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo", Svcj: true, Boot: true})
	require.Len(t, jail.Jails, 1)
	require.Contains(t, jail.Jails[0].Params, "ip4=inherit")
	require.Equal(t, "jail method: /usr/local/sbin/foo -x\n", linesOf(jail.Starts))
}

func TestSettingsOnly(t *testing.T) {
	for _, tc := range []struct {
		conf, script string
		enabled      bool
		svcj         bool
		options      string
	}{
		{conf: "foo_enable=YES foo_svcj=YES foo_svcj_options='net_basic mlock'", enabled: true, svcj: true, options: "net_basic mlock"},
		{conf: "foo_enable=on", enabled: true},
		{conf: "foo_enable=NO"},
		{conf: ""},
		{conf: "", script: ": ${foo_svcj_options=netv6}", options: "netv6"},
	} {
		s := onMachine(serviceText(tc.script), map[string]string{"/etc/rc.conf": tc.conf})
		rec := s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo", SettingsOnly: true})
		require.Equal(t, "foo", rec.Name, tc.conf)
		require.Equal(t, "foo_enable", rec.RCVar)
		require.Equal(t, tc.enabled, rec.Enabled, tc.conf)
		require.Equal(t, tc.svcj, rec.Svcj, tc.conf)
		require.Equal(t, tc.options, rec.SvcjOptions, tc.conf)
		require.Empty(t, rec.Reached)
	}
}

// What rc.conf sources is read if its text is there; a return ends only the
// file; a file that is not shell ends the shell, as sh(1) does.
func TestMachineSources(t *testing.T) {
	files := map[string]string{
		"/etc/rc.conf":     ". /etc/more.conf\nfoo_enable=YES\n",
		"/etc/more.conf":   "foo_flags=-more\nreturn 0\nfoo_flags=-never\n",
		"/etc/broken.conf": "foo_flags='\n",
	}
	rec := onMachine(serviceText(""), files).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Equal(t, "host method: /usr/local/sbin/foo -more\n", linesOf(rec.Reached))
	files["/etc/rc.conf"] = ". /etc/broken.conf\n"
	rec = onMachine(serviceText(""), files).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Equal(t, 2, rec.Exit)
	require.Empty(t, rec.Starts)
}

// rc.conf is held by the limits that hold scripts, and touches nothing.
func TestMachineHostile(t *testing.T) {
	for name, conf := range map[string]string{
		"loop":      "while :; do :; done",
		"recursion": "f() { f; }; f",
		"fork":      "f() { f | f & }; f", // not :, since a special builtin comes before a function
		"memory":    "x=xxxxxxxx\n" + strings.Repeat("x=$x$x\n", 40),
	} {
		s := onMachine(serviceText(""), map[string]string{"/etc/rc.conf": conf})
		rec := s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo", SettingsOnly: true})
		require.NotEmpty(t, rec.Failed, name)
	}
}

// The child gets the machine once, with its first job, and a new child gets it again.
func TestPoolMachine(t *testing.T) {
	p, err := NewPool(PoolOptions{Workers: 1,
		Machine: &Machine{Files: map[string]string{"/etc/rc.conf": "foo_flags=-m\n"}}})
	require.NoError(t, err)
	defer p.Close()
	job := Job{Src: []byte(serviceText("")), Scenarios: []Scenario{{Verb: "start", InstalledAs: "foo"}}}
	for range 2 {
		rec := p.Run(context.Background(), []Job{job})[0][0]
		require.Empty(t, rec.Failed)
		require.Equal(t, "host method: /usr/local/sbin/foo -m\n", linesOf(rec.Reached))
	}
	dies := job
	dies.Src = []byte(strings.Repeat("(", 1<<18))
	p.Run(context.Background(), []Job{dies})
	require.Equal(t, "host method: /usr/local/sbin/foo -m\n",
		linesOf(p.Run(context.Background(), []Job{job})[0][0].Reached))
}

// A file that is known to be missing is not there, and nothing of it is unknown.
func TestMachineMissing(t *testing.T) {
	m := &Machine{Files: map[string]string{"/etc/rc.conf": "[ -r /etc/site.conf ] && . /etc/site.conf && foo_flags=-site\n"}}
	for _, missing := range [][]string{nil, {"/etc/site.conf"}} {
		m.Missing = missing
		s := FromText(serviceText(""))
		s.machine = newMachine(m)
		rec := s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
		require.Empty(t, rec.Failed)
		require.Equal(t, missing == nil, len(rec.Unknown) > 0, rec.Unknown)
	}
	require.Equal(t, "host method: /usr/local/sbin/foo\n", linesOf(func() []Command {
		s := FromText(serviceText(""))
		s.machine = newMachine(m)
		return s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"}).Reached
	}()))
}

// A child that gives memory back between two jobs keeps the machine.
func TestPoolMachineAfterMuchMemory(t *testing.T) {
	p, err := NewPool(PoolOptions{Workers: 1,
		Machine: &Machine{Files: map[string]string{"/etc/rc.conf": "foo_flags=-m\n"}}})
	require.NoError(t, err)
	defer p.Close()
	job := Job{Src: []byte(serviceText("")), Scenarios: []Scenario{{Verb: "start", InstalledAs: "foo"}}}
	large := job
	large.Src = []byte(serviceText("x=0123456789abcdef\n" + strings.Repeat("x=$x$x\n", 19) +
		strings.Repeat("y=$x$x\n", 4)))
	for range 3 {
		require.Contains(t, p.Run(context.Background(), []Job{large})[0][0].Failed, "size of the texts")
		require.Equal(t, "host method: /usr/local/sbin/foo -m\n",
			linesOf(p.Run(context.Background(), []Job{job})[0][0].Reached))
	}
	var kept preparedJobs // of a child, which forgets its scripts where memory is short
	job.Machine = p.options.Machine
	for range 2 {
		require.Equal(t, "host method: /usr/local/sbin/foo -m\n",
			linesOf(kept.run(context.Background(), job).Records[0].Reached))
		kept.forget()
		job.Machine = nil
	}
}

// What is joined keeps the order of what it stands between.
func TestMachineJoined(t *testing.T) {
	files := map[string]string{"/etc/rc.conf": "foo_a=1\nfoo_b='2'\nfoo_a=\"3\"\nfoo_c=$foo_a\nfoo_a=4\n: ${foo_d=5}\nfoo_e=6\nfoo_flags=\"$foo_a $foo_b $foo_c $foo_d $foo_e\"\n"}
	rec := onMachine(serviceText(""), files).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Equal(t, "host method: /usr/local/sbin/foo 4 2 3 5 6\n", linesOf(rec.Reached))
	f, err := parseText(files["/etc/rc.conf"])
	require.NoError(t, err)
	require.Len(t, joined(f.Stmts), 6)
}
