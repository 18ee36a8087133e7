package patch

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestReasonNamesNoOtherPort(t *testing.T) {
	for _, c := range []struct{ argv, reason, want string }{
		{"/x/food -a :80", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP."},
		{"/x/food --port=6081", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP 6081."},
		{"/x/food -c /etc/food.conf", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP 6081."},
		{"/x/food -l 127.0.0.1:53", "It answers on UDP ports 67, 68 and 69, and on TCP 70.", "It answers on UDP, and on TCP."},
		{"/x/food -l 127.0.0.1:9050", "It relays on TCP 9001 and serves SOCKS on TCP 9050.", "It relays on TCP 9001 and serves SOCKS on TCP 9050."},
		{"/x/food -u 1001:1001", "It shares memory.", "It shares memory."},
		{"/x/food", `It speaks IP: food_ip holds an address: "0.0.0.0".`, `It uses the network: the script sets food_ip="0.0.0.0".`},
		{"/x/food", `It speaks IP: food_ports="9009,9010".`, `It uses the network: the script sets food_ports="9009,9010".`},
	} {
		s := &lint.Subject{Verdict: infer.Verdict{Reason: c.reason}, Records: &lint.Records{}}
		s.Records.Host.Starts = []rcrun.Command{{Argv: strings.Fields(c.argv)}}
		require.Equal(t, c.want, Reason(s))
	}
}

// What the table says of the program in general is left out where this script says otherwise.
func TestReasonHoldsForThisScript(t *testing.T) {
	for _, c := range []struct{ name, script, argv, reason, want string }{
		{"flag given all the same", "", "/x/food -k", "It serves TCP. It locks memory only with -k, which is not the default.", "It serves TCP."},
		{"flag not given", "", "/x/food -l a", "It serves TCP. It locks memory only with -k.", "It serves TCP. It locks memory only with -k."},
		{"flag that the script is said to give", "", "/x/food", "It serves the socket the script names (-l /var/run/food.sock).", ""},
		{"and gives", "", "/x/food -l /var/run/food.sock",
			"It serves the socket the script names (-l /var/run/food.sock).",
			"It serves the socket the script names (-l /var/run/food.sock)."},
		{"no such keyword", "", "/x/food", "It hands out disks; its KEYWORD is nojail. It waits.", "It waits."},
		{"keyword", "# KEYWORD: nojail\n", "/x/food", "It hands out disks; its KEYWORD is nojail.", "It hands out disks; its KEYWORD is nojail."},
		{"no modules", "", "/x/food", "It works. Modules are loaded on the host by required_modules.", "It works."},
		{"modules", "required_modules=linux\n", "/x/food",
			"It works. Modules are loaded on the host by required_modules.",
			"It works. Modules are loaded on the host by required_modules."},
		{"no precmd", "", "/x/food", "The script starts the drivers in its precmd, on the host. It waits.", "It waits."},
		{"full stop inside", "", "/x/food", "It reads rc.conf. It waits 1.5 seconds.", "It reads rc.conf. It waits 1.5 seconds."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &lint.Subject{Verdict: infer.Verdict{Reason: c.reason}, Records: &lint.Records{},
				Script: rcparse.Parse([]byte(c.script+"name=food\n"), nil)}
			s.Records.Host.Starts = []rcrun.Command{{Argv: strings.Fields(c.argv)}}
			require.Equal(t, c.want, Reason(s))
		})
	}
}

// What the port builds only with an option that is off is not spoken of.
func TestReasonHoldsForTheOptions(t *testing.T) {
	tree := fstest.MapFS{"mail/food/Makefile": {Data: []byte("PORTNAME=\tfood\nOPTIONS_DEFINE=\tLDAP IPFWD SERVER\n" +
		"OPTIONS_DEFAULT=\tLDAP\n.include <bsd.port.mk>\n")}}
	made, err := makefile.Read(tree, "mail/food")
	require.NoError(t, err)
	svc := &corpus.Service{Name: "food", Ports: []*corpus.Port{{Make: made}}}
	for reason, want := range map[string]string{
		"It is a milter; its helper ipfwd writes ipfw rules.":   "It is a milter.",
		"It is a milter. Its helper ipfwd writes ipfw rules.":   "It is a milter.",
		"Its helper ipfwd writes ipfw rules; it asks DNS.":      "Its helper ipfwd writes ipfw rules; it asks DNS.",
		"It is a milter. It asks LDAP.":                         "It is a milter. It asks LDAP.",
		"It is a milter. It is a server too.":                   "It is a milter. It is a server too.",
		"It is a milter. The option SERVER adds a second port.": "It is a milter.",
	} {
		s := &lint.Subject{Service: svc, Verdict: infer.Verdict{Reason: reason}}
		require.Equal(t, want, Reason(s))
	}
}

func TestReasonNamesNoPortOfAnotherConfiguration(t *testing.T) {
	s := &lint.Subject{Verdict: infer.Verdict{Reason: "It serves HTTP on TCP 6081.", Evidence: []infer.Evidence{
		{Kind: infer.FromConf, Fact: `food.conf.sample has "listen_port = 8080"`}}}}
	require.Equal(t, "It serves HTTP on TCP.", Reason(s))
}

// A soft opt-out says what works, why it is not the default, and how it is lifted.
func TestSoftOptOutMessage(t *testing.T) {
	soft := infer.Verdict{OptOut: true, Policy: true, Lifted: []string{"net_basic"},
		Reason: "Its sessions would be locked in the jail.", Comment: "its sessions must see the host"}
	d := &declaration{services: []string{"food"}, answer: soft}
	require.Equal(t, "food gets net_basic in a service jail, and is not jailed by default. Its sessions would be locked in the jail. "+
		"food_svcj=YES in rc.conf jails it; svcj_all_enable does not.", d.sentence())
	d.answer.Lifted = []string{}
	require.Contains(t, d.sentence(), "food gets no option in a service jail, and is not jailed by default.")
	d.answer.Lifted = nil
	require.Equal(t, "food stays out of service jails. Its sessions would be locked in the jail.", d.sentence())
}

// A message says no more of an opt-out than its reason does.
func TestOptOutMessage(t *testing.T) {
	for _, c := range []struct {
		services []string
		reason   string
		sure     infer.Certainty
		want     string
	}{
		{[]string{"food"}, "It loads a module.", infer.Certain, "food cannot work in a service jail, whatever its svcj options."},
		{[]string{"a", "b"}, "It loads a module.", infer.Certain, "Neither a nor b can work in a service jail, whatever its svcj options."},
		{[]string{"a", "b", "c"}, "It loads a module.", infer.Certain, "None of a, b and c can work in a service jail, whatever its svcj options."},
		{[]string{"food"}, "It writes pf tables.", infer.Confident, "food stays out of service jails."},
		{[]string{"food"}, "It grows the disk once and exits.", infer.Certain, "food stays out of service jails."},
		{[]string{"a", "b"}, "It sets it up, and leaves no process.", infer.Certain, "a and b stay out of service jails."},
		{[]string{"food"}, "It makes a tunnel; proxy mode is not the default.", infer.Certain, "food cannot work in a service jail as it runs by default."},
	} {
		never := infer.Verdict{OptOut: true, Reason: c.reason, Certainty: c.sure}
		d := &declaration{services: c.services, answer: never}
		if len(c.services) > 1 { // each for itself
			c.reason = strings.Replace(c.reason, "It ", "Each ", 1)
		}
		require.Equal(t, c.want+" "+c.reason, d.sentence())
	}
}

// Sentences that differ in the service's name only are one.
func TestSayings(t *testing.T) {
	var l sayings
	l.add("foo", `With foo_flags="-x" in rc.conf, foo starts.`)
	l.add("bar", `With bar_flags="-x" in rc.conf, bar starts.`)
	l.add("bar", "bar: plugins are lost.")
	l.add("foo", "foo: plugins are lost.")
	l.add("foo", "foobar is another.")
	require.Equal(t, []string{`foo and bar: With NAME_flags="-x" in rc.conf, NAME starts.`,
		"bar and foo: plugins are lost.", "foobar is another."}, l.texts(false))
}

// inside is what a message must not hold: words of the tool's own, doubts, and
// fragments that stand where a sentence is expected.
var inside = regexp.MustCompile(`\((certain|confident|likely|possible)\)|\bsimulat|\bOpen:|\bis open\b|was not tested|can be argued|` +
	`It is an? (It|Takes|Two|HTTP \d)\b|\bbesides\b|bear the name`)

// checkMessage holds a commit message against itself: no sentence stands there
// twice, and none says that a service works while another says that nothing does.
func checkMessage(t *testing.T, c *Change) {
	t.Helper()
	flat := strings.Join(strings.Fields(c.Body()), " ")
	require.NotRegexp(t, inside, flat, c.Name())
	said := map[string]bool{}
	for _, paragraph := range strings.Split(c.Body(), "\n\n") {
		text := strings.Join(strings.Fields(paragraph), " ")
		require.False(t, said[text], "%s: twice: %s", c.Name(), text)
		said[text] = true
		if strings.Contains(text, "whatever its svcj options") {
			require.NotRegexp(t, `\bwould (do|need|work)\b|needs (net_|no option|mlock|sysvipc|settime|routing)`, text,
				c.Name())
		}
	}
}

func TestSentenceCase(t *testing.T) {
	for text, want := range map[string]string{
		"the pinger measures nothing.": "The pinger measures nothing.", "proxy_bind transparent is denied.": "proxy_bind transparent is denied.",
		"redis: one only.": "redis: one only.", "": "", "ping(8) fails.": "ping(8) fails.",
	} {
		require.Equal(t, want, sentenceCase(text))
	}
}
