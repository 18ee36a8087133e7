package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// A Judge says in which states the services of revisions are. What it has judged it knows: the
// next revision costs what changed.
type Judge struct {
	Repository *gitfs.Repository
	// Root is the ports tree in the repository, Parts what of it is asked for, in it.
	Root  string
	Parts []string
	// Narrow leaves services out, Lint says how they are looked at.
	Narrow corpus.Narrow
	Lint   lint.Options
	// Run judges the services of a corpus; nil for lint.Run.
	Run func(context.Context, *corpus.Corpus, lint.Options) (*lint.Result, error)
	// Judged counts the services that were looked at, Known those that were not again.
	Judged, Known int
	// Crashes are faults of svcjify's own, each once.
	Crashes []lint.Crash

	verdicts map[string]Verdict
}

// A Verdict is what a service amounts to.
type Verdict struct {
	State lint.State
	// Answer is what it needs; "" where that is not known.
	Answer string
	// Crashed says that svcjify itself failed at the service, so that its state is not known.
	Crashed bool
}

// A Service is one service of a revision.
type Service struct {
	// Name and Origin are what it is known by from one revision to another.
	Name, Origin string
	Verdict
	// Depends is the paths in the repository that the verdict rests on.
	Depends []string
}

// A Revision is a commit and its services.
type Revision struct {
	Commit *gitfs.Commit
	// Services is sorted by origin and name; nil where there was no ports tree then.
	Services []Service
	// Note says what is not known of it; "" for nothing.
	Note string
}

// At judges a revision.
func (j *Judge) At(ctx context.Context, c *gitfs.Commit) (*Revision, error) {
	rev := &Revision{Commit: c}
	files := j.Repository.FS(c)
	tree, err := fs.Sub(files, j.Root)
	if err != nil {
		return nil, err
	}
	target := &corpus.Target{Tree: &corpus.Tree{Dir: j.Root, Prefix: j.Root, Inner: j.Root}, Parts: j.Parts}
	found, err := corpus.Load(ctx, []*corpus.Target{target.In(tree)}, j.Narrow)
	var open *corpus.OpenError
	switch {
	case errors.As(err, &open):
		rev.Note = "no ports tree: " + open.Error()
	case err != nil:
		return nil, err
	case found.Ports == 0 && len(found.Services) == 0:
		rev.Note = "no ports tree: no port was found"
	}
	if rev.Note == "" {
		if rev.Services, err = j.judge(ctx, files, found); err != nil {
			return nil, err
		}
	}
	for _, p := range internal(found) {
		rev.note("svcjify failed at " + p.Origin + " and could not read it")
	}
	for _, s := range rev.Services {
		if s.Crashed {
			rev.note("svcjify failed at " + s.Name + " of " + s.Origin + " and could not judge it")
		}
	}
	if n := files.Missing(); n > 0 {
		rev.note(report.Plural(n, "file or directory is", "files or directories are") + " not in the repository")
	}
	return rev, nil
}

// note adds what is not known of the revision.
func (r *Revision) note(what string) {
	if r.Note != "" {
		r.Note += "; "
	}
	r.Note += what
}

// internal are the ports at which svcjify itself failed.
func internal(c *corpus.Corpus) []corpus.Problem {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Problems), func(p corpus.Problem) bool { return p.Kind != corpus.Internal })
}

// judge looks at those services whose like was not looked at before.
func (j *Judge) judge(ctx context.Context, files *gitfs.FS, found *corpus.Corpus) ([]Service, error) {
	if j.verdicts == nil {
		j.verdicts = map[string]Verdict{}
	}
	out := make([]Service, len(found.Services))
	keys := make([]string, len(found.Services))
	fresh := &corpus.Corpus{Trees: found.Trees, Problems: internal(found)}
	asked := map[string]bool{}
	for i, s := range found.Services {
		out[i] = Service{Name: s.Name, Origin: s.Origin(), Depends: j.depends(s)}
		keys[i] = j.key(files, s, out[i].Depends)
		if _, ok := j.verdicts[keys[i]]; ok || asked[keys[i]] {
			j.Known++
			continue
		}
		asked[keys[i]] = true
		fresh.Services = append(fresh.Services, s)
	}
	j.Judged += len(fresh.Services)
	run := lint.Run
	if j.Run != nil {
		run = j.Run
	}
	res, err := run(ctx, fresh, j.Lint)
	if err != nil {
		return nil, err
	}
	verdicts := map[*corpus.Service]Verdict{}
	for _, s := range res.Subjects {
		verdicts[s.Service] = Verdict{s.State, s.Verdict.Answer(), len(s.Crashes) > 0}
	}
	for _, c := range res.Crashes {
		same := func(x lint.Crash) bool { return x.Name() == c.Name() && x.What == c.What }
		if !slices.ContainsFunc(j.Crashes, same) {
			j.Crashes = append(j.Crashes, c)
		}
	}
	for i, s := range found.Services {
		if v, ok := verdicts[s]; ok {
			j.verdicts[keys[i]] = v
		}
		out[i].Verdict = j.verdicts[keys[i]]
	}
	slices.SortStableFunc(out, func(a, b Service) int { return strings.Compare(a.id(), b.id()) })
	return out, nil
}

// id is what a service is known by.
func (s Service) id() string { return s.Origin + "\x00" + s.Name }

// depends is the paths that a verdict rests on: the template, the directories of the ports that
// install it and of their master, and every file that their Makefiles were made of. A
// directory counts with all that is in it, since a verdict also rests on what is not there.
func (j *Judge) depends(s *corpus.Service) []string {
	var list []string
	if s.Template != "" {
		list = append(list, s.Template, path.Dir(path.Dir(s.Template)))
	}
	for _, p := range s.Ports {
		list = append(list, p.Dir)
		list = append(list, p.Make.Files()...)
	}
	for i := range list {
		list[i] = path.Join(j.Root, list[i])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// key tells what was judged from what was not: the objects that the paths are, and by which
// ports and under what condition the service is installed.
func (j *Judge) key(files *gitfs.FS, s *corpus.Service, depends []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %q %t\n", s.Name, s.Template, s.Condition, s.Conditions, s.ByHand)
	for _, p := range s.Ports {
		fmt.Fprintf(&b, "%q %q\n", p.Dir, p.Origin)
	}
	for _, name := range depends {
		fmt.Fprintf(&b, "%q %s\n", name, files.Object(name))
	}
	return b.String()
}
