package rcrun

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines tells the commands of a Record, one a line: where, phase, the command
// and what is unusual about it.
func linesOf(list []Command) string {
	var b strings.Builder
	for _, c := range list {
		where := "host"
		if c.Inside {
			where = "jail"
		}
		fmt.Fprintf(&b, "%s %s: %s", where, c.Phase, strings.Join(c.Argv, " "))
		for _, x := range []struct{ label, value, usual string }{
			{"user", c.User, ""}, {"group", c.Group, ""}, {"groups", c.Groups, ""}, {"chroot", c.Chroot, ""}, {"dir", c.Dir, "/"},
			{"umask", c.Umask, "0022"}, {"limits", c.Limits, ""}, {"nice", c.Nice, ""}, {"fib", c.FIB, ""}, {"cpuset", c.CPUSet, ""},
			{"prepend", c.Prepend, ""}, {"env", strings.Join(c.Env, ","), ""},
		} {
			if x.value != x.usual {
				fmt.Fprintf(&b, " [%s %s]", x.label, x.value)
			}
		}
		if c.LoginClass != "" && c.LoginClass != "daemon" {
			fmt.Fprintf(&b, " [class %s]", c.LoginClass)
		}
		if c.Background {
			b.WriteString(" &")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// service makes a script named foo of its middle part.
func serviceText(middle string) string {
	return ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\ncommand=/usr/local/sbin/foo\npidfile=/var/run/foo.pid\n" +
		"load_rc_config $name\n: ${foo_enable:=NO}\n" + middle + "\nrun_rc_command \"$@\"\n"
}

func TestRun(t *testing.T) {
	for _, tc := range []struct {
		name   string
		middle string
		sc     Scenario
		want   string // Reached
		exit   int
		skip   []string
	}{
		{name: "default start", sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "every variable", middle: `foo_flags="-a b"
command_args="-d >/dev/null 2>&1"
foo_user=www foo_chdir=/var/db/foo foo_nice=5 foo_fib=1 foo_env="A=1 B=2" foo_umask=077 foo_limits="-m 100M" foo_login_class=web foo_cpuset=0-1`,
			sc:   Scenario{Verb: "start"},
			want: "host method: /usr/local/sbin/foo -a b -d [user www] [dir /var/db/foo] [umask 0077] [limits -m 100M] [nice 5] [fib 1] [cpuset 0-1] [env A=1,B=2] [class web]\n"},
		{name: "quotes do not survive su, as with rc.subr", middle: `foo_flags="-a 'b c'" foo_user=www`, sc: Scenario{Verb: "start"}, exit: 1},
		{name: "quotes survive without su", middle: `foo_flags="-a 'b c'"`, sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo -a b c\n"},
		{name: "nohup has no options", middle: "command_args=\">/dev/null $command\"\ncommand=/usr/bin/nohup\nfoo_flags=-q", sc: Scenario{Verb: "start"}, exit: 1},
		{name: "nohup", middle: "command_args=\"-- $command\"\ncommand=/usr/bin/nohup", sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "flags in two lines", middle: "foo_flags='-a\n-b'", sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo -a\n", exit: 1},
		{name: "chroot", middle: "foo_chroot=/jail foo_user=www foo_group=web foo_groups=a,b foo_chdir=/x", sc: Scenario{Verb: "start"},
			want: "host method: /usr/local/sbin/foo [user www] [group web] [groups a,b] [chroot /jail]\n"},
		{name: "prepend and program", middle: "foo_prepend='/usr/bin/ktrace -i' foo_program=/opt/foo", sc: Scenario{Verb: "start"},
			want: "host method: /opt/foo [prepend /usr/bin/ktrace -i]\n"},
		{name: "user is root", middle: "foo_user=root", sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "env_file", middle: "foo_env_file=/usr/local/etc/foo.env", sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "phases", middle: `foo_setup=/opt/a1 start_precmd=/opt/a2 start_postcmd=/opt/a3 required_modules="cuse if_x:x"
required_dirs=/var/run/foo required_files=/nowhere required_vars=foo_enable foo_oomprotect=YES`,
			sc: Scenario{Verb: "start"},
			want: "host setup: /opt/a1\nhost precmd: /opt/a2\nhost required: kldstat -q -m cuse\nhost required: kldload cuse\nhost required: kldstat -q -m x\nhost required: kldload if_x\n" +
				"host method: /usr/local/sbin/foo\nhost postcmd: /opt/a3\nhost top: /usr/bin/protect -p\n"},
		{name: "phases in the jail", middle: "foo_setup=/opt/a1 start_precmd=/opt/a2 start_postcmd=/opt/a3 required_modules=cuse", sc: Scenario{Verb: "start", Svcj: true},
			want: "host setup: /opt/a1\nhost precmd: /opt/a2\nhost required: kldstat -q -m cuse\nhost required: kldload cuse\n" + jailOf("", "start") +
				"jail method: /usr/local/sbin/foo\nhost postcmd: /opt/a3\n"},
		{name: "own start in the jail", middle: "start_cmd=foo_start\nfoo_start() { echo x; /opt/a1 $rc_arg $1; }\nstart_precmd=/opt/a2 start_postcmd=/opt/a3",
			sc: Scenario{Verb: "onestart", Args: []string{"p"}, Svcj: true},
			want: "host precmd: /opt/a2 p\n" + jailOf("", "onestart p") +
				"jail method: /opt/a1 start p\nhost postcmd: /opt/a3 p\n"},
		{name: "precmd state is lost", middle: "start_precmd=pre\npre() { rc_flags=-x command_args=-y; export A=1; umask 077; cd /tmp; }",
			sc: Scenario{Verb: "start", Svcj: true}, want: strings.TrimSuffix(jailOf("", "start"), "\n") +
				" [dir /tmp] [umask 0077] [env A=1]\njail method: /usr/local/sbin/foo [umask 0077]\n"},
		{name: "precmd state on the host", middle: "start_precmd=pre\npre() { rc_flags=-x command_args=-y; export A=1; umask 077; cd /tmp; }",
			sc: Scenario{Verb: "start"}, want: "host method: /usr/local/sbin/foo -x -y [dir /tmp] [umask 0077] [env A=1]\n"},
		{name: "already running", sc: Scenario{Verb: "start", Running: true}, exit: 1},
		{name: "faststart asks too, but does not care", sc: Scenario{Verb: "faststart", Running: true}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "fast is forgotten in the jail", sc: Scenario{Verb: "faststart", Svcj: true}, want: jailOf("", "start") + "jail method: /usr/local/sbin/foo\n"},
		{name: "not enabled", middle: "foo_enable=NO", sc: Scenario{Verb: "start"}},
		{name: "one", middle: "foo_enable=NO", sc: Scenario{Verb: "onestart"}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "offcmd", middle: "foo_enable=NO foo_offcmd=/opt/a1", sc: Scenario{Verb: "start"}, want: "host method: /opt/a1\n"},
		{name: "stop", middle: "stop_precmd=/opt/a1 stop_postcmd=/opt/a2 sig_stop=INT", sc: Scenario{Verb: "stop", Running: true},
			want: "host precmd: /opt/a1\nhost method: kill -INT 1234\nhost postcmd: /opt/a2\n"},
		{name: "stop as a user", middle: "foo_user=www", sc: Scenario{Verb: "stop", Running: true}, want: "host method: kill -TERM 1234 [user www]\n"},
		{name: "stop, not running", sc: Scenario{Verb: "stop"}, exit: 1},
		{name: "stop in the jail", sc: Scenario{Verb: "stop", Running: true, Svcj: true}, want: "host method: kill -TERM 1234\nhost method: /usr/sbin/jail -r svcj-foo\n"},
		{name: "own stop in the jail", middle: "stop_cmd=/opt/a1 stop_postcmd=/opt/a2", sc: Scenario{Verb: "stop", Running: true, Svcj: true},
			want: "host method: /usr/sbin/service -E _rc_svcj=jailing -j svcj-foo foo stop\njail method: /opt/a1\nhost method: /usr/sbin/jail -r svcj-foo\nhost postcmd: /opt/a2\n"},
		{name: "restart", middle: "foo_setup=/opt/a1 restart_precmd=/opt/a2 restart_postcmd=/opt/a3", sc: Scenario{Verb: "restart", Running: true},
			want: "host setup: /opt/a1\nhost precmd: /opt/a2\nhost method: kill -TERM 1234\nhost method: /usr/local/sbin/foo\nhost postcmd: /opt/a3\n"},
		{name: "own restart in the jail", middle: "restart_cmd=/opt/a1 restart_precmd=/opt/a2", sc: Scenario{Verb: "restart", Running: true, Svcj: true},
			want: "host precmd: /opt/a2\n", skip: []string{"restart_cmd"}},
		{name: "own status in the jail", middle: "status_cmd=/opt/a1", sc: Scenario{Verb: "status", Running: true, Svcj: true}, skip: []string{"status_cmd"}},
		{name: "own status", middle: "status_cmd=/opt/a1", sc: Scenario{Verb: "status"}, want: "host method: /opt/a1\n"},
		{name: "status", sc: Scenario{Verb: "status"}, exit: 1},
		{name: "status of what runs", sc: Scenario{Verb: "status", Running: true}},
		{name: "reload", middle: "extra_commands=reload reload_precmd=/opt/a1 foo_setup=/opt/a2", sc: Scenario{Verb: "reload", Running: true},
			want: "host setup: /opt/a2\nhost precmd: /opt/a1\nhost method: kill -HUP 1234\n"},
		{name: "extra command in a jail is outside", middle: "extra_commands=dump dump_cmd=/opt/a1", sc: Scenario{Verb: "dump", Running: true, Svcj: true}, want: "host method: /opt/a1\n"},
		{name: "extra command inside", middle: "extra_commands=dump dump_cmd=/opt/a1 foo_dump_svcj_enable=YES", sc: Scenario{Verb: "dump", Running: true, Svcj: true},
			want: "host method: /usr/sbin/service -E _rc_svcj=jailing -j svcj-foo foo dump\njail method: /opt/a1\n"},
		{name: "unknown command", sc: Scenario{Verb: "dance"}, exit: 1},
		{name: "poll and rcvar", sc: Scenario{Verb: "rcvar"}},
		{name: "options", middle: `foo_svcj_options="net_basic mlock"`, sc: Scenario{Verb: "start", Svcj: true},
			want: jailOf("allow.mlock ip4=inherit ip6=inherit allow.reserved_ports ", "start") +
				"jail method: /usr/local/sbin/foo\n"},
		{name: "addresses", middle: `foo_svcj_options=netv4 foo_svcj_ipaddrs="192.0.2.1 192.0.2.2 2001:db8::1"`, sc: Scenario{Verb: "start", Svcj: true},
			want: jailOf("ip4=new allow.reserved_ports ip6.addr=2001:db8::1 ip4.addr=192.0.2.2,192.0.2.1 ", "start") +
				"jail method: /usr/local/sbin/foo\n"},
		{name: "both kinds of System V IPC", middle: `foo_svcj_options="sysvipc sysvipcnew"`, sc: Scenario{Verb: "start", Svcj: true}, exit: 1},
		{name: "an option the release lacks", middle: `foo_svcj_options="settime routing"`, sc: Scenario{Verb: "start", Svcj: true, Release: "15.0"},
			want: jailOf("", "start") + "jail method: /usr/local/sbin/foo\n"},
		{name: "opted out", middle: "foo_svcj=NO", sc: Scenario{Verb: "start", Svcj: true}, want: "host method: /usr/local/sbin/foo\n"},
		{name: "flags of the environment", sc: Scenario{Verb: "start", RCConf: []Setting{{"flags", "-e"}, {"foo_flags", "-f"}}}, want: "host method: /usr/local/sbin/foo -e\n"},
		{name: "background", middle: "start_cmd='/opt/a1 & while :; do /opt/a2; sleep 1; done & /opt/a3 $!'", sc: Scenario{Verb: "start"},
			want: "host method: /opt/a1 &\nhost method: /opt/a2 &\nhost method: sleep 1 &\nhost method: /opt/a3 4243\n"},
		{name: "itself for a profile", middle: "if [ -z \"$2\" ]; then for p in a b; do /usr/local/etc/rc.d/foo $1 $p; done; exit; fi\ncommand_args=$2",
			sc:   Scenario{Verb: "start"},
			want: "host top: /usr/local/etc/rc.d/foo start a\nhost method: /usr/local/sbin/foo a\nhost top: /usr/local/etc/rc.d/foo start b\nhost method: /usr/local/sbin/foo b\n"},
		{name: "itself as a user", middle: "start_precmd=pre\npre() { [ $(id -un) = www ] || { su -m www -c '/usr/local/etc/rc.d/foo onestart'; exit; }; }", sc: Scenario{Verb: "start"},
			want: "host precmd: id -un\nhost precmd: /usr/local/etc/rc.d/foo onestart [user www]\nhost precmd: id -un [user www]\nhost method: /usr/local/sbin/foo [user www]\n"},
		{name: "su with a new environment", middle: "export A=1; start_cmd='su www -c /opt/a1; su -l www -c /opt/a2; su -m www -c /opt/a3'", sc: Scenario{Verb: "start"},
			want: "host method: /opt/a1 [user www] [env A=1,HOME=/home/www,SHELL=/bin/sh,USER=www]\n" +
				"host method: /opt/a2 [user www] [env HOME=/home/www,PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/home/www/bin,SHELL=/bin/sh,USER=www]\nhost method: /opt/a3 [user www] [env A=1]\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.sc.InstalledAs = "foo"
			rec := FromText(serviceText(tc.middle)).Run(t.Context(), tc.sc)
			require.Empty(t, rec.Failed)
			require.Equal(t, tc.want, linesOf(rec.Reached))
			require.Equal(t, tc.exit, rec.Exit)
			require.Equal(t, tc.skip, rec.Skipped)
			require.Equal(t, "foo", rec.Name)
			require.Equal(t, "foo_enable", rec.RCVar)
		})
	}
}

// jailOf is the line for the creation of foo's jail.
func jailOf(options, line string) string {
	verb, args, _ := strings.Cut(line, " ")
	prefix := strings.TrimSuffix(verb, "start")
	return "host method: /usr/sbin/jail -c path=/ mount.nodevfs host=inherit " + options +
		"exec.start=/usr/sbin/service -E _rc_svcj=jailing foo " + prefix + "start " + args +
		" exec.stop=/usr/sbin/service -E _rc_svcj=jailing foo " + prefix + "stop " + args +
		" exec.consolelog=/var/log/svcj_foo_console.log name=svcj-foo\n"
}

// rc.conf wins or not by the form of the default, at boot and by service(8);
// the table is that of facts/unsuitable-services.md, section C.
func TestDefaults(t *testing.T) {
	script := func(before, after string) string {
		return ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\ncommand=/usr/local/sbin/foo\n" + before +
			"\nload_rc_config $name\n" + after + "\nrun_rc_command \"$1\"\n"
	}
	colon, equals, plain := `: ${foo_svcj_options:="net_basic"}`, `: ${foo_svcj_options="net_basic"}`,
		`foo_svcj_options="net_basic"`
	dash := `foo_svcj_options=${foo_svcj_options:-"net_basic"}`
	for _, tc := range []struct {
		name, text         string
		set, empty         string // with service(8)
		bootSet, bootEmpty string
	}{
		{"colon before", script(colon, ""), "mlock", "", "mlock", "net_basic"},
		{"colon after", script("", colon), "mlock", "net_basic", "mlock", "net_basic"},
		{"dash after", script("", dash), "mlock", "net_basic", "mlock", "net_basic"},
		{"equals before", script(equals, ""), "mlock", "", "mlock", ""},
		{"equals after", script("", equals), "mlock", "", "mlock", ""},
		{"plain before", script(plain, ""), "mlock", "", "net_basic", "net_basic"},
		{"plain after", script("", plain), "net_basic", "net_basic", "net_basic", "net_basic"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := FromText(tc.text)
			get := func(boot bool, conf ...Setting) string {
				rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", Boot: boot, RCConf: conf,
					Svcj: true})
				require.Empty(t, rec.Failed)
				require.True(t, rec.SvcjOptionsSet)
				require.True(t, rec.Svcj)
				require.Len(t, rec.Jails, 1)
				require.Zero(t, rec.Inner)
				return rec.SvcjOptions
			}
			for _, boot := range []bool{false, true} {
				require.Equal(t, "net_basic", get(boot))
			}
			set, empty := Setting{"foo_svcj_options", "mlock"}, Setting{"foo_svcj_options", ""}
			require.Equal(t, []string{tc.set, tc.empty, tc.bootSet, tc.bootEmpty},
				[]string{get(false, set), get(false, empty), get(true, set), get(true, empty)})
		})
	}
}

func TestJailFindsTheScript(t *testing.T) {
	s := FromText(serviceText(""))
	rec := s.Run(t.Context(), Scenario{Verb: "start", Svcj: true, InstalledAs: "foo-bar"})
	require.Equal(t, 1, rec.Exit)
	require.Equal(t, 1, rec.Inner)
	require.False(t, rec.Jails[0].Found)
	require.Empty(t, rec.Starts)
	require.False(t, rec.Remains)
	rec = s.Run(t.Context(), Scenario{Verb: "start", Svcj: true, InstalledAs: "foo"})
	require.Zero(t, rec.Inner)
	require.True(t, rec.Jails[0].Found)
	require.True(t, rec.Remains)
	require.Len(t, rec.Starts, 1)
}

// Two instances under one name: the second jail is refused, and each start in
// the jail that gets no argument starts all of them.
func TestInstancesCollide(t *testing.T) {
	s := FromText(serviceText("for i in a b; do command_args=$i; run_rc_command start; done; exit"))
	rec := s.Run(t.Context(), Scenario{Verb: "start", Svcj: true, InstalledAs: "foo"})
	require.Len(t, rec.Jails, 1)
	require.Len(t, rec.Starts, 2)
	require.Equal(t, []string{"svcj-foo"}, rec.Refused)
	require.Len(t, s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"}).Starts, 2)
}

// A script whose rcvar and name differ from the usual, and several of them.
func TestDiscovery(t *testing.T) {
	s := FromText(". /etc/rc.subr\nfor name in a b; do rcvar=${name}_on; load_rc_config $name; command=/usr/local/bin/$name; run_rc_command \"$1\"; done\n")
	rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "ab"})
	require.Equal(t, "host method: /usr/local/bin/a\nhost method: /usr/local/bin/b\n", linesOf(rec.Starts))
	require.Equal(t, "a", rec.Name)
	require.Equal(t, "a_on", rec.RCVar)
}

