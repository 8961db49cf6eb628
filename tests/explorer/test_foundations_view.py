"""The explorers of the chapter foundations: the staircase, the fold, and on any screen."""

import gzip
import itertools
import json
from urllib.parse import unquote

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer, foundations
from mem_lib.explorer.views.foundations_staircase import promised
from tests.explorer.pages import Finger, Live, saved

SPAN = 40


def of(points):
    """The data set of a list of [place, label]."""
    places, labels = zip(*points, strict=True)
    return ml.Dataset([[x] for x in places], labels)


def answers(dataset, span=SPAN):
    """What the library's staircase says at 0, 1, ..., span."""
    at = np.arange(span + 1)[:, None]
    values, denominator = ml.evaluate(foundations.staircase(dataset), at)
    assert denominator == 1
    return values[:, 0].tolist()


class Stairs(Live):
    """A page with the staircase."""

    def points(self):
        return json.loads(self.data("points"))

    def agrees(self):
        """All that the page says is what the library says of the points on the page."""
        dataset = of(self.points())
        network = foundations.staircase(dataset)
        assert self.data("output") == "".join(map(str, answers(dataset)))
        assert self.data("certificate") == f"{dataset.N}/{dataset.N}"
        link = self.page.get_attribute(".mem-file", "href")
        assert unquote(link.partition(",")[2]) == network.to_json()
        for name in ("depth", "neurons", "weights", "bits"):
            shown = self.page.inner_text(f"[data-count={name}]")
            assert shown == str(getattr(network.size, name))
        return dataset

    def spot(self, point):
        box = self.page.locator(".mem-line").bounding_box()
        place, label = point
        return (
            box["x"] + box["width"] * (place + 1.5) / (SPAN + 3),
            box["y"] + box["height"] * (1.35 - label) / 1.7,
        )


@pytest.fixture(scope="module")
def pages(folder):
    """The addresses of pages with one explorer each."""
    one = {"staircase": explorer.staircase(), "fold": explorer.fold()}
    return {name: saved(folder, name, live._repr_html_()) for name, live in one.items()}


@pytest.fixture
def stairs(chromium, pages):
    page = Stairs(chromium, pages["staircase"]).ready()
    yield page
    page.close()


@pytest.fixture
def fold(chromium, pages):
    page = Live(chromium, pages["fold"]).ready()
    yield page
    page.close()


PHONE = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}

# -- the staircase -------------------------------------------------------------------------------


def random_lines(count):
    rng = np.random.default_rng(7)
    for k in range(count):
        N, span = int(rng.integers(1, 25)), int(rng.integers(24, 10 ** int(rng.integers(2, 6))))
        places = rng.choice(2 * span + 1, size=N, replace=False) - span
        yield [[int(x), int(y)] for x, y in zip(places, rng.integers(0, 1 + k % 4, N), strict=True)]


def test_the_page_builds_the_librarys_network_for_200_random_data(chromium, folder):
    """The same file, byte for byte: there is one construction, written twice."""
    script = f'{explorer.module("staircase")}window.steps = $parts["steps.mjs"].stepsFile;'
    page = chromium.new_page()
    page.goto(saved(folder, "steps", f'<script type="module">{script}</script>'))
    page.wait_for_function("() => window.steps")
    cases = list(random_lines(200))
    texts = page.evaluate(
        """(cases) => cases.map((points) =>
          JSON.stringify(steps(points.map((p) => p[0]), points.map((p) => p[1]))))""",
        cases,
    )
    page.close()
    assert texts == [foundations.staircase(of(points)).to_json() for points in cases]
    depths = [json.loads(text)["layers"][0]["stage"] for text in texts]
    assert depths.count("line") > 120 and depths.count("constant") > 40
    # the twin: another label, another place, another file
    points = cases[3]
    for other in ([[x, y + 1] for x, y in points], [[x + 1, y] for x, y in points]):
        assert foundations.staircase(of(other)).to_json() != texts[3]


def test_the_first_frame(stairs):
    dataset = stairs.agrees()
    assert dataset == explorer.tossed() and stairs.data("changed") == ""
    assert "label changes 8 times" in stairs.page.inner_text(".mem-sentence")


