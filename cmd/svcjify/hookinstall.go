package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/patch"
)

// hookMark tells our hook from others; it is the second line.
const hookMark = "# Installed by `svcjify hook install`; `svcjify hook uninstall` removes it."

// hookScript is the hook. A program that is gone, is killed or crashes blocks
// the commit, and the message says how to go on. %[1]s is the program as it
// was called, %[2]s its full path, %[3]s the arguments, quoted all.
const hookScript = `#!/bin/sh
` + hookMark + `
program=%[1]s
command -v "$program" >/dev/null 2>&1 || program=%[2]s
"$program" hook%[3]s
status=$?
case $status in
0 | 1) exit $status ;;
esac
echo "[pre-commit] ERROR: svcjify failed (exit code $status) and the change was not checked" >&2
echo "[pre-commit] to commit without the check: ` + goOn + `;" >&2
echo "[pre-commit] for good: rm \"$0\"" >&2
exit 1
`

// A hookPlace is where git looks for the hook.
type hookPlace struct {
	dir, file string
	// shared is true where core.hooksPath leads out of the git directory: what
	// stands there may be tracked, or belong to other repositories too.
	shared bool
}

func findHookPlace() (*hookPlace, error) {
	repo, err := gitfs.Open(".", gitfs.Options{})
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	dir, shared, err := repo.HooksDir()
	if err != nil {
		return nil, err
	}
	return &hookPlace{dir, filepath.Join(dir, "pre-commit"), shared}, nil
}

// state reads the hook that is there.
func (p *hookPlace) state() (exists, ours bool, err error) {
	info, err := os.Lstat(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return true, false, err
	}
	text, err := os.ReadFile(p.file)
	return true, bytes.Contains(text, []byte("\n"+hookMark+"\n")), err
}

func (c *Command) hookInstallCmd() *cobra.Command {
	var failOn string
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Have git call the hook before each commit of this clone",
		Long: `Write a pre-commit hook into the directory where git looks for hooks: .git/hooks, or
core.hooksPath. A hook that is there already stays as it is, and nothing is written: where
it runs the files of a pre-commit.d directory beside it, as that of the ports tree does,
the message says which file to put there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := parseFailOn(failOn); err != nil {
				return err
			}
			p, err := findHookPlace()
			if err != nil {
				return err
			}
			exists, ours, err := p.state()
			if err != nil {
				return err
			}
			if exists && !ours {
				return p.refuse()
			}
			script, err := renderHook(failOn)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(p.dir, 0o755); err != nil {
				return err
			}
			if err := patch.WriteFile(p.dir, "pre-commit", script); err != nil {
				return err
			}
			if err := os.Chmod(p.file, 0o755); err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "%s installed: git runs svcjify hook before each commit\n", p.file)
			if p.shared {
				fmt.Fprintf(c.Stderr, "note: core.hooksPath is %s: the hook serves whatever else uses it\n", p.dir)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&failOn, "fail-on", "error", "least severity that blocks a commit: error, warning, info, never")
	return cmd
}

// refuse says why an existing hook was not touched, and what to do.
func (p *hookPlace) refuse() error {
	text := fmt.Errorf("%s is there already and is not svcjify's: it was not touched", p.file)
	if info, err := os.Stat(p.file + ".d"); err == nil && info.IsDir() {
		return hinted{text, fmt.Sprintf("it has a directory of parts: copy contrib/hooks/check_svcj to %s, and make it executable", p.file+".d")}
	}
	return hinted{text, "add the line `svcjify hook || exit 1` to it, where it should run"}
}

// renderHook fills in the script.
func renderHook(failOn string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := ""
	if failOn != lint.Error.String() {
		args = " --fail-on " + failOn
	}
	return fmt.Appendf(nil, hookScript, "svcjify", shellQuote(self), args), nil
}

// shellQuote quotes a word for sh(1).
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (c *Command) hookUninstallCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "uninstall",
		Short: "Remove the hook that install wrote, and no other",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := findHookPlace()
			if err != nil {
				return err
			}
			exists, ours, err := p.state()
			switch {
			case err != nil:
				return err
			case !exists:
				fmt.Fprintf(c.Stdout, "%s is not there: nothing to remove\n", p.file)
				return nil
			case !ours:
				return hinted{fmt.Errorf("%s is not svcjify's: it was not touched", p.file), "take the line that calls svcjify out of it by hand"}
			}
			if err := os.Remove(p.file); err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "%s removed\n", p.file)
			return nil
		},
	}
}