// rc.subr looks for a process in the jail only where ${name}_svcj is YES: a script
// that looks under another name than the one that is jailed does not find it.
func TestJailedProcess(t *testing.T) {
	text := ". /etc/rc.subr\nname=all\nrcvar=all_enable\nload_rc_config $name\ncommand=/usr/local/sbin/one\n" +
		"[ $1 != stop ] || [ -n \"$(check_process $command)\" ] || exit 7\nname=one\nrun_rc_command \"$1\"\n"
	stop := Scenario{Verb: "stop", Running: true, InstalledAs: "all"}
	require.Zero(t, FromText(text).Run(t.Context(), stop).Exit)
	stop.Svcj = true
	require.Equal(t, 7, FromText(text).Run(t.Context(), stop).Exit)
	same := strings.Replace(text, "name=all\n", "name=one\n", 1)
	require.Zero(t, FromText(same).Run(t.Context(), stop).Exit)
	out := strings.Replace(same, "command=", "one_svcj=NO\ncommand=", 1) // it was not jailed, whatever rc.conf says
	require.Len(t, FromText(out).Run(t.Context(),
		Scenario{Verb: "stop", Running: true, Svcj: true, InstalledAs: "one"}).Stops, 1)
}

// What $pidfile names is a pid file, whatever it is called.
func TestNamedPidFile(t *testing.T) {
	text := serviceText("pidfile=/var/run/foo.pid-1080\nstop_cmd=foo_stop\nfoo_stop() { kill -9 `cat $pidfile`; }")
	rec := FromText(text).Run(t.Context(), Scenario{Verb: "stop", Running: true, InstalledAs: "foo"})
	require.Equal(t, "host method: kill -9 1234\n", linesOf(rec.Stops))
}

