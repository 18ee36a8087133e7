// Package report prints results, a printer a file.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/svcjify/svcjify/lint"
)

// Summary is one line that counts the services by state.
func Summary(res *lint.Result) string {
	n := len(res.Subjects)
	if n == 0 {
		return "no services" + notShown(res)
	}
	var parts []string
	for _, s := range lint.States {
		if c := res.Count(s); c > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c, s))
		}
	}
	return fmt.Sprintf("%s: %s", Plural(n, "service", "services"), strings.Join(parts, ", ")) + notShown(res)
}

// Plural counts things in words.
func Plural(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// notShown counts the findings that are not shown: nobody should have to
// wonder why a fault he knows of isn't there.
func notShown(res *lint.Result) string {
	count := map[lint.Silencer]int{}
	for _, s := range res.Silenced {
		count[s.By]++
	}
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{count[lint.ByComment] + count[lint.ByConfig], "ignored"},
		{count[lint.ByDisabled], "of rules that are off"},
		{count[lint.ByBaseline], "in the baseline"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; not shown: " + strings.Join(parts, ", ")
}

// EncodeJSON writes indented JSON without escaping what needs no escape in JSON.
func EncodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
