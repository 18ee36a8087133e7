package lint

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
)

// FuzzMove moves whatever a precmd sets: the edits stand apart and in order,
// and a script that parsed does so afterwards.
func FuzzMove(f *testing.F) {
	cases, err := filepath.Glob(filepath.Join("testdata", "rules", "SJ201", "*.txtar"))
	require.NoError(f, err)
	for _, c := range cases {
		ar, err := txtar.ParseFile(c)
		require.NoError(f, err)
		f.Add(string(ar.Files[0].Data))
	}
	f.Add("name=foo\nload_rc_config foo\nstart_precmd=p\np()\n{\ncheckyesno $x && rc_flags=1\nexport $y z\n}\nrun_rc_command $1\n")
	f.Add("name=foo\nload_rc_config foo\nstart_precmd=p\np()\n{\n[ -z \"$x\" ] || rc_flags=\"-g ${ x} ${rc_flags}\"\n}\nrun_rc_command $1\n")
	f.Fuzz(func(t *testing.T, src string) {
		s := rcparse.Parse([]byte(src), nil)
		if s.Err != nil {
			return
		}
		lost := []loss{{kind: lostDir, vars: []string{"rc_flags", "command_args", "FOO_HOME", "x", "y"}},
			{kind: moreWords}}
		for _, try := range repairs {
			fix := try(s, lost, s.Name.Text)
			if fix == nil {
				continue
			}
			at := 0
			for _, e := range fix.Edits {
				require.LessOrEqual(t, at, e.Start)
				require.LessOrEqual(t, e.Start, e.End)
				require.LessOrEqual(t, e.End, len(src))
				at = e.End
			}
			after := rcparse.Parse([]byte(spliced(s.Src, fix.Edits)), nil)
			require.Nil(t, after.Err, "%s", src)
		}
	})
}
