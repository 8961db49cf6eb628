"""The exact networks of chapter ``two_layer``: as many neurons as stated, and right in integers."""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from benchmarks import _two_layer_fractions as plain
from benchmarks.two_layer import signs
from mem_lib import Layer, Network, two_layer
from mem_lib.data import hostile
from mem_lib.parts.affine import Dependent, IntegerPoints, affine, floor_log2, hyperplane
from mem_lib.parts.facets import _Face, _touching, _turned, facet
from mem_lib.two_layer import neurons_of
from mem_lib.two_layer.slabs import slab_neurons
from mem_lib.two_layer.sorted import sorted_neurons
from mem_lib.two_layer.threshold import threshold_network

#: (N, d, size of the smaller class) for which 2 ceil(|P|/d) is one unit too many; d <= 4.
FACET_CASES = {
    (4, 1, 2), (6, 1, 3), (6, 2, 3), (7, 2, 3), (10, 2, 5), (8, 3, 4), (9, 3, 4), (10, 3, 4),
    (10, 3, 5), (14, 3, 7), (10, 4, 5), (11, 4, 5), (12, 4, 5), (12, 4, 6), (13, 4, 5),
    (13, 4, 6), (18, 4, 9),
}  # fmt: skip
VARIANTS = ("threshold", "paper", "sorted")


def formula(variant, N, d):
    """How many neurons the theorem allows ("threshold"), or takes (the others)."""
    if variant == "threshold":
        return math.ceil((N - 1) / d)
    return 4 * math.ceil(N / d) if variant == "paper" else strips(N, d)


def strips(N, d):
    """Two neurons a group, one for a last group of one point."""
    return 2 * math.ceil(N / (d + 1)) - ((N - 1) % (d + 1) == 0)


def rng(seed=0):
    return np.random.default_rng(seed)


