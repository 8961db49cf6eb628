"""Deep threshold networks: against the staircase, the table at a million points, and floats.

Times are processor seconds of one core, which other work on the machine does not lengthen much.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

import mem_lib as ml
from benchmarks.core import ratio
from benchmarks.optimal_relu import peak_memory
from mem_lib.deep_threshold import Hash, Parity, Shallow, bits_of, table_network
from mem_lib.deep_threshold.staircase import Staircase
from mem_lib.exact.floats import bits_needed, right_in_floats

MILLION = 10**6
#: The sizes at which floats are tried.
FLOATS = [2**k for k in range(6, 14)]
FEW, KEY_BITS = 1024, [14, *range(20, 60, 4)]


def deep_threshold() -> list[dict]:
    """20,000 points of the ball in d = 20, random labels, margin 0.2: every variant, built and
    verified, against the staircase, and the exact margin against all distances of scipy.  The table
    alone, for a million random keys of 40 bits with random labels, built and evaluated at each,
    against the float64 products of its layers, unchecked."""
    return [row for part in ("variants", "table") for row in _in_own_process(part)]


def _in_own_process(part: str) -> list[dict]:
    command = [sys.executable, "-m", "benchmarks.deep_threshold", part]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {**os.environ, **{name: "1" for name in names}}
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(run.stdout)


def worked(work: Callable[[], Any]) -> tuple[Any, float]:
    """(result, processor seconds)."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _variants(N: int = 20_000, d: int = 20) -> list[dict]:
    dataset = ml.data.ball(N, d, margin=0.2)
    _, exact = worked(lambda: dataset.squared_margin)
    _, floats = worked(lambda: _margin_by_scipy(dataset))
    rows = [
        ratio(
            f"exact margin, N = {N}, d = {d}", exact, "core s", "float distances by scipy", floats
        )
    ]
    plain, plain_times = _built(Staircase(), dataset)
    for construction in (Hash(), Shallow(), Parity(), Hash(first_layer="grid")):
        network, times = _built(construction, dataset)
        layer = "" if construction.first_layer == "gaussian" else f", {construction.first_layer}"
        what = f"{construction.variant}{layer}, N = {N}, d = {d}, depth {network.depth}"
        size, other = network.size, plain.size
        rows += [
            ratio(f"build {what}", times[0], "core s", "build staircase", plain_times[0]),
            ratio(f"verify {what}", times[1], "core s", "verify staircase", plain_times[1]),
            ratio(f"gates, {what}", size.neurons, "gates", "gates of staircase", other.neurons),
            ratio(f"weights, {what}", size.weights, "weights", "weights of staircase",
                  other.weights),
        ]  # fmt: skip
    return rows


def _built(construction: ml.constructions.Construction, dataset: ml.Dataset) -> tuple:
    network, building = worked(lambda: construction.build(dataset, progress=False))
    certificate, verifying = worked(lambda: ml.verify(network, dataset, workers=1, progress=False))
    assert certificate.ok, certificate
    return network, (building, verifying)


def _margin_by_scipy(dataset: ml.Dataset) -> float:
    """The same pairs in floats: blocks of one class against the other."""
    zero, one = (dataset.points[dataset.labels == y] for y in (0, 1))
    return min(float(cdist(zero[s : s + 1000], one).min()) for s in range(0, len(zero), 1000))


def keys(N: int, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """N different random keys of that many bits, random labels of two classes."""
    rng = np.random.default_rng(0)
    drawn = np.unique(rng.integers(0, 1 << bits, N + N // 8))
    return np.sort(rng.permutation(drawn)[:N]), rng.integers(0, 2, N)


def _table(N: int = MILLION, bits: int = 40) -> list[dict]:
    values, labels = keys(N, bits)
    network, building = worked(lambda: table_network(values, labels))
    points = bits_of(values, network.inputs)
    found, evaluating = worked(lambda: ml.predict(network, points))
    peak = peak_memory("self") / 2**10
    assert (found == labels).all()
    _, products = worked(lambda: _products(network, points))
    _, sorting = worked(lambda: np.argsort(values[::-1], kind="stable"))
    what = f"table, N = {N}, {network.size.neurons} gates"
    return [
        ratio(f"build {what}", building, "core s", "sort the keys, from reverse order", sorting),
        ratio(f"evaluate {what}", evaluating, "core s", "float64 products of its layers", products),
        ratio(f"peak memory, {what}", peak, "GiB", "keys and their bits", N * (8 + bits) / 2**30),
        ratio(f"weights, {what}", network.size.weights, "weights", "points", N),
    ]


def _products(network: ml.Network, points: np.ndarray) -> None:
    """W x >= -b of every layer in float64, thousand points at a time; nothing is checked."""
    layers = [(layer.weight.astype(float), layer.bias.astype(float)) for layer in network.layers]
    for start in range(0, len(points), 1000):
        x = points[start : start + 1000].T.astype(float)
        for weight, bias in layers[:-1]:
            x = (weight @ x + bias[:, None] >= 0).astype(float)
        weight, bias = layers[-1]
        weight @ x + bias[:, None]


def precision() -> list[dict]:
    """The table alone, random keys: labels that floats get wrong, and the bits that make a float
    exact.  Once N grows and a key has 2 log2 N bits, as after a hash; once only keys grow."""
    return [
        *({"series": "N", **_wrong(N, 2 * (N.bit_length() - 1))} for N in FLOATS),
        *({"series": "key bits", **_wrong(FEW, bits)} for bits in KEY_BITS),
    ]


def _wrong(N: int, bits: int) -> dict:
    values, labels = keys(N, bits)
    network = table_network(values, labels)
    dataset = ml.Dataset(bits_of(values, network.inputs), labels)
    assert ml.verify(network, dataset), (N, bits)
    row = {"N": N, "key bits": bits, "bits needed": bits_needed(network, dataset.points)}
    for kind in (np.float16, np.float32, np.float64):
        row[f"wrong in {kind.__name__}"] = N - right_in_floats(network, dataset, kind)
    return row


if __name__ == "__main__":
    print(json.dumps({"variants": _variants, "table": _table}[sys.argv[1]]()))
