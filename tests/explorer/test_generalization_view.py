"""The explorer of ``generalization``: three networks over one sample, and points not seen."""

import base64
import gzip
import itertools
import json
import re
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.data import Dataset
from mem_lib.explorer.views import generalization as view
from mem_lib.generalization import accuracy, best_accuracy
from tests.explorer.pages import Finger, Live, move, saved

START = view.START
STOPS = {axis.name: axis.values for axis in view.AXES}
KEY = "|".join(map(str, START.values()))


@pytest.fixture(scope="module")
def made():
    return explorer.generalization()


@pytest.fixture(scope="module")
def address(made, folder):
    return saved(folder, "unseen", made._repr_html_())


# --- Data and cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("d", STOPS["d"])
def test_samples_are_nested_and_keep_margin_and_truth(d):
    many, few = (view.sample(N, d, 0.06) for N in (40, 10))
    assert (many.points[:10] == few.points).all() and (many.labels[:10] == few.labels).all()
    truth = view.shells(d, 0.06)
    assert truth.margin >= 0.06 and many.margin >= 0.06
    assert (truth.label(many.points) == many.labels).all()
    near = view.sample(40, d, 0.015)
    assert (near.labels == many.labels).all()  # and each stays in its direction
    turned = [rows / np.linalg.norm(rows, axis=1)[:, None] for rows in (near.points, many.points)]
    assert np.abs(turned[0] - turned[1]).max() < 1e-4
    assert view.sample(50, d, 0.06).N == 50
    assert view.sample(10, d, 0.06, seed=2) != few


@pytest.mark.parametrize(
    ("setting", "kind", "told"),
    [
        ({"margin": 0.3}, ml.InvalidArgument, r"margin=0\.3: less than 0\.2929 .* d=2 dimensions"),
        ({"d": 10, "margin": 0.07}, ml.InvalidArgument, r"margin=0\.07: less than 0\.0670"),
        ({"margin": 0}, ml.InvalidArgument, "margin: "),
        ({"d": 0}, ml.InvalidArgument, "d: "),
        ({"N": 0}, ml.InvalidArgument, "N: "),
    ],
)
def test_what_cannot_be_drawn_is_told(setting, kind, told):
    with pytest.raises(kind, match=told):
        view.cell(START | setting)


@pytest.mark.parametrize("setting", [{"N": 1}, {"N": 2}, {"d": 1}, {"d": 10, "seed": 3}])
@pytest.mark.parametrize("name", STOPS["network"])
def test_every_network_memorizes_whatever_is_asked_for(setting, name):
    cell = view.cell(START | setting | {"network": name})
    assert cell.certified() and set(cell.more["scores"]) == set(STOPS["network"])
    for built, promised in cell.counters.values():
        assert not isinstance(promised, float) or built <= promised
    assert cell.network.size.weights <= cell.bound.weights


def test_a_wrong_network_is_not_counted(monkeypatch):
    class Wrong:
        def build(self, dataset):
            return ml.Network([ml.Layer([[0] * dataset.d], [0], "identity")], dataset.shift)

    monkeypatch.setitem(view.NETWORKS, "cells", Wrong())
    with pytest.raises(ml.ConstructionFailed, match="cells: a network does not fit"):
        view.cell(START | {"N": 12, "seed": 78})


def test_of_many_points_only_the_network_asked_for_is_counted(monkeypatch):
    monkeypatch.setattr(view, "COUNTED", 11)
    assert set(view.cell(START | {"N": 12, "seed": 5}).more["scores"]) == {"maxnet"}
    assert set(view.cell(START | {"N": 11, "seed": 5}).more["scores"]) == set(view.NETWORKS)


def test_counts_are_those_of_new_points():
    cell = view.cell(START)
    test = view.shells(2, 0.06).test(view.TEST, view.SEED)
    for name, construction in view.NETWORKS.items():
        network = construction.build(cell.dataset)
        for which, count in (("all", view.TEST), ("part", view.PART)):
            some = Dataset(test.points[:count], test.labels[:count], classes=2)
            found = accuracy(network, some)
            assert cell.more["scores"][name][which] == [found.right, found.undecided]
    known = {tuple(point) for point in cell.dataset.points.tolist()}
    assert not known & {tuple(point) for point in test.points.tolist()}


