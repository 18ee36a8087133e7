package rcrun

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
)

// What runs may use. The unit is a step: a statement or a command that is reached, a
// microsecond or so. Other work is counted in steps too, by what it costs; see the costs
// below. So the same script ends at the same place on any machine, loaded or idle. A start
// of a real script takes some 1,000 steps, and all the runs of a service some 14,000.
const (
	// maxSteps is for one run, the jailed run included.
	maxSteps = 50_000
	// maxSession is for all runs of a service together, and of all services of one port.
	maxSession = 2_000_000
	// maxFrames is the depth of the Go stack, which grows by some fifteen
	// frames with each nested function of the script.
	maxFrames = 8_000
	// maxHeap is by how many bytes the heap may grow in one run, and watchHeap from where
	// on each step is looked at. Steps bound the bytes too: this is for what they miss.
	maxHeap   = 96 << 20
	watchHeap = 48 << 20
	// maxCommands and maxOutput bound the Record: commands, and bytes of their arguments
	// and environment.
	maxCommands = 2_000
	maxOutput   = 1 << 20
	// maxRuns is how many shells (sh -c, su -c, the jailed run) may nest.
	maxRuns = 12
	// maxPrinted is the bytes that one printf(1) may write.
	maxPrinted = 1 << 20
)

// How many bytes cost a step.
const (
	bytesMade   = 16 // of a value, an argument, or what a text tool writes
	bytesPiped  = 4  // of a pipe, a file or a here-document: read(1) takes them one by one
	bytesParsed = 4  // of a text of eval, trap or sh -c
	bytesNoted  = 8  // of a command in the Record, which is sent to the parent
)

// stepsDeep is what the stack of a run costs that was nested too deeply: it grew to
// megabytes, which takes 20 ms or so.
const stepsDeep = 30_000

// stepsOpened is what a file or a pipe costs.
const stepsOpened = 20

// memoryWhy is what Failed says where memory was exhausted, whether the run
// noticed or died of it.
const memoryWhy = "it used too much memory"

// sessionWhy is what Failed says of a run that has used up what all runs of the service have together,
// and portWhy where other services of the port have used a part of it.
var (
	sessionWhy = fmt.Sprintf("all its runs together did not end within %d steps", maxSession)
	portWhy    = fmt.Sprintf("all runs of the port's services together did not end within %d steps", maxSession)
)

var errStopped = errors.New("the simulation was stopped")

// A sessionSpent is what the runs of one service have spent together, and what other services
// of its port have.
type sessionSpent struct{ spent, others int }

// empty says why nothing more may be run, "" while something may.
func (p *sessionSpent) empty() string {
	switch {
	case p.spent+p.others <= maxSession:
		return ""
	case p.others > 0:
		return portWhy
	}
	return sessionWhy
}

// A budget is the context of a run. The interpreter asks Err before each
// statement and each command, which makes it the one place to count what no
// handler sees, such as a loop of assignments. It counts steps and not time,
// so that the same script ends at the same point everywhere; memory is only
// looked at against scripts that are out to exhaust it.
type budget struct {
	context.Context
	steps        int
	sessionSpent *sessionSpent
	part         int // of a step, see made
	bulk         int // of the steps, those for bytes
	looks        int
	heap         uint64
	watch        bool
	why          string
}

func newBudget(ctx context.Context, p *sessionSpent) *budget {
	return &budget{Context: ctx, heap: heapBytes(), sessionSpent: p}
}

// Done is nil: the interpreter must not start goroutines to wait for it.
func (b *budget) Done() <-chan struct{} { return nil }

// Err counts a step and says whether the run must end.
func (b *budget) Err() error {
	if b.why != "" {
		return errStopped
	}
	b.looks++
	switch {
	case !b.spend(1):
	case b.looks%64 == 0 && b.Context.Err() != nil:
		b.stop("it was not done in the time allowed")
	case b.looks%1024 == 0 && tooDeep():
		b.stop("its functions or shells are nested too deeply")
		b.steps += stepsDeep
		b.sessionSpent.spent += stepsDeep
	case b.looks%128 == 0 || b.watch:
		if !b.exhausted() {
			return nil
		}
		b.stop(memoryWhy)
	default:
		return nil
	}
	return errStopped
}

// spend counts steps and reports whether there are any left.
func (b *budget) spend(n int) bool {
	b.steps += n
	b.sessionSpent.spent += n
	switch {
	case b.steps > maxSteps && b.bulk > b.steps/2:
		b.stop(fmt.Sprintf("it did not end within %d steps, most of them for the size of the texts that it makes",
			maxSteps))
	case b.steps > maxSteps:
		b.stop(fmt.Sprintf("it did not end within %d steps", maxSteps))
	case b.sessionSpent.empty() != "":
		b.stop(b.sessionSpent.empty())
	}
	return b.why == ""
}

// stop ends the run; the first reason stays.
func (b *budget) stop(why string) error {
	if b.why == "" {
		b.why = why
	}
	return errStopped
}

func tooDeep() bool {
	var pc [1]uintptr
	return runtime.Callers(maxFrames, pc[:]) > 0
}

func heapBytes() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// exhausted reports whether the run has filled the heap, with what is in use.
func (b *budget) exhausted() bool {
	grown := b.grown()
	b.watch = grown > watchHeap
	if grown <= maxHeap {
		return false
	}
	runtime.GC()
	return b.grown() > watchHeap
}

// grown is by how much the heap is larger than at the start of the run.
func (b *budget) grown() uint64 {
	now := heapBytes()
	return now - min(b.heap, now)
}
