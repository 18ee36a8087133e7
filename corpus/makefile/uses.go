package makefile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// loadUses does what the files of Mk/Uses do, as far as it enters a package's
// name, its flavours, or what is substituted in templates.
func (e *evaluation) loadUses() *Error {
	done := make(map[string]bool)
	list := e.Words("USES")
	if len(list) > maxUses {
		return e.ErrorAt(0, "found %d words in USES: expected at most %d", len(list), maxUses)
	}
	for _, use := range list {
		name, rest, _ := strings.Cut(use, ":")
		if done[name] {
			continue
		}
		done[name] = true
		args := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' })
		if len(args) > maxUseArgs {
			return e.ErrorAt(0, "found USES=%s with %d arguments: expected at most %d",
				message.Clip(name, 80), len(args), maxUseArgs)
		}
		e.SetDefault(name+"_ARGS", strings.Join(args, " "))
		e.applyUse(name, args)
	}
	return nil
}

// affixes are parts of a package's name that the files of Mk/Uses set.
var affixes = []string{"PHP_PKGNAMEPREFIX", "PHP_PKGNAMESUFFIX", "PECL_PKGNAMEPREFIX", "PEAR_PKGNAMEPREFIX",
	"PYTHON_PKGNAMEPREFIX", "PYTHON_PKGNAMESUFFIX", "RUBY_PKGNAMEPREFIX", "LUA_PKGNAMEPREFIX", "LAZARUS_PKGNAMESUFFIX"}

// applyUse does what one file of Mk/Uses does.
func (e *evaluation) applyUse(name string, args []string) {
	switch name {
	case "apache":
		e.usesApache()
	case "cabal":
		e.SetDefault("PKGNAMEPREFIX", "hs-")
	case "cran":
		e.SetDefault("PKGNAMEPREFIX", "R-cran-")
	case "emacs":
		e.usesEmacs(args)
	case "gem":
		e.usesRuby()
		e.SetDefault("PKGNAMEPREFIX", "rubygem-")
	case "java":
		e.SetDefault("JAVA_HOME", "${LOCALBASE}/openjdk${JAVA_DEFAULT}")
		e.SetDefault("JAVA", "${JAVA_HOME}/bin/java")
	case "kmod":
		e.SetDefault("KMODDIR", "/boot/modules")
		e.Add("CATEGORIES", "kld", -1, 0)
	case "kodi":
		e.SetDefault("PKGNAMEPREFIX", "kodi-addon-")
	case "lazarus":
		if slices.Contains(args, "flavors") {
			e.flavors([]string{"gtk2", "qt5", "qt6"})
			e.Set("LAZARUS_PKGNAMESUFFIX", "-${FLAVOR}")
		}
	case "linux":
		if len(args) == 0 {
			e.Set("linux_ARGS", "${LINUX_DEFAULT}")
		}
		if e.Defined("USE_LINUX_RPM") {
			e.SetDefault("PKGNAMEPREFIX", "linux-${linux_ARGS}-")
		}
	case "lua":
		e.usesLua(args)
	case "mysql":
		e.SetDefault("MYSQL_VER", "${MYSQL_DEFAULT:C/[^0-9]//g}")
	case "octave":
		e.SetDefault("PKGNAMEPREFIX", "octave-forge-")
	case "pear", "horde":
		if name == "horde" {
			e.SetDefault("PEAR_CHANNEL", "horde")
		}
		e.usesPHP([]string{"flavors"})
		e.Set("PEAR_PKGNAMEPREFIX", "php${PHP_VER}-pear-")
		prefix := "${PEAR_PKGNAMEPREFIX}"
		if c := e.Value("PEAR_CHANNEL"); c != "" {
			prefix += c + "-"
		}
		e.SetDefault("PKGNAMEPREFIX", prefix)
	case "perl5":
		e.SetDefault("PERL_VER", "${PERL5_DEFAULT}")
		e.SetDefault("SITE_PERL", "${LOCALBASE}/lib/perl5/site_perl")
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
		if e.Value("SSL_DEFAULT") != "base" {
			base, dir = "${LOCALBASE}", "${LOCALBASE}/openssl"
		}
		e.SetDefault("OPENSSLBASE", base)
		e.SetDefault("OPENSSLDIR", dir)
	case "tcl":
		e.SetDefault("TCL_VER", "${TCLTK_DEFAULT}")
	}
}

