package program

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"slices"
	"strings"
)

// goActs says which act a function of the standard library or of a well-known
// module is. Go's linker leaves out what nothing refers to, so that a function
// which is there is one that the program may call.
var goActs = []struct {
	prefix string
	act    Act
}{
	{"net.(*sysListener).listenTCP", Inet}, {"net.(*sysListener).listenUDP", Inet}, {"net.(*sysDialer).dialTCP", Inet}, {"net.(*sysDialer).dialUDP", Inet},
	{"net.(*sysListener).listenUnix", Local}, {"net.(*sysDialer).dialUnix", Local},
	{"net.(*Resolver).", Resolves},
	{"net.ListenIP", Raw}, {"net.DialIP", Raw}, {"golang.org/x/net/icmp.ListenPacket", Raw}, {"golang.org/x/net/ipv4.NewRawConn", Raw},
	{"syscall.Mlock", Locks}, {"golang.org/x/sys/unix.Mlock", Locks},
	{"golang.org/x/sys/unix.SysvShmGet", SysV}, {"golang.org/x/sys/unix.shmget", SysV},
	{"syscall.Settimeofday", Clock}, {"syscall.Adjtimex", ClockState}, {"golang.org/x/sys/unix.Settimeofday", Clock},
	{"golang.org/x/sys/unix.ClockSettime", Clock}, {"golang.org/x/sys/unix.ClockAdjtime", ClockState}, {"golang.org/x/sys/unix.Adjtimex", ClockState},
	{"syscall.Mount", Mounts}, {"syscall.Unmount", Mounts}, {"golang.org/x/sys/unix.Mount", Mounts}, {"golang.org/x/sys/unix.Nmount", Mounts},
	{"golang.org/x/sys/unix.Unmount", Mounts}, {"github.com/hanwen/go-fuse/", Mounts}, {"bazil.org/fuse", Mounts}, {"github.com/jacobsa/fuse", Mounts}, {"github.com/winfsp/cgofuse/", Mounts},
	{"golang.org/x/sys/unix.InitModule", Modules}, {"golang.org/x/sys/unix.FinitModule", Modules}, {"syscall.Reboot", Power}, {"golang.org/x/sys/unix.Reboot", Power},
	{"golang.zx2c4.com/wireguard/tun.", Tunnels}, {"github.com/songgao/water.New", Tunnels},
	{"github.com/google/gopacket/pcap.", Captures}, {"github.com/gopacket/gopacket/pcap.", Captures},
	{"golang.org/x/net/route.FetchRIB", Routes}, {"github.com/vishvananda/netlink.RouteAdd", Routes},
	{"github.com/shirou/gopsutil/v3/process.", Processes}, {"github.com/shirou/gopsutil/v4/process.", Processes}, {"github.com/shirou/gopsutil/process.", Processes},
}

// The bounds of the function names; the largest Go programs have some 200,000 in 30 MB.
const (
	maxGoNames     = 128 << 20 // bytes
	maxGoFunctions = 2 << 20
)

// goFunctions is the names of all functions of a Go program, sorted, and nil
// for others. They stand in the table that the runtime needs for its stack
// traces, which strip(1) leaves: runtime.pclntab, whose head is described in
// the Go source at internal/abi and debug/gosym.
func goFunctions(f *elfFile) []string {
	var tab []byte
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} {
		if s := f.Section(name); s != nil && s.Type == elf.SHT_PROGBITS {
			if b, err := f.data(s); err == nil {
				tab = b
			}
		}
	}
	names := functionNames(tab, f.ByteOrder)
	if names == nil {
		return nil
	}
	var out []string
	for n := range strings.SplitSeq(string(names), "\x00") {
		if strings.IndexByte(n, '.') > 0 {
			if len(out) == maxGoFunctions {
				return nil // no program that a FreeBSD system runs
			}
			out = append(out, n)
		}
	}
	slices.Sort(out)
	if _, ok := slices.BinarySearch(out, "runtime.main"); !ok {
		return nil // the names were made unreadable
	}
	return slices.Compact(out)
}

// functionNames cuts the names out of a pclntab: of Go 1.16, 1.18, or 1.20 and later.
func functionNames(tab []byte, order binary.ByteOrder) []byte {
	if len(tab) < 8 {
		return nil
	}
	size := int(tab[7]) // of a pointer
	if size != 4 && size != 8 || tab[4] != 0 || tab[5] != 0 {
		return nil
	}
	word := func(i int) uint64 {
		at := 8 + i*size
		if at+size > len(tab) {
			return 0
		}
		if size == 4 {
			return uint64(order.Uint32(tab[at:]))
		}
		return order.Uint64(tab[at:])
	}
	var from, to uint64
	switch order.Uint32(tab) {
	case 0xfffffff1, 0xfffffff0: // nfunc, nfiles, textStart, funcnameOffset, cuOffset
		from, to = word(3), word(4)
	case 0xfffffffa: // nfunc, nfiles, funcnameOffset, cuOffset
		from, to = word(2), word(3)
	}
	if from == 0 || from >= to || to > uint64(len(tab)) || to-from > maxGoNames {
		return nil
	}
	return tab[from:to]
}

// goKind says that it is Go, and which module and version it was built from.
func goKind(data []byte) string {
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil || info.Path == "" {
		return "Go program"
	}
	return "Go program " + info.Path + ", " + info.GoVersion
}

// describeGo notes what a Go program holds.
func (img *image) describeGo(r *Report, file string, how How) {
	if len(img.gofuncs) == 0 {
		return
	}
	for _, a := range goActs {
		i, _ := slices.BinarySearch(img.gofuncs, a.prefix)
		if i < len(img.gofuncs) && strings.HasPrefix(img.gofuncs[i], a.prefix) {
			r.add(a.act, how, file, 0, "holds "+img.gofuncs[i])
		}
	}
	for _, name := range []string{"os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec"} {
		if _, ok := slices.BinarySearch(img.gofuncs, name); ok {
			r.open("it starts other programs (" + name + ")")
			break
		}
	}
	if _, ok := slices.BinarySearch(img.gofuncs, "plugin.open"); ok {
		r.open("it loads more code at run time (plugin.open)")
	}
}
