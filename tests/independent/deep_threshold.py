"""Second derivation of the chapter "Geometry first, then bookkeeping", in plain integers.

A network is a list of layers, a layer a list of units, a unit a sparse row and a bias. Threshold
units are stored doubled, with an odd bias, so that none of them is ever at zero.
"""

import math
from collections import Counter
from fractions import Fraction
from functools import cmp_to_key
from itertools import combinations, pairwise, product
from typing import NamedTuple

import numpy as np
import pytest

EPS = 1e-9


class Unit(NamedTuple):
    """A sparse row and a bias."""

    row: dict
    bias: int


class Layer(NamedTuple):
    """Units, and whether they are gates or linear."""

    units: list
    threshold: bool = True


# Networks


def gate(row, t):
    """The gate [row >= t] of integers, doubled."""
    return Unit({k: 2 * w for k, w in row.items() if w}, 1 - 2 * t)


def evaluate(layers, x):
    """The outputs of the last layer at a point; no gate may be at zero."""
    for layer in layers:
        z = [sum(w * x[k] for k, w in unit.row.items()) + unit.bias for unit in layer.units]
        assert not layer.threshold or all(z)
        x = [int(a >= 0) for a in z] if layer.threshold else z
    return x


def gates(layers):
    """Hidden units."""
    return sum(len(layer.units) for layer in layers[:-1])


def weights(layers):
    """Nonzero weights and biases."""
    units = [unit for layer in layers for unit in layer.units]
    assert all(all(unit.row.values()) for unit in units)
    return sum(len(unit.row) + bool(unit.bias) for unit in units)


def added(terms):
    """A combination of sparse rows, from pairs of a factor and a row."""
    total = Counter()
    for factor, row in terms:
        for k, w in row.items():
            total[k] += factor * w
    return {k: w for k, w in total.items() if w}


def largest_sum(layers):
    """The largest sum of absolute values of a unit that reads bits."""
    return max(
        sum(map(abs, unit.row.values())) + abs(unit.bias)
        for layer in layers
        for unit in layer.units
    )


# Data


def label_bits(labels):
    """The bits q of a label."""
    return max(labels).bit_length()


def pairs_of(labels):
    """Pairs of places with different labels."""
    return [(i, j) for i, j in combinations(range(len(labels)), 2) if labels[i] != labels[j]]


def squared(x, y):
    """The squared distance of two points."""
    return sum((a - b) ** 2 for a, b in zip(x, y, strict=True))


def consistent(points, labels):
    """Give equal points the label of the first of them."""
    first = {}
    return [first.setdefault(x, y) for x, y in zip(points, labels, strict=True)]


def lattice(N, d, rng):
    """Points of a small cube, with many ties and repetitions."""
    return [tuple(map(int, rng.integers(0, 3, d))) for _ in range(N)]


def collinear(N, d, rng):
    """Points of one line."""
    step = rng.integers(-2, 3, d)
    step[0] = 1
    return [tuple(map(int, k * step)) for k in rng.permutation(N)]


