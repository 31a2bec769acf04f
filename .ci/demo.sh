#!/usr/bin/env bash
# The page of `iekd demo` in Debian's headless Chromium, on WebGL that a program plays, on WebAssembly and on plain JavaScript: what it
# computes is the library's, and what goes wrong is said in it; then the page that trains, on WebGPU that a
# program plays. Pictures of the page stay in ~/.cache/iekd/demo.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

node lib/setup/setup.mjs # silent where all is there
command -v chromium > /dev/null || command -v google-chrome > /dev/null || apt_install chromium || skip 'Chromium cannot be installed'
node test/proofs/demoPage.mjs "$(command -v chromium || command -v google-chrome)" "${XDG_CACHE_HOME:-$HOME/.cache}/iekd/demo"
node test/proofs/trainPage.mjs "$(command -v chromium || command -v google-chrome)"
