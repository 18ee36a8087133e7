package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/hook"
	"github.com/svcjify/svcjify/lint"
)

func (c *Command) hookInstallCmd() *cobra.Command {
	var failOn string
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Have git call the hook before each commit of this clone",
		Long: `Write a pre-commit hook into the directory where git looks for hooks: .git/hooks, or
core.hooksPath. An existing hook still runs:

If it runs the files of the directory pre-commit.d beside it, as the hook of the ports
tree does, svcjify writes its hook there, with the name check_svcj. If not, the existing
hook is renamed to pre-commit` + hook.KeptSuffix + `, and the new one runs it first. In
core.hooksPath svcjify renames nothing, since git may track that directory; a message
says what to add by hand.`,
		Args: takesNone(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := parseFailOn(failOn); err != nil {
				return err
			}
			return c.installHook(cmd.Context(), failOn)
		},
	}
	cmd.Flags().StringVar(&failOn, "fail-on", "error",
		"lowest severity that blocks a commit: error, warning, info, never")
	return cmd
}

func (c *Command) installHook(ctx context.Context, failOn string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var args []string
	if failOn != lint.Error.String() {
		args = []string{"--fail-on", failOn}
	}
	p, err := hook.Find(ctx, ".")
	if err != nil {
		return err
	}
	done, err := p.Install(hook.Script(self, args...))
	if err != nil {
		return nearForeign(err)
	}
	fmt.Fprintf(c.Stdout, "%s installed: git runs svcjify hook before each commit\n", near(done.Place.File))
	if done.Kept != "" {
		fmt.Fprintf(c.Stdout, "the hook that was there is now %s, and runs first\n", near(done.Kept))
	}
	if done.Place.Shared {
		fmt.Fprintf(c.Stderr, "note: core.hooksPath is in force: the hook serves whatever else uses %s\n",
			near(done.Place.Dir))
	}
	return nil
}

// nearForeign names the hook of somebody else's as seen from here.
func nearForeign(err error) error {
	var foreign *hook.ForeignError
	if errors.As(err, &foreign) {
		return &hook.ForeignError{File: near(foreign.File), Hint: foreign.Hint}
	}
	return err
}

// near is a file's name as seen from the current directory, if it is below.
func near(name string) string {
	if cwd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(cwd, name); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return name
}

func (c *Command) hookUninstallCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "uninstall",
		Short: "Remove the hook that install wrote, and put the old one back",
		Args:  takesNone(),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := hook.Find(cmd.Context(), ".")
			if err != nil {
				return err
			}
			what, file, err := p.Uninstall()
			if err != nil {
				return nearForeign(err)
			}
			says := map[hook.Removal]string{hook.NotThere: "is not there: nothing to remove",
				hook.PutBack: "is what it was before", hook.Removed: "removed"}
			fmt.Fprintf(c.Stdout, "%s %s\n", near(file), says[what])
			return nil
		},
	}
}
