"""SimKD's loss, its gradients and the answers of the student, as PyTorch computes them from the paper and its authors' code.

python3 simkd_reference.py > simkd.json    (PyTorch 2.15 on a CPU, float64)
Chen et al. 2022, equation 2 with the projector of section 3.2: 1x1, 3x3 and 1x1 convolutions, each with batch norm and ReLU, after the larger
map was brought to the size of the smaller by adaptive_avg_pool2d. Maps are [batch, height, width, channels], filters [height, width, in, out],
the classifier [in, out]; batch norms are in training mode, epsilon 1e-5.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(37)
D = torch.float64
BATCH, FROM, TO, CLASSES = 3, 3, 6, 4
# name, side of the student's map, side of the teacher's, factor
CASES = [("maps of one size", 4, 4, 2), ("a larger student's map", 8, 4, 1), ("a larger teacher's map", 3, 5, 2)]


def draw(*shape, scale=1.0):
    return (torch.randn(shape, dtype=D) * scale).round(decimals=4)


def weights_of(middle):
    w = {}
    for i, (size, a, b) in enumerate([(1, FROM, middle), (3, middle, middle), (1, middle, TO)], 1):
        w[f"projector.conv{i}.weight"] = draw(size, size, a, b, scale=0.6)
        w[f"projector.bn{i}.weight"], w[f"projector.bn{i}.bias"] = draw(b, scale=0.3) + 1, draw(b, scale=0.3) + 0.3
    return w


def projected(x, w):
    for i, padding in ((1, 0), (2, 1), (3, 0)):
        x = F.conv2d(x, w[f"projector.conv{i}.weight"].permute(3, 2, 0, 1), padding=padding)
        x = F.relu(F.batch_norm(x, None, None, w[f"projector.bn{i}.weight"], w[f"projector.bn{i}.bias"], training=True, eps=1e-5))
    return x


def simkd(student, teacher, w):
    s, t = student.permute(0, 3, 1, 2), teacher.permute(0, 3, 1, 2)
    side = min(s.shape[2], t.shape[2])
    s, t = (F.adaptive_avg_pool2d(x, side) if x.shape[2] > side else x for x in (s, t))
    p = projected(s, w)
    return F.mse_loss(p, t), p.mean((2, 3))


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 12) for v in x.flatten().tolist()]}


def row(name, own, theirs, factor):
    student, teacher = draw(BATCH, own, own, FROM).abs(), draw(BATCH, theirs, theirs, TO).abs()
    w = weights_of(TO // factor)
    fc = {"fc.weight": draw(TO, CLASSES, scale=0.5), "fc.bias": draw(CLASSES, scale=0.5)}
    trained = {"student": student, **w}
    for value in trained.values():
        value.requires_grad_()
    value, embedding = simkd(student, teacher, w)
    value.backward()
    return {
        "name": name,
        "factor": factor,
        "student": tensor(student),
        "teacher": tensor(teacher),
        "weights": {k: tensor(x) for k, x in w.items()},
        "classifier": {k: tensor(x) for k, x in fc.items()},
        "value": value.item(),
        "logits": tensor(embedding @ fc["fc.weight"] + fc["fc.bias"]),
        "grads": {k: tensor(x.grad) for k, x in trained.items()},
    }


def main():
    rows = [row(*case) for case in CASES]
    json.dump({"origin": f"simkd_reference.py, PyTorch {torch.__version__}", "rows": rows}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
