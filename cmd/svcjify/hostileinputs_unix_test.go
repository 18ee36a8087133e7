//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHostileInputs: what is no part of a ports tree is bounded too: a FIFO is not waited for,
// a sparse file is not read, and the answer says which file it was.
func TestHostileInputs(t *testing.T) {
	svcjify, err := exec.LookPath("svcjify")
	require.NoError(t, err)
	sparse := func(name string) error {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			return err
		}
		return os.Truncate(name, 1<<30)
	}
	fifo := func(name string) error { return syscall.Mkfifo(name, 0o666) }
	dir := func(name string) error { return os.Mkdir(name, 0o777) }
	text := func(text string) func(string) error {
		return func(name string) error { return os.WriteFile(name, []byte(text), 0o666) }
	}
	const script = "#!/bin/sh\n# PROVIDE: foo\n. /etc/rc.subr\nname=foo\nrcvar=foo_enable\nload_rc_config $name\n" +
		"command=/usr/local/sbin/foo\nrun_rc_command \"$1\"\n"
	config := []string{"lint", "--cache", "none", "--config", "FILE", "TREE"}
	known := []string{"lint", "--cache", "none", "--config", "none", "--baseline", "FILE", "TREE"}
	advise := []string{"advise", "--cache", "none", "--root", "ROOT"}
	status := []string{"batch", "status", "ROOT"}
	for _, tt := range []struct {
		name string
		args []string
		file string // below ROOT
		make func(name string) error
		want string
	}{
		{"config fifo", config, "FILE", fifo, "not a regular file"},
		{"config directory", config, "FILE", dir, "not a regular file"},
		{"config sparse", config, "FILE", sparse, "more than the 262144 bytes"},
		{"config nested", config, "FILE", text("x=" + strings.Repeat("[", 100_000)), "nested more than"},
		{"config not UTF-8", config, "FILE", text("\xff\xfe=1\n"), "invalid character"},
		{"baseline fifo", known, "FILE", fifo, "not a regular file"},
		{"baseline sparse", known, "FILE", sparse, "more than the 8388608 bytes"},
		{"baseline not one", known, "FILE", text("\xff\n"), `found "\xff"`},
		{"rc.conf fifo", advise, "etc/rc.conf", fifo, "/etc/rc.conf is not a regular file"},
		{"rc.conf sparse", advise, "etc/rc.conf", sparse, "/etc/rc.conf has 1073741824 bytes"},
		{"rc.conf circle", advise, "etc/rc.conf", text(". /etc/rc.conf\n"), "nested too deeply"},
		{"rc.conf endless", advise, "etc/rc.conf", text("while :; do x=$x$x; done\n"), "did not end within"},
		{"rc.conf.d sparse", advise, "etc/rc.conf.d/foo", sparse, "/etc/rc.conf.d/foo has 1073741824 bytes"},
		{"passwd fifo", advise, "etc/passwd", fifo, ""},
		{"program fifo", advise, "usr/local/sbin/foo", fifo, ""},
		{"program sparse", advise, "usr/local/sbin/foo", sparse, ""},
		{"batch fifo", status, "svcjify.batch", fifo, "is no regular file"},
		{"batch sparse", status, "svcjify.batch", sparse, "expected at most 16777216"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, tree := t.TempDir(), madeTree(t)
			for _, d := range []string{"etc/rc.conf.d", "usr/local/etc/rc.d", "usr/local/sbin"} {
				require.NoError(t, os.MkdirAll(filepath.Join(root, d), 0o777))
			}
			require.NoError(t, os.WriteFile(filepath.Join(root, "usr/local/etc/rc.d/foo"), []byte(script), 0o777))
			require.NoError(t, os.WriteFile(filepath.Join(root, "etc/rc.conf"), []byte("foo_enable=YES\n"), 0o666))
			file := filepath.Join(root, tt.file)
			_ = os.Remove(file)
			require.NoError(t, tt.make(file))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			args := strings.Split(strings.NewReplacer("FILE", file, "ROOT", root, "TREE", tree).Replace(
				strings.Join(tt.args, "\n")), "\n")
			cmd := exec.CommandContext(ctx, svcjify, args...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			require.NoError(t, cmd.Start())
			peak, _ := peakOf(cmd) // many of them end with an error
			require.NoError(t, ctx.Err(), "it waits")
			require.Contains(t, out.String(), tt.want)
			require.NotContains(t, out.String(), "internal error")
			require.Less(t, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), maxPortCPU)
			require.Less(t, peak, maxPortMemory, "MiB")
		})
	}
}
