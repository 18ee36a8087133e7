// Package elftest writes small dynamic ELF files for tests: as much of one as a
// reader of symbols, needed libraries and calls looks at. They do not run.
package elftest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// A File is what is written, for FreeBSD on amd64 or arm64.
type File struct {
	Arm64 bool
	// Linux leaves FreeBSD's mark out.
	Linux bool
	// Needed is the libraries, Imports the symbols other than those of Calls.
	Needed, Imports []string
	Calls           []Call
	// Text stands in .rodata.
	Text string
}

// A Call is a call through the procedure linkage table; an argument below 0 is
// one that the code takes from memory.
type Call struct {
	Name string
	Args []int64
}

const (
	codeAddr = 0x10000
	pltAddr  = 0x20000
	gotAddr  = 0x30000
)

// Bytes is the file.
func (f File) Bytes() []byte {
	names := append([]string{}, f.Imports...)
	for _, c := range f.Calls {
		names = append(names, c.Name)
	}
	strtab, offset := []byte{0}, map[string]uint32{}
	intern := func(s string) uint32 {
		if _, ok := offset[s]; !ok {
			offset[s] = uint32(len(strtab))
			strtab = append(append(strtab, s...), 0)
		}
		return offset[s]
	}
	le := binary.LittleEndian
	dynsym := make([]byte, 24)
	index := map[string]int{}
	for _, n := range names {
		if _, ok := index[n]; ok {
			continue
		}
		index[n] = len(dynsym) / 24
		sym := make([]byte, 24)
		le.PutUint32(sym, intern(n))
		sym[4] = elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC)
		dynsym = append(dynsym, sym...)
	}
	var dynamic []byte
	for _, n := range f.Needed {
		dynamic = le.AppendUint64(le.AppendUint64(dynamic, uint64(elf.DT_NEEDED)), uint64(intern(n)))
	}
	dynamic = append(dynamic, make([]byte, 16)...)
	var rela, plt, code []byte
	stub := map[string]uint64{}
	for _, c := range f.Calls {
		if _, ok := stub[c.Name]; !ok {
			slot := gotAddr + 8*uint64(len(stub))
			stub[c.Name] = pltAddr + uint64(len(plt))
			rela = le.AppendUint64(le.AppendUint64(le.AppendUint64(rela, slot), uint64(index[c.Name])<<32|7), 0)
			plt = append(plt, f.stub(pltAddr+uint64(len(plt)), slot)...)
		}
	}
	for _, c := range f.Calls {
		code = f.call(code, c.Args, stub[c.Name])
	}
	return f.assemble(strtab, dynsym, dynamic, rela, plt, code)
}

// stub is one entry of the procedure linkage table.
func (f File) stub(at, slot uint64) []byte {
	le := binary.LittleEndian
	if f.Arm64 { // adrp x16, page; ldr x17, [x16, #off]; add x16, x16, #off; br x17
		pages := uint32(slot>>12 - at>>12)
		b := le.AppendUint32(nil, 0x90000010|pages&3<<29|pages>>2<<5)
		b = le.AppendUint32(b, 0xf9400211|uint32(slot&0xfff)/8<<10)
		return le.AppendUint32(le.AppendUint32(b, 0x91000210), 0xd61f0220)
	}
	b := le.AppendUint32([]byte{0xff, 0x25}, uint32(slot-at-6)) // jmp *slot(%rip)
	return append(b, 0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0)
}

