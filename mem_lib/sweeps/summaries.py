"""Results by cell of the grid: what share memorizes, how large the networks are.

A share comes with the interval of Clopper and Pearson: whatever the probability is, the interval
misses it in at most 5 of 100 repetitions of the experiment.  A trial without a network does not
memorize; means are over those that have one.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mem_lib._base.rates import interval
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures.tables import Table, table
from mem_lib.sweeps import rows as lines
from mem_lib.sweeps.metrics import METRICS

#: Metrics that a table shows unless others are asked for.
SHOWN = ("covering", "width", "neurons", "weights")
#: Metrics whose mean says nothing.
_NO_MEAN = ("layers",)


def cells(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a results file, cell by cell: a dict for each construction with its parameters
    on each kind of data, whatever the seeds of both.

    It holds these columns, ``trials``, ``built`` (how many have a network), where ``memorized`` was
    measured how many do, their ``rate`` and the ends ``low`` and ``high`` of its interval; for each
    other metric that is a number the mean under its name, and ``sd.NAME``, the deviation of the
    sample (None for fewer than two).
    """
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in _by(row)), []).append(row)
    return [_cell(group) for group in groups.values()]


def _by(row: Mapping[str, Any]) -> list[str]:
    """The columns that say to which cell a row belongs."""
    own = ("construction", "attempt", "data")
    return [
        name
        for name in row
        if name in own or (name.startswith(("set.", "data.")) and name != "data.seed")
    ]


def _cell(group: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    built = [row for row in group if lines.finished(row)]
    found = {name: group[0][name] for name in _by(group[0])}
    found |= {"trials": len(group), "built": len(built)}
    if "memorized" in group[0]:
        right = sum(row["memorized"] for row in built)
        low, high = interval(right, len(group))
        found |= {"memorized": right, "rate": right / len(group), "low": low, "high": high}
    for name in METRICS:
        if name in group[0] and name not in ("memorized", *_NO_MEAN):
            values = [row[name] for row in built if row[name] is not None]
            found[name] = statistics.fmean(values) if values else None
            found[f"sd.{name}"] = statistics.stdev(values) if len(values) > 1 else None
    return found


def summary(rows: Sequence[Mapping[str, Any]], metrics: Sequence[str] | None = None) -> Table:
    """A table of the cells: the columns in which they differ, trials, the share that memorizes with
    its interval, the means of ``metrics``.

    Raises ``InvalidArgument`` where there are no rows, or they are not of one sweep, each once, or
    no such metric was measured.
    """
    _check_of_one(rows)
    measured = [name for name in METRICS if name in rows[0] and name not in _NO_MEAN]
    for name in metrics or ():
        if name not in measured:
            raise InvalidArgument(f"metrics: measured are {tuple(measured)}, got {shown(name)}")
    means = [n for n in metrics or SHOWN if n in measured and n != "memorized"]
    found = cells(rows)
    means = [n for n in means if any(cell[n] is not None for cell in found)]
    differ = [n for n in _by(rows[0]) if len({repr(cell[n]) for cell in found}) > 1]
    differ = differ or ["construction"]
    share = ["memorized", "95 %"] if "memorized" in rows[0] else []
    built = ["built"] if any(cell["built"] < cell["trials"] for cell in found) else []
    body = [
        [
            *(cell[n] for n in differ),
            cell["trials"],
            *(cell[n] for n in built),
            *([round(cell["rate"], 3), _ends(cell)] if share else []),
            *(cell[n] for n in means),
        ]
        for cell in found
    ]
    names = [*differ, "trials", *built, *share, *(f"mean {name}" for name in means)]
    same = ", ".join(f"{n} = {found[0][n]}" for n in _by(rows[0]) if _alike(n, differ, found[0]))
    return table(body, names, caption=f"{len(rows)} trials{same and f', {same}'}", sortable=True)


def _check_of_one(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        raise InvalidArgument("rows: there are none yet")
    seen = set()
    for row in rows:
        if row.keys() != rows[0].keys():
            raise InvalidArgument("rows: they are of sweeps with other columns")
        if row["key"] in seen:
            raise InvalidArgument(f"rows: trial {row['trial']} ({row['key']}) is there twice")
        seen.add(row["key"])


def _alike(name: str, differ: Sequence[str], cell: Mapping[str, Any]) -> bool:
    return name not in differ and name != "attempt" and cell[name] is not None


def _ends(cell: Mapping[str, Any]) -> str:
    return f"{cell['low']:.3f} to {cell['high']:.3f}"
