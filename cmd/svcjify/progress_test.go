package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
)

// A lockedBuffer may be read while another goroutine writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestProgress: a terminal is told of a run that lasts, and only of that; a
// signal is answered anywhere.
func TestProgress(t *testing.T) {
	svc := &corpus.Service{Name: "foo\x1b[2J", Ports: []*corpus.Port{{Origin: "net/foo\x1b"}}}
	for _, c := range []struct {
		name            string
		terminal, quiet bool
		lasts           time.Duration
		asked           bool
		want            string
	}{
		{"short", true, false, 500 * time.Millisecond, false, ""},
		{"long", true, false, 1100 * time.Millisecond, false, "svcjify: looking: 3 of 9, at net/foo\\x1b, 1.0 s\r" + strings.Repeat(" ", 47) + "\r"},
		{"long, no terminal", false, false, 5 * time.Second, false, ""},
		{"long, quiet", true, true, 5 * time.Second, false, ""},
		{"asked", false, true, 100 * time.Millisecond, true, "svcjify: looking: 3 of 9, at net/foo\\x1b, 0.1 s\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out lockedBuffer
				p := newProgress(&out)
				asked, quit := make(chan os.Signal), make(chan struct{})
				go p.loop(asked, quit, c.terminal, progressAfter)
				p.say("looking", c.quiet)
				p.service(3, 9, svc)
				p.service(2, 9, svc) // another goroutine's, come late
				time.Sleep(c.lasts)
				if c.asked {
					asked <- syscall.SIGTERM // whichever it is
				}
				synctest.Wait()
				p.done()
				close(quit)
				synctest.Wait()
				require.Equal(t, c.want, strings.TrimPrefix(out.String(), "\r"))
			})
		})
	}
}
