package program

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// Sources is a directory of a program's sources, as `make extract` leaves it in WRKSRC.
type Sources struct {
	dir  string
	root *os.Root
	once sync.Once
	seen *Report
}

// The bounds of what is read of one source tree.
const (
	maxSources    = 60_000
	maxSourceSize = 4 << 20
	maxSourceAll  = 512 << 20
)

// OpenSources takes a directory of sources.
func OpenSources(dir string) (*Sources, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %w", dir, message.Reason(err))
	}
	return &Sources{dir: dir, root: root}, nil
}

// cSource matches the names of C and C++ sources.
var cSource = lazyregexp.New(`\.(c|cc|cpp|cxx|h|hh|hpp)$`)

// otherSystem matches directories with code for other systems than FreeBSD.
var otherSystem = lazyregexp.New(`(?i)(^|[/_.-])(linux|win(32|dows|nt)?|solaris|darwin|macos(x)?|android|aix|hpux|openbsd|netbsd|haiku)([/_.-]|$)`)

// Report reads the sources once. Their programs can't be told apart, so that
// no fact is nearer than what a library of the program would be.
func (s *Sources) Report() *Report {
	s.once.Do(func() { s.seen = s.read() })
	return s.seen
}

func (s *Sources) read() *Report {
	r := &Report{Program: s.dir, File: s.dir, Kind: "directory of sources", Sources: true}
	r.open("sources hold what is not built, and lack what is linked")
	n, size := 0, int64(0)
	err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.open(path.Join(s.dir, name) + " could not be read")
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && name != "." && (otherPurpose.MatchString(name) || strings.HasPrefix(path.Base(name), ".")):
			return fs.SkipDir
		case !d.Type().IsRegular() || otherSystem.MatchString(name):
			return nil
		}
		var l *language
		if !cSource.MatchString(name) {
			if l = byExtension(name); l == nil {
				return nil
			}
		}
		if n++; n > maxSources || size > maxSourceAll {
			r.open("there are more sources than are read")
			return fs.SkipAll
		}
		text, err := s.readFile(name)
		if err != nil {
			r.open(path.Join(s.dir, name) + " could not be read")
			return nil
		}
		size += int64(len(text))
		where := filepath.ToSlash(filepath.Join(s.dir, name))
		if l != nil {
			l.describe(r, where, text, OwnLibrary)
			return nil
		}
		describeC(r, where, text)
		return nil
	})
	if err != nil {
		r.open("reading the sources: " + err.Error())
	}
	r.Looked = []string{s.dir + ": " + plural(min(n, maxSources), "source file")}
	r.Blind = n == 0
	sortFacts(r)
	return r
}

func byExtension(name string) *language {
	for _, l := range languages {
		if l.extension.MatchString(name) {
			return l
		}
	}
	return nil
}

func (s *Sources) readFile(name string) ([]byte, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSourceSize+1))
	if err == nil && len(text) > maxSourceSize {
		err = fmt.Errorf("more than %d bytes", maxSourceSize)
	}
	return text, err
}

// plainWords are calls whose name is a common word, so that a program's own
// function may be meant.
var plainWords = set("mount unmount umount jail acct reboot stime openproc")

// describeC notes the calls in a C source.
func describeC(r *Report, file string, text []byte) {
	for _, c := range scanC(text) {
		arg := func(i int) string {
			if i < len(c.args) {
				return c.args[i]
			}
			return ""
		}
		seen := "calls " + message.Clip(c.name+"("+strings.Join(c.args, ", ")+")", 80)
		switch {
		case c.name == "socket":
			family := strings.TrimPrefix(strings.TrimPrefix(arg(0), "AF_"), "PF_")
			act, ok := map[string]Act{"INET": Inet, "INET6": Inet, "UNIX": Local, "LOCAL": Local, "ROUTE": Routes,
				"KEY": IPsec, "NETGRAPH": Netgraph, "BLUETOOTH": OtherAF, "DIVERT": Filters}[family]
			if !ok {
				act = Sockets
			}
			if act == Inet && strings.Contains(arg(1), "SOCK_RAW") {
				r.add(Raw, OwnLibrary, file, c.line, seen)
			}
			r.add(act, OwnLibrary, file, c.line, seen)
		case c.name == "ioctl":
			for _, q := range requests[0] {
				if arg(1) == q.name {
					r.add(q.act, OwnLibrary, file, c.line, seen)
				}
			}
		case c.name == "setsockopt" && (arg(2) == "MRT_INIT" || arg(2) == "MRT6_INIT"):
			r.add(Multicast, OwnLibrary, file, c.line, seen)
		case c.name == namesDevice:
			for _, name := range devices([]byte(arg(0))) {
				r.add(deviceAct(name), Text, file, c.line, "names "+message.Clip(arg(0), 80))
			}
		case c.name == "open":
			for _, name := range devices([]byte(arg(0))) {
				r.add(deviceAct(name), OwnLibrary, file, c.line, seen)
			}
		case inetAPIName(c.name):
			r.add(Inet, OwnLibrary, file, c.line, seen)
		case resolverNames[c.name]:
			r.add(Resolves, OwnLibrary, file, c.line, seen)
		default:
			if act, ok := symbolAct(c.name); ok {
				how := OwnLibrary
				if plainWords[c.name] {
					how = Text
				}
				r.add(act, how, file, c.line, seen)
			}
		}
	}
}
