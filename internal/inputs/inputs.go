// Package inputs notes which files a run of the program looks at, so that a later run
// can tell whether it would see the same: the files that were read, the directories that
// were listed, and the names that were not there.
//
// A file counts as the same where its device, number, mode, owner, size and times are
// (lstat(2)), as in git's index. The time of its last change of status can't be set by
// anybody, so a text that was replaced by one of the same size, with the old date, is seen.
package inputs

import (
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// A Record is what was looked at since it was made.
type Record struct {
	mu    sync.Mutex
	names map[string]bool // absolute; true where the directory was listed
}

// active is the records that are being made. What one command of a process reads is noted
// in the records of all: too many names cost a needless run, and never a wrong answer.
var (
	active  atomic.Pointer[[]*Record]
	starter sync.Mutex
)

// Start begins a record. Stop must end it.
func Start() *Record {
	r := &Record{names: make(map[string]bool)}
	change(func(list []*Record) []*Record { return append(list, r) })
	return r
}

// Stop ends the record.
func (r *Record) Stop() {
	change(func(list []*Record) []*Record {
		return slices.DeleteFunc(list, func(x *Record) bool { return x == r })
	})
}

// change replaces the list, which readers take without a lock.
func change(f func([]*Record) []*Record) {
	starter.Lock()
	defer starter.Unlock()
	var list []*Record
	if p := active.Load(); p != nil {
		list = slices.Clone(*p)
	}
	if list = f(list); len(list) == 0 {
		active.Store(nil)
		return
	}
	active.Store(&list)
}

// Note says that a file is about to be looked at, whether it is there or not. What a
// directory holds is not part of it.
func Note(name string) { note(name, false) }

// NoteList says that a directory is about to be listed.
func NoteList(name string) { note(name, true) }

func note(name string, listed bool) {
	p := active.Load()
	if p == nil {
		return
	}
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	for _, r := range *p {
		r.add(name, listed)
	}
}

func (r *Record) add(name string, listed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.names[name]; !ok || listed && !old {
		r.names[name] = listed
	}
}

// Noted reports whether a file was looked at, and whether it was listed as a directory.
func (r *Record) Noted(name string) (noted, listed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	listed, noted = r.names[name]
	return noted, listed
}
