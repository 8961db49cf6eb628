"""Which weights know the labels: two networks of the same wiring, entry by entry.

In the paper's network the points decide everything but the label files.  So two networks for the
same points and different labels differ in at most N/n weights of nc bits, together the N c bits
that theorem ``thm-optimal_relu-precision`` asks for, up to the filling of the last file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mem_lib._base.arguments import instance
from mem_lib.errors import InvalidArgument
from mem_lib.network import Layer, Network


@dataclass(frozen=True)
class Place:
    """One entry in which two networks differ.

    layer, unit: of the unit that it enters
    source:      the unit of the layer before (an input, for layer 0); None for the bias
    before:      the entry of the first network
    after:       the entry of the second
    """

    layer: int
    unit: int
    source: int | None
    before: int
    after: int

    @property
    def bits(self) -> int:
        """Of the longer of the two."""
        return max(abs(self.before), abs(self.after)).bit_length()


@dataclass(frozen=True)
class Difference:
    """The entries in which two networks of one wiring differ.

    places:  in the order of the layers
    weights: how many weights and biases of the first network are not 0
    """

    places: tuple[Place, ...]
    weights: int

    @property
    def bits(self) -> int:
        """Of all places together: what these weights can hold."""
        return sum(place.bits for place in self.places)


def label_weights(first: Network, second: Network) -> Difference:
    """The entries in which two networks differ: for the same points and other labels, the weights
    that know the labels.

    Raises ``InvalidArgument`` for what are no two networks of the same layers: with the default
    direction and folders, flipped labels leave the wiring as it is.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=100, d=3, seed=0)
    >>> flipped = ml.Dataset(dataset.points, 1 - dataset.labels)
    >>> found = label_weights(*(ml.optimal_relu.build(data) for data in (dataset, flipped)))
    >>> found.weights, len(found.places), found.bits
    (2096, 34, 102)
    """
    for name, network in (("first", first), ("second", second)):
        instance(network, name, Network)
    shapes = [[layer.weight.shape for layer in network.layers] for network in (first, second)]
    if shapes[0] != shapes[1]:
        raise InvalidArgument(
            "first, second: two networks with layers of the same sizes are needed, got "
            f"{first!r} and {second!r}"
        )
    pairs = enumerate(zip(first.layers, second.layers, strict=True))
    places = (Place(layer, *entry) for layer, pair in pairs for entry in _entries(*pair))
    return Difference(tuple(p for p in places if p.before != p.after), first.size.weights)


def _entries(first: Layer, second: Layer) -> Iterator[tuple[int, int | None, int, int]]:
    """(unit, source, entry of the first, entry of the second), where one of them is not 0."""
    for unit, rows in enumerate(zip(first.rows(), second.rows(), strict=True)):
        (bias, terms), (other, others) = rows
        if bias or other:
            yield unit, None, bias, other
        one, two = dict(terms), dict(others)
        for source in sorted(one.keys() | two.keys()):
            yield unit, source, one.get(source, 0), two.get(source, 0)
