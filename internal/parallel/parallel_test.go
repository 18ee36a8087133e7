package parallel

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	for _, w := range []Workers{{}, {Count: 1}, {Count: 3}, {Count: 3, Chunk: 16}, {Count: 200, Chunk: 2}} {
		for _, n := range []int{0, 1, 2, 100} {
			calls := make([]atomic.Int64, n)
			var wrong atomic.Int64
			Each(context.Background(), n, w, func(worker, i int) {
				calls[i].Add(1)
				if worker < 0 || worker >= max(w.Count, 1) {
					wrong.Add(1)
				}
			})
			for i := range calls {
				require.EqualValues(t, 1, calls[i].Load(), "%v: %d of %d", w, i, n)
			}
			require.Zero(t, wrong.Load(), "%v", w)
		}
	}
}

// After the end of the context, each goroutine ends the call it is in, and no more.
func TestEachEnds(t *testing.T) {
	for _, w := range []Workers{{Count: 1}, {Count: 4}, {Count: 4, Chunk: 16}} {
		ctx, cancel := context.WithCancel(context.Background())
		var calls atomic.Int64
		Each(ctx, 1000, w, func(int, int) {
			if calls.Add(1) == 5 {
				cancel()
			}
			if calls.Load() > 5 {
				<-ctx.Done()
			}
		})
		require.GreaterOrEqual(t, calls.Load(), int64(5))
		require.LessOrEqual(t, calls.Load(), int64(5+w.Count), "%v", w)
	}
}

func TestPanic(t *testing.T) {
	for _, w := range []Workers{{Count: 4}, {Count: 4, Chunk: 3}} {
		var calls atomic.Int64
		caught := func() (p *Panic) {
			defer func() { p = Caught(recover()) }()
			Each(context.Background(), 100, w, func(_, i int) {
				calls.Add(1)
				if i == 50 {
					failing()
				}
			})
			return nil
		}()
		require.NotNil(t, caught)
		require.EqualError(t, caught, "fault")
		require.Contains(t, string(caught.Stack), "parallel.failing", "the stack of where it happened")
		require.GreaterOrEqual(t, calls.Load(), int64(50), "what was begun by others is ended")
	}
}

//go:noinline
func failing() { panic(errors.New("fault")) }

func TestCaught(t *testing.T) {
	require.Nil(t, Caught(nil))
	p := &Panic{Value: 1}
	require.Same(t, p, Caught(p), "it keeps its stack from one goroutine to the next")
}