// flavors sets FLAVORS where the port did not, and chooses the first.
func (e *evaluation) flavors(list []string) {
	if len(list) > 0 && strings.TrimSpace(e.Value("FLAVORS")) == "" {
		e.Set("FLAVORS", strings.Join(list, " "))
	}
	e.chooseFlavor()
}

// chooseFlavor makes the first flavour the default.
func (e *evaluation) chooseFlavor() {
	if e.Value("FLAVOR") != "" {
		return
	}
	if list := e.Words("FLAVORS"); len(list) > 0 {
		e.Set("FLAVOR", list[0])
		e.Vars["FLAVOR"].Deps |= onFlavor
	}
}

// setFlavor chooses the flavour and applies its helpers (bsd.port.mk).
func (e *evaluation) setFlavor() *Error {
	e.chooseFlavor()
	flavor := e.Value("FLAVOR")
	if flavor == "" {
		return nil
	}
	if n := len(e.Words("FLAVORS")); n > maxFlavors {
		return e.ErrorAt(0, "found %d flavours: expected at most %d", n, maxFlavors)
	}
	for _, name := range []string{"DESCR", "PLIST", "PKGNAMEPREFIX", "PKGNAMESUFFIX"} {
		if e.Defined(flavor + "_" + name) {
			e.Set(name, "${"+flavor+"_"+name+"}")
			e.Vars[name].Deps |= onFlavor
		}
	}
	for _, name := range []string{"CONFLICTS", "CONFLICTS_BUILD", "CONFLICTS_INSTALL", "PKG_DEPENDS",
		"EXTRACT_DEPENDS", "PATCH_DEPENDS", "FETCH_DEPENDS", "BUILD_DEPENDS", "LIB_DEPENDS", "RUN_DEPENDS",
		"TEST_DEPENDS"} {
		if e.Defined(flavor + "_" + name) {
			e.Add(name, "${"+flavor+"_"+name+"}", -1, onFlavor)
		}
	}
	if e.Defined("FLAVORS_SUB") {
		for _, f := range e.Words("FLAVORS") {
			yes, no := "", "@comment "
			if f != flavor {
				yes, no = no, yes
			}
			f = strings.ToUpper(f)
			e.Add("SUB_LIST", f+`="`+yes+`" NO_`+f+`="`+no+`"`, -1, onFlavor)
		}
	}
	return nil
}

func (e *evaluation) usesApache() {
	e.SetDefault("APACHE_VERSION", "${APACHE_DEFAULT}")
	e.Set("APACHE_PKGNAMEPREFIX", "ap${APACHE_VERSION:S/.//}-")
	e.Set("APACHEMODDIR", "libexec/apache${APACHE_VERSION:S/.//}")
	e.Set("APACHEETCDIR", "etc/apache${APACHE_VERSION:S/.//}")
	e.Add("SUB_LIST", `APACHEMODDIR="${APACHEMODDIR}" APACHEETCDIR="${APACHEETCDIR}" APACHE_VERSION="${APACHE_VERSION}"`, -1, 0)
	if e.Defined("AP_FAST_BUILD") {
		e.SetDefault("PKGNAMEPREFIX", "${APACHE_PKGNAMEPREFIX}")
	}
}

