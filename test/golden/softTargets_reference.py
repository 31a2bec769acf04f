"""Cross-entropy with smoothed and mixed labels, and its gradients, as PyTorch computes them from soft targets.

python3 softTargets_reference.py > softTargets.json    (PyTorch 1.13.0 on a CPU, float64)
"""
import json
import sys

import torch
import torch.nn.functional as F

LOGITS = [[2.0, -1.0, 0.5, 0.25], [0.0, 3.0, -2.0, 1.0], [-0.5, 0.75, 1.5, -3.0]]
LABELS, PARTNERS = [0, 3, 1], [3, 1, 0]
rows = []
for smoothing in (0.0, 0.1, 1.0):
    for share in (1.0, 0.3):
        logits = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
        one_hot = [F.one_hot(torch.tensor(labels), 4).double() for labels in (LABELS, PARTNERS)]
        target = share * one_hot[0] + (1 - share) * one_hot[1]
        loss = F.cross_entropy(logits, target, label_smoothing=smoothing)
        loss.backward()
        rows.append({"smoothing": smoothing, "share": share, "value": loss.item(), "grad": logits.grad.flatten().tolist()})
json.dump({"logits": LOGITS, "labels": LABELS, "partners": PARTNERS, "rows": rows}, sys.stdout)
print()
