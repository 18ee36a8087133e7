// Package gitwrite writes commits on top of a git repository's HEAD straight
// into the object store, with the work tree and the index left alone. What is
// there is read by package gitfs.
package gitwrite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/svcjify/svcjify/corpus/gitfs"
)

// A Head is the commit that HEAD names, seen at one directory of it.
type Head struct {
	// Commit is its full name, When its committer's date.
	Commit string
	When   time.Time
	// FS is the directory as that commit has it; Whole is all of it.
	FS    fs.FS
	Whole *gitfs.FS

	repo   *gitfs.Repository
	root   string // the tree at the top
	work   string // the directory in the work tree
	prefix string // of the directory, "." for the top
}

// Open finds the repository of a directory, and reads HEAD.
func Open(ctx context.Context, dir string) (*Head, error) {
	repo, err := gitfs.Open(dir, gitfs.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	h := &Head{repo: repo, work: dir}
	if err := h.read(); err != nil {
		if why := h.Writable(); why != nil { // a format that git does not know either
			err = why
		}
		repo.Close()
		return nil, err
	}
	return h, nil
}

// Close gives the repository back.
func (h *Head) Close() { h.repo.Close() }

func (h *Head) read() error {
	if h.repo.WorkTree == "" {
		return &gitfs.Error{Text: h.repo.GitDir + " is a bare repository", Hint: "run it in a clone with a work tree"}
	}
	commit, err := h.repo.Commit("HEAD")
	if err != nil {
		return err
	}
	if commit == nil {
		return &gitfs.Error{Text: h.repo.WorkTree + ": the repository has no commit yet", Hint: "commit the tree first"}
	}
	h.Commit = commit.String()
	kind, text, err := h.repo.Object(h.Commit)
	if err != nil || kind != "commit" {
		return fmt.Errorf("commit %s: %s, %w", h.Commit, kind, err)
	}
	for l := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(l, "\n"), " ")
		switch key {
		case "tree":
			h.root = value
		case "committer":
			if h.When, err = ParseDate(value[strings.LastIndexByte(value, '>')+1:]); err != nil {
				return fmt.Errorf("commit %s: the committer's %w", h.Commit, err)
			}
		}
		if key == "" || key == "committer" {
			break
		}
	}
	if h.prefix, err = within(h.repo.WorkTree, h.work); err != nil {
		return err
	}
	h.Whole = h.repo.FS(commit)
	if info, err := fs.Stat(h.Whole, h.prefix); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not in the commit that HEAD names: %w", h.work, err)
	}
	h.FS, err = fs.Sub(h.Whole, h.prefix)
	return err
}

// within is a directory's path in the work tree.
func within(top, dir string) (string, error) {
	top, err := filepath.EvalSymlinks(top)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err == nil {
		dir, err = filepath.Rel(top, dir)
	}
	if err == nil && !filepath.IsLocal(dir) {
		err = fmt.Errorf("%s is not in the work tree %s", dir, top)
	}
	return filepath.ToSlash(dir), err
}

// Dirty says in what way a file of the work tree differs from HEAD; "" where
// it does not. A file that a sparse checkout left out does not differ.
func (h *Head) Dirty(name string) string {
	committed, err := fs.ReadFile(h.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "is not in HEAD"
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := os.Lstat(filepath.Join(h.work, filepath.FromSlash(dir))); err == nil &&
			info.Mode()&fs.ModeSymlink != 0 {
			return "is reached through a symlink in the work tree"
		}
	}
	full := filepath.Join(h.work, filepath.FromSlash(name))
	info, statErr := os.Lstat(full)
	switch {
	case err != nil:
		return "can't be read in HEAD: " + err.Error()
	case errors.Is(statErr, fs.ErrNotExist) && h.sparse():
		return ""
	case errors.Is(statErr, fs.ErrNotExist):
		return "is deleted in the work tree"
	case statErr != nil || !info.Mode().IsRegular():
		return "is no regular file in the work tree"
	case info.Size() != int64(len(committed)):
		return "differs from HEAD"
	}
	text, err := os.ReadFile(full)
	switch {
	case err != nil:
		return "can't be read in the work tree"
	case !bytes.Equal(text, committed):
		return "differs from HEAD"
	}
	return ""
}

// sparse reports whether files may be absent from the work tree on purpose.
func (h *Head) sparse() bool {
	_, err := os.Stat(filepath.Join(h.repo.GitDir, "info", "sparse-checkout"))
	return err == nil
}

// harmless is the extensions of gitrepository-layout(5) that change nothing of
// what is written here.
var harmless = map[string]bool{
	"noop": true, "noop-v1": true, "preciousobjects": true, "partialclone": true,
	"worktreeconfig": true, "relativeworktrees": true,
}

// Writable says why commits can't be written into the repository; nil if they can.
func (h *Head) Writable() error {
	where := filepath.Join(h.repo.CommonDir, "config")
	c, err := h.repo.Config()
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	refuse := func(format string, args ...any) error {
		return &gitfs.Error{Text: where + ": " + fmt.Sprintf(format, args...), Hint: "use svcjify patch -o and git am"}
	}
	if why := h.repo.Refused(); why != "" {
		return &gitfs.Error{Text: why, Hint: "git config --global --add safe.directory DIRECTORY allows it, " +
			"where you trust its owner; or use svcjify patch -o"}
	}
	if v := c.Section("core").Option("repositoryformatversion"); v != "" && v != "0" && v != "1" {
		return refuse("repositoryformatversion is %q, expected 0 or 1", v)
	}
	for _, o := range c.Section("extensions").Options {
		key, value := strings.ToLower(o.Key), strings.ToLower(o.Value)
		switch {
		case harmless[key], key == "objectformat" && value == "sha1", key == "refstorage" && value == "files":
		case key == "objectformat":
			return refuse("the repository's objects are named by %s, and svcjify writes sha1 only", value)
		case key == "refstorage":
			return refuse("the repository keeps its branches in the form %q, and svcjify writes files only", value)
		default:
			return refuse("the repository has the unknown extension %q", o.Key)
		}
	}
	return nil
}

// branchName checks a branch's name and gives its reference.
func branchName(name string) (plumbing.ReferenceName, error) {
	ref := plumbing.NewBranchReferenceName(name)
	if err := ref.Validate(); err != nil || name == "HEAD" || strings.HasPrefix(name, "-") {
		return "", fmt.Errorf("branch name %q: see git-check-ref-format(1) for what is allowed", name)
	}
	return ref, nil
}
