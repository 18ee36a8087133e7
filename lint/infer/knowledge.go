package infer

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/internal/paragraph"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

//go:embed knowledge/*.txt
var knowledgeFiles embed.FS

// An Entry is what a person knows of a program and wrote down with its source,
// because it can't be seen from outside.
type Entry struct {
	// Programs are base names of the executables that remain running.
	Programs []string
	// Services are rc.d names, and Ports values of PORTNAME, as path.Match patterns.
	Services, Ports []string
	// If is what must be seen for the entry to count; nil for an entry that always does.
	If *Condition
	// Needs is the option words, or OptOut, or Nothing.
	Needs []string
	// Lifted goes with OptOut where the limit is policy and not the kernel: the
	// option words, or Nothing, with which the program works all the same when an
	// administrator wants it in a jail. It is empty where no option makes it work.
	Lifted []string
	// Why says which act needs the words, or which act no option permits.
	Why string
	// Open is what is not known, or could be argued, in sentences: for those who judge
	// the entry, not for a commit message.
	Open string
	// Comment goes into the script with an opt-out.
	Comment string
	// Limit is an ordinary function that is reduced in the jail.
	Limit string
	// Tolerates are words that the program would use and does well without.
	Tolerates []string
	Certainty Certainty
	// Source is where the fact can be read.
	Source string
	// File and Line say where the entry stands.
	File string
	Line int
}

// Knowledge is the table.
type Knowledge struct {
	Entries []*Entry

	once  sync.Once
	index index // of Entries
}

// Embedded returns the table that the tool carries.
var Embedded = sync.OnceValues(func() (*Knowledge, error) {
	sub, err := fs.Sub(knowledgeFiles, "knowledge")
	if err != nil {
		return nil, err
	}
	return ReadKnowledge(sub)
})

// ReadKnowledge reads every *.txt at the top of fsys: one entry a paragraph,
// "field: value" lines, a continuation line starts with a blank, # starts a comment line.
func ReadKnowledge(fsys fs.FS) (*Knowledge, error) {
	names, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	k := &Knowledge{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading the knowledge table: %w", err)
		}
		if err := k.read(name, string(text)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// read adds the entries of one file. It is on an editor's way to every answer.
func (k *Knowledge) read(file, text string) error {
	var fields []paragraph.Field
	flush := func() error {
		if len(fields) == 0 {
			return nil
		}
		e := &Entry{File: file, Line: fields[0].Line}
		if err := e.fill(fields); err != nil {
			return fmt.Errorf("%s:%d: %w", e.File, e.Line, err)
		}
		k.Entries = append(k.Entries, e)
		fields = fields[:0]
		return nil
	}
	err := paragraph.Read(text, func(f paragraph.Field) error {
		if f.First {
			if err := flush(); err != nil {
				return err
			}
		}
		if slices.ContainsFunc(fields, func(g paragraph.Field) bool { return g.Name == f.Name }) {
			return fmt.Errorf("%s:%d: field %q stands twice in the entry; an empty line separates entries", file,
				f.Line, f.Name)
		}
		fields = append(fields, f)
		return nil
	})
	var bad *paragraph.Error
	switch {
	case errors.As(err, &bad):
		return fmt.Errorf("%s:%d: %s", file, bad.Line, bad.Text)
	case err != nil:
		return err
	}
	return flush()
}

// fill checks the fields and sets the entry from them.
func (e *Entry) fill(fields []paragraph.Field) error {
	e.Certainty = Confident
	for _, f := range fields {
		v := f.Value
		switch f.Name {
		case "program":
			e.Programs = strings.Fields(v)
		case "service":
			e.Services = strings.Fields(v)
		case "port":
			e.Ports = strings.Fields(v)
		case "needs":
			e.Needs = strings.Fields(v)
		case "lifted":
			e.Lifted = strings.Fields(v)
		case "why":
			e.Why = v
		case "open":
			e.Open = v
		case "comment":
			e.Comment = v
		case "limit":
			e.Limit = v
		case "flag", "noflag", "option", "nooption", "conf", "noconf", "depends", "nodepends":
			if _, err := regexp.Compile(v); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			if e.If != nil {
				return fmt.Errorf("%s: the entry has a condition already; write an entry for each", f.Name)
			}
			c := conditions[f.Name]
			c.Text, c.Pattern = v, lazyregexp.New(v)
			if c.On == "option" { // a name, not a part of one
				c.Pattern = lazyregexp.New("^(" + v + ")$")
			}
			e.If = &c
		case "tolerates":
			e.Tolerates = strings.Fields(v)
		case "source":
			e.Source = v
		case "certainty":
			c, err := ParseCertainty(v)
			if err != nil {
				return err
			}
			e.Certainty = c
		default:
			return fmt.Errorf("unknown field %q", f.Name)
		}
	}
	return e.check()
}

// check refuses an entry that can't be relied on.
func (e *Entry) check() error {
	switch {
	case len(e.Programs)+len(e.Services) == 0:
		return fmt.Errorf("an entry without program and service")
	case len(e.Needs) == 0:
		return fmt.Errorf("an entry without needs; write none for the empty set")
	case e.Why == "":
		return fmt.Errorf("an entry without why")
	case e.Source == "":
		return fmt.Errorf("an entry without source")
	case e.OptOut() && (e.Comment == "" || len(e.Comment) > 60):
		return fmt.Errorf("needs NO takes a comment of at most 60 characters, found %d", len(e.Comment))
	case len(e.Lifted) > 0 && !e.OptOut():
		return fmt.Errorf("lifted goes with needs NO only: it says what works where rc.conf lifts that")
	case slices.ContainsFunc(e.Ports, func(p string) bool { return strings.Contains(p, "/") }):
		return fmt.Errorf("port takes PORTNAME, not an origin with its category")
	case e.Certainty < Likely:
		return fmt.Errorf("certainty %s: an entry is likely at least", e.Certainty)
	}
	for _, w := range e.Needs {
		if _, ok := rcparse.OptionOf(w); !ok && (len(e.Needs) > 1 || w != OptOut && w != Nothing) {
			return fmt.Errorf("unknown option word %q in needs", w)
		}
	}
	for _, w := range e.Lifted {
		if _, ok := rcparse.OptionOf(w); !ok && (len(e.Lifted) > 1 || w != Nothing) {
			return fmt.Errorf("unknown option word %q in lifted", w)
		}
	}
	for _, patterns := range [][]string{e.Services, e.Ports} {
		for _, p := range patterns {
			if _, err := path.Match(p, ""); err != nil {
				return fmt.Errorf("bad pattern %q", p)
			}
		}
	}
	return nil
}

// OptOut reports whether the entry says that the program must not be jailed.
func (e *Entry) OptOut() bool { return e.Needs[0] == OptOut }
