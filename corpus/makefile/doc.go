// Package makefile reads the Makefile of a FreeBSD port without running it.
//
// Package bmake evaluates the language, BSD make. This package adds what bsd.port.mk makes of a Makefile: the
// package's name, the options' defaults and helpers, the flavours, the rc.d scripts that are installed. The
// framework's own files (Mk/) are not evaluated, but for the default versions, and the versions
// that flavours are made of are looked up in them (versions.go): their effects
// are modelled here (framework.go, options.go, uses.go).
//
// Nothing is executed: what only a command could tell is unknown. Makefiles are hostile input: what
// one port may cost is limited (limits.go, and bmake/limits.go), and each limit is a clear Error.
package makefile
