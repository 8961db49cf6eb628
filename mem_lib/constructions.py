"""A construction is an object: its parameters, its plan, its promise.

Each network that the book builds is a small frozen class.  Its fields are its parameters, checked
where they are made; its docstring is its documentation and names its theorem.  From data it makes a
*plan*, everything that is chosen before a layer is written; from the plan a network.  From *facts*
about data it tells what its theorem promises.

    construction = ml.optimal_relu.Narrow(max_weight_bits=51)
    network = ml.build(dataset, construction, seed=0)
    promise = ml.bound(ml.Facts(N=1000, d=10, separation=0.28), construction)

The registry holds all of them by name, ``"optimal_relu.narrow"``; a chapter's slug alone means its
first one.  Whatever wants to speak of every construction loops over it, and knows none of them.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from mem_lib._base.arguments import at_least_zero, instance, one_of, whole
from mem_lib._base.memory import check_memory
from mem_lib._base.roots import directed_root
from mem_lib._base.text import json_int
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, show
from mem_lib.network import MOST_SHIFT, Network, Size

#: The chapters that build networks, in the order of the book.  They are loaded by name, when the
#: registry is first asked: nothing here depends on any of them.
CHAPTERS = ("beyond_worst_case", "optimal_relu")


# -- what is known of data ------------------------------------------------------------------------


class Facts:
    """What a promise may depend on: a few numbers, given or measured.

    N, d:       how many different points there are, in how many dimensions
    classes:    number of classes C, default 2; None for real targets
    radius:     at least the norm of every point; default 1
    separation: smallest distance of two points, in the same unit; None where unknown, or N = 1
    margin:     smallest distance of two differently labelled points; None where unknown, or for
                one class
    grid_bits:  points lie on the grid 2^-grid_bits; default 20
    value_bits: for targets: fractions with one denominator, of at most that many bits above and
                below

    :meth:`of` measures the facts of a data set, each when it is first asked for: a margin is never
    computed for a promise that does without.

    Raises ``InvalidArgument`` when a number is out of range.

    >>> Facts(N=1000, d=10, separation=0.28)
    Facts(N=1000, d=10, separation=0.28)
    >>> Facts.of(Dataset([[0], [3], [4]], [0, 1, 1])).margin
    Fraction(3, 1)
    """

    NAMES = ("N", "d", "classes", "radius", "separation", "margin", "grid_bits", "value_bits")

    N: int
    d: int
    classes: int | None
    radius: Fraction
    separation: Fraction | None
    margin: Fraction | None
    grid_bits: int
    value_bits: int | None
    #: The targets of a data set as integers over one denominator; None where there is none.
    targets: tuple[np.ndarray, int] | None = None

    def __init__(
        self,
        N: int,
        d: int,
        *,
        classes: int | None = None,
        radius: float | Fraction = 1,
        separation: float | Fraction | None = None,
        margin: float | Fraction | None = None,
        grid_bits: int = 20,
        value_bits: int | None = None,
    ) -> None:
        if classes is not None and value_bits is not None:
            raise InvalidArgument("classes: give it or value_bits, not both")
        vars(self).update(
            N=whole(N, "N", 1),
            d=whole(d, "d", 1),
            classes=2 if classes is None else whole(classes, "classes", 1),
            radius=at_least_zero(radius, "radius"),
            separation=None if separation is None else at_least_zero(separation, "separation"),
            margin=None if margin is None else at_least_zero(margin, "margin"),
            grid_bits=whole(grid_bits, "grid_bits", 0, MOST_SHIFT),
            value_bits=None if value_bits is None else whole(value_bits, "value_bits", 1),
        )
        if value_bits is not None:
            vars(self)["classes"] = None

    @property
    def one_class(self) -> bool:
        """Whether one class alone can occur, so that a constant will do."""
        return self.N == 1 or self.classes == 1

    @staticmethod
    def of(dataset: Dataset) -> Facts:
        """The facts of the distinct points of ``dataset``; roots are rounded to the safe side, in
        their 64th bit."""
        return _Measured(instance(dataset, "dataset", Dataset).distinct())

    def __repr__(self) -> str:
        default = inspect.signature(Facts).parameters
        told = {
            name: getattr(self, name)
            for name in self.NAMES
            if name in ("N", "d") or getattr(self, name) not in (None, default[name].default)
        }
        if self.classes == 2:
            told.pop("classes", None)
        entries = (f"{k}={float(v) if isinstance(v, Fraction) else v}" for k, v in told.items())
        return f"Facts({', '.join(entries)})"


class _Measured(Facts):
    """The facts of a data set of distinct points."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.N, self.d, self.classes = dataset.N, dataset.d, dataset.classes
        self.grid_bits, self.value_bits = dataset.shift, None

    @property
    def one_class(self) -> bool:
        labels = self.dataset.labels
        return self.N == 1 or (labels is not None and bool((labels == labels[0]).all()))

    @cached_property
    def radius(self) -> Fraction:  # type: ignore[override]
        return directed_root(self.dataset.squared_radius, up=True)

    @cached_property
    def separation(self) -> Fraction | None:  # type: ignore[override]
        return _below(self.dataset.squared_separation)

    @cached_property
    def margin(self) -> Fraction | None:  # type: ignore[override]
        return _below(self.dataset.squared_margin)

    @cached_property
    def targets(self) -> tuple[np.ndarray, int] | None:  # type: ignore[override]
        return None if self.dataset.targets is None else self.dataset.integer_targets()

    def __repr__(self) -> str:  # measuring for a text would take too long
        return f"Facts.of({self.dataset!r})"


