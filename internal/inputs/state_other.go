//go:build !unix

package inputs

import "math"

// Able reports whether the system tells enough of a file.
const Able = false

func appendState(b []byte, _ file) ([]byte, int64) { return b, math.MaxInt64 }
