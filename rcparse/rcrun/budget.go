package rcrun

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
)

// What a run may use. Real scripts take some hundreds of steps.
const (
	// maxSteps is the statements and commands that a run may reach, the
	// jailed run included.
	maxSteps = 50_000
	// maxFrames is the depth of the Go stack, which grows by some fifteen
	// frames with each nested function of the script.
	maxFrames = 8_000
	// maxHeap is by how many bytes the heap may grow in one run.
	maxHeap = 192 << 20
	// watchHeap is from where on each step is looked at.
	watchHeap = 24 << 20
	// maxCommands and maxOutput bound the Record: commands, and bytes of their arguments.
	maxCommands = 2_000
	maxOutput   = 1 << 20
	// maxRuns is how many shells (sh -c, su -c, the jailed run) may nest.
	maxRuns = 12
)

// memoryWhy is what Failed says where memory was exhausted, whether the run
// noticed or died of it.
const memoryWhy = "it used too much memory"

var errStopped = errors.New("the simulation was stopped")

// A budget is the context of a run. The interpreter asks Err before each
// statement and each command, which makes it the one place to count what no
// handler sees, such as a loop of assignments. It counts steps and not time,
// so that the same script ends at the same point everywhere; memory is only
// looked at against scripts that are out to exhaust it.
type budget struct {
	context.Context
	steps int
	heap  uint64
	watch bool
	why   string
}

func newBudget(ctx context.Context) *budget {
	return &budget{Context: ctx, heap: heapBytes()}
}

// Done is nil: the interpreter must not start goroutines to wait for it.
func (b *budget) Done() <-chan struct{} { return nil }

// Err counts a step and says whether the run must end.
func (b *budget) Err() error {
	if b.why != "" {
		return errStopped
	}
	b.steps++
	switch {
	case b.steps > maxSteps:
		b.stop(fmt.Sprintf("it did not end within %d steps", maxSteps))
	case b.steps%64 == 0 && b.Context.Err() != nil:
		b.stop("it was not done in the time allowed")
	case b.steps%1024 == 0 && tooDeep():
		b.stop("its functions or shells are nested too deeply")
	case b.steps%8 == 0 || b.watch:
		grown := b.grown()
		b.watch = grown > watchHeap
		if grown <= maxHeap {
			return nil
		}
		b.stop(memoryWhy)
	default:
		return nil
	}
	return errStopped
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

// grown is by how much the heap is larger than at the start of the run.
func (b *budget) grown() uint64 {
	now := heapBytes()
	return now - min(b.heap, now)
}
