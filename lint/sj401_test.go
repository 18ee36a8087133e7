package lint

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
)

// TestUnbumped runs the cases of testdata/rules/SJ401: files in `before/`,
// `after/` and, where it is another, `published/` are trees, and `findings` is
// what the comparison says. What stands in `both/` is in all of them.
func TestUnbumped(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "rules", "SJ401", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, name := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			require.NoError(t, err)
			trees := map[string]fstest.MapFS{"before": {}, "after": {}, "published": {}}
			want, published := "", false
			for _, f := range ar.Files {
				state, p, _ := strings.Cut(f.Name, "/")
				switch {
				case f.Name == "findings":
					want = string(f.Data)
				case state == "both":
					for _, tree := range trees {
						tree[p] = &fstest.MapFile{Data: f.Data}
					}
				default:
					trees[state][p] = &fstest.MapFile{Data: f.Data}
					published = published || state == "published"
				}
			}
			before := &Before{FS: trees["before"]}
			if published {
				before.Published = func() fs.FS { return trees["published"] }
			}
			c, err := corpus.OpenFS(trees["after"], ".")
			require.NoError(t, err)
			res, err := Run(context.Background(), c, Options{Before: before})
			require.NoError(t, err)
			var got strings.Builder
			for _, f := range res.Findings {
				if f.Code == sj401.Code {
					fmt.Fprintf(&got, "%s:%d: %s: %s: %s\n", f.Path, f.Line, f.Severity, f.Message, f.Hint)
				}
			}
			if *update {
				for i, f := range ar.Files {
					if f.Name == "findings" {
						ar.Files = append(ar.Files[:i], ar.Files[i+1:]...)
						break
					}
				}
				if got.Len() > 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "findings", Data: []byte(got.String())})
				}
				require.NoError(t, os.WriteFile(name, txtar.Format(ar), 0o644))
				return
			}
			require.Equal(t, want, got.String())
			require.Equal(t, strings.HasPrefix(filepath.Base(name), "silent"), got.Len() == 0)
		})
	}
}
