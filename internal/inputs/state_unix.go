//go:build unix

package inputs

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Able reports whether the system tells enough of a file.
const Able = true

// appendState appends what lstat(2) says of a file, and gives when it changed. A
// directory that was not listed counts by what it is: its times say only that some
// name in it came or went.
func appendState(b []byte, f file) ([]byte, int64) {
	var st unix.Stat_t
	var err error
	for {
		if err = unix.Lstat(f.name, &st); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return append(append(b, 0), err.Error()...), 0
	}
	b = append(b, 1)
	add := func(n uint64) { b = binary.LittleEndian.AppendUint64(b, n) }
	add(uint64(st.Dev))
	add(uint64(st.Ino))
	add(uint64(st.Mode))
	add(uint64(st.Uid)<<32 | uint64(st.Gid))
	if uint32(st.Mode)&unix.S_IFMT == unix.S_IFDIR && !f.listed {
		return b, 0
	}
	changed := nanoseconds(st.Ctim)
	add(uint64(st.Size))
	add(uint64(nanoseconds(st.Mtim)))
	add(uint64(changed))
	return b, changed
}

func nanoseconds(t unix.Timespec) int64 {
	s, ns := t.Unix()
	return s*1e9 + ns
}
