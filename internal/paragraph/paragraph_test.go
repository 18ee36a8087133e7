package paragraph

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func all(text string) (list []Field, err error) {
	err = Read(text, func(f Field) error {
		list = append(list, f)
		return nil
	})
	return list, err
}

func TestRead(t *testing.T) {
	got, err := all("# a comment\n\na: 1\n# another\n\tand 2\n  and 3\nb:\n\n" +
		" \t\na:x: y\r\n")
	require.NoError(t, err)
	require.Equal(t, []Field{{"a", "1 and 2 and 3", 3, true}, {"b", "", 7, false}, {"a", "x: y", 10, true}}, got)
	found := func(line string) string { return `line 1: found "` + line + `", expected "field: value"` }
	for text, want := range map[string]string{
		"a: 1\n\n continued\n":                `line 3: a continuation line without a field before it`,
		"a: 1\nnothing\n":                     `line 2: found "nothing", expected "field: value"`,
		"a b: 1\n":                            found("a b: 1"),
		": 1\n":                               found(": 1"),
		strings.Repeat("x", 100):              found(strings.Repeat("x", 57) + "..."),
		"a: 1\nb: 2\n\nc: 3\n\n# x\n\td: 4\n": `line 7: a continuation line without a field before it`,
	} {
		_, err := all(text)
		var e *Error
		require.ErrorAs(t, err, &e, text)
		require.EqualError(t, err, want)
	}
}

func TestReadEnds(t *testing.T) {
	stop := errors.New("stop")
	calls := 0
	require.Equal(t, stop, Read("a: 1\nb: 2\n", func(Field) error { calls++; return stop }))
	require.Equal(t, 1, calls)
}

// What was read and is written again reads the same.
func FuzzRead(f *testing.F) {
	f.Add("# a comment\na: 1\n\tand 2\n\nb: x: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := all(text)
		if err != nil {
			return
		}
		var b strings.Builder
		for _, x := range got {
			if x.First {
				b.WriteString("\n")
			}
			b.WriteString(x.Name + ": " + x.Value + "\n")
		}
		again, err := all(b.String())
		require.NoError(t, err)
		require.Len(t, again, len(got))
		for i := range got {
			require.Equal(t, got[i].Name, again[i].Name)
			require.Equal(t, strings.TrimSpace(got[i].Value), again[i].Value)
			require.Equal(t, got[i].First, again[i].First)
		}
	})
}
