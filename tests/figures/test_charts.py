"""Curves, bars and reference lines: what is drawn, where names stand, and what is refused."""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures.charts import spread

LIGHT = figures.LIGHT


@pytest.fixture
def ax():
    return Figure(figsize=(4, 3)).subplots()


def texts(ax):
    return {text.get_text(): text for text in ax.texts}


def test_curves_are_told_apart_and_named_at_their_ends(ax):
    x = [1, 10, 100]
    figures.curves(ax, LIGHT, x, {"up": [1, 2, 3], "flat": [1, 1, 1]}, log="x", xlabel="N")
    up, flat = ax.lines
    assert list(up.get_xdata()) == x and list(flat.get_ydata()) == [1, 1, 1]
    assert up.get_color() != flat.get_color() and up.get_marker() != flat.get_marker()
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel()) == ("log", "linear", "N")
    names = texts(ax)
    assert names["up"].get_color() == up.get_color()
    assert names["up"].xy[1] > names["flat"].xy[1] and ax.get_legend() is None


def test_names_stand_at_the_edge_of_axes_that_follow_the_curves(ax):
    figures.curves(ax, LIGHT, [1, 20, 400], {"up": [1, 2, 3]})
    assert texts(ax)["up"].xy == pytest.approx((1, 1), abs=0.06)


def test_names_at_one_place_are_moved_apart(ax):
    figures.curves(ax, LIGHT, [0, 1], {name: [0, 1] for name in "abc"}, ylim=(0, 1))
    heights = sorted(text.xy[1] for text in ax.texts)
    assert all(b - a > 0.05 for a, b in itertools.pairwise(heights))
    assert np.mean(heights) == pytest.approx(1)


def test_a_curve_may_have_gaps_and_end_early(ax):
    nan = float("nan")
    figures.curves(ax, LIGHT, range(4), {"a": [1, nan, 3, nan], "b": [nan] * 4}, xlim=(0, 4))
    assert list(texts(ax)) == ["a"] and texts(ax)["a"].xy[0] == pytest.approx(0.5)


def test_each_curve_with_its_own_places(ax):
    figures.curves(ax, LIGHT, None, {"a": ([1, 2], [3, 4]), "b": ([5], [6])}, lines=False)
    assert list(ax.lines[1].get_xdata()) == [5] and ax.lines[0].get_linestyle() == "None"


def test_a_curve_may_be_a_mapping(ax):
    figures.curves(ax, LIGHT, None, {"a": {1: 5, 3: 6}})
    assert np.array(ax.lines[0].get_data()).tolist() == [[1, 3], [5, 6]]


def test_only_two_axes_are_logarithmic(ax):
    with pytest.raises(InvalidArgument, match=r"log: one of .* is needed, got 'z'"):
        figures.scale(ax, log="z")


def test_legend_dashes_and_inks(ax):
    figures.curves(ax, LIGHT, [1, 2], {"a": [1, 2], "b": [2, 3]}, labels="legend", marks=False,
                   dashes=True, inks=["#111111", "#222222"])  # fmt: skip
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert [line.get_color() for line in ax.lines] == ["#111111", "#222222"]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--"] and not ax.texts
    figures.curves(ax, LIGHT, [1, 2], {"c": [1, 2]}, labels="none")
    assert not ax.texts


@pytest.mark.parametrize(
    ("x", "series", "options", "message"),
    [
        ([1, 2], {"a": [1]}, {}, r"series\['a'\]: as many y as x are needed"),
        (None, {"a": ([1, 2], [1])}, {}, r"series\['a'\]: as many y as x are needed"),
        ([[1]], {"a": [[1]]}, {}, r"series\['a'\]"),
        ([1], {"a": [1]}, {"log": "z"}, "log: one of"),
        ([1], {"a": [1]}, {"labels": "left"}, "labels: one of"),
        ([1], {"a": [1]}, {"ticks": {"z": [1]}}, "ticks: one of"),
    ],
)
def test_what_is_no_curve(ax, x, series, options, message):
    with pytest.raises(InvalidArgument, match=message):
        figures.curves(ax, LIGHT, x, series, **options)


@pytest.mark.parametrize("wanted", [[], [3.0], [5, 1, 5, 5, 1.2], [0, 0, 0, 0.1, 9], [3, 2, 1]])
def test_spread_keeps_order_and_distance(wanted):
    places = spread(wanted, 1)
    order = np.argsort(wanted, kind="stable")
    assert all(np.diff(np.array(places)[order]) >= 1 - 1e-9)
    assert sum(places) == pytest.approx(sum(wanted))


