// How many neurons, and how large must their weights be?  A point comes near a slab, the neurons of
// which must then say more and more to say the same, until a float can no longer tell.

import { drawn } from "../picture.mjs";
import { h, minus, say, spaced } from "../pieces.mjs";
import { study } from "../study.mjs";

const [WIDE, HIGH, MIDDLE] = [360, 120, 58];
const [LEFT, RIGHT] = [8, 352];
const POWERS = [0, 11]; // of ten, on the scale of total weights

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
/** A power of ten, as it is written. */
const power = (k) => `10${[...String(k)].map((c) => RAISED[c] ?? "\u207b").join("")}`;

/** A number for a reader: whole from 1000 on, powers of ten from a million on. */
function told(number) {
  const size = Math.abs(number);
  if (size >= 1e6) {
    const k = Math.floor(Math.log10(size));
    return `${minus((number / 10 ** k).toFixed(2))} \u00b7 ${power(k)}`;
  }
  if (size >= 1000) return minus(spaced(Math.round(number)));
  return minus(String(Number(number.toPrecision(3))));
}

/** n / d as a number, however long both are. */
const ratio = (n, d) => Number((n << 64n) / d) / 2 ** 64;

/** The terms of the output's sum, as numbers: [neuron, a * activation]. */
function terms({ net, trace }) {
  const [{ from, weights }] = net.layers.at(-1).rows;
  const values = trace.length > 1 ? trace[0].values : [];
  return from.map((k, t) => [k, ratio(weights[t] * (values[k] ?? 0n), net.denominator)])
    .filter(([, term]) => term !== 0);
}

