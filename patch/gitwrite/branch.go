package gitwrite

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// references is every reference with its value: those of packed-refs, and over
// them the files below refs (gitrepository-layout(5)).
func references(common string) (map[string]string, error) {
	out := map[string]string{}
	text, err := os.ReadFile(filepath.Join(common, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for l := range strings.Lines(string(text)) {
		if id, name, ok := strings.Cut(strings.TrimSuffix(l, "\n"), " "); ok && strings.HasPrefix(name, "refs/") {
			out[name] = id
		}
	}
	err = filepath.WalkDir(filepath.Join(common, "refs"), func(full string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(full, ".lock") {
			return err
		}
		text, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(common, full)
		out[filepath.ToSlash(name)] = strings.TrimSpace(string(text))
		return err
	})
	return out, err
}

// mayHave refuses a branch that must not be made or moved.
func mayHave(common string, ref plumbing.ReferenceName, force bool) error {
	for _, head := range heads(common) {
		if text, err := os.ReadFile(head); err == nil && strings.TrimSpace(string(text)) == "ref: "+ref.String() {
			return fmt.Errorf("branch %s is checked out (%s): give another name", ref.Short(), head)
		}
	}
	all, err := references(common)
	if err != nil {
		return fmt.Errorf("reading the branches: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case name == ref.String() && !force:
			return fmt.Errorf("branch %s exists: give another name, or --force to replace it", ref.Short())
		case strings.HasPrefix(name, ref.String()+"/"), strings.HasPrefix(ref.String(), name+"/"):
			return fmt.Errorf("branch %s can't be made while there is %s", ref.Short(),
				plumbing.ReferenceName(name).Short())
		}
	}
	return nil
}

// heads is the HEAD files of all worktrees.
func heads(common string) []string {
	linked, _ := filepath.Glob(filepath.Join(escapeGlob(common), "worktrees", "*", "HEAD"))
	return append([]string{filepath.Join(common, "HEAD")}, linked...)
}

func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// setBranch makes or moves the branch under git's own lock, the file
// NAME.lock, which is made only if no one else holds it. What the branch is
// before is looked at again under the lock: that is the comparison of the swap.
func setBranch(common string, ref plumbing.ReferenceName, to plumbing.Hash, force bool, by Signature) (err error) {
	name := filepath.Join(common, filepath.FromSlash(ref.String()))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("branch %s: %w", ref.Short(), err)
	}
	lock := name + ".lock"
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("branch %s is locked: another program is changing it; if none is, remove %s",
			ref.Short(), lock)
	}
	if err != nil {
		return fmt.Errorf("branch %s: %w", ref.Short(), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(lock))
		}
	}()
	all, err := references(common)
	if err != nil {
		return errors.Join(fmt.Errorf("branch %s: %w", ref.Short(), err), f.Close())
	}
	old, exists := all[ref.String()]
	if exists && !force {
		return errors.Join(fmt.Errorf("branch %s exists: another program has made it meanwhile", ref.Short()),
			f.Close())
	}
	_, err = f.WriteString(to.String() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("branch %s: %w", ref.Short(), err)
	}
	if err := log(common, ref, plumbing.NewHash(old), to, by); err != nil {
		return fmt.Errorf("branch %s: its log: %w", ref.Short(), err)
	}
	if info, statErr := os.Lstat(name); statErr == nil && info.IsDir() {
		if err := os.Remove(name); err != nil { // git leaves empty directories behind
			return fmt.Errorf("branch %s: %w", ref.Short(), err)
		}
	}
	return os.Rename(lock, name)
}

// log notes the move in the branch's log, by which a replaced branch can be
// found again (git reflog), if the repository keeps logs at all.
func log(common string, ref plumbing.ReferenceName, old, to plumbing.Hash, by Signature) error {
	name := filepath.Join(common, "logs", filepath.FromSlash(ref.String()))
	flags := os.O_WRONLY | os.O_APPEND
	if _, err := os.Stat(filepath.Join(common, "logs")); err == nil {
		flags |= os.O_CREATE
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(name, flags, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s %s\tsvcjify commit\n", old, to, by)
	return errors.Join(err, f.Close())
}
