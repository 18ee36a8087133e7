// Under the race detector the stub, which is this test itself, does not start in the root.

//go:build !race

package rcrun

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
)

// dashPrelude comes before the model: what in it needs the simulation asks the
// stubs of the temporary root.
const dashPrelude = `
ulimit -u 200 2> /dev/null || ulimit -p 200 || exit 9 # FreeBSD's letter for processes, dash's
export __phase rc_arg
__svcjify()
{
	case $1 in
	begin) /bin/__begin "$name" "$rcvar" ;;
	user) [ "$2" = root ] && [ -z "$__svcjify_frame" ] ;;
	jailed) [ "$_rc_svcj" = jailing ] ;;
	required) [ -e "$2" ] || /bin/mkdir -p "$2" ;;
	jail)
		[ "$name" = "$__installed" ] || return 1
		[ ! -e "/.svcjify-jail-$name" ] || return 1
		: > "/.svcjify-jail-$name"
		/bin/__jail "/usr/local/etc/rc.d/$name" ${_rc_prefix}start $rc_extra_args
		;;
	esac
}
kill() { case $1 in -0) return 1 ;; *) /bin/kill "$@" ;; esac; }
ulimit() { :; }
stat() { eval "name=\$name ${name:-x}_user=\$${name:-x}_user /usr/bin/stat \"\$@\""; }
trap 'command wait; /bin/__linger' EXIT
wait() { :; }
limits() { __svcjify_pending=$_prepend /usr/bin/limits "$@"; }
`

// homes finds the home directories of pretended users.
var homes = regexp.MustCompile(`/home/([A-Za-z0-9_.-]+)`)

// realTools are the text tools that dash gets as they are here.
var realTools = strings.Fields("cat sed grep expr basename dirname tr cut head tail wc sort seq uniq")

// stubUser owns what runs in the root: no process of any one else is in its
// reach, and setrlimit(2) counts its processes alone.
var stubUser = 100_000 + os.Getpid()

// A dashRoot is what every temporary root starts as.
type dashRoot struct {
	dir string
	sh  testsh.Shell // dash, but for -shell and SVCJIFY_SH
}

// newDashRoot copies the shell, the tools, their libraries and this program.
func newDashRoot(t *testing.T) dashRoot {
	sh, err := testsh.Find(*shellFlag)
	if err != nil && *shellFlag != "" {
		t.Fatal(err)
	}
	if err == nil && os.Getuid() != 0 {
		err = errors.New("chroot(2) needs root")
	}
	if err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") == "1" && os.Getuid() == 0 {
			require.NoError(t, err)
		}
		t.Skip("no comparison with a shell: ", err)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	base := t.TempDir()
	copyIn := func(from, to string) {
		b, err := os.ReadFile(from)
		require.NoError(t, err)
		to = filepath.Join(base, to)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, b, 0o755))
	}
	library := regexp.MustCompile(`(?m)(/\S+) \(0x`)
	install := func(from, to string) {
		copyIn(from, to)
		out, err := exec.Command("ldd", from).Output()
		if err != nil {
			return // static
		}
		for _, m := range library.FindAllStringSubmatch(string(out), -1) {
			if _, err := os.Stat(filepath.Join(base, m[1])); err != nil {
				copyIn(m[1], m[1])
			}
		}
	}
	install(sh.Path, "/bin/sh")
	install(self, "/stub")
	for _, tool := range realTools {
		if p, err := exec.LookPath(tool); err == nil {
			install(p, "/usr/bin/"+tool)
			copyIn(p, "/bin/"+tool)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(base, stubMark), nil, 0o644))
	d := dashRoot{base, sh}
	plain := FromText(serviceText(""))
	if _, _, _, err := d.run(t, plain, Scenario{Verb: "start", InstalledAs: "foo"}, nil, nil); err != nil {
		t.Skip("no comparison with a shell: ", err)
	}
	return d
}

// A question is one to the pretended file system.
type question struct {
	op, path string
	there    bool
}

