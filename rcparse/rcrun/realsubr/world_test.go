package realsubr

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
	"mvdan.cc/sh/v3/syntax"
)

var baseNames = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range rcrun.BaseCommands() {
		m[path.Base(p)] = true
	}
	return m
}()

var builtins = strings.Fields(". : [ alias bg bind break builtin case cd chdir command continue echo eval exec exit export false fc fg for getopts hash " +
	"if jobid jobs kill local printf pwd read readonly return set setvar shift test then time times trap true type ulimit umask unalias unset until wait while")

// Names that a script gives to a file or a command that the made host must have.
var (
	programLiteral = regexp.MustCompile(`(?:/[A-Za-z0-9_.+@-]+)+/(?:bin|sbin|libexec)/[A-Za-z0-9_.+@-]+`)
	depended       = regexp.MustCompile(`(?m)\bforce_depend\s+["']?([A-Za-z0-9_-]+)`)
	otherScript    = regexp.MustCompile(`(?:/usr/local)?/etc/rc\.d/[A-Za-z0-9_.-]+`)
	tildeUser      = regexp.MustCompile(`~([a-z_][a-z0-9_-]*)`)
	assignedUser   = regexp.MustCompile(`(?i)user[a-z_]*\}?:?[=-]["']?([a-z_][a-z0-9_-]*)`)
)

// programsOf is the paths of the programs that a script names, by its text.
// The rest is found when it is missed: see retry.
func programsOf(text string) []string {
	var list []string
	for _, at := range programLiteral.FindAllStringIndex(text, -1) {
		if at[1] == len(text) || text[at[1]] != '/' { // else it is a directory
			list = append(list, text[at[0]:at[1]])
		}
	}
	list = append(list, otherScript.FindAllString(text, -1)...)
	for _, m := range depended.FindAllStringSubmatch(text, -1) {
		list = append(list, "/etc/rc.d/"+m[1])
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err == nil {
		functions := map[string]bool{}
		syntax.Walk(f, func(n syntax.Node) bool {
			if fn, ok := n.(*syntax.FuncDecl); ok && fn.Name != nil {
				functions[fn.Name.Value] = true
			}
			return true
		})
		syntax.Walk(f, func(n syntax.Node) bool {
			call, ok := n.(*syntax.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			for i, w := range call.Args {
				name := w.Lit()
				switch {
				case strings.HasPrefix(name, "-"), i > 0 && !passesOn(call.Args[0].Lit()):
					continue
				case name == "" || functions[name] || baseNames[name] || slices.Contains(builtins, name) ||
					strings.Trim(name, nameBytes) != "":
				default:
					list = append(list, "/usr/local/bin/"+name)
				}
				if i > 0 {
					break
				}
			}
			return true
		})
	}
	slices.Sort(list)
	return slices.Compact(list)
}

const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+"

// passesOn reports whether a command's first operand is a command.
func passesOn(name string) bool {
	return slices.Contains([]string{"command", "type", "which", "exec", "env", "nice", "limits", "nohup", "xargs",
		"have", "eval", "protect", "su"}, path.Base(name))
}

// passwd is passwd(5) with the users that the script, or what is assumed in rc.conf, names.
func passwd(text string, assumed []rcrun.Setting) string {
	for _, a := range assumed {
		text += "\n" + a.Name + "=" + a.Value
	}
	lines := "root:*:0:0::/root:/bin/sh\nsomeone:*:1001:1001::/home/someone:/usr/sbin/nologin\n"
	seen := map[string]bool{"root": true, "someone": true}
	for _, m := range append(tildeUser.FindAllStringSubmatch(text, -1),
		assignedUser.FindAllStringSubmatch(text, -1)...) {
		if !seen[m[1]] {
			seen[m[1]] = true
			lines += m[1] + ":*:1001:1001::/home/" + m[1] + ":/usr/sbin/nologin\n"
		}
	}
	return lines
}

// A lack is what a run missed on the made host.
type lack struct{ kind, path string }

var lacks = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"program", regexp.MustCompile(`(?m): (/[^\s:]+): (?:not found|Permission denied)$`)},
	{"file", regexp.MustCompile(`(?m)cannot open (/[^\s:]+): No such file`)},
	{"file", regexp.MustCompile(`(?m): \d+: (/[^\s:]+): Syntax error`)}, // a program that it sources, as dash says it
	{"file", regexp.MustCompile(`(?m)^(/[^\s:]+): \d+: Syntax error`)},  // as FreeBSD's sh says it
	{"file", regexp.MustCompile(`(?m)\.: ([^\s:/]+): not found$`)},      // sought in PATH
	{"file", regexp.MustCompile(`(?m)\.: cannot open ([^\s:/]+): No such file`)},
	{"dir", regexp.MustCompile(`(?m)cannot create (/[^\s:]+): (?:Directory nonexistent|No such file)`)},
}

// swept reports whether a boot takes a file away: where it is missed it is rightly so.
func swept(p string) bool {
	return strings.HasPrefix(p, "/var/run/") || strings.HasPrefix(p, "/tmp/") || strings.HasSuffix(p, ".pid")
}

// lacksOf reads from a shell's messages what it did not find.
func lacksOf(output, script string) []lack {
	var out []lack
	for _, l := range lacks {
		for _, m := range l.re.FindAllStringSubmatch(output, -1) {
			p := path.Clean(m[1])
			if !strings.HasPrefix(p, "/") {
				p = "/usr/bin/" + p
			}
			if l.kind == "dir" {
				p = path.Dir(p)
			}
			if p == script || l.kind == "file" && swept(p) {
				continue
			}
			if k := (lack{l.kind, p}); !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}
