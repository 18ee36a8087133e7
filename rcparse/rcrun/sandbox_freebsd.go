//go:build freebsd && !race

package rcrun

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// sandbox is a second barrier behind the interpreter: in capability mode, see
// capsicum(4), there are no paths, no addresses and no other processes, only
// what is open. A kernel without it is no error: then there is the interpreter
// alone, as elsewhere. This has been built, and not been run.
func sandbox() error {
	if err := unix.CapEnter(); err != nil && !errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("cap_enter: %w", err)
	}
	return nil
}
