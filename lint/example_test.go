package lint_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// All services of a tree are judged. Without Options.Simulate the scripts are only read.
func ExampleRun() {
	found, err := corpus.OpenFS(fstest.MapFS{
		"Mk/bsd.port.mk":       {Data: []byte("")},
		"net/harbour/Makefile": {Data: []byte("PORTNAME=harbour\nCATEGORIES=net\nUSE_RC_SUBR=harbourd\n.include <bsd.port.mk>\n")},
		"net/harbour/files/harbourd.in": {Data: []byte(`#!/bin/sh
# PROVIDE: harbourd
# REQUIRE: NETWORKING
. /etc/rc.subr
name="harbourd"
rcvar="harbourd_enable"
load_rc_config $name
: ${harbourd_enable="NO"}
: ${harbourd_svcj_options="net_basic net_basik"}
command="%%PREFIX%%/sbin/harbourd"
run_rc_command "$1"
`)},
	}, "made")
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := lint.Run(context.Background(), found, lint.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range res.Findings {
		fmt.Println(f.Line, f.Severity, f.Code, f.Message)
	}
	// Output:
	// 9 error SJ102 unknown service jail option "net_basik"
}
