// Svcjify makes the rc.d scripts of a FreeBSD ports tree ready for service jails.
package main

import (
	"os"
)

func main() {
	c := Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(c.Main(os.Args[1:]))
}
