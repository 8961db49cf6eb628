// The ruler: a few numbers on one linear scale with an axis, and the factor between them in words.

import { h, say, spaced } from "./pieces.mjs";

/** Steps of 1, 2 or 5 times a power of ten, at most four of them up to `most`. */
function ticks(most) {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = power * ([1, 2, 5].find((k) => 4 * k * power >= most) ?? 10);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

/** How many times `b` is `a`, for a sentence. */
function factor(a, b) {
  const times = b / a;
  return times >= 10 ? spaced(Math.round(times)) : times.toFixed(1).replace(/\.0$/, "");
}

/**
 * Rows { name, value } of `unit` on one scale from 0, which follows the largest of them, a line at
 * `mark` and a sentence that compares the first row with the last.
 */
function ruler(unit, marked) {
  const rows = h("ul", {});
  const axis = h("div", { class: "mem-scale", "aria-hidden": "true" });
  const words = h("p", { class: "mem-factor" });
  return {
    element: h("div", { class: "mem-ruler" }, rows, axis, words),
    set(values, mark) {
      const places = ticks(Math.max(...values.map(({ value }) => value), mark));
      const end = places.at(-1);
      const at = (value) => `${(100 * value) / end}%`;
      rows.replaceChildren(...values.map(({ name, value }) => h("li", {},
        h("span", {}, `${name}: `),
        h("b", { "data-count": value }, spaced(value)),
        h("span", {}, ` ${unit}`),
        h("div", { "aria-hidden": "true" },
          h("i", { class: "mem-length", style: `width: ${at(value)}` }),
          h("i", { class: "mem-mark-n", style: `left: ${at(mark)}` })))));
      axis.replaceChildren(...places.map((place) =>
        h("span", { style: `left: ${at(place)}` }, spaced(place))));
      const [first, last] = [values[0], values.at(-1)];
      say(words, `${spaced(last.value)} against ${spaced(first.value)}: ` +
        `${factor(first.value, last.value)} times as many. The thin line is ${marked}, ` +
        `${spaced(mark)}.`);
    },
  };
}

export { factor, ruler, ticks };
