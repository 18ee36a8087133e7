// Package contrib has the tests of what is shipped beside the program.
package contrib

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/makefile"
)

const port = "ports-mgmt/svcjify"

// standIn is as much of bsd.port.mk as a look at variables wants.
const standIn = "PORTVERSION= ${DISTVERSION}\nPKGNAME= ${PORTNAME}-${PORTVERSION}${PORTREVISION:D_${PORTREVISION}}\nall:\n"

// TestPort evaluates the port's Makefile with make, and with svcjify itself.
func TestPort(t *testing.T) {
	p, err := makefile.Read(os.DirFS("port"), port)
	require.NoError(t, err)
	require.Empty(t, p.Problems())
	bmake, err := exec.LookPath("bmake")
	if err != nil {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "bmake is not installed")
		t.Skip("bmake is not installed")
	}
	mk := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(mk, "bsd.port.mk"), []byte(standIn), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(mk, "sys.mk"), nil, 0o600))
	for _, v := range []string{"PORTNAME", "DISTVERSION", "CATEGORIES", "COMMENT", "LICENSE", "USES", "GO_MODULE",
		"GO_TARGET", "PLIST_FILES"} {
		out, err := exec.Command(bmake, "-m", mk, "-C", filepath.Join("port", port), "-V", "${"+v+"}").CombinedOutput()
		require.NoError(t, err, "%s", out)
		want := strings.TrimSpace(string(out))
		require.NotEmpty(t, want, v)
		require.Equal(t, want, p.Value(v), v)
	}
	out, err := exec.Command(bmake, "-m", mk, "-C", filepath.Join("port", port), "-V", "${PKGNAME}").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Regexp(t, regexp.MustCompile(`^svcjify-[0-9.]+\n$`), string(out))
}

// TestPortStyle holds the Makefile to the Porter's Handbook: tabs before values,
// a COMMENT of at most 70 characters without article and full stop, a
// description of at most 80 columns.
func TestPortStyle(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("port", port, "Makefile"))
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		require.Regexp(t, regexp.MustCompile(
			`^([A-Z_]+=\t+\S(.*\S)?|post-install:|\t\$\{INSTALL_MAN\} \S.*\S|\.include <bsd\.port\.mk>|)$`), line)
	}
	p, err := makefile.Read(os.DirFS("port"), port)
	require.NoError(t, err)
	require.LessOrEqual(t, len(p.Value("COMMENT")), 70)
	require.NotRegexp(t, regexp.MustCompile(`(?i)^(a|an|the) |\.$`), p.Value("COMMENT"))
	descr, err := os.ReadFile(filepath.Join("port", port, "pkg-descr"))
	require.NoError(t, err)
	for _, line := range strings.Split(string(descr), "\n") {
		require.LessOrEqual(t, len(line), 80)
	}
}
