"""Mouse, keyboard and fingers on the picture."""

import statistics

import numpy as np
import pytest

from mem_lib import explorer
from tests.explorer.pages import DATASETS, POINTS, Finger, Live, agrees


def test_mouse(live, networks):
    before = live.query(), live.data("output")
    mouse = live.page.mouse
    mouse.move(*live.spot(before[0]))
    mouse.down()
    for x in range(0, 50, 10):
        mouse.move(*live.spot((-30 + x, 40 - x)))
        assert agrees(live, networks)
    mouse.move(*live.spot((10, -60)))
    mouse.up()
    assert np.abs(np.subtract(live.query(), (10, -60))).max() <= 1
    assert live.data("output") != before[1]
    mouse.move(0, 0)
    assert np.abs(np.subtract(live.query(), (10, -60))).max() <= 1
    mouse.click(*live.spot((60, 60)))  # anywhere in the plane
    assert np.abs(np.subtract(live.query(), (60, 60))).max() <= 1 and agrees(live, networks)


def test_a_dragged_query_snaps_to_a_point_and_a_press_there_toggles(live, networks):
    mouse = live.page.mouse
    mouse.move(*live.spot(live.query()))
    mouse.down()
    x, y = live.spot(POINTS[1])
    mouse.move(x + 20, y)
    mouse.move(x + 5, y - 4)
    mouse.up()
    assert live.query() == POINTS[1] and agrees(live, networks)
    assert "Training point B: ✓" in live.page.inner_text(".mem-sentence")
    mouse.click(x, y)
    assert live.data("labelling") == str(21 ^ 2) and live.query() == POINTS[1]
    assert live.data("answer") == "1" and agrees(live, networks, 21 ^ 2)


def test_keyboard(live, networks):
    keys = live.page.keyboard
    live.page.focus(".mem-ring")
    x, y = live.query()
    steps = {"ArrowRight": (2, 0), "ArrowDown": (0, -2), "Shift+ArrowLeft": (-16, 0)}
    for key, moved in steps.items():
        keys.press(key)
        x, y = x + moved[0], y + moved[1]
        assert live.query() == (x, y) and agrees(live, networks)
    for key, i in {"PageDown": 0, "n": 1, "PageUp": 0, "p": 5}.items():
        keys.press(key)
        assert live.query() == POINTS[i] and agrees(live, networks)
        assert live.data("answer") == str(DATASETS[21].labels[i])
    for _ in range(30):
        keys.press("Shift+ArrowUp")
    assert live.query() == (POINTS[5][0], explorer.box_of(POINTS)[3])
    before = live.query()
    keys.press("a")
    assert live.query() == before
    live.page.focus(".mem-point >> nth=2")
    keys.press("Space")
    assert live.data("labelling") == str(21 ^ 4)
    ring = live.page.locator(".mem-ring")
    assert ring.get_attribute("role") == "slider"
    assert ring.get_attribute("aria-valuetext").startswith("(−8, 105)")
    live.page.wait_for_timeout(500)
    assert live.page.inner_text(".mem-spoken") == live.page.inner_text(".mem-sentence")


@pytest.fixture
def phone(chromium, address):
    page = Live(
        chromium, address, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    ).ready()
    yield page
    page.close()


def stands(phone, place, within=1):
    """Whether the query comes to a place."""
    return phone.comes(lambda: np.abs(np.subtract(phone.query(), place)).max() <= within)


def test_touch_on_the_ring_drags_and_does_not_scroll(phone, networks):
    phone.scroll_to(".mem-plane")
    scrolled = phone.page.evaluate("scrollY")
    Finger(phone).drag(phone.spot(phone.query()), phone.spot((0, -50)))
    assert stands(phone, (0, -50), within=2) and agrees(phone, networks)
    assert phone.page.evaluate("scrollY") == scrolled


def test_touch_beside_the_ring_scrolls_and_a_tap_places(phone, networks):
    before = phone.query()
    start = phone.spot((60, -20))
    Finger(phone).drag(start, (start[0], start[1] - 200))
    phone.page.wait_for_function("scrollY > 50")
    phone.at_rest()
    assert phone.query() == before
    phone.scroll_to(".mem-plane")
    phone.page.touchscreen.tap(*phone.spot((60, -20)))
    assert stands(phone, (60, -20)) and agrees(phone, networks)
    phone.page.touchscreen.tap(*phone.spot(POINTS[2]))
    assert phone.comes(lambda: phone.data("labelling") == str(21 ^ 4))
    assert stands(phone, (60, -20))


def test_a_phone_does_not_scroll_sideways_and_a_finger_has_room(phone):
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for selector in (".mem-point", ".mem-ring"):
        box = phone.page.locator(selector).first.bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44


def test_a_whole_frame_of_a_drag_is_in_time(live):
    times = live.page.evaluate(
        """async () => {
          const ring = document.querySelector(".mem-ring");
          const frame = window.requestAnimationFrame;
          const times = [];
          window.requestAnimationFrame = (draw) => frame((now) => {
            const start = performance.now();
            draw(now);
            times.push(performance.now() - start);
          });
          for (let i = 0; i < 60; i++) {
            const key = i % 30 < 15 ? "ArrowLeft" : "n";
            ring.dispatchEvent(new KeyboardEvent("keydown", { key }));
            await new Promise((done) => frame(() => frame(done)));
          }
          return times;
        }"""
    )
    assert len(times) >= 60 and statistics.median(times) <= 3 * 16
