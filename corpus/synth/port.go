package synth

import (
	"fmt"
	"strings"
)

// makefile is the port's; rc is the value of USE_RC_SUBR, "" for none.
func (p *port) makefile(rc string) string {
	var b strings.Builder
	line := func(name, value string) {
		tabs := "\t"
		if len(name) < 7 {
			tabs = "\t\t"
		}
		fmt.Fprintf(&b, "%s=%s%s\n", name, tabs, value)
	}
	line("PORTNAME", p.name)
	line("PORTVERSION", fmt.Sprintf("%d.%d.%d", p.IntN(9), p.IntN(30), p.IntN(10)))
	if p.of(43, 100) {
		fmt.Fprintf(&b, "PORTREVISION%s\t%d\n", []string{"=", "=", "=", "=", "?="}[p.IntN(5)], p.IntN(4))
	}
	line("CATEGORIES", p.category)
	if !p.of(1, 8) {
		line("MASTER_SITES", "https://example.org/"+p.name+"/")
	}
	line("\nMAINTAINER", pick(p, []string{"ports@FreeBSD.org", "moss@example.net", "fern@example.org",
		"reed@example.com"}))
	line("COMMENT", strings.TrimSpace(strings.ReplaceAll(p.prose(30), "\n", " ")))
	line("WWW", "https://example.org/"+p.name+"/\n")
	line("LICENSE", pick(p, []string{"BSD2CLAUSE", "GPLv2", "MIT", "APACHE20"}))
	if p.of(21, 100) {
		line("\nLIB_DEPENDS", "lib"+pick(p, []string{"ssl", "event", "curl", "z", "xml2",
			"png"})+".so:devel/"+p.name+"lib")
	}
	if p.of(37, 100) {
		line("RUN_DEPENDS", p.name+"-tool:devel/"+p.name+"-tool")
	}
	if p.of(90, 100) {
		line("\nUSES", pick(p, []string{"gmake", "cmake", "python", "go:modules", "cargo", "perl5", "pkgconfig ssl",
			"autoreconf libtool"}))
	}
	if p.of(13, 100) {
		line("USE_GITHUB", "yes")
		line("GH_ACCOUNT", p.name)
	}
	for range p.IntN(4) {
		line("CONFIGURE_ARGS+", "--with-"+pick(p, syllables)+pick(p, syllables)+"=${LOCALBASE}")
	}
	options := p.of(27, 100)
	optional := rc != "" && options && p.of(1, 12) // an option's helper names the script
	if rc != "" && !optional {
		if p.of(43, 300) {
			rc = strings.Replace(rc, p.name, "${PORTNAME}", 1)
		}
		line("USE_RC_SUBR", rc)
	}
	if options {
		line("\nOPTIONS_DEFINE", "DOCS TLS SERVER")
		line("OPTIONS_DEFAULT", "TLS SERVER")
		line("TLS_USES", "ssl")
		if optional {
			line("SERVER_USE", "RC_SUBR="+strings.Fields(rc)[0])
		}
	}
	if p.of(1, 100) {
		line("\nFLAVORS", "default lite")
		b.WriteString("lite_PKGNAMESUFFIX=\t-lite\n")
	}
	for range p.IntN(3) { // recipes
		fmt.Fprintf(&b, "\npost-install:\n\t${INSTALL_DATA} ${WRKSRC}/%s.conf ${STAGEDIR}${PREFIX}/etc/%s.conf.sample\n", p.name, p.name)
		break
	}
	if p.of(5, 100) {
		b.WriteString("\n.include <bsd.port.pre.mk>\n\n.if ${ARCH} == amd64\nCFLAGS+=\t-msse2\n.endif\n\n.include <bsd.port.post.mk>\n")
	} else {
		b.WriteString("\n.include <bsd.port.mk>\n")
	}
	return b.String()
}

// rest is the remaining lines of a port.
func (p *port) rest(files map[string]string) {
	if p.of(92, 100) {
		files["distinfo"] = fmt.Sprintf("TIMESTAMP = 1700000000\nSHA256 (%s.tar.gz) = %064x\nSIZE (%s.tar.gz) = %d\n",
			p.name, p.Uint64(), p.name, p.IntN(1<<24))
	}
	if p.of(91, 100) {
		files["pkg-descr"] = p.prose(120 + p.IntN(340))
	}
	if p.of(49, 100) {
		lines := 20 + p.IntN(20)
		if p.of(1, 10) { // a tenth holds nine tenths of the bytes
			lines = 500 + p.IntN(6000)
		}
		var b strings.Builder
		for i := range lines {
			fmt.Fprintf(&b, "share/%s/%s/%s%d\n", p.name, pick(p, syllables), pick(p, syllables), i)
		}
		files["pkg-plist"] = b.String()
	}
	if p.of(34, 1000) {
		files["pkg-message"] = "[\n{ type: install\n  message: <<EOM\n" + p.prose(200) + "EOM\n}\n]\n"
	}
	if p.of(1, 3) { // a third has patches, some six each
		for i := range 1 + p.IntN(10) {
			files[fmt.Sprintf("files/patch-src_%s%d.c", pick(p, syllables), i)] =
				"--- src/a.c.orig\n+++ src/a.c\n@@ -1,3 +1,3 @@\n-int a;\n+int b;\n" + " " +
					strings.ReplaceAll(p.prose(300+p.IntN(1500)), "\n", "\n ") + "\n"
		}
	}
	for range p.IntN(2) {
		if p.of(1, 3) {
			files["files/"+p.name+".conf.in"] = p.prose(600)
		}
	}
}
