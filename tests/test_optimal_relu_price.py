"""What the labels cost: which weights know them, what floats make of it, what real points change,
and a promise that is kept."""

from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import foundations, optimal_relu
from mem_lib._base.roots import directed_root
from mem_lib.optimal_relu import forbidden_from, label_weights, real_bound, real_form
from mem_lib.optimal_relu.spread import SpreadTest
from mem_lib.parts import projection


@pytest.fixture(scope="module")
def thousand():
    return ml.data.ball(N=1000, d=10, margin=0.2, seed=1)


def flipped(dataset):
    return ml.Dataset(dataset.points, 1 - dataset.labels)


# -- which weights know the labels -----------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-paper", "thm-optimal_relu-precision")
def test_only_the_label_files_know_the_labels(thousand):
    """N/n weights of n bits: the counting bound, met but for the last file."""
    network = optimal_relu.build(thousand)
    found = label_weights(network, optimal_relu.build(flipped(thousand)))
    n, folders = network.about["folder_size"], network.about["folders"]
    assert found.weights == network.size.weights
    assert len(found.places) == folders and found.bits == n * folders < 1000 + n
    assert all(p.source is not None for p in found.places)
    assert {network.layers[p.layer].names[p.unit] for p in found.places} == {"V"}
    files = optimal_relu.folders(thousand).label_strings
    assert tuple(p.before for p in found.places) == files


def test_in_width_3_the_labels_lie_between_the_keys():
    """Every string changes: the first one, and the jumps, of which the last enters two units."""
    dataset = ml.data.ball(N=100, d=3, seed=0)
    pair = [optimal_relu.build(d, variant="narrow") for d in (dataset, flipped(dataset))]
    found = label_weights(*pair)
    assert len(found.places) == pair[0].about["folders"] + 1
    assert label_weights(pair[0], pair[0]).places == ()


def test_a_bias_and_an_entry_that_vanishes_are_seen():
    one = ml.Network([ml.Layer([[2, 0]], [5], "identity")])
    two = ml.Network([ml.Layer([[0, 0]], [-9], "identity")])
    found = label_weights(one, two)
    assert [(p.source, p.before, p.after) for p in found.places] == [(None, 5, -9), (0, 2, 0)]
    assert (found.weights, found.bits) == (2, 4 + 2)


def test_networks_of_different_wirings_are_refused(thousand):
    network = optimal_relu.build(thousand)
    with pytest.raises(ml.InvalidArgument, match="first, second: two networks with layers"):
        label_weights(network, optimal_relu.build(thousand, folder_size=3))
    with pytest.raises(ml.InvalidArgument, match=r"second: .*Network"):
        label_weights(network, thousand)


