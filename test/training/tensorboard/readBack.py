"""Reads the event files of a folder by TensorBoard itself and says what it found: readBack.py FOLDER. For .ci/tensorboard.sh.

Every point must be there once, and the last value of train/loss be that of the log beside it.
"""
import json
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = Path(sys.argv[1])
accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()
tags = sorted(accumulator.Tags()["scalars"])
assert tags, "no scalars"
for tag in tags:
    steps = [event.step for event in accumulator.Scalars(tag)]
    assert steps == sorted(set(steps)), f"{tag}: steps {steps}"
rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
epochs = {row["step"]: row["loss"] for row in rows if row["kind"] == "epoch" and row["stage"] == "student"}
found = {event.step: event.value for event in accumulator.Scalars("train/loss")}
assert found.keys() == epochs.keys(), (found, epochs)
for step, loss in epochs.items():
    assert abs(found[step] - loss) <= 1e-6 * (1 + abs(loss)), (step, found[step], loss)
print(f"{len(tags)} tags, {len(epochs)} epochs, as in the log: {', '.join(tags)}")
