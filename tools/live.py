"""Run in a kernel of the copy when it starts: Markdown that a cell displays is written out too.

``COPY`` is the folder of the copy (:mod:`tools.lab`), whose note ``.book.json`` says what pages say
of each other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
try:
    from tools.plain import Book, Target, plain
finally:
    sys.path.remove(str(ROOT))

NOTE = ".book.json"


def read(copy: Path) -> Book:
    """What :mod:`tools.lab` wrote."""
    known = json.loads((copy / NOTE).read_text(encoding="utf-8"))
    known["targets"] = {label: Target(**target) for label, target in known["targets"].items()}
    for name in ("sources", "macros"):  # whose pairs are lists in JSON
        known[name] = {key: tuple(pair) for key, pair in known[name].items()}
    return Book(**known)


def register(shell: Any, copy: Path) -> None:
    """Let IPython display ``Markdown`` as JupyterLab can show it, in folders of the copy."""
    from IPython.display import Markdown

    about = read(copy)

    def shown(markdown: Any) -> str:
        here = Path.cwd()
        if copy != here and copy not in here.parents:
            return markdown.data
        return plain(markdown.data, about, (here / "_").relative_to(copy).as_posix())

    shell.display_formatter.formatters["text/markdown"].for_type(Markdown, shown)


if "COPY" in globals():
    from IPython import get_ipython

    register(get_ipython(), Path(globals()["COPY"]))
