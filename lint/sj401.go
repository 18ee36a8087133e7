package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
)

var sj401 = &Rule{
	Code: "SJ401", Slug: "revision-not-bumped", Severity: Error,
	Doc: Doc{
		Title: "a template changed and the package's version did not",
		Text: `Who installs binary packages gets a new one only where its version is higher: a script that
changed under the old PKGNAME reaches nobody. The Porter's Handbook wants PORTREVISION raised
whenever the package differs in any way, for whatever options, and an rc.d script is packaged.
That holds for every port that installs the template: slaves, and ports whose FILESDIR is
another's. PORTVERSION, DISTVERSION or PORTEPOCH will do as well.

Found where two states of the tree are compared: by ` + "`svcjify hook`" + ` and ` + "`lint --staged`" + ` (the
index with HEAD) and by ` + "`lint --rev`" + ` (a commit with its first parent). A commit that nobody else
has yet may raise PORTREVISION for those that follow: what counts is the version that the
branch's upstream has, or the remote's default branch where it follows none.`,
		Before: `# files/foo.in changed, and in the Makefile nothing did:
PORTNAME=	foo
DISTVERSION=	1.2`,
		After: `PORTNAME=	foo
DISTVERSION=	1.2
PORTREVISION=	1`,
	},
}

// A Before is what a state of the tree is compared with.
type Before struct {
	// FS is the tree before the change.
	FS fs.FS
	// Published gives the tree that others have, when it is needed; nil where
	// it is FS, or not known.
	Published func() fs.FS
}

// unbumped finds the ports of the services whose template is another than
// before, and whose package's name is not.
func unbumped(services []*corpus.Service, before *Before) []Finding {
	was := makefile.NewTree(before.FS)
	old := corpus.Tree{FS: before.FS}
	var list []Finding
	for _, svc := range services {
		if svc.Template == "" {
			continue
		}
		text, problem := svc.Tree.ReadFile(svc.Template)
		if problem != nil {
			continue // reported already
		}
		if oldText, problem := old.ReadFile(svc.Template); problem == nil && bytes.Equal(text, oldText) {
			continue
		}
		for _, p := range svc.Ports {
			if f, ok := unbumpedPort(svc, p, was, before.Published); ok {
				list = append(list, f)
			}
		}
	}
	return list
}

func unbumpedPort(svc *corpus.Service, p *corpus.Port, was *makefile.Tree, published func() fs.FS) (Finding, bool) {
	prev, err := was.Port(p.Origin)
	if errors.Is(err, fs.ErrNotExist) {
		return Finding{}, false // a new port
	}
	f := Finding{
		Code: sj401.Code, Severity: sj401.Severity, Tree: svc.Tree, Path: path.Join(p.Origin, "Makefile"),
		Service: svc.Name, Origin: p.Origin,
	}
	for _, name := range []string{"PORTVERSION", "DISTVERSION", "PORTREVISION"} {
		for _, a := range p.Make.Assignments(name) {
			if a.Taken {
				f.Path, f.Line = a.File, a.Line
			}
		}
	}
	name, known := p.Make.Lookup("PKGNAME")
	oldName, oldKnown := "", false
	if err == nil {
		oldName, oldKnown = prev.Lookup("PKGNAME")
	}
	if !known || !oldKnown {
		f.Severity = Info
		f.Message = fmt.Sprintf("%s changed, and whether the version of %s did can't be told without running make", svc.Template, p.Origin)
		return f, err != nil || name == oldName
	}
	if name != oldName {
		return f, false
	}
	if published != nil {
		if tree := published(); tree != nil {
			if there, err := makefile.Read(tree, p.Origin); err != nil || there.Value("PKGNAME") != name {
				return f, false
			}
		}
	}
	f.Message = fmt.Sprintf("%s changed, but the package is %s as before: expected a higher PORTREVISION", svc.Template, name)
	f.Hint = "raise PORTREVISION"
	if n, err := strconv.Atoi(p.Make.Value("PORTREVISION")); err == nil {
		f.Hint = fmt.Sprintf("PORTREVISION= %d", n+1)
	} else if !p.Make.Defined("PORTREVISION") {
		f.Hint = "add PORTREVISION= 1 after the version"
	}
	return f, true
}
