package batch

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A hunk is a part of a patch: the lines that must be there, and what becomes of them.
type hunk struct {
	line     int // where the old lines stood, from 1
	old, new []string
	// added and removed count the lines that are no context.
	added, removed int
}

// applied applies a patch as git apply does by default: every line of a hunk's context
// must be there, though the hunk may have moved. It takes patches in git's
// form that change files; the result has one text for each.
func applied(mail []byte, now map[string][]byte) (map[string][]byte, error) {
	files, err := readPatchFile(mail)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for name, hunks := range files {
		text, ok := now[name]
		if !ok {
			return nil, fmt.Errorf("%s is not there", name)
		}
		var lines []string
		for l := range strings.Lines(string(text)) {
			lines = append(lines, l)
		}
		shift, from := 0, 0
		for _, h := range hunks {
			at := find(lines, h.old, max(h.line-1+shift, from), from)
			if at < 0 {
				return nil, fmt.Errorf("%s: what stood around line %d has changed", name, h.line)
			}
			shift = at - (h.line - 1) + len(h.new) - len(h.old)
			lines = append(lines[:at:at], append(h.new, lines[at+len(h.old):]...)...)
			from = at + len(h.new)
		}
		out[name] = []byte(strings.Join(lines, ""))
	}
	return out, nil
}

// find looks for lines, nearest to a place first, at or after from.
func find(lines, want []string, near, from int) int {
	fits := func(at int) bool {
		if at < from || at+len(want) > len(lines) {
			return false
		}
		for i, w := range want {
			if lines[at+i] != w {
				return false
			}
		}
		return true
	}
	for d := 0; d <= len(lines); d++ {
		if fits(near - d) {
			return near - d
		}
		if fits(near + d) {
			return near + d
		}
	}
	return -1
}

// readPatchFile finds the hunks of each file in a mail.
func readPatchFile(mail []byte) (map[string][]hunk, error) {
	files := map[string][]hunk{}
	name := ""
	lines := bytes.SplitAfter(mail, []byte("\n"))
	for i := 0; i < len(lines); i++ {
		l := string(lines[i])
		switch {
		case strings.HasPrefix(l, "diff --git "):
			name = ""
		case strings.HasPrefix(l, "+++ "):
			name = patchedName(l)
			if name == "" {
				return nil, fmt.Errorf("line %d of the patch: no file name", i+1)
			}
		case strings.HasPrefix(l, "@@ ") && name != "":
			h, n, err := readHunk(lines[i:])
			if err != nil {
				return nil, fmt.Errorf("line %d of the patch: %w", i+1, err)
			}
			files[name] = append(files[name], h)
			i += n - 1
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no change in the patch file")
	}
	return files, nil
}

// patchedName is the path in a +++ line.
func patchedName(l string) string {
	l = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(l, "+++ "), "\n"), "\t")
	if strings.HasPrefix(l, `"`) {
		plain, err := strconv.Unquote(l)
		if err != nil {
			return ""
		}
		l = plain
	}
	name, _ := strings.CutPrefix(l, "b/")
	return name
}

// readHunk reads a hunk and says how many lines it has with its head.
func readHunk(lines [][]byte) (h hunk, n int, err error) {
	f := strings.Fields(string(lines[0]))
	if len(f) < 4 || f[3] != "@@" {
		return h, 0, fmt.Errorf("found %q, expected @@ -a,b +c,d @@", strings.TrimSpace(string(lines[0])))
	}
	oldLines, newLines := 0, 0
	if h.line, oldLines, err = readRange(f[1], "-"); err != nil {
		return h, 0, err
	}
	if _, newLines, err = readRange(f[2], "+"); err != nil {
		return h, 0, err
	}
	if oldLines == 0 {
		h.line++
	}
	last := byte(' ')
	for n = 1; n < len(lines); n++ {
		l := string(lines[n])
		done := len(h.old) == oldLines && len(h.new) == newLines
		if l != "" && l[0] == '\\' { // No newline at end of file
			if last != '+' && len(h.old) > 0 {
				h.old[len(h.old)-1] = strings.TrimSuffix(h.old[len(h.old)-1], "\n")
			}
			if last != '-' && len(h.new) > 0 {
				h.new[len(h.new)-1] = strings.TrimSuffix(h.new[len(h.new)-1], "\n")
			}
			continue
		}
		if done || l == "" {
			break
		}
		last = l[0]
		switch last {
		case ' ':
			h.old, h.new = append(h.old, l[1:]), append(h.new, l[1:])
		case '-':
			h.old = append(h.old, l[1:])
			h.removed++
		case '+':
			h.new = append(h.new, l[1:])
			h.added++
		default:
			return h, 0, fmt.Errorf("found %q in a hunk, expected a blank, - or +", l[:1])
		}
	}
	if len(h.old) != oldLines || len(h.new) != newLines {
		return h, 0, fmt.Errorf("the hunk has %d and %d lines, expected %d and %d", len(h.old), len(h.new), oldLines,
			newLines)
	}
	return h, n, nil
}

func readRange(s, sign string) (line, n int, err error) {
	first, count, ok := strings.Cut(strings.TrimPrefix(s, sign), ",")
	if !ok {
		count = "1"
	}
	line, err = strconv.Atoi(first)
	if err == nil {
		n, err = strconv.Atoi(count)
	}
	if err != nil || !strings.HasPrefix(s, sign) || line < 0 || n < 0 {
		return 0, 0, fmt.Errorf("found %q, expected %sline,count", s, sign)
	}
	return line, n, nil
}
