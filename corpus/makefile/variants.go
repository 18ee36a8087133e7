package makefile

import (
	"slices"
	"strings"
)

// Words are the words of a variable: first those of the defaults, then those
// that assignments and option helpers which are not in force would add, each
// with its condition. A word stands here once.
//
// What an option adds to one variable that another is made of is not found
// here: see AllWords.
func (p *Port) Words(name string) []Word {
	work := maxWork
	list := newWordList(p.e.wordsOf(name, &work))
	p.addDirect(name, list, &work)
	return list.words
}

// AllWords is Words, and finds too what another choice of options, flavour or
// undecided conditions would add by whatever way. For that it evaluates the
// port again for each choice that the variable hangs on, at most maxVariants.
func (p *Port) AllWords(name string) []Word {
	if !p.Defined(name) && !slices.ContainsFunc(p.e.records, func(r record) bool { return r.name == name }) {
		return nil
	}
	// All evaluations together have the limits of one.
	work, steps := maxWork, p.e.steps
	list := newWordList(p.e.wordsOf(name, &work))
	for _, v := range p.e.hangsOn(name) {
		other := newEvaluation(p.e.tree, p.e.dir, v.choice)
		other.work, other.steps = work, steps
		err := other.run()
		work, steps = other.work, other.steps
		if err != nil {
			continue
		}
		found := newWordList(other.wordsOf(name, &work))
		for _, w := range found.words {
			w.Condition = v.condition
			list.add(w)
		}
		if v.otherwise == "" {
			continue
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
	p.addDirect(name, list, &work)
	return list.words
}

// Build is the port under another choice, which Word.Condition or
// Assignment.Condition names; ok is false where that choice can't be made alone.
func (p *Port) Build(condition string) (build *Port, ok bool) {
	if condition == "" {
		return p, true
	}
	for _, name := range []string{"PORTREVISION", "USE_RC_SUBR", "SUB_FILES", "PLIST_FILES"} {
		for _, v := range p.e.hangsOn(name) {
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
	if strings.Contains(o, " ") || !slices.Contains(p.e.options.all, o) {
		return nil, false
	}
	if off {
		return p.choose(choice{off: o})
	}
	return p.choose(choice{on: o})
}

func (p *Port) choose(c choice) (*Port, bool) {
	e := newEvaluation(p.e.tree, p.e.dir, c)
	if e.run() != nil {
		return nil, false
	}
	return newPort(e), true
}

// addDirect adds what branches and helpers that are not in force assign.
func (p *Port) addDirect(name string, list *wordList, work *int) {
	for _, r := range p.e.records {
		if r.name != name || r.reached || r.node == nil || r.node.kind != nodeAssign || !r.guard.choosable() {
			continue
		}
		for _, w := range p.e.expandWords(piece{text: r.text, rec: -1}, work) {
			w.Condition, w.File, w.Line = r.guard.condition(), r.file.path, r.node.line
			list.add(w)
		}
	}
}

// A wordList holds each word once.
type wordList struct {
	words []Word
	at    map[string]int
}

func newWordList(words []Word) *wordList {
	l := &wordList{at: make(map[string]int, len(words))}
	for _, w := range words {
		l.add(w)
	}
	return l
}

func (l *wordList) add(w Word) {
	if _, ok := l.at[w.Text]; !ok {
		l.at[w.Text] = len(l.words)
		l.words = append(l.words, w)
	}
}

// wordsOf gives the words at the evaluation's own choice.
func (e *evaluation) wordsOf(name string, work *int) []Word {
	v, ok := e.vars[name]
	if !ok {
		return e.expandWords(piece{text: "${" + name + "}", rec: -1}, work)
	}
	var list []Word
	for _, p := range v.pieces() {
		list = append(list, e.expandWords(p, work)...)
	}
	return list
}

// expandWords gives a piece's words; those that cannot be known are left out.
func (e *evaluation) expandWords(p piece, work *int) []Word {
	var list []Word
	for _, raw := range splitRaw(p.text) {
		x := &expander{e: e, work: work}
		text := x.expand(raw)
		if x.unknown || x.err != nil {
			continue
		}
		for _, t := range splitWords(text) {
			// A word costs more than its bytes.
			if *work -= 64; *work < 0 {
				return list
			}
			w := Word{Text: t}
			if p.rec >= 0 {
				if r := e.records[p.rec]; r.file != nil && !r.file.framework {
					w.File, w.Line = r.file.path, r.node.lineOf(r.file, raw)
					// Empty, but for the other side of what could not be decided.
					w.Condition = r.guard.condition()
				}
			}
			list = append(list, w)
		}
	}
	return list
}

// lineOf finds the physical line on which a word of the value stands.
func (n *node) lineOf(f *file, word string) int {
	value := f.data[n.start:n.end]
	if i := strings.Index(value, word); i > 0 {
		return n.line + strings.Count(value[:i], "\n")
	}
	return n.line
}

// A variant is a choice that may change a variable's words.
type variant struct {
	choice    choice
	condition string // what it means to choose it
	otherwise string // for a condition that could not be decided: the other side
}

// hangsOn finds the choices that a variable hangs on: through the values it
// is made of and through the conditions around their assignments.
func (e *evaluation) hangsOn(name string) []variant {
	s := search{e: e, options: make(map[string]bool), seen: map[string]bool{name: true}, guards: make(map[*guard]bool), queue: []string{name}}
	for len(s.queue) > 0 && len(s.seen) < maxSearch {
		name := s.queue[0]
		s.queue = s.queue[1:]
		for i := range e.records {
			r := &e.records[i]
			if r.name != name {
				continue
			}
			s.text(r.text)
			for g := r.guard; g != nil; g = g.parent {
				s.guardOf(g)
			}
		}
		f := e.lookup(name)
		s.text(f.text)
		for _, p := range f.more {
			s.text(p.text)
		}
		s.flavor = s.flavor || f.deps&onFlavor != 0
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
		for _, f := range splitWords(s.expand("${FLAVORS}")) {
			if f != current {
				list = append(list, variant{choice: choice{flavor: f}, condition: "flavor " + f})
			}
		}
	}
	for _, g := range s.flips {
		v := variant{choice: choice{flip: g.node}, condition: label(g.text, g.node.variant, g.result.truth != yesTruth)}
		if g.result.truth == unknownTruth {
			v.otherwise = label(g.text, g.node.variant, false)
		}
		list = append(list, v)
	}
	return list[:min(len(list), maxVariants)]
}

// A search walks from a variable to the choices it hangs on.
type search struct {
	e       *evaluation
	queue   []string
	seen    map[string]bool
	guards  map[*guard]bool
	options map[string]bool
	flavor  bool
	flips   []*guard
}

func (s *search) guardOf(g *guard) {
	if s.guards[g] {
		return
	}
	s.guards[g] = true
	if g.node == nil {
		s.options[g.option] = true
		return
	}
	for _, earlier := range g.earlier {
		s.guardOf(earlier)
	}
	s.text(g.text)
	if g.result.deps&onFlavor != 0 {
		s.flavor = true
	}
	if g.otherwise {
		return
	}
	if g.result.truth == unknownTruth || g.result.deps&onHost != 0 {
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
		if i >= 0 && (j < 0 || i < j || strings.HasPrefix(text[j:], "${PORT_OPTIONS:M") || strings.HasPrefix(text[j:], "$(PORT_OPTIONS:M")) {
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
		end = skipReference(rest, 2, '}')
	} else if end = strings.IndexAny(rest, "}):&| \t"); end < 0 {
		end = len(rest)
	}
	s.match(s.expand(rest[:end]))
}

func (s *search) match(pattern string) {
	for _, o := range s.e.options.all {
		if match(o, pattern) {
			s.options[o] = true
		}
	}
}

// expand expands with a budget of its own: the evaluation is not changed.
func (s *search) expand(text string) string {
	work := maxWork
	x := &expander{e: s.e, work: &work}
	return x.expand(text)
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
