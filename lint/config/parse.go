package config

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config/places"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// file is the form of .svcjify.toml.
type file struct {
	Operator string            `toml:"operator"`
	Release  string            `toml:"release"`
	Author   string            `toml:"author"`
	FailOn   string            `toml:"fail-on"`
	Baseline string            `toml:"baseline"`
	PortsDir string            `toml:"portsdir"`
	Disable  []string          `toml:"disable"`
	Severity map[string]string `toml:"severity"`
	Ignore   []ignore          `toml:"ignore"`
	Service  []service         `toml:"service"`
}

type ignore struct {
	Path   string `toml:"path"`
	Rule   string `toml:"rule"`
	Reason string `toml:"reason"`
	Works  bool   `toml:"works"`
}

type service struct {
	Name    string `toml:"name"`
	Port    string `toml:"port"`
	Options string `toml:"options"`
	Reason  string `toml:"reason"`
	Comment string `toml:"comment"`
	Default string `toml:"default"`
}

// The keys, for the one that is nearest to an unknown one.
var (
	topKeys = []string{"operator", "release", "author", "fail-on", "baseline", "portsdir", "disable", "severity",
		"ignore", "service"}
	ignoreKeys  = []string{"path", "rule", "reason", "works"}
	serviceKeys = []string{"name", "port", "options", "reason", "comment", "default"}
)

// The most that a configuration may hold, and the longest text in it, in bytes.
const (
	maxEntries = 2000
	maxText    = 500
	maxComment = 60 // fits a line of a script behind its mark
)

// Parse reads a configuration. Shown is its path for messages, tree the tree
// that it names (nil for all), and dir the directory there that its paths
// are relative to. The error is an *Error, or several as Errors.
func Parse(shown string, text []byte, tree *corpus.Tree, dir string) (*Config, error) {
	if len(text) > MaxSize {
		return nil, &Error{Path: shown, Text: fmt.Sprintf("has %d bytes, more than the %d that are read", len(text),
			MaxSize)}
	}
	var f file
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&f)
	var unknown *toml.StrictMissingError // the keys that are known were read anyway
	if err != nil && !errors.As(err, &unknown) {
		return nil, fromTOML(shown, err)
	}
	p := parser{shown: shown, at: places.Lines(text)}
	if unknown != nil {
		p.errs = unknownKeys(shown, unknown)
	}
	c := &Config{Path: shown, Author: f.Author, FailOn: f.FailOn, Baseline: f.Baseline,
		Operator: lint.Operator(f.Operator)}
	c.Policy = &lint.Policy{Path: shown, Tree: tree, Dir: dir, Disabled: map[string]bool{},
		Severity: map[string]lint.Severity{}}
	p.top(f, c)
	p.ignores(f.Ignore, c.Policy)
	p.services(f.Service, c.Policy)
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *Error) int { return a.Line - b.Line })
		return nil, p.errs
	}
	return c, nil
}

// A parser collects what is wrong with a configuration that is TOML.
type parser struct {
	shown string
	at    map[string]int
	errs  Errors
}

