// Package makefile reads the Makefile of a FreeBSD port without running it.
//
// It evaluates what make(1) would evaluate before it runs a command:
// assignments, expansions with bmake's modifiers, conditionals, loops and
// includes of files in the tree, and what bsd.port.mk makes of them: the
// package's name, the options' defaults and helpers, the flavours. The
// framework's own files (Mk/) are not evaluated, but for the default versions, and the versions
// that flavours are made of are looked up in them (versions.go): their effects
// are modelled here (framework.go, options.go, uses.go).
//
// Nothing is executed: a variable set by != is unknown, and a condition that
// depends on it is undecided. Makefiles are hostile input: size, depth, loops
// and expansions are limited (limits.go), and each limit is a clear Error.
package makefile
