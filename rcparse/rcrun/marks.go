package rcrun

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// What the simulation can't know, such as the content of a file, is taken for
// empty in a plain run. Under Scenario.OtherAnswers it is a mark instead: a word
// that travels with the value wherever the script carries it. It is an
// identifier, so that it survives export, eval and word splitting, and made of
// what it stands for, so that the host's run and the jail's have the same.
const markPrefix = "__unknown_"

var markPattern = regexp.MustCompile(`(?i)` + markPrefix + `([0-9a-f]{8})(?:_+|$)`)

// mark is the word for what is not known; source says what that is.
func (s *sim) mark(source string) string {
	sum := sha256.Sum256([]byte(source))
	id := fmt.Sprintf("%x", sum[:4])
	if s.marks == nil {
		s.marks = map[string]string{}
	}
	const most = 200
	if len(s.marks) < most {
		s.marks[id] = message.Clip(source, 120)
	}
	return markPrefix + id + "__"
}

// marked reports whether a text holds a mark.
func (s *sim) marked(text string) bool {
	return len(s.marks) > 0 && len(text) >= len(markPrefix) && markPattern.MatchString(text)
}

// unknownOpen and unknownClose stand around what a mark stands for in a Record.
const unknownOpen, unknownClose = "‹", "›"

// Unknowns is what is not known in a text of a Record, in order, each once.
func Unknowns(text string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, unknownOpen)
		if !ok {
			return out
		}
		var source string
		if source, text, ok = strings.Cut(rest, unknownClose); ok && !slices.Contains(out, source) {
			out = append(out, source)
		}
	}
}

// readable puts what they stand for in the place of the marks.
func (s *sim) readable(text string) string {
	if !s.marked(text) {
		return text
	}
	return markPattern.ReplaceAllStringFunc(text, func(m string) string {
		id := strings.ToLower(markPattern.FindStringSubmatch(m)[1])
		source := s.marks[id]
		if source == "" {
			source = "something"
		}
		return unknownOpen + source + unknownClose
	})
}

// showMarks makes the marks in the Record readable.
func (s *sim) showMarks() {
	if len(s.marks) == 0 {
		return
	}
	rec := &s.record
	for _, list := range [][]Command{rec.Starts, rec.Stops, rec.Reached} {
		for i := range list {
			c := &list[i]
			c.Argv, c.Program = s.allReadable(c.Argv), s.allReadable(c.Program)
			c.Env = slices.Clone(c.Env)
			for j, kv := range c.Env {
				// A file that was sourced sets nobody knows which variables.
				if name, _, _ := strings.Cut(kv, "="); markPattern.FindString(name) == name {
					kv = name
				}
				c.Env[j] = s.readable(kv)
			}
			for _, p := range []*string{&c.User, &c.Group, &c.Groups, &c.Chroot, &c.Dir, &c.Umask, &c.LoginClass,
				&c.Limits,
				&c.Nice, &c.FIB, &c.CPUSet, &c.Prepend} {
				*p = s.readable(*p)
			}
		}
	}
	for _, p := range []*string{&rec.Name, &rec.RCVar, &rec.SvcjOptions, &rec.PidFile, &rec.Undecided, &rec.Failed} {
		*p = s.readable(*p)
	}
	rec.Names, rec.Refused, rec.Unknown = s.allReadable(rec.Names), s.allReadable(rec.Refused),
		s.allReadable(rec.Unknown)
	for i, j := range rec.Jails {
		rec.Jails[i].Name, rec.Jails[i].Params = s.readable(j.Name), s.allReadable(j.Params)
	}
}

func (s *sim) allReadable(list []string) []string {
	out := slices.Clone(list)
	for i, text := range out {
		out[i] = s.readable(text)
	}
	return out
}
