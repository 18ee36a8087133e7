package makefile

import "fmt"

// The limits are far above what a real port needs; docs/hostile.md has what hostile
// ones cost with them, all their variants together. They count work done, never
// time, so that the answer does not depend on how busy the machine is.
const (
	// maxFileSize is the largest file that is read, in bytes. The largest
	// Makefile of a port known to us has 150 kB.
	maxFileSize = 1 << 20
	// maxTotalSize is how many bytes of files one port may read, each include counted.
	maxTotalSize = 4 << 20
	// maxIncludeDepth is how deep includes may nest; ports need 4.
	maxIncludeDepth = 32
	// maxNesting is how deep .if and .for may nest in one file; ports need 8.
	maxNesting = 256
	// maxForDepth is how deep .for alone may nest.
	maxForDepth = 16
	// maxForItems is how often one .for may go round.
	maxForItems = 10000
	// maxSteps is how many lines one evaluation may execute, each turn of a loop counted.
	maxSteps = 20_000
	// maxExpansion is the longest value of one expansion, in bytes.
	maxExpansion = 1 << 20
	// maxExpansionDepth is how deep variables may refer to variables.
	maxExpansionDepth = 64
	// maxWork is how many bytes all expansions of one evaluation may produce.
	maxWork = 8 << 20
	// maxLookupWork is the same for one question to a port that was read.
	maxLookupWork = 2 << 20
	// maxRegexp is the longest pattern of a :C modifier, in bytes.
	maxRegexp = 2000
	// maxConditionDepth is how deep parentheses may nest in a condition.
	maxConditionDepth = 64
	// maxVariants is how many other choices (options, flavours, undecided
	// conditions) are tried to find conditional words.
	maxVariants = 64
	// maxVariantSteps and maxVariantWork are maxSteps and maxWork for all of them together.
	maxVariantSteps = 200_000
	maxVariantWork  = 24 << 20
	// maxWords is how many words of one variable AllWords gives.
	maxWords = 2000
	// maxSearch is how many variables are looked at to find what another hangs on.
	maxSearch = 300
	// maxLogicalLines is how many logical lines one file may have.
	maxLogicalLines = 40_000
	// maxName is the longest name of a variable, in bytes.
	maxName = 1000
	// maxOptions is how many options a port may have, those of groups included; ports have up to 150.
	maxOptions = 1000
	// maxFlavors is how many flavours a port may have.
	maxFlavors = 1000
	// maxUses is how many USES a port may have, and maxUseArgs how many arguments one of them.
	maxUses    = 200
	maxUseArgs = 200
	// maxLabels is how many conditions are named in the words for one branch.
	maxLabels = 12
	// maxLabel is how many bytes of a condition stand in such words.
	maxLabel = 300
	// largeReading is the memory from which on an evaluation is dropped when others
	// follow it, and made again when it is asked for, in bytes; that of a real port takes up to 600 kB.
	largeReading = 1 << 20
	// maxLarge is how many of those are kept.
	maxLarge = 12
	// maxProblems is how many problems of one port are kept; the others are counted.
	maxProblems = 20
)

// An Error says where a Makefile cannot be evaluated, what was found there and
// what was expected.
type Error struct {
	// Path is in the tree; Line counts from 1, 0 where there is none.
	Path string
	Line int
	// Text is lower case and says what was found and what was expected.
	Text string
	// Err is the cause, if there is one: an error of io/fs.
	Err error
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text)
	}
	return fmt.Sprintf("%s: %s", e.Path, e.Text)
}

func (e *Error) Unwrap() error { return e.Err }
