"""A part of a run that takes too long ends alone: a cell, or a call of a function.

Only graded runs have such limits, and they are a kindness: one cell that loops takes no points from
the others.  Code that catches everything escapes them, and ends with the whole run.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

#: The variable that holds the limits of a graded run: processor seconds, seconds by the clock.
VARIABLE = "MEM_LIB_GRADED"
#: A call of a function may take this part of the run's time, and a cell this part of what is left.
CALL, CELL = 1 / 12, 1 / 2


class TooLong(BaseException):
    """Raised in what takes too long; no ``Exception``, which students' code would catch."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def limits() -> tuple[float, float] | None:
    """The limits of this graded run, None in any other."""
    try:
        seconds, patience = map(float, os.environ.get(VARIABLE, "").split())
    except ValueError:
        return None
    return seconds, patience


def left(begun: float) -> tuple[float, float]:
    """What is left of this run's limits, which ``begun`` at this time of ``time.monotonic()``."""
    seconds, patience = limits() or (float("inf"), float("inf"))
    return seconds - time.process_time(), patience - (time.monotonic() - begun)


@contextmanager
def within(seconds: float, patience: float) -> Iterator[None]:
    """:class:`TooLong` inside after so many seconds of the processor or by the clock, and again
    each second; nothing where the system has no such alarms, in a thread, or without end."""
    first = threading.current_thread() is threading.main_thread()
    if not first or not hasattr(signal, "setitimer") or max(seconds, patience) == float("inf"):
        yield
        return
    clocks = [(signal.ITIMER_PROF, signal.SIGPROF, seconds),
              (signal.ITIMER_REAL, signal.SIGALRM, patience)]  # fmt: skip

    def ring(number: int, frame: Any) -> NoReturn:
        most = f"{seconds:.3g} s" if number == signal.SIGPROF else f"{patience:.3g} s by the clock"
        raise TooLong(f"it takes more than {most}")

    begun = time.monotonic()
    handlers = [signal.signal(number, ring) for _, number, _ in clocks]
    before = [signal.setitimer(clock, max(most, 0.01), 1) for clock, _, most in clocks]
    try:
        yield
    finally:
        spent = [most - signal.getitimer(clock)[0] for clock, _, most in clocks]
        spent[1] = time.monotonic() - begun
        for (clock, number, _), handler, gone, (rest, pause) in zip(
            clocks, handlers, spent, before, strict=True
        ):
            signal.setitimer(clock, 0)
            signal.signal(number, handler)
            if rest:
                signal.setitimer(clock, max(rest - max(gone, 0), 0.01), pause)
