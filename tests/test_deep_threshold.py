"""The constructions of chapter ``deep_threshold``: right on every point, as large as stated."""

import math
from dataclasses import astuple
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import deep_threshold as dt
from mem_lib.data import hostile
from mem_lib.deep_threshold import compressing, keys, table
from mem_lib.deep_threshold.first_layer import KINDS
from mem_lib.deep_threshold.parity import parities, trees
from mem_lib.exact import reference

#: The constructions with a table; the staircase has tests of its own.
TABLED = ("hash", "shallow", "parity")
XOR = ml.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
BALL = ml.data.ball(N=60, d=3, margin=0.2, seed=1)


# -- the table -------------------------------------------------------------------------------------


@st.composite
def tabled(draw):
    """(values, labels, top): different values in any order, or equal ones of one label."""
    top = draw(st.integers(0, 60))
    values = draw(st.lists(st.integers(0, top), min_size=1, max_size=40))
    classes = draw(st.integers(1, 7))
    of = {v: draw(st.integers(0, classes - 1)) for v in sorted(set(values))}
    return values, [of[v] for v in values], top


def label_at(v, values, labels):
    """By the definition: the label of the largest value up to v, or of the smallest of all."""
    below = [x for x in values if x <= v] or [min(values)]
    return labels[values.index(max(below))]


def changes(values, labels):
    ordered = [y for _, y in sorted(zip(values, labels, strict=True))]
    return sum(a != b for a, b in pairwise(ordered))


@pytest.mark.proves("thm-deep_threshold-table")
@settings(max_examples=200, deadline=None)
@given(tabled())
def test_the_table_is_right_at_every_integer(case):
    values, labels, top = case
    network = dt.table_network(values, labels, top=top)
    points = dt.bits_of(range(top + 1), network.inputs)
    answers = [reference.evaluate(network, row.tolist())[0] for row in points]
    assert answers == [label_at(v, values, labels) for v in range(top + 1)]


