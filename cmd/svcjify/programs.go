package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer/pkgset"
	"github.com/svcjify/svcjify/lint/infer/program"
)

// programFlags say where the programs themselves can be looked at.
type programFlags struct {
	packages, stage []string
	src             string
}

func (f *programFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.packages, "packages", nil,
		"directory of FreeBSD packages (poudriere's packages/All) to look for the programs in")
	cmd.Flags().StringSliceVar(&f.stage, "stage", nil,
		"stage directory of a port (work/stage) to look for the programs in")
	cmd.Flags().StringVar(&f.src, "src", "", "extracted sources (WRKSRC) of the port; only where PATH is one port")
}

// finder opens what the flags name; nil where they name nothing.
func (f *programFlags) finder() (*program.Finder, error) {
	if len(f.packages)+len(f.stage) == 0 && f.src == "" {
		return nil, nil
	}
	set := pkgset.New()
	for _, dir := range f.packages {
		if err := set.AddPackages(dir); err != nil {
			return nil, hinted{err, "--packages takes a directory with packages in it, such as poudriere's packages/All"}
		}
	}
	for _, dir := range f.stage {
		if err := set.AddStage(dir); err != nil {
			return nil, hinted{err, "--stage takes a port's stage directory, such as work/stage after make stage"}
		}
	}
	var src *program.Sources
	if f.src != "" {
		var err error
		if src, err = program.OpenSources(f.src); err != nil {
			return nil, hinted{err, "--src takes the directory that make extract made, WRKSRC"}
		}
	}
	return program.NewFinder(set, src), nil
}

// checkSources refuses sources for the services of several ports: nobody could
// tell whose they are.
func (f *programFlags) checkSources(found *corpus.Corpus) error {
	first := ""
	for _, s := range found.Services {
		name := s.Origin()
		if name == "" {
			name = s.Name
		}
		if first == "" {
			first = name
		}
		if f.src != "" && name != first {
			return fmt.Errorf("%w: %w", errUsage, hinted{
				fmt.Errorf("--src is about one port, found services of %s and %s", first, name),
				"name the port whose sources they are",
			})
		}
	}
	return nil
}
