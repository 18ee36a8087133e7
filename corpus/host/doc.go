// Package host reads an installed FreeBSD system below a directory, its root: rc.d
// scripts, the files of rc.conf(5), the package database of pkg(8) and
// sysctl.conf(5). The root is "/", a mounted image, a jail's root or a boot
// environment.
//
// It runs nothing and writes nothing below the root. A path is resolved as
// chroot(8) would: a symbolic link that is absolute starts at the root again, and
// ".." stays in it. Only regular files are read, up to a limit. What can't be read
// is a corpus.Problem; the rest goes on.
package host

import "github.com/svcjify/svcjify/corpus"

// A File is a text file with its absolute path in the system.
type File struct {
	Path, Text string
}

// problem is a corpus.Problem about a path of the system.
func problem(path, text, hint string) corpus.Problem {
	return corpus.Problem{Kind: corpus.Unreadable, Path: path, Text: text, Hint: hint}
}
