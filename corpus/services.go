package corpus

import (
	"cmp"
	"slices"
	"strings"
)

type serviceKey struct{ template, name, dir string }

// services collects each service once, with all ports that install it.
type services struct {
	tree  *Tree
	byKey map[serviceKey]*Service
	list  []*Service
	of    map[*Port]int // how many a port installs, those beyond maxScripts too
}

// add notes that a port installs a template. A service without template is its port's own.
func (s *services) add(template, name string, p *Port, condition string, byHand bool) {
	if s.of[p]++; s.of[p] > maxScripts {
		return
	}
	key := serviceKey{template: template, name: name}
	if template == "" {
		key.dir = p.Dir
	}
	svc, ok := s.byKey[key]
	if !ok {
		svc = &Service{Tree: s.tree, Name: name, Template: template, ByHand: byHand}
		s.byKey[key] = svc
		s.list = append(s.list, svc)
	}
	for i, q := range svc.Ports {
		if q == p {
			if condition == "" {
				svc.Conditions[i] = ""
			}
			return
		}
	}
	svc.ByHand = svc.ByHand && byHand
	svc.Ports = append(svc.Ports, p)
	svc.Conditions = append(svc.Conditions, condition)
}

// finish sorts and says under which condition each service is installed at all.
func (s *services) finish() {
	s.sort()
	for _, svc := range s.list {
		sort := make([]int, len(svc.Ports))
		for i := range sort {
			sort[i] = i
		}
		slices.SortFunc(sort, func(a, b int) int { return strings.Compare(svc.Ports[a].Dir, svc.Ports[b].Dir) })
		ports, conditions := make([]*Port, len(sort)), make([]string, len(sort))
		for i, j := range sort {
			ports[i], conditions[i] = svc.Ports[j], svc.Conditions[j]
		}
		svc.Ports, svc.Conditions = ports, conditions
		svc.Condition = conditionOf(svc)
	}
}

func (s *services) sort() {
	slices.SortFunc(s.list, func(a, b *Service) int {
		return cmp.Or(strings.Compare(a.Template, b.Template), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Ports[0].Dir, b.Ports[0].Dir))
	})
}

// conditionOf is empty where some port installs the service by default.
func conditionOf(svc *Service) string {
	if slices.Contains(svc.Conditions, "") {
		return ""
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(svc.Conditions))); len(distinct) == 1 {
		return distinct[0]
	}
	var parts []string
	for i, c := range svc.Conditions {
		parts = append(parts, c+" ("+svc.Ports[i].Origin+")")
	}
	return strings.Join(parts, ", ")
}
