package rcrun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

// Main is the worker: it takes jobs from stdin and gives Records to stdout
// until there are no more. Before the first it puts limits on its own process,
// see confine and sandbox. The exit status is 0, 1 for trouble with the pipe, or exitCPU.
func Main(stdin io.Reader, stdout io.Writer) int {
	os.Clearenv()
	debug.SetMaxStack(64 << 20)
	// What is in use is small, and most of the heap garbage.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(2 * watchHeap) // the stacks of a deep recursion are in it
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, "limits:", err)
		return 1
	}
	if err := sandbox(); err != nil {
		fmt.Fprintln(os.Stderr, "limits:", err)
		return 1
	}
	loadedModel() // while the first job is on its way
	var kept preparedJobs
	for {
		var j Job
		text, err := receive(stdin)
		if err == nil {
			err = json.Unmarshal(text, &j)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			return 1
		}
		before := usedCPU()
		limitCPU(maxCPU - j.Spent.CPU - j.Others.CPU)
		done := kept.run(context.Background(), j)
		done.Spent.CPU += usedCPU() - before
		if err := send(stdout, done.marshal()); err != nil {
			return 1
		}
		if heapBytes() > watchHeap { // the limit on memory is the process's, and so the next job's too
			kept.forget()
			debug.FreeOSMemory()
		}
	}
}

const (
	// exitCPU is the exit status of a worker that has used too much CPU time.
	exitCPU = 4
	// maxCPU is the CPU time that the runs of a port's services may take together. Steps come first:
	// this is for what they miss.
	maxCPU = 4 * time.Second
)

// Spent is what the runs of a service, or of several, have used so far.
type Spent struct {
	Steps int
	CPU   time.Duration
}

// An answer is what a child sends for a job.
type answer struct {
	Records []Record
	Spent   Spent // that of the job included
}

// run does a job in this process.
func (j Job) run() []Record { return new(preparedJobs).run(context.Background(), j).Records }

// preparedJobs is the scripts of the last jobs, parsed, with their guesses, the latest first. The
// job that follows is mostly about the same script, asked by one who has seen the
// Records of the first, or about the same and another one in turns.
type preparedJobs struct {
	kept    []prepared
	machine *machine // that came with the child's first job
}

// A prepared is one script, and the job that it came with.
type prepared struct {
	by     Job
	script *Script
}

// maxKept is how many scripts are kept.
const maxKept = 2

func (p *preparedJobs) forget() { p.kept = nil }

// scriptOf is the script of a job, prepared before or now.
func (p *preparedJobs) scriptOf(j Job) *Script {
	i := slices.IndexFunc(p.kept, func(k prepared) bool { return k.by.sameGuessAs(j) })
	if i >= 0 {
		k := p.kept[i]
		p.kept = slices.Insert(slices.Delete(p.kept, i, i+1), 0, k)
		return k.script
	}
	s := New(j.Src, j.Subst)
	s.machine = p.machine
	p.kept = slices.Insert(p.kept, 0, prepared{j, s})
	p.kept = p.kept[:min(len(p.kept), maxKept)]
	return s
}

func (p *preparedJobs) run(ctx context.Context, j Job) answer {
	if j.Machine != nil {
		p.machine = newMachine(j.Machine)
		p.forget()
	}
	s := p.scriptOf(j)
	s.sessionSpent.others = j.Others.Steps
	starts := slices.ContainsFunc(j.Scenarios, func(sc Scenario) bool { return !sc.SettingsOnly })
	s.account(j.Spent.Steps, j.GuessFound, starts)
	out := answer{Records: make([]Record, len(j.Scenarios)), Spent: j.Spent}
	for i, sc := range j.Scenarios {
		out.Records[i] = s.Run(ctx, sc)
	}
	out.Spent.Steps = s.sessionSpent.spent
	return out
}

// sameGuessAs reports whether two jobs come to the same Script: what Script.findGuess
// finds depends on the first scenario.
func (j Job) sameGuessAs(k Job) bool {
	if len(j.Scenarios) == 0 || len(k.Scenarios) == 0 {
		return false
	}
	a, b := j.Scenarios[0], k.Scenarios[0]
	return a.InstalledAs == b.InstalledAs && a.Release == b.Release && bytes.Equal(j.Src, k.Src) &&
		maps.Equal(j.Subst, k.Subst)
}
