"""The object itself: parameters that are checked, a plan, a network, a promise."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from mem_lib._base.arguments import instance, integer_in
from mem_lib._base.floating import check_rounding
from mem_lib._base.memory import check_memory
from mem_lib._base.text import json_int
from mem_lib.constructions.facts import Facts
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, shown
from mem_lib.network import Network, Size


class Plan(Protocol):
    """What is chosen before a layer is written.  A plan is a frozen dataclass."""

    @property
    def bytes(self) -> int:
        """About how much memory it takes to build and hold the network."""

    @property
    def burden(self) -> str:
        """What takes that memory, with the argument to blame: ``"n: 9 hyperplanes"``."""


@dataclass(frozen=True)
class Construction(ABC):
    """One way to build a network that memorizes data.

    A subclass is a frozen dataclass.  Its fields are its parameters, each with a default that
    works; ``__post_init__`` checks them.  It says what it is in the class variables below, makes a
    plan, writes the network of a plan, and tells what is proved about its size.
    """

    #: The chapter, and the name of the construction in it.
    slug: ClassVar[str]
    variant: ClassVar[str]
    #: One line for a list: what is built, and what it needs.
    title: ClassVar[str]
    #: The label of the theorem that it embodies.
    theorem: ClassVar[str]
    #: Whether real targets are taken, beside labels; and how many classes at most.
    takes_targets: ClassVar[bool] = True
    most_classes: ClassVar[int | None] = None
    #: Whether outputs are exactly what is wanted; else an approximation that stops at a tolerance.
    exact: ClassVar[bool] = True

    @classmethod
    def name(cls) -> str:
        """Its name in the registry."""
        return f"{cls.slug}.{cls.variant}"

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def help(cls) -> str:
        """What it is and what its parameters mean, from its docstring and those it inherits from;
        its title, where Python has dropped docstrings."""
        texts = [inspect.cleandoc(c.__doc__ or "") for c in cls.__mro__ if _is_described(c)]
        head = f"{cls.name()}: {cls.title}; {', '.join(cls.parameters()) or 'no parameters'}"
        return "\n\n".join([head, *texts])

    @abstractmethod
    def plan(self, data: Dataset, rng: np.random.Generator) -> Plan:
        """What is chosen for these data, all different; all randomness comes from ``rng``."""

    @abstractmethod
    def network(self, plan: Any, progress: bool | None) -> Network:
        """The network of a plan.  Its ``about`` holds what is known only now."""

    def bound(self, facts: Facts) -> Size | None:
        """What the theorem promises: no entry of the network's ``Size`` is larger, when its random
        numbers are good.  None where nothing is proved."""
        return None

    def build(self, dataset: Dataset, *, seed: int = 0, progress: bool | None = None) -> Network:
        """The network for ``dataset``: plan, refuse what does not fit, write.

        Raises ``InvalidArgument`` for what is no data set and no seed, ``TooLarge`` when the
        network would not fit into memory, ``HypothesisViolated`` when the theorem does not apply to
        these data, ``ConstructionFailed`` when all draws were in vain; ``MemorizationError`` in a
        process that does not round to the nearest.
        """
        check_rounding()  # constructions bound the errors of the floats that they compute with
        data, seed = self.accepted(dataset), integer_in(seed, "seed", 0)
        settled = self.settled(dataset)
        plan = settled.plan(data, np.random.default_rng(seed))
        check_memory(plan.bytes, plan.burden)
        return self.told(settled.network(plan, progress), data, seed)

    def settled(self, dataset: Dataset) -> Self:
        """The same for the distinct points of ``dataset``: parameters that name rows change."""
        return self

    def accepted(self, dataset: Dataset) -> Dataset:
        """The distinct points of ``dataset``, if this construction takes such values."""
        data = instance(dataset, "dataset", Dataset)
        if not (data.targets is not None and self.takes_targets):
            gaps = data.classes is not None and data.classes > data.N
            self.labelled(
                data.classes, "; Dataset.from_arrays numbers the labels that occur" if gaps else ""
            )
        return data.distinct()

    def labelled(self, classes: int | None, hint: str = "") -> int:
        """The number of classes, None for real targets; ``HypothesisViolated`` where this
        construction does not take so many."""
        if classes is None:
            raise HypothesisViolated(
                f"dataset: {self.name()!r} needs labels 0..C-1, got real targets"
            )
        if self.most_classes is not None and classes > self.most_classes:
            raise HypothesisViolated(
                f"dataset: {self.name()!r} needs labels of at most {self.most_classes} classes, "
                f"got {shown(classes)}{hint}"
            )
        return int(classes)

    def told(self, network: Network, data: Dataset, seed: int) -> Network:
        """``network``, which tells where it comes from, and what its classes are called."""
        return network.telling(self.origin(data, seed) | network.about).named(data.names)

    def origin(self, data: Dataset, seed: int) -> dict[str, Any]:
        """What a network tells about where it comes from."""
        about: dict[str, Any] = {
            "chapter": self.slug,
            "variant": self.variant,
            "seed": json_int(seed),
            "N": data.N,
            "d": data.d,
        }
        if data.classes is not None:
            about["classes"] = json_int(int(data.classes))
        return about


def _is_described(cls: type) -> bool:
    """Whether a class below ``Construction`` has a docstring of its own; under ``python -OO`` a
    dataclass has one of the signature."""
    doc = cls.__dict__.get("__doc__") or ""
    below = issubclass(cls, Construction) and cls is not Construction
    return below and bool(doc) and not doc.startswith(f"{cls.__name__}(")
