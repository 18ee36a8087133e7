// Package bmake evaluates a Makefile in the language of BSD make, as make(1) would before it runs a command:
// assignments, expansions with their modifiers, conditions, loops, and includes of files in one file system.
//
// It knows nothing of ports: what a framework defines, where its files are, and what they do is asked of
// Surroundings (package makefile has those of the ports tree).
//
// Lines in branches that do not hold are read too, and told with their condition: see Assignment and Word.
//
// Nothing is executed: a variable set by != is unknown, and a condition that depends on it is
// undecided. Makefiles are hostile input: size, depth, loops and expansions are limited (limits.go), and
// each limit is a clear Error.
package bmake
