"""All constructions by name, and what is done with one that is named."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from mem_lib._base.arguments import one_of
from mem_lib.constructions.construction import Construction
from mem_lib.constructions.facts import Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network, Size

#: The chapters that build networks, in the order of the book.  They are loaded by name, when the
#: registry is first asked: nothing here depends on any of them.
CHAPTERS = (
    "two_layer", "deep_threshold", "optimal_relu", "beyond_worst_case", "generalization",
)  # fmt: skip


class Registry(Mapping[str, type[Construction]]):
    """Constructions by name.  Those of the book are there from the beginning; a further one comes
    in by :meth:`register`."""

    def __init__(self, chapters: tuple[str, ...]) -> None:
        self._chapters, self._classes, self._loaded = chapters, dict[str, Any](), False

    def register(self, cls: type[Construction]) -> type[Construction]:
        """Add a class; usable as a decorator.  ``InvalidArgument`` for what is no construction,
        lacks a name, or has that of another."""
        if not (isinstance(cls, type) and issubclass(cls, Construction)):
            raise InvalidArgument(f"cls: a subclass of Construction is needed, got {shown(cls)}")
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

    def find(self, name: object) -> type[Construction]:
        """The class of this name, or a chapter's default; ``InvalidArgument`` where there is
        none."""
        if isinstance(name, str):
            if name in self:
                return self[name]
            if found := self.of_chapter(name):
                return found[0]
        return self[one_of(name, "construction", self)]

    def __getitem__(self, name: str) -> type[Construction]:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, type[Construction]]:
        if not self._loaded:
            chapters = [import_module(f"mem_lib.{slug}") for slug in self._chapters]
            added, self._classes = self._classes, {}
            for cls in (*(c for room in chapters for c in room.CONSTRUCTIONS), *added.values()):
                self.register(cls)
            self._loaded = True
        return self._classes


REGISTRY = Registry(CHAPTERS)

Named = str | Construction


def made(construction: Named, /, **parameters: Any) -> Construction:
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
                f"{shown(given[min(given)])}"
            )
        return construction
    cls = REGISTRY.find(construction)
    for name, value in given.items():
        if name not in cls.parameters():
            takes = ", ".join(cls.parameters()) or "no parameters"
            raise InvalidArgument(
                f"{name}: it means nothing to {cls.name()!r}, which takes {takes}; got "
                f"{shown(value)}"
            )
    return cls(**given)


def named(slug: str, variant: object) -> str:
    """The name of a construction of a chapter; ``InvalidArgument`` where there is none."""
    variants = [cls.variant for cls in REGISTRY.of_chapter(slug)]
    return f"{slug}.{one_of(variant, 'variant', variants)}"


def build(
    dataset: Dataset,
    construction: Named,
    /,
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


def bound(facts: Facts | Dataset | None, construction: Named, /, **parameters: Any) -> Size | None:
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
    cls = (
        type(construction)
        if isinstance(construction, Construction)
        else REGISTRY.find(construction)
    )
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
        name, value = next(iter(sorted_["facts"].items()))
        raise InvalidArgument(f"{name}: facts tell it already; omit it, got {shown(value)}")
    elif isinstance(facts, Dataset):
        facts = Facts.of(facts)
    elif not isinstance(facts, Facts):
        raise InvalidArgument(
            f"facts or dataset: Facts or a Dataset are needed, got {shown(facts)}"
        )
    return found.bound(facts, **sorted_["beside"])