def curve(N, d):
    """N points of the moment curve, which are in general position."""
    return np.array([[t**k for k in range(1, d + 1)] for t in range(-(N // 2), N - N // 2)], object)


def scattered(N, d, seed=0, reach=10**6):
    """Random integer points, in general position but for a tiny chance."""
    return rng(seed).integers(-reach, reach, (N, d))


def check(network, dataset, variant):
    """The certificate of ``dataset``, and the count."""
    certificate = ml.verify(network, dataset, workers=1)
    assert certificate.ok and certificate.correct == dataset.N, certificate
    distinct = dataset.distinct()
    if variant == "threshold":
        assert certificate.slack == Fraction(1, 2) and certificate.ties == 0
        assert network.size.neurons <= formula(variant, distinct.N, distinct.d)
    else:
        assert certificate.max_error == 0
        assert network.size.neurons == formula(variant, distinct.N, distinct.d)


def in_general_position(points):
    """By elimination in fractions, from the definition."""
    rows = [[Fraction(v) for v in row] + [Fraction(1)] for row in points.tolist()]
    N, d = len(rows), len(rows[0]) - 1

    def independent(group):
        return len(plain._eliminate([list(row) for row in group])) == len(group)

    return all(map(independent, combinations(rows, min(N, d + 1))))


def tried(dataset, variant, seed=0):
    """Build and check; points that are not in general position may be refused with a reason."""
    try:
        network = two_layer.build(dataset, variant=variant, seed=seed)
    except ml.HypothesisViolated as error:
        assert not in_general_position(dataset.distinct().points)
        assert str(error).startswith("dataset: of the distinct points, ")
        assert "affinely independent" in str(error)
        return False
    check(network, dataset, variant)
    return True


# counts and certificates ------------------------------------------------------------------------


def check_counts(variant, d):
    """Networks for scattered points and for points of a curve, of every awkward size."""
    for N in sorted({1, 2, 3, d, d + 1, d + 2, 2 * d + 1, 3 * d, 4 * d + 2, 6 * d + 5}):
        labels = rng(N).integers(0, 2 if variant == "threshold" else 7, N)
        for points in (scattered(N, d), curve(N, d)):
            dataset = ml.Dataset(points, labels)
            check(two_layer.build(dataset, variant=variant), dataset, variant)


@pytest.mark.proves("thm-two_layer-threshold")
@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_threshold_counts(d):
    check_counts("threshold", d)


@pytest.mark.proves("thm-two_layer-slabs")
@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_slab_counts(d):
    check_counts("paper", d)


@pytest.mark.proves("thm-two_layer-sorted")
@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_strip_counts(d):
    """d + 1 points in a group, or fewer; two at a time take any points."""
    check_counts("sorted", d)
    lattice = ml.Dataset(np.indices((3,) * d).reshape(d, -1).T, targets=np.arange(3**d) % 5)
    for size in range(1, min(d, 2) + 1):
        network = two_layer.build(lattice, group_size=size)
        assert network.size.neurons == strips(lattice.N, size - 1)
        assert ml.verify(network, lattice).max_error == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"group_size": 0}, "group_size: a whole number >= 1"),
        ({"group_size": 4}, "group_size: an affine function has values of its own at d . 1 = 3"),
        ({"group_size": 2, "variant": "paper"}, "group_size: it means nothing to 'two_layer.pap"),
        ({"group_size": 2, "variant": "hybrid"}, "group_size: it means nothing to 'two_layer.hyb"),
    ],
)
def test_group_sizes_that_are_none(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        two_layer.build(ml.data.ball(N=9, d=2, seed=0), **arguments)


@pytest.mark.parametrize("variant", VARIANTS)
def test_four_hundred_points(variant):
    points = ml.data.sphere(N=400, d=10, seed=2).points
    labels = rng(5).integers(0, 2, 400)
    dataset = ml.Dataset(points, labels)
    if variant != "threshold":
        dataset = ml.Dataset(points, targets=rng(5).standard_normal(400))
    check(two_layer.build(dataset, variant=variant), dataset, variant)


@pytest.mark.parametrize("variant", ["paper", "sorted"])
@pytest.mark.parametrize(
    "values",
    [
        [0] * 11,
        [0] * 5 + [Fraction(1, 3)] + [0] * 5,
        [Fraction(k, 7**k) for k in range(11)],
        [2.0**-1000 * k for k in range(11)],
        [(-1) ** k * 10**60 for k in range(11)],
    ],
)
def test_values_of_every_kind(variant, values):
    """Fractions, tiny and huge values; groups of zeros take their neurons all the same."""
    for N in (1, 2, 4, 11):
        targets = np.array(values[:N], dtype=object)
        dataset = ml.Dataset(scattered(N, 3), targets=targets)
        check(two_layer.build(dataset, variant=variant), dataset, variant)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("label", [0, 1])
def test_one_class(variant, label):
    for N in (1, 2, 3, 4, 9):
        dataset = ml.Dataset(scattered(N, 2), [label] * N, classes=2)
        network = two_layer.build(dataset, variant=variant)
        check(network, dataset, variant)
        if variant == "threshold":
            assert network.size.neurons == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_origin_alone(variant):
    for d in (1, 2, 5):
        dataset = ml.Dataset(np.zeros((1, d)), [1])
        check(two_layer.build(dataset, variant=variant), dataset, variant)


@pytest.mark.proves("thm-two_layer-sorted")
def test_by_hand():
    """Values 4 and 6 at 0 and 1: t = -2, ℓ = 4 + 2p, h = 1/4, so 2 relu(3p + 6) - 2 relu(2p + 4).
    A further point 3 with value 1, where ℓ gives 10: t = 2, and the one neuron -9 relu(p - 2)."""
    neurons = sorted_neurons(np.array([[0], [1]]), [4, 6], 0, rng())
    assert neurons.rows.tolist() == [[3], [2]] and neurons.biases.tolist() == [6, 4]
    assert neurons.outer == (2, -2)
    last = sorted_neurons(np.array([[0], [1], [3]]), [4, 6, 1], 0, rng())
    assert len(last) == 3 and last.names[-1] == "group 2: p - t"
    assert last.rows[-1].tolist() == [1] and last.biases[-1] == -2 and last.outer[-1] == -9


@pytest.mark.proves("thm-two_layer-sorted")
def test_one_point_is_one_neuron():
    """The origin with value 7: p = 0, t = -1, so 7 relu(p + 1)."""
    neurons = sorted_neurons(np.zeros((1, 2), int), [7], 0, rng())
    assert neurons.biases.tolist() == [1] and neurons.outer == (7,)


@pytest.mark.parametrize(
    "make, points, values, weight",
    [
        (slab_neurons, [[0], [1]], [3, -2], 83.3145727),
        (sorted_neurons, [[0], [1], [3]], [2, -1, 5], 53.0340096),
    ],
)
def test_total_weights_on_the_line(make, points, values, weight):
    """Worked by hand in the theory: d = 1, where nothing is left to chance."""
    for seed in range(8):
        neurons = make(np.array(points), values, 0, rng(seed))
        total = sum(
            abs(a) * math.hypot(*row, b)
            for row, b, a in zip(
                neurons.rows.tolist(), neurons.biases.tolist(), neurons.outer, strict=True
            )
        )
        assert total == pytest.approx(weight, abs=5e-8)


def test_names_tell_the_neurons_apart():
    dataset = ml.Dataset(scattered(5, 2), [0, 1, 2, 3, 4])
    hidden = two_layer.build(dataset, variant="paper").layers[0]
    assert hidden.names[:5] == (
        "slab 1: s + τ + hℓ", "slab 1: s + τ", "slab 1: s - τ + hℓ", "slab 1: s - τ",
        "slab 2: s + τ + hℓ",
    )  # fmt: skip
    hidden = two_layer.build(dataset, variant="sorted").layers[0]
    assert hidden.names[1:3] == ("group 1: p - t", "group 2: p - t + hℓ")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_seed_decides(variant):
    dataset = ml.Dataset(scattered(12, 3), np.arange(12) % 2)
    networks = [two_layer.build(dataset, variant=variant, seed=s) for s in (1, 1, 2)]
    assert networks[0] == networks[1] != networks[2]


@pytest.mark.parametrize(
    "make, calls", [(slab_neurons, 4), (sorted_neurons, 3), (threshold_network, 2)]
)
def test_progress_is_told_of_every_group(make, calls):
    told = []
    points, labels = scattered(11, 3), np.arange(11) % 2
    if make is threshold_network:  # five points of class 1
        make(ml.Dataset(points, labels), rng(), told.append)
    else:
        make(points, labels.tolist(), 0, rng(), told.append)
    assert told == [1] * calls


# threshold units --------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-threshold")
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_the_facet_is_used_exactly_where_it_is_needed(d):
    """And the count is ceil((N-1)/d), or 2 ceil(|P|/d) where that is less."""
    for N in range(d + 2, 4 * d + 3):
        for smaller in range(1, N // 2 + 1):
            label = (N + smaller) % 2  # either class may be the smaller one
            labels = np.full(N, 1 - label)
            labels[rng(N * smaller).permutation(N)[:smaller]] = label
            dataset = ml.Dataset(scattered(N, d), labels)
            network = two_layer.build(dataset, variant="threshold")
            check(network, dataset, "threshold")
            slabs = 2 * math.ceil(smaller / d)
            needed = slabs > formula("threshold", N, d)
            assert needed == ((N, d, smaller) in FACET_CASES)
            assert network.size.neurons == slabs - needed
            assert (network.layers[0].names[0] == "facet") == needed


@pytest.mark.proves("thm-two_layer-threshold")
def test_either_class_can_be_cut_off():
    """Which class loses its points on the facet depends on how many it has there."""
    cut = set()
    for seed in range(12):
        labels = rng(seed).permutation(np.arange(12) % 2)
        dataset = ml.Dataset(scattered(12, 4, seed), labels)
        network = two_layer.build(dataset, variant="threshold", seed=seed)
        check(network, dataset, "threshold")
        hidden = network.layers[0]
        fires = dataset.points.astype(object) @ hidden.weight[0].astype(object) + hidden.bias[0] > 0
        cut |= set(labels[fires.astype(bool)].tolist())
    assert cut == {0, 1}


@pytest.mark.parametrize("labels, units", [("010101", 3), ("111000", 3), ("000011", 2)])
def test_six_points_in_the_plane(labels, units):
    points = [[0, 0], [5, 1], [7, 6], [2, 8], [3, 3], [4, 5]]
    dataset = ml.Dataset(points, [int(c) for c in labels])
    for seed in range(5):
        network = two_layer.build(dataset, variant="threshold", seed=seed)
        check(network, dataset, "threshold")
        assert network.size.neurons == units


@pytest.mark.proves("thm-two_layer-threshold-least")
@pytest.mark.parametrize("d", [1, 2, 3, 5, 8])
def test_alternating_labels_on_the_moment_curve_take_all_units(d):
    for N in (d + 2, 2 * d + 1, 2 * d + 2, 5 * d + 1):
        dataset = ml.Dataset(curve(N, d), np.arange(N) % 2)
        network = two_layer.build(dataset, variant="threshold")
        check(network, dataset, "threshold")
        assert network.size.neurons == formula("threshold", N, d)


@pytest.mark.proves("thm-two_layer-threshold-least")
@pytest.mark.parametrize("N, d", [(4, 1), (5, 1), (5, 2), (6, 2), (7, 2), (6, 3)])
def test_no_fewer_units_suffice(N, d):
    """Every set of one unit less leaves two points of different classes together."""
    from scipy.optimize import linprog

    points, labels = curve(N, d).astype(float), np.arange(N) % 2
    least = formula("threshold", N, d)

    def separable(side):
        rows = -side[:, None] * np.column_stack([points, np.ones(N)])
        found = linprog(np.zeros(d + 1), rows, -np.ones(N), bounds=[(None, None)] * (d + 1))
        return found.status == 0

    sides = [
        np.array([1, *(1 - 2 * (k >> i & 1) for i in range(N - 1))]) for k in range(2 ** (N - 1))
    ]
    halves = [side for side in sides if separable(side)]

    def tells_apart(chosen):
        codes = {}
        return all(
            codes.setdefault(tuple(s[i] for s in chosen), c) == c for i, c in enumerate(labels)
        )

    assert not any(map(tells_apart, combinations(halves, least - 1)))
    assert any(map(tells_apart, combinations(halves, least)))


# exactness --------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["paper", "sorted"])
def test_the_moment_curve_is_exact_where_float64_is_not(variant):
    t = np.arange(-50, 50) / 64
    points = np.stack([t**k for k in range(1, 9)], axis=1)  # k^8 / 2^48: exact in float64
    targets = rng().integers(32, 65, 100) / 64 * rng(1).choice([-1, 1], 100)
    dataset = ml.Dataset(points, targets=targets)
    network = two_layer.build(dataset, variant=variant)
    check(network, dataset, variant)
    error = np.abs(in_float64(network, points) - targets).max()
    assert 1e-6 < error < 1e6


def test_scattered_points_are_harmless_in_float64():
    """The same float64 evaluation is fine where weights are moderate."""
    dataset = ml.data.sphere(N=40, d=10, seed=1)
    network = two_layer.build(dataset)
    assert np.abs(in_float64(network, dataset.points) - dataset.labels).max() < 1e-6


def in_float64(network, points):
    """Every neuron scaled to entries of at most 1, then everything rounded to float64."""
    neurons = neurons_of(network)
    total = np.zeros(len(points))
    for row, bias, a in zip(
        neurons.rows.tolist(), neurons.biases.tolist(), neurons.outer, strict=True
    ):
        entries = [*(Fraction(w << neurons.shift) for w in row), Fraction(bias)]
        size = max(map(abs, entries))
        *w, b = (float(entry / size) for entry in entries)
        total += float(a * size) * np.maximum(points @ np.array(w) + b, 0)
    return total


@pytest.mark.parametrize("variant", ["paper", "sorted"])
def test_every_last_bit_counts(variant):
    """Of weights, biases and outgoing weights of all neurons that are positive at some point."""
    dataset = ml.Dataset(scattered(13, 3, 4), targets=rng().integers(1, 100, 13) / 8)
    network = two_layer.build(dataset, variant=variant)
    assert ml.verify(network, dataset, workers=1).ok
    hidden, output = network.layers
    rows = np.column_stack([hidden.weight, hidden.bias, output.weight[0]]).astype(object)
    z = dataset.points.astype(object)
    fires = (rows[:, :3] @ z.T + rows[:, [3]] > 0).any(axis=1)
    assert fires.mean() > 0.8  # a slab at a facet has neurons that no point reaches
    for place in [(i, j) for i in np.flatnonzero(fires) for j in (i % 3, 3, 4)]:
        changed = rows.copy()
        changed[place] ^= 1
        layers = [
            Layer(changed[:, :3], changed[:, 3], "relu"),
            Layer(changed[None, :, 4], output.bias, "identity"),
        ]
        flipped = Network(layers, output_denominator=network.output_denominator, readout="value")
        certificate = ml.verify(flipped, dataset, workers=1)
        assert not certificate.ok and certificate.max_error > 0, place


@pytest.mark.parametrize("variant", ["paper", "sorted"])
def test_the_plain_fractions_agree(variant):
    """The baseline of the benchmarks is right and of the same size, and refuses the same data."""
    make = plain.slabs if variant == "paper" else plain.sorted_groups
    for N, d in [(1, 1), (1, 3), (5, 3), (9, 2), (10, 4)]:
        points, values = scattered(N, d, N), rng(N).integers(-5, 6, N)
        neurons = make(points.tolist(), values.tolist())
        assert plain.verified(neurons, points.tolist(), values.tolist())
        assert len(neurons) == formula(variant, N, d)
        values[0] += 1
        assert not plain.verified(neurons, points.tolist(), values.tolist())
    with pytest.raises(ValueError, match=r"dependent|another point"):
        make([[0, 0], [1, 1], [2, 2]], [1, 2, 3])


# hostile data -----------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", sorted(hostile))
def test_hostile_data(name, variant):
    for N in (1, 2, 3, 8):
        dataset = hostile[name](N, seed=N)
        if variant == "threshold" and dataset.classes > 2:
            dataset = ml.Dataset(dataset.points, dataset.labels % 2)
        tried(dataset, variant)


@pytest.mark.proves("thm-two_layer-general-position")
@pytest.mark.parametrize("variant", VARIANTS)
def test_hostile_data_in_and_out_of_general_position(variant):
    two_classes = hostile["progression"](9).labels % 2
    refused = ml.Dataset(hostile["progression"](9).points, two_classes)
    assert not tried(refused, variant)
    for name in ("moment_curve", "circle", "duplicates"):
        assert tried(hostile[name](14), variant)


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=250, deadline=None)
@given(st.data())
def test_small_grids(variant, data):
    """Points in general position are memorized; others are, or are refused with a reason."""
    d = data.draw(st.integers(1, 3))
    reach = data.draw(st.sampled_from([1, 2, 5, 30]))
    points = data.draw(
        st.lists(st.tuples(*[st.integers(-reach, reach)] * d), min_size=1, max_size=9)
    )
    values = st.integers(0, 1 if variant == "threshold" else 4)
    label = {p: data.draw(values) for p in dict.fromkeys(points)}
    dataset = ml.Dataset(np.array(points), [label[p] for p in points])
    tried(dataset, variant, seed=data.draw(st.integers(0, 3)))


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_huge_and_tiny_coordinates(variant, data):
    d = data.draw(st.integers(1, 3))
    huge = st.integers(-(2**300), 2**300)
    tiny = st.sampled_from([5e-324, 2.0**-1000, 1e300, -1e300, 0.1, 0.0, 1.0, -3.0])
    kind, coordinate = data.draw(st.sampled_from([(object, huge), (float, tiny)]))
    points = data.draw(st.lists(st.tuples(*[coordinate] * d), min_size=1, max_size=7, unique=True))
    labels = data.draw(st.lists(st.integers(0, 1), min_size=len(points), max_size=len(points)))
    tried(ml.Dataset(np.array(points, dtype=kind), labels), variant)


@pytest.mark.parametrize("variant", VARIANTS)
def test_repeated_points_count_once(variant):
    few = ml.Dataset(scattered(7, 2), np.arange(7) % 2)
    many = few.subset(np.array([0, 1, 2, 3, 4, 5, 6, 0, 3, 3, 6]))
    network = two_layer.build(many, variant=variant)
    check(network, many, variant)
    assert network.layers == two_layer.build(few, variant=variant).layers


# what cannot be built ---------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_up_to_d_points_must_be_independent_too(variant):
    """Three points on a line in R^4 are not told apart by one affine function."""
    dataset = ml.Dataset([[0, 0, 1, 2], [1, 2, 3, 4], [2, 4, 5, 6]], [0, 1, 0])
    with pytest.raises(ml.HypothesisViolated, match=r"rows \[0, 1, 2\] lie on one line"):
        two_layer.build(dataset, variant=variant)
    bent = ml.Dataset([[0, 0, 1, 2], [1, 2, 3, 4], [2, 4, 5, 7]], [0, 1, 0])
    check(two_layer.build(bent, variant=variant), bent, variant)


def test_a_dependent_group_is_named():
    """Six points, four of them on a line: any two groups of three hold two of those."""
    points = [[0, 0], [1, 1], [2, 2], [3, 3], [9, 4], [5, 17]]
    dataset = ml.Dataset(points, [0, 1, 0, 1, 0, 1])
    with pytest.raises(
        ml.HypothesisViolated, match=r"row \d lies on the flat of the group"
    ) as found:
        two_layer.build(dataset, variant="paper")
    assert "lie on one line" in str(found.value) and "4 ceil(N/d)" in str(found.value)
    check(two_layer.build(dataset, variant="sorted"), dataset, "sorted")  # its groups are bent
    flat = ml.Dataset([[k, k, 0] for k in range(4)] + [[1, 0, 0]], np.arange(5) % 2)
    with pytest.raises(
        ml.HypothesisViolated, match=r"the group \[.*\] is dependent: rows \["
    ) as found:
        two_layer.build(flat, variant="sorted")
    assert "2 ceil(N/(d+1))" in str(found.value) and "in each of 8 draws" in str(found.value)


def test_another_partition_may_do():
    """Three points on a line in the plane: they have to go to three groups of two."""
    points = np.array([[0, 0], [1, 1], [2, 2], [9, 4], [5, 17], [-3, 8]])
    dataset = ml.Dataset(points, np.arange(6))
    for seed in range(6):
        check(two_layer.build(dataset, variant="paper", seed=seed), dataset, "paper")


def test_points_on_a_facet():
    """Every face of a cube holds four points, and a line in R^3 has no facet at all."""
    cube = [[x, y, z] for x in (0, 4) for y in (0, 4) for z in (0, 4)]
    points = IntegerPoints.of(np.array(cube), 0)
    with pytest.raises(Dependent, match=r"row \d lies on the facet .* lie on one plane"):
        facet(points, rng())
    line = IntegerPoints.of(np.array([[k, 2 * k, 3] for k in range(5)]), 0)
    with pytest.raises(Dependent, match="all 5 points lie on one hyperplane"):
        facet(line, rng())


@pytest.mark.parametrize(("slope", "short"), [(2**20, True), (1, False)])
def test_a_shortened_hyperplane_touches_no_further_point(slope, short):
    """At (0, 0) the function is 0, at (1, -1) it is ``slope``: 0 too, once low bits are cut off."""
    points = IntegerPoints.of(np.array([[0, 0], [1, -1], [5, 9]]), 0)
    face = _Face(points)
    face.add(0)
    column = face.function([2**40 + slope, 2**40])
    found, values = face.shortened(column)
    assert (found != column) == short and values == points.at(found)
    assert values[0] == 0 and values[1] > 0 and values[2] > 0


def test_threshold_needs_two_classes():
    points = scattered(5, 2)
    for dataset, given_ in [
        (ml.Dataset(points, [0, 1, 2, 0, 1]), "at most 2 classes, got 3"),
        (ml.Dataset(points, [0, 1, 0, 0, 1], classes=3), "at most 2 classes, got 3"),
        (ml.Dataset(points, targets=[0.0, 1.0, 0.0, 0.0, 1.0]), "got real targets"),
    ]:
        with pytest.raises(ml.HypothesisViolated, match=f"^dataset: .* labels .*{given_}"):
            two_layer.build(dataset, variant="threshold")


def test_equal_points_are_refused():
    """Builders of neurons expect different points; ``build`` sees to that."""
    points = np.array([[1, 2], [3, 4], [3, 4], [1, 2], [1, 2], [3, 4]])
    with pytest.raises(ml.HypothesisViolated, match=r"rows \[\d, \d\] are equal"):
        slab_neurons(points, [1, 2, 2, 1, 1, 2], 0, rng())
    with pytest.raises(ml.ConstructionFailed, match=r"60 random directions .* rows \(\d, \d\)"):
        sorted_neurons(points[[1, 1, 1, 1, 1]], [2] * 5, 0, rng())


class Stuck:
    """A generator that always gives the same number."""

    def __init__(self, number):
        self.number = number

    def integers(self, low, high, size, endpoint=False):
        return np.full(size, self.number)

    def choice(self, values, size):
        return np.ones(size, dtype=int)


def test_random_steps_end():
    z = np.array([[0, 0, 0], [1, 2, 3], [5, 1, 1], [7, 7, 2], [9, 1, 4]])
    points = IntegerPoints.of(z, 0)
    with pytest.raises(ml.ConstructionFailed, match=r"64 times .* rows \[0\]"):
        hyperplane(points, [0], Stuck(0))
    with pytest.raises(ml.ConstructionFailed, match="60 random directions"):
        sorted_neurons(z, [1, 2, 3, 4, 5], 0, Stuck(0))
    with pytest.raises(ml.ConstructionFailed, match=r"64 random turns about the rows \[0\]"):
        facet(points, Stuck(1))  # every turn is x + y + z = 0, where the first hyperplane is


# exact linear algebra ---------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-general-position")
@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(0, 10**6), st.integers(0, 3))
def test_affine_functions_of_least_norm(d, seed, shift):
    """Against Gaussian elimination in fractions, in the unit of the data."""
    size = int(rng(seed).integers(1, d + 2))
    z = scattered(size, d, seed, 50)
    values = [Fraction(int(v), 3) for v in rng(seed).integers(-9, 10, size)]
    x = [[Fraction(int(v), 1 << shift) for v in row] for row in z]
    points = IntegerPoints.of(z, shift)
    if not points.independent(range(size)):
        with pytest.raises(Dependent):
            affine(points, list(range(size)), values)
        return
    found = affine(points, list(range(size)), values).entries()
    *w, b = (Fraction(int(e.p), int(e.q)) for e in found)
    assert ([e * (1 << shift) for e in w], b) == plain._affine(x, values)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(0, 10**6))
