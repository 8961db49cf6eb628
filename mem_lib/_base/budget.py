"""One budget of memory for whatever comes from outside: files, and points that a network is run on.

Before anything is expanded its need is estimated, and what is more than the budget is refused.  The
budget is, in this order: what the call says (``max_bytes=``), what the variable
``MEM_LIB_MAX_BYTES`` says (the command line's ``--max-bytes`` sets it), half of the free memory.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mem_lib._base.memory import free_memory, size_text
from mem_lib._base.numbers import is_integer
from mem_lib.errors import InvalidArgument, TooLarge, shown

VARIABLE = "MEM_LIB_MAX_BYTES"
#: The part of the free memory that one call may take.
PART = 2
#: Where the system does not tell what is free.
UNTOLD = 1 << 31
UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def budget(max_bytes: Any = None) -> int:
    """The bytes that a call may take; ``InvalidArgument`` for a ``max_bytes`` or a variable that is
    no size."""
    if max_bytes is not None:
        if not (is_integer(max_bytes) and max_bytes > 0):
            raise InvalidArgument(
                f"max_bytes: a whole number > 0 is needed, got {shown(max_bytes)}"
            )
        return int(max_bytes)
    if told := os.environ.get(VARIABLE):
        return size_named(told, VARIABLE)
    return free_memory() // PART or UNTOLD


def size_named(text: str, name: str) -> int:
    """A number of bytes as people write it: 500000, 512M, 2G; the units are powers of 1024."""
    match = re.fullmatch(r"([1-9][0-9]{0,17})([KMGT]?)(i?B)?", text.strip(), re.ASCII)
    if match is None:
        raise InvalidArgument(f"{name}: a size such as 500000, 512M or 2G is needed, got {text!r}")
    return int(match[1]) << UNITS[match[2]]


@contextmanager
def limited_to(size: str | None, name: str) -> Iterator[None]:
    """Within it the budget is ``size``, a text that ``name`` was given; None changes nothing."""
    if size is None:
        yield
        return
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(size_named(size, name))  # processes that are started inherit it
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before


def keep_within(need: int, what: str, most: int) -> None:
    """``TooLarge`` when ``need`` bytes are more than ``most``, a :func:`budget`.

    ``what`` begins the message: the file or the argument, and what it asks for.
    """
    if need > most:
        raise TooLarge(
            f"{what} needs about {size_text(need)} of memory, the budget is {size_text(most)}; "
            f"max_bytes=, --max-bytes or the variable {VARIABLE} sets another one (default: half "
            "of what is free)"
        )