func (e *evaluation) usesEmacs(args []string) {
	flavor := "full"
	if !slices.Contains(args, "noflavors") && (len(args) == 0 || slices.Contains(args, "run")) {
		list := slices.Clone(e.tree.list(emacsFlavors))
		for _, drop := range e.Words("EMACS_FLAVORS_EXCLUDE") {
			list = slices.DeleteFunc(list, func(f string) bool { return f == drop })
		}
		e.flavors(list)
		flavor = "${FLAVOR}"
	}
	e.Set("EMACS_FLAVOR", flavor)
	switch suffix := e.Value("EMACS_FLAVOR"); suffix {
	case "full":
		e.Set("EMACS_PKGNAMESUFFIX", "")
	case "devel_full":
		e.Set("EMACS_PKGNAMESUFFIX", "-emacs_devel")
	default:
		e.Set("EMACS_PKGNAMESUFFIX", "-emacs_"+suffix)
	}
}

// usesPostgres chooses the default version, or the one next to it that the
// port can use: USES=pgsql:14, pgsql:14+, pgsql:12-15.
func (e *evaluation) usesPostgres(args []string) {
	version := e.Value("PGSQL_DEFAULT")
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
	e.SetDefault("PGSQL_VER", version)
	e.Set("PGSQL_VER_NODOT", "${PGSQL_VER:S,.,,}")
}

func (e *evaluation) usesLua(args []string) {
	version := strings.ReplaceAll(e.Value("LUA_DEFAULT"), ".", "")
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
		if v, ok := strings.CutPrefix(e.Value("FLAVOR"), "lua"); ok {
			version = v
		}
	}
	e.Set("LUA_VER_STR", version)
	e.Set("LUA_VER", "${LUA_VER_STR:S/^5/5./}")
	e.Set("LUA_FLAVOR", "lua${LUA_VER_STR}")
	e.Set("LUA_CMD", "lua${LUA_VER_STR}")
	e.Set("LUA_PKGNAMEPREFIX", "lua${LUA_VER_STR}-")
}

func (e *evaluation) usesPHP(args []string) {
	has := func(a string) bool { return slices.Contains(args, a) }
	flavored := (has("flavors") || has("phpize") || has("ext") || has("zend") || has("pecl")) && !has("noflavors")
	e.SetDefault("PHP_VER", strings.ReplaceAll(e.Value("PHP_DEFAULT"), ".", ""))
	if has("pecl") {
		e.Set("PKGNAMEPREFIX", "${PECL_PKGNAMEPREFIX}")
	}
	if flavored {
		version := e.Value("PHP_VER")
		ignore := e.Words("IGNORE_WITH_PHP")
		var list []string
		for _, v := range append([]string{version}, e.tree.list(phpVersions)...) {
			if f := "php" + v; !slices.Contains(ignore, v) && !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
		e.flavors(list)
	}
	e.Set("PHP_FLAVOR", "php${PHP_VER}")
	if v, ok := strings.CutPrefix(e.Value("FLAVOR"), "php"); ok && len(v) == 2 {
		e.Set("PHP_VER", v)
	}
	e.Set("PHP_PKGNAMEPREFIX", "php${PHP_VER}-")
	e.Set("PHP_PKGNAMESUFFIX", "-php${PHP_VER}")
	e.Set("PECL_PKGNAMEPREFIX", "php${PHP_VER}-pecl-")
}

func (e *evaluation) usesRuby() {
	e.SetDefault("RUBY_VER", "${RUBY_DEFAULT}")
	e.SetDefault("RUBY_SUFFIX", "${RUBY_VER:S/.//}")
	e.SetDefault("RUBY", "${LOCALBASE}/bin/ruby${RUBY_SUFFIX}")
	e.SetDefault("RUBY_PKGNAMEPREFIX", "ruby${RUBY_SUFFIX}-")
	e.Set("GEMS_BASE_DIR", "lib/ruby/gems/${RUBY_VER}")
	e.Set("GEMS_DIR", "${GEMS_BASE_DIR}/gems")
}