def test_facets(d, seed):
    N = d + 2 + seed % 9
    points = scattered(N, d, seed, 1000)
    if not in_general_position(points):
        return
    found = facet(IntegerPoints.of(points, 0), rng(seed))
    *u, b = (int(v) for v in found.column.entries())
    heights = points.astype(object) @ np.array(u, dtype=object) + b
    assert heights.tolist() == [int(v) for v in found.values]
    assert np.flatnonzero(heights == 0).tolist() == found.rows and len(found.rows) == d
    assert heights.min() == 0 and math.gcd(*u, b) == 1


def test_facets_in_many_dimensions_stay_short():
    """Through k points of 21 bits: minors of k rows, times short coordinates.  Without rounding,
    every turn would add its own length: about 2500 bits at the 15th point."""
    d = 24
    points, draws = IntegerPoints.of(scattered(120, d, 3, 2**20), 0), rng()
    face, column = _touching(points, draws)
    for k in range(1, d):
        minors = k * (20 + math.log2(d + 1) / 2)
        column, heights = face.shortened(column)
        assert longest(column) <= minors + 2 * 64
        assert heights == points.at(column) and min(heights) == 0
        assert [i for i, height in enumerate(heights) if height == 0] == sorted(face.rows)
        row, column = _turned(points, face, column, draws)
        face.add(row)
    assert longest(facet(points, rng()).column) <= d * (20 + math.log2(d + 1) / 2) + 1


