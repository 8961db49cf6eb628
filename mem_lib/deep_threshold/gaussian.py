"""Random rows: rounded Gaussian weights, exact from then on.

A row is drawn as w ~ N(0, I_d), b ~ N(0, r^2), clipped at 8 standard deviations and rounded to
multiples of 2^-Q (lemma ``thm-deep_threshold-rounding``).  It is stored as an odd number,
2 <W, X> + odd >= 0, so that it is 0 at no point of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.deep_threshold.frame import Frame
from mem_lib.deep_threshold.rows_enough import pair_probability
from mem_lib.errors import ConstructionFailed
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

STAGE = "hyperplanes"
#: Standard deviations at which a draw is clipped.
CLIP = 8.0


def weight_bits(m: int, d: int) -> int:
    """Q of lemma ``thm-deep_threshold-rounding``: at least 16, and 2^Q >= 80 m (sqrt(d) + 2), for m
    rows in d dimensions.  Then rounding and clipping raise the probability that m rows fail from
    1/2 to 0.512 at most.

    >>> weight_bits(10, 2), weight_bits(1000, 100)
    (16, 20)
    """
    root = math.isqrt(d - 1) + 1
    return max(16, (80 * m * (root + 2) - 1).bit_length())


@dataclass(frozen=True)
class Rows:
    """What rows are drawn for: the frame, and the bits of a weight."""

    frame: Frame
    bits: int

    def draw(self, m: int, rng: np.random.Generator, *, biased: bool = True) -> Layer:
        """m rows; without a bias they pass through the centre, up to half a unit."""
        d = self.frame.points.shape[1]
        gaussian = np.clip(rng.standard_normal((m, d)), -CLIP, CLIP)
        weight = np.rint(np.ldexp(gaussian, self.bits)).astype(np.int64)
        heights = np.clip(rng.standard_normal(m), -CLIP, CLIP) * biased
        bias = []
        for h, moved in zip(heights.tolist(), self._at_centre(weight), strict=True):
            whole = int(math.ldexp(h, 53)) * self.frame.radius
            bias.append(((whole >> (53 - self.bits)) - moved) | 1)
        return Layer(2 * weight, bias, "threshold", stage=STAGE)

    def _at_centre(self, weight: np.ndarray) -> list[int]:
        """<w, centre> for every row."""
        centre = self.frame.centre
        if not any(centre):
            return [0] * len(weight)
        reach = len(centre) * int(CLIP) << self.bits
        small = reach * max(map(abs, centre)) < 1 << 62
        kind = np.int64 if small else object
        return list(map(int, (weight.astype(kind) @ np.array(centre, dtype=kind)).tolist()))

    def draw_clear(
        self, m: int, rng: np.random.Generator, data: Dataset, rho: Fraction, pool: int
    ) -> Layer:
        """Of ``pool`` m rows the m that keep farthest from the points, all of them at a distance of
        at least ``rho``; with ``pool`` = 1 the first m that do.  ``ConstructionFailed`` when 8 m +
        64 rows hold fewer."""
        found: list[Layer] = []
        clearances: list[Fraction] = []
        drawn, most = 0, 8 * m + 64
        while (have := len(clearances)) < pool * m and (have < m or drawn < pool * m):
            if drawn >= most:
                raise ConstructionFailed(
                    f"clear: of {drawn} random rows {have} are clear of all points, and {m} are "
                    "needed"
                )
            layer = self.draw(min(pool * m - have + 8, most - drawn), rng)
            drawn += layer.units
            squares = squared_clearances(layer, data)
            rows = [k for k, square in enumerate(squares) if square >= rho**2]
            if rows:
                found.append(selected(layer, np.array(rows)))
                clearances += [squares[k] for k in rows]
        clear = joined(*found)
        if pool == 1:
            return selected(clear, np.arange(m))
        far = sorted(range(clear.units), key=clearances.__getitem__)[-m:]
        return selected(clear, np.sort(far))


def clear_distance(frame: Frame, data: Dataset) -> Fraction:
    """rho = p r / (1.6 N sqrt(d)), in the unit of the integers of ``data``, where p is the
    probability to tell apart two points at the margin: a random row comes closer than rho to one of
    the N points with probability at most p / 2 (theorem ``thm-deep_threshold-clear``)."""
    root = Fraction(math.isqrt(data.d << 64) + 1, 1 << 32)
    p = Fraction(pair_probability(data, frame))
    return p * frame.radius / 2 / (Fraction(8, 5) * data.N * root)


def joined(*layers: Layer) -> Layer:
    """The rows of several layers."""
    weight = np.concatenate([np.asarray(layer.weight) for layer in layers])
    bias = [b for layer in layers for b in layer.bias.tolist()]
    return Layer(weight, bias, "threshold", stage=STAGE)


def selected(layer: Layer, rows: np.ndarray) -> Layer:
    """Some rows of a layer: row numbers or a mask."""
    return Layer(np.asarray(layer.weight)[rows], layer.bias[rows], "threshold", stage=STAGE)


def is_clear(layer: Layer, data: Dataset, rho: Fraction) -> np.ndarray:
    """Which rows keep a distance of ``rho`` (in the unit of ``data.integers()``) from all points,
    decided in integers."""
    return np.array([found >= rho**2 for found in squared_clearances(layer, data)], dtype=bool)


def squared_clearances(layer: Layer, data: Dataset) -> list[Fraction]:
    """The squared distance of every row to the nearest point, in the unit of
    ``data.integers()``; 0 for a row without a weight."""
    squares = [sum(w * w for _, w in terms) for _, terms in layer.rows()]
    return [
        Fraction(least**2, square) if square else Fraction(0)
        for least, square in zip(least_values(layer, data), squares, strict=True)
    ]


def least_values(layer: Layer, data: Dataset) -> list[int]:
    """The least absolute value of every row over all points, exactly."""
    least: list[int] | None = None
    for block in values(layer, data):
        smallest = [int(v) for v in np.abs(block).min(axis=1)]
        least = smallest if least is None else list(map(min, least, smallest))
    return least or []


def values(layer: Layer, data: Dataset) -> Iterator[np.ndarray]:
    """What the rows take before the threshold, exactly, in blocks of shape (rows, points)."""
    linear = Network([Layer(layer.weight, layer.bias, "identity")], readout="argmax")
    engine = Engine(linear)
    step = engine.chunk(data.N)
    for i in range(0, data.N, step):
        yield engine.run(data.integers(slice(i, i + step))[0])[0]
