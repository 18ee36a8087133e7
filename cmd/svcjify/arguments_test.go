package main

import (
	"bytes"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// Every command that bounds its arguments exits with 2 and one error line for too many.
func TestTooManyArguments(t *testing.T) {
	lines := 0
	var visit func(*cobra.Command, []string)
	visit = func(cmd *cobra.Command, path []string) {
		for _, sub := range cmd.Commands() {
			visit(sub, append(path[:len(path):len(path)], sub.Name()))
		}
		if cmd.Args == nil || cmd.Args(cmd, make([]string, 20)) == nil {
			return
		}
		lines++
		var out, errs bytes.Buffer
		c := Command{Stdout: &out, Stderr: &errs}
		args := append([]string{}, path...)
		for range 20 {
			args = append(args, "x")
		}
		require.Equal(t, exitUsage, c.Main(args), args)
		require.Regexp(t, `^error: [^\n]+\n(hint: [^\n]+\n)?$`, errs.String(), args)
		require.Empty(t, out.String())
	}
	visit((&Command{}).root(), nil)
	require.Greater(t, lines, 8)
}
