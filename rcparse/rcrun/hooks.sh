# The parts of run_rc_command that scripts call by name, or may; the last part
# of the model.

_run_rc_offcmd()
{
	local __phase
	__phase=method
	eval "_offcmd=\$${name}_offcmd"
	if [ -n "$_offcmd" ]; then
		[ -z "$_env" ] || eval "export $_env"
		eval "$_offcmd $rc_extra_args"
		_return=$?
	fi
	return 0
}

_run_rc_setup()
{
	local __phase
	__phase=setup
	! ${_rc_restart_done:-false} && [ -n "$_setup" ] || return 0
	eval "$_setup"
	_return=$?
	[ $_return -eq 0 ]
}

_run_rc_precmd()
{
	local __phase
	__phase=precmd
	check_required_before "$rc_arg" || return 1
	if [ -n "$_precmd" ]; then
		eval "$_precmd $rc_extra_args"
		_return=$?
		[ $_return -eq 0 ] || [ -n "$rc_force" ] || return 1
	fi
	check_required_after "$rc_arg" || return 1
	return 0
}

_run_rc_postcmd()
{
	local __phase
	__phase=postcmd
	if [ -n "$_postcmd" ]; then
		eval "$_postcmd $rc_extra_args"
		_return=$?
	fi
	return 0
}

_run_rc_doit()
{
	local _m __phase
	__phase=method
	_m=$(umask)
	[ -z "$_umask" ] || umask $_umask
	eval "$@"
	_return=$?
	umask $_m
	[ $_return -eq 0 ] || [ -n "$rc_force" ]
}

_run_rc_notrunning()
{
	echo "$name not running?${pidfile:+ (check $pidfile).}" 1>&2
}

_run_rc_killcmd()
{
	local __in
	__in=
	! __can signal-inside || [ "$_rc_svcj" = jailing ] || ! checkyesno "${name}_svcj" || __in="/usr/sbin/jexec svcj-$name "
	if [ -n "$_user" ]; then
		echo "${__in}su -m $_user -c 'sh -c \"kill -$1 $rc_pid\"'"
	else
		echo "${__in}kill -$1 $rc_pid"
	fi
}
