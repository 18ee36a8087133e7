package makefile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// loadUses does what the files of Mk/Uses do, as far as it enters a package's
// name, its flavours, or what is substituted in templates.
func (e *portEval) loadUses() *Error {
	done := make(map[string]bool)
	list := e.words("USES")
	if len(list) > maxUses {
		return e.errorAt(0, "found %d words in USES: expected at most %d", len(list), maxUses)
	}
	for _, use := range list {
		name, rest, _ := strings.Cut(use, ":")
		if done[name] {
			continue
		}
		done[name] = true
		args := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' })
		if len(args) > maxUseArgs {
			return e.errorAt(0, "found USES=%s with %d arguments: expected at most %d",
				message.Clip(name, 80), len(args), maxUseArgs)
		}
		e.setDefault(name+"_ARGS", strings.Join(args, " "))
		e.applyUse(name, args)
	}
	return nil
}

// affixes are parts of a package's name that the files of Mk/Uses set.
var affixes = []string{"PHP_PKGNAMEPREFIX", "PHP_PKGNAMESUFFIX", "PECL_PKGNAMEPREFIX", "PEAR_PKGNAMEPREFIX",
	"PYTHON_PKGNAMEPREFIX", "PYTHON_PKGNAMESUFFIX", "RUBY_PKGNAMEPREFIX", "LUA_PKGNAMEPREFIX", "LAZARUS_PKGNAMESUFFIX"}

// applyUse does what one file of Mk/Uses does.
func (e *portEval) applyUse(name string, args []string) {
	switch name {
	case "apache":
		e.usesApache()
	case "cabal":
		e.setDefault("PKGNAMEPREFIX", "hs-")
	case "cran":
		e.setDefault("PKGNAMEPREFIX", "R-cran-")
	case "emacs":
		e.usesEmacs(args)
	case "gem":
		e.usesRuby()
		e.setDefault("PKGNAMEPREFIX", "rubygem-")
	case "java":
		e.setDefault("JAVA_HOME", "${LOCALBASE}/openjdk${JAVA_DEFAULT}")
		e.setDefault("JAVA", "${JAVA_HOME}/bin/java")
	case "kmod":
		e.setDefault("KMODDIR", "/boot/modules")
		e.add("CATEGORIES", "kld", -1, 0)
	case "kodi":
		e.setDefault("PKGNAMEPREFIX", "kodi-addon-")
	case "lazarus":
		if slices.Contains(args, "flavors") {
			e.flavors([]string{"gtk2", "qt5", "qt6"})
			e.set("LAZARUS_PKGNAMESUFFIX", "-${FLAVOR}")
		}
	case "linux":
		if len(args) == 0 {
			e.set("linux_ARGS", "${LINUX_DEFAULT}")
		}
		if e.defined("USE_LINUX_RPM") {
			e.setDefault("PKGNAMEPREFIX", "linux-${linux_ARGS}-")
		}
	case "lua":
		e.usesLua(args)
	case "mysql":
		e.setDefault("MYSQL_VER", "${MYSQL_DEFAULT:C/[^0-9]//g}")
	case "octave":
		e.setDefault("PKGNAMEPREFIX", "octave-forge-")
	case "pear", "horde":
		if name == "horde" {
			e.setDefault("PEAR_CHANNEL", "horde")
		}
		e.usesPHP([]string{"flavors"})
		e.set("PEAR_PKGNAMEPREFIX", "php${PHP_VER}-pear-")
		prefix := "${PEAR_PKGNAMEPREFIX}"
		if c := e.value("PEAR_CHANNEL"); c != "" {
			prefix += c + "-"
		}
		e.setDefault("PKGNAMEPREFIX", prefix)
	case "perl5":
		e.setDefault("PERL_VER", "${PERL5_DEFAULT}")
		e.setDefault("SITE_PERL", "${LOCALBASE}/lib/perl5/site_perl")
	case "pgsql":
		e.usesPostgres(args)
	case "php":
		e.usesPHP(args)
	case "python":
		e.usesPython(args)
	case "ruby":
		e.usesRuby()
	case "ssl":
		base, dir := "/usr", "/etc/ssl"
		if e.value("SSL_DEFAULT") != "base" {
			base, dir = "${LOCALBASE}", "${LOCALBASE}/openssl"
		}
		e.setDefault("OPENSSLBASE", base)
		e.setDefault("OPENSSLDIR", dir)
	case "tcl":
		e.setDefault("TCL_VER", "${TCLTK_DEFAULT}")
	}
}

