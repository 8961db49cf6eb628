"""Run the code cells of a notebook, one after the other: ``python -m mem_lib.grading.execute``.

This is what runs in the sandbox.  A cell that fails does not keep the next one from running, as in
a notebook, and one that loops is ended when it has used half of the time that is left; what each
cell printed is kept for the feedback.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from mem_lib.grading import alarm, notebook

#: What is kept of the output of a cell, in characters, and of all outputs.
MOST, MOST_OF_ALL = 20_000, 1_000_000


def main(arguments: list[str]) -> int:
    source, outputs = (Path(name).resolve() for name in arguments)
    from IPython.core.interactiveshell import InteractiveShell

    begun = time.monotonic()
    sys.path.insert(0, "")  # now: a file of this folder takes no other module's place before
    shell: Any = InteractiveShell.instance()
    shell.colors = "nocolor"
    kept: dict[int, str] = {}
    for cell in notebook.code(source):
        error, text = _run(shell, cell.source, [alarm.CELL * part for part in alarm.left(begun)])
        with contextlib.suppress(OSError, ValueError):  # it may have closed its output
            if error is not None:
                print(f"\ncell {cell.index}: {type(error).__name__}", flush=True)
        kept[cell.index] = text if len(text) <= MOST else text[: MOST - 1] + "…"
        if sum(map(len, kept.values())) < MOST_OF_ALL:
            with contextlib.suppress(OSError):
                outputs.write_text(json.dumps(kept), encoding="utf-8")
    return 0


def _run(shell: Any, source: str, most: list[float]) -> tuple[BaseException | None, str]:
    """Run a cell; the error that ended it, also one from outside its code, and what it printed."""
    from IPython.utils.capture import capture_output

    try:
        with capture_output() as captured, alarm.within(*most):
            result = shell.run_cell(source, store_history=True)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error, captured.stdout + captured.stderr
    except BaseException as error:  # a cell that no compiler reads, an alarm between two lines
        return error, f"{type(error).__name__}: {error!r}"[:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
