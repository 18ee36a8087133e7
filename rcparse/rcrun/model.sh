# run_rc_command of FreeBSD's rc.subr(8), in our own words; the second half of
# the model that subr.sh begins.

# --- run_rc_command -------------------------------------------------------

run_rc_command()
{
	_return=0
	rc_arg=$1
	[ -n "$name" ] || err 3 'run_rc_command: $name is not set.'
	[ $# -eq 0 ] || shift
	rc_extra_args="$*"
	_rc_prefix=
	[ "$rc_arg" = start ] || __prefix
	local __verb
	__verb=$rc_arg # a precmd may call run_rc_command with another verb, which changes rc_arg
	__settings
	__svcjify begin || return 0
	[ -n "$rc_arg" ] || rc_usage $__verbs
	if [ "$rc_arg" = enabled ]; then
		checkyesno "$rcvar"
		return
	fi
	__jail_params || return 1
	[ -n "$autoboot" ] || eval "$_pidcmd"
	[ "$rc_arg" = start ] || case " $__verbs " in
	*" $rc_arg "*) ;;
	*)
		echo "$0: unknown directive '$rc_arg'." 1>&2
		rc_usage $__verbs
		;;
	esac
	if __must_be_enabled && ! checkyesno "$rcvar"; then
		[ "$rc_arg" != start ] || _run_rc_offcmd
		[ -n "$rc_quiet" ] || echo "Cannot '$rc_arg' $name. Set $rcvar to YES in /etc/rc.conf or use 'one$rc_arg' instead of '$rc_arg'."
		return 0
	fi
	if [ "$rc_arg" = start ] && [ -z "$rc_fast" ] && [ -n "$rc_pid" ]; then
		[ -n "$rc_quiet" ] || echo "$name already running?  (pid=$rc_pid)." 1>&2
		return 1
	fi
	eval "_cmd=\$${rc_arg}_cmd _precmd=\$${rc_arg}_precmd _postcmd=\$${rc_arg}_postcmd"
	if [ -n "$_cmd" ]; then
		__custom
		return
	fi
	case $rc_arg in
	start) __start ;;
	stop) __stop ;;
	reload) __reload ;;
	restart) __restart ;;
	status) __status ;;
	poll) __poll ;;
	rcvar) echo "# $name${desc:+ : $desc}"; eval "echo \"$rcvar=\\\"\$$rcvar\\\"\"" ;;
	describe) [ -z "$desc" ] || echo "$desc" ;;
	extracommands) echo "$extra_commands" ;;
	enable) write_rcvar "$rcvar" YES > /dev/null ;;
	disable) write_rcvar "$rcvar" NO > /dev/null ;;
	delete) delete_rcvar "$rcvar" ;;
	*) rc_usage $__verbs ;;
	esac
}

# The prefix of the argument: it is taken off, and fast is forgotten (_rc_prefix
# is what goes on into the jail).
__prefix()
{
	case $rc_arg in
	fast*) rc_arg=${rc_arg#fast} rc_fast=yes rc_quiet=yes ;;
	force*) rc_arg=${rc_arg#force} rc_force=yes _rc_prefix=force ;;
	one*) rc_arg=${rc_arg#one} _rc_prefix=one ;;
	quiet*) rc_arg=${rc_arg#quiet} rc_quiet=yes _rc_prefix=quiet ;;
	esac
	case $_rc_prefix in
	force | one) [ -z "$rcvar" ] || eval "$rcvar=YES" ;;
	esac
}

# What this release's rc.subr does: see release.go.
__can()
{
	case " $__does " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# The variables of rc.conf(5) that are named for the service.
__settings()
{
	eval "command=\${${name}_program:-\$command}"
	__verbs="describe enable enabled disable delete extracommands rcvar restart start stop $extra_commands"
	rc_pid= _pidcmd=
	__process=${procname:-$command}
	if [ -n "$__process" ]; then
		__verbs="$__verbs status poll"
		if [ -n "$pidfile" ]; then
			_pidcmd="rc_pid=\$(check_pidfile $pidfile $__process $command_interpreter)"
		else
			_pidcmd="rc_pid=\$(check_process $__process $command_interpreter)"
		fi
	elif [ -n "$status_cmd" ]; then
		__verbs="$__verbs status"
	fi
	if [ -n "$flags" ]; then
		rc_flags=$flags
	else
		eval "rc_flags=\$${name}_flags"
	fi
	eval "_chdir=\$${name}_chdir _chroot=\$${name}_chroot _user=\$${name}_user _group=\$${name}_group
		_groups=\$${name}_groups _nice=\$${name}_nice _fib=\$${name}_fib _env=\$${name}_env
		_env_file=\$${name}_env_file _prepend=\$${name}_prepend _limits=\$${name}_limits
		_login_class=\${${name}_login_class:-daemon} _oomprotect=\$${name}_oomprotect
		_setup=\$${name}_setup _umask=\$${name}_umask _cpuset=\$${name}_cpuset
		_audit_user=\${${name}_audit_user:-$audit_user} _svcj=\$${name}_svcj
		_svcj_options=\$${name}_svcj_options _svcj_ipaddrs=\$${name}_svcj_ipaddrs"
	# Older ones look at svcj_all_enable only to leave the variable unset, which
	# checkyesno then takes for no.
	if [ -n "$_svcj" ]; then
		:
	elif __can all-enable; then
		eval "${name}_svcj=${svcj_all_enable:-NO}"
	elif [ -z "$svcj_all_enable" ]; then
		eval "${name}_svcj=NO"
	fi
	_cpusetcmd=
	[ -z "$_cpuset" ] || case $_cpuset in
	[0-9]*) _cpusetcmd="$CPUSET -l $_cpuset" ;;
	esac
	_setauditcmd=
	! __can audit-user || _setauditcmd=${_audit_user:+$SETAUDIT -U -a $_audit_user}
	__methodcmd=
	! __can method-under-cpuset || __methodcmd=$_cpusetcmd
	__script=$name
	! __can found-by-file || __script=${rc_service##*/}
	if [ -n "$_env_file" ] && [ -r "$_env_file" ]; then
		set -a
		. "$_env_file"
		set +a
	fi
	[ -z "$_user" ] || ! __svcjify user "$_user" || unset _user
}

__must_be_enabled()
{
	[ -n "$rcvar" ] || return 1
	[ "$rc_arg" != start ] || return 0
	case $rc_arg in
	rcvar | delete | enable | describe | status) return 1 ;;
	stop) [ -z "$rc_pid" ] ;;
	*) return 0 ;;
	esac
}

