// Package config reads .svcjify.toml: what the people of a tree, or one
// person, have decided about rules, findings and services.
//
// A configuration that lies in a tree is as hostile as the rest of the tree.
// It is read through the same guarded file system (no link out of the tree, no
// device, a size limit), names no command, no file to write and no file outside
// the tree but the ports tree that an overlay stands on, and whatever it puts
// into a script, a message or a report is one line of printable text.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/inputs"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Name is the file's name in a tree; UserName the one in os.UserConfigDir.
const (
	Name     = ".svcjify.toml"
	UserName = "svcjify/config.toml"
)

// MaxSize is the largest configuration that is read, in bytes.
const MaxSize = 256 << 10

// A Config is what a file says.
type Config struct {
	// Path is the file as the person who typed the command would write it.
	Path string
	// Operator, Author and FailOn are "" where the file doesn't say; Release has no name then.
	Operator       lint.Operator
	Release        rcrun.Release
	Author, FailOn string
	// Policy is about rules, findings and services.
	Policy *lint.Policy
	// Baseline is the path of the baseline, as the file names it; "" for none.
	Baseline string

	// PortsDir is the ports tree that an overlay stands on; "" where the file
	// doesn't say. It is absolute, or made so from the configuration's directory.
	PortsDir string

	readFile func(name string) ([]byte, error)
}

// Load reads a file of the system, which a person named. Its paths are relative to its directory
// where that lies in the tree, and to the tree's top otherwise.
func Load(name string, tree *corpus.Tree) (*Config, error) {
	text, err := readFile(name, MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, message.Reason(err))
	}
	dir := "."
	if tree != nil {
		if rel, ok := tree.Rel(filepath.Dir(name)); ok {
			dir = rel
		}
	}
	c, err := Parse(name, text, nil, dir)
	if err != nil {
		return nil, err
	}
	c.placePortsDir(filepath.Dir(name))
	c.readFile = func(base string) ([]byte, error) {
		if base = filepath.FromSlash(base); !filepath.IsAbs(base) {
			base = filepath.Join(filepath.Dir(name), base)
		}
		return readFile(base, lint.MaxBaseline)
	}
	return c, nil
}

// FindAll finds the configuration of a run that looks at several paths. Those
// that lie in trees must be one and the same; it counts for its tree, and the
// user's own only where there is none of that kind.
func FindAll(trees []*corpus.Tree, paths []string) (*Config, error) {
	var found *Config
	var given string
	for _, name := range paths {
		for _, t := range trees {
			if _, ok := t.Rel(name); !ok {
				continue
			}
			c, err := Find(t, name)
			if err != nil {
				return nil, err
			}
			switch {
			case c == nil:
			case found == nil || found.Policy.Tree == nil:
				found, given = c, name
			case c.Policy.Tree != nil && c.Path != found.Path:
				return nil, &Error{Path: c.Path,
					Text: fmt.Sprintf("counts for %s, but %s for %s: expected one configuration", name, found.Path,
						given),
					Hint: "name one with --config, or run once for each"}
			}
			break
		}
	}
	return found, nil
}

// Find looks for the configuration that counts for a path: upwards to the top of the
// tree, then in the user's own directory. Nil where there is none.
func Find(tree *corpus.Tree, start string) (*Config, error) {
	rel, ok := tree.Rel(start)
	if !ok {
		rel = "."
	}
	if info, err := fs.Stat(tree.FS, rel); err != nil || !info.IsDir() {
		rel = path.Dir(rel)
	}
	for ; ; rel = path.Dir(rel) {
		name := path.Join(rel, Name)
		if _, err := fs.Stat(tree.FS, name); !errors.Is(err, fs.ErrNotExist) {
			return inTree(tree, rel, name) // or else it says what is wrong with it
		}
		if rel == "." {
			break
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, nil // no HOME: no configuration of the user's
	}
	name := filepath.Join(dir, filepath.FromSlash(UserName))
	if _, err := stat(name); err != nil {
		return nil, nil
	}
	return Load(name, tree)
}

// inTree reads a configuration that lies in a tree.
func inTree(tree *corpus.Tree, dir, name string) (*Config, error) {
	shown := tree.Shown(name)
	text, problem := tree.ReadFile(name)
	if problem != nil {
		return nil, &Error{Path: shown, Line: problem.Line, Text: problem.Text, Hint: problem.Hint}
	}
	c, err := Parse(shown, text, tree, dir)
	if err != nil {
		return nil, err
	}
	c.placePortsDir(filepath.Join(tree.Root, filepath.FromSlash(dir)))
	c.readFile = func(base string) ([]byte, error) {
		if !fs.ValidPath(base) {
			return nil, errors.New("expected a path below the configuration's directory")
		}
		text, problem := tree.ReadFile(path.Join(dir, base))
		if problem != nil {
			return nil, errors.New(problem.Text)
		}
		return text, nil
	}
	return c, nil
}

// placePortsDir makes PortsDir absolute: it is the only file outside of the tree
// that a configuration may name, and only a ports tree is taken for it.
func (c *Config) placePortsDir(dir string) {
	if c.PortsDir != "" && !filepath.IsAbs(c.PortsDir) {
		c.PortsDir = filepath.Join(dir, filepath.FromSlash(c.PortsDir))
	}
}

// LoadBaseline reads the baseline that the configuration names into the policy, if it names one.
func (c *Config) LoadBaseline() error {
	if c.Baseline == "" {
		return nil
	}
	text, err := c.readFile(c.Baseline)
	if err == nil {
		c.Policy.Baseline, err = lint.ReadBaseline(text)
	}
	if err != nil {
		return &Error{Path: c.Path, Text: fmt.Sprintf("baseline %q: %s", c.Baseline, err),
			Hint: "make it with svcjify baseline, or take the line out"}
	}
	return nil
}

// ReadBaseline reads a baseline that a person named.
func ReadBaseline(name string) (lint.Baseline, error) {
	text, err := readFile(name, lint.MaxBaseline)
	if err != nil {
		return nil, err
	}
	b, err := lint.ReadBaseline(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return b, nil
}

// readFile reads a regular file of the system, at most so many bytes.
func readFile(name string, most int64) ([]byte, error) {
	info, err := stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var text bytes.Buffer
	if n, err := io.Copy(&text, io.LimitReader(f, most+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	} else if n > most {
		return nil, fmt.Errorf("%s: more than the %d bytes that are read", name, most)
	}
	return text.Bytes(), nil
}

// stat is os.Stat, of what the run depends on.
func stat(name string) (fs.FileInfo, error) {
	inputs.Note(name)
	return os.Stat(name)
}
