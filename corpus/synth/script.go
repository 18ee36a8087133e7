package synth

import (
	"fmt"
	"strings"
)

// script adds the templates of the port's services and gives the value of USE_RC_SUBR.
func (p *port) script(files map[string]string) string {
	names := []string{p.name}
	if p.of(39, 372) { // several scripts
		names = append(names, p.name+"_agent")
	}
	if p.of(39, 376) { // a dash, which service(8) does not find by ${name}
		names[0] = p.name + "-server"
	}
	for _, n := range names {
		files["files/"+n+".in"] = p.service(n)
	}
	return strings.Join(names, " ")
}

// service is an rc.d script's template.
func (p *port) service(file string) string {
	name := strings.ReplaceAll(file, "-", "_")
	var b strings.Builder
	say := func(format string, args ...any) {
		fmt.Fprintf(&b, strings.ReplaceAll(format, "NAME", name)+"\n", args...)
	}
	keyword := []string{"shutdown", "shutdown", "shutdown", "shutdown", "shutdown", "shutdown", "shutdown",
		"nojail"}[p.IntN(8)]
	say("#!/bin/sh\n\n# PROVIDE: NAME\n# REQUIRE: %s\n# KEYWORD: %s\n",
		pick(p, []string{"LOGIN", "LOGIN", "DAEMON", "NETWORKING", "SERVERS ldconfig"}), keyword)
	say("# Add these lines to /etc/rc.conf to enable NAME:\n#\n# NAME_enable (bool): Set to NO by default.\n# NAME_flags (str):\tSet to \"\" by default.\n")
	say(". /etc/rc.subr\n\nname=NAME\nrcvar=NAME_enable\n")
	load := "load_rc_config $name\n"
	early := p.of(295, 365)
	if early {
		say("%s", load)
	}
	n := p.IntN(350)
	for _, d := range []struct{ v, value string }{{"enable", "NO"}, {"user", p.name},
		{"config", "%%PREFIX%%/etc/" + p.name + ".conf"}, {"pidfile", "/var/run/" + name + ".pid"}} {
		form := `: ${NAME_%s:="%s"}`
		switch {
		case n < 107:
			form = `: ${NAME_%s="%s"}`
		case n < 153:
			form = `NAME_%s=${NAME_%[1]s:-"%[2]s"}`
		case n < 171:
			form = `NAME_%s=${NAME_%[1]s-"%[2]s"}`
		case n < 176:
			form = `[ -z "$NAME_%s" ] && NAME_%[1]s="%[2]s"`
		}
		say(form, d.v, d.value)
	}
	if p.of(32, 376) {
		say(`: ${NAME_svcj_options:="net_basic"}`)
	}
	if !early {
		say("\n%s", load)
	}
	say("\npidfile=\"${NAME_pidfile}\"\nrequired_files=\"${NAME_config}\"")
	if p.of(10, 376) {
		say("required_modules=\"%s\"", pick(p, []string{"fusefs", "if_tap", "vmm", "cuse"}))
	}
	p.start(say)
	say("\nrun_rc_command \"$1\"")
	return b.String()
}

// start is how the service is started.
func (p *port) start(say func(format string, args ...any)) {
	program := "%%PREFIX%%/sbin/" + p.name
	flags := pick(p, []string{"-c ${NAME_config}", "--config=${NAME_config} --listen 127.0.0.1:8080",
		"-f ${NAME_config} -p ${pidfile}", "-d"})
	flags = strings.ReplaceAll(flags, "%", "%%")
	program = strings.ReplaceAll(program, "%", "%%")
	switch n := p.IntN(376); {
	case n < 120: // daemon(8) holds it
		say("command=/usr/sbin/daemon\ncommand_args=\"-p ${pidfile} -u ${NAME_user} " + program + " " + flags + "\"")
	case n < 156:
		say("start_cmd=NAME_start\n\nNAME_start()\n{\n\techo \"Starting ${name}.\"\n\t" + program + " " + flags + "\n}")
	case n < 190: // profiles
		say("command=\"" + program + "\"\ncommand_args=\"" + flags + "\"")
		say("\nif [ -n \"$2\" ]; then\n\tprofile=\"$2\"\n\teval NAME_config=\"\\${NAME_${profile}_config:-${NAME_config}}\"\nfi")
	default:
		say("command=\"" + program + "\"\ncommand_args=\"" + flags + "\"")
	}
	switch n := p.IntN(376); {
	case n < 11:
		say("start_precmd=NAME_prestart\n\nNAME_prestart()\n{\n\tmount -t fusefs /dev/fuse /mnt/NAME\n}")
	case n < 40:
		say("start_precmd=NAME_prestart\n\nNAME_prestart()\n{\n\tcommand_args=\"${command_args} -u ${NAME_user}\"\n}")
	case n < 120:
		say("start_precmd=NAME_prestart\n\nNAME_prestart()\n{\n\tinstall -d -o ${NAME_user} /var/db/NAME\n}")
	}
	if p.of(60, 376) {
		say("extra_commands=\"reload\"\nsig_reload=HUP")
	}
	if p.of(20, 376) {
		say("status_cmd=NAME_status\n\nNAME_status()\n{\n\t" + program + " --status\n}")
	}
}
