package observe

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// told is the facts, one a line: line, pid, command, user, need, what was seen.
func told(c *Capture) string {
	var b strings.Builder
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "%d %d %s %s %s", f.Line, f.PID, dash(f.Command), dash(f.User), dash(string(f.Need)))
		if f.Child > 0 {
			fmt.Fprintf(&b, " made %d", f.Child)
		}
		b.WriteString(" " + f.Seen + "\n")
	}
	return b.String()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// The inputs have the shapes that the manual pages give, with names of our own.
func TestRead(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		format   Format
		unknown  int
		want     string
	}{
		{name: "sockstat", format: Sockstat, unknown: 1, in: `USER     COMMAND    PID   FD  PROTO  LOCAL ADDRESS         FOREIGN ADDRESS
www      anemoned   1234  6   tcp4   *:8080                *:*
www      anemoned   1234  7   tcp46  *:8443                *:*
www      anemoned   1234  8   stream /var/run/anemone.sock
clock    clockd     77    20  udp6   [2001:db8::7]:123     *:*
root     quince d   9     3   dgram  -> /var/run/logpriv
root     natd       12    4   divert4 *:8668               *:*
root     pinger     13    3   icmp4  *:*                   *:*
?        ?          ?     ?   tcp4   192.0.2.7:22          192.0.2.9:4444
a line of something else
`, want: `2 1234 anemoned www netv4 tcp4 *:8080 *:*
3 1234 anemoned www netv4 tcp46 *:8443 *:*
3 1234 anemoned www netv6 tcp46 *:8443 *:*
4 1234 anemoned www none stream /var/run/anemone.sock
5 77 clockd clock netv6 udp6 [2001:db8::7]:123 *:*
6 9 quince d root none dgram -> /var/run/logpriv
7 12 natd root NO divert4 *:8668 *:*
8 13 pinger root netv4 icmp4 *:* *:*
8 13 pinger root net_raw icmp4 *:* *:*
`},
		{name: "ipcs", format: IPCS, in: `Message Queues:
T           ID          KEY MODE        OWNER    GROUP    CREATOR  CGROUP                 CBYTES                 QNUM               QBYTES        LSPID        LRPID STIME    RTIME    CTIME   
q            0         4711 --rw------- hawk     hawk     hawk     hawk                        0                    0                 2048           81           82 no-entry no-entry 12:00:00

Shared Memory:
T           ID          KEY MODE        OWNER    GROUP    CREATOR  CGROUP         NATTCH        SEGSZ         CPID         LPID ATIME    DTIME    CTIME   
m        65536      5432001 --rw------- store    store    store    store               6           56         1234         1240 12:00:00 12:00:00 12:00:00

Semaphores:
T           ID          KEY MODE        OWNER    GROUP    CREATOR  CGROUP          NSEMS OTIME    CTIME   
s            1            0 --rw------- wren     wren     wren     wren               17 12:00:00 12:00:00
`, want: `3 81 - hawk sysvipcnew message queue 0 of hawk
3 82 - hawk sysvipcnew message queue 0 of hawk
7 1234 - store sysvipcnew shared memory segment 65536 of store
7 1240 - store sysvipcnew shared memory segment 65536 of store
11 0 - wren sysvipcnew semaphore set 1 of wren
`},
		{name: "procstat -f", format: Files, in: `  PID COMM                FD T V FLAGS    REF  OFFSET PRO NAME        
 1234 anemoned          text v r r-------   -       - -   /usr/local/sbin/anemoned
 1234 anemoned           cwd v d r-------   -       - -   /
 1234 anemoned             3 s - rw---n--   2       0 TCP 0.0.0.0:8080 0.0.0.0:0
 1234 anemoned             4 s - rw---n--   2       0 UDP [::]:53 [::]:0
 1234 anemoned             5 s - rw------   1       0 UDS 0 0 0 0 /var/run/anemone.sock
 1234 anemoned             6 s - rw------   1       0 ICM 0.0.0.0:0 0.0.0.0:0
 1234 anemoned             7 k - rw------   1       0 -   -
`, want: `2 1234 anemoned - - /usr/local/sbin/anemoned
4 1234 anemoned - netv4 TCP 0.0.0.0:8080 0.0.0.0:0
5 1234 anemoned - netv6 UDP [::]:53 [::]:0
6 1234 anemoned - none UDS 0 0 0 0 /var/run/anemone.sock
7 1234 anemoned - netv4 ICM 0.0.0.0:0 0.0.0.0:0
7 1234 anemoned - net_raw ICM 0.0.0.0:0 0.0.0.0:0
`},
		{name: "procstat rlimit", format: Limits, in: `  PID COMM             LIMIT                     SOFT             HARD     
 1234 anemoned         cputime              infinity         infinity sec 
 1234 anemoned         memorylocked         64.0  kB         64.0  kB 
`},
		{name: "kdump", format: Kdump, in: `  1234 sh       CALL  execve(0x8228ba1d8,0x8228ba1e8,0x8228ba210)
  1234 sh       NAMI  "/usr/local/sbin/anemoned"
  1234 anemoned RET   execve JUSTRETURN
  1234 anemoned CALL  socket(PF_INET6,0x1<SOCK_STREAM>,0)
  1234 anemoned RET   socket 3
  1234 anemoned CALL  socket(PF_LOCAL,0x2<SOCK_DGRAM>,0)
  1234 anemoned CALL  socket(PF_INET,0x3<SOCK_RAW>,IPPROTO_ICMP)
  1234 anemoned CALL  socket(PF_ROUTE,0x3<SOCK_RAW>,0)
  1234 anemoned CALL  mlockall(0x3<MCL_CURRENT|MCL_FUTURE>)
  1234 anemoned RET   mlockall -1 errno 1 Operation not permitted
  1234 anemoned CALL  shmget(0x52e2c1,0x38,0x780)
  1234 anemoned CALL  adjtime(0,0x8228ba1d8)
  1234 anemoned CALL  ntp_adjtime(0x8228ba1d8)
  1234 anemoned CALL  fork
  1234 anemoned RET   fork 1240/0x4d8
  1240 100123 anemoned 0.000012 CALL  nmount(0x8228ba1d8,0x6,0)
  1234 anemoned GIO   fd 4 wrote 12 bytes
       "what it wrote"
  1234 anemoned NAMI  "/dev/pf"
`, want: `1 1234 sh - - execve
4 1234 anemoned - netv6 socket(PF_INET6,0x1<SOCK_STREAM>,0)
6 1234 anemoned - none socket(PF_LOCAL,0x2<SOCK_DGRAM>,0)
7 1234 anemoned - netv4 socket(PF_INET,0x3<SOCK_RAW>,IPPROTO_ICMP)
7 1234 anemoned - net_raw socket(PF_INET,0x3<SOCK_RAW>,IPPROTO_ICMP)
9 1234 anemoned - mlock mlockall(0x3<MCL_CURRENT|MCL_FUTURE>)
11 1234 anemoned - sysvipcnew shmget(0x52e2c1,0x38,0x780)
13 1234 anemoned - settime ntp_adjtime(0x8228ba1d8)
15 1234 anemoned - - made 1240 fork
16 1240 anemoned - NO nmount(0x8228ba1d8,0x6,0)
`},
		{name: "truss", format: Truss, unknown: 1, in: `1234: execve("/usr/local/sbin/anemoned",[ "anemoned" ],0x8228ba1e8) EJUSTRETURN
1234: socket(PF_INET,SOCK_STREAM,0)		 = 3 (0x3)
1234: openat(AT_FDCWD,"/dev/tun0",O_RDWR,00)	 ERR#2 'No such file or directory'
1234: fork()					 = 1240 (0x4d8)
1240: <new process>
1240: semget(0x0,0x3,0x780)			 ERR#78 'Function not implemented'
1240: clock_settime(0,{ 1767225600.000000000 })	 = 0 (0x0)
1240: socket(PF_BLUETOOTH,SOCK_RAW,134)		 = 5 (0x5)
1240: SIGNAL 15 (SIGTERM) code=SI_USER
1240: process exit, rval = 0
something else
`, want: `1 1234 - - - /usr/local/sbin/anemoned
2 1234 - - netv4 socket(PF_INET,SOCK_STREAM,0) = 3 (0x3)
4 1234 - - - made 1240 fork
6 1240 - - sysvipcnew semget(0x0,0x3,0x780) ERR#78 'Function not implemented'
7 1240 - - settime clock_settime(0,{ 1767225600.000000000 }) = 0 (0x0)
8 1240 - - net_all socket(PF_BLUETOOTH,SOCK_RAW,134) = 5 (0x5)
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := Read(tc.name, strings.NewReader(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.format, c.Format)
			require.Equal(t, tc.want, told(c))
			require.Equal(t, tc.unknown, c.Unknown)
			require.Equal(t, strings.Count(tc.in, "\n"), c.Lines)
		})
	}
}

func TestReadNothing(t *testing.T) {
	for _, in := range []string{"", "hello\nworld\n", "\x00\x01\x02", strings.Repeat("x", 1<<20)} {
		_, err := Read("x.txt", strings.NewReader(in))
		require.ErrorContains(t, err, "no line of x.txt is known: expected the output of sockstat, ipcs,")
	}
}

// A long file is read as it comes, and what is kept of it has a bound.
func TestReadLong(t *testing.T) {
	var b strings.Builder
	b.WriteString("USER COMMAND PID FD PROTO LOCAL ADDRESS FOREIGN ADDRESS\n")
	for i := range 3 * maxFacts {
		fmt.Fprintf(&b, "www anemoned %d 6 tcp4 *:8080 *:*\n", i+1)
	}
	b.WriteString("www " + strings.Repeat("a", 2*maxLine) + " 1 2 tcp4 x\n")
	c, err := Read("long", strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Len(t, c.Facts, maxFacts)
	require.Equal(t, 3*maxFacts+2, c.Lines)
	require.Equal(t, 1, c.Unknown)
}

func TestHowTo(t *testing.T) {
	var b strings.Builder
	require.NoError(t, HowTo(&b, Subject{Name: "anemone", Program: "/usr/local/sbin/anemoned", User: "www",
		PidFile: "/var/run/anemone.pid"}))
	for _, want := range []string{
		"ktrace -i -t cn -f /var/tmp/anemone.ktrace service anemone start",
		"kdump -f /var/tmp/anemone.ktrace > anemone.kdump",
		"procstat -f $(cat /var/run/anemone.pid) > anemone.files", "ipcs -a -p > anemone.ipcs", "as www",
	} {
		require.Contains(t, b.String(), want)
	}
}
