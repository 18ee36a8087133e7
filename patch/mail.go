package patch

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// A Person is an author or committer.
type Person struct{ Name, Email string }

// ParsePerson reads `Name <address>`. What git would strip from a name is
// stripped, so that a commit and its patch carry the same one.
func ParsePerson(s string) (Person, error) {
	name, rest, ok := strings.Cut(s, "<")
	email, after, closed := strings.Cut(rest, ">")
	if !ok || !closed || strings.TrimSpace(after) != "" {
		return Person{}, fmt.Errorf("author is %q, expected 'Name <address>'", s)
	}
	return NewPerson(name, email)
}

// maxName is how long a name git am takes (git-mailinfo(1) has no word on it).
const maxName = 60

// NewPerson checks a name and an address.
func NewPerson(name, email string) (Person, error) {
	p := Person{trimIdent(name), trimIdent(email)}
	switch {
	case p.Name == "":
		return p, errors.New("the author's name is empty")
	case p.Email == "":
		return p, errors.New("the author's address is empty")
	case !utf8.ValidString(p.Name + p.Email):
		return p, fmt.Errorf("the author %q is not UTF-8", p.Name+" <"+p.Email+">")
	case len(p.Name) > maxName || strings.Contains(p.Name, "@"):
		return p, fmt.Errorf("the author's name %q holds an @ or more than %d bytes: git am would put the address in its place", p.Name, maxName)
	case strings.ContainsAny(p.Name+p.Email, "\n\r\x00<>"):
		return p, fmt.Errorf("the author %q holds a newline, NUL, < or >, which a commit can't",
			p.Name+" <"+p.Email+">")
	}
	return p, nil
}

// trimIdent strips what git takes for crud at the ends of a name.
func trimIdent(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(".,:;<>\"\\'", r) })
}

func (p Person) String() string { return p.Name + " <" + p.Email + ">" }

// An Envelope is what a mail has in addition to the change.
type Envelope struct {
	From Person
	Date time.Time
	// PR is the number of the problem report, "" for none.
	PR string
	// Number and Total number the patches of a series; Total 0 is no series.
	Number, Total int
}

// Message is the commit message: what git commit-tree is given. Of the
// trailers only PR is written, as the others are the committer's.
func (c *Change) Message(pr string) string {
	paragraphs := []string{c.Subject() + "\n"}
	if body := c.Body(); body != "" {
		paragraphs = append(paragraphs, body)
	}
	if pr != "" {
		paragraphs = append(paragraphs, "PR:\t\t"+pr+"\n")
	}
	return strings.Join(paragraphs, "\n")
}

// prefix is what stands before the subject.
func (e Envelope) prefix() string {
	if e.Total == 0 {
		return "[PATCH] "
	}
	width := len(fmt.Sprint(e.Total))
	return fmt.Sprintf("[PATCH %0*d/%d] ", width, e.Number, e.Total)
}

// Signature ends each patch, where git writes its version.
const Signature = "svcjify"

// MailDate is the form of a date in a patch.
const MailDate = "Mon, 2 Jan 2006 15:04:05 -0700"

// Mail is the change as git format-patch writes it with --zero-commit,
// --full-index and --signature=svcjify.
func (c *Change) Mail(e Envelope) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\n", strings.Repeat("0", 40))
	writeAddress(&b, "From: ", e.From)
	fmt.Fprintf(&b, "Date: %s\n", e.Date.Format(MailDate))
	subject, body, _ := strings.Cut(c.Message(e.PR), "\n")
	body = strings.TrimPrefix(body, "\n")
	writeHeader(&b, "Subject: "+e.prefix(), subject)
	if !isASCII(subject + body) {
		b.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n")
	}
	fmt.Fprintf(&b, "\n%s---\n%s\n%s-- \n%s\n\n", body, c.diffstat(), c.Diff(), Signature)
	return b.Bytes()
}

// headerWidth is where git folds a header line (RFC 2047).
const headerWidth = 78

// writeHeader writes a header line, folded.
func writeHeader(b *bytes.Buffer, head, text string) {
	if isPlain(text) {
		writeFolded(b, head, text)
	} else {
		b.WriteString(head + encodeWord(text, len(head), inText))
	}
	b.WriteByte('\n')
}

// writeFolded breaks a header line between words.
func writeFolded(b *bytes.Buffer, head, text string) {
	b.WriteString(head)
	col := len(head)
	for i, w := range strings.Split(text, " ") {
		switch {
		case i > 0 && col+1+len(w) > headerWidth, i == 0 && col+len(w) > headerWidth:
			b.WriteString("\n " + w)
			col = 1 + len(w)
		case i > 0:
			b.WriteString(" " + w)
			col += 1 + len(w)
		default:
			b.WriteString(w)
			col += len(w)
		}
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == 0x1b {
			return false
		}
	}
	return true
}

// isPlain reports whether a header may hold a text as it is: a control character, such as
// the carriage return of a directory's name, may end the line for who reads it, and
// what looks like an encoded word would be decoded.
func isPlain(s string) bool {
	return isASCII(s) && !strings.Contains(s, "=?") &&
		strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}

// writeAddress writes a person's header line: the name encoded where it is not
// ASCII (RFC 2047), quoted where it holds a special character (RFC 822).
func writeAddress(b *bytes.Buffer, head string, p Person) {
	var line bytes.Buffer
	width := headerWidth
	switch {
	case !isPlain(p.Name):
		width = encodedWidth
		line.WriteString(head + encodeWord(p.Name, len(head), inAddress))
	case strings.ContainsAny(p.Name, `()<>[]:;@\,."`):
		writeFolded(&line, head, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Name)+`"`)
	default:
		writeFolded(&line, head, p.Name)
	}
	if last := line.Len() - 1 - bytes.LastIndexByte(line.Bytes(), '\n'); last+len(" <>")+len(p.Email) > width {
		line.WriteByte('\n')
	}
	fmt.Fprintf(b, "%s <%s>\n", line.Bytes(), p.Email)
}

// What stands in an encoded word as it is (RFC 2047, sections 4.2 and 5).
const (
	inText    = "!\"#$%&'()*+,-./:;<>@[\\]^`{|}~"
	inAddress = "!*+-/"
)

// encodedWidth is how long a line with an encoded word may be.
const encodedWidth = 76

// encodeWord is RFC 2047's Q encoding, as git writes it: a character's bytes
// stay together.
func encodeWord(s string, col int, plain string) string {
	const open = "=?UTF-8?q?"
	var b strings.Builder
	b.WriteString(open)
	col += len(open)
	for _, r := range s {
		enc := string(r)
		if r >= 0x80 || !(r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || strings.ContainsRune(plain, r)) {
			enc = ""
			for _, c := range []byte(string(r)) {
				enc += fmt.Sprintf("=%02X", c)
			}
		}
		if col+len(enc)+2 > encodedWidth {
			b.WriteString("?=\n " + open)
			col = 1 + len(open)
		}
		b.WriteString(enc)
		col += len(enc)
	}
	return b.String() + "?="
}

// FileName is the name of the change's file in a directory of patches.
func (c *Change) FileName() string {
	name := c.Origin
	if name == "" {
		name = path.Base(c.Files[0].Path)
	}
	return strings.ReplaceAll(name, "/", "_") + ".patch"
}
