"""Covering against the loop as the theory tells it: per drawn candidate, one float64 product of its
mask with the bits of each class.

Both run in the same process with one BLAS thread, and CPU time is counted.  The loop takes minutes,
so some of its candidates are measured, as many as the network has neurons are counted: each costs
the same.  Loading the compiled loops counts; compiling them does not, which takes a second or two
once on a machine.  MNIST's bits lie in memory as float64; a million points with two thousand bits
would take 16 GB, so these are a byte each and become float64 a block at a time.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import mem_lib as ml
from benchmarks.chapters import paper_moons
from benchmarks.core import ratio
from mem_lib import beyond_worst_case as bwc

#: The width that the authors publish for MNIST at n = 500 and biases of half the radius: the mean
#: of 25 draws, and how far a draw may be from it.
WIDTH, AWAY = 18260, 467
#: Bits that are held as float64.
_FLOATS = 2**26
#: Entries of a block that becomes float64.
_BLOCK = 2**22


def fast() -> list[dict]:
    """A million points on two moons, and MNIST: CPU time, memory and width, and every network is
    verified.  Memory is all that the process has, so the loops come last."""
    _compiled()
    with threadpool_limits(1):
        cases = [_moons(), _mnist()]
        return [row for case in cases for row in [*case.rows(), case.against_the_loop()]]


@dataclass
class _Case:
    """A network for a data set, what it took, and how many candidates of the loop are measured."""

    what: str
    dataset: ml.Dataset
    network: ml.Network
    seconds: float
    peak: float
    published: float
    measured: int

    def rows(self) -> list[dict]:
        width = self.network.layers[1].units
        return [
            ratio(f"{self.what}: width", width, "neurons", "the authors' mean", self.published),
            ratio(f"{self.what}: most memory while building", self.peak, "GB", "at most", 1.0),
        ]

    def against_the_loop(self) -> dict:
        """Of as many candidates as there are neurons, those of each class in turn."""
        bits, first = _cpu(lambda: _plain_bits(self.network, self.dataset))
        dtype = np.float64 if bits.size <= _FLOATS else np.uint8
        held = [bits[self.dataset.labels == k].astype(dtype) for k in range(self.dataset.classes)]
        _, some = _cpu(lambda: [_candidate(code, held) for code in bits[: self.measured]])
        candidates = self.network.layers[1].units
        return ratio(
            f"{self.what}: build", self.seconds, "s of CPU",
            f"the plain loop: {candidates} candidates, of which {self.measured} were measured",
            first + some / self.measured * candidates,
        )  # fmt: skip


def _mnist() -> _Case:
    dataset = ml.data.mnist(download=False).distinct()
    case = _built(
        f"MNIST, N = {dataset.N}, n = 500", dataset, 500, 0.5 * dataset.radius, WIDTH, 100
    )
    width = case.network.layers[1].units
    assert width < WIDTH + AWAY, width
    return case


def _moons() -> _Case:
    dataset = paper_moons(1_000_000).distinct()
    return _built(f"moons, N = {dataset.N}, n = 2000", dataset, 2000, 1, 6.4, 3)


def _built(
    what: str, dataset: ml.Dataset, n: int, max_bias: Any, published: float, measured: int
) -> _Case:
    _peak(reset=True)
    network, seconds = _cpu(lambda: bwc.build(dataset, n=n, max_bias=max_bias, progress=False))
    case = _Case(what, dataset, network, seconds, _peak(), published, measured)
    certificate = ml.verify(network, dataset)
    assert certificate.ok, certificate
    return case


def _compiled() -> None:
    """In another process, so that this one still has to load them."""
    code = "from mem_lib.beyond_worst_case import bits; assert bits._compiled()"
    subprocess.run([sys.executable, "-c", code], check=True)


def _candidate(code: np.ndarray, held: list[np.ndarray]) -> list[np.ndarray]:
    """The scores of all points for the centre with these bits."""
    mask = 1.0 - code
    return [_product(bits, mask) for bits in held]


def _product(bits: np.ndarray, mask: np.ndarray) -> np.ndarray:
    if bits.dtype == np.float64:
        return bits @ mask
    step = max(1, _BLOCK // len(mask))
    parts = range(0, len(bits), step)
    return np.concatenate([bits[i : i + step].astype(np.float64) @ mask for i in parts])


def _plain_bits(network: ml.Network, dataset: ml.Dataset) -> np.ndarray:
    """The first layer in float64, a block of points at a time."""
    layer = network.layers[0]
    weight, bias = layer.weight.T.astype(np.float64), layer.bias.astype(np.float64)
    step, out = max(1, _BLOCK // layer.units), np.empty((dataset.N, layer.units), np.uint8)
    for i in range(0, dataset.N, step):
        points = np.ldexp(dataset.points[i : i + step].astype(np.float64), dataset.shift)
        out[i : i + step] = points @ weight + bias >= 0
    return out


def _cpu(work: Callable[[], Any]) -> tuple[Any, float]:
    """(result, seconds of this process)."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _peak(reset: bool = False) -> float:
    """The most memory of this process since the last ``reset``, in GB (Linux)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e9
