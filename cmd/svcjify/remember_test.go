package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/cache"
	"github.com/svcjify/svcjify/internal/inputs"
)

// once runs a command and tells whether it judged anything, or remembered.
func once(args ...string) (out string, judged bool) {
	var stdout, stderr bytes.Buffer
	c := Command{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	code := c.Main(args)
	return fmt.Sprintf("exit %d\n%s\n%s", code, &stdout, &stderr), c.pool != nil
}

// edit changes a file by text of the same length, and gives it its old date back.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	require.Len(t, new, len(old))
	info, err := os.Stat(name)
	require.NoError(t, err)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	require.NoError(t, os.WriteFile(name, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600))
	require.NoError(t, os.Chtimes(name, info.ModTime(), info.ModTime()))
}

// TestRemembersOnlyTheSame changes each kind of thing that an output depends on, and
// expects what a run without a cache prints.
func TestRemembersOnlyTheSame(t *testing.T) {
	if !inputs.Able {
		t.Skip("the system does not tell enough of a file")
	}
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			require.NoError(t, os.MkdirAll(filepath.Dir(dir+"/"+name), 0o700))
			require.NoError(t, os.WriteFile(dir+"/"+name, []byte(text), 0o600))
		}
	}
	tests := map[string]struct {
		change func(t *testing.T, dir string)
		more   []string // arguments, of the run after the change
		same   bool     // the output
	}{
		"script":        {change: func(t *testing.T, dir string) { edit(t, dir+"/www/made/files/made.in", "name=made", "name=mode") }},
		"Makefile":      {change: func(t *testing.T, dir string) { edit(t, dir+"/www/made/Makefile", "?= made", "?= mode") }},
		"included file": {change: func(t *testing.T, dir string) { edit(t, dir+"/www/made/Makefile.inc", "a@b", "c@d") }},
		"master":        {change: func(t *testing.T, dir string) { edit(t, dir+"/www/master/Makefile", "= slaved", "= others") }},
		"absent file":   {change: write("www/made/Makefile.local", "USE_RC_SUBR= other\n")},
		"framework":     {change: write("Mk/bsd.port.mk", "# of another version\n"), same: true},
		"new port":      {change: write("www/late/Makefile", "PORTNAME= late\nUSE_RC_SUBR= late\n")},
		"port goes":     {change: func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(dir+"/www/made")) }},
		"configuration": {change: write(".svcjify.toml", "[[ignore]]\nrules = [\"SJ101\"]\nreason = \"for a test\"\n")},
		"description":   {change: write("www/made/pkg-descr", "A text.\n"), same: true},
		"release":       {more: []string{"--release", "16"}, same: true},
		"rule":          {more: []string{"--ignore", "SJ101"}},
		"format":        {more: []string{"--format", "json"}},
		"exit code":     {more: []string{"--fail-on", "never"}},
		"color":         {more: []string{"--color", "always"}, same: true},
	}
	base := t.TempDir()
	make := func(name string) string {
		dir := filepath.Join(base, strings.ReplaceAll(name, " ", "-"), "ports")
		script := "#!/bin/sh\n\n# PROVIDE: %s\n\n. /etc/rc.subr\n\nname=%[1]s\nrcvar=%[1]s_enable\n" +
			"load_rc_config $name\n: ${%[1]s_enable=NO}\ncommand=/usr/local/sbin/netd\nrun_rc_command \"$1\"\n"
		for file, text := range map[string]string{
			"Mk/bsd.port.mk": "# framework\n",
			"www/Makefile":   "SUBDIR += made\nSUBDIR += master\nSUBDIR += slave\n.include <bsd.port.subdir.mk>\n",
			"www/made/Makefile": "PORTNAME= made\nCATEGORIES= www\n.include \"Makefile.inc\"\n.sinclude \"Makefile.local\"\n" +
				"USE_RC_SUBR?= made\n.include <bsd.port.mk>\n",
			"www/made/Makefile.inc":      "MAINTAINER= a@b\n",
			"www/made/files/made.in":     fmt.Sprintf(script, "made"),
			"www/master/Makefile":        "PORTNAME= master\nCATEGORIES= www\nUSE_RC_SUBR= slaved\n.include <bsd.port.mk>\n",
			"www/master/files/slaved.in": fmt.Sprintf(script, "slaved"),
			"www/slave/Makefile":         "PKGNAMESUFFIX= -x\nMASTERDIR= ${.CURDIR}/../master\n.include \"${MASTERDIR}/Makefile\"\n",
		} {
			write(file, text)(t, dir)
		}
		return dir
	}
	for name := range tests {
		make(name)
	}
	time.Sleep(3200 * time.Millisecond) // what is younger is not remembered
	store := filepath.Join(base, "cache")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(base, strings.ReplaceAll(name, " ", "-"), "ports")
			args := []string{"lint", "--format", "jsonl", "--cache", store, dir}
			want, judged := once(args...)
			require.True(t, judged)
			got, judged := once(args...)
			require.False(t, judged, "the second run remembers")
			require.Equal(t, want, got)
			if tt.change != nil {
				tt.change(t, dir)
			}
			args = append(args, tt.more...)
			got, judged = once(args...)
			require.True(t, judged, "what has changed is judged again")
			fresh, _ := once(append(args, "--cache", "none")...)
			require.Equal(t, fresh, got)
			if name != "included file" { // whose text lint does not print
				require.Equal(t, tt.same, got == want, "%s", got)
			}
			if tt.change != nil {
				_, judged = once(args...)
				require.True(t, judged, "a file that has just changed may change again unseen")
			}
		})
	}
}

