package synth

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed demo.txtar
var demo []byte

// demoSubjects are the subjects of the commits; the number of a commit in demo.txtar
// counts from one.
var demoSubjects = []string{
	"Six services, and a port that shares one of them",
	"www/bryony: Add new port",
	"dns/wren: Make the rc script service jails ready",
}

// Demo writes a small tree, for people who try svcjify for the first time, below a directory
// that is empty or not there: a port for each state that a service can be in, in a git
// repository of three commits. The same bytes each time, the commits' names too.
func Demo(dir string) error {
	if err := vacant(dir); err != nil {
		return err
	}
	r, err := newRepository(filepath.Join(dir, ".git"))
	if err != nil {
		return fmt.Errorf("%s: making a git repository: %w", dir, err)
	}
	commits := make([]map[string]string, len(demoSubjects))
	for _, f := range txtar.Parse(demo).Files {
		number, name, _ := strings.Cut(f.Name, "/")
		i := int(number[0]-'0') - 1
		if commits[i] == nil {
			commits[i] = map[string]string{}
		}
		commits[i][name] = string(f.Data)
	}
	for i, files := range commits {
		if err := write(dir, files); err != nil {
			return err
		}
		when := time.Date(2026, time.Month(1+i), 10, 12, 0, 0, 0, time.UTC)
		if err := r.commit(demoSubjects[i], when, files); err != nil {
			return fmt.Errorf("%s: making a commit: %w", dir, err)
		}
	}
	return nil
}

// vacant refuses a directory that holds something, so that nobody's file is overwritten.
func vacant(dir string) error {
	switch list, err := os.ReadDir(dir); {
	case err == nil && len(list) > 0:
		return fmt.Errorf("%s: is not empty: expected a new directory", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}
