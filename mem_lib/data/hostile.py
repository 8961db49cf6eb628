"""Data that break careless code: ties, collinear points, scales far apart, huge integers.

Every family is a function ``(N, seed=0) -> Dataset`` that works for N = 1, 2, 3, ...; `hostile`
maps names to families, so that tests can loop over all of them.  All raise ``InvalidArgument`` for
N below 1 (`powers_of_two` also above 90,000) and a negative seed, ``TooLarge`` for more coordinates
than this machine holds.

>>> sorted(hostile)[:3]
['circle', 'duplicates', 'lattice']
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.data import generators as generators
from mem_lib.data.dataset import Dataset
from mem_lib.data.sampling import generator, on_grid, shape


def two_lines(N: int, seed: int = 0) -> Dataset:
    """Two parallel lines, one for each class, closer than the spacing of their points.

    Hard for covering: a ball around a point that reaches a second one of its class holds one of
    the other.  Points (t, 0), (t, gap) with t in [-1, 1], gap = 0.45 spacing, on the grid 2^-40.
    """
    (N, _), rng = shape(N, 2), generator(seed)
    label = np.arange(N) % 2
    place = np.arange(N) // 2
    spacing = 2 / max(1, (N - 1) // 2)
    points = np.stack([place * spacing - 1, 0.45 * spacing * label], axis=1)
    return _shuffled(rng, on_grid(points, 40), label)


def rays(N: int, seed: int = 0) -> Dataset:
    """Points v, 2v, 3v, 4v with alternating labels, on many rays from the origin.

    Hard for layers without biases and for anything that normalises: only the norm tells them apart.
    """
    (N, _), rng = shape(N, 3), generator(seed)
    ray, step = np.arange(N) // 4, np.arange(N) % 4 + 1
    points = np.stack([step, step * ray, step * (ray % 7) * 2], axis=1)
    return _shuffled(rng, points, (step + rng.integers(0, 2, len(ray))[ray]) % 2)


def mixed_scales(N: int, seed: int = 0) -> Dataset:
    """A cluster of diameter about 2^-30 and one of diameter about 10^3, random labels.

    Hard for fixed tolerances and for |x|^2 + |y|^2 - 2 x.y in floating point.
    """
    (N, _), rng = shape(N, 2), generator(seed)
    small = generators.lattice((N + 1) // 2, 2, seed=seed)
    parts = [np.ldexp(small.points.astype(float), -30)]
    if N > 1:
        large = generators.lattice(N // 2, 2, seed=seed).points
        parts.append(large * (1000 / max(1, large.max())) + 1000)
    points = on_grid(np.concatenate(parts), 34)
    return _shuffled(rng, points, rng.integers(0, 2, N))


def progression(N: int, seed: int = 0) -> Dataset:
    """Collinear points in arithmetic progression, 3 classes at random.

    Hard for general position: any three points are dependent, all differences are multiples of
    one, and hashing modulo a divisor of it maps all points to one key.
    """
    (N, _), rng = shape(N, 3), generator(seed)
    points = np.array([7, -5, 1]) + np.arange(N)[:, None] * np.array([3, 4, -12]) * 2**10
    return _shuffled(rng, points, rng.permutation(np.arange(N) % 3), classes=3)


def moment_curve(N: int, seed: int = 0) -> Dataset:
    """Points (t, t^2, ..., t^8) with alternating labels along the curve, t integer around 0.

    Hard for counting: a hyperplane meets the curve at most 8 times.  Hard for floating point: the
    coordinates span many orders of magnitude, and exceed 62 bits from about N = 430 on.
    """
    (N, _), rng = shape(N, 8), generator(seed)
    points = [[t**k for k in range(1, 9)] for t in range(-(N // 2), N - N // 2)]
    return _shuffled(rng, np.array(points, dtype=object), np.arange(N) % 2)


def powers_of_two(N: int, seed: int = 0) -> Dataset:
    """Integer points (2^a, 2^b) with a, b < 300, random labels; N is at most 90,000.

    Hard for numbers of fixed width: 300 bits and no common scale.
    """
    N, rng = integer_in(N, "N", 1, 300**2), generator(seed)
    points = [[1 << (299 - k % 300), 1 << (k // 300)] for k in range(N)]
    return _shuffled(rng, np.array(points, dtype=object), rng.integers(0, 2, N))


def circle(N: int, seed: int = 0) -> Dataset:
    """Equally spaced points of the unit circle with alternating labels, on the grid 2^-30.

    Hard for few neurons: a line crosses the circle twice, so N/2 of them are needed.
    """
    (N, _), rng = shape(N, 2), generator(seed)
    angle = np.arange(N) * (2 * np.pi / N)
    points = on_grid(np.stack([np.cos(angle), np.sin(angle)], axis=1), 30)
    return _shuffled(rng, points, np.arange(N) % 2)


def duplicates(N: int, seed: int = 0) -> Dataset:
    """About N/3 different points, most of them several times, always with the same label.

    Hard for code that divides by a distance, or counts rows instead of points.
    """
    (N, _), rng = shape(N, 3), generator(seed)
    few = generators.ball((N + 2) // 3, 3, seed=seed)
    rows = np.concatenate([np.arange(few.N), rng.integers(0, few.N, N - few.N)])
    return few.subset(rng.permutation(rows))


def lattice(N: int, seed: int = 0) -> Dataset:
    """An integer cube in 3 dimensions, 3 classes at random: most projections tie."""
    return generators.lattice(N, 3, classes=3, seed=seed)


def one_class(N: int, seed: int = 0) -> Dataset:
    """Points of a single class: the network is constant, and there is no margin."""
    return generators.ball(N, 2, classes=1, seed=seed)


def _shuffled(rng: np.random.Generator, points: Any, labels: Any, classes: int = 2) -> Dataset:
    order = rng.permutation(len(points))
    return Dataset(points[order], labels[order], classes=classes)


hostile: dict[str, Callable[..., Dataset]] = {
    family.__name__: family
    for family in (
        two_lines, rays, mixed_scales, progression, moment_curve, powers_of_two, circle,
        duplicates, lattice, one_class,
    )
}  # fmt: skip
