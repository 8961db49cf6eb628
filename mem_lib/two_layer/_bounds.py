"""What the theorems of exact networks promise about size, and what no network can do without.

Numbers of neurons are exact formulas.  Lengths of weights follow from Hadamard's inequality.  Let
(z, 1) be integer points z = 2^grid_bits x, at most r long.  A hyperplane through d of them is a
column of minors, at most r^d long.  An affine function with given values at d + 1 points has the
denominator det (z_i, 1) <= r^(d+1); one of least norm at s points the Gram determinant of
(z_i, 2^grid_bits), up to twice as long.  A row of the network is a combination of both, and the
common denominator of the outgoing weights, up to a power of two, divides the product of the
determinants of all groups.

Floating point: logarithms to base 2 of these bounds are added up in binary64 and rounded upwards,
so a promise is never too small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mem_lib._base.arguments import at_least_zero, whole
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import MOST_SHIFT, Size
from mem_lib.two_layer._build import VARIANTS
from mem_lib.two_layer._fit_options import METHODS

#: How often random points that complete a hyperplane may have to be drawn again.
REDRAWN = 8
#: More is refused, because the entries of ``Size`` leave the range of exact floats.
MOST_POINTS, MOST_BITS = 10**9, 10**7
_OUTWARDS = 1 + 1e-9


def bound(
    dataset: Dataset | None = None,
    *,
    N: int | None = None,
    d: int | None = None,
    variant: str = "sorted",
    radius: Any = None,
    grid_bits: int | None = None,
    classes: int | None = None,
    value_bits: int | None = None,
    direction_bits: int | None = None,
) -> Size:
    """What the theorems promise for points in general position: no entry of ``Size`` of a network
    that :func:`build` makes is larger, when its random numbers are good.

    ``bound(dataset)`` fills in N (of distinct points), d, radius, grid_bits and the values.

    Parameters
    ----------
    variant : ``"threshold"`` (ceil((N-1)/d) units, ``thm-two_layer-threshold``), ``"paper"``
        (4 ceil(N/d) neurons, ``thm-two_layer-slabs``) or ``"sorted"`` (2 ceil(N/(d+1)) neurons,
        ``thm-two_layer-sorted``).
    radius : at least the norm of every point; default 1.
    grid_bits : points lie on the grid 2^-grid_bits; default 20.
    classes, value_bits : the values are 0..classes-1, default 2 of them; or fractions with one
        denominator, of at most ``value_bits`` bits above and below.
    direction_bits : for ``"sorted"``, bits of the direction; default: what one of the directions
        that are drawn stays within with probability above 1 - 2^-8.  Most are much shorter.

    The random numbers are good when the direction has no more bits, and when a hyperplane through
    fewer than d points was completed within 8 draws.  Neurons, width and dense weights come from
    exact formulas; bits are generous.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range or missing, or means nothing; and for the other variants:
        the number of neurons of ``"ntk"`` and ``"hermite"`` is promised by :func:`steps`, and
        nothing is proved about the rest.

    >>> bound(N=1000, d=50).neurons, bound(N=1000, d=50, variant="paper").neurons
    (40, 80)
    >>> bound(N=1001, d=50, variant="threshold").neurons
    20
    """
    _known(variant)
    if dataset is not None:
        given = (N, d, radius, grid_bits, classes, value_bits)
        if any(value is not None for value in given):
            raise HypothesisViolated(
                "dataset: N, d, radius, grid_bits, classes and value_bits are those of the data; "
                "omit them"
            )
        cloud = _Cloud.of(dataset, variant)
    else:
        cloud = _Cloud.given(N, d, radius, grid_bits, classes, value_bits)
    if direction_bits is not None and variant != "sorted":
        raise HypothesisViolated(
            f"direction_bits: it means nothing to the variant {variant!r}, got "
            f"{show(direction_bits)}"
        )
    if variant == "threshold":
        if dataset is None and (value_bits is not None or (classes or 2) > 2):
            raise HypothesisViolated(
                "classes, value_bits: variant 'threshold' needs labels of at most two classes, got "
                f"{show(classes if value_bits is None else value_bits)}"
            )
        return _threshold(cloud)
    if variant == "paper":
        return _slabs(cloud)
    if direction_bits is None:
        # a pair ties with probability below 2^-bits, and there are fewer than N^2 / 2 pairs
        direction_bits = 2 * cloud.N.bit_length() + 8
    return _sorted(cloud, whole(direction_bits, "direction_bits", 1, MOST_BITS))


def least_neurons(N: int, d: int, activation: str = "relu") -> int:
    """The fewest hidden units that may suffice for all N points of R^d in general position.

    ``"relu"``: ceil(N/(d+1)); whatever the points are, fewer neurons miss some real values, indeed
    almost all (``thm-two_layer-least-neurons``).  2 ceil(N/(d+1)) suffice.
    ``"threshold"``: ceil((N-1)/d); some points and labels of two classes need as many
    (``thm-two_layer-threshold-least``), and as many suffice.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> least_neurons(1000, 50), least_neurons(1000, 50, activation="threshold")
    (20, 20)
    """
    N, d = whole(N, "N", 1), whole(d, "d", 1)
    if not isinstance(activation, str) or activation not in ("relu", "threshold"):
        raise HypothesisViolated(
            f"activation: 'relu' or 'threshold' is needed, got {show(activation)}"
        )
    return -(-N // (d + 1)) if activation == "relu" else -(-(N - 1) // d)


# -- points and values ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cloud:
    """Integer points z = 2^shift x and values p / q, as base-2 logarithms.

    norm:    of |z|, or 0
    lifted:  of |(z, 1)|
    unit:    of |(z, 2^shift)|
    above:   of the numerators p
    below:   of the common denominator q
    """

    N: int
    d: int
    shift: int
    norm: float
    lifted: float
    unit: float
    above: float
    below: float

    @classmethod
    def of(cls, dataset: Any, variant: str) -> _Cloud:
        if not isinstance(dataset, Dataset):
            raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
        if variant == "threshold" and (dataset.targets is not None or dataset.classes > 2):
            raise HypothesisViolated(
                "dataset: variant 'threshold' needs labels of at most two classes"
            )
        data = dataset.distinct()
        largest, denominator = int(data.classes or 0) - 1, 1
        if data.targets is not None:
            numerators, denominator = data.integer_targets()
            largest = max(abs(int(p)) for p in numerators)
        square = int(data.squared_radius * 4**data.shift)
        return cls._from(data.N, data.d, data.shift, square, largest, denominator)

    @classmethod
    def given(
        cls, N: Any, d: Any, radius: Any, grid_bits: Any, classes: Any, value_bits: Any
    ) -> _Cloud:
        N, d = whole(N, "N", 1, MOST_POINTS), whole(d, "d", 1, MOST_POINTS)
        shift = whole(20 if grid_bits is None else grid_bits, "grid_bits", 0, MOST_SHIFT)
        exact = at_least_zero(1 if radius is None else radius, "radius")
        if value_bits is None:
            largest, denominator = whole(2 if classes is None else classes, "classes", 1) - 1, 1
        elif classes is not None:
            raise HypothesisViolated("classes: give it or value_bits, not both")
        else:
            largest = denominator = 1 << whole(value_bits, "value_bits", 1, MOST_BITS)
        square = math.ceil(exact**2 * 4**shift)
        return cls._from(N, d, shift, square, largest, denominator)

    @classmethod
    def _from(
        cls, N: int, d: int, shift: int, square: int, largest: int, denominator: int
    ) -> _Cloud:
        return cls(
            N,
            d,
            shift,
            norm=math.log2(max(square, 1)) / 2,
            lifted=math.log2(square + 1) / 2,
            unit=math.log2(square + 4**shift) / 2,
            above=math.log2(max(largest, 1)),
            below=math.log2(denominator),
        )

    def hyperplane(self, missing: int) -> float:
        """The length of the column of minors through d points, ``missing`` of them random ones, in
        a box as large as the data and ``REDRAWN`` times doubled."""
        completed = math.log2(self.d + 1) / 2 + self.norm + REDRAWN
        return (self.d - missing) * self.lifted + missing * completed

    def last(self, size: int) -> int:
        """How many points the last group of that size has."""
        return (self.N - 1) % size + 1


@dataclass(frozen=True)
class _Affine:
    """An affine function (w, b) on z of fractions with one denominator, as base-2 logarithms.

    entries:     of its numerators
    determinant: of its denominator, without that of the values
    """

    entries: float
    determinant: float

    @classmethod
    def through(cls, cloud: _Cloud, size: int, above: float) -> _Affine:
        """With values at ``size`` points, of numerators up to 2^above: by Cramer's rule for d + 1
        points, by the inverse of the Gram matrix for fewer."""
        if size == cloud.d + 1:
            return cls(above + math.log2(size) + cloud.d * cloud.lifted, size * cloud.lifted)
        gram = (2 * size - 1) * cloud.unit
        return cls(above + 2 * math.log2(size) + gram + cloud.shift, gram + cloud.unit)

    def less(self, other: _Affine) -> _Affine:
        """The difference of two."""
        entries = _sum(self.entries + other.determinant, other.entries + self.determinant)
        return _Affine(entries, self.determinant + other.determinant)

    def at(self, cloud: _Cloud) -> float:
        """The numerator of a value at a point."""
        return self.entries + math.log2(cloud.d + 1) / 2 + cloud.lifted


@dataclass(frozen=True)
class _Pair:
    """relu(base + h ℓ) and relu(base), with outgoing weights ± 1/h; base-2 logarithms.

    row:   of the entries of their rows, both on one scale
    outer: of the outgoing weights
    power: of the power of two in their denominators
    """

    row: float
    outer: float
    power: float

    @classmethod
    def of(cls, cloud: _Cloud, base: float, bend: _Affine) -> _Pair:
        """For an affine function ``base`` with half-integer entries and values of at most 2^base,
        not 0 at the points.  h is a power of two with h |ℓ| <= |base| at all of them, and 1/h <=
        max(1, 8 max |ℓ|).
        """
        denominator = cloud.below + bend.determinant
        steep = 3 + bend.at(cloud)  # of 1/h, and of that times the denominator of ℓ
        # h (w, b) has values of at most 2^base at the points, which bounds it
        slope = _Affine.through(cloud, min(cloud.N, cloud.d + 1), base).entries
        small = _sum(steep + base, bend.entries)  # h < 1: the row is base denominator / h + (w, b)
        large = 1 + denominator + _sum(base, slope)  # h >= 1: 2 denominator (base + h (w, b))
        return cls(max(small, large), small, base + denominator + 1)


def _sum(*logarithms: float) -> float:
    """The logarithm of the sum."""
    largest = max(logarithms)
    return largest + math.log2(math.fsum(2.0 ** (value - largest) for value in logarithms))


# -- sizes ----------------------------------------------------------------------------------------


def _slabs(cloud: _Cloud) -> Size:
    groups = -(-cloud.N // cloud.d)
    last = cloud.last(cloud.d)
    # |s(z)| <= |column| |(z, 1)|, and half the gap is added; |column| 2^shift for a single group
    reach = cloud.lifted if groups > 1 else cloud.unit
    base = cloud.hyperplane(cloud.d - last) + reach + 1
    bend = _Affine.through(cloud, min(cloud.N, cloud.d), cloud.above)
    return _relu(cloud, 4 * groups, [_Pair.of(cloud, base, bend)], groups * bend.determinant)


def _sorted(cloud: _Cloud, direction_bits: int) -> Size:
    groups = -(-cloud.N // (cloud.d + 1))
    last = _Affine.through(cloud, cloud.last(cloud.d + 1), cloud.above)
    full = _Affine.through(cloud, cloud.d + 1, cloud.above) if groups > 1 else last
    # the lowest level is at least -(5 d 2^direction_bits |z|), or 2^shift lower than 0
    base = 1 + _sum(math.log2(5 * cloud.d) + direction_bits + cloud.norm, cloud.shift)
    bends = [full] if groups == 1 else [full.less(full), full.less(last)]
    determinants = (groups - 1) * full.determinant + last.determinant
    return _relu(cloud, 2 * groups, [_Pair.of(cloud, base, bend) for bend in bends], determinants)


def _relu(cloud: _Cloud, neurons: int, pairs: list[_Pair], determinants: float) -> Size:
    """``determinants``: of the product over all groups."""
    row = _bits(max(pair.row for pair in pairs))
    power = max(pair.power for pair in pairs)
    outer = _bits(max(pair.outer for pair in pairs) + cloud.below + power + determinants)
    return Size(
        depth=2,
        width=neurons,
        neurons=neurons,
        weights=neurons * (cloud.d + 2),
        dense_weights=neurons * (cloud.d + 2) + 1,
        bits=max(row, outer),
        total_bits=neurons * ((cloud.d + 1) * row + outer),
    )


def _threshold(cloud: _Cloud) -> Size:
    N, d = cloud.N, cloud.d
    units = -(-(N - 1) // d)
    if units == 0:
        return Size(
            depth=1, width=0, neurons=0, weights=1, dense_weights=d + 1, bits=1, total_bits=1
        )
    if cloud.d + 1 >= cloud.N:
        slab, facet = 0, _bits(_Affine.through(cloud, N, 0.0).entries)
    else:
        slab = _bits(cloud.hyperplane(d - 1) + cloud.lifted + 2)  # twice the column and its gap
        facet = _bits(_facet(cloud))
    return Size(
        depth=2,
        width=units,
        neurons=units,
        weights=units * (d + 2) + 1,
        dense_weights=units * (d + 2) + 1,
        bits=max(slab, facet, 2),
        total_bits=(d + 1) * ((units - 1) * slab + max(slab, facet)) + 2 * units + 1,
    )


def _facet(cloud: _Cloud) -> float:
    """A row of the unit that tilts a facet u by κ e: 1/κ <= 4 (max |e| + 1), κ <= |u| / 2."""
    column, tilt = cloud.hyperplane(0), _Affine.through(cloud, cloud.d, 0.0)
    small = 2 + _sum(tilt.at(cloud), tilt.determinant) + column
    return _sum(small, column + cloud.lifted + tilt.entries, tilt.determinant + column)


def _bits(logarithm: float) -> int:
    """The bit length of integers whose base-2 logarithm is at most this."""
    return math.floor(logarithm * _OUTWARDS + 1e-6) + 1


# -- arguments ------------------------------------------------------------------------------------


def _known(variant: Any) -> None:
    if not isinstance(variant, str) or variant not in VARIANTS:
        raise HypothesisViolated(f"variant: one of {VARIANTS} is needed, got {show(variant)}")
    if variant in ("ntk", "hermite"):
        spread = "dispersion" if variant == "ntk" else "hermite_dispersion"
        raise HypothesisViolated(
            f"variant: the weights of {variant!r} have no bound; 2 * steps({spread}(dataset), "
            "error=...) neurons are promised for the step sizes of the theorem"
        )
    if variant in METHODS:
        raise HypothesisViolated(
            f"variant: no number of neurons is proved for {variant!r}; how fast the error of a fit "
            "falls is measured"
        )
    if variant == "hybrid":
        raise HypothesisViolated(
            "variant: 'hybrid' has 2 ceil(N/(d+1)) neurons more than its fit, whose number is "
            "measured"
        )
