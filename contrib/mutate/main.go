// Mutate changes one place of the code at a time, and says which changes no test notices. It
// takes a random sample over all packages: a condition is turned round, a call or an
// assignment dropped, a constant changed. Nothing is written into the tree: go test
// reads the changed file through -overlay.
//
//	go run ./contrib/mutate [-seed N] [-n N] [-skip N] [-parallel N] [-timeout D] [-cover FILE] [PACKAGE...]
//
// With -cover, a change in code that no test executes survives without a run. The profile is made by
//
//	go test -coverpkg=./... -coverprofile=FILE ./...
//
// First a package's own tests are run, then those of the packages that use it closely, then the scripts
// of the command that show it. A change that does not compile does not count. A sample of 150 takes hours.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	var r runner
	seed := flag.Uint64("seed", 1, "of the sample")
	n := flag.Int("n", 20, "how many changes are tried")
	skip := flag.Int("skip", 0, "how many changes of the sample are left out before, to go on with a run")
	workers := flag.Int("parallel", 1, "how many are tried at once")
	only := flag.String("only", "", "file:line of the one change to try again")
	profile := flag.String("cover", "", "profile of go test -coverprofile: what no test executes is not run")
	flag.DurationVar(&r.timeout, "timeout", 5*time.Minute, "of one go test")
	flag.Parse()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	if err := r.readProfile(*profile); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
	if err := r.run(packages, *seed, *skip, *n, *workers, *only); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// left out are packages that only tests, measuring and examples use.
var leftOut = []string{"contrib", "hosttest", "pkgtest", "elftest", "testsh", "testdata", "corpus/synth",
	"corpus/hostile", ".ci"}

// dir is a package as go list prints it.
type dir struct {
	Dir, ImportPath string
	GoFiles         []string
	Module          struct{ Path string }
}

type runner struct {
	timeout time.Duration
	top     string
	cover   coverage
	mu      sync.Mutex
	tally   map[outcome]int
}

// readProfile reads the profile of -cover.
func (r *runner) readProfile(name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r.cover, err = readCoverage(f)
	return err
}

// run takes the sample and tries each change.
func (r *runner) run(packages []string, seed uint64, skip, n, workers int, only string) error {
	var err error
	if r.top, err = os.Getwd(); err != nil {
		return err
	}
	all, err := list(packages)
	if err != nil {
		return err
	}
	var found []mutation
	for _, p := range all {
		for _, name := range p.GoFiles {
			more, err := mutationsOf(filepath.Join(p.Dir, name))
			if err != nil {
				return err
			}
			for _, m := range more {
				m.name = p.ImportPath + "/" + name
				m.pkg = "." + strings.TrimPrefix(p.ImportPath, p.Module.Path)
				found = append(found, m)
			}
		}
	}
	fmt.Printf("%d places in %d packages; seed %d\n", len(found), len(all), seed)
	random := rand.New(rand.NewPCG(seed, seed))
	random.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	if only != "" {
		found = slices.DeleteFunc(found, func(m mutation) bool { return r.place(m) != only })
		n, skip = len(found), 0
	}
	r.tally = map[outcome]int{}
	next := make(chan int)
	done := make(chan struct{})
	var wg sync.WaitGroup
	counted := 0
	for range workers {
		wg.Go(func() {
			for i := range next {
				got, by := r.try(found[i])
				r.mu.Lock()
				if got != broken {
					counted++
					r.tally[got]++
					fmt.Printf("%3d %-8s %s: %s: %s%s\n", counted, got, r.place(found[i]), found[i].kind,
						found[i].what, by)
					if counted == n {
						close(done)
					}
				}
				r.mu.Unlock()
			}
		})
	}
	for i := skip; i < len(found); i++ {
		select {
		case next <- i:
			continue
		case <-done:
		}
		break
	}
	close(next)
	wg.Wait()
	total := counted
	killed := r.tally[killed] + r.tally[late]
	fmt.Printf("%d tried: %d killed (%d of them by the time limit), %d survived: %.0f %% killed\n", total, killed,
		r.tally[late], r.tally[survived], 100*float64(killed)/float64(max(total, 1)))
	return nil
}

func (r *runner) place(m mutation) string {
	rel, err := filepath.Rel(r.top, m.file)
	if err != nil {
		rel = m.file
	}
	return fmt.Sprintf("%s:%d", rel, m.line)
}

// list lists the packages whose code counts.
func list(packages []string) ([]dir, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,GoFiles,Module"}, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []dir
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p dir
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(leftOut, func(s string) bool { return strings.Contains(p.ImportPath+"/", "/"+s+"/") }) {
			all = append(all, p)
		}
	}
	return all, nil
}

// An outcome says what came of a change.
type outcome string

