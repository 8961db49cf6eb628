"""What may be wrong with a page is found: one page for each such thing."""

import pytest

from tests import browser as reader
from tests.browser import ROOT, missing_browser

SOUND = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width">
<script>window.MathJax = {tex: {packages: {"[-]": ["noundefined"]}}}</script>
<script src="mathjax/tex-mml-chtml.js"></script></head>
<body><article><h1>Title</h1><p>A formula <span class="math">\\(x^2\\)</span>.</p>
<img alt="one dark pixel" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
%s</article></body></html>"""

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
BROKEN = {
    "a formula with an error": (
        r'<span class="math">\(\frac{1}\)</span>',
        "formula with an error",
    ),
    "an unknown macro": (
        r'<span class="math">\(\nosuchmacro\)</span>',
        "formula with an error",
    ),
    "a formula nobody renders": ('<span class="math">x^2</span>', "formula not rendered"),
    "a formula beyond the source": (r"<p>\(y\)</p>", "2 formulas rendered, 1 in the source"),
    "a formula left as text": (
        r'<p class="mathjax_ignore">\(y\)</p>',
        "formula left as text",
    ),
    "another host": (
        '<script src="https://example.org/a.js"></script>',
        "https://example.org/a.js",
    ),
    "another host, asked by a script": (
        '<script>fetch("https://example.org/data").catch(() => {})</script>',
        "outside the book",
    ),
    "a missing file": ('<link rel="stylesheet" href="missing.css">', "missing.css"),
    "an exception": ('<script>throw new Error("oh")</script>', "page error: oh"),
    "an error on the console": ('<script>console.error("oh")</script>', "console error: oh"),
    "a wide element": ('<div class="broad" style="width: 700px">x</div>', "div.broad"),
    "an image without alt": (f'<img src="{PIXEL}">', "description (alt is None)"),
    "an image with an empty alt": (f'<img alt="" src="{PIXEL}">', "description (alt is '')"),
    "an image named after its file": (
        f'<img alt="../_images/0ab.png" src="{PIXEL}">',
        "image without a description",
    ),
    "a drawing without a name": (
        '<svg role="img" viewBox="0 0 1 1" width="9"></svg>',
        "drawing without a description",
    ),
    "a light picture on a dark page": (
        f'<img class="only-light" alt="a pixel" width="5" src="{PIXEL}">',
        "dark theme: wrong picture for a pixel",
    ),
    "a second title": ("<h1>Another</h1>", "2 first-level headings"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    (place / "mathjax").symlink_to(ROOT / "book/_static/vendor/mathjax", target_is_directory=True)
    return place


@pytest.mark.parametrize("scheme", ["server", "file"])
def test_a_sound_page_has_no_problem(chromium, folder, scheme):
    (folder / "sound.html").write_text(SOUND % "", encoding="utf-8")
    with reader.served(folder) as address:
        base = address if scheme == "server" else folder.as_uri() + "/"
        assert reader.problems(chromium, base, "sound.html", folder / "sound.html") == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_page_is_reported(chromium, folder, what):
    body, message = BROKEN[what]
    (folder / "broken.html").write_text(SOUND % body, encoding="utf-8")
    with reader.served(folder) as address:
        found = reader.problems(chromium, address, "broken.html", folder / "broken.html")
    assert any(message in problem for problem in found), found


def test_a_file_outside_the_book_is_reported(chromium, folder, tmp_path):
    (tmp_path / "outside.css").write_text("", encoding="utf-8")
    link = f'<link rel="stylesheet" href="{(tmp_path / "outside.css").as_uri()}">'
    (folder / "broken.html").write_text(SOUND % link, encoding="utf-8")
    base = folder.as_uri() + "/"
    found = reader.problems(chromium, base, "broken.html", folder / "broken.html")
    assert any("outside.css" in problem for problem in found), found


def test_without_a_browser_pages_are_skipped_but_not_in_ci():
    nowhere = {"MEM_LIB_BROWSER": "no-such-browser"}
    assert "MEM_LIB_BROWSER" in missing_browser(nowhere)
    with pytest.raises(pytest.fail.Exception, match="CI is set"):
        missing_browser({**nowhere, "CI": "true"})
