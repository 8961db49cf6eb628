"""Make the moving picture of the README from the built landing page: book/_static/moving-*.webp.

    .venv/bin/python tools/moving.py

The book has to be built (``make book``).  A browser drags the ring, presses points and takes
another construction, as a reader does; what it shows meanwhile becomes one animated picture for
light pages and one for dark ones, each with a still for readers who want no motion.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any, List, Sequence, Tuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402

OUT = ROOT / "book" / "_static"
WIDTH, HEIGHT = 760, 1400
MOST = 1_000_000  # bytes of a picture
Frame = Tuple[bytes, int]  # a screenshot, and for how many milliseconds it stands

#: What the hands do: drag the ring to a share of the plane (from the left, from the top), press a
#: point, or take a construction.
GESTURES: Sequence[Tuple[str, Any]] = (
    ("drag", (0.62, 0.5)),
    ("press", "D"),
    ("press", "F"),
    ("drag", (0.3, 0.75)),
    ("take", "optimal_relu.merged"),
    ("drag", (0.75, 0.3)),
    ("press", "F"),
    ("press", "D"),
    ("take", "beyond_worst_case.practical"),
    ("drag", (0.28, 0.19)),
)


class Hands:
    """A reader at the explorer of a page, whose every move is photographed."""

    def __init__(self, view: Any) -> None:
        self.view, self.frames = view, []  # type: Any, List[Frame]
        view.wait_for_selector(".mem-explorer[data-output]")
        top = view.locator(".mem-touch").bounding_box()
        end = view.locator(".mem-top").first.bounding_box()
        self.clip = {
            "x": end["x"] - 8, "y": top["y"] - 6, "width": end["width"] + 16,
            "height": end["y"] + end["height"] - top["y"] + 10,
        }
        self.rest(1200)

    def take_frame(self, milliseconds: int) -> None:
        self.frames.append((self.view.screenshot(clip=self.clip), milliseconds))

    def rest(self, milliseconds: int) -> None:
        """Wait until the regions are as fine as they get, and let the picture stand."""
        side = None
        canvas = self.view.locator(".mem-plane canvas")
        while side != (side := canvas.get_attribute("data-side")):
            self.view.wait_for_timeout(900)
        self.take_frame(milliseconds)

    def drag(self, to: Tuple[float, float], steps: int = 12) -> None:
        ring = self.view.locator(".mem-ring").bounding_box()
        plane = self.view.locator(".mem-plane").bounding_box()
        start = (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        end = (plane["x"] + to[0] * plane["width"], plane["y"] + to[1] * plane["height"])
        mouse = self.view.mouse
        mouse.move(*start)
        mouse.down()
        for i in range(1, steps + 1):
            mouse.move(*[a + (b - a) * i / steps for a, b in zip(start, end, strict=True)])
            self.view.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
            self.take_frame(90)
        mouse.up()
        self.rest(800)

    def press(self, name: str) -> None:
        self.view.get_by_role("button", name="Point %s at" % name).click()
        self.rest(1000)

    def take(self, name: str) -> None:
        self.view.get_by_role("combobox").select_option(name)
        self.rest(1400)


def filmed(page: str, mode: str, chromium: Any, gestures: Any = GESTURES) -> List[Frame]:
    """The frames of the page at an address, in light or dark."""
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=mode, device_scale_factor=1
    )
    for key in ("mode", "theme"):
        context.add_init_script("localStorage.setItem('%s', '%s')" % (key, mode))
    view = context.new_page()
    view.goto(page)
    hands = Hands(view)
    for name, argument in gestures:
        getattr(hands, name)(argument)
    context.close()
    return hands.frames


def animated(frames: Sequence[Frame]) -> bytes:
    """The frames as one animated WebP that runs for ever; of lower quality until it is small."""
    from PIL import Image

    pictures = [Image.open(io.BytesIO(png)).convert("RGB") for png, _ in frames]
    for quality in (80, 60, 40, 20):
        out = io.BytesIO()
        pictures[0].save(
            out, "WEBP", save_all=True, append_images=pictures[1:], loop=0, method=6,
            duration=[milliseconds for _, milliseconds in frames], quality=quality,
        )
        if len(out.getvalue()) <= MOST:
            return out.getvalue()
    raise SystemExit("The moving picture is larger than %d bytes." % MOST)


def main() -> int:
    """Film the landing page in both themes and write four pictures."""
    page = ROOT / "_build" / "html" / "book" / "index.html"
    if not page.is_file():
        raise SystemExit("There is no built book (make book).")
    path = browser.find()
    if path is None:
        raise SystemExit("No browser was found; MEM_LIB_BROWSER may name one.")
    with browser.launched(path) as chromium:
        for mode in ("light", "dark"):
            frames = filmed(page.as_uri(), mode, chromium)
            (OUT / ("moving-%s.webp" % mode)).write_bytes(animated(frames))
            (OUT / ("still-%s.webp" % mode)).write_bytes(animated(frames[:1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