def doubled(N, d, rng):
    """Points x and 2x of the same rays."""
    half = [tuple(map(int, rng.integers(-4, 5, d))) for _ in range((N + 1) // 2)]
    return (half + [tuple(2 * a for a in x) for x in half])[:N]


def repeated(N, d, rng):
    """Few points, often."""
    few = [tuple(map(int, rng.integers(-6, 7, d))) for _ in range(max(2, N // 3))]
    return [few[int(k)] for k in rng.integers(0, len(few), N)]


SHAPES = {f.__name__: f for f in (lattice, collinear, doubled, repeated)}


def hostile(sizes, dims=(1, 2, 3, 4), classes=(2, 3, 4, 5, 7), seed=0):
    """Small data sets with at least two labels, in all combinations."""
    rng = np.random.default_rng(seed)
    for shape, N, d, C in product(SHAPES.values(), sizes, dims, classes):
        points = shape(N, d, rng)
        labels = consistent(points, [int(k) for k in rng.integers(0, C, N)])
        if len(set(labels)) > 1:
            yield points, labels


class Facts(NamedTuple):
    """What the formulas know about a data set."""

    N: int
    d: int
    q: int
    P: int
    R: int
    gamma: float
    middle: list
    Z: list


def facts_of(points, labels):
    """N, d, q, P, and radius and margin about the middle in halves of the unit."""
    middle = [min(c) + max(c) for c in zip(*points, strict=True)]
    Z = [tuple(2 * a - c for a, c in zip(x, middle, strict=True)) for x in points]
    norm = max(sum(a * a for a in z) for z in Z)
    P = pairs_of(labels)
    gamma = math.sqrt(min(squared(Z[i], Z[j]) for i, j in P))
    R = math.isqrt(max(norm, 1) - 1) + 1
    return Facts(len(Z), len(Z[0]), label_bits(labels), len(P), R, gamma, middle, Z)


def assert_memorized(layers, points, labels):
    """Every point is read as its label."""
    assert [evaluate(layers, x) for x in points] == [[y] for y in labels]


# Formulas


def line_probability(kappa):
    """The sharp probability that one hyperplane separates two points."""
    radial = math.atan2(kappa, 2 - kappa) / math.pi
    return min(radial, 2 / math.pi * math.asin(kappa / math.sqrt(8)))


def hyperplanes(kappa, P, eta=0.5):
    """The number of hyperplanes of the first layer, with the sharp probability."""
    return math.ceil(math.log(P / eta) / -math.log1p(-line_probability(kappa)))


def hyperplanes_simple(kappa, P):
    """The number of hyperplanes by the simple bound."""
    return math.ceil(2 * math.pi / kappa * math.log(2 * P))


def table_size(N, q):
    """T, the most rows and columns of a table."""
    return 2 * math.sqrt(q * (N - 1)) + q + 1


def digits(m, P):
    """K, the most binary digits of the hash."""
    return (2 * m * P).bit_length()


def hash_gates(m, K, T):
    """The gates that are promised of hyperplanes, digits and table."""
    return K * m + K * (K + 3) / 2 + T


def hash_weights(N, d, q, m, K, T):
    """The weights that are promised of hyperplanes, digits and table."""
    return m * (d + 3 * K) + q * N + (K + 2) * T + 1.5 * K * (K + 1)


def shallow_weights(N, d, q, m, T):
    """The weights that are promised of hyperplanes and table."""
    return m * (d + 3 + T) + q * N + 2 * T


def parity_sizes(m, k, depth, T, fan=2):
    """Gates, and connections of the tree alone, for pairs."""
    levels = [-(-m // fan**level) for level in range(depth)]
    return m + k * sum(levels) + k + T, k * (2 * m + 4 * sum(levels[1:]))


def binomials(n, top):
    """The sum of the first binomial coefficients."""
    return sum(math.comb(n, i) for i in range(top + 1))


def sphere_codes(m, n):
    """The most codes of m hyperplanes on the sphere of dimension n."""
    return 2 * binomials(m - 1, n)


# First layers


def codes_of(layer, points):
    """The bits of every point."""
    return [tuple(evaluate([layer], x)) for x in points]


def separates(codes, pairs):
    """Whether no pair shares a code."""
    return all(codes[i] != codes[j] for i, j in pairs)


def odd_near(x, parity):
    """The integer of a given parity that is nearest to x."""
    return 2 * round((x - parity) / 2) + parity


def rounded_rows(facts, m, Q, rng):
    """Rounded Gaussian hyperplanes about the middle, as rows W and biases b."""
    g = np.clip(rng.standard_normal((m, facts.d)), -8, 8)
    h = np.clip(rng.standard_normal(m), -8, 8)
    W = [[round(2**Q * a) for a in row] for row in g.tolist()]
    parities = [(1 + sum(w * c for w, c in zip(row, facts.middle, strict=True))) % 2 for row in W]
    b = [odd_near(2**Q * a * facts.R, e) for a, e in zip(h.tolist(), parities, strict=True)]
    return g, h, W, b


def hyperplane_unit(row, b, middle):
    """A hyperplane about the middle, in halves, as a unit that reads the point."""
    shift = sum(w * c for w, c in zip(row, middle, strict=True))
    return Unit({k: 2 * w for k, w in enumerate(row) if w}, b - shift)


def weight_bits(m, d):
    """The least Q that the lemma on rounding allows."""
    return math.ceil(math.log2(80 * m * (math.sqrt(d) + 2)))


def gaussian_layer(points, labels, rng):
    """A first layer of rounded hyperplanes, its codes, and the draws that it took."""
    facts, pairs = facts_of(points, labels), pairs_of(labels)
    m = hyperplanes(facts.gamma / facts.R, facts.P)
    for draw in range(1, 60):
        _, _, W, b = rounded_rows(facts, m, weight_bits(m, facts.d), rng)
        layer = Layer([hyperplane_unit(*row, facts.middle) for row in zip(W, b, strict=True)])
        codes = codes_of(layer, points)
        if separates(codes, pairs):
            return layer, codes, draw
    raise AssertionError("sixty draws failed")


def grid_step(points, labels):
    """The largest h with d (h - 1)^2 below the squared margin."""
    least = min(squared(points[i], points[j]) for i, j in pairs_of(labels))
    return math.isqrt((least - 1) // len(points[0])) + 1


def grid_layer(points, labels):
    """Thresholds on the coordinates, at equal steps, and their codes."""
    h = grid_step(points, labels)
    units = []
    for k, column in enumerate(zip(*points, strict=True)):
        units += [gate({k: 1}, t) for t in range(min(column) + h, max(column) + 1, h)]
    layer = Layer(units)
    return layer, codes_of(layer, points)


# Bookkeeping


def table(values, labels, top):
    """The starts of the rows, and for each bit its columns, the entry of row 0 first."""
    q, runs = label_bits(labels), sorted(set(zip(values, labels, strict=True)))
    changes = [(v, y, old) for (_, old), (v, y) in pairwise(runs) if y != old]
    S = next(s for s in range(1, len(runs) + 1) if q * s * s >= len(changes))
    starts = [v for v, _, _ in changes[::S]]
    ends = [*starts, top + 1]
    blocks = [changes[t : t + S] for t in range(0, len(changes), S)]
    return starts, [bit_columns(bit, runs[0][1], blocks, ends) for bit in range(q)]


def bit_columns(bit, first, blocks, ends):
    """The columns of one bit of the label."""
    lists = [[0] if first >> bit & 1 else []]
    for block in blocks:
        begins = [block[0][0]] if block[0][1] >> bit & 1 else []
        lists.append(begins + [v for v, y, old in block[1:] if (y ^ old) >> bit & 1])
    longest = max(map(len, lists))
    full = [
        entries + [end] * (longest - len(entries)) for entries, end in zip(lists, ends, strict=True)
    ]
    return [list(column) for column in zip(*full, strict=True)]


def table_layers(virtual, factors, values, labels, top):
    """Rows, columns and the linear unit, behind virtual bits with v as their combination."""
    starts, columns = table(values, labels, top)
    G, whole = len(starts), added(zip(factors, virtual, strict=True))
    rows = [gate(whole, s) for s in starts] + [gate(row, 1) for row in virtual]
    held = {G + k: c for k, c in enumerate(factors)}
    units, answer = [], {}
    for bit, several in enumerate(columns):
        for place, tau in enumerate(several):
            answer[len(units)] = (-1) ** place * 2**bit
            steps = {t: a - b for t, (a, b) in enumerate(pairwise(tau))}
            units.append(gate(steps | held, tau[0]))
    return [Layer(rows), Layer(units), Layer([Unit(answer, 0)], threshold=False)]


def hash_of(codes, labels, rng):
    """Factors that tell differently labelled codes apart, the values, and the draws."""
    pairs = pairs_of(labels)
    for draw in range(1, 60):
        a = [int(x) for x in rng.integers(0, 2 * len(pairs), len(codes[0]))]
        values = [sum(x for x, bit in zip(a, z, strict=True) if bit) for z in codes]
        if separates(values, pairs):
            return a, values, draw
    raise AssertionError("sixty draws failed")


def shallow(first, codes, labels, rng):
    """Hyperplanes and a table; also the largest value of the hash."""
    a, values, _ = hash_of(codes, labels, rng)
    virtual = [{k: 1} for k in range(len(a))]
    return [first, *table_layers(virtual, a, values, labels, sum(a))], sum(a)


def digit_layer(a, known, k, last):
    """Copies of the code, of the digits known, and digit k; the code comes first."""
    m = len(a)
    held = [] if last else [gate({j: 1}, 1) for j in range(m)]
    kept = [gate({m + i: 1}, 1) for i in range(known)]
    found = {m + i: -(2 ** (k + known - i)) for i in range(known)}
    return Layer([*held, *kept, gate(dict(enumerate(a)) | found, 2**k)])


def hashed(first, codes, labels, rng, places=None):
    """Hyperplanes, digits and a table, with a given number of digits or those of V."""
    a, values, _ = hash_of(codes, labels, rng)
    K = places or sum(a).bit_length()
    layers = [digit_layer(a, K - 1 - k, k, k == 0) for k in reversed(range(K))]
    virtual, factors = [{i: 1} for i in range(K)], [2 ** (K - 1 - i) for i in range(K)]
    return [first, *layers, *table_layers(virtual, factors, values, labels, sum(a))], sum(a)


def parity_code(codes, labels, rng):
    """Rows of a random code over two elements, the values, and the draws."""
    pairs, m = pairs_of(labels), len(codes[0])
    k = (2 * len(pairs) - 1).bit_length()
    for draw in range(1, 60):
        A = rng.integers(0, 2, (k, m)).tolist()
        u = [[sum(x & y for x, y in zip(row, z, strict=True)) % 2 for row in A] for z in codes]
        values = [sum(bit << r for r, bit in enumerate(row)) for row in u]
        if separates(values, pairs):
            return A, values, draw
    raise AssertionError("sixty draws failed")


def merged(bits, fan, units):
    """One layer of a row of the tree: new gates are appended, new virtual bits returned."""
    found = []
    for at in range(0, len(bits), fan):
        group = bits[at : at + fan]
        total = added((1, row) for row in group)
        found.append({len(units) + i: (-1) ** i for i in range(len(group))})
        units += [gate(total, i) for i in range(1, len(group) + 1)]
    return found


def tree(A, fan):
    """The layers of a tree of parities, and the virtual bits behind it."""
    virtual, layers = [[{j: 1} for j, on in enumerate(row) if on] for row in A], []
    while max(map(len, virtual)) > 1:
        units = []
        virtual = [merged(bits, fan, units) for bits in virtual]
        layers.append(Layer(units))
    return layers, [bits[0] if bits else {} for bits in virtual]


def parity(first, codes, labels, rng, fan=2):
    """Hyperplanes, a tree of parities and a table; also the number of parities."""
    A, values, _ = parity_code(codes, labels, rng)
    layers, virtual = tree(A, fan)
    factors = [2**r for r in range(len(A))]
    tail = table_layers(virtual, factors, values, labels, 2 ** len(A) - 1)
    return [first, *layers, *tail], len(A)


def staircase(points, labels, rng):
    """Steps along one direction; also the number of directions drawn."""
    N, d, pairs = len(points), len(points[0]), pairs_of(labels)
    M = N * N // 2
    for draw in range(1, 60):  # noqa: B007
        u = [int(a) for a in rng.integers(-M, M + 1, d)]
        keys = [sum(a * b for a, b in zip(u, x, strict=True)) for x in points]
        if separates(keys, pairs):
            break
    runs = sorted(set(zip(keys, labels, strict=True)))
    steps = [(v, y - old) for (_, old), (v, y) in pairwise(runs) if y != old]
    row = {k: a for k, a in enumerate(u) if a}
    answer = Unit({i: step for i, (_, step) in enumerate(steps)}, runs[0][1])
    return [Layer([gate(row, v) for v, _ in steps]), Layer([answer], threshold=False)], draw


# One hyperplane


def lifted_angle(x, y, R):
    """The angle of (x, R) and (y, R)."""
    dot = sum(a * b for a, b in zip(x, y, strict=True)) + R * R
    norms = [sum(a * a for a in z) + R * R for z in (x, y)]
    return math.acos(max(-1, min(1, dot / math.sqrt(norms[0] * norms[1]))))


def least_probability(kappa, steps=150, line=False):
    """The least probability over a mesh of pairs in the unit ball, or on a line."""
    best, mesh = 1, [k / steps for k in range(steps + 1)] + [abs(1 - kappa)]
    for a, b in product(mesh, repeat=2):
        inner = (a * a + b * b - kappa * kappa) / 2
        ends = [e * a * b for e in (1, -1) if e * a * b <= inner + 1e-12]
        allowed = ends if line else [min(a * b, inner)] * (inner >= -a * b)
        for A in allowed:
            cosine = (1 + A) / math.sqrt((1 + a * a) * (1 + b * b))
            best = min(best, math.acos(min(1, cosine)) / math.pi)
    return best


KAPPAS = (0.01, 0.1, 0.3, 0.6, 0.7, math.sqrt(3) - 1, 0.75, 1.0, 1.3, 1.7, 1.95)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_the_least_probability_is_the_sharp_one(kappa):
    """thm-deep_threshold-hyperplane: a search over pairs finds p, from above."""
    found, p = least_probability(kappa), line_probability(kappa)
    assert p - 1e-9 <= found <= p + 2e-3 * p + 1e-9
    assert p >= math.asin(kappa / 2) / math.pi - EPS >= kappa / (2 * math.pi) - 2 * EPS


@pytest.mark.parametrize("kappa", KAPPAS)
def test_on_a_line_the_radial_pair_is_the_worst(kappa):
    """thm-deep_threshold-hyperplane: in one dimension the first term is the best bound."""
    p = math.atan2(kappa, 2 - kappa) / math.pi
    assert p - 1e-9 <= least_probability(kappa, line=True) <= p * 1.002 + 1e-9


def extremal_pairs(kappa):
    """The radial pair and the one on the circle, in the plane, for R = 1."""
    half = math.asin(kappa / 2)
    circle = [(math.cos(half), e * math.sin(half)) for e in (1, -1)]
    return ((1, 0), (1 - kappa, 0)), circle


def test_the_two_regimes_meet_at_root_three_minus_one():
    """thm-deep_threshold-hyperplane: which pair attains the bound, and where this changes."""
    for kappa in [k / 50 for k in range(1, 100)]:
        radial, circle = (lifted_angle(*pair, 1) / math.pi for pair in extremal_pairs(kappa))
        best = radial if kappa <= math.sqrt(3) - 1 else circle
        assert abs(best - line_probability(kappa)) < EPS
        assert best == min(radial, circle)
    assert abs(line_probability(2) - 0.5) < EPS


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_a_pair_is_separated_as_often_as_its_angle_says(d):
    """thm-deep_threshold-hyperplane: Monte Carlo, random pairs in balls of any radius."""
    rng = np.random.default_rng(d)
    for R in (0.5, 3):
        x, y = rng.uniform(-1, 1, (2, d)) * R / math.sqrt(d)
        w, b = rng.standard_normal((40000, d)), R * rng.standard_normal(40000)
        share = np.mean((w @ x + b >= 0) != (w @ y + b >= 0))
        expected = lifted_angle(x, y, R) / math.pi
        assert abs(share - expected) < 4.5 * math.sqrt(expected / 40000)


# Numbers of hyperplanes


def test_numbers_of_hyperplanes_are_enough_by_the_union_bound():
    """thm-deep_threshold-first-layer: the count, and the simple one above it."""
    for kappa, P, eta in product((0.01, 0.3, 0.9, 2), (1, 7, 10**5), (0.5, 0.01)):
        m, p = hyperplanes(kappa, P, eta), line_probability(kappa)
        assert P * (1 - p) ** m <= eta * (1 + EPS)
        assert eta < 0.5 or m <= hyperplanes_simple(kappa, P)
    assert hyperplanes(0.2, 1000**2 // 4) == 366


def success(points, labels, m, R, rng, trials=400):
    """How often m unrounded hyperplanes separate all differently labelled points."""
    X, pairs, good = np.array(points, float), np.array(pairs_of(labels)), 0
    for _ in range(trials):
        w, b = rng.standard_normal((X.shape[1], m)), R * rng.standard_normal(m)
        Z = X @ w + b >= 0
        good += (Z[pairs[:, 0]] != Z[pairs[:, 1]]).any(axis=1).all()
    return good / trials


@pytest.mark.parametrize("d", [2, 3, 7])
def test_a_random_first_layer_succeeds_half_of_the_time(d):
    """thm-deep_threshold-first-layer: measured on points with the worst margins."""
    rng = np.random.default_rng(d)
    X = [tuple(map(int, x)) for x in rng.integers(-9, 10, (14, d))]
    labels = consistent(X, [k % 3 for k in range(14)])
    facts = facts_of(X, labels)
    m = hyperplanes(facts.gamma / facts.R, facts.P)
    assert success(facts.Z, labels, m, facts.R, rng) > 0.5


def test_on_a_line_neighbours_are_enough():
    """thm-deep_threshold-first-layer: P counts neighbours if d = 1."""
    rng = np.random.default_rng(1)
    X, labels = [(k,) for k in range(-5, 6)], [k % 2 for k in range(11)]
    m = hyperplanes(1 / 5, 10)
    assert m < hyperplanes(1 / 5, len(pairs_of(labels)))
    assert success(X, labels, m, 5, rng) > 0.5


def data_bound(points, labels, R):
    """The least m for which the expected number of pairs together is at most one half."""
    if len(points[0]) == 1:
        order = sorted(set(zip(points, labels, strict=True)))
        angles = [lifted_angle(x, y, R) for (x, a), (y, b) in pairwise(order) if a != b]
    else:
        angles = [lifted_angle(points[i], points[j], R) for i, j in pairs_of(labels)]
    return next(m for m in range(10**5) if sum((1 - t / math.pi) ** m for t in angles) <= 0.5)


def test_the_bound_of_the_data_is_smaller_and_enough():
    """thm-deep_threshold-adaptive: below the count by the margin, and it works half the time."""
    rng = np.random.default_rng(3)
    for points, labels in list(hostile((12,), dims=(1, 2, 3), classes=(2, 4)))[::3]:
        facts = facts_of(points, labels)
        m = data_bound(facts.Z, labels, facts.R)
        assert m <= hyperplanes(facts.gamma / facts.R, facts.P)
        assert success(facts.Z, labels, m, facts.R, rng, trials=200) > 0.4


# Rounding


def test_constants_of_rounding():
    """thm-deep_threshold-rounding: tails, exponents and the number of draws."""
    assert math.erfc(8 / math.sqrt(2)) < 1.3e-15
    assert 1 / math.sqrt(2 * math.pi) < 0.4
    assert 0.02 + EPS >= 2 * 0.8 / 80 and 2 * 1.3e-15 * 1e12 < 0.003
    assert math.exp(0.023) / 2 < 0.512 and 1 / (1 - 0.512) < 2.05
    for m, d in product((1, 50, 10**4), (1, 3, 100)):
        eps = 0.8 * 2.0 ** -weight_bits(m, d) * (math.sqrt(d) + 2) + 1.3e-15 * (d + 1)
        assert 2 * eps * m <= 0.023
    assert pytest.approx(1) == 512**0.1 * 2**-0.9


def test_rounded_hyperplanes_are_near_and_never_meet_the_grid():
    """thm-deep_threshold-rounding: distances of entries, odd values at all grid points."""
    rng = np.random.default_rng(0)
    for points, labels in list(hostile((7,), classes=(3,)))[::2]:
        facts, Q = facts_of(points, labels), 6
        g, h, W, b = rounded_rows(facts, 40, Q, rng)
        assert np.abs(np.array(W) / 2**Q - g).max() <= 2.0 ** (-Q - 1)
        assert np.abs(np.array(b) / 2**Q - h * facts.R).max() <= 2.0**-Q
        values = np.array(W) @ np.array(facts.Z).T + np.array(b)[:, None]
        assert (values % 2 == 1).all()


def test_rounding_changes_few_bits():
    """thm-deep_threshold-rounding: the share of changed bits of a point, with coarse weights."""
    rng = np.random.default_rng(5)
    points, labels = [(0, 0), (1, 1), (1, 0), (3, 2)], [0, 1, 0, 1]
    facts = facts_of(points, labels)
    for Q in (1, 2, 3, 4):
        g, h, W, b = rounded_rows(facts, 20000, Q, rng)
        before = g @ np.array(facts.Z).T + facts.R * h[:, None] >= 0
        after = np.array(W) @ np.array(facts.Z).T + np.array(b)[:, None] >= 0
        limit = 0.4 * 2.0**-Q * (math.sqrt(2) + 2)
        assert (before != after).mean(axis=0).max() <= limit


def test_few_draws_are_needed():
    """thm-deep_threshold-rounding: the mean number of draws of rounded layers."""
    rng, draws = np.random.default_rng(2), []
    for points, labels in hostile((2, 3, 6), dims=(1, 2, 3), classes=(2, 3)):
        draws.append(gaussian_layer(points, labels, rng)[2])
    assert len(draws) > 40 and np.mean(draws) <= 2.05


# Keeping a distance


def test_constants_of_clear_hyperplanes():
    """thm-deep_threshold-clear: acceptance, and the two forms of the distance."""
    assert 2 * math.pi * 1.6 < 10.1 and 2 / math.sqrt(2 * math.pi) < 0.8
    for kappa in KAPPAS:
        m = math.ceil(4 * math.pi / kappa * math.log(2 * 50))
        assert 50 * (1 - line_probability(kappa) / 2) ** m <= 0.5


@pytest.mark.parametrize("d", [1, 2, 4])
def test_clear_hyperplanes_are_accepted_and_separate(d):
    """thm-deep_threshold-clear: at least three quarters accepted; each pair often enough."""
    rng, N = np.random.default_rng(d), 9
    X = rng.uniform(-1, 1, (N, d)) / math.sqrt(d)
    gaps = np.linalg.norm(X[:, None] - X[None], axis=2) + 9 * np.eye(N)
    p = line_probability(gaps.min())
    rho = p / (1.6 * N * math.sqrt(d))
    w, b = rng.standard_normal((40000, d)), rng.standard_normal(40000)
    Z = w @ X.T + b[:, None]
    accepted = np.abs(Z).min(axis=1) >= rho * np.linalg.norm(w, axis=1)
    assert accepted.mean() >= 0.75
    bits = Z[accepted] >= 0
    for i, j in combinations(range(N), 2):
        assert (bits[:, i] != bits[:, j]).mean() >= p / 2


def clear_thresholds(column, h):
    """Thresholds in the middle of the largest gap of the residues modulo h."""
    residues = sorted({Fraction(a % h) for a in column})
    ends = [*residues[1:], residues[0] + h]
    gap, start = max((b - a, a) for a, b in zip(residues, ends, strict=True))
    t = (start + gap / 2) % h
    first = t + h * math.ceil((min(column) - t) / h)
    return [first + j * h for j in range(int((max(column) - first) // h) + 1)]


def test_clear_thresholds_on_coordinates():
    """thm-deep_threshold-clear: numbers, distances and codes of axis-parallel thresholds."""
    for points, labels in hostile((2, 5, 9, 40), classes=(2, 3)):
        d, N, h = len(points[0]), len(points), grid_step(points, labels)
        cuts = [clear_thresholds(column, h) for column in zip(*points, strict=True)]
        pairs = pairs_of(labels)
        least = min(squared(points[i], points[j]) for i, j in pairs)
        facts = facts_of(points, labels)
        assert sum(map(len, cuts)) <= 2 * d**1.5 * facts.R / facts.gamma + d
        for column, several in zip(zip(*points, strict=True), cuts, strict=True):
            near = min((abs(a - t) for a, t in product(column, several)), default=h)
            assert (2 * N * near) ** 2 * d >= least
        codes = [[a >= t for a, ts in zip(x, cuts, strict=True) for t in ts] for x in points]
        assert separates(codes, pairs)


def test_one_answer_near_a_point():
    """thm-deep_threshold-clear: codes stay within the distance, in the maximum norm."""
    rng = np.random.default_rng(4)
    for points, labels in list(hostile((6, 11), dims=(2, 3), classes=(3,))):
        h, columns = grid_step(points, labels), list(zip(*points, strict=True))
        cuts = [clear_thresholds(column, h) for column in columns]
        for x in points:
            near = min((abs(a - t) for a, ts in zip(x, cuts, strict=True) for t in ts), default=h)
            moves = [near * Fraction(int(k), 100) for k in rng.integers(-99, 100, len(x))]
            for a, move, several in zip(x, moves, cuts, strict=True):
                assert [a >= t for t in several] == [a + move >= t for t in several]


# The grid


def test_the_grid_separates_with_few_gates():
    """thm-deep_threshold-grid: codes, and the count in each coordinate, in integers."""
    for points, labels in hostile((2, 3, 5, 9, 17, 40)):
        layer, codes = grid_layer(points, labels)
        facts = facts_of(points, labels)
        assert separates(codes, pairs_of(labels))
        assert all(len(unit.row) == 1 for unit in layer.units)
        squares = facts.d * max(squared(z, [0] * facts.d) for z in facts.Z)
        several = Counter(k for unit in layer.units for k in unit.row).values()
        least = min(squared(facts.Z[i], facts.Z[j]) for i, j in pairs_of(labels))
        assert max(several, default=0) ** 2 * least <= 4 * squares


# The table


def random_tables(count, seed):
    """Values and labels for tables, with repetitions and all kinds of first runs."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        N, C = int(rng.integers(2, 41)), int(rng.integers(2, 8))
        top = int(rng.integers(1, 90))
        values = [int(v) for v in rng.integers(0, top + 1, N)]
        labels = consistent(values, [int(y) for y in rng.integers(0, C, N)])
        if len(set(labels)) > 1:
            yield values, labels, top


def test_every_value_has_the_label_of_its_run():
    """thm-deep_threshold-table: the layers at all integers up to V, not at the data alone."""
    for values, labels, top in random_tables(60, 0):
        K = top.bit_length()
        virtual, factors = [{k: 1} for k in range(K)], [2**k for k in range(K)]
        layers = table_layers(virtual, factors, values, labels, top)
        known = dict(zip(values, labels, strict=True))
        label = known[min(known)]
        for v in range(top + 1):
            label = known.get(v, label)
            assert evaluate(layers, [v >> k & 1 for k in range(K)]) == [label]


def test_counts_and_sums_of_the_table():
    """thm-deep_threshold-table: parts 1, 2 and 3, and the lengths of the lists."""
    for values, labels, top in random_tables(400, 1):
        N, q = len(values), label_bits(labels)
        starts, columns = table(values, labels, top)
        order = [y for _, y in sorted(set(zip(values, labels, strict=True)))]
        B, G = sum(a != b for a, b in pairwise(order)), len(starts)
        S = math.ceil(math.sqrt(B / q) - 1e-12)
        several = sum(map(len, columns))
        assert max(map(len, columns)) <= S and math.ceil(B / S) == G
        assert G + q * S <= 2 * math.sqrt(q * B) + q + 1 <= table_size(N, q)
        assert (G + 1) * several <= q * N + table_size(N, q)
        for tau in (tau for bit in columns for tau in bit):
            assert tau == sorted(tau) and tau[0] >= 0 and tau[-1] <= top + 1


def test_tables_of_the_page():
    """thm-deep_threshold-table: the two examples that the page fills in by hand."""
    found = table([3, 5, 8, 9, 14, 20], [0, 1, 1, 0, 1, 0], 31)
    assert found == ([5, 14], [[[5, 5, 14], [5, 9, 20]]])
    found = table([2, 3, 7, 10, 11], [2, 0, 3, 1, 3], 15)
    assert found == ([3, 10], [[[3, 7, 10]], [[0, 7, 11]]])


def test_the_square_of_the_page():
    """thm-deep_threshold-table: four corners, two lines, one row and two columns."""
    corners, labels = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]
    first = Layer([gate({0: 1}, 1), gate({1: 1}, 1)])
    values = [3 * x + 5 * y for x, y in corners]
    layers = table_layers([{0: 1}, {1: 1}], [3, 5], values, labels, 8)
    assert_memorized([first, *layers], corners, labels)
    assert [unit.bias for unit in layers[1].units] == [-5, -5]
    assert [unit.row.get(0, 0) for unit in layers[1].units] == [0, -10]
    assert [[unit.row[k] for k in (1, 2)] for unit in layers[1].units] == [[6, 10]] * 2


def telescoped(rows, tau):
    """What the rows that are on add to the first threshold of a column."""
    return sum(g * (b - a) for g, (a, b) in zip(rows, pairwise(tau), strict=True))


def test_the_table_reads_the_point_itself():
    """thm-deep_threshold-table: with skip connections no first layer is needed."""
    N = 400
    angle = 2 * np.pi * np.arange(N) / N
    X = np.rint(2**20 * np.column_stack([np.cos(angle), np.sin(angle)])).astype(int)
    keys = (X @ np.array([1009, 2003])).tolist()
    values, labels = [key - min(keys) for key in keys], [k % 2 for k in range(N)]
    starts, (columns,) = table(values, labels, max(values))
    for v, y in zip(values, labels, strict=True):
        rows = [v >= s for s in starts]
        shifts = [telescoped(rows, tau) for tau in columns]
        on = [v - s >= tau[0] for s, tau in zip(shifts, columns, strict=True)]
        assert sum((-1) ** i * e for i, e in enumerate(on)) == y
    assert len(set(keys)) == N
    assert len(starts) + len(columns) <= table_size(N, 1) < N // 2


# Compressions


def test_the_share_of_good_hashes():
    """thm-deep_threshold-hash: all factors, for a few small sets of codes."""
    for codes in ([(0, 0, 0), (1, 0, 1)], [(0, 0, 1), (1, 0, 1), (1, 1, 0)], [(1,), (0,)]):
        labels = list(range(len(codes)))
        pairs, good, total = pairs_of(labels), 0, 0
        for a in product(range(2 * len(pairs)), repeat=len(codes[0])):
            values = [sum(x * bit for x, bit in zip(a, z, strict=True)) for z in codes]
            good, total = good + separates(values, pairs), total + 1
        assert 2 * good >= total


def test_the_share_of_good_parities():
    """thm-deep_threshold-parity: all codes over two elements, for a few small sets."""
    for codes in ([(0, 0, 0), (1, 0, 1)], [(0, 0, 1), (1, 0, 1), (1, 1, 0)], [(1,), (0,)]):
        labels = list(range(len(codes)))
        pairs, good, total, m = pairs_of(labels), 0, 0, len(codes[0])
        k = math.ceil(math.log2(2 * len(pairs)))
        for A in product(product(range(2), repeat=m), repeat=k):
            u = [[sum(map(int.__mul__, row, z)) % 2 for row in A] for z in codes]
            good, total = good + separates(u, pairs), total + 1
        assert 2 * good >= total


def test_numbers_of_digits_and_parities():
    """thm-deep_threshold-hash, thm-deep_threshold-parity: K and k, and what they are below."""
    for P, m in product((1, 2, 3, 8, 9, 4950), (1, 2, 5, 77)):
        assert (m * (2 * P - 1)).bit_length() <= digits(m, P)
        assert digits(m, P) == math.floor(math.log2(2 * m * P)) + 1
        k = (2 * P - 1).bit_length()
        assert k == math.ceil(math.log2(2 * P)) and 2**k < 4 * P and 2**k >= 2 * P


def flat_and_tree(m):
    """Gates and connections of the parity of m bits in a tree, the output gate included."""
    layers, (bit,) = tree([[1] * m], 2)
    links = sum(len(unit.row) for layer in layers for unit in layer.units)
    return sum(len(layer.units) for layer in layers) + 1, links + len(bit)


def test_the_tree_of_the_exercise():
    """thm-deep_threshold-parity: the printed numbers for the parity of m bits."""
    assert [flat_and_tree(m)[1] for m in (2, 3, 4, 8, 32, 1000)] == [6, 13, 18, 42, 186, 5995]
    assert [flat_and_tree(m)[0] for m in (4, 8, 32, 1000)] == [7, 15, 63, 2001]
    assert all(flat_and_tree(m)[1] < m * m + m for m in range(4, 200))
    assert all(flat_and_tree(m)[0] - 1 < 2 * m + math.log2(m) + 1 for m in range(2, 200))


@pytest.mark.parametrize("fan", [2, 3, 4, 7])
def test_trees_compute_parities(fan):
    """thm-deep_threshold-parity: all inputs of up to eight bits, groups of any size."""
    for m in range(1, 9):
        layers, virtual = tree([[1] * m, [1] + [0] * (m - 1), [0] * m], fan)
        for z in product(range(2), repeat=m):
            x = list(z)
            for layer in layers:
                x = evaluate([layer], x)
            read = [sum(w * x[k] for k, w in row.items()) for row in virtual]
            assert read == [sum(z) % 2, z[0], 0]


def test_draws_of_the_codes():
    """thm-deep_threshold-hash, thm-deep_threshold-parity: at most two draws on average."""
    rng = np.random.default_rng(9)
    for code in (hash_of, parity_code):
        draws = []
        for points, labels in hostile((2, 3, 6), classes=(2, 5)):
            draws.append(code(grid_layer(points, labels)[1], labels, rng)[2])
        assert np.mean(draws) <= 2


def sample(step, sizes=(2, 3, 5, 9, 17), **more):
    """Every so many of the hostile data sets."""
    return list(hostile(sizes, **more))[::step]


LARGE = dict(sizes=(40,), dims=(1, 3), classes=(2, 7))


# Whole networks


def test_staircases():
    """thm-deep_threshold-staircase: exact on all hostile data, with the counts."""
    rng, draws = np.random.default_rng(0), []
    for points, labels in hostile((2, 3, 5, 9, 17, 40)):
        layers, draw = staircase(points, labels, rng)
        N, d, B = len(points), len(points[0]), gates(layers)
        assert_memorized(layers, points, labels)
        assert B <= N - 1 and weights(layers) <= (d + 2) * B + 1
        draws.append(draw)
    assert np.mean(draws) <= 2


@pytest.mark.parametrize("kind", ["gaussian", "grid"])
def test_shallow_networks(kind):
    """thm-deep_threshold-hash: the second network, over both first layers."""
    rng = np.random.default_rng(1)
    for points, labels in sample(2) + sample(5, **LARGE):
        first, codes = make_first(kind, points, labels, rng)
        layers, _ = shallow(first, codes, labels, rng)
        facts, m = facts_of(points, labels), len(first.units)
        T = table_size(facts.N, facts.q)
        assert_memorized(layers, points, labels)
        assert len(layers) == 4 and gates(layers) <= 2 * m + T
        assert weights(layers) <= shallow_weights(facts.N, facts.d, facts.q, m, T)


def make_first(kind, points, labels, rng):
    """A first layer of a kind, with its codes."""
    if kind == "grid":
        return grid_layer(points, labels)
    return gaussian_layer(points, labels, rng)[:2]


@pytest.mark.parametrize("kind", ["gaussian", "grid"])
@pytest.mark.parametrize("full", [False, True])
def test_hashed_networks(kind, full):
    """thm-deep_threshold-hash: the first network, with the digits of V and with all K."""
    rng = np.random.default_rng(2)
    for points, labels in sample(7) + sample(5, **LARGE):
        first, codes = make_first(kind, points, labels, rng)
        facts, m = facts_of(points, labels), len(first.units)
        K, T = digits(m, facts.P), table_size(facts.N, facts.q)
        layers, V = hashed(first, codes, labels, rng, K if full else None)
        assert_memorized(layers, points, labels)
        assert len(layers) == (K if full else V.bit_length()) + 4 <= K + 4
        assert gates(layers) <= hash_gates(m, K, T)
        assert weights(layers) <= hash_weights(facts.N, facts.d, facts.q, m, K, T)


@pytest.mark.parametrize("kind", ["gaussian", "grid"])
def test_networks_of_parities(kind):
    """thm-deep_threshold-parity: depth, gates, weights and integers of the third variant."""
    rng = np.random.default_rng(3)
    for points, labels in sample(5) + sample(5, **LARGE):
        first, codes = make_first(kind, points, labels, rng)
        layers, k = parity(first, codes, labels, rng)
        facts, m = facts_of(points, labels), len(first.units)
        T, depth = table_size(facts.N, facts.q), len(layers) - 4
        most, links = parity_sizes(m, k, depth, T)
        links += m * facts.d + 2 * k * (T + 1) + facts.q * facts.N + T
        assert_memorized(layers, points, labels)
        assert depth <= math.ceil(math.log2(m)) if m > 1 else depth == 0
        assert gates(layers) <= most
        assert weights(layers) <= links + gates(layers)
        assert_parity_integers(layers, k, facts.N)


def assert_parity_integers(layers, k, N):
    """Weights of the tree are plus or minus one, its thresholds one or two, before doubling."""
    for layer in layers[1:-3]:
        assert {abs(w) for unit in layer.units for w in unit.row.values()} == {2}
        assert {unit.bias for unit in layer.units} <= {-1, -3}
    for layer in layers[-3:-1]:
        for unit in layer.units:
            assert max(map(abs, unit.row.values()), default=0) <= 2 * 2**k
    assert 2**k < 2 * N * N


@pytest.mark.parametrize("fan", [3, 5])
def test_parities_of_larger_groups(fan):
    """thm-deep_threshold-parity: groups of f bits, with fewer layers."""
    rng = np.random.default_rng(fan)
    for points, labels in sample(11):
        first, codes = gaussian_layer(points, labels, rng)[:2]
        layers, k = parity(first, codes, labels, rng, fan)
        facts, m, depth = facts_of(points, labels), len(codes[0]), len(layers) - 4
        assert_memorized(layers, points, labels)
        assert fan ** (depth - 1) < m
        most, _ = parity_sizes(m, k, depth, table_size(facts.N, facts.q), fan)
        assert gates(layers) <= most


def test_the_main_counts():
    """thm-deep_threshold-main: the smaller of two networks, and the one for weights."""
    rng = np.random.default_rng(4)
    for points, labels in sample(9):
        facts = facts_of(points, labels)
        m = hyperplanes_simple(facts.gamma / facts.R, facts.P)
        T, K = table_size(facts.N, facts.q), digits(m, facts.P)
        assert m <= math.ceil(4 * math.pi * facts.R / facts.gamma * math.log(facts.N))
        first, codes = gaussian_layer(points, labels, rng)[:2]
        built = shallow(first, codes, labels, rng)[0], staircase(points, labels, rng)[0]
        assert min(map(gates, built)) <= min(facts.N - 1, 2 * m + T)
        deep, _ = hashed(first, codes, labels, rng)
        assert gates(deep) <= hash_gates(m, K, T) and len(deep) <= K + 4
        assert weights(deep) <= hash_weights(facts.N, facts.d, facts.q, m, K, T)
        limit = 2 * m * facts.P
        for layer in (*built[0][1:-1], *deep[1:-1]):
            assert all(abs(w) <= 2 * limit for u in layer.units for w in u.row.values())
            assert all(abs(u.bias) <= 2 * limit + 1 for u in layer.units)


def test_the_linear_unit_reads_the_bits_of_the_label():
    """thm-deep_threshold-main: its weights are below C, at most 2mP if all labels occur."""
    for C in range(2, 40):
        q, P = (C - 1).bit_length(), C * (C - 1) // 2
        assert 2 ** (q - 1) < C <= 2 * P
    q, m, P = label_bits([0, 8]), hyperplanes_simple(2, 1), 1
    assert (q, 2 * m * P) == (4, 6) and 2 ** (q - 1) > 2 * m * P


def test_one_point_and_one_label():
    """thm-deep_threshold-staircase: no change of label, no gate."""
    layers, _ = staircase([(3, 1)], [5], np.random.default_rng(0))
    assert gates(layers) == 0
    assert_memorized(layers, [(3, 1)], [5])


# Lengths of integers


def test_sums_without_compression_and_with_the_hash():
    """thm-deep_threshold-integers: sums of absolute values behind the first layer."""
    rng = np.random.default_rng(6)
    for points, labels in sample(9):
        first, codes = gaussian_layer(points, labels, rng)[:2]
        facts, m = facts_of(points, labels), len(codes[0])
        for build in (shallow, hashed):
            layers, V = build(first, codes, labels, rng)
            assert largest_sum(layers[1:-1]) <= 6 * (V + 1) + 1 <= 6 * m * facts.N**2 + 1
            assert largest_sum(layers[-1:]) <= 6 * m * facts.N**2 + 1


def test_sums_with_parities():
    """thm-deep_threshold-integers: the table, and the tree by itself."""
    rng = np.random.default_rng(7)
    for fan, (points, labels) in product((2, 3, 5), sample(23)):
        first, codes = gaussian_layer(points, labels, rng)[:2]
        layers, k = parity(first, codes, labels, rng, fan)
        N, limit = len(points), (2 * fan + 4) * 2**k + 1
        assert largest_sum(layers[-3:-1]) <= limit <= (4 * fan + 8) * N * N + 1
        if layers[1:-3]:
            assert largest_sum(layers[1:-3]) <= 2 * fan * fan + 2 * fan - 1


def test_sums_of_the_tree_count_for_few_pairs():
    """thm-deep_threshold-integers: one pair and groups of three exceed the table's sum."""
    layers, _ = tree([[1] * 9], 3)
    assert largest_sum(layers) == 2 * 9 + 6 - 1 > (2 * 3 + 4) * 2**1 + 1
    layers, _ = tree([[1] * 4], 2)
    assert largest_sum(layers) == 2 * 4 + 4 - 1 <= (2 * 2 + 4) * 2**1 + 1


def test_sums_of_the_linear_unit_with_many_classes():
    """thm-deep_threshold-integers: few values and many labels exceed the sum of a gate."""
    rng, V = np.random.default_rng(0), 256
    labels = [int(y) for y in rng.permutation(V + 1)]
    _, columns = table(list(range(V + 1)), labels, V)
    total = sum(2**bit * len(several) for bit, several in enumerate(columns))
    S = next(s for s in range(1, V) if len(columns) * s * s >= V)
    assert 6 * (V + 1) + 1 < total <= S * (2 ** len(columns) - 1)


def test_sums_of_the_first_layer():
    """thm-deep_threshold-integers: rows about the origin, entries cut off at eight."""
    rng, Q = np.random.default_rng(8), 7
    for d, R in product((1, 2, 4), (1, 3, 10)):
        facts = Facts(0, d, 1, 1, 2 * R, 1.0, [0] * d, [])
        _, _, W, b = rounded_rows(facts, 500, Q, rng)
        X = rng.standard_normal((500, d))
        X = np.trunc(R * X / np.linalg.norm(X, axis=1)[:, None]).astype(int)
        sums = np.abs(2 * np.array(W) * X).sum(axis=1) + np.abs(b)
        assert sums.max() <= 2 ** (Q + 4) * R * (math.sqrt(d) + 1) + 1
    assert abs(odd_near(8 * 2**Q * 2 * 3, 1)) <= 2 ** (Q + 4) * 3 + 1


def test_limits_of_machine_numbers():
    """thm-deep_threshold-integers: int64 and float64."""
    assert 6 * 15 * 10**17 + 1 < 2**63 and 6 * 15 * 10**14 + 1 < 2**53
    assert 16 * (75 * 10**7) ** 2 + 1 < 2**63 and 16 * (23 * 10**6) ** 2 + 1 < 2**53
    assert 6 * 16 * 10**17 > 2**63 and 6 * 16 * 10**14 > 2**53


# Where depth pays


def crossing(kappa, q=1):
    """From which N on 2m + T is below N - 1, with the worst number of pairs of two classes."""
    c = 4 * math.pi / kappa
    last = math.ceil(4 * c * (math.log(8 * c) - 1)) + 10 * q + 8
    log1p = -math.log1p(-line_probability(kappa))
    above = (N for N in range(last, 1, -1) if not pays(N, log1p, q))
    return next(above, 1) + 1


def pays(N, rate, q):
    """Whether the bound of depth is the smaller one, at a rate per hyperplane."""
    m = math.ceil(math.log(2 * (N * N // 4)) / rate)
    return 2 * m + table_size(N, q) < N - 1


def test_beyond_the_crossing_depth_pays():
    """thm-deep_threshold-crossing: the condition, for many ratios, classes and N."""
    for kappa, q, more in product((2, 1, 0.3, 0.1, 0.01), (1, 2, 7), (0, 1, 50, 10**5)):
        c = 4 * math.pi / kappa
        N = math.ceil(4 * c * (math.log(8 * c) - 1) + 10 * q + 8) + more
        m = math.ceil(c * math.log(N))
        assert 2 * m + table_size(N, q) <= N - 1


def test_places_of_the_crossing():
    """thm-deep_threshold-crossing: the table of the page, with the sharp first layer."""
    shares = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    assert [crossing(share) for share in shares] == [221, 761, 1780, 4012, 11389, 24730]


def test_left_of_the_crossing_there_are_circles():
    """thm-deep_threshold-crossing: the margin of equally spaced points is large enough."""
    for half in range(1, 500):
        assert 2 * math.sin(math.pi / (2 * half)) >= 4 / (2 * half) - EPS


# Lines of the plane


def cross(a, b):
    """The determinant of two vectors of the plane."""
    return a[0] * b[1] - a[1] * b[0]


def between_directions(points):
    """Integer directions, one between any two neighbouring critical ones."""
    normals = set()
    for (a, b), (c, d) in combinations(points, 2):
        g = math.gcd(b - d, c - a)
        n = (b - d) // g, (c - a) // g
        normals.add(n if n > (0, 0) else (-n[0], -n[1]))
    order = sorted(normals, key=cmp_to_key(lambda a, b: -cross(a, b)))
    last = -order[0][0], -order[0][1]
    return [(a + c, b + d) for (a, b), (c, d) in pairwise([*order, last])]


def half_planes(points):
    """All sets of points that a half-plane cuts off, as bit masks."""
    found, whole = set(), 2 ** len(points) - 1
    for u, v in between_directions(points):
        mask = 0
        for i in sorted(range(len(points)), key=lambda i: u * points[i][0] + v * points[i][1]):
            found |= {mask, whole - mask}
            mask |= 1 << i
    return found


def split(mask, i, j):
    """Whether a set holds one of two points."""
    return (mask >> i ^ mask >> j) & 1


def can_separate(pairs, masks, lines):
    """Whether so many lines separate all pairs: branch on the first pair left."""
    if not pairs or not lines:
        return not pairs
    chosen = [mask for mask in masks if split(mask, *pairs[0])]
    rest = ([p for p in pairs if not split(mask, *p)] for mask in chosen)
    return any(can_separate(left, masks, lines - 1) for left in rest)


def least_lines(points, pairs):
    """The least number of lines that separate all pairs, by exact search."""
    masks = {mask for mask in half_planes(points) if not mask & 1}
    return next(n for n in range(len(points)) if can_separate(pairs, masks, n))


def circle_points(N, rng):
    """Integer points of one circle, in order, anywhere on it."""
    slopes = [Fraction(int(k), 7) for k in rng.choice(np.arange(-30, 31), N, replace=False)]
    raw = [((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in sorted(slopes)]
    scale = math.lcm(*(c.denominator for x in raw for c in x))
    return [tuple(int(scale * c) for c in x) for x in raw]


@pytest.mark.parametrize("N", range(2, 10))
def test_lines_of_a_circle_by_exhaustion(N):
    """thm-deep_threshold-circle: half of the points, rounded up, whatever their places."""
    rng = np.random.default_rng(N)
    for _ in range(2):
        points = circle_points(N, rng)
        assert len({a * a + b * b for a, b in points}) == 1
        assert least_lines(points, list(combinations(range(N), 2))) == -(-N // 2)
        if N % 2 == 0:
            assert least_lines(points, pairs_of([k % 2 for k in range(N)])) == N // 2


def test_lines_through_opposite_gaps_separate_a_circle():
    """thm-deep_threshold-circle: the construction, as arcs, for all N up to sixty."""
    for N in range(2, 61):
        n = N // 2
        cuts = [(i, i + n) for i in range(-(-N // 2))]
        codes = {tuple(i < k <= j for i, j in cuts) for k in range(N)}
        assert len(codes) == N
        assert math.sin(math.pi / N) >= 2 / N - EPS
    assert abs(10**4 * 2 * math.sin(math.pi / 10**4) - 2 * math.pi) < 1e-6


def lines_until_separated(N, rng):
    """Random lines through the centre until all equally spaced points are apart."""
    codes, drawn = [()] * N, 0
    while len(set(codes)) < N:
        angle = rng.uniform(0, 2 * math.pi)
        bits = [math.cos(2 * math.pi * k / N - angle) >= 0 for k in range(N)]
        codes = [(*code, bit) for code, bit in zip(codes, bits, strict=True)]
        drawn += 1
    return drawn


def collector_mean(N):
    """The mean number of lines through the centre."""
    half = N // 2
    return half * sum(Fraction(1, j) for j in range(1, half + 1))


@pytest.mark.parametrize("N", [2, 8, 16])
def test_the_price_of_chance(N):
    """thm-deep_threshold-collector: the mean, and a number that does half of the time."""
    rng = np.random.default_rng(N)
    drawn = [lines_until_separated(N, rng) for _ in range(600)]
    error = 4.5 * (np.std(drawn) + EPS) / math.sqrt(600)
    assert abs(np.mean(drawn) - collector_mean(N)) <= error
    enough = next(m for m in range(1, 10**4) if N / 2 * (1 - 2 / N) ** m <= 0.5)
    assert np.mean(np.array(drawn) <= enough) >= 0.45


def test_constants_of_the_circle():
    """thm-deep_threshold-collector: one half of N ln N, and the grid's nine tenths of N."""
    for N in (8, 16, 32, 64, 128, 256):
        assert 0.47 < collector_mean(N) / (N * math.log(N)) < 0.51
    assert 0.9 < 2**2.5 / (2 * math.pi) < 0.901


# Spheres and balls


def test_hyperplanes_of_a_sphere():
    """thm-deep_threshold-sphere: every smaller number has too few codes."""
    for d, y in product(range(2, 9), (2, 3, 8, 20)):
        N = 2 * y ** (d - 1)
        needed = 1 + (d - 1) * y / math.e
        for m in range(1, math.ceil(needed)):
            assert min(2**m, sphere_codes(m, d - 1)) < N


def test_codes_on_a_sphere_follow_pascal():
    """thm-deep_threshold-sphere: the recursion, and its values in small dimension."""
    for m, n in product(range(2, 12), range(1, 7)):
        assert sphere_codes(m, n) == sphere_codes(m - 1, n) + sphere_codes(m - 1, n - 1)
        assert sphere_codes(1, n) == 2 and sphere_codes(m, 1) == 2 * m
        assert sphere_codes(m, 2) == m * m - m + 2


def test_random_planes_have_no_more_codes_on_a_sphere():
    """thm-deep_threshold-sphere: three small circles take all eight codes, four fourteen."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 3))
    X /= np.linalg.norm(X, axis=1)[:, None]
    most = {m: 0 for m in (1, 2, 3, 4)}
    for m in list(most) * 60:
        bits = X @ rng.standard_normal((3, m)) >= 0.3 * rng.standard_normal(m)
        most[m] = max(most[m], len(np.unique(bits, axis=0)))
    assert most == {m: sphere_codes(m, 2) for m in most}


def spread(cloud, gamma):
    """A greedy choice at distances of at least gamma."""
    chosen = cloud[:0]
    for x in cloud:
        if not len(chosen) or np.linalg.norm(chosen - x, axis=1).min() >= gamma:
            chosen = np.vstack([chosen, x])
    return chosen


@pytest.mark.parametrize("d", [2, 3, 4])
def test_points_of_spheres_and_balls_exist(d):
    """thm-deep_threshold-sphere, thm-deep_threshold-ball: greedy points of a random cloud."""
    rng = np.random.default_rng(d)
    X = rng.standard_normal((4000, d))
    X /= np.linalg.norm(X, axis=1)[:, None]
    ball = X * rng.uniform(0, 1, (4000, 1)) ** (1 / d)
    for gamma in (0.5, 0.3):
        assert len(spread(X, gamma)) >= math.ceil(2 * gamma ** (1 - d))
        assert len(spread(ball, gamma)) >= math.ceil(gamma**-d)


def test_caps_are_small():
    """thm-deep_threshold-sphere: the share of a cap, by the midpoint rule."""
    middles = (np.arange(4000) + 0.5) * math.pi / 4000
    for d in range(2, 12):
        density = np.sin(middles) ** (d - 2)
        share = np.cumsum(density) / density.sum()
        ends = (np.arange(4000) + 1) * math.pi / 4000
        inside = ends <= math.pi / 2
        assert (share[inside] <= np.sin(ends[inside]) ** (d - 1) / 2 + 1e-6).all()


def labels_missing(m, N, d, codes, C=2):
    """Whether some labelling is out of reach, by the count of gates and codes."""
    one = math.log2(2 * binomials(N - 1, d))
    return m * one + math.log2(C) * codes < N * math.log2(C)


def test_labels_of_a_sphere():
    """thm-deep_threshold-sphere: the last sentence, for small dimensions and margins."""
    for d, y in product(range(3, 8), (8, 9, 16, 40)):
        N = 2 * y ** (d - 1)
        for m in {1, d - 1, d, d + 1, math.floor((d - 1) * y / (2 * math.e))}:
            assert m > (d - 1) * y / (2 * math.e) or labels_missing(m, N, d, sphere_codes(m, d - 1))


def test_the_worst_case_over_all_numbers_of_points():
    """thm-deep_threshold-sphere: the lower bound by a smaller sphere, below the upper one."""
    for d, y, power in product((2, 3, 6, 20), (2, 8, 50), (0, 0.3, 0.5, 1)):
        N = math.floor(2 * y ** (1 + power * (d - 2)))
        smaller = max(e for e in range(2, d + 1) if 2 * y ** (e - 1) <= N)
        low = 1 + math.log(N / 2) * y / (2 * math.e * math.log(y))
        assert low <= 1 + (smaller - 1) * y / math.e + EPS
        assert low <= math.ceil(4 * math.pi * y * math.log(N))


def test_constants_of_labels_of_a_sphere():
    """thm-deep_threshold-sphere: the numbers of its proof."""
    bits = math.log2(2 * math.e * 64 / 3)
    assert bits > 6.8 and round(16 / (2 * math.e) * (1 + 3 * bits), 1) == 63.5
    assert 1 + 1 / (2 * math.log(2)) < 1.73
    assert 1 + 3 / 6.8 < 1.5
    for d in range(2, 50):
        assert d - 1 + math.log2(2 * math.e / d) >= 0


def test_hyperplanes_of_a_ball():
    """thm-deep_threshold-ball: every smaller number has too few cells."""
    for d, y in product(range(1, 9), (2, 3, 8, 20)):
        needed = math.ceil(d * y / math.e)
        assert all(min(2**m, binomials(m, d)) < y**d for m in range(needed))


def test_ways_of_one_gate():
    """thm-deep_threshold-labels: attained in the plane in general position, below otherwise."""
    general = [(0, 0), (5, 1), (2, 7), (-4, 3), (1, -6), (9, 11), (-8, -5)]
    for N in range(2, 8):
        assert len(half_planes(general[:N])) == 2 * binomials(N - 1, 2)
    square = list(product(range(3), repeat=2))
    assert len(half_planes(square)) < 2 * binomials(8, 2)


def test_labels_out_of_reach_of_one_line():
    """thm-deep_threshold-labels: what one gate and any table reach, in the plane."""
    points = [(k, k * k) for k in range(7)]
    reached = set()
    for mask in half_planes(points):
        bits = [mask >> i & 1 for i in range(7)]
        reached |= {tuple(t[b] for b in bits) for t in product(range(2), repeat=2)}
    most = 2 * binomials(6, 2) * 2 ** binomials(1, 2)
    assert len(reached) <= most
    assert labels_missing(1, 9, 2, 2) and not labels_missing(1, 7, 2, 2)


# Weights and gates


def weights_needed(N, C):
    """The fewest places for weights in a fixed wiring."""
    return math.ceil(N * math.log2(C) / math.log2(math.e * N))


def test_weights_of_a_fixed_wiring():
    """thm-deep_threshold-wiring: lists of one gate, and the number of the exercise."""
    assert weights_needed(1000, 2) == 88
    for N, w in product(range(1, 30), range(1, 12)):
        assert binomials(N, w) <= (math.e * N) ** w
    points = [(0, 0), (5, 1), (2, 7), (-4, 3), (1, -6)]
    assert len(half_planes(points)) <= (5 * math.e) ** 3


def test_wirings_that_depend_on_the_labels():
    """thm-deep_threshold-wiring: the number of wirings with W places."""
    for W, d, q in product(range(1, 14), (1, 2, 5), (1, 2, 3)):
        cap, total = W * (W + d + 1), 0
        for n in range(q, W + 1):
            places = n * d + n * (n - 1) // 2
            assert places <= cap and (n**q) ** 2 <= cap**n
            total += math.comb(places, W - n) * n**q
        assert total <= cap**W


def test_the_networks_of_the_chapter_have_enough_weights():
    """thm-deep_threshold-wiring: the tables for all labels are above the bound."""
    for N, C in product((10, 1000, 10**6), (2, 5)):
        q = (C - 1).bit_length()
        S = math.isqrt((N - 2) // q) + 1
        G = -(-(N - 1) // S)
        assert q * S * (G + 2) >= weights_needed(N, C)


def gates_needed(N, d, C=2, layered=False):
    """The least number of gates that the count allows."""
    q = (C - 1).bit_length()
    for n in range(1, N + 2):
        rest = 0 if layered else q * math.log2(n)
        places = n * (d + 1 + (n - 1) / 2)
        if places * math.log2(math.e * N) + rest >= N * math.log2(C):
            return n
    raise AssertionError


def test_gates_of_any_wiring():
    """thm-deep_threshold-gates: its places, its order, and the table with a second look."""
    for n, d in product(range(1, 20), (1, 3)):
        assert sum(d + i for i in range(n)) + n == n * (d + 1) + n * (n - 1) // 2
    for N, d in product((100, 10**4, 10**5), (1, 3, 30)):
        needed = gates_needed(N, d)
        log = math.log2(math.e * N)
        assert needed >= min(N / (3 * d * log), math.sqrt(N / (3 * log))) / 2
        assert needed <= gates_needed(N, d, layered=True)
        assert needed <= table_size(N, 1) + 1


def test_the_number_of_weights_in_the_exercise():
    """thm-deep_threshold-main: 1000 points in ten dimensions, the staircase has fewest weights."""
    N, d, q, P, m = 1000, 10, 1, 1000**2 // 4, 366
    T, K, k = table_size(N, q), digits(m, P), (2 * P - 1).bit_length()
    depth = math.ceil(math.log2(m))
    most, links = parity_sizes(m, k, depth, T)
    found = [
        shallow_weights(N, d, q, m, T),
        hash_weights(N, d, q, m, K, T),
        m * d + links + 2 * k * (T + 1) + q * N + T + most,
    ]
    assert min(found) > (d + 2) * (N - 1) + 1 == 11989
