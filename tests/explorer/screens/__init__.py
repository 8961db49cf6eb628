"""Pictures of every explorer, wide and narrow, light and dark, kept to compare with.

    python -m tests.explorer.screens             what differs from the pictures that are kept
    python -m tests.explorer.screens --record    keep today's pictures

They are half as large as the screen and have few colours: enough to see that something has moved,
and small.  Regions are left out: that they are right is tested elsewhere, and how fine they are
depends on the machine.  The book has to be built.  A changed picture is looked at, and named in the
commit.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
WIDTHS = {"wide": 1280, "narrow": 390}
THEMES = ("light", "dark")
COLOURS = 24
#: The page's own bar, and the regions, whose resolution depends on the machine's speed.
UNSEEN = (
    ".bd-header-article, #pst-skip-link {display: none} "
    ":is(.mem-plane, .mem-small) canvas {visibility: hidden}"
)
#: The share of all pixels that may differ, and by how much of 255 a pixel differs.
SHARE, STEP = 0.02, 48


def hosts(page: Path) -> list[str]:
    """The explorers of a built page: the ids of their hosts, in reading order."""
    text = page.read_text(encoding="utf-8")
    parts = text.split('class="mem-host" id="')[1:]
    return [part.partition('"')[0] for part in parts]


def pages(html: Path) -> Iterator[Path]:
    """The pages of the built book that hold an explorer."""
    for page in sorted((html / "book").rglob("*.html")):
        if hosts(page):
            yield page


LOOKS = [(width, theme) for width in WIDTHS for theme in THEMES]


def names(html: Path, page: Path, look: tuple[str, str]) -> list[str]:
    """What the pictures of all explorers of a page are called, of one width and theme."""
    name = page.relative_to(html / "book").with_suffix("").as_posix().replace("/", "-")
    return [f"{name}-{i + 1}-{'-'.join(look)}" for i in range(len(hosts(page)))]


def taken(
    chromium: Any, html: Path, page: Path, look: tuple[str, str]
) -> Iterator[tuple[str, Image.Image]]:
    """The pictures of all explorers of a page, by name."""
    width, theme = look
    context = chromium.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    for key in ("mode", "theme"):
        context.add_init_script(f"localStorage.setItem('{key}', '{theme}')")
    view = context.new_page()
    view.goto(page.as_uri())
    view.add_style_tag(content=UNSEEN)
    view.evaluate("() => document.fonts.ready.then(() => 0)")
    for name, host in zip(names(html, page, look), hosts(page), strict=True):
        element = view.locator(f"#{host} .mem-explorer")
        element.wait_for()
        yield name, _small(_settled(view, element))
    context.close()


def _settled(view: Any, element: Any) -> bytes:
    """A picture of the element once it has stopped changing: checks run in slices."""
    before, now = b"", element.screenshot()
    for _ in range(20):
        if now == before:
            break
        view.wait_for_timeout(300)
        before, now = now, element.screenshot()
    return now


def _small(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    half = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
    return half.quantize(COLOURS, dither=Image.Dither.NONE)


def kept(name: str) -> Image.Image | None:
    """The picture that is kept under a name, if there is one."""
    path = FOLDER / f"{name}.png"
    return Image.open(path) if path.exists() else None


def difference(one: Image.Image, other: Image.Image) -> str:
    """What differs, in words; nothing where the pictures agree."""
    a, b = (np.asarray(image.convert("RGB"), int) for image in (one, other))
    if abs(a.shape[0] - b.shape[0]) > 0.02 * b.shape[0] + 2 or a.shape[1] != b.shape[1]:
        return f"{a.shape[1]} x {a.shape[0]} pixels, kept {b.shape[1]} x {b.shape[0]}"
    rows = min(len(a), len(b))
    share = float((np.abs(a[:rows] - b[:rows]).max(axis=2) > STEP).mean())
    return f"{share:.1%} of the pixels differ" if share > SHARE else ""
