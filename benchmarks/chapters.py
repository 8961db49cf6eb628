"""The constructions at full size."""

import gzip
import json
import resource
import tempfile
from pathlib import Path

import numpy as np

import mem_lib as ml
from benchmarks.core import ratio, timed
from mem_lib import beyond_worst_case as bwc


def mnist() -> list[dict]:
    """All 70,000 images of MNIST, n = 500 hyperplanes: build, verify, save and load.

    Baselines: the matrix products of the same network in plain float32, not exact and not checked;
    and reading the same file with gzip and json alone.
    """
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


def samples() -> list[dict]:
    """Two moons: the number of covering neurons as N grows, against one neuron a point."""
    rows = []
    for N in (100, 1_000, 10_000, 100_000):
        dataset = ml.data.moons(N=N, noise=0.05, margin=0.1, seed=0)
        network = bwc.build(dataset, n=400, seed=0)
        assert ml.verify(network, dataset).ok
        covered = int((dataset.labels == 1).sum())
        neurons = network.layers[1].units
        what = f"covering neurons, N = {N}, n = 400"
        rows.append(ratio(what, neurons, "neurons", "points of the covered class", covered))
    return rows
