"""The plotting style: both themes, words for every picture, the same bytes every time."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array

import mem_lib as ml
from mem_lib import figures

BOOK = Path(__file__).parent.parent / "book"
MOONS = ml.data.moons(N=60, noise=0.05, seed=0)


def scatter(ax, colours):
    figures.points(ax, MOONS, colours)


def test_both_themes_and_alternative_text():
    picture = figures.show(scatter, 'Sixty points on "two moons"')
    html = picture._repr_html_()
    assert html.count("<img") == 2
    assert html.count('class="only-light"') == html.count('class="only-dark"') == 1
    assert len(re.findall(r'alt="Sixty points on &quot;two moons&quot;"', html)) == 2
    assert figures.LIGHT.ink.encode() in picture.light
    assert figures.DARK.ink.encode() in picture.dark
    assert "Sixty" in repr(picture)


def test_deterministic():
    one, two = (figures.show(scatter, "points") for _ in range(2))
    assert one.light == two.light and one.dark == two.dark


def test_side_by_side():
    one, two = figures.show(scatter, "left"), figures.show(scatter, "right")
    html = (one + two)._repr_html_()
    assert html.count("<img") == 4 and html.index('alt="left"') < html.index('alt="right"')
    assert one._repr_html_().count("<img") == 2


def test_stepper():
    frames = {n: figures.show(scatter, f"n is {n}", size=(2, 2)) for n in (10, 20, 40)}
    html = figures.Stepper("hyperplanes n", frames)._repr_html_()
    assert html == figures.Stepper("hyperplanes n", frames)._repr_html_()
    assert html.count('class="mem-frame"') == 3 and html.count(" hidden>") == 2
    assert 'aria-label="hyperplanes n"' in html and "<output>20</output>" in html
    assert "10, 20, 40" in repr(figures.Stepper("n", frames))


@pytest.mark.parametrize(("label", "frames"), [("", {1: None}), ("n", {})])
def test_stepper_needs_a_name_and_pictures(label, frames):
    with pytest.raises(ValueError, match="label, frames"):
        figures.Stepper(label, frames)


def test_alternative_text_is_required():
    with pytest.raises(ValueError, match="alt"):
        figures.show(scatter, "  ")


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
    from matplotlib.figure import Figure

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


@pytest.mark.parametrize("one", [figures.LIGHT, figures.DARK])
def test_text_and_classes_stand_out(one):
    """Contrast of at least 4.5 for text and 3 for marks against the page (WCAG)."""

    def luminance(colour):
        channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    def contrast(colour):
        high, low = sorted((luminance(colour), luminance(one.paper)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert contrast(one.ink) >= 4.5 and contrast(one.accent) >= 3
    assert all(contrast(c) >= 2.3 for c in one.classes[:4])


@pytest.mark.parametrize(
    "dataset", [ml.Dataset([[0, 1, 2]], [0]), ml.Dataset([[0, 1]], targets=[0.5])]
)
def test_only_labelled_points_of_the_plane_are_drawn(dataset):
    with pytest.raises(ml.InvalidDataset, match="dataset: labelled points of the plane"):
        figures.points(None, dataset, figures.LIGHT)


def test_only_networks_of_the_plane_are_drawn():
    with pytest.raises(ml.InvalidNetwork, match="network: 2 inputs are needed, got 3"):
        figures.lines(None, ml.Network([ml.Layer([[1, 1, 1]], [0], "relu")]), figures.LIGHT)


def drawn_past_the_style(source):
    """What in the code of a page draws without ``figures.show``."""
    return re.findall(
        r"pyplot|plt\.|savefig|matplotlib\.use|IPython\.display import .*Image", source
    )


def test_every_page_draws_in_the_one_style():
    pages = [*BOOK.rglob("*.md"), *BOOK.rglob("*.ipynb")]
    assert len(pages) > 10
    for page in pages:
        source = page.read_text(encoding="utf-8")
        if page.suffix == ".ipynb":
            source = "\n".join("".join(c["source"]) for c in json.loads(source)["cells"])
        assert drawn_past_the_style(source) == [], page.name


def test_drawing_past_the_style_is_noticed():
    assert drawn_past_the_style("import matplotlib.pyplot as plt\nplt.plot([1])")
