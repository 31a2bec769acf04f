#!/usr/bin/env bash
# Event files read back by TensorBoard's own reader, from pip into a virtual environment of this run: of a run, and of one that was
# stopped by a signal and went on.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

own_folder
command -v python3 > /dev/null && python3 -c 'import ensurepip' 2> /dev/null || apt_install python3-venv || skip 'no python3 with venv'
python3 -m venv "$FOLDER/venv" && timeout 240 "$FOLDER/venv/bin/pip" install -q --disable-pip-version-check tensorboard==2.18.0 'setuptools<81' ||
  skip 'TensorBoard cannot be installed from pip'

iekd() { node lib/bin/iekd.cjs --quiet "$@" > /dev/null; }
SETTINGS=(--train-images 400 --validation 100 --test-images 100 --model resnet8 --batch 20 --epochs 3 --optimizer adamw --clip 1 --ema 0.99)

iekd train "${SETTINGS[@]}" --tensorboard --out "$FOLDER/whole"
"$FOLDER/venv/bin/python" test/training/tensorboard/readBack.py "$FOLDER/whole"

# Stopped as soon as its log has a row of a step, then gone on with.
node lib/bin/iekd.cjs --quiet train "${SETTINGS[@]}" --tensorboard --out "$FOLDER/stopped" > /dev/null &
run=$!
for _ in $(seq 600); do
  grep -qs '"kind":"step"' "$FOLDER/stopped/metrics.jsonl" && break
  sleep 0.1
done
kill -TERM "$run"
wait "$run" || true
iekd resume "$FOLDER/stopped"
"$FOLDER/venv/bin/python" test/training/tensorboard/readBack.py "$FOLDER/stopped"
