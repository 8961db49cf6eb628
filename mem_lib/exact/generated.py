"""A layer whose weights are generated: block after block, each in the arithmetic that it permits.

The bound that decides (see :mod:`mem_lib.exact.arithmetic`) is the largest of those of the blocks,
so the layer reports what the same layer reports when it is stored.  A block whose own bound is
smaller is computed in the smaller type; its integers are the same.
"""

import numpy as np

from mem_lib.exact.arithmetic import (
    FLOAT32,
    FLOAT64,
    Affine,
    activate,
    column_peaks,
    upper_bound,
)
from mem_lib.exact.products import product
from mem_lib.exact.tally import Tally
from mem_lib.network import Blocks, Layer


class Generated:
    """What :class:`~mem_lib.exact.arithmetic.Affine` is to a layer that is stored."""

    def __init__(self, layer: Layer) -> None:
        assert isinstance(layer.weight, Blocks)
        self.layer, self.weight = layer, layer.weight

    def __call__(self, x: np.ndarray, tally: Tally) -> np.ndarray | None:
        """What the layer passes on, noted in ``tally``; None where no machine arithmetic is proven
        exact."""
        if (found := self._sums(x)) is None:
            return None
        z, key = found
        tally.arithmetic.add(key)
        return activate(self.layer.activation, z, tally)

    def _sums(self, x: np.ndarray) -> tuple[np.ndarray, str] | None:
        """(W x + b, the key of the arithmetic used)."""
        out = np.zeros((self.layer.units, x.shape[1]))  # zeros, as all of it may be cast below
        peaks, largest = column_peaks(x), 0.0
        if x.dtype == object or self.layer.bias.dtype == object:
            return None
        narrow = x.astype(np.float64, copy=False)
        for start, block in self.weight.blocks():
            if block.dtype == object:
                return None
            stop, bias = start + len(block), self.layer.bias[start : start + len(block)]
            weight = block.astype(np.float64)
            largest = max(largest, upper_bound(np.abs(weight), np.abs(bias), peaks))
            if largest <= FLOAT64:
                product(weight, narrow, out[start:stop])
                out[start:stop] += bias[:, None]
                continue
            sums = Affine(Layer(block, bias, "identity"))(x, Tally())
            if sums is None:
                return None
            out = out.astype(np.int64, copy=False)
            out[start:stop] = sums
        if largest <= FLOAT64:
            return out, "float32" if largest <= FLOAT32 else "float64"
        return out, "slices"
