"""Losses of methods that give a student branches, as PyTorch computes them from the papers.

python3 branches_reference.py > branches.json    (PyTorch 2.15 on a CPU, float64)
Zhang et al. 2019 (be your own teacher), equations 1 to 4, alpha 0.3, T 2, hint 0.02; Lan et al. 2018 (ONE), equations 4 to 8, T 3. Maps are
[batch, height, width, channels], filters [height, width, in, out]; batch norms are in training mode, epsilon 1e-5. `logits` are the student's.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(31)
D = torch.float64
LABELS = torch.tensor([1, 0, 2])
SHAPES = {"stage1": (3, 8, 8, 3), "stage2": (3, 4, 4, 4), "stage3": (3, 2, 2, 8)}
MIDDLE, LAST, CLASSES = 2, 8, 3


def draw(*shape, scale=1.0):
    return (torch.randn(shape, dtype=D) * scale).round(decimals=4)


def branch_weights(w, name, width, halvings):
    sizes = [(1, width, MIDDLE), *[(3, MIDDLE, MIDDLE)] * halvings, (1, MIDDLE, LAST)]
    for i, (size, a, b) in enumerate(sizes, 1):
        w[f"{name}.conv{i}.weight"] = draw(size, size, a, b, scale=0.6)
        w[f"{name}.bn{i}.weight"], w[f"{name}.bn{i}.bias"] = draw(b, scale=0.3) + 1, draw(b, scale=0.3) + 0.3
    w[f"{name}.fc.weight"], w[f"{name}.fc.bias"] = draw(LAST, CLASSES, scale=0.5), draw(CLASSES, scale=0.5)


def norm(x, w, name):
    return F.batch_norm(x, None, None, w[f"{name}.weight"], w[f"{name}.bias"], training=True, eps=1e-5)


def branch(x, w, name, halvings):
    x = x.permute(0, 3, 1, 2)
    for i in range(1, halvings + 3):
        edge = i in (1, halvings + 2)
        f = w[f"{name}.conv{i}.weight"].permute(3, 2, 0, 1)
        x = F.relu(norm(F.conv2d(x, f, stride=1 if edge else 2, padding=0 if edge else 1), w, f"{name}.bn{i}"))
    return x.permute(0, 2, 3, 1), x.mean((2, 3)) @ w[f"{name}.fc.weight"] + w[f"{name}.fc.bias"]


def kl(teacher, student, T):
    p = F.softmax(teacher.detach() / T, 1)
    return T * T * (p * (p.log() - F.log_softmax(student / T, 1))).sum(1).mean()


def ce(z):
    return F.cross_entropy(z, LABELS)


def byot(logits, maps, w, alpha=0.3, T=2, hint=0.02):
    total = (1 - alpha) * ce(logits)
    for name, halvings in [("stage1", 2), ("stage2", 1)]:
        found, z = branch(maps[name], w, name, halvings)
        distance = ((found - maps["stage3"].detach()) ** 2).sum() / len(LABELS)
        total = total + (1 - alpha) * ce(z) + alpha * kl(logits, z, T) + hint * distance
    return total


def byot_weights(w):
    branch_weights(w, "stage1", 3, 2)
    branch_weights(w, "stage2", 4, 1)


def one(logits, maps, w, T=3):
    trunk = maps["stage2"]
    z = [logits, *(branch(trunk, w, f"branch{i}", 1)[1] for i in (1, 2))]
    g = F.softmax(F.relu(norm(trunk.mean((1, 2)) @ w["gate.linear.weight"], w, "gate.bn")), 1)
    ensemble = sum(g[:, i : i + 1] * x for i, x in enumerate(z))
    return sum(ce(x) for x in [*z, ensemble]) + sum(kl(ensemble, x, T) for x in z)


def one_weights(w):
    w["gate.linear.weight"] = draw(4, 3)
    w["gate.bn.weight"], w["gate.bn.bias"] = draw(3, scale=0.3) + 1, draw(3, scale=0.3) + 0.5
    for i in (1, 2):
        branch_weights(w, f"branch{i}", 4, 1)


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 12) for v in x.flatten().tolist()]}


def main():
    rows = []
    for name, weights, loss in [("byot", byot_weights, byot), ("one", one_weights, one)]:
        inputs = {"logits": draw(3, CLASSES), **{k: draw(*shape).abs() for k, shape in SHAPES.items()}}
        w = {}
        weights(w)
        everything = {**inputs, **w}
        for value in everything.values():
            value.requires_grad_()
        value = loss(inputs["logits"], inputs, w)
        value.backward()
        rows.append({
            "name": name,
            "inputs": {k: tensor(x) for k, x in inputs.items()},
            "weights": {k: tensor(x) for k, x in w.items()},
            "value": value.item(),
            "grads": {k: tensor(x.grad) for k, x in everything.items() if x.grad is not None},
        })
    json.dump({"origin": f"branches_reference.py, PyTorch {torch.__version__}", "labels": LABELS.tolist(), "rows": rows}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
