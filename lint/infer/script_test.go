package infer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
)

// started is a script with a start method of its own and lines before it.
func started(before, body string) string {
	return "#!/bin/sh\n# PROVIDE: mud\n. /etc/rc.subr\nname=\"mud\"\nrcvar=\"mud_enable\"\n" + before +
		"load_rc_config $name\n: ${mud_enable:=\"NO\"}\nstart_cmd=mud_start\nmud_start()\n{\n" + body +
		"\n}\nrun_rc_command \"$1\"\n"
}

// TestStartBeforeTable holds the script's own acts against a table that knows the program.
func TestStartBeforeTable(t *testing.T) {
	table := &Knowledge{Entries: []*Entry{{
		Services: []string{"mud"}, Needs: []string{"net_basic"}, Why: "It serves players over TCP.", Source: "mud(6)",
		Certainty: Confident, File: "a.txt", Line: 1,
	}}}
	const run = "\t/usr/local/sbin/mudd\n"
	for _, c := range []struct {
		name, before, body string
		answer             string
		certainty          Certainty
		but                string
	}{
		{"nothing else", "", run, "net_basic", Confident, ""},
		{"a mount for each of a list that is read from a file", "", run + "\tfor z in $(cat /etc/zones); do mount -t devfs devfs /z/$z/dev; done", "NO", Likely, "the table says net_basic"},
		{"a mount in a function that it calls", "prepare() { mount /z; }\n", "\tprepare\n" + run, "NO", Likely, "the table says net_basic"},
		{"a mount if a setting asks for it", ": ${mud_zones:=\"NO\"}\n", "\tif checkyesno mud_zones; then\n\t\tmount /z\n\tfi\n" + run, "net_basic", Confident, ""},
		{"a mount if a list is set", ": ${mud_dirs=\"\"}\n", "\t[ -n \"${mud_dirs}\" ] && mount /z\n" + run, "net_basic", Confident, ""},
		{"a mount if it is not there yet", "", "\tif ! df /z >/dev/null; then mount /z; fi\n" + run, "NO", Likely, "the table says net_basic"},
		{"a module, which a precmd could load", "", "\tkldload mud\n" + run, "net_basic", Likely, "a precmd could do"},
		{"an interface", "", "\tifconfig tap0 create up\n" + run, "NO", Likely, "the table says net_basic"},
		{"a device that tunnels", "mud_dev=\"/dev/tun0\"\n", run, "net_basic", Likely, "yet the table says"},
		{".NET", "export DOTNET_ROOT=/usr/local/dotnet\n", run, "net_basic", Likely, "does not name mlock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(started(c.before, c.body), nil)
			v := Infer(in, Gather(in), table)
			require.Equal(t, c.answer, v.Answer(), "%v", v.Evidence)
			require.Equal(t, c.certainty, v.Certainty, "%v", v.Contradictions)
			require.Contains(t, strings.Join(v.Contradictions, "\n"), c.but)
		})
	}
}

// TestKeywordOfOldTimes has keywords that say nothing against the options which came after them.
func TestKeywordOfOldTimes(t *testing.T) {
	script := strings.Replace(plain, "PROVIDE: mud\n", "PROVIDE: mud\n# KEYWORD: nojail\n", 1)
	for needs, want := range map[string]Certainty{"net_basic settime": Confident, "net_basic routing": Confident,
		"net_basic": Likely} {
		table := &Knowledge{Entries: []*Entry{{Services: []string{"mud"}, Needs: strings.Fields(needs), Why: "w",
			Source: "s", Certainty: Confident}}}
		in := inputOf(script, nil)
		require.Equal(t, want, Infer(in, Gather(in), table).Certainty, needs)
	}
}

