package makefile

import (
	"context"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// Words are the words of a variable: first those of the defaults, then those
// that assignments and option helpers which are not in force would add, each
// with its condition. A word stands here once.
//
// What an option adds to one variable that another is made of is not found
// here: see AllWords.
func (p *Port) Words(name string) []Word {
	r := p.reading()
	r.mu.Lock()
	defer r.mu.Unlock()
	if list, known := r.words[name]; known {
		return list
	}
	work := maxLookupWork
	list := newWordList(r.WordsOf(name, &work, maxLookupWork))
	list.add(r.OtherWords(name, &work, maxLookupWork)...)
	if r.words == nil {
		r.words = make(map[string][]Word)
	}
	r.words[name] = list.words
	return list.words
}

// A Left says what AllWords left out, since the port costs more than a port may.
type Left struct {
	// Words is how many words, at least.
	Words int
	// Variants is how many choices of options, flavours and conditions were not
	// tried, of All.
	Variants, All int
}

// AllWords is Words, and finds too what another choice of options, flavour or
// undecided conditions would add by whatever way. For that it evaluates the
// port again for each choice that the variable depends on, at most maxVariants, and
// all together within maxVariantSteps and maxVariantWork.
func (p *Port) AllWords(ctx context.Context, name string) (list []Word, left Left) {
	e := p.reading()
	assigned := func(r bmake.Occurrence) bool { return r.Name == name }
	if !e.Defined(name) && !slices.ContainsFunc(e.Occurrences, assigned) {
		return nil, left
	}
	work, steps := maxVariantWork, maxVariantSteps
	words := newWordList(e.WordsOf(name, &work, maxLookupWork))
	variants := e.choicesBehind(name)
	left.All = len(variants)
	for i, v := range variants {
		if i == maxVariants || work <= 0 || steps <= 0 || len(words.words) > maxWords || ctx.Err() != nil {
			left.Variants = len(variants) - i
			break
		}
		p.tryVariant(ctx, v, name, words, &work, &steps)
	}
	words.add(e.OtherWords(name, &work, maxLookupWork)...)
	if n := len(words.words); n > maxWords {
		words.words, left.Words = slices.Clone(words.words[:maxWords]), n-maxWords
	}
	return words.words, left
}

// tryVariant adds the words that another choice brings.
func (p *Port) tryVariant(ctx context.Context, v variant, name string, list *wordList, work, steps *int) {
	other := newEvaluation(ctx, p.tree, p.dir, v.choice)
	other.Work, other.StepLimit = min(*work, bmake.MaxWork), min(*steps, bmake.MaxSteps)
	had := other.Work
	err := other.run()
	*steps -= other.Steps
	*work -= had - other.Work
	if err != nil {
		return // it is no port then
	}
	found := newWordList(other.WordsOf(name, work, maxLookupWork))
	for _, w := range found.words {
		w.Condition = v.condition
		list.add(w)
	}
	if v.otherwise == "" {
		return
	}
	// The condition could not be decided: what only one side has is conditional.
	for i := range list.words {
		w := &list.words[i]
		_, both := found.at[w.Text]
		switch {
		case w.Condition == "" && !both:
			w.Condition = v.otherwise
		case w.Condition == v.otherwise && both:
			w.Condition = ""
		}
	}
}

// Build is the port under another choice, which Word.Condition or
// Assignment.Condition names; ok is false where that choice can't be made alone.
func (p *Port) Build(condition string) (build *Port, ok bool) {
	if condition == "" {
		return p, true
	}
	for _, name := range []string{"PORTREVISION", "USE_RC_SUBR", "SUB_FILES", "PLIST_FILES"} {
		for _, v := range p.reading().choicesBehind(name) {
			if v.condition == condition {
				return p.choose(v.choice)
			}
		}
	}
	if f, ok := strings.CutPrefix(condition, "flavor "); ok && !strings.Contains(f, " ") {
		return p.choose(choice{flavor: f})
	}
	o, ok := strings.CutPrefix(condition, "option ")
	if !ok {
		return nil, false
	}
	o, off := strings.CutSuffix(o, " off")
	if strings.Contains(o, " ") || !slices.Contains(p.Options(), o) {
		return nil, false
	}
	if off {
		return p.choose(choice{off: o})
	}
	return p.choose(choice{on: o})
}

func (p *Port) choose(c choice) (*Port, bool) {
	e := newEvaluation(context.Background(), p.tree, p.dir, c)
	if e.run() != nil {
		return nil, false
	}
	return newPort(e), true
}

// A variant is a choice that may change a variable's words.
type variant struct {
	choice    choice
	condition string // what it means to choose it
	otherwise string // for a condition that could not be decided: the other side
}

// choicesBehind finds the choices that a variable depends on: through the values it
// is made of and through the conditions around their assignments.
func (e *evaluation) choicesBehind(name string) []variant {
	s := search{e: e, options: make(map[string]bool), seen: map[string]bool{name: true},
		guards: make(map[*bmake.Guard]bool), queue: []string{name}}
	for len(s.queue) > 0 && len(s.seen) < maxSearch {
		name := s.queue[0]
		s.queue = s.queue[1:]
		for i := range e.Occurrences {
			r := &e.Occurrences[i]
			if r.Name != name {
				continue
			}
			s.text(r.Text)
			for g := r.Guard; g != nil; g = g.Parent {
				s.guardOf(g)
			}
		}
		f := e.Lookup(name)
		s.text(f.Text)
		for _, p := range f.More {
			s.text(p.Text)
		}
		s.flavor = s.flavor || f.Deps&onFlavor != 0
	}
	var list []variant
	var options []string
	for o := range s.options {
		options = append(options, o)
	}
	slices.Sort(options)
	for _, o := range options {
		if e.options.selected[o] {
			list = append(list, variant{choice: choice{off: o}, condition: optionLabel(o, false)})
		} else {
			list = append(list, variant{choice: choice{on: o}, condition: optionLabel(o, true)})
		}
	}
	if s.flavor {
		current := s.expand("${FLAVOR}")
		for _, f := range bmake.SplitWords(s.expand("${FLAVORS}")) {
			if f != current {
				list = append(list, variant{choice: choice{flavor: f}, condition: "flavor " + f})
			}
		}
	}
	for _, g := range s.flips {
		v := variant{choice: choice{flip: g.Node},
			condition: s.e.InWords(g.Text, g.Node.Variant, g.Result.Truth != bmake.YesTruth)}
		if g.Result.Truth == bmake.UnknownTruth {
			v.otherwise = s.e.InWords(g.Text, g.Node.Variant, false)
		}
		list = append(list, v)
	}
	return list
}

// A search walks from a variable to the choices it depends on.
type search struct {
	e       *evaluation
	queue   []string
	seen    map[string]bool
	guards  map[*bmake.Guard]bool
	options map[string]bool
	flavor  bool
	flips   []*bmake.Guard
}

func (s *search) guardOf(g *bmake.Guard) {
	if s.guards[g] {
		return
	}
	s.guards[g] = true
	if g.Node == nil {
		s.options[g.Name] = true
		return
	}
	for _, earlier := range g.Earlier {
		s.guardOf(earlier)
	}
	s.text(g.Text)
	if g.Result.Deps&onFlavor != 0 {
		s.flavor = true
	}
	if g.Otherwise {
		return
	}
	if g.Result.Truth == bmake.UnknownTruth || g.Result.Deps&bmake.OnHost != 0 {
		s.flips = append(s.flips, g)
	}
}

// text notes the variables and options that a text refers to.
func (s *search) text(text string) {
	for _, call := range []string{"defined(", "empty("} {
		for rest := text; ; {
			i := strings.Index(rest, call)
			if i < 0 {
				break
			}
			rest = rest[i+len(call):]
			if end := strings.IndexAny(rest, ":)"); end > 0 {
				s.name(rest[:end])
			}
		}
	}
	for {
		i := strings.Index(text, "PORT_OPTIONS:M")
		j := strings.IndexByte(text, '$')
		if i < 0 && j < 0 {
			break
		}
		if i >= 0 && (j < 0 || i < j || strings.HasPrefix(text[j:], "${PORT_OPTIONS:M") ||
			strings.HasPrefix(text[j:], "$(PORT_OPTIONS:M")) {
			text = text[i+len("PORT_OPTIONS:M"):]
			s.option(text)
			continue
		}
		text = text[j+1:]
		if text == "" {
			break
		}
		if text[0] == '{' || text[0] == '(' {
			end := strings.IndexAny(text, ":})")
			if end > 0 {
				s.name(text[1:end])
			}
		} else if text[0] != '$' {
			s.name(text[:1])
		}
	}
}

// option notes the options that a pattern after PORT_OPTIONS:M means.
func (s *search) option(rest string) {
	end := 0
	if strings.HasPrefix(rest, "${") {
		end = bmake.SkipReference(rest, 2, '}')
	} else if end = strings.IndexAny(rest, "}):&| \t"); end < 0 {
		end = len(rest)
	}
	s.match(s.expand(rest[:end]))
}

func (s *search) match(pattern string) {
	for _, o := range s.e.options.all {
		if bmake.Match(o, pattern) {
			s.options[o] = true
		}
	}
}

// expand expands with a budget of its own: the evaluation is not changed.
func (s *search) expand(text string) string {
	work := maxLookupWork
	x := s.e.ExpanderOf(&work, maxLookupWork)
	return x.Expand(text)
}

func (s *search) name(name string) {
	name = strings.TrimSpace(name)
	if strings.Contains(name, "$") {
		name = s.expand(name)
	}
	switch name {
	case "":
		return
	case "FLAVOR", "FLAVORS", "PKGNAMEPREFIX", "PKGNAMESUFFIX":
		// The last two may come from a flavour's helper.
		s.flavor = true
	case "PORT_OPTIONS":
		s.match("*")
		return
	}
	if !s.seen[name] {
		s.seen[name] = true
		s.queue = append(s.queue, name)
	}
}
