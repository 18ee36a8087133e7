package infer

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/pkgset"
	"github.com/svcjify/svcjify/lint/infer/program"
)

// unpackDebs unpacks each package of a directory into one of its own, and makes
// a set of them all.
func unpackDebs(t *testing.T, dir string) *pkgset.Set {
	t.Helper()
	tool, err := exec.LookPath("dpkg-deb")
	if err != nil {
		t.Skip("dpkg-deb is not installed")
	}
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	require.NoError(t, err)
	require.NotEmpty(t, debs, "%s holds no package of Debian", dir)
	root := t.TempDir()
	set := pkgset.New()
	for _, deb := range debs {
		name, _, _ := strings.Cut(filepath.Base(deb), "_")
		out, err := exec.Command(tool, "-x", deb, filepath.Join(root, name)).CombinedOutput()
		require.NoError(t, err, "%s: %s", deb, out)
		require.NoError(t, set.AddStage(filepath.Join(root, name)))
	}
	return set
}

// words is the nearest fact for each word: of the program's own code and its
// own libraries, and of libraries of other packages. What shows the network
// only where it may be a UNIX socket as well does not count.
func words(r *program.Report) (own, library map[string]program.Fact) {
	own, library = map[string]program.Fact{}, map[string]program.Fact{}
	for _, f := range r.Facts {
		word := weights[f.Act].word
		in := own
		switch {
		case word == "" || word == Nothing || f.Act == program.Sockets || f.Act == program.Resolves ||
			f.How == program.Text:
			continue
		case f.How == program.Library:
			in = library
		}
		old, ok := in[word]
		if !ok || strengthOf(f) > strengthOf(old) || strengthOf(f) == strengthOf(old) && f.How < old.How {
			in[word] = f
		}
	}
	return own, library
}

func strengthOf(f program.Fact) Certainty { return weights[f.Act].strength[f.How] }

// A tally counts the words of one column, and how many of them are right.
type tally struct{ shown, right, wrong, missed int }

func (y *tally) count(shown, needed, allowed bool) {
	switch {
	case shown:
		y.shown++
		if needed {
			y.right++
		} else if !allowed {
			y.wrong++
		}
	case needed:
		y.missed++
	}
}

func (y tally) String() string {
	return fmt.Sprintf("%d words shown, %d of them needed, %d neither needed nor documented; %d needed and not shown",
		y.shown, y.right, y.wrong, y.missed)
}

// TestDebianPrograms looks at real daemons: SVCJIFY_DEBS is a directory of
// Debian's packages, docs/evidence.md says how to fill it. testdata/debian.tsv
// says what the documentation of each names. With -v it prints a table: the
// words that the program's own code shows, those that only other packages'
// libraries show, and why something may be unseen. SVCJIFY_MEASURE=facts adds
// every fact.
func TestDebianPrograms(t *testing.T) {
	dir := os.Getenv("SVCJIFY_DEBS")
	if dir == "" {
		t.Skip("SVCJIFY_DEBS is not set: see docs/evidence.md")
	}
	finder := program.NewFinder(unpackDebs(t, dir), nil)
	text, err := os.ReadFile("testdata/debian.tsv")
	require.NoError(t, err)
	var near, far tally // the program's own code; imports of it and of all its libraries
	rows, same, closed, missing := 0, 0, 0, 0
	for line := range strings.Lines(string(text)) {
		cols := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		require.Len(t, cols, 5, line)
		r := finder.Programs([]string{cols[0]}, []string{cols[1]})[0]
		if r.File == "" {
			missing++
			t.Logf("%s: not there: %s", cols[1], r.Missing)
			continue
		}
		rows++
		if r.Closed() {
			closed++
		}
		own, library := words(r)
		needs, can := strings.Fields(cols[2]), strings.Fields(cols[3])
		var shown, only []string
		before := near
		for _, w := range append(slices.Clone(programWords), OptOut) {
			f, ok := own[w]
			by, inLibrary := library[w]
			// A routing socket serves to watch routes as well, which takes no option.
			needed, allowed := slices.Contains(needs, w), slices.Contains(can, w) || w == "routing"
			near.count(ok, needed, allowed)
			far.count(ok || inLibrary, needed, allowed)
			if ok {
				shown = append(shown, fmt.Sprintf("%s (%s)", w, f.Seen))
			} else if inLibrary {
				only = append(only, fmt.Sprintf("%s (%s)", w, path.Base(by.File)))
			}
			if needed && !ok {
				t.Errorf("%s: needs %s, which is not seen", cols[1], w)
			}
			if ok && !needed && !allowed {
				t.Logf("%s: %s is seen and not documented (%s): %s", cols[1], w, strengthOf(f), f.Seen)
			}
		}
		if near.wrong == before.wrong && near.missed == before.missed {
			same++
		}
		t.Logf("| %s | %s | %s | %s | %s | %s |", path.Base(cols[1]), cols[2], cols[3], strings.Join(shown, ", "),
			strings.Join(only, ", "), strings.Join(r.Open, "; "))
		if os.Getenv("SVCJIFY_MEASURE") == "facts" {
			for _, f := range r.Facts {
				t.Log(fmt.Sprint(path.Base(cols[1]), ": ", f))
			}
		}
	}
	t.Logf("%d programs, %d not there; %d just as documented; all code seen in %d", rows, missing, same, closed)
	t.Logf("own code: %s", near)
	t.Logf("with all libraries: %s", far)
}
