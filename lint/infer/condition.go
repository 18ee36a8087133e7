package infer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A Condition is what must be seen of a service for an entry to count.
type Condition struct {
	// On is where it is looked for: "flag" for a word of the command line, "option"
	// for OPTIONS_DEFAULT, "conf" for a line of a configuration in the port's files/,
	// "depends" for a word of LIB_DEPENDS and RUN_DEPENDS.
	On string
	// Not is true where the entry counts if nothing matches.
	Not bool
	// Pattern is what is looked for, Text the same as it was written.
	Pattern *lazyregexp.Regexp
	Text    string
}

// conditions are the fields of the table that make an entry conditional.
var conditions = map[string]Condition{
	"flag": {On: "flag"}, "noflag": {On: "flag", Not: true},
	"option": {On: "option"}, "nooption": {On: "option", Not: true},
	"conf": {On: "conf"}, "noconf": {On: "conf", Not: true},
	"depends": {On: "depends"}, "nodepends": {On: "depends", Not: true},
}

// String is the condition in words.
func (c *Condition) String() string {
	is := "is"
	if c.Not {
		is = "is not"
	}
	switch c.On {
	case "flag":
		return fmt.Sprintf("the flag %s %s given", c.Text, is)
	case "option":
		return fmt.Sprintf("the option %s %s in OPTIONS_DEFAULT", c.Text, is)
	case "depends":
		return fmt.Sprintf("a word that matches %s %s in LIB_DEPENDS or RUN_DEPENDS", c.Text, is)
	}
	return fmt.Sprintf("a line that matches %s %s in the configuration that comes with the port", c.Text, is)
}

// unseen says why it could not be told.
func (c *Condition) unseen() string {
	switch c.On {
	case "flag":
		return "the command line could not be seen"
	case "option":
		return "the port has no option of that name"
	case "depends":
		return "no port installs the script"
	}
	return "there is no configuration in files/"
}

// holds reports whether a service meets the condition, whether that can be told,
// and where what was looked for stands.
func (c *Condition) holds(in Input) (held, told bool, where string) {
	var has bool
	switch c.On {
	case "flag":
		lines := in.CommandLines()
		if len(lines) == 0 {
			return false, false, ""
		}
		has = slices.ContainsFunc(lines, func(words []string) bool {
			// The first is the program: behind an interpreter, what that runs.
			return slices.ContainsFunc(words, c.Pattern.MatchString)
		})
	case "option":
		at := func(w Word) bool { return c.Pattern.MatchString(w.Text) }
		if i := slices.IndexFunc(in.Port.Defaults, at); i >= 0 {
			has, where = true, fmt.Sprintf("%s:%d", in.Port.Defaults[i].File, in.Port.Defaults[i].Line)
		} else if !slices.ContainsFunc(in.Port.Options, at) {
			return false, false, ""
		}
	case "depends":
		if in.Port.Makefile == "" {
			return false, false, ""
		}
		words := slices.Concat(in.Port.Libs, in.Port.Runs)
		at := func(w Word) bool { return c.Pattern.MatchString(w.Text) }
		if i := slices.IndexFunc(words, at); i >= 0 {
			has, where = true, fmt.Sprintf("%s:%d", words[i].File, words[i].Line)
		}
	default:
		if has, told, where = in.configured(c.Pattern); !told {
			return false, false, ""
		}
	}
	return has != c.Not, true, where
}

// configured looks for a line in the configurations of the port's files/, and
// in what its patches add to the program's own.
func (in Input) configured(pattern *lazyregexp.Regexp) (has, told bool, where string) {
	for _, f := range in.Port.Files {
		patched := isConfPatch(path.Base(f.Path))
		if !patched && !isConf(path.Base(f.Path)) {
			continue
		}
		told = told || !patched // a patch shows only what it changes
		for i, line := range strings.Split(f.Text, "\n") {
			if patched {
				var added bool
				if line, added = strings.CutPrefix(line, "+"); !added {
					continue
				}
			}
			if !comment.MatchString(line) && pattern.MatchString(line) {
				return true, true, fmt.Sprintf("%s:%d", f.Path, i+1)
			}
		}
	}
	return false, told, ""
}

// isConfPatch reports whether a name is that of a patch to a configuration, as
// patch-conf_mud.conf.sample is.
func isConfPatch(name string) bool {
	name, ok := strings.CutPrefix(name, "patch-")
	return ok && isConf(name)
}
