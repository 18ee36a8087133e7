// Package gitfs reads a git repository's index or a revision of it as an io/fs
// file system, and says in which paths two of them differ. It writes nothing,
// takes no lock, and runs nothing that the repository names: no hook, filter,
// fsmonitor or external diff.
//
// # What reads what
//
// The formats are those of gitformat-index(5), gitformat-pack(5) and
// gitrepository-layout(5). go-git's code reads configuration and applies
// deltas. Its decoder of the index and its object storage are not used: on a
// tree of 58,000 files they take 70 ms for the index and 100 ms for the first
// object (all of a pack's .idx is loaded, 500,000 objects), and a hook has
// 150 ms for everything. The readers here (index.go, pack.go) look only where
// they must; a test holds the first to go-git's decoder.
//
// What they don't read (a split or sparse index, reftable, an extension of the
// format that is not known, a name of a revision beyond refs and ~N or ^N) is
// asked of the installed git program (program.go), with the same results.
//
// # The work tree as a cache
//
// A file of the work tree is taken for a blob where its text has the blob's
// hash, which proves it. Reading ten thousand Makefiles so costs a tenth of
// reading them out of packs. Nothing else of the work tree is looked at.
package gitfs
