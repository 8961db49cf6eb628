"""How often one random hyperplane tells two points apart.

A hyperplane is drawn with w ~ N(0, I) and b uniform on [-lambda, lambda]; its bit at x is 1 when
<w, x> + b > 0.  For points c and x let p(c, x) be the probability that the bit is 0 at c and 1 at
x.  Everything here is floating point: it decides how many hyperplanes are drawn, never whether a
network is right.
"""

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from mem_lib._base.arguments import above_zero
from mem_lib._base.dyadic import as_floats
from mem_lib._base.numbers import numbers_of
from mem_lib._base.search import least_integer
from mem_lib.errors import InvalidArgument

#: Most Gauss-Legendre nodes; see :func:`separation_probability` for the error.
_MOST_NODES = 2048


def chi3(kappa: float) -> float:
    """The distribution function of the chi distribution with 3 degrees of freedom: F3 in lemma
    ``thm-beyond_worst_case-hyperplane``.

    Relative error below 1e-10: near 0, where the two terms cancel, the series takes over.

    Raises ``InvalidArgument`` unless ``kappa`` is a finite number >= 0.

    >>> [round(chi3(kappa), 6) for kappa in (0, 1, 2)]
    [0.0, 0.198748, 0.738536]
    """
    kappa = above_zero(kappa, "kappa", or_zero=True)
    if kappa < 0.01:
        return math.sqrt(2 / math.pi) * (kappa**3 / 3 - kappa**5 / 10 + kappa**7 / 56)
    return math.erf(kappa / math.sqrt(2)) - math.sqrt(2 / math.pi) * kappa * math.exp(
        -kappa * kappa / 2
    )


def separation_probability(c: object, x: object, max_bias: float) -> np.ndarray:
    """p(c, x) for points ``c`` and ``x`` of shape (..., d) that broadcast (lemma
    ``thm-beyond_worst_case-hyperplane``, exact value).

    In the plane spanned by c and x let e point from c to x.  With u the angle of w to e the
    clipped difference of <w, x> and <w, c> has a closed mean, and what remains is one integral of
    a smooth function over a half circle, done by Gauss-Legendre quadrature.  The function bends on
    the scale max_bias / norm, and the number of nodes follows: the error is below 1e-6 while
    max_bias is at least a fiftieth of the larger norm.  ``max_bias = 0`` gives the angle over
    2 pi.

    Raises ``InvalidDataset`` for what is no finite number, ``InvalidArgument`` for points of
    different dimensions and a negative ``max_bias``.

    >>> round(float(separation_probability([1.0, 0.0], [0.0, 1.0], 1.0)), 6)
    0.206014
    """
    bias = above_zero(max_bias, "max_bias", or_zero=True)
    c, x = (_placed(points, bias) for points in _together(c, x))
    distance = np.sqrt(((x - c) ** 2).sum(axis=-1))
    return _from_norms((c**2).sum(axis=-1), (x**2).sum(axis=-1), distance, bias)


def _together(c: object, x: object) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays of points of one dimension, as floats that broadcast."""
    ours, theirs = (
        as_floats(numbers_of(name, points, fractions=True), np.dtype(float))
        for name, points in (("c", c), ("x", x))
    )
    try:
        np.broadcast_shapes(ours.shape, theirs.shape)
        good = ours.shape[-1] == theirs.shape[-1]
    except (ValueError, IndexError):
        good = False
    if not good or not np.isfinite(ours).all() or not np.isfinite(theirs).all():
        raise InvalidArgument(
            "c, x: points of one dimension are needed, in shapes that broadcast and in the range "
            f"of floats, got the shapes {ours.shape} and {theirs.shape}"
        )
    return ours, theirs


def _placed(points: np.ndarray, max_bias: float) -> np.ndarray:
    """The points; for hyperplanes through the origin, where directions decide, on the sphere: of
    points of very different norms the formulas below would lose the angle."""
    if max_bias:
        return points
    size = np.abs(points).max(axis=-1, keepdims=True)  # so that squares stay in range
    points = np.divide(points, size, out=np.zeros_like(points), where=size > 0)
    norm = np.linalg.norm(points, axis=-1, keepdims=True)
    return np.divide(points, norm, out=np.zeros_like(points), where=norm > 0)


def _from_norms(
    cc: np.ndarray, xx: np.ndarray, distance: np.ndarray, max_bias: float
) -> np.ndarray:
    """p from |c|^2, |x|^2 and |x - c|."""
    d = np.where(distance > 0, distance, 1.0)
    along_c = (xx - cc - d * d) / (2 * d)  # the coordinate of c in the direction of x - c
    along_x = along_c + d
    across = np.sqrt(np.maximum(cc - along_c**2, 0.0))
    if max_bias == 0:
        angle = np.arctan2(across * d, along_c * along_x + across**2)
        angle = np.where(cc == 0, np.pi, np.where(xx == 0, 0.0, angle))
        return np.where(distance > 0, angle / (2 * np.pi), 0.0)
    reach = math.sqrt(max(cc.max(initial=0), xx.max(initial=0))) / max_bias
    nodes, weights = _nodes(int(min(_MOST_NODES, max(32, 48 * reach))))
    total = np.zeros(np.shape(d))
    for u, weight in zip(nodes * math.pi / 2, weights * math.pi / 2, strict=True):
        side = across * math.sin(u)
        near = _mean_clipped(along_c * math.cos(u) + side, max_bias)
        far = _mean_clipped(along_x * math.cos(u) + side, max_bias)
        total += weight * (far - near)
    return np.where(distance > 0, np.maximum(total, 0.0) / (4 * math.pi * max_bias), 0.0)


@cache
def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Those of Gauss-Legendre quadrature, with their weights; thousands take seconds to find."""
    return np.polynomial.legendre.leggauss(count)


