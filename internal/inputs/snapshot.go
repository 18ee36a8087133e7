package inputs

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/svcjify/svcjify/internal/parallel"
)

// A Snapshot is a list of files, with a hash of the state that they were in.
type Snapshot struct {
	files []file
	sum   [sha256.Size]byte
}

type file struct {
	name   string
	listed bool
}

// settled is how old the last change of a file must be when a run begins. A file that is
// younger may change again within the same tick of its file system's clock, of which the
// coarsest has two seconds, and look the same.
const settled = 3 * time.Second

// Snapshot gives the state of all that was looked at. It is false where a file has
// changed since shortly before the run began: then nobody knows which text the run has read.
func (r *Record) Snapshot(began time.Time) (*Snapshot, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complete()
	s := &Snapshot{files: make([]file, 0, len(r.names))}
	for name, listed := range r.names {
		s.files = append(s.files, file{name, listed})
	}
	slices.SortFunc(s.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var newest int64
	s.sum, newest = stateOf(s.files)
	return s, newest < began.Add(-settled).UnixNano()
}

// complete adds the directories that lead to each name, and where links among them lead.
func (r *Record) complete() {
	var todo []string
	for name := range r.names {
		todo = append(todo, name)
	}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, more := range []string{filepath.Dir(name), target(name)} {
			if _, ok := r.names[more]; more != "" && !ok {
				r.names[more] = false
				todo = append(todo, more)
			}
		}
	}
}

// target is where a symbolic link leads, "" for what is none.
func target(name string) string {
	to, err := os.Readlink(name)
	if err != nil {
		return ""
	}
	if !filepath.IsAbs(to) {
		dir, err := filepath.EvalSymlinks(filepath.Dir(name)) // since .. counts from there
		if err != nil {
			return ""
		}
		to = filepath.Join(dir, to)
	}
	return filepath.Clean(to)
}

// Holds reports whether all files are in the state that they were in.
func (s *Snapshot) Holds() bool {
	sum, _ := stateOf(s.files)
	return sum == s.sum
}

// chunk is how many files one processor asks for at a time.
const chunk = 512

// stateOf is a hash of the state of files, and when the last of them changed, in
// nanoseconds since 1970.
func stateOf(files []file) (sum [sha256.Size]byte, newest int64) {
	n := (len(files) + chunk - 1) / chunk
	sums, times := make([][sha256.Size]byte, n), make([]int64, n)
	parallel.Each(context.Background(), n, parallel.Workers{Count: runtime.GOMAXPROCS(0)}, func(_, i int) {
		var b []byte
		for _, f := range files[i*chunk : min((i+1)*chunk, len(files))] {
			b = binary.AppendUvarint(b, uint64(len(f.name)))
			b = append(b, f.name...)
			var changed int64
			b, changed = appendState(b, f)
			times[i] = max(times[i], changed)
		}
		sums[i] = sha256.Sum256(b)
	})
	h := sha256.New()
	for i := range sums {
		h.Write(sums[i][:])
		newest = max(newest, times[i])
	}
	h.Sum(sum[:0])
	return sum, newest
}

// Append appends the snapshot: the hash, and the names, each without what it has in
// common with the one before.
func (s *Snapshot) Append(b []byte) []byte {
	b = append(b, s.sum[:]...)
	b = binary.AppendUvarint(b, uint64(len(s.files)))
	last := ""
	for _, f := range s.files {
		same := 0
		for same < min(len(last), len(f.name)) && last[same] == f.name[same] {
			same++
		}
		kind := uint64(same) << 1
		if f.listed {
			kind |= 1
		}
		b = binary.AppendUvarint(b, kind)
		b = binary.AppendUvarint(b, uint64(len(f.name)-same))
		b = append(b, f.name[same:]...)
		last = f.name
	}
	return b
}

var errForm = errors.New("is no list of files")

// Parse reads what Append has written, and gives what follows it.
func Parse(b []byte) (s *Snapshot, rest []byte, err error) {
	if len(b) < sha256.Size {
		return nil, nil, errForm
	}
	s = &Snapshot{sum: [sha256.Size]byte(b)}
	b = b[sha256.Size:]
	number := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			err = errForm
			return 0
		}
		b = b[size:]
		return n
	}
	count := number()
	if count > uint64(len(b)) {
		return nil, nil, errForm
	}
	s.files = make([]file, 0, count)
	last := ""
	for range count {
		kind, more := number(), number()
		same := kind >> 1
		if err != nil || same > uint64(len(last)) || more > uint64(len(b)) {
			return nil, nil, errForm
		}
		last = last[:same] + string(b[:more])
		b = b[more:]
		s.files = append(s.files, file{last, kind&1 != 0})
	}
	return s, b, err
}
