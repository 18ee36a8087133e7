package program

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// crateActs are crates of Rust whose purpose is an act. The compiler leaves the
// path of a source file wherever its code may panic, and strip(1) does not take
// it away; but it says no more than that code of the crate was linked.
var crateActs = map[string]Act{
	"hyper": Inet, "hyper-util": Inet, "h2": Inet, "reqwest": Inet, "ureq": Inet, "isahc": Inet, "curl": Inet, "actix-http": Inet, "actix-server": Inet, "axum": Inet,
	"warp": Inet, "rocket": Inet, "tonic": Inet, "tiny_http": Inet, "quinn": Inet, "quinn-proto": Inet, "quinn-udp": Inet, "tungstenite": Inet, "lettre": Inet,
	"rumqttc": Inet, "trust-dns-proto": Inet, "hickory-proto": Inet, "trust-dns-resolver": Inet, "hickory-resolver": Inet, "hickory-server": Inet,
	"pnet_transport": Raw, "surge-ping": Raw, "pcap": Captures, "pnet_datalink": Captures,
	"fuser": Mounts, "fuse": Mounts, "fuse3": Mounts, "polyfuse": Mounts, "tun": Tunnels, "tun2": Tunnels, "tun-rs": Tunnels, "boringtun": Tunnels,
	"sysinfo": Processes, "procfs": Processes, "memsec": Locks, "secrets": Locks, "mlock": Locks,
}

// crateFiles are parts of crates that do more than one thing.
var crateFiles = []struct {
	crate, file string
	act         Act
}{
	{"tokio", "net/tcp/", Inet}, {"tokio", "net/udp", Inet}, {"tokio", "net/unix/", Local},
	{"mio", "net/tcp/", Inet}, {"mio", "net/udp", Inet}, {"mio", "net/uds/", Local},
}

// rustLibraries are parts of the path of Rust's own library, which every program of Rust has.
var rustLibraries = []string{"library/core/src/", "library/alloc/src/", "library/std/src/"}

// crateDir matches the end of a path to a crate's directory: in cargo's
// registry, in a port's cargo-crates, or in Debian's.
var crateDir = lazyregexp.New(`/([A-Za-z][A-Za-z0-9_-]{0,60})-[0-9]+(?:\.[0-9]+){1,2}[^/\x00 ]{0,30}$`)

// crates is what of crateActs and crateFiles is in a Rust program, sorted, and
// whether it is one.
func crates(data []byte) (found []crateAct, rust bool) {
	for _, part := range rustLibraries {
		rust = rust || bytes.Contains(data, []byte(part))
	}
	if !rust {
		return nil, false
	}
	for at := 0; ; at += len("/src/") {
		i := bytes.Index(data[at:], []byte("/src/"))
		if i < 0 {
			break
		}
		at += i
		m := crateDir.FindSubmatch(data[max(0, at-100):at])
		if m == nil {
			continue
		}
		name := string(m[1])
		if act, ok := crateActs[name]; ok {
			found = append(found, crateAct{name, act})
		}
		for _, f := range crateFiles {
			if f.crate == name && bytes.HasPrefix(data[at+len("/src/"):], []byte(f.file)) {
				found = append(found, crateAct{name + "/" + f.file, f.act})
			}
		}
		if len(found) > 256 {
			found = distinct(found)
		}
	}
	return distinct(found), true
}

// A crateAct is a crate, or a part of one, and what it is for.
type crateAct struct {
	name string
	act  Act
}

func distinct(list []crateAct) []crateAct {
	slices.SortFunc(list, func(a, b crateAct) int { return cmp.Compare(a.name, b.name) })
	return slices.Compact(list)
}
