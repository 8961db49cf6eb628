"""Any network for an explorer: a request is priced, built beside the kernel, and can be cancelled.

Small networks are built at once.  Large ones are built in a process of their own, which a reader
can cancel, which an interrupted kernel does not stop, and which ends with the kernel.  What is too
large for a page is built and verified, and told in numbers.

    python -m mem_lib.explorer.live VIEW        builds the setting on its first line of input
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from mem_lib.errors import InvalidArgument, MemorizationError, shown
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Setting

#: Coordinates that are built at once; from ``DEAR`` on a price is told first.
QUICK, DEAR = 2_000, 200_000
#: Characters of a cell that a page takes.
PAGE = 16_000_000
#: Points that a page shows and checks.
SHOWN = 2_000

Told = dict[str, Any]


class Builder:
    """Answers the requests of one page: ``tell`` is called, from any thread, with each answer.

    A request is ``{"id": 3, "do": "build", "sure": False, "setting": {"N": …}}`` or ``{"id": 3,
    "do": "cancel"}``; an answer has the ``id`` and a ``state``: "price", "building", "done" (with
    ``cell`` and ``data``), "told", "refused" and "cancelled", with a ``text``.
    """

    def __init__(
        self, view: str, make: Callable[[Setting], Cell], tell: Callable[[Told], None]
    ) -> None:
        self.view, self.make, self._tell = view, make, tell
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._current = 0

    def ask(self, request: Mapping[str, Any]) -> None:
        """Answer a request, later where it takes long; a newer one takes the place of an older."""
        number = int(request["id"])
        with self._lock:
            self._current = number
            self._stop()
        if request["do"] == "cancel":
            return self._answer(number, state="cancelled", text="Cancelled; the last one stays.")
        try:
            setting = checked(request["setting"])
        except MemorizationError as error:
            return self._answer(number, state="refused", text=str(error))
        size = setting["N"] * setting["d"]
        if size >= DEAR and not request.get("sure"):
            return self._answer(number, state="price", text=price(setting))
        self._answer(number, state="building", text="")
        if size <= QUICK:
            return self._answer(number, **built(self.make, setting))
        with self._lock:
            if number == self._current:
                self._process = self._started()
                work = (number, setting, self._process)
                threading.Thread(target=self._wait, args=work, daemon=True).start()

    def close(self) -> None:
        """Stop what is being built."""
        with self._lock:
            self._current += 1
            self._stop()

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mem_lib.explorer.live", self.view]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return subprocess.Popen(
            command, text=True, stderr=subprocess.DEVNULL, start_new_session=True, **pipes
        )

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._process = None

    def _wait(self, number: int, setting: Setting, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        text = ""
        try:
            with process:  # which closes the pipes and waits in the end
                process.stdin.write(json.dumps(setting) + "\n")
                process.stdin.flush()
                text = process.stdout.read()
        except (OSError, ValueError):
            pass  # killed before it had read its line
        gone = "The build ended without a result: there may be too little memory."
        self._answer(number, **(json.loads(text) if text else {"state": "refused", "text": gone}))

    def _answer(self, number: int, **told: Any) -> None:
        if number == self._current:
            self._tell({"id": number, **told})


def checked(setting: Any) -> Setting:
    """A setting as a page sends it, with whole N, d >= 1 and seed >= 0.

    Raises ``InvalidArgument`` for another value of one of them, and for a margin that is no number.

    >>> checked({"N": 8, "d": 2, "margin": 0.1, "seed": 0})["N"]
    8
    """
    found = dict(setting)
    for name, least in (("N", 1), ("d", 1), ("seed", 0)):
        value = found.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InvalidArgument(
                f"{name}: a whole number >= {least} is needed, got {shown(value)}"
            )
    margin = found.get("margin")
    if isinstance(margin, bool) or not isinstance(margin, (int, float)):
        raise InvalidArgument(f"margin: a number > 0 is needed, got {shown(margin)}")
    return found


def price(setting: Setting) -> str:
    """What a large request asks for, in one line."""
    N, d = setting["N"], setting["d"]
    return (
        f"{N:,} points in {d:,} dimensions are {N * d:,} numbers: the sample, its closest pair and "
        "the check of every point may take minutes and gigabytes. Another process builds it, and "
        f"can be cancelled. The page shows and checks the first {min(N, SHOWN):,} points."
    )


def built(make: Callable[[Setting], Cell], setting: Setting) -> Told:
    """The answer to a request: the cell, or the one line of the error."""
    try:
        cell = make(setting)
        found, data = cell.packed(setting, SHOWN), cell.points(SHOWN)
    except MemorizationError as error:
        return {"state": "refused", "text": str(error)}
    except MemoryError:
        return {"state": "refused", "text": "There is not enough memory for this network."}
    size = cell.network.size
    text = (
        f"Built and verified: {found['correct']:,} of {cell.dataset.N:,} points right, depth "
        f"{size.depth:,}, {size.weights:,} weights of at most {size.bits:,} bits."
    )
    found["N"] = len(data["values"])
    if size.total_bits > 4 * PAGE or len(packed := json.dumps(found)) > PAGE:
        return {"state": "told", "text": f"{text} It is too large for a page."}
    return {"state": "done", "text": text, "cell": json.loads(packed), "data": data}


def main(view: str) -> None:
    """Build the setting on the first line of input, write the answer, end when the input ends."""
    line = sys.stdin.readline()

    def gone() -> None:  # with the kernel its end of the pipe is closed
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=gone, daemon=True).start()
    make = import_module(f"mem_lib.explorer.views.{view}").cell
    print(json.dumps(built(make, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
