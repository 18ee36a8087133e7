// Package program looks at one program, or at the sources of one, and says what
// it was seen to do: facts, each with the file it stands in, and what was looked
// for and not found. It weighs nothing; package infer does.
//
// It runs nothing. Executables, scripts and sources are read as data whose
// writer is unknown: what is damaged gives a note in the report, never a panic.
package program

// An Act is something a program does that a service jail may refuse, or that
// tells which options it can do without.
type Act string

const (
	Inet       Act = "speaks IP"
	Sockets    Act = "opens sockets of a family that could not be told"
	Local      Act = "opens UNIX sockets"
	Resolves   Act = "looks up host names"
	Raw        Act = "opens raw sockets"
	OtherAF    Act = "opens sockets of another address family"
	SysV       Act = "uses System V IPC"
	Locks      Act = "locks memory"
	Clock      Act = "sets the clock"
	ClockState Act = "reads or disciplines the clock"
	Routes     Act = "opens a routing socket, to watch routes or to change them"
	Captures   Act = "captures packets with bpf(4)"
	Bhyve      Act = "controls bhyve machines"
	Tunnels    Act = "opens tunnel devices"
	Interfaces Act = "configures network interfaces"
	Filters    Act = "controls the packet filter"
	Multicast  Act = "routes multicast"
	IPsec      Act = "sets IPsec keys"
	Netgraph   Act = "controls netgraph"
	Mounts     Act = "mounts file systems"
	Modules    Act = "loads kernel modules"
	Jails      Act = "makes or enters jails"
	Power      Act = "reboots or halts the host"
	Swaps      Act = "changes swap space"
	Accounting Act = "controls accounting or auditing"
	NFS        Act = "serves NFS from the kernel"
	Realtime   Act = "asks for realtime priority"
	Processes  Act = "looks at the host's processes"
	Kernel     Act = "opens kernel memory or I/O ports"
	Controls   Act = "makes requests of the kernel whose meaning is not seen"
)

// Acts is every act that is looked for, in the order of a report.
func Acts() []Act {
	return []Act{
		Inet, Sockets, Local, Resolves, Raw, OtherAF, SysV, Locks, Clock, ClockState, Routes, Captures, Bhyve, Tunnels,
		Interfaces, Filters,
		Multicast, IPsec, Netgraph, Mounts, Modules, Jails, Power, Swaps, Accounting, NFS, Realtime, Processes, Kernel,
		Controls,
	}
}

// How says how near to the program itself an act was seen, the nearest first.
type How int

const (
	// Argument: the program's own code makes the call with arguments that say which act it is.
	Argument How = iota
	// Direct: the program's own code imports or holds the call.
	Direct
	// OwnLibrary: a library or module of the same package does.
	OwnLibrary
	// Library: a library of another package does; the program may never get there.
	Library
	// Text: only a name or a path stands in the file.
	Text
)

// A Fact is one act with where and how it was seen.
type Fact struct {
	Act Act
	How How
	// File is the path of the file, within its package if it has one; Line is 0 in a binary.
	File string
	Line int
	// Seen says in words what stands there: "imports shmget".
	Seen string
}

// A Report is all that was seen of one program.
type Report struct {
	// Program is the path that was asked for.
	Program string
	// File is where it was found; "" where it was not, and Missing says so.
	File, Missing string
	// Kind says what it is: "dynamic ELF", "Go", "Python script" ...
	Kind string
	// Facts is sorted by act, then by nearness.
	Facts []Fact
	// Looked is the files other than File that were read.
	Looked []string
	// Open says why something may be there that was not seen; where it is
	// empty, what was not seen is not there.
	Open []string
	// Sources is true for sources, which say nothing by what they lack.
	Sources bool
	// Blind is true where nothing can be said of such a file.
	Blind bool
}

// Nearest is how near an act was seen at best.
func (r *Report) Nearest(act Act) (Fact, bool) {
	var best Fact
	found := false
	for _, f := range r.Facts {
		if f.Act == act && (!found || f.How < best.How) {
			best, found = f, true
		}
	}
	return best, found
}

// Closed reports whether all of the program's code was seen, so that an act
// which was not found is not there.
func (r *Report) Closed() bool { return r.File != "" && !r.Blind && len(r.Open) == 0 }

// add notes a fact unless an equal one is there.
func (r *Report) add(act Act, how How, file string, line int, seen string) {
	for _, f := range r.Facts {
		if f.Act == act && f.How == how && f.File == file && f.Seen == seen {
			return
		}
	}
	r.Facts = append(r.Facts, Fact{Act: act, How: how, File: file, Line: line, Seen: seen})
}

// open notes why something may be unseen.
func (r *Report) open(why string) {
	for _, o := range r.Open {
		if o == why {
			return
		}
	}
	r.Open = append(r.Open, why)
}
