#!/usr/bin/env bash
# Puts Debian 13's Swift into a folder of its own, for machines whose system has none: 3.2 GB and some minutes, once.
#
#     bindings/swift/scripts/toolchain.sh [FOLDER]     # ${XDG_CACHE_HOME:-~/.cache}/foretap/swift unless said
#
# `cargo xtask test swift` finds it there, or where FORETAP_SWIFT says. Needs root, and debootstrap, which it installs.
set -euo pipefail

folder="${1:-${FORETAP_SWIFT:-${XDG_CACHE_HOME:-$HOME/.cache}/foretap/swift}}"
begun="$folder/foretap-toolchain-begun" finished="$folder/foretap-toolchain"

[ -e "$finished" ] && exit 0
[ "$(id -u)" -eq 0 ] || { echo "error: only root can make a system in a folder" >&2; exit 2; }
export DEBIAN_FRONTEND=noninteractive
command -v debootstrap >/dev/null || apt-get install -qy --no-install-recommends debootstrap </dev/null

# What an earlier try left is not relied on; what somebody else left is not touched.
[ -e "$begun" ] && rm -rf "$folder"
mkdir -p "$folder"
[ -z "$(ls -A "$folder")" ] || { echo "error: $folder is not empty" >&2; exit 2; }
touch "$begun"
# From where this system's packages come, if it is a Debian, else from where debootstrap gets them by itself.
# shellcheck disable=SC2016 # apt expands these.
mirror="$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Identifier: Packages' |
    awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }')"
debootstrap --variant=minbase trixie "$folder" ${mirror:+"$mirror"}
chroot "$folder" apt-get install -qy --no-install-recommends \
    swiftlang swiftlang-dev libswiftlang libc6-dev libstdc++-14-dev libssl3t64 pkgconf </dev/null
chroot "$folder" apt-get clean
# Where the checkout is mounted while Swift runs.
mkdir -p "$folder/foretap"
touch "$finished"
