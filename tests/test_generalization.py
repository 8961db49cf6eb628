"""The constructions of chapter generalization: what they compute, and what they take."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib._base import memory
from mem_lib.generalization import (
    Cells,
    Condensed,
    MaxNet,
    Pipelined,
    Projected,
    Spike,
    cells,
    condensed,
    keys,
    nearest,
    spike,
)
from mem_lib.generalization.condensed import kept, packing
from mem_lib.generalization.spike import SpikePlan

XOR = ml.Dataset([[0, 0], [1, 1], [1, 0], [0, 1]], [0, 0, 1, 1])
LINE = ml.Dataset([[0], [3], [4], [9], [10], [10]], [1, 0, 0, 1, 1, 1])
SEVEN = ml.Dataset([[0, 0], [4, 0], [0, 3], [5, 5], [2, 2], [7, 1], [1, 6]], [1, 0, 0, 1, 1, 0, 1])


def widths(network):
    return [layer.units for layer in network.layers[:-1]]


def numerators(network, points):
    return ml.evaluate(network, points)[0][:, 0].tolist()


def squares_to(dataset, points):
    """(M, C): the squared distance of each point to each class; a large number for no point."""
    square = ((points[:, None, :] - dataset.points[None]) ** 2).sum(axis=2)
    return np.stack(
        [np.where(dataset.labels == c, square, 10**9).min(axis=1) for c in range(dataset.classes)],
        axis=1,
    )


def nearest_label(square):
    """The class of least distance, -1 where two tie."""
    least = np.sort(square, axis=1)
    return np.where(least[:, 0] == least[:, 1], -1, square.argmin(axis=1))


@st.composite
def samples(draw, most_classes=4):
    """Few points of a small grid, several of them equal, collinear or tied, in up to C classes."""
    d, classes = draw(st.integers(1, 4)), draw(st.integers(2, most_classes))
    reach = draw(st.sampled_from([1, 3, 20]))
    point = st.tuples(*[st.integers(-reach, reach)] * d)
    labels = draw(st.dictionaries(point, st.integers(0, classes - 1), min_size=1, max_size=13))
    rows = [*labels, *draw(st.lists(st.sampled_from(sorted(labels)), max_size=3))]
    return ml.Dataset(rows, [labels[row] for row in rows], classes=classes)


def queries(dataset, seed=0, M=60):
    """Points in and far outside the box, and the data."""
    rng = np.random.default_rng(seed)
    reach = 2 * int(np.abs(dataset.points).max()) + 2
    return np.vstack([dataset.points, rng.integers(-reach, reach + 1, (M, dataset.d))])


# -- the nearest point -----------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-maxnet")
@given(samples())
def test_the_maxnet_is_the_nearest_point_everywhere(dataset):
    network, points = ml.build(dataset, MaxNet()), queries(dataset)
    square = squares_to(dataset, points)
    assert (ml.predict(network, points) == nearest_label(square)).all()
    if dataset.classes == 2 and len(set(dataset.labels.tolist())) == 2:
        assert numerators(network, points) == (square[:, 0] - square[:, 1]).tolist()


@pytest.mark.proves("thm-generalization-maxnet")
def test_the_maxnet_on_thousands_of_points_and_its_size():
    rng = np.random.default_rng(3)
    points = np.unique(rng.integers(-40, 41, (150, 3)), axis=0)
    dataset = ml.Dataset(points, rng.integers(0, 2, len(points)))
    network, asked = ml.build(dataset, MaxNet()), rng.integers(-90, 91, (5000, 3))
    square = squares_to(dataset, asked)
    assert numerators(network, asked) == (square[:, 0] - square[:, 1]).tolist()
    N, largest = dataset.N, int(np.bincount(dataset.labels).max())
    assert widths(network)[0] == N
    assert network.depth == 1 + 1 + int(np.ceil(np.log2(largest - 1)))
    assert network.size.weights <= N * 4 + 4.5 * N + 8 * network.depth


def test_the_maxnet_of_the_smallest_data():
    network = ml.build(XOR, MaxNet())
    assert widths(network) == [4] and network.size.weights == 13
    assert (network.size.dense_weights, network.size.bits) == (17, 2)
    assert numerators(network, [*XOR.points, [2, 0], [5, 5]]) == [-1, -1, 1, 1, 1, -9]
    network = ml.build(LINE, MaxNet())
    assert widths(network) == [5, 5]
    points = [[0], [3], [4], [9], [10], [10], [2], [20]]
    assert numerators(network, points) == [9, -9, -16, 25, 36, 36, -3, 156]
    network = ml.build(SEVEN, MaxNet())
    assert widths(network) == [7, 7, 5]
    assert numerators(network, [*SEVEN.points, [1, 1], [2, 0]]) == [9, -8, -5, 20, 5, -20, 10, 3, 0]


def test_two_points_take_no_hidden_layer():
    network = ml.build(ml.Dataset([[-3, 1], [5, 2]], [1, 0]), MaxNet())
    assert network.depth == 1 and network.size.weights == 3
    assert ml.predict(network, [[-4, 0], [1, 1], [7, 7]]).tolist() == [1, 1, 0]


@pytest.mark.parametrize("counts", [(1, 2), (2, 1), (3, 3), (5, 1), (1, 6, 2), (4, 9), (1, 1, 1)])
def test_hidden_widths(counts):
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(len(counts)), counts)
    points = rng.permutation(100)[: len(labels), None]
    network = ml.build(ml.Dataset(points, labels), MaxNet())
    assert widths(network) == nearest.widths(counts)
    assert len(nearest.widths(counts)) == nearest.hidden_layers(max(counts))


def test_a_class_without_points_is_never_the_answer():
    dataset = ml.Dataset([[0, 0], [4, 1], [7, 3]], [1, 3, 1], classes=5)
    points = queries(dataset)
    found = ml.predict(ml.build(dataset, MaxNet()), points)
    assert (found == nearest_label(squares_to(dataset, points))).all()


@pytest.mark.proves("thm-generalization-robust")
@given(samples(most_classes=3))
def test_labels_are_kept_within_half_the_margin(dataset):
    if dataset.squared_margin is None:
        return
    network, least = ml.build(dataset, MaxNet()), int(dataset.squared_margin)
    rng = np.random.default_rng(0)
    for row in range(dataset.N):
        step = rng.integers(-50, 51, (20, dataset.d)) / 8
        near = [0 * step[0], *step[4 * (step**2).sum(axis=1) < least]]
        assert (ml.predict(network, dataset.points[row] + near) == dataset.labels[row]).all()
    # two points at the margin: half way between them nobody is right for both
    i, j = closest(dataset)
    middle = (dataset.points[i] + dataset.points[j]) / 2
    assert ml.predict(network, [middle])[0] == -1


def closest(dataset):
    square = ((dataset.points[:, None] - dataset.points[None]) ** 2).sum(axis=2)
    square[dataset.labels[:, None] == dataset.labels] = 10**9
    return np.unravel_index(int(square.argmin()), square.shape)


def test_points_that_are_no_integers_and_huge_ones():
    near, far = 2.0**-30, 3.0 * 2.0**40
    dataset = ml.Dataset([[0.0, 0.1], [near, 0.1], [far, 0.0]], [0, 1, 1])
    network = ml.build(dataset, MaxNet())
    assert ml.verify(network, dataset).slack == dataset.squared_margin == Fraction(1, 2**60)
    assert ml.predict(network, [[near / 2, 0.3], [near / 2 + 2.0**-80, 0.3]]).tolist() == [-1, 1]


# -- cells -----------------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-cells")
@given(samples(), st.sampled_from([Fraction(1, 100), Fraction(49, 100), 0.1]))
def test_cells_answer_with_the_nearest_label_or_not_at_all(dataset, tau):
    network, points = ml.build(dataset, Cells(tau)), queries(dataset)
    found, label = ml.predict(network, points), nearest_label(squares_to(dataset, points))
    assert ((found == label) | (found == -1)).all()
    assert ml.verify(network, dataset).ok
    if dataset.squared_margin is None:
        return
    if dataset.classes == 2:
        assert ml.verify(network, dataset).slack >= Fraction(tau) * dataset.squared_margin
    inside = in_a_cell(dataset, points, Fraction(tau))
    assert (found[inside] == label[inside]).all()


def in_a_cell(dataset, points, tau):
    """Whether a point lies in the cell of some training point, by the definition."""
    x, y = dataset.points, dataset.labels
    found = np.zeros(len(points), dtype=bool)
    for i in range(dataset.N):
        square = ((points - x[i]) ** 2).sum(axis=1)
        cell = np.ones(len(points), dtype=bool)
        for j in np.flatnonzero(y != y[i]):
            side = ((points - x[j]) ** 2).sum(axis=1) - square
            cell &= side >= 2 * tau * int(((x[i] - x[j]) ** 2).sum())
        found |= cell
    return found


def test_cells_of_the_smallest_data():
    network = ml.build(XOR, Cells())
    assert widths(network) == [8, 4]
    size = network.size
    assert (size.weights, size.dense_weights, size.bits) == (32, 65, 8)
    assert numerators(network, [*XOR.points, [2, 0], [2, 1]]) == [-2, -2, 2, 2, 2, -2]
    network = ml.build(LINE, Cells())
    assert network.size.bits == 14 and widths(network) == [12, 5]  # the repeated point counts once
    points = [[0], [3], [4], [9], [10], [2], [6], [20]]
    assert numerators(network, points) == [18, -36, -36, 36, 36, -18, -18, 36]
    network = ml.build(SEVEN, Cells())
    assert widths(network) == [24, 7]
    size = network.size
    assert (size.weights, size.dense_weights, size.bits) == (106, 255, 13)
    assert numerators(network, [*SEVEN.points, [2, 0]]) == [20, -10, -10, 30, 10, -20, 10, 0]


def test_generated_cells_are_the_stored_ones(monkeypatch):
    """At 40 points: outputs, certificate, hash and size."""
    dataset = ml.data.ball(N=40, d=7, classes=3, margin=0.1, seed=3)
    stored = ml.build(dataset, Cells())
    monkeypatch.setattr(cells, "STORED", 0)
    generated = ml.build(dataset, Cells())
    assert "generated" in repr(generated.layers[0]) and "dense" in repr(stored.layers[0])
    one, other = ml.verify(stored, dataset), ml.verify(generated, dataset)
    assert one == other and one.ok and one.arithmetic == other.arithmetic
    assert generated.sha256 == stored.sha256 and generated.size == stored.size
    points = np.random.default_rng(0).standard_normal((40, 7)).round(3)
    assert (ml.evaluate(stored, points)[0] == ml.evaluate(generated, points)[0]).all()


@pytest.mark.parametrize("tau", [0, -1, Fraction(1, 2), 0.7, float("nan"), "a", None])
def test_bad_tau(tau):
    with pytest.raises(ml.InvalidArgument, match="tau: a"):
        Cells(tau)


# -- constant size ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-condensed")
@given(samples())
def test_the_condensed_network_memorizes_all_and_keeps_few(dataset):
    network = ml.build(dataset, Condensed())
    assert ml.verify(network, dataset).ok
    if dataset.squared_margin is None:
        return
    points, least = dataset.points, int(dataset.squared_margin)
    rows = kept(dataset)
    assert network.about["kept"] == len(rows)
    square = ((points[rows][:, None] - points[rows][None]) ** 2).sum(axis=2)
    assert (square + 10**9 * np.eye(len(rows), dtype=int)).min() >= least
    facts = ml.Facts.of(dataset)
    assert len(rows) <= packing(dataset.d, facts.radius, facts.margin)


def test_points_are_kept_greedily_in_their_order(monkeypatch):
    """Whatever is compared at a time; the definition, point by point."""
    dataset = ml.data.moons(N=70, noise=0.1, margin=0.2, seed=4)
    points, least = dataset.points, dataset.squared_margin
    wanted = []
    for i in range(dataset.N):
        steps = (points[i] - points[wanted]) ** 2
        if not any(a + b < least for a, b in steps.tolist()):
            wanted.append(i)
    for block in (1, 3, 512):
        monkeypatch.setattr(condensed, "BLOCK", block)
        assert kept(dataset).tolist() == wanted
    assert 2 < len(wanted) < 60


@pytest.mark.proves("thm-generalization-condensed")
def test_the_size_does_not_grow_with_the_sample():
    """Two discs a margin apart: the same few points, however many there are."""
    rng = np.random.default_rng(0)
    points = rng.integers(-100, 101, (3000, 2))
    points = points[(points**2).sum(axis=1) <= 10**4]
    labels = rng.integers(0, 2, len(points))
    points[:, 0] += 500 * labels
    sizes = [
        ml.build(ml.Dataset(points[:N], labels[:N]), Condensed()).about["kept"]
        for N in (30, 300, len(points))
    ]
    assert sizes[0] == sizes[-1] == 2


# -- spikes ----------------------------------------------------------------------------------------


def answers(plan, points):
    """The class of the spikes where the key of a point is one of the plan's, else the other one."""
    integers = np.asarray(points, dtype=object)
    found = integers @ np.array(plan.direction, dtype=object) + plan.offset
    hit = np.array([max(int(key), 0) in set(plan.keys) for key in found])
    return np.where(hit, plan.sign > 0, plan.sign < 0).astype(int)


