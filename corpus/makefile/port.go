package makefile

// Port is one evaluated Makefile.
type Port struct{}
