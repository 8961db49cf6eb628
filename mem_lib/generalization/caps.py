r"""The best accuracy behind a first layer of rank w, on balls and shells.

*Theory.*  A network whose first weight matrix has rank w answers G(Ax), and is constant on the
affine spaces of dimension d - w on which Ax is.  Let points be uniform on a union of rings
a <= |x| <= b of R^d with labels y.  The space at distance h from the origin meets label y with mass
proportional to

    mu_y(h) = sum over the rings of y of (b^2 - h^2)_+^alpha - (a^2 - h^2)_+^alpha,

with alpha = (d - w)/2, and the best answer on it is a label of largest mu_y.  All planes are alike
by symmetry, so, with V = Omega_d sum (b^d - a^d),

    acc*(d, w) = (w Omega_w Omega_{d-w} / V) int_0^R h^(w-1) max_y mu_y(h) dh

is the *largest* accuracy of all functions G(Ax), rank A = w, attained by one of them (theorem
thm-generalization-cap; Omega_n is the volume of the unit ball of R^n).

*Computed without quadrature.*  Where one label stays the best, the integral is known: the part of
the unit ball of R^d whose projection to R^w has length <= h is I(h^2; w/2, alpha + 1), the
regularised incomplete beta function.  So only the h have to be found at which the best label
changes.  Between two neighbouring radii each ring's term is monotone in h (increasing for
alpha < 1, else decreasing, below a; decreasing above), hence its values at the ends of an interval
enclose it there, and so they enclose every mu_y: a label whose least value is at least the largest
value of each other label is the best one on the whole interval.  Other intervals are halved until
what they could add, taken together, is below 10^-10.  That amount is added: the result is a cap,
not an estimate.

Floating point.  Every mass enters as a part of the largest ball's, through logarithms, so that no
dimension overflows.  Besides the 10^-10, rounding costs some 10^-15 for each ring, divided by the
part of the largest ball that the rings fill.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from mem_lib._base.arguments import above_zero, integer_in, listed
from mem_lib.errors import InvalidArgument, shown

#: inner radius, outer radius, label
Ring: TypeAlias = tuple[float, float, int]

#: More dimensions are refused: beta functions lose digits there.
MOST = 10**6
MOST_RINGS = 1024
TOLERANCE = 1e-10
_HALVINGS = 100


def best_accuracy(d: int, w: int, shells: Iterable[Ring]) -> float:
    """The largest accuracy of functions G(Ax), A of rank w, under the uniform distribution on
    ``shells``: theorem ``thm-generalization-cap``.  Every network whose first layer has rank <= w,
    in particular width <= w, stays below it.

    shells: (inner radius, outer radius, label) of each, in any unit; disjoint but for the surfaces;
            inner radius 0 for a ball
    w:      0 to d; w = 0 gives the largest share of a label, w = d gives 1

    The value is at most 10^-9 too large, and too small by rounding at most, while the shells fill a
    thousandth of the largest ball; see the head of the module.

    Raises ``InvalidArgument`` for a d outside 1 to 10^6, a w outside 0 to d, shells that overlap,
    are empty or none, a radius that is no finite number >= 0, a label that is no integer >= 0.

    >>> ball_and_shell = [(0, 1, 1), (2**0.5, 3**0.5, 0)]
    >>> round(best_accuracy(2, 1, ball_and_shell), 4)
    0.7875
    """
    d = integer_in(d, "d", 1, MOST)
    w = integer_in(w, "w", 0)
    if w > d:
        raise InvalidArgument(f"w: the rank of a layer on R^{d} is at most {d}, got {shown(w)}")
    inner, outer, label = _checked(shells)
    if w == d:
        return 1.0
    volume = _powers(outer, d, inner)
    total = volume.sum()
    largest_share = float(max(volume[label == y].sum() for y in np.unique(label)) / total)
    if w == 0:
        return largest_share
    found = _Rings(d, w, inner, outer, label)
    limits, winners, missed = found.runs(TOLERANCE * total)
    share = (found.mass(limits, winners) + missed) / total
    return min(1.0, max(largest_share, float(share)))


def _checked(shells: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inner radii, outer radii and labels, in order, in units of the largest radius."""
    rings: list[Ring] = []
    for i, ring in enumerate(listed(shells, "shells")):
        values = listed(ring, f"shells[{i}]")
        if len(values) != 3:
            raise InvalidArgument(f"shells[{i}]: two radii and a label are needed, got {values}")
        a = above_zero(values[0], f"shells[{i}][0]", or_zero=True)
        b = above_zero(values[1], f"shells[{i}][1]")
        rings.append((a, b, integer_in(values[2], f"shells[{i}][2]", 0)))
    integer_in(len(rings), "shells: their number", 1, MOST_RINGS)
    rings.sort()
    for (a, b, _), (after, _, _) in pairwise([*rings, (math.inf, math.inf, 0)]):
        if not a < b <= after:
            raise InvalidArgument(
                f"shells: inner radius < outer radius <= next inner radius is needed, "
                f"got {shown(a)}, {shown(b)}, {shown(after)}"
            )
    inner, outer, label = (np.array(column) for column in zip(*rings, strict=True))
    return inner / outer[-1], outer / outer[-1], label


