package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/svcjify/svcjify/cache"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Words of --cache that are no directory.
const (
	noCache     = "none"
	verifyCache = "verify"
)

// openCache opens what --cache says. One that can't be used is said in a line, if
// somebody named it or it is there; the run goes on without.
func (c *Command) openCache() {
	dir, o := c.global.cache, cache.Options{}
	if dir == noCache || c.cacheOpened {
		return
	}
	c.cacheOpened = true
	asked := dir != ""
	if dir == "" || dir == verifyCache {
		o.Verify = dir == verifyCache
		user, err := os.UserCacheDir()
		if err != nil {
			c.withoutCache(err, asked)
			return
		}
		dir = filepath.Join(user, "svcjify")
		if _, err := os.Lstat(dir); err == nil {
			asked = true
		}
	}
	var err error
	if o.Build, err = cache.Build(); err == nil {
		c.cache, err = cache.Open(dir, o)
	}
	if err != nil {
		c.withoutCache(err, asked)
	}
}

// withoutCache says why there is no cache.
func (c *Command) withoutCache(err error, asked bool) {
	if c.global.quiet || !asked && !c.global.verbose {
		return
	}
	c.progress.done()
	fmt.Fprintf(c.Stderr, "note: the run goes on without a cache: %s\n", report.OneLine(err.Error()))
}

// closeCache ends the use of the cache; with --cache verify it says what the
// comparison came to. It reports whether an answer was not what is kept.
func (c *Command) closeCache() (wrong bool) {
	err := c.cache.Close()
	switch {
	case c.global.cache == verifyCache && c.cache != nil:
		n, differ := c.cache.Compared()
		fmt.Fprintf(c.Stderr, "cache: %s compared, %d not the same\n", report.Plural(n, "answer was", "answers were"),
			len(differ))
		for _, name := range differ {
			fmt.Fprintf(c.Stderr, "error: the cache holds another answer in %s: delete the directory, and report a fault in svcjify\n", name)
		}
		return len(differ) > 0
	case err != nil:
		c.withoutCache(err, true)
	case c.global.verbose && c.cache != nil:
		fmt.Fprintf(c.Stderr, "cache: %s\n", report.Plural(c.cache.Given(), "answer was kept from before",
			"answers were kept from before"))
	}
	return false
}

// kept is the cache for the simulation, nil for none.
func (c *Command) kept() rcrun.Cache {
	if c.cache == nil {
		return nil
	}
	return c.cache
}
