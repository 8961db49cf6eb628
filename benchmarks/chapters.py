"""The constructions at full size."""

import gzip
import json
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import mem_lib as ml
from benchmarks.core import ratio, timed
from mem_lib import beyond_worst_case as bwc


def mnist() -> list[dict]:
    """All 70,000 images of MNIST, n = 500 hyperplanes: build, verify, save and load.

    Baselines: the matrix products of the same network in plain float32, not exact and not checked;
    and reading the same file with gzip and json alone.
    """
    import resource  # Unix only

    dataset = ml.data.mnist(download=False)
    network, building = timed(lambda: bwc.build(dataset, n=500, max_bias=0.5 * dataset.radius))
    certificate, verifying = timed(lambda: ml.verify(network, dataset))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    assert certificate.ok, certificate
    _, products = timed(lambda: _plain_float32(network, dataset))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mnist.json.gz"
        _, saving = timed(lambda: network.save(path))
        loaded, loading = timed(lambda: ml.Network.load(path))
        assert loaded == network
        _, plain = timed(lambda: json.loads(gzip.decompress(path.read_bytes())))
        megabytes = path.stat().st_size / 1e6
    entries = network.size.dense_weights / 1e6
    units = f"{network.size.neurons} units"
    return [
        ratio(f"build, {units}", building, "s", "float32 products of one evaluation", products),
        ratio(
            "verify 70000 images", verifying, "s", "float32 products of one evaluation", products
        ),
        ratio(
            "peak memory so far", peak, "GiB", "points as float64", dataset.points.size * 8 / 2**30
        ),
        ratio("file, gzipped", megabytes, "MB", "one byte an entry", entries),
        ratio("save", saving, "s", "gzip and json alone, reading", plain),
        ratio("load", loading, "s", "gzip and json alone, reading", plain),
    ]


def _plain_float32(network: ml.Network, dataset: ml.Dataset) -> None:
    first, second = (layer.weight.astype(np.float32) for layer in network.layers[:2])
    for start in range(0, dataset.N, 1000):
        x = dataset.points[start : start + 1000].astype(np.float32).T
        second @ (first @ x)


def moons() -> list[dict]:
    """Two moons as in the paper's figure: of 50 draws, how many memorize, and with how many
    covering neurons, for n = 10, 20, ..., 500 hyperplanes and biases up to 0, 0.05, ..., 2.5.

    The first n of the 500 hyperplanes of one draw serve as the draw of n; the cover is that of
    ``build``, and it covers all points exactly when the network memorizes them.
    """
    with threadpool_limits(1):  # the matrices are small
        return _moons(paper_moons())


def _moons(dataset: ml.Dataset) -> list[dict]:
    grid, draws = range(10, 501, 10), 50
    label = dataset.labels == 1
    rows = []
    for step in range(51):
        max_bias = Fraction(step, 20)
        covering = {n: [] for n in grid}
        memorized = dict.fromkeys(grid, 0)
        for seed in range(draws):
            first = bwc.attempt(dataset, grid[-1], max_bias, seed=seed).network.layers[0]
            part = ml.Network([first], dataset.shift, readout="argmax")
            bits = ml.evaluate(part, dataset)[0].astype(np.uint8)
            order = np.random.default_rng(seed).permutation(int(label.sum()))
            for n in grid:
                cover = bwc.by_candidates(bits[label, :n], bits[~label, :n], order)
                covering[n].append(len(cover.centres))
                memorized[n] += not len(cover.uncovered)
        rows += [
            {
                "max_bias": f"{float(max_bias):g}",
                "n": n,
                "draws": draws,
                "memorized": memorized[n],
                "covering": f"{np.mean(covering[n]):.2f}",
            }
            for n in grid
        ]
    return rows


def paper_moons(N: int = 1000) -> ml.Dataset:
    """N points on two moons as the paper draws them, rounded to the grid 2^-20."""
    return scaled_moons(N).rounded(20)


def scaled_moons(N: int) -> ml.Dataset:
    """N points on two moons as the authors' program makes them: float32, divided by the largest
    norm."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(N, noise=0.05, random_state=0)
    points = points.astype(np.float32)
    points /= np.linalg.norm(points, axis=1).max()
    return ml.Dataset(points, labels)


def samples() -> list[dict]:
    """Two moons: the number of covering neurons as N grows, against one neuron a point."""
    rows = []
    for N in (100, 1_000, 10_000, 100_000):
        dataset = ml.data.moons(N=N, noise=0.08, margin=0.3, seed=0)
        network = bwc.build(dataset, n=400, seed=0)
        assert ml.verify(network, dataset).ok
        covered = int((dataset.labels == 1).sum())
        neurons = network.layers[1].units
        what = f"covering neurons, N = {N}, n = 400"
        rows.append(ratio(what, neurons, "neurons", "points of the covered class", covered))
    return rows
