package rcrun

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// textTool finds the emulation of a command that turns words into words.
func textTool(base string) func(*invocation) error {
	switch base {
	case "cat":
		return func(v *invocation) error { return v.write(v.input(v.operands(""))) }
	case "basename":
		return (*invocation).basename
	case "dirname":
		return (*invocation).dirname
	case "expr":
		return (*invocation).expr
	case "tr":
		return (*invocation).tr
	case "cut":
		return (*invocation).cut
	case "sed":
		return (*invocation).sed
	case "head", "tail":
		return (*invocation).headTail
	case "wc":
		return (*invocation).wc
	case "seq":
		return (*invocation).seq
	case "sort", "uniq":
		return (*invocation).sort
	case "grep", "egrep", "fgrep":
		return (*invocation).grep
	case "tee":
		return func(v *invocation) error { return v.write(v.stdin()) }
	case "awk", "gawk", "mawk", "nawk":
		return (*invocation).awk
	}
	return nil
}

func (v *invocation) basename() error {
	o := parseOptions(v.args, "s")
	if len(o.rest) == 0 {
		return status(1)
	}
	suffix := o.last("-s", "")
	if len(o.rest) > 1 && !o.has("-a") && !o.has("-s") {
		suffix = o.rest[1]
	}
	base := path.Base(o.rest[0])
	if o.rest[0] == "" {
		base = ""
	}
	if cut := strings.TrimSuffix(base, suffix); cut != "" {
		base = cut
	}
	v.println(base)
	return nil
}

func (v *invocation) dirname() error {
	for _, p := range v.operands("") {
		trimmed := strings.TrimRight(p, "/")
		switch i := strings.LastIndexByte(trimmed, '/'); {
		case trimmed == "" && p != "", i == 0:
			v.println("/")
		case i < 0:
			v.println(".")
		default:
			v.println(strings.TrimRight(trimmed[:i], "/"))
		}
	}
	return nil
}

// tr knows literal sets, ranges, escapes and the common classes; -d, -s and -c.
func (v *invocation) tr() error {
	o := parseOptions(v.args, "")
	if len(o.rest) == 0 {
		return status(1)
	}
	in := v.stdin()
	from := expandSet(o.rest[0])
	var to []rune
	if len(o.rest) > 1 {
		to = expandSet(o.rest[1])
	}
	if !v.work(len(in), len(from)+len(to)) {
		return errStopped
	}
	complement := o.has("-c") || o.has("-C")
	var b strings.Builder
	last := rune(-1)
	for _, r := range string(in) {
		i := slices.Index(from, r)
		in := i >= 0 != complement
		switch {
		case in && o.has("-d"):
			continue
		case in && len(to) > 0:
			r = to[min(max(i, 0), len(to)-1)]
			if complement {
				r = to[len(to)-1]
			}
			fallthrough
		default:
			if o.has("-s") && r == last && (in || slices.Contains(to, r)) {
				continue
			}
		}
		last = r
		b.WriteRune(r)
	}
	return v.write([]byte(b.String()))
}

// expandSet is the characters of tr's set.
func expandSet(s string) []rune {
	for class, chars := range map[string]string{
		"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:alpha:]": "A-Za-z", "[:alnum:]": "A-Za-z0-9",
		"[:space:]": " \\t\\n\\r\\f\\v", "[:blank:]": " \\t", "[:punct:]": "!-/:-@[-`{-~",
	} {
		s = strings.ReplaceAll(s, class, chars)
	}
	var plain []rune
	escaped := map[rune]rune{'n': '\n', 't': '\t', 'r': '\r', 'f': '\f', 'v': '\v', '0': 0}
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r == '\\' && i+1 < len(rs) {
			i++
			r = rs[i]
			if e, ok := escaped[r]; ok {
				r = e
			}
		}
		if i+2 < len(rs) && rs[i+1] == '-' && rs[i+2] >= r && rs[i+2]-r < 256 {
			for c := r; c <= rs[i+2]; c++ {
				plain = append(plain, c)
			}
			i += 2
			continue
		}
		plain = append(plain, r)
	}
	return plain
}

