"""What is wider than its place can be scrolled by key and fades at its edge; nothing else does."""

import pytest

from tests.browser import ROOT

STATIC = (ROOT / "book/_static").as_uri()
PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>t</title>
<style>body{margin:20px}pre{overflow:auto}div.math mjx-container{overflow:auto}
div.math{display:flex}span.math{display:inline-flex;max-width:100%%;overflow:hidden}</style>
<link rel="stylesheet" href="%(static)s/book.css"><script src="%(static)s/book.js"></script>
<script>window.MathJax = {options: {enableMenu: false}}</script>
<script defer src="%(static)s/vendor/mathjax/tex-mml-chtml.js"></script>
<article class="bd-article">%(body)s</article>"""
LONG = "+".join("x" * 40)
BODY = rf"""<p><span class="math">\(d\)</span>, <span class="math">\(\frac12 N_i^2\)</span></p>
<p>A line with <span class="math" id="line">\({LONG}\)</span>.</p>
<div class="math" id="wide">\[ {LONG} \]</div><div class="math">\[ x^2 \]</div>
<div class="highlight" id="code"><pre>{"x" * 200}</pre></div>
<div class="highlight"><pre>x = 1</pre></div>"""
MARKED = """
() => [...document.querySelectorAll("[data-more]")].filter(e => e.dataset.more)
  .map(e => [(e.id || e.parentElement.id), e.dataset.more, e.tabIndex,
             e.getAttribute("aria-label"), getComputedStyle(e).maskImage !== "none"])
"""


@pytest.fixture
def page(chromium, tmp_path):
    (tmp_path / "page.html").write_text(PAGE % {"static": STATIC, "body": BODY}, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("#code [data-more]")
    yield page
    page.close()


def test_what_is_too_wide_can_be_reached_and_shows_it(page):
    words = "{}, wider than the page".format
    assert page.evaluate(MARKED) == [
        ["line", "right", 0, words("Formula"), True],
        ["wide", "right", 0, words("Formula"), True],
        ["code", "right", 0, words("Code"), True],
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_keys_scroll_it_to_its_end(page):
    pre = page.locator("#code pre")
    pre.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#code [data-more=left]")
    pre.evaluate("e => { e.scrollLeft = 100; }")
    page.wait_for_selector("#code [data-more=both]")


def test_with_room_for_it_nothing_is_marked(page):
    page.set_viewport_size({"width": 2500, "height": 800})
    page.wait_for_selector('#code [data-more=""]', state="attached")
    assert page.evaluate(MARKED) == []
    assert page.locator("[tabindex], [role], [aria-label]").locator("visible=true").count() == 0
