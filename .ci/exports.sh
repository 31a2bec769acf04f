#!/usr/bin/env bash
# Exported networks in the programs that they are for: every family in ONNX Runtime, files of ONNX by ONNX's own checker, state dicts in
# PyTorch. What is installed for it lies in a folder of this run; no install script is run, so that nothing else is downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

own_folder
echo '{ "private": true }' > "$FOLDER/package.json"
timeout 300 npm install --prefix "$FOLDER" --ignore-scripts --no-audit --no-fund --silent onnxruntime-node@1.30.0 ||
  skip 'onnxruntime-node cannot be installed'
node test/proofs/exports.mjs "$FOLDER"
# ONNX's checker in an environment of its own; PyTorch is the system's, where there is one.
PYTHON=python3
if /usr/bin/python3 -m venv --system-site-packages "$FOLDER/python" 2> /dev/null &&
  timeout 300 "$FOLDER/python/bin/pip" install --quiet onnx==1.23.2; then
  PYTHON=$FOLDER/python/bin/python
fi
command -v "$PYTHON" > /dev/null || skip 'ONNX Runtime agrees; there is no Python for the rest'
"$PYTHON" test/proofs/exportedNetworks.py "$FOLDER"
