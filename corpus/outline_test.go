package corpus

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutlineOf(t *testing.T) {
	for text, want := range map[string]outline{
		"":                                      {},
		"USE_RC_SUBR= a\n":                      {rcSubr: true},
		"X_USE= rc_subr=a":                      {rcSubr: true},
		"X_USE= Rc_Subr=a":                      {rcSubr: true},
		"RC_SUB= a\n_SUBR= b\nSUBR\n":           {},
		"SUB_FILES= a\n":                        {subFiles: true},
		"X_SUB_FILES= a\nUSE_RC_SUBR=b\n":       {subFiles: true, rcSubr: true},
		"\tcp a etc/rc.d/\n":                    {rcDir: true},
		"FILESDIR= x\n":                         {filesDir: true},
		"\tcp ${FILESDIR}/x y\n":                {},
		"MASTERDIR= ${.CURDIR}/../a # master\n": {master: "${.CURDIR}/../a"},
		"MASTERDIR?=\tb\nMASTERDIR= c\n":        {master: "b"},
		"X= MASTERDIR\n":                        {},
		".include <bsd.port.mk>\n":              {},
		".include \"${PORTSDIR}/Mk/x.mk\"\n":    {},
		".include \"a\"\n. include <${.CURDIR}/b>\n.sinclude \"c\"\n.-include\t\"d\"\n.include\n.includes \"e\"\n": {
			includes: []string{"a", "${.CURDIR}/b", "c", "d"}, optional: []bool{false, false, true, true}},
	} {
		require.Equal(t, want, outlineOf([]byte(text)), text)
	}
}

func TestSimplePath(t *testing.T) {
	for _, c := range []struct{ operand, master, want string }{
		{"Makefile.x", "", "net/a/Makefile.x"},
		{"../b/x.mk", "", "net/b/x.mk"},
		{"${.CURDIR}/../../www/b/x.mk", "", "www/b/x.mk"},
		{"${.CURDIR:H:H}/www/b/x.mk", "", "www/b/x.mk"},
		{"${.CURDIR:H}/b/x.mk", "", "net/b/x.mk"},
		{"${PORTSDIR}/www/b/x.mk", "", "www/b/x.mk"},
		{"${MASTERDIR}/Makefile", "${.CURDIR}/../m", "net/m/Makefile"},
		{"${MASTERDIR}/Makefile", "../m", "net/m/Makefile"},
		{"${MASTERDIR}/Makefile", "", "net/a/Makefile"},
		{"${MASTERDIR}/files", "${.CURDIR}/../m", "net/m/files"},
		{"${FILESDIR}/x", "${.CURDIR}/../m", "net/m/files/x"},
		{"${FILESDIR}/x", "", "net/a/files/x"},
	} {
		got, ok := simplePath(c.operand, "net/a", c.master)
		require.True(t, ok, c.operand)
		require.Equal(t, c.want, got, c.operand)
	}
	for _, operand := range []string{"${VERSION}/x", "a${", "$x", "${MASTERDIR}/x"} {
		_, ok := simplePath(operand, "net/a", "${UNKNOWN}/x")
		require.False(t, ok, operand)
	}
}

func TestIsScript(t *testing.T) {
	for text, want := range map[string]bool{
		"#!/bin/sh\n# PROVIDE: a\n":         true,
		"# PROVIDE: a":                      true,
		"#!/bin/sh\n. /etc/rc.subr\n":       true,
		"#!/bin/sh\n  . %%RC_SUBR%%\n":      true,
		"## PROVIDE: mod_dav\n":             false,
		"Scripts read rc.subr, see rc(8)\n": false,
		"# PROVIDE: a\n\x00":                false,
		"":                                  false,
	} {
		require.Equal(t, want, isScript([]byte(text)), text)
	}
}
