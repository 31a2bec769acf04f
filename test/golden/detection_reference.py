"""A single-shot detector as torchvision has it: priors, coding, overlaps, suppression, matching, loss, decoding, and a small network.

python3 detection_reference.py > detection.json    (torchvision 0.14.1, PyTorch 1.13.0 on a CPU, float64)
Numbers that are put in follow from names by a hash (`uniform` of networks_reference.py, and of test/fixtures/hashedNumbers.ts).
What torchvision does otherwise than the library, on purpose, and what therefore is not compared:
- its matcher lets each object take its best prior, the last one a shared prior; scenes here have no prior that two objects overlap
  most, where that and a bipartite matching are the same, which `scene` makes sure of;
- it cuts decoded boxes off at the image's edge before suppression; boxes here lie inside;
- it clips priors by width and height alone, not by their centres, of which SSD300's third map has some beyond the image; not at all here.
"""
import json
import sys
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from networks_reference import FLOAT32, Net, basic, rounded, rounding, summary, uniform
from torchvision import __version__ as version
from torchvision.models.detection._utils import BoxCoder, SSDMatcher
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD
from torchvision.ops import batched_nms, box_convert, box_iou, nms

D = torch.float64
CODER = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))


def numbers(name, shape, least=0.0, most=1.0):
    """Rounded to float32, which is what the library's tensors hold."""
    return torch.from_numpy((least + (most - least) * uniform(name, shape)).astype(np.float32)).to(D)


def boxes(name, count, centre=(0.1, 0.9), side=(0.05, 0.4)):
    """Corners."""
    middle, sides = numbers(f"{name} centres", (count, 2), *centre), numbers(f"{name} sides", (count, 2), *side)
    return torch.cat([middle - sides / 2, middle + sides / 2], 1)


def priors():
    """SSD300's: sums of cx, cy, width and height, and every 97th row."""
    aspects, steps = [[2], [2, 3], [2, 3], [2, 3], [2], [2]], [8, 16, 32, 64, 100, 300]
    cells = [[n, n] for n in (38, 19, 10, 5, 3, 1)]
    for name, sizes in (
        ("ssd300", [30, 60, 111, 162, 213, 264, 315]),
        ("ssd300-coco", [21, 45, 99, 153, 207, 261, 315]),  # those of torchvision's ssd300_vgg16
    ):
        make = DefaultBoxGenerator(aspects, scales=[size / 300 for size in sizes], steps=steps, clip=False)
        rows = make._grid_default_boxes(cells, [300, 300], dtype=D).to(D)
        yield {"name": name, "count": len(rows), "sums": rounded(rows.sum(0)), "rows": [rounded(r) for r in rows[::97]]}


def coding():
    found, at = boxes("coded", 24), boxes("coded priors", 24)
    offsets = numbers("offsets", (24, 4), -3, 3)
    offsets[5, 2], offsets[6, 3] = 40, 60  # beyond ln(1000 / 16) · 5
    return {"encoded": rounded(CODER.encode_single(found, at)), "decoded": rounded(CODER.decode_single(offsets, at))}


def overlaps():
    return rounded(box_iou(boxes("one", 9), boxes("other", 11)))


def suppression():
    found, scores = boxes("suppressed", 80), numbers("suppressed scores", (80,))
    classes = (numbers("suppressed classes", (80,)) * 3).long()
    of = lambda threshold: {"threshold": threshold, "all": nms(found, scores, threshold).tolist(), "byClass": batched_nms(found, scores, classes, threshold).tolist()}
    return [of(threshold) for threshold in (0.2, 0.45, 0.7)]


CELLS, SHAPES = 6, ((0.2, 0.2), (0.3, 0.15), (0.15, 0.3))


def grid():
    """Three shapes on each cell of 6 × 6, in centre form."""
    rows = [((x + 0.5) / CELLS, (y + 0.5) / CELLS, w, h) for y in range(CELLS) for x in range(CELLS) for w, h in SHAPES]
    return torch.tensor(rows, dtype=D)


