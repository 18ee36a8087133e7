package makefile

import (
	"slices"
	"strconv"
	"strings"
)

// usesPython is Mk/Uses/python.mk as far as it concerns names and paths: the
// version, from the default and the port's range, and the flavours.
func (e *evaluation) usesPython(args []string) {
	// Without a version, the framework takes any of Python 3 that it supports.
	lo, hi := strings.TrimSuffix(e.tree.list(pythonLeast)[0], "+"), ""
	for _, a := range args {
		switch {
		case a == "" || a[0] != '-' && (a[0] < '0' || a[0] > '9'):
			// build, run, test, env, patch.
		case strings.HasSuffix(a, "+"):
			lo, hi = strings.TrimSuffix(a, "+"), ""
		case strings.Contains(a, "-"):
			lo, hi, _ = strings.Cut(a, "-")
		case a == "2" || a == "3":
		default:
			lo, hi = a, a
		}
	}
	ok := func(v string) bool {
		return (lo == "" || pythonRank(v) >= pythonRank(lo)) && (hi == "" || pythonRank(v) <= pythonRank(hi))
	}
	standard := []string{e.Value("PYTHON_DEFAULT"), e.Value("PYTHON2_DEFAULT")}
	var valid []string
	for _, v := range append(slices.Clone(standard), e.tree.list(pythonVersions)...) {
		if v != "" && ok(v) && !slices.Contains(valid, v) {
			valid = append(valid, v)
		}
	}
	version := standard[0]
	if len(valid) > 0 {
		version = valid[0]
	}
	feature := make(map[string]bool)
	for _, f := range e.Words("USE_PYTHON") {
		name, _, _ := strings.Cut(f, "=")
		feature[name] = true
	}
	flavored := (feature["flavors"] || feature["distutils"] || feature["pep517"]) && !feature["noflavors"]
	if flavored && strings.TrimSpace(e.Value("FLAVORS")) == "" {
		var list []string
		for _, v := range valid {
			if feature["allflavors"] || slices.Contains(standard, v) {
				list = append(list, "py"+strings.Replace(v, ".", "", 1))
			}
		}
		e.flavors(list)
	}
	if f, isPython := strings.CutPrefix(e.Value("FLAVOR"), "py"); isPython && len(f) >= 2 && f[0] >= '2' &&
		f[0] <= '3' && f[1] >= '0' && f[1] <= '9' {
		version = f[:1] + "." + f[1:]
	}
	e.Set("PYTHON_VER", version)
	e.Set("PYTHON_VERSION", "python${PYTHON_VER}")
	e.Set("PYTHON_SUFFIX", "${PYTHON_VER:S/.//g}")
	e.Set("PYTHON_BASEVER", "${PYTHON_VER:S/t$//}")
	e.Set("PYTHON_MAJOR_VER", "${PYTHON_VER:R}")
	e.Set("PYTHON_REL", strconv.Itoa(pythonRank(version)*100))
	e.Set("PY_FLAVOR", "py${PYTHON_SUFFIX}")
	e.SetDefault("PYTHON_CMD", "${LOCALBASE}/bin/python${PYTHON_VER}")
	e.SetDefault("PYTHONBASE", "${LOCALBASE}")
	e.Set("PYTHON_LIBDIR", "${PYTHONBASE}/lib/python${PYTHON_VER}")
	e.Set("PYTHON_INCLUDEDIR", "${PYTHONBASE}/include/python${PYTHON_VER}")
	e.Set("PYTHON_SITELIBDIR", "${PYTHON_LIBDIR}/site-packages")
	e.Set("PYTHONPREFIX_SITELIBDIR", "${PYTHON_SITELIBDIR}")
	e.Set("PYTHON_PKGNAMEPREFIX", "py${PYTHON_SUFFIX}-")
	e.Set("PYTHON_PKGNAMESUFFIX", "-py${PYTHON_SUFFIX}")
}

// pythonRank makes versions comparable: 3.9 is 309, 3.11 is 311.
func pythonRank(v string) int {
	major, minor, _ := strings.Cut(strings.TrimSuffix(v, "t"), ".")
	m, _ := strconv.Atoi(major)
	n, _ := strconv.Atoi(minor)
	return m*100 + n
}
