"""The catalogue of the landing page: a card for each construction, data sets for its sizes.

No network enters a page unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mem_lib import beyond_worst_case
from mem_lib.certificate import verify
from mem_lib.constructions import Construction, Facts, made
from mem_lib.data import Dataset, ball, moons
from mem_lib.errors import ConstructionFailed
from mem_lib.network import Network, Size


@dataclass(frozen=True)
class Card:
    """One construction, as the landing page describes it.

    ``build`` makes one network.  ``build_all``, where given, makes the networks of all labellings
    of the same points together, so that they may share what does not depend on labels.  ``bound``
    is what a theorem promises, ``theorem`` says which; ``stages`` puts into words what the neurons
    of a stage do.
    """

    slug: str
    title: str
    build: Callable[[Dataset], Network]
    build_all: Callable[[Sequence[Dataset]], list[Network]] | None = None
    bound: Callable[[Dataset], Size | None] | None = None
    theorem: str = "no promise"
    stages: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, construction: Construction, **more: Any) -> Card:
        """The card of a construction, as it describes itself; ``more`` says the rest."""
        told: dict[str, Any] = {
            "slug": construction.slug,
            "title": construction.title,
            "build": construction.build,
            "bound": lambda dataset: construction.bound(Facts.of(dataset)),
        }
        return cls(**told | more)

    def networks(self, labelled: Sequence[Dataset]) -> list[Network]:
        """A verified network for each labelling of the same points.

        Raises ``ConstructionFailed`` when one of them is wrong on a point.
        """
        if self.build_all is None:
            return self.each(labelled)
        return self._verified(self.build_all(labelled), labelled)

    def each(self, datasets: Sequence[Dataset]) -> list[Network]:
        """A verified network for each data set, built alone; raises as :meth:`networks`."""
        return self._verified([self.build(dataset) for dataset in datasets], datasets)

    def _verified(self, built: list[Network], datasets: Sequence[Dataset]) -> list[Network]:
        for network, dataset in zip(built, datasets, strict=True):
            certificate = verify(network, dataset)
            if not certificate:
                raise ConstructionFailed(f"{self.slug} does not fit an explorer: {certificate}")
        return built


@dataclass(frozen=True)
class Family:
    """Data sets of any size, for the chart of sizes."""

    name: str
    dataset: Callable[[int], Dataset]


def _same_lines(datasets: Sequence[Dataset]) -> list[Network]:
    """``beyond_worst_case`` with one first layer for all labellings: the first of ten seeds whose
    2N lines tell all pairs of points apart both ways, then 4N lines, and so on."""
    for doubling in range(8):
        n = datasets[0].N << (1 + doubling)
        for seed in range(10):
            attempts = [beyond_worst_case.attempt(data, n, seed=seed) for data in datasets]
            if not any(len(attempt.uncovered) for attempt in attempts):
                return [attempt.network for attempt in attempts]
    raise ConstructionFailed(f"points: no draw of up to {n} lines tells all pairs apart")


#: A construction joins the landing page by one entry here.
CARDS = (
    Card.of(
        made("beyond_worst_case"),
        title="Random lines, then a cover",
        build_all=_same_lines,
        theorem="what the theorem on finite sets promises for these labels",
        stages={
            "hyperplanes": "lines are on",
            "cover": "covering neurons fire",
        },
    ),
)
#: Data that are kind and data that are not: a fixed shape, and labels by coin flip.
SIZES = (
    Family("two moons", lambda N: moons(N=N, noise=0.05, margin=0.1, seed=1)),
    Family("coin flips in a ball, d = 10", lambda N: ball(N=N, d=10, margin=0.1, seed=0)),
)
