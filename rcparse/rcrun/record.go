// Package rcrun runs an rc.d script in a simulated rc(8), and says what would
// be started: on the host, inside the service jail, under this or that rc.conf.
// Nothing is executed: the shell is an interpreter, and every command, file and
// user it meets is pretended.
package rcrun

import "slices"

// A Phase says which part of rc.subr's run_rc_command a command was reached in.
type Phase string

const (
	// TopLevel is the script itself, before and after run_rc_command.
	TopLevel Phase = "top"
	// Setup is ${name}_setup.
	Setup Phase = "setup"
	// Required is the checks of required_* and the loading of required_modules.
	Required Phase = "required"
	// Precmd, Method and Postcmd are ${verb}_precmd, ${verb}_cmd or the default
	// method, and ${verb}_postcmd.
	Precmd  Phase = "precmd"
	Method  Phase = "method"
	Postcmd Phase = "postcmd"
)

// A Scenario says under which circumstances a script is run.
type Scenario struct {
	// Verb is run_rc_command's argument with its prefix, such as "start" or
	// "onestop"; Args are the words after it, such as a profile.
	Verb string
	Args []string
	// Svcj sets ${name}_svcj=YES in rc.conf.
	Svcj bool
	// Boot is true at boot, where rc(8) has read rc.conf before the script's
	// first line; false for service(8), where load_rc_config reads it.
	Boot bool
	// RCConf are further lines of rc.conf, in order: name and value. The
	// script's rcvar is set to YES as well.
	RCConf []Setting
	// SettingsOnly says that run_rc_command does nothing, and that nothing is switched on
	// but by RCConf. The Record says for what it was called, and what rc.conf has for that.
	SettingsOnly bool
	// Running says that the service's process is there, as stop, status and reload want.
	Running bool
	// Env is what else the caller has exported, as in `env flags=-d /usr/local/etc/rc.d/foo start`.
	Env []Setting
	// OtherAnswers gives the other answer to what the simulation can't know: the content of
	// a file and the output of a command are a mark and not empty, grep(1) does not find,
	// and kldstat(8) does. What differs between two Records of this kind may differ in fact.
	OtherAnswers bool
	// Corrected takes away what ends a jailed start early, so that what comes after is seen:
	// service(8) finds the script whatever its ${name}, the script is not told that it is in a
	// jail, and a second jail of one name is made.
	Corrected bool
	// Unwritten is pid files and sockets that the start has not written, though the process runs.
	Unwritten []string
	// InstalledAs is the file's name in rc.d; the jailed start finds the script
	// only if ${name} is the same.
	InstalledAs string
	// Release is the name of the rc.subr that is modelled, of Releases; "" for DefaultRelease.
	Release string
}

// A Setting is one variable of rc.conf.
type Setting struct{ Name, Value string }

// A Record is what a run amounts to. The same script in the same scenario
// gives the same Record.
type Record struct {
	// Name and RCVar are name= and rcvar= when run_rc_command was called; with
	// several calls, those of the first that did something.
	Name, RCVar string
	// Names is every name that run_rc_command was called with, in order; a
	// script with several sections or instances has more than one.
	Names []string
	// Starts is the commands that the start method ran, in order, as the host
	// or the jail would run them. With Svcj they are those of the jailed start.
	Starts []Command
	// Stops is the same of the stop method.
	Stops []Command
	// Reached is every external command in order with its phase, those of the
	// jailed run included.
	Reached []Command
	// Jails has an entry for each jail(8) that run_rc_command would create.
	Jails []Jail
	// Refused is the names of jails that jail(8) would refuse, since one of that name is there already.
	Refused []string
	// Skipped is the methods (such as "status_cmd") that were not run though the script has them.
	Skipped []string
	// Exit is the script's exit status; Inner that of the script inside the jail, -1 where none ran.
	Exit, Inner int
	// Remains says whether a process would be left running by the start.
	Remains bool
	// PidFile is pidfile= when run_rc_command was called: where rc.subr looks for the process.
	PidFile string
	// Wrote is the pid files and sockets that the script itself has written or made.
	Wrote []string
	// Prepares says whether there is a ${name}_setup or a precmd for the verb, whose state a jailed start loses.
	Prepares bool
	// AskedJailed says whether the script, run inside the jail, has asked whether it is in one.
	AskedJailed bool
	// Loop is the line of the script's loop that went on when the run was ended, 0 for none.
	Loop int
	// Undecided says why it can't be told that none would be, where none remains;
	// empty where the start did what it does and left none.
	Undecided string
	// UndecidedLine is the line of the script that Undecided is about, 0 for none.
	UndecidedLine int
	// SvcjOptions is ${name}_svcj_options when run_rc_command looked at it, and whether it was set.
	SvcjOptions    string
	SvcjOptionsSet bool
	// Enabled says whether the rcvar, if there is one, was set to yes at the same moment.
	Enabled bool
	// Svcj is ${name}_svcj at the same moment, as checkyesno would take it.
	Svcj bool
	// Unknown is what the simulation could not tell, one sentence each: the
	// output of a command that was used, a file that was sourced. Where it
	// reaches a command of a run with OtherAnswers, it stands there between ‹ and ›: see Unknowns.
	Unknown []string
	// Assumed is variables of rc.conf without which a plain start starts
	// nothing, such as a list of interfaces, and the values they were given.
	// They are the same in all Records of a script.
	Assumed []Setting
	// Failed says why the run was ended by the simulation: a limit, a construct
	// that the interpreter lacks; empty where it went through.
	Failed string
}

// A Jail is one service jail.
type Jail struct {
	// Name is jail(8)'s name=, svcj-${name}; Params the other parameters in order.
	Name   string
	Params []string
	// Found says whether service(8) finds the script under ${name} inside.
	Found bool
}

// A Command is one external command with all that rc.subr(8) wrapped around it.
type Command struct {
	Phase Phase
	// Inside is true for a command of the jailed run.
	Inside bool
	// Argv is the command itself, after limits(1), su(1), nice(1), setfib(1),
	// cpuset(1), chroot(8), env(1) and sh -c have been taken off.
	Argv []string
	// Program is Argv behind daemon(8) and an interpreter: what really runs.
	Program []string
	// User, Group, Groups and Chroot are what su(1) or chroot(8) got; empty for root and for none.
	User, Group, Groups, Chroot string
	// Dir is the working directory, "/" unless something changed it.
	Dir string
	// Env is the exported variables that differ from what rc(8) gives, sorted, NAME=value.
	Env []string
	// Umask is four octal digits, "0022" unless changed.
	Umask string
	// LoginClass and Limits are limits(1)'s -C and other arguments.
	LoginClass, Limits string
	// Nice, FIB, CPUSet and Prepend are what nice(1), setfib(1), cpuset(1) and ${name}_prepend got.
	Nice, FIB, CPUSet, Prepend string
	// Background is true for a command that was started with &.
	Background bool
	// Line is the line of the rendered script, 0 where the command comes from rc.subr or an eval.
	Line int
}

// Unplaced is commands without their lines, for comparing a script with itself edited.
func Unplaced(list []Command) []Command {
	out := slices.Clone(list)
	for i := range out {
		out[i].Line = 0
	}
	return out
}
