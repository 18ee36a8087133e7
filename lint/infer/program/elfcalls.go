package program

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// A call is a call of an imported function with those of its first three
// arguments that are constants.
type call struct {
	name  string
	args  [3]uint64
	known [3]bool
}

// watched are the functions whose arguments tell which act a call is.
var watched = set("socket ioctl setsockopt")

// maxCalls bounds how many calls of one file are kept.
const maxCalls = 4096

// findCalls looks at the machine code: where it calls a watched function, and
// which constants were put into the argument registers just before. What it
// can't tell stays unknown.
func findCalls(f *elfFile, symbols []symbol) (calls []call, cut bool, err error) {
	if f.Class != elf.ELFCLASS64 || f.ByteOrder != binary.LittleEndian {
		return nil, false, nil
	}
	slots, err := gotSlots(f, symbols)
	if err != nil || len(slots) == 0 {
		return nil, false, err
	}
	var find func(code []byte, at uint64, stubs map[uint64]string) []call
	var stubsOf func(code []byte, at uint64, slots map[uint64]string, out map[uint64]string)
	switch f.Machine {
	case elf.EM_X86_64:
		stubsOf, find = amd64Stubs, func(code []byte, at uint64, stubs map[uint64]string) []call {
			return amd64Calls(code, at, stubs, slots)
		}
	case elf.EM_AARCH64:
		stubsOf, find = arm64Stubs, arm64Calls
	default:
		return nil, false, nil
	}
	stubs := map[uint64]string{}
	var code []*elf.Section
	for _, s := range f.Sections {
		if s.Type == elf.SHT_PROGBITS && s.Flags&elf.SHF_EXECINSTR != 0 {
			code = append(code, s)
		}
	}
	for _, s := range code {
		if strings.HasPrefix(s.Name, ".plt") || s.Name == ".iplt" {
			b, err := f.data(s)
			if err != nil {
				return nil, false, err
			}
			stubsOf(b, s.Addr, slots, stubs)
		}
	}
	for _, s := range code {
		if strings.HasPrefix(s.Name, ".plt") {
			continue
		}
		b, err := f.data(s)
		if err != nil {
			return nil, false, err
		}
		calls = append(calls, find(b, s.Addr, stubs)...)
		if len(calls) >= maxCalls {
			return calls[:maxCalls], true, nil
		}
	}
	return calls, false, nil
}

// gotSlots is the addresses that the run-time linker fills with a watched function's.
func gotSlots(f *elfFile, symbols []symbol) (map[uint64]string, error) {
	out := map[uint64]string{}
	for _, s := range f.Sections {
		if s.Type != elf.SHT_RELA {
			continue
		}
		b, err := f.data(s)
		if err != nil {
			return nil, err
		}
		for ; len(b) >= 24; b = b[24:] {
			i := int(binary.LittleEndian.Uint64(b[8:]) >> 32) // Elf64_Rela.r_info
			if i > 0 && i <= len(symbols) && watched[symbols[i-1].name] {
				out[binary.LittleEndian.Uint64(b)] = symbols[i-1].name
			}
		}
	}
	return out, nil
}

// amd64Stubs finds the entries of a procedure linkage table, whose heart is jmp *slot(%rip).
func amd64Stubs(code []byte, at uint64, slots, out map[uint64]string) {
	for i := 0; i+6 <= len(code); i++ {
		if code[i] != 0xff || code[i+1] != 0x25 {
			continue
		}
		slot := at + uint64(i) + 6 + uint64(int64(int32(binary.LittleEndian.Uint32(code[i+2:]))))
		name, ok := slots[slot]
		if !ok {
			continue
		}
		start := at + uint64(i)
		out[start] = name
		out[start-4] = name // after endbr64
		out[start-5] = name // after endbr64 and the bnd prefix
	}
}

// window is how far before a call its arguments are looked for, in bytes.
const window = 96

// amd64Calls finds call rel32 to a stub, and call *slot(%rip).
func amd64Calls(code []byte, at uint64, stubs, slots map[uint64]string) []call {
	var out []call
	for i := 0; i+5 <= len(code) && len(out) < maxCalls; i++ {
		var name string
		switch {
		case code[i] == 0xe8 || code[i] == 0xe9:
			name = stubs[at+uint64(i)+5+uint64(int64(int32(binary.LittleEndian.Uint32(code[i+1:]))))]
		case code[i] == 0xff && i+6 <= len(code) && (code[i+1] == 0x15 || code[i+1] == 0x25):
			name = slots[at+uint64(i)+6+uint64(int64(int32(binary.LittleEndian.Uint32(code[i+2:]))))]
		}
		if name != "" {
			c := call{name: name}
			amd64Args(code[max(0, i-window):i], &c)
			out = append(out, c)
		}
	}
	return out
}

