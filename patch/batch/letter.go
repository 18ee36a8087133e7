package batch

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// write adds the report texts and, for a person, the letter.
func (r *recipient) write(set Settings, texts map[string][]byte) {
	if r.dir == scriptsDir {
		return
	}
	if r.address != "" {
		texts[path.Join(r.dir, "COVER.txt")] = []byte(r.cover(set))
	}
	for _, group := range r.groups() {
		texts[r.reportOf(group[0])] = []byte(r.report(set, group))
	}
}

// report is what to fill into Bugzilla's form (facts: the FreeBSD guide asks
// for patches as attachments, and for one report for each matter).
func (r *recipient) report(set Settings, list []patch.Numbered) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Product:     Ports & Packages\nComponent:   Individual Port(s)\nSummary:     %s\n",
		r.summaryLine(list))
	for _, cc := range carbonCopies(list) {
		fmt.Fprintf(&b, "CC:          %s\n", report.OneLine(cc))
	}
	label := "Attachments:"
	for _, n := range list {
		fmt.Fprintf(&b, "%s %s\n", label, r.attached(n))
		label = "            "
	}
	b.WriteString("\nDescription:\n\n" + patch.Paragraph(introduction(set, list)))
	var said []string
	for _, n := range list {
		if slices.Contains(said, n.Body()) { // it stands under the first that says so
			continue
		}
		said = append(said, n.Body())
		b.WriteString("\n")
		if len(list) > 1 {
			same := slices.DeleteFunc(slices.Clone(list), func(x patch.Numbered) bool { return x.Body() != n.Body() })
			b.WriteString(patch.Paragraph(origins(same)+":") + "\n")
		}
		b.WriteString(n.Body())
	}
	b.WriteString(marked(list) + r.others(list))
	b.WriteString("\n" + tested(set, list, "for what is noted above"))
	b.WriteString("\n" + patch.Paragraph(howToTry) + "\n" + trial(list))
	return b.String()
}

// leftBy is the services that get no patch, by the ports that install them.
func leftBy(t Today) map[string][]Withheld {
	out := map[string][]Withheld{}
	for _, w := range t.Withheld(nil) {
		for _, p := range w.Subject.Service.Ports {
			out[p.Origin] = append(out[p.Origin], w)
		}
	}
	return out
}

// code is the number of a rule, which a maintainer has no use for.
var code = regexp.MustCompile(` \[SJ\d+\]`)

