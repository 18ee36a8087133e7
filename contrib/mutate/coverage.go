package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// coverage has, for each file of a profile, its blocks and whether a test ran them.
type coverage map[string][]block

type block struct {
	startLine, startCol, endLine, endCol int
	ran                                  bool
}

// readCoverage reads what go test -coverprofile wrote. Where several test binaries
// tell of the same block (-coverpkg), it ran if it ran in one of them.
func readCoverage(r io.Reader) (coverage, error) {
	c := coverage{}
	seen := map[string]int{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "mode:") {
			continue
		}
		colon := strings.LastIndexByte(line, ':')
		if colon < 0 {
			return nil, fmt.Errorf("coverage: %q has no position", line)
		}
		var b block
		var statements, count int
		if _, err := fmt.Sscanf(line[colon+1:], "%d.%d,%d.%d %d %d", &b.startLine, &b.startCol, &b.endLine, &b.endCol,
			&statements, &count); err != nil {
			return nil, fmt.Errorf("coverage: %q: %w", line, err)
		}
		b.ran = count > 0
		name, key := line[:colon], strings.SplitN(line, " ", 2)[0]
		if i, ok := seen[key]; ok {
			c[name][i].ran = c[name][i].ran || b.ran
			continue
		}
		seen[key] = len(c[name])
		c[name] = append(c[name], b)
	}
	return c, lines.Err()
}

// unrun tells whether a place is code that no test executes. What is in no block at all,
// such as a table of a package, is not known, and so is a place that blocks share.
func (c coverage) unrun(file string, line, col int) bool {
	found := false
	for _, b := range c[file] {
		after := line > b.startLine || line == b.startLine && col >= b.startCol
		before := line < b.endLine || line == b.endLine && col < b.endCol
		if after && before {
			if b.ran {
				return false
			}
			found = true
		}
	}
	return found
}
