package program

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// An image is what one ELF file says of itself.
type image struct {
	kind string
	// linux is true for a file built for Linux, whose numbers differ.
	linux bool
	// needed is the DT_NEEDED libraries; imports the undefined dynamic symbols, sorted.
	needed, imports []string
	// calls is the calls whose arguments were looked at; cut is true where there are more.
	calls []call
	cut   bool
	// devices is the device nodes that are named in it.
	devices []string
	// static is true without needed libraries; symbols is the functions of
	// such a file, as far as the symbol table was left in.
	static  bool
	symbols []string
	// crates is the crates of Rust that are known and whose code is in it.
	crates []crateAct
	// gofuncs is the functions of a Go program, sorted.
	gofuncs []string
}

// elfMagic begins every ELF file.
var elfMagic = []byte(elf.ELFMAG)

// readELF looks at an executable or a shared library, whose data it may change.
func readELF(data []byte) (img *image, err error) {
	// debug/elf promises errors and not panics, as does the disassembler; the
	// one file that proves otherwise must not end the run.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("is not a valid ELF file: %v", p)
		}
	}()
	f, err := openELF(data)
	if err != nil {
		return nil, fmt.Errorf("is not a valid ELF file: %w", err)
	}
	img = &image{kind: "dynamic ELF", linux: f.OSABI != elf.ELFOSABI_FREEBSD && !noteFreeBSD(f.File)}
	if img.needed, err = f.needed(); err != nil {
		return nil, fmt.Errorf("is not a valid ELF file: %w", err)
	}
	// A program that is linked with nothing is static, and be it that it has a
	// dynamic section because it can be loaded anywhere.
	img.static = len(img.needed) == 0
	if img.gofuncs = goFunctions(f); img.gofuncs != nil {
		img.kind = goKind(data)
	} else if img.static {
		img.kind = "static ELF"
		img.symbols = staticSymbols(f)
	}
	img.devices = devices(data)
	if crates, rust := crates(data); rust {
		img.kind, img.crates = "Rust program, "+img.kind, crates
	}
	symbols, err := f.symbols(elf.SHT_DYNSYM)
	if err != nil {
		return nil, fmt.Errorf("is not a valid ELF file: %w", err)
	}
	if len(img.needed) > 0 && f.SectionByType(elf.SHT_DYNSYM) == nil {
		return nil, errors.New("is not a valid ELF file: it has libraries and no dynamic symbols")
	}
	for _, s := range symbols {
		if s.section == elf.SHN_UNDEF && s.name != "" {
			img.imports = append(img.imports, s.name)
		}
	}
	slices.Sort(img.imports)
	img.imports = slices.Compact(img.imports)
	if img.calls, img.cut, err = findCalls(f, symbols); err != nil {
		return nil, fmt.Errorf("is not a valid ELF file: %w", err)
	}
	return img, nil
}

// noteFreeBSD looks for the note that FreeBSD's linker and Go leave.
func noteFreeBSD(f *elf.File) bool {
	for _, p := range f.Progs {
		if p.Type != elf.PT_NOTE || p.Filesz > 1<<16 {
			continue
		}
		b := make([]byte, p.Filesz)
		if n, _ := p.ReadAt(b, 0); bytes.Contains(b[:n], []byte("FreeBSD\x00")) {
			return true
		}
	}
	return false
}

