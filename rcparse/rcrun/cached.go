package rcrun

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
)

// A Cache keeps answers by the hash of what was asked, from one run of the
// program to the next. It knows which build of the program it serves.
type Cache interface {
	Get(key [sha256.Size]byte) (answer []byte, ok bool)
	Put(key [sha256.Size]byte, answer []byte)
}

// question is the hash of all that a job's Records depend on, other than the program
// itself: what a child would be sent. It is false where there is no cache.
func (p *Pool) question(j Job) (key [sha256.Size]byte, ok bool) {
	if p.options.Cache == nil {
		return key, false
	}
	j.Machine, j.Spent.CPU = p.options.Machine, 0
	j.Others = Spent{} // which only bounds: see fits
	text, err := json.Marshal(j)
	if err != nil {
		return key, false
	}
	return sha256.Sum256(text), true
}

// known gives the answer to a job that was answered before, but for the CPU time.
func (p *Pool) known(j Job, key [sha256.Size]byte) (got answer, ok bool) {
	text, ok := p.options.Cache.Get(key)
	if !ok {
		return got, false
	}
	if got.unmarshal(text) != nil || len(got.Records) != len(j.Scenarios) || !j.fits(got) {
		return got, false
	}
	return got, true
}

// fits reports whether an answer is the same whatever other services of the port have used:
// they have left enough for it, or have used nothing.
func (j Job) fits(a answer) bool {
	return j.Others.Steps == 0 || a.Spent.Steps+j.Others.Steps <= maxSession
}

// byChance reports whether the memory that was left has decided a run.
func (a answer) byChance() bool {
	return slices.ContainsFunc(a.Records, func(r Record) bool { return r.Failed == memoryWhy })
}

// keep keeps the answer that a child has sent. What the parent says of a child that
// died, and an answer by chance, may be otherwise next time.
func (p *Pool) keep(j Job, key [sha256.Size]byte, got answer) {
	if !j.fits(got) {
		return
	}
	got.Spent.CPU = 0
	p.options.Cache.Put(key, got.marshal())
}
