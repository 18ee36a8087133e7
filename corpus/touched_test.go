package corpus

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestRoots: trees below the top of a file system, and directories of scripts.
func TestRoots(t *testing.T) {
	port, script := &fstest.MapFile{Data: []byte("PORTNAME=\tx\n")}, &fstest.MapFile{Data: []byte("#!/bin/sh\n\n# PROVIDE: x\n")}
	files := fstest.MapFS{
		"a/ports/www/x/Makefile": port, "a/ports/www/x/files/x.in": script, "b/Mk/bsd.port.mk": {}, "b/net/y/Makefile": port,
		"src/rc.d/x": script, "src/rc.d/README": {}, "src/Makefile": {Data: []byte("all:\n")}, "doc/x.in": {Data: []byte("x\n")},
	}
	for _, c := range []struct {
		name, root string
		ok         bool
	}{
		{"a/ports/www/x/Makefile", "a/ports", true},
		{"a/ports/www/x/files/x.in", "a/ports", true},
		{"a/ports/www/x/files/gone.in", "a/ports", true},
		{"a/ports/www/gone/Makefile", "a/ports", true},
		{"b/net/y/Makefile.inc", "b", true},
		{"b/Mk/Uses/x.mk", "b", true},
		{"src/rc.d/x", "src/rc.d", true},
		{"src/rc.d/README", "", false},
		{"src/rc.d/gone", "", false},
		{"src/Makefile", "", false},
		{"doc/x.in", "", false},
	} {
		root, ok := NewRoots(files).Of(c.name)
		require.Equal(t, c.ok, ok, c.name)
		if ok {
			require.Equal(t, c.root, root, c.name)
		}
	}
	root, ok := NewRoots(files).In("a/ports/www/x")
	require.True(t, ok)
	require.Equal(t, "a/ports", root)
	_, ok = NewRoots(files).In(".")
	require.False(t, ok)
}
