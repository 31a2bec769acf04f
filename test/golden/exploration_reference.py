"""The forms of exploring and their gradients, as PyTorch computes them in float64, from the definitions.

python3 exploration_reference.py > exploration.json    (PyTorch 2.15 on a CPU)
Huang et al. 2021 for `negate`; Ganin & Lempitsky 2015 for the reversal; Kornblith et al. 2019 for linear CKA. Maps are
[batch, height, width, channels], filters [height, width, in, out]. The first two channels of the student's map inherit, the others explore.
`grads` are those of weight · term: by the student's map, and by the first filter of either half's encoder.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(11)
D = torch.float64
WEIGHT = 3.0
FROM = {"teacher": 4, "inheritance": 2, "exploration": 2}


def coder(channels, to=2):
    layers = {}
    for i, (a, b) in zip((1, 4, 7), ((channels, channels), (channels, to), (to, to))):
        layers[f"encode.{i}.weight"] = torch.randn(3, 3, a, b, dtype=D) * 0.4
        layers[f"encode.{i + 1}.weight"] = torch.rand(b, dtype=D) + 0.5
        layers[f"encode.{i + 1}.bias"] = torch.randn(b, dtype=D) * 0.2
        layers[f"encode.{i + 1}.running_mean"] = torch.randn(b, dtype=D) * 0.1
        layers[f"encode.{i + 1}.running_var"] = torch.rand(b, dtype=D) + 0.5
    return {name: value.round(decimals=4) for name, value in layers.items()}


def encode(x, layers, training):
    h = F.leaky_relu(x.permute(0, 3, 1, 2), 0.1)
    for i in (1, 4, 7):
        h = F.conv2d(h, layers[f"encode.{i}.weight"].permute(3, 2, 0, 1), padding=1)
        norm = [layers[f"encode.{i + 1}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        h = F.leaky_relu(F.batch_norm(h, norm[0].clone(), norm[1].clone(), norm[2], norm[3], training), 0.1)
    return h.permute(0, 2, 3, 1)


def l1(a, b):
    return (F.normalize(a.flatten(1)) - F.normalize(b.flatten(1))).abs().mean()


def alignment(a, b):
    n = a.size(0)
    h = torch.eye(n, dtype=D) - 1 / n
    k, l = (h @ x.flatten(1) @ x.flatten(1).T @ h for x in (a, b))
    return (k * l).sum() / (k.norm() * l.norm())


coders = {name: coder(channels) for name, channels in FROM.items()}
student = torch.randn(5, 4, 4, 4, dtype=D).round(decimals=4).requires_grad_()
teacher = torch.randn(5, 4, 4, 4, dtype=D).round(decimals=4)
filters = {name: coders[name]["encode.1.weight"].requires_grad_() for name in ("inheritance", "exploration")}
target = encode(teacher, coders["teacher"], False).detach()


def halves():
    return student[..., :2], student[..., 2:]


def negate():
    return -WEIGHT * l1(encode(halves()[1], coders["exploration"], True), target)


def reverse():  # what the encoder minimises; the map's gradient changes its sign below
    return WEIGHT * l1(encode(halves()[1], coders["exploration"], True), target)


def shared():
    frozen = {name: value.detach() for name, value in coders["inheritance"].items()}
    return -WEIGHT * l1(encode(halves()[1], frozen, True), target)


def cka():
    return WEIGHT * alignment(halves()[1], teacher)


def cka_halves():
    inherits, explores = halves()
    return WEIGHT * alignment(explores, inherits.detach())


def row(name, options, term, of_map=1.0):
    leaves = {"map": student, **filters}
    value = term()
    grads = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
    found = {key: torch.zeros_like(leaf) if g is None else g for (key, leaf), g in zip(leaves.items(), grads)}
    found["map"] = of_map * found["map"]
    return {"name": name, "explore": {"weight": WEIGHT, **options}, "weighted": value.item(),
            "grads": {key: g.flatten().tolist() for key, g in found.items()}}


low, high = (round(cka().item() / WEIGHT + step, 2) for step in (-0.05, 0.05))
rows = [
    row("negate", {"how": "negate"}, negate),
    row("reversed", {"how": "reversed"}, reverse, -1.0),
    row("shared", {"how": "shared"}, shared),
    row("cka", {"how": "cka"}, cka),
    row("cka, above its floor", {"how": "cka", "floor": low}, cka),
    row("cka, below its floor", {"how": "cka", "floor": high}, cka, 0.0),
    row("cka-halves", {"how": "cka-halves"}, cka_halves),
]


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


json.dump({
    "origin": f"exploration_reference.py, PyTorch {torch.__version__}",
    "student": tensor(student),
    "teacher": tensor(teacher),
    "coders": {name: {key: tensor(value) for key, value in layers.items()} for name, layers in coders.items()},
    "rows": rows,
}, sys.stdout)
print()
