"""The figures of two_layer draw real networks and fits, and refuse what they cannot draw.

What the notebooks say about their numbers, and show without proving it, is asserted here too.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import mem_lib as ml
from mem_lib import figures, two_layer
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork
from mem_lib.figures.numbers import number_text
from mem_lib.two_layer import figures as drawing
from mem_lib.two_layer.figures import labels

BALL = ml.data.ball(N=12, d=2, margin=0.3, bits=4, seed=7)
VALUES = np.random.default_rng(0).integers(-8, 9, size=12) / 8
SMALL = ml.Dataset(BALL.points, targets=VALUES)
SLABS = two_layer.build(SMALL, variant="paper")
STRIPS = two_layer.build(SMALL, variant="sorted", seed=1)
SPACE = ml.Dataset([[0, 0, 1], [1, 0, 0], [0, 1, 0]], targets=[1, -1, 1])
SIX = [[0, 0], [5, 1], [7, 6], [2, 8], [3, 3], [4, 5]]

TURN = 2 * np.pi * np.array([0.1, 1.3, 2.2, 3.4, 4.1, 5.5, 6.2, 7.3]) / 8
RING = ml.Dataset(
    np.stack([np.cos(TURN), np.sin(TURN)], axis=1), targets=[-1, 1, 1, -1, 1, -1, 1, -1]
).rounded(20)
GAME = two_layer.fit(RING, variant="ntk", coarseness=0.3, relative_error=0.1)


@pytest.fixture(scope="module")
def signs():
    data = ml.data.sphere(N=200, d=20, seed=0)
    return ml.Dataset(data.points, targets=2 * data.labels - 1)


@pytest.fixture(scope="module")
def fits(signs):
    ways = {"ntk, exact": ("ntk", None), "antisymmetric": ("antisymmetric", 0.3)}
    return {
        name: two_layer.fit(signs, variant=variant, coarseness=coarseness, relative_error=1e-4)
        for name, (variant, coarseness) in ways.items()
    }


# -- slabs and strips ------------------------------------------------------------------------------


def test_a_slab_holds_its_two_points_and_no_other():
    held = []
    for g in range(6):
        normal, offset, half = drawing.slab(SLABS, g)
        assert math.isclose(np.hypot(*normal), 1)
        at = np.abs(SMALL.points @ normal + offset)
        held += np.flatnonzero(at < half).tolist()
        assert np.allclose(at[at < half], 0)  # the middle line goes through them
        assert math.isclose(at[at > half].min(), 2 * half)  # tau is half of the gap
    assert sorted(held) == list(range(12))


def test_slabs_that_are_not_there():
    with pytest.raises(InvalidArgument, match=r"g.*5"):
        drawing.slab(SLABS, 6)
    with pytest.raises(InvalidNetwork, match="creases 1 and 3 are not parallel"):
        drawing.slab(
            two_layer.fit(SMALL, variant="ntk", relative_error=0.9, neurons=400).network, 0
        )
    odd = ml.Network([ml.Layer([[1, 0]], [0], "relu"), ml.Layer([[1]], [0], "identity")])
    with pytest.raises(InvalidNetwork, match="four neurons a slab are needed, got 1"):
        drawing.slab(odd, 0)


def test_strips_hold_three_points_each():
    direction, places = drawing.borders(STRIPS)
    found = np.searchsorted(places, SMALL.points @ direction)
    assert np.bincount(found).tolist() == [0, 3, 3, 3, 3]  # nothing lies before the first


@pytest.mark.parametrize("network", [SLABS, ml.Network([ml.Layer([[0, 0]], [1], "identity")])])
def test_borders_are_parallel(network):
    with pytest.raises(InvalidNetwork, match="parallel borders are needed"):
        drawing.borders(network)


def test_neurons_as_a_table():
    table = drawing.neurons(STRIPS, slice(0, 2))
    part = two_layer.neurons_of(STRIPS)
    assert [row[1] for row in table.cells] == [str(a) for a in part.outer[:2]]
    assert table.cells[0][2:] == tuple(
        map(figures.numbers.number_text, (*part.rows[0], part.biases[0]))
    )


def test_neurons_have_names():
    with pytest.raises(InvalidNetwork, match="neurons with names are needed"):
        drawing.neurons(GAME.network)


def test_four_neurons_add_up_to_the_value_or_to_nothing():
    table = drawing.said(SMALL, SLABS, 2)
    names, columns = table.columns[1:], list(zip(*table.cells, strict=True))[1:]
    assert [name.split(", ")[1] for name in names] == ["0 awake", "2 awake", "4 awake"]
    for name, column in zip(names, columns, strict=True):
        *parts, total = map(Fraction, column)
        row = int(name.split()[1].rstrip(","))
        assert sum(parts) == total == (Fraction(VALUES[row]) if "2 awake" in name else 0)


def test_said_needs_a_slab():
    with pytest.raises(InvalidArgument, match="g"):
        drawing.said(SMALL, SLABS, 9)


def test_outputs_are_the_values():
    assert drawing.outputs(SLABS, SMALL.points).tolist() == VALUES.tolist()


def test_pictures_of_slabs_and_strips():
    slabs = drawing.slabs(SMALL, SLABS, (3, 7))
    assert "12 points in the plane and 6 strips" in slabs.alt and len(slabs.beside) == 1
    assert "12 points in 4 parallel strips" in drawing.strips(SMALL, STRIPS, (3, 7)).alt
    stepper = drawing.directions(SMALL, {(1, 2): STRIPS})
    assert (
        stepper.frames["(1, 2)"].alt == "The same points in 4 strips across the direction (1, 2)."
    )


def test_a_graph_on_a_line():
    two = ml.Dataset([[0], [1]], targets=[3, -2])
    network = two_layer.build(two, variant="paper")
    picture = drawing.on_a_line(two, network, (-2, 3), (-4, 4), "plateaus")
    assert picture.caption == "plateaus" and "8 neurons over the line, and 2 points" in picture.alt
    for data in (SMALL, ml.Dataset([[0], [1]], [0, 1])):
        with pytest.raises(InvalidDataset, match="dataset: points on a line with targets"):
            drawing.on_a_line(data, network, (-2, 3), (-4, 4), "plateaus")


@pytest.mark.parametrize("data", [SPACE, BALL])
def test_slabs_are_drawn_in_the_plane_with_targets(data):
    with pytest.raises(InvalidDataset, match="dataset: points of the plane with targets"):
        drawing.slabs(data, SLABS, (0, 1))


@pytest.mark.parametrize("gap", [0.2, 0.005])
def test_a_point_moves_to_its_gap_and_makes_the_slab_heavy(gap):
    near = drawing.moved(SMALL, SLABS, gap, g=2, row=4)
    normal, offset, _ = drawing.slab(SLABS, 2)
    assert abs(near.points[4] @ normal + offset - gap) < 2**-19
    kept = np.arange(12) != 4
    assert (near.points[kept] == SMALL.points[kept]).all() and near.separation > 0.2
    network = two_layer.build(near, variant="paper")
    assert ml.verify(network, near)
    film = drawing.slabs_near({gap: (near, network)}, g=2, row=4)
    told = number_text(round(two_layer.total_weight(network)))
    assert film.data["says"] == [f"total weight {told}"] and told in film.caption
    *borders, points, ring = film.frames[gap]
    assert len(borders) == 6 and borders[-1].ink == "accent"  # the near slab lies on top
    assert np.allclose(ring.places, near.points[[4]]) and len(points.places) == 12
    assert (two_layer.neuron_weights(network)[8:12].sum() > 5000) == (gap < 0.01)


def test_a_point_that_cannot_be_moved():
    with pytest.raises(InvalidArgument, match="g"):
        drawing.moved(SMALL, SLABS, 0.1, g=6, row=4)
    with pytest.raises(InvalidDataset, match="dataset"):
        drawing.moved(BALL, SLABS, 0.1, g=0, row=4)


def test_threshold_lines():
    cases = []
    for given in ([0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1]):
        data = ml.Dataset(SIX, given)
        cases.append((data, two_layer.build(data, variant="threshold")))
    picture = drawing.classes(cases)
    assert "labels 010101 and 3 lines." in picture.alt
    assert picture.caption.startswith("010101: 3 units.") and "points: 1; " in picture.caption
    assert picture.caption.endswith("corner: 1.")
    assert picture.beside[0].caption.endswith("corner: 0.")


def test_threshold_lines_need_a_case_in_the_plane():
    with pytest.raises(InvalidArgument, match="cases: at least one pair"):
        drawing.classes([])
    data = ml.Dataset([[0, 0, 1], [1, 0, 0]], [0, 1])
    with pytest.raises(ValueError, match="2"):
        drawing.classes([(data, two_layer.build(data, variant="threshold"))])


LISTED = {
    "said": lambda data: drawing.said(data, SLABS, 0),
    "on_a_line": lambda data: drawing.on_a_line(data, SLABS, (-2, 3), (-4, 4), "plateaus"),
    "slabs": lambda data: drawing.slabs(data, SLABS, (0, 1)),
    "strips": lambda data: drawing.strips(data, STRIPS, (0, 1)),
    "directions": lambda data: drawing.directions(data, {(1, 2): STRIPS}),
    "moved": lambda data: drawing.moved(data, SLABS, 0.1, g=0, row=4),
    "slabs_near": lambda data: drawing.slabs_near({0.1: (data, SLABS)}, g=0, row=0),
    "classes": lambda data: drawing.classes([(data, SLABS)]),
    "gate": lambda data: drawing.gate(data, np.ones(2), np.ones(2)),
    "around": lambda data: drawing.around(data, lambda points: points[:, 0]),
    "playback": lambda data: drawing.playback(data, GAME),
    "difference": lambda data: drawing.difference(data, np.ones(2), 0.1, 1),
    "biases": lambda data: drawing.biases(data, np.ones(2), (0.1,)),
    "interference": drawing.interference,
    "kernel_curves": drawing.kernel_curves,
    "rounding": lambda data: drawing.rounding(SLABS, data, "float32"),
}


@pytest.mark.parametrize("name", LISTED)
def test_a_list_is_no_data_set(name):
    argument = r"^(dataset|ring|cases\[.*\]): a Dataset is needed, got \[\[1, 0\]\]"
    with pytest.raises(InvalidArgument, match=argument):
        LISTED[name]([[1, 0]])


def test_creases_are_drawn_for_each_network_with_its_heaviest_neuron():
    networks = {"strips": STRIPS, "caps": two_layer.build(SMALL, variant="caps")}
    picture = drawing.creases(SMALL, networks, name="fig-two_layer-creases")
    for shown, (what, network) in zip([picture, *picture.beside], networks.items(), strict=True):
        weights = two_layer.neuron_weights(network)
        total, most = (figures.numbers.number_text(drawing.about(float(weight), 2))
                       for weight in (weights.sum(), weights.max()))  # fmt: skip
        assert shown.caption == (
            f"{what.capitalize()}: {len(weights)} neurons, total weight {total}, of which the "
            f"heaviest neuron has {most}."
        )
        assert f"{len(weights)} lines cross the plane" in shown.alt


def test_a_constant_neuron_has_no_crease():
    constant = ml.Network([ml.Layer([[0, 0]], [1], "relu"), ml.Layer([[1]], [0], "identity")])
    assert "1 neurons, total weight 1," in drawing.creases(SMALL, {"one": constant}).caption


def test_creases_need_a_network_and_values_in_the_plane():
    with pytest.raises(InvalidArgument, match="networks: at least one is needed"):
        drawing.creases(SMALL, {})
    for data in (SPACE, BALL):
        with pytest.raises(InvalidDataset, match="points of the plane with targets"):
            drawing.creases(data, {"strips": STRIPS})


def test_counts_say_how_many_neurons_the_most_points_take():
    picture = drawing.counts({"strips": {4: 2, 9: 4}, "least": {4: 1, 9: 3}}, 3)
    assert "in 3 dimensions. At N = 9: strips 4, least 3." in picture.caption
    for lines in ({}, {"strips": {}}):
        with pytest.raises(InvalidArgument, match="lines: at least one number of each"):
            drawing.counts(lines, 3)


# -- floats ----------------------------------------------------------------------------------------


def test_rounding_is_within_its_bound_and_finer_in_float64(signs, fits):
    for network in (two_layer.build(signs, variant="paper"), fits["antisymmetric"].network):
        fine, coarse = (drawing.rounding(network, signs, dtype) for dtype in drawing.FORMATS)
        assert 0 < 20 * fine.measured < fine.bound and coarse.measured < coarse.bound
        assert 1e5 * fine.measured < coarse.measured
        assert fine.bound == two_layer.rounding_bound(network, signs.radius)


def test_heavy_networks_are_rounded_worse(signs, fits):
    paper, light = two_layer.build(signs, variant="paper"), fits["antisymmetric"].network
    heavy, light = (drawing.rounding(net, signs, "float64").measured for net in (paper, light))
    assert heavy > 1000 * light


def test_rounding_knows_the_output_bias_and_is_exact_on_small_integers():
    hidden, output = ml.Layer([[1], [3]], [0, 2], "relu"), ml.Layer([[2, -4]], [5], "identity")
    network = ml.Network([hidden, output])
    data = ml.Dataset([[0], [3]], targets=[0, 1])
    assert drawing.rounding(network, data, "float64").measured < 1e-14


def test_rounding_needs_a_format():
    with pytest.raises(InvalidArgument, match=r"dtype: one of \('float64', 'float32'\)"):
        drawing.rounding(SLABS, SMALL, "float16")


@pytest.mark.parametrize(
    ("number", "digits", "wanted"),
    [(1234.5, 2, 1200), (0.0123, 1, 0.01), (7, 1, 7), (2.5e13, 1, 2 * 10**13), (0, 1, 0)],
)
def test_about(number, digits, wanted):
    found = drawing.about(number, digits)
    assert found == wanted and isinstance(found, type(wanted))


def test_about_needs_a_digit():
    with pytest.raises(InvalidArgument, match="digits"):
        drawing.about(1.5, 0)


# -- the residual game -----------------------------------------------------------------------------


def test_gate_and_function_around_the_circle():
    u, v = np.array([0.8, 0.6]), np.array([1.0, -2.0])
    inside = int((RING.points @ u > 0).sum())
    assert f"holds {inside} of the 8 points" in drawing.gate(RING, u, v).caption
    picture = drawing.around(RING, lambda points: points[:, 0])
    assert "lines from it to the 8 labels" in picture.alt
    assert drawing.around(RING, lambda points: points[:, 0], "other").alt == "other"
    for data in (SPACE, BALL):
        with pytest.raises(InvalidDataset, match="ring: points of the plane with targets"):
            drawing.gate(data, u, v)
        with pytest.raises(InvalidDataset, match="ring: points of the plane with targets"):
            drawing.around(data, lambda points: points[:, 0])


def test_playback_shows_what_each_step_left():
    steps = len(GAME.history.error)
    film = drawing.playback(RING, GAME)
    assert min(film.frames) == 1 and max(film.frames) == steps and len(film.frames) <= 48
    for k, said in zip(film.frames, film.data["says"], strict=True):
        left = drawing.about(100 * GAME.history.error[k - 1], 2)
        assert said == f"{left} % of the squares are left."
        lines, _ = film.frames[k]
        ends = np.array([line[1][1] for line in lines.places])
        assert np.allclose(ends, drawing.after(GAME, k)(RING.points))
    assert f"{drawing.about(100 * GAME.history.error[-1], 2)} % after {steps}" in film.caption


def test_the_network_after_k_steps_is_the_first_2k_neurons():
    for k in (1, 7, len(GAME.history.error)):
        left = drawing.after(GAME, k)(RING.points) - RING.targets
        assert math.isclose(left @ left / 8, GAME.history.error[k - 1], rel_tol=1e-9)


def test_playback_needs_pairs():
    sphere = ml.data.sphere(N=20, d=5, seed=0)
    triples = two_layer.fit(sphere, variant="harmonic", phases=3, relative_error=0.5)
    with pytest.raises(InvalidArgument, match="fit: two neurons a step are needed"):
        drawing.playback(RING, triples)


def test_an_error_that_was_reached():
    at = drawing.reached(GAME.history, 0.5)
    assert GAME.history.error[at] <= 0.5 < GAME.history.error[at - 1]
    with pytest.raises(InvalidArgument, match=r"error: the fit left 0\.\d+, not 0\.001"):
        drawing.reached(GAME.history, 0.001)


def test_progress(signs, fits):
    assert "Total weight against neurons" in drawing.progress(fits).beside[0].alt
    for fit in fits.values():  # the weight hardly grows after the second decade
        weight = fit.history.weight
        assert weight[drawing.reached(fit.history, 0.01)] > 0.8 * weight[-1]
        certificate = ml.verify(fit.network, signs, tolerance=Fraction(1, 10))
        assert certificate.ok and abs(fit.max_error - certificate.max_error) <= fit.float_error


def test_two_phases_are_the_antisymmetric_pair():
    t = np.linspace(-3, 3, 61)
    reach = np.cos(0.6)  # the real part of the spoke
    ramp = drawing.ramp(t / reach, 2)
    assert np.allclose(drawing.turned(t, 2), reach * ramp)
    assert np.allclose(drawing.turned(t, 1), np.maximum(t + reach, 0))
    film = drawing.wheel((1, 2, 5))
    assert list(film.frames) == [1, 2, 5]
    for J, frame in film.frames.items():
        assert sum(isinstance(mark, figures.marks.Points) for mark in frame) == J
        mean = np.asarray(frame[-1].places)
        assert np.allclose(mean[:, 1], np.minimum(drawing.turned(np.linspace(-2, 2, 61), J), 1.85))


def test_ramps_differ_on_one_side_or_on_both():
    t = np.linspace(-2, 2, 41)
    one, two = (drawing.ramp(t, sides) - (t > 0) for sides in (1, 2))
    assert (one >= -1e-12).all() and two.min() < -0.4 and two.max() > 0.4
    assert drawing.ramps().beside


@pytest.mark.parametrize("call", [
    lambda: drawing.ramp(np.zeros(1), 3), lambda: drawing.turned(np.zeros(1), 0),
    lambda: drawing.wheel((0,)),
])  # fmt: skip
def test_sides_and_phases_out_of_range(call):
    with pytest.raises(InvalidArgument, match=r"^(sides|J|counts)"):
        call()


# -- coarseness and kernels ------------------------------------------------------------------------


def test_a_one_sided_pair_is_never_below_the_gate(signs):
    u = np.random.default_rng(0).standard_normal(20)
    for s in (0.1, 1.0):
        one, two = (drawing.difference(signs, u, s, sides) for sides in (1, 2))
        assert (one > -1e-9).all() and one.mean() > 5 * abs(two.mean()) and two.min() < -1e-3
        at, differs = np.abs(signs.points @ u), np.abs(two) > 1e-9
        assert at[differs].max() < (1 if s < 1 else 4) and differs.any()  # near the border only
    film = drawing.biases(signs, u, (0.3,))
    one, two = film.frames[0.3]
    below = (drawing.difference(signs, u, 0.3, 2)[:80] < -1e-9).sum()
    assert (np.asarray(one.places)[:, 1] >= 0).all()
    assert f"below 0 at {below}" in film.data["says"][0] and below
    assert len(two.places) > below


def test_a_difference_needs_targets_and_sides(signs):
    u = np.ones(20)
    with pytest.raises(InvalidArgument, match="sides"):
        drawing.difference(signs, u, 0.1, 3)
    with pytest.raises(InvalidDataset, match="dataset: points with targets are needed"):
        drawing.difference(ml.Dataset(signs.points, [0] * 200), u, 0.1, 1)


def test_the_ladder(signs):
    found = {
        kind: two_layer.fit(
            signs, variant=kind, coarseness=0.03, relative_error=0.1
        ).history.weight[-1]
        for kind in ("ntk", "antisymmetric")
    }
    assert 0.45 < found["antisymmetric"] / found["ntk"] < 0.55
    picture = drawing.ladder({"one-sided": {0.03: (11, 175), 1.0: (171, 20)},
                              "antisymmetric": {0.03: (11, 88)}})  # fmt: skip
    assert "one curve for each kind of pair" in picture.alt
    with pytest.raises(InvalidArgument, match=r"plane: kinds of .* got 'ntk'"):
        drawing.ladder({"ntk": {0.03: (11, 175)}})


def test_kernels_and_what_they_hide(signs):
    rho = np.array([0.3])
    values = [float(kernel(rho)[0]) for kernel in drawing.kernels().values()]
    assert values == sorted(values, reverse=True)  # the higher the order, the less
    table = drawing.interference(signs)
    numbers = np.array([[float(text) for text in row[1:]] for row in table.cells])
    mass, least, taken, product = numbers.T
    assert (np.diff(mass) < 0).all() and (np.diff(least) > 0).all() and product[0] == max(product)
    assert np.allclose(least * taken, product, atol=0.004)
    assert {(0, 4), (3, 1)} == table.marked
    dense = 2 * two_layer.gate_kernel(np.clip(signs.points @ signs.points.T, -1, 1))
    assert abs(np.abs(dense).sum() / 200 - 1 - mass[0]) < 0.006
    assert "Bars on a logarithmic axis" in drawing.kernel_curves(signs).beside[0].alt


def test_kernels_are_for_points_of_norm_one():
    for call in (drawing.interference, drawing.kernel_curves):
        with pytest.raises(InvalidDataset, match="dataset: points of norm 1 are needed"):
            call(ml.Dataset([[1, 1], [0, 1]], [0, 1]))


# -- neurons against weights -----------------------------------------------------------------------


def test_the_frontier_draws_what_is_exact_what_is_close_and_what_is_proved():
    picture = drawing.frontier(
        {"strips": (8, 900.0), "light": (20, 3.81)},
        {"fit": (30, 20.0)},
        {"drawn": (12, 9.0)},
        12,
        2,
    )
    assert "light: 20 neurons and 3.8 √N" in picture.caption and "12 random" in picture.caption
    assert "A vertical line stands at 12 neurons" in picture.alt
    without = drawing.frontier({"strips": (8, 900.0), "light": (20, 3.81)}, {}, {}, 12, 2)
    assert "come close ()" not in without.caption and "bar" not in without.caption
    with pytest.raises(InvalidArgument, match="an exact network and different names"):
        drawing.frontier({}, {"fit": (30, 20.0)}, {}, 12, 2)
    with pytest.raises(InvalidArgument, match=r"different names are needed, got .*'fit'.*'fit'"):
        drawing.frontier({"fit": (8, 9.0)}, {"fit": (30, 20.0)}, {}, 12, 2)


def test_caps_are_drawn_with_their_borders():
    circle = ml.Dataset([[5, 0], [3, 4], [0, -5]], targets=[3, -2, 1])
    hidden = ml.Layer(circle.points, [-15, -15, 0], "relu")
    network = ml.Network([hidden, ml.Layer([[15, -10, 2]], [0], "identity")], output_denominator=50)
    assert ml.verify(network, circle)
    picture = drawing.caps(circle, network, name="fig-two_layer-caps")
    assert picture.caption.startswith("3 caps.") and "Each lies alone" in picture.alt
    nothing = ml.Network([ml.Layer([[0, 0]], [1], "identity")])
    with pytest.raises(InvalidNetwork, match="network: neurons are needed"):
        drawing.caps(circle, nothing)


def test_a_patient_fit_is_near_the_optimum():
    points = ml.data.sphere(N=30, d=20, seed=0)
    flips = np.random.default_rng(0).choice([-1, 1], 30)
    few = ml.Dataset(points.points, targets=flips)
    best = two_layer.optimal_weight(few, tolerance=0.05, progress=False)
    slow = two_layer.fit(
        few, variant="antisymmetric", coarseness=0.5, damp=0.5, relative_error=1e-6, neurons=10**5
    )
    assert best.max_error < 1e-6 and best.weight < slow.history.weight[-1] < 4 * best.weight


def test_residuals_say_where_each_fit_arrives(fits):
    histories = {name: fit.history for name, fit in fits.items()}
    without = drawing.residuals(histories, 200, 20)
    assert "exact network" not in without.beside[0].caption + without.beside[0].alt
    picture = drawing.residuals(histories, 200, 20, 2.5)
    past = histories["antisymmetric"]
    neurons = past.neurons[drawing.reached(past, 0.01)] / 10
    assert f"antisymmetric {drawing.about(neurons, 2)}" in picture.caption
    assert "; the exact network 2.5." in picture.beside[0].caption


def test_names_stand_apart():
    figure = Figure(figsize=(6, 4))
    canvas, ax = FigureCanvasAgg(figure), figure.subplots()
    ax.set(xscale="log", yscale="log", xlim=(1, 100), ylim=(1, 100))
    places = {f"network {k}": (40 + k, 10) for k in range(5)}
    labels.named(ax, figures.LIGHT, places, dict.fromkeys(places, "black"), (4.6, 3.1))
    canvas.draw()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without their lines
    assert len(boxes) == 5
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert all(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 for box in boxes)


def test_pairs_beside_antisymmetric_ones():
    control = {"signs": {"one-sided": (26, 28), "antisymmetric": (13, 14)},
               "spikes": {"one-sided": (39, 28), "antisymmetric": (13, 14)}}  # fmt: skip
    picture = drawing.pairs(control)
    assert "one-sided ones 2 to 3 times what antisymmetric" in picture.caption
    assert "one-sided ones 2 to 2 times" in picture.beside[0].caption


def test_laws_and_luck_in_captions():
    picture = drawing.growth({"slabs": {50: 1e4, 100: 4e4}}, {50: 1, 100: 2})
    assert "slabs 2.0; the lower bound 1.0" in picture.caption
    assert "The share of 3 exact networks" in drawing.tails({"slabs": [3.0, 1.0, 2.0]}).caption
    assert "slabs 2 in the middle, 3 at most" in drawing.tails({"slabs": [3.0, 1.0, 2.0]}).caption


def test_errors_of_floats_beside_their_bounds():
    two = drawing.Rounding(1e-15, 1e-10), drawing.Rounding(1e-6, 1e-2)
    rounded = {"slabs": dict(zip(drawing.FORMATS, two, strict=True))}
    picture = drawing.rounded_floats({"slabs": 100.0}, rounded)
    assert "10\u2009000 to 100\u2009000 times more" in picture.caption


def test_measurements_that_cannot_be_drawn():
    for control in ({}, {"signs": {"harmonic": (1, 1)}}):
        with pytest.raises(InvalidArgument, match="control: at least one data set with antisym"):
            drawing.pairs(control)
    for luck in ({}, {"paper": []}):
        with pytest.raises(InvalidArgument, match="luck: at least one value"):
            drawing.tails(luck)
    with pytest.raises(InvalidArgument, match="weights, rounded: the same names"):
        drawing.rounded_floats({"paper": 1.0}, {})
    with pytest.raises(InvalidArgument, match="fits: at least one"):
        drawing.progress({})


def test_powers_of_growth():
    assert drawing.power({50: 2.0, 100: 99.0, 200: 8.0}) == 1.0
    with pytest.raises(InvalidArgument, match="line: at least two numbers"):
        drawing.power({50: 2.0})


# -- the runs behind the experiments ---------------------------------------------------------------


def test_a_fit_by_its_name():
    data = drawing.coin_flips(ml.data.sphere(N=30, d=10, seed=0).points, 1)
    assert set(data.targets.tolist()) == {-1, 1}
    past = drawing.played(data, "one-sided exact", 0.1)
    same = two_layer.fit(data, variant="ntk", relative_error=0.1)
    assert past.weight.tolist() == same.history.weight.tolist()
    at = drawing.at_errors(data, past, (0.5, 0.1))
    assert at[0.1] == drawing.units(data, past.neurons[-1], past.weight[-1])
    assert at[0.5][0] < at[0.1][0] == past.neurons[-1] / 3
    for name in ("two-sided 0.3", "one-sided", "one-sided much"):
        with pytest.raises(InvalidArgument, match="name"):
            drawing.played(data, name, 0.1)


def test_kinds_of_pairs_are_compared_on_each_data_set():
    control = {name: drawing.medians(case, 0.3, games=1, error=0.5)
               for name, case in drawing.families(40, 10).items()}  # fmt: skip
    assert list(control) == ["signs", "constant", "spikes", "groups", "common direction"]
    table = drawing.compared(control, 1, "Weights")
    assert table.columns == ("pairs", *control) and len(table.cells) == 3
    least = [round(min(found[kind][1] for kind in found)) for found in control.values()]
    marked = {(column, table.cells[row][column]) for row, column in table.marked}
    assert {(i + 1, str(weight)) for i, weight in enumerate(least)} == marked
    for call in (
        lambda: drawing.compared(control, 2, "Weights"),
        lambda: drawing.families(9, 2),
        lambda: drawing.lucky(10, 2, 0),
        lambda: drawing.medians(SMALL, 0.3, games=0),
    ):
        with pytest.raises(InvalidArgument):
            call()


def test_weights_over_sizes_and_by_chance():
    lines = drawing.weights_over((20, 40), 5, ("slabs", "antisymmetric 0.3"))
    assert list(lines["slabs"]) == [20] and list(lines["antisymmetric 0.3"]) == [20, 40]
    found = drawing.lucky(12, 3, 4)
    one = drawing.coin_flips(ml.data.sphere(N=12, d=3, seed=2).points, 2)
    network = two_layer.build(one, variant="paper", seed=2)
    assert found["slabs"][2] == two_layer.total_weight(network) / 12**0.5


def test_a_picture_that_needs_the_plane_says_so():
    assert drawing.drawn(drawing.slabs, SMALL, SLABS, (3, 7)).beside
    line = drawing.drawn(drawing.slabs, SPACE, SLABS, (0, 1))
    assert "points of the plane with targets are needed, got Dataset(N=3, d=3" in str(line)
    assert line._repr_html_() == f"<p>{line}</p>"
    with pytest.raises(ZeroDivisionError):
        drawing.drawn(lambda: 1 / 0)


def test_a_point_of_space_moves_to_its_gap_too():
    points = ml.data.ball(N=9, d=3, margin=0.3, seed=2).points
    data = ml.Dataset(points, targets=np.arange(9))
    network = two_layer.build(data, variant="paper")
    near = drawing.moved(data, network, 0.01, g=1, row=3)
    normal, offset, _ = drawing.slab(network, 1)
    assert abs(near.points[3] @ normal + offset - 0.01) < 2**-18
    with pytest.raises(InvalidArgument, match="row"):
        drawing.moved(data, network, 0.01, g=1, row=9)
