package rcrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/internal/parallel"
)

// A Job is one script in several scenarios.
type Job struct {
	// Src is the template and Subst what its placeholders stand for, as for New.
	Src   []byte            `json:"src"`
	Subst map[string]string `json:"subst,omitempty"`
	// Scenarios are run in order.
	Scenarios []Scenario `json:"scenarios"`
	// Machine is the pool's, for a child's first job: it keeps it for those that follow.
	Machine *Machine `json:"machine,omitempty"`
	// Spent is what earlier jobs of the session have used, Others what other services of the
	// port have, and GuessFound says that one of the jobs has paid for what Script.findGuess
	// does. A Session sets them.
	Spent      Spent `json:"spent"`
	Others     Spent `json:"others"`
	GuessFound bool  `json:"guessFound,omitempty"`
}

// PoolOptions says how a Pool works; the zero value is right.
type PoolOptions struct {
	// Workers is how many child processes run at a time; 0 is two.
	Workers int
	// Timeout is how long a job may take by the clock, all its scenarios together; 0 is two
	// minutes. It is the last resort: a run is bounded by steps, and its process by CPU time.
	Timeout time.Duration
	// Command starts a worker; nil is the running program itself with WorkerArg.
	Command []string
	// Machine is whose rc.conf the scripts are run under; nil for the pretended defaults.
	Machine *Machine
	// Cache keeps the Records of jobs from one run of the program to the next; nil for none.
	Cache Cache
	// Stderr gets what a dying child has to say; nil is nowhere.
	Stderr io.Writer
	// InProcess has the jobs run in this process, for a profile of them. A run has its
	// steps there too, but no limit of a process stands behind them: it is for trusted scripts.
	InProcess bool
}

// A Pool runs scripts in child processes, which have nothing to lose: the
// program itself, started with WorkerArg and no environment, which calls Main.
// A child serves one job after another. A job that kills its child, or takes
// too long, costs its own Records, whose Failed says why, and a new child.
type Pool struct {
	options PoolOptions
	command []string
	free    chan struct{} // holds one for each worker that has nothing to do
	chance  atomic.Bool   // see ByChance
	mu      sync.Mutex
	idle    []*worker // those workers, the one that worked last behind
}

// WorkerArg is the argument that makes the program a worker. A program that
// uses a Pool must call Main before anything else when its first argument is this.
const WorkerArg = "__rcrun"

// NewPool makes a pool. No child is started before there is a job, or Warm is called.
func NewPool(o PoolOptions) (*Pool, error) {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	p := &Pool{options: o, command: o.Command, free: make(chan struct{}, o.Workers)}
	if p.command == nil {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding the program to run scripts in: %w", err)
		}
		p.command = []string{self, WorkerArg}
	}
	for range o.Workers {
		p.give(&worker{pool: p})
	}
	return p, nil
}

// take waits for a worker: the one that knows the session's script, else one with a child,
// so that where one job follows another, one child does them all. It is nil when the context ends.
func (p *Pool) take(ctx context.Context, s *Session) *worker {
	select {
	case <-p.free:
	case <-ctx.Done():
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	best := 0
	for i, w := range p.idle {
		if w.cmd != nil || w.last == s && s != nil {
			best = i
		}
		if w.last == s && s != nil {
			break
		}
	}
	w := p.idle[best]
	p.idle = slices.Delete(p.idle, best, best+1)
	return w
}

func (p *Pool) give(w *worker) {
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.mu.Unlock()
	p.free <- struct{}{}
}

// Warm starts the child that the first job will want, while its caller does
// other things. What goes wrong shows with that job.
func (p *Pool) Warm() {
	w := p.take(context.Background(), nil)
	go func() {
		defer p.give(w)
		if w.cmd == nil && !p.options.InProcess {
			_ = w.start()
		}
	}()
}

// Run runs the jobs, each as a session of its own, and returns their Records in the order
// of the jobs and their scenarios, whatever the number of workers. When the context ends,
// what is left has Failed set.
func (p *Pool) Run(ctx context.Context, jobs []Job) [][]Record {
	out := make([][]Record, len(jobs))
	every := context.WithoutCancel(ctx) // a session says itself that the context has ended
	parallel.Each(every, len(jobs), parallel.Workers{Count: p.options.Workers}, func(_, i int) {
		out[i] = p.Session().Run(ctx, jobs[i])
	})
	return out
}

// ByChance reports whether a run has ended by what may be otherwise next time: a child that
// died, the clock, the CPU time or the memory that was left, a context that ended.
func (p *Pool) ByChance() bool { return p.chance.Load() }

// Close ends the children. The pool can't be used after.
func (p *Pool) Close() {
	var all []*worker
	for range p.options.Workers {
		w := p.take(context.Background(), nil)
		if w.cmd != nil {
			w.cmd.Process.Kill()
		}
		all = append(all, w)
	}
	for _, w := range all { // they have died side by side
		w.stop()
	}
}

// A worker is one child process, or none yet.
type worker struct {
	pool *Pool
	cmd  *exec.Cmd
	last *Session // whose job it did last
	told bool     // the child has the pool's machine
	used bool     // the child has done a job
	in   io.WriteCloser
	out  io.ReadCloser
	says lastWords
	here preparedJobs // with PoolOptions.InProcess
}

// try does a job. A child that fails at it must be stopped.
func (w *worker) try(ctx context.Context, j Job) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	j.Machine = nil
	if !w.told {
		j.Machine = w.pool.options.Machine
	}
	if w.pool.options.InProcess {
		w.told = true
		return w.here.run(ctx, j), nil
	}
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return answer{}, err
		}
		j.Machine = w.pool.options.Machine
	}
	w.told = true
	timer := time.NewTimer(w.pool.options.Timeout)
	defer timer.Stop()
	var got answer
	done := make(chan error, 1)
	go func() {
		err := sendJob(w.in, j)
		if err == nil {
			var b []byte
			if b, err = receive(w.out); err == nil {
				err = got.unmarshal(b)
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		w.used = true
		if err == nil && len(got.Records) != len(j.Scenarios) {
			err = fmt.Errorf("it answered with %d records for %d scenarios", len(got.Records), len(j.Scenarios))
		}
		if ended(err) {
			err = w.exitReason()
		}
		return got, err
	case <-timer.C:
		w.kill()
		<-done
		return answer{}, errTimeout
	case <-ctx.Done():
		w.kill()
		<-done
		return answer{}, ctx.Err()
	}
}

// ended reports whether the child has closed its pipes: it has died.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE)
}

