"""The figures of generalization draw what networks answer, and refuse what they cannot."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import figures
from mem_lib import generalization as gn
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.figures import marks
from mem_lib.generalization import figures as drawing
from mem_lib.generalization.measures import Accuracy

WORLD = gn.Shells(d=2, shells=2, gamma=0.4)
DATA, TEST = WORLD.sample(40, 1), WORLD.test(60, 1)
MAXNET, SPIKE = gn.build(DATA), gn.build(DATA, variant="spike")
TARGETS = ml.Dataset([[0.0, 1.0]], targets=[0.5])
SPACE = gn.Shells(d=3, shells=2).sample(20, 1)


def test_answers_say_what_is_right_and_what_is_undecided():
    cells = gn.build(DATA, variant="cells", tau=0.25)
    found = gn.accuracy(cells, TEST)
    assert found.undecided
    picture = drawing.answers(DATA, {"max-net": MAXNET, "cells": cells}, TEST, pixels=12)
    assert f"All {DATA.N} training points are right in each of 2 networks" in picture.caption
    assert f"tell of {TEST.N} new points" in picture.caption
    assert "Slabs" not in picture.caption


def test_answers_tell_of_training_points_that_are_wrong():
    constant = gn.build(ml.Dataset([[0, 0]], [1], classes=2))
    right = int((DATA.labels == 1).sum())
    caption = drawing.answers(DATA, {"max-net": MAXNET, "one": constant}, TEST, pixels=4).caption
    assert f"Of {DATA.N} training points there are right one: {right} of {DATA.N}" in caption


@pytest.mark.parametrize("pixels", [9, 10])
def test_shades_are_the_answers_of_the_network(pixels):
    """The image is what the nearest point answers at the middles of its pixels."""
    image = drawing.answers_at(MAXNET, 1.0, pixels)
    middles = (2 * np.arange(pixels) + 1 - pixels) / pixels
    middles = np.rint(middles * 2**11) / 2**11
    for row, y in enumerate(middles):
        points = np.column_stack([middles, np.full(pixels, y)])
        assert (image[row] == gn.measures.nearest(DATA, points)).all()


@pytest.mark.parametrize("d", [1, 3])
def test_answers_in_other_dimensions(d):
    data = gn.Shells(d, shells=2).sample(12, 1)
    image = drawing.answers_at(gn.build(data), 1.0, 6)
    assert image.shape == (6, 6) and set(image.ravel().tolist()) <= {-1, 0, 1}
    if d == 1:
        assert (image == image[0]).all()
    caption = drawing.answers(data, {"max-net": gn.build(data)}, data, pixels=6).caption
    assert ("The plane goes" in caption) == (d == 3)


@pytest.mark.parametrize(("sign", "label"), [(1, 1), (-1, 0)])
def test_spikes_are_lines_through_the_points_that_have_them(monkeypatch, sign, label):
    drawn = []
    network = gn.build(DATA, variant="spike", sign=sign)
    monkeypatch.setattr(figures, "show", lambda draw, *_, **__: drawn.append(draw))
    drawing.answers(DATA, {"spike": network}, TEST, pixels=4)
    from matplotlib.figure import Figure

    figure = Figure()
    drawn[0](figure.subplots(), figures.LIGHT)
    stripes = figure.axes[0].lines[0].get_xydata().reshape(-1, 3, 2)
    own = DATA.points[DATA.labels == label]
    assert np.allclose(stripes[:, :2].mean(axis=1), own)
    _, terms = network.layers[0].row(0)
    u = np.array([float(w) for _, w in terms])
    assert np.allclose((stripes[:, 1] - stripes[:, 0]) @ u / np.hypot(*u), 0, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: drawing.answers(DATA, {}, TEST), InvalidArgument, "at least one"),
        (lambda: drawing.answers(TARGETS, {"a": MAXNET}, TEST), InvalidDataset, "labelled"),
        (lambda: drawing.answers(DATA, {"a": MAXNET}, TEST, pixels=1), InvalidArgument, "pixels"),
        (
            lambda: drawing.answers(DATA, {"a": MAXNET}, SPACE),
            InvalidDataset,
            "dimension|inputs|shape",
        ),
    ],
)
def test_answers_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_lengths_of_a_line_in_rings_by_hand():
    rings = [(0, 5, 1), (12, 13, 0)]
    assert drawing.lengths(rings, 3) == pytest.approx({1: 8, 0: 2 * (160**0.5 - 135**0.5)})
    assert drawing.lengths(rings, 5) == pytest.approx({1: 0, 0: 2 * (12 - 119**0.5)})
    assert drawing.lengths(rings, 14) == {1: 0, 0: 0}


@pytest.mark.parametrize("d", [2, 3])
def test_better_answers_averaged_over_lines_are_the_cap(d):
    """What the film shows line by line adds up to what its caption says."""
    world = gn.Shells(d, shells=4, gamma=0.3)
    best = mass = 0.0
    for h in (np.arange(4000) + 0.5) / 4000:
        parts = drawing.lengths(world.rings, h)
        best += h ** (d - 2) * max(parts.values())
        mass += h ** (d - 2) * sum(parts.values())
    assert best / mass == pytest.approx(world.cap(d - 1), abs=1e-3)
    film = drawing.fibres(world.rings, d, frames=5)
    assert f"{100 * world.cap(d - 1):.1f} % in d = {d}" in film.caption
    assert len(film.frames) == 5


@pytest.mark.parametrize(
    ("rings", "d", "options"),
    [
        (WORLD.rings, 1, {}),
        (WORLD.rings, 2, {"frames": 1}),
        ([(0, 1, 0), (0.5, 2, 1)], 2, {}),
        ([(0, 1, 2)], 2, {}),
    ],
)
def test_fibres_refuse(rings, d, options):
    with pytest.raises(InvalidArgument):
        drawing.fibres(rings, d, **options)


def squared(data):
    return ml.Dataset((data.points + 1) / 2, data.labels, classes=2)


SQUARE, NEW = squared(DATA), squared(TEST)


@pytest.mark.parametrize("side", [1, 4, 9, 22])
def test_cells_met_are_no_fewer_than_any_sample_hits(side):
    many = squared(WORLD.sample(40_000, 3))
    hit = {tuple(cell) for cell in np.minimum((many.points * side).astype(int), side - 1).tolist()}
    met = drawing.cells_met(WORLD.rings, side)
    assert len(hit) <= met <= side**2
    assert met - len(hit) <= max(4, 0.1 * met)


def test_hit_cells_count_and_ring_what_is_wrong():
    side = gn.cells_per_side(2, WORLD.margin / 2)
    cover = drawing.cells_met(WORLD.rings, side)
    film = drawing.hit_cells(SQUARE, NEW, side, cover, [1, 10, 40])
    for n, drawn in film.frames.items():
        part = SQUARE.subset(np.arange(n))
        wrong = gn.measures.nearest(part, NEW.points) != NEW.labels
        inside = gn.in_hit_cells(part, NEW.points, side)
        said = film.data["says"][list(film.frames).index(n)]
        assert f"lie in them, {(wrong & inside).sum()} of these wrong" in said
        assert f"{inside.sum()} lie" in said and (wrong & inside).sum() == 0
        (bars,) = (mark for mark in drawn if isinstance(mark, marks.Bars))
        left, right, bottom, top = np.array(bars.rectangles).T
        cells = {tuple(c) for c in np.minimum(part.points * side, side - 1).astype(int).tolist()}
        assert ((right - left) * (top - bottom)).sum() * side**2 == pytest.approx(len(cells))
        rings = [mark for mark in drawn if isinstance(mark, marks.Points) and mark.hollow]
        assert sum(len(mark.places) for mark in rings) == wrong.sum()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((DATA, NEW, 4, 9, [1]), InvalidArgument, "unit square"),
        ((SPACE, NEW, 4, 9, [1]), InvalidDataset, "of the plane"),
        ((SQUARE, NEW, 4, 9, []), InvalidArgument, "at least one"),
        ((SQUARE, NEW, 4, 9, [41]), InvalidArgument, "steps"),
        ((SQUARE, NEW, 0, 9, [1]), InvalidArgument, "cells"),
        ((SQUARE, NEW, 4, 0, [1]), InvalidArgument, "cover"),
    ],
)
def test_hit_cells_refuse(arguments, error, message):
    with pytest.raises(error, match=message):
        drawing.hit_cells(*arguments)


def test_pairs_say_how_many_are_undecided():
    found = {(0, 1): Accuracy(10, 9, 1), (0, 2): Accuracy(10, 8, 0)}
    sure = {(0, 1): Accuracy(10, 10, 0)}
    picture = drawing.pairs({"cells": found, "max-net": sure})
    assert "cells: 5.0 %; max-net: none" in picture.caption


@pytest.mark.parametrize(
    "found", [{}, {"a": {}}, {"a": {(1, 0): Accuracy(1, 1, 0)}}, {"a": {(1, 1): Accuracy(1, 1, 0)}}]
)
def test_pairs_refuse(found):
    with pytest.raises(InvalidArgument):
        drawing.pairs(found)


def test_charts_say_the_numbers_that_they_draw():
    caps = drawing.caps({3: {1: 0.6, 2: 0.8}}, {3: [(1, 0.55), (2, 0.6)]})
    assert "5.0 points below" in caps.caption
    assert "below its curve" not in drawing.caps({3: {1: 0.6}}, {}).caption
    unseen = drawing.unseen({4: (0.5, 0.2), 8: (0.7, 0.0)}, {4: 0.6, 8: 0.75}, 8)
    assert "8 points" in unseen.caption and "within 5.0 points" in unseen.caption
    ends = drawing.both_ends({"seen": {2: 10, 4: 40}}, {"needed": {2: 1, 4: 3}})
    assert (
        "From d = 2 to 4" in ends.caption and "seen, 2.0 times; needed, 1.6 times" in ends.caption
    )
    sizes = drawing.parameters({"max-net": {10: 100, 20: 4000}}, {10: 3, 20: 4})
    assert "max-net 4,000 at N = 20" in sizes.caption and "Needed: 4 at N = 20" in sizes.caption
    shares = drawing.accuracies({"max-net": {8: 0.9, 16: 1.0}}, {8: 0.6, 16: 0.8})
    assert (
        "At N = 16 the theorem promises 80.0 %" in shares.caption
        and "max-net 100.0 %" in shares.caption
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: drawing.caps({}, {}),
        lambda: drawing.caps({3: {1: 0.6}}, {4: [(1, 0.5)]}),
        lambda: drawing.caps({3: {1: 0.6}}, {3: [(2, 0.5)]}),
        lambda: drawing.unseen({}, {}, 8),
        lambda: drawing.unseen({4: (0.5, 0.1)}, {8: 0.6}, 8),
        lambda: drawing.both_ends({}, {}),
        lambda: drawing.both_ends({"a": {}}, {}),
        lambda: drawing.parameters({}, {1: 1}),
        lambda: drawing.parameters({"a": {1: 2}}, {}),
        lambda: drawing.accuracies({}, {1: 0.5}),
        lambda: drawing.accuracies({"a": {1: 0.5}}, {}),
    ],
)
def test_charts_refuse_to_draw_nothing(call):
    with pytest.raises(InvalidArgument):
        call()
