r"""The nearest point of each class, as layers: what every max-net of this chapter is made of.

The *score* of a point, s_i(z) = 2 <x_i, z> - |x_i|^2, is |z|^2 - |z - x_i|^2: affine in z, and
largest where x_i is nearest.  So the classifier of the nearest point compares maxima of affine
functions, one maximum a class:

    max_(i in c) s_i(z) - max_(i in c') s_i(z) = min_(c') |z - x_i|^2 - min_c |z - x_i|^2.

A maximum of two takes max(a, b) = relu(a - b) + relu(b), two units, **if b >= 0**.  For any b there
is relu(a - b) + relu(b) - relu(-b), three units, and in *every* layer, since partial maxima may be
negative too.  On all of R^d the two-unit rule is enough, if in each class c one point b(c), its
*base*, is subtracted first:

    max_(i in c) s_i = s_b(c) + M_c,        M_c = max_(i in c, i != b(c)) relu(s_i - s_b(c)).

The base itself is the 0 in the ReLUs.  So all partial maxima of M_c are >= 0, everywhere.  Of the
bases only the differences l_c = s_b(c) - s_b(0) to the first class count, and an affine function
that may have any sign is carried by two units, relu(l) and relu(-l).  That makes
(N_0 - 1) + ... + (N_(C-1) - 1) + 2 (C - 1) = N + C - 2 units in the first layer: **N for two
classes**, with N (d + 1) weights, where the three-unit rule takes 3N/2 units.  (A first layer that
only carries the coordinates, relu(z_k) and relu(-z_k), has 2d; then each score has 2d weights
behind it.)

Behind it, n values become ceil(n/2) with n units a layer, until each class has one: all weights
there are 1 or -1, at most three entries a value in the second layer and six in later ones.  No
layer at all is needed where each class has one point: then l_c is the output.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from mem_lib._base.integers import INT64_LIMIT, largest
from mem_lib.network import Layer, Size
from mem_lib.network.builder import Builder, Value

#: Stages of the layers, for readers.
SCORES, MAXIMA, COMPARE = "scores", "maxima", "compare"


def exact(points: np.ndarray, factor: int = 1) -> np.ndarray:
    """The points in int64 where squared distances times ``factor`` stay below 2^62, else as Python
    integers."""
    reach = 4 * points.shape[1] * int(largest(points)) ** 2 * factor
    return points.astype(np.int64 if reach < INT64_LIMIT else object)


def squares(points: np.ndarray) -> np.ndarray:
    """The squared norms, in the type of the points."""
    return np.asarray((points * points).sum(axis=1))


def squared_distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(len(points), len(others)), exact, for what :func:`exact` returned.

    |x|^2 + |y|^2 - 2 <x, y>, with the products in float64 where no sum reaches 2^53.

    >>> squared_distances(np.array([[0, 0]]), np.array([[3, 4], [1, 1]])).tolist()
    [[25, 2]]
    """
    reach = points.shape[1] * int(largest(points)) * int(largest(others))
    if reach < 2**53:
        cross = (points.astype(np.float64) @ others.astype(np.float64).T).astype(np.int64)
    else:
        cross = points @ others.T
    return np.asarray(squares(points)[:, None] + squares(others) - 2 * cross)


