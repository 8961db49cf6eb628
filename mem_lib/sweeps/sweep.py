"""A sweep as data: which constructions, on which data, from which seeds, and what is measured."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mem_lib._base.arguments import integer_in, one_of, truth
from mem_lib._base.budget import budget
from mem_lib._base.files import named
from mem_lib._base.json_price import check as check_price
from mem_lib.constructions import REGISTRY, made
from mem_lib.errors import InvalidArgument, MemorizationError, shown
from mem_lib.sweeps import grid
from mem_lib.sweeps import sets as data_sets
from mem_lib.sweeps.metrics import DEFAULT, METRICS

FORMAT = "mem_lib.sweep 1"
KEYS = ("constructions", "data", "seeds", "metrics")
#: What an entry says beside the parameters of its construction.
OWN = ("name", "attempt")


@dataclass(frozen=True)
class Trial:
    """One network to be built: ``construction`` with ``parameters`` on ``data`` from ``seed``;
    with ``attempt`` a single draw of it.  ``index`` counts the trials of the sweep."""

    index: int
    construction: str
    parameters: Mapping[str, Any]
    attempt: bool
    data: Mapping[str, Any]
    seed: int

    @cached_property
    def key(self) -> str:
        """What the trial is, as a short text: the same for the same trial of any sweep."""
        told = {name: getattr(self, name) for name in ("construction", "parameters", "attempt")}
        return f"t{grid.digest(told | {'data': self.data, 'seed': self.seed})[:15]}"

    def __str__(self) -> str:
        with_ = "".join(f", {name} = {value}" for name, value in self.parameters.items())
        return f"trial {self.index}, {self.construction}{with_}, seed {self.seed}"


@dataclass(frozen=True)
class Sweep:
    """A grid of trials: every construction on every data set from every seed.

    Parameters
    ----------
    constructions : entries such as ``{"name": "beyond_worst_case", "n": [50, 200]}``
        A name of the registry, or a chapter's for its default, and parameters; a list holds
        alternatives, and several lists mean their product.  A value that is itself a list is
        written as a list of lists.  ``"attempt": True`` makes a single draw of the construction
        and returns it whether it memorizes or not, for constructions that have such.
    data : entries such as ``{"name": "moons", "N": 1000}`` or ``{"file": "data.csv"}``
        See :mod:`mem_lib.sweeps.sets`.  A file is looked for from the folder of the process.
    seeds : whole numbers >= 0, or a range ``"0:50"``, which ends before 50
        Of the constructions.  What data are drawn from is their own parameter ``seed``.
    metrics : names of :data:`mem_lib.sweeps.METRICS`; default: all but the times.

    A single entry may stand for a list, a name for an entry without parameters.

    Raises ``InvalidArgument``, naming the entry, for what is unknown, of the wrong kind, empty or
    there twice; ``TooLarge`` for more than a million trials, and for data that do not fit into this
    machine; other errors of the constructions and of the data as they are.

    >>> sweep = Sweep({"name": "beyond_worst_case", "n": [50, 99]}, {"name": "moons", "N": 60},
    ...               seeds="0:3")
    >>> len(sweep), [(trial.parameters["n"], trial.seed) for trial in sweep.trials()][2:4]
    (6, [(50, 2), (99, 0)])
    """

    constructions: Any
    data: Any
    seeds: Any = (0,)
    metrics: Any = DEFAULT

    def __post_init__(self) -> None:
        constructions = grid.entries(self.constructions, "constructions", ("name",))
        data = grid.entries(self.data, "data", data_sets.NAMING)
        seeds = _seeds(self.seeds)
        constructions = tuple(
            _construction(given, f"constructions[{i}]") for i, given in enumerate(constructions)
        )
        counts = {}
        for name, entries in (("constructions", constructions), ("data", data)):
            counts[name] = sum(grid.size(v, f"{name}[{i}]") for i, v in enumerate(entries))
        grid.check_count(counts | {"seeds": len(seeds)})
        vars(self).update(
            constructions=constructions, data=data, seeds=seeds, metrics=_metrics(self.metrics)
        )
        _check_all("constructions", constructions, _check_construction)
        _check_all("data", data, data_sets.check)

    def __len__(self) -> int:
        return len(self.sets) * len(self.choices) * len(self.seeds)

    def __getitem__(self, index: int) -> Trial:
        """The trial of this number, counted from 0."""
        rest, seed = divmod(integer_in(index, "index", 0, len(self) - 1), len(self.seeds))
        data, chosen = divmod(rest, len(self.choices))
        return Trial(index, *self.choices[chosen], self.sets[data], self.seeds[seed])

    def trials(self) -> Iterator[Trial]:
        """All trials, always in this order: data set by data set, on each construction by
        construction, from each seed."""
        return (self[index] for index in range(len(self)))

    @cached_property
    def choices(self) -> tuple[tuple[str, dict[str, Any], bool], ...]:
        """What is built: the name, the parameters that are not null, whether a single draw."""
        chosen = [one for given in self.constructions for one in grid.alternatives(given)]
        return tuple(
            (
                one["name"],
                {name: v for name, v in one.items() if name not in OWN and v is not None},
                one.get("attempt", False),
            )
            for one in chosen
        )

    @cached_property
    def sets(self) -> tuple[dict[str, Any], ...]:
        """The data sets, each without the parameters that are null."""
        chosen = [one for given in self.data for one in grid.alternatives(given)]
        return tuple({name: v for name, v in one.items() if v is not None} for one in chosen)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the results: what the trial is, with a column ``set.NAME`` for each
        parameter of a construction and ``data.NAME`` for each of a data set; how it went; the
        metrics."""
        taken = [name for v in self.constructions for name in REGISTRY[v["name"]].parameters()]
        own = [name for name in dict.fromkeys(taken) if any(name in v for v in self.constructions)]
        taken = [
            name for i, v in enumerate(self.data) for name in data_sets.parameters(v, f"data[{i}]")
        ]
        of_data = [name for name in dict.fromkeys(taken) if any(name in v for v in self.data)]
        return (
            "trial", "key", "version", "construction", *(f"set.{name}" for name in own), "attempt",
            "data", *(f"data.{name}" for name in of_data), "seed", "status", *self.metrics,
            "message", "check",
        )  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what the sweep means."""
        return grid.digest({name: getattr(self, name) for name in KEYS})

    # -- file --------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The content of the file."""
        return {
            "format": FORMAT,
            "constructions": [dict(given) for given in self.constructions],
            "data": [dict(given) for given in self.data],
            "seeds": _range_text(self.seeds) or list(self.seeds),
            "metrics": list(self.metrics),
        }

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_dict(cls, content: Any) -> Sweep:
        """The inverse of :meth:`to_dict`."""
        if not isinstance(content, Mapping):
            raise InvalidArgument(f"sweep: an object of {KEYS} is needed, got {shown(content)}")
        if content.get("format", FORMAT) != FORMAT:
            raise InvalidArgument(
                f"format: {FORMAT!r} is read here, got {shown(content['format'])}"
            )
        given = {name: value for name, value in content.items() if name != "format"}
        for name in given:
            one_of(name, "sweep", KEYS)
        for name in ("constructions", "data"):
            if name not in given:
                raise InvalidArgument(f"{name}: the sweep does not say which")
        return cls(**given)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Sweep:
        """The sweep of a JSON file; ``InvalidArgument`` where it is none, an ``OSError`` where it
        cannot be read."""
        content = named(path).read_bytes()
        check_price(content, f"path: {os.fspath(path)!r}", budget())
        try:
            given = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
        except InvalidArgument as error:
            raise InvalidArgument(f"{os.fspath(path)}: {error}") from None
        except (ValueError, RecursionError) as error:
            raise InvalidArgument(f"path: {os.fspath(path)!r} is not JSON: {error}") from None
        try:
            return cls.from_dict(given)
        except MemorizationError as error:
            raise type(error)(f"{os.fspath(path)}: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidArgument(f"{twice}: it is there twice")
    return found


def _no_number(text: str) -> None:
    raise InvalidArgument(f"numbers: a finite number is needed, got {text}")


def _construction(given: dict[str, Any], where: str) -> dict[str, Any]:
    """The entry with the full name of its construction."""
    try:
        cls = REGISTRY.find(given["name"])
    except InvalidArgument as error:
        raise InvalidArgument(f"{where}.name: {error}") from None
    found = given | {"name": cls.name()}
    if truth(given.get("attempt", False), f"{where}.attempt") and not hasattr(cls, "attempt"):
        raise InvalidArgument(f"{where}.attempt: {cls.name()!r} has no single draws")
    return found


def _check_construction(chosen: Mapping[str, Any], where: str) -> None:
    own = {name: value for name, value in chosen.items() if name not in OWN}
    try:
        made(chosen["name"], **own)
    except MemorizationError as error:
        raise type(error)(f"{where}: {error}") from None


def _check_all(name: str, entries: tuple[dict[str, Any], ...], check: Any) -> None:
    """Every alternative of every entry is right, and there once."""
    seen: dict[str, int] = {}
    for i, given in enumerate(entries):
        for own, value in given.items():
            if isinstance(value, list):
                texts = [grid.canonical(v) for v in value]
                if len(set(texts)) < len(texts):
                    raise InvalidArgument(
                        f"{name}[{i}].{own}: a value is there twice, got {shown(value)}"
                    )
        for chosen in grid.alternatives(given):
            check(chosen, f"{name}[{i}]")
            if (k := seen.setdefault(grid.canonical(chosen), i)) != i:
                raise InvalidArgument(
                    f"{name}[{i}]: {name}[{k}] has the same trials, got {shown(chosen)}"
                )


def _seeds(seeds: Any) -> tuple[int, ...]:
    if isinstance(seeds, str):
        seeds = slice_of(seeds, "seeds")
    elif not isinstance(seeds, list | tuple | range):
        seeds = grid.plain(seeds, "seeds")
        seeds = seeds if isinstance(seeds, list) else [seeds]
    if not len(seeds):
        raise InvalidArgument("seeds: the list is empty")
    grid.check_count({"seeds": len(seeds)})
    found = tuple(integer_in(seed, f"seeds[{i}]", 0) for i, seed in enumerate(seeds))
    if len(set(found)) < len(found):
        twice = next(seed for i, seed in enumerate(found) if seed in found[:i])
        raise InvalidArgument(f"seeds: {twice} is there twice")
    return found


def slice_of(text: str, name: str) -> range:
    """The numbers of a range such as ``"0:100"``, which ends before 100."""
    match = re.fullmatch(r"([0-9]{1,12}):([0-9]{1,12})", text, re.ASCII)
    if match is None or int(match[1]) >= int(match[2]):
        raise InvalidArgument(f"{name}: a range such as '0:100' is needed, got {shown(text)}")
    return range(int(match[1]), int(match[2]))


def _range_text(seeds: tuple[int, ...]) -> str:
    first, last = seeds[0], seeds[-1]
    return f"{first}:{last + 1}" if seeds == tuple(range(first, last + 1)) else ""


def _metrics(metrics: Any) -> tuple[str, ...]:
    listed = [metrics] if isinstance(metrics, str) else metrics
    if not isinstance(listed, list | tuple) or not listed:
        raise InvalidArgument(f"metrics: a list of names is needed, got {shown(metrics)}")
    found = [one_of(name, f"metrics[{i}]", METRICS) for i, name in enumerate(listed)]
    if len(set(found)) < len(found):
        raise InvalidArgument(f"metrics: one is there twice, got {shown(metrics)}")
    return tuple(found)
