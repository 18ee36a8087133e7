package corpus

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// TestByHand: what the commands of a port put into rc.d, and what it is made from.
func TestByHand(t *testing.T) {
	const rcd = "${STAGEDIR}${PREFIX}/etc/rc.d"
	for name, c := range map[string]struct {
		recipe   string // commands of do-install, or lines of their own
		services []string
		problems []string
	}{
		"a script of files/":                 {"${INSTALL_SCRIPT} ${FILESDIR}/s.sh " + rcd + "/s", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"under its own name":                 {"${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/", []string{"s.in net/a/files/s.in net/a by hand"}, nil},
		"BSD_INSTALL_SCRIPT":                 {"@${BSD_INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"INSTALL_DATA, with braces":          {"-${INSTALL_DATA} $(FILESDIR)/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"install with options":               {"install -c -m 0555 -o root -g wheel ${FILESDIR}/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"${INSTALL} -m":                      {"${INSTALL} -m 555 ${FILESDIR}/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"cp, relative to the port":           {"${CP} files/s.sh " + rcd + "/s", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"by .CURDIR":                         {"${CP} -p ${.CURDIR}/files/s.sh " + rcd + "/s && ${CHMOD} 555 " + rcd + "/s", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"sed into place":                     {"${SED} -e 's|%%PREFIX%%|${PREFIX}|g' ${FILESDIR}/s.in > " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"sed from standard input":            {"${SED} 's/a/b/' <${FILESDIR}/s.in >" + rcd + "/s; ${CHMOD} +x " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"through a pipe":                     {"${CAT} ${FILESDIR}/s.in | ${SED} s/a/b/ | ${TR} a b > " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"through WRKDIR":                     {"${CP} ${FILESDIR}/s.in ${WRKDIR}\n${REINPLACE_CMD} -e 's|%%X%%|y|' ${WRKDIR}/s.in\n${INSTALL_SCRIPT} ${WRKDIR}/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"through WRKSRC, renamed":            {"${SED} s/a/b/ ${FILESDIR}/s.sh > ${WRKSRC}/x.rc\n${INSTALL_SCRIPT} ${WRKSRC}/x.rc " + rcd + "/s", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"by SUB_FILES":                       {"SUB_FILES= s\n${INSTALL_SCRIPT} ${WRKDIR}/s " + rcd + "/t", []string{"t net/a/files/s.in net/a by hand"}, nil},
		"several":                            {"${INSTALL_SCRIPT} ${FILESDIR}/s.sh ${FILESDIR}/s.in " + rcd, []string{"s.in net/a/files/s.in net/a by hand", "s.sh net/a/files/s.sh net/a by hand"}, nil},
		"a loop of make":                     {".for i in s t\n\t${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/${i}\n.endfor", []string{"s net/a/files/s.in net/a by hand", "t net/a/files/s.in net/a by hand"}, nil},
		"a loop of the shell":                {"for i in s t; do ${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/$$i; done", []string{"s net/a/files/s.in net/a by hand", "t net/a/files/s.in net/a by hand"}, nil},
		"a variable of the shell":            {"n=s; ${INSTALL_SCRIPT} ${FILESDIR}/$${n}.sh " + rcd + "/$$n", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"what an expansion cuts":             {"for i in s.sh; do ${INSTALL_SCRIPT} ${FILESDIR}/$$i " + rcd + "/$${i%.sh}; done", []string{"s net/a/files/s.sh net/a by hand"}, nil},
		"under a condition of make":          {".if ${ARCH} == mips\n\t${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s\n.endif", []string{`s net/a/files/s.in net/a(${ARCH} == mips) <${ARCH} == mips> by hand`}, nil},
		"in a target of an option":           {"@${TRUE}\npost-install-RC-on:\n\t${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s", []string{"s net/a/files/s.in net/a(option RC) <option RC> by hand"}, nil},
		"in a branch of the shell":           {"if [ -f x ]; then ${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s; fi", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"in a subshell":                      {"( ${MKDIR} " + rcd + " && ${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s )", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"from the sources":                   {"${INSTALL_SCRIPT} ${WRKSRC}/rc/s " + rcd + "/s", []string{"s  net/a by hand"}, []string{"no template net/a/Makefile:6"}},
		"from the sources, by a cd":          {"cd ${WRKSRC} && ${INSTALL_SCRIPT} rc/s " + rcd + "/s", []string{"s  net/a by hand"}, []string{"no template net/a/Makefile:6"}},
		"written there":                      {"${ECHO} '. /etc/rc.subr' > " + rcd + "/s", []string{"s  net/a by hand"}, []string{"no template net/a/Makefile:6"}},
		"a name that only the shell knows":   {"for i in ${FILESDIR}/*.sh; do ${INSTALL_SCRIPT} $$i " + rcd + "/$$(basename $$i .sh); done", nil, []string{"no template net/a/Makefile:6"}},
		"an empty variable of the shell":     {"p=x; [ a = b ] && p= ; ${INSTALL_SCRIPT} ${FILESDIR}/s.in ${STAGEDIR}$${p}${PREFIX}/etc/rc.d/t", []string{"t net/a/files/s.in net/a by hand"}, nil},
		"a variable that is not set":         {"${INSTALL_SCRIPT} ${FILESDIR}/$$X " + rcd + "/$$X", nil, []string{"no template net/a/Makefile:6"}},
		"no name for a script":               {"${INSTALL_SCRIPT} ${FILESDIR}/s.in '" + rcd + "/a b'", nil, []string{"no template net/a/Makefile:6"}},
		"no sh(1)":                           {"${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s; fi done (", nil, []string{"no template net/a/Makefile:6"}},
		"a directory":                        {"${MKDIR} " + rcd + "\n${INSTALL} -d " + rcd, nil, nil},
		"a link":                             {"${LN} -s s " + rcd + "/t", nil, nil},
		"what is removed":                    {"${RM} " + rcd + "/s", nil, nil},
		"a sample, which rc(8) does not run": {"${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s.sample", nil, nil},
		"a sample that pkg(8) copies":        {"PLIST_FILES= \"@sample etc/rc.d/s.sample\"\n${INSTALL_SCRIPT} ${FILESDIR}/s.in " + rcd + "/s.sample", []string{"s net/a/files/s.in net/a by hand"}, nil},
		"SUB_FILES alone":                    {"SUB_FILES= s", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			head, body := "OPTIONS_DEFINE= RC\n", c.recipe
			if strings.HasPrefix(body, "SUB_FILES") || strings.HasPrefix(body, "PLIST_FILES") {
				var rest string
				head, rest, _ = strings.Cut(body, "\n")
				head, body = "OPTIONS_DEFINE= RC\n"+head+"\n", rest
			} else {
				head += "WWW= x\n"
			}
			text := "PORTNAME= a\nPORTVERSION= 1\n" + head
			if body != "" {
				text += "do-install:\n"
				for line := range strings.Lines(body) {
					if !strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "\t") &&
						!strings.HasPrefix(line, "post-") {
						line = "\t" + line
					}
					text += line
				}
			}
			corpus := openFS(t, map[string]string{"net/a/Makefile": text + "\n.include <bsd.port.mk>\n",
				"net/a/files/s.in": "", "net/a/files/s.sh": script, "net/a/files/x": "# rc.d\n"})
			require.Equal(t, c.services, list(corpus))
			got := corpus.Problems[:0:0]
			for _, p := range corpus.Problems {
				if p.Kind != NotInstalled {
					got = append(got, p)
				}
			}
			require.Equal(t, c.problems, problems(&Corpus{Problems: got}))
		})
	}
}

// TestPackingList: what only the packing list names comes from the program's own install.
func TestPackingList(t *testing.T) {
	corpus := openFS(t, map[string]string{
		"net/a/Makefile": port("a", "net", "OPTIONS_DEFINE= DAEMON\nOPTIONS_SUB= yes\nUSE_RC_SUBR= own"), "net/a/files/own.in": "",
		"net/a/pkg-plist": "bin/a\netc/rc.d/own\n@(root,wheel,0555) etc/rc.d/up\n%%DAEMON%%etc/rc.d/ad\n%%DAEMON%%%%X%%@sample etc/rc.d/as.sample\netc/rc.d/only.sample\n@dir etc/rc.d\n" +
			"@comment etc/rc.d/no\n%%PORTNAME%%x\netc/rc.d/%%PORTNAME%%2\netc/rc.d/%%WHO%%\n@exec echo etc/rc.d/e\nshare/etc/rc.d/x\n",
		"net/plain/Makefile": port("plain", "net", ""), "net/plain/pkg-plist": "bin/plain\netc/rc.d/plain\n",
	})
	require.Equal(t, []string{
		"a2  net/a by hand", "ad  net/a(option DAEMON) <option DAEMON> by hand",
		"as  net/a(option DAEMON) <option DAEMON> by hand", "plain  net/plain by hand",
		"up  net/a by hand", "own net/a/files/own.in net/a",
	}, list(corpus))
	require.Equal(t, []string{"no template net/a/pkg-plist:3", "no template net/a/pkg-plist:4",
		"no template net/a/pkg-plist:5", "no template net/a/pkg-plist:10",
		"no template net/plain/pkg-plist:2"}, problems(corpus))
	require.Contains(t, corpus.Problems[0].Text, "no command of the Makefile installs it")
}

// TestHostileRecipe: a value that doubles with each turn of a loop stays small.
func TestHostileRecipe(t *testing.T) {
	corpus := openFS(t, map[string]string{"net/a/Makefile": "PORTNAME= a\ndo-install:\n\tx=xxxxxxxx; for i in " +
		strings.Repeat("1 ", 5000) +
		"; do x=$$x$$x; y=" + strings.Repeat("$$x", 5000) + "; done; ${CP} ${FILESDIR}/s.in ${PREFIX}/etc/rc.d/$$x\n",
		"net/a/files/s.in": ""})
	require.Empty(t, corpus.Services)
	require.Equal(t, []string{"bad makefile net/a/Makefile:0", "no template net/a/Makefile:3"}, problems(corpus))
	require.Contains(t, corpus.Problems[0].Text, "the last ones were not looked at")
}

// FuzzRecipe: no recipe takes long, or ends the run.
func FuzzRecipe(f *testing.F) {
	for _, s := range []string{
		"${INSTALL_SCRIPT} ${FILESDIR}/s.in ${STAGEDIR}${PREFIX}/etc/rc.d/s",
		"for i in a b; do for j in $$i $$i; do cp $$j etc/rc.d/$$j; done; done",
		"cat <<E >etc/rc.d/x\n${FILESDIR}\nE", "x=$$((1/0)) install -m etc/rc.d/$${x:?}",
		"case a in a) cp f etc/rc.d;; esac", "cp a b c etc/rc.d/../..", "while :; do cp a etc/rc.d/a; done",
		"cp $${a:-$${b:-$${c}}} etc/rc.d/$${a##*/}", "install -d -m", "cp ` etc/rc.d/x`", "cp {a,b} etc/rc.d/~x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fsys := fstest.MapFS{"net/a/Makefile": &fstest.MapFile{Data: []byte("PORTNAME= a\ndo-install:\n\t" +
			strings.ReplaceAll(text, "\n", "\n\t") + "\n")}}
		mk, err := makefile.Read(fsys, "net/a")
		if err != nil {
			return
		}
		r := readRecipe(mk)
		if len(r.copies) > maxCopies+1 {
			t.Fatal(len(r.copies))
		}
	})
}
