package interp

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
)

// fields expands words to the arguments of a command.
func (r *shell) fields(words []*word) []string {
	out, err := r.fieldsOf(words)
	if err != nil {
		r.failed(err)
		return nil
	}
	return out
}

func (r *shell) fieldsOf(words []*word) ([]string, error) {
	out := make([]string, 0, len(words)+2)
	for _, w := range words {
		if w.plain {
			out = append(out, w.text)
			continue
		}
		s := splitter{out: out, had: len(out)}
		if err := r.split(&s, w); err != nil {
			return nil, err
		}
		out = s.out
	}
	return out, nil
}

// A splitter puts the fields of a word together.
type splitter struct {
	out  []string
	had  int // fields of words before
	cur  string
	more []byte // cur where it is of several pieces
	some bool   // there is a field now
	ifs  string
	read bool // ifs is known
}

func (s *splitter) add(text string) {
	switch {
	case len(s.more) > 0:
		s.more = append(s.more, text...)
	case s.cur == "":
		s.cur = text
	default:
		s.more = append(append(s.more, s.cur...), text...)
	}
	s.some = true
}

func (s *splitter) flush() {
	if !s.some {
		return
	}
	if len(s.more) > 0 {
		s.cur = string(s.more)
	}
	s.out = append(s.out, s.cur)
	s.cur, s.more, s.some = "", s.more[:0], false
}

// addSplit adds the text of an unquoted expansion.
func (s *splitter) addSplit(r *shell, text string) {
	if text == "" {
		return
	}
	if !s.read {
		s.ifs, s.read = r.ifs(), true
	}
	if !strings.ContainsAny(text, s.ifs) {
		s.add(text)
		return
	}
	start := -1
	for i, c := range text {
		if strings.ContainsRune(s.ifs, c) {
			if start >= 0 {
				s.add(text[start:i])
				start = -1
			}
			s.flush()
		} else if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		s.add(text[start:])
	}
}

// split adds the fields of one word.
func (r *shell) split(s *splitter, w *word) error {
	if w.braces {
		list, err := r.oddFields(w)
		s.out = append(s.out, list...)
		return err
	}
	empty := false // a quoted nothing is a field
	for i := range w.parts {
		p := &w.parts[i]
		switch p.kind {
		case literalPart:
			if p.tilde {
				s.add(r.home(p.field, len(w.parts) > 1))
			} else {
				s.add(p.field)
			}
		case singlePart:
			empty = true
			s.add(p.field)
		case doublePart:
			if len(p.parts) == 1 && p.parts[0].kind == paramPart {
				done, err := r.quotedList(s, p.parts[0].param)
				if err != nil {
					return err
				}
				if done {
					continue
				}
			}
			empty = true
			if len(p.parts) == 0 {
				continue
			}
			text, err := r.text(p.parts, inDouble)
			if err != nil {
				return err
			}
			s.add(text)
		case paramPart:
			if p.param.list() {
				for j, v := range r.params {
					if j > 0 {
						s.flush()
					}
					s.addSplit(r, v)
				}
				continue
			}
			text, err := r.param(p.param)
			if err != nil {
				return err
			}
			s.addSplit(r, text)
		case commandPart:
			text, err := r.substitute(p)
			if err != nil {
				return err
			}
			s.addSplit(r, text)
		case arithmPart:
			n, err := r.arithmetic(p.arith)
			if err != nil {
				return err
			}
			s.add(strconv.Itoa(n))
		default:
			return errUnsupported
		}
	}
	s.flush()
	if empty && len(s.out) == s.had {
		s.out = append(s.out, "")
	}
	return nil
}

// quotedList adds what is alone in double quotes and may be several fields, or none.
func (r *shell) quotedList(s *splitter, p *param) (done bool, err error) {
	if p.odd || p.length || p.name != "@" && p.name != "*" {
		return false, nil
	}
	params := r.params
	if p.op != 0 {
		arg, err := r.value(p.arg)
		if err != nil {
			return false, err
		}
		switch p.op.String() {
		case "#", "##", "%", "%%":
			params = r.removedParams(p, arg)
		}
	}
	if p.name == "*" {
		old := r.params
		r.params = params
		s.add(r.joined(true))
		r.params = old
		return true, nil
	}
	for i, v := range params {
		if i > 0 {
			s.flush()
		}
		s.add(v)
	}
	return true, nil
}

// Where a text stands.
type place uint8

const (
	inValue place = iota
	inDouble
	inDocument
)

// value expands a word to one text, as that of an assignment.
func (r *shell) value(w *word) (string, error) {
	if w == nil {
		return "", nil
	}
	if w.plain {
		return w.value, nil
	}
	return r.text(w.parts, inValue)
}

// text expands parts to one text.
func (r *shell) text(parts []part, at place) (string, error) {
	if len(parts) == 1 {
		return r.piece(&parts[0], at, false)
	}
	var b strings.Builder
	for i := range parts {
		text, err := r.piece(&parts[i], at, true)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (r *shell) piece(p *part, at place, more bool) (string, error) {
	switch p.kind {
	case literalPart:
		switch {
		case at == inDouble:
			return p.quote, nil
		case at == inDocument:
			return p.doc, nil
		case p.tilde:
			return r.home(p.value, more), nil
		}
		return p.value, nil
	case singlePart:
		return p.value, nil
	case doublePart:
		return r.text(p.parts, inDouble)
	case paramPart:
		return r.param(p.param)
	case commandPart:
		return r.substitute(p)
	case arithmPart:
		n, err := r.arithmetic(p.arith)
		return strconv.Itoa(n), err
	}
	return "", errUnsupported
}

// pattern expands a word to a pattern, in which what is quoted stands for itself.
func (r *shell) pattern(w *word) (string, error) {
	var b strings.Builder
	for i := range w.parts {
		p := &w.parts[i]
		text, err := r.piece(p, inValue, len(w.parts) > 1)
		if err != nil {
			return "", err
		}
		if p.kind == singlePart || p.kind == doublePart {
			text = pattern.QuoteMeta(text, 0)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// document is a here-document.
func (r *shell) document(rd *redir) string {
	var b strings.Builder
	for _, w := range rd.hdoc {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if rd.raw {
			if lit := w.tree.Lit(); lit != "" {
				b.WriteString(lit)
				continue
			}
		}
		text, err := r.text(w.parts, inDocument)
		if err != nil {
			r.failed(err)
		}
		b.WriteString(text)
	}
	return b.String()
}

// home is a literal that begins with ~, which is the home directory where nothing or a
// slash follows. Of other users rcrun takes care.
func (r *shell) home(s string, more bool) string {
	name, rest, slash := strings.Cut(s[1:], "/")
	if name != "" || !slash && more {
		return s
	}
	v := r.env.get("HOME")
	if !v.set {
		return s
	}
	if slash {
		rest = "/" + rest
	}
	return v.value + rest
}

// substitute is what the commands of $(...) write.
func (r *shell) substitute(p *part) (string, error) {
	if len(p.stmts) == 0 {
		return "", nil
	}
	var b strings.Builder
	if p.file != nil {
		if err := r.readInto(&b, p.file); err != nil {
			return "", err
		}
	} else {
		sub := r.subshell()
		sub.stdout = &b
		sub.stmts(p.stmts)
		r.env.pop()
		sub.exit.exiting = false
		r.expanded = sub.exit
		if sub.exit.fatally {
			return "", sub.exit.err
		}
	}
	text := b.String()
	if strings.Contains(text, "\x00") {
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return strings.TrimRight(text, "\n"), nil
}
