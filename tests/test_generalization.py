"""The constructions of chapter generalization: what they compute, and what they take."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib.generalization import Cells, Condensed, MaxNet, cells, nearest
from mem_lib.generalization.condensed import kept, packing

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


def test_unknown_variants():
    with pytest.raises(ml.InvalidArgument, match="variant: one of"):
        ml.generalization.build(XOR, variant="knn")
    with pytest.raises(ml.InvalidArgument, match="variant: one of"):
        ml.generalization.bound(XOR, variant="knn")
