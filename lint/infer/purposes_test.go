package infer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
)

// TestSaidOfItself has what ports say of themselves, in words of no real port.
func TestSaidOfItself(t *testing.T) {
	for _, c := range []struct{ comment, descr, answer string }{
		{"Terminal emulator in the browser", "", "net_basic"}, // a program to look at, not one that gives a shell
		{"Small web terminal for old browsers", "", "NO"},
		{"Web-based interface for system administration", "", "NO"},
		{"Web-based interface for recipes", "", "net_basic"},
		{"Ident server for large sites", "", "NO"},
		{"Ident daemon that gives a fixed answer", "", "net_basic"},
		{"BGP speaker for route servers", "", "net_basic"},
		{"BGP and OSPF in one program", "", "net_basic net_raw routing"},
		{"Babel for small networks", "", "net_basic routing"},
		{"OSPF for small networks", "", "net_basic net_raw routing"},
		{"DHCP relay for many interfaces", "", "net_basic"},
		{"DHCP server for many interfaces", "", "net_basic net_raw"},
		{"Proxy ARP for two segments", "", "none"},
		{"NTP server", "", "net_basic settime"},
		{"Graphs of what an NTP server says", "", "net_basic"},
		{"Resource manager for a cluster", "", "NO"},
		{"Resource manager for the TPM2 chip", "", "none"},
		{"FastCGI wrapper with few lines", "", "none"},
		{"Remaps the keyboard and listens on its device", "", "none"},
		{"Reacts to audio CDs", "", "none"},
		{"Gathers entropy", "", "none"},
		{"Sends a random banner", "", "net_basic"},
		{"Milter that strips attachments", "", "none"},
		{"Milter that marks what is unwanted", "It asks the DNS whether the sender is known.", "net_basic"},
		{"Milter that drives other milters", "", "net_basic"},
		{"Jail automation", "", "NO"},
		{"Terminal emulator on a web page", "", "NO"},
		{"Prometheus exporter for jail statistics", "", "NO"},
		{"Prometheus exporter for game statistics", "", "net_basic"},
		{"Bans addresses that its log files show too often", "", "NO"},
		{"Bans addresses from the chat", "", "net_basic"},
		{"Tool that blocks offending hosts by reconfiguring firewalls", "", "NO"},
		{"Transparent HTTP proxy to put behind ipfw", "", "net_basic"},
		{"Keeps interface groups up to date", "", "NO"},
		{"Client of a tunnel configuration protocol", "", "NO"},
		{"Saves the volume and restores it across reboots", "", "NO"},
		{"Graphs and alerts that survive a reboot", "", "net_basic"},
		{"Fleet orchestration for many sites", "", "NO"},
		{"Shows process activity", "", "NO"},
		{"Test automation framework for many machines", "", "NO"},
		{"Monitors an NTP daemon", "", "net_basic"},
		{"Monitor and control a number of processes", "", "NO"},
		{"Monitors IP devices", "", "net_basic"},
		{"IP device monitoring", "", "net_basic net_raw"},
		{"System for monitoring hosts and services", "", "net_basic net_raw"},
		{"System for monitoring hosts and services, the client", "", "net_basic"},
		{"Network vulnerability scanner", "", "net_basic net_raw"},
		{"Vulnerability scanner for container images", "", "net_basic"},
		{"IPv6 address autoconfiguration helper", "", "net_basic net_raw"},
		{"Open router platform", "", "net_basic net_raw routing"},
		{"Packet sniffer that writes files", "", "none"},
		{"Packet sniffer with a web interface", "", "net_basic"},
		{"Packet sniffer that fills a database", "", "net_basic"},
		{"Tracks bandwidth usage of a network", "", "none"},
		{"Flow probe: captures packets and exports NetFlow", "", "net_basic"},
		{"Port scan detector", "", "none"},
		{"Charts of what the system clock does", "", "net_basic"},
		{"Adds swapspace when memory is short", "", "NO"},
		{"System for controlling process groups", "", "NO"},
	} {
		in := inputOf(plain, func(in *Input) {
			in.Port.Comment, in.Port.Descr, in.Port.DescrPath = c.comment, c.descr, "games/mud/pkg-descr"
			in.Port.Categories = []string{"mail"} // so that what is no purpose speaks IP
		})
		v := Infer(in, Gather(in), &Knowledge{})
		require.Equal(t, c.answer, v.Answer(), "%s: %v", c.comment, v.Reason)
		require.LessOrEqual(t, v.Certainty, Likely, c.comment)
	}
}

