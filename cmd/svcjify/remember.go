package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/svcjify/svcjify/cache"
	"github.com/svcjify/svcjify/internal/inputs"
)

// An overheard is an output of the command. While it is kept, what is written to it is kept too.
type overheard struct {
	to io.Writer

	mu   sync.Mutex // an interrupted command may still write
	text *bytes.Buffer
}

func (o *overheard) Write(b []byte) (int, error) {
	o.mu.Lock()
	if o.text != nil {
		o.text.Write(b)
	}
	o.mu.Unlock()
	return o.to.Write(b)
}

// keep has what is written be kept in a buffer; nil is nowhere.
func (o *overheard) keep(to *bytes.Buffer) {
	o.mu.Lock()
	o.text = to
	o.mu.Unlock()
}

// plainFlags is the flags of lint and list that decide the output by their values and by
// files that package inputs sees. A run with any other is not remembered.
var plainFlags = []string{"baseline", "cache", "category", "color", "config", "declared", "fail-on", "format",
	"ignore", "maintainer", "only", "operator", "portsdir", "quiet", "release", "rule", "state", "tree"}

// runKey is the hash of what a run was asked, other than the files that it reads. It
// is false for a run whose result does not depend on these alone.
func (c *Command) runKey(cmd *cobra.Command, args []string) (k cache.Key, ok bool) {
	cwd, err := os.Getwd()
	if err != nil || !inputs.Able || c.judging != nil || c.global.cache == noCache || slices.Contains(args, "-") {
		return k, false
	}
	color, err := c.color()
	if err != nil {
		return k, false
	}
	ok = true
	var flags []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		switch {
		case !slices.Contains(plainFlags, f.Name), f.Name == "format" && strings.Contains(value, "="):
			ok = false // it reads git or programs, or writes files
		case f.Name != "cache":
			flags = append(flags, f.Name+"="+value)
		}
	})
	if !ok {
		return k, false
	}
	text, err := json.Marshal([]any{"run", cmd.CommandPath(), args, flags, cwd, color, os.Geteuid(), os.Getegid(),
		os.Getenv(portsDirVariable), os.Getenv("HOME"), os.Getenv("XDG_CONFIG_HOME")})
	if err != nil {
		return k, false
	}
	return sha256.Sum256(text), true
}

// remembered has a command give the output of an earlier run where that run was asked the
// same, and every file that it looked at is as it was.
func (c *Command) remembered(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		key, ok := c.runKey(cmd, args)
		if !ok {
			return run(cmd, args)
		}
		if c.openCache(); c.cache == nil {
			return run(cmd, args)
		}
		old, known := c.recall(key)
		if known && c.global.cache != verifyCache {
			c.finishing.Store(true)
			c.exit = old.exit
			_, err := c.Stdout.Write(old.text)
			return err
		}
		began := time.Now()
		record := inputs.Start()
		defer record.Stop()
		var stdout, stderr bytes.Buffer
		for w, to := range map[io.Writer]*bytes.Buffer{c.Stdout: &stdout, c.Stderr: &stderr} {
			w.(*overheard).keep(to)
			defer w.(*overheard).keep(nil)
		}
		if err := run(cmd, args); err != nil {
			return err
		}
		if cmd.Context().Err() != nil || stderr.Len() > 0 || c.pool != nil && c.pool.ByChance() {
			return nil // it is partial, or told of a fault, or may be another next time
		}
		now := outcome{c.exit, stdout.Bytes()}
		if c.global.cache == verifyCache {
			if known {
				c.cache.Compare(key, old.exit == now.exit && bytes.Equal(old.text, now.text))
			}
			return nil
		}
		if s, ok := record.Snapshot(began); ok {
			c.cache.Put(key, now.append(s.Append(nil)))
		}
		return nil
	}
}

// An outcome is what a run came to.
type outcome struct {
	exit int
	text []byte // of standard output
}

func (o outcome) append(b []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(o.exit)), o.text...)
}

// recall gives the outcome of an earlier run, if it still holds.
func (c *Command) recall(k cache.Key) (o outcome, ok bool) {
	b, ok := c.cache.Kept(k)
	if !ok {
		return o, false
	}
	s, rest, err := inputs.Parse(b)
	if err != nil {
		return o, false
	}
	exit, n := binary.Uvarint(rest)
	if n <= 0 || exit > exitFindings || !s.Holds() {
		return o, false
	}
	return outcome{int(exit), rest[n:]}, true
}