def test_numbers_that_are_too_long_are_told_short():
    assert view._enough(view.shells(2, 0.06)) == "16\u202f000 are enough"
    assert view._enough(view.shells(10, 0.06)) == "1\u00b710\u00b2\u00b9 are enough"
    assert view._enough(view.shells(150, 0.003)) == "more than 10\u00b3\u2070\u2070"


# --- What the theorems say, and what they leave alone --------------------------------------------


def counts(made, kind="built", **setting):
    setting = START | setting
    return made.values["study"]["counts"]["|".join(map(str, setting.values()))][kind]


def along(made, axis, name, kind="built"):
    """A count at all stops of one control, for each setting of the other two of N, d and margin."""
    others = [one for one in ("N", "d", "margin") if one != axis]
    for values in itertools.product(*(STOPS[one] for one in others)):
        rest = dict(zip(others, values, strict=True))
        yield [counts(made, kind, **rest, **{axis: stop})[name] for stop in STOPS[axis]]


def test_n_moves_the_size_and_not_what_is_enough(made):
    for kind in ("built", "promised"):
        assert all(row == sorted(set(row)) for row in along(made, "N", "neurons", kind))
    assert all(len(set(row)) == 1 for row in along(made, "N", "training points", "promised"))
    assert all(len(set(row)) == 1 for row in along(made, "N", "robust radius", "promised"))


def test_d_moves_weights_and_what_is_enough_and_not_the_neurons(made):
    for kind in ("built", "promised"):
        assert all(row == sorted(set(row)) for row in along(made, "d", "weights", kind))
        for name in ("neurons", "depth"):
            assert all(len(set(row)) == 1 for row in along(made, "d", name, kind))
    assert all(len(set(row)) == 3 for row in along(made, "d", "training points", "promised"))
    assert all(len(set(row)) == 1 for row in along(made, "d", "robust radius", "promised"))


def test_the_margin_moves_the_radius_and_what_is_enough_and_not_the_size(made):
    for kind in ("built", "promised"):
        for name in ("neurons", "depth", "width"):
            assert all(len(set(row)) == 1 for row in along(made, "margin", name, kind))
    assert all(len(set(row)) == 1 for row in along(made, "margin", "weights", "promised"))
    for name in ("robust radius", "training points"):
        assert all(len(set(row)) == 3 for row in along(made, "margin", name, "promised"))


def test_the_promised_radius_and_cap_are_kept(made):
    for key, found in made.values["study"]["counts"].items():
        built, promised = found["built"], found["promised"]
        if key.endswith("maxnet"):
            assert built["robust radius"] >= float(promised["robust radius"].split()[1])
        if key.endswith("projected"):
            margin = float(key.split("|")[2])
            cap = 100 * best_accuracy(2, 1, view.shells(2, margin).rings)
            assert built["test accuracy, %"] <= promised["test accuracy, %"] == pytest.approx(cap)


def test_every_stop_is_another_network(made):
    packed = made.values["study"]["cells"].values()
    found = [json.loads(gzip.decompress(base64.b64decode(text))) for text in packed]
    assert len({cell["sha"] for cell in found}) == len(found) == 27 + 18
    assert {cell["correct"] for cell in found} == set(STOPS["N"])


# --- The page -----------------------------------------------------------------------------------


def here(live, cell):
    """The point that the page asks about, in floats: dyadic, hence exact."""
    shift = max(cell.network.input_shift, int(cell.dataset.integers()[1]) + cell.view.finer)
    return [int(x) / 2.0**shift for x in live.data("point").split(",")]


def items(live):
    found = live.page.locator(".mem-multiples > li").all()
    return {item.get_attribute("data-network"): item for item in found}


