// Package advise tells the administrator of an installed FreeBSD system which of
// its services can be started in a service jail today, with which lines in
// rc.conf(5), what is lost by it, and how to go back. The judgement is package
// lint's, under the machine's own rc.conf; what is added here is what an
// administrator can do without the port being changed.
package advise

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer/program"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// defaultStartup is local_startup where no rc.conf says otherwise.
const defaultStartup = "/usr/local/etc/rc.d"

// A Machine is an installed system with the rc.conf that its scripts are run under.
type Machine struct {
	Root *host.Root
	// Scripts is in service(8)'s order, /etc/rc.d first.
	Scripts []*host.Script
	// Packages is nil where there is no database that could be read.
	Packages *host.Packages
	// Sysctl is what sysctl.conf(5) and loader.conf(5) set.
	Sysctl map[string]string
	// Problems is what could not be read or made sense of; each Path is one of the system.
	Problems []corpus.Problem
	// Crashes are the faults of svcjify's own in the last Advise.
	Crashes []lint.Crash
	// Pool runs scripts under the machine's rc.conf.
	Pool *rcrun.Pool

	// The programs are looked for when one is wanted: those of packages, and the base system's.
	programs, base   sync.Once
	found, foundBase *program.Finder

	conf    map[string]string // the files of rc.conf, as they are run
	missing []string          // what they source and is not there
	startup []string          // local_startup
	all     bool              // svcj_all_enable
	release rcrun.Release
}

// Options say how a Machine is opened.
type Options struct {
	// Release is the rc.subr that the machine has.
	Release rcrun.Release
	// Workers is how many processes run scripts; 0 is one a processor.
	Workers int
	// Stderr gets what a dying process has to say; nil is nowhere.
	Stderr io.Writer
}

