// Package hostile makes ports that mean harm: Makefiles and scripts that cost
// whoever reads them as much time and memory as their author can think of.
// Tests and measurements read them; nothing here is part of the program.
package hostile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Attack is one port, written to be expensive in one way.
type Attack struct {
	// Name names the port's directory; Class says what is attacked.
	Name, Class string
	// Files are the port's files by their path below its directory.
	Files map[string]string
}

// The head and the foot of each Makefile.
const (
	head = "PORTNAME=\t%s\nDISTVERSION=\t1.0\nCATEGORIES=\tnet\n\nMAINTAINER=\tmoss@example.net\nCOMMENT=\tHostile\n\n"
	foot = "\n.include <bsd.port.mk>\n"
)

// script is an ordinary rc.d script, so that there is something to find.
const script = `#!/bin/sh

# PROVIDE: %[1]s
# REQUIRE: LOGIN
# KEYWORD: shutdown

. /etc/rc.subr

name="%[1]s"
rcvar="%[1]s_enable"

load_rc_config $name

: ${%[1]s_enable="NO"}

command="%%%%PREFIX%%%%/sbin/%[1]s"
command_args="-l 127.0.0.1:8201"

run_rc_command "$1"
`

// port makes an attack whose Makefile holds body and installs the script
// named as the port, if the body does not say otherwise.
func port(name, class, body string) Attack {
	return Attack{Name: name, Class: class, Files: map[string]string{
		"Makefile":              fmt.Sprintf(head, name) + body + foot,
		"files/" + name + ".in": fmt.Sprintf(script, name),
	}}
}

// with adds a file.
func (a Attack) with(name, text string) Attack {
	a.Files[name] = text
	return a
}

// lines repeats a line with its number.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)) + "\n")
	}
	return b.String()
}

// words repeats a word with its number.
func words(n int, format string) string {
	return strings.ReplaceAll(strings.TrimSuffix(lines(n, format), "\n"), "\n", " ")
}

// Attacks is one port for each way, in the same order each time.
func Attacks() []Attack {
	return slices.Concat(variants(), amounts(), expansions(), files(), Scripts())
}

// variants are choices that multiply.
func variants() []Attack {
	const heavy = ".for a in " + "%s\n.for b in " + "%s\nX#:=\t${X#} ${a}${b}\n.endfor\n.endfor\n"
	digits := words(100, "v#")
	return []Attack{
		port("ifnames", "conditions on the host that each change the names", "N=\tifnames\n"+
			lines(64, ".if exists(/etc/x#)\nN:=\t${N:@w@${w}a# ${w}b#@:[1..20000]}\n.endif")+"USE_RC_SUBR=\t${N}\n"),
		port("ifdouble", "conditions on the host, each of which doubles the names", "N=\tifdouble\n"+
			lines(14, ".if !exists(/etc/x#)\nN:=\t${N:=a#} ${N:=b#}\n.endif")+"USE_RC_SUBR=\tifdouble ${N}\n"),
		port("ifunknown", "conditions that only a command could decide", "N=\tifunknown\n"+
			lines(64, "Q#!=\techo 1\n.if ${Q#} == 1\nN:=\t${N} ${:U:range=2000:@i@n#x${i}@}\n.endif")+"USE_RC_SUBR=\t${N}\n"),
		port("ifnested", "conditions within conditions", "Q!=\techo 1\n"+
			lines(200, ".if ${Q} == #\nUSE_RC_SUBR+=\tn#")+"USE_RC_SUBR+=\tifnested\n"+lines(200, ".endif")),
		port("elif", "an .if with 3,000 branches", "Q!=\techo 1\n.if ${Q} == x\n"+
			lines(3000, ".elif ${Q} == #\nUSE_RC_SUBR+=\tn#")+".endif\nUSE_RC_SUBR+=\telif\n"),
		port("options", "options that each change the names", "OPTIONS_DEFINE=\t"+words(64, "O#")+"\n"+
			lines(64, "O#_VARS=\tX+=${:U:range=300:@i@n#x${i}@:ts_}")+
			"USE_RC_SUBR=\toptions ${X} ${X:S/_/ /g:@w@${w}@}\n"),
		port("optionsheavy", "options, and much to read for each choice", "OPTIONS_DEFINE=\t"+words(64, "O#")+"\n"+
			lines(64, "O#_VARS=\tX+=n#")+strings.ReplaceAll(fmt.Sprintf(heavy, digits, digits), "#", "")+
			"USE_RC_SUBR=\toptionsheavy ${X:Mn*}\n"),
		port("manyoptions", "20,000 options with helpers", "OPTIONS_DEFINE=\t"+words(20000, "O#")+"\n"+
			lines(4000, "O#_USE=\tRC_SUBR=n#")+"USE_RC_SUBR=\tmanyoptions\n"),
		port("implies", "a chain of options that imply the next",
			"OPTIONS_DEFINE=\t"+words(2000, "O#")+"\nOPTIONS_DEFAULT=\tO1999\n"+
				func() string {
					var b strings.Builder
					for i := 1; i < 2000; i++ {
						fmt.Fprintf(&b, "O%d_IMPLIES=\tO%d\n", i, i-1)
					}
					return b.String()
				}()+"USE_RC_SUBR=\timplies\n"),
		port("flavors", "10,000 flavours", "FLAVORS=\t"+words(10000,
			"f#")+"\n.if ${FLAVOR:U} == f7\nUSE_RC_SUBR=\ta b\n.endif\n"+
			"USE_RC_SUBR+=\tflavors x${FLAVOR}\nFLAVORS_SUB=\tyes\n"),
	}
}