// What a start needs from rc.conf is assumed, and told.
func TestAssumed(t *testing.T) {
	s := FromText(serviceText(": ${foo_interfaces:=\"\"}\n[ -n \"$foo_interfaces\" ] || err 1 no interfaces\ncommand_args=\"-i $foo_interfaces\""))
	for _, svcj := range []bool{false, true} {
		rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", Svcj: svcj})
		require.Equal(t, []Setting{{"foo_interfaces", "em0"}}, rec.Assumed)
		require.Equal(t, []string{"/usr/local/sbin/foo", "-i", "em0"}, rec.Starts[0].Argv)
	}
}

// A start that comes to nothing says whether it means to.
func TestUntold(t *testing.T) {
	for name, c := range map[string]struct{ body, undecided string }{
		"a daemon":            {"command=/usr/local/sbin/foo", ""},
		"sets something up":   {"start_cmd=foo_start\nfoo_start() { install -d /var/db/foo; }", ""},
		"only writes a file":  {"start_cmd=foo_start\nfoo_start() { echo x >/var/run/foo; }", ""},
		"a precmd that fails": {"start_precmd=foo_pre\nfoo_pre() { touch /var/x; return 3; }", "it ends with exit status 1 before anything is started, after touch /var/x"},
		"a precmd that is not there": {"start_precmd=foo_pre",
			`"foo_pre" is run as a command, and there is no such command (directory /, PATH /sbin:/bin:/usr/sbin:/usr/bin)`},
		"a program that is not in PATH": {"start_cmd=foo_start\nfoo_start() { install -d /var/db/foo; food; }",
			`"food" is run as a command, and there is no such command (directory /, PATH /sbin:/bin:/usr/sbin:/usr/bin)`},
		"a program that is in PATH after a login": {"start_cmd=foo_start\nfoo_start() { su -l www -c food; }", ""},
		"a placeholder": {"command=%%FOO_CMD%%\ncommand_args=%%FOO_CMD%%", "the value of %%FOO_CMD%% is not known, and it is run as a command"},
		"a list that is empty": {"start_cmd=foo_start\nfoo_start() { for i in $foo_list; do eval \"\\$foo_${i}_command\"; done; }",
			"it starts nothing while rc.conf says nothing of foo_list"},
		"a text that is not shell": {"start_cmd=foo_start\nfoo_start() { sh -c '/opt/x &;'; }", "sh -c gets a text that is not shell: 1:9: unexpected \";\": expected a command"},
	} {
		t.Run(name, func(t *testing.T) {
			body := c.body
			if strings.Contains(body, "start_cmd") {
				body = "command=\n" + body
			}
			for _, svcj := range []bool{false, true} {
				rec := New([]byte(serviceText(body)), nil).Run(t.Context(),
					Scenario{Verb: "start", InstalledAs: "foo", Svcj: svcj})
				require.Empty(t, rec.Failed)
				if !svcj {
					require.Equal(t, c.undecided, rec.Undecided)
				}
				require.False(t, rec.Remains && rec.Undecided != "")
			}
			rec := New([]byte(serviceText(body)), nil).Run(t.Context(), Scenario{Verb: "stop", InstalledAs: "foo"})
			require.Empty(t, rec.Undecided, "it is about starts")
		})
	}
}

