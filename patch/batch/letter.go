package batch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// write adds the report texts and the cover letter of one recipient. A person
// gets one report for all his ports. Ports without a maintainer get one for each
// patch or series: any committer may take any of them, and one at a time.
func (r *recipient) write(p *page, texts map[string][]byte) {
	if r.dir == scriptsDir {
		return
	}
	texts[path.Join(r.dir, "COVER.txt")] = []byte(r.cover(p))
	if !r.nobody {
		texts[path.Join(r.dir, "REPORT.txt")] = []byte(r.report(p, r.patches))
		return
	}
	for i := 0; i < len(r.patches); {
		n := max(1, r.patches[i].Total)
		group := []patch.Numbered{r.patches[i]}
		for j := i + 1; j < len(r.patches) && n > 1 && r.patches[j].Total == n && r.patches[j].Number > r.patches[j-1].Number; j++ {
			group = append(group, r.patches[j])
		}
		name := strings.TrimSuffix(r.patches[i].FileName(), ".patch") + ".report.txt"
		texts[path.Join(r.dir, name)] = []byte(r.report(p, group))
		i += len(group)
	}
}

// report is what to fill into Bugzilla's form (facts: the FreeBSD guide asks
// for patches as attachments, and for one report for each matter).
func (r *recipient) report(p *page, list []patch.Numbered) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Product:     Ports & Packages\nComponent:   Individual Port(s)\nSummary:     %s\n", summaryLine(list))
	if !r.nobody {
		fmt.Fprintf(&b, "CC:          %s\n", report.OneLine(r.address))
	}
	for _, m := range others(list) {
		fmt.Fprintf(&b, "CC:          %s (maintains a port that changes with it)\n", report.OneLine(m))
	}
	for i, n := range list {
		label := "            "
		if i == 0 {
			label = "Attachments:"
		}
		fmt.Fprintf(&b, "%s %s\n", label, n.FileName())
	}
	b.WriteString("\nDescription:\n\n")
	b.WriteString(patch.Paragraph(introduction(list)))
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].Body() == list[i].Body() {
			j++
		}
		b.WriteString("\n")
		if len(list) > 1 {
			b.WriteString(patch.Paragraph(origins(list[i:j])) + "\n")
		}
		b.WriteString(list[i].Body())
		i = j
	}
	b.WriteString("\nHow it was tested\n\n" + tested(p, list))
	b.WriteString("\nHow to try it on FreeBSD 15\n\n" + trial(list))
	return b.String()
}

// summaryLine is a report's summary.
func summaryLine(list []patch.Numbered) string {
	first := list[0].Subject()
	if len(list) == 1 {
		return first
	}
	name, what, _ := strings.Cut(first, ": ")
	if names := origins(list); len(names) <= 120 {
		name = names
	} else {
		name = fmt.Sprintf("%s and %d more ports", name, len(list)-1)
	}
	for _, n := range list[1:] {
		if _, other, _ := strings.Cut(n.Subject(), ": "); other != what {
			return name + ": Declare what the rc scripts need in service jails"
		}
	}
	return name + ": " + what
}

// others is the maintainers of other ports that change along.
func others(list []patch.Numbered) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range list {
		for _, m := range n.OtherMaintainers() {
			if !seen[m] {
				seen[m] = true
				out = append(out, m)
			}
		}
	}
	return out
}

// kinds is what the patches do, taken together.
func kinds(list []patch.Numbered) (sum patch.Kinds) {
	for _, n := range list {
		k := n.Kinds()
		sum.Options += k.Options
		sum.OptOuts += k.OptOuts
		sum.Mended += k.Mended
		sum.Moved += k.Moved
	}
	return sum
}

func introduction(list []patch.Numbered) string {
	k := kinds(list)
	text := "FreeBSD 15 can start an rc.d service in a jail of its own when rc.conf(5) sets NAME_svcj=YES. "
	if k.Options+k.Mended+k.Moved > 0 {
		text += "Such a jail has no network and hardly any privilege unless the script grants it by NAME_svcj_options. "
	}
	if k.Options > 0 {
		text += "The attached " + verb(len(list), "patch sets", "patches set") + " the default that the service needs, so that the one line in rc.conf is enough. "
	}
	if k.Moved > 0 {
		text += "What such a jail's start needs and only a start_precmd sets is moved to where the start sees it. "
	}
	if k.Mended > 0 {
		text += "What " + verb(k.Mended, "the script declares", "scripts declare") + " for service jails already does not work as it should, and is mended as described below. "
	}
	if k.OptOuts > 0 {
		text += verb(k.OptOuts, "One service can't", "Some services can't") + " work in a jail with any option: " + verb(k.OptOuts, "its script gets", "their scripts get") + " NAME_svcj=\"NO\" with the reason. "
	}
	return text + "Nothing changes for those who do not set NAME_svcj, nor on releases without service jails, where the variables are not read. " +
		"PORTREVISION rises, since the script is part of the package."
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// tested says what was looked at, and what was not.
func tested(p *page, list []patch.Numbered) string {
	simulated, all := 0, 0
	for _, n := range list {
		for _, s := range n.Subjects {
			all++
			if s.Records != nil {
				simulated++
			}
		}
	}
	made := "The " + verb(len(list), "patch was", "patches were") + " made by svcjify"
	if base := p.Settings.Base; base != "" {
		made += " against commit " + base[:min(12, len(base))]
	}
	lines := []string{made + ". Checked by program, on the text of the tree: the script parses as before and sets nothing but what is said above, and PORTREVISION is one more in each port concerned, as the Makefiles are read without running make."}
	switch simulated {
	case all:
		lines = append(lines, simulation(p, kinds(list)))
	case 0:
		lines = append(lines, "The script was not run, not even in a model of rc.subr(8).")
	default:
		lines = append(lines, fmt.Sprintf("%d of the %d scripts were run before and after in a model of rc.subr(8); the others were not run at all.", simulated, all))
	}
	lines = append(lines, "NOT tested: nothing was run on FreeBSD. The port was not built, staged or installed (no poudriere testport, no portlint), and the service was not started, neither in a service jail nor outside. What the service needs is concluded from documentation and from the script, as given above; svcjify holds the answer to be "+sureness(list)+".")
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(patch.Paragraph(l))
	}
	return b.String()
}

