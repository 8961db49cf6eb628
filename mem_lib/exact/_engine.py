"""Run any network on a block of points, layer by layer, and keep count of what happened."""

from dataclasses import dataclass, field

import numpy as np

from mem_lib.exact._arithmetic import Affine, as_python, compact
from mem_lib.network import Network

#: Activations of one chunk of points stay below this many bytes (float64).
CHUNK_BYTES = 64 * 2**20
MOST_POINTS = 25_000


@dataclass
class Tally:
    """What evaluation met.  ``peak`` and ``ties`` are the same for every way of cutting the points
    into chunks; ``arithmetic`` is chosen chunk by chunk."""

    peak: int = 0  # the largest |preactivation|
    ties: int = 0  # threshold units with z = 0 at a point
    arithmetic: set[str] = field(default_factory=set)

    def merge(self, other: "Tally") -> None:
        self.peak = max(self.peak, other.peak)
        self.ties += other.ties
        self.arithmetic |= other.arithmetic


class Engine:
    """A network made ready to be evaluated many times."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._affine = [Affine(layer) for layer in network.layers]

    def run(self, integers: np.ndarray) -> tuple[np.ndarray, Tally]:
        """Output numerators, shape (outputs, points), int64 or object, at integer points.

        ``integers`` has shape (points, d) and holds ``2**network.input_shift * x``.
        """
        tally = Tally()
        x = compact(np.ascontiguousarray(integers.T))
        for affine in self._affine:
            z, key = affine(x)
            tally.arithmetic.add(key)
            tally.peak = max(tally.peak, _peak(z))
            x = self._activate(affine.layer.activation, z, tally)
        return x if x.dtype == object else x.astype(np.int64, copy=False), tally

    @staticmethod
    def _activate(activation: str, z: np.ndarray, tally: Tally) -> np.ndarray:
        if activation == "threshold":
            tally.ties += int(z.size - np.count_nonzero(z))
            return np.asarray(z >= 0, dtype=bool)
        if activation == "relu":
            z = np.maximum(z, 0)
        return compact(z)

    def chunk(self, points: int) -> int:
        """How many points to take at a time: by bytes, so that wide layers fit in memory."""
        widest = max(max(layer.units, layer.inputs) for layer in self.network.layers)
        return max(1, min(points, MOST_POINTS, CHUNK_BYTES // (8 * widest)))


def _peak(z: np.ndarray) -> int:
    return int(max(z.max(), -z.min()))


def on_grid(network: Network, shift: int) -> tuple[Network, int]:
    """(network, k): the network refined to the grid 2^-shift when that is finer than its own, and
    the k with which integers on the grid 2^-shift are to be multiplied by 2^k."""
    finer = shift - network.input_shift
    return (network.refined(finer), 0) if finer > 0 else (network, -finer)


def times_power(integers: np.ndarray, k: int) -> np.ndarray:
    """``integers * 2**k``, in Python integers where int64 might overflow."""
    if k == 0:
        return integers
    if integers.dtype != object:
        peak = max(int(integers.max(initial=0)), -int(integers.min(initial=0)))
        if peak.bit_length() + k < 62:
            return integers.astype(np.int64) << k
    return as_python(integers) * (1 << k)
