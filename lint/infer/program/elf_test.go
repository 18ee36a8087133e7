package program

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/pkgset"
	"github.com/svcjify/svcjify/lint/infer/pkgset/pkgtest"
	"github.com/svcjify/svcjify/lint/infer/program/elftest"
)

// show writes facts a line, without the path of the directory.
func show(r *Report, dir string) []string {
	var out []string
	for _, f := range r.Facts {
		out = append(out, strings.ReplaceAll(fmt.Sprintf("%s | %d | %s | %s", f.Act, f.How, f.File, f.Seen),
			dir+"/", ""))
	}
	return out
}

// bare does without the file where it is the one program.
func bare(r *Report, dir string) []string {
	var out []string
	for _, line := range show(r, dir) {
		out = append(out, strings.Replace(line, " | made-1.0.pkg:/usr/local/sbin/made", "", 1))
	}
	return out
}

// lookAt puts files into a package of net/made and looks at one program.
func inspectIn(t *testing.T, name string, packages ...pkgtest.Package) (*Report, string) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range packages {
		pkgtest.Write(t, dir, p)
	}
	set := pkgset.New()
	require.NoError(t, set.AddPackages(dir))
	r := NewFinder(set, nil).Programs([]string{"net/made"}, []string{name})[0]
	require.Empty(t, set.Problems())
	return r, dir
}

// one is a package with one program.
func one(data []byte) pkgtest.Package {
	return pkgtest.Package{Name: "made", Origin: "net/made",
		Files: []pkgtest.File{{Path: "/usr/local/sbin/made", Data: data}}}
}

