"""The public names and what their docstrings say, as the appendix shows them.

>>> [entry.name for entry in entries("mem_lib.certificate")][:2]
['Certificate', 'Counterexample']
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Any

#: The rooms that readers enter, and what for.
ROOMS = {
    "mem_lib": "What most programs need",
    "mem_lib.constructions": "Constructions as objects",
    "mem_lib.data": "Data sets",
    "mem_lib.foundations": "Chapter foundations",
    "mem_lib.two_layer": "Chapter two_layer",
    "mem_lib.deep_threshold": "Chapter deep_threshold",
    "mem_lib.optimal_relu": "Chapter optimal_relu",
    "mem_lib.beyond_worst_case": "Chapter beyond_worst_case",
    "mem_lib.generalization": "Chapter generalization",
    "mem_lib.exact": "Exact evaluation",
    "mem_lib.certificate": "Certificates",
    "mem_lib.figures": "Pictures and tables",
    "mem_lib.sweeps": "Many networks at once",
    "mem_lib.estimator": "Estimators for scikit-learn",
    "mem_lib.theorems": "Statements",
}
_CSS = (
    ".mem-manual details{margin:.2em 0}.mem-manual summary{cursor:pointer}"
    ".mem-manual pre{overflow-x:auto;white-space:pre-wrap;padding:.5em 1em}"
)


@dataclass(frozen=True)
class Entry:
    """A public name: its signature, and its docstring."""

    name: str
    signature: str
    text: str

    @property
    def summary(self) -> str:
        """The first sentence, without its full stop."""
        first = " ".join(self.text.split("\n\n")[0].split())
        found = re.match(r"(?:``.*?``|`.*?`|[^`])*?(?=[.:;](?: |$))", first)
        return found[0] if found else first


def entries(module: str) -> list[Entry]:
    """The functions and classes that a module offers, in alphabetical order."""
    room = import_module(module)
    names = getattr(room, "__all__", None) or [
        name
        for name, value in vars(room).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module
    ]
    found = []
    for name in sorted(names, key=str.lower):
        value = getattr(room, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            found.append(Entry(name, _signature(value), inspect.getdoc(value) or ""))
    return found


def page() -> str:
    """All rooms as HTML: a line for each name, its docstring folded below."""
    parts = [f'<style>{_CSS}</style><div class="mem-manual">']
    for module, title in ROOMS.items():
        parts.append(f"<h2>{escape(title)}</h2><p><code>{module}</code></p>")
        for entry in entries(module):
            head = f"<code>{escape(entry.name)}</code> {_marked(entry.summary)}"
            body = escape(f"{entry.name}{entry.signature}\n\n{entry.text}")
            parts.append(f"<details><summary>{head}</summary><pre>{body}</pre></details>")
    return "".join([*parts, "</div>"])


def _marked(text: str) -> str:
    """A sentence of a docstring as HTML: what stands in backticks is code."""
    code = r"``(?P<code>.+?)``|(?::\w+:)?`~?(?P<name>[^`]+)`"
    return re.sub(code, lambda m: f"<code>{m['code'] or m['name']}</code>", escape(text))


def _signature(value: Any) -> str:
    try:
        text = str(inspect.signature(value)).replace("'", "")
    except ValueError:  # an error class
        return ""
    # an address in memory says nothing
    return re.sub(r"<(function|module|object)? ?.*? at 0x[0-9a-f]+>", "…", text)
