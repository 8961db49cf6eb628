"""Strings of bits: a pale strip a run, one square a character, one path an ink."""

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mem_lib import figures
from mem_lib.errors import InvalidArgument

LIGHT = figures.LIGHT


@pytest.fixture
def ax():
    return Figure().subplots()


def drawn(ax):
    """The corner at the top left and the length of the bars of each ink."""
    found = {}
    for patch in ax.patches:
        corners = patch.get_path().vertices.reshape(-1, 5, 2)
        spots = {
            (round(x - 0.08), round(y - 0.08), round(right + 0.08 - (x - 0.08)))
            for (x, y), (right, _) in corners[:, :2].tolist()
        }
        found[to_hex(patch.get_facecolor())] = spots
    return found


def test_ones_zeros_blanks_and_kinds(ax):
    figures.strings(ax, LIGHT, ["10", " a 0"], inks={"a": LIGHT.accent}, title="bits")
    assert drawn(ax) == {
        LIGHT.faint: {(0, 0, 2), (1, 1, 1), (3, 1, 1)},
        LIGHT.classes[0]: {(0, 0, 1)},
        LIGHT.accent: {(1, 1, 1)},
    }
    assert ax.get_ylim() == (2, 0) and ax.get_title() == "bits"


def test_notes_beside_the_rows(ax):
    figures.strings(ax, LIGHT, ["10", "11"], notes=["e = 0", "e = 1"], strong=[1])
    assert [text.get_text() for text in ax.texts] == ["e = 0", "e = 1"]
    assert [text.get_weight() for text in ax.texts] == ["normal", "bold"]
    assert ax.get_xlim()[1] > 3


@pytest.mark.parametrize(
    ("rows", "notes", "message"),
    [
        ([], (), "rows: strings of .* got none"),
        (["012"], (), "rows: strings of .* got '2'"),
        (["01", "10"], ["only one"], "notes: one for each of 2 rows is needed, got 1"),
    ],
)
def test_what_is_no_string(ax, rows, notes, message):
    with pytest.raises(InvalidArgument, match=message):
        figures.strings(ax, LIGHT, rows, notes=notes)


def test_no_squares_draw_nothing(ax):
    figures.squares(ax, [], LIGHT.ink)
    assert len(ax.patches) == 0
