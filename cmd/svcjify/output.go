package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// formatFlag is --format.
type formatFlag struct {
	text  string
	known []report.Format
}

func (f *formatFlag) add(cmd *cobra.Command, known []report.Format) {
	f.known = known
	cmd.Flags().StringVar(&f.text, "format", "text", "`format` to print, or several as in sarif=FILE,text; svcjify help formats lists them")
	if err := cmd.RegisterFlagCompletionFunc("format", completeFormats(report.Names(known))); err != nil {
		panic(err) // as complete
	}
}

// outputs reads the flag, and sees to it that a long run doesn't end with a
// file that can't be written.
func (f *formatFlag) outputs() ([]report.Output, error) {
	outs, err := report.ParseOutputs(f.text, f.known)
	if err != nil {
		return nil, fmt.Errorf("%w: --%w", errUsage, err)
	}
	for _, o := range outs {
		if o.File == "" {
			continue
		}
		if err := writable(o.File); err != nil {
			return nil, hinted{fmt.Errorf("cannot write %s: %w", o.File, err), "name a file in a directory that is there and that you may write to"}
		}
	}
	return outs, nil
}

// writable makes and removes a file beside the one that is to be written, as
// writing it will.
func writable(name string) error {
	switch info, err := os.Lstat(name); {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("not a regular file")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return message.Reason(err)
	}
	probe, err := os.CreateTemp(filepath.Dir(name), patch.Probe)
	if err != nil {
		return message.Reason(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// print prints the result in each format: to its file, whole or not at all, or to standard output.
func (c *Command) print(outs []report.Output, res *lint.Result, o report.Options) error {
	c.finishing.Store(true)
	c.progress.done()
	for _, out := range outs {
		if out.File == "" {
			if err := out.Print(c.Stdout, res, o); err != nil {
				return err
			}
			continue
		}
		plain := o
		plain.Color = false
		var b bytes.Buffer
		if err := out.Print(&b, res, plain); err != nil {
			return err
		}
		if err := writeFile(out.File, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeFile replaces a file as a whole, or leaves it as it was.
func writeFile(name string, text []byte) error {
	if err := patch.WriteFile(filepath.Dir(name), filepath.Base(name), text); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, message.Reason(err))
	}
	return nil
}
