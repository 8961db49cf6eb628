"""What is measured of a network in a challenge: numbers of which fewer is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.exact import predict
from mem_lib.network import Network
from mem_lib.two_layer.weight import total_weight

Number = int | float


@dataclass(frozen=True)
class Measure:
    """``of(network, unseen)`` is a number, or None where this network has none; ``unseen`` are the
    further points of the challenge.  ``log``: its axis is logarithmic."""

    name: str
    title: str
    of: Callable[[Network, Dataset | None], Number | None]
    log: bool = True


def missed(network: Network, unseen: Dataset | None) -> int | None:
    """How many of the further points are not answered with their label."""
    if unseen is None:
        return None
    return int(np.sum(predict(network, unseen.points, names=False) != unseen.labels))


def _total_weight(network: Network, unseen: Dataset | None) -> float | None:
    try:
        return total_weight(network)
    except InvalidArgument:  # another shape, or beyond floats: the rules say what is wrong
        return None


def _price(network: Network, unseen: Dataset | None) -> float | None:
    weight = _total_weight(network, unseen)
    return None if weight is None else network.size.neurons * weight


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("depth", "depth", lambda network, _: network.size.depth, log=False),
        Measure("neurons", "neurons", lambda network, _: network.size.neurons),
        Measure("weights", "nonzero weights", lambda network, _: network.size.weights),
        Measure("bits", "bits of the longest weight", lambda network, _: network.size.bits),
        Measure("total_bits", "total bits", lambda network, _: network.size.total_bits),
        Measure("total_weight", "total weight", _total_weight),
        Measure("price", "neurons × total weight", _price),
        Measure("missed", "further points missed", missed, log=False),
    )
}