def test_mouse_moves_a_point_and_turns_it(stairs):
    before, start = stairs.points(), stairs.data("output")
    mouse = stairs.page.mouse
    i = before.index([28, 0])
    mouse.move(*stairs.spot(before[i]))
    mouse.down()
    for place in (27, 26, 25):
        mouse.move(*stairs.spot((place, 0)))
        assert stairs.points()[i] == [place, 0] and stairs.agrees()
    mouse.move(*stairs.spot((24, 0)))  # where another point is
    assert stairs.points()[i] == [25, 0]
    mouse.move(*stairs.spot((31, 0)))
    mouse.up()
    mouse.move(*stairs.spot((3, 0)))
    assert stairs.points()[i] == [31, 0] and stairs.agrees()
    assert stairs.data("changed") == "31-31" and stairs.data("output") != start
    said = stairs.page.inner_text(".mem-sentence")
    assert "moved from 28 to 31" in said and "changed at 31 and nowhere else" in said
    mouse.click(*stairs.spot((31, 0)))
    assert stairs.points()[i] == [31, 1] and stairs.agrees()
    mouse.click(*stairs.spot((20, 0.5)))  # no point is there
    assert stairs.points()[i] == [31, 1]


def test_keys_move_a_point_turn_it_and_go_on(stairs):
    keys = stairs.page.keyboard
    i = stairs.points().index([28, 0])
    bead = stairs.page.locator(".mem-bead").nth(i)
    bead.focus()
    for key, wanted in {
        "ArrowLeft": [27, 0], "ArrowRight": [28, 0], "ArrowRight+": [30, 0],  # over the one at 29
        "Shift+ArrowRight": [37, 0],  # 35 and 36 are taken
        "Enter": [37, 1], "Space": [37, 0], "ArrowUp": [37, 1], "ArrowDown": [37, 0],
        "Home": [0, 0], "End": [39, 0], "ArrowRight++": [39, 0], "a": [39, 0],
        "Control+ArrowLeft": [39, 0],
    }.items():  # fmt: skip
        keys.press(key.rstrip("+"))
        assert stairs.points()[i] == wanted, key
        stairs.agrees()
    assert bead.get_attribute("role") == "slider"
    assert bead.get_attribute("aria-valuetext") == "39, label 0, right"
    assert stairs.page.locator(".mem-bead[tabindex='0']").count() == 1
    for key, place in {"n": 40, "PageDown": 1, "p": 40, "PageUp": 39}.items():
        keys.press(key)
        now = stairs.page.evaluate("document.activeElement.getAttribute('aria-valuenow')")
        assert now == str(place)
    stairs.page.wait_for_timeout(500)
    assert stairs.page.inner_text(".mem-spoken") == stairs.page.inner_text(".mem-sentence")


def test_a_finger_moves_along_the_line_and_scrolls_across_it(chromium, pages):
    phone = Stairs(chromium, pages["staircase"], **PHONE).ready()
    start = phone.points()
    i = start.index([18, 0])
    Finger(phone).drag(phone.spot((18, 0)), phone.spot((21, 0)))
    assert phone.comes(lambda: phone.points()[i] == [21, 0]) and phone.agrees()
    x, y = phone.spot((21, 0))
    Finger(phone).drag((x, y), (x, y - 120))
    phone.page.wait_for_function("scrollY > 30")
    phone.at_rest()
    assert phone.points()[i] == [21, 0]  # neither moved nor turned over
    phone.page.touchscreen.tap(*phone.spot((21, 0)))
    assert phone.comes(lambda: phone.points()[i] == [21, 1]) and phone.agrees()
    phone.close()


def test_another_number_of_points_is_another_network(stairs):
    slider = stairs.page.get_by_role("slider", name="Number of points N")
    slider.focus()
    seen = set()
    for key in ("Home", *["ArrowRight"] * 18):
        stairs.page.keyboard.press(key)
        seen.add(foundations.staircase(stairs.agrees()).sha256)
    assert stairs.data("n") == "20" and len(seen) >= 10
    places = [place for place, _ in stairs.points()]
    assert len(set(places)) == 20
    # one that comes in again does not come in on another
    stairs.page.keyboard.press("Home")
    stairs.page.locator(".mem-bead").nth(1).focus()
    while stairs.points()[1][0] != 32:
        stairs.page.keyboard.press("ArrowLeft")
    slider.focus()
    stairs.page.keyboard.press("End")
    assert len({place for place, _ in stairs.points()}) == 20 and stairs.agrees()


