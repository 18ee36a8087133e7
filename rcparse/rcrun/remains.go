package rcrun

import (
	"fmt"
	"path"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// remains says whether a process would be left by what was started: a command
// that is not one of the base system's that do their work and end. A program of
// a package is taken for a daemon.
func remains(starts []Command) bool {
	for _, c := range starts {
		if staysRunning(c) {
			return true
		}
	}
	return false
}

// undecided is Record.Undecided. A start that fails, lacks a command, or goes through
// a list that rc.conf leaves empty is not one that sets something up and ends.
func (m *sim) undecided() string {
	rec := &m.record
	switch {
	case rec.Remains || !strings.HasSuffix(m.scenario.Verb, "start"):
		return ""
	case m.missing != "":
		rec.UndecidedLine = m.missedAt
		return m.missing
	case len(rec.Starts) > 0:
		return ""
	case rec.Name == "" && rec.Exit == 0:
		return "it does not come to run_rc_command"
	case rec.Exit != 0:
		why := fmt.Sprintf("it ends with exit status %d before anything is started", rec.Exit)
		if n := len(rec.Reached); n > 0 {
			why += ", after " + message.Clip(strings.Join(rec.Reached[n-1].Argv, " "), 80)
		}
		if m.guessed != "" {
			why += "; " + m.guessed
		}
		return why
	case len(rec.Unknown) > 0:
		return rec.Unknown[0]
	case len(m.empty) > 0:
		var names []string
		for _, v := range m.empty {
			names = append(names, v.Name)
		}
		return message.Clip("it starts nothing while rc.conf says nothing of "+strings.Join(names, ", "), 200)
	}
	return ""
}

func staysRunning(c Command) bool {
	if path.Base(c.Argv[0]) == "daemon" || c.Background && len(c.Program) > 0 && !oneShot(c.Program[0]) {
		return true
	}
	return len(c.Program) > 0 && !oneShot(c.Program[0])
}

// oneShot reports whether a command of FreeBSD's base system ends by itself.
func oneShot(program string) bool {
	if program == "" {
		return true
	}
	base := path.Base(program)
	if strings.HasPrefix(program, "/usr/local/") {
		return false
	}
	return strings.Contains(" "+oneShots+" ", " "+base+" ")
}

const oneShots = "[ test true false : echo printf cat cp mv rm rmdir mkdir ln touch install chmod chown chgrp chflags mtree mktemp " +
	"find grep egrep fgrep sed awk cut tr head tail sort uniq wc ls stat basename dirname expr seq jot date sleep id whoami hostname uname " +
	"logger kill pkill killall pgrep ps pwait sysctl kldload kldunload kldstat sysextctl mount umount mount_nullfs mdmfs mdconfig " +
	"ifconfig route ngctl devfs zfs zpool swapon swapoff pfctl ipfw ipf ipnat arp ndp kenv sysrc service pw pkg tar gzip bzip2 xz openssl " +
	"ssh-keygen newaliases makemap newsyslog cap_mkdb pwd_mkdb ldconfig usbconfig usbhidctl mixer camcontrol gpioctl sh jail jexec jls " +
	"setfacl getfacl sync df du env tee xargs which readlink realpath cmp diff limits unlink fsck tunefs dmesg vidcontrol kbdcontrol " +
	"moused_nop acpiconf apm powerd_nop setextattr getent crontab su protect rtprio idprio renice fetch"
