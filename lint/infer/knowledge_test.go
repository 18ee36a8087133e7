package infer

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestEmbeddedKnowledge(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	require.Greater(t, len(k.Entries), 300, "issue: cover some 300 well-known daemons at least")
	// One name, one answer: a name that two entries claim must say for which port each of them is.
	seen := map[string]*Entry{}
	for _, e := range k.Entries {
		for _, s := range e.Services {
			if old := seen[s]; old != nil && len(old.Ports) == 0 && len(e.Ports) == 0 {
				t.Errorf("%s:%d and %s:%d both claim the service %q", old.File, old.Line, e.File, e.Line, s)
			}
			seen[s] = e
		}
	}
}

func TestBadEntries(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no why", "service: x\nneeds: none\nsource: x(8)\n", "without why"},
		{"no source", "service: x\nneeds: none\nwhy: w\n", "without source"},
		{"no needs", "service: x\nwhy: w\nsource: s\n", "without needs"},
		{"nobody", "needs: none\nwhy: w\nsource: s\n", "without program and service"},
		{"bad word", "service: x\nneeds: net_basik\nwhy: w\nsource: s\n", "unknown option word"},
		{"none with a word", "service: x\nneeds: none mlock\nwhy: w\nsource: s\n", "unknown option word"},
		{"opt-out without comment", "service: x\nneeds: NO\nwhy: w\nsource: s\n", "takes a comment"},
		{"comment too long", "service: x\nneeds: NO\nwhy: w\nsource: s\ncomment: " + strings.Repeat("x", 61) + "\n", "takes a comment"},
		{"unknown field", "service: x\nneed: NO\n", "unknown field"},
		{"twice", "service: x\nservice: y\n", "stands twice"},
		{"no field", "service: x\nfoo\n", "expected \"field: value\""},
		{"continuation first", " x\n", "continuation"},
		{"certainty", "service: x\nneeds: none\nwhy: w\nsource: s\ncertainty: sure\n", "unknown certainty"},
		{"too weak", "service: x\nneeds: none\nwhy: w\nsource: s\ncertainty: possible\n", "likely at least"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte("\n" + c.text)}})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "a.txt:")
		})
	}
}

func TestLookup(t *testing.T) {
	k, err := ReadKnowledge(fstest.MapFS{"a.txt": {Data: []byte(`# a comment
program: mudd
service: mud*
needs: net_basic
why: It listens on TCP port 4000,
 as games do.
source: mudd(8)

service: server
port: games/ludo
needs: none
why: w
source: s

program: server
needs: NO
why: w
source: s
comment: does everything
`)}})
	require.NoError(t, err)
	require.Equal(t, "It listens on TCP port 4000, as games do.", k.Lookup("mud2", nil, nil).Why)
	require.Equal(t, []string{"net_basic"}, k.Lookup("other", []string{"mudd"}, nil).Needs)
	require.Nil(t, k.Lookup("server", nil, []string{"games/chess"}))
	require.Equal(t, []string{"none"}, k.Lookup("server", []string{"server"}, []string{"games/ludo"}).Needs, "an entry for the port goes first")
	require.True(t, k.Lookup("x", []string{"server"}, nil).OptOut())
	require.Nil(t, k.Lookup("nothing", nil, nil))
}
