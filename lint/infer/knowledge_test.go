package infer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestEmbeddedKnowledge(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	require.Greater(t, len(k.Entries), 300, "issue: cover some 300 well-known daemons at least")
	// One name, one answer: a name that two entries claim must say for which port each of them is.
	seen := map[string]*Entry{}
	for _, e := range k.Entries {
		for _, s := range e.Services {
			if old := seen[s]; old != nil && len(old.Ports) == 0 && len(e.Ports) == 0 && old.If == nil && e.If == nil {
				t.Errorf("%s:%d and %s:%d both claim the service %q", old.File, old.Line, e.File, e.Line, s)
			}
			seen[s] = e
		}
	}
}

func TestBadEntries(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no why", "service: x\nneeds: none\nsource: x(8)\n", "without why"},
		{"no source", "service: x\nneeds: none\nwhy: w\n", "without source"},
		{"no needs", "service: x\nwhy: w\nsource: s\n", "without needs"},
		{"nobody", "needs: none\nwhy: w\nsource: s\n", "without program and service"},
		{"bad word in lifted", "service: x\nneeds: NO\nlifted: NO\nwhy: w\nsource: s\ncomment: c\n", "unknown option word \"NO\" in lifted"},
		{"lifted with options", "service: x\nneeds: none\nlifted: none\nwhy: w\nsource: s\n", "lifted goes with needs NO"},
		{"bad word", "service: x\nneeds: net_basik\nwhy: w\nsource: s\n", "unknown option word"},
		{"none with a word", "service: x\nneeds: none mlock\nwhy: w\nsource: s\n", "unknown option word"},
		{"opt-out without comment", "service: x\nneeds: NO\nwhy: w\nsource: s\n", "takes a comment"},
		{"comment too long", "service: x\nneeds: NO\nwhy: w\nsource: s\ncomment: " + strings.Repeat("x", 61) + "\n", "takes a comment"},
		{"unknown field", "service: x\nneed: NO\n", "unknown field"},
		{"twice", "service: x\nservice: y\n", "stands twice"},
		{"no field", "service: x\nfoo\n", "expected \"field: value\""},
		{"continuation first", " x\n", "continuation"},
		{"an origin for PORTNAME", "service: x\nport: net/x\nneeds: none\nwhy: w\nsource: s\n", "not an origin"},
		{"two conditions", "service: x\nflag: a\nnoconf: b\nneeds: none\nwhy: w\nsource: s\n", "has a condition already"},
		{"bad condition", "service: x\nflag: (\nneeds: none\nwhy: w\nsource: s\n", "flag: "},
		{"certainty", "service: x\nneeds: none\nwhy: w\nsource: s\ncertainty: sure\n", "unknown certainty"},
		{"too weak", "service: x\nneeds: none\nwhy: w\nsource: s\ncertainty: possible\n", "likely at least"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte("\n" + c.text)}})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "a.txt:")
		})
	}
}

// asked is a service of a port that starts programs.
func asked(service string, port string, programs ...string) Input {
	in := Input{Service: service, Script: rcparse.Parse([]byte("name="+service+"\n"), nil)}
	if port != "" {
		in.Port.Names = []string{port}
	}
	run := rcrun.Record{Name: service, Remains: true}
	for _, p := range programs {
		run.Starts = append(run.Starts, rcrun.Command{Program: strings.Fields(p)})
	}
	if len(programs) > 0 {
		in.Run = &run
	}
	return in
}

func TestLookup(t *testing.T) {
	k, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte(`# a comment
program: mudd
service: mud*
needs: net_basic
why: It listens on TCP port 4000,
 as games do.
source: mudd(8)

service: server
port: ludo
needs: none
why: w
source: s

program: server
needs: NO
why: w
source: s
comment: does everything

program: keep
needs: net_basic
noflag: ^--lock$
why: w
source: s

program: keep
needs: mlock net_basic
flag: ^--lock$
why: it locks
source: s
`)}})
	require.NoError(t, err)
	require.Equal(t, "It listens on TCP port 4000, as games do.", k.Lookup(asked("mud2", "")).Entry.Why)
	require.Equal(t, []string{"net_basic"}, k.Lookup(asked("other", "", "/x/mudd")).Entry.Needs)
	require.Nil(t, k.Lookup(asked("server", "chess")), "the entry for the port is for PORTNAME ludo only")
	require.Equal(t, []string{"none"}, k.Lookup(asked("server", "ludo", "server")).Entry.Needs,
		"an entry for the port goes first")
	require.Nil(t, k.Lookup(asked("nothing", "")))

	common := k.Lookup(asked("x", "chess", "server"))
	require.True(t, common.Entry.OptOut())
	require.Len(t, common.Doubts, 1, "a name that many programs have")
	require.Contains(t, common.Doubts[0], "other programs have")

	require.Equal(t, []string{"net_basic"}, k.Lookup(asked("k", "", "/x/keep --fast")).Entry.Needs)
	require.Equal(t, "it locks", k.Lookup(asked("k", "", "/x/keep --lock")).Entry.Why)
}

