"""Dense layers whose weights are long and whose inputs are not: products of limbs.

A weight in two's complement is a sum of limbs, w = sum_i w_i 2^(8 s i), each s bytes long.  With
|x| < 2^p at all inputs and 8 s + p + log2(inputs) <= 53 the product of all limbs of one place with
the points is a float64 product of integers that never rounds.  Carries, in int64, turn the products
of a row into its bytes, and bytes are what Python makes integers of.  So the work for a number of B
bits is B / 8s machine products in place of one long multiplication for each input.
"""

import numpy as np

#: Bytes in a limb, and what the limbs of a block of rows may take.
MOST_BYTES, BLOCK = 3, 32 * 2**20
#: With fewer inputs there are too few long multiplications to save.
FEWEST_INPUTS = 8


def limb_bytes(inputs: int, peak: float) -> int:
    """The bytes of a limb for inputs up to ``peak``; 0 where even one byte is too many."""
    room = 53 - int(peak).bit_length() - inputs.bit_length()
    return min(MOST_BYTES, max(room, 0) // 8)


def product(weight: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """weight @ x as Python integers, shape (units, points).

    ``weight`` (units, inputs) of Python integers, ``x`` (inputs, points) of int64, ``size`` from
    :func:`limb_bytes`.
    """
    x = x.astype(np.float64)
    out = np.empty((len(weight), x.shape[1]), dtype=object)
    longest = np.array([int(peak).bit_length() for peak in np.abs(weight).max(axis=1)])
    order, k = np.argsort(longest, kind="stable"), 0
    while k < len(order):  # rows of about one length at a time, so that no short one is made long
        alike = np.searchsorted(longest[order], 2 * longest[order[k]] + 64, side="right")
        limbs = -(-(int(longest[order[alike - 1]]) + 1) // (8 * size))
        step = max(1, BLOCK // (8 * limbs * (x.shape[1] + weight.shape[1])))
        rows = order[k : min(k + step, int(alike))]
        parts = _limbs(weight[rows], limbs, size).astype(np.float64) @ x
        out[rows] = _integers(parts.astype(np.int64), size)
        k += len(rows)
    return out


def _limbs(values: np.ndarray, limbs: int, size: int) -> np.ndarray:
    """int64, shape (limbs, *values.shape), the lowest limb first; the last one is signed."""
    packed = b"".join(int(v).to_bytes(limbs * size, "little", signed=True) for v in values.flat)
    found = np.zeros((values.size, limbs, 8), dtype=np.uint8)
    found[..., :size] = np.frombuffer(packed, dtype=np.uint8).reshape(values.size, limbs, size)
    numbers = found.view("<i8")[..., 0]
    top = numbers[:, -1]
    top -= (top >> (8 * size - 1)) << (8 * size)
    return np.ascontiguousarray(numbers.T).reshape(limbs, *values.shape)


def _integers(sums: np.ndarray, size: int) -> np.ndarray:
    """sum_i sums[i] 2^(8 size i), for int64 ``sums`` below 2^62, as Python integers."""
    bits, shape = 8 * size, sums.shape[1:]
    further = -(-64 // bits)  # limbs until only the sign of the carry is left
    limbs = len(sums) + further
    found = np.empty((sums[0].size, limbs, size), dtype=np.uint8)
    carry = np.zeros(sums[0].size, dtype=np.int64)
    for i in range(limbs):
        if i < len(sums):
            carry += sums[i].ravel()
        found[:, i] = carry.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :size]
        carry >>= bits
    packed, length = found.tobytes(), limbs * size
    out = np.empty(sums[0].size, dtype=object)
    out[:] = [
        int.from_bytes(packed[k : k + length], "little", signed=True)
        for k in range(0, len(packed), length)
    ]
    return out.reshape(shape)
