"""The exact ReLU networks of chapter ``two_layer`` in the plainest way: `fractions.Fraction`.

What one writes down from the theory, without scaling to integers and without a library for linear
algebra: Gaussian elimination in fractions, networks as lists of neurons (a, w, b), values and their
comparison in fractions.  It is the baseline that ``mem_lib.two_layer`` is measured against.
"""

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

Vector = list[Fraction]
Neuron = tuple[Fraction, Vector, Fraction]


def slabs(points: Sequence[Sequence], values: Sequence, seed: int = 0) -> list[Neuron]:
    """4 ceil(N/d) neurons: a thin slab around the hyperplane of every d points."""
    points, values, rng = _exact(points), _row(values), random.Random(seed)
    N, d = len(points), len(points[0])
    neurons: list[Neuron] = []
    for group in _groups(rng.sample(range(N), N), d):
        normal, offset = _hyperplane([points[i] for i in group], d, rng)
        distances = [_dot(normal, x) + offset for x in points]
        off = [abs(s) for i, s in enumerate(distances) if i not in group]
        if 0 in off:
            raise ValueError(f"another point lies on the hyperplane of the rows {group}")
        half = min(off, default=Fraction(2)) / 2
        v, c = _affine([points[i] for i in group], [values[i] for i in group])
        largest = max(abs(_dot(v, x) + c) for x in points)
        h = _power_below(half / largest) if largest else Fraction(1)
        bent = [u + h * w for u, w in zip(normal, v, strict=True)]
        neurons += [
            (1 / h, bent, offset + half + h * c),
            (-1 / h, normal, offset + half),
            (-1 / h, bent, offset - half + h * c),
            (1 / h, normal, offset - half),
        ]
    return neurons


def sorted_groups(points: Sequence[Sequence], values: Sequence, seed: int = 0) -> list[Neuron]:
    """An affine piece for every d + 1 points along a direction, by two neurons; one neuron for a
    last group of one point."""
    points, values, rng = _exact(points), _row(values), random.Random(seed)
    N, d = len(points), len(points[0])
    c = [Fraction(rng.choice([-2, -1, 1, 2])) for _ in range(d)]
    p = [_dot(c, x) for x in points]
    groups = list(_groups(sorted(range(N), key=p.__getitem__), d + 1))
    room = sum(map(abs, c)) * max(abs(z) for x in points for z in x)
    level = 2 * min(p) - max(p) - (room or 1)
    before, constant = [Fraction(0)] * d, Fraction(0)
    neurons: list[Neuron] = []
    for k, group in enumerate(groups):
        if k:
            low, high = p[groups[k - 1][-1]], p[group[0]]
            if low == high:
                raise ValueError(f"two groups touch along {c}; try another seed")
            level = (low + high) / 2
        if k == len(groups) - 1 and len(group) == 1:
            (last,) = group
            left = values[last] - _dot(before, points[last]) - constant
            neurons.append((left / (p[last] - level), c, -level))
            break
        v, b = _affine([points[i] for i in group], [values[i] for i in group])
        jump, step = [new - old for new, old in zip(v, before, strict=True)], b - constant
        jumps = [abs(_dot(jump, x) + step) for x in points]
        room = min((abs(s - level) / j for s, j in zip(p, jumps, strict=True) if j), default=None)
        h = Fraction(1) if room is None else _power_below(room / 2)
        neurons += [
            (1 / h, [u + h * w for u, w in zip(c, jump, strict=True)], h * step - level),
            (-1 / h, c, -level),
        ]
        before, constant = v, b
    return neurons


def evaluate(neurons: list[Neuron], point: Sequence) -> Fraction:
    x = _row(point)
    return sum((a * max(_dot(w, x) + b, Fraction(0)) for a, w, b in neurons), Fraction(0))


def verified(neurons: list[Neuron], points: Sequence[Sequence], values: Sequence) -> bool:
    """Whether every point gets its value, exactly."""
    return all(
        evaluate(neurons, x) == Fraction(value) for x, value in zip(points, values, strict=True)
    )


def _exact(points: Sequence[Sequence]) -> list[Vector]:
    return [_row(x) for x in points]


def _row(numbers: Sequence) -> Vector:
    return [Fraction(number) for number in numbers]


def _groups(rows: list[int], size: int) -> Iterator[list[int]]:
    return (rows[i : i + size] for i in range(0, len(rows), size))


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _power_below(x: Fraction) -> Fraction:
    """A power of two in [x/4, x)."""
    return Fraction(2) ** (_log2(x) - 1)


def _log2(x: Fraction) -> int:
    k = x.numerator.bit_length() - x.denominator.bit_length()
    return k if Fraction(2) ** k <= x else k - 1


def _hyperplane(group: list[Vector], d: int, rng: random.Random) -> tuple[Vector, Fraction]:
    """Through at most d points, completed by random ones."""
    reach = max(max(abs(z) for x in group for z in x), Fraction(1))
    further = [
        [reach * rng.randint(-1000, 1000) / 1000 for _ in range(d)] for _ in range(d - len(group))
    ]
    rows = [[*x, Fraction(1)] for x in group + further]
    pivots = _eliminate(rows)
    if len(pivots) < d:
        raise ValueError("the points of a group are affinely dependent")
    free = next(j for j in range(d + 1) if j not in pivots)
    solution = [Fraction(0)] * (d + 1)
    solution[free] = Fraction(1)
    for row, j in zip(rows, pivots, strict=True):
        solution[j] = -row[free]
    return solution[:d], solution[d]


def _affine(group: list[Vector], values: Vector) -> tuple[Vector, Fraction]:
    """The affine function of least norm with given values at independent points."""
    rows = [[*x, Fraction(1)] for x in group]
    system = [[_dot(a, b) for b in rows] + [y] for a, y in zip(rows, values, strict=True)]
    if len(_eliminate(system)) < len(rows) or any(not row[i] for i, row in enumerate(system)):
        raise ValueError("the points of a group are affinely dependent")
    weights = [row[-1] for row in system]
    *v, c = (_dot(weights, list(column)) for column in zip(*rows, strict=True))
    return v, c


def _eliminate(rows: list[Vector]) -> list[int]:
    """Gauss and Jordan, in place; the columns of the pivots."""
    pivots: list[int] = []
    for j in range(len(rows[0])):
        done = len(pivots)
        found = next((i for i in range(done, len(rows)) if rows[i][j]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        leading = rows[done][j]
        rows[done] = [value / leading for value in rows[done]]
        for i, row in enumerate(rows):
            if i != done and row[j]:
                factor = row[j]
                rows[i] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        pivots.append(j)
    return pivots
