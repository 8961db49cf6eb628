"""The first layer: n random hyperplanes with dyadic weights, on which no data point can lie."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.exact.arithmetic import FLOAT32, FLOAT64, column_peaks, row_bounds
from mem_lib.exact.device import pytorch, room_for
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

#: Hyperplanes between two signs of life.
BLOCK = 2**14
#: Entries of a block of points that are evaluated at a time.
ENTRIES = 2**19
#: In so many dimensions float32 decides most of what float64 would: below it saves nothing; beyond
#: its error bound is too large.
_DIMENSIONS = range(64, 2**14 + 1)
#: Pairs of point and row that are added up again at a time, and the share that may be.
_PAIRS, _DOUBTFUL = 2**8, 1 / 16


def hyperplanes(
    n: int,
    d: int,
    max_bias: Fraction,
    *,
    weight_bits: int,
    shift: int,
    rng: np.random.Generator,
    activation: str = "threshold",
    advance: Callable[[int], object] = lambda drawn: None,
) -> Layer:
    """A layer of n random units for points on the grid 2^-shift.

    w ~ N(0, I_d) and b uniform on [-max_bias, max_bias] are drawn, then w is rounded to the grid
    2^-weight_bits and b to the grid 2^-(weight_bits + shift), so that t = <w, x> + b is an integer
    on the grid of the points.  The unit is 1 for t > 0.  It is stored as 2t - 1 >= 0: an odd
    number is never 0, hence no point lies on a hyperplane.  A ReLU unit gets the same row, so it
    is positive exactly where the threshold unit is 1.

    The rows of a larger n begin with those of a smaller one (same ``rng``).  ``advance`` is told
    how many were drawn.
    """
    for_weights, for_biases = rng.spawn(2)
    weight = np.rint(np.ldexp(for_weights.standard_normal((n, d)), weight_bits)).astype(np.int64)
    scale = max_bias * 2 ** (weight_bits + shift)
    # u is a multiple of 2^-53 in [0, 1), so 2u - 1 is one of 2^-52
    multiples = np.ldexp(for_biases.random(n), 53).astype(np.int64) - 2**52
    bias: list[int] = []
    for start in range(0, n, BLOCK):
        some = multiples[start : start + BLOCK].tolist()
        bias += [2 * _nearest(k * scale.numerator, scale.denominator << 52) - 1 for k in some]
        advance(len(some))
    return Layer(2 * weight, bias, activation, stage="hyperplanes")


def _nearest(numerator: int, denominator: int) -> int:
    """The integer next to a fraction, halves to even; quicker than ``round`` of a Fraction."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole & 1))


def codes(
    layer: Layer, dataset: Dataset, advance: Callable[[int], object] = lambda entries: None
) -> np.ndarray:
    """What the layer gives at every point, exactly, shape (N, n): bits in uint8 for threshold
    units, integers >= 0 (int64, or Python integers) for ReLU units.  ``advance`` is told how many
    entries are there."""
    if layer.activation == "threshold":
        out = np.empty((dataset.N, layer.units), np.uint8)
        first = 0
        for block in sides(layer, dataset, np.arange(dataset.N), advance):
            out[first : first + len(block)] = block
            first += len(block)
        return out
    out = np.empty((dataset.N, layer.units), int)
    for units, part in _parts(layer):
        engine = Engine(Network([part], readout="onehot"))
        step = engine.chunk(dataset.N)
        for i in range(0, dataset.N, step):
            integers, _ = dataset.integers(slice(i, i + step))
            block = engine.run(integers)[0].T
            if block.dtype == object and out.dtype != object:
                out = out.astype(object)
            out[i : i + step, units] = block
            advance(block.size)
    return out