// TestKnownNames has the ways to a name of the table, and none that leads astray.
func TestKnownNames(t *testing.T) {
	for _, c := range []struct {
		name, script, port, comment, found, how string
	}{
		{"a helper", "command=/usr/local/bin/pg_ctl\n", "", "", "postgres", "pg_ctl starts it"},
		{"a helper in the start method", "start_cmd=go\ngo() { /usr/local/sbin/apachectl start; }\n", "", "", "httpd", "apachectl starts it"},
		{"procname behind an interpreter", "command=/usr/sbin/daemon\nprocname=/usr/local/bin/mudd\n", "", "", "mudd", "procname"},
		{"an interpreter is no name", "procname=/usr/local/bin/python3.11\n", "", "", "", ""},
		{"PORTNAME", "", "mudserver9", "", "mudserver", "the port's name without vendor and version"},
		{"a vendor", "command=/usr/local/bin/apache-mudd\n", "", "", "mudd", "the program's name without vendor and version"},
		{"a version", "command=/usr/local/bin/mudd-2.4\n", "", "", "mudd", "the program's name without vendor and version"},
		{"a fork", "", "other", "Fork of mudd 3.14 for teapots", "mudd", "COMMENT says that it is a fork of it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := asked("zz", c.port)
			in.Script = rcparse.Parse([]byte("name=zz\n"+c.script), nil)
			in.Port.Comment = c.comment
			var hows []string
			for _, n := range in.Known() {
				if n.Text == c.found {
					hows = append(hows, n.How)
				}
				require.NotContains(t, n.Text, "python")
			}
			if c.found != "" {
				require.Equal(t, []string{c.how}, hows, "%v", in.Known())
			}
		})
	}
	suite := asked("mudhelper", "mud")
	suite.Port.Services = []string{"mudhelper", "mud"}
	for _, n := range suite.Known() {
		require.NotEqual(t, "mud", n.Text, "the name of a suite's port says nothing of its scripts")
	}
}

// TestConditions wants both sides of every condition: what a program needs where
// it is met, and what where it is not.
func TestConditions(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	conditional := 0
	for _, e := range k.Entries {
		if e.If == nil {
			continue
		}
		conditional++
		other := slices.ContainsFunc(k.Entries, func(o *Entry) bool {
			if !slices.Equal(o.Programs, e.Programs) || !slices.Equal(o.Services, e.Services) {
				return false
			}
			// What counts where something is there needs an answer for all others.
			return o.If == nil && !e.If.Not ||
				o.If != nil && o.If.Not != e.If.Not && (o.If.Text == e.If.Text || !e.If.Not)
		})
		require.True(t, other, "%s:%d: nothing says what %v needs otherwise than where %s", e.File, e.Line,
			e.Programs, e.If)
	}
	require.Greater(t, conditional, 30)

	mongod := k.Lookup(asked("mongod", "mongodb70", "/x/mongod --setParameter=disabledSecureAllocatorDomains=* --fork"))
	require.Equal(t, []string{"net_basic"}, mongod.Entry.Needs)
	mongod = k.Lookup(asked("mongod", "mongodb70", "/x/mongod --fork"))
	require.Equal(t, []string{"mlock", "net_basic"}, mongod.Entry.Needs)
	require.Empty(t, mongod.Doubts)
	mongod = k.Lookup(asked("mongod", "mongodb70"))
	require.NotEmpty(t, mongod.Doubts, "the command line can't be seen")
}

