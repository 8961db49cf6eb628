"""The landing page of the book."""

import json
import re

import numpy as np
import pytest

from mem_lib import explorer
from tests import browser as reader
from tests.explorer.pages import POINTS, SLUG, Live, bars


@pytest.fixture(scope="module")
def page_of_the_book(built):
    return built / "book" / "index.html"


def test_the_landing_page_is_small_and_alive(chromium, page_of_the_book):
    assert page_of_the_book.stat().st_size <= 1_500_000
    with reader.served(page_of_the_book.parents[1]) as base:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(base + "book/index.html")
        page.wait_for_selector(".mem-explorer[data-certificate='6/6']")
        context.close()


def test_without_javascript_the_landing_page_has_its_figure(chromium, page_of_the_book):
    page = Live(chromium, page_of_the_book.as_uri(), java_script_enabled=False)
    assert page.page.locator(".mem-static img.only-light").first.is_visible()
    page.context.close()


def test_what_there_is_to_discover(chromium, engine, page_of_the_book):
    """Every number under the explorer, read off the live page."""
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    told = live.page.locator("details", has_text="What you may have found").text_content()
    told = re.sub(r"\s+", " ", told)

    asked, labellings, wrong = map(
        int, re.search(r"(\d+) outputs for (\d+) labellings, (\d+) of them wrong", told).groups()
    )
    live.page.get_by_role("button", name=f"Check all {labellings}").click()
    assert live.data("all") == f"{asked - wrong}/{asked}" and wrong == 0

    shared = re.search(r"The (\d+) lines never .* all (\d+) labellings", told)
    lines, mixed = map(int, shared.groups())
    low, high = map(int, re.search(r"second layer, (\d+) to (\d+) neurons", told).groups())
    values = json.loads(live.page.text_content(".mem-host script[type='application/json']"))
    networks = explorer.unpack(values["packs"][SLUG])
    units = [[layer.units for layer in net.layers] for net in networks if net.depth == 3]
    assert len(units) == mixed and {u[0] for u in units} == {lines}
    assert (min(u[1] for u in units), max(u[1] for u in units)) == (low, high)
    seen = set()
    for point in range(6):
        live.page.locator(".mem-point").nth(point).click()
        live.data("query")
        drawn = live.page.locator(".mem-plane line").all()
        seen.add(tuple(line.get_attribute("x1") for line in drawn))
    assert len(seen) == 1 and len(seen.pop()) == lines

    place, away, border = re.search(
        r"right at A = (\(.*?\)) .* About (\d+) further, at (\(.*?\)),", told
    ).groups()
    a, b = (tuple(map(int, text.strip("()").split(", "))) for text in (place, border))
    assert a == POINTS[0] and round(np.hypot(*np.subtract(a, b))) == int(away)
    start = networks[values["labelling"]]
    reach = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    disc = [(i, j) for i in range(-40, 41) for j in range(-40, 41) if i * i + j * j < reach]
    near = [[a[0] + i, a[1] + j] for i, j in disc]
    answers = engine.evaluate(
        """([text, spots]) => { const net = mem.compile(JSON.parse(text));
          return spots.map((p) => mem.label(net, mem.outputs(net, mem.onGrid(net, p, 0)))); }""",
        [start.to_json(), [*near, list(b)]],
    )
    assert int(away) < 40 and answers.pop() == 0 and set(answers) == {1}

    cost = re.search(r"N = (\d+) points, (\d+) weights .* one per point, and (\d+)", told)
    N, moons, coins = map(int, cost.groups())
    assert live.data("n") == str(N) and bars(live.page) == [moons, coins]
    assert moons < N < coins
    live.close()
