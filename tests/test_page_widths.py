"""Nothing on a page is cut: formulas and code fit a wide screen, few formulas scroll on a phone."""

import pytest

from tests.test_pages import toc_pages
from tools.widths import NARROW, WIDE, too_wide

#: In the whole book, on a phone; a proof of two lines is not always better than one that scrolls.
MOST_SCROLLING = 19


@pytest.fixture(scope="module")
def measured(chromium, built):
    return {name: too_wide(chromium, (built / name).as_uri()) for name in toc_pages()}


def listed(measured, width, *kinds):
    return [
        f"{name}: {entry['kind']} {entry['over']} pixels too wide: {entry['text']}"
        for name, found in measured.items()
        for entry in found[width]
        if entry["kind"] in kinds
    ]


def test_formulas_and_code_fit_a_wide_screen(measured):
    assert listed(measured, WIDE, "formula", "code") == []


def test_few_formulas_scroll_on_a_phone(measured):
    scrolling = listed(measured, NARROW, "formula")
    assert len(scrolling) <= MOST_SCROLLING, "\n".join(scrolling)


def test_what_scrolls_is_reached_by_key_and_shows_its_edge(measured):
    lost = [
        (name, entry["text"])
        for name, found in measured.items()
        for entry in found[NARROW]
        if not entry["reached"]
    ]
    assert lost == []


PICTURES = """
() => [...document.querySelectorAll("article .mem-figure")]
  .filter(figure => !figure.closest("[hidden]"))
  .map(figure => [...figure.querySelectorAll("img")].filter(image => image.width > 1))
  .filter(images => images.length === 1)
  .map(([image]) => [image.width, image.height, image.alt.slice(0, 60)])
"""


@pytest.mark.parametrize("name", toc_pages())
def test_a_picture_that_stands_alone_fills_the_column(chromium, built, name):
    """A tall one, such as a square plane, may be narrower."""
    page = chromium.new_page(viewport={"width": WIDE, "height": 900})
    page.goto((built / name).as_uri())
    found = page.evaluate(PICTURES)
    page.close()
    assert [
        p for p in found if not (560 <= p[0] <= 700 or (p[0] >= 400 and p[1] > 0.75 * p[0]))
    ] == []


SOUND = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<style>.bd-article{width:300px}pre,mjx-container{overflow:auto;display:block}</style>
<script src="mathjax/tex-mml-chtml.js"></script><article class="bd-article">%s</article>"""

LONG = "+".join("x" * 40)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (r'<div class="math">\[ x^2 \]</div><div class="highlight"><pre>x = 1</pre></div>', None),
        (rf'<div class="math">\[ {LONG} \]</div>', "formula"),
        (rf"<details>\[ {LONG} \]</details>", "formula"),
        ('<div class="highlight"><pre>%s</pre></div>' % ("x" * 90), "code"),
        ('<div class="cell_output"><div class="highlight"><pre>%s</pre></div></div>' % ("x" * 90),
         None),
    ],
)  # fmt: skip
def test_what_is_too_wide_is_found(chromium, tmp_path, body, kind):
    from tests.browser import ROOT

    (tmp_path / "mathjax").symlink_to(ROOT / "book/_static/vendor/mathjax", True)
    (tmp_path / "page.html").write_text(SOUND % body, encoding="utf-8")
    found = too_wide(chromium, (tmp_path / "page.html").as_uri())[WIDE]
    assert [(entry["kind"], entry["reached"]) for entry in found] == (
        [(kind, False)] if kind else []
    )