def scene(name, count, at):
    """Objects no two of which overlap one prior most, their classes from 1, and what torchvision matches."""
    found = boxes(name, count, side=(0.12, 0.3))
    classes = 1 + (numbers(f"{name} classes", (count,)) * 3).long()
    quality = box_iou(found, at)
    best = quality.argmax(1)
    assert len(best.unique()) == count and quality.max(1).values.min() > 0.1, name
    return {"boxes": found, "labels": classes}, SSDMatcher(0.5)(quality)


def losses(targets, matched, at, logits, offsets):
    """torchvision's: confidence and localisation."""
    settings = SimpleNamespace(box_coder=CODER, neg_to_pos_ratio=3)
    found = SSD.compute_loss(settings, targets, {"bbox_regression": offsets, "cls_logits": logits}, [at] * len(targets), matched)
    return torch.stack([found["classification"], found["bbox_regression"]])


def loss():
    at = box_convert(grid(), "cxcywh", "xyxy")
    scenes = [scene("first", 4, at), scene("second", 2, at)]
    targets, matched = zip(*scenes)
    logits = numbers("logits", (2, len(at), 4), -2, 2).requires_grad_()
    offsets = numbers("predicted", (2, len(at), 4), -2, 2).requires_grad_()
    value = losses(list(targets), list(matched), at, logits, offsets)
    value.sum().backward()
    chosen = (logits.grad.abs().sum(2) > 0).sum(1).tolist()
    return {
        "matched": [m.tolist() for m in matched],
        "values": rounded(value),
        "counted": chosen,
        "gradients": {"logits": rounded(logits.grad), "offsets": rounded(offsets.grad)},
    }


def decoding():
    """600 priors and four classes: more than 400 candidates of a class, and more than 200 that stay."""
    at = boxes("decoded priors", 600, centre=(0.15, 0.85), side=(0.02, 0.12))
    logits = numbers("decoded logits", (1, 600, 5), -2, 2)
    logits[..., 1] += 1.5
    offsets = numbers("decoded offsets", (1, 600, 4), -1, 1)
    settings = SimpleNamespace(box_coder=CODER, score_thresh=0.01, topk_candidates=400, nms_thresh=0.45, detections_per_img=200)
    raw = CODER.decode_single(offsets[0], at)
    assert raw.min() > 0 and raw.max() < 1  # nothing for torchvision to cut off
    scores = F.softmax(logits, -1)[0, :, 1:]
    assert (scores > 0.01).sum(0).max() > 400
    found = SSD.postprocess_detections(settings, {"bbox_regression": offsets, "cls_logits": logits}, [at], [(1, 1)])[0]
    assert len(found["scores"]) == 200
    return {"boxes": rounded(found["boxes"]), "scores": rounded(found["scores"]), "classes": (found["labels"] - 1).tolist()}


def norm():
    """Of ssd300_vgg16 over its first map: F.normalize over channels, times a scale that starts at 20."""
    x = numbers("map", (2, 6, 3, 4), -3, 3).requires_grad_()
    scale = torch.full((6,), 20.0, dtype=D, requires_grad=True)
    probe = numbers("norm probe", (2, 6, 3, 4), -1, 1)
    y = scale.view(1, -1, 1, 1) * F.normalize(x)
    (y * probe).sum().backward()
    last = lambda t: rounded(t.permute(0, 2, 3, 1))
    return {"y": last(y), "x": last(x.grad), "scale": rounded(scale.grad)}


WIDTH, CLASSES, BATCH, PIXELS = 8, 3, 3, 64
SMALL = {4: ((0.062, 0.082),), 8: ((0.145, 0.185), (0.175, 0.225), (0.2, 0.2)), 16: ((0.25, 0.32), (0.32, 0.42), (0.4, 0.4))}


def small_priors():
    rows = []
    for stride, shapes in SMALL.items():
        n = PIXELS // stride
        rows += [((x + 0.5) / n, (y + 0.5) / n, w, h) for y in range(n) for x in range(n) for w, h in shapes]
    return box_convert(torch.tensor(rows, dtype=D), "cxcywh", "xyxy")