def sides(
    layer: Layer,
    dataset: Dataset,
    rows: np.ndarray,
    advance: Callable[[int], object] = lambda entries: None,
    device: str | None = None,
) -> Iterator[np.ndarray]:
    """The bits of the points in ``rows``, in blocks (points, n), exactly: whether z >= 0 in a
    threshold unit.

    Where sum_k |w_k| |x_k| + |b| <= 2^24 for the largest |x_k| of a block, a float32 product adds
    up the integers of this row and never rounds (lemma ``thm-foundations-sums``); up to 2^53 a
    float64 product, or :class:`_Rounded` in its place; rows beyond go through the exact engine.
    ``advance`` is told how many entries are there.  A ``device`` of PyTorch takes float64 in both
    cases, since what it does with float32 can be set.
    """
    units = _Rows(layer, device)
    step = max(256, ENTRIES // layer.units)
    for start in range(0, len(rows), step):
        block = units.sides(_integers(dataset, rows[start : start + step]))
        advance(block.size)
        yield block


def _integers(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """The points as integers: those of a short type stay in it, which saves most of the bytes."""
    points = dataset.points
    if points.dtype.kind in "iu" and points.dtype.itemsize < 8:
        return np.asarray(points[rows])
    return dataset.integers(rows)[0]


Magnitudes = tuple[np.ndarray, np.ndarray]


def magnitudes(layer: Layer) -> Magnitudes | None:
    """(|W|, |b|) in float64; None where weights are not machine integers in an array."""
    weight, bias = layer.weight, layer.bias
    if not isinstance(weight, np.ndarray) or weight.dtype == object or bias.dtype == object:
        return None
    return np.abs(weight.astype(np.float64)), np.abs(bias.astype(np.float64))


class _Rows:
    """The rows of a layer, each evaluated in the cheapest arithmetic that cannot round."""

    def __init__(self, layer: Layer, device: str | None = None) -> None:
        self._layer, self._device = layer, device
        self._sizes = magnitudes(layer)
        self._products: dict[tuple[str, bytes], Callable[[np.ndarray], np.ndarray]] = {}

    def sides(self, points: np.ndarray) -> np.ndarray:
        """(points, n), bool, at integer points (points, d)."""
        ways = self.ways(points)
        if (ways == ways[0]).all():
            return self._by(ways[0], slice(None), points)
        out = np.empty((len(points), len(ways)), bool)
        for way in np.unique(ways):
            chosen = np.flatnonzero(ways == way)
            out[:, chosen] = self._by(way, chosen, points)
        return out

    def ways(self, points: np.ndarray) -> np.ndarray:
        """The arithmetic of each row at these points: "float32", "float64" or "python"."""
        if self._sizes is None or points.dtype == object:
            return np.full(self._layer.units, "python", dtype="<U7")
        sums = row_bounds(*self._sizes, column_peaks(points.T))
        return np.select([sums <= FLOAT32, sums <= FLOAT64], ["float32", "float64"], "python")

    def _by(self, way: str, rows: Any, points: np.ndarray) -> np.ndarray:
        if way == "python":
            return self._exactly(rows, points)
        key = (way, b"" if isinstance(rows, slice) else rows.tobytes())
        if key not in self._products:
            if len(self._products) > 1:  # rows change their way from one block to the next
                self._products.clear()
            self._products[key] = self._product(way, rows)
        return self._products[key](points)

    def _product(self, way: str, rows: Any) -> Callable[[np.ndarray], np.ndarray]:
        dtype = np.dtype(way if self._device is None else "float64")
        weight = np.asarray(self._layer.weight)[rows].astype(dtype)
        least = -self._layer.bias[rows].astype(dtype)
        if self._device is not None:
            return partial(self._there, self._put(weight), self._put(least))
        if way == "float64" and weight.shape[1] in _DIMENSIONS:
            return _Rounded(weight, least).sides
        return partial(_here, weight, least)

    def _there(self, weight: Any, least: Any, points: np.ndarray) -> np.ndarray:
        with room_for("a block of points and bits"):
            found = self._put(points).to(weight.dtype) @ weight.T >= least
        return np.asarray(found.cpu().numpy())

    def _put(self, array: np.ndarray) -> Any:
        return pytorch().from_numpy(array).to(self._device)

    def _exactly(self, rows: Any, points: np.ndarray) -> np.ndarray:
        layer = self._layer
        if isinstance(layer.weight, np.ndarray):
            layer = Layer(layer.weight[rows], layer.bias[rows], layer.activation)
        if points.dtype != object:
            points = points.astype(np.int64, copy=False)
        parts = []
        for _, part in _parts(layer):
            engine = Engine(Network([part], readout="onehot"))
            step = engine.chunk(len(points))
            blocks = [engine.run(points[i : i + step])[0].T for i in range(0, len(points), step)]
            parts.append(np.concatenate(blocks) > 0)
        return np.concatenate(parts, axis=1)


class _Rounded:
    """Rows whose float64 sums are exact, decided in float32 where its error leaves no doubt.

    ``weight`` (n, d) and ``least`` (n,) are integers in float64, and the side of x is on where
    t = <w, x> >= ``least``.  Rounded to float32, w and x are off by a part u = 2^-24 each, every
    product and sum by another: in whichever order they are taken, the result differs from t by at
    most gamma sum_k |w_k| |x_k| <= gamma |w| |x|, gamma = (d + 2) u / (1 - (d + 2) u).  So a result
    that is further from ``least`` is on the side of t.  The others, about one in two thousand at
    random, are added up again in float64.  In no more than 2^14 dimensions float32 finds |x| up
    to a part 2^-9, which the 2^-8 added to gamma makes up for.
    """

    def __init__(self, weight: np.ndarray, least: np.ndarray) -> None:
        self._weight, self._least = weight, least
        self._rough = weight.astype(np.float32)
        lost = (weight.shape[1] + 2) * 2.0**-24
        self._errors = lost / (1 - lost) * (1 + 2.0**-8) * np.sqrt((weight**2).sum(axis=1))

    def sides(self, points: np.ndarray) -> np.ndarray:
        """(points, n), bool, at integer points (points, d)."""
        rough = points.astype(np.float32)
        norms = np.sqrt(np.einsum("ij,ij->i", rough, rough)).astype(np.float64)
        with np.errstate(invalid="ignore"):  # some BLAS raise the flag on lanes that they drop
            sums = rough @ self._rough.T
        slack, infinite = self._errors * norms.max(), np.float32(np.inf)
        on = sums >= np.nextafter((self._least + slack).astype(np.float32), infinite)
        maybe = sums >= np.nextafter((self._least - slack).astype(np.float32), -infinite)
        point, row = np.divmod(np.flatnonzero(on != maybe), on.shape[1])
        away = sums[point, row] - self._least[row]
        on[point, row] = away >= 0
        doubtful = np.abs(away) <= self._errors[row] * norms[point]
        point, row = point[doubtful], row[doubtful]
        if len(point) > _DOUBTFUL * on.size:
            return _here(self._weight, self._least, points)
        for start in range(0, len(point), _PAIRS):
            i, j = point[start : start + _PAIRS], row[start : start + _PAIRS]
            exact = np.einsum("ij,ij->i", points[i].astype(np.float64), self._weight[j])
            on[i, j] = exact >= self._least[j]
        return on


def _here(weight: np.ndarray, least: np.ndarray, points: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # some BLAS raise the flag on lanes that they drop
        return np.asarray(points.astype(weight.dtype) @ weight.T >= least)


def _parts(layer: Layer) -> Iterator[tuple[slice, Layer]]:
    """The layer, a block of units at a time where it is dense."""
    weight = layer.weight
    if not isinstance(weight, np.ndarray) or layer.units <= BLOCK:
        yield slice(None), layer
        return
    for first in range(0, layer.units, BLOCK):
        units = slice(first, first + BLOCK)
        yield units, Layer(weight[units], layer.bias[units], layer.activation)
