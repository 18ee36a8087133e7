package rcparse

import "slices"

// An Option is a word of ${name}_svcj_options, as rc.conf(5) lists them and
// rc.subr's run_rc_command translates them.
type Option struct {
	Word string
	// Params is the jail(8) parameters that the word adds.
	Params []string
}

// options is in alphabetical order; see rc.conf(5), "SERVICE JAILS".
var options = []Option{
	{"mlock", []string{"allow.mlock"}},
	{"net_all", []string{"allow.socket_af", "allow.raw_sockets", "allow.reserved_ports", "ip4=inherit", "ip6=inherit"}},
	{"net_basic", []string{"ip4=inherit", "ip6=inherit", "allow.reserved_ports"}},
	{"net_raw", []string{"allow.raw_sockets"}},
	{"netv4", []string{"ip4=inherit", "allow.reserved_ports"}},
	{"netv6", []string{"ip6=inherit", "allow.reserved_ports"}},
	{"nfsd", []string{"allow.nfsd", "enforce_statfs=1"}},
	{"routing", []string{"allow.routing"}},
	{"setaudit", []string{"allow.setaudit"}},
	{"settime", []string{"allow.settime"}},
	{"sysvipc", []string{"sysvmsg=inherit", "sysvsem=inherit", "sysvshm=inherit"}},
	{"sysvipcnew", []string{"sysvmsg=new", "sysvsem=new", "sysvshm=new"}},
	{"vmm", []string{"allow.vmm"}},
}

// Options returns every option word that the newest rc.subr read knows, in
// alphabetical order. Which of them an older one lacks, rcrun.Release knows.
func Options() []Option { return slices.Clone(options) }

// OptionOf finds an option by its word.
func OptionOf(word string) (Option, bool) {
	i := slices.IndexFunc(options, func(o Option) bool { return o.Word == word })
	if i < 0 {
		return Option{}, false
	}
	return options[i], true
}

// Includes reports whether word adds nothing to what other already gives.
func (o Option) Includes(word Option) bool {
	if o.Word == word.Word {
		return false
	}
	for _, p := range word.Params {
		if !slices.Contains(o.Params, p) {
			return false
		}
	}
	return true
}

// Serves reports whether a service that is granted o has what word would grant.
// The host's System V objects serve where private ones would do.
func (o Option) Serves(word Option) bool {
	return o.Word == word.Word || o.Includes(word) || o.Word == "sysvipc" && word.Word == "sysvipcnew"
}

// OptionWords is every word in the order of Options.
func OptionWords() []string {
	var out []string
	for _, o := range Options() {
		out = append(out, o.Word)
	}
	return out
}
