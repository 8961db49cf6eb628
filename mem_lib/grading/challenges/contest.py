"""What a challenge is, and how a network is judged in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from mem_lib import recorded
from mem_lib.certificate import verify
from mem_lib.constructions import build
from mem_lib.data import Dataset
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.figures.tables import Table, table
from mem_lib.grading.challenges.attempt import Attempt
from mem_lib.grading.challenges.measures import MEASURES, Measure, Number
from mem_lib.grading.challenges.rules import Rule
from mem_lib.network import Network

if TYPE_CHECKING:
    from mem_lib.figures import Picture

#: The recorded measures of all rivals.
RESULTS = "challenges"


@dataclass(frozen=True)
class Rival:
    """A construction of the registry with its parameters, or a ``function`` of the data."""

    construction: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    function: Callable[[Dataset], Network] | None = None

    @property
    def name(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.construction} ({told})" if told else self.construction

    def network(self, dataset: Dataset) -> Network:
        """It, built anew."""
        if self.function is not None:
            return self.function(dataset)
        return build(dataset, self.construction, progress=False, **self.parameters)


@dataclass(frozen=True)
class Line:
    """What every construction that serves *all* labels needs: in the plane, nothing that serves all
    of them lies below or before it.  ``corners`` from the top to the far end; ``text`` says it in
    words, ``label`` is its theorem.  It is no bound for one data set."""

    label: str
    text: str
    corners: tuple[tuple[float, float], ...]

    @property
    def caveat(self) -> str:
        return "One data set with its own labels may need less."


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
        return table(rows, ["network", *titles], caption=caption, best={first: "min"}, digits=4,
                     name=name)  # fmt: skip

    def picture(self, attempt: Attempt | None = None, name: str = "") -> Picture:
        """The plane with the rivals, the line, and an attempt."""
        from mem_lib.grading.challenges.plane import plane

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
