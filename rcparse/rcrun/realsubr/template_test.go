package realsubr

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
)

// A template is what all runs share: the real shell and text tools with their
// libraries, and the stub. It belongs to root; a run's user cannot change it.
type template struct {
	dir    string
	shares []string // directories below dir
}

// realTools do their work in the temporary root: they turn words into words.
var realTools = strings.Fields("awk basename cat cut dirname expr grep head printf sed seq sort tail tee tr uniq wc xargs")

// newTemplate builds it in an empty directory.
func newTemplate(dir string, sh testsh.Shell) (*template, error) {
	t := &template{dir: dir, shares: []string{".svcjify"}}
	own := filepath.Join(dir, ".svcjify")
	if err := os.MkdirAll(filepath.Join(own, "tool"), 0o755); err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(own, "stub"), "./testdata/stub")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the stub: %w: %s", err, out)
	}
	texts := []string{"preamble.sh", "sub.sh"}
	if !sh.FreeBSD() {
		texts = append(texts, "dash.sh")
	}
	for _, name := range texts {
		if err := copyFile(filepath.Join("testdata", name), filepath.Join(own, name), 0o644); err != nil {
			return nil, err
		}
	}
	if err := t.program(sh.Path, "sh"); err != nil {
		return nil, err
	}
	for _, name := range realTools {
		p, err := exec.LookPath(name)
		if err != nil {
			return nil, fmt.Errorf("a text tool: %w", err)
		}
		if err := t.program(p, "tool/"+name); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// program copies a program with what it is linked to.
func (t *template) program(from, to string) error {
	from, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	if err := copyFile(from, filepath.Join(t.dir, ".svcjify", to), 0o755); err != nil {
		return err
	}
	libraries, err := librariesOf(from)
	if err != nil {
		return err
	}
	for _, p := range libraries {
		at := filepath.Join(t.dir, p)
		if _, err := os.Stat(at); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := copyFile(p, at, 0o755); err != nil {
			return err
		}
		if dir := strings.TrimPrefix(filepath.Dir(p), "/"); !slices.Contains(t.shares, dir) {
			t.shares = append(t.shares, dir)
		}
	}
	return nil
}

var libraryLine = regexp.MustCompile(`(/\S+) \(0x`)

// librariesOf asks ldd(1) for the libraries, and the file for its loader.
func librariesOf(program string) ([]string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	defer f.Close()
	interp := f.Section(".interp")
	if interp == nil {
		return nil, nil
	}
	b, err := interp.Data()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	list := []string{strings.TrimRight(string(b), "\x00")}
	out, err := exec.Command("ldd", program).Output()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w", program, err)
	}
	for _, m := range libraryLine.FindAllStringSubmatch(string(out), -1) {
		if !slices.Contains(list, m[1]) {
			list = append(list, m[1])
		}
	}
	return list, nil
}

func copyFile(from, to string, mode os.FileMode) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, b, mode); err != nil {
		return err
	}
	return os.Chmod(to, mode)
}
