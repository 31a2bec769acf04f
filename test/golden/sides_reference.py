"""Whole distances of matchers that learn: sides with given weights and the loss, as PyTorch computes them from the papers.

python3 sides_reference.py > sides.json    (PyTorch 2.15 on a CPU, float64)
Maps are [batch, height, width, channels], filters [height, width, in, out]; batch norms are in training mode, epsilon 1e-5. `grads` are those
of the loss with respect to the student's maps, `weightGrads` to the weights that learn.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(23)
D = torch.float64


def draw(*shape, scale=1.0):
    return (torch.randn(shape, dtype=D) * scale).round(decimals=4)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def conv(x, w, bias=None):
    return F.conv2d(x, w.permute(3, 2, 0, 1), bias, padding=w.size(0) // 2)


def norm(x, w, name):
    return F.batch_norm(x, None, None, w[f"{name}.weight"], w[f"{name}.bias"], training=True, eps=1e-5)


def bn(w, name, c):
    w[f"{name}.weight"], w[f"{name}.bias"] = draw(c, scale=0.3) + 1, draw(c, scale=0.3)


def vid(s, t, w):  # Ahn et al. 2019: three 1x1 convolutions, a variance a channel by softplus
    total = 0
    for i, (x, y) in enumerate(zip(s, t)):
        h = F.relu(conv(nchw(x), w[f"{i}.conv1.weight"]))
        h = F.relu(conv(h, w[f"{i}.conv2.weight"]))
        mean = conv(h, w[f"{i}.conv3.weight"])
        variance = F.softplus(w[f"{i}.log_scale"]) + 1e-5
        square = (mean - nchw(y)) ** 2
        total = total + (0.5 * (square / variance.view(1, -1, 1, 1) + variance.log().view(1, -1, 1, 1))).mean()
    return total


def vid_weights(w):
    for i, (a, b) in enumerate([(3, 4), (2, 5)]):
        for k, c in enumerate([a, b, b]):
            w[f"{i}.conv{k + 1}.weight"] = draw(1, 1, c, b, scale=0.5)
        w[f"{i}.log_scale"] = draw(b) + 1


def srrl(s, t, w, classifier):  # Yang et al. 2021, equations 4 and 6; beta 2
    x = F.relu(norm(conv(nchw(s[0]), w["0.conv.weight"]), w, "0.bn")).mean((2, 3))
    y = nchw(t[0]).mean((2, 3))
    matrix, bias = classifier
    return F.mse_loss(x, y) + 2 * F.mse_loss(x @ matrix + bias, y @ matrix + bias)


def srrl_weights(w):
    w["0.conv.weight"] = draw(1, 1, 4, 5)
    bn(w, "0.bn", 5)


def hcl(x, y):  # Chen et al. 2021, section 3.4
    loss, total, weight = F.mse_loss(x, y), 1.0, 1.0
    for side in [4, 2, 1]:
        if side >= x.size(2):
            continue
        weight /= 2
        loss = loss + weight * F.mse_loss(F.adaptive_avg_pool2d(x, side), F.adaptive_avg_pool2d(y, side))
        total += weight
    return loss / total


def review(s, t, w):  # section 3.3: from the deepest level up, the embedding being the deepest
    def levels(maps):
        maps = [nchw(m) for m in maps]
        return maps + [F.relu(maps[-1]).mean((2, 3), keepdim=True)]

    own, theirs = levels(s), levels(t)
    total, y = 0, None
    for i in reversed(range(len(own))):
        x = norm(conv(own[i], w[f"{i}.conv1.weight"]), w, f"{i}.bn1")
        if y is not None:
            y = F.interpolate(y, x.shape[2:], mode="nearest")
            z = torch.sigmoid(conv(torch.cat([x, y], 1), w[f"{i}.attention.weight"], w[f"{i}.attention.bias"]))
            x = x * z[:, :1] + y * z[:, 1:]
        y = x
        total = total + hcl(norm(conv(x, w[f"{i}.conv2.weight"]), w, f"{i}.bn2"), theirs[i])
    return total


def review_weights(w):
    middle = 4
    for i, (a, b) in enumerate([(3, 5), (4, 6), (4, 6)]):
        w[f"{i}.conv1.weight"] = draw(1, 1, a, middle)
        bn(w, f"{i}.bn1", middle)
        w[f"{i}.conv2.weight"] = draw(3, 3, middle, b, scale=0.4)
        bn(w, f"{i}.bn2", b)
        if i < 2:
            w[f"{i}.attention.weight"], w[f"{i}.attention.bias"] = draw(1, 1, 2 * middle, 2), draw(2)


def cat(s, t, w, classifier, normalise):  # Guo et al. 2023: class activation maps, pooled to 2x2
    def maps(x, matrix):
        a = F.adaptive_avg_pool2d(nchw(x @ matrix), 2)
        return a / a.flatten(2).norm(dim=2)[:, :, None, None] if normalise else a

    return F.mse_loss(maps(s[0], w["fc.weight"]), maps(t[0], classifier[0]))


def cat_weights(w):
    w["fc.weight"] = draw(4, 3)


def mgd(s, t, w):  # Yang et al. 2022, equation 4 with nothing masked
    x = conv(nchw(s[0]), w["align.weight"], w["align.bias"])
    x = conv(F.relu(conv(x, w["conv1.weight"], w["conv1.bias"])), w["conv2.weight"], w["conv2.bias"])
    return ((x - nchw(t[0])) ** 2).sum() / x.size(0)


def mgd_weights(w):
    for name, size, a in [("align", 1, 4), ("conv1", 3, 5), ("conv2", 3, 5)]:
        w[f"{name}.weight"], w[f"{name}.bias"] = draw(size, size, a, 5, scale=0.5), draw(5)


def dist(s, t, w):  # Huang et al. 2022, equations 5 to 8, on embeddings; the student's through a connector
    x = norm(conv(nchw(s[0]), w["0.conv.weight"]), w, "0.bn").mean((2, 3))
    y = nchw(t[0]).mean((2, 3))

    def distance(a, b):
        return 1 - sum(torch.corrcoef(torch.stack([p, q]))[0, 1] for p, q in zip(a, b)) / len(a)

    return distance(x, y) + distance(x.T, y.T)


def semckd(s, t, w):  # Chen et al. 2021 (AAAI), equations 3 to 7; similarities padded to 8 images
    n = s[0].size(0)

    def embed(x, name):
        x = F.pad(x.flatten(1) @ x.flatten(1).T, (0, 8 - n))
        x = F.relu(x @ w[f"{name}.linear1.weight"] + w[f"{name}.linear1.bias"])
        return F.normalize(x @ w[f"{name}.linear2.weight"] + w[f"{name}.linear2.bias"])

    queries = [embed(x, f"query{i}") for i, x in enumerate(s)]
    keys = [embed(x, f"key{j}") for j, x in enumerate(t)]
    total = 0
    for i, x in enumerate(s):
        alpha = torch.softmax(torch.stack([(queries[i] * k).sum(1) for k in keys], 1), 1)
        for j, y in enumerate(t):
            side = min(x.size(1), y.size(1))
            name = f"regressor{i}_{j}"
            h = F.adaptive_avg_pool2d(nchw(x), side)
            for k in (1, 2):
                h = F.relu(norm(conv(h, w[f"{name}.conv{k}.weight"]), w, f"{name}.bn{k}"))
            h = conv(h, w[f"{name}.conv3.weight"]) - F.adaptive_avg_pool2d(nchw(y), side)
            total = total + (alpha[:, j] * (h**2).flatten(1).mean(1)).sum()
    return total / (n * len(s))


def semckd_weights(w):
    for name in ["query0", "query1", "key0", "key1"]:
        for layer, (a, b) in {"linear1": (8, 4), "linear2": (4, 2)}.items():
            w[f"{name}.{layer}.weight"], w[f"{name}.{layer}.bias"] = draw(a, b, scale=0.05), draw(b)
    for i, a in enumerate([3, 2]):
        for j, b in enumerate([2, 3]):
            name = f"regressor{i}_{j}"
            w[f"{name}.conv1.weight"] = draw(1, 1, a, 2 * b)
            bn(w, f"{name}.bn1", 2 * b)
            w[f"{name}.conv2.weight"] = draw(3, 3, 2 * b, 2 * b, scale=0.5)
            bn(w, f"{name}.bn2", 2 * b)
            w[f"{name}.conv3.weight"] = draw(1, 1, 2 * b, b)


MAP, WIDE = (4, 4, 4, 4), (4, 4, 4, 5)
CLASSIFIER = (draw(5, 3), draw(3))
CASES = {
    "vid": ([(4, 4, 4, 3), (4, 2, 2, 2)], [(4, 4, 4, 4), (4, 2, 2, 5)], vid_weights, vid),
    "srrl": ([MAP], [WIDE], srrl_weights, lambda s, t, w: srrl(s, t, w, CLASSIFIER)),
    "review-kd": ([(4, 8, 8, 3), MAP], [(4, 8, 8, 5), (4, 4, 4, 6)], review_weights, review),
    "cat-kd": ([MAP], [WIDE], cat_weights, lambda s, t, w: cat(s, t, w, CLASSIFIER, True)),
    "cat-kd, as it is": ([MAP], [WIDE], cat_weights, lambda s, t, w: cat(s, t, w, CLASSIFIER, False)),
    "mgd": ([MAP], [WIDE], mgd_weights, mgd),
    "dist-feature": ([MAP], [WIDE], srrl_weights, dist),
    "sem-ckd": ([(4, 4, 4, 3), (4, 2, 2, 2)], [(4, 4, 4, 2), (4, 2, 2, 3)], semckd_weights, semckd),
}


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


def main():
    rows = []
    for name, (students, teachers, weights, loss) in CASES.items():
        s = [draw(*shape).requires_grad_() for shape in students]
        t = [draw(*shape) for shape in teachers]
        w = {}
        weights(w)
        for value in w.values():
            value.requires_grad_()
        result = loss(s, t, w)
        result.backward()
        rows.append({
            "name": name,
            "students": [tensor(x) for x in s],
            "teachers": [tensor(x) for x in t],
            "weights": {k: tensor(v) for k, v in w.items()},
            "value": result.item(),
            "grads": [tensor(x.grad)["data"] for x in s],
            "weightGrads": {k: tensor(v.grad)["data"] for k, v in w.items()},
        })
    origin = f"sides_reference.py, PyTorch {torch.__version__}"
    classifier = {"weight": tensor(CLASSIFIER[0]), "bias": tensor(CLASSIFIER[1])}
    json.dump({"origin": origin, "classifier": classifier, "rows": rows}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
