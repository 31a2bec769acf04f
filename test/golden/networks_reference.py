"""Networks as PyTorch computes them, written down anew from their papers with the library's names of variables.

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

import numpy as np
import torch
import torch.nn.functional as F

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


class Net:
    """Variables made as they are first asked for, the stages' maps before and after their activation, and what a pass costs."""

    def __init__(self, dtype, make=initial):
        self.dtype, self.make, self.variables, self.training = dtype, make, {}, True
        self.maps, self.multiply_adds = [], 0

    def get(self, name, *shape, trained=True):
        if name not in self.variables:
            self.variables[name] = self.make(name, shape).to(self.dtype).requires_grad_(trained)
        return self.variables[name]

    def conv(self, name, x, to, size=3, stride=1, groups=1, bias=False):
        weight = self.get(f"{name}.weight", to, x.shape[1] // groups, size, size)
        y = F.conv2d(x, weight, self.get(f"{name}.bias", to) if bias else None, stride, size // 2, groups=groups)
        self.multiply_adds += weight.numel() * y.shape[2] * y.shape[3]
        return y

    def depthwise(self, name, x, stride):
        return self.conv(name, x, x.shape[1], 3, stride, groups=x.shape[1])

    def norm(self, name, x):
        mean, var = (self.get(f"{name}.{part}", x.shape[1], trained=False) for part in ("running_mean", "running_var"))
        weight, bias = (self.get(f"{name}.{part}", x.shape[1]) for part in ("weight", "bias"))
        return F.batch_norm(x, mean, var, weight, bias, self.training)

    def linear(self, name, x, to):
        weight = self.get(f"{name}.weight", to, x.shape[1])
        self.multiply_adds += weight.numel()
        return F.linear(x, weight, self.get(f"{name}.bias", to))

    def stage(self, pre, activation=F.relu):
        y = activation(pre)
        self.maps += [pre, y]
        return y


def basic(net, name, x, to, stride, short):
    y = F.relu(net.norm(f"{name}.bn1", net.conv(f"{name}.conv1", x, to, 3, stride)))
    y = net.norm(f"{name}.bn2", net.conv(f"{name}.conv2", y, to))
    return y + shortcut(net, f"{name}.{short}", x, to, stride)


def bottleneck(net, name, x, to, stride, short):
    y = F.relu(net.norm(f"{name}.bn1", net.conv(f"{name}.conv1", x, to, 1)))
    y = F.relu(net.norm(f"{name}.bn2", net.conv(f"{name}.conv2", y, to, 3, stride)))
    y = net.norm(f"{name}.bn3", net.conv(f"{name}.conv3", y, 4 * to, 1))
    return y + shortcut(net, f"{name}.{short}", x, 4 * to, stride)


def shortcut(net, name, x, to, stride):
    if x.shape[1] == to and stride == 1:
        return x
    return net.norm(f"{name}.1", net.conv(f"{name}.0", x, to, 1, stride))


def resnet(net, x, classes, depth=8, factor=1):  # He et al. 2016, section 4.2; wider ones as in RepDistiller
    widths = [16, 16, 32, 64] if factor == 1 else [32, 64, 128, 256]
    x = F.relu(net.norm("bn", net.conv("conv", x, widths[0])))
    n = (depth - 2) // 6
    for s in range(3):
        for k in range(n):
            pre = basic(net, f"blocks.{s}_{k}", x, widths[s + 1], 2 if s > 0 and k == 0 else 1, "short")
            x = net.stage(pre) if k == n - 1 else F.relu(pre)
    return net.linear("fc", x.mean((2, 3)), classes)


def deep_resnet(net, x, classes, block=basic, counts=(2, 2, 2, 2), stem="cifar"):  # He et al. 2016, table 1
    large = stem == "imagenet"
    x = F.relu(net.norm("bn1", net.conv("conv1", x, 64, 7 if large else 3, 2 if large else 1)))
    x = F.max_pool2d(x, 3, 2, 1) if large else x
    for s, count in enumerate(counts):
        for k in range(count):
            pre = block(net, f"layer{s + 1}.{k}", x, 64 * 2**s, 2 if s > 0 and k == 0 else 1, "downsample")
            x = net.stage(pre) if k == count - 1 else F.relu(pre)
    return net.linear("fc", x.mean((2, 3)), classes)


def wrn(net, x, classes, depth=10, width=1):  # Zagoruyko & Komodakis 2016
    x = net.conv("conv1", x, 16)
    for s in range(3):
        for k in range((depth - 4) // 6):
            name, to, stride = f"block{s + 1}.layer.{k}", 16 * 2**s * width, 2 if s > 0 and k == 0 else 1
            pre = net.norm(f"{name}.bn1", x)
            h = net.stage(pre) if s > 0 and k == 0 else F.relu(pre)
            along = x if x.shape[1] == to else net.conv(f"{name}.convShortcut", h, to, 1, stride)
            y = F.relu(net.norm(f"{name}.bn2", net.conv(f"{name}.conv1", h, to, 3, stride)))
            x = net.conv(f"{name}.conv2", y, to) + along
    return net.linear("fc", net.stage(net.norm("bn1", x)).mean((2, 3)), classes)


def vgg(net, x, classes, counts=(1, 1, 1, 1, 1), bn=False, pools=5, hidden=0):  # Simonyan & Zisserman 2015, table 1
    at = 0
    for s, count in enumerate(counts):
        for k in range(count):
            x = net.conv(f"features.{at}", x, min(64 * 2**s, 512), bias=True)
            x = net.norm(f"features.{at + 1}", x) if bn else x
            x = net.stage(x) if k == count - 1 else F.relu(x)
            at += 3 if bn else 2
        x = F.max_pool2d(x, 2) if s < pools else x
        at += 1
    x = x.mean((2, 3))
    if hidden == 0:
        return net.linear("classifier", x, classes)
    x = F.relu(net.linear("classifier.0", x, hidden))
    x = F.relu(net.linear("classifier.3", x, hidden))
    return net.linear("classifier.6", x, classes)


def mobilenet(net, x, classes, width=1, stem="cifar"):  # Howard et al. 2017, table 1; cifar: as in the code of IE-KD
    widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    halving = [3, 5] if stem == "cifar" else [1, 3, 5, 11]
    x = net.norm("bn1", net.conv("conv1", x, 32, 3, 1 if stem == "cifar" else 2))
    for i, to in enumerate(widths):
        x = net.stage(x) if i in halving else F.relu(x)
        y = F.relu(net.norm(f"layers.{i}.bn1", net.depthwise(f"layers.{i}.conv1", x, 2 if i in halving else 1)))
        x = net.norm(f"layers.{i}.bn2", net.conv(f"layers.{i}.conv2", y, int(to * width), 1))
    return net.linear("linear", net.stage(x).mean((2, 3)), classes)


def eighths(channels):  # to the nearest multiple of 8, never below 90 %
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near


def mobilenet_v2(net, x, classes, width=1, stem="cifar"):  # Sandler et al. 2018, table 2
    first = 1 if stem == "cifar" else 2
    rows = [(1, 16, 1, 1), (6, 24, 2, first), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    last_of_stage = {24, 32, 96, 320}
    x = F.relu6(net.norm("features.0.1", net.conv("features.0.0", x, eighths(32 * width), 3, first)))
    at = 1
    for expansion, channels, count, stride in rows:
        for k in range(count):
            name, to, step = f"features.{at}.conv", eighths(channels * width), stride if k == 0 else 1
            y, part = x, 0
            if expansion > 1:
                y = F.relu6(net.norm(f"{name}.0.1", net.conv(f"{name}.0.0", x, x.shape[1] * expansion, 1)))
                part = 1
            y = F.relu6(net.norm(f"{name}.{part}.1", net.depthwise(f"{name}.{part}.0", y, step)))
            y = net.norm(f"{name}.{part + 2}", net.conv(f"{name}.{part + 1}", y, to, 1))
            y = x + y if step == 1 and x.shape[1] == to else y
            x = net.stage(y, lambda z: z) if channels in last_of_stage and k == count - 1 else y
            at += 1
    pre = net.norm(f"features.{at}.1", net.conv(f"features.{at}.0", x, eighths(1280 * max(1, width)), 1))
    return net.linear("classifier.1", net.stage(pre, F.relu6).mean((2, 3)), classes)


def shuffle(a, b):
    return torch.stack([a, b], 2).flatten(1, 2)


def shufflenet_v2(net, x, classes, width=1, stem="cifar"):  # Ma et al. 2018, table 5
    widths = {0.5: (48, 96, 192, 1024), 1: (116, 232, 464, 1024), 1.5: (176, 352, 704, 1024), 2: (244, 488, 976, 2048)}[width]
    large = stem == "imagenet"
    x = net.stage(net.norm("conv1.1", net.conv("conv1.0", x, 24, 3, 2 if large else 1)))
    x = F.max_pool2d(x, 3, 2, 1) if large else x
    for s, count in enumerate((4, 8, 4)):
        for k in range(count):
            name, half, stride = f"stage{s + 2}.{k}", widths[s] // 2, 2 if k == 0 else 1
            left, right = (x, x) if k == 0 else (x[:, :half], x[:, half:])
            if k == 0:
                left = net.norm(f"{name}.branch1.1", net.depthwise(f"{name}.branch1.0", left, stride))
                left = net.norm(f"{name}.branch1.3", net.conv(f"{name}.branch1.2", left, half, 1))
            y = F.relu(net.norm(f"{name}.branch2.1", net.conv(f"{name}.branch2.0", right, half, 1)))
            y = net.norm(f"{name}.branch2.4", net.depthwise(f"{name}.branch2.3", y, stride))
            y = net.norm(f"{name}.branch2.6", net.conv(f"{name}.branch2.5", y, half, 1))
            pre = shuffle(left, y)  # what passes is rectified already
            x = net.stage(pre) if k == count - 1 else F.relu(pre)
    pre = net.norm("conv5.1", net.conv("conv5.0", x, widths[3], 1))
    return net.linear("fc", net.stage(pre).mean((2, 3)), classes)


VGG = {"8": (1, 1, 1, 1, 1), "11": (1, 1, 2, 2, 2), "13": (2, 2, 2, 2, 2), "16": (2, 2, 3, 3, 3), "19": (2, 2, 4, 4, 4)}
DEEP = {"resnet18": (basic, (2, 2, 2, 2)), "resnet34": (basic, (3, 4, 6, 3)), "resnet50": (bottleneck, (3, 4, 6, 3))}


def network(name, **options):
    if name in DEEP:
        return deep_resnet, dict(zip(("block", "counts"), DEEP[name]), **options)
    if name.startswith("resnet"):
        depth, _, factor = name[6:].partition("x")
        return resnet, dict(depth=int(depth), factor=int(factor or 1))
    if name.startswith("wrn"):
        _, depth, width = name.split("-")
        return wrn, dict(depth=int(depth), width=int(width))
    if name.startswith("vgg"):
        return vgg, dict(counts=VGG[name[3:].partition("-")[0]], bn=name.endswith("-bn"), **options)
    return {"mobilenet": mobilenet, "mobilenetv2": mobilenet_v2, "shufflenetv2": shufflenet_v2}[name], options


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
    net, probe = Net(dtype), torch.from_numpy(2 * uniform("probe", (BATCH, CLASSES)) - 1).to(dtype)
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
        net = Net(torch.float32, lambda name, shape: torch.zeros(shape))
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
