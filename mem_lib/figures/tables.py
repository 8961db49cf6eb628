"""A comparison as a table: full words at the head, numbers to the right, the best entry marked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from mem_lib.errors import InvalidArgument, printable, shown
from mem_lib.figures.numbers import is_number, number_text
from mem_lib.figures.style import CAPTION_CSS, anchor, figcaption

_CSS = CAPTION_CSS + (
    ".mem-table{margin:1em 0;max-width:100%}.mem-table>.mem-caption{margin:0 0 .3em}"
    # the table alone scrolls, and holds the words that nobody sees
    ".mem-table>div{overflow-x:auto;position:relative}"
    ".mem-table table{margin:0;width:auto;border-collapse:collapse;"
    "font-variant-numeric:tabular-nums}"
    ".mem-table table :is(th,td){padding:.25em .6em;text-align:start;vertical-align:bottom;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}"
    ".mem-table table tbody :is(th,td){vertical-align:top}"
    ".mem-table table tbody th{font-weight:normal}"
    ".mem-table table :is(th,td).number{text-align:end}"
    ".mem-table table tbody .number{white-space:nowrap}"
    ".mem-table .unseen{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%);white-space:nowrap}"
    "@media (max-width:599px){.mem-table table{font-size:.85em;line-height:1.3}"
    ".mem-table table :is(th,td){padding:.2em .3em}"
    # what a row is about stays when its numbers are moved
    ".mem-table thead~tbody th{position:sticky;left:0;"
    "background:var(--pst-color-background,var(--jp-layout-color0,Canvas))}}"
)


@dataclass(frozen=True, repr=False)
class Table:
    """What :func:`table` makes; displayed as HTML, printed as text."""

    caption: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]  # per column
    marked: frozenset[tuple[int, int]]  # (row, column) of the best entries
    sortable: bool = False
    name: str = ""

    def _repr_html_(self) -> str:
        label = f'aria-label="{escape(self.caption, quote=True)}"'
        body = "".join(
            "<tr>" + "".join(self._cell(i, j, text) for j, text in enumerate(row)) + "</tr>"
            for i, row in enumerate(self.cells)
        )
        head = "".join(
            f'<th scope="col"{self._align(j)}>{breakable(name)}</th>'
            for j, name in enumerate(self.columns)
        )
        kind = ' class="mem-sortable"' if self.sortable else ""
        head = f"<thead><tr>{head}</tr></thead>" if any(self.columns) else ""
        return (
            f'<style>{_CSS}</style><figure class="mem-table"{anchor(self.name, self.caption)}>'
            f"{figcaption(self.caption, self.name, 'table')}"
            f'<div role="region" tabindex="0" {label}><table{kind} {label}>'
            f"{head}<tbody>{body}</tbody></table></div></figure>"
        )

    def _align(self, column: int) -> str:
        return ' class="number"' if self.numbers[column] else ""

    def _cell(self, row: int, column: int, text: str) -> str:
        text = breakable(text)
        if (row, column) in self.marked:
            text = f'<strong>{text}<span class="unseen"> (best)</span></strong>'
        kind = 'th scope="row"' if column == 0 else "td"
        return f"<{kind}{self._align(column)}>{text}</{kind[:2]}>"

    def __repr__(self) -> str:
        marks = [
            [text + "*" * ((i, j) in self.marked) for j, text in enumerate(row)]
            for i, row in enumerate(self.cells)
        ]
        lines = [list(self.columns), *marks] if any(self.columns) else marks
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(
                word.rjust(width) if number else word.ljust(width)
                for word, width, number in zip(line, widths, self.numbers, strict=True)
            ).rstrip()
            for line in lines
        ]
        return printable("\n".join([self.caption, *text]))


def table(
    rows: Sequence[Sequence[Any] | Mapping[str, Any]],
    columns: Sequence[str],
    *,
    caption: str,
    best: Mapping[str, str] | None = None,
    digits: int = 3,
    sortable: bool = False,
    name: str = "",
) -> Table:
    """``rows`` under the names ``columns``; the first column names its row.

    A row is a sequence, or a mapping with the columns' names as keys.  Integers and fractions are
    shown as they are, large ones in groups of three digits, floats with ``digits`` significant
    digits, None as a dash.  ``best`` says of a column whether its ``"min"`` or its ``"max"`` is
    the best entry, which is set in bold and called so for those who hear the table; equal entries
    share the mark.  Columns without a name have no head.  On a page of the book a reader may sort
    and filter a ``sortable`` table.  ``name`` (``tab-<slug>-<what>``) is how the text cites it.

    Raises ``InvalidArgument`` for no row, a row of another length or without an entry, a caption
    without words, a name of another form, and in ``best`` a column without a number or another
    word than these two.

    >>> table([("A", 12000), ("B", 900)], ["network", "weights"], caption="Two networks",
    ...       best={"weights": "min"})
    Two networks
    network  weights
    A         12\u2009000
    B           900*
    """
    names = tuple(columns)
    if not caption.strip():
        raise InvalidArgument("caption: a table needs words that say what it shows, got ''")
    entries = [_entries(row, names, i) for i, row in enumerate(rows)]
    if not entries or not names:
        raise InvalidArgument(
            f"rows, columns: at least one of each is needed, got {len(entries)} and {len(names)}"
        )
    numbers = tuple(
        any(map(is_number, column)) and all(is_number(v) or v is None for v in column)
        for column in zip(*entries, strict=True)
    )
    marked = {
        (row, names.index(name))
        for name, which in (best or {}).items()
        for row in _best(entries, names, name, which)
    }
    cells = tuple(tuple(number_text(value, digits) for value in row) for row in entries)
    anchor(name, caption)
    return Table(caption, names, cells, numbers, frozenset(marked), sortable, name)


def measured(rows: Sequence[Mapping[str, Any]], *, caption: str) -> Table:
    """Recorded measurements (:func:`mem_lib.recorded.read`) beside what they are compared with.

    ``rows`` have the entries ``what``, ``value``, ``unit``, ``baseline`` and ``baseline_value``.

    Raises ``InvalidArgument`` where one is missing, or no row is given.

    >>> row = {"what": "build", "value": 14, "unit": "s", "baseline": "one product"}
    >>> measured([{**row, "baseline_value": 6.57}], caption="Times")
    Times
    what   measured  unit  compared with  measured there
    build        14  s     one product              6.57
    """
    wanted = ("what", "value", "unit", "baseline", "baseline_value")
    entries = [_entries(row, wanted, i) for i, row in enumerate(rows)]
    columns = ["what", "measured", "unit", "compared with", "measured there"]
    return table(entries, columns, caption=caption)


def breakable(text: str) -> str:
    """``text`` as HTML, whose long names may break behind a dot or an underscore.

    >>> breakable("two_layer.antisymmetric")
    'two_<wbr>layer.<wbr>antisymmetric'
    """

    def broken(word: re.Match[str]) -> str:
        return re.sub(r"([._])(?=\w)", r"\1<wbr>", word[0])

    return re.sub(r"[A-Za-z_][\w.]{11,}", broken, escape(text, quote=False))


def _entries(row: Any, names: tuple[str, ...], i: int) -> list[Any]:
    if isinstance(row, Mapping):
        missing = [name for name in names if name not in row]
        if missing:
            raise InvalidArgument(f"rows[{i}]: no entry {shown(missing[0])} in {shown(dict(row))}")
        return [row[name] for name in names]
    values = list(row)
    if len(values) != len(names):
        raise InvalidArgument(
            f"rows[{i}]: {len(names)} entries are needed, one a column, got {shown(values)}"
        )
    return values


def _best(entries: list[list[Any]], names: tuple[str, ...], name: str, which: str) -> list[int]:
    """The rows with the best entry of a column."""
    if name not in names or which not in ("min", "max"):
        raise InvalidArgument(
            f'best: a column of {list(names)} and "min" or "max" are needed, '
            f"got {shown(name)}: {shown(which)}"
        )
    column = [row[names.index(name)] for row in entries]
    values = [value for value in column if is_number(value)]
    if not values:
        raise InvalidArgument(f"best: column {shown(name)} has no number")
    top = min(values) if which == "min" else max(values)
    return [i for i, value in enumerate(column) if is_number(value) and value == top]
