package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
)

// maxStdin is the most that is read from standard input, in bytes: as much as of a file.
const maxStdin = 1 << 20

// stdinGC is the garbage collector's leisure, in percent, where one script is
// all there is: collecting would take a tenth of an editor's time.
const stdinGC = 800

// lintStdin judges the script on standard input. A name that is a template of a
// tree puts it in that template's place; its port is known then.
func (c *Command) lintStdin(ctx context.Context, name string, f *judgeFlags, opts *lint.Options) (*lint.Result, error) {
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
	if len(found.Services) == 0 {
		found = bareScript(found, name, text)
	}
	opts.Buffers = map[string][]byte{found.Services[0].Template: text}
	var paths []string
	if name != "" {
		paths = []string{name}
	}
	if err := c.configure(found.Trees, paths); err != nil {
		return nil, err
	}
	return c.judge(ctx, found, f, opts)
}

// templateOf finds the services that have a file for their template, and the
// tree around it; either may be missing. Only where its own port installs none
// of it, the whole tree is asked, which takes its time.
func templateOf(name string) (*corpus.Corpus, error) {
	if name == "" {
		return &corpus.Corpus{}, nil
	}
	found, err := corpus.OpenTemplate(name)
	switch {
	case errors.Is(err, fs.ErrNotExist): // an editor's new file
		return &corpus.Corpus{}, nil
	case err == nil && len(found.Services) == 0 && !found.Trees[0].Scripts:
		if whole, err := corpus.Open([]string{name}); err == nil {
			return whole, nil
		}
	}
	return found, err
}

// bareScript is a script that belongs to no port, in its tree if it has one.
// Without a name it is taken to be installed under the name that it gives itself.
func bareScript(around *corpus.Corpus, name string, text []byte) *corpus.Corpus {
	dir, base := filepath.Split(name)
	svc := &corpus.Service{Template: base, Name: strings.TrimSuffix(base, ".in")}
	if name == "" {
		svc.Template, svc.Name, svc.Fileless = "stdin", "stdin", true
		if n := rcparse.Parse(text, nil).Name; n.Kind == rcparse.Literal && n.Text != "" {
			svc.Name = n.Text
		}
	}
	if len(around.Trees) > 0 {
		if rel, ok := around.Trees[0].Rel(name); ok {
			svc.Tree, svc.Template = around.Trees[0], rel
		}
	}
	if svc.Tree == nil {
		svc.Tree = &corpus.Tree{FS: noFiles{}, Dir: filepath.Clean(dir), Prefix: filepath.ToSlash(filepath.Clean(dir)),
			Scripts: true}
	}
	return &corpus.Corpus{Trees: []*corpus.Tree{svc.Tree}, Services: []*corpus.Service{svc}, Problems: around.Problems}
}

// noFiles is a file system without files.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
