package corpus

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestDependents(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	d := NewDependents(t.Context(), &Tree{FS: fstest.MapFS{
		"devel/base/Makefile": file("PORTNAME=\tbase\n"),
		"devel/lib/Makefile":  file("PORTNAME=\tlib\nLIB_DEPENDS=\tlibbase.so:devel/base\n"),
		"www/app/Makefile":    file("PORTNAME=\tapp\nRUN_DEPENDS=\tlib>=1:${PORTSDIR}/devel/lib@py311 \\\n\t\t${LOCALBASE}/bin/base:devel/base:install\n"),
		"www/slave/Makefile":  file("PKGNAMESUFFIX=\t-x\nMASTERDIR=\t${.CURDIR}/../app\n.include \"${MASTERDIR}/Makefile\"\n"),
		// Neither a test nor an option that is off makes the package another one.
		"www/test/Makefile":   file("TEST_DEPENDS=\tbase:devel/base\n"),
		"www/option/Makefile": file("OPTIONS_DEFINE=\tX\nX_RUN_DEPENDS=\tbase:devel/base\n.include <bsd.port.mk>\n"),
		"www/broken/Makefile": file(".if\n"),
		"www/self/Makefile":   file("RUN_DEPENDS=\tself:www/self nonsense a:b :${NOTHING}/x\n"),
	}})
	require.Equal(t, []string{"devel/lib", "www/app", "www/slave"}, d.Of("devel/base"))
	require.Equal(t, []string{"www/app", "www/slave"}, d.Of("devel/lib"))
	require.Equal(t, []string{"devel/lib", "www/app", "www/slave"}, d.All([]string{"devel/base"}))
	require.Equal(t, []string{"www/app", "www/slave"}, d.All([]string{"devel/base", "devel/lib"}))
	require.Empty(t, d.Of("www/self"))
	require.Empty(t, NewDependents(t.Context(), &Tree{Scripts: true}).Of("devel/base"))
}
