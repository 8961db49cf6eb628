"""Small changes of a source that its tests ought to notice: one a time, within one line.

A comparison takes its bound in or leaves it out, a bound moves by one, min and max or floor and
ceiling are swapped, a check is dropped, ``and`` becomes ``or``, a sign turns.  Places are found in
the syntax tree and only the token is changed, so that a change can be read, recorded as a line
before and after, and made again.  Left alone: annotations, decorators, texts, and what is raised.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

KINDS = ("comparison", "bound", "swap", "check", "logic", "sign")
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
SWAPS = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "floor": "ceil",
    "ceil": "floor",
    "any": "all",
    "all": "any",
}
SIGNS = {"+": "-", "-": "+"}
LOGIC = {"and": "or", "or": "and"}
Place = Tuple[int, int, int]  # line from 1, first byte and end


class Change(NamedTuple):
    """A line of a source and what stands there instead, both without the blanks around them."""

    line: int
    kind: str
    old: str
    new: str


def changes(source: str) -> List[Change]:
    """All changes of ``source``, from top to bottom."""
    lines = source.encode("utf-8").split(b"\n")
    found = {}
    for kind, (line, start, end), token in _Finder(lines).places(ast.parse(source)):
        old = lines[line - 1]
        new = old[:start] + token.encode("utf-8") + old[end:]
        change = Change(line, kind, old.decode("utf-8").strip(), new.decode("utf-8").strip())
        found[change] = None
    return sorted(found)


def changed(source: str, change: Change) -> str:
    """``source`` with that change made; its line is the one of that text nearest to its number.

    ``ValueError`` where no line has that text.
    """
    lines = source.split("\n")
    same = [i for i, line in enumerate(lines) if line.strip() == change.old]
    if not same:
        raise ValueError("no line is %r" % change.old)
    i = min(same, key=lambda i: abs(i + 1 - change.line))
    blank = lines[i][: len(lines[i]) - len(lines[i].lstrip())]
    lines[i] = blank + change.new
    return "\n".join(lines)


class _Finder:
    """Walks a tree and yields (kind, place, new token)."""

    def __init__(self, lines: List[bytes]) -> None:
        self.lines = lines

    def places(self, node: ast.AST) -> Iterator[Tuple[str, Place, str]]:
        if isinstance(node, (ast.Raise, ast.JoinedStr, ast.AnnAssign, ast.arg)):
            if isinstance(node, ast.AnnAssign) and node.value:
                yield from self.places(node.value)
            return
        find = getattr(self, "_" + type(node).__name__.lower(), None)
        if find is not None:
            yield from find(node)
        skipped = [getattr(node, "returns", None), *getattr(node, "decorator_list", [])]
        for child in ast.iter_child_nodes(node):
            if not any(child is one for one in skipped):
                yield from self.places(child)

    def _compare(self, node: ast.Compare) -> Iterator[Tuple[str, Place, str]]:
        sides = [node.left, *node.comparators]
        for left, right in _pairs(sides):
            yield from self._between("comparison", left, right, COMPARISONS)
        for side in sides:
            yield from self._bound(side)

    def _call(self, node: ast.Call) -> Iterator[Tuple[str, Place, str]]:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in SWAPS and function.end_lineno:
            end = function.end_col_offset or 0
            yield "swap", (function.end_lineno, end - len(name), end), SWAPS[name]
        if name in ("range", "min", "max"):
            for argument in node.args:
                yield from self._bound(argument)

    def _slice(self, node: ast.Slice) -> Iterator[Tuple[str, Place, str]]:
        for side in (node.lower, node.upper):
            if side is not None:
                yield from self._bound(side)

    def _if(self, node: ast.If) -> Iterator[Tuple[str, Place, str]]:
        """A test whose only consequence is that the function or the loop ends, or goes on."""
        ends = isinstance(node.body[0], (ast.Raise, ast.Return, ast.Continue, ast.Break))
        if ends and not node.orelse and node.test.lineno == node.test.end_lineno:
            yield "check", (node.test.lineno, *_columns(node.test)), "False"

    def _expr(self, node: ast.Expr) -> Iterator[Tuple[str, Place, str]]:
        """A call for its own sake: an argument is checked, or something is noted."""
        if isinstance(node.value, ast.Call) and node.lineno == node.end_lineno:
            yield "check", (node.lineno, *_columns(node)), "pass"

    def _boolop(self, node: ast.BoolOp) -> Iterator[Tuple[str, Place, str]]:
        for left, right in _pairs(node.values):
            yield from self._between("logic", left, right, LOGIC)

    def _unaryop(self, node: ast.UnaryOp) -> Iterator[Tuple[str, Place, str]]:
        token = {ast.Not: "not ", ast.USub: "-"}.get(type(node.op))
        if token and not isinstance(node.operand, ast.Constant):
            start = node.col_offset
            kind = "logic" if token == "not " else "sign"
            yield kind, (node.lineno, start, start + len(token)), ""

    def _binop(self, node: ast.BinOp) -> Iterator[Tuple[str, Place, str]]:
        texts = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)
        sides = (node.left, node.right)
        if any(
            isinstance(side, texts)
            or (isinstance(side, ast.Constant) and not isinstance(side.value, (int, float)))
            for side in sides
        ):
            return
        if isinstance(node.op, (ast.Add, ast.Sub)):
            yield from self._between("sign", *sides, SIGNS)
            yield from self._bound(node.right)

    def _bound(self, node: ast.expr) -> Iterator[Tuple[str, Place, str]]:
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value < 10**6:
            yield "bound", (node.lineno, *_columns(node)), str(node.value + 1)

    def _between(
        self, kind: str, left: ast.expr, right: ast.expr, tokens: Dict[str, str]
    ) -> Iterator[Tuple[str, Place, str]]:
        """The operator between two operands, where both stand in one line."""
        if left.end_lineno == right.lineno:
            start = left.end_col_offset or 0
            gap = self.lines[right.lineno - 1][start : right.col_offset].decode("utf-8")
            token = re.sub(r"[()]", " ", gap).strip()
            if token in tokens:
                start += gap.index(token)
                yield kind, (right.lineno, start, start + len(token)), tokens[token]


def _pairs(operands: List[ast.expr]) -> List[Tuple[ast.expr, ast.expr]]:
    return [(operands[i], operands[i + 1]) for i in range(len(operands) - 1)]


def _columns(node: Any) -> Tuple[int, int]:
    return node.col_offset, node.end_col_offset
