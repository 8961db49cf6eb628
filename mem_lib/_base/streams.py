"""What is said, on streams of any encoding that may be closed, full or missing.

A verdict does not depend on whether somebody hears it: what cannot be written is dropped, and the
work goes on.  That is said on standard error, unless the reader only had seen enough.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mem_lib.errors import printable


def say(text: object) -> None:
    """A line of output, in the characters that it has."""
    _put(sys.stdout, _shown(str(text), sys.stdout))


def complain(text: str) -> None:
    """A line about what went wrong, beside the output."""
    _put(sys.stderr, _shown(f"mem_lib: {text}", sys.stderr), flush=True)


def put(message: str, stream: Any) -> None:
    """A message that is complete, such as help."""
    _put(stream, printable(message, stream))


def finish() -> None:
    """Write what is held back."""
    _put(sys.stdout, "", flush=True)


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Warnings are lines like others."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *rest, **more: complain(f"warning: {message}")
        yield


def _shown(text: str, stream: Any) -> str:
    """A line, without what a terminal would obey: names in a file may hold anything."""
    tame = (c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
    return printable("".join(tame), stream) + "\n"


def _put(stream: Any, text: str, flush: bool = False) -> None:
    try:
        if stream is not None:  # None: it was closed when Python began
            stream.write(text)
            if flush:
                stream.flush()
    except (OSError, ValueError) as error:  # ValueError: it was closed since
        _close(stream)
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            complain(f"the output could not be written: {error}")


def _close(stream: Any) -> None:
    """Let what is held back, and what is still to come, go nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # it has no file
        pass
