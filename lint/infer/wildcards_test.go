package infer

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
)

const wildcardFile = "testdata/wildcards.txt"

// wildcards is every pattern of the table that may match more than one name.
func wildcards(t *testing.T) []string {
	k, err := Embedded()
	require.NoError(t, err)
	var out []string
	for _, e := range k.Entries {
		for _, p := range slices.Concat(e.Services, e.Ports) {
			if strings.ContainsAny(p, "*?[") && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestWildcards holds each pattern of the table against what it catches: on the
// real trees named by SVCJIFY_PORTSDIR and SVCJIFY_OLDPORTSDIR no name that the
// list lacks, so that a person has looked at each; and nothing that the list
// says to be another program. -update writes what is caught into the list.
func TestWildcards(t *testing.T) {
	type line struct{ caught, not []string }
	listed := map[string]*line{}
	f, err := os.Open(wildcardFile)
	require.NoError(t, err)
	defer f.Close()
	var head []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if strings.HasPrefix(sc.Text(), "#") {
			head = append(head, sc.Text())
			continue
		}
		pattern, rest, ok := strings.Cut(sc.Text(), ":")
		require.True(t, ok, sc.Text())
		yes, no, _ := strings.Cut(rest, "| not")
		listed[pattern] = &line{strings.Fields(yes), strings.Fields(no)}
	}
	names := map[string]bool{}
	for _, dir := range slices.Concat(filepath.SplitList(os.Getenv("SVCJIFY_PORTSDIR")),
		filepath.SplitList(os.Getenv("SVCJIFY_OLDPORTSDIR")), filepath.SplitList(os.Getenv("SVCJIFY_SAMPLEDIR"))) {
		c, err := corpus.Open([]string{dir})
		require.NoError(t, err)
		for _, s := range c.Services {
			names[s.Name] = true
			for _, p := range s.Ports {
				names[path.Base(p.Origin)], names[p.Make.Value("PORTNAME")] = true, true
			}
		}
	}
	var b strings.Builder
	fmt.Fprintln(&b, strings.Join(head, "\n"))
	for _, p := range wildcards(t) {
		l := listed[p]
		if l == nil {
			l = &line{}
			if !*updateDocs {
				t.Errorf("%s lacks the pattern %s of the table: run the test with -update and look at what it catches",
					wildcardFile, p)
			}
		}
		for n := range names {
			if ok, _ := path.Match(p, n); ok && !slices.Contains(l.caught, n) {
				if !*updateDocs {
					t.Errorf("the pattern %s catches %s, which %s does not list", p, n, wildcardFile)
				}
				l.caught = append(l.caught, n)
			}
		}
		slices.Sort(l.caught)
		for _, n := range l.caught {
			ok, _ := path.Match(p, n)
			require.True(t, ok, "%s does not catch %s", p, n)
		}
		for _, n := range l.not {
			ok, _ := path.Match(p, n)
			require.False(t, ok, "%s catches %s, which is another program", p, n)
		}
		fmt.Fprintf(&b, "%s: %s", p, strings.Join(l.caught, " "))
		if len(l.not) > 0 {
			fmt.Fprintf(&b, " | not %s", strings.Join(l.not, " "))
		}
		b.WriteString("\n")
	}
	if *updateDocs {
		require.NoError(t, os.WriteFile(wildcardFile, []byte(strings.ReplaceAll(b.String(), ":  |", ": |")), 0o644))
	}
}
