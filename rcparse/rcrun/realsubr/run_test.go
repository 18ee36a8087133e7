package realsubr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
)

// A harness runs scripts with one rc.subr.
type harness struct {
	*template
	subr     string // prepared
	release  string // whose model it is held against: see fit
	shell    testsh.Shell
	tmp      string
	separate bool // each run has name spaces, and a file system of fixed size
	limits   limits

	mu   sync.Mutex
	seen map[string]outcome // of a job that has been run
}

type limits struct {
	seconds float64
	bytes   int64
	inodes  int
	procs   uint64
}

// A subject is a script under test.
type subject struct {
	where    string // for messages
	name     string // in rc.d
	text     string
	fewFiles bool
	// otherwise: grep(1) does not find what it is asked for in files of the host, and kldstat(8) finds modules.
	otherwise bool
	endless   bool // it does not end, whatever the time
	assumed   []rcrun.Setting
	services  []service
	switched  []string // on, for the run that finds the services
	programs  []string
	extra     []lack
}

type service struct{ name, rcvar string }

// requireRoot skips with the reason where the harness cannot work.
func requireRoot(t testing.TB) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("not root: chroot(2) needs it (the script itself runs as a user of its own)")
	}
	if _, err := shellOf(); err != nil {
		if *shellFlag != "" {
			t.Fatal(err)
		}
		lackTool(t, err.Error())
	}
}

// lackTool skips, or fails in CI, which has all tools.
func lackTool(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// newHarness prepares the rc.subr of the text.
func newHarness(t testing.TB, subr string) *harness {
	t.Helper()
	requireRoot(t)
	sh, err := shellOf()
	require.NoError(t, err)
	text, err := prepare(subr, sh)
	require.NoError(t, err)
	tmp := t.TempDir()
	require.NoError(t, os.Chmod(tmp, 0o755))
	require.NoError(t, os.Chmod(filepath.Dir(tmp), 0o755))
	tpl, err := newTemplate(filepath.Join(tmp, "template"), sh)
	require.NoError(t, err)
	h := &harness{template: tpl, subr: text, shell: sh, tmp: tmp,
		seen:   map[string]outcome{},
		limits: limits{seconds: 20, bytes: 64 << 20, inodes: 20_000, procs: 300}}
	h.separate = canSeparate
	err = h.empty(t.Context(), ":\n")
	if err != nil && h.separate {
		t.Logf("without name spaces: %v", err)
		h.separate = false
		err = h.empty(t.Context(), ":\n")
	}
	if err != nil {
		lackTool(t, "no chroot here: "+err.Error())
	}
	require.NoError(t, h.empty(t.Context(), ". /etc/rc.subr\n"))
	h.release, err = h.fit(t.Context(), subr)
	require.NoError(t, err)
	return h
}

// empty runs a script that does nothing; the error says why none can be run.
func (h *harness) empty(ctx context.Context, text string) error {
	o, err := h.shellRun(ctx, h.job(&subject{name: "empty", text: text},
		rcrun.Scenario{Verb: "start", InstalledAs: "empty"}))
	if err != nil {
		return err
	}
	if ob := observe(o, "empty"); ob.Failed != "" || ob.Exit != 0 {
		return fmt.Errorf("with this rc.subr an empty script fails: %s: exit status %d: %s",
			orElse(ob.Failed, "it ended"), ob.Exit, ob.Output)
	}
	return nil
}

// What the launcher is asked and what it answers: see testdata/stub/launch.go.
type job struct {
	Root, Template      string
	UID                 int
	Separate            bool
	Shares, Dirs, Links []string
	Files, State        map[string]string
	Argv, Env           []string
	Seconds             float64
	Bytes               int64
	Inodes              int
	Procs               uint64
}

type outcome struct {
	Error               string
	Exit, Signal        int
	TimedOut, Cut, Full bool
	Log, Output         string
}

var runs atomic.Int64

// uid is a user that nobody else is: not of the host, and not of another run.
func uid() int { return 1_700_000_000 + os.Getpid()%100_000*1000 + int(runs.Add(1)%1000) }

const rcd = "/usr/local/etc/rc.d/"

// job is a run of the subject in a scenario, as service(8) and rc(8) do it.
func (h *harness) job(s *subject, sc rcrun.Scenario) job {
	path := rcd + s.name
	j := job{
		Template: h.dir, Separate: h.separate, Shares: h.shares, UID: uid(),
		Seconds: h.limits.seconds, Bytes: h.limits.bytes, Inodes: h.limits.inodes, Procs: h.limits.procs,
		Links: append(rcrun.BaseCommands(), s.programs...),
		Dirs: []string{
			"/etc/rc.d", "/etc/defaults", "/usr/local/etc/rc.d", "/usr/local/bin", "/usr/local/sbin",
			"/usr/local/libexec", "/usr/local/share",
			"/var/run", "/var/log", "/var/db", "/var/spool", "/var/cache", "/tmp", "/root", "/home",
		},
		Files: map[string]string{
			"/etc/rc.subr":          h.subr,
			"/etc/defaults/rc.conf": defaults,
			"/etc/rc.conf":          rcConf(s, sc),
			"/etc/inetd.conf":       inetdConf,
			"/etc/passwd":           passwd(s.text, s.assumed),
			path:                    dialect(s.text, h.shell.Kind),
		},
		State: map[string]string{"script": path, "functions": functionsOf(s.text), "sleeps": "", "running": "",
			"fewFiles": "", "otherwise": "", "jailed": ""},
		Env: []string{"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"},
	}
	for _, l := range s.extra {
		switch l.kind {
		case "program":
			j.Links = append(j.Links, l.path)
		case "dir":
			j.Dirs = append(j.Dirs, l.path)
		default:
			if _, ok := j.Files[l.path]; !ok {
				j.Files[l.path] = "\x00"
			}
		}
	}
	if s.fewFiles {
		j.State["fewFiles"] = "yes"
	}
	if s.otherwise {
		j.State["otherwise"] = "yes"
	}
	if sc.Running {
		j.State["running"] = "yes"
		if sc.Svcj {
			j.State["jailed"] = "yes"
		}
	}
	if sc.Boot {
		text := ". /.svcjify/preamble.sh; . /.svcjify-state/rc"
		j.State["rc"] = ". /etc/rc.subr\nload_rc_config\nautoboot=yes _boot=" + sc.Verb + "\nrun_rc_script " + path +
			" " + sc.Verb + "\n"
		j.Argv = []string{"sh", "-c", text, "/etc/rc", "autoboot"}
		return j
	}
	j.Argv = append([]string{"sh", "-c", ". /.svcjify/preamble.sh; . " + path, path, sc.Verb}, sc.Args...)
	return j
}

// shellRun has the launcher do one job.
func (h *harness) shellRun(ctx context.Context, j job) (outcome, error) {
	var o outcome
	root, err := os.MkdirTemp(h.tmp, "root")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(root)
	if !j.Separate {
		defer h.clean(root, j.UID)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		return o, err
	}
	j.Root = root
	in, err := json.Marshal(j)
	if err != nil {
		return o, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(j.Seconds*float64(time.Second))+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(h.dir, ".svcjify/stub"), "launch")
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.SysProcAttr = attributes(j.Separate)
	out, err := cmd.Output()
	if err != nil {
		return o, fmt.Errorf("the launcher: %w: %s", err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, &o); err != nil {
		return o, fmt.Errorf("the launcher's answer: %w", err)
	}
	if o.Error != "" {
		return o, errors.New(o.Error)
	}
	return o, nil
}

// clean takes away what a launcher leaves that was killed itself: processes of
// the run's user, and devfs(5).
func (h *harness) clean(root string, uid int) {
	kill := exec.Command(filepath.Join(h.dir, ".svcjify/stub"), "killall")
	kill.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid),
		Groups: []uint32{}}}
	_ = kill.Run()
	if runtime.GOOS == "freebsd" {
		_ = exec.Command("/sbin/umount", "-f", filepath.Join(root, "dev")).Run()
	}
}

