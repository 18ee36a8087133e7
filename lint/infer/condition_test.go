package infer

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestFlagOfInterpreter has what an interpreter runs, which is a word of the command line too.
func TestFlagOfInterpreter(t *testing.T) {
	const said = "why: w\nsource: s\n\n"
	k, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte("service: mud\nflag: \\.exe$\nneeds: net_basic\n" +
		said + "service: mud\nnoflag: \\.exe$\nneeds: mlock net_basic\n" + said)}})
	require.NoError(t, err)
	for command, want := range map[string]string{"/usr/local/bin/mono /usr/local/lib/Mud.exe": "net_basic",
		"/usr/local/sbin/mudd": "mlock net_basic"} {
		in := inputOf(strings.Replace(plain, "command=",
			"command_args=\"-f "+command+"\"\ncommand=/usr/sbin/daemon\nold=", 1), nil)
		m := k.Lookup(in)
		require.NotNil(t, m)
		require.Equal(t, want, strings.Join(m.Entry.Needs, " "), command)
		require.Empty(t, m.Doubts)
	}
}

// TestConditionOfPort has what a port's options and configurations decide, what
// they do not show, and which entry goes first.
func TestConditionOfPort(t *testing.T) {
	const said = "why: w\nsource: s\n\n"
	k, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte(
		"service: purse\noption: PURSE\nneeds: mlock net_basic\n" + said +
			"service: purse\nnooption: PURSE\nneeds: net_basic\n" + said +
			"service: lease\nneeds: net_basic\n" + said +
			"service: lease\nconf: ^\\s*range\nneeds: net_basic net_raw\n" + said +
			"service: pipe\nnoconf: ^tcp\nneeds: none\n" + said +
			"service: pipe\nconf: ^tcp\nneeds: net_basic\n" + said +
			"service: knot\ndepends: ^librope\\.so\nneeds: NO\ncomment: c\n" + said +
			"service: knot\nnodepends: ^librope\\.so\nneeds: net_basic\n" + said)}})
	require.NoError(t, err)
	word := func(s string) []Word { return []Word{{s, "games/mud/Makefile", 7}} }
	for _, c := range []struct {
		name, service string
		port          Port
		needs, since  string
		doubts        string
	}{
		{"the option is on", "purse", Port{Options: word("PURSE"), Defaults: word("PURSE")}, "mlock net_basic",
			"the option PURSE is in OPTIONS_DEFAULT (games/mud/Makefile:7)", ""},
		{"a library", "knot",
			Port{Makefile: "m", Libs: []Word{{"librope.so:devel/rope", "games/mud/Makefile", 9}}}, "NO",
			"a word that matches ^librope\\.so is in LIB_DEPENDS or RUN_DEPENDS (games/mud/Makefile:9)", ""},
		{"no library", "knot", Port{Makefile: "m"}, "net_basic",
			"a word that matches ^librope\\.so is not in LIB_DEPENDS or RUN_DEPENDS", ""},
		{"no port", "knot", Port{}, "NO", "", "no port installs the script"},
		{"the option is off", "purse", Port{Options: word("PURSE")}, "net_basic", "the option PURSE is not in OPTIONS_DEFAULT", ""},
		{"another option", "purse", Port{Options: word("PURSES"), Defaults: word("PURSES")}, "mlock net_basic", "", "no option of that name"},
		{"the configuration asks for it", "lease",
			Port{Files: []File{file("files/lease.conf.in", "# all\nrange 10.0.0.1")}}, "net_basic net_raw",
			"a line that matches ^\\s*range is in the configuration that comes with the port (games/mud/files/lease.conf.in:2)", ""},
		{"a comment", "lease", Port{Files: []File{file("files/lease.conf.in", "#range 10.0.0.1")}}, "net_basic", "", ""},
		{"a patch takes it out", "lease", Port{Files: []File{file("files/patch-lease.conf", "-range 10.0.0.1\n range 10.0.0.2")}}, "net_basic", "", ""},
		{"a patch puts it in", "lease", Port{Files: []File{file("files/patch-etc_lease.conf.sample",
			"-x\n+range 10.0.0.1")}}, "net_basic net_raw",
			"a line that matches ^\\s*range is in the configuration that comes with the port (games/mud/files/patch-etc_lease.conf.sample:2)", ""},
		{"a patch to something else", "lease", Port{Files: []File{file("files/patch-lease.c", "+range 10.0.0.1")}}, "net_basic", "", ""},
		{"no configuration", "lease", Port{}, "net_basic", "", ""},
		{"without it in the sample", "pipe", Port{Files: []File{file("files/pipe.conf", "unix /x")}}, "none",
			"a line that matches ^tcp is not in the configuration that comes with the port", ""},
		{"no sample", "pipe", Port{}, "none", "", "there is no configuration in files/"},
		{"of the sample only a patch", "pipe", Port{Files: []File{file("files/patch-pipe.conf", "+unix /x")}}, "none", "", "no configuration in files/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := asked(c.service, "mud")
			c.port.Names = in.Port.Names
			in.Port = c.port
			m := k.Lookup(in)
			require.NotNil(t, m)
			require.Equal(t, c.needs, strings.Join(m.Entry.Needs, " "))
			require.Equal(t, c.since, m.Since)
			if c.doubts == "" {
				require.Empty(t, m.Doubts)
			} else {
				require.Len(t, m.Doubts, 1)
				require.Contains(t, m.Doubts[0], c.doubts)
				require.Equal(t, Likely, Infer(in, nil, k).Certainty)
			}
		})
	}
}

// TestConfigurationsOfPrograms asks the table of programs whose sample decides.
func TestConfigurationsOfPrograms(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	for _, c := range []struct{ service, conf, needs string }{
		{"vault", "", "net_basic mlock"}, {"vault", "disable_mlock = true", "net_basic"}, {"vault", "disable_mlock = false", "net_basic mlock"},
		{"clamav_clamd", "LocalSocket /x", "none"}, {"clamav_clamd", "TCPSocket 3310", "net_basic"},
		{"dnsmasq", "domain-needed", "net_basic"}, {"dnsmasq", "dhcp-range=10.0.0.2,10.0.0.9", "net_basic net_raw"},
		{"sing-box", `{"type": "socks"}`, "net_basic"}, {"sing-box", `{"type": "tun"}`, "NO"},
		{"elasticsearch", "bootstrap.memory_lock: true", "mlock net_basic"}, {"elasticsearch", "bootstrap.memory_lock: false", "net_basic"},
		{"mysql-server", "memlock", "mlock net_basic"}, {"mysql-server", "memlock = off", "net_basic"},
	} {
		in := asked(c.service, c.service, "/x/"+c.service+" -x")
		if c.conf != "" {
			in.Port.Files = []File{file("files/x.conf", c.conf)}
		}
		m := k.Lookup(in)
		require.NotNil(t, m, "%s: %s", c.service, c.conf)
		require.Equal(t, c.needs, strings.Join(m.Entry.Needs, " "), "%s: %s", c.service, c.conf)
	}
	in := asked("bitcoind", "bitcoin", "/x/bitcoind")
	in.Port.Options = []Word{{"WALLET", "f", 1}}
	require.Equal(t, "net_basic", strings.Join(k.Lookup(in).Entry.Needs, " "))
	in.Port.Defaults = in.Port.Options
	require.Equal(t, "net_basic mlock", strings.Join(k.Lookup(in).Entry.Needs, " "))
}
