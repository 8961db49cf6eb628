"""The catalogue of the landing page: a card for each construction, data sets for its sizes.

The constructions are those of the registry, so a new one has its card by being registered.  No
network enters a page unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mem_lib import theorems
from mem_lib.certificate import verify
from mem_lib.constructions import CHAPTERS, REGISTRY, Construction, Facts
from mem_lib.data import Dataset, ball, moons
from mem_lib.errors import ConstructionFailed
from mem_lib.explorer import clear
from mem_lib.network import Network, Size

#: What the neurons of a stage do when they are not 0.
STAGES = {
    "hyperplanes": "lines are on",
    "cover": "covering neurons fire",
    "rows": "copies and row gates are on",
    "columns": "column gates are on",
    "steps": "steps are below",
    "half spaces": "half spaces are missed",
    "cells": "cells are on",
    "scores": "comparisons of two points are on",
}


@dataclass(frozen=True)
class Card:
    """One construction, as the landing page describes it.

    ``slug`` names its networks, ``chapter`` heads its group.  ``build`` makes one network.
    ``build_all``, where given, makes the networks of all labellings of the same points together,
    so that they may share what does not depend on labels.  ``bound`` is what a theorem promises,
    ``theorem`` says which; ``stages`` puts into words what the neurons of a stage do.
    """

    slug: str
    title: str
    build: Callable[[Dataset], Network]
    build_all: Callable[[Sequence[Dataset]], list[Network]] | None = None
    bound: Callable[[Dataset], Size | None] | None = None
    theorem: str = "no promise"
    stages: Mapping[str, str] = field(default_factory=lambda: STAGES)
    chapter: str = "more"

    @classmethod
    def of(cls, construction: Construction, **more: Any) -> Card:
        """The card of a construction, as it describes itself; ``more`` says the rest."""
        told: dict[str, Any] = {
            "slug": construction.name(),
            "title": construction.title,
            "build": construction.build,
            "build_all": lambda labelled: clear.networks(construction, labelled),
            "bound": lambda dataset: construction.bound(Facts.of(dataset)),
            "theorem": f"what {_theorem(construction)} promises for these labels",
            "chapter": _chapter(construction.slug),
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


def _chapter(slug: str) -> str:
    """What a chapter is about, from the head of its package; its slug, where there is none."""
    doc = import_module(f"mem_lib.{slug}").__doc__ if slug in CHAPTERS else None
    return (doc or slug).partition(":")[0].strip()


def _theorem(construction: Construction) -> str:
    """The theorem of a construction by its title, where the book has it."""
    statement = theorems.REGISTRY.get(construction.theorem)
    return f"the theorem \u201c{statement.title}\u201d" if statement else "its theorem"


def cards() -> list[Card]:
    """A card for every construction of the registry that is exact: its outputs are the labels, not
    values near them."""
    return [Card.of(cls()) for cls in REGISTRY.values() if cls.exact]


#: Data that are kind and data that are not: a fixed shape, and labels by coin flip.
SIZES = (
    Family("two moons", lambda N: moons(N=N, noise=0.05, margin=0.1, seed=1)),
    Family("coin flips in a ball, d = 10", lambda N: ball(N=N, d=10, margin=0.1, seed=0)),
)
