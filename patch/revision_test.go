package patch

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

const (
	head = "PORTNAME=\tname\nDISTVERSION=\t1.2\n"
	tail = "CATEGORIES=\tnet\n\nMAINTAINER=\tports@FreeBSD.org\nCOMMENT=\tServer\n\n"
	rc   = "USE_RC_SUBR=\tsvc\n\n"
	end  = ".include <bsd.port.mk>\n"
)

// slaveOf is a Makefile of a few lines with its master's behind them.
func slaveOf(master, text string) string {
	return text + "MASTERDIR=\t${.CURDIR}/../" + master + "\n\n.include \"${MASTERDIR}/Makefile\"\n"
}

// revisionCases is the forms of PORTREVISION that ports have: Makefiles by
// path below net/. A port that installs the script has files/svc.in.
var revisionCases = []struct {
	name  string
	files map[string]string
	// scripts is the directories of the template.
	scripts []string
	// want is lines of changed files, with a '-' or '+' as in a diff, by path.
	want map[string]string
	// rise is the ports whose PORTREVISION must be one more by make's word; all
	// others must stay as they are.
	rise []string
	// with are make's arguments under which the same must hold.
	with [][]string
	// stay are builds that must stay as they are all the same: a port and make's
	// arguments, with a blank between.
	stay []string
	// refused is why the port is reported instead.
	refused string
}{
	{
		name:    "none: before CATEGORIES",
		files:   map[string]string{"p/Makefile": head + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "+PORTREVISION=\t1"}, rise: []string{"p"},
	}, {
		name:    "none, in line with its neighbours",
		files:   map[string]string{"p/Makefile": strings.ReplaceAll(head+tail, "=\t", "=\t\t") + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "+PORTREVISION=\t\t1"}, rise: []string{"p"},
	}, {
		name:    "none, with PORTEPOCH: before it",
		files:   map[string]string{"p/Makefile": head + "PORTEPOCH=\t3\n" + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "+PORTREVISION=\t1"}, rise: []string{"p"},
	}, {
		name:    "after PORTEPOCH, raised where it is",
		files:   map[string]string{"p/Makefile": head + "PORTEPOCH=\t3\nPORTREVISION=\t9\n" + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t9\n+PORTREVISION=\t10"},
		rise: []string{"p"},
	}, {
		name:    "explicit 0",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION=\t0\n" + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t0\n+PORTREVISION=\t1"},
		rise: []string{"p"},
	}, {
		name: "commented out, and one with a comment behind it",
		files: map[string]string{"p/Makefile": head + "#PORTREVISION=\t7\nPORTREVISION=\t2\t# chase libfoo\n" + tail +
			rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t2\t# chase libfoo\n+PORTREVISION=\t3\t# chase libfoo"}, rise: []string{"p"},
	}, {
		name:    "only commented out: a new line",
		files:   map[string]string{"p/Makefile": head + "#PORTREVISION=\t7\n" + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "+PORTREVISION=\t1"}, rise: []string{"p"},
	}, {
		name:    "blanks before the =, and := ",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION :=  4\n" + tail + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION :=  4\n+PORTREVISION :=  5"},
		rise: []string{"p"},
	}, {
		name: "?= in a master that installs it, slaves with and without their own",
		files: map[string]string{
			"m/Makefile":       head + "PORTREVISION?=\t2\n" + tail + rc + end,
			"m-own/Makefile":   slaveOf("m", "PORTREVISION=\t5\nPKGNAMESUFFIX=\t-own\n"),
			"m-plain/Makefile": slaveOf("m", "PKGNAMESUFFIX=\t-plain\n"),
		},
		scripts: []string{"m"},
		want: map[string]string{
			"m/Makefile":     "-PORTREVISION?=\t2\n+PORTREVISION?=\t3",
			"m-own/Makefile": "-PORTREVISION=\t5\n+PORTREVISION=\t6",
		},
		rise: []string{"m", "m-own", "m-plain"},
	}, {
		name: "?= in a file that both ports include, and no other",
		files: map[string]string{
			"c/Makefile.common": "PORTREVISION?=\t2\n",
			"p/Makefile":        head + ".include \"${.CURDIR}/../c/Makefile.common\"\n" + tail + rc + end,
			"q/Makefile": strings.Replace(head, "name", "other", 1) + ".include \"${.CURDIR}/../c/Makefile.common\"\n" +
				tail + rc + "FILESDIR=\t${.CURDIR}/../p/files\n\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"c/Makefile.common": "-PORTREVISION?=\t2\n+PORTREVISION?=\t3"},
		rise: []string{"p", "q"},
	}, {
		name: "a slave alone installs it, the master's ?= is for all: a line of its own",
		files: map[string]string{
			"m/Makefile":   head + "PORTREVISION?=\t2\n" + tail + ".ifdef SLAVE\n" + rc + ".endif\n" + end,
			"m-s/Makefile": slaveOf("m", "PKGNAMESUFFIX=\t-s\nSLAVE=\tyes\n"),
		},
		scripts: []string{"m"},
		want:    map[string]string{"m-s/Makefile": "+PORTREVISION=\t3"},
		rise:    []string{"m-s"},
	}, {
		name: "a master's = is stronger than a slave's line, so all rise by the master's",
		files: map[string]string{
			"m/Makefile":   head + "PORTREVISION=\t2\n" + tail + rc + end,
			"m-s/Makefile": slaveOf("m", "PKGNAMESUFFIX=\t-s\n"),
		},
		scripts: []string{"m"},
		want:    map[string]string{"m/Makefile": "-PORTREVISION=\t2\n+PORTREVISION=\t3"},
		rise:    []string{"m", "m-s"},
	}, {
		name: "a slave behind a master's = sets it last",
		files: map[string]string{
			"m/Makefile":   head + "PORTREVISION?=\t2\n" + tail + rc + end,
			"m-s/Makefile": "MASTERDIR=\t${.CURDIR}/../m\nPKGNAMESUFFIX=\t-s\nPORTREVISION=\t0\n.include \"${MASTERDIR}/Makefile\"\n",
		},
		scripts: []string{"m"},
		want: map[string]string{
			"m/Makefile":   "-PORTREVISION?=\t2\n+PORTREVISION?=\t3",
			"m-s/Makefile": "-PORTREVISION=\t0\n+PORTREVISION=\t1",
		},
		rise: []string{"m", "m-s"},
	}, {
		name: "in an included file that two ports share",
		files: map[string]string{
			"a/Makefile.common": "PORTREVISION=\t4\n" + rc,
			"a/Makefile":        head + ".include \"Makefile.common\"\n" + tail + end,
			"a-ssl/Makefile":    head + "PKGNAMESUFFIX=\t-ssl\n.include \"${.CURDIR}/../a/Makefile.common\"\n" + tail + "FILESDIR=\t${.CURDIR}/../a/files\n" + end,
		},
		scripts: []string{"a"},
		want:    map[string]string{"a/Makefile.common": "-PORTREVISION=\t4\n+PORTREVISION=\t5"},
		rise:    []string{"a", "a-ssl"},
	}, {
		name: "another variable with the number",
		files: map[string]string{
			"p/Makefile": head + "PORTREVISION=\t${SERVER_REVISION}\n" + tail + rc + "SERVER_REVISION=\t3\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-SERVER_REVISION=\t3\n+SERVER_REVISION=\t4"},
		rise: []string{"p"},
	}, {
		name: "branches for an option: both packages change",
		files: map[string]string{
			"p/Makefile": head + tail + "OPTIONS_DEFINE=\tBIG\n" + rc + ".include <bsd.port.options.mk>\n" +
				".if ${PORT_OPTIONS:MBIG}\nPORTREVISION=\t7\n.else\nPORTREVISION=\t2\n.endif\n" + end,
		},
		scripts: []string{"p"},
		want:    map[string]string{"p/Makefile": "-PORTREVISION=\t7\n+PORTREVISION=\t8\n-PORTREVISION=\t2\n+PORTREVISION=\t3"},
		rise:    []string{"p"}, with: [][]string{{"WITH=BIG"}},
	}, {
		name: "branches for a machine",
		files: map[string]string{
			"p/Makefile": head + tail + rc + ".include <bsd.port.options.mk>\n" +
				".if ${ARCH} == i386\nPORTREVISION=\t1\n.else\nPORTREVISION=\t3\n.endif\n" + end,
		},
		scripts: []string{"p"},
		want:    map[string]string{"p/Makefile": "-PORTREVISION=\t1\n+PORTREVISION=\t2\n-PORTREVISION=\t3\n+PORTREVISION=\t4"},
		rise:    []string{"p"}, with: [][]string{{"ARCH=i386"}},
	}, {
		name: "a branch for a sister package without the script",
		files: map[string]string{
			"p/Makefile":       head + ".if defined(TOOLS)\nPORTREVISION=\t1\n.else\nPORTREVISION=\t6\n.endif\n" + tail + ".if !defined(TOOLS)\n" + rc + ".endif\n" + end,
			"p-tools/Makefile": "TOOLS=\tyes\nPKGNAMESUFFIX=\t-tools\nMASTERDIR=\t${.CURDIR}/../p\n\n.include \"${MASTERDIR}/Makefile\"\n",
		},
		scripts: []string{"p"},
		want:    map[string]string{"p/Makefile": "-PORTREVISION=\t6\n+PORTREVISION=\t7"},
		rise:    []string{"p"},
	}, {
		name: "the line of a sister package as well: both rise, as that line says",
		files: map[string]string{
			"p/Makefile":     head + "PORTREVISION=\t6\n" + tail + ".if !defined(DOC)\n" + rc + ".endif\n" + end,
			"p-doc/Makefile": "DOC=\tyes\nPKGNAMESUFFIX=\t-doc\nMASTERDIR=\t${.CURDIR}/../p\n\n.include \"${MASTERDIR}/Makefile\"\n",
		},
		scripts: []string{"p"},
		want:    map[string]string{"p/Makefile": "-PORTREVISION=\t6\n+PORTREVISION=\t7"},
		rise:    []string{"p", "p-doc"},
	}, {
		name:    "twice: the last is in force",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION=\t1\n" + tail + "PORTREVISION=\t2\n" + rc + end},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t2\n+PORTREVISION=\t3"},
		rise: []string{"p"},
	}, {
		name: "a flavour without the script has its own line",
		files: map[string]string{
			"p/Makefile": head + tail + "FLAVORS=\tfull client\nFLAVOR?=\t${FLAVORS:[1]}\nclient_PKGNAMESUFFIX=\t-client\n" +
				".if ${FLAVOR:U} == client\nPORTREVISION=\t8\n.else\nPORTREVISION=\t4\n" + rc + ".endif\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t4\n+PORTREVISION=\t5"},
		rise: []string{"p"}, with: [][]string{{"FLAVOR=client"}}, stay: []string{"p FLAVOR=client"},
	}, {
		name: "only a flavour that is not the first has the script",
		files: map[string]string{
			"p/Makefile": head + tail + "FLAVORS=\tclient server\nFLAVOR?=\t${FLAVORS:[1]}\nserver_PKGNAMESUFFIX=\t-server\n" +
				".if ${FLAVOR:U} == server\nPORTREVISION=\t2\n" + rc + ".else\nPORTREVISION=\t9\n.endif\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t2\n+PORTREVISION=\t3"},
		rise: []string{"p"}, with: [][]string{{"FLAVOR=server"}}, stay: []string{"p "},
	}, {
		name: "two flavours of three have the script, each with its line",
		files: map[string]string{
			"p/Makefile": head + tail + "FLAVORS=\tone two tool\nFLAVOR?=\t${FLAVORS:[1]}\ntwo_PKGNAMESUFFIX=\t-two\ntool_PKGNAMESUFFIX=\t-tool\n" +
				".if ${FLAVOR:U} == tool\nPORTREVISION=\t1\n.else\n" + rc +
				".if ${FLAVOR:U} == two\nPORTREVISION=\t5\n.else\nPORTREVISION=\t9\n.endif\n.endif\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t5\n+PORTREVISION=\t6\n-PORTREVISION=\t9\n+PORTREVISION=\t10"},
		rise: []string{"p"}, with: [][]string{{"FLAVOR=two"}, {"FLAVOR=tool"}}, stay: []string{"p FLAVOR=tool"},
	}, {
		name: "installed by hand in one flavour, whose line it is",
		files: map[string]string{
			"p/Makefile": head + tail + "FLAVORS=\tfull client\nFLAVOR?=\t${FLAVORS:[1]}\nclient_PKGNAMESUFFIX=\t-client\n" +
				".if ${FLAVOR:U} == client\nPORTREVISION=\t8\n.else\nPORTREVISION=\t4\ndo-install:\n\t${INSTALL_SCRIPT} ${FILESDIR}/svc.in ${STAGEDIR}${PREFIX}/etc/rc.d/svc\n.endif\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t4\n+PORTREVISION=\t5"},
		rise: []string{"p"}, with: [][]string{{"FLAVOR=client"}}, stay: []string{"p FLAVOR=client"},
	}, {
		name: "an option takes the script away, and has its line",
		files: map[string]string{
			"p/Makefile": head + tail + "OPTIONS_DEFINE=\tLIGHT\n.include <bsd.port.options.mk>\n" +
				".if ${PORT_OPTIONS:MLIGHT}\nPORTREVISION=\t7\n.else\nPORTREVISION=\t2\n" + rc + ".endif\n" + end,
		},
		scripts: []string{"p"}, want: map[string]string{"p/Makefile": "-PORTREVISION=\t2\n+PORTREVISION=\t3"},
		rise: []string{"p"}, with: [][]string{{"WITH=LIGHT"}}, stay: []string{"p WITH=LIGHT"},
	}, {
		name:    "from a command, which is not run",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION!=\techo 4\n" + tail + rc + end},
		scripts: []string{"p"}, refused: "without running make",
	}, {
		name:    "+=",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION+=\t4\n" + tail + rc + end},
		scripts: []string{"p"}, refused: "expected =",
	}, {
		name:    "no number",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION=\t4.1\n" + tail + rc + end},
		scripts: []string{"p"}, refused: `its value is "4.1", expected a number`,
	}, {
		name:    "computed",
		files:   map[string]string{"p/Makefile": head + "PORTREVISION=\t${DISTVERSION:R}1\n" + tail + rc + end},
		scripts: []string{"p"}, refused: `expected a number`,
	},
}

