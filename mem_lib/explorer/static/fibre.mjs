// The line of all points of the plane that a network with one direction cannot tell apart, and what
// is true along it.

import { inPlane } from "./field.mjs";
import { drawn } from "./picture.mjs";
import { h, say } from "./pieces.mjs";

const [WIDE, EDGE, HIGH] = [360, 6, 18]; // of the straightened line

/**
 * The line through `spot` on which the row of a first layer is constant, and its parts { from, to,
 * label } in true rings { inner, outer, label } about the origin; all in steps of the plane.
 */
function fibreOf(row, cell, spot, rings) {
  const [a, b] = inPlane(row, cell.view, cell.scale);
  const size = Math.hypot(a, b);
  const [across, along] = [[a / size, b / size], [-b / size, a / size]];
  const dot = (v) => v[0] * spot[0] + v[1] * spot[1];
  const height = dot(across);
  const foot = across.map((c) => height * c);
  const reach = (radius) => Math.sqrt(Math.max(radius ** 2 - height ** 2, 0));
  const parts = rings.flatMap(({ inner, outer, label }) => {
    const [near, far] = [reach(inner), reach(outer)];
    if (!far) return [];
    return near ? [{ from: -far, to: -near, label }, { from: near, to: far, label }]
      : [{ from: -far, to: far, label }];
  }).sort((one, other) => one.from - other.from);
  return { here: dot(along), parts, place: (x) => foot.map((c, k) => c + x * along[k]) };
}

/** How long the parts of each label are. */
function lengths(parts) {
  const found = new Map();
  parts.forEach(({ from, to, label }) => found.set(label, (found.get(label) ?? 0) + to - from));
  return found;
}

/** The line, straightened: `draw(fibre, most, text)`, `most` half its length. */
function straightened(kinds) {
  const element = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH + 14}`, class: "mem-straight",
    role: "img", "aria-label": "The line through the query, straightened." });
  const base = drawn("path", { class: "mem-base", d: `M${EDGE} ${HIGH / 2}H${WIDE - EDGE}` });
  const pointer = drawn("path", { class: "mem-pointer", d: "M0 0l5 9h-10Z" });
  const words = h("p", { class: "mem-head" });
  return {
    element: h("div", {}, element, words),
    draw({ here, parts }, most, text) {
      const at = (x) => EDGE + ((WIDE - 2 * EDGE) * (x + most)) / (2 * most);
      element.replaceChildren(base, ...parts.map(({ from, to, label }) => drawn("rect", {
        class: `mem-run mem-class-${kinds.get(label)}`, x: at(from), y: 1, height: HIGH - 2,
        width: Math.max(at(to) - at(from), 0.5) })), pointer);
      const x = Math.min(Math.max(at(here), EDGE), WIDE - EDGE);
      pointer.setAttribute("transform", `translate(${x.toFixed(1)} ${HIGH + 2})`);
      element.setAttribute("aria-label", text);
      say(words, text);
    },
  };
}

export { fibreOf, lengths, straightened };
