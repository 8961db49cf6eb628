"""What became of one network in a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from mem_lib.certificate import Certificate
from mem_lib.figures.numbers import number_text
from mem_lib.figures.tables import table
from mem_lib.grading.challenges.measures import Number

if TYPE_CHECKING:
    from mem_lib.figures import Picture
    from mem_lib.grading.challenges.contest import Challenge

DIGITS = 4  # of a measure that is no integer


@dataclass(frozen=True, repr=False)
class Attempt:
    """A judged network; true where it memorizes and keeps all rules.

    ``broken``: the rules that it breaks, in words.  ``values``: what was measured, None where there
    is nothing to measure.
    """

    challenge: Challenge
    certificate: Certificate
    broken: tuple[str, ...]
    values: Mapping[str, Number | None]

    @property
    def ok(self) -> bool:
        return self.certificate.ok and not self.broken

    def __bool__(self) -> bool:
        return self.ok

    @property
    def rank(self) -> int | None:
        """Its place among the rivals, 1 for the best; equal ones share a place.  None unless it is
        valid."""
        own = self.values[self.challenge.measures[0]]
        if not self.ok or own is None:
            return None
        first = self.challenge.measures[0]
        return 1 + sum(row[first] < own for row in self.challenge.standing())

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.certificate.ok:
            return f"no: {self.certificate}"
        if self.broken:
            return f"no: {'; '.join(self.broken)}"
        places = len(self.challenge.rivals) + 1
        title = self.challenge.measured[0].title
        own = told(self.values[self.challenge.measures[0]])
        return f"valid: {own} {title}, place {self.rank} of {places}"

    def __str__(self) -> str:
        lines = [f"{self.challenge.slug}: {self.challenge.title}"]
        lines += [f"  {self.certificate}"] if self.certificate.ok else []  # else in the verdict
        for rule in self.challenge.rules:
            lines.append(f"  rule: {rule.text}")
        lines += [f"  broken: {words}" for words in self.broken]
        lines += [
            f"  {one.title}: {told(self.values[one.name])}" for one in self.challenge.measured
        ]
        return "\n".join([*lines, f"  {self.verdict}"])

    def __repr__(self) -> str:
        return f"<Attempt {self.verdict}>"

    def _repr_html_(self) -> str:
        rows = [{"network": "yours", **self.values}, *self.challenge.standing()]
        first = self.challenge.measures[0]
        rows.sort(key=lambda row: (row[first] is None, row[first] or 0))
        names = [(one.name, one.title) for one in self.challenge.measured]
        cells = [[row["network"], *(row[name] for name, _ in names)] for row in rows]
        shown = table(cells, ["network", *(title for _, title in names)], digits=DIGITS,
                      caption=f"{self.challenge.title}: yours among the rivals")  # fmt: skip
        return f"<p><strong>{escape(self.verdict)}</strong></p>{shown._repr_html_()}"

    def picture(self, name: str = "") -> Picture:
        """The plane with the rivals, the line and this network."""
        return self.challenge.picture(self, name)

    def as_dict(self) -> dict[str, Any]:
        """A row of a table."""
        return {
            "valid": self.ok,
            "among_rivals": self.rank,
            **{one.name: self.values[one.name] for one in self.challenge.measured},
            "network_sha256": self.certificate.network_sha256,
            "remark": "" if self.ok else self.verdict.removeprefix("no: "),
        }


def told(value: Number | None) -> str:
    """A measure in words."""
    return "not measured" if value is None else number_text(value, DIGITS)