// TestRevisionForms raises PORTREVISION in every form, and asks make.
func TestRevisionForms(t *testing.T) {
	tool(t, "bmake")
	for _, tc := range revisionCases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, exec.Command("cp", "-R", "../corpus/testdata/ports/Mk", dir).Run())
			write := func(name, text string) {
				full := filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
				require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
			}
			var ports []string
			categories := "COMMENT=\tNetworking\n\n"
			for name, text := range tc.files {
				write("net/"+name, text)
				if path.Base(name) == "Makefile" {
					ports = append(ports, path.Dir(name))
				}
			}
			slices.Sort(ports)
			for _, p := range ports {
				categories += "SUBDIR += " + p + "\n"
			}
			write("net/Makefile", categories+"\n.include <bsd.port.subdir.mk>\n")
			write("Makefile", "SUBDIR += net\n\n.include <bsd.port.subdir.mk>\n")
			for _, d := range tc.scripts {
				write("net/"+d+"/files/svc.in",
					"#!/bin/sh\n# PROVIDE: svc\n. /etc/rc.subr\nname=svc\nrcvar=svc_enable\nload_rc_config $name\n: ${svc_enable:=NO}\ncommand=/usr/local/sbin/svc\ncommand_args=\"-l 127.0.0.1:80\"\nrun_rc_command \"$1\"\n")
			}
			found, err := corpus.Open([]string{dir})
			require.NoError(t, err)
			opts := lint.Options{Operator: lint.OperatorEquals}
			res, err := lint.Run(context.Background(), found, opts)
			require.NoError(t, err)
			changes, held, err := Plan(context.Background(), res, Options{Certainty: infer.Possible, Lint: opts})
			require.NoError(t, err)
			if tc.refused != "" {
				require.Empty(t, changes)
				require.Len(t, held, 1)
				require.Contains(t, held[0].Reason, tc.refused)
				return
			}
			require.Empty(t, held)
			require.Len(t, changes, 1)

			before := revisions(t, dir, ports, tc.with)
			require.NoError(t, changes[0].WriteTree(dir))
			got := map[string]string{}
			for _, f := range changes[0].Files {
				if strings.HasSuffix(f.Path, ".in") {
					continue
				}
				var lines []string
				for _, l := range f.lines() {
					if l.op != ' ' {
						lines = append(lines, string(l.op)+strings.TrimSuffix(l.text, "\n"))
					}
				}
				got[strings.TrimPrefix(f.Path, "net/")] = strings.Join(lines, "\n")
			}
			require.Equal(t, tc.want, got)
			after := revisions(t, dir, ports, tc.with)
			for key, old := range before {
				port, _, _ := strings.Cut(key, " ")
				want := old
				if slices.Contains(tc.rise, port) && !slices.Contains(tc.stay, key) {
					want.revision++
				}
				require.Equal(t, want, after[key], key)
			}
			require.ElementsMatch(t, slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
			rises := slices.Concat(changes[0].Ports, changes[0].Rebuilt)
			for i := range rises {
				rises[i] = path.Base(rises[i])
			}
			require.ElementsMatch(t, tc.rise, rises)
		})
	}
}

