"""Dense layers whose sums lie between 2^53 and 2^62: exact float64 products of slices of few bits.

With p bits for a slice of W and r bits for one of x, p + r + log2(inputs) <= 53 makes each product
exact.  They are summed in int64 modulo 2^64, which is exact where the sum lies below 2^62.
"""

from collections.abc import Iterator

import numpy as np

from mem_lib._base.integers import largest


def sliced(weight: np.ndarray, bias: np.ndarray, x: np.ndarray) -> np.ndarray:
    """W x + b in int64, shape (units, points); no sum may reach 2^62."""
    w_bits, x_bits = (int(largest(values)).bit_length() for values in (weight, x))
    w_slice, x_slice = slice_bits(w_bits, x_bits, weight.shape[1])
    z = np.repeat(bias[:, None], x.shape[1], axis=1)
    x_parts = list(_slices(x.astype(np.int64), x_slice, x_bits))
    for i, w in enumerate(_slices(weight, w_slice, w_bits)):
        for j, part in enumerate(x_parts):
            product = w.astype(np.float64) @ part.astype(np.float64)
            z += product.astype(np.int64) << (i * w_slice + j * x_slice)
    return z


def slice_bits(w_bits: int, x_bits: int, inputs: int) -> tuple[int, int]:
    """The bits of a slice of W and of one of x, where these have so many."""
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
