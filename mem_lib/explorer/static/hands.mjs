// The query ring: mouse, fingers and keys on a picture of the plane.

import { h } from "./pieces.mjs";

const MAGNET = 9; // pixels within which a dragged query snaps to a training point
const REACH = 22; // half of the 44 pixels that a finger needs
const STILL = 4; // a pointer that moved less has clicked

/** Where a place of the box is in the frame, for a style attribute. */
const percent = ([x, y], [left, right, , top]) => {
  const side = right - left;
  return `left: ${(100 * (x - left)) / side}%; top: ${(100 * (top - y)) / side}%`;
};

/**
 * The ring of the element `frame`.  `box()` is [left, right, bottom, top], whole numbers, and
 * `points()` the training points.  `on.query([x, y], i)` reports a new place, i >= 0 where it is
 * point i; `on.hop(step)` asks for the next point; `on.press(i)`, where given, reports a click on
 * point i that moved nothing.  `buttons` is a selector of elements that take their own clicks.
 */
function ringOf({ frame, box, points, on, buttons = ".mem-point" }) {
  const element = h("div", {
    class: "mem-ring", role: "slider", tabindex: 0, "aria-label": "Query point",
  });
  let query = [0, 0];

  const side = () => box()[1] - box()[0];
  const inside = ([x, y]) => {
    const [left, right, bottom, top] = box();
    return [
      Math.min(Math.max(Math.round(x), left), right),
      Math.min(Math.max(Math.round(y), bottom), top),
    ];
  };
  const under = (event) => {
    const around = frame.getBoundingClientRect();
    return [
      box()[0] + ((event.clientX - around.left) / around.width) * side(),
      box()[3] - ((event.clientY - around.top) / around.height) * side(),
    ];
  };
  const near = (spot, reach) => {
    const pixels = frame.getBoundingClientRect().width / side();
    let [best, least] = [-1, reach];
    points().forEach((p, i) => {
      const away = Math.hypot(p[0] - spot[0], p[1] - spot[1]) * pixels;
      if (away <= least) [best, least] = [i, away];
    });
    return best;
  };
  // At once, not at the next drawing: keys may come faster than frames.
  const ask = (next, i = -1) => on.query((query = next), i);
  const drop = (spot) => {
    const i = near(spot, MAGNET);
    ask(i < 0 ? inside(spot) : points()[i], i);
  };

  let held = null;
  let tap = false; // the last press was a finger on the bare plane
  function take(event, grip) {
    event.preventDefault();
    element.focus({ preventScroll: true });
    frame.setPointerCapture(event.pointerId);
    const from = [event.clientX, event.clientY];
    held = { id: event.pointerId, from, grip, moved: grip === null };
    if (grip === null) drop(under(event));
  }
  frame.addEventListener("pointerdown", (event) => {
    tap = false;
    if (event.button || held || event.target.closest(buttons)) return;
    const spot = under(event);
    if (event.target === element) take(event, [query[0] - spot[0], query[1] - spot[1]]);
    else if (event.pointerType === "mouse") take(event, null);
    else tap = true; // a finger may be about to scroll the page: wait for the click
  });
  frame.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const way = Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]);
    held.moved ||= way >= STILL;
    const spot = under(event);
    if (held.moved) drop(held.grip ? [spot[0] + held.grip[0], spot[1] + held.grip[1]] : spot);
  });
  frame.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.id) return;
    // The ring may lie on a point: a click that moves nothing is meant for the point.
    const pressed = held.moved || !on.press ? -1 : near(under(event), REACH);
    held = null;
    if (pressed >= 0) on.press(pressed);
  });
  frame.addEventListener("pointercancel", () => (held = null));
  frame.addEventListener("click", (event) => {
    if (tap) drop(under(event));
    tap = false;
  });

  element.addEventListener("keydown", (event) => {
    const far = (event.shiftKey ? 8 : 1) * Math.max(1, Math.round(side() / 120));
    const step = {
      ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far],
    }[event.key];
    const hop = { PageDown: 1, n: 1, PageUp: -1, p: -1 }[event.key];
    if (!(step || hop) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (hop) on.hop(hop);
    else ask(inside([query[0] + step[0], query[1] + step[1]]));
  });

  return {
    element,
    /** Move the ring to `next`; `text` is what a screen reader says of it. */
    set(next, text) {
      query = next;
      element.setAttribute("style", percent(next, box()));
      element.setAttribute("aria-valuemin", box()[0]);
      element.setAttribute("aria-valuemax", box()[1]);
      element.setAttribute("aria-valuenow", next[0]);
      element.setAttribute("aria-valuetext", text);
    },
  };
}

export { percent, ringOf };
