package rcrun

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// id answers for the user that the command runs as; any other user is there too.
func (v *invocation) id() error {
	user := v.frame.user
	if user == "" {
		user = "root"
	}
	o := parseOptions(v.args, "")
	if len(o.rest) > 0 {
		user = o.rest[0]
	}
	uid := uidOf(user)
	switch {
	case v.name != "id", o.has("-n") && (o.has("-u") || o.has("-g") || o.has("-G")):
		if user == "root" && (o.has("-g") || o.has("-G") || v.name == "groups") {
			user = "wheel"
		}
		v.println(user)
	case o.has("-u"), o.has("-g"), o.has("-G"):
		v.println(uid)
	default:
		v.println(fmt.Sprintf("uid=%s(%s) gid=%s(%s)", uid, user, uid, user))
	}
	return nil
}

// uidOf is the number of a pretended user or group.
func uidOf(user string) string {
	switch {
	case user == "root", user == "wheel":
		return "0"
	case user != "" && strings.Trim(user, "0123456789") == "":
		return user
	}
	return "1001"
}

// accounts is getent(1) and pw(8)'s show: passwd(5) and group(5) lines.
func (v *invocation) accounts() error {
	o := v.args
	if v.name == "pw" {
		o = parseOptions(v.args, "RVC").rest
	}
	verb, who := "", ""
	for _, a := range o {
		switch {
		case strings.HasPrefix(a, "-"):
		case verb == "":
			verb = a
		case a == "show" || a == "add" || a == "mod" || a == "del":
			verb += a
		default:
			who = a
		}
	}
	uid := uidOf(who)
	shell, home := "/usr/sbin/nologin", homeOf(who)
	switch verb {
	case "passwd":
		v.println(fmt.Sprintf("%s:*:%s:%s::%s:%s", who, uid, uid, home, shell))
	case "usershow":
		v.println(fmt.Sprintf("%s:*:%s:%s::0:0::%s:%s", who, uid, uid, home, shell))
	case "group", "groupshow":
		v.println(fmt.Sprintf("%s:*:%s:", who, uid))
	}
	return nil
}

// host is what a host says of itself; every run gives the same.
func (v *invocation) host() error {
	const name = "host.example.org"
	arg := strings.Join(v.args, " ")
	switch v.name {
	case "hostname":
		if strings.Contains(arg, "-s") {
			v.println("host")
			return nil
		}
		v.println(name)
	case "nproc":
		v.println("4")
	case "date":
		if strings.Contains(arg, "%s") {
			v.println("1767225600")
			return nil
		}
		v.println("20260101")
	case "stat":
		switch {
		case strings.Contains(arg, "%Su"), strings.Contains(arg, "%U"):
			v.println(v.owner())
		case strings.Contains(arg, "%Sg"), strings.Contains(arg, "%G"):
			v.println("wheel")
		default:
			v.println(uidOf(v.owner()))
		}
	default:
		words := map[byte]string{'s': "FreeBSD", 'n': name, 'r': "15.0-RELEASE", 'm': "amd64", 'p': "amd64",
			'K': "1500068", 'U': "1500068", 'i': "GENERIC", 'v': "FreeBSD 15.0-RELEASE GENERIC"}
		var out []string
		for _, c := range strings.TrimLeft(arg, "-") {
			if w, ok := words[byte(c)]; ok {
				out = append(out, w)
			}
		}
		if len(out) == 0 {
			out = []string{"FreeBSD"}
		}
		v.println(strings.Join(out, " "))
	}
	return nil
}

// owner is who owns a file of the service: the user it runs as.
func (v *invocation) owner() string {
	if u := getString(v.hc, getString(v.hc, "name")+"_user"); u != "" {
		return u
	}
	return "root"
}

// sysctl answers for a few names; any other is zero, and noted.
func (v *invocation) sysctl() error {
	known := map[string]string{
		"security.jail.jailed": "0", "security.jail.children.max": "0", "security.jail.children.cur": "0",
		"security.jail.vnet": "0", "kern.osreldate": "1500068", "kern.ostype": "FreeBSD", "kern.osrelease": "15.0-RELEASE",
		"hw.machine": "amd64", "hw.machine_arch": "amd64", "hw.ncpu": "4", "hw.physmem": "8589934592", "hw.pagesize": "4096",
		"kern.hostname": "host.example.org", "kern.maxfiles": "260000", "kern.maxfilesperproc": "230000",
		"kern.ipc.shmmax": "536870912", "kern.securelevel": "-1", "vm.overcommit": "0", "kern.boottrace.enabled": "0",
	}
	o := parseOptions(v.args, "BNf")
	for _, name := range o.rest {
		if strings.Contains(name, "=") {
			continue
		}
		value, ok := known[name]
		if name == "security.jail.jailed" && v.shell.knowsJailed() {
			value = "1"
		}
		if !ok {
			value = "0"
			if v.shell.captured(v.hc) {
				v.shell.sim.unknown(fmt.Sprintf("the value of sysctl %q: taken as 0", message.Clip(name, 80)))
				if v.shell.sim.otherwise {
					value = v.shell.sim.mark("the value of sysctl " + v.shell.sim.readable(name))
				}
			}
		}
		if !o.has("-n") {
			value = name + ": " + value
		}
		v.println(value)
	}
	return nil
}
