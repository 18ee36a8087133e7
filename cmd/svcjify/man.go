package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manDate is when what the manual page says last changed.
const manDate = "November 26, 2026"

// manualPages is the pages of FreeBSD's that belong to the subject, by section and name.
var manualPages = []struct{ name, section string }{
	{"git", "1"}, {"rc.conf", "5"}, {"jail", "8"}, {"rc", "8"}, {"rc.subr", "8"}, {"service", "8"},
}

func manCmd() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page, svcjify(1), in mdoc(7)", Args: takesNone(), Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := cmd.OutOrStdout().Write([]byte(manual(cmd.Root())))
			return err
		},
	}
}

// manual is svcjify(1), made of the texts of --help.
func manual(root *cobra.Command) string {
	w := &mdocWriter{}
	w.macro("Dd %s", manDate)
	w.macro("Dt %s 1", strings.ToUpper(root.Name()))
	w.macro("Os")
	w.section("Sh", "NAME")
	w.macro("Nm %s", root.Name())
	w.macro("Nd %s", strings.ToLower(root.Short[:1])+root.Short[1:])
	var commands, topics []*cobra.Command
	walk(root, func(c *cobra.Command) {
		switch {
		case c == root:
		case c.Run == nil && c.RunE == nil:
			topics = append(topics, c)
		case !c.HasSubCommands() || c.Long != "": // some only hold others
			commands = append(commands, c)
		}
	})
	shared, common := sharedFlags(commands)
	w.section("Sh", "SYNOPSIS")
	for _, c := range commands {
		w.macro("Nm")
		w.commandLine(c)
	}
	w.section("Sh", "DESCRIPTION")
	w.text(rootHelp)
	w.text("These flags go with every command:")
	w.flags(root.PersistentFlags(), nil)
	w.text("And these with every command that looks at services:")
	w.flags(common, nil)
	w.section("Sh", "COMMANDS")
	for _, c := range commands {
		path := strings.TrimPrefix(c.CommandPath(), root.Name()+" ")
		w.section("Ss", path)
		if c.Long == "" {
			w.text(c.Short + ".")
		}
		w.text(c.Long)
		w.flags(c.NonInheritedFlags(), shared)
	}
	// ENVIRONMENT comes last, since mdoc(7) knows it and has an order for those it knows.
	slices.SortStableFunc(topics, func(a, b *cobra.Command) int {
		return b2i(a.Name() == "environment") - b2i(
			b.Name() == "environment")
	})
	for _, c := range topics {
		w.section("Sh", strings.ToUpper(c.Name()))
		w.text(c.Long)
	}
	w.section("Sh", "EXIT STATUS")
	w.macro("Bl -tag -width Ds")
	for code, what := range exitCodes {
		w.macro("It %d", code)
		w.prose(strings.ToUpper(what[:1]) + what[1:] + ".")
	}
	w.macro("El")
	w.section("Sh", "EXAMPLES")
	w.macro("Bd -literal -offset indent")
	for _, c := range commands {
		for line := range strings.Lines(c.Example) {
			w.b.WriteString(mdocLine(strings.TrimSpace(line)) + "\n")
		}
	}
	w.macro("Ed")
	w.section("Sh", "SEE ALSO")
	for i, p := range manualPages {
		end := " ,"
		if i == len(manualPages)-1 {
			end = ""
		}
		w.macro("Xr %s %s%s", p.name, p.section, end)
	}
	return w.b.String()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// walk calls f for a command and all below it that people are told of.
func walk(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "help" {
			walk(sub, f)
		}
	}
}

// commandLine writes the words of a command and what stands behind them.
func (w *mdocWriter) commandLine(c *cobra.Command) {
	names := strings.Fields(c.CommandPath())[1:]
	w.macro("Cm %s", strings.Join(names, " "))
	if c.HasLocalFlags() {
		w.macro("Op Ar flags")
	}
	_, rest, _ := strings.Cut(c.Use, " ")
	w.usage(rest)
}

// sharedFlags is the flags that several commands have in the same words, by those words.
func sharedFlags(commands []*cobra.Command) (words map[string]bool, flags *pflag.FlagSet) {
	words, flags = map[string]bool{}, pflag.NewFlagSet("", pflag.ContinueOnError)
	count := map[string]int{}
	for _, c := range commands {
		c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if count[f.Usage]++; count[f.Usage] > 2 && !words[f.Usage] {
				words[f.Usage] = true
				flags.AddFlag(f)
			}
		})
	}
	return words, flags
}

// flags writes a list of flags but for some, nothing if there are none.
func (w *mdocWriter) flags(set *pflag.FlagSet, but map[string]bool) {
	begun := false
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || but[f.Usage] {
			return
		}
		if !begun {
			w.macro("Bl -tag -width Ds")
			begun = true
		}
		arg, usage := pflag.UnquoteUsage(f)
		if strings.HasPrefix(arg, "string") { // the library's word for a want of one
			arg = f.Name
		}
		head := "It "
		if f.Shorthand != "" {
			head += "Fl " + f.Shorthand + " , "
		}
		head += "Fl -" + f.Name
		if arg != "" {
			head += " Ar " + mdocArg(arg)
		}
		w.macro("%s", head)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			usage += " (default " + strconv.Quote(f.DefValue) + ")"
		}
		w.prose(strings.ToUpper(usage[:1]) + usage[1:] + ".")
	})
	if begun {
		w.macro("El")
		w.par = true
	}
}
