"""What there is to discover on the first page of ``beyond_worst_case``, read off it."""

import re

import pytest

from tests.explorer.pages import count, move, numbers


@pytest.fixture(scope="module")
def address(built):
    return (built / "book" / "beyond_worst_case" / "index.html").as_uri()


def shown(live, slider, stop, name):
    """A count when a slider stands at a stop, and how many points the page itself finds right."""
    move(live, slider, stop)
    live.page.wait_for_function(
        """(stop) => {
          const { key } = document.querySelector(".mem-explorer").dataset;
          return key.split("|").includes(stop);
        }""",
        arg=str(stop).replace("\u202f", ""),
    )
    live.page.wait_for_selector(".mem-explorer[data-certificate]")
    return count(live, name)


def listed(told, name):
    """{stop: count} from "4 (N = 100), 5 (N = 400)"."""
    return {int(k): int(n) for n, k in re.findall(rf"(\d+) \({name} = (\d+)\)", told)}


def test_the_size_follows_neither_n_nor_d(live, told):
    for slider, name in (("points N", "N"), ("dimensions d", "d")):
        said = listed(told, name)
        assert len(said) == 3
        for stop, neurons in said.items():
            text = f"{stop:,}".replace(",", "\u202f")
            assert shown(live, slider, text, "covering neurons") == neurons
            assert (count(live, "depth"), count(live, "hyperplanes")) == (3, 100)
        start = "400" if name == "N" else "2"
        move(live, slider, start)


def test_an_unlucky_draw_misses_orange_points_only(live, told):
    draws, unlucky, left = numbers(
        r"Of the (\d+) draws, number (\d+) leaves out (\d+) points", told
    )
    for k in range(1, unlucky + 1):
        live.page.get_by_role("button", name=str(k), exact=True).click()
        live.page.wait_for_selector(f".mem-explorer[data-key$='|{k}']")
        assert count(live, "points left out") == (left if k == unlucky else 0)
    assert live.page.locator(".mem-choices button").count() == draws
    live.page.wait_for_selector(f".mem-explorer[data-certificate='{400 - left}/400']")
    colours = live.page.evaluate(
        """() => [...document.querySelectorAll(".mem-missed")].map((ring) => {
          const at = ["cx", "cy"].map((name) => ring.getAttribute(name));
          const mark = [...document.querySelectorAll(".mem-field .mem-mark")].find((one) =>
            one.getAttribute("transform").startsWith(`translate(${at.join(" ")})`));
          return mark.getAttribute("class");
        })"""
    )
    assert len(colours) == left and {"mem-class-1" in colour for colour in colours} == {True}


def test_nearer_crescents_take_more_lines(live, told):
    near, *_ = numbers(r"At margin ([\d.]+) the numbers of points left out", told)
    enough, margin, easy = numbers(
        r"with (\d+) lines there is none\. At margin ([\d.]+) the same draw needed (\d+)\.", told
    )
    said = listed(told, "n")
    move(live, "margin", near)
    found = {n: shown(live, "hyperplanes n", n, "points left out") for n in said}
    assert found == said and min(n for n, left in found.items() if not left) == enough
    move(live, "margin", margin)
    found = {n: shown(live, "hyperplanes n", n, "points left out") for n in said}
    assert min(n for n, left in found.items() if not left) == easy < enough
