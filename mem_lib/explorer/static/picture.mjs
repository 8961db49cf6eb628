// The picture: a plane with training points to press, regions, first-layer lines and a query ring.

import { percent, ringOf } from "./hands.mjs";
import { h, place, sliced } from "./pieces.mjs";

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Of a diamond, a triangle, a square, a triangle on its tip and a cross; a disc comes first.
const PATHS = [
  "M0-9 9 0 0 9-9 0Z", "M0-9 8 6-8 6Z", "M-6-6H6V6H-6Z", "M0 9 8-6-8-6Z",
  "M-3-8H3V-3H8V3H3V8H-3V3H-8V-3H-3Z",
];

/** A class's or a chapter's mark about (0, 0), 7 units large. */
function shape(k, attributes = {}) {
  const which = k % (PATHS.length + 1);
  return which ? drawn("path", { d: PATHS[which - 1], ...attributes })
    : drawn("circle", { r: 7, ...attributes });
}

/** A class's mark as a small picture. */
function mark(k) {
  const look = `mem-mark mem-class-${k}`;
  const svg = drawn("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true", class: look });
  svg.append(shape(k));
  return svg;
}

/**
 * The plane of the box [left, right, bottom, top], all integers on the grid of the points.
 * `on.toggle(i)`, `on.query([x, y])` and `on.hop(step)` report what the reader does.
 */
function plane({ points, names, box, on }) {
  const [left, right, , top] = box;
  const side = right - left;
  const regions = h("canvas", { "aria-hidden": "true" });
  const lines = drawn("svg", { viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true" });
  const buttons = points.map((point, i) =>
    h("button", {
      type: "button", class: "mem-point", style: percent(point, box),
      onclick: () => on.toggle(i),
      "aria-label": `Point ${names[i]} at ${place(point)}: label 1, orange`,
    }));
  const element = h("div",
    { class: "mem-plane", role: "group", "aria-label": "The plane of the data" },
    regions, lines, ...buttons);
  const ring = ringOf({
    frame: element, box: () => box, points: () => points,
    on: { query: (query) => on.query(query), hop: on.hop, press: on.toggle },
  });
  element.append(ring.element);

  return {
    element,
    labels(labels) {
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", labels[i] === 1);
        button.replaceChildren(mark(labels[i]), h("span", { "aria-hidden": "true" }, names[i]));
      });
    },
    query: ring.set,
    /** The zero lines of the first layer's neurons; those that are on are drawn stronger. */
    lines(network, shift, sums) {
      const unit = 2 ** (Number(network.inputShift) - shift);
      lines.replaceChildren(...network.layers[0].rows.flatMap(({ bias, from, weights }, j) => {
        const w = [0, 0];
        from.forEach((k, t) => (w[k] = Number(weights[t]) * unit));
        const line = zeroLine(w, Number(bias), box);
        if (line) line.setAttribute("class", sums[j] >= 0n ? "mem-on" : "mem-off");
        return line ? [line] : [];
      }));
    },
    regions: painter(regions, () => box),
  };
}

/** The line w x + b = 0 across the box, in its picture's coordinates; null where there is none. */
function zeroLine([a, b], bias, [left, right, , top]) {
  const square = a * a + b * b;
  if (!square) return null;
  const foot = [(-a * bias) / square, (-b * bias) / square];
  const long = (2 * (right - left)) / Math.sqrt(square);
  const along = [-b * long, a * long];
  return drawn("line", {
    x1: foot[0] - along[0] - left, y1: top - foot[1] + along[1],
    x2: foot[0] + along[0] - left, y2: top - foot[1] - along[1],
  });
}

/**
 * Fills the canvas with the network's answers, coarse first: steps of 8, 4, 2, 1 on a grid of
 * about 240 x 240 points, each evaluated exactly; 8 ms a frame; a change starts again.  Nothing
 * finer follows where that took longer than `patience`, in ms.
 */
function painter(canvas, box) {
  let job = null;
  let colours = null;
  let last = null; // { side, answers }

  function paint() {
    if (!last || !colours) return;
    canvas.width = canvas.height = last.side;
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(last.side, last.side);
    last.answers.forEach((k, i) => colours[k] && image.data.set(colours[k], 4 * i));
    pen.putImageData(image, 0, 0);
  }

  function* fill(answer, patience) {
    const [left, right, bottom, top] = box();
    const unit = Math.max(1, Math.ceil((right - left) / 240));
    const count = Math.floor((right - left) / unit) + 1;
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
      if (spent > patience) return; // a slow machine keeps the coarser picture
    }
  }

  return {
    start(answer, { done = () => {}, patience = 250 } = {}) {
      job?.cancel();
      job = sliced(fill(answer, patience), done);
    },
    recolour(next) {
      colours = next;
      paint();
    },
    stop: () => job?.cancel(),
  };
}

export { drawn, mark, painter, plane, shape, zeroLine };
