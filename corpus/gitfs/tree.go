package gitfs

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// parseTree reads a tree object: `mode SP name NUL hash`, over and over. The
// result is sorted by name, which is not git's order: there a directory's name
// ends in a slash.
func parseTree(data []byte, hashSize int) ([]entry, error) {
	var list []entry
	for len(data) > 0 {
		mode, rest, ok := bytes.Cut(data, []byte{' '})
		name, rest, ok2 := bytes.Cut(rest, []byte{0})
		m, err := strconv.ParseUint(string(mode), 8, 32)
		if !ok || !ok2 || err != nil || len(rest) < hashSize || len(name) == 0 || bytes.IndexByte(name, '/') >= 0 {
			return nil, errors.New("is damaged: a tree makes no sense")
		}
		list = append(list, entry{string(name), hash(rest[:hashSize]), Mode(m)})
		data = rest[hashSize:]
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// A commit is what is needed of a commit object.
type commit struct {
	tree    hash
	parents []hash
	when    int64 // of the committer, in seconds since 1970; 0 where it makes no sense
}

func parseCommit(data []byte, hashSize int) (*commit, error) {
	c := &commit{}
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "tree", "parent":
			h, ok := parseHash(value, hashSize)
			if !ok {
				return nil, fmt.Errorf("is damaged: a commit's %s is %q", key, value)
			}
			if key == "tree" {
				c.tree = h
			} else {
				c.parents = append(c.parents, h)
			}
			continue
		case "author":
			continue
		case "committer":
			c.when = commitTime(value)
		}
		break
	}
	if c.tree == "" {
		return nil, errors.New("is damaged: a commit without a tree")
	}
	return c, nil
}

// commitTime is the time in `NAME <ADDRESS> SECONDS ZONE`.
func commitTime(value string) int64 {
	_, after, _ := strings.Cut(value[strings.LastIndexByte(value, '>')+1:], " ")
	seconds, _, _ := strings.Cut(after, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// A lister lists directories of a revision or of the index.
type lister interface {
	// list gives a directory's entries, sorted by name. A directory has ModeDir;
	// its hash may be empty.
	list(dir string) ([]entry, error)
	// find gives one of them; errNoEntry where there is none.
	find(name string) (entry, error)
}

var errNoEntry = errors.New("no such entry")

// A treeLister lists a revision's tree; directories are read when they are asked for.
type treeLister struct {
	objects  objectReader
	root     hash
	hashSize int

	mu   sync.Mutex
	seen map[string][]entry
}

func (l *treeLister) list(dir string) ([]entry, error) {
	l.mu.Lock()
	list, ok := l.seen[dir]
	l.mu.Unlock()
	if ok {
		return list, nil
	}
	h := l.root
	if dir != "." {
		e, err := l.find(dir)
		if err != nil {
			return nil, err
		}
		switch e.mode.kind() {
		case ModeDir:
			h = e.hash
		case ModeGitlink:
			return nil, nil
		default:
			return nil, errNoEntry
		}
	}
	list, err := readTree(l.objects, h, l.hashSize)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.seen[dir] = list
	l.mu.Unlock()
	return list, nil
}

func (l *treeLister) find(name string) (entry, error) {
	list, err := l.list(path.Dir(name))
	if err != nil {
		return entry{}, err
	}
	i, ok := slices.BinarySearchFunc(list, path.Base(name),
		func(e entry, n string) int { return strings.Compare(e.name, n) })
	if !ok {
		return entry{}, errNoEntry
	}
	return list[i], nil
}

// readTree reads a tree object; the empty hash is an empty tree.
func readTree(r objectReader, h hash, hashSize int) ([]entry, error) {
	if h == "" {
		return nil, nil
	}
	kind, data, err := r.object(h, maxObjectSize)
	if err != nil {
		return nil, err
	}
	if kind != kindTree {
		return nil, fmt.Errorf("is damaged: object %s is a %s, expected a tree", h, kind)
	}
	return parseTree(data, hashSize)
}

// An indexLister lists the index.
type indexLister struct{ ix *index }

func (l indexLister) list(dir string) ([]entry, error) {
	prefix := ""
	if dir != "." {
		prefix = dir + "/"
	}
	list, _ := l.ix.children(prefix, l.ix.from(prefix))
	if len(list) == 0 && dir != "." {
		if e, err := l.find(dir); err != nil || e.mode.kind() != ModeGitlink {
			return nil, errNoEntry
		}
	}
	out := make([]entry, len(list))
	for i, c := range list {
		out[i] = c.entry
	}
	return out, nil
}

func (l indexLister) find(name string) (entry, error) {
	i := l.ix.from(name)
	if i < len(l.ix.entries) && l.ix.entries[i].name == name {
		e := l.ix.entries[i]
		e.name = path.Base(name)
		return e, nil
	}
	if i = l.ix.from(name + "/"); i < len(l.ix.entries) && strings.HasPrefix(l.ix.entries[i].name, name+"/") {
		return entry{name: path.Base(name), mode: ModeDir}, nil
	}
	return entry{}, errNoEntry
}

// A child is an entry of a directory of the index, and where what lies below
// it starts and ends.
type child struct {
	entry
	from, to int
}

// children lists a directory, sorted by name; from is the place of its first
// entry. The second result is where the directory ends.
func (ix *index) children(prefix string, from int) ([]child, int) {
	var list []child
	i := from
	for i < len(ix.entries) && strings.HasPrefix(ix.entries[i].name, prefix) {
		e := ix.entries[i]
		name, _, isDir := strings.Cut(e.name[len(prefix):], "/")
		if !isDir {
			e.name = name
			list = append(list, child{e, i, i + 1})
			i++
			continue
		}
		end := ix.end(prefix + name + "/")
		list = append(list, child{entry{name: name, mode: ModeDir}, i, end})
		i = end
	}
	slices.SortStableFunc(list, func(a, b child) int { return strings.Compare(a.name, b.name) })
	return slices.CompactFunc(list, func(a, b child) bool { return a.name == b.name }), i
}

// hashTrees makes the cache that git would: the hash of every directory, out
// of the entries alone. It costs less than reading the trees of one category.
func (ix *index) hashTrees(name, prefix string, from int, like hash) hash {
	list, end := ix.children(prefix, from)
	// In a tree object a directory is sorted as if its name ended in a slash.
	key := func(c child) string {
		if c.mode.kind() == ModeDir {
			return c.name + "/"
		}
		return c.name
	}
	slices.SortFunc(list, func(a, b child) int { return strings.Compare(key(a), key(b)) })
	at := len(ix.cache)
	ix.cache = append(ix.cache, cacheNode{name: name, count: end - from})
	var text []byte
	for _, c := range list {
		if c.mode.kind() == ModeDir {
			c.hash = ix.hashTrees(c.name, prefix+c.name+"/", c.from, like)
		}
		text = fmt.Appendf(text, "%o %s\x00%s", c.mode, c.name, string(c.hash))
	}
	h := like.sum(kindTree, text)
	ix.cache[at].hash, ix.cache[at].end = h, len(ix.cache)
	return h
}