// TestOnePerDaemon has suites in which one answer for all is wrong, and names
// that stand for another program elsewhere.
func TestOnePerDaemon(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	for _, c := range []struct{ service, port, needs string }{
		{"zebra", "frr", "routing net_basic"}, {"bgpd", "frr", "net_basic"}, {"ospfd", "frr", "net_basic net_raw"},
		{"ospf6d", "frr10", "net_basic net_raw"}, {"ripd", "frr", "net_basic"}, {"pimd", "frr", "NO"}, {"watchfrr", "frr", "NO"},
		{"babeld", "frr", "net_basic"}, {"babeld", "babeld", "NO"}, {"babeld", "quagga", "net_basic"},
		{"authdaemond", "courier-authlib", "none"}, {"courier-imap-imapd", "courier-imap", "net_basic"},
		{"miredo", "miredo", "NO"}, {"miredo_server", "miredo", "net_basic net_raw"},
		{"openntpd", "openntpd", "net_basic settime"}, {"dbus", "dbus", "NO"}, {"jackd", "jack", "sysvipc"},
		{"monerod", "monero-cli", "net_basic sysvipcnew"}, {"isc-dhclient", "isc-dhcp44-client", "NO"},
		{"nfcapd", "nfdump", "net_basic sysvipcnew"}, {"sfcapd", "nfdump", "net_basic sysvipcnew"}, {"keyd", "keyd", "NO"},
		{"nut", "nut", "net_basic"}, {"squid", "squid", "net_basic"}, {"dccd", "dcc-dccd", "net_basic"}, {"dccgrey", "dcc-dccd", "net_basic"},
		{"lldpd", "lldpd", "NO"}, {"lldpd", "openlldp", "net_basic"}, {"krescachegc", "knot-resolver", "none"},
		{"virtlogd", "libvirt", "none"}, {"redis", "redis", "net_basic"}, {"varnishd", "varnish7", "net_basic"}, {"apache24", "apache24", "net_basic"},
		{"samba_server", "samba419", "net_basic"}, {"winbindd", "samba", "net_basic"}, {"smokeping", "smokeping", "net_basic net_raw"},
		{"uptime_kuma", "uptime-kuma", "net_basic net_raw"}, {"cf_execd", "cfengine", "NO"}, {"cf_serverd", "cfengine", "net_basic"},
		{"slurmd", "slurm-wlm", "NO"}, {"slurmctld", "slurm-wlm", "net_basic"}, {"kpropd", "krb5", "net_basic"}, {"ipropd_slave", "heimdal", "net_basic"},
		{"xrdp-sesman", "xrdp", "NO"}, {"coovachilli", "coova-chilli", "NO"}, {"opennds", "opennds", "NO"}, {"salt_minion", "py-salt", "NO"},
		{"sshd", basePort, "NO"}, {"syslogd", basePort, "net_basic"}, {"ntpd", basePort, "net_basic settime"},
		{"blocklistd", basePort, "none"}, {"gssd", basePort, "net_basic nfsd"}, {"cron", basePort, "NO"}, {"nfsd", basePort, "NO"},
	} {
		m := k.Lookup(asked(c.service, c.port))
		require.NotNil(t, m, "%s of %s", c.service, c.port)
		require.Equal(t, c.needs, strings.Join(m.Entry.Needs, " "), "%s of %s", c.service, c.port)
	}
	require.Nil(t, k.Lookup(asked("blocklistd", "other")), "what is said of the base system is said of no port")
	require.Nil(t, k.Lookup(asked("mountd2", basePort)), "a script that is called a little like one of the base system")
}

// wholeStart is how the reason of an entry begins: a message puts it behind a
// sentence about the service, as it is.
var wholeStart = regexp.MustCompile(`^(It|Its|The|With|As|A|An|They|By|In|On|Only|Without|At|Up|Before|Both|Each|Users|Started|Emulated|Sentinel|System|Sessions)\b`)

// doubts belong into the field open, which no commit message shows.
var doubts = regexp.MustCompile(`Open:|\b(is|are) open\b|can be argued|not tested|would need only|as far as`)

// Each reason is of whole sentences, holds no doubt, names no option but the
// entry's own, and says of no program that nothing works and that something would.
func TestEntryReasons(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	for _, e := range k.Entries {
		where := fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Why)
		first, _, _ := strings.Cut(e.Why, " ")
		require.True(t, wholeStart.MatchString(e.Why) ||
			slices.Contains(slices.Concat(e.Programs, e.Services), first) ||
			regexp.MustCompile(`^[a-z_.-]+ (runs|starts|sends|listens|speaks) `).MatchString(e.Why),
			"no whole sentence: %s", where)
		require.True(t, strings.HasSuffix(e.Why, "."), where)
		require.NotRegexp(t, doubts, e.Why, where)
		for _, w := range regexp.MustCompile(`\b(net_\w+|netv[46]|sysvipc(new)?|settime)\b`).FindAllString(e.Why, -1) {
			require.Contains(t, slices.Concat(e.Needs, e.Lifted, e.Tolerates), w, where)
		}
		if e.OptOut() && len(e.Lifted) == 0 {
			require.NotRegexp(t, `\bwould (do|need|work|be enough)\b|works with`, e.Why, where)
		}
		if e.Open != "" {
			require.True(t, strings.HasSuffix(e.Open, "."), e.Open)
		}
	}
}
