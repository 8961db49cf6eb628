r"""The table: a label is looked up in about sqrt(N) rows and sqrt(N) columns of threshold gates.

Points are integers v >= 0 by now, different for different labels, and v is a sum of bits.  Read the
values in increasing order: the label changes B times, at the *breaks*.  Cut the breaks into rows of
S: row t runs from its start s_t up to the next one, and row 0 from 0 up to s_1.

* *Rows.*  Gate t is [v >= s_t]: in row t exactly the first t of them are 1.
* *Columns.*  In row t the gate i of a label bit is to be [v >= tau_i(t)], where tau_1(t) <=
  tau_2(t) <= ... are the places in the row at which the bit flips, 0 at its left end.  Since the
  first t row gates are on, the threshold tau_i(t) is a telescoping sum:
  [v - sum_t (tau_i(t) - tau_i(t-1)) g_t >= tau_i(0)].
  A row with fewer flips is padded with the start of the next row, which no v in it reaches; so the
  differences are never negative and sum up to at most the largest value plus one.
* *Answer.*  Of the column gates of a bit, the first c are on: e_1 - e_2 + e_3 - ... is c mod 2, the
  bit.  Sums of 2^b times these are the label: one linear unit.

With q label bits and S = ceil(sqrt(B/q)) these are at most 2 sqrt(qB) + q + 1 gates, and nothing is
random: theorem ``thm-deep_threshold-table``.  Gates are written 2z + 1 >= 0, so none is ever 0.

>>> table = Table.of([3, 5, 8, 9, 14, 20], [0, 1, 1, 0, 1, 0], top=31)
>>> table.starts.tolist(), [tau.tolist() for tau in table.thresholds]
([5, 14], [[[5, 5, 14], [5, 9, 20]]])
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.integers import INT64_LIMIT, integers
from mem_lib._base.numbers import numbers_of
from mem_lib.deep_threshold.layers import constant_network, entries_of, threshold_layer
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.network import Layer, Network, Sparse


def rows_and_columns(breaks: int, bits: int) -> tuple[int, int]:
    """(G, S): S is the least number with bits * S^2 >= breaks, and G = ceil(breaks / S).

    >>> rows_and_columns(10**16 + 1, 1)  # a float would say 10^8
    (100000000, 100000001)
    """
    if breaks == 0:
        return 0, 0
    columns = math.isqrt((breaks - 1) // bits) + 1
    return -(-breaks // columns), columns


@dataclass(frozen=True, eq=False)
class Table:
    """Labels of the integers 0..top, constant between breaks (theorem
    ``thm-deep_threshold-table``).

    breaks:     B, how often the label changes when the values are read in increasing order
    starts:     (G,) integers: where rows 1..G start
    thresholds: for each label bit b, lowest first, an array (S_b, G + 1): entry (i, t) is the
                threshold of column gate i + 1 in row t
    top:        the largest value there can be

    Integers are int64 while 2 (top + 1) is below 2^62, Python integers otherwise.

    >>> table = Table.of([2, 3, 7, 10, 11], [2, 0, 3, 1, 3], top=15)  # two label bits, a row 0
    >>> table.starts.tolist(), [tau.tolist() for tau in table.thresholds]
    ([3, 10], [[[3, 7, 10]], [[0, 7, 11]]])
    >>> extreme = Table.of([0, 1], [1, 0], top=1)  # the padding reaches top + 1
    >>> extreme.starts.tolist(), extreme.thresholds[0].tolist()
    ([1], [[0, 2]])
    """

    breaks: int
    starts: np.ndarray
    thresholds: tuple[np.ndarray, ...]
    top: int

    @property
    def rows(self) -> int:
        """G, the number of row gates."""
        return len(self.starts)

    @property
    def columns(self) -> int:
        """The number of column gates, over all label bits."""
        return sum(map(len, self.thresholds))

    @classmethod
    def of(cls, values: Any, labels: Any, top: int | None = None) -> Table:
        """The table for integers ``values`` >= 0 with ``labels`` >= 0, both of shape (N,); ``top``
        is the largest value there can be, by default the largest there is.

        Raises ``InvalidArgument`` where ``top`` is smaller, or equal values have different labels;
        ``InvalidDataset`` for what are no such integers.
        """
        values, labels = _checked(values, labels)
        largest = int(values.max())
        top = largest if top is None else integer_in(top, "top", largest)
        order = np.argsort(values, kind="stable")
        values, labels = values[order], labels[order]
        changes = np.flatnonzero(labels[1:] != labels[:-1]) + 1
        if (same := np.flatnonzero(values[changes] == values[changes - 1])).size:
            i, j = order[changes[same[0]] - 1], order[changes[same[0]]]
            raise InvalidArgument(
                f"values: entries {i} and {j} are both {values[changes[same[0]]]}, with different "
                f"labels"
            )
        kind = np.int64 if 2 * (top + 1) < INT64_LIMIT else object
        return cls._from_breaks(
            values[changes].astype(kind), labels[np.concatenate([[0], changes])], top
        )

    @classmethod
    def _from_breaks(cls, breaks: np.ndarray, labels: np.ndarray, top: int) -> Table:
        """``labels``: before the first break, then behind each."""
        bits = max(1, int(labels.max()).bit_length())
        _, width = rows_and_columns(len(breaks), bits)
        starts = breaks[:: max(width, 1)]
        ends = np.concatenate([starts, np.array([top + 1], dtype=breaks.dtype)])
        tables = []
        for b in range(bits):
            bit = (labels >> b) & 1
            before = bit[:-1].copy()
            before[:: max(width, 1)] = 0  # every row begins with 0
            flips = np.flatnonzero(bit[1:] != before)
            row = flips // max(width, 1)
            place = np.arange(len(flips)) - np.searchsorted(row, row)
            count = int(max(place.max(initial=-1) + 1, bit[0]))
            tau = np.repeat(ends[None, :], count, axis=0)
            tau[place, row + 1] = breaks[flips]
            if bit[0]:
                tau[0, 0] = 0
            tables.append(tau)
        return cls(len(breaks), starts, tuple(tables), top)

    def layers(self, bits: Sparse, coefficients: np.ndarray) -> list[Layer]:
        """Rows, columns and answer, behind a layer whose units make up the bits of the values.

        bits:         (k, units): bit j is the sum of ``bits[j]`` over the units, 0 or 1
        coefficients: (k,): v is the sum of coefficient times bit
        """
        return [
            self._row_layer(bits, coefficients),
            self._column_layer(coefficients),
            self._answer_layer(),
        ]

    def _row_layer(self, bits: Sparse, coefficients: np.ndarray) -> Layer:
        """Copies of the bits beside the row gates [v >= s_t]."""
        k, units = bits.shape
        of, column, sign = entries_of(bits)
        form = np.zeros(units, dtype=self.starts.dtype)  # v, as a sum over the units
        np.add.at(form, column, coefficients.astype(self.starts.dtype)[of] * sign)
        read = np.flatnonzero(form)
        row = np.concatenate([of, np.repeat(np.arange(k, k + self.rows), len(read))])
        return threshold_layer(
            "rows",
            (row, np.concatenate([column, np.tile(read, self.rows)])),
            np.concatenate([sign, np.tile(form[read], self.rows)]),
            np.concatenate([np.ones(k, dtype=np.int64), self.starts]),
            (k + self.rows, units),
            [f"copy {j + 1}" for j in range(k)] + [f"row {t + 1}" for t in range(self.rows)],
        )

    def _column_layer(self, coefficients: np.ndarray) -> Layer:
        tau = np.concatenate([t for t in self.thresholds if len(t)])
        form = np.repeat(coefficients.astype(tau.dtype)[None, :], len(tau), axis=0)
        weight = np.concatenate([form, tau[:, :-1] - tau[:, 1:]], axis=1)
        names = [
            f"column {i + 1}" + (f", label bit {b}" if len(self.thresholds) > 1 else "")
            for b, of_bit in enumerate(self.thresholds)
            for i in range(len(of_bit))
        ]
        return Layer(2 * weight, 1 - 2 * tau[:, 0], "threshold", names=names, stage="columns")

    def _answer_layer(self) -> Layer:
        """The sum of 2^b (e_1 - e_2 + e_3 - ...), over the label bits b."""
        signs = [
            (1 - 2 * (i % 2)) << b
            for b, of_bit in enumerate(self.thresholds)
            for i in range(len(of_bit))
        ]
        return Layer(integers(signs)[None, :], [0], "identity", names=["label"], stage="answer")


def table_network(values: Any, labels: Any, *, top: int | None = None) -> Network:
    """The network of the table alone: its inputs are the K bits of a value, most significant first,
    where K is the bit length of ``top`` (by default of the largest value), at least 1; see
    :func:`bits_of`.  Depth 3, and at most K + 2 sqrt(qB) + q + 1 gates for B changes of label and q
    label bits (theorem ``thm-deep_threshold-table``); one label alone, a constant.

    Raises as :meth:`Table.of`.

    >>> from mem_lib import predict
    >>> network = table_network([3, 5, 8, 9, 14, 20], [0, 1, 1, 0, 1, 0])
    >>> network.size.neurons  # five copies, two rows, two columns
    9
    >>> predict(network, bits_of([3, 5, 8, 9, 14, 20], 5)).tolist()
    [0, 1, 1, 0, 1, 0]
    """
    table = Table.of(values, labels, top)
    K = max(1, table.top.bit_length())
    if not table.rows:
        return constant_network(K, int(np.asarray(labels).flat[0]), 0)
    layers = table.layers(identity(K), powers(K))
    about = {"breaks": table.breaks, "rows": table.rows, "columns": table.columns}
    return Network(layers, readout="value", about=about)


def bits_of(values: Any, K: int) -> np.ndarray:
    """The K bits of integers 0 <= v < 2^K, shape (N,), most significant first: (N, K), uint8.

    Raises ``InvalidArgument`` for a number that has more bits, ``InvalidDataset`` for what are no
    such integers.

    >>> bits_of([5, 2], 3).tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    values, K = _naturals("values", values), integer_in(K, "K", 1)
    if int(values.max()) >> K:
        raise InvalidArgument(f"K: {values.max()} has more than {K} bits, got {K}")
    out = np.empty((len(values), K), dtype=np.uint8)
    for k in range(K):
        out[:, K - 1 - k] = (values >> k) & 1
    return out


def identity(k: int) -> Sparse:
    """Bits that are the units themselves."""
    return Sparse(np.arange(k + 1), np.arange(k), np.ones(k, dtype=np.int64), (k, k))


def powers(k: int) -> np.ndarray:
    """2^(k-1), ..., 2, 1."""
    return integers(1 << j for j in reversed(range(k)))


def _checked(values: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    values, labels = _naturals("values", values), _naturals("labels", labels)
    if len(values) != len(labels):
        raise InvalidDataset(f"labels: one for each of {len(values)} values, got {len(labels)}")
    return values, labels


def _naturals(name: str, values: Any) -> np.ndarray:
    """Integers >= 0, int64 or Python integers, of shape (N,)."""
    array = numbers_of(name, values)
    if array.ndim != 1 or not len(array) or array.dtype.kind == "f" or array.min() < 0:
        raise InvalidDataset(f"{name}: a list of integers >= 0 is needed, got {array!r:.60}")
    return array if array.dtype == object or array.dtype == np.uint64 else array.astype(np.int64)