// amd64Args reads the instructions before a call. Where they begin is not
// known, but of the ways to read them those that end at the call agree soon:
// the one that starts first is taken.
func amd64Args(code []byte, c *call) {
	for start := range min(16, len(code)) {
		var list []x86asm.Inst
		pos := start
		for pos < len(code) {
			inst, err := x86asm.Decode(code[pos:], 64)
			if err != nil || inst.Len == 0 {
				break
			}
			list = append(list, inst)
			pos += inst.Len
		}
		if pos == len(code) {
			for _, inst := range list {
				amd64Step(inst, c)
			}
			return
		}
	}
}

// argRegs is the argument registers of the System V ABI, at each width.
var argRegs = [3][4]x86asm.Reg{
	{x86asm.RDI, x86asm.EDI, x86asm.DI, x86asm.DIB},
	{x86asm.RSI, x86asm.ESI, x86asm.SI, x86asm.SIB},
	{x86asm.RDX, x86asm.EDX, x86asm.DX, x86asm.DL},
}

// amd64Step follows constants through one instruction.
func amd64Step(inst x86asm.Inst, c *call) {
	switch inst.Op {
	case x86asm.CALL, x86asm.SYSCALL, x86asm.RET, x86asm.JMP:
		c.known = [3]bool{} // another call's arguments
		return
	case x86asm.CMP, x86asm.TEST, x86asm.PUSH, x86asm.NOP:
		return
	case x86asm.CDQ, x86asm.CQO, x86asm.MUL, x86asm.DIV, x86asm.IDIV:
		c.known[2] = false
		return
	}
	reg, ok := inst.Args[0].(x86asm.Reg)
	if !ok {
		return
	}
	for i, widths := range argRegs {
		if !slices.Contains(widths[:], reg) {
			continue
		}
		c.known[i] = false
		switch from := inst.Args[1].(type) {
		case x86asm.Imm:
			if inst.Op == x86asm.MOV && reg != widths[2] && reg != widths[3] {
				c.args[i], c.known[i] = uint64(uint32(from)), true
			}
		case x86asm.Reg:
			if inst.Op == x86asm.XOR && from == reg {
				c.args[i], c.known[i] = 0, true
			}
		}
	}
}

// arm64Stubs finds adrp x16, page; ldr x17, [x16, #offset].
func arm64Stubs(code []byte, at uint64, slots, out map[uint64]string) {
	for i := 0; i+8 <= len(code); i += 4 {
		adrp, ldr := binary.LittleEndian.Uint32(code[i:]), binary.LittleEndian.Uint32(code[i+4:])
		if adrp&0x9f00001f != 0x90000010 || ldr&0xffc003ff != 0xf9400211 {
			continue
		}
		imm := int64(adrp>>29&3|adrp>>5&0x7ffff<<2) << 43 >> 31 // 21 bits, signed, in pages
		slot := (at+uint64(i))&^0xfff + uint64(imm) + uint64(ldr>>10&0xfff)*8
		if name, ok := slots[slot]; ok {
			out[at+uint64(i)] = name
			out[at+uint64(i)-4] = name // after bti c
		}
	}
}

// arm64Calls finds bl and b to a stub.
func arm64Calls(code []byte, at uint64, stubs map[uint64]string) []call {
	var out []call
	for i := 0; i+4 <= len(code) && len(out) < maxCalls; i += 4 {
		w := binary.LittleEndian.Uint32(code[i:])
		if w&0x7c000000 != 0x14000000 {
			continue
		}
		name := stubs[at+uint64(i)+uint64(int64(int32(w<<6)>>6)*4)]
		if name == "" {
			continue
		}
		c := call{name: name}
		for j := max(0, i-window/2); j < i; j += 4 {
			arm64Step(binary.LittleEndian.Uint32(code[j:]), &c)
		}
		out = append(out, c)
	}
	return out
}

// arm64Step follows constants through one instruction.
func arm64Step(w uint32, c *call) {
	switch {
	case w&0x7c000000 == 0x14000000, w&0xfe000000 == 0xd6000000: // b, bl, br, blr, ret
		c.known = [3]bool{}
		return
	case w&0x0a000000 == 0x08000000 && w&0x00400000 == 0: // a store writes no register
		return
	case w&0x7e000000 == 0x34000000, w&0x7e000000 == 0x36000000, w&0xff000010 == 0x54000000: // cbz, tbz, b.cond
		return
	}
	d := w & 31
	if d > 2 {
		return
	}
	value, shift := uint64(w>>5&0xffff), w>>21&3*16
	switch {
	case w&0x7f800000 == 0x52800000: // movz
		c.args[d], c.known[d] = value<<shift, true
	case w&0x7f800000 == 0x72800000 && c.known[d]: // movk
		c.args[d] = c.args[d]&^(0xffff<<shift) | value<<shift
	case w&0x7fe0ffe0 == 0x2a1f03e0: // mov wd, wzr
		c.args[d], c.known[d] = 0, true
	default:
		c.known[d] = false
	}
}

