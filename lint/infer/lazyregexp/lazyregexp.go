// Package lazyregexp has regular expressions that are compiled when they are
// first used, as internal/lazyregexp of Go's own tools. The inference has a
// hundred of them: compiling them all takes longer than to look at a script in
// an editor, and each child of the simulation, which uses none, would too.
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
type Regexp struct{ get func() *regexp.Regexp }

// New takes an expression of package regexp. One that is wrong panics when it
// is first used, but in a test at once.
func New(text string) *Regexp {
	r := &Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
	if inTest {
		r.get()
	}
	return r
}

func (r *Regexp) Match(b []byte) bool                  { return r.get().Match(b) }
func (r *Regexp) MatchString(s string) bool            { return r.get().MatchString(s) }
func (r *Regexp) FindString(s string) string           { return r.get().FindString(s) }
func (r *Regexp) FindStringSubmatch(s string) []string { return r.get().FindStringSubmatch(s) }
func (r *Regexp) FindSubmatch(b []byte) [][]byte       { return r.get().FindSubmatch(b) }
func (r *Regexp) FindStringIndex(s string) []int       { return r.get().FindStringIndex(s) }
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.get().FindAllStringSubmatch(s, n)
}
func (r *Regexp) ReplaceAllString(s, with string) string { return r.get().ReplaceAllString(s, with) }
