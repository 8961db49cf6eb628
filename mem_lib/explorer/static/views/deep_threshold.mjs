// How many cuts until nobody shares a cell with the other colour?  The code of a point, its value,
// and the table of threshold gates that looks the value up.

import { byHand } from "../byhand.mjs";
import { cuts } from "../cuts.mjs";
import { inPlane } from "../field.mjs";
import { lookupOf } from "../lookup.mjs";
import { drawn, zeroLine } from "../picture.mjs";
import { choice, h, minus, say, spaced } from "../pieces.mjs";
import { tableOf, valueLine } from "../shelf.mjs";
import { study } from "../study.mjs";

const OFF = 5e-4; // a point that is farther from the plane is not in the cell that is drawn

const told = (value) => minus(spaced(value));

/** The part of the polygon where sign * (a s + b t + c) >= 0. */
function clipped(polygon, [a, b, c], sign) {
  const far = polygon.map(([s, t]) => sign * (a * s + b * t + c));
  return polygon.flatMap((corner, i) => {
    const j = (i + 1) % polygon.length;
    const kept = far[i] >= 0 ? [corner] : [];
    if (far[i] >= 0 === far[j] >= 0) return kept;
    const way = far[i] / (far[i] - far[j]);
    return [...kept, corner.map((x, k) => x + way * (polygon[j][k] - x))];
  });
}

