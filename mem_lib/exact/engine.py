"""Run any network on a block of points, layer by layer, and keep count of what happened."""

import numpy as np

from mem_lib.exact.arithmetic import Affine, as_python, compact
from mem_lib.exact.arrays import NUMPY, NumPyArrays
from mem_lib.exact.column import Column, block_of, columns_of, fits_machine
from mem_lib.exact.columns import ColumnLayer, Row
from mem_lib.exact.generated import Generated
from mem_lib.exact.tally import Tally
from mem_lib.network import Blocks, Layer, Network

#: Activations of one chunk of points, in machine arithmetic, stay below this many bytes.
CHUNK_BYTES = 64 * 2**20
#: The same where weights are generated: each chunk generates all of them.
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

    def run(self, integers: np.ndarray) -> tuple[np.ndarray, Tally]:
        """Output numerators, shape (outputs, points), int64 or object, at integer points.

        ``integers`` has shape (points, d) and holds ``2**network.input_shift * x``.
        """
        return self.run_layers(np.ascontiguousarray(integers.T))

    def run_layers(
        self, block: np.ndarray, start: int = 0, stop: int | None = None
    ) -> tuple[np.ndarray, Tally]:
        """The layers ``start`` to ``stop`` on ``block``, shape (inputs of layer start, points)."""
        points, tally = block.shape[1], Tally()
        block = compact(block)
        if block.dtype == object:
            tally.arithmetic.add("python")
        state: State = block
        for i in range(start, self.network.depth if stop is None else stop):
            state = self._step(i, state, points, tally)
        out = state if isinstance(state, np.ndarray) else block_of(state, points, self.arrays)
        return out if out.dtype == object else out.astype(np.int64, copy=False), tally

    def chunk(self, points: int) -> int:
        """How many points to take at a time: by bytes, so that wide layers fit in memory."""
        widest = max(max(layer.units, layer.inputs) for layer in self.network.layers)
        fit = (GENERATED_BYTES if self.generates else CHUNK_BYTES) // (8 * widest)
        most = NUMPY.most_points
        if self.head:  # numbers might be as long as the longest weight, at every point
            fit = self.arrays.most_bytes // (widest * (self.network.size.bits // 8 + 40))
            most = self.arrays.most_points
        return max(1, min(points, most, fit, MOST_POINTS))

    def _step(self, i: int, state: State, points: int, tally: Tally) -> State:
        layer = self.network.layers[i]
        if not isinstance(state, np.ndarray) and _is_wide(layer) and fits_machine(state):
            state = compact(block_of(state, points, self.arrays))
        if isinstance(state, np.ndarray):
            result = None
            if not self.head and state.dtype != object:
                if i not in self._affine:
                    blocks = isinstance(layer.weight, Blocks)
                    self._affine[i] = Generated(layer) if blocks else Affine(layer)
                result = self._affine[i](state)
            if result is not None:
                z, key = result
                tally.arithmetic.add(key)
                tally.peak = max(tally.peak, int(max(z.max(), -z.min())))
                return _activate(layer.activation, z, tally)
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


def _activate(activation: str, z: np.ndarray, tally: Tally) -> np.ndarray:
    if activation == "threshold":
        tally.ties += int(z.size - np.count_nonzero(z))
        return np.asarray(z >= 0, dtype=bool)
    return np.maximum(z, 0, out=z) if activation == "relu" else z


def _is_wide(layer: Layer) -> bool:
    return max(layer.units, layer.inputs) > NARROW


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