// others says of the other services of the same ports why they stay as they are; who
// reads a patch of some of them takes them for forgotten.
func (r *recipient) others(list []patch.Numbered) string {
	var lines []string
	for _, n := range list {
		for _, port := range n.Ports {
			for _, w := range r.left[port] {
				why := code.ReplaceAllString(w.What, "")
				if state, what, ok := strings.Cut(why, ": "); ok && !strings.Contains(state, " ") {
					why = what // blocked, faulty, unknown
				}
				line := report.OneLine(w.Subject.Service.Name) + ": " + why
				if !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
	}
	if len(lines) == 0 {
		return ""
	}
	text := "\n" + patch.Paragraph(verb(len(lines), "One other script of the port stays as it is:",
		"Other scripts of these ports stay as they are:"))
	if len(list) == 1 && len(lines) > 1 {
		text = "\n" + patch.Paragraph("Other scripts of the port stay as they are:")
	}
	for _, l := range lines {
		text += "\n" + patch.Paragraph(l)
	}
	return text
}

// attached is the patch's file as seen from the report.
func (r *recipient) attached(n patch.Numbered) string {
	if name := r.places[n.Name()]; path.Dir(name) != r.dir {
		return name + " (in the directory of the batch)"
	}
	return path.Base(r.places[n.Name()])
}

// summaryLine is a report's summary, and a letter's subject.
func (r *recipient) summaryLine(list []patch.Numbered) string {
	first := list[0].Subject()
	if len(list) == 1 {
		return first
	}
	if r.category != "" {
		return fmt.Sprintf("%s: Service jail settings for the rc scripts of %d ports", report.OneLine(r.category),
			len(list))
	}
	name, what, _ := strings.Cut(first, ": ")
	if names := origins(list); len(names) <= 120 {
		name = names
	} else {
		name = fmt.Sprintf("%s and %d more %s", name, len(list)-1, verb(len(list)-1, "port", "ports"))
	}
	for _, n := range list[1:] {
		if _, other, _ := strings.Cut(n.Subject(), ": "); other != what {
			return name + ": Service jail settings for the rc scripts"
		}
	}
	return name + ": " + what
}

// carbonCopies is the maintainers concerned, with what each maintains where it
// is not the report's own port.
func carbonCopies(list []patch.Numbered) []string {
	var order []string
	ports := map[string][]string{}
	add := func(address, what string) {
		if patch.Unmaintained(address) {
			return
		}
		order = addOnce(order, address)
		ports[address] = addOnce(ports[address], what)
	}
	for _, n := range list {
		add(n.Maintainer(), n.Name())
		for _, s := range n.Subjects {
			for _, p := range s.Service.Ports {
				add(strings.TrimSpace(p.Make.Value("MAINTAINER")), p.Origin)
			}
		}
	}
	if len(order) == 1 {
		return order
	}
	for i, m := range order {
		order[i] = fmt.Sprintf("%s (%s)", m, strings.Join(ports[m], ", "))
	}
	return order
}

// kinds is what the patches do, taken together.
func kinds(list []patch.Numbered) (sum patch.Kinds) {
	for _, n := range list {
		k := n.Kinds()
		sum.Options += k.Options
		sum.OptOuts += k.OptOuts
		sum.Corrected += k.Corrected
		sum.Moved += k.Moved
		sum.Dropped += k.Dropped
	}
	return sum
}

// colon reports whether the defaults are written with := rather than =.
func (s Settings) colon() bool {
	return slices.Contains(s.Flags, "operator "+string(lint.OperatorColon))
}

func introduction(set Settings, list []patch.Numbered) string {
	k := kinds(list)
	text := "On FreeBSD 15, NAME_svcj=YES in rc.conf(5) starts a service in a jail of its own"
	if k.Options+k.Corrected+k.Moved > 0 {
		text += ", without network and with few privileges, except what NAME_svcj_options grants"
	}
	text += "."
	patches, scripts := verb(len(list), "The patch", "The patches"),
		verb(k.Options+k.OptOuts+k.Corrected+k.Moved, "the script", "the scripts")
	if k.Options > 0 {
		text += fmt.Sprintf(" %s %s these options as a default in %s, so that the one line in rc.conf is enough.",
			patches, verb(len(list), "sets", "set"), scripts)
		if !set.colon() {
			text += " The default is written without a colon, so that an empty value in rc.conf, which denies the network, stays empty."
		}
	}
	if k.Moved > 0 {
		text += " What only start_precmd sets, and the jailed start does not see, is moved to the top level."
	}
	if k.Dropped > 0 {
		text += " A restart_cmd that only stops and starts, and is not run for a jailed service, is deleted: rc.subr(8) does the same itself."
	}
	if k.Corrected > 0 {
		text += fmt.Sprintf(" What %s for service jails is corrected.",
			verb(k.Corrected, "a script already declares", "scripts already declare"))
	}
	if k.OptOuts > 0 {
		text += fmt.Sprintf(" %s NAME_svcj=\"NO\", with the reason.",
			verb(k.OptOuts, "A service that must not be jailed gets", "Services that must not be jailed get"))
	}
	if k.Moved+k.Dropped == 0 && simulated(list) == subjects(list) {
		text += " Nothing changes for those who set neither NAME_svcj nor svcj_all_enable."
	}
	return text + " PORTREVISION is bumped, since the script is in the package."
}

// howToTry stands above the commands of trial.
const howToTry = "To try it on FreeBSD 15, apply the patch, build and install the port, and then:"

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// subjects is how many services the patches change, simulated how many of them were run.
func subjects(list []patch.Numbered) (sum int) {
	for _, n := range list {
		sum += len(n.Subjects)
	}
	return sum
}

func simulated(list []patch.Numbered) (sum int) {
	for _, n := range list {
		for _, s := range n.Subjects {
			if s.Records != nil {
				sum++
			}
		}
	}
	return sum
}

// tested says what was looked at, and what was not. Apart says where the
// differences of the jailed start are told.
func tested(set Settings, list []patch.Numbered, apart string) string {
	ran, all := simulated(list), subjects(list)
	against := ""
	if base := set.Base; base != "" {
		against = ", against commit " + base[:min(12, len(base))]
	}
	text := fmt.Sprintf("Tested by program only (svcjify)%s. ", against)
	k := kinds(list)
	switch ran {
	case 0:
		text += "The " + verb(all, "script was", "scripts were") + " not run, not even in a simulation of rc.subr(8)."
	default:
		text += "In a simulation of rc.subr(8), start, stop, restart, status and reload run the same commands on the host as before"
		if k.Options+k.Moved > 0 {
			text += ", and the jailed start has the same command, user and environment as on the host, except " + apart
		}
		text += "."
		if ran < all {
			text += fmt.Sprintf(" %d of the %d scripts could not be run there.", all-ran, all)
		}
	}
	return patch.Paragraph(text) + "\n" + patch.Paragraph("Not tested: nothing was run on FreeBSD. The "+verb(len(list),
		"port was", "ports were")+
		" not built (poudriere testport, portlint), and no service was started.")
}

// cover is the letter to a maintainer.
func (r *recipient) cover(set Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "To: %s\nSubject: %s\n\nHello,\n\n", report.OneLine(r.address), r.summaryLine(r.patches))
	what := "here is a patch for " + r.patches[0].Name() + ", which you maintain. "
	if len(r.patches) > 1 {
		what = fmt.Sprintf("here are patches for %d ports that you maintain. ", len(r.patches))
	}
	b.WriteString(patch.Paragraph(what+introduction(set, r.patches)) + "\n")
	for _, n := range r.patches {
		series := ""
		if n.Total > 0 {
			series = fmt.Sprintf(" (%d/%d, the same script)", n.Number, n.Total)
		}
		fmt.Fprintf(&b, "  %s%s\n", n.Name(), series)
		for _, l := range answerLines(n) {
			b.WriteString("      " + l + "\n")
		}
	}
	b.WriteString(marked(r.patches) + r.others(r.patches))
	b.WriteString("\n" + tested(set, r.patches,
		"for what "+verb(len(r.patches), "the patch notes", "the patches note")))
	b.WriteString("\n" + patch.Paragraph("You know the program: if it needs more, or less, or must not run in a jail, please tell me. If you do not want such patches, tell me, and I leave "+verb(len(r.patches), "the port", "your ports")+" out."))
	b.WriteString("\n" + patch.Paragraph(howToTry) + "\n" + trial(r.patches))
	return b.String()
}

// answerLines is what the patch gives each service, those with the same answer in one line.
func answerLines(n patch.Numbered) []string {
	var answers []string
	names := map[string][]string{}
	for _, s := range n.Subjects {
		a := "no option"
		switch {
		case s.Verdict.Never():
			a = "is not jailed"
		case s.Declared():
			a = "corrected"
		case s.Verdict.OptOut:
			a = cmp.Or(strings.Join(s.Verdict.Lifted, " "), a) + ", not jailed by default"
		case len(s.Verdict.Options) > 0:
			a = strings.Join(s.Verdict.Options, " ")
		}
		answers = addOnce(answers, a)
		names[a] = addOnce(names[a], report.OneLine(s.Service.Name))
	}
	for i, a := range answers {
		answers[i] = strings.Join(names[a], ", ") + ": " + a
	}
	return answers
}
