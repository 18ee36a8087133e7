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
		return "no services"
	}
	var parts []string
	for _, s := range lint.States {
		if c := res.Count(s); c > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c, s))
		}
	}
	return fmt.Sprintf("%s: %s", Plural(n, "service", "services"), strings.Join(parts, ", "))
}

// Plural counts things in words.
func Plural(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// encode writes indented JSON without escaping what needs no escape in JSON.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
