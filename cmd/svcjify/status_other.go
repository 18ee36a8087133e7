//go:build !unix

package main

import "os"

var statusSignals []os.Signal // none that could be asked by
