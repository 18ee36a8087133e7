# A model of FreeBSD's rc.subr(8), written from its manual page and its observed
# behaviour. It starts nothing. The same text runs in the interpreter and, for
# the comparison test, under dash.
#
# What a script may use is here under its documented name. Names that start
# with two underscores are the model's own: __svcjify is the recorder (a
# command of the simulation), __phase tells it where we are, __rc_conf is
# rc.conf as the scenario has it, __does and __lacks the release that is modelled.

RC_PID=1
export RC_PID
SYSCTL=/sbin/sysctl
SYSCTL_N="$SYSCTL -n"
SYSCTL_W=$SYSCTL
PROTECT=/usr/bin/protect
ID=/usr/bin/id
IDCMD="$ID -un"
PS="/bin/ps -ww"
SED=/usr/bin/sed
SERVICE=/usr/sbin/service
JAIL_CMD=/usr/sbin/jail
CPUSET=/bin/cpuset
SETAUDIT=/usr/sbin/setaudit
JID=0
_rc_subr_loaded=YES
_loaded_services=
__phase=top

# --- messages -------------------------------------------------------------

err()
{
	exitval=$1
	[ $# -eq 0 ] || shift
	echo "$0: ERROR: $*" 1>&2
	exit $exitval
}

warn()
{
	echo "$0: WARNING: $*" 1>&2
}

info()
{
	__true "$rc_info" && echo "$0: INFO: $*"
	return 0
}

debug()
{
	__true "$rc_debug" && echo "$0: DEBUG: $*" 1>&2
	return 0
}

rc_log() { echo "@ $*"; }
rc_trace() { return 0; }
DebugOn() { return 0; }
DebugOff() { return 0; }

check_startmsgs()
{
	[ -z "$rc_quiet" ] || checkyesno rc_startmsgs
}

startmsg()
{
	check_startmsgs && echo "$@"
}

rc_usage()
{
	echo "Usage: $0 [fast|force|one|quiet]($*)" 1>&2
	exit 1
}

# --- rc.conf(5) -----------------------------------------------------------

__true()
{
	case $1 in
	[Yy][Ee][Ss] | [Tt][Rr][Uu][Ee] | [Oo][Nn] | 1) return 0 ;;
	esac
	return 1
}

checkyesno()
{
	eval "_value=\$$1"
	__true "$_value" && return 0
	case $__phase$rc_arg in
	top | method*) __svcjify needs "$1" ;;
	esac
	[ "$_value" != NO ] || return 1
	case $_value in
	[Nn][Oo] | [Ff][Aa][Ll][Ss][Ee] | [Oo][Ff][Ff] | 0) ;;
	*) warn "\$$1 is not set properly - see rc.conf(5)." ;;
	esac
	return 1
}

# What rc.conf.d has for one name: nothing but on a machine of its own.
__rc_conf_d() { return 0; }

# rc.conf is read once in the life of a shell: at boot /etc/rc has done it.
load_rc_config()
{
	local _name _var _v _new

	[ $# -lt 2 ] || shift # -s, -v: how to read the files
	_name=$1
	if ! ${_rc_conf_loaded:-false}; then
		__rc_conf
		_rc_conf_loaded=true
	fi
	[ -z "$_name" ] || _loaded_services="$_loaded_services $_name"
	__rc_conf_d "$_name"
	for _var in $rcvar $rcvars; do
		eval "_v=\$${_var}_defval"
		[ -z "$_v" ] || eval ": \${$_var:=\$${_var}_defval}"
	done
	for _var in $rcvars_obsolete; do
		eval "_v=\$$_var _new=\$${_var}_newvar"
		[ -n "$_v" ] || continue
		[ -z "$_new" ] || eval "$_new=\"\$$_var\""
		warn "\$$_var is obsolete."
	done
	return 0
}

load_rc_config_var()
{
	[ $# -eq 2 ] || err 3 'USAGE: load_rc_config_var name var'
	if ! ${_rc_conf_loaded:-false}; then
		eval "$(
			load_rc_config "$1" > /dev/null
			eval "_v=\${$2-__UNSET}"
			[ "$_v" = __UNSET ] || echo "$2='$_v'"
		)"
	fi
}

set_rcvar()
{
	case $# in
	0) echo "${name}_enable" ;;
	1) echo "${1}_enable" ;;
	*)
		rcvars="${rcvars# } $1"
		eval "${1}_defval=\"$2\""
		;;
	esac
}

set_rcvar_obsolete()
{
	rcvars_obsolete="${rcvars_obsolete# } $1"
	eval "${1}_newvar=\"$2\""
}

list_vars()
{
	local _lv_line _lv_name IFS
	IFS='
'
	for _lv_line in $(set); do
		_lv_name=${_lv_line%%=*}
		case $_lv_name in
		"$_lv_line" | *[!a-zA-Z0-9_]* | __* | _lv_*) ;;
		$1) echo "$_lv_name" ;;
		esac
	done
}

check_namevarlist()
{
	case $1 in
	chdir | chroot | env | fib | flags | group | groups | nice | prepend | program | setup | user) return 0 ;;
	esac
	return 1
}

write_rcvar() { sysrc "$1=$2" > /dev/null; echo /etc/rc.conf; }
delete_rcvar() { sysrc -x "$1" > /dev/null; echo "$1 deleted in /etc/rc.conf"; }

# --- files ----------------------------------------------------------------

