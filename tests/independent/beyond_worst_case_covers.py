"""Second derivation of "How few neurons could it be?" in the chapter "Beyond the worst case".

Points are tuples of integers, so that distances are compared exactly. A set of points of the
class is an integer, whose bit i stands for point i; a family of sets is a list of integers.
"""

import math
from fractions import Fraction
from itertools import combinations, permutations, product
from typing import NamedTuple

import numpy as np
import pytest

KINDS = ("off", "both", "relu")


# One random hyperplane


GRID = np.arange(6 * 512 + 2) / 512
ERF = np.array([math.erf(t) for t in GRID])


def erf(t):
    """The error function of nonnegative numbers: a table and three derivatives."""
    t = np.minimum(t, 6.0)
    k = np.rint(t * 512).astype(int)
    h, z = t - GRID[k], GRID[k]
    slope = 2 / math.sqrt(math.pi) * np.exp(-z * z)
    return ERF[k] + slope * h * (1 - z * h + (2 * z * z - 1) * h * h / 3)


def law3(kappa):
    """The distribution function of the length of a Gaussian vector in three dimensions."""
    return math.erf(kappa / math.sqrt(2)) - math.sqrt(2 / math.pi) * kappa * math.exp(
        -kappa * kappa / 2
    )


def kernel(z, bias):
    """J of the lemma."""
    size = np.maximum(np.abs(z), 1e-300)
    return math.sqrt(math.pi / 2) * z * erf(np.minimum(bias / (math.sqrt(2) * size), 6.0))


def panels(count=30, order=12):
    """Nodes and weights on [0, 1] that crowd towards 1."""
    t, w = np.polynomial.legendre.leggauss(order)
    ends = [0.0, *(1 - 0.5**k for k in range(1, count)), 1.0]
    width = np.diff(ends)[:, None]
    return (np.array(ends[:-1])[:, None] + width * (t + 1) / 2).ravel(), (width * w / 2).ravel()


NODES, WEIGHTS = panels()


def primitive(along, across, bias):
    """Half the integral of J(along cos + across sin) over the half circle, by symmetry."""
    theta = np.arctan2(along, across)
    angles = theta[..., None] * NODES
    length = np.hypot(along, across)[..., None]
    return theta * (kernel(length * np.cos(angles), bias) @ WEIGHTS)


def separation(C, X, bias):
    """The matrix of p(c, x)."""
    C, X = np.asarray(C, float), np.asarray(X, float)
    C, X = C[:, None, :], X[None, :, :]
    if bias == 0:
        inner = (C * X).sum(-1)
        norms = np.linalg.norm(C, axis=-1) * np.linalg.norm(X, axis=-1)
        angle = np.arccos(np.clip(inner / np.where(norms > 0, norms, 1), -1, 1)) / (2 * math.pi)
        same = np.isclose(inner, norms, rtol=1e-13, atol=0)
        angle = np.where(same, 0, angle)
        silent = ~X.any(-1) + 0 * angle
        return np.where(silent, 0, np.where(~C.any(-1) + 0 * angle, 0.5, angle))
    step = X - C
    length = np.linalg.norm(step, axis=-1)
    v = step / np.where(length > 0, length, 1)[..., None]
    before, after = (C * v).sum(-1), (X * v).sum(-1)
    across = np.linalg.norm(C - before[..., None] * v, axis=-1)
    found = primitive(after, across, bias) - primitive(before, across, bias)
    return np.where(length > 0, found / (2 * math.pi * bias), 0)


def page_formula(c, x, bias, panels=20_000):
    """p(c, x) as the lemma prints it, by midpoints."""
    c, x = np.asarray(c, float), np.asarray(x, float)
    v = (x - c) / np.linalg.norm(x - c)
    across = np.linalg.norm(c - (c @ v) * v)
    phi = math.pi * ((np.arange(panels) + 0.5) / panels - 0.5)
    values = [kernel((z @ v) * np.cos(phi) + across * np.sin(phi), bias) for z in (x, c)]
    return (values[0] - values[1]).mean() * math.pi / (4 * math.pi * bias)


