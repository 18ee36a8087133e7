//go:build !unix

package cache

import "io/fs"

const noFollow = 0

// owned trusts the system: a user's cache directory is no one else's.
func owned(fs.FileInfo) error { return nil }
