package interp

import "sync"

// A Kept is what texts were made into, for when they come again: a script is run some eight
// times, and rc.subr(8) evaluates the same texts in each. It forgets all when it holds Most bytes
// of texts. It may be used by several goroutines.
type Kept[V any] struct {
	Most int

	mu   sync.Mutex
	made map[string]V
	size int
}

// overhead is the least that a text counts for.
const overhead = 64

// Get gives what a text was made into, or makes it. What comes with an error is not kept.
func (k *Kept[V]) Get(text string, make func() (V, error)) (V, error) {
	k.mu.Lock()
	v, ok := k.made[text]
	k.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := make()
	if err != nil || len(text) > k.Most/8 {
		return v, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil || k.size > k.Most {
		k.made, k.size = map[string]V{}, 0
	}
	k.made[text] = v
	k.size += len(text) + overhead
	return v, nil
}
