package infer

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/program"
	"github.com/svcjify/svcjify/rcparse"
)

// seen is a report on a program of which everything was seen unless open says
// otherwise.
func seen(open string, facts ...program.Fact) *program.Report {
	r := &program.Report{Program: "/usr/local/sbin/made", File: "made-1.0.pkg:/usr/local/sbin/made",
		Kind: "dynamic ELF", Facts: facts}
	for i := range r.Facts {
		r.Facts[i].File = r.File
	}
	if open != "" {
		r.Open = []string{open}
	}
	return r
}

func own(act program.Act, what string) program.Fact {
	return program.Fact{Act: act, How: program.Direct, Seen: what}
}

// look infers for a made port with a comment; listen adds the line that names a port.
func look(t *testing.T, k, comment string, listen bool, reports ...*program.Report) Verdict {
	t.Helper()
	script := "#!/bin/sh\n# PROVIDE: made\n# REQUIRE: DAEMON\n. /etc/rc.subr\nname=made\nrcvar=made_enable\nload_rc_config $name\n" +
		": ${made_enable=NO}\ncommand=/usr/local/sbin/made\nrun_rc_command \"$1\"\n"
	if listen {
		script = strings.Replace(script, "run_rc", "command_args=\"--listen 0.0.0.0:8080\"\nrun_rc", 1)
	}
	fsys := fstest.MapFS{}
	if k != "" {
		fsys["a.txt"] = &fstest.MapFile{Data: []byte(k)}
	}
	table, err := ReadKnowledge(fsys)
	require.NoError(t, err)
	in := Input{Service: "made", Template: "net/made/files/made.in", Origins: []string{"net/made"},
		Script: rcparse.Parse([]byte(script), nil), Reports: reports}
	in.Port = Port{Makefile: "net/made/Makefile", Comment: comment, CommentLine: 5, Categories: []string{"sysutils"}}
	return Infer(in, Gather(in), table)
}

func TestProgramAlone(t *testing.T) {
	inet := own(program.Inet, "calls socket(AF_INET, SOCK_STREAM)")
	inet.How = program.Argument
	unix := own(program.Local, "calls socket(AF_UNIX, SOCK_STREAM)")
	unix.How = program.Argument
	library := program.Fact{Act: program.Inet, How: program.Library, Seen: "imports connect"}
	for _, c := range []struct {
		name, comment string
		listen        bool
		reports       []*program.Report
		answer        string
		certainty     Certainty
		but           string // stands in the contradictions
	}{
		{"nobody looked, nobody knows", "Thing", false, nil, "", Unknown, ""},
		{"needs nothing", "Thing", false, []*program.Report{seen("")}, "none", Confident, ""},
		{"UNIX sockets only", "Thing", false, []*program.Report{seen("", unix)}, "none", Confident, ""},
		{"UNIX sockets, more code may come", "Thing", false, []*program.Report{seen("it loads more code at run time (dlopen)", unix)}, "", Unknown, ""},
		{"the port says server, the program has no socket", "HTTP server", false, []*program.Report{seen("")}, "none", Likely, "perhaps net_basic"},
		{"it asks the kernel for something", "Thing", false, []*program.Report{seen("", own(program.Controls, "imports ioctl"))}, "none", Likely, "imports ioctl"},
		{"a library could", "Thing", false, []*program.Report{seen("", library)}, "net_basic", Possible, ""},
		{"two programs, one is quiet", "HTTP server", true, []*program.Report{seen(""), seen("", inet)}, "net_basic", Confident, ""},
		{"speaks IP, and nobody else says so", "Thing", false, []*program.Report{seen("", inet)}, "net_basic", Possible, ""},
		{"speaks IP, as the port says", "HTTP server", false, []*program.Report{seen("", inet)}, "net_basic", Confident, ""},
		{"speaks IP, as the port says, but not all was seen", "HTTP server", false, []*program.Report{seen("it starts other programs (execve)", inet)}, "net_basic", Likely, ""},
		{"System V IPC of its own", "SQL server", false, []*program.Report{seen("", inet, own(program.SysV, "imports shmget"))}, "net_basic", Likely, "perhaps sysvipcnew"},
		{"System V IPC of its own, as the port says", "Server with shared memory", false, []*program.Report{seen("", inet, own(program.SysV, "imports shmget"))}, "net_basic sysvipcnew", Confident, ""},
		{"System V IPC of a library", "SQL server", false, []*program.Report{seen("", inet, program.Fact{Act: program.SysV, How: program.Library, Seen: "imports shmget"})}, "net_basic", Likely, ""},
		{"memory is locked on request", "HTTP server", false, []*program.Report{seen("", inet, own(program.Locks, "imports mlockall"))}, "net_basic", Likely, ""},
		{"memory is locked, and the port says secrets", "Server for secrets", false, []*program.Report{seen("", inet, own(program.Locks, "imports mlockall"))}, "mlock net_basic", Likely, ""},
		{"the clock is set, and the port says NTP", "NTP server", false, []*program.Report{seen("", inet, own(program.Clock, "imports settimeofday"))}, "net_basic settime", Confident, ""},
		{"the clock is set, and the port does not say so", "HTTP server", false, []*program.Report{seen("", inet, own(program.Clock, "imports settimeofday"))}, "net_basic", Likely, "perhaps settime"},
		{"raw sockets", "HTTP server", false, []*program.Report{seen("", inet, own(program.Raw, "calls socket(AF_INET, SOCK_RAW)"))}, "net_basic net_raw", Likely, ""},
		{"what no option permits", "HTTP server", true, []*program.Report{seen("", inet, own(program.Modules, "imports kldload"))}, "net_basic", Likely, "which no option permits"},
		{"it is for pings, and the program has no raw socket", "HTTP server with ICMP", false, []*program.Report{seen("", inet)}, "net_basic", Confident, ""},
		{"the text hints, and the program has nothing of it", "HTTP server with shared memory", false, []*program.Report{seen("", inet)}, "net_basic", Confident, ""},
		{"the text hints, and not all was seen", "HTTP server with shared memory", false, []*program.Report{seen("it starts other programs (execve)", inet)}, "net_basic", Possible, "perhaps sysvipcnew"},
		{"not there", "Thing", false, []*program.Report{{Program: "/usr/local/sbin/made", Missing: "there is no package of net/made"}}, "", Unknown, ""},
		{"nothing can be told", "Thing", false, []*program.Report{{Program: "/usr/local/sbin/made", File: "x", Kind: "static ELF", Blind: true}}, "", Unknown, ""},
		{"sources lack what is linked", "Thing", false, []*program.Report{{Program: "work/made-1", File: "work/made-1", Kind: "directory of sources", Sources: true, Open: []string{"x"}}}, "", Unknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := look(t, "", c.comment, c.listen, c.reports...)
			require.Equal(t, c.answer, v.Answer(), "%+v", v)
			require.Equal(t, c.certainty.String(), v.Certainty.String(), "%+v", v)
			if c.but == "" {
				return
			}
			require.Contains(t, strings.Join(v.Contradictions, "\n"), c.but)
		})
	}
}

