"""Single-shot detectors in PyTorch, twins of lib/models/families/ssd.ts and ssd300.ts with a training step: matching, hard negatives,
loss and backward. Work of pytorch_reference.py.

Liu et al. 2016 (SSD). Matching and loss are written as torchvision writes them, the faster way in eager mode: each object takes its best
prior in one assignment, where the library matches one to one.
"""
import math
import torch
from torch import nn
import torch.nn.functional as F
from pytorch_reference import Block, sgd

SMALL_SHAPES = {
    4: [(0.062, 0.082)],
    8: [(0.145, 0.185), (0.175, 0.225), (0.2, 0.2)],
    16: [(0.25, 0.32), (0.32, 0.42), (0.4, 0.4)],
}
SIZES = [30, 60, 111, 162, 213, 264, 315]
ASPECTS = [[2], [2, 3], [2, 3], [2, 3], [2], [2]]
STEPS, CELLS = [8, 16, 32, 64, 100, 300], [38, 19, 10, 5, 3, 1]


def grid(cells, step, shapes):
    """Priors of one map, [cells · cells · shapes, 4]: cx, cy, width, height."""
    rows = [((x + 0.5) * step, (y + 0.5) * step, w, h) for y in range(cells) for x in range(cells) for w, h in shapes]
    return torch.tensor(rows)


def ssd300_shapes(i):
    size, between = SIZES[i] / 300, math.sqrt(SIZES[i] * SIZES[i + 1]) / 300
    oblong = [pair for a in ASPECTS[i] for pair in ((size * a**0.5, size / a**0.5), (size / a**0.5, size * a**0.5))]
    return [(size, size), (between, between), *oblong]


