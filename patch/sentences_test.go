package patch

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var (
	needsWords     = regexp.MustCompile(`(?:^| )((?:\S+(?:, | and ))*\S+) (?:needs?|gets?) ((?:[a-z0-9_]+(?:, | and ))*[a-z0-9_]+) in a service jail`)
	outsideText    = regexp.MustCompile(`^(Neither |None of )?((?:\S+(?:, | and | nor ))*\S+) (cannot work|can work|stays? out)`)
	skippedText    = regexp.MustCompile(`"service (\S+) (restart|status)" (?:does nothing|says nothing), and its exit status is 0`)
	underText      = regexp.MustCompile(`(?i)if rc\.conf sets ((?:\w+(?:=\w+| to "[^"]*")(?:, | and )?)+?), (.*)`)
	settingText    = regexp.MustCompile(`(\w+)(?:=(\w+)| to "([^"]*)")`)
	withoutText    = regexp.MustCompile(`would start (?:as root, )?without "([^"]*)"`)
	alsoText       = regexp.MustCompile(`would also get the arguments "([^"]*)"`)
	oneJailText    = regexp.MustCompile(`all instances start in the one jail svcj-(\w+), which ends`)
	firstText      = regexp.MustCompile(`only the first instance starts: the jail svcj-(\w+) already exists`)
	bumpText       = regexp.MustCompile(`PORTREVISION rises in all ports that install (?:the script|the scripts): (.*?)\.(?: |$)`)
	sharesText     = regexp.MustCompile(`(?:^|\. )([^.]*?), which (?:does|do) not install [^,]*, shares? the line that sets PORTREVISION`)
	newerText      = regexp.MustCompile(`The rc\.subr of FreeBSD (\S+) does not know (.*?): it says so`)
	instanceText   = regexp.MustCompile(`_\$(?:\{\w+\}|\w+?)_([a-z]\w*)`)
	generalHeading = regexp.MustCompile(`^In the service jails of ((?:\w+(?:, | and ))+\w+), `)
	generalText    = regexp.MustCompile(`^((?:\w+(?:, | and ))+\w+): (.*NAME.*)$`)
)

// listed parts "a, b and c".
func listed(text string) []string {
	return regexp.MustCompile(`, | and | nor `).Split(text, -1)
}

// TestSentencesAgainstTheRun reads the messages of all patches for a tree, and holds each
// kind of sentence against a run of the script, or the Makefiles, that is made for it. The
// real tree is the one in SVCJIFY_PORTSDIR; -v tells how many there were of a kind.
func TestSentencesAgainstTheRun(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	for _, root := range []string{"../corpus/testdata/ports", os.Getenv("SVCJIFY_PORTSDIR")} {
		for _, repair := range []bool{false, true} {
			if root == "" {
				continue
			}
			c, err := corpus.Open([]string{root})
			require.NoError(t, err)
			opts := Options{Certainty: infer.Possible, Repair: repair,
				Lint: lint.Options{Simulate: pool, Operator: lint.OperatorEquals}}
			res, err := lint.Run(context.Background(), c, opts.Lint)
			require.NoError(t, err)
			changes, _, err := Plan(context.Background(), res, opts)
			require.NoError(t, err)
			require.NotEmpty(t, changes)
			h := &holder{t: t, pool: pool, counts: map[string]int{}}
			for _, change := range changes {
				h.change = change
				h.hold()
			}
			kinds := []string{"needs", "outside", "bump", "colon"}
			if !strings.HasPrefix(root, "..") { // a real tree
				kinds = append(kinds, "skipped", "one jail", "without", "newer")
			}
			for _, kind := range kinds {
				require.Positive(t, h.counts[kind], kind)
			}
			t.Logf("%s, repair %v: %d patches, sentences held against a run: %v", root, repair, len(changes), h.counts)
		}
	}
}

// A holder holds one message after the other against runs.
type holder struct {
	t      *testing.T
	pool   *rcrun.Pool
	change *Change
	counts map[string]int
}

// subject is the service that a sentence names.
func (h *holder) subject(name string) *lint.Subject {
	for _, s := range h.change.Subjects {
		if ServiceName(s) == name {
			return s
		}
	}
	h.t.Fatalf("%s: no service %q in:\n%s", h.change.Name(), name, h.change.Body())
	return nil
}

