"""How a command ends before its time: told to by a signal, or by an error that nobody expected.

A signal to end becomes a ``KeyboardInterrupt`` of its own, so that what is under way is tidied up
and a checkpoint is kept, as for Ctrl-C.
"""

import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: The signals of schedulers, of ``kill`` and of a terminal that is closed.
NAMES = ("SIGTERM", "SIGHUP")
#: The exit status of a fault of ours, as EX_SOFTWARE of BSD.
UNEXPECTED = 70


class Ended(KeyboardInterrupt):
    """A signal said that it is time to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return signal.Signals(self.number).name


@contextmanager
def signals() -> Iterator[None]:
    """Within it, in the main thread, they raise ``Ended``; those that are ignored or handled stay
    so.  A second signal ends the process at once."""
    before: dict[int, Any] = {}

    def end(number: int, frame: object) -> None:
        _restore(before)
        raise Ended(number)

    if threading.current_thread() is threading.main_thread():
        for name in NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        _restore(before)


def _restore(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)


def unexpected(error: BaseException) -> str:
    """One line about an error that is a fault of ours, with the place to begin the search."""
    place = ""
    if frames := traceback.extract_tb(error.__traceback__):
        place = f" at {frames[-1].filename}, line {frames[-1].lineno}"
    told = " ".join(str(error).split())[:500]
    return (
        f"unexpected {type(error).__name__}{place}: {told}; this is a fault of mem_lib and says "
        "nothing about the network; please report it with what python -m mem_lib --traceback ... "
        "shows"
    )