def test_labels_tossed_again(stairs):
    start = stairs.points()
    seen = set()
    for _ in range(8):
        stairs.page.get_by_role("button", name="Toss all labels again").click()
        seen.add(stairs.data("output"))
        assert [x for x, _ in stairs.points()] == [x for x, _ in start] and stairs.agrees()
    assert len(seen) > 4


def test_the_dearest_and_the_cheapest_labels(stairs):
    """The second and the third question: all that is promised, and three neurons for any N."""
    slider = stairs.page.get_by_role("slider", name="Number of points N")
    for N in (14, 15, 20):
        while int(stairs.data("n")) != N:
            slider.focus()
            stairs.page.keyboard.press("ArrowRight")
        stairs.page.get_by_role("button", name="The dearest labels").click()
        dataset = stairs.agrees()
        size = foundations.staircase(dataset).size
        zero = int(dataset.points.min() == 0)  # a bias that is 0 is no weight
        assert (size.depth, size.neurons, size.weights + zero) == tuple(promised(N).values())
        shown = stairs.page.inner_text(".mem-counters")
        assert f"\u2264 {2 * N - 1}" in shown and f"\u2264 {6 * N - 3}" in shown
    stairs.page.get_by_role("button", name="The cheapest labels").click()
    slider.focus()
    for _ in range(10):
        size = foundations.staircase(stairs.agrees()).size
        assert (size.neurons, size.weights) in ((3, 9), (3, 8))
        stairs.page.keyboard.press("ArrowLeft")
    stairs.page.get_by_role("button", name="One point").click()
    assert of(stairs.points()) == explorer.tossed() and stairs.data("n") == "14"


def test_one_point_changes_the_answer_between_its_neighbours_only():
    """The first question, for every point and every place where it could stand."""
    points = [[int(x), int(y)] for (x,), y in zip(*tossed_lists(), strict=True)]
    before = answers(of(points))
    order = sorted([-1, SPAN + 1, *(x for x, _ in points)])
    moved = 0
    for i, (old, label) in enumerate(points):
        k = order.index(old)
        for place in range(order[k - 1] + 1, order[k + 1]):
            after = answers(of([*points[:i], [place, label], *points[i + 1 :]]))
            differ = [p for p in range(SPAN + 1) if after[p] != before[p]]
            assert all(order[k - 1] < p < order[k + 1] for p in differ)
            moved += bool(differ)
    assert moved > 10
    # past a neighbour it also changes what lies beyond
    i = points.index([8, 1])
    after = answers(of([*points[:i], [12, 1], *points[i + 1 :]]))
    assert order[order.index(8) + 1] == 11 and after[12] != before[12]


def tossed_lists():
    dataset = explorer.tossed()
    return dataset.points.tolist(), dataset.labels.tolist()


def test_an_explorer_of_other_points():
    own = ml.Dataset([[3.0], [0.0]], [1, 0])
    live = explorer.staircase(own, numbers=(2, 5))
    assert live.values["points"][:2] == [[3, 1], [0, 0]] and len(live.values["points"]) == 5
    assert "2 points with labels" in live.caption and live.values["explorer"]["numbers"] == [2, 5]
    assert len({x for x, _ in live.values["points"]}) == 5


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"dataset": [[0]]}, ml.InvalidArgument, "dataset: a Dataset is needed"),
        ({"dataset": ml.Dataset([[0, 1]], [0])}, ml.InvalidDataset, "points on a line"),
        ({"dataset": ml.Dataset([[0.5], [1]], [0, 1])}, ml.InvalidDataset, r"places \[0.5, 1.0\]"),
        ({"dataset": ml.Dataset([[0], [41]], [0, 1])}, ml.InvalidDataset, "0 to 40 with labels"),
        ({"dataset": ml.Dataset([[0], [4]], [0, 2])}, ml.InvalidDataset, r"labels \[0, 2\]"),
        ({"dataset": ml.Dataset([[1], [1]], [0, 0])}, ml.InvalidDataset, "different whole places"),
        ({"numbers": (2, 5)}, ml.InvalidArgument, "numbers: ascending numbers, N = 14"),
        ({"numbers": (14, 5)}, ml.InvalidArgument, r"got \[14, 5\]"),
        ({"numbers": 14}, ml.InvalidArgument, "numbers: a list"),
        ({"numbers": (14, 99)}, ml.InvalidArgument, r"numbers\[1\]"),
        ({"seed": -1}, ml.InvalidArgument, "seed"),
    ],
)
def test_what_is_no_line_of_points(arguments, error, message):
    with pytest.raises(error, match=message):
        explorer.staircase(**arguments)


