"""Losses of two networks' logits and their gradients by the student's, as PyTorch computes them in float64, from the papers' equations.

python3 logits_reference.py > logits.json    (PyTorch 2.15 on a CPU)
Zhao et al. 2022 (DKD), Yang et al. 2023 (NKD), Huang et al. 2022 (DIST), Jin et al. 2023 (multi-level), Zhou et al. 2021 (weighted soft
labels), Li et al. 2023 (CTKD), Sun et al. 2024 (standardisation), Furlanello et al. 2018 (born-again), Guo et al. 2020 (KDCL), Kim et al. 2021 (PS-KD). The authors' code of DKD hides the target by adding -1000 to its logit;
here the other classes are taken out. `a` is the student's, `b` the teacher's; labels are 2, 0, 1, 4.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(21)
D = torch.float64
LABELS = torch.tensor([2, 0, 1, 4])


def others(z):  # [rows, classes - 1]
    keep = torch.ones_like(z, dtype=torch.bool).scatter(1, LABELS[:, None], False)
    return z[keep].view(z.size(0), -1)


def of_label(p):
    return p.gather(1, LABELS[:, None])[:, 0]


def kl(p, q):
    return (p * (p.log() - q.log())).sum(1).mean()


def tckd(s, t, T):
    p, q = (of_label(F.softmax(z / T, 1)) for z in (t, s))
    return kl(torch.stack([p, 1 - p], 1), torch.stack([q, 1 - q], 1))


def nckd(s, t, T):
    return kl(F.softmax(others(t) / T, 1), F.softmax(others(s) / T, 1))


def nkd_target(s, t):
    return -(of_label(F.softmax(t, 1)) * of_label(F.log_softmax(s, 1))).mean()


def nkd_others(s, t, T):
    return -(F.softmax(others(t) / T, 1) * F.log_softmax(others(s) / T, 1)).sum(1).mean()


def correlation(a, b):  # of each row
    a, b = (x - x.mean(1, keepdim=True) for x in (a, b))
    return F.cosine_similarity(a, b, dim=1, eps=0).mean()


def inter(s, t, T):
    return 1 - correlation(F.softmax(s / T, 1), F.softmax(t / T, 1))


def intra(s, t, T):
    return 1 - correlation(F.softmax(s / T, 1).T, F.softmax(t / T, 1).T)


def batch_gram(s, t, T):
    p, q = F.softmax(s / T, 1), F.softmax(t / T, 1)
    return ((p @ p.T - q @ q.T) ** 2).sum() / s.size(0)


def class_gram(s, t, T):
    p, q = F.softmax(s / T, 1), F.softmax(t / T, 1)
    return ((p.T @ p - q.T @ q) ** 2).sum() / s.size(1)


def wsl(s, t, T):
    ce = lambda z: F.cross_entropy(z, LABELS, reduction="none")
    weight = (1 - torch.exp(-ce(s) / ce(t))).detach()
    return -(weight * (F.softmax(t / T, 1) * F.log_softmax(s / T, 1)).sum(1)).mean()


def z_score(x):
    return (x - x.mean(1, keepdim=True)) / (x.std(1, keepdim=True) + 1e-7)


def soft(s, t, T):
    return kl(F.softmax(t / T, 1), F.softmax(s / T, 1))


def hard(s):
    return F.cross_entropy(s, LABELS)


def second(t):  # another teacher
    return 0.5 * t.flip(1)


def curriculum(s, t, alpha=0.9):  # CTKD in the first of ten loops: T = 1 + 20 sigmoid(1), which is a constant to the logits
    T = 1 + 20 * torch.sigmoid(torch.tensor(1.0, dtype=D))
    ramp = (1 - torch.cos(torch.tensor(torch.pi / 9, dtype=D))) / 2
    divergence = T * T * soft(s, t, T)
    return (1 - alpha) * hard(s) + alpha * divergence - alpha * ramp * divergence.detach()


def min_logit(*networks):  # Guo et al. 2020, section 3.2: logits over that of the label, the least of each class
    rows = [[min(z[i, c].item() - z[i, y].item() for z in networks) for c in range(networks[0].size(1))] for i, y in enumerate(LABELS)]
    return torch.tensor(rows, dtype=D)


def naive(*networks):  # of each image the network with the least cross-entropy
    losses = [F.cross_entropy(z, LABELS, reduction="none").tolist() for z in networks]
    best = [min(range(len(networks)), key=lambda k: losses[k][i]) for i in range(len(LABELS))]
    return torch.stack([networks[k][i].detach() for i, k in enumerate(best)])


def collaborative(s, t, target):  # both networks' losses; the weight is 0.5, T 3
    return sum(hard(z) + 0.5 * 9 * soft(z, target, 3) for z in (s, t))


def progressive(s, t, alpha=0.8 / 10):  # Kim et al. 2021, equation 6, in the first of ten epochs; the epoch before said softmax(t)
    mixed = (1 - alpha) * F.one_hot(LABELS, s.size(1)) + alpha * F.softmax(t, 1)
    return -(mixed * F.log_softmax(s, 1)).sum(1).mean()


CASES = {
    "TCKD, T 2": lambda s, t: tckd(s, t, 2),
    "TCKD, T 1": lambda s, t: tckd(s, t, 1),
    "NCKD, T 4": lambda s, t: nckd(s, t, 4),
    "NKD, target": nkd_target,
    "NKD, others, T 1": lambda s, t: nkd_others(s, t, 1),
    "NKD, others, T 3": lambda s, t: nkd_others(s, t, 3),
    "DIST, inter, T 4": lambda s, t: inter(s, t, 4),
    "DIST, intra, T 1": lambda s, t: intra(s, t, 1),
    "Gram of images, T 2": lambda s, t: batch_gram(s, t, 2),
    "Gram of classes, T 2": lambda s, t: class_gram(s, t, 2),
    "weighted soft labels, T 2": lambda s, t: wsl(s, t, 2),
    "z-scores": lambda s, t: (z_score(s) * z_score(t) ** 2).mean(),
    "dkd": lambda s, t: hard(s) + 9 * (1 * tckd(s, t, 3) + 6 * nckd(s, t, 3)),
    "nkd": lambda s, t: hard(s) + nkd_target(s, t) + 1.5 * 4 * nkd_others(s, t, 2),
    "dist": lambda s, t: hard(s) + 16 * (2 * inter(s, t, 4) + 3 * intra(s, t, 4)),
    "mlkd": lambda s, t: hard(s) + sum(2 * T * T * soft(s, t, T) + 3 * batch_gram(s, t, T) + 5 * class_gram(s, t, T) for T in (2, 3)),
    "wsld": lambda s, t: hard(s) + 2.5 * 4 * wsl(s, t, 2),
    "born-again": lambda s, t: hard(s) + soft(s, t, 1),
    "logit-standard over kd": lambda s, t: 0.1 * hard(s) + 0.9 * 4 * soft(z_score(s), z_score(t), 2),
    "sum of dkd, kd by half and wsld": lambda s, t: hard(s) + 9 * (tckd(s, t, 3) + 6 * nckd(s, t, 3)) + 0.5 * 0.9 * 16 * soft(s, t, 4) + 10 * wsl(s, t, 2),
    "ensemble-kd, the first teacher three times the second": lambda s, t: 0.2 * hard(s)
    + 0.8 * 9 * (0.75 * soft(s, t, 3) + 0.25 * soft(s, second(t), 3)),
    "ctkd, first epoch": curriculum,
    "divergence by its temperature": lambda T, t: T[0] ** 2 * soft(second(t), t, T[0]),
    "kdcl, the least logits": lambda s, t: collaborative(s, t, min_logit(s, t)),
    "kdcl, the least loss": lambda s, t: collaborative(s, t, naive(s, t)),
    "ps-kd, first epoch": progressive,
}


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


rows = []
for name, loss in CASES.items():
    a = (2 * torch.randn(4, 5, dtype=D)).round(decimals=4).requires_grad_()
    b = (2 * torch.randn(4, 5, dtype=D)).round(decimals=4)
    if name == "divergence by its temperature":
        a = torch.tensor([1.5], dtype=D, requires_grad=True)
    value = loss(a, b)
    value.backward()
    rows.append({"name": name, "a": tensor(a), "b": tensor(b), "value": value.item(), "grad": a.grad.flatten().tolist()})
json.dump({"origin": f"logits_reference.py, PyTorch {torch.__version__}", "rows": rows}, sys.stdout)
print()
