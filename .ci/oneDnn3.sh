#!/usr/bin/env bash
# The onednn engine against oneDNN 3, as pip installs it without root: wheels onednn-cpu-gomp and onednn-devel-cpu-gomp (3.2), in a
# virtual environment of this run. Which version the other suites have, the system's package says: 2.6 in Debian 12.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

[[ $(uname -sm) == 'Linux x86_64' ]] || skip "the wheels of oneDNN are for Linux on x86_64, this is $(uname -sm)"
command -v python3 > /dev/null || skip 'there is no python3'
own_folder
python3 -m venv "$FOLDER/venv" > /dev/null 2>&1 || skip 'python3 cannot make a virtual environment'
timeout 300 "$FOLDER/venv/bin/pip" install -q --disable-pip-version-check 'onednn-cpu-gomp==2023.2.*' 'onednn-devel-cpu-gomp==2023.2.*' ||
  skip 'pip cannot install onednn-cpu-gomp and onednn-devel-cpu-gomp'

export VIRTUAL_ENV=$FOLDER/venv IEKD_ADDON_FOLDER=$FOLDER/addon IEKD_ENGINE=onednn
unset ONEDNN_ROOT DNNL_ROOT CONDA_PREFIX
node lib/engine/onednn/native/build.mjs
expect_engine 'oneDNN 3.'
# Not activated any more: the addon knows where its library is.
unset VIRTUAL_ENV
expect_engine 'oneDNN 3.'
golden_values timeout 300 node
timeout 900 node test/run.mjs "${ENGINE_TESTS[@]}"