// amounts are lists that are long.
func amounts() []Attack {
	return []Attack{
		port("names", "USE_RC_SUBR of 40,000 names", "USE_RC_SUBR=\tnames "+words(40000, "n#")+"\n"),
		port("badnames", "USE_RC_SUBR of 40,000 names that no file can have",
			"USE_RC_SUBR=\tbadnames "+words(40000, "n#/..")+"\n"),
		port("uses", "60,000 different USES", "USES=\t"+words(60000, "u#:a,b")+"\nUSE_RC_SUBR=\tuses\n"),
		port("usespgsql", "USES with many arguments",
			"USES=\tpgsql:"+strings.ReplaceAll(words(60000, "#-99"), " ", ",")+
				" lua:"+strings.ReplaceAll(words(40000, "5#+"), " ", ",")+"\nUSE_RC_SUBR=\tusespgsql\n"),
		port("assignments", "60,000 assignments to one variable",
			lines(60000, "USE_RC_SUBR+=\tn#")+"USE_RC_SUBR=\tassignments\n"),
		port("variables", "40,000 variables, each made of the one before",
			"X0=\tvariables\n"+lines(40000, "Y#=\t${X0} ${Y#:U}")+
				"USE_RC_SUBR=\tvariables\n"),
		port("sublist", "a SUB_LIST of 30,000 pairs", "SUB_LIST=\t"+words(30000, "A#=b")+"\nUSE_RC_SUBR=\tsublist\n"),
		port("plistfiles", "PLIST_FILES of 30,000 scripts",
			"PLIST_FILES=\t"+words(30000, "etc/rc.d/p#")+"\nUSE_RC_SUBR=\tplistfiles\n"),
		port("plist", "a packing list of 30,000 scripts", "USE_RC_SUBR=\tplist\n").with("pkg-plist",
			lines(30000, "etc/rc.d/p#")),
		port("commands", "20,000 commands that install scripts", "USE_RC_SUBR=\tcommands\n\npost-install:\n"+
			lines(20000, "\t${INSTALL_SCRIPT} ${WRKSRC}/c# ${STAGEDIR}${PREFIX}/etc/rc.d/c#")),
		port("recipeloop", "loops within loops in a command", "USE_RC_SUBR=\trecipeloop\n\npost-install:\n"+
			lines(300, "\tfor a in "+words(30, "a")+"; do for b in "+words(30,
				"b")+"; do cp $$a$$b /etc/rc.d/$$a$$b#; done; done")),
		port("targets", "40,000 targets", "USE_RC_SUBR=\ttargets gone\n\n"+lines(40000, "t#:\n\techo #")),
		port("templates", "2,000 services that are there", "USE_RC_SUBR=\t"+words(2000, "moss#")+"\n").scripts(2000),
		port("dead", "2,000 templates that no port installs", "USE_RC_SUBR=\tdead\n").scripts(2000),
	}
}

// scripts adds templates moss0, moss1 and so on.
func (a Attack) scripts(n int) Attack {
	for i := range n {
		name := fmt.Sprintf("moss%d", i)
		a.Files["files/"+name+".in"] = fmt.Sprintf(script, name)
	}
	return a
}

