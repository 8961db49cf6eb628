"""What fits into this machine."""

import os

from mem_lib.errors import TooLarge


def physical_memory() -> int:
    """The bytes of main memory; 0 where the system does not tell (Windows: nothing is checked
    there).  A smaller limit, such as that of a container, is not seen."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def check_memory(need: int, what: str) -> None:
    """``TooLarge`` when ``need`` bytes exceed the machine's memory.

    ``what`` begins the message: the argument, and what it asks for (``"n: 9 hyperplanes"``).
    """
    have = physical_memory()
    if have and need > have:
        raise TooLarge(f"{what} need about {_gib(need)} GiB, this machine has {_gib(have)} GiB")


def _gib(size: int) -> str:
    tenths = size * 10 >> 30  # in integers: the need may exceed every float
    return f"{tenths // 10}.{tenths % 10}" if tenths < 10**6 else f"2^{tenths.bit_length() - 4}"
