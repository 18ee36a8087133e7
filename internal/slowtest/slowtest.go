// Package slowtest holds back the tests that take long, so that `go test ./...` is done in
// a minute or so. With SVCJIFY_SLOW=1 in the environment all of them run; CI sets it.
package slowtest

import (
	"os"
	"testing"
)

// All tells whether the slow tests run too.
func All() bool { return os.Getenv("SVCJIFY_SLOW") != "" }

// Only skips a test that is slow as a whole.
func Only(t testing.TB) {
	t.Helper()
	if !All() {
		t.Skip("slow: SVCJIFY_SLOW=1 runs it, as CI does")
	}
}

// Some is every nth of a list of cases, the first among them, or the whole list if the
// slow tests run.
func Some[T any](list []T, n int) []T {
	if All() {
		return list
	}
	var some []T
	for i := 0; i < len(list); i += n {
		some = append(some, list[i])
	}
	return some
}
