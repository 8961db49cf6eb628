// The nearest training point of each class, and the difference of their squared distances.

import { drawn } from "./picture.mjs";
import { h, minus, say } from "./pieces.mjs";

const [WIDE, ROW] = [360, 16];

/** The nearest point of each class: Map of label -> { i, square }, squares on the network's grid. */
function nearestOf(cell, point) {
  const found = new Map();
  cell.points.forEach((other, i) => {
    const square = other.reduce((sum, x, k) => sum + (x - point[k]) ** 2n, 0n);
    const best = found.get(cell.values[i]);
    if (!best || square < best.square) found.set(cell.values[i], { i, square });
  });
  return found;
}

/** Bars of the two squared distances; `marks` are [value, word] of the classes. */
function rivals(marks) {
  const svg = drawn("svg", { viewBox: `0 0 ${WIDE} ${2 * ROW}`, class: "mem-straight",
    "aria-hidden": "true" });
  const bars = marks.map((_, k) => svg.appendChild(drawn("rect", {
    class: `mem-class-${k}`, x: 0, y: k * ROW + 1, height: ROW - 3 })));
  const rest = svg.appendChild(drawn("rect", { class: "mem-rest", height: ROW - 3 }));
  const words = h("p", { class: "mem-head" });
  return {
    element: h("div", {}, svg, words),
    /** `near` as `nearestOf` gives it, on the grid 2^-shift; `told` follows. */
    draw(near, shift, told) {
      const unit = 4 ** Number(shift);
      const squares = marks.map(([value]) => Number(near.get(value)?.square ?? 0n) / unit);
      const most = Math.max(...squares, 1e-12);
      const wide = squares.map((square) => (WIDE * square) / most);
      bars.forEach((bar, k) => bar.setAttribute("width", Math.max(wide[k], 1)));
      const shorter = wide[0] <= wide[1] ? 0 : 1;
      rest.setAttribute("x", wide[shorter]);
      rest.setAttribute("y", shorter * ROW + 1);
      rest.setAttribute("width", wide[1 - shorter] - wide[shorter]);
      const each = marks.map(([value, word], k) => (near.has(value)
        ? `${word.split(" ")[0]}: point ${near.get(value).i}, squared distance ${
          Number(squares[k].toPrecision(3))}` : `no ${word.split(" ")[0]} point`));
      say(words, `Nearest ${each.join("; nearest ")}. ${told}`);
    },
    difference: (near, shift) => minus(Number((Number(near.get(marks[0][0]).square
      - near.get(marks[1][0]).square) / 4 ** Number(shift)).toPrecision(3))),
  };
}

export { nearestOf, rivals };
