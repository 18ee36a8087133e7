// Package parallel has several goroutines do one list of work. A panic in one of them
// becomes the caller's, who can say what to do about it, with the stack where it happened.
package parallel

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// A Panic is a panic on its way to another goroutine, or kept as an error.
type Panic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Caught makes a Panic of what recover gave; nil for nil.
func Caught(v any) *Panic {
	switch v := v.(type) {
	case nil:
		return nil
	case *Panic:
		return v
	}
	return &Panic{v, debug.Stack()}
}

// Workers is how many goroutines there are, and how many neighbours of the list each
// takes at once. Neighbours often stand together on the disk; where the work is uneven,
// one at a time is right.
type Workers struct{ Count, Chunk int }

// Each calls f for 0 to n-1; f gets the number of its goroutine too. When the context
// ends, the rest is left out. It returns when all calls have.
func Each(ctx context.Context, n int, w Workers, f func(worker, i int)) {
	count, chunk := min(w.Count, n), max(w.Chunk, 1)
	if count <= 1 {
		for i := range n {
			if ctx.Err() != nil {
				return
			}
			f(0, i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	caught := make([]*Panic, count)
	for k := range count {
		wg.Go(func() {
			defer func() { caught[k] = Caught(recover()) }()
			for {
				from := int(next.Add(int64(chunk))) - chunk
				if from >= n {
					return
				}
				for i := from; i < min(from+chunk, n); i++ {
					if ctx.Err() != nil {
						return
					}
					f(k, i)
				}
			}
		})
	}
	wg.Wait()
	for _, p := range caught {
		if p != nil {
			panic(p)
		}
	}
}