// run runs a service's script as the patch leaves it.
func (h *holder) run(s *lint.Subject, list ...rcrun.Scenario) []rcrun.Record {
	src := s.Script.Src
	for _, f := range h.change.Files {
		if f.Path == s.Service.Template {
			src = f.New
		}
	}
	for i := range list {
		list[i].InstalledAs = s.Service.Name
		if s.Records != nil {
			list[i].Args = s.Records.Args
		}
	}
	job := rcrun.Job{Src: src, Subst: lint.Substitutions(s.Service), Scenarios: list}
	return h.pool.Run(context.Background(), []rcrun.Job{job})[0]
}

func (h *holder) hold() {
	where := h.change.Name()
	body := h.change.Body()
	for _, paragraph := range strings.Split(body, "\n\n") {
		heading, list, isList := strings.Cut(paragraph, ":\n- ")
		texts := []string{strings.Join(strings.Fields(paragraph), " ")}
		if isList && strings.HasSuffix(heading, "YES") || isList && heading == "In a service jail" {
			texts = nil
			for _, item := range strings.Split(list, "\n- ") {
				texts = append(texts, strings.Join(strings.Fields(item), " "))
			}
		}
		for _, text := range texts {
			text = generalHeading.ReplaceAllString(text, "$1: ")
			if m := generalText.FindStringSubmatch(text); m != nil {
				for _, name := range listed(m[1]) {
					h.sentence(where, strings.ReplaceAll(m[2], "NAME", name))
				}
				continue
			}
			h.sentence(where, text)
		}
	}
	h.told(where, strings.Join(strings.Fields(body), " "))
}

// sentence holds one text against runs.
func (h *holder) sentence(where, text string) {
	t := h.t
	where += ": " + text
	if m := needsWords.FindStringSubmatch(text); m != nil {
		for _, name := range listed(m[1]) {
			s, want := h.subject(name), ""
			if m[2] != "no option" {
				want = strings.Join(listed(m[2]), " ")
			}
			r := h.run(s, rcrun.Scenario{Verb: "start", Svcj: true})[0]
			require.Empty(t, r.Failed, where)
			require.Equal(t, want, r.SvcjOptions, where)
			require.Len(t, r.Jails, 1, where)
			if strings.Contains(text, "not jailed by default") {
				require.Empty(t, h.run(s, rcrun.Scenario{Verb: "start"})[0].Jails, where)
			}
			h.counts["needs"]++
		}
	} else if m := outsideText.FindStringSubmatch(text); m != nil {
		for _, name := range listed(m[2]) {
			require.Empty(t, h.run(h.subject(name), rcrun.Scenario{Verb: "start", Svcj: true})[0].Jails, where)
			h.counts["outside"]++
		}
	}
	if m := skippedText.FindStringSubmatch(text); m != nil {
		r := h.run(h.subject(m[1]), rcrun.Scenario{Verb: m[2], Svcj: true, Running: true})[0]
		require.Contains(t, r.Skipped, m[2]+"_cmd", where)
		require.Zero(t, r.Exit, where)
		h.counts["skipped"]++
	}
	if m := underText.FindStringSubmatch(text); m != nil && !strings.Contains(text, ". So ") {
		h.under(where, m[1], m[2])
	}
	if m := bumpText.FindStringSubmatch(text); m != nil {
		require.ElementsMatch(t, h.change.Ports, listed(m[1]), where)
		for _, port := range listed(m[1]) {
			h.rises(where, port)
		}
	}
	if m := sharesText.FindStringSubmatch(text); m != nil {
		for _, port := range listed(m[1]) {
			h.rises(where, port)
			require.NotContains(t, h.change.Ports, port, where)
		}
	}
	if m := newerText.FindStringSubmatch(text); m != nil {
		i := slices.IndexFunc(rcrun.Releases(), func(r rcrun.Release) bool { return r.Name == m[1] })
		require.GreaterOrEqual(t, i, 0, where)
		for _, w := range listed(m[2]) {
			require.False(t, rcrun.Releases()[i].Knows(w), where)
		}
		h.counts["newer"]++
	}
	if strings.HasPrefix(text, "The default has no colon") {
		require.True(t, slices.ContainsFunc(h.change.Files, func(f File) bool {
			return noColon.Match(f.New) && regexp.MustCompile(`:[=-]`).Match(f.Old)
		}), where)
		h.counts["colon"]++
	}
}

