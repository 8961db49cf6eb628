"""Arrays of exact integers: int64 where every entry fits, Python integers where one does not.

*Canonical* means: read-only, C order, dtype int64 when every |v| < 2^63, else dtype object with
Python ints.  So -2^63, the one int64 without an absolute value, never appears as an int64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mem_lib._base.integers import largest
from mem_lib._base.numbers import array_of, whole
from mem_lib.errors import InvalidNetwork, shown

Array = npt.NDArray[Any]
Name = Callable[[int], str]  # from the flat position of an entry to its name in a message

LIMIT = 2**63
BLOCK = 1 << 16  # entries that stay in the cache


def integer(value: Any, name: str) -> int:
    """``value`` as a Python int; floats (even 2.0), booleans and fractions are errors."""
    if (number := whole(value)) is not None:
        return number
    kind = type(value).__name__
    raise InvalidNetwork(f"{name} = {shown(value)} ({kind}) is not an integer; entries are exact")


def vector(values: Any, place: str, name: Name | None = None) -> Array:
    """The canonical one-dimensional array of ``values`` (a sequence or an array), a fresh one."""
    name = name or (lambda i: f"{place}[{i}]")
    if isinstance(values, (list, tuple)):
        return pack(_ints(values, name))
    array = array_of(place, values, InvalidNetwork)
    if array.ndim != 1:
        raise InvalidNetwork(f"{place} must be one-dimensional, its shape is {array.shape}")
    return _exact(array, name)


def matrix(values: Any, place: str) -> Array:
    """The canonical two-dimensional array of ``values`` (list of rows or array), a fresh one."""
    if isinstance(values, (list, tuple)):
        return stack([vector(row, f"{place}[{i}]") for i, row in enumerate(values)], place)
    array = array_of(place, values, InvalidNetwork)
    if array.ndim != 2:
        raise InvalidNetwork(f"{place} must be two-dimensional, its shape is {array.shape}")
    columns = array.shape[1]
    return _exact(array, lambda i: f"{place}[{i // columns}][{i % columns}]")


def stack(rows: Sequence[Array], place: str) -> Array:
    """The matrix with the given canonical rows."""
    if not rows:
        raise InvalidNetwork(f"{place} has no rows; a layer has at least one unit")
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise InvalidNetwork(
                f"{place} is ragged: row {i} has {len(row)} entries, row 0 has {len(rows[0])}"
            )
    big = any(row.dtype == object for row in rows)
    return locked(np.stack([row.astype(object) for row in rows] if big else rows))


def pack(values: Sequence[int]) -> Array:
    """The canonical array of Python ints."""
    try:
        array = np.array(values, dtype=np.int64)
    except OverflowError:
        array = None
    if array is None or (array.size and int(array.min()) == -LIMIT):
        array = np.empty(len(values), dtype=object)
        array[:] = values
    return locked(array)


def locked(array: Array) -> Array:
    """A read-only view of ``array``, made here and known to no one else; it cannot be thawed."""
    array.flags.writeable = False
    return array.view()


def _ints(values: Sequence[Any], name: Name) -> Sequence[int]:
    if set(map(type, values)) <= {int}:
        return values
    return [integer(value, name(i)) for i, value in enumerate(values)]


def _exact(array: Array, name: Name) -> Array:
    if array.dtype.kind in "iu":
        if not array.size or (int(array.min()) > -LIMIT and int(array.max()) < LIMIT):
            return locked(np.array(array, dtype=np.int64, order="C"))
        return locked(array.astype(object, order="C"))
    if array.dtype.kind != "O" and array.size:
        integer(array.flat[0], name(0))
        raise InvalidNetwork(f"{name(0)} has dtype {array.dtype}; entries are exact integers")
    return locked(pack(_ints(array.ravel().tolist(), name)).reshape(array.shape))


def scaled(array: Array, k: int) -> Array:
    """The canonical array of the entries times 2^k."""
    if array.dtype == np.int64 and int(largest(array)) << k < LIMIT:
        return locked(array << k)
    return locked(pack([v << k for v in array.ravel().tolist()]).reshape(array.shape))


def total_bits(array: Array) -> int:
    """The sum of the bit lengths of the absolute values.

    The bit length of n is the number of powers 2^k <= n, so in int64 the sum is found by counting
    the entries that reach 2^k, for each k: no logarithm, no rounding.
    """
    flat = array.reshape(-1)
    if array.dtype == object:
        return sum(map(int.bit_length, flat.tolist()))
    total = 0
    for start in range(0, flat.size, BLOCK):
        block = np.abs(flat[start : start + BLOCK])
        for k in range(int(block.max()).bit_length()):
            total += int(np.count_nonzero(block >= 1 << k))
    return total
