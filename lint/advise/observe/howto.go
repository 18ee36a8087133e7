package observe

import (
	"fmt"
	"io"
	"strings"
)

// A Subject is what the commands of HowTo are about. Empty fields are left open.
type Subject struct {
	// Name is the service's in rc.d, Program what it runs, User whom it runs as,
	// PidFile where its process stands.
	Name, Program, User, PidFile string
}

// HowTo prints the commands that capture what a service does, and what each of
// them can and can't show. Nothing of it is run by svcjify.
func HowTo(w io.Writer, s Subject) error {
	user, program, pid := s.User, s.Program, "$(pgrep -o -f "+s.Program+")"
	if user == "" {
		user = "root"
	}
	if program == "" {
		program, pid = "the program of "+s.Name, "PID"
	}
	if s.PidFile != "" {
		pid = "$(cat " + s.PidFile + ")"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `How to see what %[1]s needs, on the system where it runs. It runs %[2]s as %[3]s.
Do it with the service outside of a jail. svcjify runs nothing of this.

1. All its life, from the start: every system call. The best evidence, and the only one that
   shows what is not needed. It slows the service down and fills the disk: use it for minutes,
   and use the service meanwhile (each kind of request, a reload, a rotation of its logs).

     service %[1]s stop
     ktrace -i -t cn -f /var/tmp/%[1]s.ktrace service %[1]s start
     # use the service, then:
     service %[1]s stop
     kdump -f /var/tmp/%[1]s.ktrace > %[1]s.kdump

   service(8) starts it as %[3]s as always, so what is seen is what that user may do. truss shows
   the same where ktrace is not in the kernel:  truss -f -o %[1]s.truss service %[1]s start

2. What it has open now: sockets. It shows neither what was closed before nor System V IPC,
   and no locked memory.

     sockstat > %[1]s.sockstat
     procstat -f %[4]s > %[1]s.files

3. System V IPC. An object is tied to the service by its process, or by its user.

     ipcs -a -p > %[1]s.ipcs

4. What is locked in memory can't be seen in a snapshot; the trace has mlock and mlockall.
   procstat rlimit shows how much it may lock, which speaks neither for nor against.

Then:

     svcjify advise %[1]s --observed %[1]s.kdump,%[1]s.sockstat,%[1]s.files,%[1]s.ipcs

A trace holds what the service read and wrote if it is made with -t i; the commands above do not ask for that.
`, s.Name, program, user, pid)
	_, err := io.WriteString(w, b.String())
	return err
}