// fail notes a fault at a key such as "ignore.2.reason".
func (p *parser) fail(key, hint, format string, args ...any) {
	line := 0
	for k := key; line == 0 && k != ""; {
		line = p.at[k]
		i := strings.LastIndexByte(k, '.')
		k = k[:max(i, 0)]
	}
	p.errs = append(p.errs, &Error{Path: p.shown, Line: line, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// text checks a value that is shown to people or written into files: one
// printable line of a sane length.
func (p *parser) text(key, value string, most int) bool {
	what := key[strings.LastIndexByte(key, '.')+1:]
	switch {
	case len(value) > most:
		p.fail(key, "", "%s has %d bytes, more than %d", what, len(value), most)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }):
		p.fail(key, "write it on one line, without control characters",
			"%s is %.60q: expected one line of printable text", what, value)
	default:
		return true
	}
	return false
}

func (p *parser) top(f file, c *Config) {
	oneOf := func(key, value string, want ...string) {
		if value != "" && !slices.Contains(want, value) {
			p.fail(key, didYouMean(value, want), "%s is %.60q, expected %s", key, value, message.OrList(want))
		}
	}
	oneOf("operator", f.Operator, string(lint.OperatorEquals), string(lint.OperatorColon))
	if f.Release != "" && p.text("release", f.Release, maxText) {
		var err error
		if c.Release, err = rcrun.ReleaseOf(f.Release); err != nil {
			p.fail("release", "", "%s", err)
		}
	}
	oneOf("fail-on", f.FailOn, "error", "warning", "info", "never")
	if f.Author != "" && p.text("author", f.Author, maxText) {
		if a, err := mail.ParseAddress(f.Author); err != nil || a.Name == "" {
			p.fail("author", "", "author is %q, expected 'Name <address>'", f.Author)
		}
	}
	if f.Baseline != "" {
		p.text("baseline", f.Baseline, maxText)
	}
	if f.PortsDir != "" && p.text("portsdir", f.PortsDir, maxText) {
		c.PortsDir = f.PortsDir
	}
	for _, name := range f.Disable {
		if code, ok := p.rule("disable", name); ok {
			c.Policy.Disabled[code] = true
		}
	}
	for name, word := range f.Severity {
		key := "severity." + name
		sev, err := lint.ParseSeverity(word)
		if err != nil {
			p.fail(key, "to switch the rule off, name it in disable",
				"severity of %.60q is %.60q, expected error, warning or info", name, word)
		}
		if code, ok := p.rule(key, name); ok {
			c.Policy.Severity[code] = sev
		}
	}
}

// rule finds a rule by its code or slug.
func (p *parser) rule(key, name string) (string, bool) {
	if r, ok := lint.RuleOf(name); ok {
		return r.Code, true
	}
	var names []string
	for _, r := range lint.Rules() {
		names = append(names, r.Slug, r.Code)
	}
	hint := didYouMean(name, names)
	if hint == "" {
		hint = "svcjify rules lists them"
	}
	p.fail(key, hint, "no rule %.60q", name)
	return "", false
}

func (p *parser) ignores(list []ignore, policy *lint.Policy) {
	if len(list) > maxEntries {
		p.fail("ignore", "ignore by a glob, or record what is there with svcjify baseline", "%d ignores, more than %d",
			len(list), maxEntries)
		return
	}
	for i, g := range list {
		key := fmt.Sprintf("ignore.%d", i)
		out := lint.Ignore{Path: g.Path, Reason: g.Reason, Works: g.Works, Line: p.at[key]}
		switch {
		case strings.TrimSpace(g.Reason) == "":
			p.fail(key+".reason", `write reason = "...": the next reader must be able to tell whether it still holds`,
				"ignore without a reason")
		case g.Path == "":
			p.fail(key, `write path = "www/foo/files/foo.in"`, "ignore without a path")
		case g.Rule == "":
			p.fail(key, `write rule = "SJ204"`, "ignore without a rule")
		}
		if err := lint.CheckGlob(g.Path); err != nil {
			p.fail(key+".path", "", "path %s", err)
		}
		p.text(key+".path", g.Path, maxText)
		p.text(key+".reason", g.Reason, maxText)
		if g.Rule == "" {
			continue
		}
		code, ok := p.rule(key+".rule", g.Rule)
		if !ok {
			continue
		}
		if r, _ := lint.RuleOf(code); g.Works && !r.CanWork() {
			p.fail(key+".works", "take the works line out",
				"%s can't be answered with works: it is not a rule that blocks, or no shell takes the script", code)
		}
		if g.Works && strings.ContainsAny(g.Path, `*?[\`) {
			p.fail(key+".works", "name the script that was seen to work",
				"works with a glob (%s): expected the path of one script", g.Path)
		}
		out.Rule = code
		policy.Ignores = append(policy.Ignores, out)
	}
}

func (p *parser) services(list []service, policy *lint.Policy) {
	if len(list) > maxEntries {
		p.fail("service", "", "%d services, more than %d", len(list), maxEntries)
		return
	}
	for i, s := range list {
		key := fmt.Sprintf("service.%d", i)
		d := lint.Decision{Service: s.Name, Port: s.Port, Line: p.at[key], Decision: infer.Decision{Reason: s.Reason}}
		switch {
		case s.Name == "":
			p.fail(key, `write name = "foo", the name in rc.d`, "service without a name")
		case strings.TrimSpace(s.Reason) == "":
			p.fail(key+".reason", `write reason = "...": it becomes the evidence, and stands in the commit message`,
				"service %.60q without a reason", s.Name)
		case s.Options == "":
			p.fail(key, `write options = "net_basic", or "none" for the empty set, or "NO" for no jail`,
				"service %.60q without options", s.Name)
		}
		for _, k := range []struct{ key, value string }{{"name", s.Name}, {"port", s.Port}} {
			if err := lint.CheckGlob(k.value); err != nil {
				p.fail(key+"."+k.key, "", "%s %s", k.key, err)
			}
			p.text(key+"."+k.key, k.value, maxText)
		}
		p.text(key+".reason", s.Reason, maxText)
		p.text(key+".comment", s.Comment, maxComment)
		p.answer(key, s, &d.Decision)
		policy.Decisions = append(policy.Decisions, d)
	}
}

// answer reads the option words.
func (p *parser) answer(key string, s service, d *infer.Decision) {
	switch s.Options {
	case infer.OptOut:
		d.OptOut, d.Comment = true, s.Comment
		if s.Comment == "" {
			p.fail(key, `write comment = "mounts file systems": it stands in the script`,
				"service %.60q must not be jailed, without a comment", s.Name)
		}
		return
	case infer.Nothing:
	default:
		for _, w := range strings.Fields(s.Options) {
			if _, ok := rcparse.OptionOf(w); !ok {
				p.fail(key+".options", didYouMean(w, rcparse.OptionWords()), "unknown service jail option %.60q", w)
				continue
			}
			if !slices.Contains(d.Options, w) {
				d.Options = append(d.Options, w)
			}
		}
	}
	switch {
	case s.Default == infer.OptOut && s.Comment == "":
		p.fail(key, `write comment = "its sessions must see the host": it stands in the script`,
			"service %.60q is not jailed by default, without a comment", s.Name)
	case s.Default == infer.OptOut:
		d.OptOut, d.Soft, d.Comment = true, true, s.Comment
	case s.Default != "":
		p.fail(key+".default", `write default = "NO", or take it out`, "default is %.60q, expected NO", s.Default)
	case s.Comment != "":
		p.fail(key+".comment", "take it out",
			"comment is for services that are not jailed (options = \"NO\", or default = \"NO\")")
	}
}

// fromTOML turns the library's errors into ours.
func fromTOML(shown string, err error) error {
	out := &Error{Path: shown, Text: strings.TrimPrefix(err.Error(), "toml: ")}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		out.Line, _ = decode.Position()
	}
	return out
}

// unknownKeys is a fault for each key that no configuration has.
func unknownKeys(shown string, missing *toml.StrictMissingError) Errors {
	var out Errors
	for _, e := range missing.Errors {
		row, _ := e.Position()
		key := e.Key()
		known := topKeys
		if len(key) > 1 {
			known = map[string][]string{"ignore": ignoreKeys, "service": serviceKeys}[key[0]]
		}
		out = append(out, &Error{Path: shown, Line: row,
			Text: fmt.Sprintf("unknown key %.60q", strings.Join(key, ".")),
			Hint: didYouMean(key[len(key)-1], known)})
	}
	return out
}