// once has a job done that has not been done before.
func (h *harness) once(ctx context.Context, j job) (outcome, error) {
	same := j
	same.UID = 0
	b, err := json.Marshal(same)
	if err != nil {
		return outcome{}, err
	}
	key := string(b)
	h.mu.Lock()
	o, ok := h.seen[key]
	h.mu.Unlock()
	if ok {
		return o, nil
	}
	if o, err = h.shellRun(ctx, j); err == nil && o == (outcome{Exit: o.Exit, Log: o.Log, Output: o.Output}) {
		h.mu.Lock()
		h.seen[key] = o
		h.mu.Unlock()
	}
	return o, err
}

// run runs the subject in a scenario, again while it misses files that the made
// host should have.
func (h *harness) run(ctx context.Context, s *subject, sc rcrun.Scenario) (Observed, error) {
	for range 5 {
		j := h.job(s, sc)
		o, err := h.once(ctx, j)
		if err == nil && !s.endless && (o.TimedOut || o.Cut) { // a busy machine may need longer
			j.Seconds *= 5
			o, err = h.once(ctx, j)
			s.endless = o.TimedOut || o.Cut
		}
		if err != nil {
			return Observed{}, err
		}
		fresh := false
		for _, l := range lacksOf(o.Output, rcd+s.name) {
			if !known(s.extra, l) {
				s.extra = append(s.extra, l)
				fresh = true
			}
		}
		if !fresh {
			return observe(o, s.name), nil
		}
	}
	return Observed{}, fmt.Errorf("%s: it misses ever more files: %v", s.where, s.extra)
}

func known(list []lack, l lack) bool {
	for _, k := range list {
		if k == l || k.path == l.path && k.kind == "program" {
			return true
		}
	}
	return false
}

// findGuess finds the subject's services and its guess, as rcrun's does: the first in which a plain
// start on the host starts something.
func (h *harness) findGuess(ctx context.Context, s *subject) error {
	s.programs = append(s.programs, programsOf(s.text)...)
	plain := rcrun.Scenario{Verb: "start", InstalledAs: s.name}
	for _, try := range []struct {
		fewFiles bool
		args     []string
	}{{}, {}, {args: []string{"default"}}, {fewFiles: true}, {fewFiles: true}} {
		if (try.args != nil || try.fewFiles) && len(s.services) > 0 && !s.fewFiles {
			break
		}
		s.fewFiles = try.fewFiles
		sc := plain
		sc.Args = try.args
		ob, err := h.run(ctx, s, sc)
		if err != nil {
			return err
		}
		for _, b := range ob.Begins {
			if sv := (service{b.Name, b.RCVar}); !slices.Contains(s.services, sv) {
				s.services = append(s.services, sv)
			}
		}
		if len(s.services) == 0 { // it may ask rc.conf itself whether it is switched on
			s.switched = ob.Asked
		}
	}
	s.switched = nil
	for _, w := range []struct{ fewFiles, otherwise bool }{{}, {fewFiles: true}, {otherwise: true}, {true, true}} {
		s.fewFiles, s.otherwise = w.fewFiles, w.otherwise
		ob, err := h.run(ctx, s, plain)
		if err != nil {
			return err
		}
		if len(ob.Starts()) > 0 {
			return nil
		}
	}
	s.fewFiles, s.otherwise = false, false
	return nil
}
