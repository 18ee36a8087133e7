package bmake

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// alone is a Makefile for which nobody wrote a framework.
type alone struct{}

func (alone) Builtin(string) Found               { return Found{} }
func (alone) SetLater(string) bool               { return false }
func (alone) Knob(string) bool                   { return false }
func (alone) Include(string) (bool, *Error)      { return false, nil }
func (alone) Modelled(string) bool               { return false }
func (alone) Lacks(string) bool                  { return false }
func (alone) Choice(name string, _ bool) string  { return name }
func (alone) InWords(c, _ string, _ bool) string { return c }
func (alone) Path(p string) (string, bool) {
	name, ok := strings.CutPrefix(p, "/root/")
	return name, ok && fs.ValidPath(name)
}

func evaluated(t *testing.T, fsys fs.FS) (*Evaluation, *Error) {
	e := new(Evaluation)
	e.Begin(t.Context(), NewFiles(fsys), alone{}, "c/p", "/root/c/p", "/root")
	return e, e.ReadMakefile()
}

func read(t *testing.T, fsys fs.FS) *Evaluation {
	t.Helper()
	e, err := evaluated(t, fsys)
	require.Nil(t, err)
	e.Finish()
	return e
}

func valueOf(t *testing.T, e *Evaluation, name string) (text string, ok bool) {
	t.Helper()
	work := 1 << 20
	x := e.ExpanderOf(&work, work)
	v := x.Fetch(name)
	return strings.TrimSpace(v.Text), v.Defined && !x.Unknown && x.Err == nil
}

func TestBreak(t *testing.T) {
	e := read(t, fstest.MapFS{"c/p/Makefile": {Data: []byte(
		".for i in 1 2 3\n.if ${i} == 2\n.break\n.endif\nX+= ${i}\n.endfor\n.if 1\nX+= on\n.endif\n")}})
	got, ok := valueOf(t, e, "X")
	require.True(t, ok)
	require.Equal(t, "1 on", got)
}

// TestConditions: what a line depends on is told with it, in the words of the condition where there is no framework.
func TestConditions(t *testing.T) {
	e := read(t, fstest.MapFS{"c/p/Makefile": {Data: []byte(
		"A!= x\nX= a\n.if ${A} == 1\nX+= b\n.else\nX+= c\n.endif\n.if 0\nX= never\n.endif\n")}})
	var got []string
	for _, a := range e.Assignments("X") {
		got = append(got, a.Op+" "+a.Value+" <"+a.Condition+">")
	}
	// What cannot be decided is not in force. The other side is told with its condition too.
	require.Equal(t, []string{"= a <>", "+= b <${A} == 1>", "+= c <>", "= never <0>"}, got)
}

// FuzzEvaluate: whatever stands in a Makefile, reading it ends, and offsets point
// into the text.
func FuzzEvaluate(f *testing.F) {
	for _, text := range snippets {
		f.Add(text, "PART= x\n")
	}
	f.Fuzz(func(t *testing.T, text, part string) {
		start := time.Now()
		defer func() {
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		}()
		data := map[string]string{"c/p/Makefile": text, "c/p/part.mk": part}
		fsys := fstest.MapFS{}
		for name, text := range data {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		e, err := evaluated(t, fsys)
		if err != nil {
			return
		}
		for _, name := range []string{"X", "A"} {
			for _, a := range e.Assignments(name) {
				s := data[a.File]
				if a.Start > a.ValueStart || a.ValueStart > a.ValueEnd || a.ValueEnd > a.End || a.End > len(s) {
					t.Fatalf("%s: offsets %+v in %d bytes", name, a, len(s))
				}
				if got := join(s, a.ValueStart, a.ValueEnd, false); got != a.Value {
					t.Fatalf("%s: value %q, at its offsets %q", name, a.Value, got)
				}
			}
			valueOf(t, e, name)
		}
	})
}
