"""The plane of weights and bits: sizes of real networks, and what counting excludes."""

import gzip
import math

import pytest

import mem_lib as ml
from mem_lib import explorer, foundations
from mem_lib.constructions import REGISTRY
from mem_lib.explorer.views import foundations_plane as plane
from tests.explorer.pages import Live, saved

NUMBERS = (8, 32, 128)


@pytest.fixture(scope="module")
def made():
    return explorer.weights_bits(numbers=NUMBERS)


@pytest.fixture(scope="module")
def places(made):
    """Where the networks lie: by name, a list over N."""
    return {one["name"]: one["places"] for one in made.values["explorer"]["networks"]}


@pytest.fixture(scope="module")
def address(made, folder):
    return saved(folder, "plane", made._repr_html_())


def test_every_construction_of_the_registry_is_there_or_refused(places):
    assert list(places) == ["foundations.staircase", "foundations.table", *REGISTRY]
    for name, cls in REGISTRY.items():
        for N, place in zip(NUMBERS, places[name], strict=True):
            if isinstance(place, str):
                assert name in plane.WITHOUT or not cls.exact
                continue
            network = ml.build(plane.flips(N), name)
            assert place == [network.size.weights, network.size.bits]
    assert sum(isinstance(row[0], list) for row in places.values()) > 10


def test_the_chapters_own_networks(places):
    for N, stairs, table in zip(
        NUMBERS, places["foundations.staircase"], places["foundations.table"], strict=True
    ):
        dataset = plane.flips(N)
        size = foundations.staircase(dataset).size
        assert stairs == [size.weights, size.bits]
        shapes = [dataset.labels.reshape(-1, m) for m in range(1, N + 1) if N % m == 0 and m <= 64]
        sizes = [foundations.table(strings).size for strings in shapes]
        assert table[0] * (table[1] + 1) == min(s.weights * (s.bits + 1) for s in sizes)


def test_no_network_lies_where_counting_excludes_it(made, places):
    """The first question; the twin: labels that are no coin flips may lie there."""
    for name, row in places.items():
        for N, place in zip(NUMBERS, row, strict=True):
            if isinstance(place, str):
                continue
            weights, bits = place
            inputs = None if name == "foundations.table" else 2
            assert foundations.log_networks(weights, bits, inputs=inputs) >= N
            assert weights >= foundations.counting_bound(N, 2, bits, inputs=inputs)
    line = foundations.staircase(ml.Dataset([[t] for t in range(2000)], [0] * 900 + [1] * 1100))
    assert foundations.log_networks(line.size.weights, line.size.bits, inputs=1) < 2000


def test_the_bounds_in_the_page_are_the_librarys(made):
    values = made.values["explorer"]
    for bits, rate in values["rates"]:
        assert rate == foundations.log_networks(1, bits)
    for N, free in zip(NUMBERS, values["free"], strict=True):
        for bits, weights in zip(plane.BITS, free, strict=True):
            enough = foundations.counting_bound(N, 2, bits, inputs=2)
            assert enough - 1 <= weights <= enough + 1e-9
            assert weights <= foundations.counting_bound(N, 2, bits)


def test_weights_grow_with_the_points_or_with_their_root():
    """The second question, from 128 points to 512: four times as many, or twice as many."""
    both = [plane.flips(N) for N in (128, 512)]
    stairs = [foundations.staircase(dataset).size.weights for dataset in both]
    narrow = [ml.build(dataset, "optimal_relu.narrow").size.weights for dataset in both]
    assert stairs[1] > 4 * stairs[0] and 1.5 * narrow[0] < narrow[1] < 2.5 * narrow[0]


def test_the_slider_and_the_names_choose(live, places):
    assert live.data("n") == "128" and live.data("chosen") == "foundations.staircase"
    slider = live.page.get_by_role("slider", name="Number of points N")
    for name in ("optimal_relu.narrow", "foundations.table", "two_layer.sorted"):
        chapter, variant = name.split(".")
        live.page.get_by_role("group", name=chapter).get_by_role("button", name=variant).click()
        slider.focus()
        for key, N in (("Home", 8), ("ArrowRight", 32), ("ArrowRight", 128)):
            live.page.keyboard.press(key)
            weights, bits = places[name][NUMBERS.index(N)]
            assert live.data("output") == f"{weights},{bits}" and live.data("n") == str(N)
            said = live.page.inner_text(".mem-sentence").replace("\u202f", "")
            assert f"{weights} weights of at most {bits} bits" in said
            ratio = weights * (bits + 1) / N
            assert f"{ratio:.1f} times N" in said or f"{round(ratio)} times N" in said
    assert (
        live.page.locator("[data-name='two_layer.sorted']").get_attribute("aria-pressed") == "true"
    )


def test_every_chapter_has_a_mark_of_its_own(live, places):
    """Not only a colour: networks of two chapters differ in shape too."""
    shapes = live.page.locator(".mem-budget > .mem-mark").evaluate_all(
        "all => all.map(mark => mark.firstElementChild.getAttribute('d') ?? 'disc')"
    )
    chapters = [name.split(".")[0] for name in places]
    looks = set(zip(chapters, shapes, strict=True))
    assert len(looks) == len(set(chapters)) == len(set(shapes)) == 6


