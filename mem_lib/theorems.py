"""The registry: every statement that the book prints, and the code that stands behind it.

A chapter lists its statements in ``mem_lib/<chapter>/_statements.py``; here they are collected.
A label ``thm-<slug>-<name>`` stands in four places: in the book, in that list, in the docstring of
the function that the list names, and at the tests that would fail if the statement were wrong::

    @pytest.mark.proves("thm-<slug>-<name>")
    def test_...

``tests/test_theorems.py`` fails where the four do not agree.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from mem_lib._base.statement import Statement
from mem_lib.constructions import CHAPTERS
from mem_lib.figures.tables import breakable

__all__ = ["PROVENANCE", "REGISTRY", "STATEMENTS", "Statement", "ledger", "proofs", "to_check"]

PROVENANCE = {
    "ours": "stated and proved here, with explicit constants; the paper gives the order",
    "paper": "the paper's statement, proved here in our words",
    "known": "a known result, cited",
}

#: slug -> statements, in the order of the book.
_BY_CHAPTER: dict[str, tuple[Statement, ...]] = {
    slug: import_module(f"mem_lib.{slug}._statements").STATEMENTS
    for slug in ("foundations", *CHAPTERS)
}

STATEMENTS: tuple[Statement, ...] = tuple(s for found in _BY_CHAPTER.values() for s in found)

#: label -> statement
REGISTRY = {statement.label: statement for statement in STATEMENTS}


def ledger(root: str | Path | None = None) -> str:
    """All statements in MyST Markdown: a heading and a table for each chapter, each statement
    linked to its place.

    ``root`` is the folder of the project, where it is there: its ``_toc.yml`` and pages give the
    order in which the book prints the statements, its ``tests`` the tests of each (:func:`proofs`).
    """
    proved = {} if root is None else proofs(Path(root) / "tests")
    columns = ["statement", "where from", "code", *(["tests"] if proved else [])]

    def row(statement: Statement) -> list[str]:
        names = [test.partition("::")[2] for test in proved.get(statement.label, [])]
        tests = [", ".join(map(_code, names))] if proved else []
        source = f"*{statement.provenance}*, {{cite:t}}`{statement.paper}`"
        return [_cited(statement), source, _code(_function(statement)), *tests]

    return _chapters(columns, row, STATEMENTS, root, "ledger")


def to_check(root: str | Path | None = None) -> str:
    """What a reader with the papers at hand should compare, as :func:`ledger` lists all."""

    def row(statement: Statement) -> list[str]:
        return [_cited(statement), f"{{cite:t}}`{statement.paper}`", statement.compare or ""]

    chosen = [s for s in STATEMENTS if s.compare]
    return _chapters(["statement here", "paper", "what to compare"], row, chosen, root, "check")


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


def printed(root: str | Path) -> list[str]:
    """The labels of all statements, as the pages of ``_toc.yml`` in the folder ``root`` print them;
    empty where there is no such file."""
    toc = Path(root) / "_toc.yml"
    pages = re.findall(r"file: (\S+)", toc.read_text(encoding="utf-8")) if toc.is_file() else []
    return [
        label
        for page in pages
        for label in re.findall(r":label: (thm-[a-z0-9_-]+)", _source(toc.parent / page))
    ]


def _title(root: Path, slug: str) -> str:
    """Of a chapter, as its first page has it; the slug where the page is not there."""
    found = re.search(r'(?m)^[\s"]*# ([^"\\\n]+)', _source(root / "book" / slug / "index"))
    return found[1].strip() if found else slug


def _source(page: Path) -> str:
    """The text of a page, which is MyST or a notebook; empty where there is none."""
    for path in (page.with_name(f"{page.name}{end}") for end in (".md", ".ipynb")):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def _chapters(
    columns: Sequence[str],
    row: Callable[[Statement], list[str]],
    statements: Sequence[Statement],
    root: str | Path | None,
    name: str,
) -> str:
    """A heading, which is the chapter's own title, and a table for each chapter."""
    order = {label: i for i, label in enumerate([] if root is None else printed(root))}
    text = []
    for slug, of_chapter in _BY_CHAPTER.items():
        chosen = [s for s in of_chapter if s in statements]
        rows = [row(s) for s in sorted(chosen, key=lambda s: order.get(s.label, -1))]
        if rows:
            title = slug if root is None else _title(Path(root), slug)
            text += [f'<h2 id="{name}-{slug}">{title}</h2>', ""]
            text += [":::{table}", ":class: mem-sortable", ":widths: auto", ""]
            text += _pipes([columns, ["---"] * len(columns), *rows])
            text += [":::", ""]
    return "\n".join(text)


def _pipes(rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in rows]


def _cited(statement: Statement) -> str:
    return f"{{prf:ref}}`{statement.label}`: {statement.title}"


def _function(statement: Statement) -> str:
    return statement.function.removeprefix("mem_lib.")


def _code(name: str) -> str:
    """A name of the code, which may break behind dots and underscores only."""
    return f'<code class="literal">{breakable(name)}</code>'
