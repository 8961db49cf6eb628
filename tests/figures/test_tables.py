"""Comparisons: what is best is marked for eyes and ears, and a phone shows them."""

import re
from fractions import Fraction

import pytest

from mem_lib import figures
from mem_lib.errors import InvalidArgument

ROWS = [("paper", 12, 120_000, None), ("narrow", 3, 900, 0.5), ("wide", 3, 70_000, 0.25)]
COLUMNS = ["network", "width", "weights", "share"]
BEST = {"width": "min", "weights": "min", "share": "max"}


def sizes(**options):
    return figures.table(ROWS, COLUMNS, caption="Sizes & shares", best=BEST, **options)


def test_as_text():
    assert repr(sizes()).replace("\u2009", " ").splitlines() == [
        "Sizes & shares",
        "network  width  weights  share",
        "paper       12  120 000      –",
        "narrow      3*     900*   0.5*",
        "wide        3*   70 000   0.25",
    ]


def test_as_html():
    html = sizes()._repr_html_()
    assert html == sizes()._repr_html_()
    assert ">Sizes &amp; shares</figcaption>" in html
    assert html.count('<th scope="col"') == 4 and html.count('<th scope="row">') == 3
    best = re.findall(r'<strong>([^<]*)<span class="unseen"> \(best\)</span></strong>', html)
    assert best == ["3", "900", "0.5", "3"]
    assert html.count('<td class="number">') == 9


def test_a_row_may_be_a_mapping():
    rows = [dict(zip(COLUMNS, row, strict=True)) | {"more": 1} for row in ROWS]
    assert figures.table(rows, COLUMNS, caption="Sizes & shares", best=BEST) == sizes()


def test_without_names_of_columns():
    pairs = figures.table([("verdict", "memorized"), ("ties", 0)], ["", ""], caption="Certificate")
    assert "<thead>" not in pairs._repr_html_()
    assert repr(pairs) == "Certificate\nverdict  memorized\nties     0"


def test_long_names_break_behind_dots_and_underscores_alone():
    names = figures.table([("two_layer.antisymmetric", "1.5 & a_b")], ["a", "b"], caption="c")
    html = names._repr_html_()
    assert '<th scope="row">two_<wbr>layer.<wbr>antisymmetric</th>' in html
    assert "1.5 &amp; a_b" in html and "<wbr>" not in repr(names)


def test_a_reader_may_sort_what_says_so():
    assert '<table class="mem-sortable"' in sizes(sortable=True)._repr_html_()
    assert "mem-sortable" not in sizes()._repr_html_()


def test_text_is_no_number_and_not_html():
    mixed = figures.table([("<b>", "more than 50"), ("c", 40)], ["a", "n"], caption="c")
    assert mixed.numbers == (False, False)
    assert "<b>" not in mixed._repr_html_() and "&lt;b&gt;" in mixed._repr_html_()


def test_fractions_are_compared_exactly():
    rows = [("a", Fraction(1, 3)), ("b", 1 / 3)]
    marked = figures.table(rows, ["n", "margin"], caption="c", best={"margin": "max"}).marked
    assert marked == {(0, 1)}  # the float of that name is a little smaller


@pytest.mark.parametrize(
    ("rows", "columns", "options", "message"),
    [
        ([], ["a"], {}, "rows, columns: at least one of each"),
        ([()], [], {}, "rows, columns: at least one of each"),
        ([(1, 2)], ["a"], {}, r"rows\[0\]: 1 entries are needed, one a column, got \[1, 2\]"),
        ([{"b": 1}], ["a"], {}, r"rows\[0\]: no entry 'a'"),
        ([(1,)], ["a"], {"caption": " "}, "caption: a table needs words"),
        ([(1,)], ["a"], {"name": "numbers"}, "name: the form .* got 'numbers' and 'c'"),
        ([(1,)], ["a"], {"best": {"b": "min"}}, "best: a column of .* got 'b'"),
        ([(1,)], ["a"], {"best": {"a": "least"}}, "best: .* 'least'"),
        ([("x",)], ["a"], {"best": {"a": "min"}}, "best: column 'a' has no number"),
    ],
)
def test_what_is_no_table(rows, columns, options, message):
    with pytest.raises(InvalidArgument, match=message):
        figures.table(rows, columns, **{"caption": "c", **options})


def test_a_table_that_is_cited_has_a_name():
    html = figures.table([(1,)], ["a"], caption="c", name="tab-toy-numbers")._repr_html_()
    assert '<figure class="mem-table" id="tab-toy-numbers">' in html
    assert 'data-number="table" data-name="tab-toy-numbers">c</figcaption>' in html


@pytest.mark.parametrize("columns", [4, 14])
def test_only_the_table_scrolls_on_a_phone(chromium, tmp_path, columns):
    names = [f"column number {i}" for i in range(columns)]
    wide = figures.table([range(10**6, 10**6 + columns)] * 2, names, caption="wide",
                         best={names[-1]: "max"})  # fmt: skip
    place = tmp_path / "table.html"
    page = f'<!doctype html><meta charset="utf-8"><body style="margin:0">{wide._repr_html_()}'
    place.write_text(page, encoding="utf-8")
    view = chromium.new_page(viewport={"width": 390, "height": 800})
    view.goto(place.as_uri())
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    box = view.get_by_role("region", name="wide")
    assert (box.evaluate("e => e.scrollWidth > e.clientWidth")) == (columns > 4)
    view.close()


def test_a_number_stays_on_one_line(chromium, tmp_path):
    """Its groups of digits are apart by spaces at which a line may end."""
    row = [10**7, *["averylongwordindeed"] * 4, 10**7]
    place = tmp_path / "table.html"
    page = figures.table([row], list("abcdef"), caption="narrow")._repr_html_()
    place.write_text(f'<!doctype html><meta charset="utf-8">{page}', encoding="utf-8")
    view = chromium.new_page(viewport={"width": 390, "height": 800})
    view.goto(place.as_uri())
    heights = "cells => cells.map(cell => cell.getBoundingClientRect().height)"
    head, body = (view.locator(f"{part} th").evaluate_all(heights) for part in ("thead", "tbody"))
    assert max(body) < 1.5 * max(head)
    view.close()


def test_measurements_beside_their_baselines():
    row = {"what": "build", "value": 14, "unit": "s", "baseline": "one product", "ratio": 2}
    rows = [{**row, "baseline_value": 6.57}]
    shown = figures.measured(rows, caption="large")
    assert shown.cells == (("build", "14", "s", "one product", "6.57"),)
    with pytest.raises(InvalidArgument, match=r"rows\[0\]: no entry 'baseline_value'"):
        figures.measured([row], caption="large")
    with pytest.raises(InvalidArgument, match="rows, columns: at least one"):
        figures.measured([], caption="large")
