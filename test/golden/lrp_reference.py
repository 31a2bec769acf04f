"""Layer-wise relevance propagation with dense matrices and explicit sums, no gradients (float64).

python3 lrp_reference.py > lrp.json    (PyTorch 1.13.0 on a CPU)
Each convolution with its batch norm is turned into a matrix by what it makes of unit maps, so that nothing is folded by formula.
Pictures are bytes [batch, height, width, channels], relevance the same; weights are in PyTorch's layouts.
"""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)
SIDE, COLOURS, CLASSES, BATCH = 6, 2, 3, 3
MEAN, STD = torch.tensor([0.4, 0.5]), torch.tensor([0.2, 0.3])


class Net(nn.Module):
    """Convolution, pooling, a block with the identity beside it, a block with a projection, mean, linear layer."""

    def __init__(self):
        super().__init__()
        conv = lambda a, b, stride=1, size=3: nn.Conv2d(a, b, size, stride, size // 2, bias=False)
        self.conv, self.bn = conv(COLOURS, 3), nn.BatchNorm2d(3)
        self.c1, self.b1, self.c2, self.b2 = conv(3, 3), nn.BatchNorm2d(3), conv(3, 3), nn.BatchNorm2d(3)
        self.c3, self.b3, self.c4, self.b4 = conv(3, 4, 2), nn.BatchNorm2d(4), conv(4, 4), nn.BatchNorm2d(4)
        self.cs, self.bs = conv(3, 4, 2, 1), nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, CLASSES)


def dense(f, shape):
    """f of one map of that shape as a matrix [inputs, outputs] and a bias [outputs]."""
    size = int(torch.tensor(shape).prod())
    bias = f(torch.zeros(1, *shape)).flatten()
    return f(torch.eye(size).reshape(size, *shape)).flatten(1) - bias, bias


def share(x, matrix, bias, r, rule, number):
    """x [inputs], r [outputs] -> relevance [inputs], one contribution at a time."""
    parts = x[:, None] * matrix
    if rule == "alpha1beta0":
        parts, bias = parts.clamp(min=0), bias.clamp(min=0)
    z = parts.sum(0) + bias
    if rule == "gamma":
        up = z >= 0
        favoured = torch.where(up, parts.clamp(min=0), parts.clamp(max=0))
        extra = torch.where(up, bias.clamp(min=0), bias.clamp(max=0))
        parts = parts + number * favoured
        z = parts.sum(0) + bias + number * extra
    if rule == "epsilon":
        z = z + torch.where(z >= 0, number, -number)
    if rule == "zB":
        low, high = [((v - MEAN) / STD).repeat_interleave(SIDE * SIDE)[:, None] for v in (0.0, 1.0)]
        parts = parts - low * matrix.clamp(min=0) - high * matrix.clamp(max=0)
        z = parts.sum(0)
    s = torch.where(z == 0, torch.zeros_like(z), r / z)
    return (parts * s).sum(1)


