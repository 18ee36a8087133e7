package lint

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// Operator is the form of the default that is written.
type Operator string

const (
	// OperatorEquals writes `=`: rc.conf's empty value, the way to deny the
	// network, holds at boot and by service(8).
	OperatorEquals Operator = "equals"
	// OperatorColon writes `:=`, as the rc-scripting article does.
	OperatorColon Operator = "colon"
)

func (o Operator) sign() string {
	if o == OperatorColon {
		return ":="
	}
	return "="
}

// dash is the operator of x=${x-v}.
func (o Operator) dash() string {
	if o == OperatorColon {
		return ":-"
	}
	return "-"
}

// Why no line can be written.
var (
	errUnparsed = errors.New("the script has a syntax error")
	errNoName   = errors.New("the script sets no name")
	errSeveral  = errors.New("the script serves several names, and each needs a line of its own")
	errNoLoad   = errors.New("the script has no load_rc_config at the top level to put the line after")
	errNoSpot   = errors.New("the script has no block of defaults, load_rc_config or function to put the line at")
	errInside   = errors.New("the place for the line is inside another statement")
	errQuote    = errors.New("the name holds characters that no variable can have")
)

// variable is the text of ${name}_suffix as the script itself would write it,
// and whether it needs an eval.
func variable(s *rcparse.Script, suffix string) (text string, eval bool, err error) {
	switch s.Name.Kind {
	case rcparse.Missing:
		return "", false, errNoName
	case rcparse.Several:
		return "", false, errSeveral
	case rcparse.Computed:
		return "${name}" + suffix, true, nil
	}
	prefix := s.Name.Raw
	// The neighbours may write the name another way: %%PORTNAME%%_enable under name="sonarr", or the reverse.
	if e, ok := s.EnableDefault(); ok && !e.Eval {
		stmt := string(s.Src[e.Span.Start:e.Span.End])
		if strings.Contains(s.Name.Raw, "%%") && !strings.Contains(stmt, "%%") && e.Var == s.Name.Text+"_enable" {
			prefix = s.Name.Text
		}
	}
	for _, c := range []byte(strings.ReplaceAll(prefix, "%%", "")) {
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			return "", false, errQuote
		}
	}
	return prefix + suffix, false, nil
}

// DeclareOptions places a default of the options, as `: ${foo_svcj_options="net_basic"}`.
func DeclareOptions(s *rcparse.Script, options []string, op Operator) (Edit, error) {
	if s.Err != nil {
		return Edit{}, errUnparsed
	}
	line, eval, err := defaultLine(s, "_svcj_options", strings.Join(options, " "), op)
	if err != nil {
		return Edit{}, err
	}
	return placeDefault(s, []string{line}, eval)
}

// DeclareSoftOptOut places the options, and below them a default of NO under its
// reason, `: ${foo_svcj="NO"}`: svcj_all_enable does not jail the service, and
// foo_svcj=YES in rc.conf does, by service(8) and at boot.
func DeclareSoftOptOut(s *rcparse.Script, options []string, comment string, op Operator) (Edit, error) {
	if s.Err != nil {
		return Edit{}, errUnparsed
	}
	first, eval, err := defaultLine(s, "_svcj_options", strings.Join(options, " "), op)
	if err != nil {
		return Edit{}, err
	}
	second, _, err := defaultLine(s, "_svcj", infer.OptOut, op)
	if err != nil {
		return Edit{}, err
	}
	return placeDefault(s, []string{first, "# No service jail by default: " + comment, second}, eval)
}

// defaultLine is a default of ${name}_suffix in the form of its neighbours, and
// whether it needs an eval.
func defaultLine(s *rcparse.Script, suffix, value string, op Operator) (line string, eval bool, err error) {
	v, eval, err := variable(s, suffix)
	if err != nil {
		return "", false, err
	}
	if eval {
		return fmt.Sprintf(`eval ": \${%s%s\"%s\"}"`, v, op.sign(), value), true, nil
	}
	f := formOf(s)
	if !f.outside && f.quote == "" && (value == "" || strings.Contains(value, " ")) {
		f.quote = `"`
	}
	switch word := f.quote + value + f.quote; {
	case f.assigns && f.outside:
		return fmt.Sprintf(`%s="${%s%s%s}"`, v, v, op.dash(), value), false, nil
	case f.assigns:
		return fmt.Sprintf("%s=${%s%s%s}", v, v, op.dash(), word), false, nil
	case f.outside:
		return fmt.Sprintf(`: "${%s%s%s}"`, v, op.sign(), value), false, nil
	default:
		return fmt.Sprintf(": ${%s%s%s}", v, op.sign(), word), false, nil
	}
}

// A form is how a script writes its defaults.
type form struct {
	assigns bool   // x=${x-v}, and not : ${x=v}
	outside bool   // x="${x-v}", : "${x=v}": the quotes stand around all of it
	quote   string // those around the value, "" for none
}

// formOf is the form of the enable default, and of the last of its block: where one
// of the two is : ${x=v}, which nearly all scripts have, so is what is added.
func formOf(s *rcparse.Script) form {
	e, ok := s.EnableDefault()
	if !ok {
		return form{quote: `"`}
	}
	f := form{quote: quoteOf(e)}
	block := s.Block()
	assigns := func(a rcparse.Assign) bool {
		return !a.Eval && !a.Exported && (a.Op == rcparse.Dash || a.Op == rcparse.ColonDash)
	}
	text := string(s.Src[e.Span.Start:e.Span.End])
	if len(block) == 0 || !assigns(e) || !assigns(block[len(block)-1]) {
		f.outside = strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(text, ":"), " \t"), `"`)
		return f
	}
	f.assigns = true
	f.outside = strings.HasPrefix(text[strings.IndexByte(text, '=')+1:], `"`)
	return f
}

