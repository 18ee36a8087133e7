package rcrun

import (
	"regexp"
	"slices"
	"strings"
)

// awk knows the program that prints one or more fields; anything else says nothing.
func (v *invocation) awk() error {
	o := parseOptions(v.args, "Fvf")
	if len(o.rest) == 0 {
		return v.silent()
	}
	m := awkPrint.FindStringSubmatch(strings.TrimSpace(o.rest[0]))
	if m == nil || len(o.rest) > 1 {
		return v.silent()
	}
	sep := o.last("-F", "")
	for _, line := range lines(v.stdin()) {
		if m[1] != "" {
			if re, err := compile(m[1], true, false, false, false, false); err != nil || !re.MatchString(line) {
				continue
			}
		}
		fields := strings.Fields(line)
		if sep != "" && sep != " " {
			fields = strings.Split(line, sep)
		}
		var out []string
		for _, f := range strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' || r == ' ' }) {
			n := strings.TrimPrefix(f, "$")
			switch i := number(n, len(fields)); {
			case n == "0":
				out = append(out, line)
			case i >= 1 && i <= len(fields):
				out = append(out, fields[i-1])
			default:
				out = append(out, "")
			}
		}
		v.println(strings.Join(out, " "))
	}
	return nil
}

var awkPrint = regexp.MustCompile(`^(?:/([^/]+)/)?\s*\{\s*print\s+(\$(?:\d+|NF)(?:\s*,\s*\$(?:\d+|NF))*)\s*;?\s*\}$`)

// sed knows s///, with g and p, and deletion and printing by a pattern.
func (v *invocation) sed() error {
	o := parseOptions(v.args, "efI")
	var scripts []string
	for _, w := range o.words {
		if w.Name == "-e" {
			scripts = append(scripts, w.Value)
		}
	}
	rest := o.rest
	if len(rest) > 0 && rest[0] == "" && (o.has("-i") || slices.Contains(v.args, "-i")) {
		rest = rest[1:]
	}
	if len(scripts) == 0 && len(rest) > 0 {
		scripts, rest = []string{rest[0]}, rest[1:]
	}
	if o.has("-i") {
		return nil
	}
	var cmds []sedCommand
	for _, s := range scripts {
		for _, part := range strings.Split(s, "\n") {
			c, ok := parseSed(strings.TrimSpace(part), o.has("-E") || o.has("-r"))
			if !ok {
				return v.silent()
			}
			cmds = append(cmds, c...)
		}
	}
	in := v.input(rest)
	if !v.work(len(in), len(cmds)) {
		return errStopped
	}
	for _, line := range lines(in) {
		print, keep := !o.has("-n"), true
		for _, c := range cmds {
			if c.where != nil && !c.where.MatchString(line) {
				continue
			}
			switch c.verb {
			case 's':
				hit := c.what.MatchString(line)
				line = c.replace(line)
				print = print || hit && c.print
			case 'p':
				print = true
			case 'd':
				keep = false
			}
		}
		if print && keep {
			v.println(line)
		}
	}
	return nil
}

type sedCommand struct {
	verb        byte
	where, what matcher
	with        string
	all, print  bool
}

// replace is s///; the replacement is in Go's template form already.
func (c sedCommand) replace(line string) string {
	if c.all {
		return c.what.ReplaceAllString(line, c.with)
	}
	m := c.what.FindStringSubmatchIndex(line)
	if m == nil {
		return line
	}
	return line[:m[0]] + string(c.what.ExpandString(nil, c.with, line, m)) + line[m[1]:]
}

// parseSed reads a line of a sed script; several s commands may be parted by ;.
func parseSed(s string, extended bool) ([]sedCommand, bool) {
	var out []sedCommand
	for s != "" {
		var c sedCommand
		if s[0] == '/' {
			p, rest, ok := delimited(s[1:], '/')
			if !ok {
				return nil, false
			}
			re, err := compile(p, extended, false, false, false, false)
			if err != nil {
				return nil, false
			}
			c.where, s = re, strings.TrimSpace(rest)
		}
		if s == "" {
			return nil, false
		}
		c.verb = s[0]
		s = s[1:]
		switch c.verb {
		case 'p', 'd':
		case 's':
			if s == "" {
				return nil, false
			}
			d := s[0]
			p, rest, ok1 := delimited(s[1:], d)
			w, rest, ok2 := delimited(rest, d)
			re, err := compile(p, extended, false, false, false, false)
			if !ok1 || !ok2 || err != nil {
				return nil, false
			}
			c.what, c.with = re, replacement(w)
			for rest != "" && (rest[0] == 'g' || rest[0] == 'p') {
				c.all, c.print = c.all || rest[0] == 'g', c.print || rest[0] == 'p'
				rest = rest[1:]
			}
			s = rest
		default:
			return nil, false
		}
		s = strings.TrimSpace(s)
		if s != "" && s[0] != ';' {
			return nil, false
		}
		s = strings.TrimLeft(s, "; \t")
		out = append(out, c)
	}
	return out, true
}

// delimited takes what stands before an unescaped delimiter.
func delimited(s string, d byte) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			if s[i+1] != d {
				b.WriteByte('\\')
			}
			i++
			b.WriteByte(s[i])
		case s[i] == d:
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// replacement turns sed's replacement into Go's: \1 and & become ${1} and ${0}.
func replacement(w string) string {
	var b strings.Builder
	for i := 0; i < len(w); i++ {
		switch {
		case w[i] == '$':
			b.WriteString("$$")
		case w[i] == '&':
			b.WriteString("${0}")
		case w[i] == '\\' && i+1 < len(w):
			i++
			if w[i] >= '0' && w[i] <= '9' {
				b.WriteString("${" + w[i:i+1] + "}")
			} else {
				b.WriteByte(w[i])
			}
		default:
			b.WriteByte(w[i])
		}
	}
	return b.String()
}
