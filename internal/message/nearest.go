package message

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest gives those of the known names that a wrong one may stand for: at
// most three, the nearest first. They differ in no more than a third of its
// letters, whatever their case.
func Nearest(name string, known []string) []string {
	var out []string
	list := nearest(name, known)
	for _, n := range list {
		if !slices.Contains(out, n.name) && n.far <= list[0].far+1 && len(out) < 3 {
			out = append(out, n.name)
		}
	}
	return out
}

// OnlyNearest is the one of the known names that a wrong one must stand for, with
// at most two letters between them; "" where there is none, or where there are several.
func OnlyNearest(name string, known []string) string {
	list := nearest(name, known)
	if len(list) == 0 || list[0].far > 2 || len(list) > 1 && list[1].far == list[0].far {
		return ""
	}
	return list[0].name
}

type near struct {
	name string
	far  int
}

// nearest is the known names that are near enough, the nearest first.
func nearest(name string, known []string) []near {
	if len(name) < 3 || len(name) > 200 {
		return nil
	}
	most := max(1, min(len(name)/3, 4))
	lower := strings.ToLower(name)
	var list []near
	for _, k := range known {
		if len(k) > len(name)+most || len(k) < len(name)-most {
			continue
		}
		if n := (near{k, distance(lower, strings.ToLower(k))}); n.far <= most && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name)) })
	return list
}

// distance is how many letters are to be put in, left out, exchanged, or
// swapped with their neighbour.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
