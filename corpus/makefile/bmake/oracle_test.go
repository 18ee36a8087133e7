package bmake

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// snippets are pieces of Makefiles whose variable X bmake and the reader must
// expand alike. None runs a command.
var snippets = map[string]string{
	// Assignments, comments, continuation lines.
	"plain":                  "X=\ta b  c\n",
	"else again":             ".if 0\nX= a\n.else\nX= b\n.else\nX= c\n.endif\n",
	"else again, taken":      ".if 1\nX= a\n.else\nX= b\n.else\nX= c\n.endif\n",
	"elif after else":        ".if 0\nX= a\n.else\nX= b\n.elif 1\nX= c\n.else\nX= d\n.endif\n",
	"blanks around":          "X   =   a b   \n",
	"comment":                "X= a # b\n",
	"escaped hash":           `X= a\#b # c` + "\n",
	"hash in a word":         "X= a#b\n",
	"count is no comment":    "A= a b\nX= ${A:[#]}\n",
	"continuation":           "X= a \\\n   b \\\n\tc\n",
	"comment goes on":        "X= a # b \\\nX= c\nX+= d\n",
	"whole line comment":     "# X= a \\\nX= b\nX?= c\n",
	"append":                 "X= a\nX+= b\nX+=c\n",
	"append to nothing":      "X+= a\n",
	"append to empty":        "X=\nX+= a\n",
	"default":                "X?= a\nX?= b\n",
	"default after empty":    "X=\nX?= b\n",
	"lazy":                   "X= ${A}\nA= later\n",
	"at once":                "A= now\nX:= ${A}\nA= later\n",
	"at once, undefined":     "X:= ${A} b\nA= later\n",
	"at once, itself":        ".for i in a b c\nX:= ${X}:${i}\n.endfor\n",
	"name computed":          "A= X\n${A}= v\n",
	"name in braces":         "A_b= v\nN= b\nX= ${A_${N}}\n",
	"one character":          "A= v\nX= $A$A\n",
	"parentheses":            "A= v\nX= $(A)$(A:tu)\n",
	"dollar":                 "X= a$$b\n",
	"undef":                  "X= a\n.undef X\nX?= b\n",
	"colon in the value":     "X= a:b=c\n",
	"operator without blank": "X=a\nX+=b\n",
	"value with quotes":      `X= "a b" c` + "\n",
	"value of a later line":  "X= \\\n\ta\n",
	"dot in the name":        "A.b= v\nX= ${A.b}\n",

	// Modifiers.
	"M":                        "A= foo bar foobar\nX= ${A:Mfoo*}\n",
	"N":                        "A= foo bar foobar\nX= ${A:Nfoo*}\n",
	"M class":                  "A= a1 b2 c3\nX= ${A:M[ab]*} ${A:M[^a]*} ${A:M?[2-3]}\n",
	"M with a variable":        "A= foo bar\nB= bar\nX= ${A:M${B}}\n",
	"M with a colon":           `A= a:b c` + "\n" + `X= ${A:Ma\:b}` + "\n",
	"M star in the middle":     "A= abc abd xbc\nX= ${A:Ma*c} ${A:M*b*}\n",
	"M quoted words":           `A= "a b" c` + "\n" + `X= ${A:M"a*}` + "\n",
	"chain":                    "A= foo.c bar.h\nX= ${A:M*.c:R:tu}\n",
	"S":                        "A= aXbX cX\nX= ${A:S/X/y/} ${A:S/X/y/g}\n",
	"S anchors":                "A= aba ba\nX= ${A:S/^a/x/} ${A:S/a$/x/} ${A:S/^ba$/x/}\n",
	"S empty anchor":           "A= a b\nX= ${A:S/^/-/} ${A:S/$/+/}\n",
	"S other delimiter":        "A= /usr/local\nX= ${A:S,/usr,/opt,} ${A:S|/|-|g}\n",
	"S escaped delimiter":      `A= a/b` + "\n" + `X= ${A:S/\//_/}` + "\n",
	"S ampersand":              `A= ab` + "\n" + `X= ${A:S/b/[&]/} ${A:S/b/\&/}` + "\n",
	"S variable":               "A= a.b\nB= .\nX= ${A:S/${B}/_/}\n",
	"S once":                   "A= a a a\nX= ${A:S/a/b/1}\n",
	"S whole":                  "A= a b a\nX= ${A:S/a b/c/W}\n",
	"S dollar in the text":     "A= ab\nX= ${A:S/b/$$/}\n",
	"C":                        "A= a1b22\nX= ${A:C/[0-9]+/N/} ${A:C/[0-9]+/N/g}\n",
	"C groups":                 `A= foo-1.2` + "\n" + `X= ${A:C/^(.*)-([0-9.]+)$/\2_\1/}` + "\n",
	"C ampersand":              "A= ab\nX= ${A:C/b/[&]/}\n",
	"C end":                    "A= abc\nX= ${A:C/c$/x/} ${A:C/(b)c$$/\\1/}\n",
	"C alternatives":           "A= foo bar baz\nX= ${A:C/(foo|bar)$/x/}\n",
	"C POSIX class":            "A= a1 B2\nX= ${A:C/[[:upper:]]/u/} ${A:C/[[:digit:]]//}\n",
	"C leftmost longest":       "A= abcd\nX= ${A:C/(a|ab)(c|bcd)?/x/}\n",
	"C empty result":           "A= a=b c\nX= ${A:C/=.*//} ${A:C/^c$//}\n",
	"tl tu":                    "A= aB\nX= ${A:tl}${A:tu}\n",
	"path parts":               "A= a/b/c.d.e x\nX= ${A:H} ${A:T} ${A:R} ${A:E}\n",
	"U":                        "X= ${A:Uno} ${B:U} ${C:U${D:Uinner}}\nC?=\n",
	"D":                        "A= v\nX= ${A:Dyes} ${B:Dyes}.\n",
	"D then U":                 "A= v\nX= ${A:Dyes:Uno} ${B:Dyes:Uno}\n",
	"U with escapes":           `X= ${A:Ua\:b\}c\$d}` + "\n",
	"U with words":             "X= ${:Ua b c:[2]}\n",
	"L":                        "X= ${foo/bar:L:T}\n",
	"pick":                     "A= a b c d\nX= ${A:[1]} ${A:[-1]} ${A:[2..3]} ${A:[-1..1]} ${A:[9]}.\n",
	"count":                    "A= a b c\nX= ${A:[#]} ${A:Mz:[#]}\n",
	"as one word":              "A= a b\nX= ${A:[*]:S/a b/c/} ${A:tW:[#]} ${A:tW:tw:[#]}\n",
	"order":                    "A= c a b a\nX= ${A:O} ${A:Or} ${A:O:u}\n",
	"unique neighbours":        "A= a a b a\nX= ${A:u}\n",
	"separator":                "A= a b c\nX= ${A:ts,} ${A:ts} ${A:ts:} ${A:ts-:tu}\n",
	"loop":                     "A= a b\nX= ${A:@v@<${v}>@}\n",
	"loop in a loop":           "A= a b\nB= 1 2\nX= ${A:@i@${B:@j@${i}${j}@}@}\n",
	"loop drops empty turns":   "A= a b c\nX= ${A:@v@${v:Na}@}\n",
	"choice on a comparison":   `A= x` + "\n" + `X= ${"${A}" == "x":?yes:no} ${"${A:Mz}" == "":?none:some}` + "\n",
	"choice on a number":       "A= 5\nX= ${${A} > 3:?big:small}\n",
	"choice on a variable":     "A= v\nX= ${A:?yes:no} ${B:?yes:no}\n",
	"choice in a loop":         "A= 1 2 3\nX= ${A:@v@${${v} >= 2:?${v}:}@}\n",
	"quote":                    "A= a b$$c\nX= ${A:Q}\n",
	"suffix":                   "A= foo.c bar.c baz.h\nX= ${A:.c=.o}\n",
	"suffix with a variable":   "A= foo.c\nE= .o\nX= ${A:.c=${E}}\n",
	"percent":                  "A= libfoo.so libbar.a\nX= ${A:lib%.so=%}\n",
	"range":                    "A= a b c\nX= ${A:range} ${:U:range=3}\n",
	"modifiers in a variable":  "A= a.b\nM= S/./_/\nX= ${A:${M}}\n",
	"nested names":             "A= B\nB= C\nC= v\nX= ${${${A}}}\n",
	"nested with modifiers":    "A_x= v1 v2\nN= x y\nX= ${A_${N:Mx}:[2]}\n",
	"default versions idiom":   "D= 3.12\nX= py${D:S/.//g}-\n",
	"version idiom":            "D= v1.2-RC3\nX= ${D:C/^v//:tl:C/-/./}\n",
	"list from paths":          "A= ./cmd/a ./cmd/b\nX= ${A:C,\\./cmd/,,g} ${A:T}\n",
	"strip a prefix":           "P= /usr/local\nA= /usr/local/etc/x\nX= ${A:S,^${P}/,,}\n",
	"modifier of nothing":      "X= ${A:Mx:S/a/b/:tu}.\n",
	"colon before the bracket": "A= v\nX= ${A:}\n",

	// Conditionals.
	"if else":               "A= 1\n.if ${A} == 1\nX= yes\n.else\nX= no\n.endif\n",
	"elif":                  "A= b\n.if ${A} == a\nX= 1\n.elif ${A} == b\nX= 2\n.elif ${A} == b\nX= 3\n.else\nX= 4\n.endif\n",
	"indented":              "A= 1\n.if defined(A)\n.  if ${A} == 1\nX= yes\n.  endif\n.endif\n",
	"no blank":              "A= 1\n.if(${A}==1)\nX= yes\n.endif\n.if!defined(B)\nX+= no B\n.endif\n",
	"defined":               "A=\n.if defined(A) && !defined(B)\nX= yes\n.endif\n",
	"empty":                 "A= a b\nB=\n.if empty(B) && !empty(A) && empty(C) && !empty(A:Ma) && empty(A:Mz)\nX= yes\n.endif\n",
	"empty of blanks":       "A= ${B}  ${C}\nB=\nC=\n.if empty(A)\nX= yes\n.endif\n",
	"bare expression":       "A= a b\n.if ${A:Ma}\nX= yes\n.endif\n.if ${A:Mz}\nX+= no\n.endif\n",
	"bare zero":             "A= 0\n.if ${A}\nX= yes\n.else\nX= no\n.endif\n",
	"bare word":             "A= v\n.if A\nX= yes\n.endif\n.if B\nX+= no\n.endif\n",
	"quoted":                "A= a b\n.if \"${A}\" == \"a b\"\nX= yes\n.endif\n.if \"\"\nX+= no\n.endif\n",
	"numbers":               "A= 1500068\n.if ${A} >= 1400000 && ${A} < 0x200000 && ${A} != 15 && ${A} == 1500068.0\nX= yes\n.endif\n",
	"strings, not numbers":  "A= 1.10\n.if ${A} == \"1.1\"\nX= yes\n.else\nX= no\n.endif\n",
	"numbers with fraction": "A= 1.10\n.if ${A} == 1.1\nX= yes\n.else\nX= no\n.endif\n",
	"precedence":            "A= 1\n.if ${A} == 2 && ${A} == 2 || ${A} == 1\nX= yes\n.endif\n.if ${A} == 1 || ${A} == 2 && ${A} == 3\nX+= too\n.endif\n",
	"parentheses again":     "A= 1\n.if (${A} == 1 || ${A} == 2) && !(${A} == 3)\nX= yes\n.endif\n",
	"short circuit":         ".if defined(A) && ${A} == 1\nX= yes\n.else\nX= no\n.endif\n.if !defined(A) || ${A} == 1\nX+= yes\n.endif\n",
	"ifdef":                 "A= v\n.ifdef A\nX= 1\n.endif\n.ifndef B\nX+= 2\n.endif\n.ifdef A && !B\nX+= 3\n.endif\n.ifdef B || A\nX+= 4\n.endif\n",
	"elifdef":               "A= v\n.if 0\n.elifdef A\nX= yes\n.endif\n",
	"if with a comment":     "A= 1\n.if ${A} == 1 # so it is\nX= yes\n.endif # A\n",
	"if over lines":         "A= 1\n.if ${A} == 1 && \\\n    defined(A)\nX= yes\n.endif\n",
	"compare with modifier": "A= Foo\n.if ${A:tl} == foo && ${A:tu:MF*} != \"\"\nX= yes\n.endif\n",
	"both sides":            "A= v\nB= v\n.if ${A} == ${B}\nX= yes\n.endif\n",
	"text beside":           "A= b\n.if ${A}c == bc\nX= yes\n.endif\n.if ${A}x == x\nX+= no\n.endif\n",
	"not of a match":        "A= a\n.if !${A:Mb} && ! ${A:Mc}\nX= yes\n.endif\n",
	"untaken stays out":     ".if 0\nX= no\n.undef Y\n.endif\nX?= yes\n",
	"make":                  ".if make(install)\nX= no\n.else\nX= yes\n.endif\n",
	"exists":                ".if exists(${.CURDIR}/Makefile) && !exists(${.CURDIR}/nothing)\nX= yes\n.endif\n",

	// Loops.
	"for":                  ".for i in a b c\nX+= <${i}>\n.endfor\n",
	"for two":              ".for a b in 1 2 3 4\nX+= ${b}-${a}\n.endfor\n",
	"for of a list":        "L= a b\n.for i in ${L:tu}\nX+= ${i}\n.endfor\n",
	"for nothing":          ".for i in ${L}\nX+= ${i}\n.endfor\nX?= none\n",
	"for and if":           ".for i in a b c\n.if ${i} != b\nX+= ${i}\n.endif\n.endfor\n",
	"for in for":           ".for i in a b\n.for j in 1 2\nX+= ${i}${j}\n.endfor\n.endfor\n",
	"for names":            ".for i in a b\nV_${i}= <${i}>\n.endfor\nX= ${V_a} ${V_b}\n",
	"for with modifiers":   ".for i in foo.c bar.c\nX+= ${i:R:tu}\n.endfor\n",
	"for with a colon":     ".for i in a:b\nX+= ${i:S/:/-/}\n.endfor\n",
	"for with a brace":     ".for i in a}b\nX+= ${i}\n.endfor\n",
	"for nested names":     "a_V= 1\nb_V= 2\n.for i in a b\nX+= ${${i}_V}\n.endfor\n",
	"for quoted words":     `.for i in "a b" c` + "\nX+= [${i}]\n.endfor\n",
	"for one character":    ".for i in a b\nX+= $i\n.endfor\n",
	"for keeps the value":  ".for i in a b\nY+= ${i}\n.endfor\ni= z\nX= ${Y} ${i}\n",
	"for with a condition": "O= a c\n.for i in a b c\n.if ${O:M${i}}\nX+= ${i}\n.endif\n.endfor\n",

	// Includes.
	"include":          ".include \"part.mk\"\nX= ${PART}\n",
	"include with dir": ".include \"${.CURDIR}/part.mk\"\nX= ${PART}\n",
	"include optional": ".sinclude \"nothing.mk\"\n.-include \"nothing.mk\"\nX= yes\n",
	"parse dir":        ".include \"sub/deep.mk\"\nX= ${DEEP}\n",

	// Targets and commands in between.
	"targets": "X= a\nall: b\n\t@echo X= c\nb:\n.if 1\nX+= d\n.endif\n",
	"phony":   ".PHONY: all\nX= a\nall::\n\tX=b\n",
}

