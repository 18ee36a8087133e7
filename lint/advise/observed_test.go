package advise_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/advise/observe"
)

// captured reads a capture from a text.
func captured(t *testing.T, name, text string) *observe.Capture {
	c, err := observe.Read(name, strings.NewReader(text))
	require.NoError(t, err)
	return c
}

const sockstatHead = "USER COMMAND PID FD PROTO LOCAL ADDRESS FOREIGN ADDRESS\n"

// life is a kdump of a service from its first moment on, with more calls of it.
func life(program string, more ...string) string {
	return " 500 sh CALL execve(0x1,0x2,0x3)\n 500 sh CALL mlockall(0x3)\n 500 " + program +
		" RET execve JUSTRETURN\n 500 " + program + " CALL " +
		strings.Join(more, "\n 500 "+program+" CALL ") + "\n"
}

func TestObserved(t *testing.T) {
	root := madeRoot(t)
	write(t, root, map[string]string{"var/run/dropwort/dropwort.pid": "321\n"})
	m, _ := machine(t, root)
	for _, tc := range []struct {
		name, service, text string
		verdict             advise.Verdict
		lines, stricter     string
		reason              string
	}{
		{name: "nothing was known, and a snapshot shows sockets", service: "ragwort",
			text:    sockstatHead + "root ragwortd 77 5 tcp46 *:9 *:*\n",
			verdict: advise.TwoLines, lines: `ragwort_svcj="YES" ragwort_svcj_options="net_basic"`,
			reason: "It was seen with tcp46 *:9 *:* (process 77, x:2)."},
		{name: "another's sockets say nothing", service: "ragwort",
			text:    sockstatHead + "root ragworm 77 5 tcp46 *:9 *:*\n",
			verdict: advise.NotToday, reason: "Nothing shows what it needs."},
		{name: "a snapshot with UNIX sockets only is one sign", service: "ragwort",
			text:    sockstatHead + "root ragwortd 77 5 stream /var/run/ragwort.sock\n",
			verdict: advise.NotToday, reason: "One sign alone says what it needs, no option"},
		{name: "all its life without IP", service: "ragwort",
			text:    life("ragwortd", "socket(PF_LOCAL,0x1<SOCK_STREAM>,0)"),
			verdict: advise.TwoLines, lines: `ragwort_svcj="YES" ragwort_svcj_options=""`},
		{name: "all its life: what sh did before is not the service's", service: "ragwort",
			text:    life("ragwortd", "shmget(0x1,0x38,0x780)", "socket(PF_INET,0x1<SOCK_STREAM>,0)"),
			verdict: advise.TwoLines, lines: `ragwort_svcj="YES" ragwort_svcj_options="net_basic sysvipcnew"`,
			stricter: `ragwort_svcj_options="netv4 sysvipcnew"`},
		{name: "a child's doings are the service's", service: "ragwort",
			text:    life("ragwortd", "fork\n 500 ragwortd RET fork 501/0x1f5\n 501 helper CALL mlock(0x1,0x2)"),
			verdict: advise.TwoLines, lines: `ragwort_svcj="YES" ragwort_svcj_options="mlock"`},
		{name: "it did what no option permits", service: "ragwort",
			text:    life("ragwortd", "nmount(0x1,0x6,0)"),
			verdict: advise.NotToday, reason: "It was seen to do what no option permits: nmount(0x1,0x6,0)"},
		{name: "the table says less than was seen", service: "henbane",
			text:    "T ID KEY MODE OWNER GROUP CREATOR CGROUP NATTCH SEGSZ CPID LPID\nm 1 2 --rw------- henbane henbane henbane henbane 1 2 88 88\n",
			verdict: advise.TwoLines, lines: `henbane_svcj="YES" henbane_svcj_options="net_basic"`,
			stricter: `henbane_svcj_options="netv4"`},
		{name: "the script declares less than was seen", service: "bindweed",
			text:    life("bindweedd", "socket(PF_INET6,0x2<SOCK_DGRAM>,0)"),
			verdict: advise.TwoLines, lines: `bindweed_svcj="YES" bindweed_svcj_options="net_basic"`,
			stricter: `bindweed_svcj_options="netv6"`},
		{name: "tied by the pid file", service: "dropwort",
			text:    sockstatHead + "dropwort python3.11 321 5 tcp6 *:8090 *:*\n",
			verdict: advise.OneLine, lines: `dropwort_svcj="YES"`, stricter: `dropwort_svcj_options="netv6"`},
		{name: "tied by the user", service: "gorse",
			text:    sockstatHead + "redis java 999 5 tcp6 *:8090 *:*\n",
			verdict: advise.TwoLines, lines: `gorse_svcj="YES" gorse_svcj_options="net_basic"`,
			stricter: `gorse_svcj_options="netv6"`},
		{name: "truss names no command: it is the one that was asked about", service: "ragwort",
			text:    "socket(PF_INET,SOCK_DGRAM,0) = 3 (0x3)\n",
			verdict: advise.TwoLines, lines: `ragwort_svcj="YES" ragwort_svcj_options="net_basic"`,
			stricter: `ragwort_svcj_options="netv4"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := advice(t, m, advise.Question{Names: []string{tc.service},
				Observed: []*observe.Capture{captured(t, "x", tc.text)}})[tc.service]
			require.Equal(t, tc.verdict, a.Verdict, a.Reasons)
			require.Equal(t, tc.lines, assigned(a.Lines))
			if tc.reason != "" {
				require.Contains(t, strings.Join(a.Reasons, " "), tc.reason)
			}
			if tc.stricter != "" {
				require.NotEmpty(t, a.Offers)
				require.Equal(t, tc.stricter, assigned(a.Offers[0].Lines))
			}
		})
	}
}
