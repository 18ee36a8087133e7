package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/patch"
)

// A Place is where git looks for the hook, or where a hook that is there looks for others.
type Place struct {
	Dir, File string
	// Shared is true where core.hooksPath leads out of the git directory: what
	// stands there may be tracked, or belong to other repositories too.
	Shared bool
}

// Find finds the place for the repository that a directory lies in.
func Find(ctx context.Context, dir string) (*Place, error) {
	repo, err := gitfs.Open(dir, gitfs.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	hooks, shared, err := repo.HooksDir()
	if err != nil {
		return nil, err
	}
	return &Place{hooks, filepath.Join(hooks, "pre-commit"), shared}, nil
}

// A ForeignError is a hook of somebody else's that was not touched.
type ForeignError struct{ File, Hint string }

func (e *ForeignError) Error() string {
	return e.File + " is there already and is not svcjify's: it was not touched"
}

// part is the place among the files of a directory that the hook there runs,
// as that of the ports tree does; nil where there is no such directory.
func (p *Place) part() *Place {
	dir := p.File + ".d"
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return &Place{dir, filepath.Join(dir, "check_svcj"), p.Shared}
}

// kept is the place of the hook that was there before.
func (p *Place) kept() string { return p.File + KeptSuffix }

// state reads the hook that is there.
func (p *Place) state() (exists, ours bool, err error) {
	info, err := os.Lstat(p.File)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return true, false, err
	}
	text, err := os.ReadFile(p.File)
	return true, bytes.Contains(text, []byte("\n"+mark+"\n")), err
}

// write puts the hook there.
func (p *Place) write(script []byte) error {
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return err
	}
	if err := patch.WriteFile(p.Dir, filepath.Base(p.File), script); err != nil {
		return err
	}
	return os.Chmod(p.File, 0o755)
}

// foreign is the error for a hook of somebody else's.
func (p *Place) foreign(hint string) error { return &ForeignError{p.File, hint} }

// keep moves a foreign hook to where ours runs it. Nothing is moved that may
// be tracked or others' too.
func (p *Place) keep() error {
	if p.Shared {
		return p.foreign("add the line `svcjify hook || exit 1` to it, where it should run")
	}
	if info, err := os.Stat(p.File); err == nil && !info.Mode().IsRegular() {
		return p.foreign("it is not a regular file: take it away, and install again")
	}
	if _, err := os.Lstat(p.kept()); err == nil {
		return p.foreign(fmt.Sprintf("%s is there too: take one of them away, and install again",
			filepath.Base(p.kept())))
	}
	return os.Rename(p.File, p.kept())
}

// An Installed says what Install did.
type Installed struct {
	// Place is where the hook stands now: the one that git looks at, or that a hook there runs.
	Place *Place
	// Kept is where the hook stands that was there before; "" for none.
	Kept string
}

// Install writes the hook. One that is there already goes on to run: where it runs the files of
// a directory beside it, ours becomes one of them; else it is kept and ours runs it first.
func (p *Place) Install(script []byte) (Installed, error) {
	exists, ours, err := p.state()
	if err != nil {
		return Installed{}, err
	}
	done := Installed{Place: p}
	if exists && !ours {
		if part := p.part(); part != nil {
			exists, ours, err := part.state()
			if err != nil {
				return Installed{}, err
			}
			if exists && !ours {
				return Installed{}, part.foreign("it may be contrib/hooks/check_svcj, which calls svcjify already")
			}
			done.Place = part
		} else if err := p.keep(); err != nil {
			return Installed{}, err
		} else {
			done.Kept = p.kept()
		}
	}
	if err := done.Place.write(script); err != nil {
		if done.Kept != "" {
			err = errors.Join(err, os.Rename(done.Kept, p.File))
		}
		return Installed{}, err
	}
	return done, nil
}

// A Removal says what Uninstall did.
type Removal int

// What Uninstall did.
const (
	NotThere Removal = iota // there was no hook
	PutBack                 // the hook that was there before is back
	Removed                 // there is no hook any more
)

// Uninstall removes the hook, or ours among the parts, and puts back what was there
// before. File is the one that it is about.
func (p *Place) Uninstall() (what Removal, file string, err error) {
	exists, ours, err := p.state()
	if err != nil {
		return NotThere, p.File, err
	}
	if part := p.part(); part != nil && !ours {
		_, partOurs, err := part.state()
		if err != nil {
			return NotThere, part.File, err
		}
		if partOurs {
			p, exists, ours = part, true, true
		}
	}
	switch {
	case !exists:
		return NotThere, p.File, nil
	case !ours:
		return NotThere, p.File, p.foreign("take what calls svcjify out of it by hand")
	}
	// A rename over it leaves no moment without a hook.
	switch err := os.Rename(p.kept(), p.File); {
	case err == nil:
		return PutBack, p.File, nil
	case !errors.Is(err, fs.ErrNotExist):
		return NotThere, p.File, err
	}
	return Removed, p.File, os.Remove(p.File)
}