func TestELF(t *testing.T) {
	libc := []string{"libc.so.7"}
	for _, c := range []struct {
		name string
		file elftest.File
		want []string // "act | how | seen"
		open []string
	}{
		{"nothing", elftest.File{Needed: libc, Imports: []string{"printf"}}, nil, nil},
		{"TCP by its arguments", elftest.File{Needed: libc, Imports: []string{"bind"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1, 0}}}},
			[]string{"speaks IP | 0 | calls socket(AF_INET, SOCK_STREAM)"}, nil},
		{"IPv6, close-on-exec", elftest.File{Needed: libc, Imports: []string{"connect"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{28, 0x10000002, 0}}}},
			[]string{"speaks IP | 0 | calls socket(AF_INET6, SOCK_DGRAM)"}, nil},
		{"28 is another family on Linux", elftest.File{Linux: true, Needed: libc, Imports: []string{"connect"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{10, 2, 0}}}},
			[]string{"speaks IP | 0 | calls socket(AF_INET6, SOCK_DGRAM)"}, nil},
		{"a socket for ioctl only", elftest.File{Needed: libc, Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 2, 0}}, {Name: "ioctl", Args: []int64{-1, 0xc0206921, -1}}}},
			[]string{"makes requests of the kernel whose meaning is not seen | 1 | imports ioctl"}, nil},
		{"UNIX only", elftest.File{Needed: libc, Imports: []string{"bind"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{1, 1, 0}}}},
			[]string{"opens UNIX sockets | 0 | calls socket(AF_UNIX, SOCK_STREAM)"}, nil},
		{"raw", elftest.File{Needed: libc, Imports: []string{"sendto"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 3, 1}}}},
			[]string{"speaks IP | 0 | calls socket(AF_INET, SOCK_RAW)",
				"opens raw sockets | 0 | calls socket(AF_INET, SOCK_RAW)"}, nil},
		{"a routing socket is raw and is none", elftest.File{Needed: libc, Imports: []string{"bind"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{17, 3, 0}}}},
			[]string{"opens a routing socket, to watch routes or to change them | 0 | calls socket(AF_ROUTE, SOCK_RAW)"}, nil},
		{"family from memory", elftest.File{Needed: libc, Imports: []string{"connect", "getaddrinfo"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{-1, -1, -1}}}},
			[]string{"speaks IP | 1 | imports socket and getaddrinfo", "looks up host names | 1 | imports getaddrinfo"},
			nil},
		{"family from memory, no address", elftest.File{Needed: libc, Imports: []string{"connect"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{-1, -1, -1}}}},
			[]string{"opens sockets of a family that could not be told | 1 | imports socket"}, nil},
		{"bluetooth", elftest.File{Needed: libc, Imports: []string{"bind"}, Calls: []elftest.Call{{Name: "socket", Args: []int64{36, 1, 0}}}},
			[]string{"opens sockets of another address family | 0 | calls socket(AF_BLUETOOTH, SOCK_STREAM)"}, nil},
		{"interface set-up", elftest.File{Needed: libc, Calls: []elftest.Call{{Name: "ioctl", Args: []int64{-1, 0x8020690c, -1}}}},
			[]string{"configures network interfaces | 0 | calls ioctl(SIOCSIFADDR)",
				"makes requests of the kernel whose meaning is not seen | 1 | imports ioctl"}, nil},
		{"multicast routing", elftest.File{Needed: libc, Calls: []elftest.Call{{Name: "setsockopt", Args: []int64{-1, 0, 100}}}},
			[]string{"routes multicast | 0 | calls setsockopt(MRT_INIT)"}, nil},
		{"System V IPC, memory, clock", elftest.File{Needed: libc, Imports: []string{"shmget", "mlockall", "clock_settime", "ntp_adjtime"}},
			[]string{"uses System V IPC | 1 | imports shmget", "locks memory | 1 | imports mlockall",
				"sets the clock | 1 | imports clock_settime",
				"reads or disciplines the clock | 1 | imports ntp_adjtime"}, nil},
		{"a library made for the network", elftest.File{Needed: libc, Imports: []string{"curl_easy_perform"}},
			[]string{"speaks IP | 1 | imports curl_easy_perform"}, nil},
		{"a device's name", elftest.File{Needed: libc, Text: "\x00/dev/tun%d\x00/dev/pfsync\x00/dev/iox"},
			[]string{"opens tunnel devices | 4 | names /dev/tun"}, nil},
		{"what can't be seen", elftest.File{Needed: []string{"libc.so.7", "libodd.so.3"},
			Imports: []string{"dlopen", "execve", "syscall"}}, nil,
			[]string{"it starts other programs (execve)", "it loads more code at run time (dlopen)",
				"it makes system calls by number (syscall)", "the library libodd.so.3 is not at hand"}},
		{"a library of the base system that speaks IP", elftest.File{Needed: []string{"libfetch.so.6", "libc.so.7"}},
			[]string{"speaks IP | 3 | is linked with libfetch.so.6 of the base system"}, nil},
	} {
		for _, arm64 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s arm64=%v", c.name, arm64), func(t *testing.T) {
				c.file.Arm64 = arm64
				r, dir := inspectIn(t, "/usr/local/sbin/made", one(c.file.Bytes()))
				require.Equal(t, "dynamic ELF", r.Kind)
				require.Equal(t, c.want, bare(r, dir))
				require.Equal(t, c.open, r.Open)
				require.Equal(t, len(c.open) == 0, r.Closed())
			})
		}
	}
}

