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

// keptSuffix is what a hook that was there before is kept under.
const keptSuffix = ".before-svcjify"

// hookScript is the hook. One that was there before runs first, and stops the
// commit where it did; it is found by its name, since pre-commit(1) moves ours to
// pre-commit.legacy. A program that is gone, is killed or crashes blocks the
// commit, and the message says how to go on, which works without the program. %[1]s is the program as it was
// called, %[2]s its full path, %[3]s the arguments, quoted all.
const hookScript = `#!/bin/sh
` + hookMark + `
kept="${0%%/*}/pre-commit` + keptSuffix + `"
undo="rm \"$0\""
if [ -e "$kept" ]; then
	undo="mv \"$kept\" \"$0\""
fi
if [ -f "$kept" ] && [ -x "$kept" ]; then
	"$kept" "$@" || exit
fi
case ${` + hookVariable + `-} in
` + hookOff + `) exit 0 ;;
esac
program=%[1]s
command -v "$program" >/dev/null 2>&1 || program=%[2]s
"$program" hook%[3]s
status=$?
case $status in
0 | 1) exit $status ;;
esac
echo "[pre-commit] ERROR: svcjify failed (exit code $status) and the change was not checked" >&2
echo "[pre-commit] to commit without the check: ` + goOn + `;" >&2
echo "[pre-commit] for good: $undo" >&2
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

// part is the place among the files of a directory that the hook there runs,
// as that of the ports tree does; nil where there is no such directory.
func (p *hookPlace) part() *hookPlace {
	dir := p.file + ".d"
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return &hookPlace{dir, filepath.Join(dir, "check_svcj"), p.shared}
}

// kept is the place of the hook that was there before.
func (p *hookPlace) kept() string { return p.file + keptSuffix }

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

// write puts the hook there.
func (p *hookPlace) write(script []byte) error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	if err := patch.WriteFile(p.dir, filepath.Base(p.file), script); err != nil {
		return err
	}
	return os.Chmod(p.file, 0o755)
}

// foreign is the error for a hook of somebody else's.
func (p *hookPlace) foreign(hint string) error {
	return hinted{fmt.Errorf("%s is there already and is not svcjify's: it was not touched", near(p.file)), hint}
}

// keep moves a foreign hook to where ours runs it. Nothing is moved that may
// be tracked or others' too.
func (p *hookPlace) keep() error {
	if p.shared {
		return p.foreign("add the line `svcjify hook || exit 1` to it, where it should run")
	}
	if info, err := os.Stat(p.file); err == nil && !info.Mode().IsRegular() {
		return p.foreign("it is no regular file: take it away, and install again")
	}
	if _, err := os.Lstat(p.kept()); err == nil {
		return p.foreign(near(p.kept()) + " is there too: take one of them away, and install again")
	}
	return os.Rename(p.file, p.kept())
}

func (c *Command) hookInstallCmd() *cobra.Command {
	var failOn string
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Have git call the hook before each commit of this clone",
		Long: `Write a pre-commit hook into the directory where git looks for hooks: .git/hooks, or
core.hooksPath. A hook that is there already goes on to run: where it runs the files of
the directory pre-commit.d beside it, as that of the ports tree does, the hook is written
there, as check_svcj; else it is kept as pre-commit` + keptSuffix + ` and called first.
Out of core.hooksPath nothing is moved, since it may be tracked; the message says what to
add by hand.`,
		Args: takesNone(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := parseFailOn(failOn); err != nil {
				return err
			}
			script, err := renderHook(failOn)
			if err != nil {
				return err
			}
			p, err := findHookPlace()
			if err != nil {
				return err
			}
			return c.installHook(p, script)
		},
	}
	cmd.Flags().StringVar(&failOn, "fail-on", "error",
		"least severity that blocks a commit: error, warning, info, never")
	return cmd
}

func (c *Command) installHook(p *hookPlace, script []byte) error {
	exists, ours, err := p.state()
	if err != nil {
		return err
	}
	moved := false
	if exists && !ours {
		if part := p.part(); part != nil {
			exists, ours, err := part.state()
			if err != nil {
				return err
			}
			if exists && !ours {
				return part.foreign("it may be contrib/hooks/check_svcj, which calls svcjify already")
			}
			p = part
		} else if err := p.keep(); err != nil {
			return err
		} else {
			moved = true
		}
	}
	if err := p.write(script); err != nil {
		if moved {
			err = errors.Join(err, os.Rename(p.kept(), p.file))
		}
		return err
	}
	fmt.Fprintf(c.Stdout, "%s installed: git runs svcjify hook before each commit\n", near(p.file))
	if moved {
		fmt.Fprintf(c.Stdout, "the hook that was there is now %s, and runs first\n", near(p.kept()))
	}
	if p.shared {
		fmt.Fprintf(c.Stderr, "note: core.hooksPath is in force: the hook serves whatever else uses %s\n", near(p.dir))
	}
	return nil
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
		Short: "Remove the hook that install wrote, and put back what was there before",
		Args:  takesNone(),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := findHookPlace()
			if err != nil {
				return err
			}
			return c.uninstallHook(p)
		},
	}
}

// uninstallHook removes the hook, or ours among the parts, and puts back what was there before.
func (c *Command) uninstallHook(p *hookPlace) error {
	exists, ours, err := p.state()
	if err != nil {
		return err
	}
	if part := p.part(); part != nil && !ours {
		_, partOurs, err := part.state()
		if err != nil {
			return err
		}
		if partOurs {
			p, exists, ours = part, true, true
		}
	}
	switch {
	case !exists:
		fmt.Fprintf(c.Stdout, "%s is not there: nothing to remove\n", near(p.file))
		return nil
	case !ours:
		return p.foreign("take what calls svcjify out of it by hand")
	}
	// A rename over it leaves no moment without a hook.
	switch err := os.Rename(p.kept(), p.file); {
	case err == nil:
		fmt.Fprintf(c.Stdout, "%s is what it was before\n", near(p.file))
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Remove(p.file); err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s removed\n", near(p.file))
	return nil
}