const render = (host) => study(host, ({ data, picture }) => {
  const tiles = ["neurons", "total weight", "right in float32"].map((name) => {
    const value = h("b", { "data-tile": name });
    return { value, note: h("span", {}), name };
  });
  const scale = drawn("svg", { viewBox: `0 0 ${WIDE} 84`, class: "mem-weights", role: "img" });
  const fall = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "mem-terms", role: "img" });
  const fallText = h("p", { class: "mem-head" });
  const words = new Map(data.marks);

  // --- Once for each network ---------------------------------------------------------------------

  function renew(cell) {
    const { counts, more } = cell;
    const shown = {
      neurons: [spaced(counts.neurons), `no fewer than ${spaced(more.least)} for all labels`],
      "total weight": more.weight === undefined ? ["\u2013", "a threshold unit has no scale"]
        : [told(more.weight), `no less than ${told(more.needed)}`],
      "right in float32": [`${counts["right in float32"]} of ${cell.N}`,
        `${cell.correct} of ${cell.N} in integers`],
    };
    tiles.forEach(({ name, value, note }) => {
      say(value, shown[name][0]);
      say(note, shown[name][1]);
    });
    drawScale(more);
    drawRail(cell);
  }

  /** The total weight on a logarithmic scale, beside what is needed and what floats bear. */
  function drawScale({ weight, needed, own, sure }) {
    scale.toggleAttribute("hidden", weight === undefined);
    if (weight === undefined) return;
    const along = (number) => LEFT + ((RIGHT - LEFT) * (Math.log10(number) - POWERS[0]))
      / (POWERS[1] - POWERS[0]);
    const line = (number, top, text, anchor) => [
      drawn("line", { class: "mem-base mem-limit", x1: along(number), x2: along(number), y1: top,
        y2: 52 }),
      drawn("text", { x: along(number) + (anchor === "end" ? -3 : 3), y: top + 8,
        "text-anchor": anchor }, text),
    ];
    const bar = (number, name) => drawn("rect", { class: name, x: LEFT, y: 36, height: 16,
      width: Math.max(along(number) - LEFT, 1) });
    const ticks = [1, 3, 5, 7, 9, 11].map((k) => drawn("text", {
      x: Math.min(along(10 ** k), RIGHT - 8), y: 64, "text-anchor": "middle",
    }, k === 1 ? "10" : power(k)));
    scale.replaceChildren(
      bar(weight, "mem-all"), ...(own ? [bar(own, "mem-own")] : []),
      drawn("line", { class: "mem-base", x1: LEFT, x2: RIGHT, y1: 52, y2: 52 }), ...ticks,
      ...line(needed, 22, "needed", "start"),
      ...line(sure.float32, 8, "float32 is sure", "end"),
      drawn("text", { x: LEFT, y: 80 }, own ? `Total weight; stronger: of the near slab alone, ${
        told(own)}.` : "Total weight."),
    );
    scale.setAttribute("aria-label", `Total weight ${told(weight)}, needed ${told(needed)}; `
      + `float32 is sure to be right up to ${told(sure.float32)}, float64 up to ${
        told(sure.float64)}.`);
  }

  /** The rail of the moving point and, in the plane, the slab that it comes near. */
  function drawRail({ more: { rail, slab }, view: { spots } }) {
    if (!rail) return picture.under.replaceChildren();
    const line = (name, [a, b], [c, d], reach = 0) => drawn("line", {
      class: name, x1: a + reach * (a - c), y1: b + reach * (b - d),
      x2: c + reach * (c - a), y2: d + reach * (d - b),
    });
    const near = slab.length === 2
      ? [line("mem-near", ...slab.map((i) => picture.at(spots[i])), 9)] : [];
    picture.under.replaceChildren(...near, line("mem-fall", ...rail.map(picture.at)));
  }

  // --- Every frame -------------------------------------------------------------------------------

  function drawTerms(context) {
    const found = terms(context);
    const most = Math.max(...found.map(([, term]) => Math.abs(term)), 1);
    const high = (term) => ((MIDDLE - 8) * Math.log10(1 + Math.abs(term))) / Math.log10(1 + most);
    const step = (RIGHT - LEFT) / Math.max(found.length, 8);
    fall.replaceChildren(
      ...found.map(([, term], i) => drawn("rect", {
        class: term > 0 ? "mem-plus" : "mem-minus", x: LEFT + i * step + 1,
        width: Math.max(step - 2, 1), y: term > 0 ? MIDDLE - high(term) : MIDDLE,
        height: Math.max(high(term), 1),
      })),
      drawn("line", { class: "mem-base", x1: LEFT, x2: RIGHT, y1: MIDDLE, y2: MIDDLE }),
      drawn("text", { x: LEFT, y: 9 }, found.length ? `+ ${told(most)}` : ""));
    const { plus, less } = sums(found);
    fall.setAttribute("aria-label", `${found.length} terms: ${told(plus)} and ${told(less)}.`);
    say(fallText, "Each awake neuron as a bar, up or down, on a logarithmic scale: what it adds "
      + "to the answer");
  }

  function sums(found) {
    const add = (sign) => found.reduce((sum, [, term]) => sum + (term * sign > 0 ? term : 0), 0);
    return { plus: add(1), less: add(-1) };
  }

  function drawLines({ cell, net, trace }) {
    if (trace.length < 2) return picture.over.replaceChildren();
    const { rows, names } = net.layers[0];
    // of the two neurons at a border one is tilted by a little, which nobody would see
    const kept = rows.map((_, j) => j).filter((j) => !names?.[j].includes("h\u2113"));
    picture.lines({ rows: kept.map((j) => rows[j]) }, kept.map((j) => trace[0].sums[j]), cell.scale);
  }

  return {
    under: h("div", {},
      h("div", { class: "mem-tiles" }, ...tiles.map(({ name, value, note }) =>
        h("div", {}, value, h("span", {}, name), note))), scale),
    inside: h("div", {}, fallText, fall),
    renew,
    draw(context) {
      drawLines(context);
      drawTerms(context);
    },
    answer: ({ said, values }) => said < 0 ? "The output is 0: no label is stored here"
      : `The output is ${minus(values[0].length < 12 ? values[0] : "a long fraction")}: ${
        words.get(said)}`,
    layer: (cell, l) => l === 0 ? "the neurons" : "their weighted sum",
    sentence(context) {
      const { cell, net, train } = context;
      const found = terms(context);
      const { plus, less } = sums(found);
      const neurons = net.layers.length > 1 ? net.layers[0].rows.length : 0;
      const { row, slab, gap, floats } = cell.more;
      const near = train >= 0 && train === row
        ? ` This is the point that moves, ${power(Math.round(Math.log10(gap)))} away from the ${
          slab.length === 2 ? "line" : "plane"} through ${slab.length} others.` : "";
      const single = train >= 0 ? ` In float32 the sum is ${told(floats[train])}.` : "";
      return `${found.length} of ${neurons} neurons add ${told(plus)} and ${told(less)}.`
        + `${single}${near}`;
    },
  };
});

export { render };
