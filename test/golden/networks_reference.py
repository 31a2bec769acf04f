"""Networks as PyTorch computes them: those of lib/bench/pytorch_networks.py, written down anew from their papers.

python3 networks_reference.py > networks.json    (PyTorch 1.13.0 on a CPU, float64)
`cases`: values of one pass in either mode. No weights are kept: every tensor follows from its name by a hash (`uniform`), in the
order of PyTorch's layout, here and in test/models/golden.test.ts. Of maps and gradients there are mean, root mean square and a
projection on uniform numbers, which tells one order of the same values from another.
A ReLU whose input is within rounding of 0 lets float32 decide which way a gradient goes. `seed`, which changes the images, is the first
with which PyTorch's own float32, and its float64 with images a millionth off, are within FLOAT32 of its float64, by the root mean
square of each gradient.
`sizes`: parameters and multiply-adds, counted at each convolution and linear layer as it runs.
"""
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib" / "bench"))
from pytorch_networks import DEEP, VGG, Net, network  # noqa: E402

BATCH, CLASSES = 4, 5
FLOAT32 = 1e-4


def uniform(name, shape):
    """Numbers in [0, 1): FNV-1a of the name, plus the position, through a 32-bit mixing function."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(math.prod(shape), dtype=np.uint64) + np.uint64(seed)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return x.reshape(shape) / 2**32


def initial(name, shape):
    u = uniform(name, shape)
    if len(shape) > 1:
        u = (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
    else:
        u = u - 0.5 if name.endswith(("running_mean", "bias")) else u + 0.5
    return torch.from_numpy(u.astype(np.float32))


class Recorded(Net):
    """Keeps the stages' maps before and after their activation, and counts what a pass costs."""

    def __init__(self, dtype, make=initial):
        super().__init__(make, dtype)
        self.maps, self.multiply_adds = [], 0

    def cost(self, multiply_adds):
        self.multiply_adds += multiply_adds

    def stage(self, pre, activation=F.relu):
        y = super().stage(pre, activation)
        self.maps += [pre, y]
        return y


CASES = [
    dict(name="resnet8x4", input=[8, 8, 3]),
    dict(name="resnet18", input=[16, 16, 3]),
    dict(name="wrn-16-1", input=[8, 8, 3]),
    dict(name="wrn-10-2", input=[8, 9, 1]),
    dict(name="vgg8-bn", input=[16, 16, 3], pools=3),
    dict(name="vgg11", input=[16, 17, 3], pools=4, hidden=24),
    dict(name="mobilenet", input=[8, 8, 3], width=0.25),
    dict(name="mobilenetv2", input=[16, 16, 3], width=0.35),
    dict(name="shufflenetv2", input=[16, 15, 3], width=0.5),
    dict(name="shufflenetv2", input=[64, 64, 3], width=0.5, stem="imagenet"),
]

# In training mode its 16 norms over few values amplify rounding a thousandfold; its gradients are those of evaluation mode.
FROZEN_CASES = [dict(name="resnet50", input=[32, 32, 3], stem="imagenet")]

SIZES = [
    *(dict(name=f"resnet{depth}") for depth in ("8", "14", "20", "32", "44", "56", "110", "8x4", "32x4")),
    *(dict(name=name) for name in DEEP),
    *(dict(name=f"wrn-{sizes}") for sizes in ("16-1", "16-2", "40-1", "40-2", "46-4", "28-10")),
    *(dict(name=f"vgg{depth}{bn}") for depth in VGG for bn in ("", "-bn")),
    dict(name="mobilenet"),
    dict(name="mobilenetv2"),
    dict(name="shufflenetv2"),
    dict(name="vgg13", hidden=4096),
    dict(name="vgg13-bn", pools=3),
    dict(name="mobilenet", width=0.5),
    dict(name="mobilenetv2", width=1.4),
    dict(name="shufflenetv2", width=1.5),
]


