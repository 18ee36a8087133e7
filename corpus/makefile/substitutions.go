package makefile

import (
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// substituted are the names that bsd.port.mk adds to SUB_LIST for every port.
var substituted = []string{"PREFIX", "LOCALBASE", "DATADIR", "DOCSDIR", "EXAMPLESDIR", "WWWDIR", "ETCDIR"}

// Substitutions is what stands for each %%NAME%% of a template in files/ at
// default options and flavour: SUB_LIST, with what option and flavour helpers
// and OPTIONS_SUB add, and the directories that bsd.port.mk adds. A name whose
// value cannot be known without running commands, or that is made of variables
// of the framework that are not modelled, is not there.
// It may not be changed.
func (p *Port) Substitutions() map[string]string {
	r := p.reading()
	r.mu.Lock()
	subs := r.subs
	r.mu.Unlock()
	if subs == nil {
		subs = p.substitutions(r)
		r.mu.Lock()
		r.subs = subs
		r.mu.Unlock()
	}
	return subs
}

func (p *Port) substitutions(r *reading) map[string]string {
	subs := make(map[string]string)
	uncertain := make(map[string]bool)
	add := func(word string, known bool) {
		name, value, ok := strings.Cut(word, "=")
		if !ok || name == "" || uncertain[name] {
			return
		}
		if _, ok := subs[name]; ok {
			// sed(1) takes the first expression that fits.
			return
		}
		if !known {
			uncertain[name] = true
			return
		}
		subs[name] = unquoteShell(value)
	}
	var pieces []bmake.Piece
	if v, ok := r.Vars["SUB_LIST"]; ok {
		pieces = v.Pieces()
	}
	work := maxLookupWork
	for _, pc := range pieces {
		for _, raw := range bmake.SplitRaw(pc.Text) {
			x := r.ExpanderOf(&work, maxLookupWork)
			text := x.Expand(raw)
			for _, w := range bmake.SplitWords(text) {
				add(w, !x.Unknown && !x.Undefined && x.Err == nil)
			}
		}
	}
	for _, name := range substituted {
		value, ok := p.Lookup(name)
		add(name+"="+bmake.Quote(value), ok)
	}
	return subs
}

// unquoteShell takes off the quotes and backslashes that the shell, and then
// sed(1) in a replacement, would take off.
func unquoteShell(s string) string {
	var b strings.Builder
	var in byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && in != '\'':
			i++
			b.WriteByte(s[i])
		case in != 0 && c == in:
			in = 0
		case in == 0 && (c == '"' || c == '\''):
			in = c
		default:
			b.WriteByte(c)
		}
	}
	return strings.ReplaceAll(b.String(), `\@`, "@")
}
