"""A thread whose processor flushes subnormal numbers, or does not round to the nearest.

The C library gets and sets what the processor is told, of the calling thread alone.
"""

import ctypes
import ctypes.util
import platform
import struct
import sys
from contextlib import contextmanager

import pytest

#: machine: offset of the control word in fenv_t, its bits for flushing, the codes of fesetround
_MACHINES = {
    "x86_64": (28, {"results": 0x8000, "operands": 0x40, "both": 0x8040}, (0x400, 0x800, 0xC00)),
    "aarch64": (0, {"both": 1 << 24}, (0x800000, 0x400000, 0xC00000)),
}
_OFFSET, _FLUSHING, _DIRECTIONS = _MACHINES.get(platform.machine(), (0, {"both": 0}, (0, 0, 0)))
FLUSHING = tuple(_FLUSHING)
DIRECTIONS = dict(zip(("down", "up", "to zero"), _DIRECTIONS, strict=True))

known = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in _MACHINES,
    reason="how this machine's processor is told to flush is not known",
)


@contextmanager
def flushing(what="both"):
    """Subnormal results, operands, or both, are zero."""
    with _restored() as (library, before):
        changed = bytearray(before)
        (word,) = struct.unpack_from("<I", changed, _OFFSET)
        struct.pack_into("<I", changed, _OFFSET, word | _FLUSHING[what])
        library.fesetenv(ctypes.create_string_buffer(bytes(changed)))
        yield


@contextmanager
def rounding(direction):
    """Another direction of rounding."""
    with _restored() as (library, _):
        assert library.fesetround(DIRECTIONS[direction]) == 0
        yield


@contextmanager
def _restored():
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    before = ctypes.create_string_buffer(64)
    library.fegetenv(before)
    try:
        yield library, before.raw
    finally:
        library.fesetenv(before)
