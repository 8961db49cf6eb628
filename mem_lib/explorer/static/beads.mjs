// Points on a line, as beads that mouse, fingers and keys move along it and turn over.

import { h } from "./pieces.mjs";
import { mark } from "./picture.mjs";

const REACH = 26; // pixels from a bead's middle within which a press is meant for it
const STILL = 4; // a pointer that moved less along the line has clicked

/**
 * Beads at whole places 0..span with labels 0 and 1, in the element `frame`.  `at([place, label])`
 * is where a bead stands, in per cent of the frame from the left and from the top.
 * `on.begin()` tells that a gesture starts, `on.move(i, place)` and `on.turn(i)` what it wants.
 */
function beads({ frame, span, most, at, on }) {
  const elements = Array.from({ length: most }, (_, i) => h("div", {
    class: "mem-bead", role: "slider", tabindex: -1, "aria-label": `Point ${i + 1}`,
    "aria-valuemin": 0, "aria-valuemax": span, onkeydown: (event) => press(event, i),
    onfocus: () => choose(i),
  }));
  frame.append(...elements);
  let points = [];
  let chosen = 0;

  function choose(i) {
    chosen = i;
    elements.forEach((bead, j) => (bead.tabIndex = j === i ? 0 : -1));
  }
  const taken = (place, i) => points.some((p, j) => j !== i && p[0] === place);
  /** The first free place from `place` on, in steps of `step`; bead i's own where there is none. */
  function free(i, place, step) {
    for (let p = place; p >= 0 && p <= span; p += step) if (!taken(p, i)) return p;
    return points[i][0];
  }

  // --- Mouse and fingers -----------------------------------------------------------------------

  const [zero] = at([0, 0]);
  const unit = (at([span, 0])[0] - zero) / span; // one place, in per cent
  let held = null;
  function under(event) {
    const box = frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top, box];
  }
  function nearest(event) {
    const [x, y, box] = under(event);
    const away = points.map((point) => {
      const [left, top] = at(point);
      return Math.hypot(x - (left * box.width) / 100, y - (top * box.height) / 100);
    });
    const least = Math.min(...away);
    return least <= REACH ? away.indexOf(least) : -1;
  }
  frame.addEventListener("pointerdown", (event) => {
    const i = event.button || held ? -1 : nearest(event);
    if (i < 0) return;
    event.preventDefault();
    elements[i].focus({ preventScroll: true });
    frame.setPointerCapture(event.pointerId);
    held = { id: event.pointerId, i, x: event.clientX, from: points[i][0], moved: false };
    on.begin();
  });
  frame.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    held.moved ||= Math.abs(event.clientX - held.x) >= STILL;
    if (!held.moved) return;
    const [x, , box] = under(event);
    const wanted = Math.round(((100 * x) / box.width - zero) / unit);
    const place = Math.min(Math.max(wanted, 0), span);
    if (!taken(place, held.i)) on.move(held.i, place);
  });
  frame.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.id) return;
    const { i, moved } = held;
    held = null;
    if (!moved) on.turn(i);
  });
  frame.addEventListener("pointercancel", () => {
    // The finger scrolls the page after all.
    if (held?.moved) on.move(held.i, held.from);
    held = null;
  });

  // --- Keys ------------------------------------------------------------------------------------

  function press(event, i) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [place, label] = points[i];
    const far = event.shiftKey ? 5 : 1;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const hop = { PageDown: 1, n: 1, PageUp: -1, p: -1 }[event.key];
    const end = { Home: [0, 1], End: [span, -1] }[event.key];
    const turned = {
      Enter: true, " ": true, ArrowUp: label === 0, ArrowDown: label === 1,
    }[event.key];
    if ([step, hop, end, turned].every((wish) => wish === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    if (hop) return next(i, hop);
    on.begin();
    const to = Math.min(Math.max(place + far * step, 0), span);
    if (step) on.move(i, free(i, to, step));
    else if (end) on.move(i, free(i, ...end));
    else if (turned) on.turn(i);
  }
  /** The focus goes to the next bead along the line. */
  function next(i, step) {
    const order = points.map((_, j) => j).sort((a, b) => points[a][0] - points[b][0]);
    const place = (order.indexOf(i) + step + order.length) % order.length;
    elements[order[place]].focus({ preventScroll: true });
  }

  return {
    /** Show these points; `text(i)` is what a screen reader says of bead i. */
    set(shown, text) {
      points = shown;
      if (chosen >= points.length) chosen = 0;
      elements.forEach((bead, i) => {
        bead.hidden = i >= points.length;
        bead.tabIndex = i === chosen ? 0 : -1;
        if (bead.hidden) return;
        const [place, label] = points[i];
        const [left, top] = at(points[i]);
        bead.setAttribute("style", `left: ${left}%; top: ${top}%`);
        bead.setAttribute("aria-valuenow", place);
        bead.setAttribute("aria-valuetext", text(i));
        if (bead.dataset.label !== String(label)) bead.replaceChildren(mark(label));
        bead.dataset.label = label;
      });
    },
  };
}

export { beads };
