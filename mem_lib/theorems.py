"""The registry: every statement that the book prints, and the code that stands behind it.

A chapter lists its statements in ``mem_lib/<chapter>/_statements.py``; here they are collected.
A label ``thm-<slug>-<name>`` stands in four places: in the book, in that list, in the docstring of
the function that the list names, and at the tests that would fail if the statement were wrong::

    @pytest.mark.proves("thm-<slug>-<name>")
    def test_...

``tests/test_theorems.py`` fails where the four do not agree.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from mem_lib._base.statement import Statement
from mem_lib.beyond_worst_case._statements import STATEMENTS as _BEYOND_WORST_CASE
from mem_lib.foundations._statements import STATEMENTS as _FOUNDATIONS
from mem_lib.optimal_relu._statements import STATEMENTS as _OPTIMAL_RELU
from mem_lib.two_layer._statements import STATEMENTS as _TWO_LAYER

__all__ = ["PROVENANCE", "REGISTRY", "STATEMENTS", "Statement", "ledger", "proofs", "to_check"]

PROVENANCE = {
    "ours": "stated and proved here, with explicit constants; the paper gives the order",
    "paper": "the paper's statement, proved here in our words",
    "known": "a known result, cited",
}

STATEMENTS: tuple[Statement, ...] = (
    *_BEYOND_WORST_CASE,
    *_FOUNDATIONS,
    *_OPTIMAL_RELU,
    *_TWO_LAYER,
)

#: label -> statement
REGISTRY = {statement.label: statement for statement in STATEMENTS}


def ledger(tests: str | Path | None = None) -> str:
    """All statements as a list in MyST Markdown, each linked to its place in the book.

    ``tests`` is the folder of the tests, which are named where it is there; see :func:`proofs`.
    """
    proved = {} if tests is None else proofs(tests)
    return "\n".join(_line(s, proved.get(s.label, [])) for s in STATEMENTS)


def to_check() -> str:
    """What a reader with the papers at hand should compare, as a list in MyST Markdown."""
    rows = [
        f"- {{prf:ref}}`{s.label}` ({s.title}) with {{cite:t}}`{s.paper}`: {s.compare}."
        for s in STATEMENTS
        if s.compare
    ]
    return "\n".join(rows)


def proofs(tests: str | Path) -> dict[str, list[str]]:
    """label -> the tests that are marked with it, as ``file::test``; empty without that folder.

    The markers are read from the source of the files ``test_*.py``, so that the book is built
    without pytest; what pytest does not collect, a helper say, proves nothing.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(Path(tests).rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for label in _marked(node):
                    found.setdefault(label, []).append(f"{path.name}::{node.name}")
    return found


def _marked(function: ast.FunctionDef) -> Iterator[str]:
    """The labels in ``@pytest.mark.proves("...", "...")``."""
    for marker in function.decorator_list:
        if isinstance(marker, ast.Call) and ast.unparse(marker.func) == "pytest.mark.proves":
            yield from (str(ast.literal_eval(label)) for label in marker.args)


def _line(statement: Statement, tests: list[str]) -> str:
    names = ", ".join(f"`{test.partition('::')[2]}`" for test in tests)
    proved = f", {'tests' if len(tests) > 1 else 'test'} {names}" if tests else ""
    return (
        f"- {{prf:ref}}`{statement.label}`, **{statement.title}**. "
        f"*{statement.provenance.capitalize()}*, {{cite:t}}`{statement.paper}`. "
        f"Code `{statement.function.removeprefix('mem_lib.')}`{proved}."
    )
