"""What is on each chapter's first page: something to move, directly under the question."""

import gzip
import re

import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import Live

STUDIES = [slug for slug in ml.constructions.CHAPTERS if hasattr(explorer, slug)]
ALL = ["foundations", *STUDIES]
#: What our own share of a page may weigh, compressed: all but the theme and the formulas' script.
OURS = 800_000


def first_page(built, slug):
    return built / "book" / slug / "index.html"


@pytest.mark.parametrize("slug", ALL)
def test_the_explorer_is_the_first_thing_below_the_question(built, slug):
    text = first_page(built, slug).read_text(encoding="utf-8")
    question = text.index('The question<a class="headerlink"')
    explorer_at = text.index('class="mem-host"')
    between = text[question:explorer_at]
    assert not re.search(r"<h2|<img|class=\"mem-figure|class=\"mem-stepper", between)
    assert between.count("<p>") <= 3


@pytest.mark.parametrize("slug", STUDIES)
def test_n_d_and_margin_move_on_a_papers_first_page(chromium, built, slug):
    live = Live(chromium, first_page(built, slug).as_uri()).ready()
    for name in ("N", "d", "margin"):
        slider = live.page.locator(f".mem-control[data-axis={name}] input[type=range]")
        assert slider.is_visible() and int(slider.get_attribute("max")) >= 2
        before = live.data("sha")
        slider.focus()
        at_end = slider.input_value() == slider.get_attribute("max")
        live.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        live.page.wait_for_function(
            "(old) => document.querySelector('.mem-explorer').dataset.sha !== old", arg=before
        )
    live.close()


@pytest.mark.parametrize("slug", ALL)
def test_what_there_is_to_find_out_stands_below(built, slug):
    text = first_page(built, slug).read_text(encoding="utf-8")
    after = text[text.index('class="mem-host"') :]
    assert "What you may have found" in after[: after.index('By hand<a class="headerlink"')]


@pytest.mark.parametrize("slug", ["", *ALL])
def test_our_share_of_a_page_is_light(built, slug):
    """The page itself, our style, scripts and fonts."""
    page = built / "book" / slug / "index.html"
    own = [page, *(built / "_static").glob("book*"), *(built / "_static").glob("tables*")]
    own += [*(built / "_static").glob("icons*"), *(built / "_static" / "fonts").glob("*")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in own if path.is_file()) <= OURS


def test_pages_without_javascript_show_the_first_state(chromium, built):
    for slug in ALL:
        page = Live(chromium, first_page(built, slug).as_uri(), java_script_enabled=False)
        still = page.page.locator(".mem-static img.only-light").first
        assert still.is_visible() and len(still.get_attribute("alt")) > 20
        page.context.close()
