package corpus

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestRoots: trees below the top of a file system, and directories of scripts.
func TestRoots(t *testing.T) {
	port, script := &fstest.MapFile{Data: []byte("PORTNAME=\tx\n")},
		&fstest.MapFile{Data: []byte("#!/bin/sh\n\n# PROVIDE: x\n")}
	files := fstest.MapFS{
		"a/ports/www/x/Makefile": port, "a/ports/www/x/files/x.in": script, "b/Mk/bsd.port.mk": {}, "b/net/y/Makefile": port,
		"src/rc.d/x": script, "src/rc.d/README": {}, "src/Makefile": {Data: []byte("all:\n")}, "doc/x.in": {Data: []byte("x\n")},
	}
	for _, c := range []struct {
		name, root  string
		scripts, ok bool
	}{
		{"a/ports/www/x/Makefile", ".", false, true},
		{"a/ports/www/x/files/x.in", ".", false, true},
		{"a/ports/www/x/files/gone.in", ".", false, true},
		{"b/net/y/Makefile.inc", "b", false, true},
		{"b/Mk/Uses/x.mk", "b", false, true},
		{"src/rc.d/x", "src/rc.d", true, true},
		{"src/rc.d/README", "", false, false},
		{"src/rc.d/gone", "src/rc.d", true, false},
		{"doc/x.in", "doc", true, false},
	} {
		root, scripts, ok := NewRoots(files).Of(c.name)
		require.Equal(t, c.ok, ok, c.name)
		if ok {
			require.Equal(t, c.root, root, c.name)
			require.Equal(t, c.scripts, scripts, c.name)
		}
	}
	require.Equal(t, ".", NewRoots(files).In("a/ports/www/x"))
	require.Equal(t, "b", NewRoots(files).In("b/net"))
}
