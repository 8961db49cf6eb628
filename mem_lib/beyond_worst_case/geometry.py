"""Bounds from the geometry of the classes: pieces instead of points, and when pieces do not help.

A mutual covering splits each class into pieces, each a centre c among the data and the data within
a radius of it; D is the distance of c to the centres of the other class.  The mean width of a
piece T (its points minus its centre) is w(T) = E sup_{y in T} |<g, y>| with g standard Gaussian.

Floating point, as in ``_bounds``: promises about random draws.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mem_lib._base.arguments import above_zero, at_least_zero, integer_in, probability
from mem_lib._base.memory import check_memory
from mem_lib._base.search import least_integer
from mem_lib.beyond_worst_case.arguments import classes_of, default_bias, in_units_of_the_radius
from mem_lib.beyond_worst_case.bounds import MOST
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.parts.separation import all_pairs, chi3

#: Where in the interval (s, q) the threshold of a piece is looked for; each place gives a proof.
_PLACES = np.concatenate([[1e-9], np.linspace(0.0, 1.0, 202)[1:-1]])


def mean_width(radius: float, *, dimension: int | None = None, points: int | None = None) -> float:
    """An upper bound on the mean width of a piece of this radius: radius * sqrt(dimension) when it
    lies in an affine subspace of that dimension, radius * sqrt(2 log(2 points)) when it has so
    many points; the smaller of the two when both are given.  In the unit of ``radius``, for
    theorem ``thm-beyond_worst_case-pieces``.

    Raises ``InvalidArgument`` when an argument is out of range, or both ``dimension`` and
    ``points`` are missing.

    >>> mean_width(0.5, dimension=4)
    1.0
    """
    radius = above_zero(radius, "radius", or_zero=True)
    if dimension is None and points is None:
        raise InvalidArgument("dimension: this or points is needed, got neither")
    factors = []
    if dimension is not None:
        factors.append(math.sqrt(integer_in(dimension, "dimension", 0, MOST)))
    if points is not None:
        factors.append(math.sqrt(2 * math.log(2 * integer_in(points, "points", 1))))
    return radius * min(factors)


def small_pieces_hyperplanes(
    centres: Any,
    rival_centres: Any,
    widths: Sequence[float],
    rival_widths: Sequence[float],
    max_bias: float,
    *,
    failure: float = 0.5,
    exact: bool = True,
) -> int:
    """The n of theorem ``thm-beyond_worst_case-pieces``: enough, with probability at least
    1 - ``failure``, to cover the class by at most one neuron a piece, whatever N is.

    Parameters
    ----------
    centres, rival_centres : (M-, d) and (M+, d), the centres of the pieces of the two classes.
    widths, rival_widths : (M-,) and (M+,), upper bounds on their mean widths (:func:`mean_width`).
    exact : use the exact probability that a hyperplane tells two centres apart; False: its lower
        bound by the distance.

    Raises
    ------
    InvalidArgument
        When an argument is out of range, or a piece too wide for its distance to a rival: then no n
        is promised.

    >>> small_pieces_hyperplanes([[-0.9]], [[0.9]], [0.02], [0.02], 2.0)
    25
    """
    ours, theirs = _rows(centres, "centres"), _rows(rival_centres, "rival_centres")
    if ours.shape[1] != theirs.shape[1]:
        raise InvalidArgument(
            f"rival_centres: points in dimension {ours.shape[1]} are needed, "
            f"got dimension {theirs.shape[1]}"
        )
    own_width = _widths(widths, len(ours), "widths")
    rival_width = _widths(rival_widths, len(theirs), "rival_widths")
    bias, failure = above_zero(max_bias, "max_bias"), probability(failure, "failure")
    if exact:
        p = all_pairs(ours, theirs, bias)
    else:
        radius = math.sqrt(max((ours**2).sum(axis=1).max(), (theirs**2).sum(axis=1).max()))
        distance = np.linalg.norm(ours[:, None] - theirs[None], axis=2)
        kappa = min(bias / max(radius, 1e-300), 1e300)
        p = chi3(kappa) * distance / (2 * math.sqrt(2 * math.pi) * bias)
    apart = p - (own_width[:, None] + rival_width[None, :]) / (2 * bias)  # q of the theorem
    inside = own_width / bias  # s of the theorem
    if (bad := np.argwhere(apart <= inside[:, None])).size:
        i, j = bad[0]
        raise InvalidArgument(
            f"widths: pieces {i} and {j} are too wide for their distance: a hyperplane is promised "
            f"to separate them with probability {apart[i, j]:.3g}, to cut the first one with up to "
            f"{inside[i]:.3g}"
        )

    def enough(n: int) -> bool:
        return sum(_failure(n, s, q) for s, q in zip(inside, apart, strict=True)) <= failure

    return least_integer(enough)


def _failure(n: int, s: float, q: np.ndarray) -> float:
    """The least Chernoff bound over t in (s, min q) for one piece: not enough hyperplanes between
    it and a rival, or too many through it."""
    t = s + (q.min() - s) * _PLACES
    between = np.exp(-n * relative_entropy(t[:, None], q[None, :])).sum(axis=1)
    return float((between + np.exp(-n * relative_entropy(t, s))).min())


def relative_entropy(t: Any, q: Any) -> np.ndarray:
    """kl(t, q) = t log(t/q) + (1-t) log((1-t)/(1-q)) of two Bernoulli laws; infinite for q = 0 < t.

    ``t`` and ``q`` are numbers from 0 to 1, or arrays that broadcast; theorem
    ``thm-beyond_worst_case-pieces`` counts with it.  Raises nothing of its own: they are not
    checked.

    >>> float(relative_entropy(0.5, 0.5))
    0.0
    """
    from scipy.special import rel_entr

    return rel_entr(t, q) + rel_entr(np.subtract(1, t), np.subtract(1, q))


def covering_hyperplanes(
    components: tuple[int, int],
    separation: float,
    max_bias: float,
    *,
    mean_width: float = 0.0,
    dimension: int = 0,
    failure: float = 0.5,
) -> int:
    """The n of theorem ``thm-beyond_worst_case-covering``: enough, with probability at least
    1 - ``failure``, to cover the class by at most ``components[0]`` neurons, whatever N is.

    ``components`` counts the pieces (M-, M+) of an admissible mutual covering, ``separation`` is
    the smallest distance of two centres of different classes, ``mean_width`` the omega of the
    theorem.  Instead of ``mean_width``, ``dimension`` may say that each piece lies in an affine
    subspace of that dimension (corollary ``thm-beyond_worst_case-union``).  Pieces may be infinite
    sets (corollary ``thm-beyond_worst_case-infinite``).  The constants are generous: this is the
    shape of the law, not a design rule.

    Raises ``InvalidArgument`` when an argument is out of range, or ``max_bias`` below the
    separation.

    >>> covering_hyperplanes((2, 2), 0.5, 2.0)
    3549
    """
    if not isinstance(components, tuple | list) or len(components) != 2:
        raise InvalidArgument(f"components: a pair (M-, M+) is needed, got {shown(components)}")
    ours, theirs = (integer_in(m, "components", 1) for m in components)
    ratio = _ratio(max_bias, separation, "separation")
    failure = probability(failure, "failure")
    mean_width = above_zero(mean_width, "mean_width", or_zero=True)
    first = 256 * ratio * math.log(4 * ours * theirs / failure)
    second = 2**22 * float(max_bias) * mean_width
    most = max(first, second, 16.0 * integer_in(dimension, "dimension", 0, MOST) * ratio)
    if most == math.inf:
        raise InvalidArgument(
            "max_bias, separation, mean_width, dimension: the number of hyperplanes leaves the "
            f"range of floats for {shown((max_bias, separation, mean_width, dimension))}"
        )
    return math.ceil(most)


def admissible_radius(distance: float, max_bias: float) -> float:
    """The largest radius that theorem ``thm-beyond_worst_case-covering`` allows to a piece at
    ``distance`` from the other class.  Covers of balls of half that radius are what corollary
    ``thm-beyond_worst_case-union`` asks of a set, however many samples it gives.

    Raises ``InvalidArgument`` when an argument is out of range, or ``max_bias`` below the
    distance.

    >>> round(1 / admissible_radius(1.0, 2.0))
    541
    """
    ratio = _ratio(max_bias, distance, "distance")
    return distance / (128 * math.sqrt(2 * math.log(512 * math.e * ratio) + 2))


def _ratio(max_bias: float, distance: float, name: str) -> float:
    ratio = above_zero(max_bias, "max_bias") / above_zero(distance, name)
    if not 1 <= ratio < math.inf:
        raise InvalidArgument(
            f"max_bias: at least the {name} is needed (the theorem asks for twice the radius of "
            f"the data), and a quotient below 2^1024; got {max_bias} for {name} {distance}"
        )
    return ratio


def isolation_gap(dataset: Dataset, *, max_bias: Any = None, covered: int = 1) -> float:
    """The gap of proposition ``thm-beyond_worst_case-isolated``: over all points c of the covered
    class, the least p(c, x') of another point of the class, minus the least p(c, x) of a rival;
    the smallest such difference.  When it is positive, every point ends up with its own neuron.

    Infinite when the class has one point.  Takes O(N^2) time and memory; float64, p to 1e-6.

    Raises ``InvalidArgument`` when an argument is out of range, or the class has no points or no
    rivals; ``HypothesisViolated`` for targets.

    >>> isolation_gap(Dataset([[0.0], [1.0], [3.0]], [1, 1, 0])) > 0
    False
    """
    classes_of(dataset)
    dataset = dataset.distinct()
    own = dataset.labels == integer_in(covered, "covered", 0)
    if own.all() or not own.any():
        raise InvalidArgument(f"covered: class {covered} needs points and rivals")
    check_memory(32 * dataset.N**2, f"dataset: the gaps between {dataset.N} points")
    bias = default_bias(dataset) if max_bias is None else at_least_zero(max_bias, "max_bias")
    points, scaled_bias, _ = in_units_of_the_radius(dataset, bias)
    rival = all_pairs(points[own], points[~own], scaled_bias).min(axis=1)
    same = all_pairs(points[own], points[own], scaled_bias)
    np.fill_diagonal(same, np.inf)
    return float((same.min(axis=1) - rival).min())


def _rows(value: Any, name: str) -> np.ndarray:
    try:
        rows = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        rows = np.empty(0)
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        raise InvalidArgument(
            f"{name}: a non-empty array (pieces, d) of finite numbers is needed, got {shown(value)}"
        )
    return rows


def _widths(value: Any, pieces: int, name: str) -> np.ndarray:
    try:
        widths = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        widths = np.empty(0)
    if widths.shape != (pieces,) or not (np.isfinite(widths) & (widths >= 0)).all():
        raise InvalidArgument(
            f"{name}: one finite number >= 0 for each of {pieces} pieces is needed, "
            f"got {shown(value)}"
        )
    return widths
