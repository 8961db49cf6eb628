"""One layer: a matrix, a vector, an activation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib._base.integers import largest
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network import write
from mem_lib.network.about import text
from mem_lib.network.blocks import Blocks, Rows
from mem_lib.network.integers import Array, matrix, total_bits, vector
from mem_lib.network.sparse import Sparse, Term

ACTIVATIONS = ("relu", "threshold", "identity")


@dataclass(frozen=True)
class Tally:
    """What is counted of the weights of a layer, in one pass: how many are not 0, the largest
    absolute value, the sum of the bit lengths."""

    nonzero: int
    largest: int
    total_bits: int


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Layer:
    """``act(weight @ v + bias)`` with exact integer entries of any size.

    weight:     (units, inputs): integer array, nested lists of ints (of gmpy2, FLINT and SymPy as
                well), :class:`Sparse`, or a scipy.sparse matrix.  Kept as a read-only int64 array,
                an object array of Python ints where some |entry| >= 2^63, or a ``Sparse``.
                :meth:`from_blocks` makes a layer whose weights are generated.
    bias:       (units,), integers; kept in the same way
    activation: ``"relu"``, ``"threshold"`` (1 for z >= 0, else 0) or ``"identity"``
    names:      one text per unit, for readers; no name twice, ``""`` leaves a unit unnamed
    stage:      what the layer belongs to, for readers

    Anything but exact integers raises :class:`~mem_lib.InvalidNetwork`: floats (2.0 too),
    booleans, fractions.  Two layers are equal when the network file writes them alike; dense or
    sparse storage makes no difference.  Objects are immutable, and arrays are copied: a read-only
    view would not do, since the owner of its memory may still write to it.

    >>> layer = Layer([[1, 0, -2**80]], [5], "relu")
    >>> layer.row(0)
    (5, [(0, 1), (2, -1208925819614629174706176)])
    """

    weight: Array | Sparse | Blocks
    bias: Array
    activation: str
    names: tuple[str, ...] | None
    stage: str | None

    def __init__(
        self,
        weight: Any,
        bias: Any,
        activation: str,
        *,
        names: Sequence[str] | None = None,
        stage: str | None = None,
    ) -> None:
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            raise InvalidNetwork(f"activation = {shown(activation)} is not one of {ACTIVATIONS}")
        weight = _weight(weight)
        units = weight.shape[0]
        bias = _bias(bias, units)
        if stage is not None:
            stage = text(stage, "stage")
        names = _names(names, units)
        vars(self).update(weight=weight, bias=bias, activation=activation, names=names, stage=stage)

    @classmethod
    def from_blocks(
        cls,
        rows: Rows,
        units: int,
        inputs: int,
        activation: str,
        *,
        bias: Any = None,
        names: Sequence[str] | None = None,
        stage: str | None = None,
    ) -> Layer:
        """A layer whose weights are generated, some rows at a time, whenever they are needed, and
        never there as a whole: it takes the memory of its outputs.

        rows: ``rows(a, b)`` gives the rows a to b, shape (b - a, inputs), 0 <= a < b <= units; the
              same integers each time
        bias: (units,), default 0

        Evaluation, certificates, ``Size``, files and hashes are those of the dense layer with these
        rows, which are checked as they come: ``InvalidNetwork``.  Only the time is another one,
        since each use generates them again.  A file gets all of them, block after block, and a
        network that is loaded from it has them stored.

        >>> from mem_lib import Network
        >>> ramp = Layer.from_blocks(lambda a, b: [[i, -1] for i in range(a, b)], 3, 2, "relu")
        >>> ramp == Layer([[0, -1], [1, -1], [2, -1]], [0, 0, 0], "relu")
        True
        """
        weight = Blocks(rows, (units, inputs))
        if bias is None:
            bias = np.zeros(weight.shape[0], dtype=np.int64)
        return cls(weight, bias, activation, names=names, stage=stage)

    @property
    def units(self) -> int:
        """The number of rows: outputs of this layer."""
        return int(self.weight.shape[0])

    @property
    def inputs(self) -> int:
        """The number of columns: outputs of the layer before."""
        return int(self.weight.shape[1])

    def row(self, i: int) -> tuple[int, list[Term]]:
        """Unit ``i`` as (bias, [(input, weight), ...]): Python ints, nonzero weights only."""
        if not isinstance(self.weight, np.ndarray):
            return int(self.bias[i]), self.weight.row(i)
        row = self.weight[i]
        places = np.flatnonzero(row)
        return int(self.bias[i]), list(zip(places.tolist(), row[places].tolist(), strict=True))

    def rows(self) -> Iterator[tuple[int, list[Term]]]:
        """The units, from first to last."""
        if not isinstance(self.weight, np.ndarray) or self.inputs > 64:
            return map(self.row, range(self.units))
        rows = zip(self.bias.tolist(), self.weight.tolist(), strict=True)
        return ((bias, [(k, w) for k, w in enumerate(row) if w]) for bias, row in rows)

    def with_bias(self, bias: Any) -> Layer:
        """The same layer with another bias; the weights are shared, not copied."""
        other = object.__new__(Layer)
        kept = {name: vars(self)[name] for name in ("weight", "activation", "names", "stage")}
        vars(other).update(kept, bias=_bias(bias, self.units))
        return other

    @cached_property
    def _digest(self) -> str:
        return write.sha256(write.layer_chunks(self))

    @property
    def entries(self) -> Array:
        """The array that holds the weights: all of them, or the nonzero ones of a ``Sparse``."""
        if isinstance(self.weight, Sparse):
            return self.weight.values
        return self.dense

    @property
    def dense(self) -> Array:
        """The weights as one array, whatever memory that takes."""
        return self.weight if isinstance(self.weight, np.ndarray) else self.weight.toarray()

    @cached_property
    def tally(self) -> Tally:
        """What is counted of the weights; those that are generated are never there at once."""
        if isinstance(self.weight, Blocks):
            parts = [_tally(block) for _, block in self.weight.blocks()]
        else:
            parts = [_tally(self.entries)]
        return Tally(
            sum(part.nonzero for part in parts),
            max(part.largest for part in parts),
            sum(part.total_bits for part in parts),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        if self is other:
            return True
        return self.weight.shape == other.weight.shape and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        kinds = {Sparse: "sparse", Blocks: "generated"}
        kind = kinds.get(type(self.weight), "dense")
        stage = "" if self.stage is None else f", stage {shown(self.stage)}"
        return f"Layer({self.inputs} -> {self.units}, {self.activation}, {kind}{stage})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _layer, (self.weight, self.bias, self.activation, self.names, self.stage)


def _layer(
    weight: Any, bias: Any, activation: str, names: tuple[str, ...] | None, stage: str | None
) -> Layer:
    return Layer(weight, bias, activation, names=names, stage=stage)


def _tally(entries: Array) -> Tally:
    return Tally(int(np.count_nonzero(entries)), int(largest(entries)), total_bits(entries))


def _weight(weight: Any) -> Array | Sparse | Blocks:
    if isinstance(weight, (Sparse, Blocks)):
        return weight
    if hasattr(weight, "tocoo"):
        return Sparse.from_coo(weight.tocoo())
    dense = matrix(weight, "weight")
    if 0 in dense.shape:
        raise InvalidNetwork(
            f"weight has shape {dense.shape}; a layer has at least one unit and one input"
        )
    return dense


def _bias(bias: Any, units: int) -> Array:
    bias = vector(bias, "bias")
    if len(bias) != units:
        raise InvalidNetwork(f"bias has {len(bias)} entries, weight has {units} rows")
    return bias


def _names(names: Any, units: int) -> tuple[str, ...] | None:
    if names is None:
        return None
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise InvalidNetwork(f"names = {shown(names)} must be a sequence of texts, one per unit")
    texts = tuple(text(name, f"names[{i}]") for i, name in enumerate(names))
    if len(texts) != units:
        raise InvalidNetwork(f"names has {len(texts)} entries, the layer has {units} units")
    seen: set[str] = set()
    for i, name in enumerate(texts):
        if name and name in seen:
            raise InvalidNetwork(f"names[{i}] = {shown(name)} occurs twice in one layer")
        seen.add(name)
    return texts
