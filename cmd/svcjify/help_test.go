package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestHelpWidth: each line of every help page fits a console of 80 columns.
func TestHelpWidth(t *testing.T) {
	c := &Command{}
	var pages []string
	walk(c.root(), func(cmd *cobra.Command) { pages = append(pages, strings.TrimPrefix(cmd.CommandPath(), "svcjify")) })
	require.Greater(t, len(pages), 20)
	for _, page := range pages {
		var out bytes.Buffer
		c := &Command{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
		require.Equal(t, exitClean, c.Main(append([]string{"help"}, strings.Fields(page)...)), page)
		require.NotEmpty(t, out.String(), page)
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			require.LessOrEqual(t, utf8.RuneCountInString(line), helpWidth, "help %s: %q", page, line)
		}
	}
}
