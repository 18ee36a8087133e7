package infer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// plain is a script that says nothing of what its program needs.
const plain = `#!/bin/sh
# PROVIDE: mud
. /etc/rc.subr
name="mud"
rcvar="mud_enable"
load_rc_config $name
: ${mud_enable:="NO"}
command="/usr/local/sbin/mudd"
run_rc_command "$1"
`

// startCmd is plain with a start_cmd in place of the command.
var startCmd = strings.Replace(plain, "command=\"/usr/local/sbin/mudd\"",
	"start_cmd=mud_start\nmud_start()\n{\n\techo x >/var/run/mud\n}", 1)

func inputOf(script string, change func(*Input)) Input {
	in := Input{Service: "mud", Template: "games/mud/files/mud.in", Script: rcparse.Parse([]byte(script), nil)}
	in.Port.Makefile = "games/mud/Makefile"
	if change != nil {
		change(&in)
	}
	return in
}

func file(path string, lines ...string) File {
	return File{"games/mud/" + path, strings.Join(lines, "\n")}
}

// TestEvidence has services that no table knows.
func TestEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*Input)
		answer    string
		certainty Certainty
		fact      string // a part of one fact
	}{
		"nothing at all": {nil, "", Unknown, ""},
		"comment":        {func(in *Input) { in.Port.Comment = "Multi-user game server" }, "net_basic", Possible, "COMMENT says"},
		"message with an address": {func(in *Input) {
			in.Port.Files = []File{file("pkg-message", "Open http://localhost:4000/ now.")}
		}, "net_basic", Possible, "its message says"},
		"message and category": {func(in *Input) {
			in.Port.Files, in.Port.Categories = []File{file("pkg-message", "It listens on port 4000.")}, []string{"www"}
		}, "net_basic", Likely, "its message says"},
		"message for jails": {func(in *Input) {
			in.Port.Comment = "Web server"
			in.Port.Files = []File{file("files/pkg-message.in", "In a jail, set allow.mlock.")}
		}, "mlock net_basic", Possible, "allow.mlock"},
		"configuration": {func(in *Input) {
			in.Port.Files = []File{file("files/mud.conf.sample.in", "# port = 1", "listen = 127.0.0.1:4000")}
		}, "net_basic", Likely, "its configuration has"},
		"configuration in a comment only": {func(in *Input) {
			in.Port.Files = []File{file("files/mud.conf", "# listen = 127.0.0.1:4000")}
		}, "", Unknown, ""},
		"configuration with an interface": {func(in *Input) {
			in.Port.Files = []File{file("files/mud.conf", "interface = em0")}
		}, "", Unknown, ""},
		"configuration with an interface's address": {func(in *Input) {
			in.Port.Files = []File{file("files/mud.conf", "interface: 0.0.0.0")}
		}, "net_basic", Likely, "its configuration has"},
		"hardware address": {func(in *Input) {
			in.Script = rcparse.Parse([]byte(plain+"mud_mac_address=\"00:00:5e:00:53:01\"\n"), nil)
		}, "", Unknown, ""},
		"message about the ports": {func(in *Input) {
			in.Port.Files = []File{file("pkg-message", "Clients are available in the FreeBSD ports.")}
		}, "", Unknown, ""},
		"where to read more": {func(in *Input) {
			in.Port.Descr, in.Port.DescrPath = "A game.\nWWW: http://www.example.org/dns-server\nmail-server@example.org", "games/mud/pkg-descr"
		}, "", Unknown, ""},
		"socket": {func(in *Input) {
			in.Port.Files = []File{file("files/mud.yaml", "socket: /var/run/mud/mud.sock")}
		}, "none", Possible, "UNIX socket"},
		"IPv6 option": {func(in *Input) { in.Port.Options = []Word{{"IPV6", "games/mud/Makefile", 9}} }, "net_basic", Possible, "the option IPV6"},
		".NET": {func(in *Input) {
			in.Port.Comment, in.Port.Runs = "Web server", []Word{{"dotnet>0:lang/dotnet", "games/mud/Makefile", 9}}
		}, "mlock net_basic", Possible, "it runs with dotnet"},
		"clock": {func(in *Input) { in.Port.Comment = "Simple NTP daemon" }, "net_basic settime", Possible, "sets the clock"},
		"nojail for the clock's sake": {func(in *Input) {
			in.Port.Comment = "Simple NTP daemon"
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mud\n", "mud\n# KEYWORD: nojail\n", 1)), nil)
		}, "net_basic settime", Possible, "sets the clock"},
		"nojail": {func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mud\n", "mud\n# KEYWORD: nojail\n", 1)), nil)
		}, "NO", Likely, "KEYWORD nojail"},
		"purpose":               {func(in *Input) { in.Port.Comment = "Display manager for X11" }, "NO", Possible, "sessions"},
		"about another program": {func(in *Input) { in.Port.Comment = "Metrics exporter for NTP servers" }, "net_basic", Possible, "COMMENT says"},
		"about the host":        {func(in *Input) { in.Port.Comment = "Metrics exporter for ZFS" }, "NO", Possible, "reports on"},
		"purpose and package": {func(in *Input) {
			in.Port.Comment = "FUSE based file system"
			in.Port.Files = []File{file("pkg-plist", "sbin/mount_mud")}
		}, "NO", Likely, "mount program"},
		"kernel module": {func(in *Input) {
			in.Port.Files = []File{file("pkg-plist", "@(root,wheel,0555) /boot/modules/mud.ko")}
		}, "", Unknown, "kernel module mud.ko"},
		"setuid": {func(in *Input) {
			in.Port.Files = []File{file("pkg-plist", "@(root,wheel,4755) sbin/mudping")}
			in.Port.Users = []Word{{"mud", "games/mud/Makefile", 9}}
		}, "", Unknown, "mudping setuid"},
		"one-shot":                       {func(in *Input) { in.Run = &rcrun.Record{Name: "mud"} }, "NO", Likely, "leaves no process running"},
		"a run that failed says nothing": {func(in *Input) { in.Run = &rcrun.Record{Name: "mud", Failed: "a loop"} }, "", Unknown, ""},
		"one-shot by its own start_cmd, which is one fact": {func(in *Input) {
			in.Script, in.Run = rcparse.Parse([]byte(startCmd), nil), &rcrun.Record{Name: "mud"}
		}, "NO", Likely, "leaves no process running"},
		"its own start_cmd, not run": {func(in *Input) { in.Script = rcparse.Parse([]byte(startCmd), nil) }, "NO", Possible, "perhaps no process is left"},
		"program of the run": {func(in *Input) {
			in.Run = &rcrun.Record{Name: "mud", Remains: true,
				Starts: []rcrun.Command{{Program: []string{"/x/mudd", "--listen=:4000"}}}}
		}, "net_basic", Likely, "the command line has"},
		"comment of the script": {func(in *Input) {
			in.Script = rcparse.Parse([]byte(plain+"# mud_flags: -p, the TCP port\n"), nil)
		}, "net_basic", Possible, "a comment of the script"},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputOf(plain, c.change)
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, c.answer, v.Answer(), "%+v", v.Evidence)
			require.Equal(t, c.certainty, v.Certainty)
			require.NotEmpty(t, v.NotFound)
			require.NotEmpty(t, v.WouldChange)
			var facts []string
			for _, e := range v.Evidence {
				require.NotEmpty(t, e.Path, "%+v", e)
				facts = append(facts, e.Fact)
			}
			require.Contains(t, strings.Join(facts, "\n"), c.fact)
		})
	}
}

