package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// topics are help pages that are no commands; the manual page has them too.
func topics() []*cobra.Command {
	var formats strings.Builder
	formats.WriteString("What lint, list and history can print (--format), and who reads it.\n\nlint:\n")
	for _, f := range report.Formats() {
		fmt.Fprintf(&formats, "  %-10s  %s\n", f.Name, f.What)
	}
	formats.WriteString("\nlist:\n")
	for _, f := range report.ListFormats() {
		fmt.Fprintf(&formats, "  %-10s  %s\n", f.Name, f.What)
	}
	formats.WriteString("\nhistory:\n")
	for _, f := range historyFormats(nil) {
		fmt.Fprintf(&formats, "  %-10s  %s\n", f.Name, f.What)
	}
	formats.WriteString(`
Text and oneline name files from the current directory; every other format names them
from the top of the git repository, or where there is none from the top of the tree, and
json and jsonl say which in path_from: repository or tree.

Several are separated by commas; FORMAT=FILE writes to a file, as a whole or not at
all. One may go to standard output.`)
	return []*cobra.Command{
		{Use: "formats", Short: "What can be printed, and who reads it", Long: formats.String()},
		{Use: "configuration", Short: "The file .svcjify.toml", Long: configurationHelp},
		{Use: "releases", Short: "Which rc.subr a system has (--release)", Long: releasesHelp()},
		{Use: "environment", Short: "Environment variables and signals that svcjify uses", Long: environmentHelp},
	}
}

const configurationHelp = `svcjify uses the first file that it finds: .svcjify.toml in the directory of PATH or
above it, up to the top of the tree, then svcjify/config.toml in the user's configuration
directory. --config names another file, or the word none (no file). A flag overrides the
file. svcjify config check reports what is wrong with it.

The file is TOML. Its keys:
  operator     equals or colon, as --operator
  release      as --release
  author       author of the patches, as --author of patch
  fail-on      as --fail-on of lint
  portsdir     the main ports tree, as --portsdir, relative to the file
  baseline     file of known findings, relative to the configuration
  disable      list of rules that report nothing
  [severity]   RULE = "error", "warning" or "info"
  [[ignore]]   path (a glob, ** for any directories), rule, reason; with
               works = true, the service of that one script works anyway
  [[service]]  name (a glob), port (a glob of origins; optional), options
               (words, "none" or "NO"), reason; with NO also comment, which is
               written into the script

An example of a service that svcjify can't judge by itself:

  [[service]]
  name = "whatnot"
  options = "net_basic"
  reason = "It listens on TCP port 4711: whatnot(8)."

A rule is named by its code or its slug. A reason is required. In a script, the comment
line "# svcjify: ignore RULE reason" is an ignore too, and "# svcjify: works RULE reason"
is an ignore with works = true.

An ignored finding is not shown and does not change the exit code. It does not change the
state of the service either, unless the ignore says works.`

const environmentHelp = `Variables:
  PORTSDIR         the main ports tree, as --portsdir; outside of a tree,
                   names are looked up there
  FORCE_COLOR      colours with --color auto, whatever the output is; 0: none
  NO_COLOR         no colours with --color auto
  TERM             dumb: no colours with --color auto, and no progress line
  XDG_CONFIG_HOME  the user's configuration directory, by default ~/.config

Signals:
  SIGINFO, SIGUSR1  print on standard error how far the run is; SIGINFO (^T) if
                    the system has it`

// releasesHelp names the releases of rc.subr; see docs/service-jails.md.
func releasesHelp() string {
	var b strings.Builder
	b.WriteString(`The rc.subr files that the simulation models (--release), oldest first:
`)
	for _, r := range rcrun.Releases() {
		fmt.Fprintf(&b, "  %-4s  %s\n", r.Name, r.Short)
	}
	b.WriteString(`
svcjify does not know which FreeBSD release has which of them. Ask the system:

  grep -c settime /etc/rc.subr    0 means 15.0, else 15 or 16
  grep -c setaudit /etc/rc.subr   0 means 15 (or 15.0), else 16

svcjify advise finds it from the system's /etc/rc.subr. For lint and patch, name the
oldest one that your users still have. The default is ` + rcrun.DefaultRelease + `.`)
	return b.String()
}
