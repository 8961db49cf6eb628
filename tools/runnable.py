"""How a page is run: a line on every page with code, and where Binder opens it.

Both name the page's notebook in the copy for JupyterLab (:mod:`tools.lab`), which ``make lab``
makes here and ``postBuild`` on Binder.
"""

from __future__ import annotations

import re

CODE = re.compile(r'<div class="cell[ "]')
# The title, which has a link to itself, and the paragraph that says what a reader should know.
HEAD = re.compile(r"</a></h1>(?:\s*<p>.*?</p>)?", re.DOTALL)
LINE = (
    '\n<p class="small d-print-none">Run this page: type <code>make lab</code>, '
    "then open <code>%s.ipynb</code>.</p>"
)
BINDER = re.compile(r"(\?urlpath=lab/tree/)(book/[\w./-]+)\.(?:md|ipynb)")


def runnable(html: str, page: str) -> str:
    """The page whose name is such as ``book/two_layer/index``, with that line if it has code."""
    html = BINDER.sub(r"\1_build/lab/\2.ipynb", html)
    if not CODE.search(html) or LINE % page in html:
        return html
    return HEAD.sub(lambda head: head[0] + LINE % page, html, count=1)
