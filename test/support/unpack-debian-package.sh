#!/bin/sh
# Unpacks Debian packages and what they depend on into a folder, without root and without installing anything.
#
#   unpack-debian-package.sh INTO PACKAGE...
#
# Downloads stay in INTO.apt until INTO is complete, so an interrupted call goes on where it stopped; INTO appears by one
# rename. The caller holds a lock (see debian-package.ts). Packages that the machine has already are not fetched again,
# except the ones asked for by name.
set -eu
into=$1
shift
apt=$into.apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/empty"
rm -rf "$apt/tree"

# What the machine has, as apt will believe: a copy, as apt writes to it.
status=/var/lib/dpkg/status
[ -r "$status" ] || status=/dev/null
cat "$status" > "$apt/state/status"

# The machine's settings (a proxy, say), less its hooks: those belong to real installations.
apt-config dump | grep -v -E '^(APT::Update|DPkg)::' > "$apt/apt.conf"

private() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq \
    -o Dir::State="$apt/state" -o Dir::State::status="$apt/state/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::main="$apt/apt.conf" -o Dir::Etc::parts="$apt/empty" -o APT::Sandbox::User= -o Debug::NoLocking=1 \
    -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=15 \
    -o APT::Update::Error-Mode=any "$@"
}
# One source of many may be down; if it was the one that matters, the next step fails.
private update || true
private --download-only --no-install-recommends --yes --reinstall install "$@"

mkdir "$apt/tree"
for archive in "$apt"/cache/archives/*.deb; do
  dpkg-deb --extract "$archive" "$apt/tree"
done
mv "$apt/tree" "$into"
rm -rf "$apt"
