"""Losses of relations and of features, and their gradients, as PyTorch computes them from the formulas of the papers.

python3 relations_reference.py > relations.json    (PyTorch 2.15 on a CPU, float64)
Maps are written [batch, height, width, channels]; `grad` is that of the loss with respect to `a`, the student's.
Each function is written from its paper, by loops where the paper has sums, and not as the library computes it.
"""
import json
import math
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(19)
D = torch.float64


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def cosines(x):
    x = x.flatten(1)
    return F.cosine_similarity(x[:, None], x[None], dim=2)


def sp(a, b):  # Tung & Mori 2019, equations 1 to 4
    def similarities(x):
        q = x.flatten(1)
        g = q @ q.T
        return torch.stack([row / row.norm() for row in g])

    n = a.size(0)
    return (similarities(a) - similarities(b)).norm() ** 2 / n**2


def pkt(a, b, diagonal):  # Passalis & Tefas 2018, equations 3 to 6; with the diagonal as in passalis/probabilistic_kt; mean over pairs
    n, eps = a.size(0), 1e-7

    def probabilities(x):
        k = (cosines(x) + 1) / 2
        rows = []
        for i in range(n):
            others = [j for j in range(n) if diagonal or j != i]
            total = sum(k[i, j] for j in others)
            rows.append(torch.stack([k[i, j] / total if j in others else torch.zeros((), dtype=D) for j in range(n)]))
        return torch.stack(rows)

    p, q = probabilities(b), probabilities(a)
    return (p * ((p + eps) / (q + eps)).log()).sum() / n**2


def huber(x, y):  # Park et al. 2019, equation 4
    d = (x - y).abs()
    return torch.where(d <= 1, d**2 / 2, d - 0.5)


def rkd_distance(a, b):  # equations 5 and 6
    def psi(x):
        n = x.size(0)
        t = [[(x[i] - x[j]).norm() if i != j else torch.zeros((), dtype=D) for j in range(n)] for i in range(n)]
        mu = sum(t[i][j] for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
        return torch.stack([torch.stack(row) for row in t]) / mu

    return huber(psi(a.flatten(1)), psi(b.flatten(1))).mean()


def rkd_angle(a, b):  # equations 7 and 8; 0 where two of three images are one
    def psi(x):
        n = x.size(0)
        out = []
        for j in range(n):
            e = [(x[i] - x[j]) / (x[i] - x[j]).norm() if i != j else x[i] * 0 for i in range(n)]
            out.append(torch.stack([torch.stack([e[i] @ e[k] for k in range(n)]) for i in range(n)]))
        return torch.stack(out)

    return huber(psi(a.flatten(1)), psi(b.flatten(1))).mean()


def cc(a, b, gamma, order):  # Peng et al. 2019, equations 5, 8 and 9
    def kernel(x):
        x = F.normalize(x.flatten(1))
        dot = x @ x.T
        return sum(math.exp(-2 * gamma) * (2 * gamma) ** p / math.factorial(p) * dot**p for p in range(order + 1))

    return ((kernel(a) - kernel(b)) ** 2).sum() / a.size(0) ** 2


def correlation(x, y):  # Pearson's, |.| of it, over the pairs of different images
    n = x.size(0)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    u, v = [torch.stack([m[i, j] for i, j in pairs]) for m in (x, y)]
    u, v = u - u.mean(), v - v.mean()
    return ((u * v).sum() / (u.norm() * v.norm())).abs()


def sp_magnitude(a, b):
    return correlation(*[F.normalize(x.flatten(1) @ x.flatten(1).T) for x in (a, b)])


def dist(a, b, axis):  # Huang et al. 2022, equations 5 to 8
    a, b = a.flatten(1), b.flatten(1)
    if axis == 0:
        a, b = a.T, b.T
    rows = [torch.corrcoef(torch.stack([x, y]))[0, 1] for x, y in zip(a, b)]
    return 1 - sum(rows) / len(rows)


def nst(a, b, kernel):  # Huang & Wang 2017, equations 4 to 7
    def patterns(x):
        return F.normalize(channels_first(x).flatten(2), dim=2)

    total = 0
    fs, ft = patterns(a), patterns(b)
    if kernel == "gaussian":
        sigma2 = torch.stack([((x[:, None] - y[None]) ** 2).sum(-1).mean() for x, y in zip(fs, ft)]).mean().detach()
    for s, t in zip(fs, ft):
        def k(x, y):
            if kernel == "linear":
                return x @ y.T
            if kernel == "polynomial":
                return (x @ y.T) ** 2
            return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * sigma2))

        total = total + k(t, t).mean() + k(s, s).mean() - 2 * k(s, t).mean()
    return total / a.size(0)


def vid(a, b):  # Ahn et al. 2019, equation 5 without its constant, as torch has it; the variances are 0.5, 1 and 2
    variance = torch.tensor([0.5, 1.0, 2.0], dtype=D).expand_as(a)
    return F.gaussian_nll_loss(a, b, variance)


MAP, NARROW, SMALL = (4, 3, 3, 5), (4, 3, 3, 3), (4, 2, 2, 6)
ROWS, WIDE = (5, 4), (5, 7)
CASES = {
    "SP": (MAP, SMALL, sp),
    "SP, exploration": (MAP, SMALL, sp_magnitude),
    "PKT": (ROWS, WIDE, lambda a, b: pkt(a, b, False)),
    "PKT, all pairs": (ROWS, WIDE, lambda a, b: pkt(a, b, True)),
    "RKD, distances": (ROWS, WIDE, rkd_distance),
    "RKD, angles": (ROWS, WIDE, rkd_angle),
    "RKD, 25 and 50": (ROWS, WIDE, lambda a, b: 25 * rkd_distance(a, b) + 50 * rkd_angle(a, b)),
    "CC": (ROWS, WIDE, lambda a, b: cc(a, b, 0.4, 2)),
    "CC, gamma 0.7, order 4": (ROWS, WIDE, lambda a, b: cc(a, b, 0.7, 4)),
    "DIST, inter": (ROWS, ROWS, lambda a, b: dist(a, b, 1)),
    "DIST, intra": (ROWS, ROWS, lambda a, b: dist(a, b, 0)),
    "DIST": (ROWS, ROWS, lambda a, b: 2 * dist(a, b, 1) + 3 * dist(a, b, 0)),
    "NST, polynomial": (MAP, NARROW, lambda a, b: nst(a, b, "polynomial")),
    "NST, gaussian": (MAP, NARROW, lambda a, b: nst(a, b, "gaussian")),
    "NST, linear": (MAP, NARROW, lambda a, b: nst(a, b, "linear")),
    "VID": (NARROW, NARROW, vid),
}


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


def main():
    rows = []
    for name, (shape_a, shape_b, loss) in CASES.items():
        a = torch.randn(shape_a, dtype=D).round(decimals=4).requires_grad_()
        b = torch.randn(shape_b, dtype=D).round(decimals=4)
        value = loss(a, b)
        value.backward()
        rows.append({"name": name, "a": tensor(a), "b": tensor(b), "value": value.item(), "grad": tensor(a.grad)["data"]})
    json.dump({"origin": f"relations_reference.py, PyTorch {torch.__version__}", "rows": rows}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
