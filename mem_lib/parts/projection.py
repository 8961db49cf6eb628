"""From points to integer keys: one direction, exact projections, and reduction modulo Q.

Everything below the first layer works on integers on a line.  A direction is drawn, the points are
projected exactly, and the draw counts only when all projections differ: no float is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mem_lib._base.integers import INT64_LIMIT, largest
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, shown

#: Draws of each kind, Gaussian and uniform, before the construction gives up.
DRAWS = 40
#: From this many points on the first direction that separates is taken.
MANY = 100_000
#: So many further draws have few bits, for that many points, before the longer ones come.
SHORT_DRAWS = 4


@dataclass(frozen=True)
class Projection:
    """The points in the order of their projections.

    direction: integers a; the projection of x is <a, 2^shift x>
    keys:      projections less the smallest one, increasing; int64 or Python integers
    order:     rows of the data in that order
    least:     the smallest projection
    gap:       the smallest difference of two projections; 2 for a single point
    """

    direction: list[int]
    keys: np.ndarray
    order: np.ndarray
    least: int
    gap: int

    @property
    def range(self) -> int:
        """One more than the largest key."""
        return int(self.keys[-1]) + 1

    def first_layer(self, start: int = 0) -> tuple[list[int], int]:
        """Weights and bias of the unit that takes the leftmost point to ``start``."""
        return self.direction, start - self.least

    def times(self, factor: int) -> Projection:
        """The same with the direction multiplied by ``factor`` > 0."""
        if factor == 1:
            return self
        keys = self.keys.astype(object) if self.range * factor >= INT64_LIMIT else self.keys
        return Projection(
            [factor * a for a in self.direction],
            keys * factor,
            self.order,
            factor * self.least,
            factor * self.gap,
        )


class Enough(Protocol):
    """Whether a projection is good enough; ``last``: there will be no other."""

    def __call__(self, projection: Projection, *, last: bool = False) -> bool: ...


def project(
    dataset: Dataset,
    rng: np.random.Generator,
    directions: int,
    *,
    short: bool = False,
    proven: bool = False,
    enough: Enough | None = None,
) -> Projection:
    """A direction on which the distinct points of ``dataset`` have distinct projections: Gaussian
    (theorem ``thm-optimal_relu-projection``) or integer (proposition
    ``thm-optimal_relu-integers``).

    Of ``directions`` such draws the one with the smallest range/gap is kept: that quotient is what
    the keys of the paper's construction cost.  ``proven``: for fewer than ``MANY`` points the last
    draw has as many bits as the theorem on that quotient asks for.  The others have no more than
    tell the points apart, which is enough for most points and keeps projections machine integers
    where that is possible.
    ``enough``: more Gaussian directions are drawn, with the bits of the theorem, until the best one
    is.  ``short`` looks for a small range instead, in directions of few bits.  Raises
    ConstructionFailed when the draws are used up, with two rows that coincide where that is why.
    """
    points, _ = dataset.integers()
    wanted = 1 if dataset.d == 1 or dataset.N >= MANY else directions
    if short and dataset.d > 1:
        shortest = _short(points, rng, wanted)
        if shortest is not None:
            return shortest
    bits, most = _gaussian_bits(points)
    proven = proven and dataset.N < MANY
    best: Projection | None = None
    for draw in range(2 * DRAWS):
        length = max(bits, proven_bits(dataset.N, dataset.d)) if proven and wanted == 1 else bits
        direction = _direction(points.shape, length if draw < DRAWS else None, rng)
        found = _projected(points, direction)
        if isinstance(found, Projection):
            best = _better(best, found)
            wanted -= 1
            if not wanted:
                break
        else:
            a, b = found
            bits = min(bits + 4, most)
    if best is None:
        raise ConstructionFailed(
            f"dataset: {2 * DRAWS} directions were drawn and none tells all {dataset.N} points "
            f"apart; on the last one, rows {a} and {b} of the distinct points coincide"
        )
    return best if enough is None else _until(enough, best, points, bits, rng)


def _until(
    enough: Enough, best: Projection, points: np.ndarray, bits: int, rng: np.random.Generator
) -> Projection:
    """The first of ``best`` and further draws that is good enough."""
    N, d = points.shape
    for draw in range(DRAWS):
        if enough(best):
            return best
        short = N >= MANY and draw < SHORT_DRAWS
        length = bits if short else max(bits, proven_bits(N, d))
        found = _projected(points, _direction(points.shape, length, rng))
        if isinstance(found, Projection):
            best = _better(best, found)
    if enough(best, last=True):
        return best
    raise ConstructionFailed(
        f"dataset: {DRAWS} further directions were drawn for {N} points, and on each the largest "
        "difference of two projections is more than the promised multiple of the smallest: "
        f"{shown((best.range - 1) // best.gap)} times on the best"
    )


def _better(best: Projection | None, found: Projection) -> Projection:
    """The one of the smaller range/gap; the first of two equals."""
    if best is None or found.range * best.gap < best.range * found.gap:
        return found
    return best


def _short(points: np.ndarray, rng: np.random.Generator, wanted: int) -> Projection | None:
    """The smallest range among ``wanted`` directions of the least bits at which one separates."""
    for bits in range(1, _gaussian_bits(points)[0]):
        drawn = (_projected(points, _direction(points.shape, bits, rng)) for _ in range(wanted))
        if found := [p for p in drawn if isinstance(p, Projection)]:
            return min(found, key=lambda p: p.range)
    return None


def _gaussian_bits(points: np.ndarray) -> tuple[int, int]:
    """Bits of the entries of a Gaussian direction: to begin with, and at most.

    N points make N^2/2 pairs, so projections need a range of a few bits more than N^2.  Points of
    small coordinates, or with a cluster of small diameter, need all of them in the direction.
    """
    N, d = points.shape
    most = max(12, 2 * N.bit_length() + 6)
    return max(12, most - int(largest(points)).bit_length() - d.bit_length() // 2), most


def proven_bits(N: int, d: int) -> int:
    """The least b with 2^b >= N^2 d^(3/2): to so many bits a Gaussian direction may be rounded, by
    theorem ``thm-optimal_relu-projection``.

    >>> proven_bits(1000, 4), proven_bits(1, 2), proven_bits(1, 1)
    (23, 2, 0)
    """
    return ((N**4 * d**3 - 1).bit_length() + 1) // 2


def _direction(shape: tuple[int, ...], bits: int | None, rng: np.random.Generator) -> list[int]:
    """A rounded Gaussian vector with entries of about ``bits`` bits; None: uniform.

    The uniform draw from {0..N^2-1}^d tells all points apart with probability above 1/2, whatever
    they are; the Gaussian one is tried before it because its range is smaller.
    """
    N, d = shape
    if d == 1:
        return [1]
    if bits is None:
        return [int(a) for a in rng.integers(0, max(2, N * N), d)]
    return [int(a) for a in np.rint(np.ldexp(rng.standard_normal(d), bits))]


def _projected(points: np.ndarray, direction: list[int]) -> Projection | tuple[int, int]:
    """The projection, or two rows that it does not tell apart."""
    reach = sum(map(abs, direction)) * int(largest(points))
    if reach < INT64_LIMIT // 2 and points.dtype != object:
        values = points @ np.array(direction, dtype=np.int64)
    else:
        values = points.astype(object) @ np.array(direction, dtype=object)
    order = np.argsort(values, kind="stable")
    values = values[order]
    gaps = values[1:] - values[:-1]
    gap = int(gaps.min()) if len(gaps) else 2
    if gap == 0:
        place = int(np.argmin(gaps))
        return int(order[place]), int(order[place + 1])
    least = int(values[0])
    return Projection(direction, values - least, order, least, gap)


def halvings(size: int, modulus: int) -> int:
    """How many conditional subtractions bring 0..size-1 below ``modulus``: the least K >= 0 with
    modulus 2^K >= size.

    >>> halvings(100, 13), halvings(13, 13)
    (3, 0)
    """
    return (-(-size // modulus) - 1).bit_length()


def subtrahends(size: int, modulus: int) -> list[int]:
    """What those steps subtract: modulus 2^k for k = K-1, ..., 0.

    Below modulus 2^(k+1), one conditional subtraction of modulus 2^k leads below modulus 2^k.
    """
    return [modulus << k for k in reversed(range(halvings(size, modulus)))]


def draw_odd(rng: np.random.Generator, bits: int) -> int:
    """A random odd number of exactly ``bits`` bits, 2 <= bits <= 62."""
    return 2 * int(rng.integers(1 << (bits - 2), 1 << (bits - 1))) + 1


def distinct_residues(keys: np.ndarray, modulus: int) -> np.ndarray | None:
    """``keys % modulus`` as int64, if they differ; modulus below 2^62."""
    residues = (keys % modulus).astype(np.int64)
    ordered = np.sort(residues)
    return None if (ordered[1:] == ordered[:-1]).any() else residues


def small_modulus(keys: np.ndarray, rng: np.random.Generator) -> int:
    """An odd modulus of few bits that keeps ``keys`` apart; their range if there is none.

    About 2 log2 N bits do for keys in general, and log2 N for keys with structure.  Most moduli
    that are too small fail on a small sample already, so the search costs little.
    """
    N, size = len(keys), int(keys[-1]) + 1
    mixed = rng.permutation(keys)
    for bits in range(max(2, N.bit_length()), min(size.bit_length(), 62)):
        sample = mixed[: 8 << (bits // 2)]
        for _ in range(30):
            Q = draw_odd(rng, bits)
            if distinct_residues(sample, Q) is not None and distinct_residues(mixed, Q) is not None:
                return Q
    return size