# Draws, scores, sets


def draw(rng, d, n, bias):
    """Hyperplanes."""
    return rng.standard_normal((n, d)), rng.uniform(-bias, bias, n) if bias else np.zeros(n)


def heights(planes, points):
    """Preactivations, a row for each point."""
    w, b = planes
    return np.asarray(points, float) @ w.T + b


def scores(h, own, kind):
    """Scores of all points (columns) for all centres (rows); the class comes first."""
    off = (h[:own] <= 0).astype(float)
    on = (h > 0).astype(float)
    if kind == "relu":
        return off @ np.maximum(h, 0).T
    found = off @ on.T
    return found + (1 - off) @ (1 - on).T if kind == "both" else found


def mask(flags):
    """A set from its flags."""
    return sum(1 << i for i, flag in enumerate(flags) if flag)


def covered(s, own):
    """The sets S_c."""
    return [mask(row[:own] < row[own:].min()) for row in s]


def all_neurons(s, own):
    """What a neuron of any centre and any threshold fires on, where it is silent on rivals."""
    found = set()
    for row in s:
        for t in (*row, row.max() + 1):
            if not (row[own:] < t).any():
                found.add(mask(row[:own] < t))
    return sorted(found)


def fewest(sets, N):
    """The least number of sets that cover N points, by enumeration; None if they do not."""
    full, sets = (1 << N) - 1, set(sets)
    sets = [a for a in sets if not any(a != b and a & b == a for b in sets)]
    reached, count = {0}, 0
    while full not in reached:
        larger = {a | b for a in reached for b in sets} | reached
        if larger == reached:
            return None
        reached, count = larger, count + 1
    return count


class Greedy(NamedTuple):
    """The centres kept, those chosen, and what each point paid."""

    kept: list
    chosen: list
    paid: list


def greedy(sets, N, rng):
    """Most new points first, ties by chance; then redundant ones go, one after another."""
    left, chosen, paid = (1 << N) - 1, [], [0.0] * N
    while left:
        gains = [(a & left).bit_count() for a in sets]
        most = max(gains)
        assert most
        c = int(rng.choice([i for i, gain in enumerate(gains) if gain == most]))
        for i in range(N):
            if sets[c] & left & 1 << i:
                paid[i] = 1 / most
        chosen.append(c)
        left &= ~sets[c]
    kept = list(chosen)
    for c in rng.permutation(chosen).tolist():
        rest = [b for b in kept if b != c]
        if union(sets, rest) == (1 << N) - 1:
            kept = rest
    return Greedy(kept, chosen, paid)


def union(sets, centres):
    """What the neurons of some centres cover."""
    found = 0
    for c in centres:
        found |= sets[c]
    return found


def practical(sets, order):
    """The centres of the algorithm that visits the points in an order."""
    found, done = [], 0
    for c in order:
        if not done & 1 << c and sets[c]:
            found.append(c)
            done |= sets[c]
    return found


def harmonic(s):
    """1 + 1/2 + ... + 1/s."""
    return sum(1 / k for k in range(1, s + 1))


# Data