func TestLibraries(t *testing.T) {
	lib := func(path string, f elftest.File) pkgtest.File { return pkgtest.File{Path: path, Data: f.Bytes()} }
	made := one(elftest.File{Needed: []string{"libown.so.1", "libother.so.2", "libc.so.7"},
		Imports: []string{"own_run", "other_run"}}.Bytes())
	made.Deps = []string{"other"}
	made.Files = append(made.Files,
		lib("/usr/local/lib/made/libown.so.1.0",
			elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"semget"}}),
		pkgtest.File{Path: "/usr/local/lib/made/libown.so.1", Link: "libown.so.1.0"})
	other := pkgtest.Package{Name: "other", Origin: "net/other", Provides: []string{"libother.so.2"},
		Deps: []string{"deep"}, Files: []pkgtest.File{
			lib("/usr/local/lib/libother.so.2", elftest.File{Needed: []string{"libdeep.so.1"},
				Imports: []string{"shmget"}})}}
	deep := pkgtest.Package{Name: "deep", Origin: "net/deep", Files: []pkgtest.File{
		lib("/usr/local/lib/libdeep.so.1", elftest.File{Imports: []string{"connect"},
			Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1}}}})}}
	r, dir := inspectIn(t, "/usr/local/sbin/made", made, other, deep)
	require.Equal(t, []string{
		"speaks IP | 3 | deep-1.0.pkg:/usr/local/lib/libdeep.so.1 | calls socket(AF_INET, SOCK_STREAM)",
		"uses System V IPC | 2 | made-1.0.pkg:/usr/local/lib/made/libown.so.1.0 | imports semget",
		"uses System V IPC | 3 | other-1.0.pkg:/usr/local/lib/libother.so.2 | imports shmget",
	}, show(r, dir))
	require.True(t, r.Closed())
	require.Len(t, r.Looked, 3)

	r, _ = inspectIn(t, "/usr/local/sbin/made", made, other)
	require.Equal(t, []string{"the library libdeep.so.1 is not at hand"}, r.Open)
	r, _ = inspectIn(t, "/usr/local/sbin/gone", made, other)
	require.Equal(t, "it is not in made-1.0.pkg", r.Missing)
	require.Empty(t, r.File)
}

func TestLinkIntoAnotherPackage(t *testing.T) {
	made := one(nil)
	made.Deps = []string{"real"}
	made.Files = []pkgtest.File{{Path: "/usr/local/sbin/made", Link: "../bin/real"}}
	r, dir := inspectIn(t, "/usr/local/sbin/made", made,
		pkgtest.Package{Name: "real", Origin: "net/real", Files: []pkgtest.File{
			{Path: "/usr/local/bin/real", Data: elftest.File{Needed: []string{"libc.so.7"},
				Imports: []string{"msgget"}}.Bytes()}}})
	require.Equal(t, []string{"uses System V IPC | 1 | real-1.0.pkg:/usr/local/bin/real | imports msgget"},
		show(r, dir))
}

// TestStatic: a program that is linked with nothing and has no symbols is one
// of which nothing can be told, whatever its headers look like.
func TestStatic(t *testing.T) {
	r, _ := inspectIn(t, "/usr/local/sbin/made", one(elftest.File{}.Bytes()))
	require.Equal(t, "static ELF", r.Kind)
	require.True(t, r.Blind)
	require.False(t, r.Closed())
}

func TestDamagedELF(t *testing.T) {
	whole := elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"shmget"},
		Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1}}}}.Bytes()
	for _, n := range []int{5, 64, 130, len(whole) / 2, len(whole) - 100} {
		r, _ := inspectIn(t, "/usr/local/sbin/made", one(whole[:n]))
		require.Equal(t, "damaged ELF", r.Kind, n)
		require.True(t, r.Blind)
		require.False(t, r.Closed())
	}
}

// TestHostileELF: a file that would unpack, copy or be read again without end
// is refused at once.
func TestHostileELF(t *testing.T) {
	le := binary.LittleEndian
	whole := func() []byte {
		return elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"shmget"},
			Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1}}}}.Bytes()
	}
	// heads gives each section's header.
	heads := func(b []byte) [][]byte {
		var out [][]byte
		for i := range int(le.Uint16(b[60:])) {
			out = append(out, b[int(le.Uint64(b[40:]))+64*i:][:64])
		}
		return out
	}
	const nameSection = 8 // .shstrtab
	for _, c := range []struct {
		name, want string
		spoil      func(b []byte) []byte
	}{
		{"many sections", "9999 sections, expected at most 1024", func(b []byte) []byte {
			le.PutUint16(b[60:], 9999)
			return b
		}},
		{"many sections, counted in the first", "70000 sections", func(b []byte) []byte {
			le.PutUint16(b[60:], 0)
			le.PutUint64(b[le.Uint64(b[40:])+32:], 70000)
			return b
		}},
		{"names without end", "bytes of section names", func(b []byte) []byte {
			le.PutUint64(heads(b)[nameSection][32:], 200<<10)
			return append(b, make([]byte, 200<<10)...)
		}},
		{"table outside", "outside the file", func(b []byte) []byte {
			le.PutUint64(b[40:], 1<<60)
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readELF(c.spoil(whole()))
			require.ErrorContains(t, err, "is not a valid ELF file: ")
			require.ErrorContains(t, err, c.want)
		})
	}

	// A packed section is taken as it stands, and never unpacked.
	b := whole()
	for _, h := range heads(b)[1:] {
		le.PutUint64(h[8:], le.Uint64(h[8:])|uint64(elf.SHF_COMPRESSED))
	}
	img, err := readELF(b)
	require.NoError(t, err)
	require.Equal(t, []string{"shmget", "socket"}, img.imports)

	// Sections that all are the whole file are read some times, not a thousand.
	f, err := openELF(whole())
	require.NoError(t, err)
	s := &elf.Section{SectionHeader: elf.SectionHeader{Type: elf.SHT_NOBITS, Size: 1000}}
	for err, n := error(nil), 0; err != errOverlap; n++ {
		require.Less(t, n, 100)
		_, err = f.data(s)
	}
}