@pytest.mark.proves("thm-generalization-spike")
@given(samples(most_classes=2), st.sampled_from([1, -1]), st.integers(0, 5))
def test_spikes_look_keys_up(dataset, sign, seed):
    if dataset.squared_margin is None:
        return
    construction = Spike(sign)
    plan = construction.plan(dataset.distinct(), np.random.default_rng(seed))
    network = ml.build(dataset, construction, seed=seed)
    assert ml.verify(network, dataset).ok
    points = queries(dataset)
    assert (ml.predict(network, points) == answers(plan, points)).all()
    m, rho = len(plan.keys), plan.key_bits
    assert network.size.dense_weights == spike.dense_weights(dataset.d, m, rho)
    assert network.depth == spike.layers_of(m, rho) and network.size.width in (4, 5, 6)
    assert network.size.bits <= max(plan.block * rho, (2 * dataset.N**2).bit_length(), rho + 1)


@pytest.mark.parametrize(
    ("dataset", "direction", "offset", "keys", "hidden", "weights", "dense"),
    [
        (XOR, [1, -3], 3, [0, 4], [1, 4, 6, 6, 6, 5, 4], 72, 189),
        (SEVEN, [3, -5], 35, [8, 25, 31, 35], [1, 4, 4, 4, *[6] * 6, 5, 4], 138, 355),
    ],
)
def test_spikes_of_the_smallest_data(dataset, direction, offset, keys, hidden, weights, dense):
    plan = SpikePlan.along(dataset, 1, direction)
    assert (plan.offset, plan.keys, plan.block) == (offset, keys, 1)
    network = Spike().network(plan, None)
    assert widths(network) == hidden
    assert (network.size.weights, network.size.dense_weights) == (weights, dense)
    assert numerators(network, dataset.points) == (2 * dataset.labels - 1).tolist()


