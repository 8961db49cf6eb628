"""Run the code cells of a notebook, one after the other: ``python -m mem_lib.grading.execute``.

This is what runs in the sandbox.  A cell that fails does not keep the next one from running, as in
a notebook; what each cell printed is kept for the feedback.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mem_lib.grading import notebook

#: What is kept of the output of a cell, in characters, and of all outputs.
MOST, MOST_OF_ALL = 20_000, 1_000_000


def main(arguments: list[str]) -> int:
    source, outputs = map(Path, arguments)
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell: Any = InteractiveShell.instance()
    shell.colors = "nocolor"
    kept: dict[int, str] = {}
    for cell in notebook.code(source):
        with capture_output() as captured:
            result = shell.run_cell(cell.source, store_history=True)
        text = captured.stdout + captured.stderr
        if error := result.error_before_exec or result.error_in_exec:
            print(f"cell {cell.index}: {type(error).__name__}")
        kept[cell.index] = text if len(text) <= MOST else text[: MOST - 1] + "…"
        if sum(map(len, kept.values())) < MOST_OF_ALL:
            outputs.write_text(json.dumps(kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