// Scripts are ports whose scripts cost much when they are run or read, 100 in a port: as many
// as are looked at.
func Scripts() []Attack {
	loop := func(body string) string { return "while :; do " + body + "; done" }
	return []Attack{
		many("loops", "100 scripts that loop", starts(loop(":"))),
		many("shells", "100 scripts that start shells", starts(loop("sh -c ':'"))),
		many("evals", "100 scripts that eval", starts(loop("eval 'x=$y'"))),
		many("trapped", "100 scripts whose traps set traps", starts("f() { trap f EXIT; ( f ); }; f")),
		many("memory", "100 scripts that keep all that they print",
			starts("x=$(printf '%99999s'); i=0; while :; do eval \"v$i=\\$x\"; i=$((i+1)); done")),
		many("settings", "100 scripts of 100 settings", func(name string) string {
			return "start_precmd=" + name + "_pre\n" + name + "_pre()\n{\n" +
				lines(100, "export V#=\"${"+name+"_v#}\"") + "}\n" + lines(100, ": ${"+name+"_v#=\"x\"}")
		}),
		many("defaults", "100 scripts of 3,000 defaults", func(name string) string {
			return lines(3000, ": ${"+name+"_v#=\"x\"}")
		}),
		many("comments", "100 scripts of 900 kB", func(string) string {
			return strings.Repeat("# filler of a line\n", 47_000)
		}),
	}
}

// Patched is a port that costs most where patches are made of it: each patch is proved by runs.
func Patched() Attack {
	return many("patched", "100 scripts that can be patched, and go round often enough", func(string) string {
		return "i=0\nwhile [ $i -lt 40 ]; do i=$((i+1)); done"
	})
}

// starts gives a script a method for start.
func starts(body string) func(name string) string {
	return func(name string) string {
		return "start_cmd=" + name + "_start\n" + name + "_start()\n{\n" + body + "\n}\n"
	}
}

// many is a port of 100 scripts, in each of which stands what body gives for its name.
func many(name, class string, body func(name string) string) Attack {
	a := port(name, class, "USE_RC_SUBR=\t"+words(100, "moss#")+"\n").scripts(100)
	for i := range 100 {
		s := fmt.Sprintf("moss%d", i)
		file := "files/" + s + ".in"
		a.Files[file] = strings.Replace(a.Files[file], "\nrun_rc_command", "\n"+body(s)+"\nrun_rc_command", 1)
	}
	return a
}

// expansions are values that grow.
func expansions() []Attack {
	return []Attack{
		port("forloops", ".for that multiplies",
			"USE_RC_SUBR=\tforloops\n"+strings.Repeat(".for "+"i"+" in "+words(20, "#")+"\n", 1)+
				".for j in "+words(20, "#")+"\n.for k in "+words(20, "#")+"\n.for l in "+words(20,
				"#")+"\nX+=\t${i}${j}${k}${l}\n"+
				strings.Repeat(".endfor\n", 4)),
		port("formemory", ".for that keeps what it made",
			"USE_RC_SUBR=\tformemory ${X:M*zz}\nBIG=\t"+strings.Repeat("a", 4000)+"\n"+
				".for i in "+words(9000, "w#")+"\nX+=\t"+strings.Repeat("${i}", 200)+"\n.endfor\n"),
		port("fornames", ".for that makes names", ".for i in "+words(9000, "w#")+"\nUSE_RC_SUBR+=\tn${i}\n.endfor\n"),
		port("modifiers", "modifiers that make a value grow",
			"A=\ta\nB=\t${A:S/a/aaaaaaaaaa/g:S/a/aaaaaaaaaa/g:S/a/aaaaaaaaaa/g:S/a/aaaaaaaaaa/g:S/a/aaaaaaaaaa/g}\n"+
				"USE_RC_SUBR=\tmodifiers ${B:C/a/b c/g:Mx}\n"+
				lines(400, "C#:=\t${B:S/a/bb/g:C/(b)(b)/\\1 \\2/g:O:u:H:T}")),
		port("regexp", "patterns that are costly to compile and to match", "A=\t"+strings.Repeat("a", 20000)+"\n"+
			lines(300, "B#:=\t${A:C/(a|aa|aaa){1,40}(a|b|c|#){1,40}(.*)(.*)(.*)$/x/g}")+"USE_RC_SUBR=\tregexp\n"),
		port("loopmod", ":@ loops within :@ loops",
			"L=\t"+words(60, "a#")+"\nX:=\t${L:@i@${L:@j@${L:@k@${i}${j}${k}@}@}@}\nUSE_RC_SUBR=\tloopmod ${X:Mq}\n"),
		port("deep", "variables that double 18 times, asked for in each line", "X0=\taaaa\n"+func() string {
			var b strings.Builder
			for i := range 17 {
				fmt.Fprintf(&b, "X%d=\t${X%d}${X%d}\n", i+1, i, i)
			}
			return b.String()
		}()+lines(2000, ".if !empty(X17:Mz#)\nA=\t1\n.endif")+"USE_RC_SUBR=\tdeep\n"),
		port("glob", "patterns with many stars", "A=\t"+strings.Repeat("ab", 20000)+"\n"+
			lines(300, "B#:=\t${A:M*a*b*a*b*a*b*a*b*a*b*#*}")+"USE_RC_SUBR=\tglob\n"),
	}
}

