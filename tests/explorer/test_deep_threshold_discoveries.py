"""What there is to discover on the first page of ``deep_threshold``, read off it."""

import re

import pytest

from tests.explorer.pages import count, move, numbers

CUTS = ("stair", "grid", "lines")  # in the order of the text


@pytest.fixture(scope="module")
def address(built):
    return (built / "book" / "deep_threshold" / "index.html").as_uri()


def stand(live, **stops):
    """Move the sliders, and wait until the page itself has checked every point."""
    names = {"N": "points N", "d": "dimensions d", "margin": "margin"}
    for axis, stop in stops.items():
        move(live, names[axis], stop)
        live.page.wait_for_function(
            """([k, stop]) => {
              const { key } = document.querySelector(".mem-explorer").dataset;
              return key.split("|")[k] === stop;
            }""",
            arg=[list(names).index(axis), str(stop)],
        )
    live.page.wait_for_selector(".mem-explorer[data-certificate]")
    right, all_points = live.data("certificate").split("/")
    assert right == all_points


def gates(live):
    """The gates below the small pictures, in the order of the text, and which are the fewest."""
    found = {}
    for item in live.page.locator(".mem-cuts > li").all():
        found[item.get_attribute("data-cut")] = int(item.locator("b").inner_text().split()[0])
    fewest = live.page.locator(".mem-cuts > li", has_text="fewest").get_attribute("data-cut")
    assert fewest == min(found, key=found.get)
    return [found[cut] for cut in CUTS], fewest


THREE = r"(\d+) by one direction, (\d+) by the grid and (\d+) by random lines"


@pytest.mark.parametrize(("d", "winner"), [(2, "grid"), (10, "lines")])
def test_the_crossing(live, told, d, winner):
    """One direction is cheapest for few points, a table for many; two cuts overtake each other."""
    stand(live, d=d)
    few, many, more = numbers(
        r"In the plane (\d+) points take .*?; (\d+) points still .*?; (\d+)", told
    )
    parts = re.findall(THREE, told)
    assert len(parts) == 4
    said = [list(map(int, part)) for part in (parts[:2] if d == 2 else parts[2:])]
    stand(live, N=few)
    assert gates(live) == (said[0], "stair")
    stand(live, N=many)
    assert gates(live)[1] == "stair"
    if d == 2:
        assert gates(live)[0][0] == numbers(r"favour one direction, with (\d+)", told)[0]
    stand(live, N=more)
    assert gates(live) == (said[1], winner)
    assert count(live, "neurons") == said[1][2]


def listed(pattern, text):
    """The numbers of "a, b and c" where a pattern has them."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(x) if "." in x else int(x) for x in re.findall(r"[\d.]*\d", found[1])]


def test_more_dimensions(live, told):
    lines = listed(r"It takes ([\d, and]+) of them", told)
    dimensions = listed(r"of them in ([\d, and]+) dimensions", told)
    grid = listed(r"cut every axis, and takes ([\d, and]+) gates", told)
    for d, own, by_grid in zip(dimensions, lines, grid, strict=True):
        stand(live, d=d)
        assert count(live, "lines") == own and gates(live)[0][1] == by_grid


def test_four_times_the_points(live, told):
    low, few, high, many = numbers(
        r"The table has (\d+) rows and columns for (\d+) points and (\d+) for (\d+): twice", told
    )
    lines = numbers(r"the logarithm of N, (\d+) and (\d+)\.", told)
    assert many == 4 * few
    for N, table, own in ((few, low, lines[0]), (many, high, lines[1])):
        stand(live, d=10, N=N)
        assert (count(live, "rows and columns"), count(live, "lines")) == (table, own)


def test_the_margin_moves_the_lines(live, told):
    margins = listed(r"In the plane, margins ([\d., and]+) take", told)
    lines = listed(r"take ([\d, and]+) lines\.", told)
    (most,) = numbers(r"at most (\d+) rows and columns", told)
    table = listed(r"smaller than promised, ([\d, and]+), since", told)
    for margin, own, rows in zip(margins, lines, table, strict=True):
        stand(live, margin=margin)
        assert (count(live, "lines"), count(live, "rows and columns")) == (own, rows)
        promised = live.page.locator(".mem-counters tr", has_text="rows and columns").inner_text()
        assert promised.split()[-1] == str(most)


def test_the_table_by_hand_is_that_of_the_page(live):
    """The example of the text below is the one that is filled by hand."""
    text = live.page.locator("article").inner_text()
    assert "Read from below, the label changes four times" in text
    live.page.get_by_role("button", name="by hand").click()
    hand = live.page.locator(".mem-hand")
    slider = live.page.get_by_role("slider", name="value v")
    for k, v in enumerate((5, 9, 14, 20)):
        slider.fill(str(v))
        hand.locator(".mem-entry").nth(k).click()
    assert "All 4 entries" in hand.locator("[role=status]").inner_text()
