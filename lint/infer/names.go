package infer

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

// A Name is what a service may be known by, and how it was found.
type Name struct {
	Text string
	// How says it in words, such as "procname"; "" for what the start runs itself.
	How string
}

// helpers are programs that only start another: what then runs is known by the
// other's name. Each is the manual page of the helper.
var helpers = map[string]string{
	"pg_ctl": "postgres", "pg_ctlcluster": "postgres",
	"apachectl": "httpd", "apache2ctl": "httpd",
	"mysqld_safe": "mysqld", "mariadbd-safe": "mariadbd", "mysqld_multi": "mysqld",
	"catalina.sh": "tomcat", "zeekctl": "zeek", "broctl": "bro",
	"rabbitmqctl": "rabbitmq-server", "ejabberdctl": "ejabberd",
	"safe_asterisk": "asterisk", "kamctl": "kamailio", "opensipsctl": "opensips",
	"collectdmon": "collectd", "svscanboot": "svscan",
	"hadoop-daemon.sh": "hadoop", "zkServer.sh": "zookeeper", "kafka-server-start.sh": "kafka",
	"standalone.sh": "wildfly", "domain.sh": "wildfly", "jetty.sh": "jetty", "kc.sh": "keycloak",
}

// vendors are words that stand before a program's own name without changing what it is.
var vendors = lazyregexp.New(`^(p5-|py(thon)?\d*-|rubygem-|node\d*-|php\d*-|linux(-c\d+)?-|open-|gnu-?|apache-|isc-|net-|dbus-|freebsd-|bsd-|jetty-|(lib)?x11-|google-|aws-|amazon-|microsoft-|elastic-)`)

// endings are a version, a channel or a part of a package behind a program's name.
var endings = lazyregexp.New(`([-_.]?v?\d[\d.]*([-_.]?(lts|devel|beta|rc\d*|esr|legacy))?|[-_](devel|dev|lts|legacy|nox11|nox|core|server|daemon|main|current|stable|next|bin|standalone|cli))$`)

// bare takes a vendor's prefix and a version's suffix off a name.
func bare(name string) string {
	name = strings.ToLower(name)
	for {
		short := endings.ReplaceAllString(vendors.ReplaceAllString(name, ""), "")
		if short == name || len(short) < 3 {
			return name
		}
		name = short
	}
}

// forkOf finds of which program a COMMENT says that the port is a fork.
var forkOf = lazyregexp.New(`(?i)\bfork (?:of|from) (?:the )?([A-Za-z][\w.+-]+)`)

// Known is the names under which a service may stand in the table other than its
// own, the surest first.
func (in Input) Known() []Name {
	var out []Name
	add := func(text, how string) {
		if text != "" && !strings.ContainsAny(text, "$`%{}() ") &&
			!slices.ContainsFunc(out, func(n Name) bool { return n.Text == text }) {
			out = append(out, Name{text, how})
		}
	}
	for _, p := range in.Programs() {
		add(p, "")
	}
	for _, n := range slices.Clone(out) {
		add(helpers[n.Text], n.Text+" starts it")
	}
	lines := in.CommandLines()
	for _, c := range in.Script.Reach("start_cmd") {
		if words := commandOf(in.Script, c); len(words) > 0 {
			base := path.Base(words[0])
			add(helpers[base], base+" starts it")
			lines = append(lines, words)
		}
	}
	for _, v := range []string{"procname", "real_command", in.Script.Name.Text + "_command",
		in.Script.Name.Text + "_program", in.Script.Name.Text + "_bin"} {
		if list := in.Script.Get(v); len(list) > 0 {
			value := in.Script.Expand(rcparse.Unquote(list[len(list)-1].Value))
			if words := rcparse.RealProgram(rcparse.Words(value)); len(words) > 0 && strings.Contains(words[0], "/") {
				base := path.Base(words[0])
				if !interpreter.MatchString(base) {
					add(base, v)
					add(helpers[base], v+" is "+base+", which starts it")
				}
				lines = append(lines, words)
			}
		}
	}
	for _, words := range lines {
		for _, n := range carried(words) {
			add(n.Text, n.How)
		}
	}
	direct := slices.Clone(out)
	if len(in.Port.Services) < 2 { // of a suite, its name says nothing of this script
		for _, name := range in.Port.Names {
			if name != basePort {
				add(name, "the port's name")
			}
		}
	}
	add(bare(in.Service), "the name without vendor and version")
	for _, n := range direct {
		add(bare(n.Text), "the program's name without vendor and version")
	}
	if len(in.Port.Services) < 2 {
		for _, name := range in.Port.Names {
			if name != basePort {
				add(bare(name), "the port's name without vendor and version")
			}
		}
		if m := forkOf.FindStringSubmatch(in.Port.Comment); m != nil {
			add(strings.ToLower(m[1]), "COMMENT says that it is a fork of it")
		}
	}
	return out
}

// interpreter is a program that runs another's text, which is no name for what it runs.
var interpreter = lazyregexp.New(`^(sh|bash|ksh|dash|zsh|env|daemon|su|python[\d.]*|perl[\d.]*|ruby\d*|node\d*|php\d*|java|mono|dotnet|lua\d*|tclsh[\d.]*|beam(\.smp)?|erl|erlexec|escript|run_erl|jsvc|gunicorn|uwsgi)$`)