// flavors sets FLAVORS where the port did not, and chooses the first.
func (e *portEval) flavors(list []string) {
	if len(list) > 0 && strings.TrimSpace(e.value("FLAVORS")) == "" {
		e.set("FLAVORS", strings.Join(list, " "))
	}
	e.chooseFlavor()
}

// chooseFlavor makes the first flavour the default.
func (e *portEval) chooseFlavor() {
	if e.value("FLAVOR") != "" {
		return
	}
	if list := e.words("FLAVORS"); len(list) > 0 {
		e.set("FLAVOR", list[0])
		e.vars["FLAVOR"].deps |= onFlavor
	}
}

// setFlavor chooses the flavour and applies its helpers (bsd.port.mk).
func (e *portEval) setFlavor() *Error {
	e.chooseFlavor()
	flavor := e.value("FLAVOR")
	if flavor == "" {
		return nil
	}
	if n := len(e.words("FLAVORS")); n > maxFlavors {
		return e.errorAt(0, "found %d flavours: expected at most %d", n, maxFlavors)
	}
	for _, name := range []string{"DESCR", "PLIST", "PKGNAMEPREFIX", "PKGNAMESUFFIX"} {
		if e.defined(flavor + "_" + name) {
			e.set(name, "${"+flavor+"_"+name+"}")
			e.vars[name].deps |= onFlavor
		}
	}
	for _, name := range []string{"CONFLICTS", "CONFLICTS_BUILD", "CONFLICTS_INSTALL", "PKG_DEPENDS",
		"EXTRACT_DEPENDS", "PATCH_DEPENDS", "FETCH_DEPENDS", "BUILD_DEPENDS", "LIB_DEPENDS", "RUN_DEPENDS",
		"TEST_DEPENDS"} {
		if e.defined(flavor + "_" + name) {
			e.add(name, "${"+flavor+"_"+name+"}", -1, onFlavor)
		}
	}
	if e.defined("FLAVORS_SUB") {
		for _, f := range e.words("FLAVORS") {
			yes, no := "", "@comment "
			if f != flavor {
				yes, no = no, yes
			}
			f = strings.ToUpper(f)
			e.add("SUB_LIST", f+`="`+yes+`" NO_`+f+`="`+no+`"`, -1, onFlavor)
		}
	}
	return nil
}

func (e *portEval) usesApache() {
	e.setDefault("APACHE_VERSION", "${APACHE_DEFAULT}")
	e.set("APACHE_PKGNAMEPREFIX", "ap${APACHE_VERSION:S/.//}-")
	e.set("APACHEMODDIR", "libexec/apache${APACHE_VERSION:S/.//}")
	e.set("APACHEETCDIR", "etc/apache${APACHE_VERSION:S/.//}")
	e.add("SUB_LIST", `APACHEMODDIR="${APACHEMODDIR}" APACHEETCDIR="${APACHEETCDIR}" APACHE_VERSION="${APACHE_VERSION}"`, -1, 0)
	if e.defined("AP_FAST_BUILD") {
		e.setDefault("PKGNAMEPREFIX", "${APACHE_PKGNAMEPREFIX}")
	}
}

func (e *portEval) usesEmacs(args []string) {
	flavor := "full"
	if !slices.Contains(args, "noflavors") && (len(args) == 0 || slices.Contains(args, "run")) {
		list := slices.Clone(e.tree.list(emacsFlavors))
		for _, drop := range e.words("EMACS_FLAVORS_EXCLUDE") {
			list = slices.DeleteFunc(list, func(f string) bool { return f == drop })
		}
		e.flavors(list)
		flavor = "${FLAVOR}"
	}
	e.set("EMACS_FLAVOR", flavor)
	switch suffix := e.value("EMACS_FLAVOR"); suffix {
	case "full":
		e.set("EMACS_PKGNAMESUFFIX", "")
	case "devel_full":
		e.set("EMACS_PKGNAMESUFFIX", "-emacs_devel")
	default:
		e.set("EMACS_PKGNAMESUFFIX", "-emacs_"+suffix)
	}
}

// usesPostgres chooses the default version, or the one next to it that the
// port can use: USES=pgsql:14, pgsql:14+, pgsql:12-15.
func (e *portEval) usesPostgres(args []string) {
	version := e.value("PGSQL_DEFAULT")
	n, _ := strconv.Atoi(version)
	for _, a := range args {
		lo, hi, ranged := strings.Cut(a, "-")
		if m, ok := strings.CutSuffix(a, "+"); ok {
			lo, hi, ranged = m, "999", true
		}
		if !ranged {
			hi = lo
		}
		l, errLo := strconv.Atoi(lo)
		h, errHi := strconv.Atoi(hi)
		switch {
		case errLo == nil && n < l:
			version = lo
		case errHi == nil && n > h:
			version = hi
		}
	}
	e.setDefault("PGSQL_VER", version)
	e.set("PGSQL_VER_NODOT", "${PGSQL_VER:S,.,,}")
}

