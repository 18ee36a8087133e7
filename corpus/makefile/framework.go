package makefile

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// A phase says how much of bsd.port.mk has been read. It is read in parts:
// bsd.port.options.mk, bsd.port.pre.mk and bsd.port.post.mk each include it
// for their part, and bsd.port.mk itself is all of them.
type phase uint8

const (
	phaseMake phase = iota // only make's own and sys.mk's variables
	phaseOptions
	phasePre
	phasePost
)

// frameworkPhase tells the parts of the framework by their names; a relative
// of FreeBSD's tree calls them bsd.mport.*.
func frameworkPhase(name string) (phase, bool) {
	switch strings.Replace(name, "bsd.mport.", "bsd.port.", 1) {
	case "bsd.port.options.mk":
		return phaseOptions, true
	case "bsd.port.pre.mk":
		return phasePre, true
	case "bsd.port.post.mk", "bsd.port.mk":
		return phasePost, true
	}
	return phaseMake, false
}

// enter does what the framework does up to a phase, each part once.
func (e *evaluation) enter(p phase) *Error {
	here := e.Here
	defer func() { e.Here = here }()
	for q := phaseOptions; q <= p; q++ {
		if e.done[q] {
			continue
		}
		e.done[q] = true
		e.phase = max(e.phase, q)
		var err *Error
		switch q {
		case phaseOptions:
			err = e.optionsPart()
		case phasePre:
			err = e.prePart()
		case phasePost:
			if e.Defined("USE_RC_SUBR") {
				e.Add("SUB_FILES", "${USE_RC_SUBR}", -1, 0)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// optionsPart is the options section of bsd.port.mk.
func (e *evaluation) optionsPart() *Error {
	master := e.Value("MASTERDIR")
	slave := path.Clean(master) != e.Curdir
	e.SetDefault("SLAVE_PORT", map[bool]string{true: "yes", false: "no"}[slave])
	e.SetDefault("MASTER_PORT", "")
	// The framework reads local additions where they exist.
	arch, opsys := e.Value("ARCH"), e.Value("OPSYS")
	var extra []string
	if slave {
		extra = append(extra, e.Curdir+"/../Makefile.inc")
	}
	extra = append(extra, master+"/../Makefile.inc")
	if rel, ok := e.Path(master); ok {
		names := e.tree.local(rel)
		for _, name := range []string{arch + "-" + opsys, opsys, arch} {
			if name = "Makefile." + name; slices.Contains(names, name) {
				extra = append(extra, master+"/"+name)
				break
			}
		}
		if slices.Contains(names, "Makefile.local") {
			extra = append(extra, master+"/Makefile.local")
		}
	}
	for _, p := range extra {
		if err := e.IncludeFile(p, true); err != nil {
			return err
		}
	}
	return e.setOptions()
}

// prePart is the section of bsd.port.mk that bsd.port.pre.mk reads.
func (e *evaluation) prePart() *Error {
	if e.Defined("PORTVERSION") {
		e.SetDefault("DISTVERSION", "${PORTVERSION:S/:/::/g}")
	}
	e.SetDefault("PORTREVISION", "0")
	e.SetDefault("PORTEPOCH", "0")
	if r := e.Value("PORTREVISION"); r != "0" {
		e.Set("_SUF1", "_${PORTREVISION}")
	}
	if r := e.Value("PORTEPOCH"); r != "0" {
		e.Set("_SUF2", ",${PORTEPOCH}")
	}
	e.Set("PKGVERSION", "${PORTVERSION:C/[-_,]/./g}${_SUF1}${_SUF2}")
	e.Set("PKGBASE", "${PKGNAMEPREFIX}${PORTNAME}${PKGNAMESUFFIX}")
	e.Set("PKGNAME", "${PKGBASE}-${PKGVERSION}")
	if e.Defined("USE_GITHUB") && !strings.Contains(e.Value("MASTER_SITES"), "GHC") {
		e.SetDefault("GH_ACCOUNT", "${PORTNAME}")
		e.SetDefault("GH_PROJECT", "${PORTNAME}")
		e.SetDefault("GH_TAGNAME", "${DISTVERSIONFULL}")
		e.SetDefault("DISTNAME", "${GH_ACCOUNT}-${GH_PROJECT}-${GH_TAGNAME:S/\\//-/g}")
	}
	if err := e.loadUses(); err != nil {
		return err
	}
	return e.setFlavor()
}

// versionOf makes a PORTVERSION of a DISTVERSION, as bsd.port.mk documents it:
// lower case; of several letters the first one stays; a dot before a letter
// that follows a digit; ":x" is x; anything but letters, digits and '+' is one dot.
func versionOf(dist string) string {
	dist = strings.ToLower(dist)
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	var short []byte
	for i := 0; i < len(dist); i++ {
		c := dist[i]
		if lower(c) && i > 0 && lower(dist[i-1]) {
			continue
		}
		if lower(c) && len(short) > 0 && digit(short[len(short)-1]) {
			short = append(short, '.')
		}
		short = append(short, c)
	}
	var out []byte
	for i := 0; i < len(short); i++ {
		c := short[i]
		switch {
		case c == ':' && i+1 < len(short):
			i++
			c = short[i]
			fallthrough
		default:
			if !lower(c) && !digit(c) && c != '+' {
				if len(out) > 0 && out[len(out)-1] == '.' && i > 0 {
					continue
				}
				c = '.'
			}
			out = append(out, c)
		}
	}
	return string(out)
}

// A frameworkVar is what make, sys.mk or bsd.port.mk define, from a phase on.
type frameworkVar struct {
	text  string
	since phase
	deps  bmake.Depends
}

// frameworkVars holds what ports use in names, paths and conditions. A value
// that depends on the machine is that of the first-class platform, amd64, and is
// marked as a choice of the host.
var frameworkVars = map[string]frameworkVar{
	"PORTSDIR":        {text: portsDir},
	"MACHINE":         {text: "amd64", deps: bmake.OnHost},
	"MACHINE_ARCH":    {text: "amd64", deps: bmake.OnHost},
	"MACHINE_CPUARCH": {text: "amd64", deps: bmake.OnHost},
	"MACHINE_CPU":     {text: "amd64 sse2 sse mmx", deps: bmake.OnHost},
	"ARCH":            {text: "amd64", deps: bmake.OnHost},
	"CC":              {text: "cc", deps: bmake.OnHost},
	"CXX":             {text: "c++", deps: bmake.OnHost},
	"CPP":             {text: "cpp", deps: bmake.OnHost},
	"CFLAGS":          {text: "-O2 -pipe", deps: bmake.OnHost},
	"CXXFLAGS":        {text: "${CFLAGS}", deps: bmake.OnHost},
	"LDFLAGS":         {deps: bmake.OnHost},
	"DESTDIR":         {},

	"LOCALBASE":     {text: "/usr/local", since: phaseOptions},
	"PREFIX":        {text: "${LOCALBASE}", since: phaseOptions},
	"TRUE_PREFIX":   {text: "${PREFIX}", since: phaseOptions},
	"LINUXBASE":     {text: "/compat/linux", since: phaseOptions},
	"SRC_BASE":      {text: "/usr/src", since: phaseOptions, deps: bmake.OnHost},
	"DISTDIR":       {text: "${PORTSDIR}/distfiles", since: phaseOptions},
	"MASTERDIR":     {text: "${.CURDIR}", since: phaseOptions},
	"PKGCATEGORY":   {text: "${CATEGORIES:[1]}", since: phaseOptions},
	"PORTDIRNAME":   {text: "${.CURDIR:T}", since: phaseOptions},
	"PKGORIGIN":     {text: "${PKGCATEGORY}/${PORTDIRNAME}", since: phaseOptions},
	"OPTIONS_NAME":  {text: `${PKGORIGIN:S/\//_/}`, since: phaseOptions},
	"COMPILER_TYPE": {text: "clang", since: phasePre, deps: bmake.OnHost},

	"DISTVERSIONFULL": {text: "${DISTVERSIONPREFIX}${DISTVERSION:C/:(.)/\\1/g}${DISTVERSIONSUFFIX}", since: phasePre},
	"DISTNAME":        {text: "${PORTNAME}-${DISTVERSIONFULL}", since: phasePre},
	"FILESDIR":        {text: "${MASTERDIR}/files", since: phasePre},
	"PATCHDIR":        {text: "${MASTERDIR}/files", since: phasePre},
	"SCRIPTDIR":       {text: "${MASTERDIR}/scripts", since: phasePre},
	"PKGDIR":          {text: "${MASTERDIR}", since: phasePre},
	"WRKDIR":          {text: "${.CURDIR}/work", since: phasePre},
	"WRKSRC":          {text: "${WRKDIR}/${DISTNAME}", since: phasePre},
	"STAGEDIR":        {text: "${WRKDIR}/stage", since: phasePre},
	"FAKE_DESTDIR":    {text: "${WRKDIR}/fake-inst", since: phasePre},
	"DATADIR":         {text: "${PREFIX}/share/${PORTNAME}", since: phasePre},
	"DOCSDIR":         {text: "${PREFIX}/share/doc/${PORTNAME}", since: phasePre},
	"ETCDIR":          {text: "${PREFIX}/etc/${PORTNAME}", since: phasePre},
	"EXAMPLESDIR":     {text: "${PREFIX}/share/examples/${PORTNAME}", since: phasePre},
	"WWWDIR":          {text: "${PREFIX}/www/${PORTNAME}", since: phasePre},
	"DESKTOPDIR":      {text: "${PREFIX}/share/applications", since: phasePre},
	"WWWOWN":          {text: "www", since: phasePre},
	"WWWGRP":          {text: "www", since: phasePre},
	"DATADIR_REL":     {text: "${DATADIR:S,^${PREFIX}/,,}", since: phasePre},
	"DOCSDIR_REL":     {text: "${DOCSDIR:S,^${PREFIX}/,,}", since: phasePre},
	"ETCDIR_REL":      {text: "${ETCDIR:S,^${PREFIX}/,,}", since: phasePre},
	"EXAMPLESDIR_REL": {text: "${EXAMPLESDIR:S,^${PREFIX}/,,}", since: phasePre},
	"WWWDIR_REL":      {text: "${WWWDIR:S,^${PREFIX}/,,}", since: phasePre},
	"PERL":            {text: "${LOCALBASE}/bin/perl", since: phasePre},
	"PERL5":           {text: "${LOCALBASE}/bin/perl${PERL5_DEFAULT}", since: phasePre},
}

// Builtin looks a variable up that the port did not set.
func (e *evaluation) Builtin(name string) bmake.Found {
	if v, ok := frameworkVars[name]; ok {
		if v.since > e.phase {
			return bmake.Found{}
		}
		return bmake.Found{Defined: true, Text: v.text, Nested: strings.IndexByte(v.text, '$') >= 0, Deps: v.deps}
	}
	switch name {
	case "FLAVOR":
		// Asking for it is asking which flavour was chosen.
		return bmake.Found{Deps: onFlavor}
	case "PORT_OPTIONS", "SELECTED_OPTIONS":
		return bmake.Found{Deps: onOptions}
	case "PORTVERSION":
		if e.phase >= phasePre {
			if _, ok := e.Vars["DISTVERSION"]; ok {
				return bmake.Found{Defined: true, Text: "${DISTVERSION}", Nested: true, Convert: versionOf}
			}
		}
	}
	if e.phase < phaseOptions && !e.versions {
		return bmake.Found{}
	}
	if strings.HasSuffix(name, "_DEFAULT") && !e.readingVersions {
		if v, ok := e.tree.defaultVersion(name); ok {
			return bmake.Found{Defined: true, Text: v, Deps: bmake.OnHost}
		}
	}
	p := e.tree.platform
	switch name {
	case "OPSYS":
		return bmake.Found{Defined: true, Text: p.opsys, Deps: bmake.OnHost}
	case "OSVERSION":
		return bmake.Found{Defined: true, Text: p.osversion, Deps: bmake.OnHost}
	case "OSREL":
		return bmake.Found{Defined: true, Text: p.osrel, Deps: bmake.OnHost}
	}
	return bmake.Found{}
}
