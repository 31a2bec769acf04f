"""The paraphraser of factor transfer as PyTorch computes it (Jangho-Kim/Factor-Transfer-pytorch, Models/FeatureProjection.py).

python3 factorCoder_reference.py > factorCoder.json    (PyTorch 1.13.0 on a CPU, float64)
Weights are in PyTorch's layouts, maps are [batch, height, width, channels]; gradients are those of mean(factor²) + L1(rebuilt, x).
"""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(7)
D = torch.float64
FROM, TO = 3, 2


def layers(kind, a, b):
    return [kind(p, q, kernel_size=3, stride=1, padding=1, bias=True).to(D) for p, q in ((a, a), (a, b), (b, b))]


def tensor(x):
    return {"shape": list(x.shape), "data": [round(v, 9) for v in x.flatten().tolist()]}


def main():
    parts = {"encode": layers(nn.Conv2d, FROM, TO), "decode": layers(nn.ConvTranspose2d, TO, FROM)}
    named = {f"{part}.{i}.{n}": p for part, list_ in parts.items() for i, l in enumerate(list_) for n, p in l.named_parameters()}
    for p in named.values():
        p.data = p.data.round(decimals=4)
    x = torch.randn(2, FROM, 4, 5, dtype=D).round(decimals=4)

    def run(part, h):
        for layer in parts[part]:
            h = F.leaky_relu(layer(h), 0.1)
        return h

    factor = run("encode", x)
    rebuilt = run("decode", factor)
    (factor.pow(2).mean() + F.l1_loss(rebuilt, x)).backward()
    last = lambda t: tensor(t.permute(0, 2, 3, 1))
    json.dump(
        {
            "origin": f"factorCoder_reference.py, PyTorch {torch.__version__}",
            "state": {name: tensor(p.data) for name, p in named.items()},
            "x": last(x),
            "factor": last(factor),
            "rebuilt": last(rebuilt),
            "grads": {name: tensor(p.grad) for name, p in named.items()},
        },
        sys.stdout,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
