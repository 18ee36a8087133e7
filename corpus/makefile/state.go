package makefile

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// A choice is what differs from the defaults in one evaluation.
type choice struct {
	// on and off are options that are switched.
	on, off string
	// flavor is the selected flavour, "" for the default one.
	flavor string
	// flip is a condition whose result is turned round.
	flip *bmake.Node
}

// curdir is .CURDIR of the port in a directory of the tree.
func curdir(dir string) string {
	switch {
	case dir == ".":
		return portsDir + "/" + noCategory + "/" + noPort
	case !strings.Contains(dir, "/"):
		return portsDir + "/" + noCategory + "/" + dir
	}
	return portsDir + "/" + dir
}

// An evaluation is one reading of a port's Makefile, and what bsd.port.mk does in between. When
// run has returned it is only read.
type evaluation struct {
	bmake.Evaluation
	tree    *Tree
	choice  choice
	phase   phase
	done    [phasePost + 1]bool
	lacks   []Lack
	options optionState
	// versions: the default versions were included before the rest of the framework.
	versions bool
	// readingVersions: this evaluation reads them.
	readingVersions bool
}

func newEvaluation(ctx context.Context, t *Tree, dir string, c choice) *evaluation {
	e := &evaluation{tree: t, choice: c}
	e.Begin(ctx, t.sources, e, dir, curdir(dir), portsDir)
	e.Flip = c.flip
	if c.flavor != "" {
		e.Set("FLAVOR", c.flavor)
		e.Vars["FLAVOR"].Deps |= onFlavor
	}
	return e
}

// run reads the port's Makefile and what it includes.
func (e *evaluation) run() *Error {
	if err := e.ReadMakefile(); err != nil {
		return err
	}
	// A Makefile that never includes bsd.port.mk is no port to make; its values
	// are still worth reading.
	return e.enter(phasePost)
}

// SetLater tells the parts of a package's name that the files of Mk/Uses set.
func (e *evaluation) SetLater(name string) bool {
	return e.phase < phasePre && slices.Contains(affixes, name)
}

// Knob tells the variables that people set in make.conf(5) from a port's own.
func (e *evaluation) Knob(name string) bool {
	return strings.HasPrefix(name, "WITH_") || strings.HasPrefix(name, "WITHOUT_")
}

// Include does what the parts of the framework do.
func (e *evaluation) Include(name string) (done bool, err *Error) {
	if p, ok := frameworkPhase(path.Base(name)); ok {
		return true, e.enter(p)
	}
	return false, nil
}

// Modelled tells the files of Mk/: what they do is written here.
func (e *evaluation) Modelled(name string) bool {
	if !strings.HasPrefix(strings.TrimPrefix(name, BaseDir+"/"), "Mk/") {
		return false
	}
	e.versions = e.versions || strings.HasSuffix(name, "default-versions.mk")
	return true
}

const (
	// onOptions: the selected options.
	onOptions = bmake.OnMore << iota
	// onFlavor: the selected flavour.
	onFlavor
)

// portsDir is where the tree seems to be for the Makefiles: ${PORTSDIR}.
const portsDir = "/usr/ports"
