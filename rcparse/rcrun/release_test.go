package rcrun

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse"
)

func TestReleaseOf(t *testing.T) {
	r, err := ReleaseOf("")
	require.NoError(t, err)
	require.Equal(t, DefaultRelease, r.Name)
	for _, name := range []string{"14.3", "15.0 ", "newest", "17", "\x00"} {
		_, err := ReleaseOf(name)
		require.ErrorContains(t, err, "expected one of 15.0, 15, 16 ", name)
		rec := FromText(serviceText("")).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", Release: name})
		require.Equal(t, err.Error(), rec.Failed)
		require.Empty(t, rec.Reached)
	}
}

// Each release says what it was held against, as docs/ does, and lacks only words that there are.
func TestReleases(t *testing.T) {
	page, err := os.ReadFile("../../docs/real-rc-subr.md")
	require.NoError(t, err)
	for _, r := range Releases() {
		require.Regexp(t, fmt.Sprintf(`(?m)^\| %s \| %s %s \([0-9,]+ bytes, SHA-256 %s\) \|`,
			regexp.QuoteMeta(r.Name), regexp.QuoteMeta(r.Repository), r.Commit[:12], r.SHA256),
			string(page))
		require.NotEmpty(t, r.Text)
		require.Contains(t, r.Repository, "/")
		require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{40}$`), r.Commit)
		require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{64}$`), r.SHA256)
		for _, w := range r.lacks {
			_, ok := rcparse.OptionOf(w)
			require.True(t, ok, w)
		}
		for _, d := range r.does {
			require.Contains(t, Model(), "__can "+d, "the model asks for it")
		}
		require.False(t, r.Knows("net_basik"))
	}
}

// What a release does otherwise than the others, each as realsubr has seen it.
func TestRelease(t *testing.T) {
	const jailed = "jail method: /usr/local/sbin/foo\n"
	for _, tc := range []struct {
		name, middle string
		sc           Scenario
		has          map[string]string // by release: what is in Reached, "!" before what is not
	}{
		{"words", "", Scenario{Verb: "start", Svcj: true,
			RCConf: []Setting{{"foo_svcj_options", "routing settime setaudit"}}}, map[string]string{
			"15.0": "!allow.", "15": " allow.settime allow.routing exec.start", "16": " allow.setaudit allow.settime allow.routing exec.start",
		}},
		{"svcj_all_enable", "", Scenario{Verb: "start", RCConf: []Setting{{"svcj_all_enable", "YES"}}},
			map[string]string{
				"15.0": "!jail -c", "15": "!jail -c", "16": jailed,
			}},
		{"svcj_all_enable and an opt-out", "foo_svcj=NO", Scenario{Verb: "start", RCConf: []Setting{{"svcj_all_enable", "YES"}}}, map[string]string{"16": "!jail"}},
		{"a method of its own on some processors", "start_cmd=foo_start foo_cpuset=0\nfoo_start() { /opt/a1; }",
			Scenario{Verb: "start"}, map[string]string{
				"15.0": "!a1", "15": "host method: /opt/a1\n", "16": "host method: /opt/a1\n", // cpuset(1) finds no function
			}},
		{"restart", "restart_cmd=/opt/a1", Scenario{Verb: "restart", Running: true, Svcj: true}, map[string]string{
			"15.0": "!a1", "15": "!a1", "16": "-j svcj-foo foo restart\njail method: /opt/a1\n",
		}},
		{"restart of what does not run", "restart_cmd=/opt/a1", Scenario{Verb: "restart", Svcj: true}, map[string]string{"15": "!foo", "16": jailed}},
		{"status", "status_cmd=/opt/a1", Scenario{Verb: "status", Running: true, Svcj: true}, map[string]string{
			"15.0": "!a1", "15": "!a1", "16": "-j svcj-foo foo status\njail method: /opt/a1\n",
		}},
		{"stop", "", Scenario{Verb: "stop", Running: true, Svcj: true}, map[string]string{
			"15.0": "host method: kill -TERM 1234\n", "15": "host method: kill -TERM 1234\n", "16": "host method: /usr/sbin/jexec svcj-foo kill -TERM 1234\n",
		}},
		{"stop of an orphan", "command=", Scenario{Verb: "stop", Running: true, Svcj: true}, map[string]string{"15": "!jail -r", "16": "jail -r svcj-foo"}},
		{"another name", "name=bar", Scenario{Verb: "start", Svcj: true}, map[string]string{
			"15.0": "!" + jailed, "15": "!" + jailed, "16": "_rc_svcj=jailing foo start  exec.stop",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.sc.InstalledAs = "foo"
			for release, want := range tc.has {
				sc := tc.sc
				sc.Release = release
				rec := FromText(serviceText(tc.middle)).Run(t.Context(), sc)
				require.Empty(t, rec.Failed)
				got := linesOf(rec.Reached)
				if not, ok := strings.CutPrefix(want, "!"); ok {
					require.NotContains(t, got, not, release)
				} else {
					require.Contains(t, got, want, release)
				}
			}
		})
	}
}
