"""The bookkeeping: values on a line, broken into the rows of a table.

Everything is read off a network: its layers of stage "rows" and what comes before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import instance
from mem_lib.data import Dataset
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.exact import evaluate
from mem_lib.figures import Colours, Picture
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def values_in(network: Network, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """(v, s): the value v of every point, shape (N,), and where the rows of the table start, shape
    (G,): int64 or Python integers.

    Raises ``InvalidNetwork`` for a network without a table, as that of one label alone.

    >>> from mem_lib import data, deep_threshold
    >>> line = Dataset([[0], [1], [2]], [0, 1, 0])
    >>> network = deep_threshold.build(line, variant="shallow", first_layer="grid")
    >>> values, starts = values_in(network, line)
    >>> len(set(values.tolist())) >= 2, len(starts)
    (True, 1)
    """
    at = _rows_of(network)
    rows = network.layers[at]
    gates = [i for i, name in enumerate(rows.names or ()) if name.startswith("row")]
    before = Network(network.layers[:at], network.input_shift, readout="argmax")
    bits, _ = evaluate(before, dataset)
    form = np.zeros(rows.inputs, dtype=object)
    for unit, weight in rows.row(gates[0])[1]:
        form[unit] = weight // 2  # gates are stored doubled
    values = bits.astype(object) @ form
    starts = np.array([(1 - rows.row(i)[0]) // 2 for i in gates], dtype=object)
    return values, starts


def _rows_of(network: Network) -> int:
    stages = [layer.stage for layer in instance(network, "network", Network).layers]
    if "rows" not in stages:
        raise InvalidNetwork(
            f"network: a table of rows and columns is needed, got {shown(network)}"
        )
    return stages.index("rows")


def bookkeeping(network: Network, dataset: Dataset, *, name: str = "") -> Picture:
    """The points in the order of their values, written like lines of a text: every row of the table
    begins where the label changes, and a column of gates finds the next changes in every row.

    Raises as :func:`values_in`, and ``InvalidDataset`` for points without labels.
    """
    dataset = figures.drawable(dataset, d=None)
    values, starts = values_in(network, dataset)
    order = np.argsort(values, kind="stable")
    labels, ordered = dataset.labels[order], values[order]
    row = np.searchsorted(starts, ordered, side="right")
    tally = np.bincount(row, minlength=len(starts) + 1)
    runs = _runs(labels, row)

    def draw(ax: Axes, colours: Colours) -> None:
        for k in range(int(dataset.classes)):
            cells = [(x, y, n) for x, y, n, label in runs if label == k]
            if cells:
                x, y, n = np.array(cells).T
                ax.barh(y, n - 0.3, left=x + 0.15, height=0.72, align="center",
                        color=colours.classes[k % 6], linewidth=0)  # fmt: skip
        figures.scale(
            ax, xlabel="points of the row, in the order of their values", ylabel="row of the table",
            ylim=(len(starts) + 0.6, -0.6), xlim=(0, int(tally.max()) + 0.5),
        )  # fmt: skip

    breaks = int((labels[1:] != labels[:-1]).sum())
    most = max(sum(y == t for _, y, _, _ in runs) for t in range(len(starts) + 1))
    return figures.show(
        draw,
        f"{len(starts) + 1} rows of coloured runs: the points in the order of their values, broken "
        "into lines.",
        size=(6.8, min(4.6, 1.2 + 0.17 * (len(starts) + 1))),
        caption=f"{dataset.N} points in the order of their values: the colour changes {breaks} "
        f"times. Written as {len(starts) + 1} rows, none has more than {most} runs of one colour, "
        "so as many column gates serve all rows.",
        name=name,
    )


def _runs(labels: np.ndarray, row: np.ndarray) -> list[tuple[int, int, int, int]]:
    """(place in the row, row, length, label) of each run of equal labels within a row."""
    new = np.flatnonzero(
        np.concatenate([[True], (labels[1:] != labels[:-1]) | (row[1:] != row[:-1])])
    )
    ends = np.append(new[1:], len(labels))
    first = {int(r): int(i) for i, r in reversed(list(enumerate(row)))}
    return [
        (int(a) - first[int(row[a])], int(row[a]), int(b - a), int(labels[a]))
        for a, b in zip(new, ends, strict=True)
    ]