// revisions asks make for each port's package, at the defaults and with arguments.
func revisions(t *testing.T, dir string, ports []string, with [][]string) map[string]pkg {
	out := map[string]pkg{}
	for _, p := range ports {
		for _, args := range append([][]string{nil}, with...) {
			argv := append([]string{"-r", "-m", filepath.Join(dir, "Mk"), "-C", filepath.Join(dir, "net", p),
				"PORTSDIR=" + dir, "-V", "${PKGNAME}"}, args...)
			text, err := exec.Command("bmake", argv...).Output()
			require.NoError(t, err, "%s %v", p, args)
			m := pkgname.FindStringSubmatch(strings.TrimSpace(string(text)))
			n, _ := strconv.Atoi(m[2])
			out[p+" "+strings.Join(args, " ")] = pkg{m[1] + m[3], n}
		}
	}
	return out
}

// A comment above CATEGORIES stays where it is: PORTREVISION belongs to what stands above it.
func TestAboveComments(t *testing.T) {
	for text, want := range map[string]string{
		"PORTNAME=\ta\nPORTVERSION=\t1\n# for a commit of git:\n#PORTVERSION=\t0\n": "PORTNAME=\ta\nPORTVERSION=\t1\n",
		"PORTNAME=\ta\n":               "PORTNAME=\ta\n",
		"# a port\n":                   "# a port\n",
		"PORTNAME=\ta\n\n# two\n":      "PORTNAME=\ta\n\n# two\n",
		"LICENSE=\ta \\\n\tb\n# two\n": "LICENSE=\ta \\\n\tb\n# two\n",
		"PORTNAME=\ta\n.if 1\n# two\n": "PORTNAME=\ta\n.if 1\n# two\n",
		"":                             "",
	} {
		require.Equal(t, want, text[:aboveComments([]byte(text), len(text))])
	}
}
