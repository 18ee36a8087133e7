package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// anyNumber is no upper bound.
const anyNumber = -1

// takes checks how many arguments a command has; what says in words which it takes.
// Cobra's own checks are no errUsage, so their exit code would be another.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if n := len(args); n < least || most != anyNumber && n > most {
			return fmt.Errorf("%w: %s takes %s, found %s", errUsage, cmd.CommandPath(), what,
				counted(n, "argument", "arguments"))
		}
		return nil
	}
}

// takesNone is for a command without arguments.
func takesNone() cobra.PositionalArgs { return takes(0, 0, "no argument") }

// onlyCommands is for a command that has nothing but commands of its own.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return nil
}
