"""N ReLU neurons for real values: a cap around every point.

A point x_i gets the neuron relu(<x_i, x> - b_i), which opens where <x_i, x> > b_i.  With

    max_{j != i} <x_i, x_j>  <=  b_i  <  |x_i|^2

it is 0 at all other points and |x_i|^2 - b_i at its own, so y_i / (|x_i|^2 - b_i) times it gives
the value out.  There is such a level for all points of one sphere; elsewhere a finite test in
integers tells.

Any different points.  Levels that are only above <x_i, x_j> for the x_j that are not longer always
exist, because <x_i, x_j> <= |x_i| |x_j| <= |x_i|^2 is an equation for x_j = x_i only.  Then a cap
is 0 at the points that are not longer than its own, and by increasing norm each outgoing weight
makes up for the caps before it.

A cap that opens at b weighs |y| sqrt(|x_i|^2 + b^2) / (|x_i|^2 - b): the lower the lighter, down to
b = -1, below which it is heavier again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib._base.integers import INT64_LIMIT, integers, squared_norms
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import progress_bar
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network, Size
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer.bounds import caps_size
from mem_lib.two_layer.values import values_of

WEIGHTS = ("dyadic", "rational")
#: Inner products that are there at a time.
BLOCK = 1 << 22


@dataclass(frozen=True, eq=False)
class CapsPlan:
    """The points; everything else follows from them."""

    data: Dataset

    @property
    def bytes(self) -> int:
        """Of the neurons and of a block of inner products."""
        return 24 * self.data.N * (self.data.d + 2) + 16 * max(BLOCK, self.data.N)

    @property
    def burden(self) -> str:
        return f"dataset: {self.data.N} points, a neuron for each of them,"


@dataclass(frozen=True)
class Caps(Construction):
    """A neuron for every point, exact for any labels or targets of any different points (theorems
    ``thm-two_layer-caps`` and ``thm-two_layer-triangular``).

    weights: ``"dyadic"``: every cap is 2^k high, the largest power of two that there is room for,
             so the outgoing weights of integer values are dyadic.  On the unit sphere this is less
             than 2.3 times as heavy as ``"rational"``, the lightest levels, where each outgoing
             weight has a denominator of its own, and the network a common multiple of all N
    """

    weights: str = "dyadic"

    slug: ClassVar[str] = "two_layer"
    variant: ClassVar[str] = "caps"
    title: ClassVar[str] = "N ReLU neurons, a cap for every point, any different points"
    theorem: ClassVar[str] = "thm-two_layer-caps"

    def __post_init__(self) -> None:
        one_of(self.weights, "weights", WEIGHTS)

    def plan(self, data: Dataset, rng: np.random.Generator) -> CapsPlan:
        """Nothing is drawn."""
        return CapsPlan(data)

    def network(self, plan: CapsPlan, progress: bool | None) -> Network:
        """The caps, by increasing norm where that is needed."""
        points, shift = plan.data.integers()
        with progress_bar(plan.data.N, "points", "build", progress) as bar:
            neurons = cap_neurons(points, values_of(plan.data), shift, self.weights, bar.update)
        return neurons.network()

    def bound(self, facts: Facts, *, one_sphere: bool = False) -> Size:
        """N neurons.  ``one_sphere``: whether every <x_i, x_j> is below |x_i|^2, as it is on a
        sphere.  Then dyadic outgoing weights are not longer than 2 log2 of the longest integer
        point and the values; rational ones N times as long.  Default: any different points, where
        both may be N times as long."""
        return caps_size(facts, self.weights == "dyadic", bool(one_sphere))


def cap_neurons(
    points: np.ndarray,
    values: Sequence[Fraction],
    shift: int,
    weights: str = WEIGHTS[0],
    advance: Callable[[int], object] = lambda points: None,
) -> Neurons:
    """Neurons whose sum is ``values[i]`` at ``points[i]``, exactly, one for each point.

    Parameters
    ----------
    points : (N, d) integers, different rows; they stand for points / 2^shift.
    values : N integers or fractions.
    weights : ``"dyadic"`` or ``"rational"``, as in :class:`Caps`.
    advance : is told of points that are done, N in all.

    Raises ``TooLarge`` when points that are not on a sphere need weights beyond this machine's
    memory.

    >>> z = np.array([[1, 0], [0, 1], [-1, 0]])
    >>> found = cap_neurons(z, [Fraction(3), Fraction(-2), Fraction(1)], 0)
    >>> found.biases.tolist(), [int(a) for a in found.outer]
    ([0, 0, 0], [3, -2, 1])
    """
    found = levels(points, shift, advance)
    heights = [square - level for square, level in zip(found.squares, found.levels, strict=True)]
    if weights == "dyadic":
        heights = [1 << height.bit_length() - 1 for height in heights]
    biases = integers(h - square for h, square in zip(heights, found.squares, strict=True))
    exact = [Fraction(value) for value in values]
    if found.apart:
        outer = [value / height for value, height in zip(exact, heights, strict=True)]
    else:
        outer = _triangular(points, exact, found.squares, heights, biases)
    names = tuple(f"cap {i}" for i in range(1, len(outer) + 1))
    return Neurons(points, biases, tuple(outer), shift, names)


@dataclass(frozen=True, eq=False)
class Levels:
    """Where caps may open, in integers.

    squares: |z_i|^2
    levels:  the largest <z_i, z_j> over the other points, where ``apart``, else over the other
             points that are not longer; -4^shift, which is -1 in the units of x, where that is more
    apart:   whether every <z_i, z_j> is below |z_i|^2
    """

    squares: list[int]
    levels: list[int]
    apart: bool


def levels(
    points: np.ndarray, shift: int, advance: Callable[[int], object] = lambda points: None
) -> Levels:
    """The levels of all points, from their exact inner products, a block at a time."""
    lowest = -(1 << 2 * shift)
    among_all, among_short = list[int](), list[int]()
    norms = squared_norms(points)
    for first, block in _products(points):
        if block.dtype != object and lowest <= -INT64_LIMIT:
            block = block.astype(object)
        own = np.arange(len(block))
        square = norms[first : first + len(block)]
        block[own, first + own] = lowest
        among_all += np.maximum(block.max(axis=1), lowest).tolist()
        block[norms > square[:, None]] = lowest
        among_short += np.maximum(block.max(axis=1), lowest).tolist()
        advance(len(block))
    squares: list[int] = norms.tolist()
    apart = all(level < square for level, square in zip(among_all, squares, strict=True))
    return Levels(squares, among_all if apart else among_short, apart)


def _products(points: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, <z_i, z_j> for a block of rows i and all j): integers, by the exact evaluator of
    networks."""
    step = max(1, BLOCK // len(points))
    for first in range(0, len(points), step):
        rows = points[first : first + step]
        layer = Layer(rows, np.zeros(len(rows), dtype=np.int64), "identity")
        found = Engine(Network([layer], readout="argmax")).run(points)[0]
        yield first, found if found.dtype == object else found.astype(np.int64)


def _triangular(
    points: np.ndarray,
    values: list[Fraction],
    squares: list[int],
    heights: list[int],
    biases: np.ndarray,
) -> list[Fraction]:
    """Outgoing weights by increasing norm.  All that were found are kept over one denominator, so
    that the caps at the next point are added up in integers."""
    N = len(values)
    bits = sum(height.bit_length() for height in heights)
    check_memory(N * bits // 4, f"dataset: {N} points of different norms with {bits} bits each")
    order = sorted(range(N), key=squares.__getitem__)
    tops = np.zeros(N, dtype=object)
    bottom, rows, offsets = 1, points.astype(object), biases.astype(object)
    for k, i in enumerate(order):
        before = order[:k]
        open_ = (rows[before] @ rows[i] + offsets[before]).clip(0) if k else np.zeros(0, object)
        sum_ = int((tops[before] * open_).sum()) if k else 0
        weight = (values[i] - Fraction(sum_, bottom)) / heights[i]
        larger = math.lcm(bottom, weight.denominator)
        if larger != bottom:
            tops *= larger // bottom
            bottom = larger
        tops[i] = weight.numerator * (bottom // weight.denominator)
    return [Fraction(int(top), bottom) for top in tops]
