//go:build unix

// Bench measures svcjify beside the tools that people use on a ports tree today, on
// made-up trees of FreeBSD's size and of four times that, and on the real trees that
// are named. It prints a table of ratios: machines differ, so only what was measured
// in one run, in turns, can be compared.
//
//	go run ./contrib/bench [-rounds N] [-scale N,N] [TREE...]
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/svcjify/svcjify/corpus/synth"
)

// base is the work that all others are compared with, the Porter's Handbook's own advice.
const base = "grep -rL _svcj_options */*/files"

// A work is one command line, run by sh(1) in the tree.
type work struct {
	name, line string
	needs      string // a program
	before     string // what is run before, and not measured
}

func works(svcjify, scratch string) []work {
	templates := "grep -l PROVIDE: */*/files/*.in | xargs "
	return []work{
		{name: base, line: base},
		{name: "find .", line: "find ."},
		{name: "svcjify lint, no cache", line: svcjify + " lint --cache none"},
		{name: "svcjify lint, nothing changed", line: svcjify + " lint --cache " + scratch + "/cache",
			before: svcjify + " lint --cache " + scratch + "/cache"},
		{name: "svcjify lint of one port, no cache", line: svcjify + " lint --cache none ORIGIN"},
		{name: "svcjify --version", line: svcjify + " --version"},
		{name: "svcjify patch -o, no cache", line: svcjify + " patch --cache none -o " + scratch + "/batch", before: "rm -rf " + scratch + "/batch"},
		{name: "shellcheck -s sh, the templates", line: templates + "shellcheck -s sh", needs: "shellcheck"},
		{name: "shfmt -l, the templates", line: templates + "shfmt -l", needs: "shfmt"},
		{name: "git ls-tree -r HEAD", line: "git ls-tree -r HEAD", needs: "git"},
	}
}

// A cost is what one run took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // KiB, of the largest process
}

func main() {
	rounds := flag.Int("rounds", 5, "how often each is run")
	scale := flag.String("scale", "1,4", "sizes of the made trees, in FreeBSD's; \"\" for none")
	flag.Parse()
	if err := run(*rounds, *scale, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(rounds int, scale string, trees []string) error {
	scratch, err := os.MkdirTemp("", "svcjify-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	svcjify := filepath.Join(scratch, "svcjify")
	if out, err := exec.Command("go", "build", "-o", svcjify, "./cmd/svcjify").CombinedOutput(); err != nil {
		return fmt.Errorf("go build, in the repository's top directory: %w\n%s", err, out)
	}
	for _, word := range strings.FieldsFunc(scale, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || n <= 0 {
			return fmt.Errorf("-scale is %q: expected numbers such as 1,4", scale)
		}
		o := synth.FreeBSD()
		o.Ports, o.Services = int(float64(o.Ports)*n), int(float64(o.Services)*n)
		dir := filepath.Join(scratch, "made-"+word)
		began := time.Now()
		if err := synth.Write(dir, o); err != nil {
			return err
		}
		fmt.Printf("made tree, %s times FreeBSD's: %d ports, %d services, written in %.1f s\n", word, o.Ports,
			o.Services, time.Since(began).Seconds())
		trees = append(trees, dir)
	}
	if dir := os.Getenv("SVCJIFY_PORTSDIR"); dir != "" {
		trees = append(trees, dir)
	}
	for _, dir := range trees {
		if err := table(dir, works(svcjify, scratch), rounds); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		os.RemoveAll(filepath.Join(scratch, "cache"))
	}
	return nil
}

// table measures all in turns, and prints medians and ratios.
func table(dir string, list []work, rounds int) error {
	costs := map[string][]cost{}
	templates, err := filepath.Glob(filepath.Join(dir, "*", "*", "files", "*.in"))
	if err != nil || len(templates) == 0 {
		return fmt.Errorf("holds no template: expected a ports tree")
	}
	origin, err := filepath.Rel(dir, filepath.Dir(filepath.Dir(templates[len(templates)/2])))
	if err != nil {
		return err
	}
	for range rounds {
		for _, w := range list {
			if !there(dir, w.needs) {
				continue
			}
			if w.before != "" {
				_, _ = measure(dir, w.before)
			}
			c, err := measure(dir, strings.ReplaceAll(w.line, "ORIGIN", origin))
			if err != nil {
				return fmt.Errorf("%s: %w", w.line, err)
			}
			costs[w.name] = append(costs[w.name], c)
		}
	}
	of := func(name string, f func(cost) float64) float64 {
		var all []float64
		for _, c := range costs[name] {
			all = append(all, f(c))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	wall := func(c cost) float64 { return c.wall.Seconds() }
	cpu := func(c cost) float64 { return c.cpu.Seconds() }
	peak := func(c cost) float64 { return float64(c.peak) / 1024 }
	fmt.Printf("\n%s, medians of %d\n\n| work | wall, of grep's | CPU, of grep's | wall, s | peak, MiB |\n|---|---|---|---|---|\n", dir, rounds)
	for _, w := range list {
		if len(costs[w.name]) == 0 {
			fmt.Printf("| %s | can't be run here: no %s | | | |\n", w.name, w.needs)
			continue
		}
		fmt.Printf("| `%s` | %.2f | %.2f | %.3f | %.0f |\n", w.name, of(w.name, wall)/of(base, wall),
			of(w.name, cpu)/of(base, cpu), of(w.name, wall), of(w.name, peak))
	}
	return nil
}

// there tells whether a program can be measured on a tree; git wants a repository.
func there(dir, program string) bool {
	if program == "git" {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
			return false
		}
	}
	_, err := exec.LookPath(cmp.Or(program, "sh"))
	return err == nil
}

// measure runs a command. That it finds something is no failure; that it can't be run is.
func measure(dir, line string) (cost, error) {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	began := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(began)}
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() >= 126 || cmd.ProcessState.ExitCode() < 0 {
		return c, fmt.Errorf("%v", err)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peak = int64(usage.Maxrss)
	}
	return c, nil
}