// start starts the child with an empty environment, in the root directory.
func (w *worker) start() error {
	cmd := exec.Command(w.pool.command[0], w.pool.command[1:]...)
	cmd.Env = []string{"GOTRACEBACK=none", "GOMAXPROCS=1"}
	cmd.Dir = "/"
	w.says = lastWords{to: w.pool.options.Stderr}
	cmd.Stderr = &w.says
	cmd.WaitDelay = 100 * time.Millisecond // something else may hold its standard error
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	w.cmd, w.in, w.out, w.told, w.used, w.last = cmd, in, out, false, false, nil
	return nil
}

// How a job's child may end.
var (
	errTimeout = errors.New("it took too long")
	errCPU     = errors.New("it used too much CPU time")
	// errMemory: the Go runtime gave up, for want of memory or stack.
	errMemory = errors.New(memoryWhy)
)

// exitReason says how the child ended.
func (w *worker) exitReason() error {
	err := w.cmd.Wait()
	w.cmd = nil
	ee, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return errors.New("the worker ended")
	}
	words := string(w.says.text)
	switch ee.ExitCode() {
	case exitCPU:
		return errCPU
	case 2: // of a Go program that panics, or that its runtime ends
		if _, why, ok := strings.Cut(words, "panic: "); ok {
			why, _, _ = strings.Cut(why, "\n")
			return fmt.Errorf("the interpreter panicked: %s", message.Clip(why, 200))
		}
		return errMemory
	}
	return errors.New(ee.ProcessState.String())
}

// lastWords keeps the first of what a child writes to its standard error.
type lastWords struct {
	to   io.Writer
	text []byte
}

func (l *lastWords) Write(p []byte) (int, error) {
	const most = 4 << 10
	l.text = append(l.text, p[:min(len(p), most-min(most, len(l.text)))]...)
	if l.to != nil {
		return l.to.Write(p)
	}
	return len(p), nil
}

// kill ends the child and what reads from it.
func (w *worker) kill() {
	w.cmd.Process.Kill()
	w.out.Close()
}

// stop ends the child, if there is one.
func (w *worker) stop() {
	if w.cmd == nil {
		return
	}
	w.in.Close()
	w.cmd.Process.Kill()
	_ = w.cmd.Wait() // killed: its status tells nothing
	w.cmd = nil
}

// maxMessage bounds a message in both directions.
const maxMessage = 64 << 20

// sendJob writes a job as JSON.
func sendJob(w io.Writer, j Job) error {
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return send(w, b)
}

// send writes bytes behind their length in eight hexadecimal digits.
func send(w io.Writer, b []byte) error {
	if len(b) > maxMessage {
		return fmt.Errorf("a message of %d bytes", len(b))
	}
	_, err := w.Write(append(fmt.Appendf(nil, "%08x", len(b)), b...))
	return err
}

// receive reads what send wrote.
func receive(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(string(head[:]), 16, 32)
	if err != nil || n > maxMessage {
		return nil, fmt.Errorf("a message that starts with %q", head)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return b, err
}
