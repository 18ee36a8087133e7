package rcrun

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// files is the pretended file system: that of a host where the service is
// installed and configured and has run before. Everything that is named
// exists, except what a boot has swept away: pid files, sockets, lock files,
// and what is below /var/run and /tmp. What the script makes or removes is kept
// in mind.
type files struct {
	made    map[string]bool   // by the script; false: removed
	content map[string][]byte // of what it wrote
	size    int
}

// Limits on the pretended file system, and its one process.
const (
	// maxSleeps is after how many sleeps a loop finds what it waits for.
	maxSleeps   = 20
	maxFiles    = 500
	maxContents = 1 << 20
	pid         = "1234" // the process of the service
)

func newFiles() *files {
	return &files{made: map[string]bool{}, content: map[string][]byte{}}
}

func (f *files) make(p string) { f.note(p, true) }

func (f *files) remove(p string) {
	f.note(p, false)
	delete(f.content, path.Clean(p))
}

func (f *files) note(p string, there bool) {
	if _, ok := f.made[path.Clean(p)]; ok || len(f.made) < maxFiles {
		f.made[path.Clean(p)] = there
	}
}

// exists says whether a path is there. A process that runs, or that has been
// waited for long enough, has its pid file and socket.
func (s *sim) exists(p string) bool {
	if p == "" || strings.HasPrefix(path.Base(p), "-") { // a name put together of nothing
		return false
	}
	p = path.Clean(p)
	if there, ok := s.files.made[p]; ok {
		return there
	}
	if there, known := s.script.machine.knows(p); known {
		return there
	}
	if s.runtimeFile(p) {
		return s.alive() && !s.unwritten(p)
	}
	for _, swept := range []string{"/var/run/", "/run/", "/tmp/"} {
		if strings.HasPrefix(p, swept) {
			return s.sleeps > maxSleeps
		}
	}
	return !s.script.guess.fewFiles || !strings.Contains(p, "/etc/") && !strings.HasPrefix(p, "/var/db/")
}

// runtimeFile reports whether a file is there only while its process is: by its
// name, or since $pidfile named it when run_rc_command was called.
func (s *sim) runtimeFile(p string) bool {
	return runtimeFile(p) || p == s.record.PidFile
}

// runtimeFile reports whether a file's name is that of one that is there only while its process is.
func runtimeFile(p string) bool {
	base := path.Base(p)
	for _, end := range []string{".pid", ".PID", ".sock", ".socket", ".lock", ".lck", ".ctl"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.Contains(p, "/lock/") || base == "pid" || base == "lock" || base == "sock" || base == "socket"
}

// ask is exists, and tells the watcher.
func (s *sim) ask(op, p string) bool {
	there := s.exists(p)
	s.watched(op, p, there)
	return there
}

func (s *sim) watched(op, p string, there bool) {
	if s.script.watch != nil {
		s.script.watch(op, p, there)
	}
}

// unwritten reports whether a file is one that the start has not written.
func (s *sim) unwritten(p string) bool {
	_, made := s.files.made[p]
	return !made && slices.Contains(s.scenario.Unwritten, p)
}

// written is the pid files and sockets that the script has made, sorted.
func (f *files) written() []string {
	var out []string
	for p, there := range f.made {
		if there && runtimeFile(p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// alive says whether the service's process is there. A loop that sleeps finds
// what it waits for after some rounds.
func (s *sim) alive() bool {
	return s.running != (s.sleeps > maxSleeps)
}

// Open is the interpreter's open handler: a write is thrown away but for what
// the script may read again, a read gives what is known of the file.
func (s *shell) Open(hc interp.Context, name string, flag int) (io.ReadWriteCloser, error) {
	if text, ok := strings.CutPrefix(name, pipePrefix); ok {
		if text != "" {
			text += "\n"
		}
		return s.reading([]byte(text))
	}
	if s.sim.budget.why != "" {
		return nil, errStopped
	}
	p := absolute(getString(hc, "__cwd"), name)
	if flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		if name == "" {
			return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
		}
		return s.reading(s.read(p, true))
	}
	if p == "/dev/null" {
		return &writing{null: true, budget: s.sim.budget}, nil
	}
	s.sim.watched("write", p, true)
	s.sim.files.make(p)
	w := &writing{files: s.sim.files, path: p, budget: s.sim.budget}
	if flag&os.O_APPEND != 0 {
		w.buf.Write(s.sim.files.content[p])
	}
	return w, nil
}

// read is what a file holds, as far as that is known.
func (s *shell) read(p string, used bool) []byte {
	if b, ok := s.sim.files.content[p]; ok {
		return b
	}
	s.sim.watched("read", p, s.sim.exists(p))
	switch {
	case s.sim.runtimeFile(p) && s.sim.exists(p):
		return []byte(pid + "\n")
	case s.sim.runtimeFile(p), strings.HasPrefix(p, "/dev/"), !used:
		return nil
	}
	s.sim.unknown(fmt.Sprintf("what is in %q: taken as empty", p))
	if s.sim.otherwise && !slices.Contains(commented, p) {
		return []byte(s.sim.mark("what is in "+s.sim.readable(p)) + "\n")
	}
	return nil
}

func absolute(cwd, p string) string {
	if strings.HasPrefix(p, "/") {
		return path.Clean(p)
	}
	return path.Join("/", cwd, p)
}

// reading is an open file that is read.
func (s *shell) reading(text []byte) (io.ReadWriteCloser, error) {
	if !s.sim.budget.made(len(text), bytesPiped) || !s.sim.budget.spend(stepsOpened) {
		return nil, errStopped
	}
	return &reading{*bytes.NewReader(text)}, nil
}

// A reading is an open file that is read.
type reading struct{ bytes.Reader }

func (*reading) Write([]byte) (int, error) { return 0, os.ErrPermission }

func (*reading) Close() error { return nil }

// A writing is an open file that is written. It takes no more than fits.
type writing struct {
	files *files
	path  string
	null  bool
	buf   bytes.Buffer
	// budget counts what is kept.
	budget *budget
}

func (*writing) Read([]byte) (int, error) { return 0, io.EOF }

func (w *writing) Write(p []byte) (int, error) {
	if !w.budget.made(len(p), bytesMade) {
		return 0, errStopped
	}
	if !w.null && w.files.size+w.buf.Len()+len(p) <= maxContents {
		w.buf.Write(p)
		w.store()
	}
	return len(p), nil
}

// store makes the content known at once: a script may read before it closes.
func (w *writing) store() {
	if len(w.files.content) < maxFiles {
		w.files.content[w.path] = w.buf.Bytes()
	}
}

func (w *writing) Close() error {
	if !w.null {
		w.files.size += w.buf.Len()
	}
	return nil
}
