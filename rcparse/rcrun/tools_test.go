package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The emulated tools, as a script uses them: what $(...) of each is.
func TestTools(t *testing.T) {
	for _, tc := range []struct{ command, want string }{
		{`basename /a/b.sh .sh`, "b"},
		{`basename -s .in x.in`, "x"},
		{`basename /`, "/"},
		{`dirname /a/b /c a ./x/y`, "/a / . ./x"},
		{`expr 7 - 2 \* 3`, "1"},
		{`expr abc : 'a\(.*\)'`, "bc"},
		{`expr abc : 'x*'`, "0"},
		{`expr 10 \> 9 \& a = a`, "1"},
		{`expr \( 1 + 2 \) \* 3`, "9"},
		{`expr "" \| x`, "x"},
		{`echo aBc-d | tr '[:lower:]-' '[:upper:]_'`, "ABC_D"},
		{`echo a b | tr -d ' '`, "ab"},
		{`echo aabb | tr -s a`, "abb"},
		{`echo x1y2 | tr -cd 0-9`, "12"},
		{`echo a:b:c | cut -d: -f1,3`, "a:c"},
		{`echo abcdef | cut -c2-3`, "bc"},
		{`echo abc | cut -d: -f2`, "abc"},
		{`echo a.b | sed -e 's/\./_/g' -e 's,a,c,'`, "c_b"},
		{`echo foo=bar | sed -n 's/^foo=\(.*\)$/[\1]/p'`, "[bar]"},
		{`printf 'a\nb\n' | sed /a/d`, "b"},
		{`echo aaa | sed -E 's/a(a)/<&\1>/'`, "<aaa>a"},
		{`printf '1\n2\n3\n' | head -n 2 | tail -1`, "2"},
		{`printf '1\n2\n3\n' | tail -n +2`, "2 3"},
		{`printf 'a b\nc\n' | wc -l | tr -d ' '`, "2"},
		{`seq 2 4`, "2 3 4"},
		{`printf 'b\na\nb\n' | sort -u`, "a b"},
		{`printf '10\n9\n' | sort -n`, "9 10"},
		{`printf 'ab\ncd\n' | grep -v ^a`, "cd"},
		{`printf 'ab\ncd\n' | grep -c .`, "2"},
		{`printf 'ab 12\n' | grep -oE '[0-9]+'`, "12"},
		{`printf 'a.b\naxb\n' | fgrep a.b`, "a.b"},
		{`echo x | grep -q y || echo no`, "no"},
		{`echo 'a b c' | awk '{print $2}'`, "b"},
		{`echo 'a:b' | awk -F: '{ print $2, $1 }'`, "b a"},
		{`printf 'x 1\ny 2\n' | awk '/^y/ {print $NF}'`, "2"},
		{`echo a b | xargs -n1 echo x`, "x a b"},
		{`id -u; id -un; id -gn; id -u www`, "0 root wheel 1001"},
		{`su -m www -c 'id -un; whoami'`, "www www"},
		{`getent passwd www | cut -d: -f6`, "/home/www"},
		{`pw usershow www | cut -d: -f9`, "/home/www"},
		{`pw groupshow wheel | cut -d: -f3`, "0"},
		{`hostname -s; uname -s; uname -m -r`, "host FreeBSD amd64 15.0-RELEASE"},
		{`sysctl -n hw.ncpu kern.nothing; sysctl hw.machine`, "4 0 hw.machine: amd64"},
		{`stat -f %Su /x; stat -f %u /x`, "root 0"},
		{`realpath ../x; readlink /y || readlink -f /z/../y`, "/x /y"},
		{`mktemp -d /tmp/x.XXXX; which nginx; PATH=$PATH:/usr/local/bin; which nginx`, "/tmp/x.simulated /usr/local/bin/nginx"},
		{`ls -l /etc/x | awk '{print $3}'`, "root"},
		{`date +%s; nproc`, "1767225600 4"},
		{`cat /var/run/x.pid`, ""},
	} {
		t.Run(tc.command, func(t *testing.T) {
			rec := FromText("x=$("+tc.command+")\n/bin/say $x\n").Run(t.Context(),
				Scenario{Verb: "start", InstalledAs: "x"})
			require.Empty(t, rec.Failed)
			last := rec.Reached[len(rec.Reached)-1]
			require.Equal(t, tc.want, strings.Join(last.Argv[1:], " "))
		})
	}
}

