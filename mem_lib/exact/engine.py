"""Run any network on a block of points, layer by layer, and keep count of what happened."""

import numpy as np

from mem_lib._base.budget import budget, keep_within
from mem_lib._base.integers import entry_bytes, largest
from mem_lib.exact.arithmetic import Affine, as_python, compact
from mem_lib.exact.arrays import NUMPY, NumPyArrays
from mem_lib.exact.column import Column, block_of, columns_of, fits_machine
from mem_lib.exact.columns import ColumnLayer, Row
from mem_lib.exact.generated import Generated
from mem_lib.exact.tally import Tally
from mem_lib.network import Blocks, Layer, Network

#: Activations of one chunk of points stay below this many bytes.
CHUNK_BYTES = 64 * 2**20
#: What a bit that threshold units pass on takes of them, with what it needs while it is computed.
BIT_BYTES = 2
#: ``CHUNK_BYTES`` where weights are generated: each chunk generates all of them.
GENERATED_BYTES = 512 * 2**20
#: Fewer points a chunk than the array library would take, for tests.
MOST_POINTS = 10**9
#: A network of at most this width that needs Python integers runs on columns from its first layer.
NARROW = 64

State = np.ndarray | list[Column]


class Engine:
    """A network made ready to be evaluated many times.

    Layers run on blocks, arrays of shape (units, points), while machine arithmetic is exact, and on
    columns where it is not.  ``head`` is the number of layers before the first one with an entry
    beyond 64 bits, at least 1, when the network is narrow and has such a layer; on a device, all
    layers of a narrow network that has none; else 0.

    ``arrays`` serves narrow networks; where it is not NumPy, these run on columns from their first
    layer on.  Others run in NumPy.
    """

    def __init__(self, network: Network, arrays: NumPyArrays = NUMPY) -> None:
        self.network = network
        self._affine: dict[int, Affine | Generated] = {}
        self._rows: dict[int, list[Row]] = {}
        self.head = _head(network, all_columns=arrays is not NUMPY)
        self.arrays = arrays if self.head else NUMPY
        #: Whether some weights are generated: then one chunk at a time is enough.
        self.generates = any(isinstance(layer.weight, Blocks) for layer in network.layers)
        #: The bytes that the activations of a chunk may take.
        self.most_bytes = GENERATED_BYTES if self.generates else CHUNK_BYTES
        if self.head:
            self.most_bytes = self.arrays.most_bytes

    def run(self, integers: np.ndarray) -> tuple[np.ndarray, Tally]:
        """Output numerators, shape (outputs, points), int64 or object, at integer points.

        ``integers`` has shape (points, d) and holds ``2**network.input_shift * x``.
        """
        return self.run_layers(np.ascontiguousarray(integers.T))

    def run_layers(
        self, block: np.ndarray, start: int = 0, stop: int | None = None
    ) -> tuple[np.ndarray, Tally]:
        """The layers ``start`` to ``stop`` on ``block``, shape (inputs of layer start, points).

        Where integers grow so long that a layer would take more than twice the bytes of a chunk,
        the points go on in halves; ``TooLarge`` where a single one takes more than the budget.
        """
        points, tally = block.shape[1], Tally()
        stop = self.network.depth if stop is None else stop
        block = compact(block)
        if block.dtype == object:
            tally.arithmetic.add("python")
        state: State = block
        for i in range(start, stop):
            done = self._machine(i, state, points, tally)
            if done is not None:
                state = done
                continue
            if (need := self._need(i, state, points)) > 2 * self.most_bytes:
                if points > 1:
                    return self._halves(i, stop, state, points, tally)
                keep_within(need, f"network: a single point in layers[{i}]", budget())
            state = self._columns(i, state, points, tally)
        out = state if isinstance(state, np.ndarray) else block_of(state, points, self.arrays)
        return out if out.dtype == object else out.astype(np.int64, copy=False), tally

    def chunk(self, points: int, bits: int = 0) -> int:
        """How many points to take at a time: by bytes, so that wide layers fit in memory.

        ``bits`` is the bit length of the largest integer that enters the first layer.  What the
        layers behind it add is seen when they are run.
        """
        most = self.arrays.most_points
        return max(1, min(points, most, self.most_bytes // self.point_bytes(bits), MOST_POINTS))

    def point_bytes(self, bits: int = 0) -> int:
        """The bytes of the widest layer at one point, if no number is longer than those of the
        first one; on columns, than the longest weight."""
        widest = max(max(layer.units, layer.inputs) for layer in self.network.layers)
        if self.head:
            return widest * max(self.network.size.bits // 8 + 40, entry_bytes(bits))
        if self.generates:  # the weights are not made for this
            return widest * entry_bytes(bits)
        layers = self.network.layers
        entry = entry_bytes(_grown(bits, layers[0]))
        if entry > 8:
            return widest * entry
        # in machine arithmetic a layer of threshold units never has its sums in memory as a whole
        inner = ((BIT_BYTES if a.activation == "threshold" else 8) * a.units for a in layers[:-1])
        return max(8 * layers[0].inputs, *inner, 8 * layers[-1].units)

    def _need(self, i: int, state: State, points: int) -> int:
        """The bytes of the inputs and the outputs of layer i, as Python integers, at most."""
        layer = self.network.layers[i]
        if isinstance(state, np.ndarray):
            peak = max(int(state.max()), -int(state.min()))
        else:
            peak = max(max(map(abs, column.range)) for column in state)
        bits = peak.bit_length()
        each = layer.inputs * entry_bytes(bits) + layer.units * entry_bytes(_grown(bits, layer))
        return points * each

    def _halves(
        self, i: int, stop: int, state: State, points: int, tally: Tally
    ) -> tuple[np.ndarray, Tally]:
        block = state if isinstance(state, np.ndarray) else block_of(state, points, self.arrays)
        parts = []
        for half in (block[:, : points // 2], block[:, points // 2 :]):
            out, met = self.run_layers(half, i, stop)
            tally.merge(met)
            parts.append(out)
        return joined(parts), tally

    def _machine(self, i: int, state: State, points: int, tally: Tally) -> State | None:
        """Layer i in machine arithmetic; None where that is not exact, or columns are wanted."""
        layer = self.network.layers[i]
        if not isinstance(state, np.ndarray):
            if not (_is_wide(layer) and fits_machine(state)):
                return None
            state = compact(block_of(state, points, self.arrays))
        if self.head or state.dtype == object:
            return None
        made = self._affine.get(i) or self._affine.setdefault(i, _machine_layer(layer))
        return made(state, tally)

    def _columns(self, i: int, state: State, points: int, tally: Tally) -> State:
        """Layer i on columns."""
        layer = self.network.layers[i]
        if isinstance(state, np.ndarray):
            state = columns_of(state, self.arrays)
        if isinstance(layer.weight, Blocks):  # the rows of one block at a time
            found: list[Column] = []
            for start, block in layer.weight.blocks():
                rows = [layer.row(k) for k in range(start, start + len(block))]
                found += ColumnLayer(layer.activation, state, points, tally, self.arrays).run(rows)
            return found
        if i not in self._rows:
            self._rows[i] = list(layer.rows())
        return ColumnLayer(layer.activation, state, points, tally, self.arrays).run(self._rows[i])


def joined(blocks: list[np.ndarray]) -> np.ndarray:
    """Blocks side by side: Python integers if one of them has some."""
    if len(blocks) == 1:
        return blocks[0]
    if any(block.dtype == object for block in blocks):
        blocks = [block.astype(object) for block in blocks]
    return np.concatenate(blocks, axis=1)


def _machine_layer(layer: Layer) -> Affine | Generated:
    return Generated(layer) if isinstance(layer.weight, Blocks) else Affine(layer)


def _is_wide(layer: Layer) -> bool:
    return max(layer.units, layer.inputs) > NARROW


def _grown(bits: int, layer: Layer) -> int:
    """The bits of a sum of a row, at most, where the inputs have so many."""
    products = bits + layer.tally.largest.bit_length() + layer.inputs.bit_length()
    return max(products, int(largest(layer.bias)).bit_length()) + 1


def _head(network: Network, all_columns: bool) -> int:
    if any(layer.units > NARROW for layer in network.layers):
        return 0
    big = (i for i, layer in enumerate(network.layers) if _has_python_integers(layer))
    first = next(big, network.depth if all_columns else 0)
    return max(1, first) if first or _has_python_integers(network.layers[0]) else 0


def _has_python_integers(layer: Layer) -> bool:
    return layer.tally.largest >= 2**63 or layer.bias.dtype == object


def on_grid(network: Network, shift: int) -> tuple[Network, int]:
    """(network, k): the network refined to the grid 2^-shift when that is finer than its own, and
    the k with which integers on the grid 2^-shift are to be multiplied by 2^k."""
    finer = shift - network.input_shift
    return (network.refined(finer), 0) if finer > 0 else (network, -finer)


def times_power(integers: np.ndarray, k: int) -> np.ndarray:
    """``integers * 2**k``, in Python integers where int64 might overflow."""
    if k == 0:
        return integers
    if integers.dtype != object:
        peak = max(int(integers.max(initial=0)), -int(integers.min(initial=0)))
        if peak.bit_length() + k < 62:
            return integers.astype(np.int64) << k
    return as_python(integers) * (1 << k)
