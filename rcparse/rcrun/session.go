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
	pool    *Pool
	account *Account
	others  Spent // what sessions before have taken from the account
	spent   Spent
	ended   string // why
	paid    []Job  // those that Script.findGuess has been counted for
}

// An Account is the budget of several services that are run one after another, those of
// one port. When it is used up, the services that follow run nothing. What is left depends
// on what the services before have used, so that they must come in the same order each time.
type Account struct {
	pool  *Pool
	spent Spent
}

// Account begins the budget of a port.
func (p *Pool) Account() *Account { return &Account{pool: p} }

// Session begins the runs of a service that nothing shares its budget with.
func (p *Pool) Session() *Session { return p.Account().Session() }

// Session begins the runs of the next service. The one before runs nothing from then on.
func (a *Account) Session() *Session {
	s := &Session{pool: a.pool, account: a, others: a.spent}
	p := sessionSpent{others: a.spent.Steps}
	s.ended = p.empty()
	if left := maxCPU - a.spent.CPU; s.ended == "" && left <= 0 {
		s.ended = cpuWhy
		a.pool.chance.Store(true)
	}
	return s
}

// Ended says why the session runs nothing more, "" while it does.
func (s *Session) Ended() string { return s.ended }

// Run runs a job and returns its Records in the order of its scenarios. When the context
// ends they have Failed set.
func (s *Session) Run(ctx context.Context, j Job) []Record {
	if s.ended != "" {
		return failedRecords(len(j.Scenarios), s.ended)
	}
	j.Spent, j.Others, j.GuessFound = s.spent, s.others, slices.ContainsFunc(s.paid, j.sameGuessAs)
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
		s.pool.chance.Store(true)
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
		if got.byChance() {
			s.pool.chance.Store(true)
		} else if asks {
			s.pool.keep(j, key, got)
		}
		return got.Records
	}
	w.stop()
	s.pool.chance.Store(true)
	if ctx.Err() != nil {
		return failedRecords(len(j.Scenarios), calledOff)
	}
	s.end(err)
	return failedRecords(len(j.Scenarios), s.ended)
}

// take takes over what a job has used.
func (s *Session) take(j Job, got answer) {
	s.spent = got.Spent
	s.account.spent = s.others
	s.account.spent.Steps += s.spent.Steps
	s.account.spent.CPU += s.spent.CPU
	if !j.GuessFound && slices.ContainsFunc(j.Scenarios, func(sc Scenario) bool { return !sc.SettingsOnly }) {
		s.paid = append(s.paid, j)
	}
	p := sessionSpent{s.spent.Steps, s.others.Steps}
	s.ended = p.empty()
}

// deathSteps is what a child's death costs a port: nobody knows what it had used.
const deathSteps = maxSession / 8

// end ends the session after its child's death.
func (s *Session) end(err error) {
	s.ended = s.pool.why(err)
	s.account.spent.Steps += deathSteps
	if errors.Is(err, errCPU) || errors.Is(err, errTimeout) { // all that there was
		s.account.spent.CPU = maxCPU
	}
}

// calledOff is what Failed says when the context has ended.
const calledOff = "the simulation was called off"

// cpuWhy is what Failed says where the port has no CPU time left.
var cpuWhy = fmt.Sprintf("all runs of the port's services together used more than %v of CPU time", maxCPU)

// why is what Failed says of a child's end.
func (p *Pool) why(err error) string {
	switch {
	case errors.Is(err, errMemory):
		return memoryWhy
	case errors.Is(err, errCPU):
		return cpuWhy
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
