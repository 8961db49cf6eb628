"""Points, lines, regions and rings: exact at any scale, and only of the plane."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.sparse import coo_array

import mem_lib as ml
from mem_lib import figures

MOONS = ml.data.moons(N=60, noise=0.05, seed=0)


def test_firing_is_exact():
    network = ml.beyond_worst_case.build(MOONS, n=100)
    fires = figures.firing(network, 1, MOONS.points)
    assert (fires.any(axis=1) == (MOONS.labels == 1)).all()


def thresholds(shift, *rows):
    weight, bias = [row[:2] for row in rows], [row[2] for row in rows]
    return ml.Network([ml.Layer(weight, bias, "threshold")], shift, readout="argmax")


@pytest.mark.parametrize("scale", [0, 45, 900, -40, -900])
def test_firing_at_any_scale(scale):
    """x >= 2^scale, at points near it and at 0."""
    network = thresholds(max(-scale, 0), (1, 0, -(2 ** max(scale, 0))))
    x = np.array([2.0, 1, 1 - 2**-20, 0, -1]) * 2.0**scale
    fires = figures.firing(network, 0, np.column_stack([x, 0 * x]))
    assert fires.tolist() == [[True], [True], [False], [False], [False]]


def test_firing_rounds_to_30_bits_of_the_largest_coordinate():
    network = thresholds(40, (1, 0, -1))  # x >= 2^-40
    grid = [[0.75, 0], [2.0**-30, 0], [2.0**-32, 0]]
    assert figures.firing(network, 0, np.array(grid)).tolist() == [[True], [True], [False]]
    assert figures.firing(network, 0, np.array(grid[1:])).tolist() == [[True], [True]]
    assert figures.firing(network, 0, np.zeros((2, 2))).tolist() == [[False], [False]]


@pytest.mark.parametrize("grid", [[[0.0, np.nan]], [[np.inf, 0.0]], [[0.0]], [0.0, 1.0]])
def test_firing_at_what_is_no_point_of_the_plane(grid):
    with pytest.raises(ml.InvalidDataset):
        figures.firing(thresholds(0, (1, 0, 0)), 0, np.array(grid))


@pytest.mark.parametrize("reach", [1, 100, 1e6])
def test_lines_cross_the_picture(reach):
    """x = 0, y = reach / 2 and x + y = reach, from edge to edge; a row of zeros is no line."""
    rows = [(2, 0, 0), (0, 4, -2 * int(reach)), (0, 0, 1), (1, 1, -int(reach))]
    drawn = []
    for network in (thresholds(0, *rows), sparse(thresholds(0, *rows))):
        ax = Figure().subplots()
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
        figures.lines(ax, network, figures.LIGHT)
        assert ax.get_xlim() == ax.get_ylim() == (-reach, reach)
        drawn.append(np.array(ax.lines[0].get_data()).T)
    assert np.array_equal(*drawn, equal_nan=True)
    ends = drawn[0].reshape(3, 3, 2)[:, :2]
    for (a, b, c), (start, end) in zip((rows[0], rows[1], rows[3]), ends, strict=True):
        for point in (start, end):
            assert abs(a * point[0] + b * point[1] + c) < 1e-6 * reach
            assert max(abs(point)) >= reach
        assert (start @ end) < 0  # on either side


def sparse(network):
    (layer,) = network.layers
    weight = coo_array(np.asarray(layer.weight))
    return ml.Network([ml.Layer(weight, layer.bias, "threshold")], readout="argmax")


def test_regions_and_lines_draw():
    network = ml.beyond_worst_case.build(MOONS, n=50, seed=1)

    def draw(ax, colours):
        ax.set(xlim=(-1, 1), ylim=(-1, 1))
        figures.lines(ax, network, colours)
        figures.regions(ax, network, colours, pixels=20)
        assert ax.get_xlim() == (-1, 1)

    assert figures.show(draw, "regions").light.startswith(b"<?xml")


@pytest.mark.parametrize(
    "dataset", [ml.Dataset([[0, 1, 2]], [0]), ml.Dataset([[0, 1]], targets=[0.5])]
)
def test_only_labelled_points_of_the_plane_are_drawn(dataset):
    with pytest.raises(ml.InvalidDataset, match="dataset: labelled points of the plane"):
        figures.points(None, dataset, figures.LIGHT)


@pytest.mark.parametrize("values", ["labels", "targets", None])
@pytest.mark.parametrize("d", [1, 2, None])
def test_what_can_be_drawn(d, values):
    """Every data set of one or two dimensions is taken or refused as it should, in words."""
    where = {1: "on a line", 2: "of the plane", None: ""}[d]
    for own, points in ((1, [[0], [1]]), (2, [[0, 1], [1, 0]])):
        for kind in ("labels", "targets"):
            data = ml.Dataset(points, **{kind: [0, 1]})
            if d in (own, None) and values in (kind, None):
                assert figures.drawable(data, "line", d, values) is data
                continue
            with pytest.raises(ml.InvalidDataset, match=r"^line: .*points.* are needed, got ") as e:
                figures.drawable(data, "line", d, values)
            assert where in str(e.value) and str(e.value).endswith(repr(data))
            assert ("labelled" in str(e.value), "targets are" in str(e.value)) == (
                values == "labels", values == "targets"
            )  # fmt: skip


def test_a_list_of_points_is_no_data_set():
    with pytest.raises(ml.InvalidArgument, match=r"^line: a Dataset is needed, got \[\[0\]\]"):
        figures.drawable([[0]], "line", 1)
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset is needed, got \[\[0, 1\]"):
        figures.points(None, [[0, 1]], figures.LIGHT)


def test_only_networks_of_the_plane_are_drawn():
    with pytest.raises(ml.InvalidNetwork, match="network: 2 inputs are needed, got 3"):
        figures.lines(None, ml.Network([ml.Layer([[1, 1, 1]], [0], "relu")]), figures.LIGHT)


def test_only_a_network_fires_and_has_lines():
    for call in (
        lambda net: figures.firing(net, 0, np.zeros((1, 2))),
        lambda net: figures.lines(None, net, figures.LIGHT),
        lambda net: figures.regions(Figure().subplots(), net, figures.LIGHT, pixels=2),
    ):
        with pytest.raises(ml.InvalidArgument, match="network: a Network is needed, got None"):
            call(None)


def test_a_frame_says_what_is_seen_and_how_it_is_called():
    ax = Figure().subplots()
    figures.frame(ax, -1, 2, 0, 3, title="moons", ylabel="height")
    assert ax.get_xlim() == (-1, 2) and ax.get_ylim() == (0, 3)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("first coordinate", "height")
    assert ax.get_title() == "moons"


def test_rings_are_drawn_around_places():
    ax = Figure().subplots()
    figures.rings(ax, MOONS.points[:3], figures.LIGHT)
    (drawn,) = ax.collections
    assert np.array_equal(drawn.get_offsets(), MOONS.points[:3])
    figures.rings(ax, np.zeros((0, 2)), figures.LIGHT)


@pytest.mark.parametrize("places", [np.zeros((2, 3)), np.zeros(2)])
def test_rings_need_places_in_the_plane(places):
    with pytest.raises(ml.InvalidArgument, match="places: points of the plane"):
        figures.rings(None, places, figures.LIGHT)
