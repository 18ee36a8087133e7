package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
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
		{Use: "environment", Short: "Environment variables and signals that svcjify uses", Long: environmentHelp},
	}
}

const configurationHelp = `The first file found counts: .svcjify.toml in the directory of PATH or above it, up to
the top of the tree, then svcjify/config.toml in the user's configuration directory.
--config names another, or none. Flags win over the file. svcjify config check
reports what is wrong with it.

The file is TOML. Its keys:
  operator     equals or colon, as --operator
  release      as --release
  author       who patches are from, as --author of patch
  fail-on      as --fail-on of lint
  portsdir     the ports tree that this one stands on, as --portsdir, relative to the file
  baseline     file of known findings, relative to the configuration
  disable      list of rules that report nothing
  [severity]   RULE = "error", "warning" or "info"
  [[ignore]]   path (a glob, ** for any directories), rule, reason; with works = true,
               the service of that one script works in spite of the finding
  [[service]]  name (a glob), port (a glob of origins; optional), options (words, none or
               NO), reason; with NO also comment, which stands in the script

A rule is named by its code or its slug. A reason is required. In a script, the comment
line "# svcjify: ignore RULE reason" is an ignore too, and "# svcjify: works RULE reason"
one with works.

An ignored finding is not shown and does not change the exit code. The state of a service
is what it would be without the ignore, unless the ignore says works.`

const environmentHelp = `Variables:
  PORTSDIR         the ports tree that an overlay stands on, as --portsdir; without a
                   tree around the current directory, the one that names are looked up in
  FORCE_COLOR      colours with --color auto, whatever the output is; 0 for none
  NO_COLOR         no colours with --color auto
  TERM             dumb: no colours with --color auto, and no progress line
  XDG_CONFIG_HOME  the user's configuration directory, by default ~/.config

Signals:
  SIGINFO, SIGUSR1  print on standard error where the run is; SIGINFO (^T) where the
                    system has it`
