// Package batch keeps a directory of patches for people: laid out by
// maintainer, with a summary to read first, a report text and a cover letter for
// each maintainer, and a batch file that says what was written, so that the
// next run knows its own files and what became of each patch.
package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// FileName is the batch file's name in the directory; it is TOML.
const FileName = "svcjify.batch"

// A Batch is what the batch file says.
type Batch struct {
	Settings Settings
	// Skips is what a person took out for good.
	Skips []Skip
	// Sent is what a person said to have sent, sorted by Change. It stays when
	// the patch is closed.
	Sent []Sent
	// Patches is sorted by Name.
	Patches []Entry
	// Closed is patches that were in the batch and are no more.
	Closed []Closed
	// Files is the other files that were written: summaries, reports, letters.
	Files []Written
}

// Settings are what a batch was made from and how, so that it can be made
// again and compared with the tree of another day.
type Settings struct {
	// Tree is the top of the ports tree; Paths is what was looked at in it.
	Tree  string   `toml:"tree"`
	Paths []string `toml:"paths,omitempty"`
	// Base is the commit that HEAD named, "" for a tree in no repository.
	Base string `toml:"base,omitempty"`
	// Flags is every other setting as a word with its value, such as
	// "certainty likely", sorted.
	Flags []string `toml:"flags,multiline,omitempty"`
	// Author, Date and PR are those of the patches.
	Author string `toml:"author,omitempty"`
	Date   string `toml:"date,omitempty"`
	PR     string `toml:"pr,omitempty"`
}

// A Skip leaves a port or a maintainer out.
type Skip struct {
	// What is an origin, an address, or a pattern of path.Match for either.
	What string `toml:"what"`
	// Because is the reason; it must not be empty.
	Because string `toml:"because"`
}

// A Sent says when a patch was sent.
type Sent struct {
	// Change is the patch's name.
	Change string         `toml:"patch"`
	On     toml.LocalDate `toml:"on"`
	// PR is the number of the problem report, "" for none.
	PR string `toml:"pr,omitempty"`
	// Sum is that of the patch file as it was sent.
	Sum string `toml:"sum,omitempty"`
}

// matches reports whether the skip is meant for a port or its maintainer.
func (s Skip) matches(origin, maintainer string) bool {
	byOrigin, _ := path.Match(s.What, origin)
	byAddress, _ := path.Match(strings.ToLower(s.What), strings.ToLower(maintainer))
	return byOrigin || byAddress
}

// Skipped finds the skip for a port.
func (b *Batch) Skipped(origin, maintainer string) (Skip, bool) {
	for _, s := range b.Skips {
		if s.matches(origin, maintainer) {
			return s, true
		}
	}
	return Skip{}, false
}

// A Written is a file that svcjify wrote.
type Written struct {
	// Name is in the batch's directory.
	Name string `toml:"file"`
	// Sum is the SHA-256 of its text; Before is that of the text which it
	// replaces, while a run is under way. Sum is "" for a file that is to go.
	Sum    string `toml:"sum,omitempty"`
	Before string `toml:"before,omitempty"`
}

// An Entry is one patch of the batch.
type Entry struct {
	// Change is the patch's name: the origin, or the script's path.
	Change string `toml:"name"`
	Written
	// Maintainer is the address of the port.
	Maintainer string `toml:"maintainer,omitempty"`
	// Certainty is that of the least certain fix; "" in a batch of version 1.
	Certainty string `toml:"certainty,omitempty"`
	// Number and Total are the place in a series; 0 where there is none.
	Number int `toml:"number,omitempty"`
	Total  int `toml:"total,omitempty"`
	// Declared is true where a service declared something before the patch.
	Declared bool `toml:"declared,omitempty"`
	// Answers is what each service is given, as "nginx net_basic".
	Answers []string `toml:"services,multiline,omitempty"`
	// Ports is every port whose package changes.
	Ports []string `toml:"ports,multiline,omitempty"`
	// Edits is the files that the patch changes.
	Edits []Edit `toml:"edit,omitempty"`
}

// An Edit is a file of the tree with git's names of its text before and after.
type Edit struct {
	Path string `toml:"path"`
	Old  string `toml:"old"`
	New  string `toml:"new"`
	// Bump is true where only PORTREVISION rises: that goes back to nothing
	// with the port's next version.
	Bump bool `toml:"bump,omitempty"`
}

// A Closed is a patch that needs no more work.
type Closed struct {
	// Change is the patch's name, As what became of it.
	Change string `toml:"patch"`
	As     Status `toml:"as"`
	// Because says more; it may be empty.
	Because string `toml:"because,omitempty"`
}

// sum is how texts are compared.
func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}