// TestSuites has ports with several scripts, of which the port's words are true of one.
func TestSuites(t *testing.T) {
	suite := func(in *Input, service string) {
		in.Service = service
		in.Port.Services = []string{"mudd", "mudlog", "mudctld", "bgpd", "ospfd"}
		in.Port.Names = []string{"mudsuite"}
	}
	for _, c := range []struct {
		name, service, header string
		change                func(*Input)
		answer                string
		certainty             Certainty
	}{
		{"the port listens", "mudd", "", func(in *Input) {
			in.Port.Files = []File{file("files/other.conf", "listen = 127.0.0.1:4000")}
			in.Port.Categories = []string{"net"}
		}, "net_basic", Possible},
		{"its own configuration listens", "mudd", "", func(in *Input) {
			in.Port.Files = []File{file("files/mudd.conf", "listen = 127.0.0.1:4000")}
			in.Port.Categories = []string{"net"}
		}, "net_basic", Likely},
		{"a log reader next to the server", "mudlog", "# REQUIRE: mudd\n", func(in *Input) { in.Port.Comment = "Web server" }, "none", Possible},
		{"a log reader with an address", "mudlog", "# REQUIRE: mudd\n", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mudd\"",
				"mudd\"\ncommand_args=\"-t 192.0.2.1:514\"", 1)), nil)
		}, "net_basic", Likely},
		{"the suite runs jobs, and this is its controller", "mudctld", "", func(in *Input) {
			in.Port.Comment, in.Port.Categories = "Batch system", []string{"net"}
		}, "net_basic", Possible},
		{"a routing suite's BGP", "bgpd", "", func(in *Input) { in.Port.Comment = "Routing suite with OSPF and BGP" }, "net_basic", Possible},
		{"a routing suite's OSPF", "ospfd", "", func(in *Input) { in.Port.Comment = "Routing suite with OSPF and BGP" }, "net_basic net_raw", Possible},
		{"a log reader that is called after the server", "muddlog", "", nil, "none", Possible},
		{"another log reader", "pondlog", "", func(in *Input) { in.Port.Categories = []string{"net"} }, "net_basic", Possible},
		{"a helper of a VPN that listens itself", "mudd", "", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mudd\"",
				"mudd\"\ncommand_args=\"--listen 127.0.0.1:9000\"", 1)), nil)
			in.Port.Comment = "VPN daemon"
		}, "net_basic", Likely},
		{"another script of the VPN", "mudd", "", func(in *Input) { in.Port.Comment = "VPN daemon" }, "NO", Possible},
		{"the script says itself what it is", "mudd", "", func(in *Input) {
			in.Script = rcparse.Parse([]byte(plain+"desc=\"Display manager of the suite\"\n"), nil)
			in.Port.Comment = "Web server"
		}, "NO", Possible},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(strings.Replace(plain, "# PROVIDE: mud\n", "# PROVIDE: mud\n"+c.header, 1), nil)
			suite(&in, c.service)
			if c.change != nil {
				c.change(&in)
			}
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, c.answer, v.Answer(), "%v", v.Evidence)
			require.Equal(t, c.certainty, v.Certainty, "%v", v.Evidence)
		})
	}
}

