package program

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/program/elftest"
)

// TestClang: real code of a real linker, for FreeBSD on amd64 and arm64. The
// numbers are those of FreeBSD's sys/socket.h.
func TestClang(t *testing.T) {
	elftest.Clang(t)
	for _, c := range []struct {
		name, source string
		want         []string
		closed       bool
	}{
		{"files only", `int main() { char b[64]; int f = open("/var/db/x", 0); while (read(f, b, 64) > 0) printf(b); exit(0); }`, nil, true},
		{"UNIX socket", `struct { unsigned char len, family; char path[104]; } a;
			int main() { int s = socket(1, 1, 0); a.family = 1; bind(s, &a, 106); listen(s, 5); for (;;) close(accept(s, 0, 0)); }`,
			[]string{"opens UNIX sockets | 0 | calls socket(AF_UNIX, SOCK_STREAM)"}, true},
		{"TCP, both families", `int v6; static int serve(int family) { int s = socket(family, 1, 0); bind(s, 0, 0); listen(s, 5); return s; }
			int main() { int a = socket(2, 1, 0), b = socket(28, 1, 0); bind(a, 0, 0); bind(b, 0, 0); listen(a, 5); listen(b, 5); for (;;) accept(a, 0, 0); }`,
			[]string{"speaks IP | 0 | calls socket(AF_INET, SOCK_STREAM)",
				"speaks IP | 0 | calls socket(AF_INET6, SOCK_STREAM)"}, true},
		{"family from getaddrinfo", `struct ai { int flags, family, type, protocol; } *r;
			int main() { getaddrinfo("h", "80", 0, &r); int s = socket(r->family, r->type, r->protocol); connect(s, 0, 0); write(s, "x", 1); exit(0); }`,
			[]string{"speaks IP | 1 | imports socket and getaddrinfo", "looks up host names | 1 | imports getaddrinfo"},
			true},
		{"ping", `int main() { int s = socket(2, 3, 1); sendto(s, "x", 1, 0, 0, 0); recvfrom(s, 0, 0, 0, 0, 0); exit(0); }`,
			[]string{"speaks IP | 0 | calls socket(AF_INET, SOCK_RAW)",
				"opens raw sockets | 0 | calls socket(AF_INET, SOCK_RAW)"}, true},
		{"an interface's address is only asked for",
			`int main() { int s = socket(2, 2, 0); ioctl(s, 0xc0206921UL, 0); exit(0); }`,
			[]string{"makes requests of the kernel whose meaning is not seen | 1 | imports ioctl"}, true},
		{"an interface's address is set", `int main() { int s = socket(2, 2, 0); ioctl(s, 0x8044692bUL, 0); exit(0); }`,
			[]string{"configures network interfaces | 0 | calls ioctl(SIOCAIFADDR)",
				"makes requests of the kernel whose meaning is not seen | 1 | imports ioctl"}, true},
		{"shared memory, locked", `int main() { shmget(5, 64, 0600); mlockall(3); exit(0); }`,
			[]string{"uses System V IPC | 1 | imports shmget", "locks memory | 1 | imports mlockall"}, true},
		{"the clock", `int main() { ntp_adjtime(0); clock_settime(0, 0); exit(0); }`,
			[]string{"sets the clock | 1 | imports clock_settime",
				"reads or disciplines the clock | 1 | imports ntp_adjtime"}, true},
		{"mount", `int main() { nmount(0, 0, 0); exit(0); }`, []string{"mounts file systems | 1 | imports nmount"}, true},
	} {
		for _, target := range []string{elftest.AMD64, elftest.ARM64} {
			layouts := [][]string{nil}
			if c.name == "ping" {
				layouts = [][]string{nil, {"-z", "now", "-z", "relro"},
					{"-z", "nognustack", "--hash-style=gnu", "--pack-dyn-relocs=relr"}}
			}
			for _, link := range layouts {
				data := elftest.BuildC(t, target, c.source, link...)
				r, dir := inspectIn(t, "/usr/local/sbin/made", one(data))
				require.Equal(t, "dynamic ELF", r.Kind)
				require.Equal(t, c.want, bare(r, dir), "%s for %s %v", c.name, target, link)
				require.Equal(t, c.closed, r.Closed(), r.Open)
			}
		}
	}
}

// TestClangStatic: static programs, of which one can be loaded anywhere and so
// has a dynamic section.
func TestClangStatic(t *testing.T) {
	const source = `int main() { shmget(5, 64, 0600); exit(0); }`
	for _, link := range [][]string{{"-static"}, {"-pie", "--no-dynamic-linker"}} {
		r, dir := inspectIn(t, "/usr/local/sbin/made", one(elftest.BuildC(t, elftest.AMD64, source, link...)))
		require.Equal(t, "static ELF", r.Kind, link)
		require.Contains(t, bare(r, dir), "uses System V IPC | 3 | is statically linked with shmget")
		require.Equal(t, []string{"it is a static program: a function that is linked in need not be called"}, r.Open)

		r, _ = inspectIn(t, "/usr/local/sbin/made",
			one(elftest.BuildC(t, elftest.AMD64, source, append(link, "-s")...)))
		require.Equal(t, "static ELF", r.Kind, link)
		require.True(t, r.Blind, link)
	}
}
