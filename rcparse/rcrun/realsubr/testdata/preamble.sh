# Sourced before the script's first line. It makes the files of the made host
# that the script asks for just before it asks. rc.subr's own words and the order
# in which they run stay as they are: each test(1) is done as it is written.
# dash.sh is there for dash only: what FreeBSD's sh(1) has and dash lacks.
. /.svcjify/sub.sh
__svcjify_equal='=='
if [ -f /.svcjify/dash.sh ]; then
	. /.svcjify/dash.sh
fi
__svcjify_test()
{
	local a ask
	ask=
	for a in "$@"; do
		shift
		case $a in
		==) set -- "$@" "$__svcjify_equal" ;;
		*) set -- "$@" "$a" ;;
		esac
	done
	for a in "$@"; do
		case $a in
		-[cdefrswxOGS]) ask=yes ;;
		/etc/defaults/rc.conf | /etc/rc.conf* | /etc/local.rc.subr | */rc.conf.d/* | /libexec/*.sh | /sbin/veriexec | \
		    /usr/bin/id | /usr/bin/logger | /usr/bin/sed)
			ask= # rc.subr asks, and the answer is there
			break
			;;
		esac
	done
	[ -z "$ask" ] || /.svcjify/stub want "$@"
	"$@"
}
alias '['='__svcjify_test ['
alias test='__svcjify_test test'

cd()
{
	local a
	for a in "$@"; do
		case $a in
		-*) ;;
		*) SVCJIFY_WANT=force /.svcjify/stub want -d "$a" ;;
		esac
	done
	command cd "$@" > /dev/null
}
chdir() { cd "$@"; }

# Called by lines that are put into rc.subr's functions: see prepare in the test.
__svcjify_begin()
{
	local name_ok owner prepend opts opts_set svcj verb cmd
	opts= opts_set= svcj= owner= prepend=
	verb=$1 cmd=
	for name_ok in fast force one quiet; do
		case $verb in
		"$name_ok"*) verb=${verb#$name_ok}; break ;;
		esac
	done
	case $name in
	'' | [0-9]* | *[!A-Za-z0-9_]*) ;;
	*)
		eval "opts=\$${name}_svcj_options opts_set=\${${name}_svcj_options+yes} svcj=\$${name}_svcj"
		eval "owner=\$${name}_user prepend=\$${name}_prepend"
		;;
	esac
	case $verb in
	'' | *[!A-Za-z0-9_]*) ;;
	*) eval "cmd=\$${verb}_cmd" ;;
	esac
	/.svcjify/stub begin "name=$name" "rcvar=$rcvar" "verb=$verb" "options=$opts" "set=$opts_set" \
	    "svcj=$svcj" "pidfile=$pidfile" "owner=$owner" "prepend=$prepend" "cmd=$cmd" "pid=$$"
}
# Whether svcj_all_enable jails a service shows when the settings have been looked at.
__svcjify_settled()
{
	local svcj
	case $svcj_all_enable,$name in
	[Yy]*,[A-Za-z_]*) ;;
	*) return ;;
	esac
	case $name in
	*[!A-Za-z0-9_]*) return ;;
	esac
	eval "svcj=\$${name}_svcj"
	/.svcjify/stub settled "svcj=$svcj"
}
# The switches that a script asks for before it comes to run_rc_command.
__svcjify_asked()
{
	case $1 in
	*[!A-Za-z0-9_]*) ;;
	*_enable) printf '{"Kind":"asked","Say":{"name":"%s"}}\n' "$1" >> /.svcjify-state/log ;;
	esac
}
__svcjify_doit()
{
	/.svcjify/stub doit "$@"
}
