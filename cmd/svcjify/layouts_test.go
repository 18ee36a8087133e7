package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A layout is a made repository: where its ports lie, and what svcjify must make of it.
type layout struct {
	name string
	// ports are directories with the name of their service and their CATEGORIES.
	ports [][3]string
	// files are further ones.
	files map[string]string
	// list is what list prints, but for the answers: name, origin.
	list []string
	// edited is the port whose template is edited for the hook.
	edited string
	// flags go with every command.
	flags string
}

// layouts are one of each kind that is met outside of /usr/ports.
var layouts = []layout{
	{name: "root", ports: [][3]string{{"otter", "otter", "net"}, {"stoat", "stoat", "www misc"}},
		list: []string{"otter net/otter", "stoat www/stoat"}, edited: "stoat"},
	{name: "categories", ports: [][3]string{{"net/otter", "otter", "net"}, {"local/stoat", "stoat", "www"}},
		list: []string{"otter net/otter", "stoat local/stoat"}, edited: "net/otter"},
	{name: "three levels", ports: [][3]string{{"attic/dns/otter", "otter", "dns"}, {"dns/otter", "otter", "dns"}, {"overlay/x/stoat", "stoat", "www"}},
		list: []string{"otter attic/dns/otter", "otter dns/otter", "stoat www/stoat"}, edited: "attic/dns/otter"},
	{name: "mixed", ports: [][3]string{{"otter", "otter", "net"}, {"www/stoat", "stoat", "www"}, {"a/b/c/d/hare", "hare", "net"}},
		list: []string{"hare net/hare", "otter net/otter", "stoat www/stoat"}, edited: "otter"},
	{name: "one port", ports: [][3]string{{".", "otter", "net"}},
		list: []string{"otter net/otter"}, edited: "."},
	{name: "beside a program", ports: [][3]string{{"packaging/freebsd/www/stoat", "stoat", "www"}},
		files: map[string]string{"Makefile": "all:\n\tcc -o stoat stoat.c\n", "src/Makefile": "include ../common.mk\n",
			"etc/rc.d/stoat": "no script\n"},
		list: []string{"stoat www/stoat"}, edited: "packaging/freebsd/www/stoat"},
	{name: "a tree in a tree", ports: [][3]string{{"ports/net/otter", "otter", "net"}, {"extra/www/stoat", "stoat", "www"}},
		files: map[string]string{"ports/Mk/bsd.port.mk": "# the framework\n"},
		list:  []string{"otter net/otter", "stoat www/stoat"}, edited: "ports/net/otter"},
	{name: "overlay", ports: [][3]string{{"net/otter", "otter", "net"}},
		files: map[string]string{"net/stoat/Makefile": "PKGNAMESUFFIX=\t-lite\n\nMASTERDIR=\t${.CURDIR}/../../www/weasel\n\n.include \"${MASTERDIR}/Makefile\"\n"},
		list:  []string{"otter net/otter", "weasel net/stoat"}, edited: "net/otter", flags: "--portsdir ../base"},
}

// portText is a port's Makefile; its script listens, so that it is patchable.
func portText(service, categories string) string {
	return fmt.Sprintf("PORTNAME=\t%s\nDISTVERSION=\t1.4\nCATEGORIES=\t%s\n\nMAINTAINER=\tmoss@example.net\nCOMMENT=\tServer\n\nUSE_RC_SUBR=\t%[1]s\n\n.include <bsd.port.mk>\n", service, categories)
}

func scriptText(service string) string {
	return fmt.Sprintf(`#!/bin/sh

# PROVIDE: %[1]s
# REQUIRE: LOGIN

. /etc/rc.subr

name="%[1]s"
rcvar="%[1]s_enable"

load_rc_config $name

: ${%[1]s_enable:="NO"}

command="%%%%PREFIX%%%%/sbin/%[1]sd"
command_args="-l 127.0.0.1:8080"

run_rc_command "$1"
`, service)
}

// make writes the layout below a directory, in a repository of its own.
func (l layout) make(t *testing.T, dir string) {
	files := map[string]string{}
	for name, text := range l.files {
		files[name] = text
	}
	for _, p := range l.ports {
		files[filepath.Join(p[0], "Makefile")] = portText(p[1], p[2])
		files[filepath.Join(p[0], "files", p[1]+".in")] = scriptText(p[1])
	}
	writeFiles(t, dir, files)
	shell(t, dir, "git init -q -b main . && git add -A && git commit -q -m base")
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
}

