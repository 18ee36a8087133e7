package corpus_test

import (
	"fmt"
	"testing/fstest"

	"github.com/svcjify/svcjify/corpus"
)

// A tree yields a service for each rc.d name, with its template and the ports that install it.
func ExampleOpenFS() {
	found, err := corpus.OpenFS(fstest.MapFS{
		"Mk/bsd.port.mk":                {Data: []byte("")},
		"net/harbour/Makefile":          {Data: []byte("PORTNAME=harbour\nUSE_RC_SUBR=harbourd\n.include <bsd.port.mk>\n")},
		"net/harbour/files/harbourd.in": {Data: []byte("#!/bin/sh\n. /etc/rc.subr\nname=harbourd\n")},
		"net/harbour-lite/Makefile":     {Data: []byte("MASTERDIR=${.CURDIR}/../harbour\nPKGNAMESUFFIX=-lite\n.include \"${MASTERDIR}/Makefile\"\n")},
	}, "made")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range found.Services {
		fmt.Print(s.Name, " ", s.Template)
		for _, p := range s.Ports {
			fmt.Print(" ", p.Origin)
		}
		fmt.Println()
	}
	// Output: harbourd net/harbour/files/harbourd.in net/harbour net/harbour-lite
}