is_verified() { return 0; }
dot() { local f; for f in "$@"; do . "$f"; done; }
sdot() { dot "$@"; }
vdot() { dot "$@"; }
safe_dot() { dot "$@"; }

Exists()
{
	local _t f
	_t=-s
	while :; do
		case $1 in
		-?) _t=$1; shift ;;
		*) break ;;
		esac
	done
	for f in "$@"; do
		[ $_t "$f" ] || continue
		echo "$f"
		return 0
	done
	return 1
}

have() { type "$1" > /dev/null 2>&1; }

make_symlink()
{
	[ -n "$1" ] && [ -n "$2" ] || { warn "make_symlink(): requires two arguments."; return 1; }
	ln -sf "$1" "$2"
}

backup_file()
{
	case $1 in
	remove) mv -f "$3" "$4" ;;
	*) cp -p "$3" "$4"; cp -p "$2" "$3"; chown root:wheel "$3" ;;
	esac
}

# What the file holds is not known here, so nothing is found in it.
get_pidfile_from_conf()
{
	[ -n "$1" ] && [ -n "$2" ] || err 3 "USAGE: get_pidfile_from_conf string file ($name)"
	__svcjify unknown "get_pidfile_from_conf: what $2 says of $1"
	return 1
}

devfs_init_rulesets() { devfs_rulesets_init=1; return 0; }
devfs_rulesets_from_file() { return 0; }
devfs_set_ruleset() { /sbin/devfs ${2:+-m "$2"} ruleset "$1"; }
devfs_apply_ruleset() { /sbin/devfs ${2:+-m "$2"} rule -s "$1" applyset; }

devfs_domount()
{
	[ -n "$1" ] || { warn "devfs_domount(): you must specify a mount-point"; return 1; }
	mount -t devfs dev "$1" || return 1
	[ -z "$2" ] || { devfs_set_ruleset "$2" "$1"; devfs -m "$1" rule applyset; }
	return 0
}

mount_md() { /sbin/mdmfs $3 -s "$1" md "$2"; }
mount_critical_filesystems() { return 0; }
root_hold_wait() { return 0; }
geli_make_list() { echo ${geli_devices}; }
find_local_scripts_old() { zlist= slist=; }
find_local_scripts_new() { local_rc=; }
find_system_scripts() { system_rc=; }

# --- words ----------------------------------------------------------------

reverse_list()
{
	local __item __items
	__items=
	for __item in "$@"; do
		__items="$__item${__items:+ $__items}"
	done
	echo $__items
}

ltr()
{
	local _w _o _sep IFS
	IFS=$2 _o= _sep=
	for _w in $1; do
		_o="$_o${_o:+$3}$_w"
	done
	if [ -n "$4" ]; then
		setvar "$4" "$_o"
	else
		echo "$_o"
	fi
}

setvar() { eval "$1=\$2"; }
sort_lite() { sort "$@"; }

_echoonce()
{
	eval "_var=\$$1"
	case $3 in
	1) [ -n "$_var" ] && echo "$2" ;;
	*) [ -z "$_var" ] && echo "$2" && eval "$1=finished" ;;
	esac
}

# --- processes ------------------------------------------------------------

check_pidfile()
{
	[ -n "$1" ] && [ -n "$2" ] || err 3 'USAGE: check_pidfile pidfile procname [interpreter]'
	__svcjify pid "$1"
}

check_process()
{
	[ -n "$1" ] || err 3 'USAGE: check_process procname [interpreter]'
	__svcjify pid
}

_find_processes() { __svcjify pid; }
wait_for_pids() { __svcjify gone "$@"; }

stop_boot() { exit 1; }

force_depend()
{
	/etc/rc.d/$1 forcestatus > /dev/null 2>&1 && return 0
	/etc/rc.d/$1 forcestart
}

run_rc_script() { "$1" "$2"; }

run_rc_scripts()
{
	local _f
	for _f in "$@"; do
		run_rc_script "$_f" "$_boot"
	done
}

# --- the kernel -----------------------------------------------------------

check_jail() { [ "$1" = jailed ] && __svcjify jailed; }
check_kern_features() { [ -n "$1" ]; }

load_kld()
{
	local _opt _re _mod OPTIND OPTARG
	OPTIND=1 _re= _mod=
	while getopts be:m: _opt; do
		case $_opt in
		e) _re=$OPTARG ;;
		m) _mod=$OPTARG ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -eq 1 ] || err 3 'USAGE: load_kld [-b] [-e regex] [-m module] file'
	kldstat -q -m "${_mod:-$1}" && return 0
	kldload "$1" || { warn "Unable to load kernel module $1"; return 1; }
}

check_required_before()
{
	local _f __phase
	__phase=required
	[ "$1" = start ] || return 0
	for _f in $required_vars; do
		checkyesno "$_f" && continue
		warn "\$$_f is not enabled."
		__svcjify needs "$_f"
		[ -n "$rc_force" ] || return 1
	done
	for _f in $required_dirs $required_files; do
		__svcjify required "$_f"
	done
	return 0
}

check_required_after()
{
	local _f __phase
	__phase=required
	[ "$1" = start ] || return 0
	for _f in $required_modules; do
		case $_f in
		*~*) load_kld -e "${_f#*~}" "${_f%%~*}" ;;
		*:*) load_kld -m "${_f#*:}" "${_f%%:*}" ;;
		*) load_kld "$_f" ;;
		esac || [ -n "$rc_force" ] || return 1
	done
	return 0
}

