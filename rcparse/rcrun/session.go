package rcrun

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A Session is all the runs of one service: they have one budget of steps and CPU time
// together, and mostly one child, which keeps the script prepared. A session that was ended
// by a limit of its own runs nothing more: its Records have Failed set. It is used by one
// goroutine at a time.
type Session struct {
	pool  *Pool
	spent Spent
	ended string // why
	paid  []Job  // those that Script.findGuess has been counted for
}

// Session begins the runs of a service.
func (p *Pool) Session() *Session { return &Session{pool: p} }

// Run runs a job and returns its Records in the order of its scenarios. When the context
// ends they have Failed set.
func (s *Session) Run(ctx context.Context, j Job) []Record {
	if s.ended != "" {
		return failedRecords(len(j.Scenarios), s.ended)
	}
	j.Spent, j.Settled = s.spent, slices.ContainsFunc(s.paid, j.sameGuessAs)
	key, asks := s.pool.question(j)
	if asks {
		if got, ok := s.pool.known(j, key); ok {
			got.Spent.CPU = s.spent.CPU
			s.take(j, got)
			return got.Records
		}
	}
	w := s.pool.take(ctx, s)
	if w == nil {
		return failedRecords(len(j.Scenarios), calledOff)
	}
	defer s.pool.give(w)
	used := w.used
	got, err := w.try(ctx, j)
	if used && errors.Is(err, errMemory) { // a child may die of what other jobs have left in its memory
		w.stop()
		got, err = w.try(ctx, j)
	}
	if err == nil {
		w.last = s
		s.take(j, got)
		if asks {
			s.pool.keep(key, got)
		}
		return got.Records
	}
	w.stop()
	if ctx.Err() != nil {
		return failedRecords(len(j.Scenarios), calledOff)
	}
	s.ended = s.pool.why(err)
	return failedRecords(len(j.Scenarios), s.ended)
}

// take takes over what a job has used.
func (s *Session) take(j Job, got answer) {
	s.spent = got.Spent
	if !j.Settled && slices.ContainsFunc(j.Scenarios, func(sc Scenario) bool { return !sc.SettingsOnly }) {
		s.paid = append(s.paid, j)
	}
	if s.spent.Steps > maxSession {
		s.ended = sessionWhy
	}
}

// calledOff is what Failed says when the context has ended.
const calledOff = "the simulation was called off"

// why is what Failed says of a child's end.
func (p *Pool) why(err error) string {
	switch {
	case errors.Is(err, errMemory):
		return memoryWhy
	case errors.Is(err, errCPU):
		return fmt.Sprintf("all its runs together used more than %v of CPU time", maxCPU)
	case errors.Is(err, errTimeout):
		return fmt.Sprintf("the simulation was not done within %v by the clock, the last resort: none of its own limits was reached. "+
			"On a machine that is less busy it may be", p.options.Timeout)
	}
	return "the simulation died of it: " + err.Error()
}

func failedRecords(n int, why string) []Record {
	list := make([]Record, n)
	for i := range list {
		list[i] = Record{Inner: -1, Failed: why}
	}
	return list
}
