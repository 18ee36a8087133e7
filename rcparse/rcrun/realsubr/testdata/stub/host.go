package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
)

// The made host is one on which the service is installed and configured and has
// run before: whatever is named exists, but for what a boot sweeps away. A file
// is made when the script first asks for it.

const (
	pid       = "1234" // of the service
	maxSleeps = 20     // sleeps after which a loop finds what it waits for
)

// absent are files that rc.subr itself looks for and an ordinary host lacks.
func absent(p string) bool {
	switch p {
	case "/etc/rc.conf.local", "/etc/local.rc.subr", "/libexec/safe_eval.sh", "/libexec/debug.sh", "/sbin/veriexec":
		return true
	}
	return strings.HasPrefix(p, "/etc/sysctl.kld.d/") || strings.Contains(p, "/rc.conf.d/")
}

// runtimeFile reports whether a file is there only while its process is.
func runtimeFile(p string) bool {
	for _, f := range []string{state("pidfile"), os.Getenv("SVCJIFY_PIDFILE")} {
		if f != "" && absolute(f) == p {
			return true
		}
	}
	base := filepath.Base(p)
	for _, end := range []string{".pid", ".PID", ".sock", ".socket", ".lock", ".lck", ".ctl"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.Contains(p, "/lock/") || base == "pid" || base == "lock" || base == "sock" || base == "socket"
}

// absolute is a path from the root, as seen from where the process is.
func absolute(p string) string {
	if !strings.HasPrefix(p, "/") {
		dir, _ := os.Getwd()
		p = dir + "/" + p
	}
	return filepath.Clean(p)
}

func sleeps() int { return len(state("sleeps")) }

// alive says whether the service's process is there.
func alive() bool { return (state("running") == "yes") != (sleeps() > maxSleeps) }

// gone ends the service's process, and takes away what is there with it only.
func gone() {
	setState("running", "")
	setState("sleeps", "")
	for p := range strings.Lines(state("placed")) {
		if p = strings.TrimSuffix(p, "\n"); runtimeFile(p) {
			os.Remove(p)
		}
	}
}

// want is called before a test(1) with its arguments, and before a cd.
func want(args []string) {
	force := os.Getenv("SVCJIFY_WANT") == "force"
	for i := 0; i+1 < len(args); i++ {
		if a := args[i]; len(a) == 2 && a[0] == '-' && strings.Contains("defrswxOGSc", a[1:]) {
			wantOne(a, args[i+1], force)
		}
	}
}

// wantOne sees to it that a file is there, or is not, as the made host has it.
func wantOne(op, p string, force bool) {
	if p == "" {
		return
	}
	if strings.HasSuffix(p, "/") {
		op = "-d"
	}
	p = absolute(p)
	phase, _, _ := strings.Cut(os.Getenv("SVCJIFY_PHASE"), ":")
	force = force || phase == "required"
	back := runtimeFile(p) && sleeps() > maxSleeps // a process that was waited for has written it again
	if hasState("removed", p) && !force && !back || strings.HasPrefix(p, "/.svcjify") {
		return
	}
	st, err := os.Lstat(p)
	placed := hasState("placed", p)
	if err == nil && !placed {
		return // of the harness, or made by the script
	}
	if err == nil && placed && st.Mode().IsRegular() && st.Size() > 1 && !sameAsStub(st) && !runtimeFile(p) {
		return // written since
	}
	there := exists(p) || force
	if op == "-S" { // as long as somebody listens
		there = alive()
	}
	switch {
	case !there && err == nil:
		os.RemoveAll(p)
		return
	case !there:
		return
	case err == nil && fits(op, st) && !(runtimeFile(p) && st.Mode().IsRegular() && st.Size() <= 1):
		return // else it was made before rc.subr said that it is a pid file
	case err == nil:
		os.RemoveAll(p)
	}
	place(op, p)
}

func exists(p string) bool {
	if absent(p) || strings.HasPrefix(filepath.Base(p), "-") { // a name put together of nothing
		return false
	}
	if runtimeFile(p) {
		return alive()
	}
	if swept(p) {
		return sleeps() > maxSleeps
	}
	return state("fewFiles") != "yes" || !strings.Contains(p, "/etc/") && !strings.HasPrefix(p, "/var/db/")
}

// swept reports whether a boot takes a file away.
func swept(p string) bool {
	return strings.HasPrefix(p, "/var/run/") || strings.HasPrefix(p, "/run/") || strings.HasPrefix(p, "/tmp/")
}

// fits reports whether what stands there answers the question with yes.
func fits(op string, st os.FileInfo) bool {
	switch op {
	case "-d":
		return st.IsDir()
	case "-f", "-s":
		return st.Mode().IsRegular()
	case "-x":
		return st.IsDir() || st.Mode()&0o111 != 0
	case "-S":
		return st.Mode()&os.ModeSocket != 0
	case "-c":
		return st.Mode()&os.ModeSymlink != 0
	}
	return true
}

func sameAsStub(st os.FileInfo) bool {
	me, err := os.Stat(self)
	return err == nil && os.SameFile(me, st)
}

// place makes a file of the kind that is asked for.
func place(op, p string) {
	clearWay(filepath.Dir(p))
	for dir := filepath.Dir(p); swept(dir); dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err != nil { // it is gone again when it is asked for
			addState("placed", dir)
		}
	}
	if os.MkdirAll(filepath.Dir(p), 0o755) != nil {
		return
	}
	if !hasState("placed", p) {
		addState("placed", p)
	}
	switch {
	case op == "-d":
		os.MkdirAll(p, 0o755)
	case op == "-S":
		if l, err := net.ListenUnix("unix", &net.UnixAddr{Name: p, Net: "unix"}); err == nil {
			l.SetUnlinkOnClose(false)
			l.Close()
		}
	case op == "-c":
		if strings.HasPrefix(p, "/dev/") { // no device can be made here, but test(1) follows a link
			os.Symlink("/dev/null", p)
		}
	case runtimeFile(p):
		os.WriteFile(p, []byte(pid+"\n"), 0o644)
	case op == "-x" || programPath(p):
		os.Link(self, p)
	default:
		// It is not empty, and a shell reads nothing from it.
		os.WriteFile(p, []byte{0}, 0o644)
	}
}

// unplace forgets that a file was made for the script: it makes it itself.
func unplace(p string) {
	p = absolute(p)
	if hasState("placed", p) {
		setState("placed", strings.TrimPrefix(strings.Replace("\n"+state("placed"), "\n"+p+"\n", "\n", 1), "\n"))
	}
}

// clearWay removes a program that was made where a directory must be.
func clearWay(dir string) {
	for ; dir != "/" && dir != "."; dir = filepath.Dir(dir) {
		if st, err := os.Lstat(dir); err == nil && st.Mode().IsRegular() && (sameAsStub(st) || st.Size() <= 1) {
			os.Remove(dir)
		}
	}
}

func programPath(p string) bool {
	switch filepath.Base(filepath.Dir(p)) {
	case "bin", "sbin", "libexec", "rc.d":
		return true
	}
	return false
}