// TestVerifyRemembered finds an output that is not what the tree gives.
func TestVerifyRemembered(t *testing.T) {
	if !inputs.Able {
		t.Skip("the system does not tell enough of a file")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	made, err := filepath.Abs("../../corpus/testdata/ports/www/revision-comment")
	require.NoError(t, err)
	_, _ = once("list", made)
	_, judged := once("list", made)
	require.False(t, judged)
	out, _ := once("list", "--cache", "verify", made)
	require.Contains(t, out, " 0 not the same")

	dir, err := os.UserCacheDir()
	require.NoError(t, err)
	build, err := cache.Build()
	require.NoError(t, err)
	d, err := cache.Open(filepath.Join(dir, "svcjify"), cache.Options{Build: build})
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "svcjify", "*", "*"))
	require.NoError(t, err)
	changed := 0
	for _, name := range files {
		raw, err := hex.DecodeString(filepath.Base(name))
		require.NoError(t, err)
		k := cache.Key(raw)
		text, ok := d.Get(k)
		if ok && bytes.Contains(text, []byte("revision-comment")) && !bytes.Contains(text, []byte("PROVIDE")) {
			d.Put(k, append(text, "more\n"...))
			changed++
		}
	}
	require.NotZero(t, changed)
	out, _ = once("list", "--cache", "verify", made)
	require.Contains(t, out, "exit 3")
	require.Contains(t, out, " 1 not the same")
}

// TestEveryFileIsNoted has strace(1) tell what the program opens and asks the kernel of
// in the tree: nothing else may decide an output that is remembered.
func TestEveryFileIsNoted(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || !inputs.Able {
		t.Skip("strace is not installed")
	}
	tree, err := filepath.Abs("../../corpus/testdata/ports")
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	if real := filepath.SplitList(os.Getenv("SVCJIFY_PORTSDIR")); len(real) > 0 {
		tree = real[0]
	}
	log, names := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "svcjify")
	require.NoError(t, os.Symlink(self, names)) // testscript runs the command under this name
	cmd := exec.Command(strace, "-f", "-s", "4096", "-e", "trace=%file", "-o", log, names, "lint",
		"--cache", "none", tree)
	_ = cmd.Run() // there are findings
	text, err := os.ReadFile(log)
	require.NoError(t, err)

	record := inputs.Start()
	_, _ = once("lint", "--cache", "none", tree)
	record.Stop()
	seen := 0
	for line := range strings.Lines(string(text)) {
		_, rest, ok := strings.Cut(line, `"`)
		name, after, closed := strings.Cut(rest, `"`)
		if !ok || !closed || !strings.HasPrefix(name, tree) || strings.Contains(line, "execve(") {
			continue
		}
		seen++
		noted, listed := record.Noted(filepath.Clean(name))
		if !noted || strings.Contains(after, "O_DIRECTORY") && !listed {
			t.Errorf("not noted: %s", line)
		}
	}
	require.Greater(t, seen, 300)
}