def choose(live, name):
    live.page.get_by_role("button", name=view.WORDS[name], exact=True).click()
    live.page.wait_for_selector(f".mem-explorer[data-key$='|{name}']")


MOVES = ((), ("ArrowDown",) * 9, ("Shift+ArrowLeft",) * 4, ("PageDown",), ("Shift+ArrowRight",) * 5)


def test_one_query_in_three_networks_beside_the_truth(live):
    networks = {name: view.cell(START | {"network": name}).network for name in view.NETWORKS}
    cell, truth = view.cell(START), view.shells(2, 0.06)
    live.page.wait_for_selector("li[data-network=projected][data-said]")
    seen, words = set(), {-1: "nothing", 0: "blue", 1: "orange"}
    for keys in MOVES:
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        point = here(live, cell)
        true = int(truth.label([point])[0])
        for name, item in items(live).items():
            said = int(ml.predict(networks[name], [point])[0])
            assert item.get_attribute("data-said") == str(said)
            verdict = "" if true < 0 else " \u2713" if said == true else " \u2717"
            assert f"says {words[said]}{verdict}\n" in item.inner_text()
            seen.add((name, said))
        if live.data("train") == "-1":
            told = live.page.inner_text(".mem-sentence")
            assert ("No data lie here" if true < 0 else f"The truth here is {words[true]}") in told
    assert {("cells", -1), ("maxnet", 0), ("maxnet", 1), ("projected", 0)} <= seen