def test_marks_lie_where_their_numbers_are(live, places):
    box = live.page.locator(".mem-budget").bounding_box()
    marks = live.page.locator(".mem-budget > .mem-mark").all()
    shown = [(m, row[2]) for m, row in zip(marks, places.values(), strict=True)]
    spots = []
    for mark, place in shown:
        if isinstance(place, str):
            assert not mark.is_visible()
            continue
        found = mark.bounding_box()
        spots.append(
            [
                math.log10(place[0]), math.log10(place[1]),
                (found["x"] + found["width"] / 2 - box["x"]) / box["width"],
                (box["y"] + box["height"] - found["y"] - found["height"] / 2) / box["height"],
            ]
        )  # fmt: skip
    for real, drawn in ((0, 2), (1, 3)):
        scales = {round(spot[real] / spot[drawn], 1) for spot in spots if spot[real] > 0.5}
        assert max(scales) - min(scales) <= 0.15 and len(spots) > 10


def test_the_pointer_chooses_the_nearest(live, places):
    mark = live.page.locator(".mem-budget > .mem-mark").nth(list(places).index("two_layer.paper"))
    box = mark.bounding_box()
    live.page.mouse.move(box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2)
    assert live.data("chosen") == "two_layer.paper"
    frame = live.page.locator(".mem-budget").bounding_box()
    live.page.mouse.move(frame["x"] + frame["width"] - 5, frame["y"] + 5)  # nothing is there
    assert live.data("chosen") == "two_layer.paper"


def test_what_is_not_in_the_picture_is_listed_with_its_reason(live, places):
    live.page.get_by_text("Not in the picture").click()
    items = live.page.locator(".mem-absent li").all_inner_texts()
    gone = {name: row[2] for name, row in places.items() if isinstance(row[2], str)}
    assert items == [f"{name}: {why}" for name, why in gone.items()] and len(items) >= 5
    live.page.locator("[data-name='two_layer.hybrid']").click()
    assert live.data("output") == ""
    assert plane.WITHOUT["two_layer.hybrid"] in live.page.inner_text(".mem-sentence")
    live.page.get_by_text("All numbers as a table").click()
    rows = live.page.locator(".mem-budgets tbody tr").all_inner_texts()
    assert len(rows) + len(items) == len(places)


def test_a_new_construction_is_there_without_a_change():
    from tests import toy

    (name,) = [name for name in REGISTRY if name.startswith("toy.")]
    try:
        found = explorer.weights_bits(numbers=(8,))
        (row,) = [n for n in found.values["explorer"]["networks"] if n["name"] == name]
        size = ml.build(plane.flips(8), name).size
        assert row["places"] == [[size.weights, size.bits]] and toy.SNIPPETS
    finally:
        REGISTRY.remove(name)


def test_large_networks_are_not_built_for_a_picture(monkeypatch):
    monkeypatch.setattr(plane, "MOST_WEIGHTS", 400)
    rows = explorer.weights_bits(numbers=(8, 32, 64)).values["explorer"]["networks"]
    places = {row["name"]: row["places"] for row in rows}["beyond_worst_case.practical"]
    assert isinstance(places[0], list)
    assert places[1:] == [f"it takes {places[0][0]} weights already for 8 points"] * 2


def test_a_refusal_is_a_reason():
    def line(N):
        return ml.Dataset([[t, t] for t in range(N)], [t % 2 for t in range(N)])

    rows = explorer.weights_bits(line, numbers=(12,)).values["explorer"]["networks"]
    places = {row["name"]: row["places"][0] for row in rows}
    assert "lie on one line" in places["two_layer.paper"]
    assert isinstance(places["foundations.staircase"], list)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"numbers": ()}, "numbers: at least one, ascending"),
        ({"numbers": (32, 8)}, r"got \[32, 8\]"),
        ({"numbers": 8}, "numbers: a list"),
        ({"numbers": (1,)}, r"numbers\[0\]"),
        ({"data": lambda N: 5}, "data: N = 8 points .* got 5"),
        ({"data": lambda N: plane.flips(N + 1)}, "data: N = 8 points"),
        ({"data": lambda N: ml.data.ball(N=N, d=2, classes=3)}, "labels of two classes"),
        ({"without": {"perceptron": "old"}}, "without: .*'perceptron'"),
        ({"start": "perceptron"}, "start: .*'perceptron'"),
    ],
)
def test_what_is_no_plane(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        explorer.weights_bits(**{"numbers": (8,), **arguments})


def test_small_on_a_phone_and_without_scripts(chromium, made, address):
    assert len(gzip.compress(made._repr_html_().encode())) < 60_000
    at = made.values["n"]
    there = [
        entry
        for entry in made.values["explorer"]["networks"]
        if isinstance(entry["places"][at], list)
    ]
    assert f"{len(there)} networks for 128 random labels" in made.caption
    phone = Live(chromium, address, viewport={"width": 390, "height": 700}, is_mobile=True).ready()
    for summary in phone.page.locator("summary").all():
        summary.click()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
    plain = Live(chromium, address, java_script_enabled=False)
    assert plain.page.locator(".mem-static img.only-light").is_visible()
    plain.close()