def _mean_clipped(g: np.ndarray, max_bias: float) -> np.ndarray:
    """E clip(rho g) to [-max_bias, max_bias], for rho of density rho exp(-rho^2/2)."""
    from scipy.special import erf

    with np.errstate(divide="ignore", over="ignore"):  # erf(inf) is 1, where g is far too small
        return math.sqrt(math.pi / 2) * g * erf(max_bias / (math.sqrt(2) * np.abs(g)))


def opposite_pairs(
    points: np.ndarray, labels: np.ndarray, max_bias: float, two_sided: bool = False
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(rows of c, rows of x, p(c, x)) in blocks, over all pairs with label(c) > label(x);
    ``two_sided``: p(c, x) + p(x, c)."""
    from scipy.spatial.distance import cdist

    points = _placed(points, max_bias)
    squares = (points**2).sum(axis=1)
    step = max(1, 2**18 // len(points))
    for start in range(0, len(points), step):
        rows = np.arange(start, min(start + step, len(points)))
        c, x = np.nonzero(labels[rows][:, None] > labels[None, :])
        distance = cdist(points[rows], points)[c, x]
        p = _from_norms(squares[rows[c]], squares[x], distance, max_bias)
        if two_sided and max_bias > 0:
            p = 2 * p
        elif two_sided:  # at the origin the two directions differ
            p = p + _from_norms(squares[x], squares[rows[c]], distance, max_bias)
        yield rows[c], x, p


def all_pairs(a: np.ndarray, b: np.ndarray, max_bias: float) -> np.ndarray:
    """p(c, x) for all c among the rows of ``a`` and x of ``b``."""
    from scipy.spatial.distance import cdist

    a, b = _placed(a, max_bias), _placed(b, max_bias)
    cc, xx = (a**2).sum(axis=1)[:, None], (b**2).sum(axis=1)[None, :]
    return _from_norms(cc, xx, cdist(a, b), max_bias)


def rates(p: np.ndarray) -> np.ndarray:
    """-log(1 - p): a pair is missed by n hyperplanes with probability exp(-n rate)."""
    return np.asarray(-np.log1p(-np.minimum(p, 1 - 1e-16)))


def least_count(rate: np.ndarray, failure: float, times: np.ndarray | float = 1.0) -> int:
    """The least n with sum times exp(-n rate) <= failure, for rates > 0."""
    return least_integer(lambda n: float((times * np.exp(-n * rate)).sum()) <= failure)


class Tallied:
    """Positive numbers and how often each occurs, rounded down by a relative 2^-16 at most: a few
    million of them, however many there were."""

    def __init__(self) -> None:
        self.values: np.ndarray = np.empty(0)
        self.times: np.ndarray = np.empty(0)

    def add(self, values: np.ndarray) -> None:
        mantissa, exponent = np.frexp(values)
        rounded = np.ldexp(np.floor(np.ldexp(mantissa, 17)), exponent - 17)
        merged, place = np.unique(np.concatenate([self.values, rounded]), return_inverse=True)
        weights = np.concatenate([self.times, np.ones(len(values))])
        self.values, self.times = merged, np.bincount(place, weights=weights)


def rounding_loss(
    one_norms: np.ndarray | float, max_bias: float, weight_bits: int, shift: int
) -> np.ndarray | float:
    """By how much rounding the draw may lower p (lemma ``thm-beyond_worst_case-rounding``), where
    ``one_norms`` is |c|_1 + |x|_1, weights are rounded to the grid 2^-weight_bits and points lie
    on the grid 2^-shift.  ``one_norms`` and ``max_bias`` are in the unit of the points; an array
    gives an array of its shape.

    Raises ``InvalidArgument`` unless ``max_bias`` is a finite number > 0, as the lemma needs; the
    other arguments are not checked.

    >>> rounding_loss(3.0, max_bias=1.0, weight_bits=7, shift=1) == 2**-8 * (3 + 2**0)
    True
    """
    steps = one_norms + 2.0 ** (1 - shift)
    return 2.0 ** -(weight_bits + 1) * steps / above_zero(max_bias, "max_bias")
