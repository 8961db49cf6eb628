"""Pictures of the built pages, to look at: wide and narrow, light and dark.

    .venv/bin/python tools/look.py                        all pages
    .venv/bin/python tools/look.py book/notation          one page

The book has to be built (``make book``).  The pictures are in ``_build/look``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, List

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402

WIDTHS = {"wide": 1280, "narrow": 390}
MODES = ("light", "dark")


def pages(names: List[str], html: Path) -> List[Path]:
    """The built pages that ``names`` mean; all pages of the book without a name."""
    if not names:
        return sorted((html / "book").rglob("*.html"))
    result = [html / Path(name.replace("_build/html/", "")).with_suffix(".html") for name in names]
    lacking = [str(path.relative_to(html)) for path in result if not path.is_file()]
    if lacking:
        raise SystemExit("Not in the built book: %s. Is it built (make book)?" % ", ".join(lacking))
    return result


def look(page: Path, html: Path, out: Path, chromium: Any) -> List[Path]:
    """Photograph one page in every width and mode; return the pictures' paths."""
    taken = []
    for width_name, width in WIDTHS.items():
        for mode in MODES:
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme=mode, reduced_motion="reduce"
            )
            for key in ("mode", "theme"):
                context.add_init_script("localStorage.setItem('%s', '%s')" % (key, mode))
            view = context.new_page()
            view.goto(page.as_uri())
            view.evaluate("() => window.MathJax?.startup?.promise")
            name = page.relative_to(html).with_suffix("").as_posix().replace("/", "-")
            path = out / ("%s-%s-%s.png" % (name, width_name, mode))
            view.screenshot(path=str(path), full_page=True)
            taken.append(path)
            context.close()
    return taken


def main(names: List[str]) -> int:
    """Photograph the named pages, or all of them."""
    html, out = ROOT / "_build" / "html", ROOT / "_build" / "look"
    chosen = pages(names, html)
    path = browser.find()
    if path is None:
        raise SystemExit("No browser was found; MEM_LIB_BROWSER may name one.")
    out.mkdir(parents=True, exist_ok=True)
    with browser.launched(path) as chromium:
        for page in chosen:
            for picture in look(page, html, out, chromium):
                print(picture.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
