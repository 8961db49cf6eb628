"""Every page of the built book, opened once in a browser without network, wide and narrow, light
and dark: it reads well, nothing on it is cut, and it keeps nobody out."""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests import axe
from tests import browser as reader
from tests.at_once import at_once
from tests.browser import ROOT
from tools import book, lab
from tools.widths import NARROW, WIDE, measured

#: In the whole book, on a phone; a proof of two lines is not always better than one that scrolls.
MOST_SCROLLING = 19

PICTURES = """
() => [...document.querySelectorAll("article .mem-figure")]
  .filter(figure => !figure.closest("[hidden]"))
  .map(figure => [...figure.querySelectorAll("img")].filter(image => image.width > 1))
  .filter(images => images.length === 1)
  .map(([image]) => [image.width, image.height, image.alt.slice(0, 60)])
"""


PAGES = [Path(page).with_suffix(".html").as_posix() for page in lab.pages(ROOT)]


@dataclass(frozen=True)
class Visit:
    """What was seen on a page: what is wrong, how large pictures are, what is too wide by width of
    the screen, and what keeps people out (None where axe-core is not there)."""

    wrong: list
    pictures: list
    too_wide: dict
    barriers: list | None


@pytest.fixture(scope="module")
def seen(chromium, built):
    """What was seen on a page, which is opened the first time only."""
    base, script = built.as_uri() + "/", axe.fetched()

    @cache
    def visit(name):
        found = []
        with reader.opened(chromium, base, name, found) as page:
            pictures = page.evaluate(PICTURES)
            found += reader.wrong(page, built / name)
            wide = measured(page)
            page.evaluate(axe.BOXES)
            barriers = axe.barriers(page, script) if script else None
        return Visit(found, pictures, wide, barriers)

    return visit


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_well(seen, name):
    assert seen(name).wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_formulas_and_code_fit_a_wide_screen(seen, name):
    assert [one for one in seen(name).too_wide[WIDE] if one["kind"] in ("formula", "code")] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_scrolls_is_reached_by_key_and_shows_its_edge(seen, name):
    assert [one["text"] for one in seen(name).too_wide[NARROW] if not one["reached"]] == []


def test_few_formulas_scroll_on_a_phone(seen):
    scrolling = [
        f"{name}: {one['over']} pixels too wide: {one['text']}"
        for name in PAGES
        for one in seen(name).too_wide[NARROW]
        if one["kind"] == "formula"
    ]
    assert len(scrolling) <= MOST_SCROLLING, "\n".join(scrolling)


@pytest.mark.parametrize("name", PAGES)
def test_a_picture_that_stands_alone_fills_the_column(seen, name):
    """A tall one, such as a square plane, may be narrower."""
    assert [
        (wide, high, alt)
        for wide, high, alt in seen(name).pictures
        if not (560 <= wide <= 700 or (wide >= 400 and high > 0.75 * wide))
    ] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_everybody(seen, name):
    barriers = seen(name).barriers
    if barriers is None:
        pytest.skip("axe-core cannot be fetched without npm")
    assert barriers == []


@pytest.mark.parametrize("name", at_once(PAGES, "book/how-to-use.html"))
def test_its_formulas_keep_nobody_out(chromium, built, name):
    """With every element of every formula."""
    script = axe.fetched()
    if script is None:
        pytest.skip("axe-core cannot be fetched without npm")
    with reader.opened(chromium, built.as_uri() + "/", name, []) as page:
        assert axe.barriers(page, script) == []


@pytest.mark.parametrize(
    "name", at_once(PAGES, "book/index.html", "book/beyond_worst_case/construction.html")
)
def test_a_page_reads_well_from_a_server(chromium, built, name):
    with reader.served(built) as address:
        assert reader.problems(chromium, address, name, built / name) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(built, name):
    assert (built / name).stat().st_size <= 2_000_000


@pytest.mark.parametrize("name", PAGES)
def test_what_is_ours_on_a_page_is_small(built, name):
    """The page with its figures, and our style, scripts and fonts; fonts are packed already."""
    ours = sum(
        len(gzip.compress(path.read_bytes()))
        for pattern in ("*.css", "*.js", "vendor/fonts/*.woff2")
        for path in (ROOT / "book" / "_static").glob(pattern)
    )
    assert ours + len(gzip.compress((built / name).read_bytes())) <= 800_000


def test_the_address_we_print_leads_to_the_book(chromium, built):
    page = chromium.new_page()
    page.goto(book.page(ROOT).as_uri())
    page.wait_for_url("**/book/index.html")
    page.close()
