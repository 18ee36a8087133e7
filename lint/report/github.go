package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/svcjify/svcjify/lint"
)

// The escapes of GitHub's workflow commands, for the message and for a
// property; without them a name could end the command and begin another
// (actions/toolkit, packages/core/src/command.ts).
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub prints a workflow command a finding, which annotates the line in a
// pull request.
func GitHub(w io.Writer, res *lint.Result) error {
	var b strings.Builder
	for _, f := range res.Findings {
		level := f.Severity.String()
		if f.Severity == lint.Info {
			level = "notice"
		}
		fmt.Fprintf(&b, "::%s file=%s", level, visible(githubProperty.Replace(f.StablePath())))
		if f.Line > 0 {
			fmt.Fprintf(&b, ",line=%d", f.Line)
			if f.Col > 0 {
				fmt.Fprintf(&b, ",col=%d", f.Col)
			}
		}
		text := f.Message
		if f.Hint != "" {
			text += "\nhint: " + f.Hint
		}
		fmt.Fprintf(&b, ",title=%s::%s\n", githubProperty.Replace("svcjify "+f.Code), OneLine(githubData.Replace(text)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
