//go:build !unix

package patch

import (
	"io/fs"
	"os"
)

// lockDir takes no lock: there is no flock(2).
func lockDir(*os.Root) (locked bool, free func()) { return false, func() {} }

func links(fs.FileInfo) int { return 1 }

func giveOwner(*os.File, fs.FileInfo) error { return nil }