@pytest.mark.parametrize("arguments", [{"N": 42}, {"N": 0}, {"seed": 0.5}, {"span": 0}])
def test_tosses_out_of_range(arguments):
    with pytest.raises(ml.InvalidArgument, match=next(iter(arguments))):
        explorer.tossed(**arguments)
    with pytest.raises(ml.InvalidArgument, match="N: "):
        promised(1)


# -- the fold ------------------------------------------------------------------------------------


def state(fold):
    return [int(number) for number in fold.data("state").split(",")]


def folded(x, bits, count):
    """Where x lies after ``count`` folds of the strip [0, 2^bits], in plain integers."""
    for i in range(count):
        half = 2 ** (bits - 1 - i)
        x = min(x, 2 * half - x)
    return x


def test_the_first_frame_of_the_fold(fold):
    assert state(fold) == [4, 6, 23] and fold.data("output") == "6,7"
    assert fold.data("read") == "0"
    assert "Fold 2 of 4, at 4" in fold.page.inner_text(".mem-sentence")


@pytest.mark.parametrize("bits", [3, 4, 5, 6])
def test_every_number_is_read(fold, bits):
    lengths = fold.page.get_by_role("slider", name="Bits of the number")
    lengths.focus()
    fold.page.keyboard.press("Home")
    for _ in range(bits - 3):
        fold.page.keyboard.press("ArrowRight")
    fold.page.get_by_role("slider", name="Folding").focus()
    fold.page.keyboard.press("End")
    grip = fold.page.locator(".mem-grip")
    grip.focus()
    fold.page.keyboard.press("Home")
    for x in range(2**bits):
        assert state(fold) == [bits, x, 16 * bits]
        assert fold.data("read") == f"{x:0{bits}b}"
        assert grip.get_attribute("aria-valuetext") == f"x = {x}, x + 1 = {x + 1}"
        rows = fold.page.locator(".mem-folds tbody tr").all_inner_texts()
        for i, row in enumerate(rows, start=1):
            a, b = folded(x, bits, i), folded(x + 1, bits, i)
            order = "reversed" if a > b else "in order"
            assert row.split("\t")[1:] == [str(a), str(b), order, f"{x:0{bits}b}"[i - 1]]
        fold.page.keyboard.press("ArrowRight")
    assert state(fold)[1] == 2**bits - 1
    assert f"and that is {2**bits - 1}." in fold.page.inner_text(".mem-sentence")


def test_folding_by_keys_and_what_is_turned_over(fold):
    slider = fold.page.get_by_role("slider", name="Folding")
    slider.focus()
    keys = fold.page.keyboard
    stops = {"ArrowRight": 24, "PageUp": 32, "PageUp+": 48, "ArrowLeft": 47, "PageDown": 32}
    for key, t in {**stops, "PageDown+": 16, "Home": 0, "PageDown++": 0}.items():
        keys.press(key.rstrip("+"))
        assert state(fold)[2] == t
    assert slider.get_attribute("aria-valuetext") == "0 of 4 done"
    for folds, x in itertools.product(range(1, 5), (0, 5, 11, 15)):
        fold.page.locator(".mem-grip").focus()
        keys.press("Home")
        for _ in range(x):
            keys.press("ArrowRight")
        slider.focus()
        keys.press("Home")
        for _ in range(folds):
            keys.press("PageUp")
        read = fold.data("read")
        turned = fold.page.locator(".mem-turned").evaluate_all(
            "(all) => all.map((r) => [Number(r.getAttribute('x')),"
            " Number(r.getAttribute('width'))])"
        )
        assert len(turned) == 2**folds // 2
        inside = any(left <= (x + 0.5) / 16 <= left + width for left, width in turned)
        assert inside == (read[-1] == "1")