def test_spikes_off_the_grid_answer_near_a_key_only():
    plan = SpikePlan.along(SEVEN, 1, [3, -5])
    network, rng = Spike().network(plan, None), np.random.default_rng(0)
    points = rng.integers(0, 7 * 64 + 1, (3000, 2)) / 64
    key = points @ [3, -5] + 35
    last = np.array(plan.keys[:-1])  # blocks of one key
    in_a_border = ((key[:, None] > last) & (key[:, None] < last + 1)).any(axis=1)
    far = (np.abs(key[:, None] - plan.keys) >= 1).all(axis=1)
    found = ml.predict(network, points)
    assert (found[far & ~in_a_border] == 0).all() and (found == 1).any()


def test_three_thousand_points_are_exact():
    rng = np.random.default_rng(2)
    points = rng.integers(0, 2**12, (3000, 10))
    dataset = ml.Dataset(points, rng.integers(0, 2, 3000))
    network = ml.build(dataset, Spike())
    assert ml.verify(network, dataset).ok and network.size.width == 6
    assert network.size.weights < 10_000 and network.size.bits > 200


@pytest.mark.parametrize("sign", [0, 2, True, None, "1", 1.5])
def test_bad_signs(sign):
    with pytest.raises(ml.InvalidArgument, match="sign: 1 or -1 is needed"):
        Spike(sign)


