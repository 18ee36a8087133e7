package gitfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// maxSymbolic is how many symbolic references may point to each other, as in git.
const maxSymbolic = 5

// simpleRev is what is resolved here: a full hash or a name, and ~N or ^N after it.
var simpleRev = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_./+-]*)((?:[~^][0-9]*)*)$`)

// refPrefixes is where a short name is looked for, in gitrevisions(7)'s order.
var refPrefixes = []string{"", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"}

// resolve finds the object that a revision names. Empty, and no error, is HEAD
// before the first commit.
func (r *Repository) resolve(rev string) (hash, error) {
	m := simpleRev.FindStringSubmatch(rev)
	if !r.native || m == nil || strings.Contains(m[1], "..") {
		return r.program.resolve(rev)
	}
	h, ok := parseHash(m[1], r.hashSize)
	if !ok {
		var err error
		if h, err = r.named(m[1]); err != nil {
			return "", err
		}
		if h == "" {
			if rev == "HEAD" {
				return "", nil
			}
			// An abbreviated hash, a remote's HEAD, the output of git describe.
			return r.program.resolve(rev)
		}
	}
	return r.walk(h, m[2], rev)
}

// walk follows ~N and ^N.
func (r *Repository) walk(h hash, steps, rev string) (hash, error) {
	for steps != "" {
		kind := steps[0]
		digits := strings.IndexAny(steps[1:], "~^") + 1
		if digits == 0 {
			digits = len(steps)
		}
		n, err := strconv.Atoi(orElse(steps[1:digits], "1"))
		steps = steps[digits:]
		if err != nil {
			return "", &Error{Text: fmt.Sprintf("revision %q", rev), Err: err}
		}
		back, parent := n, 1
		if kind == '^' {
			back, parent = min(n, 1), n
		}
		for range back {
			c, err := r.commit(h)
			if err != nil {
				return "", err
			}
			if parent > len(c.parents) {
				return "", &Error{Text: fmt.Sprintf("revision %q leads beyond the first commit", rev)}
			}
			h = c.parents[parent-1]
		}
	}
	return h, nil
}

// named finds a reference by its name, short or full; empty where there is none.
func (r *Repository) named(name string) (hash, error) {
	for _, prefix := range refPrefixes {
		full := prefix + name
		if prefix == "" && !strings.HasPrefix(name, "refs/") && strings.ToUpper(name) != name {
			continue // not HEAD, MERGE_HEAD and the like
		}
		for range maxSymbolic {
			value, err := r.ref(full)
			if err != nil {
				return "", err
			}
			target, symbolic := strings.CutPrefix(value, "ref: ")
			if !symbolic {
				if value == "" {
					break
				}
				h, ok := parseHash(value, r.hashSize)
				if !ok {
					return "", &Error{Text: fmt.Sprintf("reference %s is %q", full, value), Hint: "git fsck tells what else is wrong"}
				}
				return h, nil
			}
			full = target
		}
	}
	return "", nil
}

// ref is a reference's value, out of its own file or packed-refs; empty where there is none.
func (r *Repository) ref(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", nil
	}
	for _, dir := range []string{r.GitDir, r.CommonDir} {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil {
			return strings.TrimSpace(string(text)), nil
		}
		// A directory has the name, or stands in its way, where the reference is packed.
		if info, serr := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); errors.Is(err, fs.ErrPermission) && serr == nil && !info.IsDir() {
			return "", err
		}
	}
	text, err := os.ReadFile(filepath.Join(r.CommonDir, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if h, ref, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && ref == name {
			return h, nil
		}
	}
	return "", nil
}

// Upstream is what the current branch follows, such as origin/main: what
// others have. Nil where there is none.
func (r *Repository) Upstream() (*Commit, error) {
	if !r.native {
		return r.program.upstream(r)
	}
	head, err := r.ref("HEAD")
	branch, ok := strings.CutPrefix(head, "ref: refs/heads/")
	if err != nil || !ok {
		return nil, err
	}
	sub := r.section("branch").Subsection(branch)
	merge, ok := strings.CutPrefix(sub.Option("merge"), "refs/heads/")
	if !ok {
		return nil, nil
	}
	ref := "refs/remotes/" + sub.Option("remote") + "/" + merge
	if sub.Option("remote") == "." {
		ref = "refs/heads/" + merge
	}
	h, err := r.named(ref)
	if err != nil || h == "" {
		return nil, err
	}
	return r.commit(h)
}

// maxFork is how many commits back a fork is looked for.
const maxFork = 256

// ForkPoint is the newest first parent of c, or c itself, that is among the
// first parents of upstream: what both have. Nil where they share none.
func ForkPoint(c, upstream *Commit) (*Commit, error) {
	theirs := map[hash]bool{}
	for n, u := 0, upstream; u != nil && n < maxFork; n++ {
		theirs[u.hash] = true
		var err error
		if u, err = u.Parent(); err != nil {
			break // a shallow clone ends here
		}
	}
	for n := 0; c != nil && n < maxFork; n++ {
		if theirs[c.hash] {
			return c, nil
		}
		var err error
		if c, err = c.Parent(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// Merging is the commits that are being merged, several for an octopus; none
// where no merge is under way.
func (r *Repository) Merging() ([]*Commit, error) {
	text, err := os.ReadFile(filepath.Join(r.GitDir, "MERGE_HEAD"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []*Commit
	for line := range strings.Lines(string(text)) {
		h, ok := parseHash(strings.TrimSpace(line), r.hashSize)
		if !ok {
			return nil, &Error{Text: fmt.Sprintf("MERGE_HEAD holds %q, expected a commit's name", line), Hint: "see what git status says"}
		}
		c, err := r.commit(h)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
