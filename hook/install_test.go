package hook

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func place(t *testing.T) *Place {
	dir := filepath.Join(t.TempDir(), "hooks")
	return &Place{Dir: dir, File: filepath.Join(dir, "pre-commit")}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o755))
}

const foreign = "#!/bin/sh\necho foreign\n"

func TestInstall(t *testing.T) {
	p, script := place(t), Script("/usr/local/bin/svcjify")
	done, err := p.Install(script)
	require.NoError(t, err)
	require.Equal(t, Installed{Place: p}, done)
	require.Equal(t, string(script), read(t, p.File))
	info, err := os.Stat(p.File)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm(), "git runs it")

	again := Script("/elsewhere/svcjify", "--fail-on", "never")
	_, err = p.Install(again)
	require.NoError(t, err)
	require.Equal(t, string(again), read(t, p.File), "ours is replaced")

	what, file, err := p.Uninstall()
	require.NoError(t, err)
	require.Equal(t, Removed, what)
	require.Equal(t, p.File, file)
	require.NoFileExists(t, p.File)
	what, _, err = p.Uninstall()
	require.NoError(t, err)
	require.Equal(t, NotThere, what)
}

func TestInstallBesideForeign(t *testing.T) {
	p := place(t)
	write(t, p.File, foreign)
	_, _, err := p.Uninstall()
	var is *ForeignError
	require.ErrorAs(t, err, &is)
	require.Equal(t, foreign, read(t, p.File))

	done, err := p.Install(Script("/x"))
	require.NoError(t, err)
	require.Equal(t, Installed{Place: p, Kept: p.File + KeptSuffix}, done)
	require.Equal(t, foreign, read(t, done.Kept))
	require.Equal(t, string(Script("/x")), read(t, p.File))

	what, _, err := p.Uninstall()
	require.NoError(t, err)
	require.Equal(t, PutBack, what)
	require.Equal(t, foreign, read(t, p.File))
	require.NoFileExists(t, done.Kept)
}

func TestInstallAmongParts(t *testing.T) {
	p := place(t)
	write(t, p.File, foreign)
	require.NoError(t, os.Mkdir(p.File+".d", 0o755))
	done, err := p.Install(Script("/x"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(p.File+".d", "check_svcj"), done.Place.File)
	require.Empty(t, done.Kept)
	require.Equal(t, foreign, read(t, p.File), "it runs ours, and stays")
	what, file, err := p.Uninstall()
	require.NoError(t, err)
	require.Equal(t, Removed, what)
	require.Equal(t, done.Place.File, file)
	require.Equal(t, foreign, read(t, p.File))

	write(t, done.Place.File, foreign)
	_, err = p.Install(Script("/x"))
	var is *ForeignError
	require.ErrorAs(t, err, &is)
	require.Equal(t, done.Place.File, is.File)
	require.Contains(t, is.Hint, "contrib/hooks/check_svcj")
	require.Equal(t, foreign, read(t, done.Place.File))
}

func TestInstallRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(p *Place)
		hint    string
	}{
		"shared": {func(p *Place) { p.Shared = true; write(t, p.File, foreign) }, "add the line `svcjify hook || exit 1`"},
		"directory": {func(p *Place) { require.NoError(t, os.MkdirAll(p.File, 0o755)) },
			"it is not a regular file"},
		"kept is there": {func(p *Place) { write(t, p.File, foreign); write(t, p.File+KeptSuffix, "other") },
			"pre-commit.before-svcjify is there too"},
	} {
		t.Run(name, func(t *testing.T) {
			p := place(t)
			c.prepare(p)
			_, err := p.Install(Script("/x"))
			var is *ForeignError
			require.ErrorAs(t, err, &is)
			require.EqualError(t, err, p.File+" is there already and is not svcjify's: it was not touched")
			require.Contains(t, is.Hint, c.hint)
			if name != "directory" {
				require.Equal(t, foreign, read(t, p.File))
			}
		})
	}
}

// A hook that can't be written leaves the other one where it was.
func TestInstallFails(t *testing.T) {
	p := place(t)
	write(t, p.File, foreign)
	part := &Place{Dir: filepath.Join(p.Dir, "pre-commit"+KeptSuffix, "no"), File: p.File}
	_, err := part.Install(Script("/x"))
	require.Error(t, err)
	require.Equal(t, foreign, read(t, p.File))
	require.NoFileExists(t, p.File+KeptSuffix)
}

// The script under sh(1), with programs that answer in every way.
func TestScript(t *testing.T) {
	p := place(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "it's here", "svcjify")
	write(t, program, "#!/bin/sh\necho \"called $*\"\nexit $EXIT\n")
	_, err := p.Install(Script(program, "--fail-on", "never"))
	require.NoError(t, err)
	run := func(env ...string) (string, int) {
		cmd := exec.Command("/bin/sh", p.File)
		cmd.Env = append([]string{"PATH=/usr/bin:/bin"}, env...)
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	out, exit := run("EXIT=0")
	require.Equal(t, "called hook --fail-on never\n", out)
	require.Zero(t, exit)
	_, exit = run("EXIT=1")
	require.Equal(t, 1, exit)
	for _, status := range []string{"2", "3", "70"} {
		out, exit = run("EXIT=" + status)
		require.Equal(t, 1, exit, "a program that fails blocks the commit")
		require.Contains(t, out, "svcjify failed (exit code "+status+") and the change was not checked")
		require.Contains(t, out, GoOn)
		require.Contains(t, out, `permanently: rm "`+p.File+`"`)
	}
	for _, value := range []string{"off", "0", "no"} {
		out, exit = run("EXIT=1", Variable+"="+value)
		require.Zero(t, exit)
		require.Empty(t, out)
		require.True(t, Off(value))
	}
	for _, value := range []string{"", "on", "warning", "off | 0"} {
		require.False(t, Off(value), value)
	}
	write(t, p.File+KeptSuffix, "#!/bin/sh\necho first\nexit $FIRST\n")
	out, exit = run("EXIT=0", "FIRST=0")
	require.Equal(t, "first\ncalled hook --fail-on never\n", out)
	require.Zero(t, exit)
	out, exit = run("EXIT=0", "FIRST=7")
	require.Equal(t, "first\n", out)
	require.Equal(t, 7, exit)
	require.NoError(t, os.Remove(program))
	out, exit = run("EXIT=0", "FIRST=0")
	require.Equal(t, 1, exit)
	require.True(t, strings.Contains(out, "exit code 127") || strings.Contains(out, "exit code 126"), out)
	require.Contains(t, out, `permanently: mv "`+p.File+KeptSuffix+`" "`+p.File+`"`)
}
