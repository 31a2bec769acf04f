"""Makes coco.json: scenes and what pycocotools 2.0.11 measures on them. Run: pip install pycocotools==2.0.11; python coco_reference.py

Coordinates are multiples of a quarter, so that no product or sum of them is rounded, but for those of torchmetrics, which have
hundredths; scores have few values, so that many are equal.
"""

import contextlib
import io
import json
import random
from pathlib import Path

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def evaluate(images, classes):
    """The twelve numbers, and AP of each class; -1 (nothing to measure) becomes None."""
    annotations, results = [], []
    for image, scene in enumerate(images, 1):
        for box, category, crowd, area in scene["objects"]:
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image, "category_id": category + 1, "iscrowd": crowd, "area": area, "bbox": box}
            )
        for box, category, score in scene["detections"]:
            results.append({"image_id": image, "category_id": category + 1, "bbox": box, "score": score})
    truth = COCO()
    truth.dataset = {
        "images": [{"id": i + 1} for i in range(len(images))],
        "annotations": annotations,
        "categories": [{"id": c + 1} for c in range(classes)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    number = lambda value: None if value == -1 else float(value)
    precision = run.eval["precision"][:, :, :, 0, 2]
    own = [precision[:, :, c] for c in range(classes)]
    return {
        "stats": [number(s) for s in run.stats],
        "classes": [number(p[p > -1].mean()) if (p > -1).any() else None for p in own],
    }


def quarter(draw, least, most):
    return draw.randint(int(4 * least), int(4 * most)) / 4


def scene(draw, classes, crowds, own_areas, crowded):
    objects, detections = [], []
    for _ in range(draw.randint(0, 7)):
        side = draw.choice([24, 40, 70, 130, 260])
        box = [quarter(draw, 0, 300), quarter(draw, 0, 300), quarter(draw, side / 2, side), quarter(draw, side / 2, side)]
        category, crowd = draw.randrange(classes), int(crowds and draw.random() < 0.25)
        area = box[2] * box[3] * (draw.choice([0.5, 0.75, 1]) if own_areas else 1)
        objects.append([box, category, crowd, area])
        for _ in range(draw.choice([0, 1, 1, 2, 3])):
            moved = [value + quarter(draw, -side / 20, side / 20) for value in box]
            moved = moved if draw.random() < 0.7 else list(box)
            found = category if draw.random() < 0.8 else draw.randrange(classes)
            detections.append([[moved[0], moved[1], max(moved[2], 1), max(moved[3], 1)], found, draw.randint(1, 12) / 16])
    for _ in range(130 if crowded else draw.randint(0, 6)):
        box = [quarter(draw, 0, 300), quarter(draw, 0, 300), quarter(draw, 4, 200), quarter(draw, 4, 200)]
        detections.append([box, draw.randrange(classes), draw.randint(1, 12) / 16])
    draw.shuffle(detections)
    return {"objects": objects, "detections": detections}


def plain(box, category=0, crowd=0):
    return [box, category, crowd, box[2] * box[3]]


def by_hand():
    near, far = [214, 41, 348, 244], [258, 41, 348, 244]
    yield "one of two objects found", 1, [
        {"objects": [plain([0, 0, 10, 10]), plain([50, 50, 10, 10])], "detections": [[[0, 0, 10, 10], 0, 0.5]]}
    ]
    yield "a miss before the hit", 1, [
        {"objects": [plain([0, 0, 10, 10])], "detections": [[[50, 50, 10, 10], 0, 0.95], [[0, 0, 10, 10], 0, 0.9]]}
    ]
    yield "torchmetrics 943, object in the first image", 1, [
        {"objects": [plain(near)], "detections": [[far, 0, 0.5]]},
        {"objects": [], "detections": [[far, 0, 0.5]]},
    ]
    yield "torchmetrics 943, object in the second image", 1, [
        {"objects": [], "detections": [[far, 0, 0.5]]},
        {"objects": [plain(near)], "detections": [[far, 0, 0.5]]},
    ]
    found = [[[20, 20, 20, 20], 0, 0.95], [[50, 50, 10, 10], 0, 0.92], [[0, 0, 10, 10], 0, 0.9]]
    yield "a crowd", 1, [{"objects": [plain([0, 0, 10, 10]), plain([0, 0, 100, 100], 0, 1)], "detections": found}]
    yield "the same without it", 1, [{"objects": [plain([0, 0, 10, 10])], "detections": found}]
    yield "misses of a class without objects cost nothing", 2, [
        {"objects": [plain([0, 0, 40, 40])], "detections": [[[0, 0, 40, 40], 0, 0.5], [[0, 0, 40, 40], 1, 0.9]]}
    ]


# Boxes of Lightning-AI/torchmetrics, tests/unittests/detection/test_map.py (Apache-2.0), which took them from COCO's own fake results.
# An image is objects as (class, corners) and detections as (class, score, corners).
IMAGE_42 = [(4, (214.15, 41.29, 562.41, 285.07))], [(4, 0.236, (258.15, 41.29, 606.41, 285.07))]
IMAGE_73 = (
    [(2, (13, 22.75, 548.98, 632.42)), (2, (1.66, 3.32, 270.26, 275.23))],
    [(3, 0.318, (61, 22.75, 565, 632.42)), (2, 0.726, (12.66, 3.32, 281.26, 275.23))],
)
IMAGE_74 = (
    [
        (4, (61.87, 276.25, 358.29, 379.43)), (1, (2.75, 3.66, 162.15, 316.06)), (0, (295.55, 93.96, 313.97, 152.79)),
        (0, (326.94, 97.05, 340.49, 122.98)), (0, (356.62, 95.47, 372.33, 147.55)), (0, (462.08, 105.09, 493.74, 146.99)),
        (0, (277.11, 103.84, 292.44, 150.72)),
    ],
    [
        (4, 0.546, (87.87, 276.25, 384.29, 379.43)), (1, 0.3, (0, 3.66, 142.15, 316.06)), (0, 0.407, (296.55, 93.96, 314.97, 152.79)),
        (0, 0.611, (328.94, 97.05, 342.49, 122.98)), (0, 0.335, (356.62, 95.47, 372.33, 147.55)),
        (0, 0.805, (464.08, 105.09, 495.74, 146.99)), (0, 0.953, (276.11, 103.84, 291.44, 150.72)),
    ],
)
IMAGE_133 = [(5, (13.99, 2.87, 640, 421.52))], [(5, 0.699, (0, 2.87, 601, 421.52))]
IMAGE_987 = (
    [
        (49, box)
        for box in [
            (72.92, 45.96, 91.23, 80.57), (50.17, 45.34, 71.28, 79.83), (81.28, 47.04, 98.66, 78.5), (63.96, 46.17, 84.35, 80.48),
            (75.29, 23.01, 91.85, 50.85), (56.39, 21.65, 75.66, 45.54), (73.14, 1.1, 98.96, 28.33), (62.34, 55.23, 78.14, 79.57),
            (44.17, 45.78, 63.99, 78.48), (58.18, 44.8, 66.42, 56.25),
        ]
    ],
    [
        (49, score, box)
        for score, box in [
            (0.532, (72.92, 45.96, 91.23, 80.57)), (0.204, (45.17, 45.34, 66.28, 79.83)), (0.782, (82.28, 47.04, 99.66, 78.5)),
            (0.202, (59.96, 46.17, 80.35, 80.48)), (0.883, (75.29, 23.01, 91.85, 50.85)), (0.271, (71.14, 1.1, 96.96, 28.33)),
            (0.561, (61.34, 55.23, 77.14, 79.57)), (0.204, (41.17, 45.78, 60.99, 78.48)), (0.349, (56.18, 44.8, 64.42, 56.25)),
        ]
    ],
)


def by_corners(image):
    objects, detections = image
    sized = lambda x1, y1, x2, y2: [x1, y1, round(x2 - x1, 2), round(y2 - y1, 2)]
    return {
        "objects": [plain(sized(*box), category) for category, box in objects],
        "detections": [[sized(*box), category, score] for category, score, box in detections],
    }


def of_torchmetrics():
    yield "torchmetrics, images 42, 73, 74 and 133", 6, [by_corners(i) for i in (IMAGE_42, IMAGE_73, IMAGE_74, IMAGE_133)]
    yield "torchmetrics, images 42, 73, 74 and 987", 50, [by_corners(i) for i in (IMAGE_42, IMAGE_73, IMAGE_74, IMAGE_987)]


def drawn():
    draw = random.Random(19)
    for name, count, classes, options in [
        ("drawn", 8, 3, dict(crowds=False, own_areas=False, crowded=False)),
        ("drawn, with crowds", 8, 3, dict(crowds=True, own_areas=False, crowded=False)),
        ("drawn, with crowds and areas of their own", 10, 2, dict(crowds=True, own_areas=True, crowded=False)),
        ("drawn, more than 100 detections of a class", 3, 1, dict(crowds=True, own_areas=True, crowded=True)),
    ]:
        yield name, classes, [scene(draw, classes, **options) for _ in range(count)]


def main():
    cases = [
        {"name": name, "classes": classes, "images": images, "expected": evaluate(images, classes)}
        for name, classes, images in [*by_hand(), *of_torchmetrics(), *drawn()]
    ]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = '{"origin":"coco_reference.py, pycocotools 2.0.11","cases":[\n' + lines + "\n]}\n"
    Path(__file__).with_name("coco.json").write_text(text)


if __name__ == "__main__":
    main()
