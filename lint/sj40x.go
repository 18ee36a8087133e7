package lint

import (
	"github.com/svcjify/svcjify/corpus"
)

// The 4xx rules are about the port's own house. All but SJ403 and SJ401
// (sj401.go) come from what the corpus could not read or find; see fromProblem.

var sj402 = &Rule{
	Code: "SJ402", Slug: "template-missing", Severity: Error,
	Doc: Doc{
		Title: "USE_RC_SUBR names a script that has no template",
		Text: `bsd.port.mk makes each word of USE_RC_SUBR from ` + "`${FILESDIR}/word.in`" + `; without that
file the port does not build. A port that installs upstream's own script, or makes
one in its Makefile, has no template that could be patched: the severity is info then.`,
		Before: `USE_RC_SUBR=	food	# there is no files/food.in`,
		After:  `USE_RC_SUBR=	foo	# files/foo.in`,
	},
}

var sj403 = &Rule{
	Code: "SJ403", Slug: "syntax-error", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "sh(1) will refuse the script",
		Text: `The script is not valid shell after its placeholders are replaced, so it does not start
anywhere. There is no patch until that is corrected. svcjify accepts what FreeBSD's sh(1) accepts
(bin/sh/parser.c), since /etc/rc reads every script at boot, whatever its first line says. That is more
than POSIX: a function may be called check-conf or 9p, a list may be empty, as in ` + "`then fi`" + `,
and a for loop may have braces. Arrays, here-strings, ` + "`<(...)`, `function f {`" + ` and other parts of Bash are
refused; docs/shell.md has the table. A script that is not text, is larger than 256 KiB, or nests
deeper than 1000 levels is refused under this rule too.`,
		Before: `foo_flags="-x`,
		After:  `foo_flags="-x"`,
	},
	Check: func(p *Pass) {
		if e := p.Script.Err; e != nil {
			p.report(e.Pos, nil, e.Hint, "%s", e.Text)
		}
	},
}

var sj405 = &Rule{
	Code: "SJ405", Slug: "not-installed", Severity: Warning,
	Doc: Doc{
		Title: "a template of an rc.d script that no port installs",
		Text: `It is in a port's files directory, and neither USE_RC_SUBR nor SUB_FILES nor another line of
the Makefile names it. Nobody gets a change of it.`,
		Before: `# files/foo.in exists
USE_RC_SUBR=	bar`,
		After: `USE_RC_SUBR=	bar foo`,
	},
}

var sj406 = &Rule{
	Code: "SJ406", Slug: "unreadable", Severity: Error,
	Doc: Doc{
		Title: "a file of the port could not be read or understood",
		Text: `A Makefile that includes itself, a template that is not a regular file or leads out of
the tree, a file without read permission: svcjify can't judge what it can't read. The
rest of the run goes on. The message says what was found; correct that, or
leave the port out of the run.

An overlay whose ports read files of the main ports tree gets one finding with severity info,
until --portsdir names that tree (docs/layouts.md).`,
		Before: `.include "Makefile.common"	# which includes this file`,
		After:  `.include "${.CURDIR}/../foo/Makefile.common"`,
	},
}

// fromProblem turns what the corpus met into a finding.
func fromProblem(p corpus.Problem) Finding {
	f := Finding{Tree: p.Tree, Path: p.Path, Line: p.Line, Origin: p.Origin, Message: p.Text, Hint: p.Hint}
	rule := sj406
	switch p.Kind {
	case corpus.TemplateMissing:
		rule = sj402
	case corpus.NotInstalled:
		rule = sj405
	case corpus.NoTemplate:
		rule = sj402
	case corpus.Internal:
		c := Crash{Origin: p.Origin, What: p.Text}
		f = c.finding(p.Tree, p.Path)
		rule = sj901
	}
	f.Code, f.Severity = rule.Code, rule.Severity
	if p.Kind == corpus.NoTemplate || p.Kind == corpus.Elsewhere {
		f.Severity = Info
	}
	return f
}
