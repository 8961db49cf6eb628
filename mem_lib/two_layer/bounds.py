"""What the theorems of exact networks promise about size, and what no network can do without.

Numbers of neurons are exact formulas; bits follow from :mod:`.lengths`, and are generous.  The
common denominator of the outgoing weights, up to a power of two, divides the product of the
determinants of all groups.
"""

import math

from mem_lib._base.arguments import integer_in, one_of
from mem_lib.constructions import Facts
from mem_lib.network import Size
from mem_lib.two_layer.lengths import AffineLengths, Lengths, PairLengths, log_sum, whole_bits


def least_neurons(N: int, d: int, activation: str = "relu") -> int:
    """The fewest hidden units that may suffice for all N points of R^d in general position.

    ``"relu"``: ceil(N/(d+1)); whatever the points are, fewer neurons miss some real values, indeed
    almost all (``thm-two_layer-least-neurons``).  2 ceil(N/(d+1)) suffice.
    ``"threshold"``: ceil((N-1)/d); some points and labels of two classes need as many
    (``thm-two_layer-threshold-least``), and as many suffice.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> least_neurons(1000, 50), least_neurons(1000, 50, activation="threshold")
    (20, 20)
    """
    N, d = integer_in(N, "N", 1), integer_in(d, "d", 1)
    if one_of(activation, "activation", ("relu", "threshold")) == "relu":
        return -(-N // (d + 1))
    return -(-(N - 1) // d)


def slabs_size(facts: Facts) -> Size:
    """Of theorem ``thm-two_layer-slabs``: 4 ceil(N/d) neurons."""
    points = Lengths.of(facts)
    groups = -(-points.N // points.d)
    last = points.last(points.d)
    # |s(z)| <= |column| |(z, 1)|, and half the gap is added; |column| 2^shift for a single group
    reach = points.lifted if groups > 1 else points.unit
    base = points.hyperplane(points.d - last) + reach + 1
    bend = AffineLengths.through(points, min(points.N, points.d), points.above)
    pairs = [PairLengths.of(points, base, bend)]
    return _relu(points, 4 * groups, pairs, groups * bend.determinant)


def strip_neurons(N: int, size: int) -> int:
    """Two neurons for a group of ``size`` points, one for a last group of one point.

    >>> strip_neurons(9, 3), strip_neurons(10, 3), strip_neurons(11, 3)
    (6, 7, 8)
    """
    return 2 * -(-N // size) - ((N - 1) % size == 0)


def sorted_size(facts: Facts, size: int, direction_bits: int | None = None) -> Size:
    """Of theorem ``thm-two_layer-sorted``: 2 ceil(N/size) neurons, for groups of ``size``, one
    fewer where the last group is one point."""
    points = Lengths.of(facts)
    if direction_bits is None:
        # a pair ties with probability below 2^-bits, and there are fewer than N^2 / 2 pairs
        direction_bits = 2 * points.N.bit_length() + 8
    groups, left = -(-points.N // size), points.last(size)
    last = AffineLengths.through(points, left, points.above)
    full = AffineLengths.through(points, size, points.above) if groups > 1 else last
    # the lowest level is at least -(5 d 2^direction_bits |z|), or 2^shift lower than 0
    base = 1 + log_sum(math.log2(5 * points.d) + direction_bits + points.norm, points.shift)
    bends = [full] if groups == 1 else [full.less(full), full.less(last)]
    determinants = (groups - 1) * full.determinant + last.determinant
    if left == 1:
        # the ramp weighs (y - A(x)) / (p(x) - t), and the doubled bottom is 1 to 2^(base + 1)
        bends, determinants = bends[: groups - 1], (groups - 1) * full.determinant + base + 1
    pairs = [PairLengths.of(points, base, bend) for bend in bends]
    if left == 1:
        missing = log_sum(points.above + full.determinant, full.at(points))
        pairs.append(PairLengths(base + 1, 1 + missing, 0.0))
    return _relu(points, strip_neurons(points.N, size), pairs, determinants)


def curve_group(d: int) -> int:
    """Points in a group on the moment curve: as many as an odd polynomial has zeros.

    >>> [curve_group(d) for d in (1, 2, 3, 4, 5)]
    [1, 1, 3, 3, 5]
    """
    return d if d % 2 else d - 1


def moment_curve_size(facts: Facts) -> Size:
    """Of theorem ``thm-two_layer-moment-curve``: a neuron for each group and one more.

    A wall is integer, at most 2^hyperplane long and at least 1 off its group, so a steepness is at
    most twice the largest change of the affine functions, or 1.
    """
    points = Lengths.of(facts)
    size = curve_group(points.d)
    groups = -(-points.N // size)
    piece = AffineLengths.through(points, min(points.N, size), points.above)
    if groups > 1:
        last = AffineLengths.through(points, points.last(size), points.above)
        piece = max(piece, last, key=lambda one: one.entries)
        full = AffineLengths.through(points, size, points.above)
        piece = AffineLengths(piece.entries, max(full.determinant, last.determinant))
    change = piece.less(piece)
    steep = max(1 + change.at(points), 0.0)
    wall = points.hyperplane(0) + math.log2(points.d + 1)
    denominator = points.below + change.determinant
    row = whole_bits(log_sum(change.entries, 1 + steep + wall + denominator))
    whole = PairLengths(row, row, 0.0)
    return _relu(points, groups + 1, [whole], groups * piece.determinant)


def caps_size(facts: Facts, dyadic: bool, one_sphere: bool) -> Size:
    """Of theorems ``thm-two_layer-caps`` and ``thm-two_layer-triangular``: N neurons.

    In integers z a cap is h = |z|^2 - b high, 1 <= h <= 2 max(|z|^2, 4^shift), or a power of two
    below that.  On a sphere a = y / h.  Elsewhere, by increasing norm,

        |a_i| h_i <= |y_i| + sum_{j < i} |a_j| (<z_j, z_i> - |z_j|^2 + h_j),

    and <z_j, z_i> - |z_j|^2 <= |z_i|^2 / 4, so that |a_i| h_i <= max |y| (2 + |z|^2 / 4)^(i - 1),
    over the denominator of the values times the product of the heights.
    """
    points = Lengths.of(facts)
    N = points.N
    height = 1 + max(2 * points.norm, 2.0 * points.shift)
    shared = 1 if dyadic and one_sphere else N
    growth = 0.0 if one_sphere else (N - 1) * log_sum(1.0, 2 * points.norm - 2)
    row = whole_bits(max(points.norm, height))
    outer = whole_bits(points.above + shared * height + growth)
    return Size(
        depth=2,
        width=N,
        neurons=N,
        weights=N * (points.d + 2),
        dense_weights=N * (points.d + 2) + 1,
        bits=max(row, outer),
        total_bits=N * ((points.d + 1) * row + outer),
    )


def _relu(points: Lengths, neurons: int, pairs: list[PairLengths], determinants: float) -> Size:
    """``determinants``: of the product over all groups."""
    row = whole_bits(max(pair.row for pair in pairs))
    power = max(pair.power for pair in pairs)
    outer = whole_bits(max(pair.outer for pair in pairs) + points.below + power + determinants)
    return Size(
        depth=2,
        width=neurons,
        neurons=neurons,
        weights=neurons * (points.d + 2),
        dense_weights=neurons * (points.d + 2) + 1,
        bits=max(row, outer),
        total_bits=neurons * ((points.d + 1) * row + outer),
    )


def threshold_size(facts: Facts) -> Size:
    """Of theorem ``thm-two_layer-threshold``: ceil((N-1)/d) units."""
    points = Lengths.of(facts)
    N, d = points.N, points.d
    units = least_neurons(N, d, "threshold")
    if units == 0:
        return Size(
            depth=1, width=0, neurons=0, weights=1, dense_weights=d + 1, bits=1, total_bits=1
        )
    if points.d + 1 >= points.N:
        slab, facet = 0, whole_bits(AffineLengths.through(points, N, 0.0).entries)
    else:
        # twice the column and its gap
        slab = whole_bits(points.hyperplane(d - 1) + points.lifted + 2)
        facet = whole_bits(_facet(points))
    return Size(
        depth=2,
        width=units,
        neurons=units,
        weights=units * (d + 2) + 1,
        dense_weights=units * (d + 2) + 1,
        bits=max(slab, facet, 2),
        total_bits=(d + 1) * ((units - 1) * slab + max(slab, facet)) + 2 * units + 1,
    )


def _facet(points: Lengths) -> float:
    """A row of the unit that tilts a facet u by κ e: 1/κ <= 4 (max |e| + 1), κ <= |u| / 2."""
    column, tilt = points.hyperplane(0), AffineLengths.through(points, points.d, 0.0)
    small = 2 + log_sum(tilt.at(points), tilt.determinant) + column
    return log_sum(small, column + points.lifted + tilt.entries, tilt.determinant + column)
