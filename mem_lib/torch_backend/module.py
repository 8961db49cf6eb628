r"""A network as an ``nn.Module`` in float64, and when that computes what the network says.

By the lemma on sums that cannot round (``thm-foundations-sums``) a layer is exact when all |w|, |x|
and |b| + sum |w_k| |x_k| are at most 2^53.  The x_k are bounded in one of two ways:

* on the *box* of the points, the product of the ranges of their coordinates, by interval
  arithmetic from layer to layer; this also covers points nobody has seen, and it is generous;
* at the *points* themselves, by exact evaluation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from mem_lib._base.arguments import instance
from mem_lib._base.dyadic import as_floats, nearest
from mem_lib._base.memory import check_memory
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidNetwork
from mem_lib.exact.device import device_named, room_for
from mem_lib.exact.floats import bits_needed
from mem_lib.network import Layer, Network
from mem_lib.torch_backend.flushing import check_tensors
from mem_lib.torch_backend.readout import READ
from mem_lib.torch_backend.seal import Seal, broken, sealed

FLOAT64 = 53
FLOATS = np.dtype(np.float64)


class Heaviside(nn.Module):
    """1 for z >= 0, else 0."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return (z >= 0).to(z.dtype)


class MemorizingModule(nn.Module):
    """x, shape (M, d), any floats, to the outputs, shape (M, outputs), in float64; or to the labels
    that they are read as, int64 of shape (M,), -1 where the readout is undecided.

    Where the network's denominator is no power of two, the last division rounds, and keeps
    different outputs different.  Weights are frozen, and may be changed all the same: trained,
    loaded, converted to another type.  What was proven is not proven of others.
    """

    def __init__(
        self,
        network: Network,
        proven: str | None,
        bits: int | None,
        finest: int = 0,
        readout: bool = False,
    ) -> None:
        super().__init__()
        self._proven, self._bits = proven, bits
        self._finest = max(network.input_shift, network.output_denominator.bit_length(), finest)
        self.readout = network.readout if readout else None
        self.up = _powers(network.input_shift)
        odd, self.down = _denominator(network)
        self.odd = nearest(odd)
        modules: list[nn.Module] = []
        for layer in network.layers:
            modules.append(_linear(layer))
            if layer.activation != "identity":
                modules.append(nn.ReLU() if layer.activation == "relu" else Heaviside())
        self.layers = nn.Sequential(*modules)
        self._seal = self._sealed() if proven else {}

    @property
    def proven(self) -> str | bool | None:
        """``"box"`` or ``"points"``, see :func:`to_torch`; None where nobody looked, and False
        where weights have been changed since, or anything else that outputs depend on."""
        return False if self._proven and self.reason else self._proven

    @property
    def reason(self) -> str:
        """Why nothing is proven; "" where something is.  Looks at every weight."""
        if not self._proven:
            return "exact=False: nobody looked"
        return broken(self._seal, self._sealed())

    @property
    def bits(self) -> int | None:
        """How many bits a number of the computation has at most; None where nothing is proven."""
        return self._bits if self.proven else None

    def _sealed(self) -> Seal:
        return sealed(self, (self.up, self.odd, self.down, self.readout))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self._proven:  # what was proven is asked for, also where weights have changed since
            check_tensors(x, self._finest)
        first = next(self.parameters(), None)  # the type of the weights, which is float64 at first
        x = x.to(torch.float64 if first is None else first.dtype)
        for factor in self.up:
            x = x * factor
        out = self.layers(x) / self.odd
        for factor in self.down:
            out = out / factor
        return out if self.readout is None else READ[self.readout](out)


def to_torch(
    network: Network,
    dataset: Dataset | None = None,
    *,
    exact: bool = True,
    device: str | torch.device = "auto",
    readout: bool = False,
) -> MemorizingModule:
    """``network`` as a module in float64.

    Parameters
    ----------
    dataset : the points for which it has to be exact; needed when ``exact`` is True.
    exact : True makes the module only where no float64 operation rounds: for every point of the
        grid in the box of the points (``module.proven == "box"``), or else at the points
        themselves (``"points"``).  False rounds weights to float64 and proves nothing: the way to
        watch a network of long weights collapse.
    device : a name or a ``torch.device``; ``"auto"`` is a GPU where there is one.
    readout : True gives labels (M,), as :func:`mem_lib.predict` numbers them, instead of outputs.

    ``module.proven`` becomes False, and ``module.reason`` says why, when a weight is changed.

    Raises
    ------
    HypothesisViolated
        When 53 bits cannot be proven to be enough; the message states how many bits are needed.
    InvalidArgument
        When ``network`` or ``dataset`` is none, dense layers do not fit into memory, or ``device``
        is not there.
    InvalidNetwork
        When ``dataset`` has another dimension than the network, or the network's denominator is
        out of the range of float64.
    MemorizationError
        When the memory of the device is too small; here, or when the module is called, where
        numbers are so small that a thread of PyTorch takes them for zero.

    >>> from mem_lib import Dataset, Layer
    >>> side = Network([Layer([[1, -1]], [0], "identity")], readout="sign")
    >>> module = to_torch(side, Dataset([[2.0, 1.0], [1.0, 3.0]], [1, 0]), device="cpu")
    >>> module.proven, module(torch.tensor([[2.0, 1.0]])).tolist()
    ('box', [[1.0]])
    >>> _ = module.float()
    >>> module.proven, module.reason
    (False, 'layers.0.weight and 1 more changed since')
    """
    instance(network, "network", Network)
    place = device_named(device) or "cpu"
    check_memory(
        sum(8 * layer.units * (layer.inputs + 1) for layer in network.layers),
        "network: its layers as dense float64 matrices",
    )
    proven, bits = _proof(network, dataset) if exact else (None, None)
    readout = instance(readout, "readout", bool)
    module = MemorizingModule(network, proven, bits, dataset.shift if dataset else 0, readout)
    with room_for("the weights as dense float64 matrices"):
        return module.to(place)


