// Package realsubr holds the tests that compare the simulation of rcrun with
// rc.subr(8) itself. It has no code for the tool, which runs nothing.
//
// The tests copy an rc.subr, a script and a small rc.conf(5) into a temporary
// root in which every command is a stub that logs its call, run the script there
// under chroot(2), and hold what was logged against the Record of the same
// script in the same Scenario. See docs/real-rc-subr.md.
package realsubr