def test_the_number_is_dragged_along_the_strip(chromium, fold, pages):
    def spot(page, x, bits=4):
        box = page.page.locator(".mem-strip").bounding_box()
        return box["x"] + box["width"] * (x + 0.5) / 2**bits, box["y"] + box["height"] / 2

    fold.page.mouse.move(*spot(fold, 6))
    fold.page.mouse.down()
    for x in (8, 13, 10):
        fold.page.mouse.move(*spot(fold, x))
        assert state(fold)[1] == x
        assert fold.data("output") == f"{folded(x, 4, 1)},{folded(x + 1, 4, 1)}"
    fold.page.mouse.move(3000, 10)
    assert state(fold)[1] == 15
    fold.page.mouse.up()
    phone = Live(chromium, pages["fold"], **PHONE).ready()
    Finger(phone).drag(spot(phone, 6), spot(phone, 12))
    assert phone.comes(lambda: state(phone)[1] == 12)
    x, y = spot(phone, 12)
    Finger(phone).drag((x, y), (x, y - 100))
    phone.page.wait_for_function("scrollY > 30")
    phone.at_rest()
    assert state(phone)[1] == 12
    phone.close()


def test_it_plays_and_pauses(fold):
    button = fold.page.get_by_role("button", name="Play the folds")
    button.click()
    fold.page.get_by_role("button", name="Pause").click()
    stopped = state(fold)[2]
    assert 23 <= stopped < 64
    fold.page.wait_for_timeout(300)
    assert state(fold)[2] == stopped
    button.click()
    fold.page.wait_for_selector(".mem-explorer[data-state='4,6,64']", timeout=20_000)
    assert fold.data("read") == "0110"
    fold.page.get_by_role("button", name="Play the folds").click()  # from the beginning
    fold.page.wait_for_function(
        "() => Number(document.querySelector('.mem-explorer').dataset.state.split(',')[2]) < 60"
    )


def test_without_motion_it_steps(chromium, pages):
    still = Live(chromium, pages["fold"], reduced_motion="reduce").ready()
    button = still.page.get_by_role("button", name="Next fold")
    seen = []
    for _ in range(4):
        button.click()
        seen.append(state(still)[2])
    still.page.wait_for_timeout(400)
    assert seen == [32, 48, 64, 0] and state(still)[2] == 0
    still.close()


def test_the_questions_below_the_fold(fold):
    fold.page.get_by_role("button", name="A guess").click()
    assert state(fold) == [4, 11, 0] and fold.data("read") == ""
    fold.page.get_by_role("slider", name="Folding").focus()
    fold.page.keyboard.press("End")
    assert fold.data("read") == "1011"
    fold.page.get_by_role("button", name="Everywhere at once").click()
    fold.page.locator(".mem-grip").focus()
    fold.page.keyboard.press("Home")
    reversed_at = []
    for x in range(32):
        if fold.data("read")[1] == "1":
            reversed_at.append(x)
        fold.page.keyboard.press("ArrowRight")
    assert reversed_at == [*range(8, 16), *range(24, 32)]  # the second and the fourth quarter
    fold.page.get_by_role("button", name="Neighbours in the middle").click()
    assert state(fold) == [6, 31, 16]
    fold.page.get_by_role("slider", name="Folding").focus()
    fold.page.keyboard.press("End")
    assert fold.data("read") == "011111"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": 16}, "x: .* got 16"),
        ({"x": -1}, "x: "),
        ({"x": 1.5}, "x: "),
        ({"bits": 7}, r"bits: one of \[3, 4, 5, 6\] is needed, got 7"),
        ({"bits": 9}, "bits: "),
        ({"lengths": ()}, "lengths: at least one, ascending"),
        ({"lengths": (5, 4)}, r"got \[5, 4\]"),
        ({"lengths": (4, 20)}, r"lengths\[1\]"),
        ({"lengths": 4}, "lengths: a list"),
    ],
)
def test_what_is_no_strip(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        explorer.fold(**arguments)


# -- on any screen -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["staircase", "fold"])
def test_a_phone_the_dark_and_a_page_without_scripts(chromium, folder, pages, name):
    html = getattr(explorer, name)()._repr_html_()
    assert html == getattr(explorer, name)()._repr_html_()
    assert len(gzip.compress(html.encode())) < 60_000
    phone = Live(chromium, saved(folder, f"{name}-twice", html + html), **PHONE).ready()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    grips = ".mem-bead, .mem-strip"
    assert phone.page.locator(grips).first.bounding_box()["height"] >= 44
    ink = "() => getComputedStyle(document.querySelector('.mem-explorer')).color"
    light = phone.page.evaluate(ink)
    phone.page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    assert phone.page.evaluate(ink) != light
    phone.close()
    plain = Live(chromium, pages[name], java_script_enabled=False)
    assert plain.page.locator(".mem-static img.only-light").first.is_visible()
    assert plain.page.locator("figcaption").last.is_visible()
    plain.close()