def _below(square: Fraction | None) -> Fraction | None:
    return None if square is None else directed_root(square, up=False)


# -- the object -----------------------------------------------------------------------------------


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
        texts = [inspect.getdoc(c) for c in cls.__mro__ if c.__doc__ and _is_described(c)]
        return f"{cls.name()}: {cls.title}\n\n" + "\n\n".join(filter(None, texts))

    @abstractmethod
    def plan(self, data: Dataset, rng: np.random.Generator) -> Any:
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
        these data, ``ConstructionFailed`` when all draws were in vain.
        """
        data, seed = self.accepted(dataset), whole(seed, "seed", 0)
        settled = self.settled(dataset)
        plan = settled.plan(data, np.random.default_rng(seed))
        check_memory(plan.bytes, plan.burden)
        return self.told(settled.network(plan, progress), data, seed)

    def settled(self, dataset: Dataset) -> Self:
        """The same for the distinct points of ``dataset``: parameters that name rows change."""
        return self

    def accepted(self, dataset: Any) -> Dataset:
        """The distinct points of ``dataset``, if this construction takes such values."""
        data = instance(dataset, "dataset", Dataset)
        if data.targets is not None and not self.takes_targets:
            raise HypothesisViolated(
                f"dataset: {self.name()!r} needs labels 0..C-1, got real targets"
            )
        most = self.most_classes
        if data.targets is None and most is not None and data.classes > most:
            raise HypothesisViolated(
                f"dataset: {self.name()!r} needs labels of at most {most} classes, got "
                f"{show(data.classes)}"
            )
        return data.distinct()

    def told(self, network: Network, data: Dataset, seed: int) -> Network:
        """``network``, which tells where it comes from."""
        about: dict[str, Any] = {
            "chapter": self.slug,
            "variant": self.variant,
            "seed": json_int(seed),
            "N": data.N,
            "d": data.d,
        }
        if data.classes is not None:
            about["classes"] = json_int(int(data.classes))
        return network.telling(about | network.about)


def _is_described(cls: type) -> bool:
    """Whether a class is below ``Construction``."""
    return issubclass(cls, Construction) and cls is not Construction


# -- the registry ---------------------------------------------------------------------------------


class Registry(Mapping[str, type[Construction]]):
    """Constructions by name.  Those of the book are there from the beginning; a further one comes
    in by :meth:`register`."""

    def __init__(self, chapters: tuple[str, ...]) -> None:
        self._chapters, self._classes, self._loaded = chapters, dict[str, Any](), False

    def register(self, cls: type[Construction]) -> type[Construction]:
        """Add a class; usable as a decorator.  ``InvalidArgument`` for what is no construction,
        lacks a name, or has that of another."""
        if not (isinstance(cls, type) and issubclass(cls, Construction)):
            raise InvalidArgument(f"cls: a subclass of Construction is needed, got {show(cls)}")
        if missing := [n for n in ("slug", "variant", "title", "theorem") if not hasattr(cls, n)]:
            raise InvalidArgument(f"cls: {cls.__name__} does not say its {', '.join(missing)}")
        if self._classes.get(cls.name(), cls) is not cls:
            raise InvalidArgument(f"cls: there is a construction {cls.name()!r} already")
        self._classes[cls.name()] = cls
        return cls

    def remove(self, name: str) -> None:
        """Forget a class that was registered."""
        del self._classes[name]

    def of_chapter(self, slug: str) -> tuple[type[Construction], ...]:
        """The constructions of a chapter, its default first."""
        return tuple(cls for cls in self.values() if cls.slug == slug)

    def __getitem__(self, name: str) -> type[Construction]:
        if isinstance(name, str):
            if name in self._all():
                return self._all()[name]
            if found := self.of_chapter(name):
                return found[0]
        raise InvalidArgument(f"construction: one of {', '.join(self)} is needed, got {show(name)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, type[Construction]]:
        if not self._loaded:
            self._loaded = True
            added, self._classes = self._classes, {}
            for slug in self._chapters:
                for cls in import_module(f"mem_lib.{slug}").CONSTRUCTIONS:
                    self.register(cls)
            self._classes.update(added)
        return self._classes


REGISTRY = Registry(CHAPTERS)

Named = str | Construction


def made(construction: Named, **parameters: Any) -> Construction:
    """The object that a name and parameters mean; parameters that are None keep their defaults.

    Raises ``InvalidArgument`` for a name or a parameter that there is not.

    >>> made("two_layer.sorted", group_size=2).name()
    'two_layer.sorted'
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    if isinstance(construction, Construction):
        if given:
            raise InvalidArgument(
                f"{min(given)}: the construction {construction} has its parameters already, got "
                f"{show(given[min(given)])}"
            )
        return construction
    cls = REGISTRY[construction]
    for name, value in given.items():
        if name not in cls.parameters():
            takes = ", ".join(cls.parameters()) or "no parameters"
            raise InvalidArgument(
                f"{name}: it means nothing to {cls.name()!r}, which takes {takes}; got "
                f"{show(value)}"
            )
    return cls(**given)


