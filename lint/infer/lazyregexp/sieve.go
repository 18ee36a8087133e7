package lazyregexp

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// A sieve tells quickly that an expression matches nowhere in a text: each match
// holds at least one of a few literals, and none of them is there. Most texts hold
// none, and a look for the literals costs a fiftieth of a run of package regexp.
//
// It is the automaton of Aho and Corasick, without the positions.
type sieve struct {
	class [256]uint8 // of a byte; 0 for those of no literal
	next  []uint32   // by state and class; a state is its first index here
	width int        // the number of classes
	fold  bool       // upper and lower case are the same
}

// found is the state behind any literal. The first state is 0.
const found = 1<<32 - 1

// maxLiterals and maxStates bound what is built for one expression.
const (
	maxLiterals = 200
	maxStates   = 4000
)

// newSieve is nil for an expression that tells nothing of what it matches.
func newSieve(expression string) *sieve {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	n := needed(re.Simplify())
	if len(n.literals) == 0 || len(n.literals) > maxLiterals {
		return nil
	}
	return build(n)
}

// needs is literals of which each match of an expression holds one; none where
// that can't be told.
type needs struct {
	literals []string // in lower case, if fold is set
	fold     bool
}

// shortest is the length of the literal that is found most easily by accident.
func (n needs) shortest() int {
	least := 0
	for i, l := range n.literals {
		if i == 0 || len(l) < least {
			least = len(l)
		}
	}
	return least
}

func needed(re *syntax.Regexp) needs {
	switch re.Op {
	case syntax.OpLiteral:
		return literal(re.Rune, re.Flags&syntax.FoldCase != 0)
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var best needs
		for _, sub := range re.Sub {
			n := needed(sub)
			if a, b := n.shortest(), best.shortest(); a > b || a == b && len(n.literals) < len(best.literals) {
				best = n
			}
		}
		return best
	case syntax.OpAlternate:
		var all needs
		for _, sub := range re.Sub {
			n := needed(sub)
			if len(n.literals) == 0 {
				return needs{}
			}
			all.literals = append(all.literals, n.literals...)
			all.fold = all.fold || n.fold
		}
		return all
	}
	return needs{}
}

func literal(runes []rune, fold bool) needs {
	for _, r := range runes {
		if fold && r >= utf8.RuneSelf || r == utf8.RuneError {
			return needs{}
		}
	}
	return needs{[]string{string(runes)}, fold}
}

// maxClass is the largest class of characters that is taken for so many literals.
const maxClass = 4

func class(ranges []rune) needs {
	var n needs
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1] >= utf8.RuneSelf || ranges[i+1]-ranges[i] >= maxClass {
			return needs{}
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			n.literals = append(n.literals, string(r))
		}
	}
	if len(n.literals) > maxClass {
		return needs{}
	}
	return n
}

func build(n needs) *sieve {
	s := &sieve{fold: n.fold, width: 1}
	states := 1
	for i, l := range n.literals {
		if n.fold {
			l = strings.ToLower(l)
			n.literals[i] = l
		}
		states += len(l)
		for _, b := range []byte(l) {
			if s.class[b] == 0 {
				if s.width == 255 {
					return nil
				}
				s.class[b] = uint8(s.width)
				s.width++
			}
		}
	}
	if states > maxStates {
		return nil
	}
	if n.fold {
		for b := byte('A'); b <= 'Z'; b++ {
			s.class[b] = s.class[b-'A'+'a']
		}
	}
	// First the tree of the literals, in which 0 is "no such child".
	s.next = make([]uint32, states*s.width)
	used := 1
	for _, l := range n.literals {
		at := 0
		for i, b := range []byte(l) {
			edge := at + int(s.class[b])
			switch {
			case s.next[edge] == found:
			case i == len(l)-1:
				s.next[edge] = found
			case s.next[edge] == 0:
				s.next[edge] = uint32(used * s.width)
				used++
			}
			if s.next[edge] == found {
				break
			}
			at = int(s.next[edge])
		}
	}
	s.link(used)
	return s
}

// link makes an automaton of the tree: where a state has no child, that of its
// longest ending that is a state too counts.
func (s *sieve) link(used int) {
	ending := make([]int, used) // by number
	queue := []int{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for c := range s.width {
			edge := at + c
			var back uint32 // what the ending of the state goes on to
			if at != 0 {
				back = s.next[ending[at/s.width]+c]
			}
			switch to := s.next[edge]; {
			case to == found || back == found:
				s.next[edge] = found
			case to == 0:
				s.next[edge] = back
			default:
				ending[int(to)/s.width] = int(back)
				queue = append(queue, int(to))
			}
		}
	}
	s.next = s.next[:used*s.width]
}

// passes reports whether the expression may match in a text.
func passes[T string | []byte](s *sieve, text T) bool {
	if s == nil {
		return true
	}
	at := uint32(0)
	for i := 0; i < len(text); i++ {
		b := text[i]
		// In either case, U+017F is an s and U+212A a k.
		if s.fold && (b == 0xC5 || b == 0xE2) {
			return true
		}
		if at = s.next[at+uint32(s.class[b])]; at == found {
			return true
		}
	}
	return false
}