const (
	broken   outcome = "" // it does not compile
	killed   outcome = "killed"
	late     outcome = "late" // killed by the time limit
	survived outcome = "SURVIVED"
)

// try runs the tests with one change.
func (r *runner) try(m mutation) (got outcome, by string) {
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return broken, ""
	}
	defer os.RemoveAll(tmp)
	changed, overlay := filepath.Join(tmp, "changed.go"), filepath.Join(tmp, "overlay.json")
	text, _ := json.Marshal(map[string]map[string]string{"Replace": {m.file: changed}})
	mutant, err := m.text()
	if err != nil || os.WriteFile(changed, mutant, 0o600) != nil || os.WriteFile(overlay, text, 0o600) != nil {
		return broken, ""
	}
	if exec.Command("go", "build", "-overlay", overlay, "-o", os.DevNull, m.pkg).Run() != nil {
		return broken, ""
	}
	if r.cover.unrun(m.name, m.line, m.col) {
		return survived, " | no test executes it"
	}
	for _, t := range testsOf(m.pkg) {
		args := []string{"test", "-overlay", overlay, "-count=1", "-failfast", "-vet=off", "-timeout",
			r.timeout.String()}
		ctx, cancel := context.WithTimeout(context.Background(), 2*r.timeout) // building takes its time too
		out, err := exec.CommandContext(ctx, "go", append(args, t...)...).CombinedOutput()
		over := ctx.Err() != nil || strings.Contains(string(out), "panic: test timed out after")
		cancel()
		switch {
		case err == nil:
		case over:
			return late, " | " + strings.Join(t, " ")
		default:
			return killed, " | " + strings.Join(t, " ")
		}
	}
	return survived, ""
}

// closeUsers are packages whose tests are also a package's own: what it does shows there.
var closeUsers = map[string][]string{
	"./corpus/makefile": {"./corpus"}, "./corpus/makefile/bmake": {"./corpus/makefile"}, "./corpus/internal/regular": {"./corpus"},
	"./rcparse": {"./rcparse/rcrun", "./lint"}, "./rcparse/sh": {"./rcparse"}, "./rcparse/rcrun": {"./lint"},
	"./lint/infer": {"./lint"}, "./corpus/gitfs": {"./lint/gitstate", "./lint/history"}, "./corpus/host": {"./lint/advise"},
	"./lint/infer/lazyregexp": {"./lint/infer"}, "./lint/infer/pkgset": {"./lint/infer/program"},
	"./lint/config/places": {"./lint/config", "./patch/batch"}, "./cache": {"./rcparse/rcrun"},
	"./lint": {"./patch"}, "./patch": {"./patch/batch"},
}

// shownByGolden are packages whose work shows in what patch's TestGolden compares.
var shownByGolden = regexp.MustCompile(`^\./(corpus(/makefile(/bmake)?)?|rcparse(/(sh|rcrun(/interp)?))?|lint(/infer)?)$`)

// scripts are the tests of the command that show what a package does; the first prefix that fits counts.
var scripts = []struct{ prefix, run string }{
	{"./lint/advise", "Script/advise"}, {"./corpus/host", "Script/advise"},
	{"./patch/batch", "Script/batch"}, {"./patch/gitwrite", "Script/(commit|batch)"},
	{"./patch", "Script/(patch|commit|batch)"}, {"./hook", "Script/hook|Hook"},
	{"./corpus/gitfs", "Script/(hook|commit|config|history)|Hook"}, {"./lint/gitstate", "Script/hook|Hook"},
	{"./lint/history", "Script/history"}, {"./lint/page", "Script/report"}, {"./lint/report", "Script/(formats|lint|list)"},
	{"./lint/config", "Script/(config|lint|badinput)"}, {"./cache", "Script/cache|Cache"},
	{"./lint/infer/p", "Script/(advise|lint)|Programs"},
	{"./rcparse", "Script/(run|lint|list|release|patch)"},
	{"./corpus", "Script/(lint|list|layouts|names|overlay|badinput)|Layouts"},
	{"", "Script/(lint|list|patch|run|formats|badinput|habits)"},
}

// testsOf are the arguments of go test, the narrowest first.
func testsOf(pkg string) [][]string {
	if pkg == "./cmd/svcjify" {
		return [][]string{{pkg}}
	}
	own := [][]string{{pkg}}
	if more := closeUsers[pkg]; more != nil {
		own = append(own, more)
	}
	if shownByGolden.MatchString(pkg) {
		own = append(own, []string{"-run", "Golden", "./patch"})
	}
	for _, s := range scripts {
		if strings.HasPrefix(pkg, s.prefix) {
			return append(own, []string{"-run", s.run, "./cmd/svcjify"})
		}
	}
	return own
}