// Open reads a system. The error says that the root itself is of no use.
func Open(ctx context.Context, dir string, o Options) (*Machine, error) {
	root, err := host.Open(dir)
	if err != nil {
		return nil, err
	}
	m := &Machine{Root: root, startup: []string{defaultStartup}, release: o.Release, Sysctl: root.Sysctl()}
	if o.Release.Name == "" {
		m.release = m.itsRelease()
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if err := m.readConf(ctx, o); err != nil {
		m.Close()
		return nil, err
	}
	scripts, problems := root.Scripts(m.startup)
	if _, err := root.Stat("/etc/rc.subr"); err != nil && len(scripts) == 0 && len(m.conf) == 0 {
		m.Close()
		return nil, fmt.Errorf("%s: is not a FreeBSD system: no etc/rc.conf, no etc/rc.subr and no rc.d script below it", dir)
	}
	m.Scripts, m.Problems = scripts, append(m.Problems, problems...)
	packages, problem := root.Packages(append([]string{host.BaseDir}, m.startup...))
	if problem != nil {
		m.Problems = append(m.Problems, *problem)
	}
	m.Packages = packages
	for _, s := range m.Scripts {
		s.Packages = packages.Owners(s.Path)
		if len(s.Packages) > 1 {
			var names []string
			for _, p := range s.Packages {
				names = append(names, p.Name)
			}
			m.Problems = append(m.Problems, corpus.Problem{Kind: corpus.Unreadable, Path: s.Path,
				Text: "belongs to several packages, expected one: " + strings.Join(names, ", "),
				Hint: "pkg check -s says which of them is damaged; the first counts here"})
		}
	}
	return m, nil
}

// Close ends what was opened.
func (m *Machine) Close() {
	if m.Pool != nil {
		m.Pool.Close()
	}
	m.Packages.Close()
	m.Root.Close()
	m.Pool, m.Packages = nil, nil
}

// readConf reads rc.conf, and once more where local_startup is not the usual one.
func (m *Machine) readConf(ctx context.Context, o Options) error {
	first := m.Problems
	for range 2 {
		files, problems := m.Root.Conf(m.startup)
		conf, missing, more := m.checked(files)
		m.missing = missing
		values, bad, err := m.evaluate(ctx, conf, o)
		if err != nil {
			return err
		}
		m.Problems = slices.Concat(first, problems, more, bad)
		m.all = strings.EqualFold(values["svcj_all_enable"], "YES")
		startup := strings.Fields(values["local_startup"])
		if len(startup) == 0 {
			startup = []string{defaultStartup}
		}
		if slices.Equal(startup, m.startup) {
			break
		}
		m.startup = slices.DeleteFunc(startup, func(d string) bool { return !strings.HasPrefix(d, "/") })
	}
	if m.all && !m.release.RunsStatus() { // the release that runs status inside is the one that has it work
		m.Problems = append(m.Problems, corpus.Problem{Kind: corpus.Unreadable, Path: host.Main,
			Text: "sets svcj_all_enable, which has no effect in this system's rc.subr but a warning with each start",
			Hint: "set NAME_svcj for each service"})
	}
	if _, ok := m.conf[host.Defaults]; !ok {
		m.Problems = append(m.Problems, corpus.Problem{Kind: corpus.Unreadable, Path: host.Defaults,
			Text: "is not there: the usual defaults are assumed",
			Hint: "give --root the directory that has the system's etc in it"})
	}
	return nil
}

// confDirs is the directories whose rc.conf.d rc.subr reads, in its order.
func (m *Machine) confDirs() []string {
	out := []string{"/etc"}
	for _, d := range m.startup {
		out = append(out, strings.TrimSuffix(d, "/rc.d"))
	}
	return out
}

// asked is the variables of rc.conf that are looked at, other than a service's own.
var asked = []string{"local_startup", "rc_conf_files", "svcj_all_enable"}

// probe is a script that does nothing but read rc.conf, and show variables.
func probe() string {
	var b strings.Builder
	b.WriteString(". /etc/rc.subr\nname=svcjify_probe\nload_rc_config $name\n/svcjify/probe")
	for _, v := range asked {
		fmt.Fprintf(&b, " \"$%s\"", v)
	}
	return b.String() + "\n"
}

// evaluate runs the files as rc.subr would. Where that does not come to an end,
// the file that is to blame is reduced to its plain lines, and a problem says so.
func (m *Machine) evaluate(ctx context.Context, conf map[string]string, o Options) (values map[string]string,
	problems []corpus.Problem, err error) {
	for {
		values, why, err := m.try(ctx, conf, o)
		if err != nil || why == "" {
			m.conf = conf
			return values, problems, err
		}
		blamed := ""
		for _, name := range []string{host.Local, host.Main, host.Defaults} {
			text, ok := conf[name]
			if !ok || text == plainLines(text) {
				continue
			}
			blamed = name
			without := mapsWith(conf, name, plainLines(text))
			if _, still, err := m.try(ctx, without, o); err != nil || still == "" {
				break
			}
		}
		if blamed == "" { // what else it may be can't be helped
			m.conf = conf
			return values, append(problems, corpus.Problem{Kind: corpus.Unreadable, Path: host.Main,
				Text: "rc.conf can't be run: " + why, Hint: "see what it runs other than setting variables"}), nil
		}
		problems = append(problems, corpus.Problem{Kind: corpus.Unreadable, Path: blamed,
			Text: "does not come to its end as rc.subr would read it: " + why +
				"; only its plain lines name=value count here",
			Hint: "rc.conf is to set variables and nothing else: take out what it runs"})
		conf = mapsWith(conf, blamed, plainLines(conf[blamed]))
	}
}

// try runs the probe under a set of files, in a new pool that stays if it goes well.
func (m *Machine) try(ctx context.Context, conf map[string]string, o Options) (values map[string]string,
	why string, err error) {
	if m.Pool != nil {
		m.Pool.Close()
		m.Pool = nil
	}
	pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: o.Workers, Stderr: o.Stderr,
		Machine: &rcrun.Machine{Files: conf, Missing: m.missing}})
	if err != nil {
		return nil, "", err
	}
	m.Pool = pool
	job := rcrun.Job{Src: []byte(probe()), Scenarios: []rcrun.Scenario{{Verb: "start", InstalledAs: "svcjify_probe",
		SettingsOnly: true, Release: m.release.Name}}}
	rec := pool.Run(ctx, []rcrun.Job{job})[0][0]
	values = map[string]string{}
	for _, c := range rec.Reached {
		if len(c.Argv) == len(asked)+1 && c.Argv[0] == "/svcjify/probe" {
			for i, v := range asked {
				values[v] = c.Argv[i+1]
			}
			return values, rec.Failed, ctx.Err()
		}
	}
	if rec.Failed == "" {
		rec.Failed = fmt.Sprintf("it ends the shell, with exit status %d", rec.Exit)
	}
	return values, rec.Failed, ctx.Err()
}

func mapsWith(in map[string]string, name, text string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		out[k] = v
	}
	out[name] = text
	return out
}

// itsRelease is the modelled rc.subr that is nearest to the system's own, by the
// option words that stand in its text; the default where there is none.
func (m *Machine) itsRelease() rcrun.Release {
	newest, _ := rcrun.ReleaseOf("")
	f, ok, _ := m.Root.Text(rcSubr)
	if !ok {
		return newest
	}
	if !strings.Contains(f.Text, "_svcj") {
		m.Problems = append(m.Problems, corpus.Problem{Kind: corpus.Unreadable, Path: rcSubr,
			Text: "knows no service jails, which came with FreeBSD 15: the advice is for after an upgrade",
			Hint: "freebsd-version -u says what this system is"})
		return newest
	}
	for _, r := range slices.Backward(rcrun.Releases()) {
		if !slices.ContainsFunc(allWords(), func(w string) bool {
			return r.Knows(w) && !strings.Contains(f.Text, w+")")
		}) {
			return r
		}
	}
	return rcrun.Releases()[0]
}

// rcSubr is where every script gets its functions from.
const rcSubr = "/etc/rc.subr"
