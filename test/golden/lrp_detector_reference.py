"""Layer-wise relevance propagation of one class at one prior of a small detector, connection by connection, in Python alone (float64).

python3 lrp_detector_reference.py > lrpDetector.json
Two stages of a 3x3 convolution of stride 2, its batch norm and a rectifier; a head on each of the two maps, the first behind a norm of
each position. Maps are dicts {(row, column, channel): value}; filters are [3, 3, from, to]; a connection of a layer is a pair of such keys.
Nothing of the library is used, and no gradient: relevance of an output is shared among the inputs that it was added up from.
"""
import json
import math
import random

SIDE, COLOURS, CLASSES, EPS = 8, 2, 2, 1e-5
MEAN, STD = [0.4, 0.5], [0.2, 0.3]
VALUES = 1 + CLASSES + 4
PRIORS = [1, 2]  # of each position of the two maps
source = random.Random(7)


def numbers(*shape, scale=1.0, start=0.0):
    if not shape:
        return round(start + scale * source.gauss(0, 1), 4)
    return [numbers(*shape[1:], scale=scale, start=start) for _ in range(shape[0])]


def norm(to):
    return {"weight": numbers(to, scale=0.3, start=1), "bias": numbers(to, scale=0.3), "running_mean": numbers(to, scale=0.3),
            "running_var": [round(0.5 + source.random(), 4) for _ in range(to)]}


STATE = {
    "conv.weight": numbers(3, 3, COLOURS, 3, scale=0.4), **{f"bn.{k}": v for k, v in norm(3).items()},
    "c1.weight": numbers(3, 3, 3, 4, scale=0.4), **{f"b1.{k}": v for k, v in norm(4).items()},
    "norm.weight": numbers(3, scale=0.3, start=2),
    "heads.0.weight": numbers(3, 3, 3, PRIORS[0] * VALUES, scale=0.4), "heads.0.bias": numbers(PRIORS[0] * VALUES, scale=0.3),
    "heads.1.weight": numbers(3, 3, 4, PRIORS[1] * VALUES, scale=0.4), "heads.1.bias": numbers(PRIORS[1] * VALUES, scale=0.3),
}


def connections(side, filters, stride):
    """Every output key with its inputs and their weights: padding of one on each side."""
    out = (side + 2 - 3) // stride + 1
    ins, outs = len(filters[0][0]), len(filters[0][0][0])
    table = {}
    for r in range(out):
        for c in range(out):
            for k in range(outs):
                table[r, c, k] = [((y, x, j), filters[u][v][j][k]) for u in range(3) for v in range(3) for j in range(ins)
                                  for y, x in [(r * stride - 1 + u, c * stride - 1 + v)] if 0 <= y < side and 0 <= x < side]
    return table


def normed(table, prefix):
    """The batch norm of its output put into a convolution: weights and bias of every output."""
    bias = {}
    for (r, c, k), inputs in table.items():
        scale = STATE[f"{prefix}.weight"][k] / math.sqrt(STATE[f"{prefix}.running_var"][k] + EPS)
        bias[r, c, k] = STATE[f"{prefix}.bias"][k] - scale * STATE[f"{prefix}.running_mean"][k]
        table[r, c, k] = [(key, w * scale) for key, w in inputs]
    return table, bias


def apply(layer, x):
    table, bias = layer
    return {key: sum(x[j] * w for j, w in inputs) + bias[key] for key, inputs in table.items()}


def share(layer, x, relevance, rule, epsilon):
    """Relevance of the outputs, one at a time, to the inputs."""
    table, bias = layer
    given = {key: 0.0 for key in x}
    for key, r in relevance.items():
        if r == 0:
            continue
        parts, b = [(j, x[j] * w) for j, w in table[key]], bias[key]
        if rule == "alpha1beta0":
            parts, b = [(j, max(0.0, p)) for j, p in parts], max(0.0, b)
        if rule == "zB":
            low = [(0 - m) / s for m, s in zip(MEAN, STD)]
            high = [(1 - m) / s for m, s in zip(MEAN, STD)]
            parts, b = [(j, x[j] * w - low[j[2]] * max(0.0, w) - high[j[2]] * min(0.0, w)) for j, w in table[key]], 0.0
        z = sum(p for _, p in parts) + b
        if rule == "epsilon":
            z += epsilon if z >= 0 else -epsilon
        for j, p in parts:
            given[j] += p / z * r if z != 0 else 0.0
    return given


