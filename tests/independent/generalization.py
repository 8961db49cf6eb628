"""Second derivation of the chapter "What it says about points it has not seen".

A form is a sparse row with its bias: a dict from unit (or coordinate) to integer, the bias at the
key None. A network is a list of ReLU layers, each a list of forms, and a list of output forms.
"""

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import NamedTuple

import numpy as np
import pytest

EPS = 1e-9


# Networks


class Network(NamedTuple):
    """The number of coordinates, the hidden ReLU layers and the outputs."""

    d: int
    hidden: list
    out: list


def form_value(form, x):
    """The value of a form."""
    return sum(w if k is None else w * x[k] for k, w in form.items())


def evaluate(network, x):
    """All outputs at a point, exactly."""
    for layer in network.hidden:
        x = [max(form_value(form, x), 0) for form in layer]
    return [form_value(form, x) for form in network.out]


def added(*terms):
    """A combination of forms, from pairs of a factor and a form."""
    total = Counter()
    for factor, form in terms:
        for k, w in form.items():
            total[k] += factor * w
    return {k: w for k, w in total.items() if w}


def units(n):
    """The forms of n units."""
    return [{k: 1} for k in range(n)]


def width(network):
    """Units of the widest hidden layer."""
    return max(map(len, network.hidden))


def weights(network):
    """Nonzero weights and biases."""
    layers = [*network.hidden, network.out]
    assert all(all(form.values()) for layer in layers for form in layer)
    return sum(len(form) for layer in layers for form in layer)


def dense(network):
    """All entries of the matrices and biases."""
    sizes = [network.d, *map(len, network.hidden), len(network.out)]
    return sum((a + 1) * b for a, b in pairwise(sizes))


def dense_of_widths(d, widths):
    """The same for given hidden widths and one output."""
    return sum((a + 1) * b for a, b in pairwise([d, *widths, 1]))


class Stage:
    """A layer in the making: every new unit is asked for by its form."""

    def __init__(self):
        self.rows = []

    def relu(self, form):
        """A new unit, as a form of the next layer."""
        self.rows.append(form)
        return {len(self.rows) - 1: 1}

    def maximum(self, a, b):
        """The maximum of a and b, where b is nowhere negative."""
        return added((1, self.relu(added((1, a), (-1, b)))), (1, self.relu(b)))

    def halve(self, values):
        """The maxima of pairs; an odd value is carried."""
        found = []
        for k in range(0, len(values), 2):
            pair = values[k : k + 2]
            found.append(self.maximum(*pair) if len(pair) == 2 else self.relu(pair[0]))
        return found


def score(x):
    """2<x, z> - |x|^2 as a form of the coordinates of z."""
    return added((1, {None: -sum(a * a for a in x)}), (2, dict(enumerate(x))))


def max_net(points, labels, C):
    """The nearest point with C >= 2 labels, all of which occur; one output per class."""
    own = [sorted({x for x, y in zip(points, labels, strict=True) if y == c}) for c in range(C)]
    stage = Stage()
    values = [
        [stage.relu(added((1, score(x)), (-1, score(group[0])))) for x in group[1:]]
        for group in own
    ]
    leads = [{}]
    for group in own[1:]:
        lead = added((1, score(group[0])), (-1, score(own[0][0])))
        up, down = stage.relu(lead), stage.relu(added((-1, lead)))
        leads.append(added((1, up), (-1, down)))
    hidden = [stage.rows]
    while max(map(len, values)) > 1:
        stage = Stage()
        values = [stage.halve(group) for group in values]
        carried = [{}]
        for lead in leads[1:]:
            up, down = ({k: 1} for k in sorted(lead, key=lead.get, reverse=True))
            carried.append(added((1, stage.relu(up)), (-1, stage.relu(down))))
        leads = carried
        hidden.append(stage.rows)
    d = len(points[0])
    out = [
        added((1, lead), *((1, v) for v in group))
        for lead, group in zip(leads, values, strict=True)
    ]
    return Network(d, hidden, out)


def difference(network):
    """The network with the second output less the first as its only one."""
    first, second = network.out
    return network._replace(out=[added((1, second), (-1, first))])


def cells(points, labels, p, q):
    """The network of cells with tau = p/q for labels 0 and 1, times 2q."""
    N, gamma2 = len(points), margin2(points, labels)
    pairs = [(i, j) for i in range(N) for j in range(N) if labels[i] != labels[j]]
    first = [
        added(
            (-q, score(points[i])),
            (q, score(points[j])),
            (2 * p * squared(points[i], points[j]), {None: 1}),
        )
        for i, j in pairs
    ]
    second = [{None: 2 * p * gamma2} for _ in range(N)]
    for k, (i, _) in enumerate(pairs):
        second[i][k] = -1
    out = {i: 2 * y - 1 for i, y in enumerate(labels)}
    return Network(len(points[0]), [first, second], [out])


class SpikeSizes(NamedTuple):
    """What the count of the spikes knows."""

    m: int
    rho: int
    g: int
    T: int


