"""What a challenge is, and how a network is judged in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from mem_lib import recorded
from mem_lib.certificate import Certificate, verify
from mem_lib.data import Dataset
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.figures import Picture
from mem_lib.figures.numbers import number_text
from mem_lib.figures.tables import Table, table
from mem_lib.grading.challenges.measures import MEASURES, Measure, Number
from mem_lib.grading.challenges.plane import plane
from mem_lib.grading.challenges.rivals import Line, Rival
from mem_lib.grading.challenges.rules import Rule
from mem_lib.network import Network

#: The recorded measures of all rivals.
RESULTS = "challenges"
DIGITS = 4  # of a measure that is no integer


@dataclass(frozen=True, repr=False)
class Challenge:
    """The challenge of one chapter.

    ``measures`` are names of what is counted, of which the first ranks; ``axes`` are two of them,
    the plane in which networks are placed.  ``unseen``: further points that a rule asks about.
    """

    slug: str
    title: str
    question: str
    points: str
    draw: Callable[[], Dataset]
    rules: tuple[Rule, ...]
    measures: tuple[str, ...]
    axes: tuple[str, str]
    rivals: tuple[Rival, ...]
    line: Line
    sample: Rival
    draw_unseen: Callable[[], Dataset] | None = None

    @cached_property
    def dataset(self) -> Dataset:
        return self.draw()

    @cached_property
    def unseen(self) -> Dataset | None:
        return None if self.draw_unseen is None else self.draw_unseen()

    @property
    def measured(self) -> tuple[Measure, ...]:
        return tuple(MEASURES[name] for name in self.measures)

    def values(self, network: Network) -> dict[str, Number | None]:
        """All measures of a network, those of this challenge among them."""
        return {name: one.of(network, self.unseen) for name, one in MEASURES.items()}

    def judge(self, network: Network | str | os.PathLike[str]) -> Attempt:
        """Judge a network, or a network file: certificate, rules, measures, rank.

        Raises ``InvalidNetwork`` for a file that is none, and for points of another dimension;
        ``OSError`` for one that cannot be read.
        """
        if not isinstance(network, Network):
            network = Network.load(network)
        d = self.dataset.d
        if network.inputs != d:
            raise InvalidNetwork(
                f"network: {d} inputs are needed for the points of this challenge, got "
                f"{shown(network.inputs)}"
            )
        certificate = verify(network, self.dataset, progress=False)
        values = self.values(network)
        broken = (rule.broken(network, values) for rule in self.rules)
        return Attempt(self, certificate, tuple(word for word in broken if word), values)

    def example(self) -> Network:
        """A network to begin with, of one of the rivals that is built at once."""
        return self.sample.network(self.dataset)

    def standing(self) -> list[dict[str, Any]]:
        """The rivals with what was recorded of them, the best first."""
        rows = {
            row["rival"]: row for row in recorded.read(RESULTS) if row["challenge"] == self.slug
        }
        found = [
            {"network": rival.name, **{name: rows[rival.name][name] for name in self.measures}}
            for rival in self.rivals
        ]
        return sorted(found, key=lambda row: (row[self.measures[0]], row["network"]))

    def table(self, name: str = "") -> Table:
        """The rivals, the best first."""
        first = self.measured[0].title
        rows = [list(row.values()) for row in self.standing()]
        titles = [measure.title for measure in self.measured]
        caption = f"The rivals of “{self.title}”, ranked by {first}."
        best, columns = {first: "min"}, ["network", *titles]
        return table(rows, columns, caption=caption, best=best, digits=DIGITS, name=name)

    def picture(self, attempt: Attempt | None = None, name: str = "") -> Picture:
        """The plane with the rivals, the line, and an attempt."""
        return plane(self, attempt, name)

    def __repr__(self) -> str:
        return f"<Challenge {self.slug}: {self.title}>"

    def _repr_html_(self) -> str:
        rules = "".join(f"<li>Rule: {escape(rule.text)}.</li>" for rule in self.rules)
        return (
            f"<p><strong>{escape(self.title)}.</strong> {escape(self.question)}</p>"
            f"<ul><li>Data: {escape(self.points)}.</li>{rules}"
            f"<li>Ranked by: {escape(self.measured[0].title)}.</li></ul>"
        )

    def __str__(self) -> str:
        rules = "".join(f"\n  rule: {rule.text}" for rule in self.rules)
        return f"{self.slug}: {self.title}. {self.question}\n  data: {self.points}{rules}"


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
