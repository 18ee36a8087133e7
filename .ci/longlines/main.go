// Command longlines DIR... fails where a line of Go code in the directories is longer than 120 columns, a tab
// taken as four. Two kinds of line may be longer: a row of a table, which is read and
// compared as one line, and a line with a literal of more than 60 columns (a message,
// a regular expression, a script of a test), which is found by a search only while
// it is whole.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	limit   = 120 // columns of a line
	literal = 60  // columns of a literal that may make its line longer
)

// row is a row of a table: {...}, or "key": value, alone in its line.
var row = regexp.MustCompile(`^\s*(("(\\.|[^"\\])*"|` + "`[^`]*`" + `|'[^']*'): .*|\{.*\}),( *//.*)?$`)

func main() {
	long, err := 0, error(nil)
	for _, dir := range os.Args[1:] {
		n, werr := check(dir)
		long, err = long+n, errors.Join(err, werr)
	}
	if err != nil {
		fmt.Println(err)
	}
	if err != nil || long > 0 {
		os.Exit(1)
	}
}

// check prints the long lines of the Go files below a directory, and counts them.
func check(dir string) (long int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		exempt := withLiteral(text)
		for i, l := range bytes.Split(text, []byte("\n")) {
			n := columns(string(l))
			if n > limit && !exempt[i+1] && !row.Match(l) {
				fmt.Printf("%s:%d: the line has %d columns, more than %d: break it\n", name, i+1, n, limit)
				long++
			}
		}
		return nil
	})
	return long, err
}

// withLiteral is the lines that a long literal is in.
func withLiteral(text []byte) map[int]bool {
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return lines
		}
		if tok != token.STRING {
			continue
		}
		first := file.Line(pos)
		for i, part := range strings.Split(lit, "\n") {
			if columns(part) > literal {
				lines[first+i] = true
			}
		}
	}
}

func columns(line string) int { return utf8.RuneCountInString(line) + 3*strings.Count(line, "\t") }