def normed(cin, cout, size, stride=1, pad=None):
    conv = nn.Conv2d(cin, cout, size, stride, size // 2 if pad is None else pad, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(cout), nn.ReLU(inplace=True))


class Detector(nn.Module):
    """Stages, and a head on the maps of some of them; returns class scores and offsets of each prior."""

    def __init__(self, stages, heads, classes, priors):
        super().__init__()
        self.stages, self.taps, self.classes = nn.ModuleList(stages), [stage for stage, _, _ in heads], classes
        self.heads = nn.ModuleList(nn.Conv2d(cin, k * (classes + 5), 3, 1, 1) for _, cin, k in heads)
        self.register_buffer("priors", priors)

    def forward(self, x):
        rows, heads = [], iter(self.heads)
        for i, stage in enumerate(self.stages):
            x = stage(x)
            if i in self.taps:
                y = next(heads)(x).permute(0, 2, 3, 1)
                rows.append(y.reshape(len(y), -1, self.classes + 5))
        rows = torch.cat(rows, 1)
        return rows[..., : self.classes + 1], rows[..., self.classes + 1 :]


def small_ssd(depth=8, width=16, classes=3, pixels=160):
    n, w = (depth - 2) // 6, width
    blocks = lambda cin, cout, stride: nn.Sequential(*(Block(cin if k == 0 else cout, cout, stride if k == 0 else 1, "B") for k in range(n)))
    stages = [
        nn.Sequential(normed(3, w, 3, 2), blocks(w, w, 1)),
        blocks(w, 2 * w, 2),
        blocks(2 * w, 4 * w, 2),
        nn.Sequential(normed(4 * w, 2 * w, 1), normed(2 * w, 4 * w, 3, 2)),
    ]
    priors = torch.cat([grid(pixels // stride, stride / pixels, shapes) for stride, shapes in SMALL_SHAPES.items()])
    return Detector(stages, [(1, 2 * w, 1), (2, 4 * w, 3), (3, 4 * w, 3)], classes, priors)


def ssd300_resnet18(classes=20):
    stem = [normed(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    stages = [
        nn.Sequential(*stem, Block(64, 64, 1, "B"), Block(64, 64, 1, "B")),
        nn.Sequential(Block(64, 128, 2, "B"), Block(128, 128, 1, "B")),
        nn.Sequential(Block(128, 256, 1, "B"), Block(256, 256, 1, "B")),
    ]
    cin = 256
    for i, (between, cout) in enumerate(zip([256, 256, 128, 128, 128], [512, 512, 256, 256, 128])):
        last = normed(between, cout, 3, 2) if i < 3 else normed(between, cout, 3, 1, 0)
        stages.append(nn.Sequential(normed(cin, between, 1), last))
        cin = cout
    priors = torch.cat([grid(n, step / 300, ssd300_shapes(i)) for i, (n, step) in enumerate(zip(CELLS, STEPS))])
    heads = [(2 + i, cin, 2 + 2 * len(a)) for i, (cin, a) in enumerate(zip([256, 512, 512, 256, 256, 128], ASPECTS))]
    return Detector(stages, heads, classes, priors)


def corners(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)


def ious(a, b):
    area = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    sides = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0)
    shared = sides[..., 0] * sides[..., 1]
    return shared / (area(a)[:, None] + area(b) - shared)


def targets(boxes, labels, priors, prior_corners):
    """Label and offsets of each prior of one image: the object it overlaps by a half or more, and each object's best prior."""
    overlap = ious(boxes, prior_corners)
    best, matched = overlap.max(0)
    forced = overlap.argmax(1)
    matched[forced] = torch.arange(len(boxes))
    best[forced] = 1
    found = boxes[matched]
    centre, size = (found[:, :2] + found[:, 2:]) / 2, found[:, 2:] - found[:, :2]
    offsets = torch.cat([(centre - priors[:, :2]) / priors[:, 2:] / 0.1, (size / priors[:, 2:]).log() / 0.2], 1)
    return torch.where(best >= 0.5, labels[matched], torch.zeros_like(matched)), offsets


def multibox_loss(logits, offsets, labels, wanted):
    """Three hard negatives for each positive, image by image; sums over priors, divided by the positives of the batch."""
    positive = labels > 0
    n = positive.sum().clamp(min=1)
    near = F.smooth_l1_loss(offsets[positive], wanted[positive], reduction="sum")
    losses = F.cross_entropy(logits.reshape(-1, logits.shape[2]), labels.reshape(-1), reduction="none").view(labels.shape)
    with torch.no_grad():
        ranked = losses.masked_fill(positive, -math.inf).sort(1, descending=True)[1]
        negative = ranked.sort(1)[1] < 3 * positive.sum(1, keepdim=True)
    return losses[positive | negative].sum() / n + near / n


OBJECTS = 12


def made_up_objects(batch, classes):
    """Corners and labels (from 1) of each image: sides between 0.1 and 0.4 of it."""
    sides = 0.1 + 0.3 * torch.rand(batch, OBJECTS, 2)
    at = torch.rand(batch, OBJECTS, 2) * (1 - sides)
    return torch.cat([at, at + sides], 2), torch.randint(1, classes + 1, (batch, OBJECTS))


def training_step(work, depth, batch, fmt, mixed):
    """One step as a function; `depth` is that of the small one."""
    make, pixels = (lambda: small_ssd(depth), 160) if work == "ssd" else (ssd300_resnet18, 300)
    net = make().to(memory_format=fmt)
    x = torch.randn(batch, 3, pixels, pixels).contiguous(memory_format=fmt)
    boxes, classes = made_up_objects(batch, net.classes)
    prior_corners, opt = corners(net.priors), sgd(net, lr=1e-3)

    def step():
        labels, wanted = map(torch.stack, zip(*(targets(b, c, net.priors, prior_corners) for b, c in zip(boxes, classes))))
        with mixed():
            logits, offsets = net(x)
        loss = multibox_loss(logits.float(), offsets.float(), labels, wanted)
        opt.zero_grad(); loss.backward(); opt.step()

    return step
