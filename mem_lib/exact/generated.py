"""A layer whose weights are generated: block after block, each in the arithmetic that it permits.

The bound that decides (see :mod:`mem_lib.exact.arithmetic`) is the largest of those of the blocks,
so the layer reports what the same layer reports when it is stored.  A block whose own bound is
smaller is computed in the smaller type; its integers are the same.
"""

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.exact.arithmetic import FLOAT32, FLOAT64, Affine, column_peaks
from mem_lib.network import Blocks, Layer


class Generated:
    """What :class:`~mem_lib.exact.arithmetic.Affine` is to a layer that is stored."""

    def __init__(self, layer: Layer) -> None:
        assert isinstance(layer.weight, Blocks)
        self.layer, self.weight = layer, layer.weight

    def __call__(self, x: np.ndarray) -> tuple[np.ndarray, str] | None:
        """(W x + b, the key of the arithmetic used); None where no machine arithmetic is proven
        exact."""
        out = np.empty((self.layer.units, x.shape[1]), dtype=np.float64)
        peaks, largest = column_peaks(x), 0.0
        narrow = x.astype(np.float64, copy=False) if x.dtype != object else x
        for start, weight in self.weight.blocks():
            stop = start + len(weight)
            block = Affine(Layer(weight, self.layer.bias[start:stop], "identity"))
            largest = max(largest, block.bound(peaks))
            if largest >= INT64_LIMIT:
                return None
            result = block(narrow if out.dtype == np.float64 else x)
            assert result is not None
            if largest > FLOAT64 and out.dtype == np.float64:
                out = out.astype(np.int64)
            out[start:stop] = result[0]
        if largest <= FLOAT64:
            return out, "float32" if largest <= FLOAT32 else "float64"
        return out, "slices"
