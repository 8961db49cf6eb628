"""Data sets by name and parameters, as a sweep and its workers make them.

``{"name": "moons", "N": 1000}`` is ``ml.data.moons(N=1000)``; ``"hostile.rays"`` is one of
``ml.data.hostile``; ``{"file": "data.csv", "label": "class"}`` is what ``python -m mem_lib build``
reads.  Two more parameters belong to every set with labels: ``labels="1,8"`` keeps the points with
these labels, which become 0, 1, ..., and ``rows=1000`` keeps the first so many rows.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from mem_lib import data
from mem_lib._base.arguments import integer_in, one_of
from mem_lib.cli import reading
from mem_lib.data import Dataset
from mem_lib.data.sampling import shape
from mem_lib.errors import InvalidArgument, InvalidDataset, MemorizationError, shown

_DRAWN: dict[str, Callable[..., Dataset]] = {
    maker.__name__: maker
    for maker in (
        data.ball, data.sphere, data.balls, data.shells, data.moons, data.lattice,
        data.moment_curve,
    )
} | {f"hostile.{name}": family for name, family in data.hostile.items()}  # fmt: skip
_STORED: dict[str, Callable[..., Dataset]] = {
    "digits": data.digits, "mnist": data.mnist, "cifar10": data.cifar10,
}  # fmt: skip
#: How they are fetched is nothing that a trial depends on, and workers fetch nothing.
_APART = ("download", "progress")
#: All sets that have a name.
NAMES = (*_DRAWN, *_STORED)
#: What says which data are meant, and what chooses among them.
NAMING, CHOICE = ("name", "file"), ("labels", "rows")


def parameters(given: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The parameters of a set, in order; ``InvalidArgument`` for a name that is none."""
    if "file" in given:
        own = [name for name in inspect.signature(reading.read).parameters if name != "path"]
    else:
        name = one_of(given["name"], f"{where}.name", NAMES)
        signature = inspect.signature((_DRAWN | _STORED)[name])
        own = [name for name in signature.parameters if name not in _APART]
    return (*own, *CHOICE)


def check(given: Mapping[str, Any], where: str) -> None:
    """``InvalidArgument`` where a set of these parameters cannot be; ``TooLarge`` where it does not
    fit into this machine.  Of a set that is drawn two points are drawn."""
    taken = parameters(given, where)
    for name in given:
        if name not in (*NAMING, *taken):
            raise InvalidArgument(
                f"{where}.{name}: it means nothing to {told(given)!r}, which takes "
                f"{', '.join(taken)}; got {shown(given[name])}"
            )
    if is_stored(given):
        _chosen(given, where)
        return
    maker = _DRAWN[given["name"]]
    own = {name: v for name, v in _own(given).items() if v is not None}
    for name, parameter in inspect.signature(maker).parameters.items():
        if parameter.default is parameter.empty and name not in own:
            raise InvalidArgument(f"{where}.{name}: {given['name']!r} needs it")
    try:
        N, _ = shape(own["N"], own.get("d", 2))
        maker(**own | {"N": min(N, 2)})
        _chosen(given, where)
    except MemorizationError as error:
        raise type(error)(f"{where}: {error}") from None


def is_stored(given: Mapping[str, Any]) -> bool:
    """Whether it is read, and could be another one elsewhere or later."""
    return "file" in given or given["name"] in _STORED


def told(given: Mapping[str, Any]) -> str:
    """What it is called."""
    return str(given.get("file", given.get("name")))


def make(given: Mapping[str, Any]) -> Dataset:
    """The data set; an ``OSError`` where it cannot be read, ``InvalidDataset`` where it cannot
    be."""
    own = {name: value for name, value in _own(given).items() if value is not None}
    if "file" in given:
        found = reading.read(given["file"], **own)[0]
    elif given["name"] in _DRAWN:
        found = _DRAWN[given["name"]](**own)
    else:
        maker = _STORED[given["name"]]
        quiet = {"download": False, "progress": False} if given["name"] != "digits" else {}
        found = maker(**own, **quiet)
    return _restricted(found, given)


def kept(given: Mapping[str, Any]) -> Dataset:
    """The same as :func:`make`, without making one of the last two again."""
    return _made(json.dumps(given, sort_keys=True))


@lru_cache(maxsize=2)
def _made(text: str) -> Dataset:
    return make(json.loads(text))


def _own(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in given.items() if name not in (*NAMING, *CHOICE)}


def _chosen(given: Mapping[str, Any], where: str) -> tuple[list[int] | None, int | None]:
    """The labels and the number of rows that are kept; None where all are."""
    labels, rows = given.get("labels"), given.get("rows")
    chosen = None
    if labels is not None:
        words = str(labels).split(",") if not isinstance(labels, bool) else [""]
        if not all(word.strip().isdecimal() and len(word) < 10 for word in words):
            raise InvalidArgument(
                f"{where}.labels: numbers with commas, such as '1,8', are needed, got "
                f"{shown(labels)}"
            )
        chosen = [int(word) for word in words]
        if len(set(chosen)) < len(chosen):
            raise InvalidArgument(f"{where}.labels: a label is named twice, got {shown(labels)}")
    return chosen, None if rows is None else integer_in(rows, f"{where}.rows", 1)


def _restricted(dataset: Dataset, given: Mapping[str, Any]) -> Dataset:
    labels, rows = _chosen(given, "data")
    if labels is not None:
        if dataset.labels is None or max(labels) >= dataset.classes:
            raise InvalidDataset(
                f"data.labels: {told(given)!r} has "
                + ("real targets" if dataset.labels is None else f"labels below {dataset.classes}")
                + f", got {shown(given['labels'])}"
            )
        places = np.full(dataset.classes, -1)
        places[labels] = range(len(labels))
        new = places[dataset.labels]
        names = dataset.names and [dataset.names[k] for k in labels]
        dataset = Dataset(
            dataset.points[new >= 0], new[new >= 0], classes=len(labels), names=names,
            separation_at_least=dataset.separation_at_least,
        )  # fmt: skip
    if rows is not None:
        if rows > dataset.N:
            raise InvalidDataset(f"data.rows: {told(given)!r} has {dataset.N} rows, got {rows}")
        dataset = dataset.subset(slice(rows))
    return dataset
