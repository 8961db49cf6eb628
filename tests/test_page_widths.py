"""What is too wide for its place is found."""

import pytest

from tests.browser import ROOT
from tools.widths import WIDE, too_wide

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
    (tmp_path / "mathjax").symlink_to(ROOT / "book/_static/vendor/mathjax", True)
    (tmp_path / "page.html").write_text(SOUND % body, encoding="utf-8")
    found = too_wide(chromium, (tmp_path / "page.html").as_uri())[WIDE]
    assert [(entry["kind"], entry["reached"]) for entry in found] == (
        [(kind, False)] if kind else []
    )
