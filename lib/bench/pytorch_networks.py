"""Networks in PyTorch, written down anew from their papers with the library's names of variables: twins of lib/models/families.

Peers of `iekd bench --models` (pytorch_models.py), and the source of golden values (test/golden/networks_reference.py).
"""
import torch
import torch.nn.functional as F


class Net:
    """Variables made as they are first asked for, by `make(name, shape)`: names are those of the library, layouts PyTorch's."""

    def __init__(self, make, dtype=torch.float32):
        self.make, self.dtype, self.variables, self.training = make, dtype, {}, True

    def get(self, name, *shape, trained=True):
        if name not in self.variables:
            self.variables[name] = self.make(name, shape).to(self.dtype).requires_grad_(trained)
        return self.variables[name]

    def cost(self, multiply_adds):
        """Told what a layer costs for each image."""

    def relu(self, x):
        return F.relu(x)

    def relu6(self, x):
        return F.relu6(x)

    def stage(self, pre, activation=None):
        """The map of a stage, from what it is before its activation."""
        return (activation or self.relu)(pre)

    def conv(self, name, x, to, size=3, stride=1, groups=1, bias=False):
        weight = self.get(f"{name}.weight", to, x.shape[1] // groups, size, size)
        y = F.conv2d(x, weight, self.get(f"{name}.bias", to) if bias else None, stride, size // 2, groups=groups)
        self.cost(weight.numel() * y.shape[2] * y.shape[3])
        return y

    def depthwise(self, name, x, stride):
        return self.conv(name, x, x.shape[1], 3, stride, groups=x.shape[1])

    def norm(self, name, x):
        mean, var = (self.get(f"{name}.{part}", x.shape[1], trained=False) for part in ("running_mean", "running_var"))
        weight, bias = (self.get(f"{name}.{part}", x.shape[1]) for part in ("weight", "bias"))
        return F.batch_norm(x, mean, var, weight, bias, self.training)

    def linear(self, name, x, to):
        weight = self.get(f"{name}.weight", to, x.shape[1])
        self.cost(weight.numel())
        return F.linear(x, weight, self.get(f"{name}.bias", to))


def basic(net, name, x, to, stride, short):
    y = net.relu(net.norm(f"{name}.bn1", net.conv(f"{name}.conv1", x, to, 3, stride)))
    y = net.norm(f"{name}.bn2", net.conv(f"{name}.conv2", y, to))
    return y + shortcut(net, f"{name}.{short}", x, to, stride)


def bottleneck(net, name, x, to, stride, short):
    y = net.relu(net.norm(f"{name}.bn1", net.conv(f"{name}.conv1", x, to, 1)))
    y = net.relu(net.norm(f"{name}.bn2", net.conv(f"{name}.conv2", y, to, 3, stride)))
    y = net.norm(f"{name}.bn3", net.conv(f"{name}.conv3", y, 4 * to, 1))
    return y + shortcut(net, f"{name}.{short}", x, 4 * to, stride)


def shortcut(net, name, x, to, stride):
    if x.shape[1] == to and stride == 1:
        return x
    return net.norm(f"{name}.1", net.conv(f"{name}.0", x, to, 1, stride))


def resnet(net, x, classes, depth=8, factor=1):  # He et al. 2016, section 4.2; wider ones as in RepDistiller
    widths = [16, 16, 32, 64] if factor == 1 else [32, 64, 128, 256]
    x = net.relu(net.norm("bn", net.conv("conv", x, widths[0])))
    n = (depth - 2) // 6
    for s in range(3):
        for k in range(n):
            pre = basic(net, f"blocks.{s}_{k}", x, widths[s + 1], 2 if s > 0 and k == 0 else 1, "short")
            x = net.stage(pre) if k == n - 1 else net.relu(pre)
    return net.linear("fc", x.mean((2, 3)), classes)


def deep_resnet(net, x, classes, block=basic, counts=(2, 2, 2, 2), stem="cifar"):  # He et al. 2016, table 1
    large = stem == "imagenet"
    x = net.relu(net.norm("bn1", net.conv("conv1", x, 64, 7 if large else 3, 2 if large else 1)))
    x = F.max_pool2d(x, 3, 2, 1) if large else x
    for s, count in enumerate(counts):
        for k in range(count):
            pre = block(net, f"layer{s + 1}.{k}", x, 64 * 2**s, 2 if s > 0 and k == 0 else 1, "downsample")
            x = net.stage(pre) if k == count - 1 else net.relu(pre)
    return net.linear("fc", x.mean((2, 3)), classes)


def wrn(net, x, classes, depth=10, width=1):  # Zagoruyko & Komodakis 2016
    x = net.conv("conv1", x, 16)
    for s in range(3):
        for k in range((depth - 4) // 6):
            name, to, stride = f"block{s + 1}.layer.{k}", 16 * 2**s * width, 2 if s > 0 and k == 0 else 1
            pre = net.norm(f"{name}.bn1", x)
            h = net.stage(pre) if s > 0 and k == 0 else net.relu(pre)
            along = x if x.shape[1] == to else net.conv(f"{name}.convShortcut", h, to, 1, stride)
            y = net.relu(net.norm(f"{name}.bn2", net.conv(f"{name}.conv1", h, to, 3, stride)))
            x = net.conv(f"{name}.conv2", y, to) + along
    return net.linear("fc", net.stage(net.norm("bn1", x)).mean((2, 3)), classes)


def vgg(net, x, classes, counts=(1, 1, 1, 1, 1), bn=False, pools=5, hidden=0):  # Simonyan & Zisserman 2015, table 1
    at = 0
    for s, count in enumerate(counts):
        for k in range(count):
            x = net.conv(f"features.{at}", x, min(64 * 2**s, 512), bias=True)
            x = net.norm(f"features.{at + 1}", x) if bn else x
            x = net.stage(x) if k == count - 1 else net.relu(x)
            at += 3 if bn else 2
        x = F.max_pool2d(x, 2) if s < pools else x
        at += 1
    x = x.mean((2, 3))
    if hidden == 0:
        return net.linear("classifier", x, classes)
    x = net.relu(net.linear("classifier.0", x, hidden))
    x = net.relu(net.linear("classifier.3", x, hidden))
    return net.linear("classifier.6", x, classes)


def mobilenet(net, x, classes, width=1, stem="cifar"):  # Howard et al. 2017, table 1; cifar: as in the code of IE-KD
    widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    halving = [3, 5] if stem == "cifar" else [1, 3, 5, 11]
    x = net.norm("bn1", net.conv("conv1", x, 32, 3, 1 if stem == "cifar" else 2))
    for i, to in enumerate(widths):
        x = net.stage(x) if i in halving else net.relu(x)
        y = net.relu(net.norm(f"layers.{i}.bn1", net.depthwise(f"layers.{i}.conv1", x, 2 if i in halving else 1)))
        x = net.norm(f"layers.{i}.bn2", net.conv(f"layers.{i}.conv2", y, int(to * width), 1))
    return net.linear("linear", net.stage(x).mean((2, 3)), classes)


def eighths(channels):  # to the nearest multiple of 8, never below 90 %
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near


def mobilenet_v2(net, x, classes, width=1, stem="cifar"):  # Sandler et al. 2018, table 2
    first = 1 if stem == "cifar" else 2
    rows = [(1, 16, 1, 1), (6, 24, 2, first), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    last_of_stage = {24, 32, 96, 320}
    x = net.relu6(net.norm("features.0.1", net.conv("features.0.0", x, eighths(32 * width), 3, first)))
    at = 1
    for expansion, channels, count, stride in rows:
        for k in range(count):
            name, to, step = f"features.{at}.conv", eighths(channels * width), stride if k == 0 else 1
            y, part = x, 0
            if expansion > 1:
                y = net.relu6(net.norm(f"{name}.0.1", net.conv(f"{name}.0.0", x, x.shape[1] * expansion, 1)))
                part = 1
            y = net.relu6(net.norm(f"{name}.{part}.1", net.depthwise(f"{name}.{part}.0", y, step)))
            y = net.norm(f"{name}.{part + 2}", net.conv(f"{name}.{part + 1}", y, to, 1))
            y = x + y if step == 1 and x.shape[1] == to else y
            x = net.stage(y, lambda z: z) if channels in last_of_stage and k == count - 1 else y
            at += 1
    pre = net.norm(f"features.{at}.1", net.conv(f"features.{at}.0", x, eighths(1280 * max(1, width)), 1))
    return net.linear("classifier.1", net.stage(pre, net.relu6).mean((2, 3)), classes)


def shuffle(a, b):
    """Their channels in turn, in the memory layout that they have."""
    if a.is_contiguous(memory_format=torch.channels_last) and not a.is_contiguous():
        rows = torch.stack([a.permute(0, 2, 3, 1), b.permute(0, 2, 3, 1)], 4)
        return rows.flatten(3).permute(0, 3, 1, 2)
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
            y = net.relu(net.norm(f"{name}.branch2.1", net.conv(f"{name}.branch2.0", right, half, 1)))
            y = net.norm(f"{name}.branch2.4", net.depthwise(f"{name}.branch2.3", y, stride))
            y = net.norm(f"{name}.branch2.6", net.conv(f"{name}.branch2.5", y, half, 1))
            if k == count - 1:
                x = net.stage(shuffle(left, y))
            else:  # what passes by a unit is rectified already
                x = shuffle(net.relu(left) if k == 0 else left, net.relu(y))
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
