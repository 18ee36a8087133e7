//go:build !unix

package batch

import "os"

// takeLock only makes the file: there is no flock(2).
func takeLock(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
}

func freeLock(f *os.File) error { return f.Close() }
