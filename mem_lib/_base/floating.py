"""What a library may have done to the floating point of this thread, noticed before it matters.

*Flushing.*  Code that was compiled with ``-ffast-math`` makes the processor take numbers below
2^-1022 for zero as soon as it is loaded, in the thread that loads it and in all that this one
starts later.  Two points may then be one, and -0.0 or 0.0 comes where a number was.

*Rounding.*  Under another direction than to the nearest, decimals are read as other numbers, and
what bounds the errors of float64 does not hold.

A product or sum of integers in float64 (``thm-foundations-sums``) rests on neither: it neither
rounds nor comes near 2^-1022.  So the check stands where floats are taken in, in the thread that
does it, and costs three operations.
"""

import sys

from mem_lib.errors import MemorizationError

# variables, so that it is the processor that computes with them, now
_LEAST, _HALF = sys.float_info.min, 0.5  # 2^-1022, the least number that is not subnormal
_ONE, _NEXT, _LAST = 1.0, 1 + 2.0**-52, 2.0**-53

_RESET = (
    "on Linux ctypes.CDLL(None).fesetenv(ctypes.c_void_p(-1)) restores the thread; else use a "
    "process that does not load that library"
)


def check_floats() -> None:
    """``MemorizationError``, with what undoes it, where this thread's floats are not what IEEE 754
    says: subnormal numbers are flushed to zero, or rounding is not to the nearest."""
    if not _LEAST * _HALF > 0.0:
        raise MemorizationError(
            "floats: this thread takes numbers below 2^-1022 for zero, so that points and targets "
            "would become others; a library compiled with -ffast-math, or "
            "torch.set_flush_denormal(True), asked the processor for it. "
            f"torch.set_flush_denormal(False) ends it; {_RESET}"
        )
    check_rounding()


def check_rounding() -> None:
    """``MemorizationError`` where this thread does not round to the nearest."""
    if _ONE + _LAST != _ONE or _NEXT + _LAST == _NEXT:
        raise MemorizationError(
            "floats: this thread does not round to the nearest, so that numbers would be read as "
            "others; some library called fesetround or set the processor's rounding mode; "
            f"{_RESET}"
        )