// TestPartOfAPort has what a port is built with for another of its programs.
func TestPartOfAPort(t *testing.T) {
	fuse := []Word{{"libfuse.so:filesystems/fusefs-libs", "games/mud/Makefile", 9}}
	kmod := []Word{{"kmod", "games/mud/Makefile", 9}}
	for name, c := range map[string]struct {
		change func(*Input)
		answer string
	}{
		"a library for mounting, and a file system": {func(in *Input) { in.Port.Libs, in.Port.Comment = fuse, "File system of dungeons" }, "NO"},
		"a library for mounting, and a server":      {func(in *Input) { in.Port.Libs, in.Port.Comment = fuse, "Storage server" }, "net_basic"},
		"a module beside a program":                 {func(in *Input) { in.Port.Uses, in.Port.Comment = kmod, "Streaming server" }, "net_basic"},
		"a module, and no program": {func(in *Input) {
			in.Port.Uses, in.Port.Comment, in.Script = kmod, "Dungeon cards", rcparse.Parse([]byte(startCmd), nil)
		}, "NO"},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputOf(plain, c.change)
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, c.answer, v.Answer(), "%v", v.Evidence)
		})
	}
}

// TestLimitOfLockedMemory reads limits(1) as rc.subr(8) runs it for NAME_limits.
func TestLimitOfLockedMemory(t *testing.T) {
	for limits, want := range map[string]string{
		`: ${mud_limits:="-l 64M"}`: "mlock net_basic", `mud_limits="-n 100 -l unlimited"`: "mlock net_basic",
		`: ${mud_limits:="-n 100"}`: "net_basic", `mud_log_limits="--list"`: "net_basic",
	} {
		in := inputOf(strings.Replace(plain, "command=", limits+"\ncommand=", 1),
			func(in *Input) { in.Port.Comment = "Game server" })
		v := Infer(in, Gather(in), &Knowledge{})
		require.Equal(t, want, v.Answer(), limits)
	}
}

// TestMessageAgainstTable has a port that tells people more than the table does.
func TestMessageAgainstTable(t *testing.T) {
	table := &Knowledge{Entries: []*Entry{{
		Services: []string{"mud"}, Needs: []string{"net_basic"}, Why: "It serves players.", Source: "mud(6)",
		Certainty: Confident, File: "a.txt", Line: 1,
	}}}
	in := inputOf(plain, func(in *Input) {
		in.Port.Files = []File{file("pkg-message", "In a jail set",
			"allow.mlock=1;")}
	})
	v := Infer(in, Gather(in), table)
	require.Equal(t, "net_basic", v.Answer())
	require.Equal(t, Likely, v.Certainty)
	require.Contains(t, strings.Join(v.Contradictions, "\n"), "the table does not name mlock")
}

// TestOneFamily has programs that may know IPv4 only, of which net_basic is not confident.
func TestOneFamily(t *testing.T) {
	listens := strings.Replace(plain, "command=", "mud_port=\"4000\"\ncommand=", 1)
	for name, c := range map[string]struct {
		change    func(*Input)
		certainty Certainty
	}{
		"nothing of how it is built": {nil, Confident},
		"C":                          {func(in *Input) { in.Port.Uses = []Word{{Text: "gmake"}} }, Likely},
		"C, and IPv6 in its text":    {func(in *Input) { in.Port.Uses, in.Port.Descr = []Word{{Text: "gmake"}}, "It speaks IPv6." }, Confident},
		"C, and an option":           {func(in *Input) { in.Port.Uses, in.Port.Options = []Word{{Text: "libtool"}}, []Word{{Text: "INET6"}} }, Confident},
		"Go by gmake":                {func(in *Input) { in.Port.Uses = []Word{{Text: "gmake"}, {Text: "go:modules"}} }, Confident},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputOf(listens, func(in *Input) {
				in.Port.Comment, in.Port.Categories, in.Port.DescrPath = "Game server", []string{"net"},
					"games/mud/pkg-descr"
				if c.change != nil {
					c.change(in)
				}
			})
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, "net_basic", v.Answer())
			require.Equal(t, c.certainty, v.Certainty, "%v", v.Contradictions)
		})
	}
}

// TestNojailOfDevices has a keyword that means that ordinary jails have no devices.
func TestNojailOfDevices(t *testing.T) {
	in := inputOf(strings.Replace(plain, "mud\n", "mud\n# KEYWORD: nojail\n", 1),
		func(in *Input) { in.Port.Comment = "Watches RAID controllers" })
	require.Equal(t, "none", Infer(in, Gather(in), &Knowledge{}).Answer())
}
