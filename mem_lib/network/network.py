"""The network and its size; the theory is at the head of :mod:`mem_lib.network`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.budget import budget
from mem_lib._base.files import named, write_atomically
from mem_lib._base.integers import largest
from mem_lib._base.json_price import check as check_price
from mem_lib._base.names import Names, listing
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network import read, write
from mem_lib.network.about import canonical
from mem_lib.network.classes import named_classes
from mem_lib.network.integers import integer, scaled, total_bits
from mem_lib.network.layer import Layer

#: The finest grid: biases of that many bits are still handled.
MOST_SHIFT = 2**22
READOUTS = ("value", "sign", "onehot", "argmax")
ARGUMENTS = ("layers", "input_shift", "output_denominator", "readout", "about", "classes")


@dataclass(frozen=True)
class Size:
    """How large a network is.

    depth:         weight layers
    width:         units of the widest hidden layer (all layers but the last); 0 without one
    neurons:       hidden units
    weights:       nonzero weights and biases
    dense_weights: all entries of the matrices and biases
    bits:          largest bit length among weights and biases, as stored (absolute value)
    total_bits:    sum of the bit lengths of the nonzero weights and biases
    """

    depth: int
    width: int
    neurons: int
    weights: int
    dense_weights: int
    bits: int
    total_bits: int

    def as_dict(self) -> dict[str, int]:
        """The counts by name: a row of a table."""
        return asdict(self)


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Network:
    """The function x ↦ layers(2^input_shift · x) / output_denominator, with integer layers.

    layers:             :class:`Layer` objects that fit together, first to last; at least one
    input_shift:        int >= 0; points of the grid 2^-input_shift are evaluated in integers
    output_denominator: int > 0
    readout:            ``"value"``, ``"sign"`` (both: one output), ``"onehot"``, ``"argmax"``
    about:              what the builder wants to tell: a dict of JSON values (ints below 2^53 and
                        finite floats; longer integers go in as text, ``hex(n)``).  Evaluation
                        ignores it.
    classes:            a name for each label (:mod:`mem_lib.network.classes`), or None

    ``network(points)`` gives the exact outputs at ``points`` (M, d), an array (M, outputs) of
    Fractions; ``network.predict(points)`` the labels (M,) that they are read as.

    Malformed arguments raise :class:`~mem_lib.InvalidNetwork`.  Networks are immutable; two are
    equal when ``save`` writes the same file for both.

    >>> net = Network([Layer([[3, -1]], [2], "identity")], output_denominator=4, readout="sign")
    >>> net.size
    Size(depth=1, width=0, neurons=0, weights=3, dense_weights=3, bits=2, total_bits=5)
    """

    layers: tuple[Layer, ...]
    input_shift: int
    output_denominator: int
    readout: str
    about_json: str  # the canonical text of ``about``
    classes: Names | None
    #: ``network(points)``, ``network.predict(points)`` and ``network.to_torch(dataset)``: put here
    #: by the package, whose roof knows the evaluator and PyTorch
    __call__: ClassVar[Callable[..., np.ndarray]]
    predict: ClassVar[Callable[..., np.ndarray]]
    to_torch: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        layers: Iterable[Layer],
        input_shift: int = 0,
        output_denominator: int = 1,
        readout: str = "value",
        about: dict[str, Any] | None = None,
        classes: Any = None,
    ) -> None:
        try:
            given = iter(layers)
        except TypeError:  # an array without dimensions has the method, and cannot
            raise InvalidNetwork(f"layers = {shown(layers)} is not a sequence of layers") from None
        layers = tuple(given)
        _check_chain(layers)
        _check_readout(readout, layers[-1].units)
        input_shift = integer(input_shift, "input_shift")
        if not 0 <= input_shift <= MOST_SHIFT:
            raise InvalidNetwork(f"input_shift = {shown(input_shift)} must be in 0..{MOST_SHIFT}")
        output_denominator = integer(output_denominator, "output_denominator")
        if output_denominator <= 0:
            raise InvalidNetwork(
                f"output_denominator = {shown(output_denominator)} must be positive"
            )
        vars(self).update(
            layers=layers,
            input_shift=input_shift,
            output_denominator=output_denominator,
            readout=readout,
            about_json=canonical({} if about is None else about),
            classes=named_classes(classes, readout, layers[-1].units),
        )

    @property
    def about(self) -> dict[str, Any]:
        """What the builder told: a fresh copy at each call, so changing it changes nothing here."""
        about: dict[str, Any] = json.loads(self.about_json)
        return about

    @property
    def inputs(self) -> int:
        """The dimension d of the points."""
        return self.layers[0].inputs

    @property
    def outputs(self) -> int:
        """The number of units of the last layer."""
        return self.layers[-1].units

    @property
    def depth(self) -> int:
        """The number of weight layers."""
        return len(self.layers)

    @cached_property
    def size(self) -> Size:
        """All counts, exact; computed once."""
        hidden = [layer.units for layer in self.layers[:-1]]
        tallies = [layer.tally for layer in self.layers]
        biases = [layer.bias for layer in self.layers]
        peaks = [*(t.largest for t in tallies), *(int(largest(bias)) for bias in biases)]
        return Size(
            depth=self.depth,
            width=max(hidden, default=0),
            neurons=sum(hidden),
            weights=sum(t.nonzero for t in tallies)
            + sum(int(np.count_nonzero(bias)) for bias in biases),
            dense_weights=sum(layer.units * (layer.inputs + 1) for layer in self.layers),
            bits=max(peaks).bit_length(),
            total_bits=sum(t.total_bits for t in tallies) + sum(map(total_bits, biases)),
        )

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file that ``save`` writes, uncompressed, in hexadecimal; computed once."""
        return write.sha256(self.chunks())

    def refined(self, k: int) -> Network:
        """The same function, written for points on a grid 2^k times finer.

        The first bias is multiplied by 2^k, and with it, by homogeneity, every later one and the
        denominator; a threshold layer ends this, because its outputs do not change.

        >>> net = Network([Layer([[1]], [-3], "identity")])     # x - 3
        >>> fine = net.refined(1)                               # (2x - 6) / 2
        >>> fine.layers[0].row(0), fine.input_shift, fine.output_denominator
        ((-6, [(0, 1)]), 1, 2)
        """
        k = integer(k, "k")
        if not 0 <= k <= MOST_SHIFT:
            raise InvalidNetwork(
                f"k = {shown(k)} must be in 0..{MOST_SHIFT}: a coarser grid is not exact"
            )
        kinds = [layer.activation for layer in self.layers]
        linear = "threshold" not in kinds
        reach = self.depth if linear else kinds.index("threshold") + 1
        layers = [layer.with_bias(scaled(layer.bias, k)) for layer in self.layers[:reach]]
        return Network(
            layers + list(self.layers[reach:]),
            self.input_shift + k,
            self.output_denominator << (k if linear else 0),
            self.readout,
            self.about,
            self.classes,
        )

    def telling(self, about: dict[str, Any]) -> Network:
        """The same network, which tells this about itself."""
        return Network(**self._arguments() | {"about": about})

    def named(self, classes: Any) -> Network:
        """The same network with these names of classes, or with none.

        >>> net = Network([Layer([[1]], [0], "identity")], readout="sign")
        >>> net.named(["cat", "dog"])
        Network(1 -> 1, depth 1, width 0, readout 'sign', classes 'cat', 'dog')
        """
        return Network(**self._arguments() | {"classes": classes})

    def chunks(self) -> Iterator[bytes]:
        """The network file, uncompressed, piece by piece; equal networks give equal bytes."""
        return write.network_chunks(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network file, gzipped when ``path`` ends in ``.gz``.

        The file appears whole or not at all.  ``sha256`` is the hash of the uncompressed file.
        """
        path = named(path)
        packed = path.name.endswith(".gz")
        write_atomically(path, write.gzipped(self.chunks()) if packed else self.chunks())

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        max_bytes: int | None = None,
        max_digits: int = read.MAX_DIGITS,
    ) -> Network:
        """Read a network file, gzipped or not; everything is checked and nothing is executed.

        max_bytes:  the memory that reading may take, by default half of what is free; it is
                    estimated from the text before that is parsed, from above: a short text of
                    many brackets takes twenty-five times its length
        max_digits: cap on the hexadecimal digits of one integer

        A file that is no network raises :class:`~mem_lib.InvalidNetwork` with the file and the
        place, one that might need more memory :class:`~mem_lib.TooLarge`; one that is missing or
        cannot be read stays an ``OSError``, such as ``FileNotFoundError``.
        """
        most = budget(max_bytes)
        max_digits = integer_in(max_digits, "max_digits", 1)
        with open(named(path), "rb") as file, read.inside(str(path)):
            return cls._from_text(read.uncompressed(file, most, str(path)), max_digits)

    def to_json(self) -> str:
        """The network file as text."""
        return b"".join(self.chunks()).decode("ascii")

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        *,
        max_bytes: int | None = None,
        max_digits: int = read.MAX_DIGITS,
    ) -> Network:
        """The network of a file's text; the same checks as :meth:`load`."""
        if isinstance(text, str):
            text = text.encode("utf-8", errors="surrogatepass")
        if not isinstance(text, bytes):
            raise InvalidNetwork(f"text = {shown(text)} is no text")
        check_price(text, "text", budget(max_bytes), read.WEIGHT)
        return cls._from_text(text, max_digits)

    @classmethod
    def _from_text(cls, text: bytes, max_digits: int) -> Network:
        fields = read.fields(text, max_digits)
        layers = []
        for i, layer in enumerate(fields.pop("layers")):
            with read.inside(f"layers[{i}]"):
                layers.append(Layer(**layer))
        return cls(layers, **fields)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return self is other or self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        width = max((layer.units for layer in self.layers[:-1]), default=0)
        classes = "" if self.classes is None else f", classes {listing(self.classes)}"
        return (
            f"Network({self.inputs} -> {self.outputs}, depth {self.depth}, width {width},"
            f" readout {self.readout!r}{classes})"
        )

    def _arguments(self) -> dict[str, Any]:
        """Those that make it anew."""
        return {name: getattr(self, name) for name in ARGUMENTS}

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, tuple(self._arguments().values())


def _check_chain(layers: tuple[Layer, ...]) -> None:
    if not layers:
        raise InvalidNetwork("layers is empty; a network has at least one layer")
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise InvalidNetwork(f"layers[{i}] = {shown(layer)} is not a Layer")
        if i and layer.inputs != layers[i - 1].units:
            raise InvalidNetwork(
                f"layers[{i}] has {layer.inputs} inputs, but layers[{i - 1}] has"
                f" {layers[i - 1].units} units"
            )


def _check_readout(readout: Any, outputs: int) -> None:
    if not isinstance(readout, str) or readout not in READOUTS:
        raise InvalidNetwork(f"readout = {shown(readout)} is not one of {READOUTS}")
    if readout in ("value", "sign") and outputs != 1:
        raise InvalidNetwork(
            f"readout {readout!r} reads one output, but the last layer has {outputs} units"
        )
