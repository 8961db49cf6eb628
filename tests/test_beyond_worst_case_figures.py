"""The figures of beyond_worst_case draw real networks and draws, and refuse what they cannot."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib import figures, recorded
from mem_lib.beyond_worst_case import figures as drawing
from mem_lib.beyond_worst_case.figures import orders
from mem_lib.errors import InvalidArgument, InvalidDataset

MOONS = ml.data.moons(N=40, noise=0.05, margin=0.2, seed=0)
DRAWS = {n: bwc.attempt(MOONS, n, seed=1) for n in (4, 80)}
SPACE = ml.Dataset([[0, 0, 1], [1, 0, 0]], [0, 1])


def test_a_cover_rings_what_it_leaves_out():
    few, many = DRAWS[4], DRAWS[80]
    assert len(few.uncovered) and not len(many.uncovered)
    ax = Figure().subplots()
    drawing.cover(ax, figures.LIGHT, MOONS, few.network, pixels=20, title="few")
    ringed = ax.collections[-1].get_offsets()
    assert np.array_equal(np.sort(ringed, axis=0), np.sort(MOONS.points[few.uncovered], axis=0))
    assert ax.get_title() == "few" and ax.get_xlim() == (-1.4, 2.4)


def test_covers_side_by_side_say_what_is_left():
    few = bwc.attempt(MOONS, 20, seed=1)
    cases = [few, DRAWS[80], DRAWS[4]]
    pictures = drawing.covers([(MOONS, draw.network) for draw in cases])
    second, third = pictures.beside
    left = len(few.uncovered)
    assert 0 < left < 20 and third.caption.startswith("No region: for each of 20 orange points")
    assert f"{20 - left} of 20 orange points; rings mark the {left} left out." in pictures.caption
    assert "over 80 lines" in second.alt
    assert "20 of 20 orange points and none of the other class." in second.caption


def test_regions_are_numbered_so_that_they_can_be_counted():
    network = DRAWS[80].network
    ax = Figure().subplots()
    figures.frame(ax, -1.4, 2.4, -1.0, 1.5)
    seen = drawing.outlines(ax, network, figures.LIGHT, avoid=MOONS.points, pixels=60)
    assert seen == network.layers[1].units
    assert [text.get_text() for text in ax.texts] == [str(k + 1) for k in range(seen)]
    for k, text in enumerate(ax.texts):  # each stands in its own region
        assert figures.firing(network, 1, np.array([text.get_position()]))[0, k]


def test_a_region_out_of_sight_has_no_number():
    ax = Figure().subplots()
    figures.frame(ax, 50, 51, 50, 51)
    fires = figures.firing(DRAWS[80].network, 1, np.array([[50.0, 50.0], [51.0, 51.0]]))
    seen = drawing.outlines(ax, DRAWS[80].network, figures.LIGHT, pixels=4)
    assert seen == len(ax.texts) == fires.any(axis=0).sum() < DRAWS[80].network.layers[1].units


def test_a_cover_in_space_is_cut_by_the_plane_of_the_crescents():
    space = ml.data.moons(N=40, d=3, noise=0.05, margin=0.2, seed=0)
    draws = {n: bwc.attempt(space, n, seed=1) for n in (4, 80)}
    assert len(draws[4].uncovered) and not len(draws[80].uncovered)
    ax = Figure().subplots()
    drawing.cover(ax, figures.LIGHT, space, draws[4].network, pixels=20)
    ringed = ax.collections[-1].get_offsets()
    left = space.points[draws[4].uncovered][:, :2]
    assert np.array_equal(np.sort(ringed, axis=0), np.sort(left, axis=0))
    caption = drawing.covers([(space, draws[80].network)]).caption
    assert "20 of 20" in caption and "d = 3: this is the plane of the first two" in caption


def test_covers_need_a_case_of_two_dimensions_or_more():
    with pytest.raises(InvalidArgument, match="cases: at least one pair"):
        drawing.covers([])
    line = ml.Dataset([[0], [1]], [0, 1])
    with pytest.raises(InvalidDataset, match=r"cases\[0\]: labelled points of the plane"):
        drawing.covers([(line, bwc.build(line, seed=0))])


CONSTANT = bwc.build(ml.Dataset([[0, 0]], [0]))  # one class: one layer
NEEDS_A_COVER = {
    "cover": lambda net: drawing.cover(None, figures.LIGHT, MOONS, net),
    "covers": lambda net: drawing.covers([(MOONS, DRAWS[80].network), (MOONS, net)]),
    "steps": lambda net: drawing.steps(MOONS, {4: replace(DRAWS[4], network=net)}),
    "isolated": lambda net: drawing.isolated(MOONS, net),
}


@pytest.mark.parametrize("name", NEEDS_A_COVER)
def test_what_covers_nothing_is_no_cover(name):
    argument = r"^(network|cases\[1\]): a network of three layers is needed.*got Network\(2 -> 1"
    with pytest.raises(InvalidArgument, match=argument):
        NEEDS_A_COVER[name](CONSTANT)


def test_steps_through_numbers_of_lines():
    film = drawing.steps(MOONS, DRAWS, name="fig-beyond_worst_case-lines")
    assert list(film.frames) == [4, 80] and film.name == "fig-beyond_worst_case-lines"
    for n, draw in DRAWS.items():
        said = f"{n} lines: {draw.covering[0]} covering neurons leave out {len(draw.uncovered)} "
        assert film.data["says"][list(DRAWS).index(n)] == said + "points."
        lines, *borders, missed = film.frames[n]
        assert len(lines.places) == n and len(borders) == max(1, draw.covering[0])
        rows = np.sort(MOONS.points[draw.uncovered], axis=0)
        assert np.array_equal(np.sort(missed.places, axis=0), rows)
    assert "with 80 lines there are none" in film.caption


def test_the_lines_of_a_film_are_those_of_the_network():
    network = DRAWS[80].network
    lines, *borders, _ = drawing.steps(MOONS, {80: DRAWS[80]}).frames[80]
    first = network.layers[0]
    for j, (start, end) in enumerate(lines.places):
        for point in (start, end):
            z = first.weight[j] @ (point * 2.0**network.input_shift) + first.bias[j]
            assert abs(z) < 1e-6 * np.abs(first.bias).max()
    # beside a border the neuron fires on one side and not on the other
    for k, border in enumerate(borders):
        corners = np.concatenate(border.places)
        ring = 0.12 * np.array([(np.cos(t), np.sin(t)) for t in np.linspace(0, 6, 24)])
        around = figures.firing(network, 1, (corners[:, None] + ring).reshape(-1, 2))[:, k]
        sides = around.reshape(len(corners), -1).mean(axis=1)
        assert ((sides > 0) & (sides < 1)).mean() > 0.9


def test_a_film_needs_a_draw_that_fails_or_not():
    with pytest.raises(InvalidArgument, match="draws: at least one is needed"):
        drawing.steps(MOONS, {})
    assert "some to the end" in drawing.steps(MOONS, {4: DRAWS[4]}).caption


def test_one_image_of_each_class():
    data = ml.Dataset(np.arange(8).reshape(2, 4), [0, 1])
    assert drawing.images(data).caption == (
        "One image of each of 2 classes: 4 integers from 0 to 7, in 2 rows."
    )


@pytest.mark.parametrize("data", [SPACE, ml.Dataset([[0] * 4], targets=[0.5])])
def test_images_are_square_and_labelled(data):
    with pytest.raises(InvalidDataset, match=r"dataset: labelled (square images|points) are"):
        drawing.images(data)


def test_widths_and_growth_draw():
    widths = drawing.widths(MOONS, {0.75: list(DRAWS.items())})
    most = sum(DRAWS[80].covering)
    assert f"at n = 80 it takes {most} with λ = 0.75 R" in widths.caption and widths.dark
    growth = drawing.growth({"kept": {100: 4, 1000: 5}})
    assert "Kept: 4 neurons for 100 points, 5 for 1000." in growth.caption


def cells(ns=(10, 20), biases=(0.5, 1.0)):
    return [
        {"n": n, "max_bias": b, "draws": 50, "memorized": n, "covering": n * b}
        for b in biases for n in ns
    ]  # fmt: skip


def test_cells_are_found_by_their_numbers():
    found = drawing.Cells.of(cells(ns=(10, 20, 40, 50)))
    assert found.at(20, 0.5) == (20, 10.0) and found.draws == 50
    assert found.half(1.0) == 40  # (20 + 40 + 50) / 3 of 50; at 20 it is (10 + 20 + 40) / 3


def test_cells_that_are_not_there():
    found = drawing.Cells.of(cells())
    with pytest.raises(InvalidArgument, match="n, bias: no recorded cell has n = 30"):
        found.at(30, 0.5)
    with pytest.raises(InvalidArgument, match="n, bias: no recorded cell"):
        found.half(0.7)
    with pytest.raises(InvalidArgument, match="bias: nowhere do half of the draws"):
        found.half(0.5)


@pytest.mark.parametrize("rows", [[], cells()[1:], cells() + cells()[:1]])
def test_cells_fill_a_table(rows):
    with pytest.raises(InvalidArgument, match="rows: one for each of"):
        drawing.Cells.of(rows)


def test_the_recorded_figure_of_the_paper():
    found = drawing.recorded_cells()
    assert found.memorized.shape == (50, 51) and found.memorized.max() == found.draws == 50
    row = recorded.read("moons")[77]
    assert found.at(row["n"], row["max_bias"]) == (row["memorized"], row["covering"])
    assert not found.memorized[:, 0].any()  # without biases nothing is memorized
    pictures = drawing.rates(found, {0.5: 215, 1.0: 206})
    assert "Heat map" in pictures.alt and len(pictures.beside) == 1
    row = found.memorized[found.ns.index(100)]
    best = f"λ = {found.biases[row.argmax()]:g}: {row.max()} of 50"
    assert best in pictures.caption and "least n = 206 at λ = 1." in pictures.caption


def test_probes_stay_inside_their_balls_and_keep_the_answer():
    network = DRAWS[80].network
    chosen = MOONS.points[:5]
    radii = [bwc.robustness_radius(network, point) for point in chosen]
    moved = drawing.probes(network, chosen, radii, count=60)
    assert moved.shape == (5, 120, 2)
    gone = np.linalg.norm(moved - chosen[:, None], axis=2)
    assert (gone < np.array(radii)[:, None]).all() and (
        gone > 0.99 * np.array(radii)[:, None]
    ).all()
    answers = ml.predict(network, moved.reshape(-1, 2)).reshape(5, 120)
    assert (answers == MOONS.labels[:5, None]).all()


def test_probes_reach_the_other_class_where_balls_are_too_large():
    """The test above can fail: in balls of radius 1/2 answers change."""
    network = DRAWS[80].network
    moved = drawing.probes(network, MOONS.points, [0.5] * MOONS.N)
    answers = ml.predict(network, moved.reshape(-1, 2)).reshape(MOONS.N, -1)
    assert (answers != MOONS.labels[:, None]).any()


def test_probes_need_a_radius_a_point():
    with pytest.raises(ValueError, match="zip"):
        drawing.probes(DRAWS[80].network, MOONS.points[:2], [0.1])


def test_radii_against_distances():
    radii = [bwc.robustness_radius(DRAWS[80].network, MOONS.points[i]) for i in (0, 1)]
    caption = drawing.radii(MOONS, [0, 1], radii).caption
    assert "One mark for each of 2 points" in caption
    own, rivals = (MOONS.points[MOONS.labels == k] for k in (1, 0))
    nearest = np.linalg.norm(own - MOONS.points[0], axis=1).min()
    assert f"{radii[0] / nearest:.2f} for rivals and " in caption
    nearest = np.linalg.norm(rivals - MOONS.points[1], axis=1).min()
    assert f" and {radii[1] / nearest:.2f} for the covered class." in caption


def test_radii_need_two_classes_and_one_radius_a_row():
    three = ml.Dataset([[0, 0], [1, 0], [2, 0]], [0, 1, 2])
    with pytest.raises(InvalidDataset, match="dataset: labels of two classes"):
        drawing.radii(three, [0], [0.1])
    with pytest.raises(InvalidArgument, match="certified: one radius for each of 2 rows"):
        drawing.radii(MOONS, [0, 1], [0.1])


LISTED = {
    "cover": lambda data, net: drawing.cover(None, figures.LIGHT, data, net),
    "covers": lambda data, net: drawing.covers([(data, net)]),
    "steps": lambda data, net: drawing.steps(data, DRAWS),
    "images": lambda data, net: drawing.images(data),
    "widths": lambda data, net: drawing.widths(data, {0.75: list(DRAWS.items())}),
    "radii": lambda data, net: drawing.radii(data, [0], [0.1]),
    "isolated": drawing.isolated,
}


@pytest.mark.parametrize("name", LISTED)
def test_a_list_is_no_data_set(name):
    argument = r"^(dataset|cases\[0\]): a Dataset is needed, got \[\[1, 0\]\]"
    with pytest.raises(InvalidArgument, match=argument):
        LISTED[name]([[1, 0]], DRAWS[80].network)


def test_rows_in_regions_of_their_own():
    picture = drawing.isolated(MOONS, DRAWS[80].network)
    assert "Two rows" in picture.alt and "20 points above" in picture.caption
    with pytest.raises(InvalidDataset):
        drawing.isolated(SPACE, bwc.build(SPACE, seed=0))


def test_unions_of_balls_for_each_number_of_points():
    widths = {100: {10: [3, 4], 20: [3, 3]}, 1000: {10: [3, 9], 20: [3, 4]}}
    pictures = drawing.unions(3, [0.1, 0.2], widths)
    assert "N = 100 " in pictures.alt and "N = 1000 " in pictures.beside[0].alt
    assert "at r = 0.2 δ it takes 9 with n = 10, 4 with n = 20." in pictures.beside[0].caption
    with pytest.raises(InvalidArgument, match="widths: at least one N"):
        drawing.unions(3, [0.1], {})
    with pytest.raises(InvalidArgument, match="as many y as x"):
        drawing.unions(3, [0.1], widths)


def cover_rows():
    """What a recorded run holds, for two n, the larger one complete in every way."""
    rows = [
        {"data": "digits", "N": 100, "n": n, "variant": variant, "order": order,
         "neurons": 4000 / n + len(variant), "left_out": int(n == 50)}
        for n in (50, 100, 200)
        for variant in ("practical", "two_sided")
        for order in ("random", "random, irredundant", "greedy")
    ]  # fmt: skip
    floor = {"data": "digits", "N": 100, "n": 0, "variant": "", "left_out": 0}
    pairs = {"open balls": 9, "apart": 8, "open sets of p": 7, "apart by p": 6}
    return rows + [floor | {"order": order, "neurons": many} for order, many in pairs.items()]


@pytest.mark.parametrize("wide", [True, False])
def test_fewer_neurons_above_a_floor(wide):
    picture = drawing.fewer(cover_rows(), "digits", wide=wide)
    assert "With n = 200: 29 in random order, 29 in greedy order, 29 two-sided" in picture.caption
    assert picture.caption.endswith("the fewest sets of p are at least 6 and at most 7.")
    figure = Figure()
    picture.drawn(figure, figures.LIGHT)
    (ax,) = figure.axes
    assert [len(line.get_xdata()) for line in ax.lines[:4]] == [2] * 4
    assert ax.get_ylim()[0] < 6 < 100 < ax.get_ylim()[1]


def test_fewer_neurons_draws_complete_draws_and_the_floor_that_there_is():
    rows = [row for row in cover_rows() if not row["order"].endswith("of p")]
    assert drawing.fewer(rows, "digits").caption.endswith("balls are at least 8 and at most 9.")
    curves = orders.curves_of(rows, "digits")
    assert [sorted(curve) for curve in curves.values()] == [[100, 200]] * 4


def test_round_numbers_on_a_logarithmic_axis():
    assert orders.round_numbers(60, 2500) == [100, 200, 500, 1000, 2000]
    assert orders.round_numbers(5700, 11_000) == [6000, 7000, 8000, 9000, 10_000]


def test_fewer_neurons_need_rows_of_every_kind():
    rows = cover_rows()
    with pytest.raises(InvalidArgument, match="data: rows of these data are needed, got 'mnist'"):
        drawing.fewer(rows, "mnist")
    with pytest.raises(InvalidArgument, match="rows: a floor of 'digits' is needed"):
        drawing.fewer([row for row in rows if row["n"]], "digits")
    apart = [row for row in rows if (row["order"] == "greedy") == (row["n"] == 200) or not row["n"]]
    with pytest.raises(InvalidArgument, match="rows: no n has a complete draw of every kind"):
        drawing.fewer(apart, "digits")
