package realsubr

import (
	"fmt"
	"maps"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
)

// scripts is the rc.d scripts of a ports tree, as they would be installed.
func scripts(root string) ([]*subject, error) {
	c, err := corpus.Open([]string{root})
	if err != nil {
		return nil, err
	}
	var list []*subject
	seen := map[string]bool{}
	for _, svc := range c.Services {
		if svc.Template == "" {
			continue
		}
		src, problem := svc.Tree.ReadFile(svc.Template)
		if problem != nil {
			continue
		}
		subst := map[string]string{"PREFIX": "/usr/local", "LOCALBASE": "/usr/local"}
		if len(svc.Ports) > 0 {
			subst = svc.Ports[0].Make.Substitutions()
		}
		if subst["RC_SUBR"] == "" { // the bsd.port.mk of old trees sets it
			subst = maps.Clone(subst)
			subst["RC_SUBR"] = "/etc/rc.subr"
		}
		if s := rcparse.Parse(src, subst); s.Err != nil || !s.UsesRcSubr() {
			continue
		}
		text, _ := rcparse.Render(src, subst)
		key := svc.Name + "\x00" + string(text)
		if seen[key] { // byte for byte another port's
			continue
		}
		seen[key] = true
		list = append(list, &subject{where: svc.Template, name: svc.Name, text: string(text)})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no rc.d script in it", root)
	}
	return list, nil
}