def scores_of(points: np.ndarray, rows: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of the scores of some rows less that of the row ``base``."""
    square = squares(points)
    return 2 * (points[rows] - points[base]), square[base] - square[rows]


def write(
    net: Builder, points: np.ndarray, labels: np.ndarray, classes: int, *, signed: bool = False
) -> None:
    """All layers of a max-net: for two classes one output, the squared distance to the nearest
    point of class 0 less that of class 1; for more an output each, whose differences are such.

    points: (N, k) integers, more than one label among them
    signed: the units before are relu(p) and relu(-p) of k coordinates, not the coordinates

    A class without a point gets the output of one that has some, less 1: never the largest.
    """
    points = exact(points)
    bases = {int(c): int(np.argmax(labels == c)) for c in np.unique(labels)}
    first = next(iter(bases.values()))
    members = {c: np.flatnonzero(labels == c)[1:] for c in bases}
    carried = {c: base for c, base in bases.items() if base != first}
    if any(map(len, members.values())):
        values, sides = _first_layer(net, points, bases, members, signed)
        maxima, sides = tournament(net, values, sides)
        lead = {c: sides[f"{c}+"] - sides[f"{c}-"] for c in carried}
    else:
        maxima, lead = {}, {}
        for c, base in carried.items():
            weight, bias = scores_of(points, np.array([base]), first)
            lead[c] = net.first(_sides(weight, signed)[0].tolist(), int(bias[0]))
    outputs = {c: lead.get(c, 0) + maxima.get(c, 0) for c in bases}
    net.layer(COMPARE, _outputs(outputs, classes), "identity")


def _first_layer(
    net: Builder,
    points: np.ndarray,
    bases: dict[int, int],
    members: dict[int, np.ndarray],
    signed: bool,
) -> tuple[dict[int, list[Value]], dict[str, Value]]:
    """(the values to be compared in each class, the two sides of each l_c)."""
    first = next(iter(bases.values()))
    parts = [scores_of(points, members[c], base) for c, base in bases.items()]
    names = [f"{i} over {base}" for c, base in bases.items() for i in members[c].tolist()]
    sides = []
    for c, base in bases.items():
        if base != first:
            weight, bias = scores_of(points, np.array([base]), first)
            parts += [(weight, bias), (-weight, -bias)]
            names += [f"{base} over {first}", f"{first} over {base}"]
            sides += [f"{c}+", f"{c}-"]
    weight = np.concatenate([w for w, _ in parts])
    bias = np.concatenate([b for _, b in parts])
    units = net.append(Layer(_sides(weight, signed), bias, "relu", names=names, stage=SCORES))
    values, place = {}, 0
    for c, rows in members.items():
        values[c] = units[place : place + len(rows)]
        place += len(rows)
    return values, dict(zip(sides, units[place:], strict=True))


def tournament(
    net: Builder, values: dict[int, list[Value]], carried: dict[str, Value]
) -> tuple[dict[int, Value], dict[str, Value]]:
    """The largest of each list of values, all of them >= 0 wherever the network is asked, by pairs
    and pairs of pairs; what is carried along is >= 0 as well.

    An empty list has the maximum 0.  Each layer has as many units as there are values.
    """
    while any(len(group) > 1 for group in values.values()):
        units = dict(carried)
        for c, group in values.items():
            for k, (a, b) in enumerate(zip(group[::2], group[1::2], strict=False)):
                units[f"{c}.{k} first"], units[f"{c}.{k}"] = a - b, b
            if len(group) % 2:
                units[f"{c}.{len(group) // 2}"] = group[-1]
        h = net.layer(MAXIMA, units)
        carried = {name: h[name] for name in carried}
        values = {
            c: [h.get(f"{c}.{k} first", 0) + h[f"{c}.{k}"] for k in range((len(group) + 1) // 2)]
            for c, group in values.items()
        }
    return {c: group[0] for c, group in values.items() if group}, carried


def _sides(weight: np.ndarray, signed: bool) -> np.ndarray:
    return np.hstack([weight, -weight]) if signed else weight


def _outputs(outputs: dict[int, Value], classes: int) -> dict[str, Value]:
    if classes == 2:
        return {"value": outputs[1] - outputs[0]}
    never = next(iter(outputs.values())) - 1
    return {f"class {c}": outputs.get(c, never) for c in range(classes)}


# -- the size --------------------------------------------------------------------------------------


def hidden_layers(largest_class: int) -> int:
    """1 + ceil(log2(n - 1)) for n >= 2 points in the largest class; none for one point.

    >>> [hidden_layers(n) for n in (1, 2, 3, 4, 5, 6)]
    [0, 1, 2, 3, 3, 4]
    """
    return 0 if largest_class < 2 else 1 + (largest_class - 2).bit_length()


def widths(counts: Sequence[int]) -> list[int]:
    """Hidden widths for classes of these sizes, each >= 1.

    >>> widths([2, 2]), widths([3, 2]), widths([1, 1])
    ([4], [5, 5], [])
    """
    layers, carried = hidden_layers(max(counts)), 2 * (len(counts) - 1)
    halved = [[n - 1 for n in counts]]
    for _ in range(layers - 2):
        halved.append([-(-n // 2) for n in halved[-1]])
    found = [sum(n) + carried for n in halved]
    return [found[0], *found][:layers]


def size_bound(
    N: int, d: int, classes: int, reach: int, before: tuple[int, int, int] = (0, 0, 0)
) -> Size:
    """At least the size for N points in more than one class, whose coordinates, squared norms and
    differences are at most those of points of norm ``reach``.

    before: (layers, units, weights) that stand before the scores, all of them narrower
    """
    present = min(classes, N)
    carried, pairs = 2 * (present - 1), N - present
    layers = hidden_layers(N - 1)
    values = [pairs] + [pairs // 2**k + present for k in range(layers - 1)]
    hidden = [n + carried for n in values][:layers]
    tree = [(3 if k == 0 else 6) * (pairs // 2 ** (k + 1) + present) for k in range(layers - 1)]
    outputs = 1 if classes == 2 else classes
    readout = 6 if classes == 2 else 5 * classes
    scores = max(hidden[0] if hidden else 0, outputs) * (d + 1)
    small = sum(tree) + carried * len(tree) + readout
    bits = max((4 * reach).bit_length(), (reach * reach).bit_length(), 1)
    below = [d, *hidden, outputs]
    return Size(
        depth=before[0] + layers + 1,
        width=max([before[1], *hidden]),
        neurons=before[1] + sum(hidden),
        weights=before[2] + scores + small,
        dense_weights=before[2] + sum(b * (a + 1) for a, b in pairwise(below)),
        bits=bits,
        total_bits=(before[2] + scores) * bits + small,
    )


def integer_reach(radius: Fraction, grid_bits: int) -> int:
    """The radius in steps of the grid, rounded up."""
    return math.ceil(radius * 2**grid_bits)
