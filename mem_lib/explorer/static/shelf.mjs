// The line of values and the table below it, drawn: runs of one label, lamps for rows and columns.

import { runsOf } from "./lookup.mjs";
import { drawn } from "./picture.mjs";
import { h, minus, say } from "./pieces.mjs";

const WIDE = 360;
const [EDGE, STRIP] = [6, 20]; // of the line: its margin, the height of its runs
const LAMP = 18; // of the table: the room of a lamp

/** "1 − 1 + 1 = 1", the middle left out where it is long. */
function summed(terms, sum) {
  const words = terms.map((term, i) => (i ? `${term < 0 ? "\u2212" : "+"} ${Math.abs(term)}`
    : minus(term)));
  const shown = words.length > 9 ? [...words.slice(0, 4), "\u2026", ...words.slice(-3)] : words;
  return words.length ? `${shown.join(" ")} = ${sum}` : `no column: ${sum}`;
}

/** A line of values; `kinds` gives the class of a label. */
function valueLine(kinds) {
  const element = drawn("svg", { viewBox: `0 0 ${WIDE} 34`, class: "mem-line", role: "img" });
  const pointer = drawn("path", { class: "mem-pointer", d: "M0 0l5 9h-10Z" });
  const bracket = drawn("rect", { class: "mem-row-on-line", y: 0.5, height: STRIP - 1 });
  let ends = []; // of the rows: the places where they begin, and where the last one ends
  let along = () => 0;
  let middle = 0; // of a value, from where it begins
  return {
    element,
    /** Another network, or null; `marks` are { value, label } of single points. */
    renew(lookup, marks = []) {
      element.toggleAttribute("hidden", lookup === null);
      if (!lookup) return;
      const [low, high] = lookup.seen;
      const unit = (WIDE - 2 * EDGE) / Number(high + 1n - low);
      along = (value) => EDGE + unit * Number(value - low);
      middle = unit / 2;
      const runs = runsOf(lookup).flat();
      element.replaceChildren(...runs.map(({ from, to, label }) => drawn("rect", {
        class: `mem-run mem-fill-${kinds.get(label)}`, x: along(from), y: 0, height: STRIP,
        width: Math.max(along(to) - along(from), 0.4),
      })), ...marks.map(({ value, label }) => drawn("circle", {
        class: `mem-mark mem-class-${kinds.get(label)}`, cx: along(value) + middle, cy: STRIP / 2, r: 4,
      })), bracket, pointer);
      const inside = (value) => along(value < low ? low : value > high ? high + 1n : value);
      ends = [...lookup.rows.map(({ start }) => inside(start)), along(high + 1n)];
    },
    /** Whether the runs are shown, or the points alone. */
    open: (yes) => element.classList.toggle("mem-shut", !yes),
    /** Where a point is, and its row, 0 where there is only one. */
    set(value, text, row) {
      bracket.setAttribute("x", ends[row].toFixed(1));
      bracket.setAttribute("width", Math.max(ends[row + 1] - ends[row], 1).toFixed(1));
      bracket.toggleAttribute("hidden", ends.length === 2);
      const x = Math.min(Math.max(along(value) + middle, EDGE), WIDE - EDGE);
      pointer.setAttribute("transform", `translate(${x.toFixed(1)} ${STRIP + 2})`);
      element.setAttribute("aria-label", text);
    },
  };
}

/** The table of a network: a strip for each row, a lamp for each gate. */
function tableOf(kinds) {
  const element = drawn("svg", { class: "mem-table-of-runs", role: "img" });
  const sum = h("p", { class: "mem-inside" });
  let strips = []; // { row, runs: [{ on, element }] }
  let [rowLamps, columnLamps] = [[], []];

  return {
    element, sum,
    renew(lookup) {
      const none = lookup === null || lookup.steps;
      element.toggleAttribute("hidden", none);
      sum.toggleAttribute("hidden", none);
      strips = [];
      if (none) return;
      const count = lookup.rows.length;
      const tall = Math.max(Math.min(14, 190 / count), 6);
      const wide = (WIDE - LAMP - 2) / (lookup.labels.length || 1);
      const foot = count * tall;
      strips = runsOf(lookup).map((runs, t) => runs.map(({ on, label }) => ({ on, part: drawn(
        "rect", { class: `mem-run mem-fill-${kinds.get(label)}`, x: LAMP + on * wide + 0.5,
          y: t * tall + 1, width: Math.max(wide - 1, 1), height: tall - 2 }) })));
      rowLamps = lookup.rows.slice(1).map((_, t) => drawn("rect", {
        x: 3, y: (t + 1) * tall + 1, width: 9, height: tall - 2 }));
      columnLamps = lookup.labels.slice(1).map((_, i) => drawn("rect", {
        x: LAMP + (i + 1) * wide - Math.min(wide * 0.3, 5), y: foot + 4,
        width: Math.min(wide * 0.6, 10), height: 9 }));
      element.setAttribute("viewBox", `0 0 ${WIDE} ${foot + 16}`);
      element.replaceChildren(...strips.flat().map(({ part }) => part), ...rowLamps,
        ...columnLamps);
    },
    /** Where a point is, as the network has it; `labels` are those of the sums. */
    set({ rows, columns }, labels) {
      const row = rows.filter(Boolean).length;
      const on = columns.filter(Boolean).length;
      strips.forEach((runs, t) => runs.forEach(({ on: own, part }) => {
        part.classList.toggle("mem-in-row", t === row);
        part.classList.toggle("mem-in-run", t === row && own === on);
      }));
      rowLamps.forEach((lamp, t) => lamp.setAttribute("class", rows[t] ? "mem-lit" : "mem-dark"));
      columnLamps.forEach((lamp, i) =>
        lamp.setAttribute("class", columns[i] ? "mem-lit" : "mem-dark"));
      const terms = columns.slice(0, on).map((_, i) => labels[i + 1] - labels[i]);
      say(sum, summed(labels[0] ? [labels[0], ...terms] : terms, labels[on]));
      element.setAttribute("aria-label", `${row} of ${rows.length} row gates on: row ${row}. `
        + `${on} of ${columns.length} column gates on.`);
      return { row, on };
    },
  };
}

export { tableOf, valueLine };
