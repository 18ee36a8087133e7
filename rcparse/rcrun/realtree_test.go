package rcrun

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse"
)

// A template is a script of a ports tree with the name it would have in rc.d.
type template struct {
	path, name string
	src        []byte
	subst      map[string]string
}

// templatesOf finds the rc.d templates of a tree by their looks alone.
func templatesOf(t testing.TB, root string) []template {
	paths, err := filepath.Glob(filepath.Join(root, "*/*/files/*.in"))
	require.NoError(t, err)
	slices.Sort(paths)
	var out []template
	for _, p := range paths {
		src, err := os.ReadFile(p)
		if err != nil || len(src) > maxText {
			continue
		}
		if !strings.Contains(string(src), "rc.subr") && !strings.Contains(string(src), "run_rc_command") {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(p), ".in")
		port := filepath.Base(filepath.Dir(filepath.Dir(p)))
		subst := substOf(port, name)
		s := rcparse.Parse(src, subst)
		if s.Err == nil && !s.UsesRcSubr() {
			continue
		}
		if s.Err != nil && !strings.Contains(string(src), "PROVIDE") {
			continue
		}
		rel, _ := filepath.Rel(root, p)
		out = append(out, template{rel, name, src, subst})
	}
	return out
}

// substOf is what bsd.port.mk puts into SUB_LIST for every port.
func substOf(port, name string) map[string]string {
	return map[string]string{
		"PREFIX": "/usr/local", "LOCALBASE": "/usr/local", "PORTNAME": port, "NAME": name,
		"DATADIR": "/usr/local/share/" + port, "DOCSDIR": "/usr/local/share/doc/" + port,
		"EXAMPLESDIR": "/usr/local/share/examples/" + port, "WWWDIR": "/usr/local/www/" + port,
		"ETCDIR": "/usr/local/etc/" + port,
	}
}

// Every script of the made tree goes through, and all but the ones that are
// made not to start something, in the jail and outside, at boot and later.
func TestMadeTree(t *testing.T) {
	silent := map[string]string{
		"misc/broken-unclosed-quote/files/ragged.in":      "is no shell script",
		"sysutils/bash-only/files/weathercock.in":         "is no shell script",
		"sysutils/mksh-only/files/anvild.in":              "is no shell script",
		"databases/limits-named-knob/files/brambledb.in":  "gives limits(1) NO for its command",
		"databases/svcj-sysvipc-both/files/shaled.in":     "asks for both kinds of System V IPC",
		"security/required-everything/files/almsgated.in": "requires variables to be YES that are names of files",
		"sysutils/run-rc-command-missing/files/teasel.in": "never comes to run_rc_command",
	}
	for _, tp := range templatesOf(t, madeTree) {
		s := New(tp.src, tp.subst)
		for _, sc := range []Scenario{
			{Verb: "start"}, {Verb: "start", Svcj: true}, {Verb: "onestart", Boot: true}, {Verb: "faststart", Boot: true, Svcj: true},
			{Verb: "stop", Running: true}, {Verb: "restart", Running: true, Svcj: true}, {Verb: "status"}, {Verb: "reload", Running: true}, {Verb: "rcvar"},
		} {
			sc.InstalledAs = tp.name
			rec := s.Run(t.Context(), sc)
			if silent[tp.path] == "is no shell script" {
				require.Contains(t, rec.Failed, "no shell takes it")
				continue
			}
			require.Empty(t, rec.Failed, tp.path)
			if sc.Verb == "faststart" {
				require.Equal(t, rec, New(tp.src, tp.subst).Run(t.Context(), sc), "the same again")
			}
			if sc.Verb == "start" && !sc.Svcj && silent[tp.path] == "" {
				require.NotEmpty(t, rec.Starts, tp.path)
				require.NotEmpty(t, rec.Name, tp.path)
			}
		}
	}
}

func TestRealTree(t *testing.T) {
	root := os.Getenv("SVCJIFY_PORTSDIR")
	if root == "" {
		t.Skip("SVCJIFY_PORTSDIR is not set")
	}
	list := templatesOf(t, root)
	require.NotEmpty(t, list)
	began := time.Now()
	var named, started, differ, unknown int
	var failed, nameless, idle, differing []string
	for _, tp := range list {
		s := New(tp.src, tp.subst)
		host := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: tp.name})
		jail := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: tp.name, Svcj: true})
		if host.Failed != "" || jail.Failed != "" {
			failed = append(failed, tp.path+": "+host.Failed+" / "+jail.Failed)
			continue
		}
		if host.Name == "" && host.Exit != 0 {
			host = s.Run(t.Context(), Scenario{Verb: "start", Args: []string{"one"}, InstalledAs: tp.name})
			jail = s.Run(t.Context(), Scenario{Verb: "start", Args: []string{"one"}, InstalledAs: tp.name, Svcj: true})
		}
		if host.Name == "" {
			nameless = append(nameless, tp.path)
			continue
		}
		named++
		if len(host.Starts) == 0 {
			idle = append(idle, fmt.Sprintf("%s: exit %d, unknown %q", tp.path, host.Exit, host.Unknown))
		} else {
			started++
		}
		if len(host.Unknown) > 0 {
			unknown++
		}
		if d := difference(host.Starts, jail.Starts); d != "" {
			differ++
			differing = append(differing, tp.path+": "+d)
		}
	}
	t.Logf("%d scripts, %d with a concrete name, %d with a concrete command, %d failed, %d with something unknown; host and jail differ in %d; %v",
		len(list), named, started, len(failed), unknown, differ, time.Since(began).Round(time.Millisecond))
	t.Logf("failed:\n%s", strings.Join(failed, "\n"))
	t.Logf("without a name:\n%s", strings.Join(nameless, "\n"))
	t.Logf("start nothing:\n%s", strings.Join(idle, "\n"))
	t.Logf("host and jail differ:\n%s", strings.Join(differing, "\n"))
}

// difference is the first thing in which two lists of starts differ, Inside aside.
func difference(host, jail []Command) string {
	if len(host) != len(jail) {
		return fmt.Sprintf("%d commands, %d in the jail", len(host), len(jail))
	}
	for i := range host {
		a, b := reflect.ValueOf(host[i]), reflect.ValueOf(jail[i])
		for f := range a.NumField() {
			if n := a.Type().Field(f).Name; n != "Inside" &&
				!reflect.DeepEqual(a.Field(f).Interface(), b.Field(f).Interface()) {
				return fmt.Sprintf("%s: %q, %q in the jail", n, a.Field(f).Interface(), b.Field(f).Interface())
			}
		}
	}
	return ""
}
