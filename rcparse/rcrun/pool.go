package rcrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
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
}

// PoolOptions says how a Pool works; the zero value is right.
type PoolOptions struct {
	// Workers is how many child processes run at a time; 0 is two.
	Workers int
	// Timeout is how long a job may take, all its scenarios together; 0 is 20 seconds.
	// It is the last resort: a run is bounded by steps first.
	Timeout time.Duration
	// Command starts a worker; nil is the running program itself with WorkerArg.
	Command []string
	// Machine is whose rc.conf the scripts are run under; nil for the pretended defaults.
	Machine *Machine
	// Cache keeps the Records of jobs from one run of the program to the next; nil for none.
	Cache Cache
	// Stderr gets what a dying child has to say; nil is nowhere.
	Stderr io.Writer
}

// A Pool runs scripts in child processes, which have nothing to lose: the
// program itself, started with WorkerArg and no environment, which calls Main.
// A child serves one job after another. A job that kills its child, or takes
// too long, costs its own Records, whose Failed says why, and a new child.
type Pool struct {
	options PoolOptions
	command []string
	// The workers that have nothing to do: those with a child, and those that have to start one first.
	warm, cold chan *worker
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
		o.Timeout = 20 * time.Second
	}
	p := &Pool{options: o, command: o.Command, warm: make(chan *worker, o.Workers), cold: make(chan *worker, o.Workers)}
	if p.command == nil {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding the program to run scripts in: %w", err)
		}
		p.command = []string{self, WorkerArg}
	}
	for range o.Workers {
		p.cold <- &worker{pool: p}
	}
	return p, nil
}

// take waits for a worker, one with a child if there is one: where one job
// follows another, one child does them all.
func (p *Pool) take() *worker {
	select {
	case w := <-p.warm:
		return w
	default:
	}
	select {
	case w := <-p.warm:
		return w
	case w := <-p.cold:
		return w
	}
}

func (p *Pool) give(w *worker) {
	if w.cmd != nil {
		p.warm <- w
	} else {
		p.cold <- w
	}
}

// Warm starts the child that the first job will want, while its caller does
// other things. What goes wrong shows with that job.
func (p *Pool) Warm() {
	w := p.take()
	go func() {
		defer p.give(w)
		if w.cmd == nil {
			_ = w.start()
		}
	}()
}

// Run runs the jobs and returns their Records in the order of the jobs and their
// scenarios, whatever the number of workers. When the context ends, what is
// left has Failed set.
func (p *Pool) Run(ctx context.Context, jobs []Job) [][]Record {
	out := make([][]Record, len(jobs))
	var wg sync.WaitGroup
	for i, j := range jobs {
		key, asks := p.question(j)
		if asks {
			var ok bool
			if out[i], ok = p.known(j, key); ok {
				continue
			}
		}
		w := p.take()
		wg.Go(func() {
			defer p.give(w)
			var whole bool
			out[i], whole = w.run(ctx, j)
			if asks && whole {
				p.keep(key, out[i])
			}
		})
	}
	wg.Wait()
	return out
}

// Close ends the children. The pool can't be used after.
func (p *Pool) Close() {
	var all []*worker
	for range p.options.Workers {
		w := p.take()
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
	told bool // the child has the pool's machine
	used bool // the child has done a job
	in   io.WriteCloser
	out  io.ReadCloser
}

var errTimeout = errors.New("it took too long")

// run does a job. A child that fails at it is no more; of several scenarios
// each gets a child of its own then, so that one does not cost the others. Whole is
// true where a child has done all of it.
func (w *worker) run(ctx context.Context, j Job) (recs []Record, whole bool) {
	used := w.used
	recs, err := w.try(ctx, j)
	if err == nil {
		return recs, true
	}
	w.stop()
	// A child that has run other jobs may die of what they left in its memory.
	if used && errors.Is(err, errMemory) && ctx.Err() == nil {
		if recs, err = w.try(ctx, j); err == nil {
			return recs, true
		}
		w.stop()
	}
	if len(j.Scenarios) > 1 && ctx.Err() == nil {
		recs = nil
		for _, sc := range j.Scenarios {
			one := j
			one.Scenarios = []Scenario{sc}
			list, _ := w.run(ctx, one)
			recs = append(recs, list...)
		}
		return recs, false
	}
	why := "the simulation died of it: " + err.Error()
	switch {
	case ctx.Err() != nil:
		why = "the simulation was called off"
	case errors.Is(err, errMemory):
		why = memoryWhy
	case errors.Is(err, errTimeout):
		why = fmt.Sprintf("the simulation was not done within %v", w.pool.options.Timeout)
	}
	return failedRecords(len(j.Scenarios), why), false
}

func failedRecords(n int, why string) []Record {
	list := make([]Record, n)
	for i := range list {
		list[i] = Record{Inner: -1, Failed: why}
	}
	return list
}

func (w *worker) try(ctx context.Context, j Job) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return nil, err
		}
	}
	j.Machine = nil
	if !w.told {
		j.Machine, w.told = w.pool.options.Machine, true
	}
	timer := time.NewTimer(w.pool.options.Timeout)
	defer timer.Stop()
	type answer struct {
		recs []Record
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		if a.err = send(w.in, j); a.err == nil {
			a.err = receive(w.out, &a.recs)
		}
		done <- a
	}()
	select {
	case a := <-done:
		w.used = true
		if a.err == nil && len(a.recs) != len(j.Scenarios) {
			a.err = fmt.Errorf("it answered with %d records for %d scenarios", len(a.recs), len(j.Scenarios))
		}
		if errors.Is(a.err, io.EOF) || errors.Is(a.err, io.ErrUnexpectedEOF) {
			a.err = w.epitaph()
		}
		return a.recs, a.err
	case <-timer.C:
		w.kill()
		<-done
		return nil, errTimeout
	case <-ctx.Done():
		w.kill()
		<-done
		return nil, ctx.Err()
	}
}

// start starts the child with an empty environment, in the root directory.
func (w *worker) start() error {
	cmd := exec.Command(w.pool.command[0], w.pool.command[1:]...)
	cmd.Env = []string{"GOTRACEBACK=none", "GOMAXPROCS=1", "GOGC=400"}
	cmd.Dir = "/"
	cmd.Stderr = w.pool.options.Stderr
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
	w.cmd, w.in, w.out, w.told, w.used = cmd, in, out, false, false
	return nil
}

// errMemory is the end of a child whose Go runtime gave up, for want of memory
// or stack.
var errMemory = errors.New(memoryWhy)

// epitaph says how the child ended.
func (w *worker) epitaph() error {
	err := w.cmd.Wait()
	w.cmd = nil
	if ee, ok := errors.AsType[*exec.ExitError](err); ok {
		if ee.ExitCode() == 2 {
			return errMemory
		}
		return errors.New(ee.ProcessState.String())
	}
	return errors.New("the worker ended")
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

// send writes a value as JSON behind its length in eight hexadecimal digits.
func send(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(b) > maxMessage {
		return fmt.Errorf("a message of %d bytes", len(b))
	}
	_, err = fmt.Fprintf(w, "%08x%s", len(b), b)
	return err
}

// receive reads what send wrote.
func receive(r io.Reader, v any) error {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	var n int
	if _, err := fmt.Sscanf(string(head[:]), "%08x", &n); err != nil || n < 0 || n > maxMessage {
		return fmt.Errorf("a message that starts with %q", head)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