def _powers(outer: np.ndarray, d: float, inner: np.ndarray) -> np.ndarray:
    """outer^d - inner^d without cancellation."""
    with np.errstate(divide="ignore"):
        return np.exp(d * np.log(outer)) * -np.expm1(d * (np.log(inner) - np.log(outer)))


class _Rings:
    """The rings of one computation; the largest radius is 1."""

    def __init__(
        self, d: int, w: int, inner: np.ndarray, outer: np.ndarray, label: np.ndarray
    ) -> None:
        from scipy.special import betaln

        self.d, self.w, self.p = d, w, (d - w) / 2
        self.inner, self.outer = inner, outer
        self.names, self.label = np.unique(label, return_inverse=True)
        # density of the projected length of the unit ball: exp(factor) w h^(w-1) (1 - h^2)^p
        self.factor = math.log(2 / w) - float(betaln(w / 2, self.p + 1))

    def runs(self, tolerance: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Lengths 0 = h_0 < ... < h_n = 1, the best label between each two, and what is missed."""
        edges = np.unique(np.concatenate([[0.0], self.inner, self.outer]))
        low, high = edges[:-1], edges[1:]
        settled: list[tuple[np.ndarray, np.ndarray]] = []
        missed = 0.0
        for _ in range(_HALVINGS):
            winner, loss = self._judged(low, high)
            open_ = loss > 0
            settled.append((low[~open_], winner[~open_]))
            missed = float(loss.sum())
            low, high, winner = low[open_], high[open_], winner[open_]
            middle = (low + high) / 2
            if missed <= tolerance or not len(low):
                break
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        settled.append((low, winner))
        starts = np.concatenate([start for start, _ in settled])
        order = np.argsort(starts, kind="stable")
        winners = np.concatenate([label for _, label in settled])[order]
        new = np.flatnonzero(np.append(True, winners[1:] != winners[:-1]))
        return np.append(starts[order][new], 1.0), winners[new], missed

    def _judged(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A best label on each cell, and a bound on what it misses there; 0 where it is proved."""
        ends = [self._terms(low, low), self._terms(high, low)]
        shape = (len(low), len(self.names))
        least, most = np.zeros(shape), np.zeros(shape)
        for y in range(len(self.names)):
            mine = self.label == y
            one, other = (end[:, mine] for end in ends)
            least[:, y] = np.minimum(one, other).sum(axis=1)
            most[:, y] = np.maximum(one, other).sum(axis=1)
        rows = np.arange(len(low))
        winner = (least + most).argmax(axis=1)
        rivals = most.copy()
        rivals[rows, winner] = -math.inf
        short = np.maximum(rivals.max(axis=1) - least[rows, winner], 0.0)
        if len(self.names) == 1:
            short[:] = 0.0
        with np.errstate(divide="ignore"):
            weight = np.log(_powers(high, self.w, low)) + self.p * np.log1p(-low * low)
            return winner, np.exp(np.minimum(np.log(short) + weight + self.factor, 0.0))

    def _terms(self, h: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """((b^2 - h^2)_+^p - (a^2 - h^2)_+^p) / (1 - unit^2)^p for each h and each ring."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.log1p(-unit * unit)[:, None]
            logs = [
                np.log(np.maximum((r - h[:, None]) * (r + h[:, None]), 0.0)) - scale
                for r in (self.outer, self.inner)
            ]
            ratio = np.where(np.isneginf(logs[0]), 0.0, self.p * (logs[1] - logs[0]))
            return np.exp(self.p * logs[0]) * -np.expm1(ratio)

    def mass(self, limits: np.ndarray, winners: np.ndarray) -> float:
        """The mass of the winners, in units of the unit ball's."""
        from scipy.special import betainc

        total = 0.0
        for i, y in enumerate(winners):
            ends = limits[i : i + 2, None]
            mine = self.label == y
            for radius, sign in ((self.outer[mine], 1), (self.inner[mine], -1)):
                r = np.maximum(radius, 1e-300)
                share = betainc(self.w / 2, self.p + 1, np.minimum(ends / r, 1.0) ** 2)
                total += sign * float((np.exp(self.d * np.log(r)) * (share[1] - share[0])).sum())
        return total