def test_spikes_of_three_classes_are_refused():
    dataset = ml.Dataset([[0], [1], [2]], [0, 1, 2])
    with pytest.raises(ml.HypothesisViolated, match="at most 2 classes"):
        ml.build(dataset, Spike())


# -- few directions --------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-projected")
@given(samples(), st.integers(1, 4), st.integers(0, 5))
def test_behind_a_projection_only_the_projection_counts(dataset, rank, seed):
    rank = min(rank, dataset.d)
    construction = Projected(rank)
    network = ml.build(dataset, construction, seed=seed)
    assert ml.verify(network, dataset).ok
    if dataset.squared_margin is None:
        return
    plan = construction.plan(dataset.distinct(), np.random.default_rng(seed))
    first = network.layers[0].dense
    assert (
        first[:rank].tolist() == plan.directions
        and first[rank:].tolist() == (-first[:rank]).tolist()
    )
    assert network.about["rank"] == rank
    points = queries(dataset)
    image, asked = (p @ first[:rank].T for p in (dataset.distinct().points, points))
    square = ((asked[:, None] - image[None]) ** 2).sum(axis=2)
    labels, classes = dataset.distinct().labels, range(dataset.classes)
    least = [np.where(labels == c, square, 10**9).min(axis=1) for c in classes]
    assert (ml.predict(network, points) == nearest_label(np.stack(least, axis=1))).all()


