package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/infer/program"
)

// maxPrograms bounds how many programs of one script are looked at.
const maxPrograms = 8

// programs looks at what the script starts, and at the sources where there are some.
func programs(f *program.Finder, in infer.Input) []*program.Report {
	if f == nil {
		return nil
	}
	out := f.Programs(in.Origins, startedPrograms(in))
	if src := f.Sources(); src != nil {
		out = append(out, src)
	}
	return out
}

// baseDirs are where the base system's programs stand, which no port's package holds.
var baseDirs = regexp.MustCompile(`^/(usr/)?s?bin/[^/]+$|^/(usr/)?libexec/`)

// startedPrograms is the paths of the programs that the start leaves running.
// A path that is not absolute is one that the script leaves to $PATH or to rc.conf.
func startedPrograms(in infer.Input) []string {
	var out []string
	for _, words := range in.CommandLines() {
		if name := programOf(words); !slices.Contains(out, name) && len(out) < maxPrograms {
			out = append(out, name)
		}
	}
	// A start method may also call mkdir(1) and the like; where all of it is
	// the base system's, that is what the service is.
	own := slices.DeleteFunc(slices.Clone(out), baseDirs.MatchString)
	if len(own) > 0 {
		return own
	}
	return out
}

// programOf is the file that a command line runs: of java(1), its archive, or
// the directory of them as DIR/*.
func programOf(words []string) string {
	if path.Base(words[0]) == "java" {
		for i, w := range words[1:] {
			if (w == "-jar" || w == "-cp" || w == "-classpath") && i+2 < len(words) {
				for _, p := range strings.Split(words[i+2], ":") {
					if path.Ext(p) == ".jar" || path.Base(p) == "*" {
						return p
					}
				}
			}
		}
	}
	return words[0]
}
