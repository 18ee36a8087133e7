package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/report"
)

// progressAfter is how long a run lasts before a terminal is told where it is.
const progressAfter = time.Second

// A progress knows where a run is. It says so on a terminal when the run lasts,
// and wherever it runs when a signal asks (SIGUSR1, and SIGINFO where there is one).
type progress struct {
	w     io.Writer
	start time.Time

	mu    sync.Mutex
	phase string
	at    string // the service
	n     int
	all   int
	quiet bool
	shown int // columns of the line on the terminal
}

func newProgress(w io.Writer) *progress { return &progress{w: w, start: time.Now()} }

func isTerminal(w io.Writer) bool {
	if o, ok := w.(*overheard); ok {
		w = o.to
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say names the phase of the run.
func (p *progress) say(phase string, quiet bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.quiet, p.n, p.all, p.at = phase, quiet, 0, 0, ""
}

// service is lint.Options.Progress.
func (p *progress) service(done, all int, svc *corpus.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.all, p.at = max(p.n, done), all, svc.Name
	if o := svc.Origin(); o != "" {
		p.at = o
	}
}

// named is service for what has a name only.
func (p *progress) named(done, all int, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.all, p.at = max(p.n, done), all, name
}

// line says where the run is; p.mu is held.
func (p *progress) line() string {
	text := p.phase
	if text == "" {
		text = "starting"
	}
	if p.all > 0 {
		text += fmt.Sprintf(": %d of %d, at %s", p.n, p.all, report.OneLine(p.at))
	}
	return fmt.Sprintf("svcjify: %s, %.1f s", text, time.Since(p.start).Seconds())
}

// watch answers signals and feeds the terminal until the returned function is called.
func (p *progress) watch() (stop func()) {
	asked := make(chan os.Signal, 1)
	if len(statusSignals) > 0 {
		signal.Notify(asked, statusSignals...)
	}
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { p.loop(asked, quit, isTerminal(p.w) && os.Getenv("TERM") != "dumb", progressAfter) })
	return func() {
		signal.Stop(asked)
		close(quit)
		wg.Wait()
	}
}

func (p *progress) loop(asked <-chan os.Signal, quit <-chan struct{}, terminal bool, after time.Duration) {
	var tick <-chan time.Time
	if terminal {
		t := time.NewTicker(max(after/5, time.Millisecond))
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-quit:
			return
		case <-asked:
			p.mu.Lock()
			p.clear()
			fmt.Fprintln(p.w, p.line())
			p.mu.Unlock()
		case <-tick:
			p.mu.Lock()
			if p.phase != "" && !p.quiet && time.Since(p.start) >= after {
				p.show()
			}
			p.mu.Unlock()
		}
	}
}

// maxColumns keeps the line from wrapping, since a wrapped one can't be taken back.
const maxColumns = 79

// show writes the line over the one before; p.mu is held.
func (p *progress) show() {
	text := []rune(p.line())
	text = text[:min(len(text), maxColumns)]
	p.clear()
	fmt.Fprint(p.w, string(text))
	p.shown = len(text)
}

// clear takes the line away; p.mu is held.
func (p *progress) clear() {
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.shown, "")
		p.shown = 0
	}
}

// done ends the phase: from now on the terminal is the report's.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.phase = ""
}
