package program

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/pkgset"
)

// classActs are classes of Java's library; a class file names what it uses in
// its table of constants, see the Java Virtual Machine Specification, 4.4.
var classActs = []struct {
	class string
	act   Act
}{
	{"java/net/ServerSocket", Inet}, {"java/nio/channels/ServerSocketChannel", Inet}, {"java/net/DatagramSocket", Inet},
	{"com/sun/net/httpserver/HttpServer", Inet}, {"java/net/Socket", Inet}, {"java/net/HttpURLConnection", Inet}, {"java/net/http/HttpClient", Inet},
	{"java/nio/channels/SocketChannel", Inet}, {"java/nio/channels/DatagramChannel", Inet}, {"java/net/MulticastSocket", Inet},
	{"java/net/UnixDomainSocketAddress", Local},
}

// classOpen are classes behind which something happens that is not seen.
var classOpen = []struct{ class, why string }{
	{"java/lang/ProcessBuilder", "it starts other programs (ProcessBuilder)"},
	{"com/sun/jna/Native", "it calls code that is not Java's (JNA)"},
	{"java/lang/foreign/Linker", "it calls code that is not Java's (foreign.Linker)"},
}

// The bounds of what is read of one program's archives, all together.
const (
	maxJars      = 400
	maxClasses   = 100_000
	maxClassSize = 2 << 20
	maxJarSize   = 64 << 20  // bytes of one archive
	maxJarAll    = 192 << 20 // bytes of all archives
	maxJarOut    = 512 << 20 // bytes that they unpack to
)

func isZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// jars reads archives within common bounds.
type jars struct {
	r       *Report
	classes int
	size    int64 // unpacked
	full    bool
}

// inspectJar reads the classes of a Java archive, and of the other archives of its package.
func inspectJar(r *Report, c *pkgset.Container, name string, data []byte) {
	r.Kind = "Java archive"
	r.open("what classes of other packages do is not seen")
	j := &jars{r: r}
	if !j.read(r.File, data, Direct, true) {
		r.Blind = true
		return
	}
	names, all := siblings(c, name, func(n string) bool { return path.Ext(n) == ".jar" },
		siblingLimits{maxJars, maxJarSize, maxJarAll})
	if !all {
		r.open("its package has more archives than are read")
	}
	texts := c.Read(names...)
	for _, n := range names {
		j.read(c.Where+":"+n, texts[n], OwnLibrary, true)
	}
	if len(names) > 0 {
		r.Looked = append(r.Looked, c.Where+": "+plural(len(names), "Java archive"))
	}
}

// read looks at the classes of one archive and, once, at the archives in it.
func (j *jars) read(file string, data []byte, how How, outer bool) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		j.r.open(fmt.Sprintf("the archive %s is damaged: %v", path.Base(file), err))
		return false
	}
	for _, e := range z.File {
		inner := path.Ext(e.Name) == ".jar"
		if !inner && path.Ext(e.Name) != ".class" {
			continue
		}
		limit := int64(maxClassSize)
		if inner {
			if !outer {
				j.r.open("an archive in an archive holds further ones, which are not looked at")
				continue
			}
			limit = maxJarSize
		}
		if j.classes++; j.classes > maxClasses || j.size > maxJarOut {
			j.full = true
		}
		if j.full {
			j.r.open("its archives hold more classes than are read")
			return true
		}
		text, err := unzip(e, limit)
		j.size += int64(len(text))
		switch {
		case err != nil:
			j.r.open("a part of " + path.Base(file) + " is damaged or too large: " + message.Clip(e.Name, 80))
		case inner:
			j.read(file+":"+e.Name, text, OwnLibrary, false)
		default:
			j.class(file, text, how)
		}
	}
	return true
}

// unzip gives one file of an archive.
func unzip(e *zip.File, limit int64) ([]byte, error) {
	in, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return text, err
}

// class notes what one class uses.
func (j *jars) class(file string, text []byte, how How) {
	for _, a := range classActs {
		if named(text, a.class) {
			j.r.add(a.act, how, file, 0, "uses "+strings.ReplaceAll(a.class, "/", "."))
		}
	}
	for _, o := range classOpen {
		if named(text, o.class) {
			j.r.open(o.why)
		}
	}
}

// named reports whether a class file's constants hold just this name.
func named(text []byte, class string) bool {
	constant := append([]byte{1, byte(len(class) >> 8), byte(len(class))}, class...) // CONSTANT_Utf8
	return bytes.Contains(text, constant)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
