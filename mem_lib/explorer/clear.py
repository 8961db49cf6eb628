"""Networks for all labellings of a few points whose lines keep away from the points.

A point that lies beside a line of the first layer looks as if it were on it, whatever the integers
say.  Seeds are free, so the page takes one whose lines leave every mark alone, and where it can one
first layer serves all labellings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mem_lib.constructions import Construction, made
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed
from mem_lib.explorer.points import box_of
from mem_lib.network import Network

#: Wanted between a point and a line, as a share of the picture's side: 14 pixels on a phone.
CLEAR = 1 / 26
#: What constructions call the number of lines of a first layer that does not know the labels.
LINES = ("n", "hyperplanes")
#: Seeds that are tried for a first layer that serves all labellings, and for a single labelling.
SHARED_SEEDS, OWN_SEEDS = 256, 12


def clearance(network: Network, points: Sequence[tuple[int, int]]) -> float:
    """The distance of the nearest line of the first layer from the nearest of ``points``, as a
    share of the side of their box; infinite without lines."""
    left, right, _, _ = box_of(points)
    places, nearest = np.array(points, dtype=float), np.inf
    for bias, terms in network.layers[0].rows():
        normal = np.zeros(2)
        for k, weight in terms:
            normal[k] = float(weight) * 2.0**network.input_shift
        if length := np.hypot(*normal):
            nearest = min(nearest, np.abs(places @ normal + float(bias)).min() / length)
    return float(nearest / (right - left))


def networks(construction: Construction, labelled: Sequence[Dataset]) -> list[Network]:
    """A network for each labelling of the same points, with lines that keep away from them as far
    as the construction and a few seeds allow.

    Raises as ``construction.build``.
    """
    for lines in LINES:
        if lines in construction.parameters():
            return shared(construction, labelled, lines)
    points = [(x, y) for x, y in labelled[0].points.tolist()]
    middle = labelled[len(labelled) // 3]
    first = [construction.build(middle, seed=seed) for seed in range(OWN_SEEDS)]
    seeds = sorted(range(OWN_SEEDS), key=lambda seed: -clearance(first[seed], points))
    if clearance(first[seeds[0]], points) < CLEAR:
        return [construction.build(data) for data in labelled]  # its lines run through the points
    return [_clearest(construction, data, points, seeds) for data in labelled]


def _clearest(
    construction: Construction, data: Dataset, points: list[tuple[int, int]], seeds: list[int]
) -> Network:
    """The network of the first of ``seeds`` that is clear, else of the clearest."""
    found: list[Network] = []
    for seed in seeds:
        found.append(construction.build(data, seed=seed))
        if clearance(found[-1], points) >= CLEAR:
            return found[-1]
    return max(found, key=lambda network: clearance(network, points))


def shared(construction: Construction, labelled: Sequence[Dataset], lines: str) -> list[Network]:
    """Networks with one first layer of n lines, which the parameter ``lines`` asks for: n = 2N, or
    N where the construction's own network has fewer than 2N, then twice as many, and so on; of its
    seeds the first whose lines are clear, else the clearest.

    Raises ``ConstructionFailed`` when no first layer serves all labellings.
    """
    points = [(x, y) for x, y in labelled[0].points.tolist()]
    own = construction.build(labelled[len(labelled) // 3]).layers[0].units
    for doubling in range(8):
        n = len(points) << doubling + (own >= 2 * len(points))
        drawn, best = made(construction.name(), **{lines: n}), (-1.0, list[Network]())
        for seed in range(SHARED_SEEDS >> doubling):
            built = _one_layer(drawn, labelled, seed, points, best[0])
            if built and (away := clearance(built[-2], points)) > best[0]:
                best = (away, built)
            if best[0] >= CLEAR:
                break
        if best[1]:
            return best[1]
    raise ConstructionFailed(f"points: no draw of up to {n} lines tells all pairs apart")


def _one_layer(
    lines: Construction,
    labelled: Sequence[Dataset],
    seed: int,
    points: list[tuple[int, int]],
    away: float,
) -> list[Network]:
    """The networks of one seed if all with a hidden layer have the same first layer, which lies
    farther than ``away`` from the points; else none."""
    first, built = "", []
    order = sorted(range(len(labelled)), key=lambda i: i != len(labelled) - 2)
    for i in order:
        try:
            network = lines.build(labelled[i], seed=seed)
        except ConstructionFailed:
            return []
        if network.depth > 1:
            rows = str(list(network.layers[0].rows()))
            if (first and rows != first) or (not first and clearance(network, points) <= away):
                return []
            first = rows
        built.append(network)
    back = dict(zip(order, built, strict=True))
    return [back[i] for i in range(len(labelled))]
