// The table by hand: a reader moves a value, sees what the small network says of it, and writes down
// where the answer changes.

import { compile, label, run } from "./evaluate.mjs";
import { lookupOf } from "./lookup.mjs";
import { h, say, slider } from "./pieces.mjs";
import { tableOf, valueLine } from "./shelf.mjs";

/**
 * The exercise of { network, values, labels }: values that a network with a table of gates looks
 * up, given by their bits.  `kinds` gives the class of a label, `words` its name.
 */
function byHand({ network, values, labels }, kinds, words) {
  const net = compile(network);
  const bits = network.inputs;
  const lookup = { ...lookupOf(net), seen: [0n, 2n ** BigInt(bits) - 1n] };
  const traces = Array.from({ length: 2 ** bits }, (_, v) =>
    run(net, [...v.toString(2).padStart(bits, "0")].map(BigInt)));
  const found = traces.map((trace) => ({
    ...lookup.read(trace), said: label(net, trace.at(-1).values),
  }));
  const line = valueLine(kinds);
  const table = tableOf(kinds);
  line.renew(lookup, values.map((value, i) => ({ value: BigInt(value), label: labels[i] })));
  table.renew(lookup);

  // What the network's gates do, value by value, is what entries are compared with.
  const rowOf = (v) => found[v].rows.filter(Boolean).length;
  const entries = lookup.rows.slice(1).flatMap((_, t) => lookup.labels.slice(1).map((_, i) => {
    const there = found.findIndex(({ columns }, v) => rowOf(v) === t + 1 && columns[i]);
    return { row: t + 1, column: i + 1, there, written: null };
  })).filter(({ there }) => there >= 0);

  const named = (other) => values.filter((_, i) => (labels[i] === labels[0]) === !other).join(", ");
  let value = values[0];
  const told = h("p", { class: "mem-hand-told" });
  const status = h("p", { class: "mem-report", role: "status" });
  const buttons = entries.map((entry) => h("button", {
    type: "button", class: "mem-entry", onclick: () => write(entry),
  }));
  const control = slider("value v", 2 ** bits, value, String, (v) => {
    value = v;
    draw();
  });
  const rows = lookup.rows.slice(1).map((_, t) => h("div", { class: "mem-hand-row" },
    h("span", {}, `row ${t + 1}: `), ...entries.flatMap(({ row }, k) =>
      (row === t + 1 ? [buttons[k]] : []))));
  const clear = h("button", { type: "button", onclick: empty }, "Empty the table");

  function write(entry) {
    entry.written = value;
    draw();
  }
  function empty() {
    entries.forEach((entry) => (entry.written = null));
    draw();
  }

  function draw() {
    const { rows: on, columns, said } = found[value];
    const asked = values.indexOf(value);
    const lit = (gates) => gates.flatMap((gate, i) => (gate ? [i + 1] : [])).join(", ") || "none";
    const verdict = asked < 0 ? "; nobody asked" : said === labels[asked] ? ", \u2713 as it should"
      : ", \u2717 which is wrong";
    say(told, `v = ${value}, in bits ${value.toString(2).padStart(bits, "0")}. Rows on: ${
      lit(on)}. Columns on: ${lit(columns)}. The network says ${said}${verdict}.`);
    line.set(BigInt(value), `The value ${value} among ${values.join(", ")}`, rowOf(value));
    table.set(found[value], lookup.labels);
    buttons.forEach((button, k) => {
      const { written, there, row, column } = entries[k];
      const right = written === there;
      button.dataset.right = written === null ? "" : right;
      say(button, written === null ? "?" : `${written} ${right ? "\u2713" : "\u2717"}`);
      button.setAttribute("aria-label", `Row ${row}, column ${column}: ${written === null
        ? "empty" : `${written}, ${right ? "right" : "not where this gate switches"}`}. Write ${
        value} here`);
    });
    const right = entries.filter(({ written, there }) => written === there).length;
    const written = entries.filter((entry) => entry.written !== null).length;
    line.open(right === entries.length);
    const gates = found[0].rows.length + found[0].columns.length;
    say(status, right === entries.length
      ? `\u2713 All ${right} entries are the network\u2019s: ${gates} gates look up ${
        values.length} labels.` : `${right} of ${entries.length} entries are right${
        written > right ? `, ${written - right} not: there another gate switches, or none` : ""}.`);
  }

  draw();
  return {
    element: h("div", { class: "mem-hand" },
      h("p", { class: "mem-head" }, `${named(0)} are ${words.get(labels[0])}s, ${named(1)} `
        + `are ${words.get(1 - labels[0])}s. Where does the label change? Move v, watch which gates `
        + "switch, and write v into the entry of the column that does."),
      control.element, line.element, told, ...rows, table.element, status, clear),
  };
}

export { byHand };
