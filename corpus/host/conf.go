package host

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
)

// maxConf is the largest file of rc.conf(5) that is read, in bytes: what the
// simulation takes as one text. The largest that is known, /etc/defaults/rc.conf,
// has 45 kB.
const maxConf = 256 << 10

// maxConfFiles bounds how many files of rc.conf.d are read.
const maxConfFiles = 500

// The files of rc.conf(5) that have fixed names.
const (
	Defaults = "/etc/defaults/rc.conf"
	Main     = "/etc/rc.conf"
	Local    = "/etc/rc.conf.local"
	vendor   = "/etc/defaults/vendor.conf"
)

// Text reads one file of settings, by its path; ok is false where it is not there.
func (r *Root) Text(name string) (f File, ok bool, problems []corpus.Problem) {
	data, err := r.ReadFile(name, maxConf)
	if err != nil {
		if p, bad := unreadable(name, err); bad {
			problems = append(problems, p)
		}
		return File{}, false, problems
	}
	if i := slices.Index(data, 0); i >= 0 {
		p := problem(name, "holds a NUL byte: expected text; nothing of it is read",
			"sh(1) reads such a file only in part: write it again")
		p.Line = 1 + strings.Count(string(data[:i]), "\n")
		return File{}, false, []corpus.Problem{p}
	}
	return File{name, string(data)}, true, nil
}

// Conf reads the files of rc.conf(5) that have fixed names, and all of rc.conf.d
// below /etc and below the directories beside local_startup's (rc.subr(8),
// load_rc_config).
func (r *Root) Conf(localStartup []string) (files []File, problems []corpus.Problem) {
	add := func(name string) {
		f, ok, bad := r.Text(name)
		problems = append(problems, bad...)
		if ok {
			files = append(files, f)
		}
	}
	for _, name := range []string{Defaults, vendor, Main, Local} {
		add(name)
	}
	dirs := []string{"/etc"}
	for _, d := range localStartup {
		dirs = append(dirs, strings.TrimSuffix(d, "/rc.d"))
	}
	seen := map[string]bool{}
	left := maxConfFiles
	for _, d := range dirs {
		if dir := path.Join(d, "rc.conf.d"); !seen[dir] {
			seen[dir] = true
			for _, name := range r.below(dir, 2, &left) {
				add(name)
			}
		}
	}
	if left < 0 {
		problems = append(problems, problem("/etc/rc.conf.d",
			fmt.Sprintf("there are more than %d files in rc.conf.d: the rest is not read", maxConfFiles), ""))
	}
	return files, problems
}

// below is the files of a directory and of those in it, as deep as rc.subr looks.
func (r *Root) below(dir string, depth int, left *int) []string {
	list, err := r.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range list {
		name := path.Join(dir, e.Name())
		info, err := r.Stat(name)
		switch {
		case err != nil || strings.HasPrefix(e.Name(), "."):
		case info.IsDir() && depth > 1:
			out = append(out, r.below(name, depth-1, left)...)
		case info.Mode().IsRegular() || info.Mode()&fs.ModeType == 0:
			if *left--; *left < 0 {
				return out
			}
			out = append(out, name)
		}
	}
	return out
}

// Sysctl reads what sysctl.conf(5) and loader.conf(5) set, by name. The later
// file wins: sysctl.conf.local is read last (rc.d/sysctl).
func (r *Root) Sysctl() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"/boot/loader.conf", "/boot/loader.conf.local", "/etc/sysctl.conf",
		"/etc/sysctl.conf.local"} {
		f, ok, _ := r.Text(name)
		if !ok {
			continue
		}
		for line := range strings.Lines(f.Text) {
			line, _, _ = strings.Cut(line, "#")
			if k, v, ok := strings.Cut(line, "="); ok {
				out[strings.TrimSpace(k)] = strings.Trim(strings.TrimSpace(v), `"'`)
			}
		}
	}
	return out
}
