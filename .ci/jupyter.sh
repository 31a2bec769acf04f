#!/usr/bin/env bash
# The kernel with the real Jupyter, from pip into a virtual environment that is kept beside what has passed (.ci/suite.sh), and Debian's
# Chromium. The kernel is installed as a user installs it; the tests run in a folder that is not the project's.
#
#   .ci/jupyter.sh [NAME …]    default: all of them, as they stand below
#
# Pictures of JupyterLab stay in ~/.cache/iekd/jupyter/screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

PLACE=${XDG_CACHE_HOME:-$HOME/.cache}/iekd/jupyter
VENV=$PLACE/$({ python3 --version && cat test/jupyter/requirements.txt; } 2>&1 | sha256sum | cut -c1-12)

# Made under another name, so that one that was cut short is never taken for whole. A virtual environment cannot be moved: a file says it.
environment() {
  [[ -e $VENV/whole ]] && return 0
  command -v python3 > /dev/null || apt_install python3 || return 1
  python3 -m venv --help > /dev/null 2>&1 && python3 -c 'import ensurepip' 2> /dev/null || apt_install python3-venv || return 1
  rm -rf "$VENV"
  mkdir -p "$PLACE" && python3 -m venv "$VENV" &&
    timeout 240 "$VENV/bin/pip" install -q --disable-pip-version-check -r test/jupyter/requirements.txt && touch "$VENV/whole"
}

node lib/setup/setup.mjs # silent where all is there
environment || skip 'Jupyter cannot be installed from pip'
command -v chromium > /dev/null || command -v google-chrome > /dev/null || apt_install chromium || skip 'Chromium cannot be installed'

own_folder
export FOLDER SCREENSHOTS=$PLACE/screenshots KERNEL=tslab PYTHONDONTWRITEBYTECODE=1
rm -rf "$SCREENSHOTS"
node lib/bin/iekd.cjs --quiet kernel install --prefix "$FOLDER"
export JUPYTER_PATH=$FOLDER/share/jupyter

# A browser on a busy machine is late now and then; a fault of ours comes twice.
try() { (cd "$FOLDER" && timeout --kill-after=10 180 "$VENV/bin/python" "$OLDPWD/test/jupyter/$1.py"); }

failed=()
for name in ${*:-conformance notebookFiles consoleAnswers voilaPage labSession labOutputs labControls labDebugger}; do
  echo "-- $name"
  try "$name" && continue
  echo "-- $name, once more"
  try "$name" || failed+=("$name")
done
[[ ${#failed[@]} == 0 ]] || { echo "failed: ${failed[*]}"; exit 1; }
