"""CKA and singular values as numpy computes them, straight from the formulas: nothing here is the library's way.

python3 analysis_reference.py > analysis.json    (numpy 1.24.2, float64)
Biased HSIC: trace(K H L H) / (n - 1)^2, Gretton et al. 2005. Unbiased: Song et al. 2012, as Nguyen et al. 2021 print it.
RBF: exp(-d^2 / (2 t^2 median(d^2))), the median over the whole matrix, Kornblith et al. 2019. Eigenvalues: numpy.linalg.eigvalsh.
Linear readout: numpy.linalg.lstsq on centred values.
"""
import json
import sys

import numpy as np

rng = np.random.default_rng(11)


def linear(x, t):
    return x @ x.T


def rbf(x, t):
    squares = ((x[:, None] - x[None]) ** 2).sum(-1)
    return np.exp(-squares / (2 * t**2 * np.median(squares)))


def biased(k, l):
    n = len(k)
    h = np.eye(n) - np.ones((n, n)) / n
    return np.trace(k @ h @ l @ h) / (n - 1) ** 2


def unbiased(k, l):
    n, one = len(k), np.ones(len(k))
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    value = np.trace(k @ l) + (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2)) - 2 / (n - 2) * (one @ k @ l @ one)
    return value / (n * (n - 3))


KERNELS = {"linear": linear, "rbf": rbf}
ESTIMATORS = {"biased": biased, "unbiased": unbiased}


def similarity(a, b, kernel, t, estimator):
    hsic = ESTIMATORS[estimator]
    k, l = KERNELS[kernel](a, t), KERNELS[kernel](b, t)
    value = hsic(k, l)
    return {"kernel": kernel, "t": t, "estimator": estimator, "hsic": value, "cka": value / np.sqrt(hsic(k, k) * hsic(l, l))}


def matrix(x):
    return {"shape": list(x.shape), "data": x.flatten().tolist()}


def draw(*shape):
    return np.round(rng.normal(size=shape), 3)


def pairs():
    for n, da, db in [(4, 3, 2), (7, 5, 20), (12, 3, 3)]:
        a = draw(n, da) + 2
        b = draw(n, db) if da != db else np.round(a @ draw(da, db) + 0.3 * draw(n, db), 3)
        values = [similarity(a, b, k, t, e) for k in KERNELS for t in ([1] if k == "linear" else [1, 0.4]) for e in ESTIMATORS]
        yield {"a": matrix(a), "b": matrix(b), "values": values}


def spectra():
    repeated = np.repeat(draw(2, 6), 3, axis=0)  # of rank 2
    for name, x in [("wide", draw(5, 9)), ("tall", draw(9, 4)), ("of rank 2", repeated), ("one row", draw(1, 6))]:
        yield {"name": name, "x": matrix(x), "values": np.linalg.svd(x, compute_uv=False).tolist()}


def symmetric():
    x = draw(8, 8)
    arrow = np.diag(np.arange(6.0)) + np.outer(np.eye(6)[5], np.ones(6)) + np.outer(np.ones(6), np.eye(6)[5])
    cases = {
        "indefinite": x + x.T,
        "diagonal": np.diag([3.0, -1, 0, 3]),
        "arrow": arrow,
        "tridiagonal": np.diag(np.full(7, 2.0)) - np.eye(7, k=1) - np.eye(7, k=-1),
        "of ones": np.ones((5, 5)),
        "small": 1e-12 * (x + x.T),
        "1 by 1": np.array([[-2.5]]),
        "2 by 2": np.array([[2.0, 1], [1, 2]]),
        "zero": np.zeros((3, 3)),
    }
    for name, a in cases.items():
        yield {"name": name, "x": matrix(a), "values": np.linalg.eigvalsh(a)[::-1].tolist()}


def readouts():
    """Least squares with numpy.linalg.lstsq on centred, stacked positions; the ridge as rows below."""
    for images, positions, p, q, fitted, ridge in [(10, 1, 3, 2, 6, 0), (8, 4, 3, 5, 4, 0), (8, 4, 3, 5, 5, 0.1)]:
        x = draw(images, positions, p) + 1
        y = np.round(x @ draw(p, q) + 0.5 * draw(images, positions, q), 3)
        fit = [part[:fitted].reshape(fitted * positions, -1) for part in (x, y)]
        ask = [part[fitted:].reshape((images - fitted) * positions, -1) for part in (x, y)]
        (mx, my), (fx, fy) = [part.mean(0) for part in fit], fit
        rho = ridge * ((fx - mx) ** 2).sum() / p
        stacked = np.vstack([fx - mx, np.sqrt(rho) * np.eye(p)]), np.vstack([fy - my, np.zeros((p, q))])
        w = np.linalg.lstsq(*stacked, rcond=None)[0]
        r2 = [1 - ((b - my - (a - mx) @ w) ** 2).sum() / ((b - my) ** 2).sum() for a, b in (ask, fit)]
        about = {"positions": positions, "fitted": fitted, "ridge": ridge, "r2": r2[0], "fittedR2": r2[1]}
        yield {"from": matrix(x.reshape(images, -1)), "to": matrix(y.reshape(images, -1)), **about}


json.dump(
    {
        "origin": f"analysis_reference.py, numpy {np.__version__}",
        "cka": list(pairs()),
        "singular": list(spectra()),
        "symmetric": list(symmetric()),
        "readout": list(readouts()),
    },
    sys.stdout,
)
sys.stdout.write("\n")
