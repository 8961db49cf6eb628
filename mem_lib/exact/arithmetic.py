"""One affine layer on many points, exactly, in the cheapest arithmetic that a bound permits.

For a layer z = W x + b let ``peak[k]`` be the largest |x_k| over the points.  Every partial sum of
every row, in any order, is at most ``bound = max_i (sum_k |W_ik| peak[k] + |b_i|)``.  So

* bound <= 2^24: float32 represents every partial sum; a BLAS product (blocked, threaded, fused
  multiply-add) adds integers and never rounds;
* bound <= 2^53: the same in float64;
* bound <  2^62: dense layers are cut into slices of few bits, each an exact float64 product, and
  put together in int64; sparse layers are summed in int64;
* beyond: None is returned, and :mod:`mem_lib.exact.columns` goes on in Python integers.

Nobody chooses: the bound does.  Activations lie in arrays of shape (units, points) that hold
integers in whichever type carried them here (bool, float32, float64, int64).
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
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

#: A float64 sum of n < 2^30 non-negative terms is below its true value by a factor of at most
#: 1 - 2^-22; this inflation makes the computed bound an upper bound.
_INFLATE = 1 + 2.0**-20


class Affine:
    """One layer, with its weights converted once to each type that the points ask for."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.sparse = isinstance(layer.weight, Sparse)
        self._weights: dict[str, Any] = {}
        self._last: tuple[bytes, float] = (b"", np.inf)

    def __call__(self, x: np.ndarray) -> tuple[np.ndarray, str] | None:
        """(W x + b, the key of the arithmetic used) for ``x`` of shape (inputs, points); None where
        no machine arithmetic is proven exact."""
        peaks = column_peaks(x)
        bound = self.bound(peaks)
        if bound <= FLOAT32:
            return self._machine(x, np.float32), "float32"
        if bound <= FLOAT64:
            return self._machine(x, np.float64), "float64"
        if bound < INT64_LIMIT and self.sparse:
            return self._machine(x, np.int64), "int64"
        if bound < INT64_LIMIT:
            return self._sliced(x, int(peaks.max(initial=0))), "slices"
        return None

    # -- the bound ---------------------------------------------------------------------------

    def bound(self, peaks: np.ndarray) -> float:
        """An upper bound on every partial sum of every row; infinite beyond 2^62."""
        if self._magnitudes is None or peaks.dtype == object:
            return np.inf
        key, (last, bound) = peaks.tobytes(), self._last
        if key != last:  # chunks of one data set often have the same peaks
            weight, bias = self._magnitudes
            bound = upper_bound(weight, bias, peaks)
            self._last = (key, bound)
        return bound

    @cached_property
    def _magnitudes(self) -> tuple[Any, np.ndarray] | None:
        """(|W|, |b|) in float64; None when an entry needs Python integers."""
        values = self._values
        if values.dtype == object or self.layer.bias.dtype == object:
            return None
        size = np.abs(values.astype(np.float64))
        weight = self._csr(size) if self.sparse else size
        return weight, np.abs(self.layer.bias.astype(np.float64))

    # -- four ways to the same numbers -------------------------------------------------------

    def _machine(self, x: np.ndarray, dtype: type) -> np.ndarray:
        z = product(self._weight(dtype), x.astype(dtype, copy=False))
        z += self.layer.bias.astype(dtype)[:, None]
        return z

    def _sliced(self, x: np.ndarray, peak: int) -> np.ndarray:
        """W x + b in int64 from exact float64 products of slices of W and of x.

        With p bits for a slice of W and r bits for one of x, p + r + log2(inputs) <= 53 makes each
        product exact.  The sum is taken modulo 2^64, which is exact since it lies below 2^62.
        """
        weight = self._values
        w_bits = int(np.abs(weight).max(initial=0)).bit_length()
        w_slice, x_slice = _slice_bits(w_bits, peak.bit_length(), self.layer.inputs)
        z = np.repeat(self.layer.bias[:, None], x.shape[1], axis=1)
        x_parts = list(_slices(x.astype(np.int64), x_slice, peak.bit_length()))
        for i, w in enumerate(_slices(weight, w_slice, w_bits)):
            for j, part in enumerate(x_parts):
                product = w.astype(np.float64) @ part.astype(np.float64)
                z += product.astype(np.int64) << (i * w_slice + j * x_slice)
        return z

    # -- weights in the type asked for -------------------------------------------------------

    @property
    def _values(self) -> np.ndarray:
        return self.layer.entries

    def _weight(self, dtype: type) -> Any:
        key = np.dtype(dtype).name
        if key not in self._weights:
            values: np.ndarray = self._values.astype(dtype)
            self._weights[key] = self._csr(values) if self.sparse else values
        return self._weights[key]

    def _csr(self, values: np.ndarray) -> Any:
        from scipy.sparse import csr_array

        weight = self.layer.weight
        assert isinstance(weight, Sparse)
        return csr_array((values, weight.indices, weight.indptr), shape=weight.shape)


def upper_bound(magnitudes: Any, bias: np.ndarray, peaks: np.ndarray) -> float:
    """At least every partial sum of every row, for |W|, |b| and the largest |x_k|, in float64."""
    return float(np.max(magnitudes @ peaks + bias)) * _INFLATE


def product(weight: Any, x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """W x, in the type of both."""
    with np.errstate(invalid="ignore"):  # some BLAS raise the flag on lanes that they drop
        return np.asarray(weight @ x if out is None else np.matmul(weight, x, out=out))


def column_peaks(x: np.ndarray) -> np.ndarray:
    """The largest |value| of each row of ``x``: float64, or object beyond 2^62."""
    if x.dtype == object:
        return np.array([max(map(abs, row), default=0) for row in x], dtype=object)
    if x.dtype == bool:
        return np.asarray(x.any(axis=1), dtype=np.float64)
    peaks = np.maximum(x.max(axis=1, initial=0), -x.min(axis=1, initial=0))
    return np.asarray(peaks, dtype=np.float64)


def as_python(x: np.ndarray) -> np.ndarray:
    """The same integers as Python integers (a float array would turn into Python floats)."""
    return x if x.dtype == object else x.astype(np.int64).astype(object)


def compact(x: np.ndarray) -> np.ndarray:
    """Python integers back in int64 when all of them are below 2^62."""
    if x.dtype == object and x.size and max(x.max(), -x.min()) < INT64_LIMIT:
        return x.astype(np.int64)
    return x


def _slice_bits(w_bits: int, x_bits: int, inputs: int) -> tuple[int, int]:
    room = 53 - inputs.bit_length()
    half = room // 2
    if x_bits <= half:
        return room - x_bits, max(x_bits, 1)
    if w_bits <= half:
        return max(w_bits, 1), room - w_bits
    return half, half


def _slices(values: np.ndarray, width: int, bits: int) -> Iterator[np.ndarray]:
    """int64 values as sum_i part_i 2^(width i): low parts in [0, 2^width), the last one signed."""
    while bits > width:
        high = values >> width
        yield values - (high << width)
        values, bits = high, bits - width
    yield values