def explain(net, x, cls, rules, numbers, part):
    """One image x [channels, height, width]: its map, and the sums on the way down."""
    go = lambda place, h, m, b, r: share(h.flatten(), m, b, r, rules[place], numbers.get(rules[place], 0.0))

    def total(a, b, r):
        both = torch.stack([a.flatten(), b.flatten()])  # [2, n]: each output has two inputs with weights of 1
        rows = [share(both[:, k], torch.ones(2, 1), torch.zeros(1), r[k : k + 1], rules["sum"], numbers.get(rules["sum"], 0.0)) for k in range(both.shape[1])]
        return torch.stack(rows, 1)

    layer = lambda conv, bn: (lambda h: bn(conv(h)))
    first, l1, l2 = layer(net.conv, net.bn), layer(net.c1, net.b1), layer(net.c2, net.b2)
    l3, l4, ls = layer(net.c3, net.b3), layer(net.c4, net.b4), layer(net.cs, net.bs)
    a0 = F.relu(first(x[None]))
    p, where = F.max_pool2d(a0, 2, return_indices=True)
    h1 = F.relu(l1(p))
    y1 = l2(h1)
    s1 = F.relu(y1 + p)
    h3 = F.relu(l3(s1))
    y4, ys = l4(h3), ls(s1)
    s2 = F.relu(y4 + ys)
    mean = s2.mean((2, 3))
    logits = net.fc(mean)[0]
    cls = int(logits.argmax()) if cls is None else cls

    d = lambda f, h: dense(f, tuple(h.shape[1:]))
    r = torch.zeros(CLASSES)
    r[cls] = logits[cls]
    sums = [r.sum().item()]
    r = go("linear", mean, net.fc.weight.t(), net.fc.bias, r)
    pool, zero = d(lambda h: h.mean((2, 3)), s2)
    r = share(s2.flatten(), pool, zero, r, "zero", 0.0)
    if part is not None:
        kept = torch.zeros(4)
        kept[part] = 1
        r = r * kept.repeat_interleave(4)
    sums.append(r.sum().item())
    body, along = total(y4, ys, r)
    r = go("convolution", s1, *d(l3, s1), go("convolution", h3, *d(l4, h3), body)) + go("convolution", s1, *d(ls, s1), along)
    sums.append(r.sum().item())
    body, along = total(y1, p, r)
    r = go("convolution", p, *d(l1, p), go("convolution", h1, *d(l2, h1), body)) + along
    sums.append(r.sum().item())
    r = torch.zeros(3 * SIDE * SIDE).index_add(0, (where[0] + torch.arange(3)[:, None, None] * SIDE * SIDE).flatten(), r)
    r = go("first", x, *d(first, x[None]), r)
    sums.append(r.sum().item())
    return logits, r.reshape(COLOURS, SIDE, SIDE).permute(1, 2, 0), sums, cls


CASES = [
    {"rules": {"linear": "epsilon", "convolution": "alpha1beta0", "first": "zB", "sum": "alpha1beta0"}, "target": None, "part": None},
    {"rules": {"linear": "epsilon", "convolution": "alpha1beta0", "first": "zB", "sum": "alpha1beta0"}, "target": 1, "part": [0, 3]},
    {"rules": {"linear": "zero", "convolution": "zero", "first": "zero", "sum": "zero"}, "target": 0, "part": None},
    {"rules": {"linear": "gamma", "convolution": "gamma", "first": "gamma", "sum": "gamma"}, "target": None, "part": None},
    {"rules": {"linear": "epsilon", "convolution": "epsilon", "first": "alpha1beta0", "sum": "zero"}, "target": 2, "part": None},
]
NUMBERS = {"epsilon": 0.1, "gamma": 0.25}


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


def main():
    net = Net().eval()
    for name, value in net.state_dict().items():
        if name.endswith("running_mean"):
            value.copy_(0.3 * torch.randn_like(value))
        elif name.endswith("running_var"):
            value.copy_(0.5 + torch.rand_like(value))
        elif name.startswith("b") and value.dim() == 1:
            value.copy_((1 if name.endswith("weight") else 0) + 0.3 * torch.randn_like(value))
        if value.is_floating_point():
            value.copy_(value.round(decimals=4))
    pictures = torch.randint(0, 256, (BATCH, SIDE, SIDE, COLOURS))
    images = ((pictures / 255.0 - MEAN) / STD).permute(0, 3, 1, 2)
    with torch.no_grad():
        found = []
        for case in CASES:
            rows = [explain(net, x, case["target"], case["rules"], NUMBERS, case["part"]) for x in images]
            maps, sums = torch.stack([r[1] for r in rows]), torch.tensor([r[2] for r in rows])
            found.append({**case, "explained": [r[3] for r in rows], "relevance": tensor(maps), "sums": tensor(sums)})
            logits = torch.stack([r[0] for r in rows])
    state = {name: tensor(v) for name, v in net.state_dict().items() if v.is_floating_point()}
    out = {"origin": f"lrp_reference.py, PyTorch {torch.__version__}", "state": state, "pictures": pictures.flatten().tolist()}
    json.dump({**out, "numbers": NUMBERS, "logits": tensor(logits), "cases": found}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
