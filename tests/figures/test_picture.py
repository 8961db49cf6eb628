"""Pictures: both themes, words for every one, the same bytes every time, captions that are seen."""

import re

import pytest

import mem_lib as ml
from mem_lib import figures
from mem_lib.errors import InvalidArgument

MOONS = ml.data.moons(N=60, noise=0.05, seed=0)


def scatter(ax, colours):
    figures.points(ax, MOONS, colours)


def test_both_themes_and_alternative_text():
    picture = figures.show(scatter, 'Sixty points on "two moons"')
    html = picture._repr_html_()
    assert html.count("<img") == 2
    assert html.count('class="only-light"') == html.count('class="only-dark"') == 1
    assert len(re.findall(r'alt="Sixty points on &quot;two moons&quot;"', html)) == 2
    assert figures.LIGHT.ink.encode() in picture.light
    assert figures.DARK.ink.encode() in picture.dark
    assert "Sixty" in repr(picture)


def test_deterministic():
    one, two = (figures.show(scatter, "points") for _ in range(2))
    assert one.light == two.light and one.dark == two.dark


def test_side_by_side():
    one, two = figures.show(scatter, "left"), figures.show(scatter, "right")
    html = (one + two)._repr_html_()
    assert html.count("<img") == 4 and html.index('alt="left"') < html.index('alt="right"')
    assert one._repr_html_().count("<img") == 2


def test_three_side_by_side():
    one, two, three = (figures.show(scatter, name) for name in "abc")
    assert re.findall('alt="(.)"', (one + (two + three))._repr_html_()) == list("aabbcc")


def test_a_caption_belongs_to_its_picture():
    one, two = figures.show(scatter, "a", caption='5 < 6, "so"'), figures.show(scatter, "b")
    html = (one + two)._repr_html_()
    assert re.findall("<figcaption[^>]*>(.*?)</figcaption>", html) == ["5 &lt; 6, &quot;so&quot;"]
    assert html.index("<figure") < html.index('alt="a"') < html.index("<figcaption")
    assert html.index("</figure>") < html.index('alt="b"')
    assert "<figure" not in two._repr_html_()


def test_a_picture_that_is_cited_has_a_name():
    picture = figures.show(scatter, "a", caption="c", name="fig-toy-moons")
    html = (picture + figures.show(scatter, "b"))._repr_html_()
    assert '<figure id="fig-toy-moons">' in html and html.count("fig-toy-moons") == 2
    assert 'data-number="figure" data-name="fig-toy-moons">c</figcaption>' in html


@pytest.mark.parametrize(
    ("name", "caption"), [("moons", "c"), ("fig-toy-moons", ""), ("fig-Toy-moons", "c")]
)
def test_a_name_has_a_form_and_a_caption(name, caption):
    with pytest.raises(InvalidArgument, match="name: the form fig-<slug>-<what> and a caption"):
        figures.show(scatter, "a", caption=caption, name=name)


def test_alternative_text_is_required():
    with pytest.raises(InvalidArgument, match="alt: a picture needs"):
        figures.show(scatter, "  ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_caption_is_seen_in_the_book(chromium, tmp_path, theme):
    """Its theme hides the caption beside a picture for the other theme."""
    hide = f"html[data-theme={theme}] .only-{'dark' if theme == 'light' else 'light'}"
    picture = figures.show(scatter, "points", caption="sixty of them")
    place = tmp_path / "caption.html"
    place.write_text(
        f'<!doctype html><html data-theme="{theme}"><meta charset="utf-8"><style>{hide},'
        f"{hide}~figcaption{{display:none!important}}</style>{picture._repr_html_()}",
        encoding="utf-8",
    )
    page = chromium.new_page()
    page.goto(place.as_uri())
    assert page.get_by_text("sixty of them").is_visible()
    assert [image.is_visible() for image in page.locator("img").all()] == [
        theme == "light", theme == "dark"
    ]  # fmt: skip
    page.close()
