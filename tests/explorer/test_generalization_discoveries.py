"""What there is to discover on the first page of ``generalization``, read off it."""

import re

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.explorer.views import generalization as view
from mem_lib.generalization import best_accuracy
from tests.explorer.pages import move, numbers

NETWORKS = ("maxnet", "cells", "projected")  # in the order of the text


@pytest.fixture(scope="module")
def address(built):
    return (built / "book" / "generalization" / "index.html").as_uri()


def listed(pattern, text):
    """The numbers of "a, b and c" where a pattern has them."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(x) for x in re.findall(r"[\d.]*\d", found[1])]


def stand(live, **stops):
    """Move the sliders, and wait until the page has counted the points of max-net."""
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
    live.page.wait_for_selector("li[data-network=maxnet][data-here]")


def shares(live):
    """How many new points each network is right at, in the order of the text; none is wrong at a
    known one, as far as the page has the network."""
    found = []
    for name in NETWORKS:
        item = live.page.locator(f"li[data-network={name}]")
        text = item.inner_text()
        found.append(float(re.search(r"new ([\d.]+)\u202f%", text)[1]))
        known = re.search(r"known (\d+)/(\d+)", text)
        assert known is None or known[1] == known[2]
    return found


def test_knowing_is_the_same_and_being_near_is_not(live, told):
    known, new = numbers(r"All (\d+) known points .* Of (\d+) new", told)
    assert (known, new) == (40, view.TEST)
    stand(live, N=40)
    live.page.wait_for_selector("li[data-network=projected][data-here]")
    for name in NETWORKS:
        trained = live.page.locator(f"li[data-network={name}]").get_attribute("data-trained")
        assert int(trained) == known
    three = listed(r"one direction are right at ([\d., and]+) %", told)
    assert shares(live) == three and three[0] > three[1] > 90 > 75 > three[2]


@pytest.mark.parametrize(
    ("axis", "stops", "pattern"),
    [
        ("N", (10, 20, 40), r"points max-net is right at ([\d., and]+) %"),
        ("d", (2, 3, 10), r"with 40 points, at ([\d., and]+) %, and in ten"),
    ],
)
def test_new_points_follow_n_and_d(live, told, axis, stops, pattern):
    said = listed(pattern, told)
    for stop, value in zip(stops, said, strict=True):
        stand(live, **{axis: stop})
        assert shares(live)[0] == value
    assert said == sorted(said, reverse=axis == "d")
    if axis == "d":
        assert all(45 < value < 55 for value in shares(live))  # of all three networks


def test_what_is_enough_follows_d_and_margin_and_the_neurons_do_not(live, told):
    row = live.page.locator(".mem-counters tr", has_text="training points")
    neurons = live.page.locator("[data-count=neurons]")
    count = re.search(r"Its (\d+) neurons", told)[1]
    plane, many = re.search(r"does: (.*?) points are enough .* plane, (\S+) in ten", told).groups()
    listing = re.search(r"at the margins .*?, it is (.*?)\.", told)[1]
    narrow = re.split(r", | and ", listing)
    for margin, text in zip((0.06, 0.03, 0.015), narrow, strict=True):
        stand(live, margin=margin)
        assert " ".join(row.inner_text().split()).endswith(f"{text} are enough")
        assert neurons.inner_text() == count
    stand(live, margin=0.06, d=10)
    assert " ".join(row.inner_text().split()).endswith(f"{many} are enough")
    assert neurons.inner_text() == count and plane == narrow[0]


def test_no_direction_helps(live, told):
    turns, low, high = numbers(
        r"(\d+) draws of a direction are right at ([\d.]+) to ([\d.]+) %", told
    )
    (cap,) = numbers(r"one direction is right with a probability above ([\d.]+) %", told)
    live.page.get_by_role("button", name="one direction", exact=True).click()
    live.page.wait_for_selector(".mem-explorer[data-key$='|projected']")
    row = live.page.locator(".mem-counters tr", has_text="test accuracy")
    built, promised = re.findall(r"[\d.]+", row.inner_text())
    assert turns == 20 and low <= float(built) <= high < cap == float(promised)
    exact = 100 * best_accuracy(2, 1, view.shells(2, 0.06).rings)
    assert cap == pytest.approx(exact, abs=0.05)
    assert f"none on more than {cap}\u202f%" in live.page.inner_text(".mem-side")


def test_cells_are_silent_and_never_against(live, told):
    silent, new = numbers(r"At (\d+) of the (\d+) new points the cells", told)
    against, spoken = numbers(r"contradict it (\d+) times.* are right at ([\d.]+) %", told)
    saved, among = numbers(r"max-net is right at (\d+) of (\d+)", told)
    assert among == silent and new == view.TEST
    text = live.page.locator("li[data-network=cells]").inner_text()
    assert f"silent {100 * silent / new:.1f}" in text
    test = view.shells(2, 0.06).test(new, view.SEED)
    sample = view.sample(40, 2, 0.06)
    cells, near = (
        ml.predict(view.NETWORKS[name].build(sample), test.points) for name in ("cells", "maxnet")
    )
    assert (cells < 0).sum() == silent
    assert ((cells >= 0) & (cells != near)).sum() == against == 0
    assert (near == test.labels)[cells < 0].sum() == saved
    assert spoken == round(100 * float(np.mean((cells == test.labels)[cells >= 0])), 1)
