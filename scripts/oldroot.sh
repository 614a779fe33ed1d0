#!/bin/sh
# Runs a packed tarball in a Debian 11: glibc 2.31, libstdc++ of GCC 10, no compiler, nothing but Node.
#
#     npm run test:oldroot -- TARBALL [ROOT]
#
# ROOT is where that Debian is, or is put by debootstrap; without it, in a temporary folder. It takes root, and a node
# that was itself built for old systems, as those of nodejs.org are: $NODE, or the one on the PATH.
set -eu
[ $# -ge 1 ] || { echo "usage: npm run test:oldroot -- TARBALL [ROOT]" >&2; exit 2; }
tarball=$(realpath "$1")
node=$(realpath "${NODE:-$(command -v node)}")
here=$(cd "$(dirname "$0")" && pwd)
for tool in debootstrap npm readelf; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install $tool" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "it takes root, for chroot" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=${2:-$work/root}
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase --include=libstdc++6 bullseye "$root" >&2

# Installed outside, where there is npm: no script of any package runs.
mkdir -p "$work/app" "$root/opt/app"
(cd "$work/app" && npm init -y >/dev/null && npm install --no-audit --no-fund --ignore-scripts "$tarball" >&2)
rm -rf "$root/opt/app" && cp -a "$work/app" "$root/opt/app"
cp "$here/../test/runtimes/smoke.mjs" "$root/opt/app/"
cp "$node" "$root/opt/node"
[ -e "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3

# /proc is mounted for as long as the command runs.
inside() {
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
    "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp "$@"
}
inside sh -c 'command -v cc c++ g++ make python3' && { echo "that root has a compiler" >&2; exit 1; }
inside ldd --version | head -1
inside /opt/node /opt/app/node_modules/fd-selectors/dist/cli.js demo
inside /opt/node /opt/app/smoke.mjs /opt/app/smoke.json
if grep '"fail"' "$root/opt/app/smoke.json"; then exit 1; fi
echo "every feature of test/runtimes/smoke.mjs works there"
