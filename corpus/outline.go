package corpus

import "bytes"

// An outline is what the text of one Makefile tells before it is evaluated.
type outline struct {
	rcSubr   bool     // names USE_RC_SUBR, in whatever case: option helpers write rc_subr=
	subFiles bool     // names SUB_FILES
	rcDir    bool     // names rc.d
	filesDir bool     // sets FILESDIR
	includes []string // operands of .include, but for the framework's
	optional []bool   // for each of them: .sinclude and the like
	master   string   // the value of MASTERDIR, if it is set
}

// mayHoldScripts tells whether a template in the port's files/ may be an rc.d script.
func (o *outline) mayHoldScripts() bool { return o.rcSubr || o.subFiles || o.rcDir }

// mayInstall tells whether the Makefile may say that an rc.d script is installed.
func (o *outline) mayInstall() bool { return o.rcSubr || o.rcDir }

// maxIndent is how far a line is looked at for an indented name.
const maxIndent = 40

// outlineOf reads the outline of a Makefile.
func outlineOf(text []byte) outline {
	var o outline
	o.rcSubr, o.subFiles = underscored(text)
	o.rcDir = bytes.Contains(text, []byte("rc.d"))
	for rest := text; len(rest) > 0; {
		switch rest[0] {
		case '.':
			o.directive(rest)
		case 'M':
			if v, ok := bytes.CutPrefix(rest, []byte("MASTERDIR")); ok {
				o.masterDir(v)
			}
		case 'F', ' ', '\t': // within an .if, some indent
			o.filesDir = o.filesDir || bytes.HasPrefix(bytes.TrimLeft(rest[:min(len(rest), maxIndent)], " \t"),
				[]byte("FILESDIR"))
		}
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	return o
}

// underscored looks for rc_subr in any case and for SUB_FILES, in one pass
// over the underscores.
func underscored(text []byte) (rcSubr, subFiles bool) {
	for i := 0; ; {
		j := bytes.IndexByte(text[i:], '_')
		if j < 0 {
			return rcSubr, subFiles
		}
		i += j
		after := text[i+1:]
		if len(after) >= 4 && after[0]|32 == 's' && after[1]|32 == 'u' && after[2]|32 == 'b' && after[3]|32 == 'r' &&
			i >= 2 && text[i-2]|32 == 'r' && text[i-1]|32 == 'c' {
			rcSubr = true
		} else if !subFiles && len(after) >= 5 && string(after[:5]) == "FILES" && i >= 3 &&
			string(text[i-3:i]) == "SUB" {
			subFiles = true
		}
		if rcSubr && subFiles {
			return rcSubr, subFiles
		}
		i++
	}
}

func hasRCSubr(text []byte) bool {
	rc, _ := underscored(text)
	return rc
}

// directive notes an .include; rest starts with its dot.
func (o *outline) directive(rest []byte) {
	line := rest
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	line = bytes.TrimLeft(line[1:], " \t")
	operand, ok := bytes.CutPrefix(line, []byte("include"))
	optional := false
	if !ok {
		for _, word := range []string{"sinclude", "-include", "dinclude"} {
			if operand, ok = bytes.CutPrefix(line, []byte(word)); ok {
				optional = true
				break
			}
		}
		if !ok {
			return
		}
	}
	operand = bytes.TrimLeft(operand, " \t")
	if len(operand) < 2 || operand[0] != '"' && operand[0] != '<' {
		return
	}
	end := byte('"')
	if operand[0] == '<' {
		end = '>'
	}
	i := bytes.IndexByte(operand[1:], end)
	if i < 0 {
		return
	}
	name := operand[1 : 1+i]
	if operand[0] == '<' && bytes.HasPrefix(name, []byte("bsd.")) || bytes.HasPrefix(name, []byte("${PORTSDIR}/Mk/")) {
		return
	}
	o.includes = append(o.includes, string(name))
	o.optional = append(o.optional, optional)
}

// masterDir notes the first assignment of MASTERDIR; rest follows the name.
func (o *outline) masterDir(rest []byte) {
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	rest = bytes.TrimLeft(rest, " \t?:")
	if len(rest) == 0 || rest[0] != '=' || o.master != "" {
		return
	}
	rest = rest[1:]
	if i := bytes.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	o.master = string(bytes.TrimSpace(rest))
}
