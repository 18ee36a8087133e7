package corpus

import (
	"io/fs"
	"os"
)

func lstatFile(p string) (fs.FileInfo, error) { return os.Lstat(p) }

// lstatDir is the top of the tree, which the user named: a link to it is meant.
func lstatDir(p string) (fs.FileInfo, error) { return os.Stat(p) }

func readLink(p string) (string, error) { return os.Readlink(p) }

func openFile(p string) (fs.File, error) { return os.Open(p) }

func readDir(p string) ([]fs.DirEntry, error) { return os.ReadDir(p) }
