#!/bin/sh
# Prints what make itself says about the made ports tree beside this script.
#
#	inventory.sh > ports.tsv                     names at default options and flavours
#	inventory.sh conditional > conditional.tsv   names that need an option, a flavour or another machine
#
# PORTSDIR names another copy of the tree (a patched one, say), MAKE the program
# (bmake; FreeBSD's own make is one). Ports whose Makefile is broken on purpose,
# see broken.tsv, are left out. Nothing is written.
# shellcheck disable=SC2016 # make expands these, not the shell
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(cd "${PORTSDIR:-$here/ports}" && pwd -P)
make=${MAKE:-bmake}

# -r and -m keep the system's own rules and ports framework out of it.
ask() {
	dir=$1
	shift
	"$make" -r -m "$tree/Mk" -C "$tree/$dir" PORTSDIR="$tree" "$@"
}

origins() {
	for category in $(ask . -V '${SUBDIR}'); do
		for port in $(ask "$category" -V '${SUBDIR}'); do
			broken "$category/$port" || echo "$category/$port"
		done
	done
}

broken() {
	cut -f 1,2 "$here/broken.tsv" | grep -qxF "$1	makefile"
}

names() {
	ask "$@" -V '${USE_RC_SUBR:M*}'
}

# The words of $2 that $1 lacks, each as a line for origin $3 under condition $4.
added() {
	for name in $2; do
		case " $1 " in
		*" $name "*) ;;
		*) printf '%s\t%s\t%s\n' "$3" "$name" "$4" ;;
		esac
	done
}

services() {
	printf 'origin\tPKGNAME\tPORTREVISION\tUSE_RC_SUBR\tmasterdir\tfilesdir\n'
	for origin in $(origins); do
		ask "$origin" -V '${PKGNAME}' -V '${PORTREVISION}' -V '${USE_RC_SUBR:M*}' \
		    -V '${MASTERDIR:tA}' -V '${FILESDIR:tA}' |
		awk -v OFS='\t' -v origin="$origin" -v tree="$tree/" '
			{ if (NR > 3) sub(tree, ""); v[NR] = $0 }
			END { if (v[3] != "") print origin, v[1], v[2], v[3], v[4], v[5] }'
	done | sort
}

conditional() {
	printf 'origin\tname\tcondition\n'
	for origin in $(origins); do
		default=$(names "$origin")
		for option in $(ask "$origin" -V '${_ALL_OPTIONS:O:u}'); do
			added "$default" "$(names "$origin" WITH="$option")" "$origin" "option $option"
		done
		for flavor in $(ask "$origin" -V '${FLAVORS}'); do
			added "$default" "$(names "$origin" FLAVOR="$flavor")" "$origin" "flavor $flavor"
		done
		added "$default" "$(names "$origin" ARCH=i386)" "$origin" "arch i386"
	done | sort
}

case ${1:-services} in
services | conditional)
	"${1:-services}"
	;;
*)
	echo "usage: inventory.sh [services | conditional]" >&2
	exit 2
	;;
esac
