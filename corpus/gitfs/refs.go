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

	"github.com/svcjify/svcjify/internal/message"
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
					return "", &Error{Text: fmt.Sprintf("reference %s is %q", full, message.Clip(value, 100)),
						Hint: "git fsck tells what else is wrong"}
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
		text, err := readRegular(filepath.Join(dir, filepath.FromSlash(name)), maxRef)
		if err == nil {
			return strings.TrimSpace(string(text)), nil
		}
		// A directory has the name, or stands in its way, where the reference is packed.
		if info, serr := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); serr == nil && !info.IsDir() {
			return "", &Error{Text: "reference " + message.Clip(name, 100), Err: err, Hint: "see what git status says"}
		}
	}
	text, err := readRegular(filepath.Join(r.CommonDir, "packed-refs"), maxPackedRefs)
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

// Upstream is what others have: the branch that the current one follows, such
// as origin/main, else the remote's default branch, as for a topic branch or in
// the middle of a rebase. Nil where there is neither.
func (r *Repository) Upstream() (*Commit, error) {
	if !r.native {
		return r.program.upstream(r)
	}
	ref, err := r.followed()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{ref, remoteHead} {
		if name == "" {
			continue
		}
		switch h, err := r.named(name); {
		case err != nil:
			return nil, err
		case h != "":
			return r.commit(h)
		}
	}
	return nil, nil
}

// remoteHead is the default branch of where a clone came from: git-clone(1).
const remoteHead = "refs/remotes/origin/HEAD"

// followed is the name of the reference that the current branch follows; "" for none.
func (r *Repository) followed() (string, error) {
	head, err := r.ref("HEAD")
	branch, ok := strings.CutPrefix(head, "ref: refs/heads/")
	if err != nil || !ok {
		return "", err
	}
	sub := r.section("branch").Subsection(branch)
	merge, ok := strings.CutPrefix(sub.Option("merge"), "refs/heads/")
	if !ok {
		return "", nil
	}
	if sub.Option("remote") == "." {
		return "refs/heads/" + merge, nil
	}
	return "refs/remotes/" + sub.Option("remote") + "/" + merge, nil
}

// maxFork is how many commits back a fork is looked for. A ports tree has a
// hundred a day; reading them costs 20 microseconds each.
const maxFork = 8192

// ForkPoint is the newest first parent of c, or c itself, that is among the
// first parents of upstream: what both have. Nil where they share none. Both
// are followed in step, so it takes no longer than the longer way is.
func ForkPoint(c, upstream *Commit) (*Commit, error) {
	ours, theirs := map[hash]*Commit{}, map[hash]bool{}
	for range maxFork {
		if c == nil && upstream == nil {
			break
		}
		if c != nil {
			if theirs[c.hash] {
				return c, nil
			}
			ours[c.hash] = c
			var err error
			if c, err = c.Parent(); err != nil {
				c = nil // a shallow clone ends here
			}
		}
		if upstream != nil {
			if fork := ours[upstream.hash]; fork != nil {
				return fork, nil
			}
			theirs[upstream.hash] = true
			var err error
			if upstream, err = upstream.Parent(); err != nil {
				upstream = nil
			}
		}
	}
	return nil, nil
}

// Merging is the commits that are being merged, several for an octopus; none
// where no merge is under way.
func (r *Repository) Merging() ([]*Commit, error) {
	text, err := readRegular(filepath.Join(r.GitDir, "MERGE_HEAD"), maxRef)
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
			return nil, &Error{
				Text: fmt.Sprintf("MERGE_HEAD holds %q, expected a commit's name", message.Clip(line, 100)),
				Hint: "see what git status says"}
		}
		c, err := r.commit(h)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