func (v *invocation) cut() error {
	o := parseOptions(v.args, "bcdf")
	delim := o.last("-d", "\t")
	list := o.last("-f", "")
	in := v.input(o.rest)
	if !v.work(len(in), 1+strings.Count(o.last("-c", o.last("-b", list)), ",")) {
		return errStopped
	}
	for _, line := range lines(in) {
		if c := o.last("-c", o.last("-b", "")); c != "" {
			v.println(strings.Join(pick(strings.Split(line, ""), c), ""))
			continue
		}
		if !strings.Contains(line, delim) {
			if !o.has("-s") {
				v.println(line)
			}
			continue
		}
		v.println(strings.Join(pick(strings.Split(line, delim), list), delim))
	}
	return nil
}

// pick takes fields by a list such as 1,3-5,7-.
func pick(fields []string, list string) []string {
	want := make([]bool, len(fields))
	for _, part := range strings.Split(list, ",") {
		from, to, ranged := strings.Cut(part, "-")
		a := number(from, 1)
		b := a
		if ranged {
			b = number(to, len(fields))
		}
		for i := max(a, 1); i <= min(b, len(fields)); i++ {
			want[i-1] = true
		}
	}
	var out []string
	for i, w := range want {
		if w {
			out = append(out, fields[i])
		}
	}
	return out
}