def named(slug: str, variant: str) -> str:
    """The name of a construction of a chapter; ``InvalidArgument`` where there is none."""
    variants = [cls.variant for cls in REGISTRY.of_chapter(slug)]
    return f"{slug}.{one_of(variant, 'variant', variants)}"


def build(
    dataset: Dataset,
    construction: Named,
    *,
    seed: int = 0,
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A network that memorizes ``dataset``.

    Parameters
    ----------
    dataset : points with labels or real targets; repeated points allowed.
    construction : an object, or a name such as ``"optimal_relu.narrow"``; a chapter's
        slug alone is its default.
    seed : a whole number >= 0, from which everything random is drawn.
    progress : True shows bars, False none; by default a terminal shows one when the work takes
        longer than two seconds.
    parameters : of the construction, where it is given by name.

    ``build`` does not run :func:`mem_lib.verify`.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the construction;
        ``TooLarge`` when the network would not fit into memory.
    HypothesisViolated
        When the theorem does not apply to these data.
    ConstructionFailed
        When a random step used up its draws.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=40, d=3, classes=3, seed=1)
    >>> ml.build(dataset, "optimal_relu.narrow").size.width
    3
    """
    return made(construction, **parameters).build(dataset, seed=seed, progress=progress)


def bound(facts: Facts | Dataset | None, construction: Named, **parameters: Any) -> Size | None:
    """What the theorem of a construction promises: no entry of ``Size`` of a network that
    :func:`build` makes is larger, when its random numbers are good; None where nothing is proved.

    ``facts`` are :class:`Facts`, a data set, whose facts they then are, or None, and then N, d and
    the others are among ``parameters``; as are those of the construction and what its ``bound``
    takes beside the facts.

    Raises ``InvalidArgument`` when an argument is missing, out of range or without a meaning,
    ``HypothesisViolated`` when the theorem does not apply.

    >>> bound(None, "two_layer.sorted", N=1000, d=50).neurons
    40
    """
    cls = type(construction) if isinstance(construction, Construction) else REGISTRY[construction]
    beside = list(inspect.signature(cls.bound).parameters)[2:]
    sorted_: dict[str, dict[str, Any]] = {"facts": {}, "beside": {}, "own": {}}
    for name, value in parameters.items():
        if value is not None:
            kind = "facts" if name in Facts.NAMES else "beside" if name in beside else "own"
            sorted_[kind][name] = value
    found = made(construction, **sorted_["own"])
    if facts is None:
        facts = Facts(**{"N": None, "d": None, **sorted_["facts"]})
    elif sorted_["facts"]:
        raise InvalidArgument(
            f"dataset: {', '.join(sorted_['facts'])} are those of the data; omit them"
        )
    elif not isinstance(facts, Facts):
        facts = Facts.of(facts)
    return found.bound(facts, **sorted_["beside"])