@pytest.mark.parametrize("rank", [0, -1, 1.5, "1", True])
def test_bad_ranks(rank):
    with pytest.raises(ml.InvalidArgument, match="rank: a whole number >= 1"):
        Projected(rank)


def test_a_rank_above_the_dimension_is_refused():
    for act in (ml.build, ml.bound):
        with pytest.raises(ml.HypothesisViolated, match="inputs has rank 2 at most, got 3"):
            act(XOR, Projected(3))


def test_points_that_no_direction_told_apart_are_named(monkeypatch):
    """All entries 0, as if the dice were loaded."""
    monkeypatch.setattr(
        keys, "projections", lambda data, drawn: np.zeros((data.N, len(drawn)), int)
    )
    for construction in (Spike(), Projected()):
        with pytest.raises(ml.ConstructionFailed, match="rows 0 and 2 of the distinct points"):
            ml.build(XOR, construction)


# -- the pipeline ----------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-pipelined")
@given(samples())
def test_the_pipeline_is_the_maxnet(dataset):
    """Wherever no coordinate is below ``low``."""
    plain, network = ml.build(dataset, MaxNet()), ml.build(dataset, Pipelined())
    assert ml.verify(network, dataset).ok
    if dataset.squared_margin is None:
        return
    low = int(network.about["low"], 16)
    assert low == 2 * int(dataset.points.min()) - int(dataset.points.max())
    points = np.maximum(queries(dataset), low)
    one, other = (ml.evaluate(net, points)[0] for net in (plain, network))
    assert (one - one[:, :1] == other - other[:, :1]).all()
    assert (ml.predict(network, points) == ml.predict(plain, points)).all()


@pytest.mark.proves("thm-generalization-pipelined")
@pytest.mark.parametrize(("d", "N"), [(1, 40), (2, 41), (5, 60), (16, 200), (40, 90)])
def test_the_pipeline_is_narrow_and_deep(d, N):
    dataset = ml.data.ball(N=N, d=d, classes=3, seed=N)
    plain, network = ml.build(dataset, MaxNet()), ml.build(dataset, Pipelined())
    points = np.random.default_rng(0).integers(-(2**19), 2**19, (200, d)) / 2.0**20
    assert (ml.predict(network, points) == ml.predict(plain, points)).all()
    p = -(-d // 4)
    assert network.size.width <= d + 4 * p + p.bit_length() + 12
    assert network.depth <= N / (2 * p) + p.bit_length() + 6
    assert network.size.weights <= N * (d + 1) + 5 * N + 20 * network.depth + 2 * N * d / p


def test_the_pipeline_has_fewer_entries_than_the_maxnet_when_there_are_many_points():
    dataset = ml.data.ball(N=300, d=8, seed=0)
    plain, network = ml.build(dataset, MaxNet()), ml.build(dataset, Pipelined())
    ratio = network.size.dense_weights / (300 * 8)
    assert network.size.dense_weights < plain.size.dense_weights and 7 < ratio < 9


# -- what all of them refuse -----------------------------------------------------------------------


@pytest.mark.parametrize("variant", ml.generalization.VARIANTS)
@given(samples())
def test_memorize(variant, dataset):
    if ml.constructions.REGISTRY[f"generalization.{variant}"].most_classes == 2:
        dataset = ml.Dataset(dataset.points, dataset.labels % 2, classes=2)
    assert ml.verify(ml.generalization.build(dataset, variant=variant), dataset).ok


@pytest.mark.parametrize("variant", ml.generalization.VARIANTS)
def test_targets_are_refused(variant):
    dataset = ml.Dataset([[0], [1]], targets=[0.5, 1])
    with pytest.raises(ml.HypothesisViolated, match=f"'generalization.{variant}' needs labels"):
        ml.generalization.build(dataset, variant=variant)
    with pytest.raises(ml.HypothesisViolated, match="needs labels"):
        ml.generalization.bound(dataset, variant=variant)


@pytest.mark.parametrize("variant", ml.generalization.VARIANTS)
def test_what_does_not_fit_is_refused_before_it_is_built(variant, monkeypatch):
    monkeypatch.setattr(memory, "physical_memory", lambda: 2**9)
    with pytest.raises(ml.TooLarge, match="dataset: "):
        ml.generalization.build(SEVEN, variant=variant)


def test_unknown_variants():
    with pytest.raises(ml.InvalidArgument, match="variant: one of"):
        ml.generalization.build(XOR, variant="knn")
    with pytest.raises(ml.InvalidArgument, match="variant: one of"):
        ml.generalization.bound(XOR, variant="knn")
