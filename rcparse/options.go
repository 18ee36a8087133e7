package rcparse

import "slices"

// An Option is a word of ${name}_svcj_options, as rc.conf(5) lists them and
// rc.subr's run_rc_command translates them.
type Option struct {
	Word string
	// Params is the jail(8) parameters that the word adds.
	Params []string
	// Newer is true for a word that the first rc.subr with service jails does
	// not know. It prints a message there, and the service starts without it.
	Newer bool
}

// options is in alphabetical order; see rc.conf(5), "SERVICE JAILS".
var options = []Option{
	{"mlock", []string{"allow.mlock"}, false},
	{"net_all", []string{"allow.socket_af", "allow.raw_sockets", "allow.reserved_ports", "ip4=inherit", "ip6=inherit"}, false},
	{"net_basic", []string{"ip4=inherit", "ip6=inherit", "allow.reserved_ports"}, false},
	{"net_raw", []string{"allow.raw_sockets"}, false},
	{"netv4", []string{"ip4=inherit", "allow.reserved_ports"}, false},
	{"netv6", []string{"ip6=inherit", "allow.reserved_ports"}, false},
	{"nfsd", []string{"allow.nfsd", "enforce_statfs=1"}, false},
	{"routing", []string{"allow.routing"}, true},
	{"settime", []string{"allow.settime"}, true},
	{"sysvipc", []string{"sysvmsg=inherit", "sysvsem=inherit", "sysvshm=inherit"}, false},
	{"sysvipcnew", []string{"sysvmsg=new", "sysvsem=new", "sysvshm=new"}, false},
	{"vmm", []string{"allow.vmm"}, false},
}

// Options returns every option word that the newest rc.subr read knows, in
// alphabetical order.
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
