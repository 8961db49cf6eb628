"""The same counts in PyTorch, on a GPU or on the CPU: blocks of centres as one product of bytes.

Bits are int8 and sums int32, so nothing is rounded on any device.  A matrix unit for int8 wants
numbers of rows and columns that are multiples of eight, and more than sixteen centres: everything
is filled up with zeros, which count nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mem_lib.exact.device import pytorch, room_for

#: Entries of a block of scores; bytes of it are four times as many.
_ENTRIES = 2**27
#: The least number of centres in a product.
_ROWS = 32


class TorchBits:
    """As :class:`mem_lib.beyond_worst_case.bits.Bits`, with a byte for each bit, on ``device``."""

    def __init__(self, bits: Any, N: int, n: int, two_sided: bool, device: str) -> None:
        self._bits, self.N, self.n, self.two_sided = bits, N, n, two_sided
        self._device = device
        self._weights = bits.sum(dim=1, dtype=pytorch().int32)

    @classmethod
    def of(
        cls, blocks: Iterable[np.ndarray], N: int, n: int, two_sided: bool, device: str
    ) -> TorchBits:
        """From blocks of points, each of shape (points, n) and of zeros and ones."""
        torch, first = pytorch(), 0
        with room_for(f"{n} bits of {N} points, a byte each"):
            bits = torch.zeros((_eights(N), _eights(n)), dtype=torch.int8, device=device)
            for block in blocks:
                part = torch.from_numpy(block.view(np.int8)).to(device)
                bits[first : first + len(block), :n] = part
                first += len(block)
            return cls(bits, N, n, two_sided, device)

    def codes(self, rows: np.ndarray | slice) -> np.ndarray:
        """The bits of some points: (points, n), uint8."""
        chosen = self._bits[: self.N, : self.n][self._rows(rows)]
        return np.asarray(chosen.cpu().numpy().view(np.uint8))

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(centres, rows), int32."""
        torch, off, out = pytorch(), self._off(centres), []
        with room_for(f"scores of {len(centres)} centres"):
            for start in range(0, len(rows), step := self._step(len(centres))):
                some = self._rows(rows[start : start + step])
                block = torch.zeros(
                    (_eights(len(some)), off.shape[1]), dtype=torch.int8, device=self._device
                )
                block[: len(some)] = self._bits[some]
                found = self._counted(off, block, self._weights[some], centres)
                out.append(found.cpu().numpy())
        return np.concatenate([np.zeros((len(centres), 0), np.int32), *out], axis=1)

    def least(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        """The smallest score of a point outside first..stop, for every centre: int64."""
        torch, off = pytorch(), self._off(centres)
        far = torch.iinfo(torch.int32).max
        least = torch.full((len(centres),), far, dtype=torch.int32, device=self._device)
        step = _eights(self._step(len(centres)))
        with room_for(f"scores of {len(centres)} centres"):
            for start in range(0, len(self._bits), step):
                block = self._bits[start : start + step]
                weights = self._weights[start : start + step]
                found = self._counted(off, block, weights, centres)
                for a, b in ((first, stop), (self.N, len(self._bits))):  # none of the rivals
                    found[:, max(a - start, 0) : max(b - start, 0)] = far
                least = torch.minimum(least, found.amin(dim=1))
        return np.asarray(least.cpu().numpy().astype(np.int64))

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, first: int, stop: int
    ) -> np.ndarray:
        """Whether the score of each point in first..stop is below the threshold of each centre:
        (centres, stop - first), bool."""
        return self.scores(centres, np.arange(first, stop)) < thresholds[:, None]

    def _counted(self, off: Any, block: Any, weights: Any, centres: np.ndarray) -> Any:
        """(centres, points of the block), int32."""
        found = pytorch()._int_mm(off, block.T)[: len(centres), : len(weights)]
        if self.two_sided:  # |x| + |c| - 2 <c, x> = 2 (|x| - <c, x>) + |c| - |x|
            own = self._weights[self._rows(centres)]
            found = 2 * found + own[:, None] - weights
        return found

    def _off(self, centres: np.ndarray) -> Any:
        """1 where a hyperplane is off at a centre, filled up with zeros."""
        torch = pytorch()
        rows = max(_ROWS, _eights(len(centres)))
        off = torch.zeros((rows, self._bits.shape[1]), dtype=torch.int8, device=self._device)
        off[: len(centres), : self.n] = 1 - self._bits[self._rows(centres), : self.n]
        return off

    def _rows(self, rows: np.ndarray | slice) -> Any:
        if isinstance(rows, slice):
            return rows
        return pytorch().from_numpy(np.ascontiguousarray(rows)).to(self._device)

    def _step(self, centres: int) -> int:
        entries = _ENTRIES if self._device.startswith("cuda") else _ENTRIES >> 6
        return max(8, entries // max(centres, _ROWS))


def _eights(number: int) -> int:
    """The next multiple of eight."""
    return -(-number // 8) * 8