// quoteOf is the quotes of a default's value; an empty value says nothing of them.
func quoteOf(e rcparse.Assign) string {
	switch {
	case strings.HasPrefix(e.Value, "'"):
		return "'"
	case e.Value == "" || strings.Contains(e.Value, `"`):
		return `"`
	}
	return ""
}

// placeDefault inserts lines after the last default of the script's block, or
// after load_rc_config, where the Porter's Handbook wants defaults, or before
// the first function.
func placeDefault(s *rcparse.Script, lines []string, eval bool) (Edit, error) {
	after := 0 // an eval needs the name's last value
	if eval {
		for _, a := range s.Get("name") {
			after = max(after, a.Span.End)
		}
	}
	if last, ok := s.BlockEnd(); ok {
		if at := lineEnd(s, last.End); last.End >= after {
			indent := s.Indent(last.Start)
			return insertLine(s, at, indent+strings.Join(lines, "\n"+indent)+"\n")
		}
	}
	line := strings.Join(lines, "\n")
	if load := lastLoad(s); load >= after && load >= 0 {
		return insertParagraph(s, lineEnd(s, load), line+"\n")
	}
	for _, st := range s.File().Stmts {
		start := int(st.Pos().Offset())
		if _, isFunc := st.Cmd.(*syntax.FuncDecl); start < after || !isFunc {
			continue
		}
		if len(st.Comments) > 0 {
			start = min(start, int(st.Comments[0].Pos().Offset()))
		}
		at := start - (s.PosAt(start).Col - 1)
		return insertLine(s, at, line+"\n\n")
	}
	return Edit{}, errNoSpot
}

// DeclareOptOut places foo_svcj="NO" under its reason, after load_rc_config,
// so that rc.conf can't turn it on by accident.
func DeclareOptOut(s *rcparse.Script, comment string) (Edit, error) {
	if s.Err != nil {
		return Edit{}, errUnparsed
	}
	v, eval, err := variable(s, "_svcj")
	if err != nil {
		return Edit{}, err
	}
	line := v + `="NO"`
	if eval {
		line = `eval "` + v + `=NO"`
	}
	load := lastLoad(s)
	if load < 0 {
		return Edit{}, errNoLoad
	}
	at := lineEnd(s, load)
	if last, ok := s.BlockEnd(); ok && last.Start > load {
		at = lineEnd(s, last.End)
	}
	at = belowVariables(s, at)
	return insertParagraph(s, at, fmt.Sprintf("# No service jail: %s\n%s\n", comment, line))
}

// commented matches a variable that is commented out: it belongs to those above it.
var commented = regexp.MustCompile(`^[ \t]*#[ \t]*\w+=.*\n`)

// belowVariables is the offset below the variables that are commented out right at
// an offset.
func belowVariables(s *rcparse.Script, at int) int {
	for {
		m := commented.FindIndex(s.Src[min(at, len(s.Src)):])
		if m == nil {
			return at
		}
		at += m[1]
	}
}

// lastLoad is the end of the last load_rc_config that every run comes to before
// run_rc_command; -1 where there is none.
func lastLoad(s *rcparse.Script) int {
	load := -1
	for _, c := range s.Loads {
		if c.Func == "" && !c.Cond && (s.FirstRun() < 0 || c.Span.Start < s.FirstRun()) {
			load = c.Span.End
		}
	}
	return load
}

// insertParagraph inserts lines with an empty one before and after them.
func insertParagraph(s *rcparse.Script, at int, text string) (Edit, error) {
	if rest := s.Src[min(at, len(s.Src)):]; len(rest) > 0 && rest[0] != '\n' {
		text += "\n"
	}
	return insertLine(s, at, "\n"+text)
}

// lineEnd is the offset after the newline of the line that holds an offset.
func lineEnd(s *rcparse.Script, offset int) int {
	for offset < len(s.Src) && s.Src[offset] != '\n' {
		offset++
	}
	return min(offset+1, len(s.Src))
}

// insertLine makes the insertion of whole lines, and refuses a place that is
// inside a statement, a here-document or a string that spans lines.
func insertLine(s *rcparse.Script, at int, text string) (Edit, error) {
	for _, st := range s.File().Stmts {
		if int(st.Pos().Offset()) < at && at < int(st.End().Offset()) {
			return Edit{}, errInside
		}
	}
	if at > 0 && s.Src[at-1] != '\n' {
		text = "\n" + strings.TrimSuffix(text, "\n")
	}
	return Edit{Span: rcparse.Span{Start: at, End: at}, New: text}, nil
}

// wholeLine widens a statement's span to its whole line where nothing else stands on it.
func wholeLine(s *rcparse.Script, sp rcparse.Span) (rcparse.Span, bool) {
	start := sp.Start - (s.PosAt(sp.Start).Col - 1)
	end := lineEnd(s, sp.End)
	before := strings.TrimSpace(string(s.Src[start:sp.Start]))
	behind := strings.TrimSpace(string(s.Src[sp.End:end]))
	ok := before == "" && (behind == "" || strings.HasPrefix(behind, "#"))
	return rcparse.Span{Start: start, End: end}, ok
}
