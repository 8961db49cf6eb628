"""Films: the frame in the page, the same drawing by script, what moves it, and what is refused."""

import json
import re

import numpy as np
import pytest

from mem_lib import figures
from mem_lib.errors import InvalidArgument, TooLarge
from mem_lib.figures import Axis, Film, marks
from mem_lib.figures.marks import INKS

X, Y = Axis(0, 24, "points N"), Axis(0, 600, "pairs & more")


def frame(n):
    return [
        marks.Bars([(0, n, 0, n * n)], "faint", 0.3),
        marks.Lines([(0, 0), (n, n * n)], "accent", dashed=True),
        marks.Lines([[(0, 0), (n, 0)], [(n, 0), (n, n * n)]]),
        marks.Points([(k, k * k) for k in range(n)], "class-1"),
        marks.Points([(n, n * n)], "ink", 12, hollow=True),
        marks.Text(n, n * n, f"{n} < {n + 1}", anchor="end", bold=True),
    ]


def film(**options):
    frames = {n: frame(n) for n in range(1, 25)}
    words = {"alt": "A line that gets steeper.", "caption": "It gets steeper."}
    return Film("points N", frames, **{"x": X, "y": Y, **words, **options})


def test_the_frame_in_the_middle_is_in_the_page():
    html = film(says={13: "a < b"})._repr_html_()
    assert html == film(says={13: "a < b"})._repr_html_()
    still = html[html.index('<div class="mem-screen"') : html.index("</svg></svg>")]
    assert "13 &lt; 14" in still and "12 &lt; 13" not in still
    assert "points N" in still and "pairs &amp; more" in still
    assert 'role="img" aria-label="A line that gets steeper."' in still
    assert '<p class="mem-says">a &lt; b</p>' in html and ">It gets steeper.</figcaption>" in html
    assert len(html) < 40_000
    assert repr(film()) == "Film: points N in 1 … 24, 24 frames"


def test_places_are_whole_units_of_the_box():
    data = film().data
    assert len(data["frames"]) == 24 and data["says"] == [""] * 24
    bars, line, lines, points, ring, text = data["frames"][11]
    assert bars == [2, "faint", 0.3, [0, 2000, 1000, 1520]]
    assert line == [1, "accent", 1.6, 1, [[0, 2000, 1000, 1520]]]
    assert lines[4] == [[0, 2000, 1000, 2000], [1000, 2000, 1000, 1520]]
    assert points[:5] == [0, "class-1", 4.0, 0, 1] and len(points[5]) == 24
    assert ring[3] == 1 and text == [3, "ink", "end", 1, [1000, 1520], "12 < 13"]
    assert [text for _, text in data["x"]["ticks"]] == ["0", "5", "10", "15", "20"]


@pytest.mark.parametrize(
    ("axis", "places"),
    [
        (Axis(0, 1), (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (Axis(-1, 1), (-1, -0.5, 0, 0.5, 1)),
        (Axis(3, 103), (20, 40, 60, 80, 100)),
        (Axis(0.5, 200, log=True), (1, 10, 100)),
        (Axis(0, 1, ticks=(0.25, 7)), (0.25, 7)),
    ],
)
def test_where_numbers_stand(axis, places):
    assert axis.places == places


def test_a_logarithmic_axis():
    data = Film("n", {1: [marks.Points([(10, 0)])]}, x=Axis(1, 100, log=True), y=None, alt="a").data
    assert data["frames"][0][0][5] == [1000, 2000] and data["y"] is None
    with pytest.raises(InvalidArgument, match=r"frames\[1\]\[0\], points: .* logarithmic axis"):
        Film("n", {1: [marks.Points([(0, 0)])]}, x=Axis(1, 100, log=True), y=None, alt="a")


@pytest.mark.parametrize(
    ("low", "high", "log", "message"),
    [
        (1, 1, False, "low, high: finite and in order"),
        (0, float("inf"), False, "low, high: finite and in order"),
        (0, 1, True, "low: above 0 on a logarithmic axis, got 0"),
    ],
)
def test_what_is_no_axis(low, high, log, message):
    with pytest.raises(InvalidArgument, match=message):
        Axis(low, high, log=log)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("a line", r"frames\[1\]\[0\]: a mark is needed, got 'a line'"),
        (marks.Points([(0, 1)], "red"), r"points: ink: one of .* got 'red'"),
        (marks.Points([(0, np.nan)]), "points: places: finite pairs"),
        (marks.Points([(0, 1, 2)]), "points: places: finite pairs"),
        (marks.Points("xy"), "frames.1..0., points: "),
        (marks.Lines([[(0, 1)], [(0,)]]), "lines: places: finite pairs"),
        (marks.Bars([(0, 1, 2)]), "frames.1..0., bars: "),
        (marks.Text(0, 0, "a", anchor="left"), "text: anchor: one of .* got 'left'"),
    ],
)
def test_what_is_no_mark(mark, message):
    with pytest.raises(InvalidArgument, match=message):
        Film("n", {1: [mark]}, x=None, y=None, alt="a")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alt": " "}, "label, frames, alt: a film needs"),
        ({"says": {99: "a"}}, "says: no frame 99"),
        ({"name": "my-film"}, "name: the form fig-<slug>-<what> and a caption are needed"),
        ({"name": "fig-toy-film", "caption": ""}, "name: .* got 'fig-toy-film' and ''"),
        ({"still": [1]}, r"still\[0\]: a mark is needed, got 1"),
    ],
)
def test_what_is_no_film(options, message):
    with pytest.raises(InvalidArgument, match=message):
        film(**options)
    with pytest.raises(InvalidArgument, match="label, frames, alt: a film needs"):
        Film("n", {}, x=None, y=None, alt="a")


