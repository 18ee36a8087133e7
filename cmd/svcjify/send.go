package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/patch/batch"
	"github.com/svcjify/svcjify/patch/gitwrite"
)

// sendFlags are the flags of the commands that make patches for others.
type sendFlags struct {
	selection        patch.Selection
	author, date, pr string
	group            string // of batch.Groupings; patch -o has it alone
}

// addGroup adds --group.
func (f *sendFlags) addGroup(cmd *cobra.Command) {
	var names []string
	for _, g := range batch.Groupings {
		names = append(names, string(g))
	}
	cmd.Flags().StringVar(&f.group, "group", names[0],
		"with -o, one report for each: "+strings.Join(names,
			", ")+"; ports without a maintainer are grouped by category, except with port")
	complete(cmd, "group", names...)
}

func (f *sendFlags) add(cmd *cobra.Command) {
	s := &f.selection
	cmd.Flags().IntVar(&s.Limit, "limit", 0, "at most this many patches to one maintainer, the most certain first; 0 for all")
	cmd.Flags().StringVar(&f.author, "author", "",
		"who the patches are from, as 'Name <address>'; default the configuration's author, else git's user.name and user.email")
	cmd.Flags().StringVar(&f.date, "date", "",
		"date of the patches; default $GIT_AUTHOR_DATE, $SOURCE_DATE_EPOCH, that of the HEAD commit, or today")
	cmd.Flags().StringVar(&f.pr, "pr", "", "number of the problem report, for the message's PR: line")
}

var number = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)

// check finds what is wrong with the flags.
func (f *sendFlags) check() error {
	if err := f.selection.Check(); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.group != "" && !slices.Contains(batch.Groupings, batch.Grouping(f.group)) {
		return fmt.Errorf("%w: --group is %q, expected one of %v", errUsage, f.group, batch.Groupings)
	}
	if f.pr != "" && !number.MatchString(f.pr) {
		return fmt.Errorf("%w: --pr is %q, expected a number", errUsage, f.pr)
	}
	if f.author != "" {
		if _, err := patch.ParsePerson(f.author); err != nil {
			return fmt.Errorf("%w: --%w", errUsage, err)
		}
	}
	if f.date != "" {
		if _, err := gitwrite.ParseDate(f.date); err != nil {
			return fmt.Errorf("%w: --%w", errUsage, err)
		}
	}
	return nil
}

// nobodyYet is the author where none is known: the patches are to be the same
// whoever makes them.
var nobodyYet = patch.Person{Name: "svcjify", Email: "svcjify@localhost"}

// today is the date of patches for a tree that is in no repository: the day, so
// that two runs of one day give the same bytes.
func today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// envelope finds out who the patches are from, and their date. Known is false
// where there is no author but nobodyYet. The configuration must be known.
func (c *Command) envelope(ctx context.Context, dir string, head *gitwrite.Head, f *sendFlags) (e patch.Envelope,
	known bool, err error) {
	e = patch.Envelope{From: nobodyYet, Date: today(), PR: f.pr}
	known = true
	if author := cmp.Or(f.author, c.config.Author); author != "" {
		if e.From, err = patch.ParsePerson(author); err != nil {
			return e, true, err
		}
	} else if name, email := gitwrite.Identity(ctx, dir, "AUTHOR"); name != "" && email != "" {
		if e.From, err = patch.NewPerson(name, email); err != nil {
			return e, true, hinted{fmt.Errorf("git's configuration: %w", err),
				"correct user.name and user.email, or give --author"}
		}
	} else {
		known = false
	}
	if head != nil {
		e.Date = head.When
	}
	if s := cmp.Or(f.date, os.Getenv("GIT_AUTHOR_DATE"), os.Getenv("SOURCE_DATE_EPOCH")); s != "" {
		if e.Date, err = gitwrite.ParseDate(s); err != nil {
			return e, known, err
		}
	}
	return e, known, nil
}
