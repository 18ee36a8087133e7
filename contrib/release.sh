#!/bin/sh
# release.sh OUTDIR [OS/ARCH...]: build svcjify for release, the same bytes from
# the same commit and the same go(1), wherever it is built.
#
# It builds the commit that is checked out, and refuses a tree with changes: the
# commit is in `svcjify --version`. OUTDIR gets svcjify-OS-ARCH for each target and
# SHA256SUMS, which names the go(1) that was used.
set -eu

targets="freebsd/amd64 freebsd/arm64 linux/amd64 linux/arm64 darwin/amd64 darwin/arm64"
if [ $# -lt 1 ]; then
	echo "usage: release.sh OUTDIR [OS/ARCH...] (default $targets)" >&2
	exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- $targets

cd "$(dirname "$0")/.."
if [ -n "$(git status --porcelain)" ]; then
	echo "release.sh: the tree has changes: commit or stash them, so that the commit says what was built" >&2
	exit 1
fi

# Nothing of the machine or of the person goes into the program: no paths
# (-trimpath), no build id, no flags of theirs, and no C compiler.
unset GOFLAGS GOEXPERIMENT GOAMD64 GOARM64 CGO_CFLAGS CGO_LDFLAGS || true
export CGO_ENABLED=0 GOENV=off GOWORK=off
sums=$out/SHA256SUMS.new
echo "# $(go version | cut -d' ' -f3), commit $(git rev-parse HEAD)" > "$sums"
for t; do
	name=svcjify-${t%/*}-${t#*/}
	GOOS=${t%/*} GOARCH=${t#*/} go build -trimpath -buildvcs=true -ldflags '-s -w -buildid=' -o "$out/$name" ./cmd/svcjify
	if command -v sha256sum >/dev/null; then
		(cd "$out" && sha256sum "$name")
	else
		(cd "$out" && sha256 -r "$name" | sed 's/ /  /')
	fi >> "$sums"
done
mv "$sums" "$out/SHA256SUMS"
cat "$out/SHA256SUMS"