// FuzzInfer gives hostile text to all that reads text: the answer is one of
// those there are, and the evidence bounded.
func FuzzInfer(f *testing.F) {
	f.Add(plain, "Web server", "listens on port 1", "listen: [::]:1", "sbin/mount_x")
	f.Fuzz(func(t *testing.T, script, comment, message, conf, plist string) {
		in := inputOf(script, func(in *Input) {
			in.Port.Comment, in.Port.Descr = comment, message
			in.Port.Files = []File{file("pkg-message", message), file("files/a.conf", conf), file("pkg-plist", plist)}
			in.Port.Options = []Word{{comment, "x", 1}}
			in.Port.Runs, in.Port.Modules, in.Port.Users, in.Port.Flags = in.Port.Options, in.Port.Options,
				in.Port.Options, in.Port.Options
			in.Port.Defaults = in.Port.Options
			in.Port.Descr, in.Port.Names, in.Port.Services = message, []string{comment}, strings.Fields(plist)
		})
		v := Infer(in, Gather(in), &Knowledge{})
		for _, w := range v.Options {
			_, known := rcparse.OptionOf(w)
			require.True(t, known, w)
		}
		require.Equal(t, v.Known(), v.Answer() != "")
		require.Less(t, v.Certainty, Certain, "without the table nothing is certain")
	})
}