// sureness is that of the least certain answer, in words.
func sureness(list []patch.Numbered) string {
	least := list[0].Certainty
	for _, n := range list {
		least = min(least, n.Certainty)
	}
	switch least {
	case infer.Certain:
		return "certain"
	case infer.Confident:
		return "right with confidence, though not with certainty"
	}
	return "only " + least.String()
}

// simulation is what the proofs of the patches have shown.
func simulation(p *page, k patch.Kinds) string {
	text := "The script was run before and after in a model of rc.subr(8). On the host, start, stop, restart, status and reload reach the same commands as before."
	if k.Options+k.Moved > 0 {
		text += " In the jail, start reaches the same command line, user and environment as on the host, apart from what the text above notes."
	}
	if k.Options > 0 {
		empty := ", the empty one too,"
		if slices.Contains(p.Settings.Flags, "operator "+string(lint.OperatorColon)) {
			empty = ", if not empty,"
		}
		text += " A value in rc.conf" + empty + " wins over the default."
	}
	if k.Mended > 0 {
		text += " What is said above to be mended is no longer found."
	}
	if k.OptOuts > 0 {
		text += " An opt-out holds whatever rc.conf says."
	}
	return text
}

// trial is the commands by which a maintainer can see it work.
func trial(list []patch.Numbered) string {
	var names []string
	optOuts := 0
	for _, n := range list {
		for _, s := range n.Subjects {
			name := report.OneLine(patch.ServiceName(s))
			if slices.Contains(names, name) {
				continue
			}
			names = append(names, name)
			if s.Verdict.OptOut {
				optOuts++
			}
		}
	}
	name, head := names[0], ""
	if len(names) > 1 {
		name, head = "NAME", patch.Paragraph("with each of "+strings.Join(names, ", ")+" for NAME:")+"\n"
	}
	shows := "the service's jail"
	switch optOuts {
	case 0:
	case len(names):
		shows = "no such jail: the script refuses it"
	default:
		shows = "the service's jail; none where the script refuses it"
	}
	for _, l := range []string{"sysrc %s_enable=YES %s_svcj=YES", "service %s start", "jls -j svcj-%s     # " + shows, "service %s status", "service %s stop", "sysrc -x %s_svcj"} {
		head += "    " + strings.ReplaceAll(l, "%s", name) + "\n"
	}
	return head
}

// cover is the letter to a maintainer.
func (r *recipient) cover(p *page) string {
	var b strings.Builder
	if r.nobody {
		b.WriteString(patch.Paragraph(fmt.Sprintf("%d patches for ports without a maintainer. Any committer may take any of them; they do not depend on one another. Beside each patch, or the first of a series, is the text of a report for Bugzilla.", len(r.patches))))
	} else {
		fmt.Fprintf(&b, "To: %s\nSubject: %s\n\nHello,\n\n", report.OneLine(r.address), summaryLine(r.patches))
		what := "a patch for a port"
		if len(r.patches) > 1 {
			what = fmt.Sprintf("%d patches for ports", len(r.patches))
		}
		b.WriteString(patch.Paragraph("Here is " + what + " that you maintain. " + introduction(r.patches)))
	}
	b.WriteString("\n")
	for _, n := range r.patches {
		series := ""
		if n.Total > 0 {
			series = fmt.Sprintf(" (%d/%d, the same script)", n.Number, n.Total)
		}
		fmt.Fprintf(&b, "  %s%s\n", n.Name(), series)
		var said []string
		for _, s := range n.Subjects {
			line := fmt.Sprintf("      %s: %s, %s\n", report.OneLine(s.Service.Name), answerOf(s), s.Verdict.Certainty)
			if !slices.Contains(said, line) { // copies of one script in several ports
				said = append(said, line)
				b.WriteString(line)
			}
		}
	}
	b.WriteString("\n" + tested(p, r.patches))
	if r.nobody {
		return b.String()
	}
	b.WriteString("\n" + patch.Paragraph("You know the program. If it needs more, or less, or must not be jailed, please say so, and what for. If you had rather not have such patches, one word is enough: the port is then left out for good. There is no hurry."))
	b.WriteString("\nTo try it on FreeBSD 15:\n\n" + trial(r.patches))
	return b.String()
}
