"""One affine layer on many points, exactly, in the cheapest arithmetic that a bound permits.

For a layer z = W x + b let ``peak[k]`` be the largest |x_k| over the points.  Every partial sum of
every row, in any order, is at most ``bound = max_i (sum_k |W_ik| peak[k] + |b_i|)``.  So

* bound <= 2^24: float32 represents every partial sum; a BLAS product (blocked, threaded, fused
  multiply-add) adds integers and never rounds;
* bound <= 2^53: the same in float64;
* bound <  2^62: dense layers are cut into slices of few bits, each an exact float64 product, and
  put together in int64; sparse layers are summed in int64;
* beyond: None is returned, and :mod:`mem_lib.exact.columns` goes on in Python integers.

In a wide layer of threshold units on bits, where the bound is at most 2^53, several sums may share
one float64 number (:mod:`mem_lib.exact.lanes`); a certificate calls that what it would else be.

Nobody chooses: the bound does.  Activations lie in arrays of shape (units, points) that hold
integers in whichever type carried them here (bool, float32, float64, int64).

A layer is computed in tiles that stay in the cache while the bias is added, what is met is noted
and the activation is taken (:func:`activate`); so a layer of threshold units never has its sums in
memory as a whole, only their bits.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.exact.lanes import Lanes, lanes_of
from mem_lib.exact.products import product, with_ones
from mem_lib.exact.slices import sliced
from mem_lib.exact.tally import Tally
from mem_lib.network import Layer, Sparse

FLOAT32, FLOAT64 = 2.0**24, 2.0**53

#: What a certificate says of the arithmetic used, in this order.
ARITHMETIC = {
    "float32": "float32 below 2^24",
    "float64": "float64 below 2^53",
    "slices": "float64 slices summed in int64 below 2^62",
    "int64": "int64 below 2^62",
    "limbs": "float64 limbs of Python integers",
    "python": "Python integers",
    "digits": "digits of 48 bits in int64",
}

#: The types in which a layer is one product.
DTYPES: dict[str, type] = {"float32": np.float32, "float64": np.float64, "int64": np.int64}

#: A float64 sum of n < 2^30 non-negative terms is below its true value by a factor of at most
#: 1 - 2^-22; this inflation makes the computed bound an upper bound.
_INFLATE = 1 + 2.0**-20

#: Entries of a tile of a dense layer, and its least number of rows: BLAS arranges all inputs anew
#: for each tile, which pays for many rows only.
TILE, TILE_ROWS = 1 << 19, 1 << 10
#: The same for the inputs of a sparse layer and its points.
SPARSE_TILE, SPARSE_POINTS = 1 << 21, 128
#: A layer of few units takes so many inputs at a time, at many points, if it is sparse or they come
#: in another type: an input lies in one piece there, and the few sums are soon added up.
PART_INPUTS, PART_UNITS = 256, 32
#: Entries of z that are put together from slices at a time.
SLICED_TILE = 1 << 23
#: Lanes pay for so many units and inputs, from so many points on: the weights are packed first.
LANE_UNITS, LANE_INPUTS, LANE_POINTS = 512, 192, 1 << 10

#: W x + b for points x and the type to compute in.
Sums = Callable[[np.ndarray, type], np.ndarray]


class Affine:
    """One layer, with its weights converted once to each type that the points ask for.

    Threads may share it: what is made once is made by one of them.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.sparse = isinstance(layer.weight, Sparse)
        self._kept: dict[str, Any] = {}
        self._last: tuple[bytes, float] = (b"", np.inf)
        self._points = 0  # points seen so far, about, if several threads count them
        self._lock = RLock()

    def __call__(self, x: np.ndarray, tally: Tally) -> np.ndarray | None:
        """What the layer passes on for ``x`` of shape (inputs, points), noted in ``tally``; None
        where no machine arithmetic is proven exact."""
        key, bound = self.arithmetic(x)
        if key is None:
            return None
        tally.arithmetic.add(key)
        if key == "slices":
            step = max(1, SLICED_TILE // max(self.layer.weight.shape))
            return self._in_tiles_of_points(x, np.int64, tally, bound, self._sliced, step)
        if (lanes := self._lanes(x)) is not None:
            return lanes.run(x, tally, bound)
        dtype = DTYPES[key]
        if self._comes_in_parts(x, dtype):
            step = max(SPARSE_POINTS, SPARSE_TILE // PART_INPUTS)
            return self._in_tiles_of_points(x, dtype, tally, bound, self._summed_in_parts, step)
        if self.sparse:
            step = self._points_at_a_time
            return self._in_tiles_of_points(x, dtype, tally, bound, self._summed, step)
        return self._in_tiles_of_units(x, dtype, tally, bound)

    def arithmetic(self, x: np.ndarray) -> tuple[str | None, float]:
        """The key of the cheapest arithmetic that is proven exact at ``x``, None where none is; and
        an upper bound on every sum."""
        if x.dtype == object:
            return None, np.inf
        # bits are at most 1, which is known without a look at them and is mostly enough
        peaks = np.ones(1) if x.dtype == bool else column_peaks(x)
        bound = self._rough_bound(float(peaks.max(initial=0)))
        if bound > FLOAT32:
            bound = self.bound(column_peaks(x) if x.dtype == bool else peaks)
        if bound <= FLOAT32:
            return "float32", bound
        if bound <= FLOAT64:
            return "float64", bound
        if bound < INT64_LIMIT:
            return "int64" if self.sparse else "slices", bound
        return None, bound

    # -- the bound ---------------------------------------------------------------------------

    def bound(self, peaks: np.ndarray) -> float:
        """An upper bound on every partial sum of every row; infinite beyond 2^62."""
        if not self._is_machine or peaks.dtype == object:
            return np.inf
        key, (last, bound) = peaks.tobytes(), self._last
        if key != last:  # chunks of one data set often have the same peaks
            weight, bias = self._magnitudes
            bound = upper_bound(weight, bias, peaks)
            self._last = (key, bound)
        return bound

    @property
    def _is_machine(self) -> bool:
        """Whether no entry needs Python integers."""
        return self._values.dtype != object and self.layer.bias.dtype != object

    def _rough_bound(self, peak: float) -> float:
        """No less than :meth:`bound` for inputs of at most ``peak``, and found without |W|."""
        weight, bias = self._largest
        return (weight * peak + bias) * _INFLATE

    @property
    def _largest(self) -> tuple[float, float]:
        """The largest sum_k |W_ik| and the largest |b_i|; infinite as :meth:`bound`."""
        return self._once("largest", self._find_largest)

    def _find_largest(self) -> tuple[float, float]:
        if not self._is_machine:
            return np.inf, np.inf
        bias = np.abs(self.layer.bias.astype(np.float64))
        if self.sparse:
            sums = self._magnitudes[0] @ np.ones(self.layer.inputs)
        else:
            sums = _row_sums(self._values)
        return float(np.max(sums)), float(np.max(bias))

    @property
    def _magnitudes(self) -> tuple[Any, np.ndarray]:
        """(|W|, |b|) in float64."""
        return self._once("magnitudes", self._find_magnitudes)

    def _find_magnitudes(self) -> tuple[Any, np.ndarray]:
        size = np.abs(self._values.astype(np.float64))
        weight = self._csr(size) if self.sparse else size
        return weight, np.abs(self.layer.bias.astype(np.float64))

    # -- the ways to the same numbers --------------------------------------------------------

    def _in_tiles_of_units(
        self, x: np.ndarray, dtype: type, tally: Tally, bound: float
    ) -> np.ndarray:
        layer, points = self.layer, x.shape[1]
        weight, own = self._weight(dtype), x.dtype == dtype
        x = x if own else with_ones(x, dtype)
        step = min(layer.units, max(TILE_ROWS, TILE // max(points, 1)))
        out = self._room(points, dtype)
        tile = None if out.dtype == dtype else np.empty((step, points), dtype)
        for start in range(0, layer.units, step):
            rows, place = weight[start : start + step], out[start : start + step]
            z = place if tile is None else tile[: len(place)]
            product(rows[:, : len(x)], x, z)
            if own:  # to add the bias costs less than to copy the inputs for it
                z += rows[:, -1:]
            activate(layer.activation, z, tally, bound, place)
        return out

    @property
    def _points_at_a_time(self) -> int:
        """Points at which the inputs of a tile that takes all of them, and its sums, are few."""
        return max(SPARSE_POINTS, SPARSE_TILE // max(self.layer.weight.shape))

    def _comes_in_parts(self, x: np.ndarray, dtype: type) -> bool:
        units, inputs = self.layer.weight.shape
        few = units <= PART_UNITS and inputs > PART_INPUTS and x.shape[1] > self._points_at_a_time
        return few and (self.sparse or x.dtype != dtype)

    def _in_tiles_of_points(
        self, x: np.ndarray, dtype: type, tally: Tally, bound: float, sums: Sums, step: int
    ) -> np.ndarray:
        """``sums`` gives W x + b in ``dtype``; asked for ``step`` points at a time."""
        activation, points = self.layer.activation, x.shape[1]
        if points <= step:
            return activate(activation, sums(x, dtype), tally, bound)
        out = self._room(points, dtype)
        for start in range(0, points, step):
            z = sums(x[:, start : start + step], dtype)
            out[:, start : start + step] = activate(activation, z, tally, bound)
        return out

    def _summed(self, x: np.ndarray, dtype: type) -> np.ndarray:
        z = product(self._weight(dtype), x.astype(dtype, copy=False))
        z += self.layer.bias.astype(dtype)[:, None]
        return z

    def _summed_in_parts(self, x: np.ndarray, dtype: type) -> np.ndarray:
        """The same, ``PART_INPUTS`` inputs at a time."""
        z: np.ndarray = np.repeat(self.layer.bias.astype(dtype)[:, None], x.shape[1], axis=1)
        for start, part in self._parts(dtype):
            z += product(part, x[start : start + part.shape[1]].astype(dtype, copy=False))
        return z

    def _room(self, points: int, dtype: type) -> np.ndarray:
        """For what the layer passes on."""
        kind = bool if self.layer.activation == "threshold" else dtype
        return np.empty((self.layer.units, points), kind)

    def _sliced(self, x: np.ndarray, dtype: type) -> np.ndarray:
        """W x + b of a dense layer, in int64."""
        return sliced(self._values, self.layer.bias, x)

    # -- weights in the type asked for -------------------------------------------------------

    @property
    def _values(self) -> np.ndarray:
        return self.layer.entries

    def _lanes(self, x: np.ndarray) -> Lanes | None:
        """Where lanes pay for the bits ``x``, and the counts of all units fit into them."""
        units, inputs = self.layer.weight.shape
        wide = units >= LANE_UNITS and inputs >= LANE_INPUTS and not self.sparse
        if not (wide and x.dtype == bool and self.layer.activation == "threshold"):
            return None
        self._points += x.shape[1]
        if self._points < LANE_POINTS or self._rough_bound(1) > FLOAT64:
            return None
        return self._once("lanes", lambda: lanes_of(self._values, self.layer.bias))

    def _weight(self, dtype: type) -> Any:
        return self._once(np.dtype(dtype).name, lambda: self._converted(dtype))

    def _converted(self, dtype: type) -> Any:
        """Those of a dense layer with the bias behind them: the weights of an input that is 1."""
        if self.sparse:
            return self._csr(self._values.astype(dtype))
        weight: np.ndarray = np.empty((self.layer.units, self.layer.inputs + 1), dtype)
        weight[:, :-1], weight[:, -1] = self._values, self.layer.bias
        return weight

    def _parts(self, dtype: type) -> list[tuple[int, Any]]:
        """The weights for ``PART_INPUTS`` inputs at a time, and the first of these inputs."""

        def cut() -> list[tuple[int, Any]]:
            weight, inputs = self._weight(dtype), self.layer.inputs
            columns = weight.tocsc() if self.sparse else weight[:, :inputs]
            starts = range(0, inputs, PART_INPUTS)
            parts = [(start, columns[:, start : start + PART_INPUTS]) for start in starts]
            return [(start, part.tocsr()) for start, part in parts] if self.sparse else parts

        return self._once(f"parts of {np.dtype(dtype).name}", cut)

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made by the first thread that asks; others wait for it."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return self._kept[name]

    def _csr(self, values: np.ndarray) -> Any:
        from scipy.sparse import csr_array

        weight = self.layer.weight
        assert isinstance(weight, Sparse)
        return csr_array((values, weight.indices, weight.indptr), shape=weight.shape)


def activate(
    activation: str,
    z: np.ndarray,
    tally: Tally,
    bound: float = np.inf,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """What units with the sums ``z``, at most ``bound``, pass on, noted in ``tally``: bits of
    thresholds, in ``out`` where that is given; else ``z`` itself, overwritten."""
    if bound > tally.peak:
        tally.peak = max(tally.peak, int(z.max(initial=0)), -int(z.min(initial=0)))
    if activation == "threshold":
        tally.ties += int(np.count_nonzero(z == 0))
        return np.greater_equal(z, 0, out=out)
    return np.maximum(z, 0, out=z) if activation == "relu" else z


def upper_bound(magnitudes: Any, bias: np.ndarray, peaks: np.ndarray) -> float:
    """At least every partial sum of every row, for |W|, |b| and the largest |x_k|, in float64."""
    return float(np.max(row_bounds(magnitudes, bias, peaks)))


def row_bounds(magnitudes: Any, bias: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """The same for each row by itself."""
    return np.asarray((magnitudes @ peaks + bias) * _INFLATE)


def _row_sums(weight: np.ndarray) -> np.ndarray:
    """sum_k |W_ik| in float64, some rows at a time."""
    step = max(1, TILE // weight.shape[1])
    blocks = (weight[k : k + step].astype(np.float64) for k in range(0, len(weight), step))
    return np.concatenate([np.abs(block, out=block).sum(axis=1) for block in blocks])


def column_peaks(x: np.ndarray) -> np.ndarray:
    """The largest |value| of each row of ``x``: float64, or object beyond 2^62."""
    if x.dtype == object:
        return np.array([max(map(abs, row), default=0) for row in x], dtype=object)
    if x.dtype == bool:
        return np.asarray(x.any(axis=1), dtype=np.float64)
    most, least = x.max(axis=1, initial=0), x.min(axis=1, initial=0)
    return np.maximum(most.astype(np.float64), -least.astype(np.float64))


def as_python(x: np.ndarray) -> np.ndarray:
    """The same integers as Python integers (a float array would turn into Python floats)."""
    return x if x.dtype == object else x.astype(np.int64).astype(object)


def compact(x: np.ndarray) -> np.ndarray:
    """Python integers back in int64 when all of them are below 2^62."""
    if x.dtype == object and x.size and max(x.max(), -x.min()) < INT64_LIMIT:
        return x.astype(np.int64)
    return x
