package advise_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/rcparse"
)

// base is a script of the base system with lines before and after load_rc_config.
func base(name, keyword, before, after string) string {
	return "#!/bin/sh\n# PROVIDE: " + name + "\n# KEYWORD: " + keyword + "\n. /etc/rc.subr\nname=" + name + "\nrcvar=" +
		name + "_enable\ncommand=/usr/sbin/" + name + "\n" +
		before + "load_rc_config $name\n" + after + "run_rc_command \"$1\"\n"
}

// What the base system's scripts say of themselves counts.
func TestBaseScripts(t *testing.T) {
	root := small(t, map[string]string{
		"etc/rc.d/tollgated": base("tollgated", "nojail shutdown", ": ${tollgated_svcj_options:=\"net_basic\"}\n", ""),
		"etc/rc.d/gatekeepd": base("gatekeepd", "shutdown",
			": ${gatekeepd_svcj_options:=\"net_basic\"}\n: ${gatekeepd_svcj:=\"NO\"}\nextra_commands=check\ncheck_cmd=\"$command -t\"\n"+
				"start_precmd=\"run_rc_command check\"\n", ""),
		"etc/rc.d/ferryd": base("ferryd", "nojail", "", "# it opens what a jail refuses\nferryd_svcj=\"NO\"\n"),
		"etc/rc.d/lockd2": base("lockd2", "shutdown", ": ${lockd2_svcj_options:=\"net_basic\"}\nrequired_vars=bridge_enable\n", ""),
		"etc/rc.d/quayd":  base("quayd", "shutdown", ": ${quayd_svcj_options:=\"net_basic nfsd\"}\n", ""),
		"etc/rc.conf":     "sorrel_enable=YES\nquayd_program=/usr/libexec/quayd\n",
	})
	m, _ := machine(t, root)
	got := advice(t, m, advise.Question{All: true})
	for name, want := range map[string]advise.Verdict{"tollgated": advise.OneLine, "gatekeepd": advise.OneLine,
		"ferryd": advise.Never, "lockd2": advise.NotToday, "quayd": advise.OneLine} {
		require.Equal(t, want, got[name].Verdict, "%s: %v", name, got[name].Reasons)
	}
	require.Empty(t, got["tollgated"].Doubts, "its author wrote the keyword and the options")
	require.Contains(t, strings.Join(got["gatekeepd"].Reasons, " "), "It is not jailed by default")
	require.Contains(t, got["ferryd"].Reasons[0], "it opens what a jail refuses")
	require.Equal(t, []string{"With this rc.conf it starts nothing: set bridge_enable first, then ask again."},
		got["lockd2"].Reasons)
}

// Where the lines do not give back what is lost, nothing says that they do.
func TestLinesThatDoNotHold(t *testing.T) {
	// At boot rc.conf has been read before the script, whose plain assignment then wins
	// on the host, and never in the jail.
	root := small(t, map[string]string{"etc/rc.d/wharfd": base("wharfd", "shutdown",
		": ${wharfd_svcj_options=\"net_basic\"}\nwharfd_flags=\"-q\"\n"+
			"start_precmd=\"wharfd_pre\"\nwharfd_pre() { rc_flags=\"-c /etc/wharfd.conf $rc_flags\"; }\n", ""),
		"etc/rc.conf": "wharfd_flags=-m\n"})
	m, _ := machine(t, root)
	a := advice(t, m, advise.Question{Names: []string{"wharfd"}})["wharfd"]
	require.Equal(t, advise.NotToday, a.Verdict)
	require.Empty(t, a.Lines)
	require.NotContains(t, strings.Join(a.Reasons, " "), "The lines set it in rc.conf instead")
	require.Contains(t, a.Reasons, "Lines in rc.conf do not give it back.")
	require.Contains(t, a.Reasons[len(a.Reasons)-1], "at boot")
}

// What rc.conf itself says of a path is this machine's, and so a line may hold it.
func TestPathOfRCConf(t *testing.T) {
	root := small(t, map[string]string{"etc/rc.d/logd2": base("logd2", "shutdown",
		": ${logd2_svcj_options=\"net_basic\"}\nstart_precmd=\"logd2_pre\"\n"+
			"logd2_pre() { rc_flags=\"-r $rc_flags\"; }\n", ""),
		"etc/rc.conf": "logd2_flags=\"-l /home/sftp/dev/log\"\n"})
	m, _ := machine(t, root)
	a := advice(t, m, advise.Question{Names: []string{"logd2"}})["logd2"]
	require.Equal(t, advise.WithCare, a.Verdict, a.Reasons)
	require.Equal(t, `logd2_svcj="YES" logd2_flags="-r -l /home/sftp/dev/log"`, assigned(a.Lines))
	require.Equal(t, []string{"sysrc -x logd2_svcj", `sysrc logd2_flags="-l /home/sftp/dev/log"`}, a.Undo())
}

// A plain FreeBSD switches on many steps of the boot: they have one row together.
func TestTableOfBase(t *testing.T) {
	files := map[string]string{}
	for _, n := range []string{"aa", "bb", "cc", "dd", "ee", "ff"} {
		files["etc/rc.d/step"+n] = base("step"+n, "nojail", "", "step"+n+"_svcj=\"NO\"\n")
	}
	m, _ := machine(t, small(t, files))
	list, _ := m.Advise(context.Background(), advise.Question{All: true})
	var out bytes.Buffer
	require.NoError(t, advise.Text(&out, list))
	table, rest, _ := strings.Cut(out.String(), "\n\n")
	require.NotContains(t, table, "stepaa")
	require.Contains(t, table, "(6 more)")
	require.Contains(t, rest, "stepaa (base system, not enabled): never: ")
}

// TestBaseSystem holds the advice against what an installed FreeBSD 15 declares in
// its own scripts: what opts out is never jailed, what it declares options
// for never takes other options, and whatever else is said is listed.
func TestBaseSystem(t *testing.T) {
	dir := os.Getenv("SVCJIFY_BASEROOT")
	if dir == "" {
		t.Skip("SVCJIFY_BASEROOT names a directory that has the etc of FreeBSD 15 in it")
	}
	m, _ := machine(t, dir)
	got := advice(t, m, advise.Question{All: true})
	counts := map[string]int{}
	for _, s := range m.Scripts {
		a := got[s.Name]
		if !s.Base || a == nil {
			continue
		}
		declared, no := false, false
		for _, d := range rcparse.Parse(s.Text, nil).Svcj() {
			v, _ := d.Static()
			switch {
			case d.Kind == rcparse.SvcjOptions:
				declared = true
			case d.Kind == rcparse.SvcjSwitch && strings.EqualFold(v, "NO") &&
				bytes.Contains(s.Text, []byte("\n"+a.RunName+"_svcj=")):
				no = true
			}
		}
		what := "says nothing"
		switch {
		case no:
			what = "keeps itself outside"
			require.Equal(t, advise.Never, a.Verdict, s.Name)
		case declared:
			what = "declares options"
			require.NotContains(t, []advise.Verdict{advise.Never, advise.TwoLines}, a.Verdict, s.Name)
			if a.Verdict != advise.OneLine {
				t.Logf("%s: %s: %s", s.Name, a.Verdict, strings.Join(a.Reasons, " "))
			}
		}
		counts[fmt.Sprintf("%s: %s", what, a.Verdict)]++
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%3d %s", counts[k], k)
	}
}
