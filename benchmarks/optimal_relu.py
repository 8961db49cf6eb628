"""Constant width at full size: build, verify, and how far the engine is from moving bytes only."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import mem_lib as ml
from benchmarks.core import ratio, timed
from mem_lib import optimal_relu
from mem_lib.exact.arrays import arrays_for
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.engine import Engine
from mem_lib.exact.tally import Tally
from mem_lib.network import Network

WORKERS = 2
#: (variant, N) that are built and verified, each in a process of its own.
RUNS = [
    ("narrow", 10_000),
    ("paper", 20_000),
    ("paper", 100_000),
    ("retrieval", 100_000),
    ("retrieval", 1_000_000),
    ("paper", 1_000_000),
]
LARGEST = ("retrieval", 10_000_000)


def engine() -> list[dict]:
    """N = 10,000: the engine on one core, against the definition's arithmetic vectorised over the
    points, one object array for each unit."""
    rows = []
    dataset = points(10_000)
    integers = dataset.integers()[0]
    for variant in ("paper", "narrow", "retrieval"):
        network = optimal_relu.build(dataset, variant=variant, progress=False)
        (out, _), fast = timed(lambda network=network: Engine(network).run(integers))
        expected, slow = timed(lambda network=network: vectorised(network, integers))
        assert (out == expected).all()
        assert (out[0] == dataset.labels * network.output_denominator).all()
        what = f"evaluate {variant}, N = 10000, depth {network.depth}"
        rows.append(ratio(what, fast, "s", "object arrays, one value a point", slow))
    return rows


def full_size() -> list[dict]:
    """Build and verify; the limit is the time in which the same bytes can be copied."""
    return [row for variant, N in RUNS for row in _in_own_process(variant, N)]


def largest() -> list[dict]:
    """The same for ten million points, which takes about ten minutes."""
    return _in_own_process(*LARGEST)


def margin() -> list[dict]:
    """1,000 integers in pairs at distance 1, at scales from 2^12 to 2^b: the depth of each network,
    which is verified on every point.  ``paper, n = 10`` has the paper's own folders."""
    rows = []
    shapes = {"paper, n = 10": ("paper", 10)}
    shapes |= {v: (v, None) for v in ("paper", "merged", "narrow", "wide", "retrieval")}
    for b in (12, 24, 48, 96, 128, 192, 256, 384, 512):
        dataset, row = ml.data.scattered(1000, b), {"b": b}
        for name, (variant, size) in shapes.items():
            network = optimal_relu.build(dataset, variant=variant, folder_size=size)
            assert ml.verify(network, dataset), (b, name)
            row[name] = network.depth
        rows.append(row)
    return rows


def points(N: int) -> ml.Dataset:
    """Random points of the unit ball in ten dimensions, at least 0.01 apart, random labels."""
    return ml.data.ball(N=N, d=10, margin=0.01, classes=2, seed=0)


def plane(N: int) -> ml.Dataset:
    """Random integers of the plane, random labels: many points at once."""
    rng = np.random.default_rng(0)
    return ml.Dataset(rng.integers(0, 2**40, (N, 2)), labels=rng.integers(0, 2, N), classes=2)


def vectorised(network: Network, integers: np.ndarray) -> np.ndarray:
    """``reference.evaluate`` on all points at a time: Python integers in object arrays."""
    values = list(integers.T.astype(object))
    for layer in network.layers:
        zs = []
        for bias, terms in layer.rows():
            z = np.full(len(integers), bias, dtype=object)
            for k, w in terms:
                z = z + w * values[k]
            zs.append(np.maximum(z, 0) if layer.activation == "relu" else z)
        values = zs
    return np.stack(values)


def _in_own_process(variant: str, N: int) -> list[dict]:
    command = [sys.executable, "-m", "benchmarks.optimal_relu", variant, str(N)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found = json.loads(run.stdout)
    what = f"{variant}, N = {N}, depth {found['depth']}, width {found['width']}"
    points_bytes = N * found["d"] * 8 / 2**20
    limit = found["moved"] / found["bandwidth"] / WORKERS
    return [
        ratio(f"build {what}", found["build"], "s", "project the points", found["project"]),
        ratio(f"verify {what}", found["verify"], "s", "copy the bytes that layers move", limit),
        ratio(
            f"peak memory, {WORKERS} workers, {what}", found["memory"], "MiB",
            "points as float64", points_bytes,
        ),
        ratio(
            f"weights, {what}", found["weights"], "weights", "points", N,
        ),
    ]  # fmt: skip


def _measure(variant: str, N: int) -> dict:
    dataset = plane(N) if (variant, N) == LARGEST else points(N)
    direction = np.arange(1, dataset.d + 1)
    _, projecting = timed(lambda: np.sort(dataset.integers()[0] @ direction))
    network, building = timed(lambda: optimal_relu.build(dataset, variant=variant, progress=False))
    certificate, verifying = timed(lambda: ml.verify(network, dataset, workers=WORKERS))
    assert certificate.ok, certificate
    memory = sum(map(peak_memory, ["self", *_workers()]))
    tally = tally_of(network, dataset)
    assert tally.expanded == 0, "huge numbers were held one a point"
    return {
        "build": building, "project": projecting, "verify": verifying, "memory": memory,
        "moved": tally.moved, "bandwidth": _bandwidth(), "depth": network.depth,
        "width": network.size.width, "weights": network.size.weights, "d": dataset.d,
    }  # fmt: skip


def _workers() -> list[str]:
    """The processes that this one has started, on Linux."""
    return [pid for file in Path("/proc/self/task").glob("*/children") for pid in
            file.read_text().split()]  # fmt: skip


def peak_memory(process: str) -> float:
    """In MiB, on Linux.  What getrusage says of a child counts its parent's pages as well."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 2**10


def tally_of(network: Network, dataset: ml.Dataset, device: str | None = None) -> Tally:
    """What an evaluation of all points on ``device`` met."""
    engine = Engine(network, arrays_for(device))
    chunks = Chunks(engine, dataset.N, lambda rows: dataset.integers(rows)[0])
    total = chunks.tally
    for _, _, _, tally in chunks.run(WORKERS, False):
        total.merge(tally)
    return total


def _bandwidth() -> float:
    """Bytes a second that one core reads and writes when it copies a large array."""
    source = np.ones(2**25)
    target = np.empty_like(source)
    seconds = min(timed(lambda: np.copyto(target, source))[1] for _ in range(9))
    return 2 * source.nbytes / seconds


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
