package sh

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// With SVCJIFY_SH, which names FreeBSD's sh, that shell and Parse take the same
// texts and refuse the same: the scripts of the made tree and of a real one in
// SVCJIFY_PORTSDIR, each also with some damage, and texts made of the grammar's
// own pieces.
func TestAsTheShell(t *testing.T) {
	shell := os.Getenv("SVCJIFY_SH")
	if shell == "" {
		t.Skip("SVCJIFY_SH is not set")
	}
	texts := slices.Collect(maps.Values(madeTree(t)))
	if root := os.Getenv("SVCJIFY_PORTSDIR"); root != "" {
		paths, err := filepath.Glob(filepath.Join(root, "*/*/files/*.in"))
		require.NoError(t, err)
		for _, p := range paths {
			text, err := os.ReadFile(p)
			if err == nil && (bytes.Contains(text, []byte("rc.subr")) || bytes.HasPrefix(text, []byte("#!/bin/sh"))) {
				texts = append(texts, text)
			}
		}
	}
	slices.SortFunc(texts, bytes.Compare)
	const damaged, made = 1500, 3000
	random := rand.New(rand.NewSource(14))
	whole := len(texts)
	for range damaged {
		texts = append(texts, damage(random, texts[random.Intn(whole)]))
	}
	for range made {
		texts = append(texts, []byte(soup(random)))
	}
	taken := 0
	for _, text := range texts {
		if bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		cmd := exec.Command(shell, "-n")
		cmd.Stdin = bytes.NewReader(text)
		said, wants := cmd.CombinedOutput()
		_, err := Parse(text)
		if err == nil {
			taken++
		}
		require.Equal(t, wants == nil, err == nil, "%q\nParse: %v\nsh: %s", text, err, said)
	}
	t.Logf("%d texts, %d of them taken by both", len(texts), taken)
}

// pieces are what soup makes texts of.
var pieces = []string{
	"if", "then", "else", "elif", "fi", "while", "until", "do", "done", "for", "case", "in", "esac", "{", "}", "(",
	")", "((", "))",
	";", ";;", ";&", "&", "&&", "|", "||", "!", "\n", "a", "b=", "a=b", "x()", "f-g()", "9x ()", `"a"`, "'b'", `"`, "'",
	"$x", "${x}",
	"${x:-", "${x%", `${x#"`, `"${x:-`, "$(", "`", "$((", "1+2", "<", ">", "<<", "<<-", "<<<", ">&", "<&", "2>", "1>&2",
	"E\n", "<<E\n",
	"<<'E'\n", `$'a\n'`, "$'", `$"`, "#c\n", "\\\n", `\`, `\"`, "[", "[[", "]]", "x in", "a)", "(a)", "a|b)",
	"function", "time", "=",
	"+=", "-", "*", "?", "~", "%", ":-", ":=", "# ", "${#x}", "${#", "${!x}", "${x//a/b}", "${x:1}", "${", "$", "@",
	":", "/", "0",
	"x.y()", "x/y()", "export()", "\t", "  ",
}

func soup(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.Intn(12) {
		b.WriteString(pieces[r.Intn(len(pieces))])
		b.WriteString([]string{" ", " ", "", "\n"}[r.Intn(4)])
	}
	return b.String()
}

// damage takes something away from a text, puts something in, or cuts it off.
func damage(r *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	for range 1 + r.Intn(3) {
		if len(text) == 0 {
			return text
		}
		i := r.Intn(len(text))
		switch r.Intn(4) {
		case 0:
			text = slices.Delete(text, i, min(len(text), i+1+r.Intn(3)))
		case 1:
			text = slices.Insert(text, i, fmt.Append(nil, pieces[r.Intn(len(pieces))])...)
		case 2:
			text = text[:i]
		case 3:
			text[i] = text[r.Intn(len(text))]
		}
	}
	return text
}
