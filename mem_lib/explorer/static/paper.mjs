// A strip of paper seen from its edge while it is folded, with two neighbours on it.

import { drawn } from "./picture.mjs";
import { h } from "./pieces.mjs";

const [SIDE, FOOT, HEAD] = [26, 34, 30]; // pixels around the paper
const LIFT = 0.55; // the picture is seen from above: heights are shortened

/**
 * The strip [0, 2^bits] after `folds` folds and the part `turn` (0 to 1) of the next.  The paper
 * then lies between 0 and 2^(bits - folds), and what is beyond its half is being turned over.
 */
function paper() {
  const svg = drawn("svg", { "aria-hidden": "true" });
  const element = h("div", { class: "mem-paper" }, svg);
  let shown = null;

  function draw() {
    const width = element.clientWidth;
    if (!shown || !width) return;
    const { bits, folds, turn, places, names } = shown;
    const length = 2 ** (bits - folds);
    const crease = length / 2;
    const angle = Math.PI * turn;
    // In its second half a fold is also brought nearer, so that what is left fills the width.
    const seen = length * 2 ** -Math.max(0, 2 * turn - 1);
    const unit = (width - 2 * SIDE) / seen;
    const floor = HEAD + (LIFT * (width - 2 * SIDE)) / 2;
    const height = floor + FOOT;
    const lift = (v) => (turn > 0 && v > crease ? v - crease : 0);
    const spot = (v) => {
      const up = lift(v);
      const along = up ? crease + up * Math.cos(angle) : v;
      return [SIDE + unit * along, floor - LIFT * unit * up * Math.sin(angle)];
    };
    const line = (a, b, look) => drawn("line",
      { class: look, x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
    const words = ([x, y], text, look, anchor = "middle") => {
      const element = drawn("text", { x, y, class: look, "text-anchor": anchor });
      element.textContent = text;
      return element;
    };
    const end = spot(length);
    const middle = spot(crease);
    const thick = 4 + 2 * folds;
    const sheet = [line(spot(0), middle, "mem-sheet"), line(middle, end, "mem-sheet")];
    sheet.forEach((part) => (part.style.strokeWidth = `${thick}px`));
    const whole = unit >= 7 ? Array.from({ length: length + 1 }, (_, v) => {
      const [cx, cy] = spot(v);
      return drawn("circle", { class: "mem-unit", cx, cy, r: 1.2 });
    }) : [];

    const [a, b] = places.map(spot);
    const [low, high] = a[0] <= b[0] ? ["end", "start"] : ["start", "end"];
    const beside = (anchor) => (anchor === "end" ? -12 : 12);
    const above = places.some(lift) ? -4 : 11 + thick / 2; // beside paper that stands, else above it
    const tag = (p, text, anchor) =>
      words([p[0] + beside(anchor), p[1] - above], text, "mem-tag", anchor);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(
      ...(length > 1 ? [
        line([middle[0], floor + 12], [middle[0], HEAD - 12], "mem-crease"),
        words([middle[0], floor + 27], crease, "mem-number"),
      ] : []),
      words([SIDE, floor + 27], 0, "mem-number"),
      ...(turn === 0 ? [words([end[0], floor + 27], length, "mem-number")] : []),
      ...sheet, ...whole,
      line(a, b, "mem-pair"),
      drawn("circle", { class: "mem-first", cx: a[0], cy: a[1], r: 6 }),
      drawn("circle", { class: "mem-second", cx: b[0], cy: b[1], r: 6 }),
      tag(a, names[0], low), tag(b, names[1], high));
    svg.style.height = `${height}px`;
  }

  const watch = new ResizeObserver(draw);
  watch.observe(element);
  return {
    element,
    set(next) {
      shown = next;
      draw();
    },
    stop: () => watch.disconnect(),
  };
}

export { paper };
