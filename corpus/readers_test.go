package corpus

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestReaders(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	tree := &Tree{FS: fstest.MapFS{
		"net/base/Makefile":        file("PORTNAME=\tbase\n.include \"${.PARSEDIR}/Makefile.common\"\n.include <bsd.port.mk>\n"),
		"net/base/Makefile.common": file("PORTREVISION=\t1\n"),
		"net/slave/Makefile":       file("MASTERDIR=\t${.CURDIR}/../base\n.include \"${MASTERDIR}/Makefile\"\n"),
		"net/slave2/Makefile":      file(".include \"${.CURDIR}/../slave/Makefile\"\n"),
		// The directory's name is put together: no text of it holds "base".
		"net/put/Makefile":   file("A=\tba\nB=\tse\n.include \"${.CURDIR}/../${A}${B}/Makefile.common\"\n"),
		"net/plain/Makefile": file("PORTNAME=\tplain\n.include <bsd.port.mk>\n"),
	}}
	r := NewReaders(t.Context(), tree)
	require.Equal(t, []string{"net/base", "net/put", "net/slave", "net/slave2"}, r.Of("net/base/Makefile.common"))
	require.Equal(t, []string{"net/base", "net/slave", "net/slave2"}, r.Of("net/base/Makefile"))
	require.Empty(t, r.Of("net/plain/Makefile"), "only its own port reads it")
}