def test_spread_moves_nothing_that_has_room():
    assert spread([4, 0, 2], 1) == [4, 0, 2]


def test_ticks_are_plain_numbers(ax):
    figures.scale(ax, log="x", xlim=(1, 1e6), ticks={"x": [1, 20_000, 10**6]})
    labels = [label.get_text().replace("\u2009", " ") for label in ax.get_xticklabels()]
    assert labels == ["1", "20 000", "10⁶"] and not len(ax.get_xticks(minor=True))


def test_levels(ax):
    figures.level(ax, LIGHT, "a coin", y=0.5)
    figures.level(ax, LIGHT, x=24)
    lying, upright = ax.lines
    assert list(lying.get_ydata()) == [0.5, 0.5] and list(upright.get_xdata()) == [24, 24]
    assert list(texts(ax)) == ["a coin"]


@pytest.mark.parametrize("where", [{}, {"x": 1, "y": 1}])
def test_a_level_lies_or_stands(ax, where):
    with pytest.raises(InvalidArgument, match="x, y: one of both is needed"):
        figures.level(ax, LIGHT, **where)


def test_a_slope_goes_through_its_point(ax):
    figures.scale(ax, log="xy", xlim=(1, 100), ylim=(1, 1000))
    figures.slope(ax, LIGHT, (10, 50), -2, "slope -2")
    (line,) = ax.lines
    assert list(line.get_xdata()) == [1, 100]
    assert list(line.get_ydata()) == pytest.approx([5000, 0.5])
    assert ax.get_ylim() == (1, 1000) and "slope -2" in texts(ax)


def test_what_is_forbidden_is_shaded_down_to_the_edge(ax):
    ax.set(ylim=(1, 9))
    figures.forbidden(ax, LIGHT, [1, 2], [5, 4])
    (shade,) = ax.collections
    heights = shade.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (1, 5) and ax.get_ylim() == (1, 9)
    assert "forbidden" in texts(ax)


def test_bars_from_the_top_with_their_lengths(ax):
    figures.bars(ax, LIGHT, {"a": 12_000, "b": 0.5}, log=True, xlabel="weights")
    assert [bar.get_width() for bar in ax.patches] == [12_000, 0.5]
    assert ax.patches[0].get_y() > ax.patches[1].get_y()
    assert [text.replace("\u2009", " ") for text in texts(ax)] == ["12 000", "0.5"]
    assert ax.get_xscale() == "log" and ax.get_legend() is None


def test_bars_of_parts(ax):
    figures.bars(ax, LIGHT, {"a": [1, 2], "b": [3, 4]}, parts=("hash", "read"))
    spans = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert spans == [(0, 1), (0, 3), (1, 2), (3, 4)] and list(texts(ax)) == ["3", "7"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["hash", "read"]


@pytest.mark.parametrize(
    ("lengths", "parts"), [({"a": [1, 2]}, ()), ({"a": 1}, ("x", "y")), ({}, ())]
)
def test_what_is_no_bar(ax, lengths, parts):
    with pytest.raises(InvalidArgument, match="lengths"):
        figures.bars(ax, LIGHT, lengths, parts=parts)


def test_heat_has_its_first_row_at_the_bottom(ax):
    figures.heat(ax, LIGHT, [[0, 1], [0.5, 0.25]], (0, 2, 0, 4), xlabel="λ")
    (image,) = ax.images
    assert image.origin == "lower" and image.get_extent() == [0, 2, 0, 4]
    assert image.get_array().tolist() == [[0, 1], [0.5, 0.25]]
    assert len(ax.figure.axes) == 2 and ax.get_xlabel() == "λ"


def test_heat_needs_a_table(ax):
    with pytest.raises(InvalidArgument, match=r"values: a table is needed, got shape \(2,\)"):
        figures.heat(ax, LIGHT, [1, 2], (0, 1, 0, 1))


def test_shades_from_the_paper_or_through_it():
    from matplotlib.colors import to_hex

    one, both = figures.shades(LIGHT), figures.shades(LIGHT, both=True)
    assert [to_hex(one(v)) for v in (0.0, 1.0)] == [LIGHT.paper, LIGHT.classes[0]]
    assert [to_hex(both(v)) for v in (0.0, 1.0)] == list(LIGHT.classes[:2])
