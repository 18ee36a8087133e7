package patch

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
)

// nobody is the addresses that stand for "no maintainer" (Porter's Handbook,
// MAINTAINER), in lower case.
var nobody = []string{"", "ports@freebsd.org", "ports@midnightbsd.org"}

// Unmaintained reports whether an address stands for no maintainer: any
// committer may take such a port.
func Unmaintained(address string) bool {
	return slices.Contains(nobody, strings.ToLower(strings.TrimSpace(address)))
}

// port is the port that the commit names; nil for a plain directory of scripts.
func (c *Change) port() *corpus.Port {
	for _, s := range c.Subjects {
		for _, p := range s.Service.Ports {
			if p.Origin == c.Origin {
				return p
			}
		}
	}
	return nil
}

// Maintainer is the address of the port that the commit names; "" where there is none.
func (c *Change) Maintainer() string {
	if p := c.port(); p != nil {
		return strings.TrimSpace(p.Make.Value("MAINTAINER"))
	}
	return ""
}

// OtherMaintainers is the addresses of the other ports whose packages change, sorted.
func (c *Change) OtherMaintainers() []string {
	var out []string
	for _, s := range c.Subjects {
		for _, p := range s.Service.Ports {
			if m := strings.TrimSpace(p.Make.Value("MAINTAINER")); !Unmaintained(m) &&
				!strings.EqualFold(m, c.Maintainer()) {
				out = append(out, m)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A Numbered is a change with its place in a series; Total is 0 where it stands alone.
type Numbered struct {
	*Change
	Number, Total int
}

// Order puts the changes into the order in which they are sent and committed:
// by origin, the siblings of a series one after the other at the place of the
// first. Siblings are ports of one maintainer whose templates are the same
// bytes (postgresql14 to 18): who has read one patch of them has read all.
func Order(changes []*Change) []Numbered {
	type key struct {
		maintainer string
		sum        [sha256.Size]byte
	}
	members := map[key][]*Change{}
	keyOf := func(c *Change) key {
		h := sha256.New()
		for _, f := range c.Files {
			if c.Template(f.Path) {
				one := sha256.Sum256(f.Old)
				h.Write(one[:])
			}
		}
		k := key{maintainer: strings.ToLower(c.Maintainer())}
		h.Sum(k.sum[:0])
		return k
	}
	for _, c := range changes {
		k := keyOf(c)
		members[k] = append(members[k], c)
	}
	var out []Numbered
	done := map[key]bool{}
	for _, c := range changes {
		k := keyOf(c)
		if done[k] {
			continue
		}
		done[k] = true
		total := len(members[k])
		for i, m := range members[k] {
			if total == 1 {
				out = append(out, Numbered{Change: m})
				continue
			}
			out = append(out, Numbered{m, i + 1, total})
		}
	}
	return out
}
