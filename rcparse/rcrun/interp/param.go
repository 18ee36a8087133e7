package interp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// A param is the expansion of a parameter.
type param struct {
	name   string
	length bool
	op     syntax.ParExpOperator // 0 for none
	arg    *word
	tree   *syntax.ParamExp
	odd    bool // one that package expand does
}

func compileParam(p *syntax.ParamExp) *param {
	out := &param{tree: p, length: p.Length}
	if p.Param == nil || p.Excl || p.Width || p.IsSet || p.Slice != nil || p.Repl != nil ||
		p.Index != nil || p.Names != 0 || p.Param.Value == "LINENO" {
		out.odd = true
		return out
	}
	out.name = p.Param.Value
	if p.Exp == nil {
		return out
	}
	out.op, out.arg = p.Exp.Op, compileWord(p.Exp.Word)
	switch out.op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
		syntax.ErrorUnset, syntax.ErrorUnsetOrNull, syntax.RemSmallPrefix, syntax.RemLargePrefix,
		syntax.RemSmallSuffix, syntax.RemLargeSuffix:
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		out.odd = !syntax.ValidName(out.name)
	default:
		out.odd = true
	}
	return out
}

// list reports whether it is $@ or $*, and nothing else.
func (p *param) list() bool {
	return !p.odd && !p.length && p.op == 0 && (p.name == "@" || p.name == "*")
}

// A paramError is that of an unset parameter: it ends the shell.
type paramError struct{ name, message string }

func (e paramError) Error() string { return e.name + ": " + e.message }

// lookUp is a parameter's value, and whether it is set.
func (r *shell) lookUp(name string) (string, bool) {
	if len(name) == 1 {
		switch c := name[0]; c {
		case '#':
			return strconv.Itoa(len(r.params)), true
		case '?':
			return strconv.Itoa(int(r.last.code)), true
		case '-':
			return r.flags(), true
		case '0':
			if r.name == "" {
				return "sh", true
			}
			return r.name, true
		case '1', '2', '3', '4', '5', '6', '7', '8', '9':
			if i := int(c - '1'); i < len(r.params) {
				return r.params[i], true
			}
		}
	}
	v := r.env.get(name)
	return v.value, v.set
}

// flags is $-.
func (r *shell) flags() string {
	out := ""
	for _, f := range []struct {
		on   bool
		name string
	}{{r.allExport, "a"}, {r.errExit, "e"}, {true, "f"}, {r.noUnset, "u"}} {
		if f.on {
			out += f.name
		}
	}
	return out
}

// joined is "$*", or what is as one word of $@.
func (r *shell) joined(star bool) string {
	if !star {
		return strings.Join(r.params, " ")
	}
	ifs := r.ifs()
	_, size := utf8.DecodeRuneInString(ifs)
	return strings.Join(r.params, ifs[:size])
}

func (r *shell) ifs() string {
	if v := r.env.get("IFS"); v.set {
		return v.value
	}
	return " \t\n"
}

// param expands a parameter to a text.
func (r *shell) param(p *param) (string, error) {
	if p.odd {
		return r.oddParam(p.tree)
	}
	all := p.name == "@" || p.name == "*"
	var value string
	set := true
	if all {
		value = r.joined(p.name == "*")
	} else {
		value, set = r.lookUp(p.name)
	}
	if r.noUnset && !set && !p.overridesUnset() {
		return "", paramError{p.name, "unbound variable"}
	}
	switch {
	case p.length && all:
		return strconv.Itoa(len(r.params)), nil
	case p.length:
		return strconv.Itoa(utf8.RuneCountInString(value)), nil
	case p.op == 0:
		return value, nil
	}
	arg, err := r.value(p.arg)
	if err != nil {
		return "", err
	}
	switch p.op {
	case syntax.AlternateUnsetOrNull:
		if value != "" && set {
			value = arg
		}
	case syntax.AlternateUnset:
		if set {
			value = arg
		}
	case syntax.DefaultUnset:
		if !set {
			value = arg
		}
	case syntax.DefaultUnsetOrNull:
		if value == "" {
			value = arg
		}
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if value == "" && (!set || p.op == syntax.ErrorUnsetOrNull) {
			return "", paramError{p.name, arg}
		}
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if value == "" && (!set || p.op == syntax.AssignUnsetOrNull) {
			if err := r.setErr(p.name, variable{value: arg, set: true}, false); err != nil {
				return "", err
			}
			value = arg
		}
	default:
		if !all {
			return removed(value, arg, p.op), nil
		}
		return r.eachRemoved(p, arg), nil
	}
	return value, nil
}

func (r *shell) eachRemoved(p *param, arg string) string {
	old := r.params
	defer func() { r.params = old }()
	r.params = r.removedParams(p, arg)
	return r.joined(p.name == "*")
}

func (r *shell) removedParams(p *param, arg string) []string {
	out := make([]string, len(r.params))
	for i, s := range r.params {
		out[i] = removed(s, arg, p.op)
	}
	return out
}

func (p *param) overridesUnset() bool {
	switch p.op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
		syntax.ErrorUnset, syntax.ErrorUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return true
	}
	return false
}

// removed is a text without what a pattern matches at one of its ends.
func removed(s, pat string, op syntax.ParExpOperator) string {
	suffix := op == syntax.RemSmallSuffix || op == syntax.RemLargeSuffix
	if !pattern.HasMeta(pat, 0) && !strings.Contains(pat, `\`) {
		if suffix {
			return strings.TrimSuffix(s, pat)
		}
		return strings.TrimPrefix(s, pat)
	}
	rx, _ := removals.Get(op.String()+pat, func() (*regexp.Regexp, error) {
		var mode pattern.Mode
		small := op == syntax.RemSmallPrefix || op == syntax.RemSmallSuffix
		if small {
			mode |= pattern.Shortest
		}
		expr, err := pattern.Regexp(pat, mode)
		switch {
		case suffix && small:
			return expression(".*("+expr+")$", err)
		case suffix:
			return expression("("+expr+")$", err)
		}
		return expression("^("+expr+")", err)
	})
	if rx == nil {
		return s
	}
	if at := rx.FindStringSubmatchIndex(s); at != nil {
		s = s[:at[2]] + s[at[3]:]
	}
	return s
}

// matches reports whether a text matches a pattern of case.
func matches(pat, s string) bool {
	switch {
	case pat == "*":
		return true
	case !pattern.HasMeta(pat, 0) && !strings.Contains(pat, `\`):
		return pat == s
	}
	rx, _ := cases.Get(pat, func() (*regexp.Regexp, error) {
		return expression(pattern.Regexp(pat, pattern.EntireString))
	})
	return rx != nil && rx.MatchString(s)
}

// removals and cases are what patterns were compiled to, nil for none.
var removals, cases = Kept[*regexp.Regexp]{Most: 64 << 10}, Kept[*regexp.Regexp]{Most: 64 << 10}

// expression compiles what package pattern has made of a pattern.
func expression(text string, err error) (*regexp.Regexp, error) {
	if err != nil {
		return nil, nil
	}
	rx, err := regexp.Compile(text)
	if err != nil {
		return nil, nil
	}
	return rx, nil
}

var errUnsupported = fmt.Errorf("an expansion that sh(1) does not have")
