// Package lazyregexp has regular expressions that are compiled when they are
// first used, as internal/lazyregexp of Go's own tools. The inference has a
// hundred of them: compiling them all takes longer than to look at a script in
// an editor, and each child of the simulation, which uses none, would too. And a
// text that holds none of the words that an expression wants is not matched at all.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// A Regexp is a regular expression; its methods are those of regexp.Regexp. It
// may be used by several goroutines.
type Regexp struct {
	get   func() *regexp.Regexp
	sieve func() *sieve
}

// New takes an expression of package regexp. One that is wrong panics when it
// is first used, but in a test at once.
func New(text string) *Regexp {
	r := &Regexp{
		get:   sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) }),
		sieve: sync.OnceValue(func() *sieve { return newSieve(text) }),
	}
	if inTest {
		r.get()
	}
	return r
}

// may reports whether the expression can match in a text. One that can't match
// in any text that it gets is never compiled.
func may[T string | []byte](r *Regexp, text T) bool { return passes(r.sieve(), text) }

// May is false where the expression can match nowhere in a text, nor in any part of it. It takes a
// fiftieth of the time of a match.
func (r *Regexp) May(s string) bool { return may(r, s) }

// Match and the others are those of package regexp.
func (r *Regexp) Match(b []byte) bool { return may(r, b) && r.get().Match(b) }

func (r *Regexp) MatchString(s string) bool { return may(r, s) && r.get().MatchString(s) }

func (r *Regexp) FindString(s string) string {
	if !may(r, s) {
		return ""
	}
	return r.get().FindString(s)
}

func (r *Regexp) FindStringSubmatch(s string) []string {
	if !may(r, s) {
		return nil
	}
	return r.get().FindStringSubmatch(s)
}

func (r *Regexp) FindSubmatch(b []byte) [][]byte {
	if !may(r, b) {
		return nil
	}
	return r.get().FindSubmatch(b)
}

func (r *Regexp) FindStringIndex(s string) []int {
	if !may(r, s) {
		return nil
	}
	return r.get().FindStringIndex(s)
}

func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	if !may(r, s) {
		return nil
	}
	return r.get().FindAllStringSubmatch(s, n)
}

func (r *Regexp) ReplaceAllString(s, with string) string {
	if !may(r, s) {
		return s
	}
	return r.get().ReplaceAllString(s, with)
}
