package lint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// What runs on the host matters only where no jail is made at all.
func TestOutside(t *testing.T) {
	program := func(inside bool, argv ...string) rcrun.Command { return rcrun.Command{Inside: inside, Program: argv} }
	daemon := []string{"/usr/local/sbin/food", "-d"}
	for name, c := range map[string]struct {
		starts []rcrun.Command
		jails  []string
		want   string
	}{
		"nothing starts":              {},
		"on the host, without a jail": {starts: []rcrun.Command{program(false, daemon...)}, want: "food"},
		"on the host, beside a jail":  {starts: []rcrun.Command{program(false, daemon...)}, jails: []string{"svcj-foo"}},
		"in the jail":                 {starts: []rcrun.Command{program(true, daemon...)}, jails: []string{"svcj-foo"}},
		"in an old jail":              {starts: []rcrun.Command{program(true, daemon...)}},
		"no program is known":         {starts: []rcrun.Command{program(false)}},
		"the second": {starts: []rcrun.Command{program(true, "/bin/sh"), program(false, daemon...)},
			want: "food"},
	} {
		p := Pair{Jail: rcrun.Record{Starts: c.starts}}
		for range c.jails {
			p.Jail.Jails = append(p.Jail.Jails, rcrun.Jail{})
		}
		require.Equal(t, c.want, p.outside(), name)
	}
}
