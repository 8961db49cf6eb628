"""The control over frames: a slider for values, buttons for words, moved in a real browser."""

import re

import pytest

from mem_lib import figures
from mem_lib.errors import InvalidArgument


def picture(name):
    return figures.show(lambda ax, colours: ax.plot([0, 1]), name, size=(2, 1))


FRAMES = {n: picture(f"n is {n}") for n in (10, 20, 40)}
WORDS = {word: picture(f"the {word} one") for word in ("first", "second")}


def test_a_slider():
    html = figures.Stepper("hyperplanes n", FRAMES)._repr_html_()
    assert html == figures.Stepper("hyperplanes n", FRAMES)._repr_html_()
    assert html.count('class="mem-frame"') == 3 and html.count(" hidden>") == 2
    assert 'aria-label="hyperplanes n"' in html and "<output>20</output>" in html
    assert re.findall(r"<span>(\w+)</span>", html) == ["10", "20", "40"]
    assert "10, 20, 40" in repr(figures.Stepper("n", FRAMES))


def test_many_long_names_below_a_slider_are_its_ends():
    html = figures.Stepper("n", {10**20 + k: FRAMES[10] for k in range(5)})._repr_html_()
    assert re.findall(r"<span>(\d+)</span>", html) == [str(10**20), str(10**20 + 4)]


def test_words_get_buttons():
    html = figures.Stepper("kind", WORDS)._repr_html_()
    assert html.count('type="radio"') == 2 and html.count(" checked>") == 1
    assert 'type="range"' not in html and "<legend>kind</legend>" in html


def test_a_caption_and_a_table_as_a_frame():
    tables = {n: figures.table([(n,)], ["n"], caption=f"n is {n}") for n in (1, 2)}
    html = figures.Stepper("n", tables, caption="a < b")._repr_html_()
    assert ">a &lt; b</figcaption>" in html and html.count("<table ") == 2


@pytest.mark.parametrize(("label", "frames"), [("", FRAMES), (" ", FRAMES), ("n", {})])
def test_a_stepper_needs_a_name_and_pictures(label, frames):
    with pytest.raises(InvalidArgument, match="label, frames: a slider needs a name"):
        figures.Stepper(label, frames)


def test_a_frame_displays_itself():
    with pytest.raises(InvalidArgument, match=r"frames\[2\]: a picture or a table is needed"):
        figures.Stepper("n", {1: picture("one"), 2: "two"})


@pytest.fixture
def page(chromium, tmp_path):
    steppers = figures.Stepper("n", FRAMES), figures.Stepper("kind", WORDS)
    html = "".join(stepper._repr_html_() for stepper in steppers)
    place = tmp_path / "steppers.html"
    place.write_text(f'<!doctype html><meta charset="utf-8">{html}', encoding="utf-8")
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto(place.as_uri())
    yield page
    page.close()


def seen(page, stepper):
    frames = page.locator(".mem-stepper").nth(stepper).locator(".mem-frame")
    return [frame.get_attribute("data-value") for frame in frames.all() if frame.is_visible()]


def test_keys_move_a_slider(page):
    slider = page.get_by_role("slider", name="n")
    assert seen(page, 0) == ["20"]
    slider.focus()
    for key, value in (("ArrowRight", "40"), ("ArrowUp", "40"), ("ArrowLeft", "20"),
                       ("ArrowDown", "10")):  # fmt: skip
        page.keyboard.press(key)
        assert seen(page, 0) == [value] and slider.get_attribute("aria-valuetext") == value
    assert seen(page, 1) == ["second"]


def test_words_are_chosen_by_mouse_and_key(page):
    page.get_by_role("radio", name="first").click()
    assert seen(page, 1) == ["first"]
    page.keyboard.press("ArrowRight")
    assert seen(page, 1) == ["second"] and seen(page, 0) == ["20"]


def test_nothing_is_wider_than_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