func (e *portEval) usesLua(args []string) {
	version := strings.ReplaceAll(e.value("LUA_DEFAULT"), ".", "")
	valid := append([]string{version}, e.tree.list(luaVersions)...)
	// The one nearest to the default comes first, of two the higher.
	far := func(v string) int {
		n, _ := strconv.Atoi(v)
		d, _ := strconv.Atoi(version)
		if n > d {
			return 2*(n-d) - 1
		}
		return 2 * (d - n)
	}
	slices.SortStableFunc(valid, func(a, b string) int { return far(a) - far(b) })
	inRange := func(v string) bool {
		n, _ := strconv.Atoi(v)
		for _, a := range args {
			lo, hi, ranged := strings.Cut(a, "-")
			if m, ok := strings.CutSuffix(a, "+"); ok {
				lo, hi, ranged = m, "99", true
			}
			l, lerr := strconv.Atoi("0" + lo)
			h, herr := strconv.Atoi(hi)
			switch {
			case lerr == nil && ranged && herr == nil:
				if n < l || n > h {
					return false
				}
			case lerr == nil && !ranged && !slices.Contains(args, v):
				return false
			}
		}
		return true
	}
	var usable []string
	for _, v := range valid {
		if inRange(v) && !slices.Contains(usable, v) {
			usable = append(usable, v)
		}
	}
	if len(usable) == 0 {
		usable = []string{version}
	}
	version = usable[0]
	if slices.Contains(args, "flavors") || slices.Contains(args, "module") && !slices.Contains(args, "noflavors") {
		var list []string
		for _, v := range usable {
			list = append(list, "lua"+v)
		}
		e.flavors(list)
		if v, ok := strings.CutPrefix(e.value("FLAVOR"), "lua"); ok {
			version = v
		}
	}
	e.set("LUA_VER_STR", version)
	e.set("LUA_VER", "${LUA_VER_STR:S/^5/5./}")
	e.set("LUA_FLAVOR", "lua${LUA_VER_STR}")
	e.set("LUA_CMD", "lua${LUA_VER_STR}")
	e.set("LUA_PKGNAMEPREFIX", "lua${LUA_VER_STR}-")
}

func (e *portEval) usesPHP(args []string) {
	has := func(a string) bool { return slices.Contains(args, a) }
	flavored := (has("flavors") || has("phpize") || has("ext") || has("zend") || has("pecl")) && !has("noflavors")
	e.setDefault("PHP_VER", strings.ReplaceAll(e.value("PHP_DEFAULT"), ".", ""))
	if has("pecl") {
		e.set("PKGNAMEPREFIX", "${PECL_PKGNAMEPREFIX}")
	}
	if flavored {
		version := e.value("PHP_VER")
		ignore := e.words("IGNORE_WITH_PHP")
		var list []string
		for _, v := range append([]string{version}, e.tree.list(phpVersions)...) {
			if f := "php" + v; !slices.Contains(ignore, v) && !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
		e.flavors(list)
	}
	e.set("PHP_FLAVOR", "php${PHP_VER}")
	if v, ok := strings.CutPrefix(e.value("FLAVOR"), "php"); ok && len(v) == 2 {
		e.set("PHP_VER", v)
	}
	e.set("PHP_PKGNAMEPREFIX", "php${PHP_VER}-")
	e.set("PHP_PKGNAMESUFFIX", "-php${PHP_VER}")
	e.set("PECL_PKGNAMEPREFIX", "php${PHP_VER}-pecl-")
}

func (e *portEval) usesRuby() {
	e.setDefault("RUBY_VER", "${RUBY_DEFAULT}")
	e.setDefault("RUBY_SUFFIX", "${RUBY_VER:S/.//}")
	e.setDefault("RUBY", "${LOCALBASE}/bin/ruby${RUBY_SUFFIX}")
	e.setDefault("RUBY_PKGNAMEPREFIX", "ruby${RUBY_SUFFIX}-")
	e.set("GEMS_BASE_DIR", "lib/ruby/gems/${RUBY_VER}")
	e.set("GEMS_DIR", "${GEMS_BASE_DIR}/gems")
}
