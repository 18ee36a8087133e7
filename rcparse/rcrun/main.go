package rcrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
)

// Main is the worker: it takes jobs from stdin and gives Records to stdout
// until there are no more. Before the first it puts limits on its own process,
// see confine. The exit status is 0, or 1 for trouble with the pipe.
func Main(stdin io.Reader, stdout io.Writer) int {
	os.Clearenv()
	debug.SetMaxStack(64 << 20)
	debug.SetGCPercent(400) // the heap is small, and most of it garbage
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, "limits:", err)
		return 1
	}
	loadedModel() // while the first job is on its way
	var last prepared
	for {
		var j Job
		if err := receive(stdin, &j); err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			return 1
		}
		if err := send(stdout, last.run(j)); err != nil {
			return 1
		}
		if heapBytes() > watchHeap { // the limit on memory is the process's, and so the next job's too
			last = prepared{machine: last.machine}
			debug.FreeOSMemory()
		}
	}
}

// run does a job in this process.
func (j Job) run() []Record { return new(prepared).run(j) }

// A prepared is the script of the last job, parsed and settled. The job that
// follows is mostly about the same script, asked by one who has seen the
// Records of the first.
type prepared struct {
	by      Job
	script  *Script
	machine *machine // that came with the child's first job
}

func (p *prepared) run(j Job) []Record {
	if j.Machine != nil {
		p.machine, p.script = newMachine(j.Machine), nil
	}
	if p.script == nil || !p.by.settlesAs(j) {
		p.by, p.script = j, New(j.Src, j.Subst)
		p.script.machine = p.machine
	}
	out := make([]Record, len(j.Scenarios))
	for i, sc := range j.Scenarios {
		out[i] = p.script.Run(context.Background(), sc)
	}
	return out
}

// settlesAs reports whether two jobs come to the same Script: what Script.settle
// finds hangs on the first scenario.
func (j Job) settlesAs(k Job) bool {
	if len(j.Scenarios) == 0 || len(k.Scenarios) == 0 {
		return false
	}
	a, b := j.Scenarios[0], k.Scenarios[0]
	return a.InstalledAs == b.InstalledAs && a.Release == b.Release && bytes.Equal(j.Src, k.Src) && maps.Equal(j.Subst, k.Subst)
}
