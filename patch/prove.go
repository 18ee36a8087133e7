package patch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// prove looks at the template after the edits as the tool would look at it the
// next time: it must parse as before, keep its name, its methods and all its
// other assignments, have the mended findings gone and no new ones, and leave
// nothing to do for a second run.
func prove(ctx context.Context, before *lint.Subject, fixed []lint.Finding, text []byte, k *infer.Knowledge, opts Options) error {
	if bytes.Equal(text, before.Script.Src) {
		return errors.New("the edits change nothing")
	}
	after := lint.Look(ctx, before.Service, text, k, opts.Lint)
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
		if opts.wants(f) && f.Fix != nil && f.Fix.Certainty >= opts.Certainty && !slices.ContainsFunc(before.Findings, func(b lint.Finding) bool { return b.Code == f.Code }) {
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

// commandNames leaves out what a declaration itself consists of.
func commandNames(s *rcparse.Script) []string {
	var out []string
	for _, c := range s.Commands {
		if c.Name != ":" && c.Name != "eval" {
			out = append(out, c.Name)
		}
	}
	return out
}

// unaffected proves that a port which reads a changed Makefile without
// installing a changed script keeps its package's name.
func unaffected(tree *corpus.Tree, changed map[string][]byte, origin string) error {
	before, err := makefile.Read(tree.FS, origin)
	if err != nil {
		return &revisionError{origin, err}
	}
	after, err := makefile.Read(overlay{tree.FS, changed}, origin)
	if err != nil {
		return &revisionError{origin, err}
	}
	if a, b := before.Value("PKGNAME"), after.Value("PKGNAME"); a != b {
		return fmt.Errorf("%s does not install the script, but shares a Makefile: its package would become %s", origin, b)
	}
	return nil
}
