// Package synth writes a made-up ports tree of any size, to measure with: files,
// sizes and shapes are as often as in a real tree, and the same seed gives the
// same bytes. It holds no port of anybody's.
//
// The shares are those of a tree of 10,390 ports with 372 installed scripts, counted by
// find(1), wc(1) and grep(1), and of the idioms of its scripts.
package synth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/svcjify/svcjify/internal/parallel"
)

// Options say how large a tree is.
type Options struct {
	Seed            uint64
	Ports, Services int
}

// FreeBSD is the size of FreeBSD's own tree.
func FreeBSD() Options { return Options{Seed: 1, Ports: 36_000, Services: 1_500} }

// maxPorts bounds what one call writes.
const maxPorts = 1_000_000

// categories are in about the order of their size.
var categories = strings.Fields(`devel textproc net www security graphics games sysutils databases multimedia audio
	mail lang misc math print x11 editors net-mgmt science dns comms net-im x11-fonts archivers converters
	emulators deskutils net-p2p irc biology cad benchmarks news ftp finance shells accessibility`)

// Write writes a tree below a directory that is empty or not there.
func Write(dir string, o Options) error {
	if o.Ports < 1 || o.Ports > maxPorts || o.Services < 0 || o.Services > o.Ports {
		return fmt.Errorf("%d ports with %d services: expected 1 to %d ports, and no more services", o.Ports,
			o.Services, maxPorts)
	}
	if err := vacant(dir); err != nil {
		return err
	}
	if err := write(dir, map[string]string{
		"Mk/bsd.port.mk": "# A ports tree's framework stands here.\n", "Mk/bsd.port.pre.mk": "", "Mk/bsd.port.post.mk": "",
	}); err != nil {
		return err
	}
	failed := make([]error, runtime.GOMAXPROCS(0))
	parallel.Each(context.Background(), o.Ports, parallel.Workers{Count: len(failed)}, func(w, i int) {
		if failed[w] == nil {
			failed[w] = o.port(dir, i)
		}
	})
	return errors.Join(failed...)
}

// service is the number of the service that a port has, if it has one; they are
// spread evenly.
func (o Options) service(i int) (n int, ok bool) {
	n = i * o.Services / o.Ports
	return n, (i+1)*o.Services/o.Ports > n
}

// port writes one port.
func (o Options) port(dir string, i int) error {
	p := o.made(i)
	files := map[string]string{}
	service, has := o.service(i)
	if has && service%20 == 19 { // one of twenty is a slave of the service before
		if master, ok := o.before(i, service); ok {
			m := o.made(master)
			return write(filepath.Join(dir, p.origin()), map[string]string{"Makefile": fmt.Sprintf(
				"PORTNAME=\t%s\nCATEGORIES=\t%s\n\nMASTERDIR=\t${.CURDIR}/../../%s\n\n.include \"${MASTERDIR}/Makefile\"\n", p.name, p.category, m.origin())})
		}
	}
	var rc string
	if has {
		rc = p.script(files)
	}
	files["Makefile"] = p.makefile(rc)
	p.rest(files)
	return write(filepath.Join(dir, p.origin()), files)
}

// before is the port of the service before.
func (o Options) before(i, service int) (int, bool) {
	for j := i - 1; j >= 0; j-- {
		if n, ok := o.service(j); ok && n == service-1 {
			return j, true
		}
	}
	return 0, false
}

// A port is a random source and what it has chosen first.
type port struct {
	*rand.Rand
	name, category string
}

func (p *port) origin() string { return p.category + "/" + p.name }

// made gives the port of a number, which depends on nothing but that and the seed.
func (o Options) made(i int) *port {
	p := &port{Rand: rand.New(rand.NewPCG(o.Seed, uint64(i)))}
	var name strings.Builder
	for range 2 + p.IntN(2) {
		name.WriteString(pick(p, syllables))
	}
	// The first categories are the largest.
	p.category = categories[min(p.IntN(len(categories)), p.IntN(len(categories)))]
	p.name = fmt.Sprintf("%s%d", name.String(), i)
	return p
}

var syllables = strings.Fields("ba bel cor dan do el fen gra har il jun ka lor mi nor o pel qua ri sol ta ur vel wyn xe yo zan")

func pick(p *port, list []string) string { return list[p.IntN(len(list))] }

// of reports whether a thing that n of m have is there.
func (p *port) of(n, m int) bool { return p.IntN(m) < n }

// prose is about so many bytes of text.
func (p *port) prose(size int) string {
	var b strings.Builder
	column := 0
	for b.Len() < size {
		word := pick(p, syllables) + pick(p, syllables)
		if p.of(1, 60) {
			word = pick(p, []string{"server", "daemon", "HTTP", "library", "client", "port", "network", "database",
				"command-line"})
		}
		if column += len(word) + 1; column > 72 {
			b.WriteByte('\n')
			column = len(word)
		} else if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String() + "\n"
}

// write writes files below a directory.
func write(dir string, files map[string]string) error {
	made := map[string]bool{}
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if d := filepath.Dir(full); !made[d] {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return err
			}
			made[d] = true
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
