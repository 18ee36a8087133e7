package patch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
)

var (
	// namedPorts is the ports that a reason names: "on TCP 6081", "on UDP ports 67 and 68".
	namedPorts = regexp.MustCompile(`\b(TCP and UDP|TCP or UDP|TCP|UDP)((?: ports?)?) \d{1,5}(?:(?:, | and | or )\d{1,5})*\b`)
	number     = regexp.MustCompile(`\d{1,5}`)
	// givenPort is a port in the words of a start: 127.0.0.1:8080, --port=8080, listen_port 8080.
	givenPort = regexp.MustCompile(`(?i)(?::|port[= ])(\d{2,5})(?:$|[\s/,])`)
)

// reasonFor is why a service needs what it declares, as far as that is true of
// this script: a port of the program's own default is left out where the script
// starts it with another.
func reasonFor(s *lint.Subject) string {
	reason := s.Verdict.Reason
	if s.Records == nil {
		return reason
	}
	var given []string
	for _, c := range s.Records.Host.Starts {
		for _, m := range givenPort.FindAllStringSubmatch(strings.Join(append(slices.Clone(c.Argv), c.Env...), " "), -1) {
			given = append(given, m[1])
		}
	}
	if len(given) == 0 {
		return reason
	}
	for _, text := range namedPorts.FindAllString(reason, -1) {
		if slices.ContainsFunc(number.FindAllString(text, -1), func(n string) bool { return slices.Contains(given, n) }) {
			return reason // it is the program's, and others may stand beside it
		}
	}
	return namedPorts.ReplaceAllString(reason, "$1")
}