// files are includes and sizes.
func files() []Attack {
	chain := port("chain", "a chain of 5,000 includes", ".include \"c0.mk\"\nUSE_RC_SUBR=\tchain\n")
	for i := range 5000 {
		chain.with(fmt.Sprintf("c%d.mk", i), fmt.Sprintf(".include \"c%d.mk\"\nC%d=\t1\n", i+1, i))
	}
	tree := port("includetree", "includes that branch", ".include \"t0.mk\"\nUSE_RC_SUBR=\tincludetree\n")
	for i := range 20 {
		tree.with(fmt.Sprintf("t%d.mk", i), strings.Repeat(fmt.Sprintf(".include \"t%d.mk\"\n", i+1), 8)+"X+=\t1\n")
	}
	tree.with("t20.mk", "X+=\t1\n")
	return []Attack{
		chain, tree,
		port("circle", "includes in a circle", ".include \"a.mk\"\nUSE_RC_SUBR=\tcircle\n").
			with("a.mk", ".include \"b.mk\"\n").with("b.mk", ".include \"a.mk\"\n"),
		port("optionalcircle", "optional includes in a circle, each of which branches",
			".sinclude \"a.mk\"\nUSE_RC_SUBR=\toptionalcircle\n").
			with("a.mk", strings.Repeat(".sinclude \"b.mk\"\n", 100)).with("b.mk",
			strings.Repeat(".sinclude \"a.mk\"\n", 100)),
		port("huge", "a Makefile of 2 MiB", "USE_RC_SUBR=\thuge\n"+strings.Repeat("# filler of a line\n", 110_000)),
		port("large", "a Makefile of just under 1 MiB, all assignments",
			lines(36_000, "V#=\t${W#:Uvalue}")+"USE_RC_SUBR=\tlarge\n"),
		port("hugescript", "a script of 2 MiB", "USE_RC_SUBR=\thugescript\n").
			with("files/hugescript.in", fmt.Sprintf(script, "hugescript")+strings.Repeat("# filler of a line\n",
				110_000)),
		port("longline", "a line of 900 kB", "USE_RC_SUBR=\tlongline\nX=\t"+strings.Repeat("a ",
			450_000)+"\nY:=\t${X:O:u}\n"),
		port("longplist", "a packing list of just under 1 MiB", "USE_RC_SUBR=\tlongplist\n").with("pkg-plist",
			"etc/rc.d/x\n"+strings.Repeat("%%A%%", 200_000)+"etc/rc.d/y\n"),
	}
}

// Write writes a port below a directory of a ports tree, such as net.
func (a Attack) Write(dir string) error {
	for name, text := range a.Files {
		file := filepath.Join(dir, a.Name, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// WriteTree writes a tree of n ports that mean harm, chosen by the seed. The
// same seed gives the same tree.
func WriteTree(root string, n int, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, 19))
	all := Attacks()
	for i := range n {
		a := all[rnd.IntN(len(all))]
		was := a.Name
		a.Name = fmt.Sprintf("%s-%d", was, i)
		if err := a.Write(filepath.Join(root, fmt.Sprintf("cat%d", i%20))); err != nil {
			return err
		}
	}
	return nil
}
