"""Parameters after each of six steps of PyTorch's optimisers, float32, under learning rates that change from step to step.

python3 optimizers_reference.py > optimizers.json    (PyTorch 1.13.0 on a CPU)
Parameter b has no gradient in the first two steps; c, of one axis, is not decayed where `decay` is "weights".
"""
import json
import sys

import torch

torch.manual_seed(7)
SHAPES = {"a": [3, 4], "b": [2, 2], "c": [5]}
INITIAL = {name: torch.randn(shape) for name, shape in SHAPES.items()}
GRADIENTS = [{name: torch.randn(shape) * 10 ** (step % 3 - 1) for name, shape in SHAPES.items()} for step in range(6)]
for step in range(2):
    del GRADIENTS[step]["b"]
RATES = [0.0, 0.005, 0.01, 0.01, 0.0075, 0.0025]  # a warm-up, then falling
CASES = [
    {"name": "adam", "make": lambda p: torch.optim.Adam(p, lr=0)},
    {"name": "adam", "options": {"weightDecay": 0.1}, "make": lambda p: torch.optim.Adam(p, lr=0, weight_decay=0.1)},
    {
        "name": "adam",
        "options": {"beta1": 0.5, "beta2": 0.99, "epsilon": 1e-3},
        "make": lambda p: torch.optim.Adam(p, lr=0, betas=(0.5, 0.99), eps=1e-3),
    },
    {"name": "adamw", "make": lambda p: torch.optim.AdamW(p, lr=0)},
    {"name": "adamw", "options": {"weightDecay": 2}, "make": lambda p: torch.optim.AdamW(p, lr=0, weight_decay=2)},
    {"name": "adamw", "options": {"weightDecay": 2}, "decay": "weights", "make": lambda p: torch.optim.AdamW(p, lr=0, weight_decay=2)},
    {"name": "adamw", "clip": 1, "make": lambda p: torch.optim.AdamW(p, lr=0)},
    {
        "name": "sgd",
        "options": {"nesterov": False},
        "make": lambda p: torch.optim.SGD(p, lr=0, momentum=0.9, weight_decay=5e-4),
    },
    {
        "name": "sgd",
        "decay": "weights",
        "options": {"weightDecay": 0.1},
        "make": lambda p: torch.optim.SGD(p, lr=0, momentum=0.9, nesterov=True, weight_decay=0.1),
    },
    {
        "name": "sgd",
        "clip": 1,
        "make": lambda p: torch.optim.SGD(p, lr=0, momentum=0.9, nesterov=True, weight_decay=5e-4),
    },
]


def steps(case):
    parameters = {name: torch.nn.Parameter(value.clone()) for name, value in INITIAL.items()}
    optimizer = case["make"](list(parameters.values()))
    if case.get("decay") == "weights":
        decayed = [p for p in parameters.values() if p.ndim > 1]
        others = [p for p in parameters.values() if p.ndim <= 1]
        defaults = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
        optimizer = type(optimizer)([{"params": decayed, **defaults}, {"params": others, **defaults, "weight_decay": 0}], lr=0)
    after, norms = [], []
    for rate, gradients in zip(RATES, GRADIENTS):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].clone() if name in gradients else None
        if "clip" in case:
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), case["clip"])))
        optimizer.step()
        after.append({name: parameter.detach().flatten().tolist() for name, parameter in parameters.items()})
    entries = {key: value for key, value in case.items() if key != "make"}
    return {**entries, "after": after, **({"norms": norms} if norms else {})}


plain = lambda tensors: {name: value.flatten().tolist() for name, value in tensors.items()}
json.dump(
    {
        "origin": f"optimizers_reference.py, PyTorch {torch.__version__}",
        "shapes": SHAPES,
        "initial": plain(INITIAL),
        "gradients": [plain(gradients) for gradients in GRADIENTS],
        "rates": RATES,
        "cases": [steps(case) for case in CASES],
    },
    sys.stdout,
)
sys.stdout.write("\n")
