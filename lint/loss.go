package lint

import "github.com/svcjify/svcjify/rcparse/rcrun"

// A Loss is one difference between the start on the host and the one in the
// jail, for those who advise on a service rather than on its script.
type Loss struct {
	// What says it in words that go on from "in the jail,": "food would start as root, not as foo".
	What string
	// Severity is as in SJ201: an error where privileges, configuration, data or
	// the directory are lost, a warning for a detail.
	Severity Severity
}

// Losses compares a start on the host with one in the jail, command by command.
func Losses(host, jail rcrun.Record) []Loss {
	var out []Loss
	for _, l := range (Pair{Host: host, Jail: jail}).losses() {
		out = append(out, Loss{What: l.what, Severity: l.severity})
	}
	return out
}

// Failed says why the runs can't be relied on, "" where they can.
func (p Pair) Failed() string { return p.failed() }