@pytest.mark.parametrize("name", STOPS["network"])
def test_small_pictures_show_what_each_network_says(live, name):
    """Silence is grey, and neither of the two colours: every pixel of the picture."""
    canvas = f"li[data-network={name}] canvas"
    live.page.wait_for_selector("li[data-network=projected] canvas[data-side]")  # the last one
    pixels = live.page.evaluate(
        """(name) => {
          const canvas = document.querySelector(name);
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          return Array.from({ length: width * height }, (_, i) =>
            [...data.slice(4 * i, 4 * i + 4)].join(","));
        }""",
        canvas,
    )
    side = round(len(pixels) ** 0.5)
    step = {31: 8, 61: 4, 121: 2, 241: 1}[side]
    unit = -(-2 * view.HALF // 240)
    along = np.minimum(-view.HALF + unit * (np.arange(side) * step + step // 2), view.HALF)
    x, y = np.meshgrid(along, -along)
    places = np.column_stack([x.ravel(), y.ravel()]) / 2**view.STEPS
    said = ml.predict(view.cell(START | {"network": name}).network, places)
    seen = {(int(label), pixel) for label, pixel in zip(said, pixels, strict=True)}
    assert len(seen) == len({pixel for _, pixel in seen}) == len(set(said.tolist()))
    assert (-1 in said) == (name == "cells") or side == 31  # on a slow machine


def test_the_first_place_gets_three_answers(live):
    live.page.wait_for_selector("li[data-network=projected][data-said]")
    said = {name: item.get_attribute("data-said") for name, item in items(live).items()}
    assert sorted(said.values()) == ["-1", "0", "1"]
    assert view.shells(2, 0.06).label([here(live, view.cell(START))]) == int(said["maxnet"])


@pytest.mark.parametrize("N", STOPS["N"])
def test_known_and_new_points_are_counted_again_in_the_page(live, N):
    move(live, "points N", N)
    scores = view.cell(START | {"N": N}).more["scores"]
    for name, item in items(live).items():
        live.page.wait_for_selector(f"li[data-network={name}][data-here]")
        right, silent = scores[name]["all"]
        text = item.inner_text()
        assert item.get_attribute("data-trained") == str(N) and f"known {N}/{N} \u2713" in text
        assert item.get_attribute("data-here") == str(scores[name]["part"][0])
        assert f"here {scores[name]['part'][0]}/{view.PART} \u2713" in text
        assert f"new {100 * right / view.TEST:.1f}\u202f%" in text
        assert ("silent" in text) == (silent > 0)


def test_a_count_that_differs_is_marked(chromium, folder, made):
    """The check beside a count of the page is the comparison, not a decoration."""
    values = json.loads(json.dumps(made.values))
    cell = json.loads(gzip.decompress(base64.b64decode(values["study"]["cells"][KEY])))
    cell["more"]["scores"]["cells"]["part"][0] += 1
    packed = gzip.compress(json.dumps(cell).encode())
    values["study"]["cells"][KEY] = base64.b64encode(packed).decode()
    wrong = explorer.Explorer(made.view, values, {}, made.fallback, made.caption)
    live = Live(chromium, saved(folder, "wrong-count", wrong._repr_html_())).ready()
    live.page.wait_for_selector("li[data-network=projected][data-here]")
    texts = {name: item.inner_text() for name, item in items(live).items()}
    assert re.search(r"here \d+/100 \u2717", texts["cells"])
    assert re.search(r"here \d+/100 \u2713", texts["maxnet"])
    live.close()


def test_beyond_the_plane_one_picture_and_all_counts(live):
    move(live, "dimensions d", 10)
    live.page.wait_for_selector("li[data-network=maxnet][data-here]")
    scores = view.cell(START | {"d": 10}).more["scores"]
    for name, item in items(live).items():
        assert item.locator("canvas").is_visible() == (name == "maxnet")
        text = item.inner_text()
        assert f"new {100 * scores[name]['all'][0] / view.TEST:.1f}\u202f%" in text
        assert ("no picture here" in text) == (name != "maxnet")


# --- Inside: the nearest of each class, the cells that are on, the fibre -------------------------


def inside(live):
    heads = live.page.locator(".mem-side .mem-head").all()
    return next(head.inner_text() for head in heads if head.is_visible())


@pytest.mark.parametrize("d", STOPS["d"])
def test_the_output_is_the_difference_of_the_nearest(live, d):
    move(live, "dimensions d", d)
    cell = view.cell(START | {"d": d})
    points = [[Fraction(float(x)) for x in row] for row in cell.dataset.points]
    for keys in MOVES:
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        point = [Fraction(x) for x in here(live, cell)]
        squares = [sum((a - b) ** 2 for a, b in zip(row, point, strict=True)) for row in points]
        nearest = []
        for label in (0, 1):
            own = np.flatnonzero(cell.dataset.labels == label)
            nearest.append(min(own, key=lambda i: squares[i]))
        difference = squares[nearest[0]] - squares[nearest[1]]
        assert Fraction(live.data("output")) == difference
        told = inside(live)
        assert f"blue: point {nearest[0]}, squared" in told
        assert f"orange: point {nearest[1]}, squared" in told
        assert "the output, exactly" in told
    assert live.page.locator(".mem-to").count() == 2


def test_cells_that_are_on_are_told(live):
    choose(live, "cells")
    network = view.cell(START | {"network": "cells"}).network
    cell = view.cell(START)
    part = ml.Network(network.layers[:2], network.input_shift, readout="argmax")
    silent = 0
    for keys in MOVES:
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        on = np.flatnonzero(ml.evaluate(part, [here(live, cell)])[0][0] > 0)
        told = inside(live)
        if len(on):
            assert re.search(rf"cells? of point {', '.join(map(str, on))} (is|are) on", told)
        else:
            silent += 1
            assert "No cell is on: silence." in told and live.data("answer") == "-1"
    assert silent


def test_the_fibre_is_what_the_network_cannot_tell_apart(live):
    choose(live, "projected")
    cell = view.cell(START | {"network": "projected"})
    _, terms = next(iter(cell.network.layers[0].rows()))
    direction = np.array([dict(terms).get(k, 0) for k in (0, 1)], dtype=float)
    truth = view.shells(2, 0.06)
    for keys in (*MOVES, ("Shift+ArrowRight",) * 5):
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        height = here(live, cell) @ direction / np.linalg.norm(direction)
        lengths = {0: 0.0, 1: 0.0}
        for inner, outer, label in truth.rings:
            chord = [2 * max(r * r - height**2, 0) ** 0.5 for r in (inner, outer)]
            lengths[label] += chord[1] - chord[0]
        told = inside(live)
        blue, orange = (float(x) for x in re.search(
            r"blue (\d\.\d+), orange (\d\.\d+)", told).groups())  # fmt: skip
        assert blue == pytest.approx(lengths[0], abs=0.006)
        assert orange == pytest.approx(lengths[1], abs=0.006)
        best = 100 * max(lengths.values()) / sum(lengths.values())
        right, most = (int(x) for x in re.findall(r"(\d+)\u202f% of them|than (\d+)\u202f%;",
                       told) for x in x if x)  # fmt: skip
        assert most == pytest.approx(best, abs=0.6) and right <= most
        assert f"more than {100 * truth.cap(1):.1f}\u202f%." in told
    shown = live.page.locator(".mem-straight rect:visible").count()
    assert live.page.locator(".mem-fibre").count() == shown + 1 >= 2


def test_moving_along_the_fibre_changes_the_truth_alone(live):
    choose(live, "projected")
    network = view.cell(START | {"network": "projected"}).network
    _, terms = next(iter(network.layers[0].rows()))
    u = np.array([dict(terms).get(k, 0) for k in (0, 1)], dtype=float)
    point = np.array(here(live, view.cell(START)))
    ways = np.array([-u[1], u[0]]) / 2**12
    line = point + np.arange(-9000, 9001, 100)[:, None] * ways
    labels = view.shells(2, 0.06).label(line)
    assert set(ml.predict(network, line)) == {int(live.data("answer"))}
    assert {-1, 0, 1} == set(labels)


# --- Bare networks, and a kernel's ---------------------------------------------------------------


def replaced(made, cell):
    """The explorer with another cell at its start."""
    values = json.loads(json.dumps(made.values))
    packed = cell.packed(START) | {"pool": "own", "N": cell.dataset.N}
    for place, name, value in (("cells", KEY, packed), ("pools", "own", cell.points())):
        text = gzip.compress(json.dumps(value).encode())
        values["study"][place][name] = base64.b64encode(text).decode()
    return explorer.Explorer(made.view, values, {}, made.fallback, made.caption)


def test_one_class_has_no_rival(chromium, folder, made):
    cell = view.cell(START | {"N": 1})
    other = ("blue", "orange")[1 - int(cell.dataset.labels[0])]
    live = Live(chromium, saved(folder, "one-known", replaced(made, cell)._repr_html_())).ready()
    assert f"no {other} point" in inside(live)
    live.page.focus(".mem-ring")
    live.page.keyboard.press("ArrowLeft")
    assert live.data("answer") == str(cell.dataset.labels[0])
    live.close()


def test_points_of_other_data_come_with_their_network(chromium, folder, made):
    """As with a kernel: no other network, and test points that the page did not have."""
    cell = view.cell(START | {"margin": 0.1, "seed": 9})
    assert "test" in cell.more and "test" not in view.cell(START).more
    live = Live(chromium, saved(folder, "asked", replaced(made, cell)._repr_html_())).ready()
    item = items(live)["maxnet"]
    live.page.wait_for_selector("li[data-network=maxnet][data-here]")
    assert f"here {cell.more['scores']['maxnet']['part'][0]}/100 \u2713" in item.inner_text()
    live.close()


# --- On a phone ---------------------------------------------------------------------------------


def test_on_a_phone(chromium, address):
    phone = Live(
        chromium, address, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    ).ready()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.scroll_to(".mem-study-plane")
    scrolled = phone.page.evaluate("scrollY")
    ring = phone.page.locator(".mem-ring").bounding_box()
    start = ring["x"] + 22, ring["y"] + 22
    before = phone.query()
    Finger(phone).drag(start, (start[0] - 60, start[1] - 40))
    phone.at_rest()
    assert phone.comes(lambda: phone.query() != before)
    assert phone.page.evaluate("scrollY") == scrolled
    for item in items(phone).values():
        box = item.bounding_box()
        assert box["width"] >= 100 and box["x"] + box["width"] <= 390
    phone.close()