@pytest.mark.proves("thm-deep_threshold-table")
@settings(max_examples=200, deadline=None)
@given(tabled())
def test_rows_and_columns_are_as_many_as_stated(case):
    values, labels, top = case
    found = dt.Table.of(values, labels, top)
    B, q = changes(values, labels), max(1, max(labels).bit_length())
    S = min(s for s in range(B + 1) if q * s * s >= B)
    assert found.breaks == B and found.rows == (-(-B // S) if B else 0)
    assert all(len(tau) <= max(S, 1) for tau in found.thresholds) and len(found.thresholds) == q
    assert (found.rows + q * S - q - 1) ** 2 <= 4 * q * B or found.rows + q * S <= q + 1
    for tau in found.thresholds:
        steps = np.diff(tau, axis=1)
        assert (steps >= 0).all() and (np.diff(tau, axis=0) >= 0).all()
        assert (tau[:, 0] + steps.sum(axis=1) <= top + 1).all()
    if B:
        network = dt.table_network(values, labels, top=top)
        assert network.size.neurons == network.inputs + found.rows + found.columns
        entries = [np.abs(a).max() for layer in network.layers for a in (layer.entries, layer.bias)]
        assert max(entries) <= max(2 * (top + 1), 1 << q)


def test_gates_double_when_points_quadruple():
    def gates(N):
        found = dt.Table.of(np.arange(N), np.arange(N) % 2)
        return found.rows + found.columns

    assert gates(10_000) == 200
    assert gates(40_000) == 400


@pytest.mark.parametrize("q", [1, 2, 5])
def test_columns_are_the_least_number_also_where_roots_of_floats_are_not(q):
    for s in (10**8, 10**8 + 1, 94_906_267, 3 * 10**9):
        for B in (q * s * s, q * s * s + 1):
            G, S = table.rows_and_columns(B, q)
            assert q * S * S >= B > q * (S - 1) ** 2 and (G - 1) * S < B <= G * S


def test_values_beyond_machine_integers():
    values = [2**200 + 3, 0, 2**80, 2**200 + 4, 2**80 + 1]
    labels = [1, 4, 0, 2, 4]
    network = dt.table_network(values, labels)
    found = dt.Table.of(values, labels)
    assert found.starts.dtype == object and found.thresholds[0].dtype == object
    points = dt.bits_of(np.array(values, dtype=object), 201)
    assert ml.predict(network, points).tolist() == labels
    assert network.size.bits == (2 * (2**200 + 5)).bit_length()


def test_one_label_is_a_constant():
    network = dt.table_network([4, 9, 9], [3, 3, 3])
    assert network.depth == 1 and ml.predict(network, dt.bits_of([0, 15], 4)).tolist() == [3, 3]
    assert dt.Table.of([4, 9], [3, 3]).rows == 0


@pytest.mark.parametrize(
    ("values", "labels", "top", "error", "message"),
    [
        ([1, 5, 5], [0, 1, 0], None, ml.InvalidArgument, "values: entries 1 and 2 are both 5"),
        ([1, 5], [0, 1], 4, ml.InvalidArgument, "top: a whole number >= 5 is needed, got 4"),
        ([1, 5], [0, 1, 1], None, ml.InvalidDataset, "labels: one for each of 2 values, got 3"),
        ([1, -5], [0, 1], None, ml.InvalidDataset, "values: a list of integers >= 0"),
        ([1, 5], [0, -1], None, ml.InvalidDataset, "labels: a list of integers >= 0"),
        ([1.5, 5], [0, 1], None, ml.InvalidDataset, "values: a list of integers >= 0"),
        ([], [], None, ml.InvalidDataset, "values: a list of integers >= 0"),
        ([[1]], [0], None, ml.InvalidDataset, "values: a list of integers >= 0"),
        ("abc", [0], None, ml.InvalidDataset, "values"),
    ],
)
def test_what_is_no_table(values, labels, top, error, message):
    with pytest.raises(error, match=message):
        dt.table_network(values, labels, top=top)


def test_bits_that_do_not_suffice():
    assert dt.bits_of([5, 0], 4).tolist() == [[0, 1, 0, 1], [0, 0, 0, 0]]
    with pytest.raises(ml.InvalidArgument, match="K: 8 has more than 3 bits"):
        dt.bits_of([8], 3)
    with pytest.raises(ml.InvalidArgument, match="K: a whole number >= 1"):
        dt.bits_of([0], 0)


# -- keys ------------------------------------------------------------------------------------------


class Given:
    """A generator that draws what it is given."""

    def __init__(self, *arrays):
        self.arrays = list(arrays)

    def integers(self, low, high, size):
        found = np.array(self.arrays.pop(0))
        assert (found >= low).all() and (found < high).all() and found.size == np.prod(size)
        return found

    def spawn(self, n):
        return [self] * n


@pytest.mark.proves("thm-deep_threshold-hash")
def test_a_hash_that_brings_labels_together_is_drawn_again():
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.uint8)
    key, draws = keys.hashed(codes, XOR.labels, Given([0, 7], [3, 0], [3, 5]))
    assert draws == 3 and key.values.tolist() == [0, 5, 3, 8] and key.top == 8
    key, draws = keys.hashed(codes, XOR.labels, Given([3, 3]))  # equal keys of equal labels
    assert draws == 1 and key.values.tolist() == [0, 3, 3, 6]


@pytest.mark.parametrize("cls", [dt.Hash, dt.Shallow, dt.Parity])
def test_codes_that_are_equal_are_never_told_apart(cls):
    codes = np.array([[0, 1], [1, 1], [0, 1]], dtype=np.uint8)
    with pytest.raises(ml.ConstructionFailed, match=r"rows 0 \(label 0\) and [12] \(label 1\)"):
        cls().compress(codes, np.array([0, 1, 1]), np.random.default_rng(0))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_sums_are_exact_beyond_machine_integers(weights, seed):
    codes = np.random.default_rng(seed).integers(0, 2, (6, len(weights)), dtype=np.uint8)
    big = np.array(weights, dtype=object)
    found = keys.sums(codes, big)
    assert (found.dtype == object) == (sum(weights) >= 2**62)
    assert found.tolist() == [
        sum(w for w, bit in zip(weights, row, strict=True) if bit) for row in codes.tolist()
    ]


@pytest.mark.proves("thm-deep_threshold-hash")
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_hash_comes_apart_into_its_bits(m, seed):
    """On every code, also those that no point has."""
    rng = np.random.default_rng(seed)
    codes = np.array(list(product([0, 1], repeat=m)), dtype=np.uint8)
    found = dt.Hash().compress(codes, np.arange(len(codes)), rng)
    K = found.key.top.bit_length()
    assert [layer.units for layer in found.layers] == [m + k for k in range(1, K)] + [K]
    for code, value in zip(codes.tolist(), found.key.values.tolist(), strict=True):
        assert run(found.layers, code) == [value >> k & 1 for k in reversed(range(K))]


@pytest.mark.proves("thm-deep_threshold-parity")
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 4), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_trees_compute_parities(m, k, f, seed):
    """On every code, with rows of no, one and many units; gates and layers as stated."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, 2, (k, m))
    layers, bits = trees(chosen, f)
    ones = chosen.sum(axis=1).tolist()
    L = max(depth_of(n, f) for n in ones)
    assert len(layers) == L
    for level, layer in enumerate(layers):
        assert layer.units == sum(-(-n // f**level) for n in ones)
        assert set(np.unique(layer.entries).tolist()) <= {-2, 0, 2}
    for code in product([0, 1], repeat=m):
        units = run(layers, list(code))
        read = [sum(w * units[j] for j, w in bits.row(r)) for r in range(k)]
        assert read == [int(row @ code) % 2 for row in chosen]


def depth_of(n, f):
    """The levels of a tree of n leaves."""
    return 0 if n <= 1 else 1 + depth_of(-(-n // f), f)


def run(layers, units):
    """Threshold layers by their definition."""
    for layer in layers:
        units = [
            int(bias + sum(w * units[j] for j, w in terms) >= 0) for bias, terms in layer.rows()
        ]
    return units


def test_as_many_parities_as_twice_the_pairs_need():
    assert [parities(D) for D in (1, 2, 3, 4, 5, 2**40, 2**40 + 1)] == [1, 2, 3, 3, 4, 41, 42]


# -- whole networks, by hand -----------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-main")
@pytest.mark.parametrize(
    ("construction", "draws", "widths", "nonzero", "top", "thresholds"),
    [
        (dt.Shallow(), [3, 5], [2, 3, 2], 13, 8, ([3, 3], [3, 8])),
        (dt.Hash(), [3, 5], [2, 3, 4, 5, 4, 5, 2], 47, 8, ([3, 3], [3, 8])),
        (dt.Parity(), [[1, 0], [0, 1], [1, 1]], [2, 4, 4, 1], 20, 7, ([5, 5],)),
    ],
)
def test_exclusive_or(monkeypatch, construction, draws, widths, nonzero, top, thresholds):
    """Rows [x1 >= 1] and [x2 >= 1], and keys as in the book."""
    layer = ml.Layer([[2, 0], [0, 2]], [-1, -1], "threshold", stage="hyperplanes")
    first = dt.FirstLayer(layer, XOR.points.astype(np.uint8), 0)
    monkeypatch.setattr(compressing, "separating_layer", lambda *_, **__: first)
    plan = construction.plan(XOR, np.random.default_rng(0))
    plan = dt.DeepPlan(XOR, "greedy", 2, plan.size, Given(draws))
    network = construction.network(plan, None)
    assert [layer.units for layer in network.layers] == [*widths, 1]
    assert network.size.weights == nonzero + sum(widths)  # a threshold with every gate
    assert network.about["top"] == top
    columns = network.layers[-2]
    found = []
    for bias, terms in columns.rows():
        steps = [-w // 2 for _, w in terms if w < 0] or [0]
        found.append([(1 - bias) // 2, (1 - bias) // 2 + steps[0]])
    assert tuple(found) == thresholds
    assert ml.verify(network, XOR).ok and ml.verify(network, XOR).ties == 0


# -- whole networks, drawn -------------------------------------------------------------------------

CONSTRUCTIONS = st.one_of(
    st.builds(dt.Hash, st.sampled_from(KINDS)),
    st.builds(dt.Shallow, st.sampled_from(KINDS)),
    st.builds(dt.Parity, st.sampled_from(KINDS), fan_in=st.integers(2, 5)),
)


@st.composite
def lattices(draw):
    """Points of a small lattice, repeated ones among them, or all on one line."""
    d = draw(st.integers(1, 5))
    side = draw(st.integers(1, 6))
    classes = draw(st.integers(2, 7))
    if draw(st.booleans()):
        row = st.lists(st.integers(0, side), min_size=d, max_size=d).map(tuple)
    else:
        step = draw(st.lists(st.integers(-3, 3), min_size=d, max_size=d))
        row = st.integers(0, 3 * side).map(lambda t: tuple(5 + t * s for s in step))
    rows = draw(st.lists(row, min_size=1, max_size=16))
    of = {point: draw(st.integers(0, classes - 1)) for point in sorted(set(rows))}
    return ml.Dataset(rows, [of[point] for point in rows], classes=classes)


def formulas(network, construction):
    """(depth, gates, most weights with thresholds) from m, G, the columns and q, as in the book."""
    about = network.about
    m, G, S, d = about["hyperplanes"], about["rows"], about["columns"], network.inputs
    q = max(1, (about["classes"] - 1).bit_length())
    between = q * (about["breaks"] + S)
    if construction.variant == "shallow":
        depth, gates, k, fan, inner = 4, 2 * m + G + S, m, 1, 0
    elif construction.variant == "hash":
        k, fan = int(about["top"]).bit_length(), 1
        depth, gates = k + 4, m + (k - 1) * m + k * (k + 1) // 2 + k + G + S
        inner = (2 * k - 1) * m + k * (k - 1)
    else:
        k, f = (int(about["top"]) + 1).bit_length() - 1, construction.fan_in
        inside = [layer for layer in network.layers if layer.stage == "parity"]
        depth, gates = len(inside) + 4, m + k + G + S + sum(layer.units for layer in inside)
        assert len(inside) <= depth_of(m, f)
        for level, layer in enumerate(inside):
            assert layer.units <= k * -(-m // f**level)
        fan = f if inside else 1
        inner = sum(k * -(-m // f**i) * f * (f if i else 1) for i in range(len(inside)))
    weights = m * d + inner + k * fan + G * k * fan + S * k + min(between, S * G) + S
    return depth, gates, weights + gates


@pytest.mark.proves("thm-deep_threshold-main")
@settings(max_examples=150, deadline=None)
@given(lattices(), CONSTRUCTIONS, st.integers(0, 9))
def test_lattices_and_lines(dataset, construction, seed):
    network = construction.build(dataset, seed=seed)
    certificate = ml.verify(network, dataset)
    assert certificate.ok and certificate.ties == 0
    size, promised = network.size, construction.bound(ml.Facts.of(dataset))
    assert all(a <= b for a, b in zip(astuple(size), astuple(promised), strict=True))
    if network.depth > 1:
        depth, gates, weights = formulas(network, construction)
        assert (size.depth, size.neurons) == (depth, gates)
        assert size.weights <= weights
        gates_in = [layer for layer in network.layers[:-1] if not (layer.bias % 2 == 1).all()]
        assert gates_in == []


@pytest.mark.proves("thm-deep_threshold-main")
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_shallow_has_as_few_gates_as_stated(classes):
    dataset = ml.data.ball(N=150, d=4, margin=0.15, classes=classes, seed=classes)
    network = dt.build(dataset, variant="shallow")
    q, about = (classes - 1).bit_length(), network.about
    m, B = about["hyperplanes"], about["breaks"]
    assert network.size.neurons <= 2 * m + 2 * math.sqrt(q * B) + q + 1
    assert B <= dataset.N - 1
    promised = dt.bound(dataset, variant="shallow")
    most = dt.bound(N=150, d=4, margin=dataset.margin, classes=classes, variant="shallow")
    assert network.size.neurons <= promised.neurons <= most.neurons
    m = dt.hyperplanes_enough(dataset.margin, 1, 150**2 * (classes - 1) // (2 * classes), d=4)
    assert most.neurons <= 2 * m + 2 * math.sqrt(q * 149) + q + 1


@pytest.mark.parametrize("variant", TABLED)
def test_what_is_between_the_points_is_looked_up_too(variant):
    """Every point of space gets the label that the table has for its key, data or not."""
    network = dt.build(BALL, variant=variant)
    rng = np.random.default_rng(0)
    anywhere = np.rint(rng.uniform(-2, 2, (50, 3)) * 2**20) / 2**20
    stages = [layer.stage for layer in network.layers]
    rows, columns = (network.layers[stages.index(stage)] for stage in ("rows", "columns"))
    about = network.about
    k = rows.units - about["rows"]
    for point, label in zip(anywhere, ml.predict(network, anywhere).tolist(), strict=True):
        units = run(network.layers[: stages.index("rows")], (point * 2**20).astype(int).tolist())
        bits = run([rows], units)[:k]
        # v from the bits, as the columns weigh them; the row is the last start up to v
        v = sum(w // 2 * bits[j] for j, w in columns.row(0)[1] if j < k)
        starts = [(1 - rows.row(k + t)[0]) // 2 for t in range(about["rows"])]
        row = sum(s <= v for s in starts)
        reached = 0
        for bias, terms in columns.rows():
            reached += (1 - bias) // 2 - sum(w // 2 for j, w in terms if k <= j < k + row) <= v
        assert label == reached % 2


@pytest.mark.parametrize("variant", TABLED)
@pytest.mark.parametrize("kind", KINDS)
def test_points_on_one_ray(variant, kind):
    """x and 2x have different labels: rows need biases."""
    dataset = hostile["rays"](40, seed=1)
    network = dt.build(dataset, variant=variant, first_layer=kind)
    assert ml.verify(network, dataset).ok


@pytest.mark.parametrize("variant", TABLED)
@pytest.mark.parametrize(
    "dataset",
    [
        ml.Dataset([[5.0, 1.0]] * 4, [1] * 4),
        ml.Dataset([[7.0]], [3]),
        ml.Dataset([[0.0], [1.0], [5.0]], [2, 2, 2]),
    ],
    ids=["all points equal", "one point", "one class"],
)
def test_constants(variant, dataset):
    network = dt.build(dataset, variant=variant)
    assert network.depth == 1 and ml.verify(network, dataset).ok
    assert network.about["constant"] == dataset.labels[0]
    promised = dt.bound(dataset, variant=variant)
    assert promised.depth == 1 and promised.neurons == 0
    assert all(a <= b for a, b in zip(astuple(network.size), astuple(promised), strict=True))


@pytest.mark.parametrize("variant", TABLED)
def test_neighbours_on_a_line(variant):
    dataset = ml.Dataset([[0.0], [2.0**-6], [1.0]], [0, 1, 0])
    network = dt.build(dataset, variant=variant, first_layer="greedy", hyperplanes=2, seed=1)
    assert network.about["hyperplanes"] == 2 and ml.verify(network, dataset).ok


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", TABLED)
def test_too_few_hyperplanes_name_the_pair_that_stays_together(variant):
    with pytest.raises(ml.ConstructionFailed, match=r"hyperplanes: rows \d+ and \d+ .* labels"):
        dt.build(BALL, variant=variant, hyperplanes=1)


def test_a_grid_that_does_not_fit_names_the_argument():
    dataset = hostile["mixed_scales"](18, seed=4)
    with pytest.raises(ml.TooLarge, match="first_layer: a grid of 4294967296000 rows"):
        dt.build(dataset, first_layer="grid")
    with pytest.raises(ml.TooLarge, match=r"hyperplanes: \d+ rows in dimension 2"):
        dt.build(dataset)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"first_layer": "gauss"}, "first_layer: one of .*'gaussian'"),
        ({"hyperplanes": 0}, "hyperplanes: a whole number >= 1"),
        ({"hyperplanes": 2.0}, "hyperplanes: a whole number >= 1"),
        ({"hyperplanes": 9, "first_layer": "grid"}, "hyperplanes: the steps of a grid follow"),
        ({"clear": 1}, "clear: True or False is needed, got 1"),
        ({"fan_in": 1, "variant": "parity"}, "fan_in: a whole number >= 2 is needed, got 1"),
        ({"fan_in": 2}, "fan_in: it means nothing to 'deep_threshold.hash'"),
        ({"variant": "deep"}, "variant: one of"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        dt.build(BALL, **parameters)
    with pytest.raises(ml.InvalidArgument, match=message):
        dt.bound(BALL, **parameters)


@pytest.mark.parametrize("variant", TABLED)
def test_promises_for_what_no_theorem_is_about(variant):
    with pytest.raises(ml.InvalidArgument, match="margin or separation: the promise depends"):
        dt.bound(N=9, d=2, variant=variant)
    with pytest.raises(ml.InvalidArgument, match="margin: two points of norm"):
        dt.bound(N=9, d=2, margin=3, variant=variant)
    with pytest.raises(ml.HypothesisViolated, match="needs labels"):
        dt.bound(N=9, d=2, margin=1, value_bits=3, variant=variant)


@pytest.mark.parametrize("variant", TABLED)
def test_promises_grow_with_what_makes_it_harder(variant):
    def neurons(N=500, d=5, margin=0.2, **more):
        return dt.bound(N=N, d=d, margin=margin, variant=variant, **more).neurons

    assert neurons() < neurons(N=1000) and neurons() < neurons(margin=0.1)
    assert neurons() == neurons(d=500)  # Gaussian rows do not care for the dimension
    assert neurons(first_layer="grid") < neurons(d=500, first_layer="grid")
    assert neurons() < neurons(clear=True) <= 3 * neurons()
    assert neurons(hyperplanes=10) < neurons(hyperplanes=20)


@pytest.mark.parametrize(("N", "d", "margin"), [(2, 1, 1), (500, 5, 0.2), (4000, 10, 0.2)])
def test_formulas_of_the_chapter_are_the_promises(N, d, margin):
    """Two classes; the formula counts an output bias, which is 0 here."""
    shallow, hashed = (
        dt.bound(N=N, d=d, margin=margin, variant=variant) for variant in ("shallow", "hash")
    )
    pairs = N - 1 if d == 1 else N * N // 4
    m = dt.hyperplanes_enough(margin, 1, pairs, d=d)
    assert dt.gates_enough(N, m) == min(N - 1, 2 * m + math.isqrt(4 * (N - 1)) + 2)
    assert shallow.neurons <= 2 * m + math.isqrt(4 * (N - 1)) + 2
    stairs = (N - 1) * (d + 2) + 1
    assert dt.weights_enough(N, d, m) == min(stairs, shallow.weights + 1, hashed.weights + 1)
