package patch

import (
	"bytes"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	fdiff "github.com/go-git/go-git/v5/plumbing/format/diff"
	"github.com/go-git/go-git/v5/utils/diff"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Diff is the change as git diff prints it, paths from the top of the tree.
func (c *Change) Diff() ([]byte, error) {
	var b bytes.Buffer
	if err := fdiff.NewUnifiedEncoder(&b, fdiff.DefaultContextLines).Encode(gitPatch{c}); err != nil {
		return nil, fmt.Errorf("making the diff of %s: %w", c.Name(), err)
	}
	return b.Bytes(), nil
}

// gitPatch and what follows give a Change the form that go-git's encoder takes.
type gitPatch struct{ c *Change }

func (p gitPatch) Message() string { return "" }

func (p gitPatch) FilePatches() []fdiff.FilePatch {
	var out []fdiff.FilePatch
	for _, f := range p.c.Files {
		out = append(out, filePatch{f})
	}
	return out
}

type filePatch struct{ f File }

func (p filePatch) IsBinary() bool { return false }

func (p filePatch) Files() (from, to fdiff.File) {
	return side{p.f, p.f.Old}, side{p.f, p.f.New}
}

func (p filePatch) Chunks() []fdiff.Chunk {
	var out []fdiff.Chunk
	for _, d := range diff.Do(string(p.f.Old), string(p.f.New)) {
		op := fdiff.Equal
		switch d.Type {
		case diffmatchpatch.DiffInsert:
			op = fdiff.Add
		case diffmatchpatch.DiffDelete:
			op = fdiff.Delete
		}
		out = append(out, chunk{d.Text, op})
	}
	return out
}

// side is a file before or after.
type side struct {
	f    File
	text []byte
}

func (s side) Hash() plumbing.Hash { return plumbing.ComputeHash(plumbing.BlobObject, s.text) }
func (s side) Path() string        { return s.f.Path }
func (s side) Mode() filemode.FileMode {
	if s.f.Executable {
		return filemode.Executable
	}
	return filemode.Regular
}

type chunk struct {
	text string
	op   fdiff.Operation
}

func (c chunk) Content() string       { return c.text }
func (c chunk) Type() fdiff.Operation { return c.op }