// What a script asks of a tool or file that is not known is noted.
func TestUnknown(t *testing.T) {
	rec := FromText("x=$(/opt/mytool --version) y=$(awk 'BEGIN { print 1 }') z=$(cat /etc/x)\n/opt/mytool >/dev/null\n. /etc/rc.subr\n. /etc/other\n/opt/mytool >/tmp/out\n"+
		"[[ a ]]\neval 'if'\n").Run(t.Context(), Scenario{Verb: "start", InstalledAs: "x"})
	require.Equal(t, []string{
		`the output of "/opt/mytool --version": taken as empty`,
		`the output of "awk BEGIN { print 1 }": taken as empty`,
		`what is in "/etc/x": taken as empty`,
		`what is in "/etc/other", which it sources`,
		`the output of "/opt/mytool": taken as empty`,
		`"[[" is not a command of sh`,
		`a text that it evaluates is not shell: 1:1: "if" is not closed: the file ends, and "fi" is missing`,
	}, rec.Unknown)
}

func TestUnwrap(t *testing.T) {
	for _, tc := range []struct{ line, want, text string }{
		{"limits -C web -m 100M nice -n -5 setfib -F 2 cpuset -l 0 env A=1 prog -x", "prog -x [limits -m 100M] [nice -5] [fib 2] [cpuset 0] [class web]", ""},
		{"/usr/bin/nice -10 setfib 3 timeout -k 5 10 nohup prog", "prog [nice 10] [fib 3]", ""},
		{"setfib -1 prog", "prog [fib 1]", ""},
		{"chroot -u www -g web -G a,b /jail prog", "prog [user www] [group web] [groups a,b] [chroot /jail]", ""},
		{"su -m www -c text", " [user www]", "text"},
		{"su - www -c text", " [user www]", "text"},
		{"su www", "su www", ""},
		{"su -c web www -c text", " [user www] [class web]", "text"},
		{"/bin/sh -c text a b", "", "text"},
		{"sh -x -ec text", "", "text"},
		{"sh /x/y", "sh /x/y", ""},
		{"sudo -u www -E prog", "prog [user www]", ""},
		{"doas -u www prog", "prog [user www]", ""},
		{"protect -p 12", "protect -p 12", ""},
		{"cpuset -g -p 1", "cpuset -g -p 1", ""},
		{"protect -i prog", "prog", ""},
		{"daemon -u www prog", "daemon -u www prog", ""},
		{"limits -e", " [limits -e]", ""},
		{"env -i -u X A=1 sh -c text", "", "text"},
	} {
		u := unwrap(strings.Fields(tc.line), frame{cwd: "/", umask: "0022"})
		got := linesOf([]Command{{
			Argv: u.argv, User: u.frame.user, Group: u.frame.group, Groups: u.frame.groups, Chroot: u.frame.chroot,
			Dir: "/", Umask: "0022",
			Limits: u.frame.limits, Nice: u.frame.nice, FIB: u.frame.fib, CPUSet: u.frame.cpuset,
			LoginClass: u.frame.class,
		}})
		if u.script == nil {
			require.Equal(t, "host : "+tc.want+"\n", got, tc.line)
			require.Empty(t, tc.text, tc.line)
			continue
		}
		require.Equal(t, tc.text, *u.script, tc.line)
		require.Contains(t, got, tc.want, tc.line)
	}
}

