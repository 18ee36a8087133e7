// Command netd listens on TCP, keeps its memory out of swap and starts a helper.
package main

import (
	"net"
	"os/exec"

	"golang.org/x/sys/unix"
)

func main() {
	secret := make([]byte, 4096)
	_ = unix.Mlock(secret)
	l, err := net.Listen("tcp", "127.0.0.1:7007")
	if err != nil {
		return
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = exec.Command("/bin/date").Run()
		c.Close()
	}
}
