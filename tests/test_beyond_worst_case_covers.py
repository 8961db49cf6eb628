"""Fewer covering neurons: greedy order, what is redundant, and the floor below all of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.__main__ import main
from mem_lib.beyond_worst_case import draw, greedy
from mem_lib.beyond_worst_case.floor import scattered
from mem_lib.beyond_worst_case.plan import MOST_OPERATIONS
from mem_lib.parts.separation import all_pairs

MOONS = ml.data.moons(N=200, noise=0.05, seed=0)
ORDERED = ("practical", "two_sided", "relu")

SHAPES = (st.integers(1, 12), st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1))


def random_bits(n_own, n_rivals, n, seed, two_sided=False):
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 2, (n_own, n), dtype=np.uint8)
    rivals = rng.integers(0, 2, (n_rivals, n), dtype=np.uint8)
    if two_sided:
        own, rivals = np.hstack([own, 1 - own]), np.hstack([rivals, 1 - rivals])
    return own, rivals


def sets_of(own, rivals):
    """What the neuron of every centre covers, as the definition tells it, in Python integers."""
    found = []
    for c in own.tolist():

        def score(x, c=c):
            return sum(b for a, b in zip(c, x, strict=True) if a == 0)

        m = min(map(score, rivals.tolist()))
        found.append((m, {i for i, x in enumerate(own.tolist()) if score(x) < m}))
    return found


def fewest(sets):
    """The number of sets of a smallest family with the union of all, by trying them all."""
    whole = set().union(*sets)
    return next(
        k
        for k in range(len(sets) + 1)
        if any(set().union(*family) == whole for family in combinations(sets, k))
    )


# -- the greedy cover ----------------------------------------------------------------------------


@pytest.mark.proves("thm-beyond_worst_case-greedy", "thm-beyond_worst_case-correct")
@pytest.mark.parametrize("two_sided", [False, True])
@settings(max_examples=60, deadline=None)
@given(*SHAPES)
def test_greedy_is_within_its_factor_of_the_optimum(two_sided, n_own, n_rivals, n, seed):
    own, rivals = random_bits(n_own, n_rivals, n, seed, two_sided)
    sets = sets_of(own, rivals)
    found = bwc.by_greedy(own, rivals)
    centres = found.centres.tolist()
    assert found.thresholds.tolist() == [sets[c][0] for c in centres]
    covered = set().union(*(sets[c][1] for c in centres))
    assert found.uncovered.tolist() == [i for i in range(n_own) if sets[i][0] == 0]
    assert covered == set(range(n_own)) - set(found.uncovered.tolist())
    least = fewest([s for _, s in sets])
    largest = max(len(s) for _, s in sets)
    assert least <= len(centres) <= bwc.harmonic(largest) * least
    for c in centres:  # none is redundant
        others = (sets[k][1] for k in centres if k != c)
        assert set().union(*others) != covered


@pytest.mark.proves("thm-beyond_worst_case-greedy")
@settings(max_examples=60, deadline=None)
@given(*SHAPES, st.randoms())
def test_the_order_of_the_rows_does_not_matter_for_the_guarantee(
    n_own, n_rivals, n, seed, shuffled
):
    own, rivals = random_bits(n_own, n_rivals, n, seed)
    rows = shuffled.sample(range(n_own), n_own)
    sets = [s for _, s in sets_of(own, rivals)]
    most = bwc.harmonic(max(map(len, sets))) * fewest(sets)
    assert len(bwc.by_greedy(own[rows], rivals).centres) <= most


def plainly_greedy(sets):
    """The greedy family as the theorem tells it: all sets are looked at for every choice."""
    left, chosen = set().union(*sets), []
    while left:
        adds = [len(s & left) for s in sets]
        chosen.append(adds.index(max(adds)))
        left -= sets[chosen[-1]]
    return chosen


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 150), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_lazy_choice_is_the_plain_one(families, count, density, seed):
    """Of equals the first row, across the borders of words, for empty sets as well."""
    table = np.random.default_rng(seed).random((families, count)) < density
    sets = greedy.packed([table[:3], table[3:]], count)
    assert (greedy.unpacked(sets, count) == table).all()
    assert greedy.sizes(sets).tolist() == table.sum(axis=1).tolist()
    chosen = greedy.greedy_family(sets)
    assert chosen == plainly_greedy([set(np.flatnonzero(row)) for row in table])
    kept = greedy.irredundant(sets[chosen], count)
    family = table[np.array(chosen, dtype=int)[kept]]
    assert (family.any(axis=0) == table.any(axis=0)).all()
    assert all((np.delete(family, i, 0).any(0) != table.any(0)).any() for i in range(len(family)))


def test_greedy_is_worse_than_the_best_where_it_has_to_be():
    """Two halves would do; the greedy family begins with the set that crosses both."""
    table = np.zeros((3, 6), bool)
    table[0, :3] = table[1, 3:] = table[2, 1:5] = True
    assert greedy.greedy_family(greedy.packed([table], 6)) == [2, 0, 1]
    assert greedy.irredundant(greedy.packed([table[[2, 0, 1]]], 6), 6).tolist() == [1, 2]


@pytest.mark.proves("thm-beyond_worst_case-greedy")
def test_a_random_order_may_take_as_many_neurons_as_points():
    """One centre covers all, and whoever does not begin with it takes one for every other point."""
    n = 9
    own = np.vstack([np.zeros(n, np.uint8), 1 - np.eye(n, dtype=np.uint8)])
    rivals = np.ones((1, n), np.uint8)
    assert bwc.by_greedy(own, rivals).centres.tolist() == [0]
    orders = [np.random.default_rng(seed).permutation(n + 1) for seed in range(20)]
    widths = {len(bwc.by_candidates(own, rivals, order).centres) for order in orders if order[0]}
    assert widths == {n}


@pytest.mark.parametrize("two_sided", [False, True])
@settings(max_examples=60, deadline=None)
@given(*SHAPES)
def test_random_order_without_its_redundant_neurons(two_sided, n_own, n_rivals, n, seed):
    own, rivals = random_bits(n_own, n_rivals, n, seed, two_sided)
    visited = bwc.by_candidates(own, rivals, np.random.default_rng(seed).permutation(n_own))
    found = bwc.without_redundant(own, visited)
    assert set(found.centres.tolist()) <= set(visited.centres.tolist())
    assert found.uncovered.tolist() == visited.uncovered.tolist()
    sets = {c: sets_of(own, rivals)[c][1] for c in found.centres.tolist()}
    covered = set().union(*sets.values())
    assert covered == set(range(n_own)) - set(visited.uncovered.tolist())
    for c in sets:
        assert set().union(*(s for k, s in sets.items() if k != c)) != covered


def test_harmonic_numbers():
    assert bwc.harmonic(0) == 0 and bwc.harmonic(1) == 1
    for count in (1, 2, 10, 1000):
        assert float(bwc.harmonic(count)) <= 1 + np.log(count)


# -- as a parameter ------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ORDERED)
@pytest.mark.parametrize("classes", [2, 4])
def test_greedy_networks_memorize_with_fewer_neurons(variant, classes):
    dataset = ml.data.ball(N=120, d=2, margin=0.01, classes=classes, seed=1)
    usual, few = (bwc.build(dataset, variant=variant, order=o) for o in bwc.ORDERS)
    assert ml.verify(usual, dataset).ok and ml.verify(few, dataset).ok
    assert (usual.layers[0].weight == few.layers[0].weight).all()  # the same hyperplanes
    assert few.layers[1].units < usual.layers[1].units
    assert few.about["order"] == "greedy" and "order" not in usual.about
    assert ml.Network.from_json(few.to_json()) == few
    assert bwc.build(dataset, variant=variant) == usual


@pytest.mark.parametrize("variant", ORDERED)
def test_greedy_order_on_digits(variant):
    dataset = ml.data.digits()
    found = {o: bwc.attempt(dataset, 300, variant=variant, order=o) for o in bwc.ORDERS}
    assert sum(found["greedy"].covering) < 0.75 * sum(found["random"].covering)
    assert ml.verify(found["greedy"].network, dataset).ok


@pytest.mark.proves("thm-beyond_worst_case-greedy")
@pytest.mark.parametrize("variant", ORDERED)
def test_the_promise_is_that_of_random_order(variant):
    dataset = ml.data.ball(N=20, d=2, margin=0.2, classes=2, seed=0)
    promise = bwc.bound(dataset, variant=variant, order="greedy")
    assert promise == bwc.bound(dataset, variant=variant)
    network = bwc.build(dataset, variant=variant, order="greedy", n=promise.width)
    assert all(value <= getattr(promise, name) for name, value in vars(network.size).items())


def test_whether_a_draw_succeeds_does_not_depend_on_the_order():
    for seed in range(10):
        found = [bwc.attempt(MOONS, 40, order=order, seed=seed) for order in bwc.ORDERS]
        assert found[0].uncovered.tolist() == sorted(found[1].uncovered.tolist())
        assert (len(found[0].uncovered) == 0) == ml.verify(found[1].network, MOONS).ok


def test_nothing_to_cover():
    one_class = ml.Dataset([[0.0, 1.0], [2.0, 3.0]], [1, 1])
    assert bwc.build(one_class, order="greedy").layers == bwc.build(one_class).layers
    assert bwc.attempt(MOONS, n=1, order="greedy").covering == (0,)
    gaps = ml.Dataset([[0.0], [1.0], [3.0]], [0, 3, 0], classes=5)
    assert ml.verify(bwc.build(gaps, order="greedy"), gaps).ok


@pytest.mark.parametrize("order", ["best", "", 1, ["greedy"]])
def test_an_unknown_order_is_refused(order):
    with pytest.raises(ml.InvalidArgument, match=r"^order: one of \('random', 'greedy'\)"):
        bwc.build(MOONS, order=order)


def test_given_centres_have_no_order():
    with pytest.raises(ml.InvalidArgument, match=r"^order: it means nothing to .*idealised"):
        bwc.build(MOONS, variant="idealised", order="greedy")


def test_the_command_takes_an_order(tmp_path, capsys):
    table, net = tmp_path / "moons.csv", tmp_path / "net.json"
    rows = zip(MOONS.points.tolist(), MOONS.labels.tolist(), strict=True)
    table.write_text("".join(f"{x},{y},{label}\n" for (x, y), label in rows))
    call = ["build", "beyond_worst_case.two_sided", str(table), "-o", str(net), "--set", "n=200"]
    assert main([*call, "--set", "order=greedy"]) == 0
    made = ml.Network.load(net)
    assert made.layers == bwc.build(MOONS, variant="two_sided", n=200, order="greedy").layers
    assert main([*call, "--set", "order=best"]) != 0
    assert "order: one of ('random', 'greedy') is needed, got 'best'" in capsys.readouterr().err


@pytest.fixture
def no_draw(monkeypatch):
    """Whoever begins to draw fails."""
    monkeypatch.setattr(draw, "hyperplanes", None)


def test_too_many_scores_are_refused_before_the_draw(no_draw):
    crowd = ml.data.moons(N=20_000, noise=0.05, seed=0)
    message = r"^order: the scores of 20000 points for 10000 centres over 50000 hyperplanes take "
    with pytest.raises(ml.TooLarge, match=message) as refused:
        bwc.build(crowd, n=50_000, order="greedy")
    assert f"max_operations = {MOST_OPERATIONS}" in str(refused.value)
    assert "order='random' takes 1204800000" in str(refused.value)
    with pytest.raises(TypeError):  # which is begun
        bwc.build(crowd, n=50_000)


@pytest.mark.parametrize("call", [bwc.build, bwc.attempt])
def test_covering_sets_that_do_not_fit_are_refused_before_the_draw(no_draw, monkeypatch, call):
    crowd = ml.data.moons(N=20_000, noise=0.05, seed=0)
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 10**7)
    message = r"^order: .* all covering sets of 10000 points \(order='random' keeps none\) need"
    with pytest.raises(ml.TooLarge, match=message):
        call(crowd, n=100, order="greedy")
    with pytest.raises(TypeError):
        call(crowd, n=100)


def test_the_border_of_max_operations():
    takes = 120 * (200 + 4096) + 120 * 100 * 200 // 4096
    assert bwc.attempt(MOONS, n=120, order="greedy", max_operations=takes)
    with pytest.raises(ml.TooLarge, match=r"^order: the scores of 200 points for 100 centres"):
        bwc.attempt(MOONS, n=120, order="greedy", max_operations=takes - 1)


# -- the floor -----------------------------------------------------------------------------------


def balls_of(dataset, k, open_):
    """The points of class k in the ball of each of them, by exact squared distances."""
    points = dataset.integers()[0].tolist()
    label = dataset.labels.tolist()

    def square(a, b):
        return sum((x - y) ** 2 for x, y in zip(points[a], points[b], strict=True))

    own = [i for i in range(dataset.N) if label[i] == k]
    radius = {c: min(square(c, y) for y in range(dataset.N) if label[y] != k) for c in own}
    return [
        {x for x in own if (square(c, x) < radius[c] if open_ else square(c, x) <= radius[c])}
        for c in own
    ]


@st.composite
def small_sets(draw):
    """Up to 16 points of two or three classes, close together, so that distances tie."""
    coordinate = st.integers(-3, 3)
    unit = draw(st.sampled_from([1, 0.5, 2.0**40, 2.0**-40]))
    d = draw(st.integers(1, 3))
    rows = draw(st.lists(st.tuples(*[coordinate] * d), min_size=2, max_size=16, unique=True))
    labels = draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    return ml.Dataset(np.array(rows) * unit, labels, classes=draw(st.integers(max(labels) + 1, 4)))


@pytest.mark.proves("thm-beyond_worst_case-floor", "thm-beyond_worst_case-greedy")
@settings(max_examples=150, deadline=None)
@given(small_sets(), st.integers(0, 1))
def test_the_fewest_balls_lie_between_the_two_numbers(dataset, covered):
    floor = bwc.covering_floor(dataset, covered=covered)
    if len(np.unique(dataset.labels)) == 1:
        assert floor == bwc.Floor((), (), 0)
        return
    targets = [covered] if dataset.classes == 2 else range(dataset.classes)
    assert len(floor.balls) == len(floor.at_least) == len(targets)
    ties = 0
    for k, balls, least in zip(targets, floor.balls, floor.at_least, strict=True):
        inner, outer = (balls_of(dataset, k, open_) for open_ in (True, False))
        ties += sum(map(len, outer)) - sum(map(len, inner))
        if not inner:
            assert balls == least == 0
            continue
        assert 1 <= least <= fewest(outer) <= fewest(inner) <= balls
        assert balls <= bwc.harmonic(max(map(len, inner))) * fewest(inner)
    assert floor.ties == ties


@pytest.mark.proves("thm-beyond_worst_case-floor")
@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10), st.integers(1, 150), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_scattered_elements_are_apart(families, count, density, seed):
    """The number of elements found is that of some set of elements no two of which meet, and it is
    never above the fewest sets of a cover."""
    table = np.random.default_rng(seed).random((families, count)) < density
    table[0] |= ~table.any(axis=0)
    found = scattered(greedy.packed([table], count), count)
    assert 1 <= found <= fewest([set(np.flatnonzero(row)) for row in table])


def test_the_same_points_on_another_scale_have_the_same_floor():
    moons = ml.data.moons(N=120, noise=0.05, seed=3)
    floor = bwc.covering_floor(moons)
    for unit in (2.0**-300, 2.0**300):
        assert bwc.covering_floor(ml.Dataset(moons.points * unit, moons.labels)) == floor
    doubled = moons.subset(np.repeat(np.arange(moons.N), 2))
    assert bwc.covering_floor(doubled) == floor


def test_long_integers_are_told_apart():
    """Distances that agree to 60 bits and more: balls of a class in Python integers."""
    far = 2**200
    points = [[0], [far - 1], [far], [far + 1]]
    array = np.empty((4, 1), dtype=object)
    array[:] = points
    floor = bwc.covering_floor(ml.Dataset(array, [1, 1, 0, 1]))
    assert floor == bwc.Floor((2,), (2,), 0)
    array[1] = far  # as far from 0 as the rival at -2^200
    array[2] = -far
    assert bwc.covering_floor(ml.Dataset(array, [1, 1, 0, 1])).ties == 1


@pytest.mark.proves("thm-beyond_worst_case-limit")
@pytest.mark.parametrize("variant", ["practical", "two_sided"])
def test_covers_come_down_to_the_floor(variant):
    """A line on which p is known: many hyperplanes, and the sets of a draw are those of p."""
    dataset = ml.Dataset([[x / 16] for x in (-16, -11, -4, 3, 5, 13)], [0, 1, 1, 1, 0, 1])
    found = bwc.covering_floor(dataset, max_bias=1)
    assert found.ties == 0 and found.balls == found.at_least
    widths = [
        bwc.attempt(dataset, 20_000, 1, variant=variant, order="greedy", seed=seed).covering
        for seed in range(5)
    ]
    assert widths == [found.balls] * 5


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_the_sets_of_a_draw_lie_between_those_of_p():
    """At an n for which failure is promised to be rarer than one in twenty."""
    own = np.array([[0.4, 0.3], [1.0, 0.0], [-1.0, -0.7]])
    rivals, bias = np.array([[-0.5, 0.4], [-0.3, -0.4]]), 1.0
    same, other = all_pairs(own, own, bias), all_pairs(own, rivals, bias)
    gap = np.abs(same[:, :, None] - other[:, None, :]).min()  # no ties, and c itself is counted
    n = int(np.ceil(2 * np.log(3 * 3 * 2 / 0.05) / gap**2))
    inside = same < other.min(axis=1)[:, None]
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        w, b = rng.standard_normal((n, 2)), rng.uniform(-bias, bias, n)
        codes = [(points @ w.T + b > 0).astype(np.uint8) for points in (own, rivals)]
        held += [s for _, s in sets_of(*codes)] == [set(np.flatnonzero(row)) for row in inside]
    assert held >= 16  # fewer have a probability below 0.003


@pytest.mark.proves("thm-beyond_worst_case-limit")
def test_for_wide_biases_p_orders_points_as_distances_do():
    """From the lambda of the proof on, the balls of p are the Euclidean ones."""
    for seed in range(5):
        dataset = ml.data.ball(N=14, d=2, margin=0.1, classes=2, seed=seed)
        points = np.asarray(dataset.points, float)
        far = np.linalg.norm(points[:, None] - points[None], axis=2)
        own = dataset.labels == 1
        ratio = far[own][:, own][:, :, None] / far[own][:, ~own][:, None, :]
        ratio = np.divide(1, ratio, out=ratio.copy(), where=ratio > 1)
        wide = 1.0
        while bwc.chi3(wide / dataset.radius) <= ratio[ratio < 1].max():
            wide *= 1.25
        near, enemy = (all_pairs(points[own], points[side], wide) for side in (own, ~own))
        inside = near < enemy.min(axis=1)[:, None]
        assert (inside == (far[own][:, own] < far[own][:, ~own].min(axis=1)[:, None])).all()


def test_the_floor_by_p_counts_what_it_cannot_tell_apart():
    """1 and -1 are equally far from 0; 0 and 2 from 1 as well, but by p the rival is nearer."""
    dataset = ml.Dataset([[0.0], [1.0], [-1.0], [2.0]], [1, 1, 0, 0])
    assert bwc.covering_floor(dataset) == bwc.Floor((2,), (1,), 2)
    assert bwc.covering_floor(dataset, max_bias=4) == bwc.Floor((2,), (1,), 1)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: bwc.covering_floor("moons"), ml.InvalidArgument, "dataset: a Dataset"),
        (lambda: bwc.covering_floor(MOONS, covered=2), ml.InvalidArgument, "covered: the class 0"),
        (lambda: bwc.covering_floor(MOONS, max_bias=-1), ml.InvalidArgument, "max_bias: a finite"),
        (lambda: bwc.covering_floor(MOONS, max_bias="x"), ml.InvalidArgument, "max_bias: a finite"),
        (
            lambda: bwc.covering_floor(MOONS, max_bias=MOONS.radius / 51),
            ml.InvalidArgument,
            "max_bias: 0, or at least a fiftieth of the radius",
        ),
        (
            lambda: bwc.covering_floor(ml.Dataset([[1.0], [2.0]], [0, 1]), max_bias=0),
            ml.HypothesisViolated,
            "max_bias: with max_bias = 0 rows 0 and 1",
        ),
        (
            lambda: bwc.covering_floor(ml.Dataset([[1.0], [2.0]], targets=[0.5, 1.5])),
            ml.HypothesisViolated,
            "dataset: this construction needs labels",
        ),
    ],
)
def test_the_floor_names_what_is_wrong(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_balls_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 10**4)
    with pytest.raises(ml.TooLarge, match=r"^dataset: the balls of 100 points of a class need"):
        bwc.covering_floor(MOONS)
