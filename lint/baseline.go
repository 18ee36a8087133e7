package lint

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Baseline is the findings that are known: how many there are of each rule,
// path and source text. It is written one a line, `RULE FINGERPRINT PATH`,
// sorted, so that two of them can be compared with diff(1).
type Baseline map[BaselineKey]int

// A BaselineKey tells findings apart as a baseline does.
type BaselineKey struct {
	Rule, Fingerprint string
	// Path is from the top of the git repository, or else from the tree's root.
	Path string
}

const baselineHead = "# svcjify baseline: known findings, one a line: rule, fingerprint of the source line, path"

// MaxBaseline is the largest baseline that is read, in bytes.
const MaxBaseline = 8 << 20

// NewBaseline holds the findings of a run.
func NewBaseline(list []Finding) Baseline {
	b := Baseline{}
	for _, f := range list {
		b[baselineKey(f)]++
	}
	return b
}

func baselineKey(f Finding) BaselineKey {
	return BaselineKey{Rule: f.Code, Path: f.StablePath(), Fingerprint: f.Fingerprint()}
}

// WriteTo writes the lines. A path with blanks or what can't be printed is quoted as in Go.
func (b Baseline) WriteTo(w io.Writer) (int64, error) {
	lines := make([]string, 0, len(b))
	for k, n := range b {
		name := k.Path
		if quoted := strconv.Quote(name); strings.ContainsAny(name, ` "`) || quoted != `"`+name+`"` {
			name = quoted
		}
		for range n {
			lines = append(lines, k.Rule+" "+k.Fingerprint+" "+name+"\n")
		}
	}
	slices.Sort(lines)
	n, err := io.WriteString(w, baselineHead+"\n"+strings.Join(lines, ""))
	return int64(n), err
}

// ReadBaseline is the inverse of WriteTo. An error names the line.
func ReadBaseline(text []byte) (Baseline, error) {
	if len(text) > MaxBaseline {
		return nil, fmt.Errorf("more than %d bytes", MaxBaseline)
	}
	b := Baseline{}
	in := bufio.NewScanner(bytes.NewReader(text))
	in.Buffer(nil, MaxBaseline)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimRight(in.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k := BaselineKey{}
		var rest string
		k.Rule, rest, _ = strings.Cut(line, " ")
		k.Fingerprint, k.Path, _ = strings.Cut(rest, " ")
		if strings.HasPrefix(k.Path, `"`) {
			name, err := strconv.Unquote(k.Path)
			if err != nil {
				return nil, fmt.Errorf("%d: path is %.80q: a quote that doesn't end", n, k.Path)
			}
			k.Path = name
		}
		if _, ok := RuleOf(k.Rule); !ok || len(k.Fingerprint) != 16 || k.Path == "" {
			return nil, fmt.Errorf("%d: found %.80q, expected a rule, a fingerprint and a path", n, line)
		}
		b[k]++
	}
	return b, in.Err()
}

// Has reports whether a finding is known.
func (b Baseline) Has(f Finding) bool { return b[baselineKey(f)] > 0 }

// split tells new findings from known ones: as many of each kind as the
// baseline holds are known, the first ones in the order of the list.
func (b Baseline) split(list []Finding) (fresh []Finding, known []Silenced) {
	left := maps.Clone(b)
	for _, f := range list {
		k := baselineKey(f)
		if left[k] > 0 {
			left[k]--
			known = append(known, Silenced{Finding: f, By: ByBaseline, Reason: "known in the baseline"})
			continue
		}
		fresh = append(fresh, f)
	}
	return fresh, known
}