// TestGo builds real programs for FreeBSD.
func TestGo(t *testing.T) {
	for _, c := range []struct {
		source string
		acts   []Act
		closed bool
	}{
		{"quiet", nil, true},
		{"netd", []Act{Inet, Local, Resolves, Locks}, false},
	} {
		t.Run(c.source, func(t *testing.T) {
			bin := filepath.Join(t.TempDir(), c.source)
			cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./testdata/"+c.source)
			cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH=amd64", "CGO_ENABLED=0")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			data, err := os.ReadFile(bin)
			require.NoError(t, err)
			r, _ := inspectIn(t, "/usr/local/sbin/made", one(data))
			require.Contains(t, r.Kind, "Go program github.com/svcjify/svcjify/lint/infer/program/testdata/"+c.source)
			for _, a := range Acts() {
				f, ok := r.Nearest(a)
				require.Equal(t, contains(c.acts, a), ok, "%s: %+v", a, f)
			}
			require.Equal(t, c.closed, r.Closed(), r.Open)
		})
	}
}

func contains(list []Act, a Act) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

func FuzzELF(f *testing.F) {
	f.Add(elftest.File{Needed: []string{"libc.so.7"}, Imports: []string{"shmget"},
		Calls: []elftest.Call{{Name: "socket", Args: []int64{2, 1}}}}.Bytes())
	f.Add(elftest.File{Arm64: true, Calls: []elftest.Call{{Name: "ioctl", Args: []int64{-1, 0x8020690c}}}}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := readELF(bytes.Clone(data))
		if err == nil {
			var r Report
			img.describe(&r, "x", Direct)
		}
	})
}

// goTable is a pclntab with its names.
func goTable(magic uint32, names string) []byte {
	b := make([]byte, 8+8*8)
	le := binary.LittleEndian
	le.PutUint32(b, magic)
	b[6], b[7] = 1, 8
	first, at := 3, uint64(len(b))
	if magic == 0xfffffffa {
		first = 2
	}
	le.PutUint64(b[8+8*first:], at)
	le.PutUint64(b[8+8*(first+1):], at+uint64(len(names)))
	return append(b, names...)
}

func TestGoTable(t *testing.T) {
	names := "main.main\x00net.Listen\x00"
	for _, magic := range []uint32{0xfffffff1, 0xfffffff0, 0xfffffffa} {
		require.Equal(t, names, string(functionNames(goTable(magic, names), binary.LittleEndian)))
	}
	require.Nil(t, functionNames(goTable(0xfffffffb, names), binary.LittleEndian),
		"Go 1.2 to 1.15 has no table of names")
	cut := goTable(0xfffffff1, names)
	require.Nil(t, functionNames(cut[:len(cut)-1], binary.LittleEndian))
	require.Nil(t, functionNames(cut[:20], binary.LittleEndian))
}

func FuzzGoTable(f *testing.F) {
	f.Add(goTable(0xfffffff1, "main.main\x00"))
	f.Add(goTable(0xfffffffa, "main.main\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		functionNames(data, binary.LittleEndian)
		functionNames(data, binary.BigEndian)
		goKind(data)
		crates(data)
		devices(data)
	})
}
