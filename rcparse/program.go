package rcparse

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// expansion matches ${x}, ${x:-y}, ${x=y} and so on without nesting, and $x.
var expansion = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=+?])([^{}$]*))?\}|([A-Za-z_][A-Za-z0-9_]*))`)

// maxExpand bounds a static expansion, in rounds and in bytes.
const maxExpand = 8

// Expand replaces the variables of a text by what the script's top level gives
// them when rc.conf says nothing, as far as that is plain to see. What is not
// known stays as it is.
func (s *Script) Expand(text string) string {
	for range maxExpand {
		next := expansion.ReplaceAllStringFunc(text, func(m string) string {
			sub := expansion.FindStringSubmatch(m)
			name := sub[1] + sub[4]
			if name == "name" && s.Name.Kind == Literal {
				return s.Name.Text
			}
			list := s.Get(name)
			if len(list) == 0 {
				if sub[2] == ":-" || sub[2] == "-" || sub[2] == ":=" || sub[2] == "=" {
					return Unquote(sub[3])
				}
				return m
			}
			v := Unquote(list[len(list)-1].Value)
			if strings.Contains(v, "$"+name) || strings.Contains(v, "${"+name) {
				return m
			}
			return v
		})
		if next == text || len(next) > 1<<14 {
			return next
		}
		text = next
	}
	return text
}

// CommandLine is the words of the default start as far as they can be told
// without running the script: command (or ${name}_program), flags, command_args.
func (s *Script) CommandLine() []string {
	var parts []string
	command := "command"
	if s.Name.Kind == Literal && len(s.Get(s.Name.Text+"_program")) > 0 {
		command = s.Name.Text + "_program"
	}
	names := []string{command, "command_args"}
	if s.Name.Kind == Literal {
		names = []string{command, s.Name.Text + "_flags", "command_args"}
	}
	for _, v := range names {
		if list := s.Get(v); len(list) > 0 {
			parts = append(parts, s.Expand(Unquote(list[len(list)-1].Value)))
		}
	}
	return Words(strings.Join(parts, " "))
}

// Words splits a command line at blanks outside quotes, and takes the quotes away.
func Words(line string) []string {
	var out []string
	var b strings.Builder
	var quote byte
	open := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == '\\' && i+1 < len(line):
			i++
			if line[i] != '\n' {
				b.WriteByte(line[i])
				open = true
			}
		case c == ' ' || c == '\t' || c == '\n':
			if open || b.Len() > 0 {
				out = append(out, b.String())
				b.Reset()
				open = false
			}
		default:
			b.WriteByte(c)
		}
	}
	if open || b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

// interpreters run a script given as their first operand.
var interpreters = regexp.MustCompile(`^(sh|bash|ksh|zsh|perl[0-9.]*|python[0-9.]*|pypy[0-9.]*|ruby[0-9]*|node|php[0-9]*|tclsh[0-9.]*|wish[0-9.]*|lua[0-9]*|guile[0-9.]*|Rscript|mono|dotnet)$`)

// RealProgram follows daemon(8), env(1), su(1), nice(1) and interpreters to the
// program that a command line really runs, and returns its words from there on.
func RealProgram(words []string) []string {
	for range maxExpand {
		if len(words) == 0 {
			return nil
		}
		base := path.Base(words[0])
		if base == "su" || base == "sh" { // su -m user -c 'command line'
			if i := slices.Index(words, "-c"); i > 0 && i+1 < len(words) {
				words = Words(words[i+1])
				continue
			}
		}
		if w, ok := wrappers[base]; ok {
			rest := w.Command(words)
			if len(rest) == 0 {
				return words
			}
			words = rest
			continue
		}
		if !interpreters.MatchString(base) {
			return words
		}
		rest := words[1:]
		for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
			w := rest[0]
			if w == "-c" || w == "-e" || w == "-jar" {
				break // not a file, or a file of its own kind
			}
			rest = rest[1:]
			if w == "--" || w == "-m" { // python -m module: the module is the program
				break
			}
		}
		if len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
			return words
		}
		words = rest
	}
	return words
}

// Program is the base name of the program that stays running, as far as it can
// be told without running the script; "" where it can't.
func (s *Script) Program() string {
	words := RealProgram(s.CommandLine())
	if len(words) == 0 {
		return ""
	}
	base := path.Base(words[0])
	if strings.ContainsAny(base, "$`%") {
		return ""
	}
	return base
}
