package rcrun

import (
	"errors"
	"time"
)

// A codec writes an answer as bytes, or reads one. A text is written once and then named by
// its number: the commands of the Records of a script are mostly the same. JSON took longer than what it carried.
type codec struct {
	reads  bool
	bytes  []byte         // that are written
	rest   string         // that is to be read
	texts  []string       // that were read
	number map[string]int // of those that were written
	bad    bool
}

var errAnswer = errors.New("the answer is no answer")

func (a *answer) marshal() []byte {
	c := &codec{number: map[string]int{}, bytes: make([]byte, 0, 4<<10)}
	a.code(c)
	return c.bytes
}

func (a *answer) unmarshal(b []byte) error {
	c := &codec{reads: true, rest: string(b)}
	a.code(c)
	if c.bad || c.rest != "" {
		return errAnswer
	}
	return nil
}

func (a *answer) code(c *codec) {
	c.int(&a.Spent.Steps)
	cpu := int(a.Spent.CPU)
	c.int(&cpu)
	a.Spent.CPU = time.Duration(cpu)
	list(c, &a.Records, (*Record).code)
}

func (r *Record) code(c *codec) {
	c.text(&r.Name, &r.RCVar, &r.PidFile, &r.Undecided, &r.SvcjOptions, &r.Failed)
	for _, l := range []*[]string{&r.Names, &r.Refused, &r.Skipped, &r.Wrote, &r.Unknown} {
		c.list(l)
	}
	for _, l := range []*[]Command{&r.Starts, &r.Stops, &r.Reached} {
		list(c, l, (*Command).code)
	}
	list(c, &r.Jails, (*Jail).code)
	list(c, &r.Assumed, (*Setting).code)
	c.int(&r.Exit, &r.Inner, &r.Loop, &r.UndecidedLine)
	c.flags(&r.Remains, &r.Prepares, &r.AskedJailed, &r.SvcjOptionsSet, &r.Enabled, &r.Svcj)
}

func (j *Jail) code(c *codec) {
	c.text(&j.Name)
	c.list(&j.Params)
	c.flags(&j.Found)
}

func (s *Setting) code(c *codec) { c.text(&s.Name, &s.Value) }

func (m *Command) code(c *codec) {
	c.text((*string)(&m.Phase), &m.User, &m.Group, &m.Groups, &m.Chroot, &m.Dir, &m.Umask, &m.LoginClass, &m.Limits,
		&m.Nice, &m.FIB, &m.CPUSet, &m.Prepend)
	c.list(&m.Argv)
	c.list(&m.Program)
	c.list(&m.Env)
	c.int(&m.Line)
	c.flags(&m.Inside, &m.Background)
}

// list is a slice: nil and empty ones are not the same.
func list[T any](c *codec, l *[]T, code func(*T, *codec)) {
	n := len(*l) + 1
	if *l == nil {
		n = 0
	}
	c.int(&n)
	if c.reads {
		if n < 0 || n > len(c.rest)+1 { // each takes a byte at least
			c.bad, n = true, 0
		}
		if n > 0 {
			*l = make([]T, n-1)
		}
	}
	for i := range *l {
		if c.bad {
			return
		}
		code(&(*l)[i], c)
	}
}

func (c *codec) list(l *[]string) { list(c, l, func(s *string, c *codec) { c.text(s) }) }

func (c *codec) int(list ...*int) {
	for _, p := range list {
		if !c.reads {
			c.writeInt(*p)
			continue
		}
		*p = c.readInt()
	}
}

// writeInt writes a number, the least significant bits first, of which the last is the sign.
func (c *codec) writeInt(n int) {
	u := uint64(n)<<1 ^ uint64(n>>63)
	for ; u >= 0x80; u >>= 7 {
		c.bytes = append(c.bytes, byte(u)|0x80)
	}
	c.bytes = append(c.bytes, byte(u))
}

// maxInt is how many bytes a number has at most.
const maxInt = 10

func (c *codec) readInt() int {
	var u uint64
	for i := 0; i < len(c.rest) && i < maxInt; i++ {
		b := c.rest[i]
		u |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			c.rest = c.rest[i+1:]
			return int(int64(u>>1) ^ -int64(u&1))
		}
	}
	c.bad, c.rest = true, ""
	return 0
}

func (c *codec) flags(list ...*bool) {
	n := 0
	for i, p := range list {
		if *p {
			n |= 1 << i
		}
	}
	c.int(&n)
	for i, p := range list {
		*p = n&(1<<i) != 0
	}
}

// text is the number of a text, and where it is the next one also its length and bytes.
func (c *codec) text(list ...*string) {
	for _, p := range list {
		if c.reads {
			*p = c.readText()
			continue
		}
		n, known := c.number[*p]
		if !known {
			n = len(c.number)
			c.number[*p] = n
		}
		c.int(&n)
		if !known {
			size := len(*p)
			c.int(&size)
			c.bytes = append(c.bytes, *p...)
		}
	}
}

func (c *codec) readText() string {
	n := c.readInt()
	if n >= 0 && n < len(c.texts) {
		return c.texts[n]
	}
	size := c.readInt()
	if n != len(c.texts) || size < 0 || size > len(c.rest) {
		c.bad, c.rest = true, ""
		return ""
	}
	s := c.rest[:size]
	c.rest = c.rest[size:]
	c.texts = append(c.texts, s)
	return s
}
