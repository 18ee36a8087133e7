package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/svcjify/svcjify/corpus/host/hosttest"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var updateScripts = flag.Bool("update", false, "rewrite the golden output in testdata/script")

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rcrun.WorkerArg { // os.Executable is this test
		os.Exit(rcrun.Main(os.Stdin, os.Stdout))
	}
	testscript.Main(oneCache{m}, map[string]func(){"svcjify": main})
}

// oneCache has all tests share a cache of their own: the made tree is simulated once
// and not for each of a hundred commands. TestSameWithoutCache does without.
type oneCache struct{ *testing.M }

func (m oneCache) Run() int {
	dir, err := os.MkdirTemp("", "svcjify-test-cache-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("XDG_CACHE_HOME", dir)
	return m.M.Run()
}

// gitEnv keeps git far from anybody's configuration.
var gitEnv = []string{
	"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
	"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.org", "GIT_MERGE_AUTOEDIT=no", "LC_ALL=C",
}

// TestScript runs testdata/script/*.txtar. $PORTS is a copy of the made ports
// tree, $ROOT of the made system, $CONTRIB the directory of that name.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *updateScripts,
		Setup: func(env *testscript.Env) error {
			ports := filepath.Join(env.WorkDir, "ports")
			env.Setenv("PORTS", ports)
			contrib, err := filepath.Abs(filepath.Join("..", "..", "contrib"))
			if err != nil {
				return err
			}
			env.Setenv("CONTRIB", contrib)
			root := filepath.Join(env.WorkDir, "root") // the made system of lint/advise
			env.Setenv("ROOT", root)
			if err := hosttest.CopyRoot(filepath.Join("..", "..", "lint", "advise", "testdata", "root"),
				root); err != nil {
				return err
			}
			env.Vars = append(env.Vars, gitEnv...)
			env.Setenv("XDG_CACHE_HOME", os.Getenv("XDG_CACHE_HOME"))
			if _, err := exec.LookPath("git"); err != nil && os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
				return err
			}
			return os.CopyFS(ports, os.DirFS(filepath.Join("..", "..", "corpus", "testdata", "ports")))
		},
	})
}
