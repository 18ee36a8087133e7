package program

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/lint/infer/pkgset"
)

// The bounds of what is read of one script's package.
const (
	maxModules    = 3000
	maxModuleSize = 2 << 20 // bytes of one
	maxModuleAll  = 48 << 20
)

// otherPurpose are directories whose files a service does not run.
var otherPurpose = lazyregexp.New(`(?i)(^|/)(tests?|testing|testsuite|examples?|samples?|docs?|demos?|contrib|benchmarks?|fuzz(ing)?|third_party|node_modules)(/|$)`)

// siblingLimits bounds how many further files of a package are read, and the
// bytes of one and of all.
type siblingLimits struct {
	count     int
	size, sum int64
}

// siblings is the other files of a program's package that are of its kind and
// may run, and whether that is all of them.
func siblings(c *pkgset.Container, name string, kind func(string) bool,
	limits siblingLimits) (names []string, all bool) {
	all = true
	sum := int64(0)
	for _, n := range c.Names("/") {
		if n == name || !kind(n) || otherPurpose.MatchString(n) {
			continue
		}
		size := c.Size(n)
		if len(names) == limits.count || size > limits.size || sum+size > limits.sum {
			all = false
			continue
		}
		sum += size
		names = append(names, n)
	}
	return names, all
}

// inspectScript reads a program that is text, and the modules of its package.
func (f *Finder) inspectScript(r *Report, c *pkgset.Container, name string, data []byte, left int) {
	if isZip(data) {
		inspectJar(r, c, name, data)
		return
	}
	if !utf8.Valid(data[:min(len(data), 512)]) && bytes.IndexByte(data[:min(len(data), 512)], 0) >= 0 {
		r.Kind, r.Blind = "unknown file", true
		r.open("it is neither an ELF file nor a script")
		return
	}
	line, _, _ := bytes.Cut(data[:min(len(data), 256)], []byte("\n"))
	if shell.Match(line) {
		f.inspectShell(r, c, data, left)
		return
	}
	l := languageOf(name, data)
	if l == nil {
		r.Kind, r.Blind = "script of an unknown language", true
		r.open("its first line names no interpreter that is known")
		return
	}
	r.Kind = l.name + " script"
	r.open("what modules of other packages do is not seen")
	spawns := l.describe(r, r.File, data, Direct)
	names, all := siblings(c, name, l.extension.MatchString, siblingLimits{maxModules, maxModuleSize, maxModuleAll})
	if !all {
		r.open("its package has more modules than are read")
	}
	texts := c.Read(names...)
	for _, n := range names {
		spawns = l.describe(r, c.Where+":"+n, texts[n], OwnLibrary) || spawns
	}
	if len(names) > 0 {
		r.Looked = append(r.Looked, c.Where+": "+plural(len(names), l.name+" module"))
	}
	if spawns {
		r.open("it starts other programs")
	}
}

// command matches an absolute path in a shell script.
var command = lazyregexp.New(`(^|[\s"'=:])(/[A-Za-z0-9_./+-]+)`)

// commands is the absolute paths in a shell script, outside comment lines.
func commands(text []byte) []string {
	var out []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, m := range command.FindAllStringSubmatch(line[:min(len(line), maxLine)], -1) {
			out = append(out, m[2])
		}
	}
	return out
}

// inspectShell follows a shell script to the programs of its package that it names.
func (f *Finder) inspectShell(r *Report, c *pkgset.Container, data []byte, left int) {
	r.Kind = "shell script"
	r.open("it is a shell script: only the programs that it names by their path are looked at")
	if left == 0 {
		return
	}
	var names []string
	for _, n := range commands(data) {
		real, ok := c.Find(n)
		if !ok || !c.Executable(real) && path.Ext(real) != ".jar" || slices.Contains(names, real) ||
			c.Where+":"+real == r.File {
			continue
		}
		if len(names) == maxFollowed {
			r.open("it names more programs than are looked at")
			break
		}
		names = append(names, real)
	}
	for _, n := range names {
		inner := &Report{Program: n}
		f.inspect(inner, c, n, left-1)
		r.Kind += ", which names " + n + ", a " + inner.Kind
		r.Looked = append(append(r.Looked, inner.File), inner.Looked...)
		r.Facts = append(r.Facts, inner.Facts...)
		for _, o := range inner.Open {
			r.open(o)
		}
	}
	r.Blind = len(names) == 0
}