// under holds what is said to happen with settings in rc.conf against two starts with them.
func (h *holder) under(where, conf, what string) {
	t := h.t
	var settings []rcrun.Setting
	for _, m := range settingText.FindAllStringSubmatch(conf, -1) {
		settings = append(settings, rcrun.Setting{Name: m[1], Value: m[2] + m[3]})
	}
	var s *lint.Subject
	for _, x := range h.change.Subjects {
		name := ServiceName(x)
		if strings.HasPrefix(settings[0].Name, name+"_") && (s == nil || len(name) > len(ServiceName(s))) {
			s = x
		}
	}
	if s == nil && len(h.change.Subjects) == 1 {
		s = h.change.Subjects[0]
	}
	require.NotNil(t, s, where)
	if strings.Contains(what, "instance") { // each has settings of its own
		for _, m := range instanceText.FindAllStringSubmatch(string(s.Script.Src), -1) {
			value := "/usr/local/etc/example.conf"
			if m[1] == "enable" {
				value = "YES"
			}
			for _, one := range strings.Fields(settings[0].Value) {
				if !strings.Contains(one, "/") {
					name := ServiceName(s) + "_" + one + "_" + m[1]
					settings = append(settings, rcrun.Setting{Name: name, Value: value})
				}
			}
		}
	}
	runs := h.run(s, rcrun.Scenario{Verb: "start", RCConf: settings},
		rcrun.Scenario{Verb: "start", RCConf: settings, Svcj: true})
	host, jail := runs[0], runs[1]
	require.Empty(t, host.Failed+jail.Failed, where)
	words := func(r rcrun.Record) string {
		var out []string
		for _, c := range r.Starts {
			out = append(append(out, c.Argv...), c.Env...)
		}
		return " " + strings.Join(out, " ") + " "
	}
	said := false
	for _, m := range withoutText.FindAllStringSubmatch(what, -1) {
		said = true
		for _, w := range strings.Fields(strings.TrimSuffix(m[1], "...")) {
			require.Greater(t, strings.Count(words(host), " "+w+" "), strings.Count(words(jail), " "+w+" "), where)
		}
		h.counts["without"]++
	}
	for _, m := range alsoText.FindAllStringSubmatch(what, -1) {
		said = true
		for _, w := range strings.Fields(m[1]) {
			require.Less(t, strings.Count(words(host), " "+w+" "), strings.Count(words(jail), " "+w+" "), where)
		}
		h.counts["also"]++
	}
	if m := oneJailText.FindStringSubmatch(what); m != nil {
		said = true
		require.Contains(t, jail.Refused, "svcj-"+m[1], where)
		require.Greater(t, len(host.Starts), 1, where)
		require.GreaterOrEqual(t, len(jail.Starts), len(host.Starts), where)
		h.counts["one jail"]++
	}
	if m := firstText.FindStringSubmatch(what); m != nil {
		said = true
		require.Contains(t, jail.Refused, "svcj-"+m[1], where)
		require.Less(t, len(jail.Starts), len(host.Starts), where)
		h.counts["first only"]++
	}
	if !said {
		h.counts["under, read only: "+strconv.Quote(what)]++
	}
}

// rises holds a port's package name against the Makefiles as the patch leaves them.
func (h *holder) rises(where, port string) {
	files := map[string][]byte{}
	for _, f := range h.change.Files {
		files[f.Path] = f.New
	}
	before, err := makefile.Read(h.change.Tree.FS, port)
	require.NoError(h.t, err, where)
	after, err := makefile.Read(overlay{h.change.Tree.FS, files}, port)
	require.NoError(h.t, err, where)
	a, err := revisionOf(before)
	require.NoError(h.t, err, where)
	b, err := revisionOf(after)
	require.NoError(h.t, err, where)
	require.Equal(h.t, a+1, b, where)
	h.counts["bump"]++
}

// told holds the message against what it must not be silent of.
func (h *holder) told(where, flat string) {
	for _, s := range h.change.Subjects {
		if s.Verdict.Never() || s.Declared() {
			continue
		}
		for _, verb := range []string{"restart", "status"} {
			r := h.run(s, rcrun.Scenario{Verb: verb, Svcj: true, Running: true})[0]
			if slices.Contains(r.Skipped, verb+"_cmd") {
				name := ServiceName(s)
				require.True(h.t, strings.Contains(flat, fmt.Sprintf(`"service %s %s"`, name, verb)) ||
					strings.Contains(flat, fmt.Sprintf(`"service NAME %s"`, verb)), "%s is silent of %s", where, verb)
				h.counts["silent of nothing"]++
			}
		}
	}
}