// TestWorlds: what a start may want of the host before it starts anything.
func TestWorlds(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []Setting
	}{
		"a user":               {"[ \"$(whoami)\" != \"${foo_user:=$(whoami)}\" ] || err 1 root", []Setting{{"foo_user", "nobody"}}},
		"a user named in jest": {": ${foo_user:=changeme}\n[ $foo_user != changeme ] || err 1 user", []Setting{{"foo_user", "nobody"}}},
		"one of its daemons": {": ${food_enable:=NO}\nstart_cmd=foo_start\nfoo_start() { checkyesno food_enable && /opt/food; }",
			[]Setting{{"food_enable", "YES"}}},
		"no line in inetd.conf": {"! grep -q ^foo /etc/inetd.conf || err 1 inetd", nil},
	} {
		t.Run(name, func(t *testing.T) {
			rec := FromText(serviceText(c.body)).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
			require.NotEmpty(t, rec.Starts, "%+v", rec)
			require.Equal(t, c.want, rec.Assumed)
		})
	}
}

// A script may ask itself whether it is switched on, and may never come to run_rc_command.
func TestDiscover(t *testing.T) {
	text := ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\nload_rc_config $name\ncommand=/usr/local/sbin/foo\nif checkyesno foo_enable; then\n\trun_rc_command \"$1\"\nfi\n"
	for _, svcj := range []bool{false, true} {
		rec := FromText(text).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", Svcj: svcj})
		require.Equal(t, "foo", rec.Name)
		require.True(t, rec.Remains)
		require.Empty(t, rec.Assumed)
	}
	rec := FromText(strings.Replace(text, "checkyesno foo_enable", "false", 1)).Run(t.Context(),
		Scenario{Verb: "start", InstalledAs: "foo"})
	require.Empty(t, rec.Name)
	require.Equal(t, "it does not come to run_rc_command", rec.Undecided)
}

func TestLine(t *testing.T) {
	rec := FromText(serviceText("start_cmd=foo_start\nfoo_start()\n{\n\t/opt/a1\n\teval /opt/a2\n\t/opt/x | /opt/a3\n}")).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
	var got []int
	for _, c := range rec.Starts {
		got = append(got, c.Line)
	}
	require.Equal(t, []int{11, 0, 13, 13}, got)
}

// rc.subr runs "setaudit -U -a USER COMMAND": -U takes no value.
func TestAuditUser(t *testing.T) {
	rec := New([]byte(serviceText("")), nil).Run(context.Background(),
		Scenario{Verb: "start", InstalledAs: "foo", RCConf: []Setting{{"foo_audit_user", "nobody"}}})
	require.Empty(t, rec.Failed)
	require.Len(t, rec.Starts, 1)
	require.Equal(t, []string{"/usr/local/sbin/foo"}, rec.Starts[0].Argv[:1])
}