// run runs a script under dash in a root that has the files that the
// simulation was asked for, and the commands that it reached.
func (d dashRoot) run(t *testing.T, s *Script, sc Scenario, asked []question, reached []Command) (calls []stubCall,
	errs string, exit int, err error) {
	root, err := os.MkdirTemp(t.TempDir(), "root")
	require.NoError(t, err)
	defer os.RemoveAll(root)
	require.NoError(t, filepath.WalkDir(d.dir, func(p string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(d.dir, p)
		switch {
		case err != nil || rel == ".":
			return err
		case e.IsDir():
			return os.Mkdir(filepath.Join(root, rel), 0o777)
		}
		return os.Link(p, filepath.Join(root, rel))
	}))
	stub := func(name string) {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err == nil {
			os.Link(filepath.Join(root, "stub"), p) // there already: a tool, or asked for twice
		}
	}
	for _, dir := range []string{"/tmp", "/var/run", "/usr/local/etc/rc.d", "/etc", "/dev"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o777))
	}
	for _, name := range []string{"limits", "nice", "setfib", "cpuset", "su", "env", "chroot", "protect", "timeout",
		"daemon", "kldstat", "kldload", "logger", "egrep", "fgrep", "awk", "id", "sysctl", "pgrep", "ps", "kill",
		"__linger", "sleep", "mkdir", "install", "rm", "touch", "__begin", "__jail", "sysrc"} {
		for _, dir := range []string{"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"} {
			stub(dir + name)
		}
	}
	commands := map[string]bool{"/etc/rc.subr": true}
	for _, c := range reached {
		if p := c.Argv[0]; strings.Contains(p, "/") {
			stub(p)
			commands[p] = true
		} else if p != "" {
			stub("/usr/bin/" + p)
		}
	}
	var runtimeFiles []string
	files := map[string]bool{} // what is both a file and a directory to the simulation is a file here
	for _, q := range asked {
		files[q.path] = files[q.path] || q.there &&
			(q.op == "-f" || q.op == "read" || q.op == "source" || q.op == "-s" || strings.HasPrefix(q.op, "line:"))
	}
	users := map[string]bool{"root": true}
	for _, m := range homes.FindAllStringSubmatch(linesOf(reached), -1) {
		users[m[1]] = true
	}
	for _, q := range asked {
		p := filepath.Join(root, q.path)
		if runtimeFile(q.path) {
			runtimeFiles = append(runtimeFiles, q.path)
		}
		switch {
		case q.op == "program":
			stub(q.path)
		case q.op == "cd", q.op == "-d" && q.there && !files[q.path]:
			os.MkdirAll(p, 0o777)
		case strings.HasPrefix(q.op, "line:"):
			os.MkdirAll(filepath.Dir(p), 0o777)
			os.WriteFile(p, []byte(q.op[len("line:"):]+"\n"), 0o777)
		case q.op == "write":
			os.MkdirAll(filepath.Dir(p), 0o777)
		case q.there && !commands[q.path]:
			if os.MkdirAll(filepath.Dir(p), 0o777) == nil {
				if _, err := os.Lstat(p); err != nil {
					text := "\n"
					if q.op == "source" {
						text = "# nothing\n"
					}
					os.WriteFile(p, []byte(text), 0o777)
				}
			}
		}
	}
	write := func(name, text string) {
		os.Remove(filepath.Join(root, name)) // it may be a link to the stub, which must stay what it is
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o777))
	}
	passwd := ""
	for u := range users {
		passwd += fmt.Sprintf("%s:*:1:1::%s:/bin/sh\n", u, homeOf(u))
	}
	write("/etc/passwd", passwd)
	write(stubFiles, strings.Join(runtimeFiles, "\n"))
	write("/etc/rc.subr", "")
	os.Remove(filepath.Join(root, "/dev/null"))
	require.NoError(t, syscall.Mknod(filepath.Join(root, "/dev/null"), syscall.S_IFCHR|0o666, 1<<8|3))
	os.Chmod(filepath.Join(root, "/dev/null"), 0o666)
	// The script is a file that is sourced, so that return ends it; $0 is then
	// that of the shell, which is given to it.
	body := s.text
	if !d.sh.FreeBSD() {
		body = strings.ReplaceAll(body, " == ", " = ") // FreeBSD's test(1) has ==
	}
	write("/.svcjify-text", body)
	text := dashPrelude + Model() + "__rc_conf() {\n" +
		RCConf(append(slices.Clone(defaults), settingsOf(sc, s.found, s.guess.assumed)...)) +
		"}\n__does=audit-user __lacks=setaudit __installed=" + quote(sc.InstalledAs) + "\n" +
		"rc_service=/usr/local/etc/rc.d/" + sc.InstalledAs + "\n. /.svcjify-text\n"
	write("/.svcjify-script", text)
	require.NoError(t, filepath.WalkDir(root, func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// What is linked to the base must stay root's.
		if st, err := os.Lstat(p); err == nil && (e.IsDir() || st.Sys().(*syscall.Stat_t).Nlink == 1) {
			return os.Chown(p, stubUser, stubUser)
		}
		return nil
	}))
	write("/usr/local/etc/rc.d/"+sc.InstalledAs, "#!/bin/sh\n. /.svcjify-script\n")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh",
		append([]string{"/usr/local/etc/rc.d/" + sc.InstalledAs, sc.Verb}, sc.Args...)...)
	cmd.Path = "/bin/sh"
	cmd.Err = nil
	cmd.Dir = "/"
	fewFiles := "no"
	if s.guess.fewFiles {
		fewFiles = "yes"
	}
	cmd.Env = []string{"__svcjify_sparse=" + fewFiles, "HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"}
	// In a process namespace of its own, where all ends with dash.
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot: root, Credential: &syscall.Credential{Uid: uint32(stubUser), Gid: uint32(stubUser)}, Setpgid: true,
		Cloneflags: syscall.CLONE_NEWPID,
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if cmd.Process == nil {
		return nil, "", 0, fmt.Errorf("starting the shell in a root and process namespace of its own: %w", err)
	}
	if ee, ok := errors.AsType[*exec.ExitError](err); ok && ctx.Err() == nil {
		exit, err = ee.ExitCode(), nil
	}
	calls, err2 := readLog(root)
	return calls, out.String(), exit, errors.Join(err, err2)
}
