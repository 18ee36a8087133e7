//go:build unix

package gitfs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Refused says why git itself would not read the repository: another user owns it, and no
// safe.directory of the user's own configuration allows it. It is "" where git would. Here it is
// read all the same, since nothing that it names is run.
func (r *Repository) Refused() string {
	foreign := ""
	names := []string{r.GitDir}
	if r.WorkTree != "" {
		names = append(names, r.WorkTree, filepath.Join(r.WorkTree, ".git"))
	}
	for _, name := range names {
		var st syscall.Stat_t
		if syscall.Lstat(name, &st) == nil && !mine(st.Uid) {
			foreign = name
			break
		}
	}
	if foreign == "" {
		return ""
	}
	// Git checks nothing where it is told in its environment where the repository is.
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") {
			env = append(env, kv)
		}
	}
	cmd := exec.CommandContext(r.ctx, r.program.path, "rev-parse", "--git-dir")
	cmd.Dir, cmd.Env = orElse(r.WorkTree, r.GitDir), append(env, "LC_ALL=C")
	err := cmd.Run()
	if _, refused := errors.AsType[*exec.ExitError](err); err == nil || !refused && r.ctx.Err() != nil {
		return ""
	}
	return foreign + " belongs to another user, and git itself would refuse the repository (safe.directory)"
}

// mine reports whether a user is who runs the program, as git sees it: under sudo(8) both are.
func mine(uid uint32) bool {
	if int(uid) == os.Geteuid() {
		return true
	}
	before, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	return err == nil && os.Geteuid() == 0 && int(uid) == before
}
