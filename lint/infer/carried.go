package infer

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

// carried is what a runtime's command line runs: the archive or the main class of
// java(1), the release, the module or the escript of Erlang. Their own names say
// nothing of the service.
func carried(words []string) []Name {
	if len(words) == 0 {
		return nil
	}
	switch base := path.Base(words[0]); {
	case javaProgram.MatchString(base):
		return ofJava(words)
	case erlangProgram.MatchString(base):
		return ofErlang(words)
	}
	return nil
}

var (
	// javaProgram is java(1), and jsvc(1), which runs a class as a daemon.
	javaProgram   = lazyregexp.New(`^(java(vm)?[\d.]*|jsvc)$`)
	erlangProgram = lazyregexp.New(`^(erl|beam(\.smp)?|erlexec|escript|run_erl|to_erl)$`)
	// release is the directory of an Erlang release that brings its own runtime.
	release = lazyregexp.New(`/([\w.-]+)/erts-[\w.-]+/bin/`)
)

// javaTakes are the options of java(1) and jsvc(1) that take the next word.
var javaTakes = []string{"-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules",
	"--add-exports", "--add-opens",
	"--add-reads", "--upgrade-module-path", "-user", "-pidfile", "-outfile", "-errfile", "-procname", "-home",
	"-java-home", "-cwd", "-wait", "-umask"}

// classes are projects whose main class does not say what the table calls them.
var classes = map[string]string{
	"catalina": "tomcat", "coyote": "tomcat", "jivesoftware": "openfire", "igniterealtime": "openfire", "hudson": "jenkins",
	"elasticsearch": "elasticsearch", "winstone": "jenkins", "quorum": "zookeeper", "ubnt": "unifi", "artemis": "activemq",
}

// dull are words of a class's name that tell nothing of the program.
var dull = lazyregexp.New(`^(org|com|net|io|de|fr|uk|co|eu|ch|dev|apache|eclipse|github|gitlab|sourceforge|sf|google|java|javax|sun|oracle|redhat|springframework|boot|loader|util|utils|core|common|app|application|main|run|runner|start|starter|startup|bootstrap|launch|launcher|cli|cmd|tools?|server|service|daemon|node|agent|standalone|jar\w*|wrapper|simple|impl|internal|kernel)$`)

func ofJava(words []string) []Name {
	for i := 1; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "-jar" && i+1 < len(words):
			jar := path.Base(words[i+1])
			name := strings.TrimSuffix(strings.TrimSuffix(jar, ".jar"), ".war")
			return namesOf("java runs the archive "+jar, name, bare(name))
		case slices.Contains(javaTakes, w):
			i++
		case w == "-m" || w == "--module":
			if i+1 < len(words) {
				return classNames(words[i+1])
			}
		case !strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "@"):
			return classNames(w)
		}
	}
	return nil
}

// classNames is the words of a main class that may be the program's name:
// org.apache.zookeeper.server.quorum.QuorumPeerMain is ZooKeeper's.
func classNames(class string) []Name {
	if strings.ContainsAny(class, "$%`") || !strings.Contains(class, ".") {
		return nil
	}
	var list []string
	for _, w := range strings.FieldsFunc(class, func(r rune) bool { return r == '.' || r == '/' }) {
		w = strings.ToLower(w)
		if name := classes[w]; name != "" {
			list = append(list, name)
		}
		if !dull.MatchString(w) {
			list = append(list, w)
		}
	}
	return namesOf("java runs the class "+class, list...)
}

// modulesOfErlang are applications whose module is called otherwise than the program.
var modulesOfErlang = map[string]string{"rabbit": "rabbitmq-server", "couch": "couchdb", "ejabberd_app": "ejabberd",
	"emqx_machine": "emqx"}

func ofErlang(words []string) []Name {
	var out []Name
	if m := release.FindStringSubmatch(words[0]); m != nil {
		out = append(out, namesOf("its runtime belongs to the release "+m[1], m[1])...)
	}
	for i := 1; i+1 < len(words); i++ {
		next := words[i+1]
		switch words[i] {
		case "-s", "-run", "-eval":
			name, _, _ := strings.Cut(next, ":") // -eval mud:start().
			out = append(out, namesOf("erl starts the module "+name, modulesOfErlang[name], name)...)
		case "-boot":
			base := path.Base(next)
			if !slices.Contains([]string{"start", "start_sasl", "start_clean", "no_dot_erlang"}, base) {
				out = append(out, namesOf("erl boots the release "+base, base)...)
			}
		case "-sname", "-name":
			name, _, _ := strings.Cut(next, "@")
			out = append(out, namesOf("erl is the node "+name, name)...)
		}
	}
	if path.Base(words[0]) == "escript" && len(words) > 1 {
		base := path.Base(words[1])
		out = append(out, namesOf("escript runs "+base, strings.TrimSuffix(base, ".escript"), helpers[base])...)
	}
	return out
}

// namesOf is names that were found the same way.
func namesOf(how string, names ...string) []Name {
	var out []Name
	for _, n := range names {
		if n != "" {
			out = append(out, Name{n, how})
		}
	}
	return out
}

// commandOf is the command of a call and its words, behind su(1), exec and the like,
// with what is known of its variables put in.
func commandOf(s *rcparse.Script, c rcparse.Call) []string {
	words := []string{strings.Trim(s.Expand(c.Name), `"'`)}
	for _, a := range c.Args {
		words = append(words, rcparse.Unquote(s.Expand(a)))
	}
	for range 4 { // eval "exec su -m mud -c 'exec mudd'"
		if len(words) == 1 {
			words = rcparse.Words(words[0])
		}
		words = rcparse.RealProgram(words)
		if len(words) < 2 || !slices.Contains([]string{"exec", "command", "eval", "builtin"}, words[0]) {
			break
		}
		words = words[1:]
	}
	return words
}
