"""Reading a built page as a reader does, in a browser, and saying all that is wrong with it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tools import book, browser

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = (1280, 390)
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp)$|^_?images?/|/_images/", re.IGNORECASE)

READ_PAGE = """
() => {
  const article = document.querySelector("article") ?? document.body;
  const text = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const raw = [];
  for (let node = text.nextNode(); node; node = text.nextNode())
    if (!node.parentElement.closest("pre, code, script, style, mjx-container, textarea") &&
        /\\\\\\(|\\\\\\[|\\$\\$/.test(node.textContent))
      raw.push(node.textContent.trim().slice(0, 60));
  const hidden = (e) => e.closest("[aria-hidden=true], [role=presentation]") !== null;
  return {
    formulas: document.querySelectorAll("mjx-container").length,
    bare: [...document.querySelectorAll(".math")].filter(e => !e.querySelector("mjx-container"))
      .map(e => e.textContent.slice(0, 60)),
    raw,
    bad: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(
      e => e.getAttribute("data-mjx-error") ?? e.querySelector("[data-mjx-error]")
        ?.getAttribute("data-mjx-error") ?? e.textContent),
    images: [...article.querySelectorAll("img")].filter(e => !hidden(e))
      .map(e => [e.getAttribute("alt"), e.getAttribute("src")]),
    drawings: [...article.querySelectorAll("svg[role=img]")].filter(e => !hidden(e)).map(e =>
      e.getAttribute("aria-label") ?? e.querySelector("title")?.textContent
      ?? document.getElementById(e.getAttribute("aria-labelledby"))?.textContent),
    headings: article.querySelectorAll("h1").length,
  };
}
"""

# The elements that stick out, smallest first: what a person would look for.
STICKS_OUT = """
() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
  .map(e => [e.getBoundingClientRect().width, e.tagName.toLowerCase() + (e.className?.trim
    ? "." + e.className.trim().split(/\\s+/).join(".") : "")])
  .sort((a, b) => a[0] - b[0]).slice(0, 3).map(pair => pair[1])
"""

# In each theme the pictures drawn for it are seen, and the others are not.
THEMES = """
() => ["light", "dark"].flatMap(theme => {
  document.documentElement.dataset.theme = theme;
  return [...document.querySelectorAll("img.only-light, img.only-dark")]
    .filter(e => !e.closest("[hidden]"))    // another frame of a slider over pictures
    .filter(e => (e.getBoundingClientRect().width > 1) !== e.classList.contains("only-" + theme))
    .map(e => `${theme} theme: wrong picture for ${e.alt.slice(0, 60)}`);
})
"""


def missing_browser(environ: Mapping[str, str] = os.environ) -> str | None:
    """Why pages cannot be read here; on a continuous-integration machine that is a failure."""
    if browser.find(environ):
        return None
    named = environ.get("MEM_LIB_BROWSER")
    reason = (
        f"MEM_LIB_BROWSER names {named}, which is no program"
        if named
        else "no Chromium, Chrome or Edge was found (MEM_LIB_BROWSER may name one)"
    )
    if environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason + ", and CI is set")
    return reason


class _Formulas(HTMLParser):
    """Counts the formulas in a page's source, before any script has run."""

    count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self.count += tag in ("span", "div") and "math" in classes


def formulas(page: Path) -> int:
    """How many formulas the page at ``page`` holds."""
    parser = _Formulas()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.count


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on the loopback address; yields the address."""
    httpd = book.server(folder, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def problems(chromium: Any, base: str, name: str, source: Path) -> list[str]:
    """All that is wrong with the page ``base + name``, in words; ``source`` is its file."""
    found: list[str] = []
    with opened(chromium, base, name, found) as page:
        found += wrong(page, source)
    return found


@contextmanager
def opened(chromium: Any, base: str, name: str, found: list[str]) -> Iterator[Any]:
    """The page ``base + name``, drawn, on a wide screen; what goes wrong is added to ``found``.

    ``base`` is a loopback address or a ``file:`` URL that ends in a slash; every request that does
    not begin with it is reported, and cannot succeed.
    """
    context = chromium.new_context(
        viewport={"width": WIDTHS[0], "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()

    def judge(request: Any) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            found.append(f"asks for {request.url}, which is outside the book")

    # Names do not resolve in this browser (tools.browser.flags); files need no network at all.
    context.set_offline(base.startswith("file:"))
    page.on("request", judge)
    page.on("console", lambda message: _console(message, found))
    page.on("pageerror", lambda error: found.append(f"page error: {error.message}"))
    page.on("requestfailed", lambda request: _failed(request, base, found))
    page.on("response", lambda response: _status(response, found))
    page.goto(base + name, wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => 0)")
    page.wait_for_load_state("networkidle")
    try:
        yield page
    finally:
        context.close()


def wrong(page: Any, source: Path) -> list[str]:
    """What is wrong with an open page, on a wide screen and on a narrow one, in both themes."""
    found = _judged(page.evaluate(READ_PAGE), formulas(source))
    for width in WIDTHS:
        found += _too_wide(page, width)
    return found + page.evaluate(THEMES)


def _console(message: Any, found: list[str]) -> None:
    # A refused or failed request is reported once, as a request.
    if message.type == "error" and "Failed to load resource" not in message.text:
        found.append(f"console error: {message.text}")


def _failed(request: Any, base: str, found: list[str]) -> None:
    if request.url.startswith(base):
        found.append(f"cannot load {_path(request.url)}: {request.failure}")


def _status(response: Any, found: list[str]) -> None:
    if response.status >= 400:
        found.append(f"{response.status} for {_path(response.url)}")


def _path(url: str) -> str:
    return unquote(urlsplit(url).path)


def _judged(seen: dict[str, Any], expected: int) -> list[str]:
    found = [f"formula not rendered: {text}" for text in seen["bare"]]
    found += [f"formula left as text: {text}" for text in seen["raw"]]
    found += [f"formula with an error: {text}" for text in dict.fromkeys(seen["bad"])]
    if seen["formulas"] != expected:
        found.append(f"{seen['formulas']} formulas rendered, {expected} in the source")
    for alt, source in seen["images"]:
        if not alt or not alt.strip() or FILE_NAME.search(alt):
            found.append(f"image without a description (alt is {alt!r}): {source}")
    nameless = [text for text in seen["drawings"] if not (text or "").strip()]
    found += ["drawing without a description"] * len(nameless)
    if seen["headings"] != 1:
        found.append(f"{seen['headings']} first-level headings")
    return found


def _too_wide(page: Any, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(100)
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    if wide <= width:
        return []
    culprits = ", ".join(page.evaluate(STICKS_OUT))
    return [f"{wide} px wide on a screen of {width} px: {culprits}"]
