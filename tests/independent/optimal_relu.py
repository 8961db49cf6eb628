"""Second derivation of the chapter "Weights as files": the network of width 12, and counting.

A form is a dict from the name of a unit (or a coordinate) to its weight, the bias at the key None.
A network is a list of layers, a layer a dict from names to forms. Everything is a fraction.
"""

import math
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pytest

# The network, from the page


class Built(NamedTuple):
    """The layers, the places of label files as (layer, unit, source), and the numbers."""

    layers: list
    files: list
    keys: list
    z: list
    rho: int
    c: int
    n: int
    f: int


def spread(values):
    """The largest distance of two numbers in units of the smallest."""
    values = sorted(values)
    if len(values) == 1:
        return Fraction(0)
    return Fraction(values[-1] - values[0], min(b - a for a, b in pairwise(values)))


def key_bits(kappa):
    """The promised bits of a key."""
    return (math.floor(4 * kappa) + 1).bit_length()


def scale(values):
    """The power of two that makes the smallest distance at least 2 and less than 4."""
    if len(values) == 1:
        return Fraction(1)
    values = sorted(values)
    gap, by = min(b - a for a, b in pairwise(values)), Fraction(1)
    while gap * by >= 4:
        by /= 2
    while gap * by < 2:
        by *= 2
    return by


def build(points, labels, C, a, n, integers=False):
    """The network of width 12 with folders of n points; in integers, in units of 2^-f."""
    d, N = len(points[0]), len(points)
    raw = [sum(s * t for s, t in zip(a, x, strict=True)) for x in points]
    by = scale(raw)
    one = 1
    if integers:
        assert by <= 2
        one, by = (1, by) if by > 1 else (int(1 / by), Fraction(1))  # 2^f, and a doubled if g = 1
    low = min(raw)
    z = [(by * (value - low) + one) / Fraction(one) for value in raw]
    order = sorted(range(N), key=z.__getitem__)
    keys = [math.floor(value) for value in z]
    rho, c = key_bits(spread(raw)), max(1, (C - 1).bit_length())
    assert max(keys) < 2**rho
    layers, files = [{"z": {k: by * a[k] for k in range(d)} | {None: one - by * low}}], []

    def layer(**forms):
        layers.append({k: {u: w for u, w in form.items() if w} for k, form in forms.items()})

    def same(*names):
        return {name: {name: 1} for name in names}

    held = ("U", "V")
    for j in range(0, N, n):
        folder = order[j : j + n]
        p, q = keys[folder[0]], keys[folder[-1]]
        u = w = 0
        for i in folder + [None] * (n - len(folder)):
            u = u << rho | (0 if i is None else keys[i])
            w = w << c | (0 if i is None else labels[i])
        before = {name: {name: 1} if j else {} for name in held}
        layer(
            z={"z": 1},
            **before,
            q1={"z": -2, None: 2 * p * one},
            q2={"z": 2, None: -2 * (q + 1) * one},
        )
        layer(**same("z", *held), t={None: one, "q1": -1, "q2": -1})
        layer(z={"z": 1}, U={"U": 1, "t": u}, V={"V": 1, "t": w})
        files.append((len(layers) - 1, "V", "t"))
    layer(
        z={"z": 1},
        y={},
        v1={"U": 4, None: one},
        v2={"U": 4, None: 2 * one},
        w1={"V": 4, None: one},
        w2={"V": 4, None: 2 * one},
    )
    m, read, gate = max(rho, c), {"v": 0, "w": 0}, {}
    long = {"v": rho, "w": c}
    total = {"v": n * rho, "w": n * c}
    for _ in range(n):
        bit = {"v": {}, "w": {}}  # how the bit before joins its sum
        for k in range(m):
            first = {"z": {"z": 1}, "y": {"y": 1} | gate}
            second, third, gate = same("z", "y"), same("z", "y"), {}
            for s in "vw":
                sum_ = "sum" + s
                first[sum_] = ({sum_: 1} if k else {}) | bit[s]
                bit[s] = {}
                second |= same(sum_)
                third |= same(sum_)
                if k >= long[s]:
                    for one_layer in (first, second, third):
                        one_layer |= same(s + "1", s + "2")
                    continue
                h = 2 ** (total[s] + 1 - read[s]) * one
                read[s] += 1
                for v in (s + "1", s + "2"):
                    first |= {v: {v: 1}, "beyond" + v: {v: 1, None: -h}}
                    second[v] = {v: 1, "beyond" + v: -2}
                    third |= same(v)
                third["bit" + s] = {s + "1": 1, s + "2": -1}
                bit[s] = {"bit" + s: 2 ** (long[s] - 1 - k)}
            for forms in (first, second, third):
                layer(**forms)
        kept = same("v1", "v2", "w1", "w2", "z", "y")
        double = {u: 2 * w for u, w in ({"sumv": 1} | bit["v"]).items()}
        layer(
            **kept,
            label={"sumw": 1} | bit["w"],
            q1=double | {"z": -2},
            q2={"z": 2, None: -2 * one} | {u: -w for u, w in double.items()},
        )
        layer(**kept, gate={"label": 1, "q1": -(2**c), "q2": -(2**c)})
        gate = {"gate": 1}
    layer(output={"y": 1} | gate)
    return Built(layers, files, keys, z, rho, c, n, one.bit_length() - 1)


