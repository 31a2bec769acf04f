#!/usr/bin/env bash
# What the package for linux-arm64 is made with, on Debian for x86_64: oneDNN for arm64 with what it needs and all licences, unpacked into
# a folder, so that the system stays of one architecture. The cross compiler is Debian's g++-aarch64-linux-gnu.
#
#   pack/arm64.sh FOLDER     then: ONEDNN_ROOT=FOLDER/onednn npm run pack -- --platform linux-arm64
set -euo pipefail

folder=$(mkdir -p "$1" && cd "$1" && pwd)
patience=(-qq -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)

# Lists of packages for arm64 in a folder of their own, from the machine's own sources.
apt_arm64() {
  timeout 180 "$1" "${patience[@]}" -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::lists=$folder/lists" \
    -o "Dir::Cache=$folder/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root "${@:2}"
}

mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
apt_arm64 apt-get update
(
  cd "$folder"
  apt_arm64 apt-get download libdnnl2 libdnnl-dev ocl-icd-libopencl1 libgomp1
  # The licence of libgomp is in the package that all of one GCC share.
  apt_arm64 apt-get download "$(dpkg-deb -f libgomp1_*.deb Depends | grep -o 'gcc-[0-9]*-base')"
)
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/debian"; done
mkdir -p "$folder/onednn"
ln -sfn ../debian/usr/include "$folder/onednn/include"
ln -sfn ../debian/usr/lib/aarch64-linux-gnu "$folder/onednn/lib"