# The parameters of the jail, as jail(8) gets them: each option's stand before
# those of the options that were read before it.
__jail_params()
{
	local __o __w __ip __a4 __a6 __ipc
	__jail= __ip=inherit __a4= __a6= __ipc=
	for __o in $_svcj_ipaddrs; do
		__ip=new
		case $__o in
		*:*) __a6="$__o${__a6:+,}$__a6" ;;
		*) __a4="$__o${__a4:+,}$__a4" ;;
		esac
	done
	[ -z "$__a4" ] || __jail="ip4.addr=$__a4 $__jail"
	[ -z "$__a6" ] || __jail="ip6.addr=$__a6 $__jail"
	for __o in $_svcj_options; do
		case " $__lacks ":$__o in
		*" $__o "*:*) __w=unknown ;;
		*:mlock) __w=allow.mlock ;;
		*:netv4) __w="ip4=$__ip allow.reserved_ports" ;;
		*:netv6) __w="ip6=$__ip allow.reserved_ports" ;;
		*:net_basic) __w="ip4=$__ip ip6=$__ip allow.reserved_ports" ;;
		*:net_raw) __w=allow.raw_sockets ;;
		*:net_all) __w="allow.socket_af allow.raw_sockets allow.reserved_ports ip4=$__ip ip6=$__ip" ;;
		*:nfsd) __w="allow.nfsd enforce_statfs=1" ;;
		*:routing) __w=allow.routing ;;
		*:setaudit) __w=allow.setaudit ;;
		*:settime) __w=allow.settime ;;
		*:sysvipc) __ipc="$__ipc i" __w="sysvmsg=inherit sysvsem=inherit sysvshm=inherit" ;;
		*:sysvipcnew) __ipc="$__ipc n" __w="sysvmsg=new sysvsem=new sysvshm=new" ;;
		*:vmm) __w=allow.vmm ;;
		*) __w=unknown ;;
		esac
		if [ "$__w" = unknown ]; then
			echo "$name: unknown service jail option: $__o"
			continue
		fi
		__jail="$__w $__jail"
	done
	case $__ipc in
	*" "*" "*)
		echo "ERROR: more than one sysvipc option is specified in ${name}_svcj_options: $_svcj_options"
		return 1
		;;
	esac
}

__make_jail()
{
	local __phase
	__phase=method
	__svcjify jail path=/ mount.nodevfs host=inherit $__jail \
	    "exec.start=$SERVICE -E _rc_svcj=jailing $__script ${_rc_prefix}start $rc_extra_args" \
	    "exec.stop=$SERVICE -E _rc_svcj=jailing $__script ${_rc_prefix}stop $rc_extra_args" \
	    "exec.consolelog=/var/log/svcj_${name}_console.log" \
	    "name=svcj-$name"
}

__remove_jail()
{
	local __phase
	__phase=method
	$JAIL_CMD -r "svcj-$name" 2> /dev/null
}

__enter_jail()
{
	local __phase
	__phase=method
	__svcjify enter "$name" "$__script" "$_rc_prefix$rc_arg" $rc_extra_args || _return=1
}

__method() { _run_rc_doit "$__methodcmd $_cmd $rc_extra_args"; }

__signal() { _run_rc_doit "$(_run_rc_killcmd "$1")"; }