func TestBecause(t *testing.T) {
	for comment, want := range map[string]string{
		"mounts file systems":                       "it mounts file systems",
		"its login sessions must see the host":      "its login sessions must see the host",
		"a jail cannot change accounting":           "a jail cannot change accounting",
		"one-shot set-up, no process remains":       "it is a one-shot set-up, no process remains",
		"one run at boot, leaves no process":        "one run at boot, leaves no process",
		"login service whose sessions see the host": "it is a login service whose sessions see the host",
	} {
		require.Equal(t, want, Verdict{Comment: comment}.Because())
	}
}

// TestReasons wants whole sentences: they stand in commit messages and in advice.
func TestReasons(t *testing.T) {
	for fact, want := range map[string]string{
		"it is built with the crate tun: it opens tunnel devices":   "It opens tunnel devices (it is built with the crate tun).",
		"start_cmd runs mount: it mounts file systems":              "It mounts file systems (start_cmd runs mount).",
		"KEYWORD nojail: its author keeps it out of jails":          "Its author keeps it out of jails (KEYWORD nojail).",
		"the simulated start: it leaves no process running":         "It leaves no process running (the simulated start).",
		"it is called mud-kmod: a port of a kernel module":          "It is called mud-kmod: a port of a kernel module.",
		"the script has \"if_tun\": what it serves, a jail refuses": "It must not be jailed: the script has \"if_tun\": what it serves, a jail refuses.",
	} {
		require.Equal(t, want, actSentence(fact))
	}
	in := inputOf(strings.Replace(plain, "command=", "mud_socket=\"/var/run/mud.sock\"\ncommand=", 1), nil)
	require.Equal(t, "It has a UNIX socket: mud_socket=\"/var/run/mud.sock\".",
		Infer(in, Gather(in), &Knowledge{}).Reason)
	in = inputOf(plain, func(in *Input) {
		in.Port.Comment = "Web server"
		in.Port.Runs = []Word{{"dotnet>0:lang/dotnet", "games/mud/Makefile", 9}}
	})
	require.Regexp(t, `^It speaks IP: [^.]*\. It runs on \.NET, .* \(it runs with dotnet\)\.$`,
		Infer(in, Gather(in), &Knowledge{}).Reason)
}

// A person's soft opt-out comes with the options that work; a hard one leaves none,
// whatever the table says.
func TestDecideSoft(t *testing.T) {
	v := Verdict{OptOut: true, Policy: true, Lifted: []string{"net_basic"}, Certainty: Confident}
	v.Decide(Decision{OptOut: true, Comment: "mounts", Reason: "It mounts."}, ".svcjify.toml", 3)
	require.True(t, v.Never())
	require.Empty(t, v.Works())
	v.Decide(Decision{OptOut: true, Soft: true, Options: []string{"net_raw", "net_basic"}, Comment: "sees the host",
		Reason: "It sees the host."}, ".svcjify.toml", 3)
	require.False(t, v.Never())
	require.Equal(t, []string{"net_basic", "net_raw"}, v.Works())
	require.Equal(t, OptOut, v.Answer())
	v.Decide(Decision{OptOut: true, Soft: true, Comment: "sees the host", Reason: "It does."}, ".svcjify.toml", 3)
	require.False(t, v.Never(), "with no option it works too")
	v.Decide(Decision{Options: []string{"net_basic"}, Reason: "It serves."}, ".svcjify.toml", 3)
	require.Nil(t, v.Lifted)
	require.Equal(t, "net_basic", v.Answer())
}