def test_a_film_fits_a_page():
    many = [marks.Points(np.random.default_rng(0).random((1000, 2)))]
    with pytest.raises(TooLarge, match=r"frames: [0-9]+ bytes of marks, at most 300000"):
        Film("n", {k: many for k in range(60)}, x=None, y=None, alt="a")


def test_no_mark_at_all_and_every_ink():
    inks = [marks.Points([(0.5, 0.5)], ink) for ink in INKS]
    few = Film("n", {0: [], 1: inks, 2: [marks.Points([])]}, x=None, y=None, alt="a")
    assert [len(frame) for frame in few.data["frames"]] == [0, len(INKS), 1]


@pytest.fixture
def open_page(chromium, tmp_path):
    pages = []

    def open_page(made, width=680, **context):
        place = tmp_path / "film.html"
        body = f'<body style="margin:20px">{made._repr_html_()}'
        place.write_text(f'<!doctype html><meta charset="utf-8">{body}', encoding="utf-8")
        pages.append(chromium.new_context(viewport={"width": width, "height": 800}, **context))
        page = pages[-1].new_page()
        page.on("pageerror", lambda error: pytest.fail(error.message))
        page.goto(place.as_uri())
        return page

    yield open_page
    for context in pages:
        context.close()


@pytest.mark.parametrize(
    "options", [{}, {"equal": True, "x": Axis(0, 600)}, {"x": None, "y": None}]
)
def test_the_script_draws_what_is_in_the_page(open_page, options):
    made = film(**options)
    page = open_page(made)
    assert page.locator(".mem-screen").evaluate("e => e.clientWidth") == 640
    drawn = page.locator(".mem-screen").inner_html()
    still = made._repr_html_()
    still = still[still.index("<svg") : still.index("</svg></svg>") + 12]
    parsed = page.evaluate(
        "html => { const e = document.createElement('div'); e.innerHTML = html;"
        " return e.innerHTML; }", still,
    )  # fmt: skip
    assert drawn == parsed and "<path" in drawn


def test_keys_move_it_and_the_sentence_follows(open_page):
    page = open_page(film(says={n: f"frame {n}" for n in range(1, 25)}))
    slider = page.get_by_role("slider", name="points N")
    slider.focus()
    for key, value in (("ArrowRight", 14), ("ArrowLeft", 13), ("End", 24), ("Home", 1)):
        page.keyboard.press(key)
        assert slider.get_attribute("aria-valuetext") == str(value)
        assert page.locator(".mem-says").text_content() == f"frame {value}"
        assert f"{value} < {value + 1}" in page.locator(".mem-screen").text_content()


def test_it_plays_once_to_the_end(open_page):
    page = open_page(film())
    page.clock.install()
    page.reload()
    play = page.get_by_role("button")
    play.click()
    assert play.text_content() == "Pause"
    page.clock.run_for(20_000)
    slider = page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "24" and play.text_content() == "Play"
    play.click()
    assert slider.get_attribute("aria-valuetext") == "1"
    play.click()
    page.clock.run_for(20_000)
    assert slider.get_attribute("aria-valuetext") == "1"


def test_without_motion_the_button_goes_one_step(open_page):
    page = open_page(film(), reduced_motion="reduce")
    button = page.get_by_role("button", name="Next")
    button.click()
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "14"
    page.get_by_role("slider").press("End")
    button.click()
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "1"


def test_on_a_phone_letters_keep_their_size(open_page):
    page = open_page(film(), width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.locator(".mem-screen text").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) > 10
    view = page.locator(".mem-screen > svg").get_attribute("viewBox").split()
    assert view[2] == "350"


def test_without_a_script_the_middle_frame_stands(open_page):
    page = open_page(film(), java_script_enabled=False)
    assert "13 < 14" in page.locator(".mem-screen").text_content()


def test_the_data_cannot_end_the_script():
    made = Film("n", {0: [marks.Text(0, 0, "</script><b>")]}, x=None, y=None, alt="a")
    data = re.search('<script type="application/json">(.*?)</script>', made._repr_html_())
    assert json.loads(data[1])["frames"][0][0][5] == "</script><b>"
    assert figures.Film is Film