// TestProgramAgainstTable: the table is not overturned; what disagrees is shown.
func TestProgramAgainstTable(t *testing.T) {
	inet := own(program.Inet, "calls socket(AF_INET, SOCK_STREAM)")
	entry := func(needs, certainty, more string) string {
		return "program: made\nneeds: " + needs + "\nwhy: It does.\nsource: made(8)\ncertainty: " + certainty +
			"\n" + more
	}
	for _, c := range []struct {
		name, entry string
		report      *program.Report
		certainty   Certainty
		but         string
	}{
		{"agrees, and lifts", entry("net_basic", "likely", ""), seen("it starts other programs (execve)", inet), Confident, ""},
		{"agrees, and does not make certain", entry("net_basic", "confident", ""), seen("", inet), Confident, ""},
		{"says nothing", entry("net_basic", "likely", ""), seen("it starts other programs (execve)"), Likely, ""},
		{"has no socket", entry("net_basic", "certain", ""), seen(""), Likely, "nothing in it needs net_basic"},
		{"shows another word", entry("net_basic", "likely", ""), seen("", inet, own(program.SysV, "imports shmget")), Likely, "the table does not name sysvipcnew"},
		{"shows another word, which a person knew of", entry("net_basic", "certain", ""), seen("", inet, own(program.SysV, "imports shmget")), Certain, ""},
		{"a word that it tolerates without", entry("net_basic", "likely", "tolerates: sysvipcnew\n"), seen("", inet, own(program.SysV, "imports shmget")), Confident, ""},
		{"sysvipc is wider than what is shown", entry("net_basic sysvipc", "likely", ""), seen("", inet, own(program.SysV, "imports shmget")), Confident, ""},
		{"none, and it has nothing", entry("none", "likely", ""), seen(""), Confident, ""},
		{"none, and it speaks IP", entry("none", "likely", ""), seen("", inet), Likely, "the table does not name net_basic"},
		{"an opt-out is not for the program to say", entry("NO", "certain", "comment: mounts\n"), seen(""), Certain, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := look(t, c.entry, "Thing", false, c.report)
			require.Equal(t, c.certainty.String(), v.Certainty.String(), "%+v", v.Contradictions)
			require.Contains(t, strings.Join(v.Contradictions, "\n"), c.but)
			if c.but == "" {
				require.Empty(t, v.Contradictions)
			}
		})
	}
}

// TestProgramEvidence: what was looked at, found, and looked for in vain is told.
func TestProgramEvidence(t *testing.T) {
	r := seen("it starts other programs (execve)", own(program.SysV, "imports shmget"))
	r.Looked = []string{"other-1.0.pkg:/usr/local/lib/libother.so.2"}
	v := look(t, "", "Thing", false, r)
	var facts []string
	for _, e := range v.Evidence {
		if e.Kind == FromProgram {
			require.Equal(t, r.File, e.Path)
			facts = append(facts, e.Supports+"|"+e.Fact)
		}
	}
	text := strings.Join(facts, "\n")
	require.Contains(t, text, "sysvipcnew|imports shmget: it uses System V IPC")
	require.Contains(t, text, "|it is a dynamic ELF; looked at as well: libother.so.2")
	missing := strings.Join(v.NotFound, "\n")
	require.Contains(t, missing, "in "+r.File+": that it speaks IP, ")
	require.Contains(t, missing, "; it may do so anyway, since it starts other programs (execve)")
	require.NotContains(t, missing, "uses System V IPC")

	v = look(t, "", "Thing", false)
	require.Contains(t, strings.Join(v.NotFound, "\n"),
		"not examined: the program itself (--packages, --stage and --src examine it)")
	v = look(t, "", "Thing", false, seen(""))
	require.Contains(t, strings.Join(v.NotFound, "\n"), "of which everything was seen: that it speaks IP")
	require.NotContains(t, strings.Join(v.WouldChange, "\n"), "a call of the program that none of this shows")
}
