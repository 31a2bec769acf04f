#!/usr/bin/env bash
# The quick tests on newer Nodes: engines, golden values, the kernel, notebooks, the command line. Each comes from npm's package "node",
# installed outside of the checkout.
#
#   .ci/nodes.sh [MAJOR …]    default 22 24 26
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

own_folder
ran=0
for major in "${@:-22 24 26}"; do for version in $major; do
  place=$FOLDER/$version
  mkdir -p "$place"
  if ! (cd "$place" && npm init -y > /dev/null && timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts=false "node@$version") ||
    ! "$place/node_modules/.bin/node" --version > /dev/null; then
    echo "Node $version cannot be installed from npm: not tried"
    continue
  fi
  echo "node $("$place/node_modules/.bin/node" --version)"
  PATH=$place/node_modules/.bin:$PATH timeout 900 node test/run.mjs "${NODE_TESTS[@]}"
  ran=$((ran + 1))
done; done
[[ $ran -gt 0 ]] || skip 'no other Node can be installed from npm'
