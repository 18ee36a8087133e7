package makefile

import "github.com/svcjify/svcjify/corpus/makefile/bmake"

// What the language gives as it is.
type (
	// A Word is one word of a variable's value.
	Word = bmake.Word
	// An Assignment is one assignment of a variable in a file of the tree.
	Assignment = bmake.Assignment
	// A Command is a command of a target, or the line that names the targets.
	Command = bmake.Command
	// An Error says where a Makefile cannot be evaluated.
	Error = bmake.Error
)
