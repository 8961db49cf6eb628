"""Pages that hold an explorer and nothing else, and what a reader's hands do there."""

import re
import time
from fractions import Fraction

import numpy as np

import mem_lib as ml
from mem_lib import explorer

SLUG = "beyond_worst_case.practical"
#: One construction of each chapter: fewer than the book shows, and each is something else.
SHOWN = ("two_layer.sorted", "optimal_relu.narrow", SLUG)
POINTS = explorer.POINTS
DATASETS = explorer.labellings(POINTS)
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin: 8px; font-family: sans-serif"><article><h1>Explorer</h1>%s
<div style="height: 2000px"></div></article></body></html>"""


def saved(folder, name, html):
    """The address of a page that holds ``html``, saved in ``folder``."""
    path = folder / f"{name}.html"
    path.write_text(PAGE % html, encoding="utf-8")
    return path.as_uri()


class Live:
    """A page with an explorer, and all that went wrong on it."""

    def __init__(self, chromium, address, init="", **context):
        self.problems = []
        context = {"viewport": {"width": 1000, "height": 900}, **context}
        self.context = chromium.new_context(**context)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(error.message))
        self.page.on("console", self._console)
        if init:
            self.page.add_init_script(init)
        self.page.goto(address)

    def _console(self, message):
        if message.type == "error":
            self.problems.append(message.text)

    def ready(self):
        self.page.wait_for_selector(".mem-explorer[data-output]")
        return self

    def data(self, name):
        """A ``data-`` attribute of the explorer, two frames later."""
        self.page.evaluate(
            "() => new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))"
        )
        return self.page.get_attribute(".mem-explorer", f"data-{name}")

    def query(self):
        return tuple(map(int, self.data("query").split(",")))

    def spot(self, point):
        """Where a point of the plane is on the screen."""
        left, right, bottom, top = explorer.box_of(POINTS)
        frame = self.page.locator(".mem-plane").bounding_box()
        return (
            frame["x"] + (point[0] - left) / (right - left) * frame["width"],
            frame["y"] + (top - point[1]) / (top - bottom) * frame["height"],
        )

    def scroll_to(self, selector):
        """Bring the top of an element to the top of the screen, and let the page come to rest."""
        self.page.locator(selector).first.evaluate("(one) => one.scrollIntoView()")
        self.at_rest()

    def at_rest(self, frames=20):
        """Wait until nothing has scrolled or changed for some frames: a finger that touches a page
        in motion only stops it, and what is drawn anew below a finger is not tapped."""
        self.page.evaluate(
            """(frames) => new Promise((done) => {
              const state = () =>
                JSON.stringify([scrollY, {...document.querySelector(".mem-explorer").dataset}]);
              let [place, left] = [state(), frames];
              requestAnimationFrame(function look() {
                if (place !== state()) [place, left] = [state(), frames];
                left-- ? requestAnimationFrame(look) : done();
              });
            })""",
            frames,
        )

    def comes(self, holds, seconds=10):
        """Whether something holds before long.  Fingers are not answered at once: the browser first
        has to decide whether they tap, drag or scroll."""
        end = time.monotonic() + seconds
        while not (held := holds()) and time.monotonic() < end:
            self.page.wait_for_timeout(20)
        return held

    def close(self):
        self.context.close()
        assert self.problems == []


class Finger:
    def __init__(self, live):
        self.session = live.context.new_cdp_session(live.page)

    def _send(self, kind, *points):
        self.session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    def drag(self, start, end, steps=8):
        self._send("touchStart", start)
        for t in range(1, steps + 1):
            way = [a + (b - a) * t / steps for a, b in zip(start, end, strict=True)]
            self._send("touchMove", way)
        self._send("touchEnd")


def exactly(network, point):
    """The library's answer as the page writes it."""
    (out,), denominator = ml.evaluate(network, np.array([point]))
    return ", ".join(str(Fraction(int(v), denominator)) for v in out)


def agrees(live, networks, labelling=21):
    """The output on the page is the library's for the place on the page."""
    assert live.data("output") == exactly(networks[labelling], live.query())
    label = ml.predict(networks[labelling], np.array([live.query()]))[0]
    assert live.data("answer") == str(label)
    return True


def some():
    """The cards of :data:`SHOWN`."""
    return [card for card in explorer.cards() if card.slug in SHOWN]


def bars(page):
    """The numbers above the bars."""
    texts = page.locator(".mem-ruler [data-count]").all_inner_texts()
    return [int(re.sub(r"\D", "", text)) for text in texts]


def numbers(pattern, text):
    """The numbers that a pattern finds in a text, whole ones as such."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(x) if "." in x else int(x) for x in found.groups()]


def count(live, name):
    """A counter of a study's network."""
    shown = live.page.inner_text(f"[data-count='{name}']")
    return int("".join(c for c in shown if c.isdigit()))


def move(live, name, stop):
    """Move a slider to a stop, by keys."""
    slider = live.page.get_by_role("slider", name=name, exact=True)
    slider.focus()
    live.page.keyboard.press("Home")
    for _ in range(20):
        if slider.get_attribute("aria-valuetext") == str(stop):
            break
        live.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == str(stop)


def discoveries(live):
    """What the page tells that there was to find out, in one line of text."""
    text = live.page.locator("details", has_text="What you may have found").text_content()
    return re.sub(r"\s+", " ", text)