def size_of(t):
    return t.pow(2).mean().sqrt()


def summary(t):
    projection = (t.flatten() * torch.from_numpy(2 * uniform("projection", (t.numel(),)) - 1)).sum() / math.sqrt(t.numel())
    return rounded(torch.stack([t.mean(), size_of(t), projection]))


def rounded(t):
    return [float(f"{v:.9g}") for v in t.flatten().tolist()]


def differentiated(spec, images, dtype, training):
    """A pass and the gradients of a weighted sum of its logits: the network, its logits, its gradients."""
    net, probe = Recorded(dtype), torch.from_numpy(2 * uniform("probe", (BATCH, CLASSES)) - 1).to(dtype)
    net.training = training
    logits = run(net, spec, images)
    (logits * probe).sum().backward()
    return net, logits.detach(), {name: v.grad for name, v in net.variables.items() if v.requires_grad}


def run(net, spec, images):
    options = {key: value for key, value in spec.items() if key not in ("name", "input")}
    forward, arguments = network(spec["name"], **options)
    net.maps = []
    return forward(net, images.to(net.dtype), CLASSES, **arguments)


def rounding(a, b):
    floor = 0.1 * size_of(torch.cat([g.flatten() for g in a.values()]))
    return max((size_of(a[name] - b[name]) / max(size_of(a[name]), floor)).item() for name in a)


def case(spec, training):
    height, width, channels = spec["input"]
    for seed in range(20):
        u = uniform(f"images {seed}", (BATCH, channels, height, width))
        images = torch.from_numpy((4 * u - 2).astype(np.float32))
        net, logits, gradients = differentiated(spec, images, torch.float64, training)
        noise = torch.from_numpy(1 + 1e-6 * uniform("noise", images.shape))
        others = [(images, torch.float32), (images * noise, torch.float64), (images * (2 - noise), torch.float64)]
        error = max(rounding(gradients, differentiated(spec, x, dtype, training)[2]) for x, dtype in others)
        print(spec, seed, error, file=sys.stderr)
        if error < FLOAT32:
            break
    else:
        raise ValueError(f"{spec}: no seed keeps float32 within {FLOAT32} of float64, the last {error}")
    chosen = sorted({*list(gradients)[:: max(1, len(gradients) // 7)], *list(gradients)[-2:]})
    moved = [v for name, v in net.variables.items() if not v.requires_grad]
    statistics = summary(torch.cat(moved))[:2] if moved else []
    net.training = False
    with torch.no_grad():
        evaluated = run(net, spec, images)
    return {
        "spec": {**spec, "classes": CLASSES},
        "training": training,
        "seed": seed,
        "logits": rounded(logits),
        "gradients": {name: summary(gradients[name]) for name in chosen},
        "gradientSize": rounded(size_of(torch.cat([g.flatten() for g in gradients.values()])))[0],
        "statistics": statistics,
        "evaluated": rounded(evaluated),
        "maps": [summary(m) for m in net.maps],
    }


def size(spec):
    options = {key: value for key, value in spec.items() if key != "name"}
    forward, arguments = network(spec["name"], **options)
    counts = []
    for classes in (10, 100):
        net = Recorded(torch.float32, lambda name, shape: torch.zeros(shape))
        net.training = False
        with torch.no_grad():
            forward(net, torch.zeros(1, 3, 32, 32), classes, **arguments)
        counts.append((sum(v.numel() for v in net.variables.values() if v.requires_grad), net.multiply_adds))
    (ten, multiply_adds), (hundred, _) = counts
    return {"spec": spec, "parameters": [ten, hundred], "multiplyAdds": multiply_adds}


def main():
    cases = [*(case(spec, True) for spec in CASES), *(case(spec, False) for spec in FROZEN_CASES)]
    origin = f"networks_reference.py, PyTorch {torch.__version__}"
    json.dump({"origin": origin, "cases": cases, "sizes": [size(spec) for spec in SIZES]}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
