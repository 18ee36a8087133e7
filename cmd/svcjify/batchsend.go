package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch/batch"
)

func (c *Command) batchNextCmd() *cobra.Command {
	var each int
	cmd := &cobra.Command{
		Use:   "next N [DIR]",
		Short: "Name the N patches to send next",
		Long: `Name the N patches of a batch to send next: the most certain first, then the smallest,
and at most a few to one maintainer. Patches already sent to the same maintainer count,
until they are committed. It leaves out patches that were sent and patches that no
longer apply.`,
		Args: upTo("a number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[0])
			if err != nil || n < 1 {
				wrong := fmt.Errorf("batch next needs the number of patches first, found %q", args[0])
				return fmt.Errorf("%w: %w", errUsage, hinted{wrong, "svcjify batch next 5 " + dirHint(args)})
			}
			if each < 0 {
				return fmt.Errorf("%w: --each is %d, expected 0 or more", errUsage, each)
			}
			name := dirOf(args, "N")
			dir, err := batch.OpenReadOnly(name)
			if err != nil {
				return err
			}
			defer dir.Close()
			f, _, err := c.parseWords(dir.Batch.Settings)
			if err != nil {
				return err
			}
			found, err := c.openAgain(cmd.Context(), dir.Batch.Settings, &f.judge.narrow)
			if err != nil {
				return err
			}
			next, err := dir.Batch.Next(found.Trees[0], n, each, dir.Read)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(c.Stdout, 0, 8, 2, ' ', 0)
			for _, p := range next.Proposals {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", report.OneLine(filepath.Join(name, filepath.FromSlash(p.Name))),
					report.OneLine(p.Certainty),
					counted(p.Lines, "line", "lines"), report.OneLine(p.Maintainer))
			}
			if err := t.Flush(); err != nil {
				return err
			}
			if c.global.quiet {
				return nil
			}
			if len(next.Moved) > 0 {
				fmt.Fprintf(c.Stderr, "left out, as the files have changed: %s (svcjify batch status says what became of them)\n", report.OneLine(strings.Join(next.Moved, ", ")))
			}
			fmt.Fprintf(c.Stderr, "%s to send, %d more after that\n", counted(len(next.Proposals), "patch", "patches"),
				next.Waiting)
			return nil
		},
	}
	cmd.Flags().IntVar(&each, "each", 3, "at most this many to one maintainer at a time; 0 for any number")
	return cmd
}

func (c *Command) batchSentCmd() *cobra.Command {
	var pr, on string
	cmd := &cobra.Command{
		Use:   "sent PATTERN [DIR]",
		Short: "Write down that patches were sent",
		Long: `Write down in the batch that the patches which match PATTERN were sent, when, and under
which problem report. PATTERN is an origin, its last part, a maintainer's address, or a
pattern of these such as 'www/*'. svcjify batch status shows it.`,
		Args: upTo("a pattern"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if pr != "" && !number.MatchString(pr) {
				return fmt.Errorf("%w: --pr is %q, expected a number", errUsage, pr)
			}
			day := time.Now()
			if on != "" {
				var err error
				if day, err = time.Parse(time.DateOnly, on); err != nil {
					return fmt.Errorf("%w: --on is %q, expected a day such as 2026-11-30", errUsage, on)
				}
			}
			dir, err := batch.Open(dirOf(args, "PATTERN"))
			if err != nil {
				return err
			}
			defer dir.Close()
			names, err := dir.Batch.MarkSent(args[0], pr, day)
			if err != nil {
				return err
			}
			if err := dir.Save(); err != nil {
				return err
			}
			for _, n := range names {
				s, _ := dir.Batch.SentOf(n)
				fmt.Fprintf(c.Stdout, "%s: %s\n", report.OneLine(n), s)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&pr, "pr", "", "number of the problem report")
	cmd.Flags().StringVar(&on, "on", "", "the day, such as 2026-11-30; default today")
	return cmd
}

// dirHint is the directory of a call whose number is missing, for a hint.
func dirHint(args []string) string {
	for _, a := range args {
		if info, err := os.Stat(a); err == nil && info.IsDir() {
			return a
		}
	}
	return "DIR"
}
