#!/usr/bin/env bash
# Exported networks in the programs that they are for: every family and page 11's own student in ONNX Runtime, files of ONNX by ONNX's own
# checker, state dicts in PyTorch. What is installed for it lies in a folder of this run; no install script is run, so that nothing else is
# downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

own_folder
echo '{ "private": true }' > "$FOLDER/package.json"
timeout 300 npm install --prefix "$FOLDER" --ignore-scripts --no-audit --no-fund --silent onnxruntime-node@1.30.0 ||
  skip 'onnxruntime-node cannot be installed'
node test/proofs/exports.mjs "$FOLDER"
# Page 11 where ONNX Runtime is there: its own student has the same logits, to 1e-5.
NODE_PATH=$FOLDER/node_modules IEKD_BUDGET=smoke IEKD_RUNS=$FOLDER/runs node lib/bin/iekd.cjs --quiet run notebooks/11-bring-your-own.ipynb --out "$FOLDER/page"
grep -Eo '[0-9]+ images: logits differ by at most ([0-9.]+e-([6-9]|[1-9][0-9])|0e\+0)' "$FOLDER/page/11-bring-your-own.ipynb"
# ONNX's checker in an environment of its own; PyTorch is the system's, where there is one.
PYTHON=python3
if /usr/bin/python3 -m venv --system-site-packages "$FOLDER/python" 2> /dev/null &&
  timeout 300 "$FOLDER/python/bin/pip" install --quiet onnx==1.23.2; then
  PYTHON=$FOLDER/python/bin/python
fi
command -v "$PYTHON" > /dev/null || skip 'ONNX Runtime agrees; there is no Python for the rest'
"$PYTHON" test/proofs/exportedNetworks.py "$FOLDER"
