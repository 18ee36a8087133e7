package elftest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// AMD64 and ARM64 are clang's names of FreeBSD 15 on the two machines.
const (
	AMD64 = "x86_64-unknown-freebsd15.0"
	ARM64 = "aarch64-unknown-freebsd15.0"
)

// Clang finds the compiler and the linker of LLVM. A test that builds C for FreeBSD
// is skipped without them, or fails where SVCJIFY_REQUIRE_TOOLS is set.
func Clang(t testing.TB) (cc, ld string) {
	t.Helper()
	for _, version := range []string{"", "-21", "-20", "-19", "-18", "-17", "-16", "-15", "-14"} {
		var err1, err2 error
		cc, err1 = exec.LookPath("clang" + version)
		ld, err2 = exec.LookPath("ld.lld" + version)
		if err1 == nil && err2 == nil {
			return cc, ld
		}
	}
	const missing = "clang and ld.lld are not installed; both of LLVM 14 to 21 will do"
	require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), missing)
	t.Skip(missing)
	return "", ""
}

// libcSource is the names of FreeBSD's libc that the daemons of the tests want: the
// linker asks for a library that has them, and nothing runs.
const libcSource = `
#define F(name) int name() { return 0; }
F(socket) F(bind) F(listen) F(accept) F(connect) F(sendto) F(recvfrom) F(getaddrinfo) F(shmget) F(mlockall)
F(ntp_adjtime) F(clock_settime) F(ioctl) F(setsockopt) F(open) F(read) F(write) F(close) F(printf) F(daemon) F(exit) F(nmount) F(if_nametoindex)
`

// BuildC compiles a program and links it dynamically, as cc(1) of FreeBSD would.
// Link is further words for the linker, such as the path of a library.
func BuildC(t testing.TB, target, source string, link ...string) []byte {
	t.Helper()
	b := &builder{t, t.TempDir(), target}
	b.compile("libc.c", libcSource)
	b.compile("program.c", source)
	out := []string{"-e", "main", "-o", "program"}
	if slices.Contains(link, "-static") || slices.Contains(link, "--no-dynamic-linker") {
		return b.link("program", slices.Concat(out, link, []string{"program.o", "libc.o"})...)
	}
	b.link("libc.so.7", "-shared", "-soname", "libc.so.7", "-o", "libc.so.7", "libc.o")
	return b.link("program", slices.Concat([]string{"-pie", "-dynamic-linker", "/libexec/ld-elf.so.1", "-s"}, out,
		[]string{"program.o"}, link, []string{"libc.so.7"})...)
}

// BuildLibrary compiles a shared library that is linked with the libc of the tests.
func BuildLibrary(t testing.TB, target, soname, source string) []byte {
	t.Helper()
	b := &builder{t, t.TempDir(), target}
	b.compile("libc.c", libcSource)
	b.compile("library.c", source)
	b.link("libc.so.7", "-shared", "-soname", "libc.so.7", "-o", "libc.so.7", "libc.o")
	return b.link(soname, "-shared", "-s", "-soname", soname, "-o", soname, "library.o", "libc.so.7")
}

// BuildGo compiles one file of Go for FreeBSD on amd64, without cgo.
func BuildGo(t testing.TB, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644))
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", "program", "main.go")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=", "GO111MODULE=off",
		"GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go build for FreeBSD: %s", out)
	data, err := os.ReadFile(filepath.Join(dir, "program"))
	require.NoError(t, err)
	return data
}

// A builder works in one directory for one target.
type builder struct {
	t           testing.TB
	dir, target string
}

func (b *builder) run(name string, args ...string) {
	b.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = b.dir
	out, err := cmd.CombinedOutput()
	require.NoError(b.t, err, "%s: %s", name, out)
}

func (b *builder) compile(name, source string) {
	b.t.Helper()
	cc, _ := Clang(b.t)
	require.NoError(b.t, os.WriteFile(filepath.Join(b.dir, name), []byte(source), 0o644))
	b.run(cc, "--target="+b.target, "-O2", "-w", "-std=gnu89", "-ffreestanding", "-fno-builtin", "-fPIC", "-c", name)
}

// link links and gives the file that it makes.
func (b *builder) link(output string, args ...string) []byte {
	b.t.Helper()
	_, ld := Clang(b.t)
	b.run(ld, args...)
	data, err := os.ReadFile(filepath.Join(b.dir, output))
	require.NoError(b.t, err)
	return data
}
