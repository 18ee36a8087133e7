package corpus

import "sync"

// A survey is which ports are named in the *_DEPENDS of those that were evaluated for another
// reason: Readers asks some of the ports that Dependents asks all of, and evaluating is what takes the time.
type survey struct {
	mu    sync.Mutex
	named map[string][]string // by the port's directory
}

func (s *survey) get(dir string) (named []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	named, ok = s.named[dir]
	return named, ok
}

func (s *survey) put(dir string, named []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named == nil {
		s.named = map[string][]string{}
	}
	s.named[dir] = named
}

// making guards Tree.seen where it is not made yet.
var making sync.Mutex

// survey is the tree's, the same for all who ask.
func (t *Tree) survey() *survey {
	making.Lock()
	defer making.Unlock()
	if t.seen == nil {
		t.seen = &survey{}
	}
	return t.seen
}