func TestCondition(t *testing.T) {
	s := &shell{sim: &sim{script: &Script{}, files: newFiles()}}
	s.sim.files.make("/var/run/made")
	s.sim.files.remove("/etc/gone")
	for _, tc := range []struct {
		args string
		want int
	}{
		{"[ ]", 1}, {"[ x ]", 0}, {"[ ! x ]", 1}, {"[ -f ]", 0}, {"[ -n ]", 0}, {"test", 1}, {"[ x", 2},
		{"[ a = a ]", 0}, {"[ a == b ]", 1}, {"[ a != b ]", 0}, {"[ 1 -lt 2 ]", 0}, {"[ x -eq 1 ]", 2}, {"[ a < b ]", 0},
		{"[ ! a = b ]", 0}, {"[ ! a = a -o b = b ]", 0}, {"[ ! -z a -a b = c ]", 1}, {"[ a = b -o c = c -a d = e ]", 1},
		{"[ ( a = b -o c = c ) -a d = d ]", 0}, {"[ ! ! a = a ]", 0}, {"[ ! ( a = a ) ]", 1}, {"[ ( a ]", 2},
		{"[ -f /etc/x ]", 0}, {"[ -d /any ]", 0}, {"[ -x /usr/local/bin/x -a -r /etc/y ]", 0}, {"[ -e /etc/gone ]", 1},
		{"[ -L /etc/x ]", 1}, {"[ -S /var/run/x.sock ]", 1}, {"[ -c /dev/null ]", 0}, {"[ -c /etc/x ]", 1}, {"[ -t 0 ]", 1},
		{"[ -e /var/run/x ]", 1}, {"[ -d /var/run/made ]", 0}, {"[ -d /var/run ]", 0}, {"[ -f /var/db/x.pid ]", 1}, {"[ -f /tmp/x ]", 1},
		{"[ /a -nt /b ]", 1}, {"[ /a -ef /x/../a ]", 0}, {"[ a b c d e ]", 2},
	} {
		require.Equal(t, tc.want, s.test("/", strings.Fields(tc.args)), tc.args)
	}
	s.sim.running = true
	require.Equal(t, 0, s.test("/", strings.Fields("[ -f /var/db/x.pid -a -S /var/run/x.sock ]")))
	require.Equal(t, 1, s.test("/", []string{"test", "-f", ""}))
}

// Records come in the order of the jobs, the same from one worker as from three
// and as without any.
func TestPool(t *testing.T) {
	var jobs []Job
	var want [][]Record
	for i := range 12 {
		j := Job{Src: []byte(serviceText("command_args=" + strings.Repeat("x", i+1))), Scenarios: []Scenario{
			{Verb: "start", InstalledAs: "foo"}, {Verb: "start", InstalledAs: "foo", Svcj: true}, {Verb: "stop", InstalledAs: "foo", Running: true},
		}}
		if i == 5 {
			j.Src = []byte("while :; do :; done")
		}
		jobs = append(jobs, j)
		want = append(want, j.run())
	}
	for _, workers := range []int{1, 3} {
		p, err := NewPool(PoolOptions{Workers: workers})
		require.NoError(t, err)
		require.Equal(t, want, p.Run(t.Context(), jobs))
		require.Equal(t, want[:2], p.Run(t.Context(), jobs[:2]), "a pool can be used again")
		p.Close()
	}
}

// A child that dies, talks nonsense, can't be started or never answers costs its job.
func TestPoolTrouble(t *testing.T) {
	job := []Job{{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain"}}}}
	for _, tc := range []struct {
		name    string
		command []string
		want    string
	}{
		{"no such program", []string{"/nonexistent/svcjify"}, "the simulation died of it: starting a worker: .*"},
		{"it ends", []string{"/bin/sh", "-c", "exit 3"}, "the simulation died of it: .*"},
		{"nonsense", []string{"/bin/sh", "-c", "echo nonsense at length"}, `the simulation died of it: .*`},
		{"silence", []string{"/bin/sh", "-c", "sleep 60"}, "the simulation was not done within 300ms by the clock.*"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := NewPool(PoolOptions{Workers: 1, Command: tc.command, Timeout: 300_000_000})
			require.NoError(t, err)
			defer p.Close()
			require.Regexp(t, "^"+tc.want+"$", p.Run(t.Context(), job)[0][0].Failed)
		})
	}
}
