package sh

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"
)

// Of a text that POSIX has too, the tree is the one that mvdan.cc/sh makes, node
// by node and place by place, so that what reads it need not know who made it.
func TestSameTree(t *testing.T) {
	n := 0
	for path, text := range madeTree(t) {
		theirs, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX),
			syntax.KeepComments(true)).Parse(bytes.NewReader(text), "")
		if err != nil {
			continue
		}
		ours, err := Parse(text)
		require.NoError(t, err, path)
		want, got := strings.Split(dump(theirs), "\n"), strings.Split(dump(ours), "\n")
		for i := range min(len(want), len(got)) { // a whole tree is no help
			require.Equal(t, want[i], got[i], "%s, after %q", path, got[max(i-8, 0):i])
		}
		require.Len(t, got, len(want), path)
		n++
	}
	require.Greater(t, n, 150)
}

// madeTree is the templates of the made ports tree, by path.
func madeTree(tb testing.TB) map[string][]byte {
	texts := map[string][]byte{}
	paths, err := filepath.Glob("../../corpus/testdata/ports/*/*/files/*.in")
	require.NoError(tb, err)
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err == nil { // some are made to be unreadable
			texts[p] = text
		}
	}
	return texts
}

// dump writes a tree as text, a node a line, with places and without comments.
func dump(n syntax.Node) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(n), "")
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value, indent string) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			dumpValue(b, v.Elem(), indent)
		}
	case reflect.Slice:
		if parts, ok := v.Interface().([]syntax.WordPart); ok {
			v = reflect.ValueOf(joinLiterals(parts))
		}
		for i := range v.Len() {
			dumpValue(b, v.Index(i), indent+" ")
		}
	case reflect.Struct:
		if at, ok := v.Interface().(syntax.Pos); ok {
			fmt.Fprintf(b, "%s%v@%d\n", indent, at, at.Offset())
			return
		}
		fmt.Fprintf(b, "%s%s\n", indent, v.Type().Name())
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if strings.HasSuffix(name, "Last") || name == "Comments" || v.Field(i).IsZero() {
				continue
			}
			fmt.Fprintf(b, "%s.%s\n", indent, name)
			dumpValue(b, v.Field(i), indent+" ")
		}
	case reflect.String: // they keep the tabs before the line that ends a here-document
		fmt.Fprintf(b, "%s%s\n", indent, strings.TrimRight(v.String(), "\t"))
	default:
		fmt.Fprintf(b, "%s%v\n", indent, v.Interface())
	}
}

// joinLiterals makes one literal of those that stand side by side: mvdan.cc/sh
// starts a new one after a backslash at the end of a line.
func joinLiterals(parts []syntax.WordPart) []syntax.WordPart {
	var out []syntax.WordPart
	for _, p := range parts {
		lit, ok := p.(*syntax.Lit)
		if ok && len(out) > 0 {
			if last, ok := out[len(out)-1].(*syntax.Lit); ok {
				out[len(out)-1] = &syntax.Lit{ValuePos: last.ValuePos, ValueEnd: lit.ValueEnd,
					Value: last.Value + lit.Value}
				continue
			}
		}
		out = append(out, p)
	}
	return out
}