const render = (host) => study(host, ({ data, picture, load }) => {
  const kinds = new Map(data.marks.map(([value], k) => [value, k]));
  const axis = data.axes.find(({ name }) => name === "cut");
  const three = cuts(axis, "gates");
  const codeHead = h("p", { class: "mem-head" });
  const code = h("p", { class: "mem-code" });
  const lineHead = h("p", { class: "mem-head" });
  const line = valueLine(kinds);
  const tableHead = h("p", { class: "mem-head" });
  const table = tableOf(kinds);
  const hand = byHand(data.hand, kinds, new Map(data.marks));
  const real = h("div", {}, tableHead, table.element, table.sum);
  const mode = choice("Table", ["of this network", "by hand"], 0, (i) => {
    real.hidden = i === 1;
    hand.element.hidden = i === 0;
  });
  hand.element.hidden = true;
  const shape = drawn("polygon", { class: "mem-own-cell" });
  picture.under.append(shape);
  let lookup = null;
  let lines = []; // of the first layer: { form, element }
  let last = null; // { point, bits, here } of this frame, or of the one before
  let flipped = []; // the lines crossed by the last move
  let turn = 0;

  // --- Once for each network ---------------------------------------------------------------------

  function renew(cell, setting) {
    lookup = lookupOf(cell.network);
    const rows = lookup ? cell.network.layers[0].rows : [];
    lines = rows.map((row) => {
      const form = inPlane(row, cell.view, cell.scale);
      return { form, element: zeroLine(form.slice(0, 2), form[2], cell.view.box) };
    });
    picture.over.replaceChildren(...lines.flatMap(({ element }) => (element ? [element] : [])));
    [last, flipped] = [null, []];
    line.renew(lookup);
    table.renew(lookup);
    three.counts(cell.more.gates, setting.cut);
    pictures(cell, setting);
  }

  /** The small pictures: in the plane all three, elsewhere the one whose network is here. */
  async function pictures(cell, setting) {
    const mine = ++turn;
    const found = await Promise.all(axis.values.map(async (cut) => {
      if (cut === setting.cut) return [cut, cell];
      try {
        return [cut, await load({ ...setting, cut })];
      } catch {
        return null; // there is no such network in the page
      }
    }));
    if (mine === turn) three.show(found.filter(Boolean), kinds);
  }

  // --- Every frame -------------------------------------------------------------------------------

  function draw(context) {
    const { cell, train } = context;
    if (!lookup) return nothing(context.net);
    const { bits, here } = seen(context);
    lines.forEach(({ element }, j) =>
      element?.setAttribute("class", bits[j] === 1n ? "mem-on" : "mem-off"));
    const within = train < 0 || cell.view.off[train] < OFF;
    shape.toggleAttribute("hidden", !within);
    if (within) drawCell(cell, bits);
    if (lookup.steps) drawSteps(here);
    else drawCode(bits, here);
    line.set(here.value, `The value ${here.value} on a line from ${lookup.seen[0]} to ${
      lookup.seen[1]}`, here.rows.filter(Boolean).length);
  }

  /** The code and the place of the point, and which bits have changed since it moved. */
  function seen({ point, trace }) {
    const text = point.join(",");
    if (last?.point === text) return last;
    const bits = trace[0].values;
    flipped = last ? bits.flatMap((bit, j) => (bit === last.bits[j] ? [] : [j])) : [];
    return (last = { point: text, bits, here: lookup.read(trace) });
  }

  /** Everything in the plane that has the same code: the answer is the same on all of it. */
  function drawCell({ view: { box: [left, right, bottom, top] } }, bits) {
    let polygon = [[left, bottom], [right, bottom], [right, top], [left, top]];
    lines.forEach(({ form }, j) => {
      if (polygon.length) polygon = clipped(polygon, form, bits[j] === 1n ? 1 : -1);
    });
    shape.setAttribute("points", polygon.map((corner) => picture.at(corner).join(",")).join(" "));
  }

  function drawCode(bits, here) {
    say(codeHead, `Code: ${bits.length} bits, one for each line; 1 on one side of it, 0 on the `
      + "other. Bits that the last move flipped are marked.");
    const changed = new Set(flipped);
    code.replaceChildren(...bits.flatMap((bit, j) => [
      ...(j && j % 8 === 0 ? [" "] : []),
      changed.has(j) ? h("mark", { class: "mem-flipped" }, String(bit)) : String(bit)]));
    say(lineHead, `Value: each 1 adds its line\u2019s own number. Together v = ${
      told(here.value)}, on a line coloured by the answers; its row is framed:`);
    const { row } = table.set(here, lookup.labels);
    say(tableHead, `Table: ${here.rows.length} row gates, ${here.columns.length} column gates. The `
      + `rows whose start v has reached are on, so v is in row ${row}; of its entries the columns `
      + "that are on are reached:");
  }

  function drawSteps({ value, columns }) {
    const on = columns.filter(Boolean).length;
    say(codeHead, "");
    code.replaceChildren();
    say(lineHead, `Value: how far the ring lies along the one direction, v = ${told(value)}. ${
      on} of the ${columns.length} steps are below it, on a line coloured by the answers:`);
    say(tableHead, "There is none: each step is a gate, and adds 1 or takes 1 away.");
    table.set({ rows: [], columns }, lookup.labels);
  }

  function nothing({ layers }) {
    shape.toggleAttribute("hidden", true);
    [lineHead, tableHead].forEach((head) => say(head, ""));
    code.replaceChildren();
    say(codeHead, layers.length < 2 ? "One class: the network says the same everywhere."
      : "The gates of this network have no names, by which rows and columns are told apart.");
  }

  return {
    under: h("div", {}, three.element, codeHead, code, lineHead, line.element),
    inside: h("div", {}, mode.element, real, hand.element),
    renew,
    draw,
    stop: () => three.stop(),
    sentence(context) {
      if (!lookup) return "";
      const { value, rows, columns } = seen(context).here;
      const row = rows.filter(Boolean).length;
      const on = columns.filter(Boolean).length;
      const where = lookup.steps ? `${on} of ${columns.length} steps lie below it.`
        : `Its value ${told(value)} is in row ${row}, and ${on} columns are on.`;
      const count = flipped.length;
      const crossed = count === 0 ? "" : count === 1 ? " One line was crossed, one bit flipped."
        : ` ${count} lines were crossed, ${count} bits flipped.`;
      return where + crossed;
    },
    layer: (cell, l) => (cell.file.layers.length === 2
      ? ["1: steps", "2: their sum"] : ["1: the code, one bit for each line",
        "2: the code again, and the rows", "3: the columns", "4: their alternating sum"])[l],
  };
});

export { render };