def data(rng, most=9, rivals=4):
    """A class and its rivals: disjoint, in dimension 1 to 4, often with ties and in bad places."""
    d, kind = int(rng.integers(1, 5)), int(rng.integers(7))
    own, other = int(rng.integers(1, most + 1)), int(rng.integers(1, rivals + 1))
    if kind == 0:  # anywhere
        cloud = rng.integers(-50, 51, (own + other, d))
    elif kind == 1:  # a small lattice: ties everywhere, and repeated points
        cloud = rng.integers(0, 3, (own + other, d))
    elif kind == 2:  # a lattice around the origin
        cloud = rng.integers(-1, 2, (own + other, d))
    elif kind == 3:  # on a line that misses the origin
        cloud = np.full((own + other, d), 7)
        cloud[:, 0] = rng.integers(-9, 10, own + other)
    elif kind == 4:  # on few rays
        cloud = rng.integers(-1, 2, (own + other, d)) * rng.integers(1, 6, (own + other, 1))
    elif kind == 5:  # far from the origin and close to each other
        cloud = 60 + rng.integers(-2, 3, (own + other, d))
    else:  # two clusters
        cloud = rng.integers(-5, 6, (own + other, d))
        cloud[: own // 2 + 1] += 30
    points = [tuple(row) for row in cloud.tolist()]
    other = [x for x in points[own:] if x not in points[:own]]
    return points[:own], sorted(set(other)) or [tuple(a + 1 for a in max(points[:own]))]


def radius(*classes):
    """The largest norm."""
    return max(math.sqrt(sum(a * a for a in x)) for points in classes for x in points)


def a_bias(rng, R):
    """From tiny to huge."""
    return R * float(rng.choice([1e-3, 0.03, 0.3, 0.75, 1, 2, 8, 200]))


def square(a, b):
    """The squared distance."""
    return sum((s - t) ** 2 for s, t in zip(a, b, strict=True))


class Sets(NamedTuple):
    """The sets with < and with <=, of distances or of p."""

    open: list
    closed: list


def p_sets(P, own, slack=0.0):
    """From the matrix of p: its first columns are the class."""
    least = P[:, own:].min(1, keepdims=True)
    inside = P[:, :own]
    return Sets([mask(row) for row in inside < least - slack], [
        mask(row) for row in inside <= least + slack
    ])  # fmt: skip


def ball_sets(own, rivals):
    """Of exact distances."""
    rims = [min(square(c, y) for y in rivals) for c in own]
    return Sets(
        [mask(square(c, x) < rim for x in own) for c, rim in zip(own, rims, strict=True)],
        [mask(square(c, x) <= rim for x in own) for c, rim in zip(own, rims, strict=True)],
    )


def gap(P, own, slack):
    """The smallest difference of p between a point and a rival that is not 0, which is slack."""
    differences = np.abs(P[:, :own, None] - P[:, None, own:])
    return differences[differences > slack].min()


def inside(smaller, larger):
    """Whether each set lies in its partner."""
    return all(a & ~b == 0 for a, b in zip(smaller, larger, strict=True))


# One hyperplane: what the rest stands on


@pytest.mark.proves("thm-beyond_worst_case-hyperplane")
@pytest.mark.parametrize("ratio", [0.01, 0.3, 1, 2.1, 50])
def test_separation_is_the_formula_of_the_page(ratio):
    """Two ways to integrate; the bounds; the symmetry."""
    rng = np.random.default_rng(int(100 * ratio))
    for _ in range(12):
        d = int(rng.integers(1, 5))
        c, x = rng.standard_normal((2, d))
        R = max(np.linalg.norm(c), np.linalg.norm(x))
        bias = ratio * R
        p, unit = float(separation([c], [x], bias)[0, 0]), 1 / (2 * math.sqrt(2 * math.pi) * bias)
        assert p == pytest.approx(page_formula(c, x, bias), abs=1e-7)
        assert p == pytest.approx(float(separation([x], [c], bias)[0, 0]), abs=1e-12)
        length = np.linalg.norm(x - c)
        assert law3(ratio) * unit * length - 1e-12 <= p <= unit * length + 1e-12


@pytest.mark.proves("thm-beyond_worst_case-hyperplane")
@pytest.mark.parametrize("ratio", [0, 0.05, 0.75, 3])
def test_separation_is_a_frequency(ratio):
    rng = np.random.default_rng(3)
    n = 200_000
    for d in (1, 2, 4):
        points = [tuple(row) for row in rng.integers(-3, 4, (5, d)).tolist()]
        points = sorted(set(points) - {(0,) * d})
        bias = ratio * radius(points)
        h = heights(draw(rng, d, n, bias), points)
        seen = scores(h, len(points), "off") / n
        assert np.abs(seen - separation(points, points, bias)).max() < 6 * 0.5 / math.sqrt(n)


# Greedy covers


def successful(rng, kind, most=9):
    """A draw all of whose points are covered: the sets, the scores, the class, the draw."""
    for _ in range(1000):
        own, rivals = data(rng, most)
        points, d = own + rivals, len(own[0])
        bias = a_bias(rng, radius(own, rivals))
        for n in (1, 2, 3, 5, 8, 15, 30, 80, 250):
            planes = draw(rng, d, n, bias)
            s = scores(heights(planes, points), len(own), kind)
            sets = covered(s, len(own))
            if union(sets, range(len(own))) == (1 << len(own)) - 1:
                return sets, s, own, rivals, planes
    raise AssertionError("no draw covers its class")


def check_greedy(sets, N, rng, least):
    """The sandwich, and each step of its proof."""
    found = greedy(sets, N, rng)
    M, most = len(found.kept), max(a.bit_count() for a in sets)
    assert union(sets, found.kept) == (1 << N) - 1
    for c in found.kept:
        assert union(sets, [b for b in found.kept if b != c]) != (1 << N) - 1
    assert len(found.chosen) >= M and sum(found.paid) == pytest.approx(len(found.chosen))
    for a in sets:
        pays = sum(found.paid[i] for i in range(N) if a & 1 << i)
        assert pays <= harmonic(a.bit_count()) + 1e-9
    assert least <= M <= harmonic(most) * least + 1e-9
    assert harmonic(most) <= 1 + math.log(most) + 1e-12 <= 1 + math.log(N) + 2e-12
    return found


@pytest.mark.proves("thm-beyond_worst_case-greedy")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_greedy_is_between(seed, kind):
    """Against all neurons of all centres and thresholds."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    for _ in range(100):
        sets, s, own, rivals, planes = successful(rng, kind)
        N = len(own)
        least = fewest(all_neurons(s, N), N)
        assert least == fewest(sets, N)
        if kind != "relu":
            assert all(a & 1 << i for i, a in enumerate(sets))
        found = check_greedy(sets, N, rng, least)
        outputs = network(planes, own, rivals, found.kept, kind)
        assert all(outputs[:N] > 0) and all(outputs[N:] < 0)
        visited = practical(sets, rng.permutation(N).tolist())
        assert kind == "relu" or union(sets, visited) == (1 << N) - 1


def network(planes, own, rivals, centres, kind):
    """The outputs at all points, from the layers, unit by unit."""
    h = heights(planes, own + rivals)
    if kind == "relu":
        units, gaps = [], []
        for c in centres:
            u = h[c] <= 0
            s = np.maximum(h, 0) @ u
            m = s[len(own) :].min()
            below = max(v for v in s[: len(own)] if v < m)
            units.append(np.maximum((m + below) / 2 - s, 0))
            gaps.append(m - below)
        return sum(units) - min(gaps) / 4
    bits = (h > 0).astype(int)
    total = -0.5 * np.ones(len(bits))
    for c in centres:
        off = 1 - bits[c]
        row, shift = (off, 0) if kind == "off" else (2 * off - 1, bits[c].sum())
        s = bits @ row + shift
        total += -s + s[len(own) :].min() - 0.5 >= 0
    return total


@pytest.mark.proves("thm-beyond_worst_case-greedy")
def test_relu_covers_without_every_centre():
    """There are draws where some m_c is 0 and all points are covered; the bound is the same."""
    rng = np.random.default_rng(8)
    seen = 0
    for _ in range(300):
        sets, s, own, _, _ = successful(rng, "relu", most=7)
        N = len(own)
        if all(a & 1 << i for i, a in enumerate(sets)):
            continue
        seen += 1
        assert 0 in sets and covered(s, N) == sets
        check_greedy(sets, N, rng, fewest(all_neurons(s, N), N))
    assert seen > 10


def graph_bits(N, edges):
    """Bits whose zeros are a place of its own and the edges; the last row, a rival, is all 1."""
    bits = np.ones((N + 1, N + len(edges)))
    for i in range(N):
        bits[i, i] = 0
    for k, (i, j) in enumerate(edges):
        bits[[i, j], N + k] = 0
    return bits


@pytest.mark.proves("thm-beyond_worst_case-greedy")
def test_against_a_rival_of_ones_the_fewest_neurons_are_the_domination_number():
    """A neuron covers who shares a 0 with its centre; so any graph occurs, and greedy is tried
    on those where it does badly."""
    rng = np.random.default_rng(5)
    worse = 0
    for _ in range(400):
        N = int(rng.integers(1, 12))
        chance = rng.uniform(0.05, 0.6)
        edges = [e for e in combinations(range(N), 2) if rng.random() < chance]
        s = scores(graph_bits(N, edges) - 0.5, N, "off")
        sets = covered(s, N)
        for i in range(N):
            near = {i} | {a + b - i for a, b in edges if i in (a, b)}
            assert sets[i] == mask(j in near for j in range(N))
        least = fewest(sets, N)
        assert least == fewest(all_neurons(s, N), N)
        worse += len(check_greedy(sets, N, rng, least).kept) > least
        for _ in range(3):  # in any order the centres are independent and dominate
            centres = practical(sets, rng.permutation(N).tolist())
            assert not {*combinations(sorted(centres), 2)} & {*edges}
            assert union(sets, centres) == (1 << N) - 1
    assert worse > 5


@pytest.mark.proves("thm-beyond_worst_case-greedy")
def test_the_factor_is_of_the_right_order():
    """Two halves cover; the sets that greedy order prefers halve what is left each time. Each set
    stands for a centre of a larger family: the proof asks for sets alone."""
    rng = np.random.default_rng(0)
    for k in range(2, 7):
        columns = [range(2**j - 1, 2 ** (j + 1) - 1) for j in range(k)]
        N = 2 * (2**k - 1)
        sets = [mask(i % 2 == side for i in range(N)) for side in (0, 1)]
        sets += [mask(i // 2 in column for i in range(N)) for column in columns]
        found = greedy(sets, N, rng)
        assert fewest(sets, N) == 2
        assert len(found.kept) <= 2 * harmonic(max(a.bit_count() for a in sets))
        assert len(found.kept) == k or k == 2


@pytest.mark.proves("thm-beyond_worst_case-greedy")
def test_redundant_neurons_go_one_after_another():
    """Both of a pair may be covered by others, and only one of them may go."""
    sets = [0b0111, 0b1110, 0b0110, 0b1001]
    assert union(sets, range(4)) == 0b1111
    spare = [c for c in range(4) if union(sets, {*range(4)} - {c}) == 0b1111]
    assert spare == [0, 1, 2, 3]
    assert union(sets, {*range(4)} - {*spare}) == 0


@pytest.mark.proves("thm-beyond_worst_case-greedy")
@pytest.mark.parametrize("n", range(1, 6))
def test_a_random_order_has_no_factor(n):
    """The example of the page, in all orders, with the corners of a cube as points."""
    points = [(0,) * n, *(tuple(int(i != j) for j in range(n)) for i in range(n)), (1,) * n]
    planes = np.eye(n), np.full(n, -0.5)
    h = heights(planes, points)
    s = scores(h, n + 1, "off")
    sets = covered(s, n + 1)
    assert s[0, -1] == n and sets[0] == (1 << n + 1) - 1
    assert all(s[i, -1] == 1 and sets[i] == 1 | 1 << i for i in range(1, n + 1)) or n == 1
    sizes = [(len(practical(sets, order)), order.index(0)) for order in permutations(range(n + 1))]
    assert all(size == (1 if place == 0 else n) for size, place in sizes)
    assert len(greedy(sets, n + 1, np.random.default_rng(0)).kept) == 1
    mean = sum(size for size, _ in sizes) / len(sizes)
    assert mean == pytest.approx((n * n + 1) / (n + 1))
    assert (mean > harmonic(n + 1)) == (n >= 3)


# The floor


def floor_data(rng, smallest, ties=None):
    """Data, a bias and p, where differences of p are 0 or not too small; with or without ties."""
    for _ in range(10_000):
        own, rivals = data(rng, most=5, rivals=3)
        own = sorted(set(own))
        R = radius(own, rivals)
        bias = R * float(rng.choice([0.05, 0.3, 0.75, 1, 2]))
        P = separation(own, own + rivals, bias)
        sets = p_sets(P, len(own), 1e-9)
        if gap(P, len(own), 1e-9) > smallest and ties in (None, sets.open != sets.closed):
            return own, rivals, bias, P
    raise AssertionError("no such data")


@pytest.mark.proves("thm-beyond_worst_case-limit")
@pytest.mark.parametrize("seed", range(3))
def test_the_sets_of_a_draw_lie_between(seed):
    """At the n that makes the bound one half, in both ways to count."""
    rng = np.random.default_rng([1, seed])
    failed = tried = ties = 0
    for case in range(14):
        own, rivals, bias, P = floor_data(rng, 0.03, ties=case % 2 == 0 or None)
        N, points = len(own), own + rivals
        sets, delta = p_sets(P, N, 1e-9), gap(P, N, 1e-9)
        ties += sets.open != sets.closed
        n = math.ceil(2 / delta**2 * math.log(2 * N * N * len(rivals)))
        assert N * N * len(rivals) * math.exp(-n * delta**2 / 2) <= 0.5
        bounds = fewest(sets.closed, N), fewest(sets.open, N)
        for _ in range(4):
            h = heights(draw(rng, len(own[0]), n, bias), points)
            for kind in ("off", "both"):
                s = scores(h, N, kind)
                found = covered(s, N)
                good = inside(sets.open, found) and inside(found, sets.closed)
                tried, failed = tried + 1, failed + (not good)
                if good:
                    assert (s[:, N:] > 0).all()
                    assert bounds[0] <= fewest(all_neurons(s, N), N) <= bounds[1]
    assert failed <= tried / 20 and ties >= 7


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_the_probability_is_at_least_that():
    """At smaller n, where draws do fail, they fail no more often than the bound says."""
    rng = np.random.default_rng(12)
    for _ in range(6):
        own, rivals, bias, P = floor_data(rng, 0.05)
        N, points = len(own), own + rivals
        sets, delta = p_sets(P, N, 1e-9), gap(P, N, 1e-9)
        for n in (10, 40, 160):
            bound = N * N * len(rivals) * math.exp(-n * delta**2 / 2)
            fails, draws = 0, 60
            for _ in range(draws):
                h = heights(draw(rng, len(own[0]), n, bias), points)
                found = covered(scores(h, N, "off"), N)
                fails += not (inside(sets.open, found) and inside(found, sets.closed))
            assert fails / draws <= bound + 4 * 0.5 / math.sqrt(draws)


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_both_directions_double_p():
    """A bit differs with probability 2p for a positive bias; without biases the origin differs."""
    rng = np.random.default_rng(4)
    for _ in range(200):
        own, rivals = data(rng)
        points = own + rivals
        P = separation(points, points, a_bias(rng, radius(points)))
        assert np.abs(P - P.T).max() < 1e-11
        assert (P[np.array([[a != b for b in points] for a in points])] > 0).all()
    P = separation([(0, 0), (1, 2)], [(0, 0), (1, 2)], 0)
    assert P[0, 1] == 0.5 and P[1, 0] == 0


def lambda0(own, rivals):
    """The bias from which on balls decide: where the law of three dimensions exceeds rho."""
    quotients = [0.0]
    for c in own:
        for x, y in product(own, rivals):
            a, b = sorted((square(c, x), square(c, y)))
            if a < b:
                quotients.append(math.sqrt(a / b))
    low, high = 0.0, 20.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if law3(middle) > max(quotients) else (middle, high)
    return max(high, 0.05) * radius(own, rivals)


@pytest.mark.proves("thm-beyond_worst_case-limit")
@pytest.mark.parametrize("seed", range(4))
def test_for_large_biases_balls_decide(seed):
    """Exact distances against p, from the threshold of the proof on; and the chain of numbers."""
    rng = np.random.default_rng([2, seed])
    for _ in range(100):
        own, rivals = data(rng)
        N, start = len(own), lambda0(own, rivals)
        balls = ball_sets(own, rivals)
        numbers = fewest(balls.closed, N), fewest(balls.open, N)
        for factor in (1, 1.3, 4, 100):
            P = separation(own, own + rivals, factor * start)
            slack = 1e-11 / (factor * start)  # relative to the unit of p
            sets = p_sets(P, N, slack)
            assert inside(balls.open, sets.open) and inside(sets.open, sets.closed)
            assert inside(sets.closed, balls.closed)
            between = fewest(sets.closed, N), fewest(sets.open, N)
            assert numbers[0] <= between[0] <= between[1] <= numbers[1]
            if balls.open == balls.closed:
                assert sets == balls


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_few_hyperplanes_may_go_below_the_floor():
    """A rival between two points: the floor is 2, one lucky line does with 1 neuron, and over the
    draws that succeed a neuron covers more with few lines than with many."""
    own, rivals = [(0, 0), (4, 0)], [(2, 1)]
    h = heights((np.array([[0.0, 1.0]]), np.array([-0.5])), own + rivals)
    rng = np.random.default_rng(6)
    for kind in KINDS:
        s = scores(h, 2, kind)
        assert (s[:, 2] > 0).all() and fewest(all_neurons(s, 2), 2) == 1
    for ratio in (0.1, 0.75, 2, 10):
        bias = ratio * radius(own, rivals)
        P = separation(own, own + rivals, bias)
        assert fewest(p_sets(P, 2).closed, 2) == 2
        means = []
        for n in (2, 2000):
            sizes = []
            while len(sizes) < 20:
                s = scores(heights(draw(rng, 2, n, bias), own + rivals), 2, "off")
                if (s[:, 2] > 0).all():
                    sizes.append(sum(a.bit_count() for a in covered(s, 2)) / 2)
            means.append(sum(sizes) / 20)
        assert means[0] > means[1]


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_a_sequence_of_hyperplanes_ends_at_the_floor():
    """The bounds have a finite sum over n: along one sequence all large n take as many neurons as
    there are balls, if no point is on a border."""
    rng = np.random.default_rng(9)
    for _ in range(12):
        own, rivals, bias, P = floor_data(rng, 0.03, ties=False)
        N, sets = len(own), p_sets(P, len(own), 1e-9)
        h = heights(draw(rng, len(own[0]), 20_000, bias), own + rivals)
        for n in (5000, 10_000, 20_000):
            found = covered(scores(h[:, :n], N, "off"), N)
            assert found == sets.open and fewest(found, N) == fewest(sets.open, N)


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_ties_stay_undecided():
    """A point as far from the centre as the nearest rival is covered by chance, however large n."""
    own, rivals = [(0, 0), (2, 0)], [(0, 2)]
    P = separation(own, own + rivals, 3)
    sets = p_sets(P, 2, 1e-9)
    assert sets == Sets([1, 3], [3, 3])
    rng, seen = np.random.default_rng(2), []
    for _ in range(60):
        s = scores(heights(draw(rng, 2, 10_000, 3), own + rivals), 2, "off")
        seen.append(covered(s, 2)[0])
    assert 15 <= seen.count(3) <= 45 and set(seen) == {1, 3}


@pytest.mark.proves("thm-beyond_worst_case-limit")
@pytest.mark.parametrize("ratio", [0.75, 1])
def test_near_the_radius_p_decides(ratio):
    """It may take more sets than balls, or fewer."""
    for own, rivals, by_p, by_balls in (
        ([(4, -3), (0, 4)], [(-1, -3)], 1, 2),
        ([(-5, -3), (1, -2)], [(-5, -2)], 1, 2),
        ([(2, -2), (-2, 3)], [(-5, -2)], 2, 1),
    ):
        P = separation(own, own + rivals, ratio * radius(own, rivals))
        sets, balls = p_sets(P, 2, 1e-6), ball_sets(own, rivals)
        assert balls.open == balls.closed
        assert fewest(balls.open, 2) == by_balls
        if ratio == 0.75 or own[0] != (4, -3):
            assert sets.open == sets.closed and fewest(sets.open, 2) == by_p


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_the_gap_goes_to_zero_but_not_always_down():
    """It is at most the least p, hence of order 1/bias; for small biases it may grow."""
    rng = np.random.default_rng(10)
    for _ in range(100):
        own, rivals = data(rng)
        bias = a_bias(rng, radius(own, rivals))
        P = separation(own, own + rivals, bias)
        margin = math.sqrt(min(square(c, y) for c, y in product(own, rivals)))
        unit = 1 / (2 * math.sqrt(2 * math.pi) * bias)
        assert gap(P, len(own), 1e-11 / bias) <= margin * unit * (1 + 1e-9)
    small, large = (gap(separation([(1,)], [(1,), (2,)], bias), 1, 1e-9) for bias in (0.1, 1.5))
    assert small < large / 2


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_without_biases_the_balls_are_cones():
    """By exact cosines; a draw follows the cones, too."""
    rng = np.random.default_rng(11)
    done = 0
    while done < 60:
        own, rivals = data(rng, most=5)
        own = sorted(set(own))
        points, N = own + rivals, len(own)
        P = separation(own, points, 0)
        if (0,) * len(own[0]) in points or not (P[:, N:] > 0).all():
            continue
        cones = [[], []]
        for c in own:
            order = [signed_square_cosine(c, x) for x in points]
            rim = max(order[N:])
            cones[0].append(mask(a > rim for a in order[:N]))
            cones[1].append(mask(a >= rim for a in order[:N]))
        assert p_sets(P, N, 1e-12) == Sets(*cones)
        done += 1
        if gap(P, N, 1e-9) > 0.04:
            h = heights(draw(rng, len(own[0]), 10_000, 0), points)
            found = covered(scores(h, N, "off"), N)
            assert inside(cones[0], found) and inside(found, cones[1])


def signed_square_cosine(c, x):
    """The square of the cosine with its sign, a fraction."""
    inner = sum(a * b for a, b in zip(c, x, strict=True))
    norms = sum(a * a for a in c) * sum(a * a for a in x)
    return Fraction(inner * abs(inner), norms)


# A number that every cover has


def apart(sets, N):
    """The largest number of points no two of which lie in one set."""
    for k in range(N, 0, -1):
        for points in combinations(range(N), k):
            a = mask(i in points for i in range(N))
            if all((a & b).bit_count() <= 1 for b in sets):
                return k
    return 0


@pytest.mark.proves("thm-beyond_worst_case-floor")
def test_no_fewer_than_points_apart():
    """Any sets; three that meet in pairs show that the number need not suffice."""
    rng = np.random.default_rng(13)
    equal = 0
    for _ in range(600):
        N = int(rng.integers(1, 8))
        sets = [mask(rng.random(N) < rng.uniform(0.2, 0.8)) for _ in range(rng.integers(1, 9))]
        least = fewest(sets, N)
        if least is not None:
            assert 1 <= apart(sets, N) <= least
            equal += apart(sets, N) == least
    assert equal > 100
    assert apart([3, 5, 6], 3) == 1 and fewest([3, 5, 6], 3) == 2


@pytest.mark.proves("thm-beyond_worst_case-floor", "thm-beyond_worst_case-limit")
def test_the_two_numbers_are_around_the_floor():
    """Points apart for closed balls, greedy for open ones, p and the fewest in between."""
    rng = np.random.default_rng(14)
    for _ in range(150):
        own, rivals = data(rng, most=7)
        N, bias = len(own), 2 * lambda0(own, rivals)
        balls = ball_sets(own, rivals)
        sets = p_sets(separation(own, own + rivals, bias), N, 1e-11 / bias)
        upper = len(greedy(balls.open, N, rng).kept)
        numbers = [apart(balls.closed, N), fewest(sets.closed, N), fewest(sets.open, N), upper]
        assert numbers == sorted(numbers)
