package corpus

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/svcjify/svcjify/internal/inputs"
)

// All that this package reads of the system goes through the functions below and through
// package regular: they note what a run looks at.

func lstatFile(p string) (fs.FileInfo, error) {
	inputs.Note(p)
	return os.Lstat(p)
}

// statPath follows links, as of a path that the user named.
func statPath(p string) (fs.FileInfo, error) {
	inputs.Note(p)
	return os.Stat(p)
}

func readLink(p string) (string, error) {
	inputs.Note(p)
	return os.Readlink(p)
}

func evalLinks(p string) (string, error) {
	inputs.Note(p)
	return filepath.EvalSymlinks(p)
}

// openFile opens a file, or a directory to list it.
func openFile(p string) (fs.File, error) {
	inputs.NoteList(p)
	return os.Open(p)
}

func readDir(p string) ([]fs.DirEntry, error) {
	inputs.NoteList(p)
	return os.ReadDir(p)
}
