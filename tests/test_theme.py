"""What the theme writes is mended: nothing unused, nothing nameless, and only once."""

from types import SimpleNamespace

import pytest

from tests.browser import ROOT
from tools.theme import finish, mend

ICONS = (
    '<link href="../_static/vendor/fontawesome/6.5.2/css/all.min.css?digest=1" rel="stylesheet" />'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<link rel="preload" as="font" crossorigin href="a.woff2" /><link rel="x">',
         '<link rel="x">'),
        ('<script>const THEBE_JS_URL = "x"; const y = "z"</script><script>let a</script>',
         "<script>let a</script>"),
        ('<script async="async" src="_static/sphinx-thebe.js?v=1"></script>', ""),
        (f'{ICONS}<script src="_static/vendor/fontawesome/6.5.2/js/all.min.js?digest=1"></script>',
         ""),
        ('<li><a class="current reference internal" href="#">2. Counting</a><details open="open">'
         '<summary><span role="presentation">',
         '<li><a class="current reference internal" href="#">2. Counting</a><details open="open">'
         '<summary aria-label="Pages of 2. Counting"><span role="presentation">'),
        ("<details><summary>Proof</summary>", "<details><summary>Proof</summary>"),
        ('<div class="bd-sidebar-primary bd-sidebar hide">',
         '<div class="bd-sidebar-primary bd-sidebar hide" role="complementary" '
         'aria-label="The book">'),
        ('<button class="btn search-button-field x" title="Search" aria-label="Search" data-a="b">',
         '<button class="btn search-button-field x" data-a="b">'),
        ('<button class="btn search-button" title="Search" aria-label="Search">',
         '<button class="btn search-button" title="Search" aria-label="Search">'),
        (r'at <span class="math notranslate">\(x &lt; 1\)</span>, <span class="math">\(y\)</span>',
         r'at <span class="unbroken"><span class="math notranslate">\(x &lt; 1\)</span>,</span> '
         r'<span class="math">\(y\)</span>'),
        ('<div class="citation" role="doc-biblioentry">', '<div class="citation" role="listitem">'),
        ('<p class="admonition-title">Solution to<a class="reference" href="#ex"> Exercise <i>1'
         "</i></a></p>",
         '<p class="admonition-title">Solution to Exercise <i>1</i></p>'),
    ],
)  # fmt: skip
def test_a_page_is_mended_once(before, after):
    assert mend(before) == after == mend(after)


@pytest.mark.parametrize(("error", "kept"), [(None, False), (RuntimeError(), True)])
def test_only_a_finished_build_is_mended(tmp_path, error, kept):
    icons = tmp_path / "_static" / "vendor" / "fontawesome"
    icons.mkdir(parents=True)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "page.html").write_text(ICONS + "π", encoding="utf-8")
    finish(SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html")), error)
    text = (tmp_path / "book" / "page.html").read_text(encoding="utf-8")
    assert icons.exists() is kept and text == (ICONS + "π" if kept else "π")


def test_every_icon_of_a_page_is_drawn(built):
    """The theme may show another one some day."""
    import re

    drawn = set(re.findall(r"\.(fa-[a-z-]+) \{", (ROOT / "book/_static/icons.css").read_text()))
    for path in built.rglob("*.html"):
        for classes in re.findall(r'<(?:i|span) class="([^"]*\bfa[sb]?\b[^"]*|[^"]*\bfa-[^"]*)"',
                                  path.read_text(encoding="utf-8")):  # fmt: skip
            named = {word for word in classes.split() if word.startswith("fa-")}
            assert named - {"fa-solid", "fa-lg"} <= drawn, (path.name, classes)


FOCUS = """
element => {
  const bare = getComputedStyle(element).outlineStyle;
  return bare !== "none" && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
}
"""


@pytest.mark.parametrize(
    "place",
    [
        ".dropdown-download-buttons > button", ".primary-toggle", ".btn-fullscreen-button",
        ".theme-switch-button", ".search-button-field", "summary", ".prev-next-area a",
    ],
)  # fmt: skip
def test_where_the_focus_is_can_be_seen(chromium, built, place):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto((built / "book/foundations/counting.html").as_uri())
    page.keyboard.press("Tab")  # focus that came by key
    element = page.locator(place).locator("visible=true").first
    element.focus()
    assert element.evaluate(FOCUS)
    page.close()


def test_a_click_on_its_title_opens_a_solution(chromium, built):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto((built / "book/two_layer/exercises.html").as_uri())
    solution = page.locator(".solution").first
    hidden = solution.locator("section")
    assert not hidden.is_visible()
    solution.locator(".admonition-title").click(position={"x": 120, "y": 12})
    assert hidden.is_visible() and "#" not in page.url
    assert (
        solution.locator(".toggle-button")
        .get_attribute("aria-label")
        .startswith("Show or hide: Sol")
    )
    page.close()
