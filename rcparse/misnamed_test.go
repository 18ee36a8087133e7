package rcparse

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMisnamed(t *testing.T) {
	for text, want := range map[string]string{
		": ${foo_svcj_option=\"net_basic\"}":                       "foo_svcj_options",
		"foo_svcjoptions=\"\"":                                     "foo_svcj_options",
		"foo_vscj_opts=\"\"":                                       "foo_svcj_options",
		"foo_svcj_optoins=$x":                                      "foo_svcj_options",
		"foo_svcj_ip=192.0.2.1":                                    "foo_svcj_ipaddrs",
		"foo_svcjs=NO":                                             "foo_svcj",
		"foo_svcj_no=NO":                                           "foo_svcj",
		"svcj=NO":                                                  "foo_svcj",
		"foo_options='sysvipcnew mlock'":                           "foo_svcj_options",
		"foo.svcj-options=net_basic":                               "foo_svcj_options",
		"precmd() { foo_svcj_opt=\"net_basic\"; }":                 "foo_svcj_options",
		"foo_svcj_opts=$foo_svcj_opts\" net_raw\"":                 "foo_svcj_options",
		"foo_svcj_options=net_basic":                               "",
		"foo_reload_svcj_enable=YES":                               "",
		"bar_svcj_options=net_basic":                               "", // for another name: see Svcj
		"foo_svcj_opts=net_basic; foo_svcj_options=$foo_svcj_opts": "",
		"foo_svcj_opts=NO; checkyesno foo_svcj_opts":               "",
		"foo_svc=/usr/local/libexec/svc":                           "",
		"foo_svc_options='-l 1234'":                                "",
		"procname=nfsd":                                            "",
		"_rc_svcj=jailing":                                         "",
		"export FOO_OPTIONS=net_basic":                             "",
		"svcj_all_enable=NO":                                       "",
	} {
		s := Parse([]byte("name=foo\n"+text+"\nrun_rc_command \"$1\"\n"), nil)
		require.Nil(t, s.Err, text)
		got := ""
		if list := s.Misnamed(); len(list) > 0 {
			got = list[0].Want
		}
		require.Equal(t, want, got, text)
		if want != "" {
			require.True(t, s.DeclaresSvcj(), text)
		}
	}
}

// No script of a real tree is accused; the log says among how many variables.
func TestMisnamedInRealTree(t *testing.T) {
	root := os.Getenv("SVCJIFY_PORTSDIR")
	if root == "" {
		t.Skip("SVCJIFY_PORTSDIR is not set")
	}
	paths, err := filepath.Glob(filepath.Join(root, "*/*/files/*.in"))
	require.NoError(t, err)
	scripts, set, unread := 0, 0, 0
	for _, p := range paths {
		src, err := os.ReadFile(p)
		if err != nil {
			continue
		}
		s := Parse(src, map[string]string{"PREFIX": "/usr/local", "LOCALBASE": "/usr/local"})
		if s.Err != nil || !s.UsesRcSubr() {
			continue
		}
		scripts++
		var seen []string
		for _, a := range s.Assigns {
			if slices.Contains(seen, a.Var) {
				continue
			}
			seen = append(seen, a.Var)
			if set++; !s.reads(a.Var) {
				unread++
			}
		}
		for _, m := range s.Misnamed() {
			t.Errorf("%s:%d: %s for %s", p, m.Pos.Line, m.Var, m.Want)
		}
	}
	t.Logf("%d scripts set %d variables and never read %d of them", scripts, set, unread)
}