// TestUnlisted has what a script and a port show of a program that nobody listed.
func TestUnlisted(t *testing.T) {
	crates := func(names ...string) func(*Input) {
		return func(in *Input) {
			for _, n := range names {
				in.Port.Modules = append(in.Port.Modules, Word{n, "games/mud/Makefile", 9})
			}
		}
	}
	runs := func(word string) func(*Input) {
		return func(in *Input) { in.Port.Runs = []Word{{word, "games/mud/Makefile", 9}} }
	}
	script := func(lines string) func(*Input) {
		return func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "command=", lines+"command=", 1)), nil)
		}
	}
	for _, c := range []struct {
		name      string
		change    func(*Input)
		answer    string
		certainty Certainty
		fact      string
	}{
		{"a crate that opens tun", crates("serde-1.0.1", "tun-0.6.1"), "NO", Likely, "the crate tun"},
		{"crates that only look like it", crates("tunable-1.0.0", "netlink-sys-0.8.5", "libc-0.2.1"), "", Unknown, ""},
		{"a server's crate", crates("axum-0.7.1"), "net_basic", Possible, "the crate axum"},
		{"a crate that pings, for a monitor that listens", func(in *Input) {
			crates("surge-ping-0.8.0")(in)
			in.Port.Comment = "Latency monitor"
		}, "net_basic net_raw", Likely, "the crate surge-ping"},
		{"a Go module", crates("gorilla:mux:91708ff:mux/vendor/github.com/gorilla/mux"), "net_basic", Possible, "the Go module mux"},
		{"a Go module for fuse(4)", crates("hanwen:go-fuse:v2:fuse/vendor/x"), "NO", Likely, "go-fuse"},
		{"Flask", runs("py311-flask>0:www/py-flask@py311"), "net_basic", Possible, "py-flask"},
		{"sshfs", runs("sshfs>0:filesystems/sshfs"), "NO", Likely, "sshfs"},
		{"System V semaphores, as its compiler flags show", func(in *Input) {
			in.Port.Comment = "Node of a currency, a peer-to-peer server"
			in.Port.Flags = []Word{{"-D_WANT_SEMUN", "games/mud/Makefile", 9}}
		}, "net_basic sysvipcnew", Possible, "_WANT_SEMUN"},
		{"before the network", func(in *Input) {
			in.Port.Comment = "VPN daemon"
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "PROVIDE: mud\n",
				"PROVIDE: mud\n# BEFORE: NETWORKING\n", 1)), nil)
		}, "NO", Likely, "BEFORE NETWORKING"},
		{"before the packet filter", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "PROVIDE: mud\n",
				"PROVIDE: mud\n# REQUIRE: NETWORKING\n# BEFORE: pf\n", 1)), nil)
		}, "NO", Likely, "BEFORE pf: it sets the network up before pf"},
		{"before the jails", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "PROVIDE: mud\n",
				"PROVIDE: mud\n# BEFORE: jail\n", 1)), nil)
		}, "NO", Likely, "BEFORE jail: it sets the host up for jails"},
		{"start and stop are one", func(in *Input) {
			in.Script = rcparse.Parse([]byte(started("stop_cmd=mud_start\n", "\t/usr/local/libexec/mud -q")), nil)
		}, "NO", Likely, "the same function"},
		{"start and stop are one that asks", func(in *Input) {
			in.Script = rcparse.Parse([]byte(started("stop_cmd=mud_start\n",
				"\t/usr/local/sbin/mudctl ${rc_arg}")), nil)
		}, "", Unknown, ""},
		{"tcpserver that looks up no names", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mudd\"",
				"tcpserver\"\ncommand_args=\"-R -H 0 4000 /usr/local/sbin/mudd\"", 1)), nil)
			in.Port.Comment = "Web server"
		}, "netv4", Likely, "the start runs tcpserver"},
		{"tcpserver that does", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mudd\"",
				"tcpserver\"\ncommand_args=\"0 4000 /usr/local/sbin/mudd\"", 1)), nil)
			in.Port.Comment = "Web server"
		}, "net_basic", Likely, ""},
		{"a database of its own", func(in *Input) {
			runs("mongodb60>0:databases/mongodb60")(in)
			in.Port.Comment = "Web server"
		}, "mlock net_basic", Possible, "starts its own"},
		{"a database that it waits for", func(in *Input) {
			runs("mongodb60>0:databases/mongodb60")(in)
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "PROVIDE: mud\n",
				"PROVIDE: mud\n# REQUIRE: mongod\n", 1)), nil)
			in.Port.Comment = "Web server"
		}, "net_basic", Possible, "if it starts one itself"},
		{"a wallet that is on by default", func(in *Input) {
			in.Port.Comment = "Node of a currency, a peer-to-peer server"
			in.Port.Defaults = []Word{{"WALLET", "games/mud/Makefile", 9}}
		}, "mlock net_basic", Possible, "the option WALLET"},
		{"a device, and a word that means nothing", func(in *Input) {
			script("mud_flags=\"-f /dev/uhid1\"\n")(in)
			in.Port.Comment = "Remote control daemon"
		}, "none", Possible, "works with a device"},
		{"applications of others behind a socket", func(in *Input) {
			script("mud_socket=\"/var/run/mud.sock\"\n")(in)
			in.Port.Comment = "WSGI server in few lines"
		}, "net_basic", Possible, "a UNIX socket"},
		{"a cache cleaner", func(in *Input) {
			script("procname=\"/usr/local/sbin/mudcacheclean\"\n")(in)
			in.Service, in.Port.Comment, in.Port.Categories = "mudcacheclean", "Web server", []string{"www"}
		}, "none", Possible, "directory of cached files"},
		{"a server of DHCPv6", func(in *Input) { in.Service = "dhcp6s" }, "netv6", Possible, "called dhcp6s"},
		{"an X server", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "mudd\"", "Xorg\"", 1)), nil)
		}, "NO", Possible, "called Xorg"},
		{"cuse(3)", script("required_modules=\"cuse\"\n"), "NO", Likely, "cuse(3)"},
		{"a serial line", script("mud_flags=\"-d /dev/cuau0\"\n"), "none", Possible, "works with a device"},
		{"a periodic script", script("mud_x=\"/usr/local/etc/periodic/daily/1.x\"\n"), "NO", Likely, "periodic(8)"},
		{"firstboot", func(in *Input) {
			in.Script = rcparse.Parse([]byte(strings.Replace(plain, "PROVIDE: mud\n",
				"PROVIDE: mud\n# KEYWORD: firstboot\n", 1)), nil)
		}, "NO", Likely, "firstboot"},
		{"a database", func(in *Input) { in.Port.Comment, in.Port.Categories = "SQL database server", []string{"net"} }, "net_basic", Possible, "database"},
		{"a pooler that listens", func(in *Input) {
			script("mud_listen=\"127.0.0.1:6432\"\n")(in)
			in.Port.Comment, in.Port.Categories = "Connection pooler for a server", []string{"net"}
		}, "net_basic", Possible, "holds an address"},
		{"what pkg-descr says it is", func(in *Input) {
			in.Port.Names = []string{"mud"}
			in.Port.Descr, in.Port.DescrPath = "Mud is a display manager for teapots. It listens.",
				"games/mud/pkg-descr"
		}, "NO", Possible, "pkg-descr says \"display manager\""},
		{"what pkg-descr says of something else", func(in *Input) {
			in.Port.Names = []string{"mud"}
			in.Port.Descr, in.Port.DescrPath = "Xdm is a display manager for teapots.", "games/mud/pkg-descr"
		}, "", Unknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(plain, c.change)
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, c.answer, v.Answer(), "%v", v.Evidence)
			require.Equal(t, c.certainty, v.Certainty, "%v", v.Evidence)
			var facts []string
			for _, e := range v.Evidence {
				facts = append(facts, e.Fact)
			}
			require.Contains(t, strings.Join(facts, "\n"), c.fact)
		})
	}
}