def spike_sizes(m, rho):
    """The integer nearest to sqrt(m / (rho + 2)), at least 1, and the blocks."""
    n = rho + 2
    g = max(1, math.floor(math.sqrt(m / n) + 0.5))
    return SpikeSizes(m, rho, g, -(-m // g))


def spike(points, chosen, u):
    """Says the label of the chosen points where <u, x> is one of their keys."""
    low, high = min(map(min, points)), max(map(max, points))
    bias = -sum(min(a * low, a * high) for a in u)
    top = sum(max(a * low, a * high) for a in u) + bias
    keys = sorted({inner(u, x) + bias for x in chosen})
    sizes = spike_sizes(len(keys), top.bit_length())
    _, rho, g, T = sizes
    blocks = [keys[t * g : (t + 1) * g] for t in range(T)]
    blocks = [block + [block[-1]] * (g - len(block)) for block in blocks]
    codes = [sum(key << (rho * (g - 1 - i)) for i, key in enumerate(b)) for b in blocks]
    stage = Stage()
    p = stage.relu(added((1, dict(enumerate(u))), (bias, {None: 1})))
    hidden, V, said = [stage.rows], added((codes[0], {None: 1})), {}
    for t in range(T - 1):
        stage, q = Stage(), blocks[t][-1]
        above = stage.relu(added((1, p), (-q, {None: 1})))
        beyond = stage.relu(added((1, p), (-q - 1, {None: 1})))
        p, V = stage.relu(p), stage.relu(V)
        step = codes[t + 1] - codes[t]
        V = added((1, V), (step, above), (-step, beyond))
        hidden.append(stage.rows)
    for word in range(g):
        A = {}
        for place in range(rho):
            k = rho * (g - word) - 1 - place
            stage = Stage()
            one = stage.relu(added((1, V), (1 - 2**k, {None: 1})))
            two = stage.relu(added((1, V), (-(2**k), {None: 1})))
            p, V = stage.relu(p), stage.relu(V)
            said = stage.relu(said) if said else {}
            A = stage.relu(A) if place else {}
            bit = added((1, one), (-1, two))
            V, A = added((1, V), (-(2**k), bit)), added((2, A), (1, bit))
            hidden.append(stage.rows)
        stage = Stage()
        over = stage.relu(added((1, p), (-1, A)))
        under = stage.relu(added((1, A), (-1, p)))
        p, V = stage.relu(p), stage.relu(V)
        said = stage.relu(said) if said else {}
        hidden.append(stage.rows)
        stage = Stage()
        hit = stage.relu(added((1, {None: 1}), (-1, over), (-1, under)))
        p, V = stage.relu(p), stage.relu(V)
        said = added((1, stage.relu(said)), (1, hit)) if said else hit
        hidden.append(stage.rows)
    out = added((2, said), (-1, {None: 1}))
    return Network(len(u), hidden, [out]), sizes, keys, bias


def pipelined(points, labels, C):
    """The max-net a group of 2b points a layer; right where no coordinate is below l."""
    d = len(points[0])
    low, high = min(map(min, points)), max(map(max, points))
    least = low - (high - low)
    b = -(-d // 4)
    own = [sorted({x for x, y in zip(points, labels, strict=True) if y == c}) for c in range(C)]
    moved = [[tuple(a - least for a in x) for x in group] for group in own]
    K = max(sum(a * a for a in x) for group in moved for x in group)
    waiting = [
        (c, group[k : k + 2 * b])
        for c, group in enumerate(moved)
        for k in range(0, len(group), 2 * b)
    ]
    stages = (b - 1).bit_length()
    coordinates = [added((1, {i: 1}), (-least, {None: 1})) for i in range(d)]
    best, under_way, hidden = [{} for _ in range(C)], [], []
    while waiting or under_way:
        stage, ready = Stage(), {}
        after = []
        for c, left, values in under_way:
            if left:
                after.append((c, left - 1, stage.halve(values)))
            else:
                assert len(values) == 1 and c not in ready
                ready[c] = values[0]
        for c in range(C):
            if c in ready:
                best[c] = stage.maximum(ready[c], best[c]) if best[c] else stage.relu(ready[c])
            elif best[c]:
                best[c] = stage.relu(best[c])
        if waiting:
            c, group = waiting.pop(0)
            scores = []
            for x in group:
                terms = [(2 * a, form) for a, form in zip(x, coordinates, strict=True)]
                scores.append(added((K - sum(a * a for a in x), {None: 1}), *terms))
            after.append((c, stages, stage.halve(scores)))
        if waiting:
            coordinates = [stage.relu(form) for form in coordinates]
        under_way = after
        hidden.append(stage.rows)
    return Network(d, hidden, best), least, b


# Data


def inner(u, x):
    """The inner product."""
    return sum(a * b for a, b in zip(u, x, strict=True))


def squared(x, y):
    """The squared distance."""
    return sum((a - b) ** 2 for a, b in zip(x, y, strict=True))


def margin2(points, labels):
    """The squared margin."""
    data = list(zip(points, labels, strict=True))
    return min(squared(x, y) for (x, a), (y, b) in combinations(data, 2) if a != b)


def class_distances(points, labels, z, C):
    """The squared distance to the nearest point of each class."""
    data = list(zip(points, labels, strict=True))
    return [min(squared(x, z) for x, y in data if y == c) for c in range(C)]


def nearest(points, labels, z, C):
    """The label of the nearest point, None on a border."""
    away = class_distances(points, labels, z, C)
    found = [c for c in range(C) if away[c] == min(away)]
    return found[0] if len(found) == 1 else None


def read_sign(value):
    """1 above 0, 0 below, None at 0."""
    return None if value == 0 else int(value > 0)


def read_largest(outputs):
    """The place of the largest output, None on a tie."""
    found = [c for c, v in enumerate(outputs) if v == max(outputs)]
    return found[0] if len(found) == 1 else None


def hostile(C, seed, rounds, dims=(1, 2, 3, 4), most=14):
    """Small integer data: negative coordinates, repeated points, ties, far away points."""
    rng = np.random.default_rng(seed)
    for _, d in product(range(rounds), dims):
        N, reach = int(rng.integers(C, most)), int(rng.choice([1, 3, 40]))
        shift = int(rng.choice([0, -50, 20]))
        raw = [tuple(map(int, rng.integers(-reach, reach + 1, d) + shift)) for _ in range(N)]
        first = {}
        for x in raw:
            first.setdefault(x, int(rng.integers(0, C)))
        labels = [first[x] for x in raw]
        if len(set(labels)) == C:
            span = (shift - 2 * reach - 2, shift + 2 * reach + 3)
            asked = [tuple(map(int, rng.integers(*span, d))) for _ in range(25)]
            asked += [*raw, tuple(-500 * a - 7 for a in raw[0])]
            asked.append(tuple(Fraction(a + b, 2) for a, b in zip(raw[0], raw[-1], strict=True)))
            yield raw, labels, asked


# Volumes and caps


def log_ball(n):
    """The logarithm of the volume of the unit ball."""
    return n / 2 * math.log(math.pi) - math.lgamma(n / 2 + 1)


def volume(rings, d):
    """The volume of rings (a, b, label)."""
    return math.exp(log_ball(d)) * sum(b**d - a**d for a, b, _ in rings)


def lengths(rings, p, h):
    """m_y(h) for all labels, as the rows of an array."""
    found = {}
    for a, b, y in rings:
        part = np.maximum(b * b - h * h, 0) ** p - np.maximum(a * a - h * h, 0) ** p
        found[y] = found.get(y, 0) + part
    return np.array([found[y] for y in sorted(found)])


NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)


def cap(rings, d, w, choose=lambda m: m.max(axis=0), pieces=60):
    """The integral, by Gauss's rule behind a substitution that smooths the ends."""
    ends = sorted({0.0, *(r for a, b, _ in rings for r in (a, b))})
    total, p = 0.0, (d - w) / 2
    for low, high in pairwise(ends):
        for k in range(pieces):
            x = (k + (NODES + 1) / 2) / pieces * math.pi / 2
            h = low + (high - low) * np.sin(x) ** 2
            slope = (high - low) * np.sin(2 * x) * math.pi / 4 / pieces
            values = choose(lengths(rings, p, h)) * h ** (w - 1)
            total += float((NODE_WEIGHTS * slope * values).sum())
    return w * math.exp(log_ball(w) + log_ball(d - w)) * total / volume(rings, d)


def ball_and_shell(d):
    """Two classes of equal volume."""
    return [(0.0, 1.0, 1), (2 ** (1 / d), 3 ** (1 / d), 0)]


def thin_shells(k):
    """The alternating shells of the theorem."""
    return [((j + 0.5) / k, (j + 1) / k, j % 2) for j in range(k)]


def beta(d, w):
    """3^(1 - w/d) - 2^(1 - w/d)."""
    return 3 ** (1 - w / d) - 2 ** (1 - w / d)


# What the first layer does not see


def test_nothing_changes_along_the_kernel():
    """thm-generalization-first-layer: one answer on every fibre of a random network."""
    rng = np.random.default_rng(0)
    for d, w in ((2, 1), (4, 2), (5, 4)):
        A = rng.integers(-5, 6, (w, d)).astype(float)
        kernel = np.linalg.svd(A)[2][np.linalg.matrix_rank(A) :]
        assert len(kernel) >= d - w
        B, b, c = rng.normal(size=(7, w)), rng.normal(size=w), rng.normal(size=7)
        x = rng.normal(size=d)

        def net(z, A=A, B=B, b=b, c=c):
            return c @ np.maximum(B @ np.maximum(A @ z + b, 0), 0)

        for _ in range(20):
            assert math.isclose(
                net(x),
                net(x + rng.normal(size=len(kernel)) @ kernel * 9),
                rel_tol=1e-6,
                abs_tol=1e-9,
            )


@pytest.mark.parametrize("d", [2, 3, 5, 10])
def test_the_integral_counts_all_volume(d):
    """thm-generalization-cap: the sum of all m_y in place of the largest gives 1."""
    for rings in (ball_and_shell(d), thin_shells(5)):
        for w in range(1, d):
            assert math.isclose(cap(rings, d, w, lambda m: m.sum(axis=0)), 1, rel_tol=1e-8)


def test_the_cap_of_a_plane_in_closed_form():
    """thm-generalization-cap: disc and ring in the plane, as in the exercise on one direction."""
    h2 = 2 - 2 / math.sqrt(3)
    assert math.isclose(3 * h2**2 - 12 * h2 + 8, 0, abs_tol=1e-12)
    edge = math.sqrt(h2)

    def part(r, h):
        return h * math.sqrt(max(r * r - h * h, 0)) + r * r * math.asin(min(h / r, 1))

    inside = 2 * part(1, edge)
    rings = [part(r, r) - part(r, edge) for r in (math.sqrt(2), math.sqrt(3))]
    found = (inside + 2 * (rings[1] - rings[0])) / (2 * math.pi)
    assert math.isclose(found, cap(ball_and_shell(2), 2, 1), abs_tol=2e-6)
    assert 0.5 < found < 1


def test_the_cap_in_space_in_closed_form():
    """thm-generalization-cap: d = 3, w = 1, where the integrand is a polynomial."""
    a, b = 2 ** (2 / 3), 3 ** (2 / 3)
    edge = math.sqrt(1 - b + a)
    ball = 2 * (edge - edge**3 / 3)

    def disc(r2, h):
        return r2 * h - h**3 / 3

    shell = 0
    for r2, sign in ((b, 1), (a, -1)):
        shell += 2 * sign * (disc(r2, math.sqrt(r2)) - disc(r2, edge))
    found = math.pi * (ball + shell) / (2 * 4 / 3 * math.pi)
    assert math.isclose(found, cap(ball_and_shell(3), 3, 1), abs_tol=1e-6)


def test_the_best_function_of_a_projection_by_simulation():
    """thm-generalization-cap: three labels, bins of the distance; no rule of bins does better."""
    d, rng, n = 4, np.random.default_rng(1), 200000
    rings = [(0, 0.6, 0), (0.7, 0.85, 1), (0.9, 1.0, 2), (1.05, 1.15, 0)]
    masses = np.array([b**d - a**d for a, b, _ in rings])
    which = rng.choice(4, n, p=masses / masses.sum())
    low, high = (np.array([r[i] ** d for r in rings])[which] for i in (0, 1))
    radius = (low + (high - low) * rng.random(n)) ** (1 / d)
    x = rng.normal(size=(n, d))
    x *= (radius / np.linalg.norm(x, axis=1))[:, None]
    y = np.array([r[2] for r in rings])[which]
    for w in (1, 2, 3):
        A = rng.normal(size=(w, d))
        h = np.linalg.norm(x @ np.linalg.qr(A.T)[0], axis=1)
        m = lengths(rings, (d - w) / 2, h)
        right = (m.argmax(axis=0) == y).mean()
        top = cap(rings, d, w)
        assert abs(right - top) < 4 * math.sqrt(0.25 / n)
        place = np.minimum((h * 40).astype(int), 60)
        table = np.zeros((61, 3))
        np.add.at(table, (place[: n // 2], y[: n // 2]), 1)
        fitted = (table.argmax(axis=1)[place[n // 2 :]] == y[n // 2 :]).mean()
        assert fitted < top + 4 * math.sqrt(0.5 / n)


def test_caps_of_ball_and_shell():
    """thm-generalization-cap: from about a half at rank 1 up to 1, slowly at first."""
    caps = [cap(ball_and_shell(10), 10, w) for w in range(1, 10)]
    assert caps == sorted(caps) and 0.5 < caps[0] < 0.56 and caps[-1] < 1
    steps = [b - a for a, b in pairwise([*caps, 1.0])]
    assert max(steps[:4]) < 0.03 and min(steps[7:]) > 0.09
    assert math.isclose(caps[0], 0.5486, abs_tol=1e-3)
    assert math.isclose(caps[8], 0.8947, abs_tol=1e-3)


def test_rank_one_reaches_a_hundredth_at_dimension_47():
    """thm-generalization-cap, thm-generalization-ball-shell: below 0.51 from 47 on, not before."""
    caps = {d: cap(ball_and_shell(d), d, 1) for d in range(2, 140)}
    assert all((caps[d] <= 0.51) == (d >= 47) for d in caps)
    values = [caps[d] for d in sorted(caps)]
    assert values == sorted(values, reverse=True)


def test_the_explicit_bound():
    """thm-generalization-ball-shell: above the cap; 95 is enough and 94 is not."""
    for d in (2, 3, 7, 12, 40):
        for w in {1, 2, d // 2, d - 1} - {0}:
            if w < d:
                assert cap(ball_and_shell(d), d, w) <= 1 - beta(d, w) / 2 + 1e-7
    assert beta(95, 1) >= 0.98004 and 1 - beta(95, 1) / 2 <= 0.51 < 1 - beta(94, 1) / 2
    x = [beta(1000, w) for w in range(1001)]
    assert x == sorted(x, reverse=True) and math.isclose(x[0], 1) and abs(x[-1]) < EPS


def test_the_ratio_of_the_two_masses_grows():
    """thm-generalization-ball-shell: m0/m1 is least at h = 0."""
    for d, w in ((2, 1), (3, 2), (10, 1), (10, 9), (50, 20)):
        p, h = (d - w) / 2, np.linspace(0, 0.999, 400)
        m0, m1 = lengths(ball_and_shell(d), p, h)
        ratio = m0 / m1
        assert (np.diff(ratio) > -1e-9).all() and math.isclose(ratio[0], beta(d, w))


@pytest.mark.parametrize("d, theta", [(2, 0.4), (2, 0.2), (3, 0.25), (6, 0.3)])
def test_alternating_shells(d, theta):
    """thm-generalization-shells: every step of the bound, and the cap for rank d - 1."""
    k = math.ceil(3 * (d + 1) / (math.pi * theta**2))
    rings, ell = thin_shells(k), 1 / (2 * k)
    h = np.linspace(0, 0.9999, 3001)
    m0, m1 = 2 * lengths(rings, 0.5, h)
    assert np.abs(m1 - m0).max() <= 2 * math.sqrt(3 * ell)
    V, disc = volume(rings, d), math.exp(log_ball(d - 1))
    assert math.exp(log_ball(d)) / 2 <= V
    assert disc / math.exp(log_ball(d)) <= math.sqrt((d + 1) / (2 * math.pi))
    middle = 0.5 + disc / V * math.sqrt(3 * ell)
    assert cap(rings, d, d - 1, pieces=12) <= middle <= 0.5 + theta + EPS
    gaps = [after[0] - before[1] for before, after in pairwise(rings)]
    assert math.isclose(min(gaps) / 2, 1 / (4 * k))


def test_few_shells_of_equal_width():
    """thm-generalization-shells: in ten dimensions four of them fool nobody, the last is 0.94."""
    rings = thin_shells(4)
    outer = (1 - 0.875**10) / sum(b**10 - a**10 for a, b, _ in rings)
    caps = [cap(rings, 10, w) for w in range(1, 10)]
    assert 0.93 < outer < caps[0] + EPS < 0.95 < caps[8]
    h = [(j / 8) ** 0.1 for j in range(9)]
    equal = [(h[2 * j + 1], h[2 * j + 2], j % 2) for j in range(4)]
    assert cap(equal, 10, 9) < cap(ball_and_shell(10), 10, 9) < caps[8]


def test_the_alternating_sum():
    """thm-generalization-shells: at most the larger of its first two terms."""
    rng = np.random.default_rng(2)
    for _ in range(300):
        tail = sorted(rng.random(int(rng.integers(1, 9))), reverse=True)
        a = [rng.random() * 1.5, *tail]
        total = sum((-1) ** j * v for j, v in enumerate(a))
        assert abs(total) <= max(a[0], a[1]) + EPS


# Right at every training point, wrong on half of the world


def test_slabs():
    """thm-generalization-bad: memorizes, answers on slabs only, and they have few points."""
    rng = np.random.default_rng(3)
    for d in (1, 2, 3):
        N, nu = 12, 0.05
        points = rng.random((N, d))
        labels = np.arange(N) % 2
        u = np.ones(d) / math.sqrt(d)
        keys = points @ u
        g = min(abs(keys[i] - keys[j]) for i in range(N) for j in range(N) if i % 2 != j % 2)
        omega = min(g, nu / (2 * math.sqrt(2) * N))
        centres = keys[labels == 1]

        def network(z, centres=centres, u=u, omega=omega):
            far = np.abs((z @ u)[:, None] - centres) / omega
            return np.maximum(1 - far, 0).sum(axis=1) - 0.5

        assert ((network(points) > 0) == (labels == 1)).all()
        z = rng.random((200000, d))
        near = (np.abs((z @ u)[:, None] - centres) < omega).any(axis=1)
        said = network(z) > 0
        assert not (said & ~near).any()
        slab = (np.abs(z @ u - math.sqrt(d) / 2) < 0.05).mean()
        assert slab <= 2 * math.sqrt(2) * 0.05 + 0.003
        assert said.mean() <= near.mean() <= nu + 0.003
    assert max(1 - 0.1 / 0.5, 0) - 0.5 > 0  # omega = 0.5 above g = 0.1 errs at the other label


# The nearest point, as a network


SIX = [(0,), (3,), (4,), (9,), (10,), (10,)], [1, 0, 0, 1, 1, 1]


def six_by_hand(z):
    """The formula for six points on a line."""
    return 9 - 6 * z + max(0, 18 * z - 81, 20 * z - 100) - max(0, 2 * z - 7)


def test_six_points_on_a_line():
    """thm-generalization-maxnet, thm-generalization-cells: the numbers of the page."""
    network = difference(max_net(*SIX, 2))
    assert len(network.hidden[0]) == 5
    for z in range(-40, 60):
        away = class_distances(*SIX, (z,), 2)
        assert evaluate(network, (z,)) == [six_by_hand(z)] == [away[0] - away[1]]
    assert [six_by_hand(x) for (x,) in SIX[0]] == [9, -9, -16, 25, 36, 36]
    assert (six_by_hand(2), six_by_hand(20)) == (-3, 156)
    assert [form_value(score((x,)), (2,)) for x in (0, 3, 4, 9, 10)] == [0, 3, 0, -45, -60]
    half = Fraction(1, 2)
    for z, sure in ((Fraction(153, 100), True), (Fraction(594, 100), True), (1 + half, False)):
        least = min(
            half * (squared((z,), (x,)) - squared((z,), (3,))) - Fraction((x - 3) ** 2, 100)
            for x in (0, 9, 10)
        )
        assert (least >= 0) == sure and (not sure or least == 0)
    assert evaluate(cells(*SIX, 1, 100), (Fraction(13, 2),)) == [0]


def test_four_corners():
    """thm-generalization-maxnet, thm-generalization-spike: the square, its keys, both counts."""
    square, labels = [(0, 0), (1, 1), (1, 0), (0, 1)], [0, 0, 1, 1]
    network = difference(max_net(square, labels, 2))
    assert len(network.hidden) == 1 and len(network.hidden[0]) == 4

    def by_hand(x, y):
        return 2 * x - 1 + max(0, 2 * y - 2 * x) - max(0, 2 * x + 2 * y - 2)

    grid = list(product(range(10), repeat=2))
    assert all(evaluate(network, z) == [by_hand(*z)] for z in grid)
    assert (by_hand(2, 0), by_hand(5, 5)) == (1, -9)
    assert sum(x - 3 * y in (1, -3) for x, y in grid) == 7
    assert sum(by_hand(*z) > 0 for z in grid) == 18
    listed, _, keys, bias = spike(square, [(1, 0), (0, 1)], (1, -3))
    assert (keys, bias) == ([0, 4], 3)
    for x, y in product(range(2), repeat=2):
        assert (evaluate(listed, (x, y))[0] > 0) == (x - 3 * y + 3 in (0, 4))
    asked = [(2, 0), (0, 2), (3, 1), (5, 5)]
    assert [x - 3 * y + 3 for x, y in asked] == [5, -3, 3, -7]
    assert [read_sign(evaluate(listed, z)[0]) for z in asked] == [0, 1, 0, 1]  # clipped keys
    assert [read_sign(by_hand(*z)) for z in asked] == [1, 1, 0, 0]


def test_the_max_net_is_the_nearest_point_everywhere():
    """thm-generalization-maxnet: values, borders, units, layers and weights for two labels."""
    seen = borders = 0
    for points, labels, asked in hostile(2, 4, 40):
        network = difference(max_net(points, labels, 2))
        distinct = set(points)
        N, d = len(distinct), len(points[0])
        own = dict(zip(points, labels, strict=True)).values()
        n = max(sum(y == c for y in own) for c in (0, 1))
        for z in asked:
            away = class_distances(points, labels, z, 2)
            assert evaluate(network, z) == [away[0] - away[1]]
            borders += away[0] == away[1]
        for x, y in zip(points, labels, strict=True):
            assert (2 * y - 1) * evaluate(network, x)[0] >= margin2(points, labels)
        assert len(network.hidden[0]) == N
        assert len(network.hidden) == 1 + (max(n - 1, 1) - 1).bit_length()
        assert weights(network) <= N * (d + 1) + 4.5 * N + 14 * math.ceil(math.log2(N))
        seen += 1
    assert seen > 100 and borders > 20


def test_the_max_net_of_several_classes():
    """thm-generalization-maxnet: C outputs, N + C - 2 units in the first layer."""
    for C in (2, 3, 4):
        for points, labels, asked in hostile(C, 5 + C, 20):
            network = max_net(points, labels, C)
            assert len(network.out) == C
            assert len(network.hidden[0]) == len(set(points)) + C - 2
            for z in asked:
                away = class_distances(points, labels, z, C)
                out = evaluate(network, z)
                assert [a + b for a, b in zip(out, away, strict=True)] == [out[0] + away[0]] * C
                assert read_largest(out) == nearest(points, labels, z, C)


def test_weights_of_the_max_net_for_all_class_sizes():
    """thm-generalization-maxnet: the count, layer by layer, for all sizes of two classes."""
    for n0, n1 in product(range(1, 130, 3), repeat=2):
        N, values = n0 + n1, [n0 - 1, n1 - 1]
        total, parts, layers = 0, 1, 1
        while max(values) > 1:
            for v in values:
                total += (v // 2) * 3 * parts + (v % 2) * parts
            total, values, parts = total + 2, [-(-v // 2) for v in values], 2
            layers += 1
        total += 2 + sum(parts for v in values if v)
        assert total <= 4.5 * N + 8 * math.ceil(math.log2(N))
        assert layers == 1 + (max(n0, n1, 2) - 2).bit_length()


def test_dense_entries_of_the_max_net():
    """thm-generalization-pipelined: the max-net has about Nd + 5/3 N^2 dense entries."""
    for N in (256, 1024, 4096):
        sizes, values = [N], N - 2
        while values > 1:
            sizes.append(values + 2)
            values = -(-values // 2)
        second_on = sum((a + 1) * b for a, b in pairwise([*sizes, 1]))
        assert abs(second_on / N**2 - 5 / 3) < 0.1
    rng = np.random.default_rng(6)
    points = [tuple(map(int, rng.integers(-99, 100, 2))) for _ in range(130)]
    network = difference(max_net(points, [k % 2 for k in range(130)], 2))
    assert 1.5 < (dense(network) - 130 * 3) / 130**2 < 1.9


def test_no_more_room_than_half_the_margin():
    """thm-generalization-robust: right inside, and at the middle of the closest pair undecided."""
    rng = np.random.default_rng(7)
    for points, labels, _ in hostile(2, 8, 6):
        gamma2 = margin2(points, labels)
        data = list(zip(points, labels, strict=True))
        x, z = next(
            (x, z) for (x, a), (z, b) in product(data, data) if a != b and squared(x, z) == gamma2
        )
        middle = tuple(Fraction(a + b, 2) for a, b in zip(x, z, strict=True))
        assert nearest(points, labels, middle, 2) is None
        for point, label in data:
            step = [Fraction(int(v), 1000) for v in rng.integers(-1000, 1001, len(point))]
            length2 = sum(v * v for v in step) or 1
            shrink = Fraction(math.isqrt(int(10**6 * gamma2 / (4 * length2))), 1000)
            shrink *= Fraction(999, 1000)
            there = tuple(a + shrink * v for a, v in zip(point, step, strict=True))
            assert 4 * squared(point, there) < gamma2
            assert nearest(points, labels, there, 2) == label


@pytest.mark.parametrize("p, q", [(1, 100), (1, 4), (49, 100)])
def test_cells_speak_for_the_nearest_point_only(p, q):
    """thm-generalization-cells: answers, cells, margins at the points, counts."""
    decided = silent = 0
    for points, labels, asked in hostile(2, 9, 12, most=10):
        network = cells(points, labels, p, q)
        N, d, gamma2 = len(points), len(points[0]), margin2(points, labels)
        ones = sum(labels)
        assert [len(layer) for layer in network.hidden] == [2 * ones * (N - ones), N]
        assert weights(network) <= 2 * ones * (N - ones) * (d + 2) + 2 * N
        for x, y in zip(points, labels, strict=True):
            assert (2 * y - 1) * evaluate(network, x)[0] >= 2 * p * gamma2
        for z in asked:
            said = read_sign(evaluate(network, z)[0])
            assert said is None or said == nearest(points, labels, z, 2)
            decided, silent = decided + (said is not None), silent + (said is None)
            for x, y in zip(points, labels, strict=True):
                others = [t for t, b in zip(points, labels, strict=True) if b != y]
                twice = ((squared(z, t) - squared(z, x), squared(x, t)) for t in others)
                if all(q * gain >= 2 * p * away for gain, away in twice):
                    assert said == y
                    assert (2 * y - 1) * evaluate(network, z)[0] >= 2 * p * gamma2
    assert decided and silent


def test_cells_become_the_nearest_point():
    """thm-generalization-cells: where the nearest point decides, so do small tau."""
    for points, labels, asked in hostile(2, 10, 6, most=10):
        network = cells(points, labels, 1, 10**9)
        for z in asked:
            assert read_sign(evaluate(network, z)[0]) == nearest(points, labels, z, 2)


# Why near is like


def small_world(rng, d, n):
    """A finite support in the plane or space, of integer points, labelled by random centres."""
    points = list({tuple(map(int, rng.integers(0, 30, d))) for _ in range(n)})
    centres = [(tuple(map(int, rng.integers(0, 30, d))), k % 2) for k in range(4)]
    labels = [min(centres, key=lambda c: squared(c[0], x))[1] for x in points]
    return points, labels


@pytest.mark.parametrize("p, q", [(0, 1), (1, 100), (1, 8)])
def test_safe_sets(p, q):
    """thm-generalization-safe, thm-generalization-covering: a hit set is right, cells too."""
    rng, hits, tau = np.random.default_rng(11), 0, p / q
    kappa = max(3 + 1e-6, (3 + 2 * tau) / (1 - 2 * tau))
    for _ in range(12):
        points, labels = small_world(rng, int(rng.integers(1, 4)), 40)
        if len(set(labels)) < 2:
            continue
        data = list(zip(points, labels, strict=True))
        other = [min(math.sqrt(squared(x, z)) for z, b in data if b != y) for x, y in data]
        for _ in range(6):
            chosen = [int(i) for i in rng.choice(len(points), 6, replace=False)]
            own, told = [points[i] for i in chosen], [labels[i] for i in chosen]
            if len(set(told)) < 2:
                continue
            net = cells(own, told, p, q) if p else difference(max_net(own, told, 2))
            for v, x in enumerate(points):
                ball = [
                    i for i in range(len(points)) if squared(points[i], x) < (other[v] / kappa) ** 2
                ]
                inside = [points[i] for i in ball]
                diameter = math.sqrt(max(squared(a, b) for a in inside for b in inside))
                least = min(other[i] for i in ball)
                assert diameter < least
                assert (1 + 2 * tau) * diameter <= (1 - 2 * tau) * least + EPS
                if set(ball) & set(chosen):
                    hits += 1
                    assert all(read_sign(evaluate(net, points[i])[0]) == labels[i] for i in ball)
    assert hits > 200


def test_constants_of_the_cover():
    """thm-generalization-covering: 3.1 is enough for 1/100, and both conditions are equivalent."""
    assert Fraction(302, 98) < Fraction(30817, 10000) < Fraction(31, 10)
    for tau in (Fraction(0), Fraction(1, 100), Fraction(1, 5), Fraction(9, 20)):
        least = (3 + 2 * tau) / (1 - 2 * tau)
        for kappa in (least - Fraction(1, 1000), least, least + 1):
            fits = (1 + 2 * tau) * 2 / kappa <= (1 - 2 * tau) * (1 - 1 / kappa)
            assert fits == (kappa >= least)


def test_three_is_not_enough():
    """thm-generalization-covering: at ratio 3 a closed ball can hold a wrong answer."""
    v, sample, z, foreign = 0, 1, -1, -3
    assert min(abs(foreign - x) for x in (v, sample, z)) == 2
    assert (z - sample) ** 2 == (z - foreign) ** 2
    assert abs(sample - v) == abs(z - v) == Fraction(abs(foreign - v), 3)


def unvisited(masses, N, eps):
    """The probability that the unvisited mass exceeds eps, exactly, by inclusion-exclusion."""
    total, S = Fraction(0), len(masses)
    for missed in product((0, 1), repeat=S):
        gone = sum(m for m, hit in zip(masses, missed, strict=True) if hit)
        if gone <= eps:
            continue
        rest = [m for m, hit in zip(masses, missed, strict=True) if not hit]
        for kept in product((0, 1), repeat=len(rest)):
            sign = (-1) ** (len(rest) - sum(kept))
            total += sign * sum(m for m, k in zip(rest, kept, strict=True) if k) ** N
    return total


def test_enough_samples():
    """thm-generalization-samples: exact probabilities of a large unvisited mass stay below eta."""
    for masses in ([1], [1, 1], [1, 9], [1, 2, 3], [1, 1, 1, 1], [1, 1, 1, 1, 6], [1, 2, 4, 8, 16]):
        q = [Fraction(m, sum(masses)) for m in masses]
        S = len(q)
        for eps, eta in ((Fraction(1, 10), 0.1), (Fraction(1, 5), 0.01), (Fraction(2, 5), 0.5)):
            N = math.ceil(math.log((2**S - 1) / eta) / eps)
            assert math.ceil((S * math.log(2) + math.log(1 / eta)) / eps) >= N
            assert unvisited(q, N, eps) <= eta
            if S == 1:
                assert math.isclose(math.log((2**S - 1) / eta), S * math.log(S / eta))
            else:
                assert S * math.log(2) + math.log(1 / eta) < S * math.log(S / eta)


def test_the_missing_mass():
    """thm-generalization-mass: the largest term, the two forms, and exact expectations."""
    for N in (1, 2, 5, 30, 1000):
        top = Fraction(N**N, (N + 1) ** (N + 1))
        assert top == Fraction(1, N + 1) * (1 - Fraction(1, N + 1)) ** N
        assert top <= Fraction(1) / Fraction(math.e) / N
        assert all(Fraction(k, 97) * (1 - Fraction(k, 97)) ** N <= top for k in range(98))
    rng = np.random.default_rng(12)
    q = rng.dirichlet(np.ones(9), 4)
    for row, N in product(q, (3, 10, 40)):
        left = [row[np.setdiff1d(np.arange(9), rng.choice(9, N, p=row))].sum() for _ in range(2000)]
        exact = (row * (1 - row) ** N).sum()
        assert abs(np.mean(left) - exact) < 5 * np.std(left) / math.sqrt(2000) + 1e-3
        assert exact <= 9 * N**N / (N + 1) ** (N + 1)


def test_cells_of_a_cube():
    """thm-generalization-cube: diameters below c, and the numbers for c = 1/5."""
    for d in range(1, 12):
        for c in (Fraction(1, 5), Fraction(1, 3), Fraction(1), Fraction(2)):
            m = math.isqrt(math.floor(d / c**2)) + 1
            assert m == math.floor(math.sqrt(d) / c + 1e-12) + 1
            assert Fraction(d, m * m) < c * c
    counts = {d: (math.isqrt(25 * d) + 1) ** d for d in (2, 3, 5, 10)}
    assert counts == {2: 64, 3: 729, 5: 12**5, 10: 16**10}
    theirs = {d: (31 * d + 1) ** d for d in (2, 3, 5, 10)}
    for d in counts:
        enough = (counts[d] * math.log(2) + math.log(10)) / 0.1
        assert counts[d] < theirs[d] and enough < theirs[d] * math.log(theirs[d] * 10) / 0.1
    assert math.ceil(10 * math.log((2**64 - 1) * 10)) == 467


# Constant size


def condense(points, labels):
    """The places of the points that are kept."""
    gamma2, kept = margin2(points, labels), []
    for i, x in enumerate(points):
        if all(squared(x, points[j]) >= gamma2 for j in kept):
            kept.append(i)
    return kept


def test_condensed_networks():
    """thm-generalization-condensed: memorize everything, and keep few points."""
    dropped = 0
    for points, labels, _ in hostile(3, 13, 30, most=40):
        kept = condense(points, labels)
        own, told = [points[i] for i in kept], [labels[i] for i in kept]
        network = max_net(own, told, 3)
        d, gamma = len(points[0]), math.sqrt(margin2(points, labels))
        for x, y in zip(points, labels, strict=True):
            assert read_largest(evaluate(network, x)) == y
        middle = [(max(c) + min(c)) / 2 for c in zip(*points, strict=True)]
        R = max(math.sqrt(squared(x, middle)) for x in points)
        assert len(kept) <= (1 + 2 * R / gamma) ** d + EPS
        side = max(max(c) - min(c) for c in zip(*points, strict=True))
        c = gamma / side
        assert len(kept) <= (2 * (1 + c) / c) ** d / math.exp(log_ball(d)) + EPS
        dropped += len(points) - len(kept)
    assert dropped > 100
    for d in range(1, 8):
        found = [(2 * (1 + g) / g) ** d for g in (0.1, 0.2, 0.5, 1, 2)]
        assert found == sorted(found, reverse=True)


def certificate(N, m, eta):
    """The exact form of the bound."""
    log = math.log(eta) - math.log(N) - math.log(math.comb(N, m))
    return -math.expm1(log / (N - m))


def test_certificates_from_the_sample():
    """thm-generalization-compression: the second form is larger; failures add up to eta."""
    for N, eta in ((10, 0.1), (100, 0.05), (2000, 0.05)):
        failures = 0.0
        for m in range(min(N, 200)):
            told = certificate(N, m, eta)
            rough = (m * math.log(math.e * N / m) if m else 0) + math.log(N / eta)
            assert 0 < told <= rough / (N - m) + EPS
            failures += math.exp(math.log(math.comb(N, m)) + (N - m) * math.log1p(-told))
        assert failures <= eta * (1 + 1e-6)
    assert 0.02 < certificate(2000, 8, 0.05) < 0.05


def test_certificates_hold():
    """thm-generalization-compression: intervals on a line, nearest kept point, exact errors."""
    rng, N, eta, broken, smallest = np.random.default_rng(14), 60, 0.1, 0, 1.0
    for _ in range(150):
        block = rng.integers(0, 6, N)
        x = 10 * block + rng.integers(0, 4, N)
        points, labels = [(int(a),) for a in x], [int(b) % 2 for b in block]
        if len(set(labels)) < 2:
            continue
        kept = condense(points, labels)
        own, told = [points[i] for i in kept], [labels[i] for i in kept]
        assert all(nearest(own, told, p, 2) == y for p, y in zip(points, labels, strict=True))
        world = product(range(6), range(4))
        wrong = sum(nearest(own, told, (10 * b + r,), 2) != b % 2 for b, r in world)
        bound = certificate(N, len(kept), eta)
        smallest = min(smallest, bound)
        broken += wrong / 24 > bound
    assert broken <= 15 and smallest < 0.5


# The price


def distinct_points(k, N):
    """The distribution of the number of different points among N draws of k, exactly."""
    p = [1.0]
    for _ in range(N):
        q = [0.0] * (len(p) + 1)
        for j, a in enumerate(p):
            q[j] += a * j / k
            q[j + 1] += a * (k - j) / k
        p = q
    return p


def test_samples_that_are_needed():
    """thm-generalization-needed: exact probability of a memorizer's success, and its mean."""
    for k, eps, t in product((8, 20, 40, 100), (0.0, 0.05, 0.1, 0.25), (0.05, 0.1, 0.3, 0.5)):
        if 2 * eps + t > 1:
            continue
        N = math.floor((1 - 2 * eps - t) * k + EPS)
        success, mean = 0.0, 0.0
        for seen, p in enumerate(distinct_points(k, N)):
            n = max(k - seen, 0)
            few = sum(math.comb(n, j) for j in range(math.floor(eps * k + EPS) + 1) if j <= n)
            success += p * few / 2**n
            mean += p * (1 - n / k / 2)
        assert success <= math.exp(-k * t * t / 2) + EPS
        assert math.isclose(mean, 1 - (1 - 1 / k) ** N / 2, rel_tol=1e-9)
    assert math.exp(-(2**10) * 0.01 / 2) < 0.01


def test_the_repaired_inequality():
    """thm-generalization-needed: (m + 1) 2^n/(n + 1) bounds the sum for m < n/2, not at n/2."""
    for n in range(1, 40):
        for m in range(n + 1):
            total = sum(math.comb(n, j) for j in range(m + 1))
            holds = total * (n + 1) <= (m + 1) * 2**n
            assert holds == (2 * m < n or m == n)
            if m == 0 or 2 * m == n:
                assert total * n > m * 2**n


def test_a_packing_of_the_cube():
    """thm-generalization-needed: a maximal set has 1/(C_d c^d) points; all vertices are seen."""
    rng = np.random.default_rng(15)
    for d, c in ((1, 0.1), (2, 0.2), (3, 0.4)):
        kept = []
        for z in rng.random((4000, d)):
            if all(np.linalg.norm(z - x) >= c for x in kept):
                kept.append(z)
        assert len(kept) >= 1 / (math.exp(log_ball(d)) * c**d)
    for k, eta in ((16, 0.1), (256, 0.05)):
        N = math.ceil(k * (math.log(k) + math.log(1 / eta)))
        assert k * (1 - 1 / k) ** N <= eta


def entropy(eps):
    """The entropy of a coin, in bits."""
    return -eps * math.log2(eps) - (1 - eps) * math.log2(1 - eps) if 0 < eps < 1 else 0.0


def patterns_bits(n, P):
    """The logarithm of the bound on lists of answers."""
    return P * P / 2 * math.log2(math.e * n * P) + 1.5 * P


def architectures(d, P):
    """All lists of hidden widths with at most P parameters."""
    found, todo = [], [()]
    while todo:
        widths = todo.pop()
        if dense_of_widths(d, widths) <= P:
            found.append(widths)
        if sum(2 * w for w in widths) + 2 <= P:
            todo += [(*widths, w) for w in range(1, P // 2 + 1) if 2 * (sum(widths) + w) + 2 <= P]
    return found


def test_architectures():
    """thm-generalization-parameters: their number, the number of layers, the sum of the widths."""
    for d, P in product((1, 2, 3), range(2, 21)):
        found = architectures(d, P)
        assert len(found) <= 2 ** (P / 2)
        assert all(sum(w) < P / 2 and len(w) + 1 <= P / 2 for w in found)


def test_lists_of_answers():
    """thm-generalization-parameters: small networks on a line stay below the count."""
    rng, k = np.random.default_rng(16), 12
    x = np.arange(k, dtype=float)
    for P, widths in ((7, (2,)), (10, (3,)), (6, (1, 1))):
        assert dense_of_widths(1, widths) == P
        seen = set()
        for _ in range(4000):
            layer = x[None]
            for n in widths:
                A = rng.normal(size=(n, len(layer)))
                bias = A @ layer[:, rng.integers(0, k)] + rng.normal(size=n)
                layer = np.maximum(A @ layer - bias[:, None], 0)
            out = rng.normal(size=len(layer)) @ layer + rng.normal() * 5
            seen.add(tuple(out > 0))
        assert 20 < len(seen) <= 2 ** min(k, patterns_bits(k, P))


def test_balls_of_labellings():
    """thm-generalization-parameters: sums of binomials are at most 2^(H k)."""
    for k in range(1, 60):
        for eps in (0.0, 0.05, 0.1, 0.25, 0.4, 0.49):
            total = sum(math.comb(k, j) for j in range(math.floor(eps * k + EPS) + 1))
            assert math.log2(total) <= entropy(eps) * k + 1e-7


def parameters_needed(k, eps):
    """The least P that the inequality allows."""
    P = 1
    while patterns_bits(k, P) < (1 - entropy(eps)) * k:
        P += 1
    return P


def spike_dense(d, m, rho):
    """The dense count of the spikes, from the widths of their layers."""
    _, _, g, T = spike_sizes(m, rho)
    sizes = [d, 1] + [4] * (T - 1)
    for word in range(g):
        said = int(word > 0)
        sizes += [4 + said] + [5 + said] * (rho - 1) + [4 + said, 3 + said]
    return sum((a + 1) * b for a, b in pairwise([*sizes, 1]))


def test_parameters_of_cube_vertices():
    """thm-generalization-parameters, thm-generalization-spike: how the columns grow with d."""
    rows = []
    for d in (10, 16, 20, 30):
        k = 2**d
        needed = parameters_needed(k, 0.1)
        assert needed <= k
        rows.append((d, k, needed, spike_dense(d, k // 2, d)))
    for one, other in pairwise(rows):
        steps = 2 ** ((other[0] - one[0]) / 2)
        assert 0.5 * steps < other[2] / one[2] < 1.5 * steps
        assert 0.8 * steps < other[3] / one[3] < 1.7 * steps
    ratios = [row[3] ** 2 / row[1] for row in rows]
    assert ratios == sorted(ratios) and ratios[0] > 1e4 and ratios[-1] < 1e5


# Formulas


A, SLOPES = Fraction(11, 30), (Fraction(1, 3), Fraction(11, 30))


def formula_points(d, clauses):
    """The points of the reduction, less a in every coordinate, with their labels."""
    found = []
    for i in range(d):
        for size, label in zip(SLOPES, (1, 0), strict=True):
            for sign in (1, -1):
                found.append((tuple(sign * size * (j == i) for j in range(d)), label))
    return found + [(tuple(Fraction(q, 12) for q in clause), 1) for clause in clauses]


def bump(t):
    """The part of the network behind its first unit."""
    t = max(t, 0)
    return max(t - Fraction(39, 20), 0) - 50 * max(t - Fraction(81, 20), 0) - Fraction(1, 40)


def satisfied(s, clauses):
    """No clause has six equal literals."""
    return all(abs(inner(s, clause)) < 6 for clause in clauses)


def random_clauses(d, n, rng):
    """Clauses as vectors of signs on six different variables."""
    found = []
    for _ in range(n):
        clause = [0] * d
        for i in rng.choice(d, 6, replace=False):
            clause[int(i)] = int(rng.choice([-1, 1]))
        found.append(tuple(clause))
    return found


HALF = [(1, *rest) for rest in product((1, -1), repeat=5)]


def test_points_of_a_formula():
    """thm-generalization-gadget: in the cube, and 1/30 apart."""
    rng = np.random.default_rng(17)
    for d in (6, 8):
        world = formula_points(d, random_clauses(d, 12, rng))
        assert all(0 <= A + v <= 1 for x, _ in world for v in x)
        assert margin2(*zip(*world, strict=True)) == Fraction(1, 900)


def test_memorizers_are_the_satisfying_assignments():
    """thm-generalization-gadget: all 2^6 networks of d + 8 parameters, several formulas."""
    rng, some = np.random.default_rng(18), 0
    assert len(HALF) == 32
    for clauses in ([], HALF, HALF[:20], HALF[5:], *(random_clauses(6, 9, rng) for _ in range(4))):
        world, fitting = formula_points(6, clauses), 0
        for s in product((1, -1), repeat=6):
            values = [bump(3 * inner(s, x) + 3) for x, _ in world]
            fits = all(v and (v > 0) == (y == 1) for v, (_, y) in zip(values, world, strict=True))
            assert fits == satisfied(s, clauses)
            fitting += fits
        assert (fitting == 0) == (clauses == HALF)
        some += fitting
    assert some
    assert [bump(Fraction(t, 10)) > 0 for t in (0, 15, 19, 20, 30, 40, 41, 45)] == [
        False,
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert bump(Fraction(3, 2)) == Fraction(-1, 40) and bump(Fraction(9, 2)) < -10


def test_shapes_of_small_networks():
    """thm-generalization-gadget: what d + 8 parameters can be spent on, and d + 7."""
    for d in range(6, 14):
        found = set(architectures(d, d + 8))
        assert found == {(), (1,), (1, 1), (1, 1, 1), (1, 2)}
        assert set(architectures(d, d + 7)) == found - {(1, 2)}
        assert dense_of_widths(d, (1, 2)) == d + 8


def test_two_units_rise_and_fall_once():
    """thm-generalization-gadget: slopes behind one unit change their sign at most once."""
    rng = np.random.default_rng(19)
    grid = np.arange(-60, 61) / 4
    for _ in range(3000):
        b0, b, v, w = (rng.integers(-6, 7, n) for n in (1, 2, 2, 2))
        t = np.maximum(grid + b0, 0)
        F = v @ np.maximum(np.outer(w, t) + 2 * b[:, None], 0)
        signs = np.sign(np.diff(F))
        signs = signs[signs != 0]
        assert (np.diff(signs) != 0).sum() <= 1


def test_a_memorizing_direction_satisfies_the_formula():
    """thm-generalization-gadget: only if, over all directions of a grid, for one bump along p."""
    rng = np.random.default_rng(20)
    values = [s * n for s in (1, -1) for n in (30, 32, 33)]
    u = np.array(list(product(values, repeat=6)))
    u = np.vstack([u, rng.integers(-33, 34, (20000, 6))])
    for clauses in (HALF, HALF[:29], HALF[::2], random_clauses(6, 12, rng)):
        world = formula_points(6, clauses)
        scaled = np.array([[int(60 * a) for a in x] for x, _ in world])
        y = np.array([label for _, label in world])
        p = u @ scaled.T
        high = np.where(y == 1, p, -(10**9)).max(axis=1)
        low = np.where(y == 1, p, 10**9).min(axis=1)
        clear = ((p > high[:, None]) | (p < low[:, None]) | (y == 1)).all(axis=1)
        s = np.sign(u)
        good = (np.abs(s @ np.array(clauses).T) < 6).all(axis=1) & (s != 0).all(axis=1)
        assert not (clear & ~good).any()
        assert clear.any() == (clauses != HALF)
        top = np.abs(u).max(axis=1)
        assert (11 * np.abs(u[clear]).min(axis=1) > 10 * top[clear]).all()


def test_from_three_literals_to_six():
    """thm-generalization-gadget: the eight clauses are equivalent to the one."""
    for s in product((1, -1), repeat=6):
        eight = [(1, 1, 1, *signs) for signs in product((1, -1), repeat=3)]
        assert satisfied(s, eight) == (abs(sum(s[:3])) < 3)


# Files


def test_files_that_end_with_their_first_bracket():
    """thm-generalization-occam: no such file begins another, and Kraft's sum is at most 1."""

    def complete(text):
        depth = 0
        for i, letter in enumerate(text):
            depth += {"[": 1, "]": -1}.get(letter, 0)
            if depth == 0:
                return i == len(text) - 1
        return False

    files = ["".join(t) for n in range(2, 9) for t in product("[]1,", repeat=n) if t[0] == "["]
    files = [text for text in files if complete(text)]
    assert len(files) > 500
    known = set(files)
    assert not any(text[:n] in known for text in files for n in range(1, len(text)))
    assert sum(Fraction(1, 4 ** len(text)) for text in files) <= 1
    assert sum(Fraction(1, 2 ** (8 * len(text))) for text in files) <= 1


def test_occam_by_exact_probabilities():
    """thm-generalization-occam: thresholds with self-delimiting codes, exact failures."""
    n, spoken = 400, 0
    for truth, N, eta in product((0, 3, 150, 399), (60, 300), (0.3, 0.05)):
        bits = [2 * (t + 1).bit_length() - 1 for t in range(n + 1)]
        assert sum(2.0**-b for b in bits) <= 1
        bound = [(b * math.log(2) + math.log(1 / eta)) / N for b in bits]
        spoken += min(bound) < 0.2
        bad = [t - truth for t in range(n + 1) if abs(t - truth) / n > bound[t]]
        sides = [min((abs(t) for t in bad if t * sign > 0), default=n + 1) / n for sign in (1, -1)]
        right, left, both = ((1 - min(q, 1)) ** N for q in (*sides, sum(sides)))
        assert right + left - both <= eta
    assert spoken
    assert abs(8 * (1000 / 8) * math.log(2) / 1000 - 0.69) < 0.005


def test_coins():
    """thm-generalization-coins: mean accuracy over all labellings is half of what is decided."""
    for answers in product((0, 1, None), repeat=4):
        right = [
            sum(a == y for a, y in zip(answers, labels, strict=True))
            for labels in product((0, 1), repeat=4)
        ]
        assert Fraction(sum(right), 16) == Fraction(sum(a is not None for a in answers), 2)


# Projections, spikes, the narrow max-net


def test_projections():
    """thm-generalization-projected: chances of a direction, and the network's answers."""
    rng = np.random.default_rng(22)
    for points, labels, asked in hostile(2, 23, 8, dims=(2, 3, 4)):
        N, d = len(points), len(points[0])
        r, w = 2 * N * N, 1 + int(rng.integers(0, d))
        tried = rng.integers(-r, r + 1, (400, d))
        keys = np.array(points) @ tried.T
        differ = np.array(labels)[:, None] != np.array(labels)
        bad = ((keys[:, None] == keys[None]) & differ[:, :, None]).any(axis=(0, 1))
        assert bad.mean() < 1 / 8 + 0.05
        good = tried[~bad][:w]
        rows = [tuple(map(int, u)) for u in good]
        seen = [tuple(inner(u, x) for u in rows) for x in points]
        behind = difference(max_net(seen, labels, 2))
        first = [dict(enumerate(sign * a for a in u)) for u in rows for sign in (1, -1)]
        first = [{k: a for k, a in form.items() if a} for form in first]
        value = [added((1, {2 * k: 1}), (-1, {2 * k + 1: 1})) for k in range(w)]
        second = [
            added(*((a, {None: 1} if k is None else value[k]) for k, a in form.items()))
            for form in behind.hidden[0]
        ]
        network = Network(d, [first, second, *behind.hidden[1:]], behind.out)
        assert len(first) == 2 * w and len(second) == len(set(seen))
        for z in asked + points:
            image = tuple(inner(u, z) for u in rows)
            want = class_distances(seen, labels, image, 2)
            assert evaluate(network, z) == [want[0] - want[1]]
        assert all(
            read_sign(evaluate(network, x)[0]) == y for x, y in zip(points, labels, strict=True)
        )
    for N in range(2, 50):
        assert Fraction(N * (N - 1), 2) / (4 * N * N + 1) < Fraction(1, 8)


def test_spikes():
    """thm-generalization-spike: exactly the keys at integers, near them elsewhere, counts."""
    rng, far, deep = np.random.default_rng(24), 0, 0
    for points, labels, _ in hostile(2, 25, 7, most=30):
        d, choice = len(points[0]), int(rng.integers(0, 2))
        chosen = [x for x, y in zip(points, labels, strict=True) if y == choice]
        others = [x for x, y in zip(points, labels, strict=True) if y != choice]
        low, high = min(map(min, points)), max(map(max, points))
        for reach in (2, 3, 9, 50, 2 * len(points) ** 2):
            u = tuple(map(int, rng.integers(-reach, reach + 1, d)))
            if not {inner(u, x) for x in chosen} & {inner(u, x) for x in others}:
                break
        else:
            continue
        network, (m, rho, g, T), keys, bias = spike(points, chosen, u)
        layers = T + g * (rho + 2)
        assert len(network.hidden) == layers and width(network) <= 6
        assert layers <= 2 * math.sqrt(m * (rho + 2)) + 1.25 * (rho + 2) + 1
        assert weights(network) <= d + 1 + 16 * layers
        deep += g > 1
        asked = [tuple(map(int, rng.integers(low, high + 1, d))) for _ in range(30)] + points
        for z in asked:
            assert (evaluate(network, z)[0] > 0) == (inner(u, z) + bias in keys)
        spread = high - low
        for _ in range(30):
            z = tuple(low + Fraction(int(rng.integers(0, 8 * spread + 1)), 8) for _ in range(d))
            near = min(abs(inner(u, z) + bias - key) for key in keys) < 1
            assert near or evaluate(network, z)[0] < 0
            far += not near
    assert far > 100


def test_spikes_with_long_blocks():
    """thm-generalization-spike: many keys on a line, every integer and every half of one."""
    rng = np.random.default_rng(26)
    for m in (1, 2, 30, 90):
        keys = sorted(map(int, rng.choice(200, m, replace=False)))
        points = [(0,), (199,), *((k,) for k in keys)]
        network, sizes, found, bias = spike(points, [(k,) for k in keys], (1,))
        assert bias == 0 and found == keys and sizes.rho == 8
        assert (sizes.g > 1) == (m >= 30)
        for z in range(200):
            assert (evaluate(network, (z,))[0] > 0) == (z in keys)
            half = z + Fraction(1, 3)
            near = z in keys or z + 1 in keys
            assert near or evaluate(network, (half,))[0] < 0
        assert dense(network) == spike_dense(1, m, 8)
        assert max(len(f) for layer in network.hidden for f in layer) <= 4
        assert max(sum(map(len, layer)) for layer in network.hidden[1:]) <= 16


def test_counts_of_the_spikes():
    """thm-generalization-spike: the bound on the layers for all m and rho."""
    for rho in range(1, 60):
        for m in [*range(1, 200), 999, 10**4, 10**6]:
            _, _, g, T = spike_sizes(m, rho)
            n = rho + 2
            assert T + g * n <= 2 * math.sqrt(m * n) + 1.25 * n + 1 + EPS
            assert abs(g - math.sqrt(m / n)) <= 0.5 + EPS or g == 1


def test_the_narrow_max_net():
    """thm-generalization-pipelined: answers, width and hidden layers."""
    rng = np.random.default_rng(27)
    for C in (2, 3, 4):
        for points, labels, asked in hostile(C, 28 + C, 8, dims=(1, 2, 5, 9, 13), most=40):
            network, least, b = pipelined(points, labels, C)
            N, d = len(set(points)), len(points[0])
            log = math.ceil(math.log2(b))
            assert width(network) <= d + 4 * b + log + 4 * C + 1
            assert len(network.hidden) <= N / (2 * b) + C + log + 2
            inside = [z for z in asked if min(z) >= least] + points
            inside += [tuple(least + int(v) for v in rng.integers(0, 400, d)) for _ in range(8)]
            for z in inside:
                away = class_distances(points, labels, z, C)
                out = evaluate(network, z)
                assert [a + v for a, v in zip(out, away, strict=True)] == [out[0] + away[0]] * C
                assert read_largest(out) == nearest(points, labels, z, C)


def narrow_dense(d, n):
    """The dense count of the narrow max-net for two classes of n points each."""
    rng = np.random.default_rng(d)
    points = [(k, *map(int, rng.integers(0, 9, d - 1))) for k in range(2 * n)]
    return dense(pipelined(points, [k // n for k in range(2 * n)], 2)[0])


def wide_dense(d, n):
    """The dense count of the max-net for two classes of n points each."""
    sizes, values = [d, 2 * n], n - 1
    while values > 1:
        sizes.append(2 * values + 2)
        values = -(-values // 2)
    return sum((a + 1) * b for a, b in pairwise([*sizes, 1]))


def test_where_narrow_is_smaller():
    """thm-generalization-pipelined: counted densely, from between N = 2d and N = 5d on."""
    for d in (32, 64):
        assert narrow_dense(d, d) > wide_dense(d, d)
        for N in (5 * d, 11 * d):
            assert narrow_dense(d, N // 2) < wide_dense(d, N // 2)
        N = 11 * d
        assert narrow_dense(d, N // 2) < wide_dense(d, N // 2) / 2
        N = 40 * d
        assert 6 < narrow_dense(d, N // 2) / (N * d) < 10


# Covers


def test_balls_of_the_lattice():
    """thm-generalization-balls: each nearby ball holds the ball of its centre and no other."""
    a = Fraction(1, 10)
    nearest_other = 1 - 2 * a
    assert nearest_other / Fraction(31, 10) > 2 * a
    assert Fraction(258, 1000) < nearest_other / Fraction(31, 10)
    assert math.sqrt(6) / 3.1 <= 0.791 < 0.8
    rng = np.random.default_rng(31)
    for d in (1, 2, 3):
        grid = np.array(list(product(range(3), repeat=d)))
        labels = grid.sum(axis=1) % 2
        v = rng.normal(size=(400, d))
        v *= (0.1 * rng.random(400) ** (1 / d) / np.linalg.norm(v, axis=1))[:, None]
        which = rng.integers(0, len(grid), 400)
        v = grid[which] + v
        away = np.linalg.norm(v[:, None] - grid[None], axis=2)
        other = np.where(labels[which][:, None] != labels, away, 99).min(axis=1)
        L = other - 0.1
        assert (L >= 0.8 - EPS).all() and (math.sqrt(6) >= L).all()
        own = away[np.arange(400), which]
        assert (own + 0.1 <= L / 3.1 + EPS).all()
        away[np.arange(400), which] = 99
        assert (away.min(axis=1) - 0.1 > L / 3.1).all()


# Every small memorizer


def binomial_below(N, q, t):
    """The probability of fewer than t successes."""
    return sum(math.comb(N, j) * q**j * (1 - q) ** (N - j) for j in range(math.ceil(t)))


def test_two_samples():
    """thm-generalization-smallest: half of the errors come with probability one half."""
    for eps in (0.1, 0.3, 0.8):
        N = math.ceil(8 / eps)
        for n in (N, 2 * N, 3 * N):
            for q in np.linspace(eps + 1e-6, 1, 30):
                below = binomial_below(n, float(q), n * q / 2)
                assert below <= 4 / (n * q) + EPS <= 0.5 + 2 * EPS


def test_exchanging_two_samples():
    """thm-generalization-smallest: all errors in the second half, over all coins."""
    rng, N = np.random.default_rng(32), 6
    for _ in range(200):
        errors = rng.random((2, N)) < 0.3
        r, falls = int(errors.sum()), 0
        for coins in product((0, 1), repeat=N):
            first = [errors[c, i] for i, c in enumerate(coins)]
            falls += not any(first)
        assert falls / 2**N <= 2.0**-r
        assert falls == 0 or (falls / 2**N == 2.0**-r and (errors.sum(axis=0) < 2).all())


def test_the_condition_on_samples():
    """thm-generalization-smallest: it is what the two bounds together ask for."""
    for P, eps, eta in product((5, 14, 40), (0.01, 0.2, 0.9), (0.01, 0.5)):
        N = 1
        while eps * N / 2 < patterns_bits(2 * N, P) + math.log2(2 / eta) or max(P, 8 / eps) > N:
            N = N + 1 if N < 100 else N + N // 100
        failure = 1 + patterns_bits(2 * N, P) - eps * N / 2
        assert failure <= math.log2(eta) + 1e-6


# Half-spaces


def test_lists_of_half_spaces():
    """thm-generalization-separable: on n points in general position the count is below Sauer's."""
    for d in range(1, 6):
        V = d + 1
        for n in range(V, 60):
            lists = 2 * sum(math.comb(n - 1, j) for j in range(d + 1))
            sauer = sum(math.comb(n, j) for j in range(V + 1))
            assert lists <= sauer <= (math.e * n / V) ** V
        assert 2 * sum(math.comb(V, j) for j in range(d + 1)) < 2 ** (V + 1)
    rng = np.random.default_rng(33)
    points = np.hstack([rng.normal(size=(7, 2)), np.ones((7, 1))])
    seen = {tuple(row) for row in rng.normal(size=(200000, 3)) @ points.T > 0}
    assert len(seen) <= 2 * sum(math.comb(6, j) for j in range(3))


def test_samples_of_half_spaces():
    """thm-generalization-separable: the printed number satisfies what the proof asks for."""
    for d, eps, eta in product((1, 2, 10, 500), (0.001, 0.1, 0.5, 0.99), (0.001, 0.5, 0.99)):
        V = d + 1
        N = math.ceil(8 / eps * (2 * V * math.log(16 * math.e / eps) + math.log(2 / eta)))
        assert eps * N / 4 >= V * math.log(2 * math.e * N / V) + math.log(2 / eta)
        assert 8 / eps <= N and 2 * N >= V
        assert 2.0 ** (-eps * N / 2) <= math.exp(-eps * N / 4)
        short = math.ceil(8 / eps * (V * math.log(16 / eps) + math.log(2 / eta)))
        assert short < N
        assert eps * short / 4 >= V * math.log(2 * math.e * short / V) + math.log(2 / eta)
        assert {w for w in ((), (1,), (2,)) if dense_of_widths(d, w) <= d + 1} == {()}


def test_half_spaces_on_a_line():
    """thm-generalization-separable: the worst memorizer of the theorem's samples, d = 1."""
    rng, eps, eta = np.random.default_rng(34), 0.2, 0.3
    N = math.ceil(8 / eps * (4 * math.log(16 * math.e / eps) + math.log(2 / eta)))
    for size in (N, 4):
        worst = []
        for _ in range(400):
            x = rng.random(size) + 1.1 * (rng.random(size) < 0.5)
            left, right = x[x < 1.05].max(initial=0), x[x > 1.05].min(initial=2.1)
            worst.append(max(1 - left, right - 1.1) / 2)
        assert (np.mean(np.array(worst) > eps) <= eta) == (size == N)


# Breaking the maximum


def test_broken_maxima():
    """thm-generalization-maxnet: without bases both rules go wrong below the data, bases do not."""

    def two(a, b):
        return max(a - b, 0) + max(b, 0)

    def three(a, b):
        return two(a, b) - max(-b, 0)

    def tree(values, rules):
        for rule in rules:
            values = [rule(a, b) for a, b in zip(values[::2], values[1::2], strict=True)]
        return values[0]

    for ones, zeros, rules, K in (
        ([0, 2], [1, 3], [two], 9),
        ([0, 2, 3, 4], [1, 5, 6, 7], [three, two], 49),
    ):
        points = [(x,) for x in ones + zeros]
        labels = [1] * len(ones) + [0] * len(zeros)
        network, wrong = difference(max_net(points, labels, 2)), []
        for z in range(-60, 20):
            s = [[2 * x * z - x * x + K for x in own] for own in (zeros, ones)]
            right = max(s[1]) - max(s[0])
            if (tree(s[1], rules) - tree(s[0], rules)) * right < 0:
                wrong.append(z)
            assert evaluate(network, (z,)) == [right]
        assert wrong and max(wrong) < 0


# Coins in balls


def test_coins_in_balls():
    """thm-generalization-needed: parts of unseen balls; a small error has probability one half."""
    rng = np.random.default_rng(35)
    for _ in range(60):
        n, k = int(rng.integers(1, 9)), 10
        said = rng.random((n, 3))
        f, g = said[:, 0] / said.sum(axis=1), said[:, 1] / said.sum(axis=1)
        eps = (n / 2 - 1e-6) / k
        good = sum(
            sum(1 - f[j] if y else f[j] + g[j] for j, y in enumerate(labels)) <= eps * k
            for labels in product((0, 1), repeat=n)
        )
        assert good <= 2**n / 2
