"""Losses and their gradients as PyTorch computes them, from the formulas of the papers and their authors' code.

python3 losses_reference.py > losses.json    (PyTorch 1.13.0 on a CPU, float64)
Maps are written [batch, height, width, channels]; `grad` is that of the loss with respect to `a`.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(4)
D = torch.float64


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def attention(x):  # szagoruyko/attention-transfer, utils.py
    return F.normalize(channels_first(x).pow(2).mean(1).view(x.size(0), -1))


def partial_l2(source, target):  # clovaai/overhaul-distillation, distiller.py
    loss = F.mse_loss(source, target, reduction="none")
    return (loss * ((source > target) | (target > 0)).to(D)).sum() / source.size(0)


def boundary(source, target, margin):  # bhheo/AB_distillation, utils.py
    loss = (source + margin) ** 2 * ((source > -margin) & (target <= 0)).to(D)
    loss = loss + (source - margin) ** 2 * ((source <= margin) & (target > 0)).to(D)
    return loss.sum() / source.size(0)


def gram(a, b, pool=F.adaptive_avg_pool2d):  # HobbitLong/RepDistiller, FSP.py; with max pooling as in Yim et al. 2017
    a, b = channels_first(a), channels_first(b)
    a = pool(a, b.shape[2:])
    a, b = a.flatten(2), b.flatten(2)
    return torch.bmm(a, b.transpose(1, 2)) / a.size(2)


def fsp(a, b):  # HobbitLong/RepDistiller, FSP.py, over three maps made of one
    def flow(x):
        return gram(x, x**2), gram(x**2, x**3)

    return sum((s - t).pow(2).mean() for s, t in zip(flow(a), flow(b)))


def boundaries(a, b):  # bhheo/AB_distillation, cifar10_AB_distillation.py, over three layers made of one
    return boundary(3 * a, b, 1) + boundary(2 * a, b, 1) / 2 + boundary(a, b, 1) / 4


def signs(a, b):  # what the exploring half of IE-AB minimises
    return F.cosine_similarity(a.flatten(1), ((b > 0).to(D) * 2 - 1).flatten(1)).abs().mean()


def factors(a, b, loss):  # Jangho-Kim/Factor-Transfer-pytorch, utils.py: FT, then the loss
    return loss(F.normalize(a.flatten(1)), F.normalize(b.flatten(1)))


def virtual(logits, labels, temperature, soft):  # yuanli2333/Teacher-free-Knowledge-Distillation, KL summed over classes
    teacher = torch.full_like(logits, 0.01 / (logits.size(1) - 1))
    teacher.scatter_(1, labels[:, None], 0.99)
    log_q = F.log_softmax(logits / (temperature if soft else 1), 1)
    return F.kl_div(log_q, F.softmax(teacher / temperature, 1), reduction="batchmean")


def cka(a, b, rbf):  # Kornblith et al. 2019, with H K H written out
    def kernel(x):
        x = x.flatten(1)
        if not rbf:
            return x @ x.T
        squares = ((x[:, None] - x[None]) ** 2).sum(-1)
        return torch.exp(-squares / (2 * squares.detach().flatten().quantile(0.5)))

    n = a.size(0)
    h = torch.eye(n, dtype=D) - 1 / n
    k, l = h @ kernel(a) @ h, h @ kernel(b) @ h
    return 1 - (k * l).sum() / (k.norm() * l.norm())


def kd(logits, teacher, labels):
    soft = F.kl_div(F.log_softmax(logits / 3, 1), F.softmax(teacher / 3, 1), reduction="batchmean") * 9
    return 0.3 * F.cross_entropy(logits, labels) + 0.7 * soft


def self_training(logits, teacher, labels):
    """yuanli2333/Teacher-free-Knowledge-Distillation, my_loss_function.py: alpha .95, T 6, multiplier 50 for 100 classes; here for 4.

    KLDivLoss means over all elements there, classes included, so that a multiplier of 2 is 0.5 for a sum over classes.
    """
    soft = torch.nn.KLDivLoss()(F.log_softmax(logits / 6, 1), F.softmax(teacher / 6, 1)) * (6 * 6) * 2
    return 0.05 * F.cross_entropy(logits, labels) + 0.95 * soft


def second_stage(logits, teacher):  # bhheo/AB_distillation, cifar10_AB_distillation.py, train_KD
    log_p, log_q = F.log_softmax(teacher / 3, 1), F.log_softmax(logits / 3, 1)
    return -(log_p.exp() * (log_q - log_p)).sum() / logits.size(0)


MAP, OTHER = (3, 4, 4, 5), (3, 4, 4, 5)
LABELS = torch.tensor([2, 0, 1])
CASES = {
    "attention, mean square": (MAP, (3, 4, 4, 2), lambda a, b: (attention(a) - attention(b)).pow(2).mean()),
    "attention, norm": (MAP, (3, 4, 4, 2), lambda a, b: (attention(a) - attention(b)).norm(dim=1).mean()),
    "partial L2": (MAP, OTHER, partial_l2),
    "boundary, margin 1": (MAP, OTHER, lambda a, b: boundary(a, b, 1)),
    "boundary, margin 0.5": (MAP, OTHER, lambda a, b: boundary(a, b, 0.5)),
    "gram of a larger and a smaller map": (MAP, (3, 2, 2, 3), lambda a, b: (gram(a, b) ** 2).mean()),
    "mean square": (MAP, OTHER, F.mse_loss),
    "virtual teacher, T 20": ((3, 4), (1,), lambda a, b: virtual(a, LABELS, 20, False)),
    "virtual teacher, T 3, softened student": ((3, 4), (1,), lambda a, b: virtual(a, LABELS, 3, True)),
    "CKA, linear": ((6, 4), (6, 3), lambda a, b: cka(a, b, False)),
    "CKA, RBF": ((6, 4), (6, 3), lambda a, b: cka(a, b, True)),
    "CKA, RBF, five images": ((5, 4), (5, 3), lambda a, b: cka(a, b, True)),
    "KD, alpha 0.7, T 3": ((3, 4), (3, 4), lambda a, b: kd(a, b, LABELS)),
    "gram, max pooling": (MAP, (3, 2, 2, 3), lambda a, b: (gram(a, b, F.adaptive_max_pool2d) ** 2).mean()),
    "FSP, two sections": (MAP, OTHER, fsp),
    "AB, three layers": (MAP, OTHER, boundaries),
    "AB, exploration": (MAP, OTHER, signs),
    "AB, second stage": ((3, 4), (3, 4), second_stage),
    "Tf-KD by self-training": ((3, 4), (3, 4), lambda a, b: self_training(a, b, LABELS)),
    "factors, L1": (MAP, OTHER, lambda a, b: factors(a, b, F.l1_loss)),
    "factors, L2": (MAP, OTHER, lambda a, b: factors(a, b, lambda x, y: F.mse_loss(x, y).sqrt())),
    "factors, cosine": (MAP, OTHER, lambda a, b: 1 - F.cosine_similarity(a.flatten(1), b.flatten(1)).mean()),
    "factors, cosine, exploration": (MAP, OTHER, lambda a, b: F.cosine_similarity(a.flatten(1), b.flatten(1)).abs().mean()),
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
    json.dump({"origin": f"losses_reference.py, PyTorch {torch.__version__}", "rows": rows}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