// call appends the code of one call.
func (f File) call(code []byte, args []int64, to uint64) []byte {
	le := binary.LittleEndian
	for i, a := range args {
		switch {
		case f.Arm64 && a < 0:
			code = le.AppendUint32(code, 0xb9400260|uint32(i)) // ldr wi, [x19]
		case f.Arm64:
			code = le.AppendUint32(code, 0x52800000|uint32(a&0xffff)<<5|uint32(i))
			if a > 0xffff {
				code = le.AppendUint32(code, 0x72a00000|uint32(a>>16)<<5|uint32(i))
			}
		case a < 0:
			code = append(code, 0x8b, []byte{0x3b, 0x33, 0x13}[i]) // mov (%rbx), %edi ...
		default:
			code = le.AppendUint32(append(code, []byte{0xbf, 0xbe, 0xba}[i]), uint32(a))
		}
	}
	at := codeAddr + uint64(len(code))
	if f.Arm64 {
		return le.AppendUint32(code, 0x94000000|uint32((to-at)/4)&0x3ffffff)
	}
	return le.AppendUint32(append(code, 0xe8), uint32(to-at-5))
}

// assemble lays out the file: header, program header, sections, their table.
func (f File) assemble(strtab, dynsym, dynamic, rela, plt, code []byte) []byte {
	type section struct {
		name         string
		typ          elf.SectionType
		flags        elf.SectionFlag
		addr         uint64
		data         []byte
		link         uint32
		info, entity uint64
	}
	sections := []section{
		{},
		{name: ".dynsym", typ: elf.SHT_DYNSYM, flags: elf.SHF_ALLOC, data: dynsym, link: 2, info: 1, entity: 24},
		{name: ".dynstr", typ: elf.SHT_STRTAB, flags: elf.SHF_ALLOC, data: strtab},
		{name: ".rela.plt", typ: elf.SHT_RELA, flags: elf.SHF_ALLOC, data: rela, link: 1, entity: 24},
		{name: ".plt", typ: elf.SHT_PROGBITS, flags: elf.SHF_ALLOC | elf.SHF_EXECINSTR, addr: pltAddr, data: plt},
		{name: ".text", typ: elf.SHT_PROGBITS, flags: elf.SHF_ALLOC | elf.SHF_EXECINSTR, addr: codeAddr, data: code},
		{name: ".rodata", typ: elf.SHT_PROGBITS, flags: elf.SHF_ALLOC, data: []byte(f.Text)},
		{name: ".dynamic", typ: elf.SHT_DYNAMIC, flags: elf.SHF_ALLOC, data: dynamic, link: 2, entity: 16},
		{name: ".shstrtab", typ: elf.SHT_STRTAB},
	}
	names := []byte{0}
	at := make([]uint32, len(sections))
	for i := 1; i < len(sections); i++ {
		at[i] = uint32(len(names))
		names = append(append(names, sections[i].name...), 0)
	}
	sections[len(sections)-1].data = names
	const head = 64 + 56
	var body bytes.Buffer
	heads := make([]elf.Section64, len(sections))
	var program elf.Prog64
	for i, s := range sections[1:] {
		off := uint64(head + body.Len())
		heads[i+1] = elf.Section64{
			Name: at[i+1], Type: uint32(s.typ), Flags: uint64(s.flags), Addr: s.addr, Off: off,
			Size: uint64(len(s.data)),
			Link: s.link, Info: uint32(s.info), Addralign: 1, Entsize: s.entity,
		}
		if s.typ == elf.SHT_DYNAMIC {
			program = elf.Prog64{Type: uint32(elf.PT_DYNAMIC), Off: off, Filesz: uint64(len(s.data)),
				Memsz: uint64(len(s.data))}
		}
		body.Write(s.data)
	}
	h := elf.Header64{
		Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64,
		Shoff:  uint64(head + body.Len()),
		Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64, Shnum: uint16(len(sections)),
		Shstrndx: uint16(len(sections) - 1),
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA], h.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64),
		byte(elf.ELFDATA2LSB), 1
	if !f.Linux {
		h.Ident[elf.EI_OSABI] = byte(elf.ELFOSABI_FREEBSD)
	}
	if f.Arm64 {
		h.Machine = uint16(elf.EM_AARCH64)
	}
	var out bytes.Buffer
	for _, v := range []any{h, program, body.Bytes(), heads} {
		if err := binary.Write(&out, binary.LittleEndian, v); err != nil {
			panic(err) // a bytes.Buffer takes everything
		}
	}
	return out.Bytes()
}
