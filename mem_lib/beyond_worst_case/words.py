"""Zeros and ones, 64 to a word."""

import numpy as np


def packed(bits: np.ndarray) -> np.ndarray:
    """Zeros and ones, shape (points, n), as words of shape (ceil(n/64), points)."""
    found = np.packbits(bits.astype(bool, copy=False), axis=1, bitorder="little")
    whole = np.zeros((len(bits), 8 * -(-bits.shape[1] // 64)), np.uint8)
    whole[:, : found.shape[1]] = found
    return np.ascontiguousarray(whole.view(np.uint64).T)


def unpacked(words: np.ndarray, n: int) -> np.ndarray:
    """The inverse of :func:`packed`."""
    rows = np.ascontiguousarray(words.T).view(np.uint8)
    return np.unpackbits(rows, axis=1, count=n, bitorder="little")
