package host

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
)

// BaseDir is where the base system's scripts stand.
const BaseDir = "/etc/rc.d"

// maxScript is the largest script that is read, in bytes; more than rcparse takes.
const maxScript = 1 << 20

// maxScripts bounds how many scripts of one system are looked at.
const maxScripts = 5000

// A Script is one rc.d script as it is installed.
type Script struct {
	// Name is the file's name, Path where it stands.
	Name, Path string
	Text       []byte
	// Base is true for one of /etc/rc.d.
	Base bool
	// Packages is the packages whose list of files has it: one, none where the
	// database does not know it, or several where they fight for it.
	Packages []*Package
}

// Scripts reads the scripts in /etc/rc.d and in local_startup's directories, in
// that order, which is service(8)'s: the first of a name is the one that is run.
func (r *Root) Scripts(localStartup []string) (list []*Script, problems []corpus.Problem) {
	first := map[string]*Script{}
	for i, dir := range append([]string{BaseDir}, localStartup...) {
		if slices.Contains(localStartup[:max(i-1, 0)], dir) && i > 0 {
			continue
		}
		entries, err := r.ReadDir(dir)
		if err != nil {
			if p, bad := unreadable(dir, err); bad {
				problems = append(problems, p)
			}
			continue
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if notScript(e.Name()) {
				continue
			}
			if len(list) == maxScripts {
				return list, append(problems,
					problem(dir, fmt.Sprintf("there are more than %d scripts: the rest is not looked at", maxScripts),
						""))
			}
			info, err := r.Stat(name)
			if err == nil && info.IsDir() {
				continue
			}
			var text []byte
			if err == nil {
				text, err = r.ReadFile(name, maxScript)
			}
			if err != nil {
				p, bad := unreadable(name, err)
				if !bad {
					p = problem(name, "is a symbolic link to a file that is not there below the root",
						"install the file, or remove the link")
				}
				problems = append(problems, p)
				continue
			}
			if i := bytes.IndexByte(text, 0); i >= 0 {
				problems = append(problems, problem(name, "holds a NUL byte: expected a script",
					"this is a binary file; remove it from rc.d"))
				continue
			}
			if !isScript(text) {
				continue
			}
			s := &Script{Name: e.Name(), Path: name, Text: text, Base: dir == BaseDir}
			if other := first[s.Name]; other != nil {
				problems = append(problems, problem(name,
					"has the name of "+other.Path+", which service(8) finds first: this one is not looked at",
					"rename it, or remove it"))
				continue
			}
			first[s.Name] = s
			list = append(list, s)
		}
	}
	return list, problems
}

// notScript are files that stand beside rc.d scripts and are none.
func notScript(name string) bool {
	switch path.Ext(name) {
	case ".orig", ".rej", ".bak", ".swp", ".core", ".sample", ".pkgnew", ".pkgsave":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~")
}

// isScript tells an rc.d script from the barriers of rcorder(8), such as
// NETWORKING, which only order the others.
func isScript(text []byte) bool {
	return bytes.Contains(text, []byte("run_rc_command")) || bytes.Contains(text, []byte("rc.subr"))
}
