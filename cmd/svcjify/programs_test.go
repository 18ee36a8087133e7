package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/pkgset/pkgtest"
	"github.com/svcjify/svcjify/lint/infer/program/elftest"
)

// portsTree is the made tree, by its path from the root.
func portsTree(t *testing.T) string {
	dir, err := filepath.Abs(filepath.Join("..", "..", "corpus", "testdata", "ports"))
	require.NoError(t, err)
	return dir
}

// run runs svcjify on the made tree.
func run(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	c := Command{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}
	exit = c.Main(args)
	return exit, out.String(), errs.String()
}

// chimed is a program of which one can only suspect what it needs until it is looked at.
const chimed = "audio/enable-equals"

func chimedPackage(f elftest.File) pkgtest.Package {
	f.Needed = append(f.Needed, "libc.so.7")
	return pkgtest.Package{Name: "chimed", Origin: chimed,
		Files: []pkgtest.File{{Path: "/usr/local/sbin/chimed", Data: f.Bytes()}}}
}

var unixOnly = elftest.File{Imports: []string{"bind", "listen"},
	Calls: []elftest.Call{{Name: "socket", Args: []int64{1, 1, 0}}}}

func TestPackages(t *testing.T) {
	t.Chdir(portsTree(t))
	exit, out, _ := run(t, "list", chimed)
	require.Equal(t, 0, exit)
	require.Regexp(t, `none +possible\n$`, out)

	dir := t.TempDir()
	pkgtest.Write(t, dir, chimedPackage(unixOnly))
	exit, out, _ = run(t, "list", "--packages", dir, chimed)
	require.Equal(t, 0, exit)
	require.Regexp(t, `^chimed +audio/enable-equals +patchable +none +confident\n$`, out)

	_, out, _ = run(t, "explain", "--packages", dir, chimed)
	out = strings.ReplaceAll(out, filepath.ToSlash(dir), "PACKAGES")
	for _, want := range []string{
		"needs      no option (confident)",
		"none       possible  PACKAGES/chimed-1.0.pkg:/usr/local/sbin/chimed: calls socket(AF_UNIX, SOCK_STREAM): it opens UNIX sockets",
		"in PACKAGES/chimed-1.0.pkg:/usr/local/sbin/chimed, of which everything was seen: that it speaks IP, ",
	} {
		require.Contains(t, out, want)
	}

	exit, out, errs := run(t, "lint", "--packages", dir, chimed)
	require.Equal(t, 1, exit, errs)
	require.Contains(t, out, `the service needs no option (confident) [SJ101]`)
	exit, out, errs = run(t, "patch", "--packages", dir, chimed)
	require.Equal(t, 0, exit)
	require.Empty(t, errs)
	require.Contains(t, out, "\n+: ${chimed_svcj_options=\"\"}\n")
}

func TestStage(t *testing.T) {
	t.Chdir(portsTree(t))
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "usr/local/sbin"), 0o755))
	tcp := elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"bind"},
		Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1, 0}}}}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "usr/local/sbin/chimed"), tcp.Bytes(), 0o755))
	exit, out, errs := run(t, "list", "--stage", dir, chimed)
	require.Equal(t, 0, exit, errs)
	require.Regexp(t, `net_basic +(possible|likely)\n$`, out)
}

func TestSources(t *testing.T) {
	t.Chdir(portsTree(t))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.c"),
		[]byte("int main(void)\n{\n\tint s = socket(AF_INET, SOCK_STREAM, 0);\n}\n"), 0o644))
	_, out, _ := run(t, "explain", "--src", dir, chimed)
	require.Contains(t, out, "main.c:3: calls socket(AF_INET, SOCK_STREAM, 0): it speaks IP")

	exit, _, errs := run(t, "list", "--src", dir, chimed, "databases/name-sh-suffix")
	require.Equal(t, 2, exit)
	require.Contains(t, errs, "--src is about one port")
	require.Contains(t, errs, "hint: ")
}

func TestProgramFlagsRefused(t *testing.T) {
	t.Chdir(portsTree(t))
	dir := t.TempDir()
	gone := filepath.Join(dir, "gone")
	for _, args := range [][]string{{"--packages", gone}, {"--packages", dir}, {"--stage", gone}, {"--src", gone}} {
		exit, _, errs := run(t, append([]string{"lint", chimed}, args...)...)
		require.NotContains(t, []int{0, 1}, exit, args)
		require.Contains(t, errs, "hint: "+args[0]+" takes ")
	}
}

// TestHostilePackage: what is damaged is a finding, and the rest is as it is.
func TestHostilePackage(t *testing.T) {
	t.Chdir(portsTree(t))
	dir := t.TempDir()
	pkgtest.Write(t, dir, chimedPackage(unixOnly))
	whole := pkgtest.Zstd(t, pkgtest.Tar(t, chimedPackage(unixOnly)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad-1.pkg"), whole[:len(whole)/2], 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "worse-1.pkg"), []byte("no package"), 0o644))
	exit, out, _ := run(t, "lint", "--packages", dir, chimed)
	require.NotEqual(t, 0, exit)
	require.Contains(t, out, "bad-1.pkg")
	require.Contains(t, out, "worse-1.pkg")
	require.Contains(t, out, `the service needs no option (confident) [SJ101]`)
}
