#!/usr/bin/env bash
# The onednn engine compiled by Clang, without OpenMP's header and library, as Apple's compiler is. Installs clang.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

needs_onednn
apt_install clang || command -v clang++ > /dev/null || skip 'clang cannot be installed'
own_folder
export CXX=clang++ IEKD_ADDON_FOLDER=$FOLDER/addon IEKD_ENGINE=onednn
node lib/engine/onednn/native/build.mjs
expect_engine 'oneDNN '
golden_values timeout 300 node
timeout 900 node test/run.mjs "${ENGINE_TESTS[@]}"
