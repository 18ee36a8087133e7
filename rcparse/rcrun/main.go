package rcrun

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	for {
		var j Job
		if err := receive(stdin, &j); err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			return 1
		}
		if err := send(stdout, j.run()); err != nil {
			return 1
		}
	}
}

// run does a job in this process.
func (j Job) run() []Record {
	s := New(j.Src, j.Subst)
	out := make([]Record, len(j.Scenarios))
	for i, sc := range j.Scenarios {
		out[i] = s.Run(context.Background(), sc)
	}
	return out
}