// parts are files that snippets include.
var parts = map[string]string{
	"part.mk":     "PART= from part\n",
	"sub/deep.mk": ".include \"deeper.mk\"\n",
	// A name without directory is looked for beside the file that includes it.
	"sub/deeper.mk": "DEEP:= ${.PARSEDIR:T} ${.PARSEFILE}\n",
}

// needTool skips a test that a missing program makes impossible, or fails it
// where SVCJIFY_REQUIRE_TOOLS says that the program must be there.
func needTool(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is not installed, and SVCJIFY_REQUIRE_TOOLS=1 asks for it", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return p
}

// TestOracle compares the reader with bmake itself.
func TestOracle(t *testing.T) {
	bmake := needTool(t, "bmake")
	for name, text := range snippets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			fsys := fstest.MapFS{"c/p/Makefile": {Data: []byte(text)}}
			write := func(name, text string) {
				p := filepath.Join(dir, filepath.FromSlash(name))
				require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
				require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
				fsys["c/p/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
			write("Makefile", text)
			for name, text := range parts {
				write(name, text)
			}
			cmd := exec.Command(bmake, "-r", "-m", dir, "-C", dir, "-f", "Makefile", "-V", "${X}")
			// Nothing of the caller's own make may leak in.
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.Output() // without warnings
			require.NoError(t, err, "%s", out)
			got, ok := valueOf(t, read(t, fsys), "X")
			require.True(t, ok, "the reader does not know the value")
			require.Equal(t, strings.TrimSpace(string(out)), got, "%s", text)
		})
	}
}
