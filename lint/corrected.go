package lint

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// A Corrected is a start as it would be if the fault that ends it early in the jail
// were corrected. A maintainer should not correct one fault to meet the next.
type Corrected struct {
	Pair
	// Codes are the rules whose findings are taken as corrected.
	Codes []string
	src   []byte
}

// correctedStart runs the corrected start; nil where nothing ends the jailed start
// early, or where that would take more than is done here.
func (r *runner) correctedStart(rec *Records) *Corrected {
	m := &Corrected{src: r.script.Src}
	name := r.script.Name.Text
	renames := r.script.Name.Kind == rcparse.Literal && strings.ContainsAny(name, "-.")
	if len(rec.Host.Starts) == 0 && !renames {
		return nil
	}
	if renames {
		m.src = renamed(m.src, name)
		m.Codes = append(m.Codes, "SJ203")
	}
	if len(r.script.Loads) == 0 && len(rec.Jail.Jails) == 0 && r.script.FirstRun() >= 0 {
		m.src = loaded(r.script, m.src)
		m.Codes = append(m.Codes, "SJ211")
	}
	switch jails := rec.Jail.Jails; {
	case len(jails) > 0 && !jails[0].Found:
		m.Codes = append(m.Codes, "SJ202")
	case len(rec.Jail.Refused) > 0:
		m.Codes = append(m.Codes, "SJ204")
	case rec.Jail.AskedJailed && len(rec.Jail.Starts) < len(rec.Host.Starts):
		m.Codes = append(m.Codes, "SJ201")
	}
	if len(m.Codes) == 0 {
		return nil
	}
	start := r.plain
	start.Corrected = true
	m.Pair = r.pairs(m.src, start)[0]
	if m.failed() != "" || !m.jailed() {
		return nil
	}
	m.Unfound = r.unfound(m.Pair)
	return m
}

// renamed is the script with underscores in the name where no variable, or no
// jail, can have what stands there. Names of files stay.
func renamed(src []byte, name string) []byte {
	plain := strings.NewReplacer("-", "_", ".", "_").Replace(name)
	variable := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `(_[a-z])`)
	src = variable.ReplaceAll(src, []byte(plain+"$1"))
	assigned := regexp.MustCompile(`(?m)^([ \t]*name=["']?)` + regexp.QuoteMeta(name) + `(["']?)([ \t;#]|$)`)
	return assigned.ReplaceAll(src, []byte("${1}"+plain+"${2}${3}"))
}

// loaded is the script with a load_rc_config in front of its first run_rc_command.
func loaded(s *rcparse.Script, src []byte) []byte {
	at := s.FirstRun()
	if !bytes.Equal(src, s.Src) { // renamed: look for it again
		if at = bytes.Index(src, []byte("run_rc_command")); at < 0 {
			return src
		}
	}
	return bytes.Join([][]byte{src[:at], []byte("load_rc_config $name; "), src[at:]}, nil)
}