def small_ssd(net, x):
    """ssd-resnet8: a stem of stride 2, three stages, one more, and 3×3 heads on the last three maps. Logits and offsets of each prior."""
    x = F.relu(net.norm("bn", net.conv("conv", x, WIDTH, 3, 2)))
    maps = []
    for stage, to in enumerate((WIDTH, 2 * WIDTH, 4 * WIDTH)):
        x = F.relu(basic(net, f"blocks.{stage}_0", x, to, 2 if stage else 1, "short"))
        maps.append(x)
    x = F.relu(net.norm("extras.0.bn1", net.conv("extras.0.conv1", x, 2 * WIDTH, 1)))
    maps.append(F.relu(net.norm("extras.0.bn2", net.conv("extras.0.conv2", x, 4 * WIDTH, 3, 2))))
    values = CLASSES + 5
    rows = []
    for i, (map_, shapes) in enumerate(zip(maps[1:], SMALL.values())):
        said = net.conv(f"heads.{i}", map_, len(shapes) * values, bias=True)
        rows.append(said.permute(0, 2, 3, 1).reshape(len(said), -1, values))
    rows = torch.cat(rows, 1)
    return rows[..., : CLASSES + 1], rows[..., CLASSES + 1 :]


def steps(images, dtype, targets, matched, at, count=3):
    """Steps of SGD: losses before each, gradients of the first, and the network after all."""
    net, trajectory, first = Net(dtype), [], {}
    small_ssd(net, images.to(dtype))  # makes the variables; statistics are those of the first step, so they are made anew
    net.variables = {name: net.make(name, tuple(v.shape)).to(dtype).requires_grad_(v.requires_grad) for name, v in net.variables.items()}
    learned = {name: v for name, v in net.variables.items() if v.requires_grad}
    optimizer = torch.optim.SGD(learned.values(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)
    for _ in range(count):
        logits, offsets = small_ssd(net, images.to(dtype))
        value = losses(targets, matched, at.to(dtype), logits, offsets)
        optimizer.zero_grad()
        value.sum().backward()
        first = first or {name: v.grad.clone() for name, v in learned.items()}
        trajectory.append(value.detach())
        optimizer.step()
    return net, torch.stack(trajectory), first


def network():
    at = small_priors()
    scenes = [scene(f"network {i}", 3, at) for i in range(BATCH)]
    targets, matched = map(list, zip(*scenes))
    for seed in range(40):
        images = numbers(f"images {seed}", (BATCH, 3, PIXELS, PIXELS), -2, 2)
        exact, trajectory, gradients = steps(images, D, targets, matched, at)
        single = [{**t, "boxes": t["boxes"].float()} for t in targets]
        _, again, others = steps(images, torch.float32, single, matched, at)
        error = max(rounding(gradients, {n: g.to(D) for n, g in others.items()}), (again.to(D) / trajectory - 1).abs().max().item())
        print("small ssd", seed, error, file=sys.stderr)
        if error < FLOAT32:
            break
    else:
        raise ValueError(f"no seed keeps float32 within {FLOAT32} of float64, the last {error}")
    return {
        "spec": {"name": "ssd-resnet8", "width": WIDTH, "classes": CLASSES, "input": [PIXELS, PIXELS, 3]},
        "seed": seed,
        "matched": [sum(1 for i in m.tolist() if i >= 0) for m in matched],
        "trajectory": [rounded(row) for row in trajectory],
        "gradients": {name: summary(g) for name, g in gradients.items()},
        "after": {name: summary(v.detach()) for name, v in exact.variables.items() if v.requires_grad},
    }


def main():
    result = {
        "origin": f"detection_reference.py, torchvision {version}, PyTorch {torch.__version__}",
        "priors": list(priors()),
        "coding": coding(),
        "overlaps": overlaps(),
        "suppression": suppression(),
        "loss": loss(),
        "decoding": decoding(),
        "norm": norm(),
        "network": network(),
    }
    json.dump(result, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
