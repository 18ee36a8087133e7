package realsubr

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// TestCompare changes a Record in one thing after the other: each is found.
func TestCompare(t *testing.T) {
	command := rcrun.Command{Phase: rcrun.Method, Argv: []string{"/usr/local/sbin/foo", "-d"}, Dir: "/", Umask: "0022",
		Env: []string{"A=1"}}
	ob := Observed{
		Name: "foo", RCVar: "foo_enable", Inner: -1,
		Commands: []rcrun.Command{{Phase: rcrun.TopLevel, Argv: []string{"grep", "x"}, Dir: "/"}, command},
		Jails:    []rcrun.Jail{{Name: "svcj-foo", Params: []string{"path=/", "exec.start=service  foo "}, Found: true}},
	}
	same := func() rcrun.Record {
		c := command
		c.Env, c.Argv, c.Line, c.Program = slices.Clone(c.Env), slices.Clone(c.Argv), 7, c.Argv
		return rcrun.Record{
			Name: "foo", RCVar: "foo_enable", Inner: -1, Reached: []rcrun.Command{c}, Starts: []rcrun.Command{c},
			Jails: []rcrun.Jail{{Name: "svcj-foo", Params: []string{"path=/", "exec.start=service foo"}, Found: true}},
		}
	}
	require.Empty(t, compare(ob, same()))
	for variable, change := range map[string]func(*rcrun.Record){
		"name":             func(r *rcrun.Record) { r.Name = "bar" },
		"rcvar":            func(r *rcrun.Record) { r.RCVar = "" },
		"exit":             func(r *rcrun.Record) { r.Exit = 1 },
		"inner exit":       func(r *rcrun.Record) { r.Inner = 0 },
		"svcj":             func(r *rcrun.Record) { r.Svcj = true },
		"svcj_options":     func(r *rcrun.Record) { r.SvcjOptions = "net_basic" },
		"svcj_options set": func(r *rcrun.Record) { r.SvcjOptionsSet = true },
		"skipped":          func(r *rcrun.Record) { r.Skipped = []string{"status_cmd"} },
		"jails":            func(r *rcrun.Record) { r.Jails[0].Found = false },
		"failed":           func(r *rcrun.Record) { r.Failed = "a limit" },
		"commands":         func(r *rcrun.Record) { r.Reached[0].Argv[1] = "-x" },
		"phase":            func(r *rcrun.Record) { r.Reached[0].Phase = rcrun.Precmd },
		"inside":           func(r *rcrun.Record) { r.Reached[0].Inside = true },
		"user":             func(r *rcrun.Record) { r.Reached[0].User = "www" },
		"group":            func(r *rcrun.Record) { r.Reached[0].Group = "www" },
		"groups":           func(r *rcrun.Record) { r.Reached[0].Groups = "www" },
		"chroot":           func(r *rcrun.Record) { r.Reached[0].Chroot = "/x" },
		"dir":              func(r *rcrun.Record) { r.Reached[0].Dir = "/x" },
		"env":              func(r *rcrun.Record) { r.Reached[0].Env = nil },
		"umask":            func(r *rcrun.Record) { r.Reached[0].Umask = "0077" },
		"loginclass":       func(r *rcrun.Record) { r.Reached[0].LoginClass = "daemon" },
		"limits":           func(r *rcrun.Record) { r.Reached[0].Limits = "-n 1" },
		"nice":             func(r *rcrun.Record) { r.Reached[0].Nice = "5" },
		"fib":              func(r *rcrun.Record) { r.Reached[0].FIB = "1" },
		"cpuset":           func(r *rcrun.Record) { r.Reached[0].CPUSet = "0" },
		"prepend":          func(r *rcrun.Record) { r.Reached[0].Prepend = "x" },
	} {
		rec := same()
		change(&rec)
		found := compare(ob, rec)
		require.Len(t, found, 1, variable)
		require.Equal(t, variable, found[0].variable)
	}
}

func TestTable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "t.tsv")
	require.NoError(t, os.WriteFile(name, []byte("# a comment\n\nmade\tdash\ta/*/b.in\t*svcj*\t*\tits reason\n"),
		0o600))
	table, err := readTable(name)
	require.NoError(t, err)
	d := difference{script: "a/x/files/b.in", scenario: "svcj at boot", variable: "exit"}
	require.NotNil(t, table.find("made", "dash", d))
	require.Nil(t, table.find("ports", "dash", d))
	require.Nil(t, table.find("made", "sh", d))
	d.scenario = "host"
	require.Nil(t, table.find("made", "dash", d))

	// A line that no difference was found for is told, unless what it is about was not compared.
	list := []*subject{{where: "a/x/files/b.in"}, {where: "a/y.in"}, {where: "a/z.in"}}
	require.Len(t, table.idle(selection{tree: "made"}, "dash", list), 1)
	require.Empty(t, table.idle(selection{tree: "ports"}, "dash", list))
	require.Empty(t, table.idle(selection{tree: "made"}, "sh", list))
	require.Empty(t, table.idle(selection{tree: "made"}, "dash", list[1:]))
	require.Empty(t, table.idle(selection{tree: "made", few: true}, "dash", list),
		"its scenarios are not among the few")
	var sum tally
	d.scenario = "svcj"
	require.Empty(t, sum.add(nil, nil))
	unknown := sum.add([]difference{d, {variable: "exit"}, d},
		func(d difference) *entry { return table.find("made", "dash", d) })
	require.Equal(t, []difference{{variable: "exit"}}, unknown)
	require.Equal(t, "2 runs compared, 1 equal\n     1 differ: its reason\n     1 differ: not in the table",
		sum.String())
	require.Empty(t, table.idle(selection{tree: "made"}, "dash", list))

	require.Equal(t, list[:1], selectScripts(list, 1, "a/x/*"))
	require.Equal(t, []*subject{list[0], list[2]}, selectScripts(list, 2, ""))

	require.NoError(t, os.WriteFile(name, []byte("made\tdash\ta.in\t*\t*\t\n"), 0o600))
	_, err = readTable(name)
	require.ErrorContains(t, err, "t.tsv:1: found 6 columns, expected tree, shell, script, scenario, variable and reason")
	_, err = readTable("testdata/differences.tsv")
	require.NoError(t, err)
}
