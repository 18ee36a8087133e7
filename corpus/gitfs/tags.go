package gitfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Tag is a tag of a commit.
type Tag struct {
	Name   string
	Commit *Commit
}

// Tags is the tags of commits, sorted by name. A tag of anything else, or of a commit that
// is not there, is left out.
func (r *Repository) Tags() ([]Tag, error) {
	names := map[string]bool{}
	if r.native {
		if err := r.tagNames(names); err != nil {
			return nil, err
		}
	} else {
		out, err := r.program.run("for-each-ref", "--format=%(refname)", "refs/tags")
		if err != nil {
			return nil, err
		}
		for _, line := range strings.Fields(string(out)) {
			names[line] = true
		}
	}
	var list []Tag
	for name := range names {
		c, err := r.Commit(name)
		if err == nil && c != nil {
			list = append(list, Tag{strings.TrimPrefix(name, "refs/tags/"), c})
		}
	}
	slices.SortFunc(list, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// tagNames collects the full names of tags: those of packed-refs, and files of their own.
func (r *Repository) tagNames(names map[string]bool) error {
	text, err := readRegular(filepath.Join(r.CommonDir, "packed-refs"), maxPackedRefs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if _, ref, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && strings.HasPrefix(ref, "refs/tags/") {
			names[ref] = true
		}
	}
	top := os.DirFS(r.CommonDir)
	err = fs.WalkDir(top, "refs/tags", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names[name] = true
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
