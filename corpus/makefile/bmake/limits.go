package bmake

// The limits are far above what a real port needs; docs/hostile.md has what hostile
// ones cost with them, all together. They count work done, never
// time, so that the answer does not depend on how busy the machine is.
const (
	// maxFileSize is the largest file that is read, in bytes. The largest
	// Makefile of a port known to us has 150 kB.
	maxFileSize = 1 << 20
	// maxTotalSize is how many bytes of files one Makefile may read, each include counted.
	maxTotalSize = 4 << 20
	// maxIncludeDepth is how deep includes may nest; ports need 4.
	maxIncludeDepth = 32
	// maxNesting is how deep .if and .for may nest in one file; ports need 8.
	maxNesting = 256
	// maxForDepth is how deep .for alone may nest.
	maxForDepth = 16
	// maxForItems is how often one .for may go round.
	maxForItems = 10000
	// MaxSteps is how many lines one evaluation may execute, each turn of a loop counted.
	MaxSteps = 20_000
	// maxExpansion is the longest value of one expansion, in bytes.
	maxExpansion = 1 << 20
	// maxExpansionDepth is how deep variables may refer to variables.
	maxExpansionDepth = 64
	// MaxWork is how many bytes all expansions of one evaluation may produce.
	MaxWork = 8 << 20
	// maxRegexp is the longest pattern of a :C modifier, in bytes.
	maxRegexp = 2000
	// maxConditionDepth is how deep parentheses may nest in a condition.
	maxConditionDepth = 64
	// maxLogicalLines is how many logical lines one file may have.
	maxLogicalLines = 40_000
	// MaxName is the longest name of a variable, in bytes.
	MaxName = 1000
	// maxLabels is how many conditions are named in the words for one branch.
	maxLabels = 12
	// MaxLabel is how many bytes of a condition stand in such words.
	MaxLabel = 300
	// maxProblems is how many problems of one Makefile are kept; the others are counted.
	maxProblems = 20
)
