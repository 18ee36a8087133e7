package patch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// prove looks at the template after the edits as the tool would look at it the
// next time: it must parse as before, keep its name, its methods and all its
// other assignments, have the corrected findings gone and no new ones, and leave
// nothing to do for a second run.
func prove(ctx context.Context, before *lint.Subject, fixed []lint.Finding, text []byte, k *infer.Knowledge,
	opts Options) error {
	if bytes.Equal(text, before.Script.Src) {
		return errors.New("the edits change nothing")
	}
	after := lint.Judge(ctx, before.Service, text, k, opts.Lint)
	if after.Script.Err != nil && before.Script.Err == nil {
		return fmt.Errorf("line %d: %s", after.Script.Err.Line, after.Script.Err.Text)
	}
	if after.Script.Name.Text != before.Script.Name.Text {
		return fmt.Errorf("name would change from %q to %q", before.Script.Name.Text, after.Script.Name.Text)
	}
	if !sameAssigns(before.Script, after.Script) {
		return errors.New("an assignment other than the declaration would change")
	}
	for _, f := range fixed {
		if count(after.Findings, f.Code) >= count(before.Findings, f.Code) {
			return fmt.Errorf("%s would still be found", f.Code)
		}
	}
	for _, f := range after.Findings {
		if count(after.Findings, f.Code) > count(before.Findings, f.Code) {
			return fmt.Errorf("a new finding: %s [%s]", f.Message, f.Code)
		}
		if opts.wants(f) && f.Fix != nil && f.Fix.Certainty >= opts.Certainty &&
			!slices.ContainsFunc(before.Findings, func(b lint.Finding) bool { return b.Code == f.Code }) {
			return fmt.Errorf("a second run would change it again: %s", f.Code)
		}
	}
	declares := slices.ContainsFunc(fixed, func(f lint.Finding) bool { return f.Code == "SJ101" })
	if declares && after.State != lint.Ready {
		return fmt.Errorf("the service would be %s, expected ready", after.State)
	}
	return proveByRunning(ctx, before, after, declares, opts)
}

func count(list []lint.Finding, code string) int {
	n := 0
	for _, f := range list {
		if f.Code == code {
			n++
		}
	}
	return n
}

// sameAssigns reports whether everything but service jail variables is set as before.
func sameAssigns(a, b *rcparse.Script) bool {
	type assign struct {
		v, value, fn string
		op           rcparse.Op
	}
	plain := func(s *rcparse.Script) []assign {
		svcj := map[rcparse.Span]bool{}
		for _, d := range s.Svcj() {
			svcj[d.Span] = true
		}
		for _, m := range s.Misnamed() { // meant for one
			svcj[m.Span] = true
		}
		var out []assign
		for _, x := range s.Assigns {
			if !svcj[x.Span] {
				out = append(out, assign{x.Var, x.Value, x.Func, x.Op})
			}
		}
		return out
	}
	return slices.Equal(plain(a), plain(b)) && slices.Equal(commandNames(a), commandNames(b))
}

// commandNames leaves out what a declaration itself consists of, a misnamed one too.
func commandNames(s *rcparse.Script) []string {
	misnamed := map[rcparse.Span]bool{}
	for _, m := range s.Misnamed() {
		misnamed[m.Span] = true
	}
	var out []string
	for _, c := range s.Commands {
		if c.Name != ":" && c.Name != "eval" && !misnamed[c.Span] {
			out = append(out, c.Name)
		}
	}
	return out
}

// rebuilt finds the ports that read a changed Makefile, do not install a
// changed script, and get another package name all the same. Whoever put
// PORTREVISION where several ports read it decided that they rise together,
// so this is no fault as long as the revision, risen by one, is all that
// changes; the message names them.
func rebuilt(tree *corpus.Tree, readers *corpus.Readers, changed map[string][]byte, dirs []string) ([]string, error) {
	var others, out []string
	for name := range changed {
		others = append(others, readers.Of(name)...)
		if dir, file := path.Split(name); file == "Makefile" {
			others = append(others, path.Clean(dir)) // the master that does not install it itself
		}
	}
	slices.Sort(others)
	for _, origin := range slices.Compact(others) {
		if slices.Contains(dirs, origin) {
			continue
		}
		before, err := makefile.Read(tree.FS, origin)
		if err != nil {
			return nil, &revisionError{origin, err}
		}
		after, err := makefile.Read(overlay{tree.FS, changed}, origin)
		if err != nil {
			return nil, &revisionError{origin, err}
		}
		if before.Value("PKGNAME") == after.Value("PKGNAME") {
			continue
		}
		out = append(out, origin)
		b, err := revisionOf(before)
		if err != nil {
			return nil, &revisionError{origin, err}
		}
		a, err := revisionOf(after)
		if err != nil {
			return nil, &revisionError{origin, err}
		}
		if a != b+1 || unrevised(before) != unrevised(after) {
			return nil, fmt.Errorf("%s does not install the script, but shares a Makefile: its package would become %s",
				origin, after.Value("PKGNAME"))
		}
	}
	return out, nil
}

// revision is the part of a package's name that PORTREVISION makes.
var revision = regexp.MustCompile(`_[0-9]+(,[0-9]+)?$`)

// unrevised is a package's name without its revision.
func unrevised(p *makefile.Port) string {
	return revision.ReplaceAllString(p.Value("PKGNAME"), "$1")
}
