#!/usr/bin/env bash
# Puts Debian 13's Swift into a folder of its own, for machines whose system has none: 3.2 GB and some minutes, once.
#
#     bindings/swift/scripts/toolchain.sh [FOLDER]     # ${XDG_CACHE_HOME:-~/.cache}/foretap/swift unless said
#
# `cargo xtask test swift` finds it there, or where FORETAP_SWIFT says. Needs root, and debootstrap, which it installs.
set -euo pipefail

folder="${1:-${FORETAP_SWIFT:-${XDG_CACHE_HOME:-$HOME/.cache}/foretap/swift}}"
mirror="${FORETAP_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
done_file="$folder/foretap-toolchain"

[ -e "$done_file" ] && exit 0
[ "$(id -u)" -eq 0 ] || { echo "error: only root can make a system in a folder" >&2; exit 2; }
export DEBIAN_FRONTEND=noninteractive
command -v debootstrap >/dev/null || apt-get install -qy --no-install-recommends debootstrap </dev/null

# What an earlier try left is not relied on.
rm -rf "$folder"
mkdir -p "$folder"
debootstrap --variant=minbase trixie "$folder" "$mirror"
chroot "$folder" apt-get install -qy --no-install-recommends \
    swiftlang swiftlang-dev libswiftlang libc6-dev libstdc++-14-dev libssl3t64 pkgconf </dev/null
chroot "$folder" apt-get clean
# Where the checkout and the library are mounted while Swift runs.
mkdir -p "$folder/foretap" "$folder/library"
touch "$done_file"
