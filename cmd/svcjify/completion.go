package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
)

func completionCmd() *cobra.Command {
	shells := map[string]func(root *cobra.Command, w io.Writer) error{
		"bash": func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"zsh":  func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) },
		"fish": func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	}
	return &cobra.Command{
		Use:   "completion {bash | zsh | fish}",
		Short: "Print a completion script for a shell",
		Long: `Print a script with which a shell completes commands, flags, formats and rules. FreeBSD's
shells look for it in these places below /usr/local/share:

  bash  bash-completion/completions/svcjify
  zsh   zsh/site-functions/_svcjify
  fish  fish/vendor_completions.d/svcjify.fish`,
		Example:   `  svcjify completion zsh >/usr/local/share/zsh/site-functions/_svcjify`,
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || shells[args[0]] == nil {
				return fmt.Errorf("%w: completion takes the name of a shell: bash, zsh or fish; found %q", errUsage,
					strings.Join(args, " "))
			}
			return shells[args[0]](cmd.Root(), cmd.OutOrStdout())
		},
	}
}

// ruleNames is the rules as a shell offers them: the code, and in a few words what it is.
func ruleNames() []string {
	var out []string
	for _, r := range lint.Rules() {
		out = append(out, r.Code+"\t"+r.Slug)
	}
	return out
}

// complete gives the words that a shell offers for a flag.
func complete(cmd *cobra.Command, flag string, words ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // there is no such flag: a fault of ours that any call shows
	}
}

// completeFormats offers the formats, behind a comma too, and files behind a =.
func completeFormats(known []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		if strings.Contains(typed[len(before):], "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var out []string
		for _, name := range known {
			out = append(out, before+name)
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
