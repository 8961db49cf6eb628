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
    assert 'aria-label="hyperplanes n" aria-valuetext="20"' in html and ">20</output>" in html
    assert told(html) == ["10", "20", "40"] and "<button" not in html
    assert "10, 20, 40" in repr(figures.Stepper("n", FRAMES))


def told(html):
    return re.findall(r"<b style=[^>]*>([^<]*)</b>", html)


def test_many_long_names_below_a_slider_are_its_ends():
    html = figures.Stepper("n", {10**15 + k: FRAMES[10] for k in range(5)})._repr_html_()
    thin = "\u2009"
    assert [name.replace(thin, "") for name in told(html)] == [str(10**15), str(10**15 + 4)]


@pytest.mark.parametrize(
    ("count", "names"),
    [(12, range(12)), (24, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 23]), (1, [0])],
)
def test_names_below_a_slider_have_room(count, names):
    html = figures.Stepper("n", {k: FRAMES[10] for k in range(count)})._repr_html_()
    assert told(html) == [str(name) for name in names]
    assert html.count("<i style=") == count


def test_a_process_gets_a_button_to_play_it():
    assert ">Play</button>" in figures.Stepper("n", FRAMES, play=True)._repr_html_()


def test_captions_of_frames_are_not_counted():
    one = figures.show(lambda ax, colours: ax.plot([0, 1]), "a", caption="of one", name="fig-a-b")
    html = figures.Stepper("n", {1: one}, caption="of all", name="fig-a-c")._repr_html_()
    counted = re.findall(r'<figcaption [^>]*data-number="figure"([^>]*)>(.*?)<', html)
    assert counted == [(' data-name="fig-a-c"', "of all")] and ">of one</figcaption>" in html


@pytest.mark.parametrize(("name", "caption"), [("fig-a-b", ""), ("a b", "c"), ("fig-a", "c")])
def test_a_name_has_a_form_and_a_caption(name, caption):
    with pytest.raises(InvalidArgument, match="name: the form fig-<slug>-<what> and a caption"):
        figures.Stepper("n", FRAMES, name=name, caption=caption)


def test_words_get_buttons():
    html = figures.Stepper("kind", WORDS)._repr_html_()
    assert html.count('type="radio"') == 2 and html.count(" checked>") == 1
    assert '<input type="range"' not in html and "<legend>kind</legend>" in html


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
    steppers = figures.Stepper("n", FRAMES, play=True), figures.Stepper("kind", WORDS)
    html = "".join(stepper._repr_html_() for stepper in steppers)
    place = tmp_path / "steppers.html"
    place.write_text(f'<!doctype html><meta charset="utf-8">{html}', encoding="utf-8")
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto(place.as_uri())
    yield page
    page.close()


def seen(page, stepper):
    frames = page.locator(".mem-frames").nth(stepper).locator(".mem-frame")
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


def test_what_is_touched_is_tall_enough(page):
    for place in (".mem-control input[type=range]", ".mem-control button", ".mem-choice > label"):
        heights = page.locator(place).evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert heights and min(heights) >= 44


def test_the_chosen_word_is_seen(page):
    grounds = page.locator(".mem-choice > label").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert grounds[0] != grounds[1]


def test_it_plays_to_the_end(page):
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(5_000)
    assert seen(page, 0) == ["40"]
    assert page.get_by_role("button").text_content() == "Play"


def test_nothing_is_wider_than_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
