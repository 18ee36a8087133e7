package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
)

// maxStdin is the most that is read from standard input, in bytes: as much as of a file.
const maxStdin = 1 << 20

// lintStdin judges the script on standard input. A name that is a template of a
// tree puts it in that template's place; its port is known then.
func (c *Command) lintStdin(ctx context.Context, name string, f *lookFlags, opts *lint.Options) (*lint.Result, error) {
	text, err := io.ReadAll(io.LimitReader(c.Stdin, maxStdin+1))
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	if len(text) > maxStdin {
		return nil, fmt.Errorf("standard input: more than the %d bytes that are read", maxStdin)
	}
	found, err := templateOf(name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		found = bareScript(name, text)
	}
	opts.Buffers = map[string][]byte{found.Services[0].Template: text}
	var paths []string
	if name != "" {
		paths = []string{name}
	}
	return c.judge(ctx, found, paths, f, opts)
}

// templateOf finds the services that have a file for their template; nil where there are none.
func templateOf(name string) (*corpus.Corpus, error) {
	if name == "" {
		return nil, nil
	}
	found, err := corpus.Open([]string{name})
	if errors.Is(err, fs.ErrNotExist) { // an editor's new file
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rel, _ := found.Trees[0].Rel(name)
	found.Services = slices.DeleteFunc(found.Services, func(s *corpus.Service) bool { return s.Template != rel })
	found.Problems = slices.DeleteFunc(found.Problems, func(p corpus.Problem) bool { return p.Path != rel })
	if len(found.Services) == 0 {
		return nil, nil
	}
	return found, nil
}

// bareScript is a script that belongs to no port. Without a name it is taken
// to be installed under the name that it gives itself.
func bareScript(name string, text []byte) *corpus.Corpus {
	dir, base := filepath.Split(name)
	svc := &corpus.Service{Template: base, Name: strings.TrimSuffix(base, ".in")}
	if name == "" {
		svc.Template, svc.Name = "stdin", "stdin"
		if n := rcparse.Parse(text, nil).Name; n.Kind == rcparse.Literal && n.Text != "" {
			svc.Name = n.Text
		}
	}
	svc.Tree = &corpus.Tree{FS: noFiles{}, Dir: filepath.Clean(dir), Scripts: true}
	return &corpus.Corpus{Trees: []*corpus.Tree{svc.Tree}, Services: []*corpus.Service{svc}}
}

// noFiles is a file system without files.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