// sockRaw is SOCK_RAW, the same on FreeBSD and Linux.
const sockRaw = 3

// families is the address families by number: sys/socket.h of FreeBSD, and of Linux.
var families = [2]map[uint64]struct {
	name string
	act  Act
}{
	{1: {"AF_UNIX", Local}, 2: {"AF_INET", Inet}, 28: {"AF_INET6", Inet}, 17: {"AF_ROUTE", Routes}, 38: {"AF_NETLINK", Routes},
		27: {"PF_KEY", IPsec}, 32: {"AF_NETGRAPH", Netgraph}, 36: {"AF_BLUETOOTH", OtherAF},
		40: {"AF_INET_SDP", OtherAF}, 43: {"AF_HYPERV", OtherAF}, 44: {"AF_DIVERT", Filters}},
	{1: {"AF_UNIX", Local}, 2: {"AF_INET", Inet}, 10: {"AF_INET6", Inet}, 16: {"AF_NETLINK", Routes}, 17: {"AF_PACKET", Captures},
		15: {"AF_KEY", IPsec}, 31: {"AF_BLUETOOTH", OtherAF}, 29: {"AF_CAN", OtherAF}},
}

func number(linux bool) int {
	if linux {
		return 1
	}
	return 0
}

func familyAct(n uint64, linux bool) (Act, bool) {
	f, ok := families[number(linux)][n]
	return f.act, ok
}

// requests is the ioctl(2) requests that say what a program does to the host:
// net/if.h's and net/if_tun.h's of FreeBSD, and Linux's.
var requests = [2]map[uint64]struct {
	name string
	act  Act
}{
	{0x8020690c: {"SIOCSIFADDR", Interfaces}, 0x80206910: {"SIOCSIFFLAGS", Interfaces}, 0x80206919: {"SIOCDIFADDR", Interfaces},
		0x8044692b: {"SIOCAIFADDR", Interfaces}, 0x8088691b: {"SIOCAIFADDR_IN6", Interfaces},
		0xc020697a: {"SIOCIFCREATE", Interfaces},
		0xc020697c: {"SIOCIFCREATE2", Interfaces}, 0x80206979: {"SIOCIFDESTROY", Interfaces},
		0x80206934: {"SIOCSIFMTU", Interfaces},
		0x80047460: {"TUNSIFHEAD", Tunnels}, 0x8004745e: {"TUNSIFMODE", Tunnels}, 0x8020426c: {"BIOCSETIF", Captures}},
	{0x8914: {"SIOCSIFFLAGS", Interfaces}, 0x8916: {"SIOCSIFADDR", Interfaces}, 0x8922: {"SIOCSIFMTU", Interfaces}, 0x400454ca: {"TUNSETIFF", Tunnels},
		0x890b: {"SIOCADDRT", Routes}, 0x890c: {"SIOCDELRT", Routes}},
}

// act says which act a call with these arguments is; socket's family is looked at elsewhere.
func (c call) act(linux bool) (Act, bool) {
	switch {
	case c.name == "ioctl" && c.known[1]:
		r, ok := requests[number(linux)][c.args[1]]
		return r.act, ok
	case c.name == "setsockopt" && c.known[1] && c.known[2] && (c.args[1] == 0 || c.args[1] == 41):
		// MRT_INIT of netinet/ip_mroute.h and MRT6_INIT.
		return Multicast, !linux && c.args[2] == 100 || linux && c.args[2] == 200
	}
	return "", false
}

// text writes the call as C would.
func (c call) text(linux bool) string {
	switch c.name {
	case "ioctl":
		return "ioctl(" + requests[number(linux)][c.args[1]].name + ")"
	case "setsockopt":
		return "setsockopt(MRT_INIT)"
	}
	family := families[number(linux)][c.args[0]].name
	if !c.known[1] {
		return "socket(" + family + ")"
	}
	kinds := []string{1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 4: "SOCK_RDM", 5: "SOCK_SEQPACKET"}
	if k := c.args[1] & 0xff; k > 0 && k < uint64(len(kinds)) {
		return "socket(" + family + ", " + kinds[k] + ")"
	}
	return fmt.Sprintf("socket(%s, %#x)", family, c.args[1])
}
