package program

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
)

// debug/elf is not made for hostile input: it unpacks a packed section at once,
// and copies a name for each section and symbol that points to it. What follows
// keeps a file of some megabytes from taking all memory or all day.

// The bounds of one ELF file. Large real programs have 60 sections and 20,000
// dynamic symbols; of a mangled name the beginning tells enough.
const (
	maxSections     = 1024
	maxSectionNames = 128 << 10 // bytes of all their names
	maxSymbols      = 1 << 20
	maxSymbolName   = 128
)

// boundELF refuses a file whose section headers alone would cost too much, and
// takes the mark of a packed section off all that have it, in data itself:
// nothing of interest is packed, and nobody unpacks it then.
func boundELF(data []byte) error {
	if len(data) < 52 {
		return errors.New("is cut off in its header")
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(data[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	wide := elf.Class(data[elf.EI_CLASS]) == elf.ELFCLASS64
	if wide && len(data) < 64 {
		return errors.New("is cut off in its header")
	}
	half := func(at uint64) uint64 { return uint64(order.Uint16(data[at:])) }
	// Elf64_Shdr and Elf32_Shdr: the offsets of sh_flags, sh_size, sh_link, and the whole.
	flags, size, link, whole := uint64(8), uint64(20), uint64(24), uint64(40)
	table, entry, count, names := uint64(order.Uint32(data[32:])), half(46), half(48), half(50)
	if wide {
		flags, size, link, whole = 8, 32, 40, 64
		table, entry, count, names = order.Uint64(data[40:]), half(58), half(60), half(62)
	}
	if table == 0 {
		return nil
	}
	length := uint64(len(data))
	if table > length || length-table < whole || entry < whole {
		return errors.New("has its table of sections outside the file")
	}
	sizeAt := func(head uint64) uint64 {
		if wide {
			return order.Uint64(data[head+size:])
		}
		return uint64(order.Uint32(data[head+size:]))
	}
	if count == 0 { // Extended numbering of gABI: they stand in the first header.
		count = sizeAt(table)
	}
	if names == uint64(elf.SHN_XINDEX) {
		names = uint64(order.Uint32(data[table+link:]))
	}
	if count > maxSections {
		return fmt.Errorf("has %d sections, expected at most %d", count, maxSections)
	}
	if count*entry > length-table {
		return errors.New("has its table of sections outside the file")
	}
	for i := range count {
		head := table + i*entry
		at := head + flags // of a wide big-endian word the low half stands last
		if wide && order == binary.BigEndian {
			at += 4
		}
		order.PutUint32(data[at:], order.Uint32(data[at:])&^uint32(elf.SHF_COMPRESSED))
		if n := sizeAt(head); i == names && n > maxSectionNames {
			return fmt.Errorf("has %d bytes of section names, expected at most %d", n, maxSectionNames)
		}
	}
	return nil
}

// An elfFile reads sections until they sum up to more than a file can hold
// that is not made to be read again and again.
type elfFile struct {
	*elf.File
	left uint64 // bytes that may still be read
}

// openELF opens a file within the bounds.
func openELF(data []byte) (*elfFile, error) {
	if err := boundELF(data); err != nil {
		return nil, err
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return &elfFile{f, 8 * uint64(len(data))}, nil
}

// errOverlap is for sections that lie over one another many times.
var errOverlap = errors.New("has sections that overlap")

// data is a section's content.
func (f *elfFile) data(s *elf.Section) ([]byte, error) {
	if s.Size > f.left {
		return nil, errOverlap
	}
	f.left -= s.Size
	return s.Data()
}

// linked is the content of a section and of the table of strings that belongs to it.
func (f *elfFile) linked(s *elf.Section) (content, names []byte, err error) {
	if s.Link == 0 || int(s.Link) >= len(f.Sections) {
		return nil, nil, errors.New("has a section without its table of strings")
	}
	if content, err = f.data(s); err != nil {
		return nil, nil, err
	}
	names, err = f.data(f.Sections[s.Link])
	return content, names, err
}

// A symbol is the part of Elf64_Sym that is of use here.
type symbol struct {
	name    string
	typ     elf.SymType
	section elf.SectionIndex
}

// symbols reads SHT_DYNSYM or SHT_SYMTAB, without the null symbol at its
// beginning; none where the file has no such section.
func (f *elfFile) symbols(typ elf.SectionType) ([]symbol, error) {
	s := f.SectionByType(typ)
	if s == nil {
		return nil, nil
	}
	content, names, err := f.linked(s)
	if err != nil {
		return nil, err
	}
	size := 16
	if f.Class == elf.ELFCLASS64 {
		size = 24
	}
	if n := len(content) / size; n > maxSymbols {
		return nil, fmt.Errorf("has %d symbols, expected at most %d", n, maxSymbols)
	}
	var out []symbol
	for i := size; i+size <= len(content); i += size {
		e := content[i : i+size]
		info, section := e[12], e[14:]
		if f.Class == elf.ELFCLASS64 {
			info, section = e[4], e[6:]
		}
		out = append(out, symbol{
			name: stringAt(names, uint64(f.ByteOrder.Uint32(e))),
			typ:  elf.ST_TYPE(info), section: elf.SectionIndex(f.ByteOrder.Uint16(section)),
		})
	}
	return out, nil
}

// needed is the shared libraries of DT_NEEDED.
func (f *elfFile) needed() ([]string, error) {
	s := f.SectionByType(elf.SHT_DYNAMIC)
	if s == nil {
		return nil, nil
	}
	content, names, err := f.linked(s)
	if err != nil {
		return nil, err
	}
	word := func(b []byte) uint64 { return uint64(f.ByteOrder.Uint32(b)) }
	size := 4
	if f.Class == elf.ELFCLASS64 {
		word, size = f.ByteOrder.Uint64, 8
	}
	var out []string
	for i := 0; i+2*size <= len(content); i += 2 * size {
		switch elf.DynTag(word(content[i:])) {
		case elf.DT_NULL:
			return out, nil
		case elf.DT_NEEDED:
			if len(out) == maxLibraries {
				return nil, fmt.Errorf("needs more than %d libraries", maxLibraries)
			}
			out = append(out, stringAt(names, word(content[i+size:])))
		}
	}
	return out, nil
}

// stringAt is the string that begins at a place of a table; of a long one, the
// beginning.
func stringAt(table []byte, at uint64) string {
	if at >= uint64(len(table)) {
		return ""
	}
	b := table[at:min(uint64(len(table)), at+maxSymbolName)]
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	return string(b)
}
