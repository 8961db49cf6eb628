"""What is wider than its place on built pages: ``python tools/widths.py PAGE.html ...``.

Every displayed formula and every piece of code is measured in a browser, with all folds open: at
1280 pixels none may be wider than its column; at 390 those that scroll are listed, and are few.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[1]
WIDE, NARROW = 1280, 390

OPEN = """
() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  for (const fold of document.querySelectorAll(".toggle-hidden"))
    fold.classList.remove("toggle-hidden");
}
"""

FRAMES = """
async () => {
  for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
}
"""

# The width that a formula or a piece of code needs beyond what it has.
MEASURE = """
() => {
  const found = [];
  const note = (kind, element, over, text) => over > 1 && found.push({
    kind, over: Math.ceil(over), text: text.trim().slice(0, 90),
    reached: element.tabIndex === 0 && Boolean(element.getAttribute("aria-label")) &&
      getComputedStyle(element).maskImage !== "none",
  });
  const list = Array.from(window.MathJax?.startup?.document?.math ?? []);
  for (const { math, display, typesetRoot } of list) {
    if (!display || !typesetRoot?.isConnected) continue;
    const drawn = typesetRoot.querySelector("mjx-math, mjx-mtable") ?? typesetRoot;
    const needed = Math.max(drawn.getBoundingClientRect().width, typesetRoot.scrollWidth);
    note("formula", typesetRoot, needed - typesetRoot.clientWidth, math.replace(/\\s+/g, " "));
  }
  for (const code of document.querySelectorAll("article .highlight pre"))
    if (!code.closest(".cell_output"))
      note("code", code, code.scrollWidth - code.clientWidth,
        code.textContent.split("\\n").reduce((a, b) => a.length < b.length ? b : a));
  return found;
}
"""


def too_wide(browser: Any, url: str) -> Dict[int, List[Dict[str, Any]]]:
    """What :func:`measured` finds on the page at ``url``."""
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => 0)")
    found = measured(page)
    context.close()
    return found


def measured(page: Any) -> Dict[int, List[Dict[str, Any]]]:
    """For both widths what does not fit on an open page, whose folds stay open: its ``kind``, by
    how many pixels, its text, and whether it can be scrolled by key and shows an edge
    (``reached``)."""
    found = {}
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    page.evaluate(OPEN)
    for width in (WIDE, NARROW):
        resized(page, width)
        found[width] = page.evaluate(MEASURE)
    return found


def resized(page: Any, width: int) -> None:
    """Make the screen so wide, and let what watches its size be told, which takes frames: on a busy
    machine they come late."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(150)
    page.evaluate(FRAMES)


def main(arguments: List[str]) -> int:
    from tools.browser import find, launched

    path = find()
    if not path or not arguments:
        print(__doc__ if path else "no Chromium, Chrome or Edge was found")
        return 2
    wrong = 0
    with launched(path) as browser:
        for name in arguments:
            found = too_wide(browser, Path(name).resolve().as_uri())
            wrong += len(found[WIDE])
            for width in (WIDE, NARROW):
                print("%s at %d pixels: %d too wide" % (name, width, len(found[width])))
                for entry in found[width]:
                    if width == WIDE or entry["kind"] == "formula":
                        print("  %(kind)s, %(over)d pixels: %(text)s" % entry)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
