package realsubr

import (
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A named scenario.
type circumstance struct {
	name string
	sc   rcrun.Scenario
}

// circumstances is what each script is run in. The settings are those of the
// service's name: unset, set and emptied.
func circumstances(s *subject, release string, few bool) []circumstance {
	start := func(sc rcrun.Scenario) rcrun.Scenario {
		sc.InstalledAs, sc.Release = s.name, release
		if sc.Verb == "" {
			sc.Verb = "start"
		}
		if sc.Boot {
			sc.Verb = "faststart" // what rc(8) gives
		}
		return sc
	}
	list := []circumstance{
		{"host", start(rcrun.Scenario{})},
		{"host at boot", start(rcrun.Scenario{Boot: true})},
		{"svcj", start(rcrun.Scenario{Svcj: true})},
		{"svcj at boot", start(rcrun.Scenario{Svcj: true, Boot: true})},
	}
	var name string
	for _, sv := range s.services {
		if sv.name != "" {
			name = sv.name
			break
		}
	}
	if few || name == "" {
		return list
	}
	set := func(kv ...string) []rcrun.Setting {
		var out []rcrun.Setting
		for i := 0; i < len(kv); i += 2 {
			out = append(out, rcrun.Setting{Name: name + kv[i], Value: kv[i+1]})
		}
		return out
	}
	list = append(list,
		circumstance{"svcj, options set", start(rcrun.Scenario{Svcj: true,
			RCConf: set("_svcj_options", "net_raw netv4 sysvipc")})},
		circumstance{"svcj, options emptied", start(rcrun.Scenario{Svcj: true, RCConf: set("_svcj_options", "")})},
		circumstance{"svcj at boot, options set",
			start(rcrun.Scenario{Svcj: true, Boot: true, RCConf: set("_svcj_options", "net_raw netv4 sysvipc")})},
		circumstance{"svcj at boot, options emptied",
			start(rcrun.Scenario{Svcj: true, Boot: true, RCConf: set("_svcj_options", "")})},
		circumstance{"host, flags set", start(rcrun.Scenario{RCConf: set("_flags", "-q --set")})},
		circumstance{"svcj, flags set", start(rcrun.Scenario{Svcj: true, RCConf: set("_flags", "-q --set")})},
		circumstance{"svcj, flags emptied", start(rcrun.Scenario{Svcj: true, RCConf: set("_flags", "")})},
		circumstance{"host, wrapped", start(rcrun.Scenario{RCConf: set("_user", "someone", "_nice", "5", "_umask",
			"027", "_env", "A=1 B=2",
			"_limits", "-n 100", "_login_class", "special", "_fib", "1", "_cpuset", "0-1", "_chdir", "/var/db")})},
		circumstance{"svcj, wrapped", start(rcrun.Scenario{Svcj: true,
			RCConf: set("_user", "someone", "_nice", "5", "_umask", "027", "_env", "A=1 B=2",
				"_limits", "-n 100", "_login_class", "special", "_fib", "1", "_cpuset", "0-1", "_chdir", "/var/db")})},
		circumstance{"svcj, in a chroot", start(rcrun.Scenario{Svcj: true,
			RCConf: set("_chroot", "/var/chroot", "_user", "someone", "_group", "some",
				"_groups", "more,yet", "_nice", "5")})},
		circumstance{"host, prepended", start(
			rcrun.Scenario{RCConf: set("_prepend", "/usr/local/bin/before -x", "_user", "someone", "_nice", "5")})},
		circumstance{"svcj, onestart, addresses",
			start(rcrun.Scenario{Verb: "onestart", Svcj: true, Args: []string{"extra", "words"},
				RCConf: set("_svcj_ipaddrs", "192.0.2.1 2001:db8::1 192.0.2.2", "_svcj_options", "net_basic")})},
		circumstance{"svcj_all_enable", start(
			rcrun.Scenario{RCConf: []rcrun.Setting{{Name: "svcj_all_enable", Value: "YES"}}})},
		circumstance{"host, stop", start(rcrun.Scenario{Verb: "stop", Running: true})},
		circumstance{"svcj, stop", start(rcrun.Scenario{Verb: "stop", Running: true, Svcj: true})},
		circumstance{"svcj, stop, not running", start(rcrun.Scenario{Verb: "stop", Svcj: true})},
		circumstance{"host, restart", start(rcrun.Scenario{Verb: "restart", Running: true})},
		circumstance{"svcj, restart", start(rcrun.Scenario{Verb: "restart", Running: true, Svcj: true})},
		circumstance{"host, status", start(rcrun.Scenario{Verb: "status", Running: true})},
		circumstance{"svcj, status", start(rcrun.Scenario{Verb: "status", Running: true, Svcj: true})},
		circumstance{"svcj, reload", start(rcrun.Scenario{Verb: "reload", Running: true, Svcj: true})},
	)
	// Scripts that start one process for each word of a list: with two words.
	for _, suffix := range []string{"_profiles", "_instances"} {
		if strings.Contains(s.text, name+suffix) || strings.Contains(s.text, "${name}"+suffix) {
			two := set(suffix, "one two")
			list = append(list,
				circumstance{"host, two of" + suffix, start(rcrun.Scenario{RCConf: two})},
				circumstance{"svcj, two of" + suffix, start(rcrun.Scenario{Svcj: true, RCConf: two})})
		}
	}
	return list
}