# -- three regimes ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-precision")
def test_where_counting_begins_to_object():
    """The N of two digits, the one before it, and a stricter and a laxer length of weights."""
    first = forbidden_from("retrieval", fill=0.85)
    bits = {b: forbidden_from("paper", bits=b) for b in (1, 4)}
    assert bits[1] < bits[4]
    for N, forbidden in ((bits[4], True), (bits[4] * 9 // 10, False)):
        most = optimal_relu.bound(N=N, d=10, separation=0.2).weights
        assert (foundations.counting_bound(N, 2, 4) > most) == forbidden
    assert 10**6 < first < 10**7
    # no rate is proved for tables: one folder a point, which is never too few
    assert forbidden_from("retrieval") is None


@pytest.mark.proves("thm-optimal_relu-precision", "thm-optimal_relu-floats")
def test_short_files_are_right_in_floats_where_long_ones_are_not():
    """A property of the wiring: counting does not object to N = 300 in 53 bits, by far."""
    dataset = ml.data.ball(N=300, d=10, margin=0.2, seed=1)
    long = optimal_relu.build(dataset)
    short = optimal_relu.build(dataset, variant="narrow", max_weight_bits=51)
    assert foundations.right_in_floats(long, dataset, np.float64) < 200
    assert foundations.right_in_floats(short, dataset, np.float64) == 300
    assert short.size.weights < long.size.weights
    assert foundations.counting_bound(300, 2, 53) < short.size.weights / 100
    assert optimal_relu.least_bits(300, long.size.weights) == 1


def test_the_recorded_memory_of_a_thousand_points(thousand):
    rows = {row["network"]: row for row in ml.recorded.read("memory") if row["N"] == 1000}
    for name, variant in (("width 12", "paper"), ("width 3", "narrow"), ("tables", "retrieval")):
        size = optimal_relu.build(thousand, variant=variant).size
        row = rows[name]
        assert (row["weights"], row["longest"], row["total_bits"]) == (
            size.weights,
            size.bits,
            size.total_bits,
        )
    recorded = {row["variant"]: row["forbidden_from"] for row in ml.recorded.read("forbidden")}
    assert recorded["retrieval"] == forbidden_from("retrieval", fill=0.85)
    assert max(recorded.values()) == recorded["paper"] <= 10**9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "wider"}, "variant"),
        ({"bits": 0}, "bits: a whole number >= 1"),
        ({"classes": 1}, "classes: a whole number >= 2"),
        ({"fill": 0.5}, "fill: it is for tables, and 'paper' has none, got 0.5"),
        ({"variant": "retrieval", "fill": 0}, "fill: a number above 0"),
    ],
)
def test_errors_of_forbidden_from(options, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        forbidden_from(**options)


# -- real points -----------------------------------------------------------------------------------


def rational(N, d, seed):
    """Points with many different denominators, none a power of two; and their common one."""
    rng = np.random.default_rng(seed)
    primes = [3, 7, 11, 101, 10007, 2**31 - 1]
    points = [
        [Fraction(int(rng.integers(-(p**2), p**2)), p**2) for p in rng.choice(primes, d).tolist()]
        for _ in range(N)
    ]
    return points, int(np.lcm.reduce(np.array([p**2 for p in primes], dtype=object)))


@pytest.mark.proves("thm-optimal_relu-paper")
@pytest.mark.parametrize("variant", ["paper", "merged"])
@pytest.mark.parametrize(("N", "d", "classes"), [(1, 2, 2), (2, 1, 2), (9, 1, 3), (60, 4, 2)])
def test_points_that_lie_on_no_grid(variant, N, d, classes):
    """The first layer is rational; all that is promised holds for the integers behind it."""
    points, common = rational(N, d, seed=N)
    labels = np.random.default_rng(0).integers(0, classes, N)
    scaled = np.array([[int(common * t) for t in point] for point in points], dtype=object)
    dataset = ml.Dataset(scaled, labels, classes=classes)
    network = optimal_relu.build(dataset, variant=variant)
    form = real_form(network)
    for x, label in zip(points, labels, strict=True):
        assert form.answer([common * t for t in x]) == label
    about, size = network.about, form.behind.size
    m = max(about["key_bits"], about["label_bits"])
    assert size.bits <= about["folder_size"] * m + 2
    assert form.behind.output_denominator == 1
    square = dataset.squared_separation
    apart = None if square is None else directed_root(square, up=False) / common
    radius = directed_root(dataset.squared_radius, up=True) / common
    most = real_bound(N, d, apart, radius, classes=classes, variant=variant)
    assert network.depth <= most.depth and network.size.width <= most.width
    assert network.size.weights <= most.weights
    assert size.bits <= most.bits and size.total_bits <= most.total_bits
    # the twin: in integers the same network has longer weights
    assert N < 30 or network.size.bits > most.bits


@pytest.mark.proves("thm-optimal_relu-paper")
def test_the_grid_does_not_count_behind_the_first_layer():
    """The finer the grid, the longer the integers; the network of the theorem stays."""
    points, sizes = ml.data.ball(N=40, d=2, margin=0.1, seed=3).integers()[0].astype(object), []
    for bits in (1, 40, 90):
        fine = ml.Dataset(points * 2**bits + np.eye(40, 2, dtype=int), [0, 1] * 20)
        network = optimal_relu.build(fine)
        sizes.append((network.size.bits, real_form(network).behind.size.bits))
    grown, same = zip(*sizes, strict=True)
    assert grown[0] < grown[1] < grown[2] and max(same) < grown[0]


def test_errors_of_the_real_form():
    network = optimal_relu.build(ml.data.ball(N=9, d=2, seed=0))
    form = real_form(network)
    for point in ([1], [1, 2, 3], [1, "a"], [1, float("nan")]):
        with pytest.raises(ml.InvalidArgument, match="point: 2 finite numbers"):
            form.answer(point)
    with pytest.raises(ml.InvalidArgument, match="'paper' and 'merged'"):
        real_form(optimal_relu.build(ml.data.ball(N=9, d=2, seed=0), variant="narrow"))
    with pytest.raises(ml.InvalidArgument, match=r"network: .*Network"):
        real_form(form)
    with pytest.raises(ml.InvalidArgument, match="variant"):
        real_bound(9, 2, 0.5, variant="narrow")


# -- the promise is kept ---------------------------------------------------------------------------


def simplex(N):
    """All pairs at the same distance: what the union bound over pairs is about."""
    return ml.Dataset(np.eye(N, dtype=int), np.arange(N) % 2)


@pytest.mark.proves("thm-optimal_relu-projection", "thm-optimal_relu-paper")
def test_directions_are_drawn_until_the_promised_spread():
    """One draw fails on some seeds, and the network keeps its promise on all of them."""
    dataset = simplex(4)
    test, failed = SpreadTest(dataset), 0
    for seed in range(60):
        first = projection.project(dataset, np.random.default_rng(seed), 1, proven=True)
        found = projection.project(
            dataset, np.random.default_rng(seed), 1, proven=True, enough=test
        )
        failed += not test(first)
        assert Fraction(found.range - 1, found.gap) <= test.bound
        network = optimal_relu.build(dataset, directions=1, seed=seed)
        assert network.size.bits <= optimal_relu.bound(dataset, directions=1).bits
    assert failed >= 2


@pytest.mark.parametrize("name", ["mixed_scales", "powers_of_two", "lattice"])
def test_what_needs_no_measuring_is_below_the_bound(name):
    dataset = ml.data.hostile[name](30, seed=0).distinct()
    test = SpreadTest(dataset)
    assert test.unmeasured <= test.bound or dataset.d == 1


def test_directions_run_out(monkeypatch):
    """Also for many points, where only the last try may measure."""
    dataset, tried = simplex(5), []

    def never(found, *, last=False):
        tried.append(last)
        return False

    for many in (projection.MANY, 5):
        monkeypatch.setattr(projection, "MANY", many)
        tried.clear()
        with pytest.raises(ml.ConstructionFailed, match=r"40 further directions .* 5 points"):
            projection.project(dataset, np.random.default_rng(0), 1, proven=True, enough=never)
        assert tried == [False] * 40 + [True]