// lines splits at newlines; a final one ends the last line.
func lines(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func (v *invocation) headTail() error {
	o := parseOptions(v.args, "nc")
	n := number(strings.TrimPrefix(o.last("-n", ""), "-"), 10)
	for _, w := range o.words { // head -1
		if w.Value == "" {
			n = number(strings.TrimPrefix(w.Name, "-"), n)
		}
	}
	from := 0
	if rest, ok := strings.CutPrefix(o.last("-n", ""), "+"); ok {
		from = max(number(rest, 1)-1, 0)
	}
	list := lines(v.input(o.rest))
	switch {
	case v.name == "head":
		list = list[:min(n, len(list))]
	case from > 0:
		list = list[min(from, len(list)):]
	default:
		list = list[max(len(list)-n, 0):]
	}
	for _, l := range list {
		v.println(l)
	}
	return nil
}

func (v *invocation) wc() error {
	o := parseOptions(v.args, "")
	b := v.input(o.rest)
	var out []string
	if o.has("-l") || len(o.words) == 0 {
		out = append(out, fmt.Sprintf("%8d", strings.Count(string(b), "\n")))
	}
	if o.has("-w") || len(o.words) == 0 {
		out = append(out, fmt.Sprintf("%8d", len(strings.Fields(string(b)))))
	}
	if o.has("-c") || o.has("-m") || len(o.words) == 0 {
		out = append(out, fmt.Sprintf("%8d", len(b)))
	}
	v.println(strings.Join(append(out, o.rest...), ""))
	return nil
}

func (v *invocation) seq() error {
	o := parseOptions(v.args, "fs")
	a, by, z := 1, 1, 0
	switch r := o.rest; len(r) {
	case 1:
		z = number(r[0], 0)
	case 2:
		a, z = number(r[0], 1), number(r[1], 0)
	case 3:
		a, by, z = number(r[0], 1), number(r[1], 1), number(r[2], 0)
	}
	if by == 0 || (z-a)/by > 10_000 {
		return v.shell.sim.budget.stop("seq(1) would write more than 10000 lines")
	}
	for i := a; by > 0 && i <= z || by < 0 && i >= z; i += by {
		if v.shell.sim.budget.why != "" { // z may be the largest number there is
			return errStopped
		}
		v.println(strconv.Itoa(i))
	}
	return nil
}

func (v *invocation) sort() error {
	o := parseOptions(v.args, "kto")
	list := lines(v.input(o.rest))
	if v.name == "sort" {
		slices.SortStableFunc(list, func(a, b string) int {
			if o.has("-n") {
				return number(strings.TrimSpace(a), 0) - number(strings.TrimSpace(b), 0)
			}
			return strings.Compare(a, b)
		})
		if o.has("-r") {
			slices.Reverse(list)
		}
	}
	if v.name == "uniq" || o.has("-u") {
		list = slices.Compact(list)
	}
	for _, l := range list {
		v.println(l)
	}
	return nil
}

// lineOf matches a pattern for the line of a file that sets a variable.
var lineOf = regexp.MustCompile(`^\^([A-Z][A-Z0-9_]*)=?$`)

// commented is files of the base system that hold comments only, as long as
// nobody edits them.
var commented = []string{"/etc/inetd.conf"}

// guess is grep in files that are not known: it is found, but nothing is
// printed. With guess.fewFiles, only the first thing is found, and a variable
// that is looked for is on.
func (v *invocation) guess(files []string, pattern string) error {
	s := v.shell.sim
	i := slices.IndexFunc(files, func(f string) bool { return !slices.Contains(commented, f) })
	if i < 0 {
		return status(1)
	}
	file := files[i]
	s.guessed = fmt.Sprintf("it looks for %q in %s, which is taken to be there", message.Clip(pattern, 60),
		message.Clip(absolute(v.frame.cwd, file), 80))
	if s.otherwise && !v.isUsed() {
		s.guessed = fmt.Sprintf("it looks for %q in %s, which is taken not to be there", message.Clip(pattern, 60),
			message.Clip(absolute(v.frame.cwd, file), 80))
		return status(1)
	}
	if s.script.guess.fewFiles {
		if s.searched[file] {
			return status(1)
		}
		s.searched[file] = true
		if m := lineOf.FindStringSubmatch(pattern); m != nil {
			s.watched("line:"+m[1]+"=on", absolute(v.frame.cwd, file), true)
			v.println(m[1] + "=on")
		}
	}
	return v.silent()
}

// grep matches what is known: its input, or a file the script wrote. In any
// other file it is taken to find what it looks for, without lines.
func (v *invocation) grep() error {
	o := parseOptions(v.args, "ABCDefm")
	patterns := []string{}
	for _, w := range o.words {
		if w.Name == "-e" {
			patterns = append(patterns, w.Value)
		}
	}
	rest := o.rest
	if len(patterns) == 0 && len(rest) > 0 {
		patterns, rest = strings.Split(rest[0], "\n"), rest[1:]
	}
	if len(rest) > 0 {
		known := true
		for _, p := range rest {
			_, ok := v.shell.sim.files.content[absolute(v.frame.cwd, p)]
			known = known && ok
		}
		if !known {
			return v.guess(rest, patterns[0])
		}
	}
	var match []matcher
	for _, p := range patterns {
		m, err := compile(p, v.name == "egrep" || o.has("-E"), v.name == "fgrep" || o.has("-F"), o.has("-i"),
			o.has("-x"), o.has("-w"))
		if err != nil {
			return status(2)
		}
		match = append(match, m)
	}
	count := 0
	in := v.input(rest)
	if !v.work(len(in), len(match)) {
		return errStopped
	}
	for _, line := range lines(in) {
		hit := slices.ContainsFunc(match, func(m matcher) bool { return m.MatchString(line) })
		if hit == o.has("-v") {
			continue
		}
		count++
		switch {
		case o.has("-q") || o.has("-c") || o.has("-l"):
		case o.has("-o"):
			for _, m := range match {
				for _, s := range m.FindAllString(line, -1) {
					v.println(s)
				}
			}
		default:
			v.println(line)
		}
	}
	if o.has("-c") {
		v.println(strconv.Itoa(count))
	}
	return boolStatus(count > 0)
}
