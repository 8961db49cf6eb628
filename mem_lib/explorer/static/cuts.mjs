// The same points cut in several ways: small pictures side by side, with what each costs beneath.

import { inPlane } from "./field.mjs";
import { coloured, h, say, spaced } from "./pieces.mjs";

const SIDE = 240; // pixels of a small picture's canvas

/** Pictures of the choices of `axis`; what each costs is counted in `unit`. */
function cuts({ values, words }, unit) {
  const parts = values.map((name, i) => {
    const canvas = h("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
    const [count, note] = [h("b", {}), h("span", { class: "mem-fewest" })];
    const bar = h("i", { class: "mem-part" });
    const element = h("li", { "data-cut": name }, canvas, h("span", {}, words[i]), count, note,
      h("div", { "aria-hidden": "true" }, bar));
    return { name, canvas, count, note, bar, element };
  });
  const list = h("ul", { class: "mem-cuts", "aria-label": `${unit} of three networks` },
    ...parts.map(({ element }) => element));
  let colours = null;
  let kinds = new Map();
  const shown = new Map(); // the cells in the pictures, by choice

  function paint({ name, canvas }) {
    const cell = shown.get(name);
    canvas.toggleAttribute("hidden", !cell);
    if (!cell || !colours) return;
    const { view, network, scale, values } = cell;
    const [left, right, , top] = view.box;
    const unit = SIDE / (right - left);
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, SIDE, SIDE);
    view.spots.forEach(([s, t], i) => {
      pen.fillStyle = colours.classes[kinds.get(values[i])];
      pen.fillRect((s - left) * unit - 1.5, (top - t) * unit - 1.5, 3, 3);
    });
    pen.strokeStyle = colours.ink;
    pen.globalAlpha = 0.5;
    pen.beginPath();
    if (network.layers.length > 1) network.layers[0].rows.forEach((row) => {
      const [a, b, c] = inPlane(row, view, scale);
      const at = (s, t) => pen.lineTo((s - left) * unit, (top - t) * unit);
      const size = a * a + b * b;
      if (!size) return;
      const way = (right - left) / Math.sqrt(size);
      const [s, t] = [(-a * c) / size, (-b * c) / size];
      pen.moveTo((s - b * way * 2 - left) * unit, (top - t - a * way * 2) * unit);
      at(s + b * way * 2, t - a * way * 2);
    });
    pen.stroke();
    pen.globalAlpha = 1;
  }

  const uncolour = coloured(list, (get) => {
    colours = { ink: get("ink"), classes: [0, 1].map((k) => get(`class-${k}`)) };
    parts.forEach(paint);
  });
  return {
    element: list,
    /** What each costs, null where it cannot be built, and which of them is shown large. */
    counts(counts, chosen) {
      const all = Object.values(counts).filter((count) => count !== null);
      const [fewest, most] = [Math.min(...all), Math.max(...all, 1)];
      parts.forEach(({ name, count, note, bar, element }) => {
        const own = counts[name];
        say(count, own === null ? "too many" : `${spaced(own)} ${unit}`);
        say(note, own === fewest ? "fewest" : "");
        element.toggleAttribute("data-fewest", own === fewest);
        element.toggleAttribute("data-chosen", name === chosen);
        bar.setAttribute("style", `width: ${(100 * (own ?? most)) / most}%`);
      });
    },
    /** The cells in the pictures, as [choice, cell]; the other choices have none. */
    show(cells, classes) {
      kinds = classes;
      shown.clear();
      cells.forEach(([name, cell]) => shown.set(name, cell));
      parts.forEach(paint);
    },
    stop: uncolour,
  };
}

export { cuts };
