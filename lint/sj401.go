package lint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
)

var sj401 = &Rule{
	Code: "SJ401", Slug: "revision-not-bumped", Severity: Error,
	Doc: Doc{
		Title: "a template changed and the package's version did not",
		Text: `pkg(8) upgrades a package only if its version is higher. Without a new PORTREVISION nobody
gets the changed script. The Porter's Handbook wants PORTREVISION raised
whenever the package differs in any way, for whatever options, and an rc.d script is packaged.
That is true for every port that installs the template: slaves, and ports that use the FILESDIR of
another; also for a port whose USE_RC_SUBR names the script for the first time. A new PORTVERSION,
DISTVERSION or PORTEPOCH is as good. A PORTREVISION that goes back under the same version
is not.

The rule compares two states of the tree: ` + "`svcjify hook`" + ` and ` + "`lint --staged`" + ` compare
the index with HEAD, ` + "`lint --rev`" + ` a commit with its first parent. Several commits that are not pushed yet need one higher
PORTREVISION together: the version is compared with that of the branch's upstream, or of the
remote's default branch if it has no upstream.`,
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
// before, or that did not install it before, and whose package's name is not.
func unbumped(ctx context.Context, services []*corpus.Service, before *Before) []Finding {
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
		oldText, problem := old.ReadFile(svc.Template)
		same := problem == nil && bytes.Equal(text, oldText)
		for i, p := range svc.Ports {
			if f, ok := unbumpedPort(ctx, svc, p, svc.Conditions[i], same, was, before.Published); ok {
				list = append(list, f)
			}
		}
	}
	return list
}

// unbumpedPort looks at one port of a service, whose template may be the same as before.
// Where the defaults install no script, the package that counts is the one of the
// condition.
func unbumpedPort(ctx context.Context, svc *corpus.Service, p *corpus.Port, condition string, same bool,
	was *makefile.Tree, published func() fs.FS) (Finding, bool) {
	prev, err := was.Port(ctx, p.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Finding{}, false // a new port
	}
	changed := svc.Tree.Shown(svc.Template) + " changed"
	if same {
		if err != nil || !names(ctx, p.Make, svc.Name) || names(ctx, prev, svc.Name) {
			return Finding{}, false
		}
		changed = "USE_RC_SUBR now names " + svc.Name
	}
	now := build(p.Make, condition)
	if err == nil {
		prev = build(prev, condition)
	}
	f := Finding{
		Code: sj401.Code, Severity: sj401.Severity, Tree: svc.Tree, Path: path.Join(p.Dir, "Makefile"),
		Service: svc.Name, Origin: p.Origin,
	}
	for _, name := range []string{"PORTVERSION", "DISTVERSION", "PORTREVISION"} {
		for _, a := range now.Assignments(name) {
			if a.Taken && !svc.Tree.Elsewhere(a.File) {
				f.Path, f.Line = a.File, a.Line
			}
		}
	}
	name, known := now.Lookup("PKGNAME")
	oldName, oldKnown := "", false
	if err == nil {
		oldName, oldKnown = prev.Lookup("PKGNAME")
	}
	if lacks := now.Lacks(); err == nil && len(lacks) > 0 {
		f.Severity = Info
		f.Message = fmt.Sprintf("%s, and whether the version of %s changed can't be told: it reads %s of the main ports tree",
			changed, p.Origin, lacks[0].Name)
		f.Hint = "name that tree with --portsdir, PORTSDIR in the environment, or portsdir in .svcjify.toml"
		return f, name == oldName
	}
	if !known || !oldKnown {
		f.Severity = Info
		f.Message = fmt.Sprintf("%s, and whether the version of %s changed can't be told without running make", changed,
			p.Origin)
		return f, err != nil || name == oldName
	}
	if name != oldName {
		return f, goesBack(&f, now, prev)
	}
	if published != nil {
		if tree := published(); tree != nil {
			if there, err := makefile.Read(tree, p.Dir); err != nil ||
				build(there, condition).Value("PKGNAME") != name {
				return f, false
			}
		}
	}
	f.Message = fmt.Sprintf("%s, but the package is still %s: expected a higher PORTREVISION", changed, name)
	f.Hint = "raise PORTREVISION"
	if !now.Defined("PORTREVISION") {
		f.Hint = "add PORTREVISION= 1 after the version"
	} else if n, known := revisionOf(now); known {
		f.Hint = fmt.Sprintf("PORTREVISION= %d", n+1)
	}
	return f, true
}

// build is the port as it is built where a condition holds, if that can be chosen.
func build(p *makefile.Port, condition string) *makefile.Port {
	if b, ok := p.Build(condition); ok {
		return b
	}
	return p
}

// names reports whether USE_RC_SUBR names a script, under whatever condition.
func names(ctx context.Context, p *makefile.Port, script string) bool {
	words, _ := p.AllWords(ctx, "USE_RC_SUBR")
	return slices.ContainsFunc(words, func(w makefile.Word) bool { return w.Text == script })
}

// goesBack reports whether PORTREVISION is less than before under the same
// version, which pkg(8) takes for an older package.
func goesBack(f *Finding, now, prev *makefile.Port) bool {
	for _, v := range []string{"PKGBASE", "PORTVERSION", "PORTEPOCH"} {
		if now.Value(v) != prev.Value(v) {
			return false
		}
	}
	n, known := revisionOf(now)
	old, oldKnown := revisionOf(prev)
	f.Message = fmt.Sprintf("PORTREVISION goes back from %d to %d under the same version: expected a higher one", old,
		n)
	f.Hint = fmt.Sprintf("PORTREVISION= %d", old+1)
	return known && oldKnown && n < old
}

// revisionOf is PORTREVISION, 0 where there is none.
func revisionOf(p *makefile.Port) (int, bool) {
	v := p.Value("PORTREVISION")
	n, err := strconv.Atoi(v)
	return n, err == nil || v == ""
}
