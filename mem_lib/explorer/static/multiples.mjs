// Several networks over the same data: small pictures, one query in all of them, and how many points
// each is right at that none of them was built from.

import { label, onGrid, outputs, refined } from "./evaluate.mjs";
import { drawn, painter, shape } from "./picture.mjs";
import { coloured, h, rgba, say, sliced } from "./pieces.mjs";

const percent = (part, all) => `${((100 * part) / all).toFixed(1)}\u202f%`;

/** Pictures of the choices of `axis`; `marks` are [value, word] of the classes. */
function multiples({ values, words }, marks) {
  const kinds = new Map(marks.map(([value], k) => [value, k]));
  const colour = new Map(marks.map(([value, word]) => [value, word.split(" ")[0]]));
  const head = h("p", { class: "mem-head" });
  const parts = values.map((name, i) => {
    const canvas = h("canvas", {});
    const [spots, dot] = [drawn("g", {}), drawn("circle", { class: "mem-dot" })];
    const svg = drawn("svg", { class: "mem-field" });
    svg.append(spots, dot);
    const picture = h("div", { class: "mem-small", "aria-hidden": "true" }, canvas, svg);
    const lines = Object.fromEntries(["says", "trained", "tested", "here", "silent"].map((line) =>
      [line, h("span", {})]));
    const element = h("li", { "data-network": name }, h("b", {}, words[i]), picture,
      ...Object.values(lines));
    const part = { name, picture, svg, spots, dot, element, ...lines, cell: null };
    part.regions = painter(canvas, () => part.cell.view.box);
    return part;
  });
  const element = h("div", {}, head, h("ul", { class: "mem-multiples",
    "aria-label": "The same points, three networks" }, ...parts.map((part) => part.element)));
  let jobs = [];
  let turn = 0;

  function stop() {
    turn++;
    jobs.forEach((job) => job.cancel());
    jobs = [];
    parts.forEach(({ regions }) => regions.stop());
  }

  /** How many of the points are right; 16 of them at a time. */
  function* counting(network, points, labels, tell) {
    let right = 0;
    for (const [i, point] of points.entries()) {
      right += label(network, outputs(network, point)) === labels[i];
      if (i % 16 === 15) yield;
    }
    tell(right);
  }

  function renew(part) {
    const { cell, element: item, svg, spots, dot } = part;
    item.toggleAttribute("data-absent", !cell);
    ["trained", "here", "said"].forEach((name) => delete item.dataset[name]);
    [part.trained, part.here].forEach((line) => say(line, ""));
    say(part.says, cell ? "" : "no picture here");
    if (!cell) return;
    const { box: [left, right, , top], spots: places } = cell.view;
    const pixel = (right - left) / 120; // a small picture is about as wide
    svg.setAttribute("viewBox", `0 0 ${right - left} ${right - left}`);
    dot.setAttribute("r", 5 * pixel);
    spots.replaceChildren(...places.map(([s, t], i) => shape(kinds.get(cell.values[i]), {
      class: `mem-mark mem-class-${kinds.get(cell.values[i])}`,
      transform: `translate(${s - left} ${top - t}) scale(${0.3 * pixel})`,
    })));
  }

  /** What a network says all over its picture. */
  const fill = ({ cell, regions }) => new Promise((done) => regions.start((spot) =>
    label(cell.network, outputs(cell.network, cell.place(spot))), { done }));

  /** How many training and new points a network is right at, counted in the page. */
  async function check(part, first, mine, { points, values: truth, shift }) {
    const { cell } = part;
    const fine = refined(cell.network, BigInt(shift) - cell.network.inputShift);
    const asked = points.map((point) => onGrid(fine, point, shift));
    const work = (job) => new Promise((done) => jobs.push(sliced(job, done)));
    await work(counting(cell.network, cell.points, cell.values, (right) => {
      part.element.dataset.trained = right;
      say(part.trained, `known ${right}/${cell.N} ${right === cell.N ? "\u2713" : "\u2717"}`);
    }));
    if (mine !== turn) return;
    await work(counting(fine, asked, truth, (right) => {
      part.element.dataset.here = right;
      say(part.here, `here ${right}/${asked.length} ${right === first ? "\u2713" : "\u2717"}`);
    }));
  }

  const uncolour = coloured(element, (get) => {
    const shades = Object.fromEntries(marks.map(([value], k) => [value, rgba(get(`class-${k}`), 70)]));
    parts.forEach(({ regions }) => regions.recolour({ ...shades, [-1]: rgba(get("faint"), 150) }));
  });

  return {
    element,
    /**
     * The networks that are here, as [name, cell], and what the library counted for all of them;
     * `test` promises the points that the page asks about.
     */
    async show(cells, { scores, tested }, chosen, test) {
      stop();
      const mine = turn;
      const found = new Map(cells);
      say(head, "The same points, three networks, and the ring in all of them. Known: training points "
        + `that each is right at. New: of ${tested} others, counted by the library. Here: of the first `
        + "of these, counted in this page.");
      for (const part of parts) {
        const { all: [right, silent] } = scores[part.name] ?? { all: [] };
        part.cell = found.get(part.name) ?? null;
        part.element.toggleAttribute("data-chosen", part.name === chosen);
        say(part.tested, right === undefined ? "not counted" : `new ${percent(right, tested)}`);
        say(part.silent, silent ? `silent ${percent(silent, tested)}` : "");
        renew(part);
      }
      const asked = await test;
      const here = parts.filter(({ cell }) => cell);
      for (const part of here)
        if (mine === turn) await check(part, scores[part.name].part[0], mine, asked);
      for (const part of here) if (mine === turn) await fill(part);
    },
    /** One query in all pictures; `point(cell)` is where it is, `truth` the true label or -1. */
    query(spot, point, truth) {
      for (const { cell, dot, says, element: item } of parts) {
        if (!cell) continue;
        const { box: [left, , , top] } = cell.view;
        dot.setAttribute("cx", spot[0] - left);
        dot.setAttribute("cy", top - spot[1]);
        const said = label(cell.network, outputs(cell.network, point(cell)));
        item.dataset.said = said;
        const verdict = truth < 0 ? "" : said === truth ? " \u2713" : " \u2717";
        say(says, `says ${said < 0 ? "nothing" : colour.get(said)}${verdict}`);
      }
    },
    stop() {
      stop();
      uncolour();
    },
  };
}

export { multiples };
