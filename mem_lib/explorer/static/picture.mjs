// The picture: a plane with training points to press, regions, first-layer lines and a query ring.

import { h, place, sliced } from "./pieces.mjs";

const SVG = "http://www.w3.org/2000/svg";
const MAGNET = 9; // pixels within which a dragged query snaps to a training point
const REACH = 22; // half of the 44 pixels that a finger needs
const STILL = 4; // a pointer that moved less has clicked

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A class's mark: 0 a disc, 1 a diamond. */
function mark(k) {
  const look = `mem-mark mem-class-${k}`;
  const svg = drawn("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true", class: look });
  svg.append(k === 0 ? drawn("circle", { r: 7 }) : drawn("path", { d: "M0-9 9 0 0 9-9 0Z" }));
  return svg;
}

/**
 * The plane of the box [left, right, bottom, top], all integers on the grid of the points.
 * `on.toggle(i)`, `on.query([x, y])` and `on.hop(step)` report what the reader does.
 */
function plane({ points, names, box, on }) {
  const [left, right, bottom, top] = box;
  const side = right - left;
  const regions = h("canvas", { "aria-hidden": "true" });
  const lines = drawn("svg", { viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true" });
  const percent = ([x, y]) =>
    `left: ${(100 * (x - left)) / side}%; top: ${(100 * (top - y)) / side}%`;
  const buttons = points.map((point, i) =>
    h("button", {
      type: "button", class: "mem-point", style: percent(point), onclick: () => on.toggle(i),
      "aria-label": `Point ${names[i]} at ${place(point)}: label 1, orange`,
    }));
  const ring = h("div", {
    class: "mem-ring", role: "slider", tabindex: 0, "aria-label": "Query point",
    "aria-valuemin": left, "aria-valuemax": right,
  });
  const element = h("div",
    { class: "mem-plane", role: "group", "aria-label": "The plane of the data" },
    regions, lines, ...buttons, ring);
  let query = [0, 0];

  const pixels = () => element.getBoundingClientRect().width / side;
  const inside = ([x, y]) => [
    Math.min(Math.max(Math.round(x), left), right),
    Math.min(Math.max(Math.round(y), bottom), top),
  ];
  const under = (event) => {
    const frame = element.getBoundingClientRect();
    return [
      left + ((event.clientX - frame.left) / frame.width) * side,
      top - ((event.clientY - frame.top) / frame.height) * side,
    ];
  };
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) * pixels();
  const near = (spot, reach) => {
    const away = points.map((p) => apart(p, spot));
    const i = away.indexOf(Math.min(...away));
    return away[i] <= reach ? i : -1;
  };
  // At once, not at the next drawing: keys may come faster than frames.
  const ask = (next) => on.query((query = next));
  const drop = (spot) => {
    const i = near(spot, MAGNET);
    ask(i < 0 ? inside(spot) : points[i]);
  };

  let held = null;
  let tap = false; // the last press was a finger on the bare plane
  function take(event, grip) {
    event.preventDefault();
    ring.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const from = [event.clientX, event.clientY];
    held = { id: event.pointerId, from, grip, moved: grip === null };
    if (grip === null) drop(under(event));
  }
  element.addEventListener("pointerdown", (event) => {
    tap = false;
    if (event.button || held || event.target.closest(".mem-point")) return;
    const spot = under(event);
    if (event.target === ring) take(event, [query[0] - spot[0], query[1] - spot[1]]);
    else if (event.pointerType === "mouse") take(event, null);
    else tap = true; // a finger may be about to scroll the page: wait for the click
  });
  element.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const way = Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]);
    held.moved ||= way >= STILL;
    const spot = under(event);
    if (held.moved) drop(held.grip ? [spot[0] + held.grip[0], spot[1] + held.grip[1]] : spot);
  });
  element.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.id) return;
    // The ring may lie on a point: a click that moves nothing is meant for the point.
    const pressed = held.moved ? -1 : near(under(event), REACH);
    held = null;
    if (pressed >= 0) on.toggle(pressed);
  });
  element.addEventListener("pointercancel", () => (held = null));
  element.addEventListener("click", (event) => {
    if (tap) drop(under(event));
    tap = false;
  });

  ring.addEventListener("keydown", (event) => {
    const far = (event.shiftKey ? 8 : 1) * Math.max(1, Math.round(side / 120));
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
    labels(labels) {
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", labels[i] === 1);
        button.replaceChildren(mark(labels[i]), h("span", { "aria-hidden": "true" }, names[i]));
      });
    },
    query(next, text) {
      query = next;
      ring.setAttribute("style", percent(next));
      ring.setAttribute("aria-valuenow", next[0]);
      ring.setAttribute("aria-valuetext", text);
    },
    /** The zero lines of the first layer's neurons; those that are on are drawn stronger. */
    lines(network, shift, sums) {
      const unit = 2 ** (Number(network.inputShift) - shift);
      lines.replaceChildren(...network.layers[0].rows.flatMap(({ bias, from, weights }, j) => {
        const w = [0, 0];
        from.forEach((k, t) => (w[k] = Number(weights[t]) * unit));
        const square = w[0] ** 2 + w[1] ** 2;
        if (!square) return [];
        const foot = w.map((c) => (-Number(bias) * c) / square);
        const along = [-w[1], w[0]].map((c) => (2 * side * c) / Math.sqrt(square));
        return [drawn("line", {
          class: sums[j] >= 0n ? "mem-on" : "mem-off",
          x1: foot[0] - along[0] - left, y1: top - foot[1] + along[1],
          x2: foot[0] + along[0] - left, y2: top - foot[1] - along[1],
        })];
      }));
    },
    regions: painter(regions, box),
  };
}

/**
 * Fills the canvas with the network's answers, coarse first: steps of 8, 4, 2, 1 on a grid of
 * about 240 x 240 points, each evaluated exactly; 8 ms a frame; a change starts again.
 */
function painter(canvas, [left, right, bottom, top]) {
  const unit = Math.max(1, Math.ceil((right - left) / 240));
  const count = Math.floor((right - left) / unit) + 1;
  let job = null;
  let colours = null;
  let last = null; // { side, answers }

  function paint() {
    if (!last || !colours) return;
    canvas.width = canvas.height = last.side;
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(last.side, last.side);
    last.answers.forEach((k, i) => k >= 0 && k < 2 && image.data.set(colours[k], 4 * i));
    pen.putImageData(image, 0, 0);
  }

  function* fill(answer) {
    for (const step of [8, 4, 2, 1]) {
      const side = Math.ceil(count / step);
      const answers = new Int32Array(side * side);
      const begun = performance.now();
      let spent = 0;
      for (let i = 0; i < side; i++) {
        const y = Math.max(top - unit * (i * step + (step >> 1)), bottom);
        const start = performance.now();
        for (let j = 0; j < side; j++) {
          const x = Math.min(left + unit * (j * step + (step >> 1)), right);
          answers[i * side + j] = answer([x, y]);
        }
        spent += performance.now() - start;
        yield;
      }
      last = { side, answers };
      paint();
      canvas.dataset.side = side;
      canvas.dataset.ms = Math.round(performance.now() - begun);
      if (spent > 250) return; // a slow machine keeps the coarser picture
    }
  }

  return {
    start(answer) {
      job?.cancel();
      job = sliced(fill(answer));
    },
    recolour(next) {
      colours = next;
      paint();
    },
    stop: () => job?.cancel(),
  };
}

export { drawn, mark, plane };
