package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// A job is one run, as the harness asks for it on standard input.
type job struct {
	Root     string // an empty directory of the host
	Template string // holds .svcjify and the libraries
	UID      int    // who runs the script; nobody else's
	Separate bool   // this process has name spaces of its own
	Shares   []string
	Dirs     []string
	Links    []string          // names of the stub
	Files    map[string]string // path to text; executable below bin and rc.d
	State    map[string]string
	Argv     []string
	Env      []string
	Seconds  float64
	Bytes    int64 // of the files that a run may leave
	Inodes   int
	Procs    uint64
}

// An outcome is the answer on standard output.
type outcome struct {
	Error    string // of the harness; the script did not run
	Exit     int
	Signal   int
	TimedOut bool
	Cut      bool // what it started with & was still at work
	Full     bool // the files grew beyond Bytes or Inodes
	Log      string
	Output   string // the first of what it wrote
}

func launch() {
	var j job
	var o outcome
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		o.Error = err.Error()
	} else if err := j.run(&o); err != nil {
		o.Error = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(o)
}

func (j *job) run(o *outcome) error {
	if j.UID < 1000 || j.Root == "" || j.Root == "/" {
		return errors.New("refusing to run as a user of the host or in its root")
	}
	undo, err := j.mounts()
	if err != nil {
		return err
	}
	defer undo()
	if err := j.populate(); err != nil {
		return err
	}
	if err := j.limit(); err != nil {
		return err
	}
	err = j.shell(o)
	j.killAll()
	log, errLog := os.ReadFile(filepath.Join(j.Root, stateDir, "log"))
	if errLog == nil {
		o.Log = string(log)
	}
	return err
}

// populate writes the temporary root. All of it belongs to the run's user,
// except what is shared by the runs.
func (j *job) populate() error {
	for _, d := range append(j.Dirs, stateDir) {
		if err := j.mkdir(d); err != nil {
			return err
		}
	}
	binary, err := os.ReadFile(filepath.Join(j.Template, ".svcjify/stub"))
	if err != nil {
		return err
	}
	if err := j.file(self, binary, 0o755); err != nil {
		return err
	}
	for _, p := range j.Links {
		if err := j.mkdir(filepath.Dir(p)); err != nil {
			return err
		}
		if err := os.Link(filepath.Join(j.Root, self), filepath.Join(j.Root, p)); err != nil &&
			!errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for p, text := range j.Files {
		mode := fs.FileMode(0o644)
		if programPath(p) {
			mode = 0o755
		}
		if err := j.file(p, []byte(text), mode); err != nil {
			return err
		}
	}
	for name, text := range j.State {
		if err := j.file(stateDir+name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return j.null()
}

func (j *job) mkdir(dir string) error {
	dir = filepath.Clean(dir)
	if dir == "/" || dir == "." {
		return nil
	}
	p := filepath.Join(j.Root, dir)
	if st, err := os.Lstat(p); err == nil && st.IsDir() {
		return nil
	}
	if err := j.mkdir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(p, 0o755); err != nil {
		return err
	}
	return os.Lchown(p, j.UID, j.UID)
}

func (j *job) file(name string, text []byte, mode fs.FileMode) error {
	if err := j.mkdir(filepath.Dir(name)); err != nil {
		return err
	}
	p := filepath.Join(j.Root, name)
	os.Remove(p) // a link to the stub
	if err := os.WriteFile(p, text, mode); err != nil {
		return err
	}
	if err := os.Chmod(p, mode); err != nil {
		return err
	}
	return os.Lchown(p, j.UID, j.UID)
}

// limit sets what the script's processes inherit.
func (j *job) limit() error {
	syscall.Umask(0o022)
	for _, l := range []struct {
		what int
		most uint64
	}{
		{syscall.RLIMIT_CPU, uint64(j.Seconds) + 2}, {syscall.RLIMIT_FSIZE, 8 << 20},
		{syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_DATA, 512 << 20}, {rlimitProcs, j.Procs},
	} {
		if err := setLimit(l.what, l.most); err != nil {
			return fmt.Errorf("setting resource limit %d: %w", l.what, err)
		}
	}
	return nil
}

// shell runs the script's shell in the root, as the run's user.
func (j *job) shell(o *outcome) error {
	out := &head{most: 64 << 10}
	alive, held, err := os.Pipe()
	if err != nil {
		return err
	}
	waitDelay := max(time.Second, time.Duration(j.Seconds*float64(time.Second))/4)
	cmd := &exec.Cmd{
		Path: shell, Args: j.Argv, Env: j.Env, Dir: "/", Stdout: out, Stderr: out,
		ExtraFiles: []*os.File{held},
		WaitDelay:  waitDelay,
		SysProcAttr: &syscall.SysProcAttr{
			Chroot: j.Root, Setsid: true,
			Credential: &syscall.Credential{Uid: uint32(j.UID), Gid: uint32(j.UID), Groups: []uint32{}},
		},
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the shell in the temporary root: %w", err)
	}
	held.Close()
	defer alive.Close()
	over := time.AfterFunc(time.Duration(j.Seconds*float64(time.Second)), func() {
		o.TimedOut = true
		cmd.Process.Kill()
		j.killAll()
	})
	defer over.Stop()
	stop := j.watch(func() {
		o.Full = true
		cmd.Process.Kill()
		j.killAll()
	})
	_ = cmd.Wait()
	// What was started with & may still be at work; it holds the pipe.
	_ = alive.SetReadDeadline(time.Now().Add(waitDelay))
	_, err = alive.Read(make([]byte, 1))
	o.Cut = errors.Is(err, os.ErrDeadlineExceeded)
	stop()
	st, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case st.Signaled():
		o.Signal = int(st.Signal())
	default:
		o.Exit = st.ExitStatus()
	}
	if full, _ := j.usage(); full {
		o.Full = true
	}
	o.Output = out.String()
	return nil
}

// watch looks at what the run writes where no file system of fixed size does.
func (j *job) watch(full func()) (stop func()) {
	if j.Separate {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				if over, _ := j.usage(); over {
					full()
					return
				}
			}
		}
	}()
	return func() { close(done) }
}

var errFull = errors.New("full")

// usage says whether the run's files have grown too large or too many.
func (j *job) usage() (bool, error) {
	var size int64
	n := 0
	err := filepath.WalkDir(j.Root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if rel, err := filepath.Rel(j.Root, p); err == nil && d.IsDir() && slices.Contains(j.Shares, rel) {
			return fs.SkipDir
		}
		n++
		st, err := d.Info()
		if err != nil {
			return nil
		}
		if sys, ok := st.Sys().(*syscall.Stat_t); ok && sys.Nlink == 1 {
			size += st.Size()
		}
		if size > j.Bytes*9/10 || n > j.Inodes*9/10 {
			return errFull
		}
		return nil
	})
	return errors.Is(err, errFull), err
}

// killAll kills every process of the run's user: nobody else has that number.
func (j *job) killAll() {
	_ = setLimit(rlimitProcs, 1<<20)
	for range 3 {
		cmd := &exec.Cmd{Path: "/.svcjify/stub", Args: []string{"stub", "killall"}, Dir: "/",
			SysProcAttr: &syscall.SysProcAttr{
				Chroot:     j.Root,
				Credential: &syscall.Credential{Uid: uint32(j.UID), Gid: uint32(j.UID), Groups: []uint32{}},
			}}
		if cmd.Run() == nil {
			return
		}
	}
}

// A head keeps the first of what is written to it.
type head struct {
	bytes.Buffer
	most int
}

func (h *head) Write(p []byte) (int, error) {
	if room := h.most - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
