package rcrun

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// A Release is an rc.subr(8) with service jails that the model knows, and what
// sets it apart from the others. Nothing is in it that was not read in the
// rc.subr it names and seen in a run of that rc.subr (package realsubr).
type Release struct {
	// Name is what Scenario.Release and --release say.
	Name string
	// Text says in a few words what it stands for; Short is for a line of help.
	Text, Short string
	// Repository, Commit and SHA256 name the libexec/rc/rc.subr that the model
	// was held against.
	Repository, Commit, SHA256 string
	// lacks is the option words that it does not know.
	lacks []string
	// does is the behaviours that the model asks for by name: see model.sh.
	does []string
}

// releases is oldest first. Which rc.subr a release of FreeBSD was cut with is
// not known from a public copy: the names are the nearest that are right.
var releases = []Release{
	{
		Name: "15.0", Text: "the oldest that was seen: it knows neither routing nor settime",
		Short:      "the oldest: it knows neither routing nor settime",
		Repository: "freebsd/freebsd-src", Commit: "0227451304a7af52d58867e140e06b64b4288958",
		SHA256: "bb4fb4c9b3924e9f926c4de0b986b25151ebd6f95ab8f878b564a82555039091",
		lacks:  []string{"routing", "setaudit", "settime"},
		does:   []string{"method-under-cpuset"},
	},
	{
		Name: "15", Text: "the default: all words but setaudit; restart and status of the script's own are left out",
		Short:      "the default: it does not run a restart_cmd or status_cmd",
		Repository: "5BSD/5BSD", Commit: "b85d0040837c8335776274b60eef08bf64f79d78",
		SHA256: "a498c5008fdc3fe464f3fd3cc26ae14bcefdb63c2b3c367ca18f353ff36f28c7",
		lacks:  []string{"setaudit"},
		does:   []string{"audit-user"},
	},
	{
		Name: "16", Text: "of a tree that follows the main branch: svcj_all_enable works, restart and status run, the script is found by its file's name",
		Short:      "of a tree that follows main: svcj_all_enable works",
		Repository: "HardenedBSD/hardenedBSD", Commit: "cdea33d7fc6166bce0894e9df0d3ae428f06dfa7",
		SHA256: "549e1926a90db4c02d7d1c9f294477d30cf4cbbbf6cebb09a85381b7573f0c16",
		does: []string{"audit-user", "all-enable", "found-by-file", "restart-and-status", "signal-inside",
			"stop-orphan"},
	},
}

// DefaultRelease is what a Scenario without one means: what it starts starts
// on the newer ones too, and what goes wrong there is not yet corrected for most.
const DefaultRelease = "15"

// Releases returns the releases that the model knows, oldest first.
func Releases() []Release { return slices.Clone(releases) }

// ReleaseOf finds a release by its name; "" is the default. The error lists
// the names.
func ReleaseOf(name string) (Release, error) {
	if name == "" {
		name = DefaultRelease
	}
	var names []string
	for _, r := range releases {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Release{}, fmt.Errorf("release is %q, expected one of %s (default: %s)",
		name, strings.Join(names, ", "), DefaultRelease)
}

// Knows reports whether run_rc_command takes a word of ${name}_svcj_options.
func (r Release) Knows(word string) bool {
	_, known := rcparse.OptionOf(word)
	return known && !slices.Contains(r.lacks, word)
}

// FindsByFile reports whether service(8) is asked, inside the jail, for the
// script's file name; else for ${name}.
func (r Release) FindsByFile() bool { return slices.Contains(r.does, "found-by-file") }

// RunsStatus reports whether a restart_cmd and a status_cmd are run for a
// jailed service; else they are left out with exit status 0.
func (r Release) RunsStatus() bool { return slices.Contains(r.does, "restart-and-status") }
