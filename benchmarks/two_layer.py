"""Two layers: exact networks against plain fractions, residual fits against their products."""

import json
import math
import os
import subprocess
import sys
from fractions import Fraction

import numpy as np

import mem_lib as ml
from benchmarks import _two_layer_fractions as plain
from benchmarks.core import ratio, timed
from mem_lib.two_layer import neurons_of

#: (variant, N, d, whether plain fractions run it too), one core.
EXACT = [
    ("paper", 400, 10, True),
    ("sorted", 400, 10, True),
    ("paper", 1000, 50, True),
    ("sorted", 1000, 50, True),
]
#: (N, d) of the fits to the relative squared error ERROR, two cores.
FITS = [(1000, 50), (4000, 100), (20_000, 100)]
ERROR = 0.01
#: What the table of methods compares, on N = 2,000 points of the sphere in d = 50.
MOST = 1000  # N/d neurons
METHODS = [
    ("ntk", {}),
    ("ntk", {"coarseness": 0.1}),
    ("ntk", {"coarseness": 0.3}),
    ("antisymmetric", {"coarseness": 0.3}),
    ("antisymmetric", {"coarseness": 1.0}),
    ("harmonic", {"coarseness": 0.3}),
    ("harmonic", {"coarseness": 1.0}),
    ("hermite", {"coarseness": 0.3}),
]


def speed() -> list[dict]:
    """Exact networks, built and verified on one core, against the same in fractions; fits, against
    the matrix products that every step must do."""
    rows = [row for case in EXACT for row in _in_own_process("exact", *case, threads=1)]
    return rows + [row for case in FITS for row in _in_own_process("fit", *case, threads=2)]


def methods() -> list[dict]:
    """Neurons and total weight at the relative squared errors 0.1 and 0.01, for random signs."""
    N, d = 2000, 50
    dataset = signs(N, d)
    rows = []
    for variant, parameters in METHODS:
        fit = ml.two_layer.fit(
            dataset, variant=variant, relative_error=ERROR, neurons=MOST * N // d, partial=True,
            progress=False, **parameters,
        )  # fmt: skip
        history = fit.history
        for error in (0.1, ERROR):
            row = {"variant": variant, "coarseness": parameters.get("coarseness", "exact"),
                   "N": N, "d": d, "error": error}  # fmt: skip
            if history.error[-1] > error:
                row |= {"neurons/(N/d)": f"more than {MOST}", "W_tot/sqrt(N)": ""}
            else:
                i = int(np.argmax(history.error <= error))
                row["neurons/(N/d)"] = round(float(history.neurons[i]) * d / N, 1)
                row["W_tot/sqrt(N)"] = f"{history.weight[i] / math.sqrt(N):.3g}"
            rows.append(row)
    return rows


def signs(N: int, d: int, seed: int = 0) -> ml.Dataset:
    """Random points of the unit sphere, as many targets 1 as -1."""
    dataset = ml.data.sphere(N=N, d=d, seed=seed)
    return ml.Dataset(dataset.points, targets=2 * dataset.labels - 1)


def _in_own_process(kind: str, *case: object, threads: int) -> list[dict]:
    command = [sys.executable, "-m", "benchmarks.two_layer", kind, json.dumps(case)]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {**os.environ, **{name: str(threads) for name in names}}
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(run.stdout)


def _exact(variant: str, N: int, d: int, against_plain: bool) -> list[dict]:
    ml.two_layer.build(signs(4, 2), variant=variant)  # loads FLINT
    dataset = signs(N, d)
    network, building = timed(lambda: ml.two_layer.build(dataset, variant=variant, progress=False))
    certificate, verifying = timed(lambda: ml.verify(network, dataset, workers=1, progress=False))
    assert certificate.ok and certificate.max_error == 0, certificate
    size, what = network.size, f"{variant}, N = {N}, d = {d}"
    weight = ml.two_layer.total_weight(network)
    least = ml.two_layer.weight_bound(N)
    rows = [
        ratio(f"build {what}", building, "s", "verify", verifying),
        ratio(f"neurons, {what}", size.neurons, "neurons", "N/d", N / d),
        ratio(f"total weight, {what}", weight, "", "lower bound for random signs", least),
    ]
    if against_plain:
        make = plain.slabs if variant == "paper" else plain.sorted_groups
        points, values = dataset.points.tolist(), dataset.targets.tolist()
        neurons, slow = timed(lambda: make(points, values))
        right, checking = timed(lambda: plain.verified(neurons, points, values))
        assert right
        rows.append(
            ratio(f"build and verify {what}", building + verifying, "s",
                  "the same in plain fractions", slow + checking)
        )  # fmt: skip
    return rows


def _fit(N: int, d: int) -> list[dict]:
    dataset = signs(N, d)
    fit, seconds = timed(
        lambda: ml.two_layer.Antisymmetric(relative_error=ERROR).fit(dataset, progress=False)
    )
    steps = len(fit.history.error)
    certificate, verifying = timed(
        lambda: ml.verify(fit.network, dataset, tolerance=fit.max_error, workers=2, progress=False)
    )
    assert certificate.ok, certificate
    what = f"antisymmetric, N = {N}, d = {d}, error {ERROR}, {steps} steps"
    (off, floats), bound = _float32(fit.network, dataset), _rounding(fit.network, dataset)
    neurons, weight = len(fit.neurons), ml.two_layer.total_weight(fit.network)
    least = ml.two_layer.weight_bound(N, relative_error=ERROR)
    products = steps * _products(dataset.points)
    return [
        ratio(f"fit {what}", seconds, "s", "four products with the points a step", products),
        ratio(f"verify {what}", verifying, "s", "float32 evaluation", floats),
        ratio(f"neurons, {what}", neurons, "neurons", "N/d", N / d),
        ratio(f"total weight, {what}", weight, "", "lower bound for random signs", least),
        ratio(f"largest float32 error, {what}", off, "", "proven bound", bound),
    ]


def _rounding(network: ml.Network, dataset: ml.Dataset) -> float:
    return ml.two_layer.rounding_bound(network, radius=dataset.radius, roundoff=2.0**-24)


def _float32(network: ml.Network, dataset: ml.Dataset) -> tuple[float, float]:
    """The largest error of a float32 evaluation, and the seconds that it takes."""
    neurons, points = neurons_of(network), dataset.points.astype(np.float32)
    rows = np.ldexp(neurons.rows.astype(float), neurons.shift)
    scale = np.abs(rows).max()  # neurons may be scaled; without it they leave the range
    rows, biases = (rows / scale).astype(np.float32), (neurons.biases / scale).astype(np.float32)
    outer = (np.array(neurons.outer, dtype=float) * scale).astype(np.float32)
    out, seconds = timed(lambda: np.maximum(points @ rows.T + biases, 0) @ outer)
    numerators, denominator = ml.evaluate(network, dataset.points)
    exact = (Fraction(int(top), denominator) for top in numerators[:, 0])
    return float(
        max(abs(Fraction(v) - e) for v, e in zip(out.tolist(), exact, strict=True))
    ), seconds


def _products(points: np.ndarray) -> float:
    """Seconds for four matrix-vector products with the points: two gates, v and its values."""
    x, y = np.ones(points.shape[1]), np.ones(len(points))

    def products() -> None:
        (points @ x, points @ x, y @ points, points @ x)

    return min(timed(products)[1] for _ in range(9))


if __name__ == "__main__":
    work = {"exact": _exact, "fit": _fit}[sys.argv[1]]
    print(json.dumps(work(*json.loads(sys.argv[2]))))
