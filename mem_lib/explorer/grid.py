"""The networks that a page offers: a cell for every stop of its sliders.

The product of N, d and margin is complete where every other control is at its start; the other
controls have more stops in the plane, d = 2, only.  Cells are built, verified and packed here, and
kept in the folder that ``MEM_LIB_CELLS`` names, under the hash of the library and of what they are
made from, so that a book whose library has not changed builds them once.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument, shown
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.pack import coded

#: The three that every chapter's explorer varies.
THREE = ("N", "d", "margin")
CELLS = "MEM_LIB_CELLS"
Setting = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """A control: its name, what stands beside it, its stops and the one to start at.

    ``words`` are shown in place of the stops, one each; with them the control is a row of buttons.
    """

    name: str
    label: str
    values: tuple[Any, ...]
    start: Any
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.start not in self.values:
            raise InvalidArgument(
                f"start: one of {list(self.values)} is needed for {self.name}, "
                f"got {shown(self.start)}"
            )
        if self.words and len(self.words) != len(self.values):
            raise InvalidArgument(
                f"words: {len(self.values)} are needed for {self.name}, got {list(self.words)}"
            )


def settings(
    axes: Sequence[Axis], exists: Callable[[Setting], bool] = lambda _: True
) -> list[Setting]:
    """All settings of a grid, the start first.

    N, d and margin in every combination with the starts of the others; the stops of each other
    control, in every combination of N and margin, for d = 2.  ``exists`` leaves out combinations
    that make no sense; it is not asked about the complete product.

    Raises ``InvalidArgument`` unless N, d and margin are among the axes.
    """
    lacking = [name for name in THREE if name not in [axis.name for axis in axes]]
    if lacking:
        raise InvalidArgument(f"axes: {THREE} are needed, {lacking} are lacking")
    base = [axis for axis in axes if axis.name in THREE]
    others = [axis for axis in axes if axis.name not in THREE]
    start = {axis.name: axis.start for axis in axes}
    found = [start | setting for setting in _product(base)]
    flat = [setting for setting in found if setting["d"] == 2]
    for setting in flat:
        for other in others:
            for value in other.values:
                more = setting | {other.name: value}
                if value != other.start and exists(more):
                    found.append(more)
    return [start, *(setting for setting in found if setting != start)]


def _product(axes: Sequence[Axis]) -> Iterator[Setting]:
    for values in itertools.product(*(axis.values for axis in axes)):
        yield {axis.name: value for axis, value in zip(axes, values, strict=True)}


def key_of(setting: Mapping[str, Any]) -> str:
    """A name for a setting: its values in the order of its controls."""
    return "|".join(str(value) for value in setting.values())


@dataclass(frozen=True)
class Grid:
    """What :func:`grid` makes: packed cells and data sets, and the counts of every cell."""

    cells: Mapping[str, str]
    pools: Mapping[str, str]
    counts: Mapping[str, Any]


def grid(make: Callable[[Setting], Cell], wanted: Sequence[Setting], *, name: str = "") -> Grid:
    """All cells of the settings ``wanted``, verified and packed.

    ``make`` builds the cell of a setting; ``name``, with the setting, is what it depends on beside
    the library.  Data sets of which one is the beginning of another are packed once, and so are
    first layers.

    Raises as ``make`` and :func:`mem_lib.verify` do, and ``ConstructionFailed`` when a network is
    wrong on a point.
    """
    made = [_kept(make, setting, name) for setting in wanted]
    data: list[dict[str, Any]] = []
    cells = {}
    for entry in sorted(made, key=lambda one: -len(one["data"]["values"])):
        pool = _pool(data, entry["data"])
        cell = entry["cell"] | {"pool": f"data{pool}", "N": len(entry["data"]["values"])}
        cells[key_of(cell["setting"])] = cell
    layers = _share_first_layers(list(cells.values()))
    order = [key_of(setting) for setting in wanted]
    counts = {
        key: {"built": entry["cell"]["counts"], "promised": entry["cell"]["promised"]}
        for key, entry in zip(order, made, strict=True)
    }
    pools = {f"data{i}": one for i, one in enumerate(data)} | layers
    return Grid(
        {key: _packed(cells[key]) for key in order},
        {name: _packed(pool) for name, pool in pools.items()},
        counts,
    )


def _pool(data: list[dict[str, Any]], own: dict[str, Any]) -> int:
    """The place in ``data`` of the first data set that begins with ``own``, which is added where
    there is none."""
    N = len(own["values"])
    for i, one in enumerate(data):
        if all(one[name][:N] == own[name] for name in ("points", "values")):
            return i
    data.append(own)
    return len(data) - 1


def _share_first_layers(cells: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The first layers that begin like one of another cell, each taken out of its cells, which say
    its name and how many of its units are theirs."""
    found: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for cell in sorted(cells, key=lambda cell: -_units(_first(cell))):
        own = _first(cell)
        for layer, users in found:
            if _cut(layer, _units(own)) == own:
                users.append(cell)
                break
        else:
            found.append((own, [cell]))
    shared = {f"layer{i}": one for i, one in enumerate(found) if len(one[1]) > 1}
    for name, (_, users) in shared.items():
        for cell in users:
            own, *others = cell["network"]["layers"]
            cell["first"] = {"pool": name, "units": _units(own)}
            cell["network"] = cell["network"] | {"layers": others}
    return {name: layer for name, (layer, _) in shared.items()}


def _first(cell: dict[str, Any]) -> dict[str, Any]:
    layer: dict[str, Any] = cell["network"]["layers"][0]
    return layer


def _units(layer: dict[str, Any]) -> int:
    return len(layer["rows"] if "rows" in layer else layer["bias"])


def _cut(layer: dict[str, Any], units: int) -> dict[str, Any]:
    """The first ``units`` units of a layer of a network file."""
    return {k: v[:units] if isinstance(v, list) else v for k, v in layer.items()}


def _kept(make: Callable[[Setting], Cell], setting: Setting, name: str) -> dict[str, Any]:
    """The cell of a setting with its data, from the folder of cells if it is there."""
    folder = os.environ.get(CELLS)
    path = None
    if folder:
        made_from = json.dumps([_library(), name, setting], sort_keys=True)
        path = Path(folder) / f"{hashlib.sha256(made_from.encode()).hexdigest()[:32]}.json.gz"
        try:
            return json.loads(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, ValueError):
            pass  # not there, or damaged: it is made again
    cell = make(setting)
    entry = {"cell": cell.packed(setting), "data": cell.points()}
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, [gzip.compress(json.dumps(entry).encode(), 6, mtime=0)])
    return entry


@cache
def _library() -> str:
    """A hash of the library's Python files, and of the Python that runs them."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _packed(value: Any) -> str:
    return coded(json.dumps(value, separators=(",", ":")))
