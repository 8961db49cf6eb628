"""The points of a data set as floats of size about 1, and neurons on them as integers again.

With z = 2^shift x the integer points, a fit works on p = (z - centre) / 2^exponent, to which a
constant coordinate c may be appended so that neurons have biases:

* points of (nearly) equal norms, no two of them on one line through the origin, need none:
  centre = 0, and the neurons are relu(<w, x>);
* all others are centred, and c is a power of two near the root mean square of their norms.

Everything about a neuron is exact: (w, b) are integers over a power of two, and so are they on z.
The coordinates of p are exact in float64 when they have at most 53 bits; longer ones are rounded,
which the error bound of the fit counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.integers import INT64_LIMIT, integers, largest
from mem_lib._base.rows import first_occurrence
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated
from mem_lib.exact.device import Array, Device
from mem_lib.parts.neurons import Neurons

#: Norms count as equal when they differ by at most this part of the points' spread.
SAME_NORM = 1e-3
#: The scale of the points and of the values is 2^k with |k| at most this.
MOST_SCALE = 400


@dataclass(frozen=True, eq=False)
class FitPoints:
    """The points p as the columns of ``points``, shape (D, N), on ``device``.

    constant: the last coordinate of every point, a power of two; 0 where there is none
    norms:    of the points as directions see them, shape (N,), on the device
    size:     the root mean square of ``norms``
    reach:    at least the norm of every point, constant coordinate included
    gram:     points @ points.T, on the host; None where that is larger than the points
    origin:   centre / 2^exponent, in floats
    """

    points: Array
    constant: float
    norms: Array
    size: float
    reach: float
    gram: np.ndarray | None
    centre: np.ndarray
    origin: np.ndarray
    exponent: int
    shift: int
    device: Device

    @property
    def D(self) -> int:
        return int(self.points.shape[0])

    @property
    def N(self) -> int:
        return int(self.points.shape[1])

    @property
    def unit(self) -> float:
        """p is this many times x, less the origin."""
        return math.ldexp(1.0, self.shift - self.exponent)

    def mean_move(self, v: np.ndarray) -> float:
        """The root mean square of <v, p>."""
        if self.gram is None:
            moves = self.device.put(v) @ self.points
            square = float(moves @ moves)
        else:
            square = float(v @ self.gram @ v)
        return math.sqrt(max(square, 0.0) / self.N)

    def weights(self, rows: np.ndarray) -> np.ndarray:
        """|(w, b)| of neurons on p, in the units of the points x."""
        if not self.constant:
            return np.linalg.norm(rows, axis=1) * self.unit
        biases = rows[:, -1] * self.constant - rows[:, :-1] @ self.origin
        return np.linalg.norm(np.column_stack([rows[:, :-1] * self.unit, biases]), axis=1)

    def neurons(
        self, whole: np.ndarray, exponents: np.ndarray, outer: np.ndarray, scale: int
    ) -> Neurons:
        """Neurons on z of 2^scale sum_l outer[l] relu(<2^exponents[l] whole[l], p>), exactly."""
        d = len(self.centre)
        rows, biases = whole[:, :d], np.zeros(len(whole), dtype=np.int64)
        if self.constant:
            biases = self._biases(rows, whole[:, d])
        factors = [Fraction(2) ** int(e) for e in exponents + (scale - self.exponent)]
        exact = (Fraction(a) for a in outer.tolist())
        values = tuple(a * f for a, f in zip(exact, factors, strict=True))
        return Neurons(rows, biases, values, self.shift)

    def _biases(self, rows: np.ndarray, last: np.ndarray) -> np.ndarray:
        """The biases last * constant * 2^exponent - <rows, centre>."""
        move = self.exponent + math.frexp(self.constant)[1] - 1
        far = sum(abs(c) for c in self.centre.tolist())
        reach = (int(largest(last)) << move) + int(largest(rows)) * far
        if reach < INT64_LIMIT and self.centre.dtype != object:
            return (last << move) - rows @ self.centre
        moved = rows.astype(object) @ self.centre.astype(object)
        return integers((last.astype(object) * (1 << move) - moved).tolist())


def fit_points(dataset: Dataset, device: Device, *, bias: bool) -> FitPoints:
    """The distinct points of ``dataset``.

    Points of different norms get a constant coordinate, since a network without biases is
    homogeneous, and so do two points on one line through the origin: f(cx) = c f(x) for c > 0, and
    f(x) - f(-x) would be linear.  ``bias``: such a coordinate is wanted although directions do not
    see it, which needs equal norms.
    """
    z, shift = dataset.integers()
    centre = np.zeros(dataset.d, dtype=np.int64)
    points, exponent = _floats(z)
    on_sphere = _is_round(points)
    if bias and not on_sphere:
        raise HypothesisViolated(
            f"tau: it is for points of equal norms, up to {SAME_NORM} of their spread; these have "
            "others, and get biases without it"
        )
    lifted = not bias and (not on_sphere or _share_a_line(z))
    if lifted:
        centre = _mean(z)
        points, exponent = _floats(z - centre)
    if abs(shift - exponent) > MOST_SCALE:
        raise HypothesisViolated(
            f"dataset: the largest coordinate is about 2^{exponent - shift}, beyond "
            f"2^{MOST_SCALE} or below 2^-{MOST_SCALE}; multiply the points by a power of two"
        )
    norms, constant = np.linalg.norm(points, axis=0), 0.0
    if lifted or bias:
        constant = _power_near(math.sqrt(float(norms @ norms) / dataset.N))
        constant = max(constant, 2.0**-exponent)  # so that biases are integers on z
        points = np.concatenate([points, np.full((1, dataset.N), constant)])
    reach = math.hypot(float(norms.max()), constant) * (1 + 2.0**-20)
    if lifted:
        norms = np.hypot(norms, constant)
    placed = device.put(points)
    return FitPoints(
        points=placed,
        constant=constant,
        norms=device.put(norms),
        size=math.sqrt(float(norms @ norms) / dataset.N),
        reach=reach,
        gram=device.get(placed @ placed.T) if len(points) <= dataset.N else None,
        centre=centre,
        origin=np.array([c / (1 << exponent) for c in centre.tolist()]),
        exponent=exponent,
        shift=shift,
        device=device,
    )


def _floats(z: np.ndarray) -> tuple[np.ndarray, int]:
    """(points, e) with the columns of points = z / 2^e, and e least with all entries below 1."""
    exponent = int(largest(z)).bit_length()
    if z.dtype == object:
        unit = 1 << exponent  # Python divides integers of any size, rounding once
        return np.array([[v / unit for v in column] for column in z.T.tolist()]), exponent
    return np.ldexp(np.ascontiguousarray(z.T).astype(np.float64), -exponent), exponent


def _mean(z: np.ndarray) -> np.ndarray:
    """An integer point near the mean."""
    if z.dtype == object:
        return integers([sum(column) // len(z) for column in z.T.tolist()])
    return np.rint(z.mean(axis=0)).astype(np.int64)


def _is_round(points: np.ndarray) -> bool:
    """Whether all norms are equal and positive.

    A small cluster far from the origin has nearly equal norms too, but it does not lie on a sphere:
    hence the comparison with its own size.
    """
    norms = np.linalg.norm(points, axis=0)
    spread = points - points.mean(axis=1, keepdims=True)
    size = math.sqrt(float((spread * spread).sum()) / points.shape[1])
    return bool(norms.min() > 0 and norms.max() - norms.min() <= SAME_NORM * size)


def _share_a_line(z: np.ndarray) -> bool:
    """Whether two of the distinct points x != 0 lie on one line through the origin."""
    whole = z // np.gcd.reduce(z, axis=1)[:, None]
    both = np.ascontiguousarray(np.concatenate([whole, -whole]))
    return bool((first_occurrence(both) != np.arange(len(both))).any())


def _power_near(value: float) -> float:
    """The power of two nearest to ``value`` on a logarithmic scale; 1 for 0."""
    return 2.0 ** round(math.log2(value)) if value else 1.0