relu = lambda x: {key: max(0.0, v) for key, v in x.items()}
LAYERS = {
    "stage1": normed(connections(SIDE, STATE["conv.weight"], 2), "bn"),
    "stage2": normed(connections(4, STATE["c1.weight"], 2), "b1"),
}
for i, side in enumerate([4, 2]):
    table = connections(side, STATE[f"heads.{i}.weight"], 1)
    LAYERS[f"head{i}"] = table, {key: STATE[f"heads.{i}.bias"][key[2]] for key in table}


def positions(x):
    """Each position's vector over its length, times a scale a channel."""
    length = {(r, c): math.sqrt(sum(x[r, c, k] ** 2 for k in range(3)) + 1e-10) for r, c, _ in x}
    return {(r, c, k): STATE["norm.weight"][k] * v / length[r, c] for (r, c, k), v in x.items()}


def explain(x, prior, of_class, rules, epsilon, part):
    first = relu(apply(LAYERS["stage1"], x))
    second = relu(apply(LAYERS["stage2"], first))
    read = [positions(first), second]
    said = [apply(LAYERS["head0"], read[0]), apply(LAYERS["head1"], read[1])]
    head = 0 if prior < 16 * PRIORS[0] else 1
    within = prior - head * 16 * PRIORS[0]
    side, each = [4, 2][head], PRIORS[head]
    cell = within // each
    key = (cell // side, cell % side, within % each * VALUES + 1 + of_class)
    logit = said[head][key]
    go = lambda layer, h, r, place: share(LAYERS[layer], h, r, rules[place], epsilon)
    relevance = go(f"head{head}", read[head], {key: logit}, "convolution")
    sums = [logit, 0.0]
    if head == 1:
        if part is not None:
            relevance = {(r, c, k): v if k in part else 0.0 for (r, c, k), v in relevance.items()}
        sums[1] = sum(relevance.values())
        relevance = go("stage2", first, relevance, "convolution")
    sums.append(sum(relevance.values()))
    relevance = go("stage1", x, relevance, "first")
    sums.append(sum(relevance.values()))
    return said, [relevance[key] for key in sorted(relevance)], sums


COMPOSITE = {"convolution": "alpha1beta0", "first": "zB"}
CASES = [
    {"prior": 5, "ofClass": 1, "rules": COMPOSITE, "part": None},
    {"prior": 19, "ofClass": 0, "rules": COMPOSITE, "part": None},
    {"prior": 19, "ofClass": 0, "rules": COMPOSITE, "part": [0, 3]},
    {"prior": 22, "ofClass": 1, "rules": {"convolution": "zero", "first": "zero"}, "part": [1, 2]},
    {"prior": 9, "ofClass": 0, "rules": {"convolution": "epsilon", "first": "alpha1beta0"}, "part": None},
]
EPSILON = 0.1


def main():
    pictures = [source.randrange(256) for _ in range(2 * SIDE * SIDE * COLOURS)]
    size = SIDE * SIDE * COLOURS
    images = [{(i // (SIDE * COLOURS), i // COLOURS % SIDE, i % COLOURS): (pictures[n * size + i] / 255 - MEAN[i % COLOURS]) / STD[i % COLOURS]
               for i in range(size)} for n in range(2)]
    found, outputs = [], []
    for case in CASES:
        rows = [explain(x, case["prior"], case["ofClass"], case["rules"], EPSILON, case["part"]) for x in images]
        found.append({**case, "relevance": [round(v, 9) for row in rows for v in row[1]], "sums": [[round(v, 9) for v in row[2]] for row in rows]})
        outputs = [round(said[k], 9) for row in rows for said in row[0] for k in sorted(said)]
    origin = "lrp_detector_reference.py, Python alone"
    print(json.dumps({"origin": origin, "state": STATE, "pictures": pictures, "epsilon": EPSILON, "outputs": outputs, "cases": found}))


if __name__ == "__main__":
    main()
