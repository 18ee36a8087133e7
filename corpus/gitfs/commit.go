package gitfs

import (
	"fmt"
	"strings"
	"time"
)

// A Commit is a commit that a revision names.
type Commit struct {
	repo *Repository
	hash hash
	commit
}

// String is the commit's full name.
func (c *Commit) String() string { return c.hash.String() }

// When is when it was committed: the committer's date, in UTC. It is the zero time
// where the commit has none that makes sense.
func (c *Commit) When() time.Time {
	if c.when == 0 {
		return time.Time{}
	}
	return time.Unix(c.when, 0).UTC()
}

// Commit finds a commit. A nil Commit without error is HEAD before the first commit.
func (r *Repository) Commit(rev string) (*Commit, error) {
	h, err := r.resolve(rev)
	if err != nil || h == "" {
		return nil, err
	}
	return r.commit(h)
}

func (r *Repository) commit(h hash) (*Commit, error) {
	for range maxTags {
		kind, data, err := r.objects.object(h, maxObjectSize)
		if err != nil {
			return nil, &Error{Text: "commit " + h.String(), Err: err, Hint: "git fsck tells what else is wrong"}
		}
		switch kind {
		case kindCommit:
			c, err := parseCommit(data, r.hashSize)
			if err != nil {
				return nil, err
			}
			return &Commit{r, h, *c}, nil
		case kindTag:
			line, _, _ := strings.Cut(string(data), "\n")
			target, ok := parseHash(strings.TrimPrefix(line, "object "), r.hashSize)
			if !ok {
				return nil, &Error{Text: "tag " + h.String() + " is damaged"}
			}
			h = target
		default:
			return nil, &Error{Text: fmt.Sprintf("object %s is a %s, expected a commit", h, kind)}
		}
	}
	return nil, &Error{Text: "a chain of tags without end"}
}

// Parent is the first parent; nil for a first commit.
func (c *Commit) Parent() (*Commit, error) {
	if len(c.parents) == 0 {
		return nil, nil
	}
	return c.repo.commit(c.parents[0])
}

// Parents is the parents, several for a merge. In a shallow clone one may be
// missing, which is an error.
func (c *Commit) Parents() ([]*Commit, error) {
	var list []*Commit
	for _, h := range c.parents {
		p, err := c.repo.commit(h)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}
