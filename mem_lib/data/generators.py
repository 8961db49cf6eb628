"""Random data sets with prescribed N, d, margin and classes, on the grid 2^-bits.

Every coordinate is an exact multiple of 2^-bits, all points are distinct, and distances are
guaranteed after rounding.  The same arguments give the same data.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mem_lib._base.arguments import above_zero, between, integer_in
from mem_lib.data.dataset import Dataset
from mem_lib.data.packing import packed
from mem_lib.data.sampling import (
    MOST,
    Cycle,
    directions,
    generator,
    grid_bits,
    norms,
    on_grid,
    shape,
)
from mem_lib.errors import InvalidArgument, InvalidDataset


def ball(
    N: int,
    d: int,
    *,
    margin: float | None = None,
    classes: int = 2,
    seed: int = 0,
    bits: int = 20,
) -> Dataset:
    """N points of the unit ball with random labels, as many of each class as possible.

    Uniform candidates are kept when they are at distance >= ``margin`` from all points before
    (from *all*, so that the labels carry no geometry); without a margin the points are distinct.

    Raises InvalidArgument for N, d, classes or bits below 1, bits above 52, a margin that is no
    finite number > 0 and a negative seed; TooLarge for more coordinates than this machine holds;
    InvalidDataset when N such points were not found, with the number that fitted.

    >>> dataset = ball(N=200, d=8, margin=0.1, classes=2, seed=0)
    >>> dataset, dataset.margin >= 0.1, dataset.radius <= 1
    (Dataset(N=200, d=8, classes=2, points=float64), True, True)
    """
    return _labelled(N, d, margin, classes, seed, bits, on_sphere=False)


def sphere(
    N: int,
    d: int,
    *,
    margin: float | None = None,
    classes: int = 2,
    seed: int = 0,
    bits: int = 20,
) -> Dataset:
    """N points of the unit sphere with random labels; otherwise as `ball`.

    The points are rounded to the grid, so that norms are within sqrt(d) 2^-(bits+1) of 1.

    Raises InvalidArgument for N, d, classes or bits below 1, bits above 52, a margin that is no
    finite number > 0 and a negative seed; TooLarge for more coordinates than this machine holds;
    InvalidDataset when N such points were not found, with the number that fitted.

    >>> dataset = sphere(N=50, d=5, seed=1)
    >>> dataset.N, dataset.d, abs(dataset.radius - 1) < 2**-19
    (50, 5, True)
    """
    return _labelled(N, d, margin, classes, seed, bits, on_sphere=True)


def _labelled(
    N: Any, d: Any, margin: Any, classes: Any, seed: Any, bits: Any, on_sphere: bool
) -> Dataset:
    (N, d), classes = shape(N, d), integer_in(classes, "classes", 1, MOST)
    bits, rng = grid_bits(bits), generator(seed)
    step = 2.0**-bits
    if margin is not None:
        margin = above_zero(margin, "margin")

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        points = directions(rng, n, d)
        if not on_sphere:
            points *= rng.random((n, 1)) ** (1 / d)
        points = on_grid(points, bits)
        if not on_sphere:
            points = points[norms(points) <= 1]
        return points, np.zeros(len(points), np.int64)

    needed = margin if margin is not None and margin > step else None
    radius = 1 + math.sqrt(d) * step
    points, _ = packed(draw, N, needed, radius=radius, what=f"margin={margin} in d={d}")
    labels = rng.permutation(np.arange(N) % classes)
    separation = step if needed is None else needed
    return Dataset(points, labels, classes=classes, separation_at_least=separation)


def moons(
    N: int,
    d: int = 2,
    *,
    noise: float = 0.05,
    gap: float = 0.5,
    margin: float | None = None,
    seed: int = 0,
    bits: int = 20,
) -> Dataset:
    """Two interleaved half circles with Gaussian noise; labels alternate 0 (upper), 1 (lower),
    except on a grid so coarse that points fall together: these are drawn again.

    The upper one is the upper half of the unit circle, the lower one the lower half of the unit
    circle about (1, 1 - gap); ``gap=0.5`` is the usual picture.  Their distance is exactly
    ``gap`` (0 < gap <= 1): a shortest segment that ends inside both arcs lies on the line through
    the centres and has length 2 - sqrt(1 + (1-gap)^2) >= gap; the end (1, 0) has distance 1 - gap
    from the other centre, hence gap from the other circle, and (-1, 0) has distance at least 1;
    the ends of the lower one are their mirror images.  In d > 2 dimensions the circles lie in the
    plane of the first two coordinates, and ``noise`` is the deviation of each of the d.

    With ``margin`` the noise is drawn from the Gaussian restricted to displacements of at most
    (gap - margin) / 2, less the rounding, so that the margin holds for every N and d.  Without it
    the noise is unbounded and the margin shrinks, slowly, as N grows.

    Raises InvalidArgument for N or bits below 1, d below 2, bits above 52, a negative seed, noise
    that is no finite number >= 0, a gap outside 0 < gap <= 1, and a margin that is no finite
    number > 0 or does not fit into ``gap``; TooLarge for more coordinates than this machine holds;
    InvalidDataset when the grid is too coarse for N points.

    >>> dataset = moons(N=100, noise=0.05, margin=0.2, seed=1)
    >>> dataset.d, dataset.labels[:4].tolist(), dataset.margin >= 0.2
    (2, [0, 1, 0, 1], True)
    >>> moons(N=100, d=10, noise=0.05, margin=0.2, seed=1).margin >= 0.2
    True
    """
    (N, d), bits, rng = shape(N, integer_in(d, "d", 2)), grid_bits(bits), generator(seed)
    noise = above_zero(noise, "noise", or_zero=True)
    gap = between(gap, "gap", 0, 1, closed=True)
    limit = math.inf
    if margin is not None:
        moved = max(1.0, math.sqrt(d) / 2) * 2.0**-bits  # by the rounding, at most
        limit = (gap - above_zero(margin, "margin")) / 2 * (1 - 1e-9) - moved
        if limit < 0:
            raise InvalidArgument(
                f"margin={margin} does not fit between half circles at distance gap={gap}: "
                f"0 of N={N} points fitted"
            )
    displaced = _displacements(rng, d, noise, limit)
    counter = Cycle(2)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        label = counter(n)
        angle = math.pi * rng.random(n)
        x, y = np.cos(angle), np.sin(angle)
        points = displaced(n)
        points[:, 0] += np.where(label, 1 - x, x)
        points[:, 1] += np.where(label, 1 - gap - y, y)
        return on_grid(points, bits), label

    points, labels = packed(draw, N, what=f"the grid 2^-{bits}")
    return Dataset(points, labels, classes=2, separation_at_least=2.0**-bits)


def _displacements(
    rng: np.random.Generator, d: int, noise: float, limit: float
) -> Callable[[int], np.ndarray]:
    """n |-> n Gaussian vectors of R^d with deviation ``noise``, restricted to lengths of at most
    ``limit``: directions, and lengths by inversion of their distribution function."""
    ratio = limit / noise if noise else math.inf
    half = ratio * ratio / 2  # of squares, in units of the noise

    def in_the_plane(n: int) -> np.ndarray:
        share = -math.expm1(-half)
        turn, level = 2 * math.pi * rng.random(n), rng.random(n)
        length = noise * np.sqrt(-2 * np.log1p(-level * share))
        return np.stack([length * np.cos(turn), length * np.sin(turn)], axis=1)

    def in_space(n: int) -> np.ndarray:
        length = noise * np.sqrt(2 * _gammas(rng, n, d / 2, half))
        return length[:, None] * directions(rng, n, d)

    return in_the_plane if d == 2 else in_space


def _gammas(rng: np.random.Generator, n: int, a: float, most: float) -> np.ndarray:
    """n values of the density y^(a-1) e^-y, restricted to y <= ``most``."""
    from scipy.special import gammainc, gammaincinv

    share = gammainc(a, most)
    if share > 1e-200:
        return np.minimum(gammaincinv(a, share * rng.random(n)), most)
    # Floats cannot invert that far out.  There the mass sits at the border: with y = most e^-z the
    # density is that of an exponential variable of rate a - most, nearly, and z is kept or drawn
    # again by what is missing.
    z, again = np.zeros(n), np.arange(n)
    while len(again):
        z[again] = rng.exponential(1 / (a - most), len(again))
        kept = np.exp(-most * (np.expm1(-z[again]) + z[again]))
        again = again[rng.random(len(again)) >= kept]
    return most * np.exp(-z)


def shells(
    N: int, d: int, *, shells: int = 2, gamma: float = 0.2, seed: int = 0, bits: int = 20
) -> Dataset:
    """Concentric shells of equal volume in the unit ball with alternating labels.

    With k = ``shells``, shell j holds ((j + gamma)/k)^(1/d) <= |x| <= ((j + 1)/k)^(1/d), also
    after rounding, and has label j mod 2; take k even for classes of equal mass.  The margin is
    at least the width of the narrowest gap, (1 + gamma/(k-1))^(1/d) - 1 times ((k-1)/k)^(1/d).

    Raises InvalidArgument for N, d, shells or bits below 1, bits above 52, a gamma outside
    0 < gamma < 1 and a negative seed; TooLarge for more coordinates than this machine holds;
    InvalidDataset when the grid is too coarse for N points.

    >>> dataset = shells(N=6, d=3, shells=2, gamma=0.2)
    >>> dataset.labels.tolist(), dataset.radius <= 1, dataset.margin >= 0.05
    ([0, 1, 0, 1, 0, 1], True, True)
    """
    (N, d), k, bits = shape(N, d), integer_in(shells, "shells", 1, MOST), grid_bits(bits)
    gamma, rng, counter = between(gamma, "gamma", 0, 1), generator(seed), Cycle(k)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        j = counter(n)
        volume = (j + gamma + (1 - gamma) * rng.random(n)) / k
        points = on_grid(directions(rng, n, d) * volume[:, None] ** (1 / d), bits)
        size = norms(points)
        inner, outer = (((j + t) / k) ** (1 / d) for t in (gamma, 1))
        good = (size >= inner * (1 + 1e-12)) & (size <= outer * (1 - 1e-12))
        return points[good], j[good]

    points, j = packed(draw, N, what=f"{k} shells in d={d} on the grid 2^-{bits}")
    return Dataset(points, j % 2, classes=min(k, 2), separation_at_least=2.0**-bits)


def lattice(N: int, d: int, *, classes: int = 2, seed: int = 0) -> Dataset:
    """The first N points of an integer cube {0, ..., side-1}^d, scrambled, with random labels.

    The side is the least that holds N points; points are first in lexicographic order.  Projected
    on almost any small integer direction, many of them tie.

    Raises InvalidArgument for N, d or classes below 1 and a negative seed; TooLarge for more
    coordinates than this machine holds.

    >>> sorted(lattice(N=5, d=2).points.tolist())
    [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]
    """
    (N, d), classes = shape(N, d), integer_in(classes, "classes", 1, MOST)
    rng = generator(seed)
    side = 1
    while side**d < N:
        side += 1
    rest, columns = rng.permutation(N), []
    for _ in range(d):
        rest, digit = np.divmod(rest, side)
        columns.append(digit)
    points = np.stack(columns[::-1], axis=1)
    labels = rng.permutation(np.arange(N) % classes)
    return Dataset(points, labels, classes=classes, separation_at_least=1.0)


def moment_curve(N: int, d: int, *, seed: int = 0) -> Dataset:
    """N points (t, t^2, ..., t^d) with alternating labels along the curve, in random order.

    The t are consecutive multiples of 2^-b around 0 in (-1, 1), for the least b that has room for N
    of them.  A hyperplane meets the curve at most d times, so the points are in general position,
    and few neurons cannot do: each hyperplane explains at most d changes of the label.

    Raises InvalidArgument for N or d below 1, a negative seed, and when t^d would not be an exact
    float, which takes b d <= 53 bits; TooLarge for more coordinates than this machine holds.

    >>> moment_curve(N=3, d=2).integers()[1], sorted(moment_curve(N=3, d=2).points[:, 0])
    (2, [np.float64(-0.5), np.float64(0.0), np.float64(0.5)])
    """
    (N, d), rng = shape(N, d), generator(seed)
    bits = (N // 2).bit_length()
    if bits * d > 53:
        raise InvalidArgument(
            f"N, d: {N} points take steps of 2^-{bits}, whose powers up to d = {d} take "
            f"{bits * d} bits; a float64 holds 53"
        )
    order = rng.permutation(N)
    steps = (order - N // 2).tolist()
    points = [[t**k / 2 ** (bits * k) for k in range(1, d + 1)] for t in steps]
    return Dataset(points, order % 2, classes=min(N, 2), separation_at_least=2.0**-bits)


def balls(
    N: int,
    d: int,
    *,
    components: int = 6,
    radius: float = 0.1,
    margin: float = 0.2,
    classes: int = 2,
    seed: int = 0,
    bits: int = 20,
) -> Dataset:
    """A union of balls with well separated centres; ball j has label j mod ``classes``.

    The centres lie in the unit ball, at distances >= margin + 2 radius, and depend on the seed but
    not on N: more points are more of the same geometry.  The points go round the balls in turn
    (but for candidates that the rounding moves out of their ball).

    Raises InvalidArgument for N, d, components, classes or bits below 1, bits above 52, a radius or
    margin that is no finite number > 0 and a negative seed; TooLarge for more coordinates, of
    points or of centres, than this machine holds; InvalidDataset when so many balls, or N points
    in them, were not found.

    >>> dataset = balls(N=8, d=2, components=4, radius=0.1, margin=0.3)
    >>> dataset, dataset.margin >= 0.3
    (Dataset(N=8, d=2, classes=2, points=float64), True)
    """
    (N, d), bits = shape(N, d), grid_bits(bits)
    components, _ = shape(components, d, "components")
    classes = integer_in(classes, "classes", 1, MOST)
    radius, margin = above_zero(radius, "radius"), above_zero(margin, "margin")
    where, rng, counter = generator(seed, 1), generator(seed, 2), Cycle(components)

    def draw_centre(n: int) -> tuple[np.ndarray, np.ndarray]:
        points = on_grid(directions(where, n, d) * where.random((n, 1)) ** (1 / d), bits)
        points = points[norms(points) <= 1]
        return points, np.zeros(len(points), np.int64)

    what = f"margin={margin} between {components} balls of radius={radius} in d={d}"
    try:
        centres, _ = packed(draw_centre, components, margin + 2 * radius, radius=1.0, what=what)
    except InvalidDataset as error:
        raise InvalidDataset(f"{error} (N here counts the balls)") from None

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        j = counter(n)
        offset = directions(rng, n, d) * rng.random((n, 1)) ** (1 / d) * radius
        points = on_grid(centres[j] + offset, bits)
        good = norms(points - centres[j]) <= radius
        return points[good], j[good]

    points, j = packed(draw, N, what=f"radius={radius} on the grid 2^-{bits}")
    return Dataset(points, j % classes, classes=classes, separation_at_least=2.0**-bits)
