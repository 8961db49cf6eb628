"""What a judge says of an answer: part by part, with the points and with what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument, MemorizationError, shown


class Wrong(Exception):
    """Raised by a judge: this part of the answer is wrong, and the text says on what it fails."""


@dataclass(frozen=True)
class Part:
    """One thing that was asked for: ``points`` of ``most``, and why not all of them."""

    asked: str
    points: float
    most: float
    wrong: str = ""

    @property
    def ok(self) -> bool:
        return self.points == self.most


@dataclass(frozen=True)
class Verdict:
    """The outcome for one exercise; true where every part is right.

    ``error`` says why there was nothing to judge: then all points are zero.
    """

    exercise: str
    parts: tuple[Part, ...]
    error: str = ""

    @property
    def points(self) -> float:
        return 0 if self.error else sum(part.points for part in self.parts)

    @property
    def most(self) -> float:
        return sum(part.most for part in self.parts)

    @property
    def ok(self) -> bool:
        return not self.error and all(part.ok for part in self.parts)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = [f"{self.exercise}: {self.points:g} of {self.most:g} points"]
        if self.error:
            return "\n".join([*lines, f"  {self.error}"])
        for part in self.parts:
            lines.append(f"  {'right' if part.ok else 'wrong'}  {part.asked}")
            lines += [f"         {part.wrong}"] if part.wrong else []
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Verdict {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓' if p.ok else '✗'}</td><td>{escape(p.asked)}"
            f"{f'<br><em>{escape(p.wrong)}</em>' if p.wrong else ''}</td>"
            f'<td style="text-align:end;white-space:nowrap">{p.points:g} of {p.most:g}</td></tr>'
            for p in self.parts
        )
        head = f"{self.exercise}: {self.points:g} of {self.most:g} points"
        note = f"<p><em>{escape(self.error)}</em></p>" if self.error else ""
        return f"<p><strong>{escape(head)}</strong></p>{note}<table><tbody>{rows}</tbody></table>"

    def content(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Verdict:
        """The inverse of :meth:`content`; ``InvalidArgument`` for anything else."""
        try:
            parts = tuple(Part(**part) for part in content["parts"])
            verdict = cls(content["exercise"], parts, content["error"])
            str(verdict)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidArgument(f"verdict: {shown(content)} is none ({error})") from error
        return verdict

    def save(self, folder: Path) -> None:
        """Write it where :meth:`load` looks for it."""
        text = json.dumps(self.content(), indent=1)
        write_atomically(folder / f"{self.exercise}.json", [text.encode() + b"\n"])

    @classmethod
    def load(cls, folder: Path, key: str) -> Verdict:
        """The verdict on an exercise that lies in a folder; ``InvalidArgument`` for a damaged one,
        ``FileNotFoundError`` where there is none."""
        try:
            content = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        except ValueError as error:
            raise InvalidArgument(f"verdict: that on {key} is damaged ({error})") from error
        return cls.from_content(content)


class Sheet:
    """A judge's sheet while it judges: a part that raises :class:`Wrong` gives no points, and the
    next one is judged all the same.

    >>> sheet = Sheet("demo")
    >>> with sheet.part("the sum is 5", 2):
    ...     sheet.need(2 + 2 == 5, "2 + 2 is 4")
    >>> print(sheet.verdict())
    demo: 0 of 2 points
      wrong  the sum is 5
             2 + 2 is 4
    """

    def __init__(self, exercise: str) -> None:
        self.exercise, self.parts = exercise, list[Part]()

    @contextmanager
    def part(self, asked: str, most: float, *, if_right: bool = False) -> Iterator[None]:
        """What is asked for, and its points.  What the library refuses counts as wrong, with its
        own words: a network that is none, an answer of another shape.  ``if_right``: counts only
        where all before it is right, as the size of a network does."""
        before, wrong = all(part.ok for part in self.parts), ""
        try:
            yield
        except (Wrong, MemorizationError) as error:
            wrong = str(error) or "wrong"
        except Exception as error:  # an answer that no judge expected ends nobody's grading
            wrong = f"this answer cannot be judged ({type(error).__name__}: {error})"
        if if_right and not before:
            wrong = "counted when all before it is right"
        self.parts.append(Part(asked, 0 if wrong else most, most, _cut(wrong)))

    @staticmethod
    def need(condition: bool, otherwise: str) -> None:
        """Go on where ``condition`` holds; this part is wrong otherwise."""
        if not condition:
            raise Wrong(otherwise)

    def verdict(self) -> Verdict:
        return Verdict(self.exercise, tuple(self.parts))


def _cut(text: str, most: int = 600) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
