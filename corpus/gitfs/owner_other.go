//go:build !unix

package gitfs

// Refused says why git itself would not read the repository; here that is not known.
func (r *Repository) Refused() string { return "" }