def _proof(network: Network, dataset: Any) -> tuple[str, int]:
    instance(dataset, "dataset", Dataset)
    if dataset.d != network.inputs:
        raise InvalidNetwork(
            f"dataset: the network has {network.inputs} inputs, the points {dataset.d} coordinates"
        )
    if network.size.bits > FLOAT64 + 1:  # 2^53 itself has 54
        raise _too_long(f"{network.size.bits - 1} or more")
    enough = _enough(network)
    if dataset.shift > network.input_shift:
        network = network.refined(dataset.shift - network.input_shift)
    bits = box_bits(network, *_box(network, dataset))
    if bits <= enough:
        return "box", bits
    bits = bits_needed(network, dataset.points)
    if bits <= enough:
        return "points", bits
    raise _too_long(f"{bits}, of {enough} that it may have")


def _too_long(bits: str) -> HypothesisViolated:
    return HypothesisViolated(
        f"exact: float64 has {FLOAT64} bits, and at these points this network needs {bits}; "
        "exact=False shows what rounding makes of it"
    )


def _enough(network: Network) -> int:
    """The bits of outputs that the last division does not spoil.

    Division by 2^k, k <= 1074, gives a number of float64.  Any other division rounds; integers up
    to 2^51 then stay apart, because their quotients differ by more than one unit in the last place.
    """
    odd, down = _denominator(network)
    if odd == 1 and len(down) <= 2 and network.output_denominator.bit_length() <= 1075:
        return FLOAT64
    if network.output_denominator.bit_length() <= 1000:
        return FLOAT64 - 2
    raise InvalidNetwork(
        "network: outputs over a denominator of "
        f"{network.output_denominator.bit_length()} bits leave the range of float64"
    )


def _box(network: Network, dataset: Dataset) -> tuple[list[int], list[int]]:
    """The ranges of the integer coordinates, on the grid of the network."""
    integers, shift = dataset.integers()
    scale = 1 << (network.input_shift - shift)
    return (
        [int(v) * scale for v in integers.min(axis=0)],
        [int(v) * scale for v in integers.max(axis=0)],
    )


def box_bits(network: Network, low: list[int], high: list[int]) -> int:
    """The least p with |w|, |x| and |b| + sum |w| |x| at most 2^p in every layer, for all integer
    inputs between ``low`` and ``high``; an upper bound by interval arithmetic.

    >>> from mem_lib import Layer
    >>> box_bits(Network([Layer([[1, 1]], [1], "identity")]), [0, 0], [3, 4])
    3
    """
    largest = 0
    for layer in network.layers:
        ranges = list(zip(low, high, strict=True))
        peaks = [max(abs(a), abs(b)) for a, b in ranges]
        low, high = [], []
        for bias, terms in layer.rows():
            largest = max(largest, abs(bias) + sum(abs(w) * peaks[k] for k, w in terms))
            largest = max([largest, *(abs(w) for _, w in terms)])
            ends = [sorted((w * ranges[k][0], w * ranges[k][1])) for k, w in terms]
            low.append(bias + sum(a for a, _ in ends))
            high.append(bias + sum(b for _, b in ends))
        if layer.activation == "relu":
            low, high = [max(a, 0) for a in low], [max(b, 0) for b in high]
        elif layer.activation == "threshold":
            low, high = [int(a >= 0) for a in low], [int(b >= 0) for b in high]
        largest = max([largest, *peaks])
    return max(largest - 1, 0).bit_length()


def _powers(k: int) -> list[float]:
    """2^k as a product of factors that float64 holds."""
    return [2.0**1000] * (k // 1000) + [2.0 ** (k % 1000)] * (k % 1000 > 0)


def _denominator(network: Network) -> tuple[int, list[float]]:
    """The output denominator as an odd number and powers of two."""
    denominator = network.output_denominator
    k = (denominator & -denominator).bit_length() - 1
    return denominator >> k, _powers(k)


def _linear(layer: Layer) -> nn.Linear:
    # no random weights first: that would move PyTorch's generator on
    make: Any = nn.utils.skip_init
    linear: nn.Linear = make(nn.Linear, layer.inputs, layer.units, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(as_floats(layer.dense, FLOATS)))
        linear.bias.copy_(torch.from_numpy(as_floats(layer.bias, FLOATS)))
    return linear.requires_grad_(False)
