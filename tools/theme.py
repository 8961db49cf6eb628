"""A Sphinx extension: what the theme writes into every page, mended when the build is finished, and
the line that says how a page is run.

Taken out is what no reader needs: fonts fetched early (browsers refuse that to a page opened as a
file), the switch for live cells, inserted twice, which is an error, the state of widgets that no
kernel answers, and a megabyte and a half of icons, of which a page shows a dozen; those are drawn
in ``icons.css``.  Named is what has no name, or another one than is seen: the folds of the sidebar,
the sidebar itself, the search button.  The title of a solution is no link, so that a click on it
opens the solution.  Books of the bibliography are entries of a list; what the theme calls them is
deprecated.  A line does not end between a formula and its full stop.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Optional

from tools.runnable import runnable

UNUSED = re.compile(
    r'<link rel="preload" as="font"[^>]*>|<script>const THEBE_JS_URL.*?</script>'
    r'|<script[^>]*sphinx-thebe\.js[^>]*></script>'
    r'|<script type="application/vnd\.jupyter\.widget-state\+json">.*?</script>'
    r'|<link[^>]*/vendor/fontawesome/[^>]*>|<script[^>]*/vendor/fontawesome/[^>]*></script>'
)
MENDED = (
    (
        re.compile(
            r'(<a class="[^"]*\breference internal\b[^"]*"[^>]*>([^<]*)</a>\s*<details[^>]*>\s*)'
            r"<summary>"
        ),
        r'\1<summary aria-label="Pages of \2">',
    ),
    (
        re.compile(r'<div class="bd-sidebar-primary bd-sidebar([^"]*)">'),
        r'<div class="bd-sidebar-primary bd-sidebar\1" role="complementary" aria-label="The book">',
    ),
    (
        re.compile(r'(<button class="btn search-button-field[^"]*") title="Search"'
                   r' aria-label="Search"'),
        r"\1",
    ),
    (
        re.compile(r'(<p class="admonition-title">Solution to)<a [^>]*>(.*?)</a></p>'),
        r"\1\2</p>",
    ),
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
    (
        re.compile(r'(?<!<span class="unbroken">)(<span class="math[^>]*>[^<]*</span>[.,;:?)]+)'),
        r'<span class="unbroken">\1</span>',
    ),
)


def mend(html: str) -> str:
    """The page without what is unused, and with names; a mended page stays as it is."""
    html = UNUSED.sub("", html)
    for pattern, better in MENDED:
        html = pattern.sub(better, html)
    return html


def finish(app: Any, error: Optional[Exception]) -> None:
    if error is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.relative_to(app.outdir).with_suffix("").as_posix()
            text = runnable(mend(path.read_text(encoding="utf-8")), page)
            path.write_bytes(text.encode("utf-8"))
        shutil.rmtree(str(Path(app.outdir) / "_static" / "vendor" / "fontawesome"), True)


def setup(app: Any) -> dict:
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
