package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse/sh"
)

// TestHookShell commits a script with each construct that other shells take for
// something else, in a function that nothing calls and behind the last line: what
// FreeBSD's sh(1) reads is committed, what it refuses is not.
func TestHookShell(t *testing.T) {
	r := newGitRepo(t)
	for i, d := range sh.Table() {
		r.edit("www/svcj-ready/files/cornflower.in", func(s string) string {
			s, _, _ = strings.Cut(s, "run_rc_command")
			s += "run_rc_command \"$1\"\n"
			if d.ID == "open-heredoc" || d.Outcome == sh.Refused {
				return s + d.Example + "\n"
			}
			return s + "unused()\n{\n" + d.Example + "\n}\n" + d.Example + "\n"
		})
		r.edit("www/svcj-ready/Makefile", func(s string) string {
			before, after, _ := strings.Cut(s, "PORTREVISION=")
			_, after, _ = strings.Cut(after, "\n")
			return before + fmt.Sprintf("PORTREVISION=\t%d\n%s", 10+i, after)
		})
		said, made := r.commit()
		require.Equal(t, d.Outcome != sh.Refused, made, "%s: %s", d.ID, said)
		if d.Outcome == sh.Refused {
			require.Contains(t, said, "[SJ403]", d.ID)
			r.run("git", "reset", "-q", "--hard")
		} else {
			require.NotContains(t, said, "[SJ403]", d.ID)
		}
	}
}