def longest(column):
    return max(abs(int(value)).bit_length() for value in column.entries())


@given(st.integers(1, 2**70), st.integers(1, 2**70))
def test_floor_log2(top, bottom):
    k = floor_log2(top, bottom)
    assert Fraction(2) ** k <= Fraction(top, bottom) < Fraction(2) ** (k + 1)


@pytest.mark.proves("thm-two_layer-slab-weight")
@pytest.mark.parametrize("N, d", [(9, 1), (20, 2), (24, 3), (40, 10)])
def test_slabs_are_heavy(N, d):
    """W_tot >= 4 sum_g L_g / gap_g, read off the neurons and the points alone; and at least
    N^2 / (15 sqrt(d)) for most draws of Gaussian points."""
    weights = []
    for seed in range(20):
        draw = rng(seed)
        points = np.rint(draw.standard_normal((N, d)) / math.sqrt(d) * 2**20) / 2**20
        dataset = ml.Dataset(points, targets=draw.choice([-1, 1], N))
        network = two_layer.build(dataset, variant="paper", seed=seed)
        neurons, (z, shift) = neurons_of(network), dataset.integers()
        lifted = np.column_stack([z, np.ones(N, dtype=int)]).astype(object)
        rows = np.column_stack([neurons.rows, neurons.biases]).astype(object)
        least = 0.0
        for k in range(0, len(neurons), 4):
            # a (s + τ + hℓ) - a (s + τ) = ℓ, a (s + τ) - a (s - τ) = 2 a τ and a = 1/h
            first, second, _, last = (
                neurons.outer[k + j] * (lifted @ rows[k + j]) for j in range(4)
            )
            largest = max(abs(value) for value in first + second)
            s = (last - second) / 2
            own = np.array([value == 0 for value in s])
            assert own.sum() == min(d, N - d * (k // 4))
            normal = (
                neurons.outer[k + 3] * rows[k + 3][:-1] - neurons.outer[k + 1] * rows[k + 1][:-1]
            ) / 2
            length = math.hypot(*map(float, normal)) * 2.0**shift
            nearest = min((abs(value) for value in s[~own]), default=2 * length)
            least += 4 * float(largest) * length / float(nearest)
        weights.append(two_layer.total_weight(network))
        assert least < weights[-1] < 40 * least
    if d >= 2 and max(2 * d, 20) <= N:
        assert np.median(weights) >= N * N / (15 * math.sqrt(d))


def test_strips_scale_with_powers_of_two():
    """Values times 2^a give the same neurons, outgoing weights times 2^a."""
    dataset = signs(50, 6, seed=3)
    first = neurons_of(two_layer.build(dataset))
    for a in (-40, 3):
        scaled = ml.Dataset(dataset.points, targets=dataset.targets * 2.0**a)
        second = neurons_of(two_layer.build(scaled))
        assert (second.rows == first.rows).all() and (second.biases == first.biases).all()
        assert list(second.outer) == [v * Fraction(2) ** a for v in first.outer]


@pytest.mark.parametrize("N, d", [(1, 1), (1, 50), (5, 5), (3, 10)])
def test_a_single_slab_is_as_thick_as_there_is_room(N, d):
    """No point is off its hyperplane, so the weights need not be large."""
    dataset = ml.Dataset(rng(1).standard_normal((N, d)), targets=np.ones(N))
    network = two_layer.build(dataset, variant="paper")
    check(network, dataset, "paper")
    assert two_layer.total_weight(network) < 1000 * math.sqrt(N * d)


@pytest.mark.parametrize(
    "network, message",
    [
        (3, "network: a Network is needed, got 3"),
        (Network([Layer([[1]], [0], "identity")]), "network: depth 2 is needed, got 1"),
        (
            Network([Layer([[1], [1]], [0, 0], "identity")], readout="argmax"),
            "network: one output, behind no activation",
        ),
    ],
)
def test_neurons_of_refuses(network, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        neurons_of(network)


def test_values_of_refuses_what_is_no_dataset():
    with pytest.raises(ml.InvalidArgument, match="data: a Dataset is needed"):
        two_layer.values_of([1])


def test_a_constant_network_has_no_neurons():
    one = ml.data.sphere(N=5, d=3, classes=1, seed=0)
    assert len(neurons_of(two_layer.build(one, variant="threshold"))) == 0


# constructions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("labels", [[0, 1] * 7, [0] * 13 + [1], [1] * 14])
def test_a_plan_knows_the_number_of_neurons(variant, labels):
    dataset = ml.Dataset(scattered(14, 3), labels, classes=2)
    (construction,) = (cls() for cls in two_layer.CONSTRUCTIONS if cls.variant == variant)
    plan = construction.plan(dataset, rng())
    assert plan.neurons == construction.build(dataset).size.neurons
    assert plan.groups == math.ceil(14 / plan.group_size)
    assert (plan.bytes == 0) == (variant == "threshold" and len(set(labels)) == 1)


@pytest.mark.parametrize("cls", two_layer.CONSTRUCTIONS)
def test_what_no_machine_can_hold_is_refused(cls, monkeypatch):
    dataset = ml.data.sphere(N=200, d=3, seed=0)
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 100)
    with pytest.raises(ml.TooLarge, match=r"^dataset: .* need about"):
        cls().build(dataset)


def test_group_sizes_are_checked_where_they_are_given():
    assert two_layer.Sorted(group_size=np.int64(2)) == two_layer.Sorted(group_size=2)
    with pytest.raises(ml.InvalidArgument, match=r"group_size: a whole number >= 1 .* got 0"):
        two_layer.Sorted(group_size=0)
