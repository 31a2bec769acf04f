#!/usr/bin/env bash
# The engine tensorflow on the processor: the set-up gets TensorFlow with pip into a folder that is kept beside what has passed
# (.ci/suite.sh) and builds the binding of tfjs-node-gpu; then kernels, training steps, golden values and tfjs-core's suite.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

command -v python3 > /dev/null && python3 -m pip --version > /dev/null 2>&1 || apt_install python3-pip || skip 'python3 has no pip'
KEY=$({ python3 --version && uname -m && cat lib/setup/tensorflowWheel.txt; } 2>&1 | sha256sum | cut -c1-12)
export IEKD_TENSORFLOW=${XDG_CACHE_HOME:-$HOME/.cache}/iekd/tensorflow/$KEY

code=0
said=$(timeout 420 node lib/setup/setup.mjs --tensorflow 2>&1) || code=$?
echo "$said"
if [[ $code != 0 ]]; then
  # A network that is not there is no fault of ours; all else is.
  [[ $code == 124 || $said == *'pip could not install'* || $said == *'pip finds no'* ]] && skip 'TensorFlow cannot be installed from pip'
  exit 1
fi

export IEKD_ENGINE=tensorflow
node -e "require('iekd/dist/engine/start.js').start().then((report) => console.log(report.sentence))" | grep 'TensorFlow .*, CPU'
node test/run.mjs test/engine/tensorflow test/engine/trainingStep.test.ts test/engine/kernels.test.ts test/engine/dilatedConvolution.test.ts
for file in test/golden/*.safetensors; do node lib/bin/iekd.cjs golden "$file" --engine tensorflow; done
node test/tfjsCore/run.mjs tensorflow