def run(built, x):
    """The output at a point; the last layer is affine. What is only passed on is never negative."""
    values = dict(enumerate(x))
    for depth, layer in enumerate(built.layers, 1):
        new = {}
        for name, form in layer.items():
            value = sum((w if u is None else w * values[u]) for u, w in form.items())
            if len(form) == 1 and depth > 1 and depth < len(built.layers):
                assert value >= 0
            new[name] = value if depth == len(built.layers) else max(value, 0)
        values = new
    return values["output"]


def check(built, N, d, integers=False):
    """All that the theorem and the proposition on size say of numbers."""
    n, m, N1 = built.n, max(built.rho, built.c), -(-N // built.n)
    assert len(built.layers) == 3 * N1 + n * (3 * m + 2) + 3
    assert max(map(len, built.layers)) == 12
    count = sum(bool(w) for layer in built.layers for form in layer.values() for w in form.values())
    least = d + 12 + 18 * N1 + n * (34 * m + 9 * min(built.rho, built.c) + 24)
    assert count <= least <= d + 12 + 18 * N1 + n * (43 * m + 24)
    assert least - count <= 2 * d + 6 * N1 + n * 12 + 40  # the count is no guess
    numbers = [w for layer in built.layers[1:] for form in layer.values() for w in form.values()]
    assert all(type(w) is int for w in numbers)
    assert max(abs(w).bit_length() for w in numbers) == built.f + n * m + 2
    assert len(built.files) == N1
    assert all(0 <= built.layers[i][u].get(t, 0) < 2 ** (n * built.c) for i, u, t in built.files)


def rationals(rng, N, d, q=63):
    """Different points with odd denominators: on no grid of powers of two."""
    seen = set()
    while len(seen) < N:
        seen.add(tuple(Fraction(int(v), q) for v in rng.integers(-500, 500, d)))
    return sorted(seen, key=lambda _: rng.random())


def direction(rng, points, q=45):
    """A rational direction, the best of three, that keeps the points apart."""
    best = None
    while best is None or best[0] > 1000 * len(points) ** 2:
        for _ in range(3):
            a = [Fraction(int(v) or 1, q) for v in rng.integers(-400, 400, len(points[0]))]
            raw = [sum(s * t for s, t in zip(a, x, strict=True)) for x in points]
            if len(set(raw)) == len(points):
                best = min(best or (math.inf, a), (spread(raw), a))
    return best[1]


CASES = [
    (1, 1, 1, 2),
    (1, 2, 3, 5),
    (7, 2, 3, 2),
    (8, 1, 2, 3),
    (9, 3, 4, 9),
    (5, 2, 1, 2),
    (6, 2, 8, 2),
    (12, 3, 5, 17),
    (4, 2, 2, 2**20),
]


@pytest.mark.proves("thm-optimal_relu-paper")
@pytest.mark.parametrize("N, d, n, C", CASES)
def test_real_points(N, d, n, C):
    """Real points: right, of the promised size, and only the label files know the labels."""
    rng = np.random.default_rng(N * 100 + n)
    points = rationals(rng, N, d)
    a = direction(rng, points)
    labels = [int(v) for v in rng.integers(0, C, N)]
    built = build(points, labels, C, a, n)
    check(built, N, d)
    assert [run(built, x) for x in points] == labels
    other = [C - 1 - y for y in labels]
    flipped = build(points, other, C, a, n)
    assert [run(flipped, x) for x in points] == other
    assert [list(layer) for layer in flipped.layers] == [list(layer) for layer in built.layers]
    changed = {
        (i, unit, source)
        for i, (one, two) in enumerate(zip(built.layers, flipped.layers, strict=True))
        for unit in one
        for source in one[unit].keys() | two[unit].keys()
        if one[unit].get(source, 0) != two[unit].get(source, 0)
    }
    assert changed <= set(built.files)
    assert N == 1 or any(z.denominator & (z.denominator - 1) for z in built.z)  # on no grid


@pytest.mark.proves("thm-optimal_relu-paper")
@pytest.mark.parametrize(
    "N, d, n, C, by",
    [(7, 2, 3, 2, 1), (6, 2, 2, 5, 64), (9, 1, 4, 3, 1000), (1, 2, 2, 2, 1), (3, 1, 2, 2, 0)],
)
def test_integers(N, d, n, C, by):
    """On a grid: integers alone, 2^f y at the points, f from the smallest gap, a doubled if 1."""
    rng = np.random.default_rng(N + by)
    if by:
        points = [tuple(by * int(v) for v in row) for row in rng.choice(400, (N, d), replace=False)]
        a = [int(v) for v in rng.integers(50, 400, d)]
    else:
        points, a = [(-1,), (0,), (1,)], [1]
    raw = [sum(s * t for s, t in zip(a, x, strict=True)) for x in points]
    assert len(set(raw)) == N
    labels = [int(v) for v in rng.integers(0, C, N)]
    built = build(points, labels, C, a, n, integers=True)
    g = min((abs(p - q) for k, p in enumerate(raw) for q in raw[:k]), default=1)
    assert built.f == max(0, g.bit_length() - 2)
    assert all(w == int(w) for w in built.layers[0]["z"].values())
    check(built, N, d, integers=True)
    assert [run(built, x) for x in points] == [y * 2**built.f for y in labels]
    if not by:  # the page's bound of f fails here by one, before a is doubled
        assert built.f == 0 > math.log2(1 * 1 / (N - 1))


@pytest.mark.proves("thm-optimal_relu-intervals", "thm-optimal_relu-folder")
def test_intervals():
    """The label on all of [key, key + 1], and the filled-up folder needs its last real key."""
    rng = np.random.default_rng(5)
    points = rationals(rng, 7, 1)
    labels = [1, 2, 1, 2, 2, 1, 1]
    built = build(points, labels, 3, [Fraction(1)], 3)
    form = built.layers[0]["z"]
    for key, label in zip(built.keys, labels, strict=True):
        for k in range(9):
            x = (key + Fraction(k, 8) - form[None]) / form[0]
            assert run(built, (x,)) == label
    # a careless reading of "its last key": 0 in the last folder, which shuts its gate
    layer = max(i for i, layer in enumerate(built.layers) if "t" in layer) - 1
    built.layers[layer]["q2"][None] = -2
    assert [run(built, x) for x in points] != labels


@pytest.mark.proves("thm-optimal_relu-reading")
def test_reading():
    """Folds of 4U + 1 and 4U + 2, in units of 2^-f."""
    for length, f in product(range(1, 8), (0, 3)):
        for U in range(2**length):
            v, w = ((4 * U + k) << f for k in (1, 2))
            for i in range(length):
                h = 2 ** (length + 1 - i + f)
                v, w = (max(t, 0) - 2 * max(t - h, 0) for t in (v, w))
                assert max(v - w, 0) == (U >> (length - 1 - i) & 1) << f


def test_gate_by_hand():
    """The gate of ``thm-optimal_relu-intervals`` by hand: shut a quarter of a key away."""
    for factor, shut in ((2, Fraction(1, 4)), (1, Fraction(1, 2))):

        def gate(x, factor=factor):
            off = max(factor * (5 - x), 0) + max(factor * (x - 6), 0)
            return max(1 - 2 * off, 0)

        assert gate(6 + shut) == gate(5 - shut) == 0
        assert gate(6 + shut - Fraction(1, 100)) > 0 < gate(5 - shut + Fraction(1, 100))


@pytest.mark.proves("thm-optimal_relu-paper", "thm-optimal_relu-size")
def test_best_folders():
    """The closed form of the depth."""
    for N, m in product([*range(1, 40), 100, 999, 10**5], range(1, 40)):
        sigma = 3 * m + 2
        n = math.ceil(math.sqrt(3 * N / sigma))
        most = 2 * math.sqrt(3 * N * sigma) + 3 * m + 8
        assert 3 * -(-N // n) + n * sigma + 3 <= most + 1e-9


# The direction


@pytest.mark.proves("thm-optimal_relu-projection")
def test_direction():
    """At least every second draw keeps its promise, rounded too; so do the constants."""
    for d in range(2, 300):
        for N in (2, 3, 10):
            t, eta = math.sqrt(math.pi / 2 / d) / N**2, math.sqrt(d) / (2 * N**2 * d**1.5)
            each = math.sqrt(2 / math.pi) * (t * math.sqrt(d - 1) + (1 + t) * eta) / (1 - t)
            assert t < 0.222 and d * t * t < 1 and N * (N - 1) / 2 * each < 0.5
    ratio = 10 * math.sqrt(math.pi) / (4 * math.sqrt(2 / math.pi))
    assert math.isclose(ratio, 5 * math.pi / (2 * math.sqrt(2)))
    rng = np.random.default_rng(6)
    for N, d in ((2, 2), (5, 3), (20, 10)):
        good, x = 0, rng.standard_normal((N, d))
        x /= np.linalg.norm(x, axis=1).max()
        delta = min(np.linalg.norm(p - q) for k, p in enumerate(x) for q in x[:k])
        b = math.ceil(math.log2(N**2 * d**1.5))
        for g in np.rint(rng.standard_normal((400, d)) * 2**b):
            z = np.sort(x @ g)
            gap = np.diff(z).min()
            good += gap > 0 and (z[-1] - z[0]) / gap <= (
                2 * N**2 / delta * math.sqrt(2 * d / math.pi)
            )
        assert good >= 200


# Counting


@pytest.mark.proves("thm-optimal_relu-precision", "thm-foundations-counting")
def test_equality():
    """The label files tell 2^N labellings apart with N bits, by n | N, and no fewer do."""
    for N, n in ((6, 3), (8, 2), (9, 3), (7, 3)):
        seen = set()
        for labels in product((0, 1), repeat=N):
            padded = labels + (0,) * (-N % n)
            seen.add(tuple(int("".join(map(str, padded[j : j + n])), 2) for j in range(0, N, n)))
        W = -(-N // n)
        assert len(seen) == 2**N <= 2 ** (W * n)
        assert (len(seen) == 2 ** (W * n)) == (N % n == 0)
        assert W * (n + 1) > N
    # with signs, a weight of one bit tells more than one bit: total bits may be below N
    assert 3**19 > 2**30


@pytest.mark.proves("thm-foundations-any-wiring")
def test_any_wiring():
    """Constants, the tangent, and a network of one weight in a huge dimension."""
    assert 8 / math.log(2) < 12 and 2 / math.log(2) < 3
    for W, L, d in product((1, 2, 3, 10, 100, 1000), (1, 2, 3, 10, 1000), (1, 10, 10**6)):
        if L > W:
            continue
        A = W * math.log2(W * (W + d))
        most = 2 * W * L * math.log2(12 * W * L * L) + 2 * A
        N = max(math.ceil(most), 1)  # the next integer is excluded by the count of labellings
        assert A + W * L * math.log2(4 * math.e * L * (N + 1)) < N + 1 and most > W
        most = 2 * W * math.log2(3 * W) + 2 * A
        N = math.ceil(most)
        assert A + W * math.log2(math.e * (N + 1)) < N + 1
    for N in range(1, 9):
        # coordinate j of point i is bit i of j: one weight, chosen by the labels, gives them all
        d = 2**N
        points = [[j >> i & 1 for j in range(d)] for i in range(N)]
        assert len({tuple(x[j] for x in points) for j in range(d)}) == 2**N
        assert 2 * math.log2(12) + 2 * math.log2(1 + d) >= N


@pytest.mark.proves("thm-foundations-any-wiring")
def test_any_wiring_smallest():
    """One or two weights on a line: all wirings of ReLU units, labels by [output >= 1/2]."""
    points, seen = range(-4, 5), {1: set(), 2: set()}
    values = [Fraction(k, 8) for k in range(-24, 25) if k]

    def label(f):
        return tuple(int(f(x) >= Fraction(1, 2)) for x in points)

    for p in values:
        seen[1] |= {label(lambda x, p=p: p * x), label(lambda x, p=p: p)}
        for q in values:
            seen[2] |= {
                label(lambda x, p=p, q=q: p * x + q),
                label(lambda x, p=p, q=q: q * max(p * x, 0)),
            }
    for W, found in seen.items():
        for N in range(1, 10):
            part = {one[:N] for one in found}
            bound = 2 * W * W * math.log2(12 * W**3) + 2 * W * math.log2(W * (W + 1))
            assert len(part) < 2**N or bound >= N


@pytest.mark.proves("thm-optimal_relu-parallel", "thm-optimal_relu-short")
def test_trades():
    """Depth L and bits B: the arithmetic of both trades, over many numbers."""
    rng = np.random.default_rng(8)
    for _ in range(4000):
        N = int(2 ** rng.uniform(1, 24))
        logQ = rng.uniform(math.log2(N), 2 * math.log2(N) + 6)
        logS, c = logQ + rng.uniform(0, 40) * rng.integers(0, 2), int(rng.integers(1, 12))
        rho = math.ceil(math.log2(1 + 2**logQ / N))
        rho0, sigma = max(1, math.ceil(logQ), rho), rho + c
        K, E = math.ceil(logS - logQ), 2 * N - 1
        L = math.ceil(2 * logS + 2 * c + 10 + rng.exponential(math.sqrt(N * sigma)))
        lam = K + rho0 + c + 2
        h = (L - lam) // 2
        n = 1 + h // sigma
        N1 = -(-E // n)
        G = -(-N1 // h)
        T, J = rho0 + c + (n - 1) * sigma, -(-N1 // G)
        assert K + J + T + 2 <= L
        assert 224 * N * sigma / L**2 + 14 >= 7 * G
        B = max(2 * (rho0 + 2 * c), math.floor(logS) + 1) + int(rng.exponential(math.sqrt(N)))
        n = 1 + (B - rho0 - 2 * c) // sigma
        N1 = -(-E // n)
        T = rho0 + c + (n - 1) * sigma
        depth = 2 + 2 * K + 2 * (N1 - 1) + 2 * (rho0 + (n - 1) * rho) + 6 * n * c
        assert T + c <= B and depth <= 8 * N * sigma / B + 6 * B + 2 * logS + 2
        assert (6 + 5.5 * (depth - 2)) * B <= 44 * N * sigma + 50 * B * B


def rounds(keys, labels, c, P, rng):
    """The rounds of the page: (first keys of folders, files, cells, alpha, alpha')."""
    waiting, found = dict(zip(keys, labels, strict=True)), []
    while waiting:
        N = len(waiting)
        n = math.ceil(math.sqrt(N / (2 + 2 * c)))
        shelf = [sorted(waiting)[i : i + n] for i in range(0, N, n)]
        while True:
            alpha, shift = int(rng.integers(1, P)), int(rng.integers(0, P))
            files, left = [], {}
            for folder in shelf:
                cells = [[] for _ in range(2 * n)]
                for x in folder:
                    cells[(alpha * x + shift) % P % (2 * n)].append(x)
                texts = [f"1{waiting[own[0]]:0{c}b}" if len(own) == 1 else "0" * (1 + c)
                         for own in cells]  # fmt: skip
                files.append(int("".join(texts), 2))
                left |= {x: waiting[x] for own in cells if len(own) > 1 for x in own}
            if 2 * len(left) <= N:
                break
        found.append(([folder[0] for folder in shelf], files, 2 * n, alpha, shift))
        waiting = left
    return found


def answer(found, x, c, P):
    """What the network says at a key, neuron by neuron, and its layers behind the reduction."""

    def relu(z):
        return max(z, 0)

    def test(v, T):
        return relu(v - T + 1) - relu(v - T)

    y, layers, D = 0, 0, 2 * P * P
    for starts, files, m, alpha, shift in found:
        U = files[0]
        for start, (before, after) in zip(starts[1:], pairwise(files), strict=True):
            U, layers = U + (after - before) * test(x, start), layers + 1
        r = alpha * x + shift
        for modulus, steps in ((P, math.log2(P)), (m, math.log2(P / m))):
            for k in reversed(range(math.ceil(steps))):
                r, layers = r - modulus * 2**k * test(r, modulus * 2**k), layers + 1
        T = 2 ** (m * (1 + c))
        for t in range(m):
            for b in (None, *reversed(range(c))):
                T //= 2
                bit = test(U, T)
                gate = relu(bit - relu(r - t) - relu(t - r))
                U, layers = U - T * bit, layers + 1
                x, y = (x + D * gate, y) if b is None else (x, y + 2**b * gate)
        assert U == 0
        layers += 1
    return y, layers


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("c", [1, 2, 5])
@pytest.mark.parametrize("N", [1, 2, 3, 4, 5, 9, 16, 40, 100])
def test_rounds(N, c):
    """Every key is answered once, and the layers are as few as promised."""
    rng = np.random.default_rng(10 * N + c)
    for Q in (N, 3 * N, 7 * N * N):
        keys = sorted(rng.choice(Q, N, replace=False).tolist())
        labels = rng.integers(0, 2**c, N).tolist()
        P = max(Q, 2 * math.ceil(math.sqrt(N / (2 + 2 * c))))
        while any(P % k == 0 for k in range(2, math.isqrt(P) + 1)):
            P += 1
        found = rounds(keys, labels, c, P, rng)
        assert len(found) <= math.floor(math.log2(N)) + 1
        most = (4 + 4 * math.sqrt(2)) * math.sqrt((1 + c) * N)
        most += (math.floor(math.log2(N)) + 1) * (2 * (1 + c) + 2 * math.log2(P) + 3)
        for x, label in zip(keys, labels, strict=True):
            y, layers = answer(found, x, c, P)
            assert y == label and layers <= most
