"""Integers of any size as columns of digits in int64 tensors, for the GPU as for the CPU.

A number is sum_k d_k 2^(48 k) with *balanced* digits: -2^47 <= d_k < 2^47, give or take the carry
of one pass, which is below 2^15.  Three things follow.

* Carries do not ripple: one pass over all digits at once bounds them again.
* The digits below k sum to less than 2^(48 k) in absolute value, so the sign of a number is the
  sign of its leading nonzero digit, and it is 0 only if all digits are.
* No step depends on the data, so all numbers of a column are worked on at once.

Rows of a tensor are digits, the lowest first; columns are numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.exact.arrays.numpy import TABLE, NumPyArrays

BITS = 48
HALF = 1 << (BITS - 1)
MASK = (1 << BITS) - 1
#: A digit is multiplied in pieces of this many bits, so that products stay below 2^62.
PIECE = 12
Tensor = torch.Tensor


class Long:
    """A column of long integers: ``digits`` of shape (limbs, numbers)."""

    __slots__ = ("digits",)

    def __init__(self, digits: Tensor) -> None:
        self.digits = digits

    def __len__(self) -> int:
        return int(self.digits.shape[1])


Values = Any  # an int64 tensor, or Long


def digits_of(values: list[int]) -> np.ndarray:
    """Python integers as balanced digits, shape (limbs, numbers)."""
    limbs = (max(v.bit_length() for v in values) + 1) // BITS + 1  # |v| < 2^(48 limbs - 2)
    bias = sum(HALF << (BITS * k) for k in range(limbs))
    text = b"".join((v + bias).to_bytes(limbs * BITS // 8, "little") for v in values)
    raw = np.frombuffer(text, dtype=np.uint8).reshape(len(values), limbs, BITS // 8)
    digits = np.full((len(values), limbs), -HALF, dtype=np.int64)
    for byte in range(BITS // 8):
        digits += raw[:, :, byte].astype(np.int64) << (8 * byte)
    return digits.T


def integers_of(digits: np.ndarray) -> list[int]:
    """The inverse of :func:`digits_of`, for digits of any size."""
    values = [0] * digits.shape[1]
    for row in digits[::-1].tolist():
        values = [(v << BITS) + d for v, d in zip(values, row, strict=True)]
    return values


class TorchArrays(NumPyArrays):
    """int64 tensors and columns of digits on one device."""

    long_name = "digits"
    most_points, most_bytes = 1_000_000, 8 * 2**30
    shares = has_products = False
    memory_full = (torch.OutOfMemoryError,)

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    # -- in and out --------------------------------------------------------------------------

    def load(self, row: np.ndarray) -> Values:
        if row.dtype == object:
            return Long(self._tensor(digits_of(row.tolist())))
        return self._tensor(row.astype(np.int64))

    def dump(self, values: Values) -> np.ndarray:
        if not self.is_long(values):
            return values.cpu().numpy()
        result = np.empty(len(values), dtype=object)
        result[:] = integers_of(values.digits.cpu().numpy())
        return result

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def constant(self, value: int, size: int) -> Values:
        if abs(value) < INT64_LIMIT:
            return torch.full((size,), value, dtype=torch.int64, device=self.device)
        return Long(self._scalar(value).expand(-1, size))

    def _scalar(self, value: int) -> Tensor:
        return self._tensor(digits_of([value]))

    # -- kinds -------------------------------------------------------------------------------

    def is_long(self, values: Values) -> bool:
        return isinstance(values, Long)

    def long(self, values: Values) -> Values:
        if self.is_long(values):
            return values
        low = ((values + HALF) & MASK) - HALF
        return Long(torch.stack([low, (values - low) >> BITS]))

    def machine(self, values: Values) -> Values:
        if not self.is_long(values):
            return values
        digits = values.digits
        total = digits[0].clone()
        if len(digits) > 1:
            total += digits[1] << BITS
        return total  # digits above would make the number 2^95 or more

    def fitted(self, values: Values, peak: int) -> Values:
        if peak < INT64_LIMIT:
            return self.machine(values)
        limbs = peak.bit_length() // BITS + 2
        return Long(values.digits[:limbs]) if len(values.digits) > limbs else values

    # -- arithmetic --------------------------------------------------------------------------

    def times(self, values: Values, scale: int) -> Values:
        if scale == 1:
            return values
        if not self.is_long(values):
            return values * scale
        if abs(scale) < 1 << 13:
            return Long(_carried(values.digits * scale))
        return Long(self._product(values.digits, self._scalar(scale)[:, 0]))

    def plus(self, total: Values, values: Values, scale: int) -> Values:
        if not self.is_long(total):
            return total + values * scale
        a, b = total.digits, self.times(values, scale).digits
        if len(a) < len(b):
            a, b = b, a
        total = a.clone()
        total[: len(b)] += b
        return Long(_carried(total))

    def shifted(self, values: Values, offset: int) -> Values:
        if not offset:
            return values
        if not self.is_long(values):
            return values + offset
        ones = Long(self._scalar(offset).expand(-1, len(values)))
        return self.plus(values, ones, 1)

    def relu(self, values: Values) -> Values:
        if not self.is_long(values):
            return values.clamp(min=0)
        return Long(values.digits * (_sign(values.digits) > 0))

    def step(self, values: Values) -> Values:
        sign = _sign(values.digits) if self.is_long(values) else values
        return (sign >= 0).to(torch.int64)

    def zeros(self, values: Values) -> Tensor:
        if not self.is_long(values):
            return values == 0
        return (values.digits == 0).all(dim=0)

    def _product(self, digits: Tensor, scale: Tensor) -> Tensor:
        """Long numbers times one long number.  A digit is cut into pieces of 12 bits: a piece times
        a digit is below 2^59, and so is the sum of what falls on one digit after its upper part
        went to the next one."""
        limbs, numbers = len(digits) + len(scale) + 1, digits.shape[1]
        total = torch.zeros((limbs, numbers), dtype=torch.int64, device=self.device)
        for k, row in enumerate(digits):
            part = torch.zeros_like(total)
            rest = row
            for shift in range(0, BITS + 1, PIECE):
                piece = ((rest + (1 << (PIECE - 1))) & ((1 << PIECE) - 1)) - (1 << (PIECE - 1))
                piece = rest if shift == BITS else piece
                rest = (rest - piece) >> PIECE
                product = scale[:, None] * piece[None, :]
                if shift == BITS:
                    part[k + 1 : k + 1 + len(scale)] += product
                    continue
                upper = product >> (BITS - shift)
                part[k : k + len(scale)] += (product - (upper << (BITS - shift))) << shift
                part[k + 1 : k + 1 + len(scale)] += upper
            total = _carried(total + part)[:limbs]
        return total

    # -- order -------------------------------------------------------------------------------

    def extremes(self, values: Values) -> tuple[int, int]:
        if not self.is_long(values):
            low, high = torch.stack(torch.aminmax(values)).tolist()
            return low, high
        return -self._largest(Long(-values.digits)), self._largest(values)

    def _largest(self, values: Long) -> int:
        """The leading digits say which numbers can be the largest; those are compared exactly."""
        digits = values.digits
        key = digits[-1].to(torch.float64)
        for row in digits[:-1].flip(0)[:2]:
            key = key * 2.0**BITS + row
        # three digits lead; what is cut off and what is rounded is below 2^-45 of the largest key
        slack = key.abs().max() * 2.0**-45 + 2.0
        candidates = digits[:, key >= key.max() - slack]
        if candidates.shape[1] > 64:
            candidates = torch.unique(self._settled(Long(candidates)).digits, dim=1)
        return max(integers_of(candidates.cpu().numpy()))

    def _settled(self, values: Long) -> Long:
        """The one representation with -2^47 <= d_k < 2^47."""
        digits = values.digits
        while True:
            settled = _carried(digits)
            if len(settled) == len(digits) + 1 and not settled[-1].any():
                settled = settled[:-1]
            if settled.shape == digits.shape and torch.equal(settled, digits):
                return Long(digits)
            digits = settled

    # -- places ------------------------------------------------------------------------------

    def count(self, mask: Tensor) -> int:
        return int(mask.sum())

    def take(self, values: Values, places: Tensor) -> Values:
        return Long(values.digits[:, places]) if self.is_long(values) else values[places]

    def places(self, size: int) -> Tensor:
        return torch.arange(size, device=self.device)

    def argsort(self, places: Tensor) -> Tensor:
        return torch.argsort(places)

    def compressed(self, keys: Tensor, size: int) -> tuple[Tensor, Tensor]:
        if size > max(TABLE, 4 * len(keys)):
            classes, codes = torch.unique(keys, return_inverse=True)
            return classes, codes
        present = torch.zeros(size, dtype=torch.bool, device=self.device)
        present[keys] = True
        classes = present.nonzero()[:, 0]
        place = torch.empty(size, dtype=torch.int64, device=self.device)
        place[classes] = self.places(len(classes))
        return classes, place[keys]

    def distinct(self, values: Values, low: int, high: int) -> tuple[Values, Tensor]:
        if self.is_long(values):
            digits, codes = torch.unique(self._settled(values).digits, dim=1, return_inverse=True)
            return Long(digits), codes
        if high - low >= TABLE:
            distinct, codes = torch.unique(values, return_inverse=True)
            return distinct, codes
        classes, codes = self.compressed(values - low, high - low + 1)
        return classes + low, codes

    def merged(self, values: Values) -> tuple[Values, Tensor] | None:
        if self.is_long(values):
            distinct, place = self.distinct(values, 0, 0)
        else:
            distinct, place = torch.unique(values, return_inverse=True)
        return None if len(distinct) == len(values) else (distinct, place)

    def bytes(self, values: Values, peak: int) -> int:
        return int(values.digits.numel() if self.is_long(values) else len(values)) * 8


def _carried(digits: Tensor) -> Tensor:
    """One pass: every digit back to 48 bits, what is above goes to the next one."""
    carry = (digits + HALF) >> BITS
    result = torch.cat([digits - (carry << BITS), torch.zeros_like(digits[:1])])
    result[1:] += carry
    return result


def _sign(digits: Tensor) -> Tensor:
    """Of each number, an integer with its sign: its leading nonzero digit."""
    leading = len(digits) - 1 - (digits != 0).flip(0).to(torch.int8).argmax(dim=0)
    return digits.gather(0, leading[None, :])[0]
