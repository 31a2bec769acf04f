"""Two steps of contrastive representation distillation, as PyTorch computes them from the paper.

python3 crd_reference.py > crd.json    (PyTorch 2.15 on a CPU, float64)
Tian et al. 2020, equations 10 to 12 and section 3.2, by loops over images and over their negatives: h = p / (p + m / n), p = exp(s / T) / Z. Z is n times
the mean of exp(s / T) over all candidates of the first batch; a bank's row becomes (row + v) / 2, of length 1. Negatives are the first m of the
images after an image's own class, in the order of classes and then of numbers, round from the end to the start.
`maps` are the student's [batch, height, width, channels], `target` the teacher's means over positions.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(29)
D = torch.float64
LABELS = [2, 0, 1, 2, 0, 1, 1, 0, 2, 0]
NUMBERS = [[3, 0, 6], [9, 3, 5]]
N, M, T, DIMENSIONS = len(LABELS), 3, 0.5, 4


def draw(*shape, scale=1.0):
    return (torch.randn(shape, dtype=D) * scale).round(decimals=4)


def negatives(i):
    order = sorted(range(N), key=lambda k: (LABELS[k], k))
    after = max(p for p, k in enumerate(order) if LABELS[k] == LABELS[i]) + 1
    return [order[(after + k) % N] for k in range(M)]


def project(x, w, side):
    return F.normalize(x @ w[f"{side}.weight"] + w[f"{side}.bias"])


def side_loss(v, bank, numbers, z):
    score = lambda i, k: torch.exp(v[i] @ bank[k] / T)
    candidates = [[number, *negatives(number)] for number in numbers]
    if z is None:
        z = N * sum(score(i, k).item() for i, row in enumerate(candidates) for k in row) / (len(v) * (M + 1))
    total = 0
    for i, (own, *others) in enumerate(candidates):
        h = lambda k: score(i, k) / z / (score(i, k) / z + M / N)
        total = total - torch.log(h(own)) - sum(torch.log(1 - h(k)) for k in others)
    return total / len(v), z


def move(bank, v, numbers):
    bank = bank.clone()
    for i, number in enumerate(numbers):
        row = 0.5 * bank[number] + 0.5 * v[i].detach()
        bank[number] = row / row.norm()
    return bank


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 12) for v in x.flatten().tolist()]}


def main():
    w = {}
    for side, width in [("student", 3), ("teacher", 5)]:
        w[f"{side}.weight"], w[f"{side}.bias"] = draw(width, DIMENSIONS, scale=0.6), draw(DIMENSIONS, scale=0.3)
        w[f"{side}.weight"].requires_grad_()
        w[f"{side}.bias"].requires_grad_()
    banks = {side: draw(N, DIMENSIONS, scale=0.5) for side in ("student", "teacher")}
    given = {**{k: tensor(x) for k, x in w.items()}, **{f"{k}.bank": tensor(x) for k, x in banks.items()}}
    z, steps = {"student": None, "teacher": None}, []
    for numbers in NUMBERS:
        maps, target = draw(3, 2, 2, 3).requires_grad_(), draw(3, 5)
        v = {"student": project(maps.mean((1, 2)), w, "student"), "teacher": project(target, w, "teacher")}
        s, z["student"] = side_loss(v["student"], banks["teacher"], numbers, z["student"])
        t, z["teacher"] = side_loss(v["teacher"], banks["student"], numbers, z["teacher"])
        grads = torch.autograd.grad(s + t, [maps, *w.values()])
        banks = {side: move(banks[side], v[side], numbers) for side in banks}
        steps.append({
            "numbers": numbers,
            "maps": tensor(maps),
            "target": tensor(target),
            "losses": [s.item(), t.item()],
            "grads": {name: tensor(g) for name, g in zip(["maps", *w], grads)},
            "banks": {side: tensor(bank) for side, bank in banks.items()},
            "normalisers": dict(z),
        })
    origin = f"crd_reference.py, PyTorch {torch.__version__}"
    json.dump({"origin": origin, "labels": LABELS, "negatives": M, "temperature": T, "variables": given, "steps": steps}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
