//go:build unix && race

package rcrun

var memoryLimits []resource
