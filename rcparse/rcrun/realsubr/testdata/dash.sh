# What FreeBSD's sh(1) has and dash lacks, for scripts that dash runs.
__svcjify_equal='=' # test(1) has no ==

setvar()
{
	eval "$1=\$2"
}

# dash's echo turns \n into a newline, FreeBSD's does so with -e only.
echo()
{
	local IFS=' ' n='\n'
	case $1 in
	-n) n= ; shift ;;
	-e) shift; printf "%b\\n" "$*"; return ;;
	esac
	printf "%s$n" "$*"
}