// TestLayouts does in each layout what a person would, from the list to the commit.
func TestLayouts(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("without git")
	}
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			writeFiles(t, filepath.Join(work, "base"), map[string]string{
				"Mk/bsd.port.mk": "# the framework\n", "www/weasel/Makefile": portText("weasel", "www"), "www/weasel/files/weasel.in": scriptText("weasel"),
			})
			top := filepath.Join(work, "top")
			l.make(t, top)
			sv := "svcjify " + l.flags + " "

			var listed []string
			for line := range strings.Lines(shell(t, top, sv+"list")) {
				f := strings.Fields(line)
				require.Equal(t, "patchable", f[2], line)
				listed = append(listed, f[0]+" "+f[1])
			}
			require.ElementsMatch(t, l.list, listed)
			require.Contains(t, shell(t, top, sv+"lint --fail-on never"), fmt.Sprintf("%d patchable", len(l.list)))

			// From the top and from within a port, the diff is git's.
			ports := filepath.Join(top, l.edited)
			require.Empty(t, shell(t, top, sv+"patch 2>/dev/null >../all.diff && git apply --check ../all.diff"))
			require.Empty(t, shell(t, ports, "svcjify patch . >"+work+"/one.diff && git apply "+work+"/one.diff && git diff --stat --exit-code >/dev/null && echo unchanged; true"))
			require.Contains(t, shell(t, top, "git diff --name-only"), "Makefile\n")
			require.Contains(t, shell(t, ports, "svcjify list ."), "ready")
			shell(t, top, "git reset -q --hard")

			// What people see is named from where they stand, and what machines read is not.
			require.Regexp(t, `^files/\w+\.in:`, shell(t, ports, "svcjify lint --fail-on never --format oneline ."))
			json := `"path": "` + filepath.Join(l.edited, "files")
			require.Contains(t, shell(t, ports, "svcjify lint --fail-on never --format json ."), json)
			require.Contains(t, shell(t, top, "svcjify lint --fail-on never --format json ./"+l.edited), json)
			require.Contains(t, shell(t, top, "svcjify list --format json "+l.edited), `"path_from": "repository"`)

			// git am and commit come to the same.
			tree := filepath.Dir(filepath.Join(top, "x"))
			if l.name == "a tree in a tree" {
				tree = filepath.Join(top, "ports")
			}
			shell(t, tree, sv+"patch -o "+work+"/batch . 2>/dev/null")
			require.Regexp(t, `still applies`, shell(t, tree, "svcjify batch status "+work+"/batch"))
			shell(t, work, "git clone -q top second")
			shell(t, work+"/second", "git am -q $(find ../batch -name '*.patch' | sort)")
			shell(t, tree, sv+"commit -q --branch svcj . 2>/dev/null; true")
			require.Equal(t, shell(t, work+"/second", "git rev-parse HEAD^{tree}"),
				shell(t, top, "git rev-parse svcj^{tree}"))

			// A baseline holds in another clone.
			shell(t, top, sv+"baseline -q -o ../known")
			shell(t, work, "git clone -q top third")
			require.Regexp(t, `^(no findings|\d+ services?: )`,
				lastLine(shell(t, work+"/third", sv+"lint --baseline ../known")))
			require.NotContains(t, shell(t, work+"/third", sv+"lint --baseline ../known"), "SJ101")

			// The hook stops the edit that lacks its bump, and lets the other pass.
			shell(t, top, "svcjify hook install -q")
			shell(t, ports, `sed -i 's/8080/8081/' files/*.in && git add -A`)
			said := shell(t, top, "git commit -q -m edit; true")
			require.Contains(t, said, filepath.Join(l.edited, "Makefile")+":2: error: "+filepath.Join(l.edited,
				"files"))
			require.Contains(t, said, "[SJ401]")
			require.Equal(t, 1, strings.Count(said, "SJ401"), said)
			shell(t, ports, `sed -i '/^DISTVERSION/a PORTREVISION=\t1' Makefile && git add -A`)
			require.NotContains(t, shell(t, top, "git commit -q -m edit"), "ERROR")
			require.Equal(t, "edit\n", shell(t, top, "git log -1 --format=%s"))
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
