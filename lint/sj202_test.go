package lint

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A script whose lines end in CR LF has a name that ends in CR; the hint says
// what to do about the lines, and not to install the script under such a name.
func TestCarriageReturns(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	const script = "#!/bin/sh\n. /etc/rc.subr\nname=\"foo\"\nrcvar=foo_enable\nload_rc_config $name\n: ${foo_enable:=NO}\n" +
		"command=/usr/local/sbin/foo\nrun_rc_command \"$1\"\n"
	svc := &corpus.Service{Tree: &corpus.Tree{FS: fstest.MapFS{}, Dir: "."}, Name: "foo", Template: "foo.in"}
	s := Judge(context.Background(), svc, []byte(strings.ReplaceAll(script, "\n", "\r\n")), &infer.Knowledge{},
		Options{Simulate: pool})
	var hints []string
	for _, f := range s.Findings {
		if f.Code == "SJ202" || f.Code == "SJ203" {
			hints = append(hints, f.Hint)
		}
		if f.Code == "SJ203" {
			require.Contains(t, f.Message, `holds "\r"`)
		}
	}
	require.Equal(t, []string{plainNewlines, plainNewlines}, hints)
}
