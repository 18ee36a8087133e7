package patch

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// tableLine is a place in the table of programs; its lines move with each entry.
var tableLine = regexp.MustCompile(`(knowledge/[\w-]+\.txt):\d+`)

// TestGolden holds everything that is said of the made trees against what a person has
// read before: answers with their evidence, findings, patches. It is there for changes
// that no narrower test notices. After a change that is meant, `make golden` writes
// it again, and the difference is read before it is committed.
func TestGolden(t *testing.T) {
	for name, dir := range map[string]func(*testing.T) string{
		"ports":    copyTree,
		"evidence": func(t *testing.T) string { return unpack(t, "../lint/testdata/measure/made.txtar") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := dir(t)
			changes, held, res := planFor(t, infer.Possible, top)
			for part, got := range map[string]string{
				"answers": goldenAnswers(res, name == "evidence"), "findings": goldenFindings(res), "patches": goldenPatches(changes, held),
			} {
				got = tableLine.ReplaceAllString(strings.ReplaceAll(got, top, "TREE"), "$1")
				golden := filepath.Join("testdata", "golden", name+"."+part)
				if *update {
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				// Lines, so that a failure shows those that differ.
				require.Equal(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"), golden)
			}
		})
	}
}

// unpack writes a made tree into a new directory.
func unpack(t *testing.T, archive string) string {
	ar, err := txtar.ParseFile(archive)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "ports")
	require.NoError(t, txtar.Write(ar, dir))
	return dir
}

// goldenAnswers lists each service with its verdict and every fact behind it.
func goldenAnswers(res *lint.Result, long bool) string {
	var b strings.Builder
	for _, s := range res.Subjects {
		v := s.Verdict
		fmt.Fprintf(&b, "%s %s: %s, %s; options %v, out %t, lifted %v, policy %t (%s)\n", s.Origin(),
			s.Service.Name, s.Service.Condition, s.State, v.Options, v.OptOut, v.Lifted, v.Policy, v.Certainty)
		texts := []string{v.Reason, v.Comment, v.Open, v.FoundBy, strings.Join(s.Programs, " "),
			strings.Join(s.Skipped, " ")}
		lists := [][]string{v.Limits, v.Contradictions}
		if long { // they are much alike from service to service
			lists = append(lists, v.NotFound, v.WouldChange)
		}
		for _, list := range lists {
			texts = append(texts, list...)
		}
		for _, text := range texts {
			if text != "" {
				fmt.Fprintf(&b, "\t%s\n", text)
			}
		}
		for _, e := range v.Evidence {
			fmt.Fprintf(&b, "\t%s:%d: %s [%s, %s, %s]\n", e.Path, e.Line, e.Fact, e.Supports, e.Strength, e.Kind)
		}
	}
	return b.String()
}

// goldenFindings lists each finding with its place, hint and whether a fix is offered.
func goldenFindings(res *lint.Result) string {
	var b strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintf(&b, "%s:%d:%d %s %s %s %s\n\t%s\n", f.Path, f.Line, f.Col, f.Code, f.Severity, f.Origin,
			f.Service, f.Message)
		if f.Hint != "" {
			fmt.Fprintf(&b, "\thint: %s\n", f.Hint)
		}
		if f.Fix != nil {
			fmt.Fprintf(&b, "\tfix: %s, %d edits (%s)\n", f.Fix.What, len(f.Fix.Edits), f.Fix.Certainty)
		}
	}
	return b.String()
}

// goldenPatches holds each patch as mail, and why there is none for the others.
func goldenPatches(changes []*Change, held []Withheld) string {
	var b strings.Builder
	for _, c := range changes {
		b.Write(c.Mail(envelope))
		b.WriteString("\n")
	}
	for _, h := range held {
		fmt.Fprintf(&b, "withheld: %s %s: %s\n", h.Subject.Origin(), h.Subject.Service.Name, h.Reason)
	}
	return b.String()
}
