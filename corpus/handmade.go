package corpus

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// notInstalling are commands that name rc.d and install no script there.
var notInstalling = []string{"RM", "RMDIR", "MKDIR", "CHMOD", "CHOWN", "REINPLACE_CMD", "LN", "RLN", "TEST", "FIND", "GREP"}

// handMade finds rc.d scripts that a port installs by its own commands instead
// of USE_RC_SUBR: from a template in SUB_FILES, which makes a service like any
// other, or from elsewhere, which is only reported.
func (l *loader) handMade(found *services, sel *selection) {
	var origins []string
	for i := range l.scans {
		if s := &l.scans[i]; s.rcDir && s.err == nil && l.mayTouch(sel, s.origin) {
			origins = append(origins, s.origin)
		}
	}
	l.evaluate(origins)
	for _, o := range origins {
		if r := l.evaluated[o]; r.err == nil {
			l.handMadePort(found, r)
		}
	}
}

func (l *loader) handMadePort(found *services, r *portResult) {
	mk := r.port.Make
	done := make(map[string]bool)
	for _, w := range r.words {
		done[strings.TrimSuffix(w.Text, ".sh")] = true
	}
	subFiles := mk.Words("SUB_FILES")
	work := mk.Value("WRKDIR") + "/"
	for _, c := range mk.Commands() {
		for _, in := range installs(mk, c) {
			name := strings.TrimSuffix(in.name, ".sh")
			if done[name] {
				continue
			}
			source := strings.TrimPrefix(in.source, work)
			i := slices.IndexFunc(subFiles, func(w makefile.Word) bool { return w.Text == source })
			if i >= 0 && validName(source) && validName(name) && r.filesDir != "" {
				template := r.filesDir + "/" + source + ".in"
				if _, err := l.fs.Stat(template); err == nil {
					done[name] = true
					found.add(template, name, r.port, subFiles[i].Condition, true)
					continue
				}
			}
			done[name] = true
			l.noTemplate(r.port.Origin, name, c.File, c.Line)
		}
	}
	for _, w := range mk.Words("PLIST_FILES") {
		_, name, ok := strings.Cut(w.Text, "etc/rc.d/")
		name = strings.TrimSuffix(strings.Trim(name, `"`), ".sh")
		if ok && name != "" && !done[name] && w.File != "" {
			done[name] = true
			l.noTemplate(r.port.Origin, name, w.File, w.Line)
		}
	}
}

func (l *loader) noTemplate(origin, name, file string, line int) {
	what := "an rc script"
	if validName(name) {
		what = "the rc script " + name
	}
	l.problem(Problem{Kind: NoTemplate, Path: file, Line: line, Origin: origin,
		Text: "the port installs " + what + " that is no template of the tree: there is nothing to change here",
		Hint: "have the change made upstream, or move the script to files/ and USE_RC_SUBR"})
}

// An install is a file that a command puts into rc.d.
type install struct{ source, name string }

// installs reads a command for what it puts into etc/rc.d.
func installs(mk *makefile.Port, c makefile.Command) []install {
	if c.Text == "" {
		return nil
	}
	text, _ := mk.Expand(c.Text)
	if !strings.Contains(text, "etc/rc.d") {
		return nil
	}
	var list []install
	// The tools are variables, which may expand to nothing: look at both texts.
	raw, expanded := simpleCommands(c.Text), simpleCommands(text)
	for i, cmd := range expanded {
		if !strings.Contains(cmd, "etc/rc.d") {
			continue
		}
		if i < len(raw) && notInstaller(raw[i]) {
			continue
		}
		fields := strings.Fields(cmd)
		for i, f := range fields {
			fields[i] = strings.Trim(f, `"'()@-`)
		}
		dest := fields[len(fields)-1]
		if k := slices.IndexFunc(fields, func(f string) bool { return strings.HasPrefix(f, ">") }); k >= 0 {
			dest = strings.TrimLeft(fields[k], ">")
			if dest == "" && k+1 < len(fields) {
				dest = fields[k+1]
			}
			fields = fields[:k+1]
		}
		_, name, ok := strings.Cut(dest, "etc/rc.d")
		if !ok {
			continue
		}
		name = strings.Trim(name, "/")
		in := install{name: name}
		for _, f := range fields[:len(fields)-1] {
			if !strings.Contains(f, "/") || strings.HasPrefix(f, "-") {
				continue
			}
			in.source = f
			if name == "" {
				// Into the directory: each file under its own name.
				list = append(list, install{source: f, name: path.Base(f)})
			}
		}
		if name != "" || in.source == "" {
			list = append(list, in)
		}
	}
	return list
}

// simpleCommands splits a line of shell roughly.
func simpleCommands(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '&' || r == '|' })
}

func notInstaller(cmd string) bool {
	cmd = strings.TrimLeft(cmd, " \t@-(")
	for _, tool := range notInstalling {
		if strings.HasPrefix(cmd, "${"+tool+"}") {
			return true
		}
		if word, _, _ := strings.Cut(cmd, " "); word == strings.ToLower(tool) {
			return true
		}
	}
	return false
}
