// All fit; which of them understood?  One sample, three exact networks, and what each says of points
// that it has not seen.

import { opened } from "../evaluate.mjs";
import { fibreOf, lengths, straightened } from "../fibre.mjs";
import { multiples } from "../multiples.mjs";
import { drawn } from "../picture.mjs";
import { h } from "../pieces.mjs";
import { nearestOf, rivals } from "../rivals.mjs";
import { study } from "../study.mjs";

const OFF = 5e-4; // a point that is farther from the plane is drawn where it is not

const render = (host) => study(host, ({ data, picture, load }) => {
  const kinds = new Map(data.marks.map(([value], k) => [value, k]));
  const colour = new Map(data.marks.map(([value, word]) => [value, word.split(" ")[0]]));
  const axis = data.axes.find(({ name }) => name === "network");
  const three = multiples(axis, data.marks);
  const two = rivals(data.marks);
  const line = straightened(kinds);
  const inside = h("div", {}, two.element, line.element);
  let rings = []; // true borders in steps of the plane: { inner, outer, label }
  let narrow = false; // whether one direction is all that the network sees
  let turn = 0;

  // --- Once for each network ---------------------------------------------------------------------

  function renew(cell, setting) {
    narrow = cell.setting.network === "projected" && cell.network.layers.length > 1;
    two.element.hidden = narrow;
    line.element.hidden = !narrow;
    borders(cell);
    pictures(cell, setting);
  }

  /** The true rings, which this plane cuts in the middle. */
  function borders(cell) {
    const { u, shift } = cell.view;
    const step = 2 ** shift / Math.hypot(...u.map(Number));
    rings = cell.more.rings.map(([inner, outer, label]) =>
      ({ inner: inner * step, outer: outer * step, label }));
    const [cx, cy] = picture.at([0, 0]);
    picture.under.replaceChildren(...rings.flatMap(({ inner, outer, label }) =>
      [inner, outer].filter(Boolean).map((r) =>
        drawn("circle", { class: `mem-border mem-border-${kinds.get(label)}`, cx, cy, r }))));
  }

  /** The other networks of the same data, where the page has them. */
  async function pictures(cell, setting) {
    const mine = ++turn;
    const found = await Promise.all(axis.values.map(async (network) => {
      if (network === setting.network) return [network, cell];
      try {
        return [network, await load({ ...setting, network })];
      } catch {
        return null; // there is no such network in the page
      }
    }));
    const packed = cell.more.test ?? data.tests[`${setting.d}|${setting.margin}`];
    const test = opened(packed).then(JSON.parse);
    if (mine !== turn) return;
    three.show(found.filter(Boolean), cell.more, setting.network, test);
    again?.();
  }

  // --- Every frame -------------------------------------------------------------------------------

  let again = null;
  function draw(context) {
    const { cell, point, train, query } = context;
    again = () => three.query(query, (own) => (train >= 0 ? own.points[train] : own.place(query)),
      truth(cell, point));
    again();
    if (narrow) drawFibre(context);
    else drawRivals(context);
  }

  /** The label of the ring that the point is in, -1 where nothing lies. */
  function truth({ network, more }, point) {
    const radius = Math.hypot(...point.map((x) => Number(x) / 2 ** Number(network.inputShift)));
    return more.rings.find(([inner, outer]) => inner <= radius && radius <= outer)?.[2] ?? -1;
  }

  function drawRivals({ cell, point, net, out, trace, query }) {
    const near = nearestOf(cell, point);
    const places = [...near].map(([label, { i }]) => [label, cell.view.spots[i]]);
    picture.over.replaceChildren(...places.map(([label, spot]) => segment(query, spot,
      `mem-to mem-to-${kinds.get(label)}`)));
    two.draw(near, net.inputShift, near.size < 2 ? "" : told(cell, near, net, out, trace));
  }

  function told(cell, near, net, out, trace) {
    const [first, second] = data.marks.map(([value]) => near.get(value).square);
    const difference = `The first less the second is ${two.difference(near, net.inputShift)}`;
    if (cell.setting.network === "cells") {
      const on = trace[1].values.flatMap((value, i) => (value > 0n ? [i] : []));
      const cells = on.length ? `${on.length > 1 ? "The cells" : "The cell"} of point ${
        on.join(", ")} ${on.length > 1 ? "are" : "is"} on.` : "No cell is on: silence.";
      return `${difference}. ${cells}`;
    }
    const exactly = (first - second) * net.denominator === out[0] << (2n * net.inputShift);
    return `${difference}${exactly ? ": the output, exactly" : ""}.`;
  }

  function drawFibre({ cell, net, query, said }) {
    const fibre = fibreOf(net.layers[0].rows[0], cell, query, rings);
    const most = rings.at(-1).outer;
    const far = 3 * picture.side();
    picture.over.replaceChildren(
      segment(fibre.place(-far), fibre.place(far), "mem-fibre"),
      ...fibre.parts.map(({ from, to, label }) => segment(fibre.place(from), fibre.place(to),
        `mem-fibre mem-to-${kinds.get(label)}`)));
    line.draw(fibre, most, onTheLine(fibre, cell, said, most));
  }

  function onTheLine({ parts }, cell, said, most) {
    const found = lengths(parts);
    const whole = [...found.values()].reduce((a, b) => a + b, 0);
    const answer = said < 0 ? "nothing" : colour.get(said);
    const start = `All of this line gets one answer, ${answer}: the network sees one number of a `
      + "point, and here it is the same.";
    if (!whole) return `${start} No data lie on it.`;
    const share = (label) => `${((100 * (found.get(label) ?? 0)) / whole).toFixed(0)}\u202f%`;
    const long = data.marks.map(([value]) =>
      `${colour.get(value)} ${((found.get(value) ?? 0) / most).toFixed(2)}`).join(", ");
    const best = Math.max(...found.values()) / whole;
    const cap = cell.promised["test accuracy, %"];
    return `${start} True lengths on it: ${long}. The answer is right on ${share(said)} of them, and `
      + `none is right on more than ${(100 * best).toFixed(0)}\u202f%; on all lines of any one `
      + `direction together none on more than ${cap.toFixed(1)}\u202f%.`;
  }

  function segment(from, to, look) {
    const [[x1, y1], [x2, y2]] = [from, to].map((spot) => picture.at(spot));
    return drawn("line", { class: look, x1, y1, x2, y2 });
  }

  return {
    under: three.element,
    inside,
    silent: true,
    patience: 1000, // the border of a cell is thin
    renew,
    draw,
    stop: () => three.stop(),
    sentence({ cell, point, train }) {
      const label = truth(cell, point);
      const off = train >= 0 && cell.view.off[train] >= OFF;
      if (train >= 0) return off ? "The plane shows it where it is not." : "";
      return label < 0 ? "No data lie here: nothing is true or false." : `The truth here is ${
        colour.get(label)}.`;
    },
    layer: (cell, l) => stages(cell)[l],
  };

  function stages({ file, setting }) {
    const words = {
      cells: ["half spaces: is it clearly nearer?", "cells", "the sum of the cells"],
      projected: ["one direction, seen from both sides"],
      maxnet: [],
    }[setting.network];
    const more = { scores: "scores: nearer than the base?", maxima: "the larger of two",
      compare: "class 1 less class 0" };
    return file.layers.map(({ stage }, l) => `${l + 1}: ${words[l] ?? more[stage] ?? stage ?? ""}`);
  }
});

export { render };
