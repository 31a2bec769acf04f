# What the suites share. A suite is a script of this folder; it ends with 0 (passed), 75 (not run here, its last line says why) or
# anything else (failed). Sourced, not run.

# Not run here, with the reason.
skip() {
  echo "skipped: $*"
  exit 75
}

# No package manager may hang on a network that is not there.
APT_PATIENCE=(-qq -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o DPkg::Lock::Timeout=120)
export npm_config_fetch_timeout=60000 npm_config_fetch_retries=1 PIP_DEFAULT_TIMEOUT=30 PIP_RETRIES=1

has_package() { [[ $(dpkg-query -W -f '${Status}' "$1" 2> /dev/null) == 'install ok installed' ]]; }

may_install() { [[ $(id -u) == 0 && ${IEKD_NO_APT:-} != 1 ]] && command -v apt-get > /dev/null; }

# Debian packages, with apt-get as root where they are missing; fails where they cannot be had.
apt_install() {
  local package missing=()
  for package in "$@"; do has_package "$package" || missing+=("$package"); done
  [[ ${#missing[@]} == 0 ]] && return 0
  may_install || return 1
  echo "installing ${missing[*]}"
  timeout 120 apt-get "${APT_PATIENCE[@]}" update &&
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get "${APT_PATIENCE[@]}" install -y --no-install-recommends "${missing[@]}" > /dev/null
}

# A folder of the suite's own, removed at its end.
own_folder() {
  FOLDER=$(mktemp -d)
  trap 'rm -rf "$FOLDER"' EXIT
}

# Suites that compile the addon in another way than the set-up did.
needs_onednn() { [[ -f lib/engine/onednn/native/build/iekd.node ]] || skip 'the set-up found no oneDNN'; }

# The tests that an engine has to pass which is compiled otherwise: kernels, a training step, its own.
ENGINE_TESTS=(test/engine/kernels.test.ts test/engine/trainingStep.test.ts test/engine/onednn)

# PyTorch's values. By the command line, which measures what rounding decides: another compiler rounds otherwise. Given: how Node is run.
golden_values() {
  local file
  for file in test/golden/resnet8a-seed2.safetensors test/golden/resnet8b-seed10.safetensors; do
    "$@" lib/bin/iekd.cjs golden "$file" --engine onednn
  done
}

# What must run on every Node: what touches its own interfaces (addons, processes, streams, the test runner), not every formula.
NODE_TESTS=(test/engine/kernels.test.ts test/engine/start.test.ts test/engine/onednn/loader.test.ts test/golden
  test/kernel/kernel.test.ts test/kernel/cells test/kernel/debugger test/kernel/server
  test/notebook/jupyter/execute.test.ts)

# Starts the engine and looks for words in its sentence.
expect_engine() {
  local sentence
  sentence=$(node -e "require('iekd/dist/engine/start.js').start().then((report) => console.log(report.sentence))")
  echo "$sentence"
  [[ $sentence == *"$1"* && ${sentence,,} != *unknown* ]] || { echo "expected \"$1\" in it, and no \"unknown\""; return 1; }
}
