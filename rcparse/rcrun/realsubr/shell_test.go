package realsubr

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

var shellFlag = flag.String("shell", os.Getenv("SVCJIFY_SH"), "the `sh(1)` that runs rc.subr; SVCJIFY_SH gives it as well")

// A shell is the program that rc.subr is run with.
type shell struct {
	path string
	kind string // sh is FreeBSD's own; any other has the name of its file
}

// shellOf is the shell that -shell or SVCJIFY_SH names, else sh(1) where it is
// FreeBSD's own, else dash.
func shellOf() (shell, error) {
	switch {
	case *shellFlag != "":
		return shellAt(*shellFlag)
	case runtime.GOOS == "freebsd":
		return shellAt("/bin/sh")
	}
	p, err := exec.LookPath("dash")
	if err != nil {
		return shell{}, err
	}
	return shellAt(p)
}

// shellAt asks the shell of the path whether it is FreeBSD's: no other has setvar.
func shellAt(p string) (shell, error) {
	p, err := filepath.Abs(p)
	if err != nil {
		return shell{}, err
	}
	if out, err := exec.Command(p, "-c", "exit 0").CombinedOutput(); err != nil {
		return shell{}, fmt.Errorf("-shell or SVCJIFY_SH: %s runs no shell command: %w: %s", p, err, out)
	}
	if exec.Command(p, "-c", `setvar x y && [ "$x" = y ]`).Run() == nil {
		return shell{p, "sh"}, nil
	}
	return shell{p, filepath.Base(p)}, nil
}

func TestShellAt(t *testing.T) {
	if _, err := exec.LookPath("dash"); err != nil {
		lackTool(t, err.Error())
	}
	dash, err := exec.LookPath("dash")
	require.NoError(t, err)
	got, err := shellAt(dash)
	require.NoError(t, err)
	require.Equal(t, shell{dash, "dash"}, got)

	// A program that does as FreeBSD's sh does with setvar is taken for it, whatever its name.
	like := filepath.Join(t.TempDir(), "another-name")
	require.NoError(t, os.WriteFile(like, []byte("#!"+dash+"\nexit 0\n"), 0o700))
	got, err = shellAt(like)
	require.NoError(t, err)
	require.Equal(t, shell{like, "sh"}, got)

	_, err = shellAt("/nonexistent/sh")
	require.ErrorContains(t, err, "-shell or SVCJIFY_SH: /nonexistent/sh runs no shell command")
}