// devices is the device nodes whose path stands in the file, each at a word's
// beginning: in a table of strings, or inside a format.
func devices(data []byte) []string {
	var out []string
	rest := data
	for {
		i := bytes.Index(rest, []byte("/dev/"))
		if i < 0 {
			return out
		}
		for _, d := range devicePaths {
			after := rest[min(len(rest), i+len(d.path)):]
			if bytes.HasPrefix(rest[i:], []byte(d.path)) && (len(after) == 0 || !isLetter(after[0])) &&
				!slices.Contains(out, d.path) {
				out = append(out, d.path)
			}
		}
		rest = rest[i+5:]
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// describe notes what the image shows; how is for a call without arguments.
func (img *image) describe(r *Report, file string, how How) {
	imported := func(name string) bool { _, ok := slices.BinarySearch(img.imports, name); return ok }
	argument := how
	if how == Direct {
		argument = Argument
	}
	unknown := img.describeSockets(r, file, argument)
	names := intersect(img.imports, inetNames)
	moves := len(intersect(img.imports, transferNames)) > 0
	switch {
	case !imported("socket") && !imported("__xnet_socket"):
	case unknown && len(names) > 0 && moves:
		r.add(Inet, how, file, 0, "imports socket and "+strings.Join(first(names, 3), ", "))
	case unknown && moves:
		r.add(Sockets, how, file, 0, "imports socket")
	}
	for _, name := range img.imports {
		if act, ok := symbolAct(name); ok {
			r.add(act, how, file, 0, "imports "+name)
		}
		if inetAPIName(name) {
			r.add(Inet, how, file, 0, "imports "+name)
		}
	}
	for _, name := range first(intersect(img.imports, resolverNames), 1) {
		r.add(Resolves, how, file, 0, "imports "+name)
	}
	for _, d := range img.devices {
		r.add(deviceAct(d), Text, file, 0, "names "+d)
	}
	for _, c := range img.crates {
		r.add(c.act, Text, file, 0, "holds code of the crate "+c.name)
	}
	for _, c := range img.calls {
		if act, ok := c.act(img.linux); ok {
			r.add(act, argument, file, 0, "calls "+c.text(img.linux))
		}
	}
	img.describeGo(r, file, how)
	if how == Direct && img.static && len(img.gofuncs) == 0 {
		img.describeStatic(r, file)
	}
	img.describeOpen(r, file, how)
}

// describeSockets notes the families that arguments tell, and whether a call is
// left of which they do not.
func (img *image) describeSockets(r *Report, file string, how How) (unknown bool) {
	moves := len(intersect(img.imports, transferNames)) > 0
	seen := 0
	for _, c := range img.calls {
		if c.name != "socket" {
			continue
		}
		seen++
		if !c.known[0] {
			unknown = true
			if c.known[1] && c.args[1]&0xff == sockRaw {
				r.add(Raw, how, file, 0, "calls socket(?, SOCK_RAW)")
			}
			continue
		}
		act, ok := familyAct(c.args[0], img.linux)
		if !ok || act == Inet && !moves {
			continue // a socket for ioctl(2) only
		}
		r.add(act, how, file, 0, "calls "+c.text(img.linux))
		if act == Inet && c.known[1] && c.args[1]&0xff == sockRaw {
			r.add(Raw, how, file, 0, "calls "+c.text(img.linux))
		}
	}
	return unknown || seen == 0
}

// tidyLoaders are libraries that load code which does nothing of interest:
// OpenSSL's providers, iconv's tables, and what finds the libraries of debuggers.
var tidyLoaders = set("libcrypto libssl libiconv libicuuc libunwind libexecinfo libltdl libgmodule-2")

// describeOpen notes what of the program was not seen. That a library of
// another package can start programs is no sign that this one does; what such
// a library loads for its own use the program does not ask for, and it stays unseen.
func (img *image) describeOpen(r *Report, file string, how How) {
	who, name := "it", path.Base(file)
	if how != Direct {
		who = "its library " + name
	}
	if img.cut {
		r.open(who + " makes more calls than are looked at")
	}
	names := intersect(img.imports, spawnNames)
	if len(names) > 0 && how != Library {
		r.open(who + " starts other programs (" + names[0] + ")")
	}
	names = intersect(img.imports, loadNames)
	if plain, _, _ := strings.Cut(name, ".so"); len(names) > 0 && (how != Library || !tidyLoaders[plain]) {
		r.open(who + " loads more code at run time (" + names[0] + ")")
	}
	if how != Library && (slices.Contains(img.imports, "syscall") || slices.Contains(img.imports, "__syscall")) {
		r.open(who + " makes system calls by number (syscall)")
	}
}

// staticSymbols is the functions of a static program that was not stripped.
func staticSymbols(f *elfFile) []string {
	list, err := f.symbols(elf.SHT_SYMTAB)
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range list {
		if s.typ == elf.STT_FUNC && s.section != elf.SHN_UNDEF {
			out = append(out, s.name)
		}
	}
	slices.Sort(out)
	return out
}

// describeStatic says what can honestly be said of a static program: that a
// function was linked in. libc brings sockets along with its resolver and
// syslog(3), so those say nothing; and without a symbol table nothing is known.
func (img *image) describeStatic(r *Report, file string) {
	if len(img.symbols) == 0 {
		r.Blind = len(img.crates) == 0
		r.open("it is a static program without symbols, which shows no calls")
		return
	}
	for _, name := range img.symbols {
		if act, ok := symbolAct(strings.TrimLeft(name, "_")); ok &&
			(act == SysV || act == Locks || act == Clock || act == Modules || act == Power) {
			r.add(act, Library, file, 0, "is statically linked with "+name)
		}
	}
	r.open("it is a static program: a function that is linked in need not be called")
}

func intersect(list []string, words map[string]bool) []string {
	var out []string
	for _, w := range list {
		if words[w] {
			out = append(out, w)
		}
	}
	return out
}

func first(list []string, n int) []string { return list[:min(n, len(list))] }
