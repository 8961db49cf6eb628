"""What can go wrong, as types.

Every error names the argument, shows the value it received and says what is wrong with it.  All of
them are ``ValueError``s, so ``except ValueError`` keeps working.  A file that is missing or cannot
be read (denied, a folder, links in a circle, a failing disk) stays the ``OSError`` that it is, for
everything that reads or writes files: ``FileNotFoundError``, ``PermissionError``,
``IsADirectoryError`` and the others.
"""

import linecache
import sys
import traceback
from collections.abc import Callable
from typing import Any


class MemorizationError(ValueError):
    """The base of every error that this library raises on purpose.

    A notebook shows its message and the lines of the reader's cells that led to it, without those
    of the library.  Plain Python shows all of them, and so does ``traceback.print_last()``.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython, which alone asks for it, shows of this error."""
        steps = traceback.walk_tb(self.__traceback__)
        own = [(f, line) for f, line in steps if f.f_globals.get("__name__") == "__main__"]
        lines = [_line(frame.f_code.co_filename, line) for frame, line in own]
        return [*lines, f"{type(self).__name__}: {self}"]


def _line(file: str, number: int) -> str:
    """A line of a file in words; IPython knows of which cell a file is."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    known = shell.compile.format_code_name(file) if shell else None
    return f"{' '.join(known or [file])}, line {number}: {linecache.getline(file, number).strip()}"


class InvalidArgument(MemorizationError):
    """A value of the wrong kind, out of range, or without a meaning where it was given."""


class TooLarge(InvalidArgument):
    """What was asked for does not fit into this machine, or takes more operations than it may."""


class InvalidDataset(MemorizationError):
    """The points, labels or targets do not define a function that could be memorized."""


class InvalidNetwork(MemorizationError):
    """A network, or a network file, is malformed."""


class InvalidCertificate(MemorizationError):
    """A certificate was altered, or belongs to another network or data set."""


class HypothesisViolated(MemorizationError):
    """The data are valid, but a hypothesis of the theorem that was asked for does not hold for them
    and these parameters: another construction, or another budget, may do."""


class ConstructionFailed(MemorizationError):
    """A randomised construction used up its draws; the message names what stayed together."""


def shown(value: object, limit: int = 80) -> str:
    """A short text of ``value`` for a message; a huge integer is shown by its bit length."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    try:
        text = repr(value)
    except ValueError:  # an integer inside is too long for decimal digits
        text = f"a {type(value).__name__} with huge integers"
    return printable(text if len(text) <= limit else text[: limit - 3] + "...")


def printable(text: str, stream: Any = None) -> str:
    """``text`` in the characters that the standard output has, or another stream: signs of ours by
    those that look like them, others escaped.

    >>> from io import TextIOWrapper, BytesIO
    >>> printable("1 → 2, ε", TextIOWrapper(BytesIO(), encoding="ascii"))
    '1 -> 2, \\\\u03b5'
    """
    if text.isascii():
        return text
    encoding = getattr(sys.stdout if stream is None else stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
        return text
    except (UnicodeEncodeError, LookupError):
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)


#: The signs of tables and pictures, in plain letters.
_PLAIN = {ord("\u2009"): " ", 0x2013: "-", 0x2212: "-", 0x2026: "...", 0x2192: "->"}


def refusal(call: Callable[..., object], *arguments: Any, **named: Any) -> str:
    """The message with which ``call(...)`` is refused, for pages that show what is impossible.

    Other errors pass; ``InvalidArgument`` when nothing is refused.

    >>> from mem_lib import Dataset
    >>> refusal(Dataset, [[0], [0]], [0, 1])[:32]
    'points[0] and points[1] are equa'
    """
    try:
        result = call(*arguments, **named)
    except MemorizationError as error:
        return str(error)
    raise InvalidArgument(f"call: a refusal is expected, got {shown(result)}")