# A method of the script's own.
__custom()
{
	[ -z "$_env" ] || eval "export $_env"
	if [ "$_rc_svcj" != jailing ]; then
		case $rc_arg in
		start | restart | reload) _run_rc_setup || warn "failed to setup $name" ;;
		esac
		_run_rc_precmd || return 1
	fi
	if ! checkyesno "${name}_svcj"; then
		__method || return 1
	else
		case $_rc_svcj:$rc_arg in
		*:restart | *:status)
			if ! __can restart-and-status; then
				__svcjify skip "${rc_arg}_cmd"
			elif [ "$_rc_svcj" = jailing ]; then
				__method || _return=1
			elif [ "$rc_arg" = status ] || __svcjify jls; then
				__enter_jail
			else # there is nothing to restart
				( run_rc_command "${_rc_prefix}start" $rc_extra_args ) || _return=1
			fi
			;;
		jailing:*) __method || _return=1 ;;
		*:start) __make_jail && _return=0 || _return=1 ;;
		*:stop)
			__enter_jail
			__remove_jail
			;;
		*)
			eval "_value=\${${name}_${rc_arg}_svcj_enable:-NO}"
			if __true "$_value"; then
				__enter_jail
			else
				__method || _return=1
			fi
			;;
		esac
	fi
	[ "$rc_arg" != stop ] || __svcjify gone
	[ "$_rc_svcj" = jailing ] || _run_rc_postcmd
	return $_return
}

__start()
{
	if [ ! -x "$_chroot${_chroot:+/}$command" ]; then
		warn "run_rc_command: cannot run $command"
		return 1
	fi
	if [ "$_rc_svcj" != jailing ]; then
		_run_rc_setup || warn "failed to setup $name"
		if ! _run_rc_precmd; then
			warn "failed precmd routine for $name"
			return 1
		fi
	fi
	if checkyesno "${name}_svcj" && [ "$_rc_svcj" != jailing ]; then
		__make_jail || return 1
	else
		startmsg "Starting $name."
		__command_line
		if ! _run_rc_doit "$_doit"; then
			warn "failed to start $name"
			return 1
		fi
	fi
	[ "$_rc_svcj" = jailing ] || _run_rc_postcmd
	if [ -n "$_oomprotect" ] && ! check_jail jailed; then
		[ -n "$rc_pid" ] || eval "$_pidcmd"
		case $_oomprotect in
		[Aa][Ll][Ll]) $PROTECT -d -i -p ${rc_pid} ;;
		[Yy][Ee][Ss]) $PROTECT -p ${rc_pid} ;;
		esac
	fi
	return $_return
}

# The words around the command, innermost first.
__command_line()
{
	_cd=
	_doit="$command $rc_flags $command_args"
	if [ -n "$_chroot" ]; then
		_doit="chroot ${_user:+-u $_user }${_group:+-g $_group }${_groups:+-G $_groups }$_chroot $_doit"
		_doit="${_env:+env $_env }$_doit"
		_doit="${_fib:+setfib -F $_fib }$_doit"
		_doit="${_nice:+nice -n $_nice }$_cpusetcmd $_setauditcmd $_doit"
	else
		_cd=${_chdir:+cd $_chdir && }
		_doit="${_fib:+setfib -F $_fib }${_env:+env $_env }$_cpusetcmd $_setauditcmd $_doit"
		if [ -n "$_user" ]; then
			_doit="su -m $_user -c 'sh -c \"$_doit\"'"
		elif [ -n "$_nice" ]; then
			_doit="sh -c \"$_doit\""
		fi
		_doit="${_prepend:+$_prepend }${_nice:+nice -n $_nice }$_doit"
	fi
	_doit="$_cd limits -C $_login_class $_limits $_doit"
}

__stop()
{
	if [ -z "$rc_pid" ]; then
		# The process is gone, and another one keeps the jail.
		! __can stop-orphan || ! checkyesno "${name}_svcj" || ! __svcjify jls || __remove_jail
		[ -z "$rc_fast" ] || return 0
		_run_rc_notrunning
		return 1
	fi
	_run_rc_precmd || return 1
	echo "Stopping $name."
	__signal "${sig_stop:-TERM}" || return 1
	wait_for_pids $rc_pid
	! checkyesno "${name}_svcj" || __remove_jail
	_run_rc_postcmd
	return $_return
}

__reload()
{
	if [ -z "$rc_pid" ]; then
		_run_rc_notrunning
		return 1
	fi
	_run_rc_setup || warn "failed to setup $name"
	_run_rc_precmd || return 1
	__signal "${sig_reload:-HUP}" || return 1
	_run_rc_postcmd
	return $_return
}

__restart()
{
	_run_rc_setup || warn "failed to setup $name"
	! ${_rc_restart_done:-false} || return 0
	_rc_restart_done=true
	_run_rc_precmd || return 1
	( run_rc_command "${_rc_prefix}stop" $rc_extra_args )
	( run_rc_command "${_rc_prefix}start" $rc_extra_args )
	_return=$?
	[ $_return -eq 0 ] || [ -n "$rc_force" ] || return 1
	_run_rc_postcmd
	return $_return
}

__status()
{
	_run_rc_precmd || return 1
	if [ -z "$rc_pid" ]; then
		echo "$name is not running."
		return 1
	fi
	echo "$name is running as pid $rc_pid."
	_run_rc_postcmd
	return $_return
}

__poll()
{
	_run_rc_precmd || return 1
	[ -z "$rc_pid" ] || wait_for_pids $rc_pid
	_run_rc_postcmd
	return $_return
}
