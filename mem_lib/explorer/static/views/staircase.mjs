// The staircase: points on a line, moved and labelled by the reader, and the network for them.

import { certify, compile, outputs, size } from "../evaluate.mjs";
import { beads } from "../beads.mjs";
import { drawn } from "../picture.mjs";
import { counters, framed, h, say, sentence, shared, slider } from "../pieces.mjs";
import { stepsFile } from "../steps.mjs";

const [BELOW, ABOVE] = [-0.35, 1.35]; // the heights that the picture shows
const MARGIN = 1.5; // places beside the first and the last

/** The labels of a card: by the rank of a point along the line, or by its place. */
const RULES = {
  alternating: (points) => {
    const order = [...points].sort((a, b) => a[0] - b[0]);
    return points.map((point) => 1 - (order.indexOf(point) % 2));
  },
  sorted: (points, span) => points.map(([place]) => (2 * place > span ? 1 : 0)),
  tossed: (points) => points.map(() => (Math.random() < 0.5 ? 0 : 1)),
};

async function render({ model, el }) {
  const { span, numbers, promised, tries, start } = model.get("explorer");
  const everywhere = Array.from({ length: span + 1 }, (_, p) => p);
  const state = { points: model.get("points"), N: model.get("N") };
  let before = null; // the answers when the last gesture began
  let done = ""; // what the last gesture did
  let answers = [];

  // --- What the reader does --------------------------------------------------------------------

  const drawing = framed(draw);
  const tell = shared(model, ["points", "N"], state, drawing.ask);
  function change(next, text) {
    done = text;
    tell(next);
  }
  const begin = () => {
    draw(); // keys may come faster than frames
    before = answers;
  };
  const put = (i, point) => state.points.map((old, j) => (j === i ? point : old));
  let from = null; // where the bead in hand was
  const on = {
    begin() {
      begin();
      from = null;
    },
    move(i, place) {
      from ??= state.points[i][0];
      change({ points: put(i, [place, state.points[i][1]]) },
        from === place ? "" : `A point moved from ${from} to ${place}. `);
    },
    turn(i) {
      const [place, label] = state.points[i];
      change({ points: put(i, [place, 1 - label]) }, `The label of ${place} is now ${1 - label}. `);
    },
  };
  function relabel(rule, text) {
    begin();
    const shown = state.points.slice(0, state.N);
    const labels = rule === "alternating" ? RULES[rule](shown) : RULES[rule](state.points, span);
    const points = state.points.map(([place, label], i) => [place, labels[i] ?? label]);
    change({ points }, text);
  }
  function renumber(N) {
    begin();
    const points = state.points.slice(0, state.N);
    for (let i = points.length; i < state.points.length; i++) points.push(homed(i, points));
    change({ N, points }, `${N} points now. `);
  }
  /** Point i, which comes in again, on its place or, if that is taken, on the first free one. */
  function homed(i, others) {
    const [place, label] = state.points[i];
    const taken = new Set(others.map(([other]) => other));
    if (!taken.has(place)) return [place, label];
    return [everywhere.find((p) => !taken.has(p)), label];
  }

  // --- The page --------------------------------------------------------------------------------

  const wide = span + 2 * MARGIN;
  const at = ([place, label]) =>
    [(100 * (place + MARGIN)) / wide, (100 * (ABOVE - label)) / (ABOVE - BELOW)];
  const svg = drawn("svg", {
    viewBox: `${-MARGIN} ${-ABOVE} ${wide} ${ABOVE - BELOW}`, preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  const bands = drawn("g", {});
  const ghost = drawn("polyline", { class: "mem-ghost-curve" });
  const curve = drawn("polyline", { class: "mem-curve" });
  const level = (y) => drawn("line",
    { class: "mem-level", x1: -MARGIN, x2: span + MARGIN, y1: -y, y2: -y });
  svg.append(bands, level(0), level(1), ghost, curve);
  const words = [[0, 0, "0"], [0, 1, "1"]].map(([, y, text]) =>
    h("span", { class: "mem-height", style: `top: ${at([0, y])[1]}%` }, text));
  const frame = h("div",
    { class: "mem-line", role: "group", "aria-label": "Points on a line, with their labels" },
    svg, ...words);
  const row = beads({ frame, span, most: state.points.length, at, on });
  const ticks = [];
  for (let p = 0; p <= span; p += 10)
    ticks.push(h("span", { style: `left: ${at([p, 0])[0]}%` }, p));

  const told = sentence();
  const count = counters();
  const certificate = h("p", { class: "mem-certificate" });
  const source = h("a", { class: "mem-file", download: "staircase.json" },
    "This network\u2019s file");
  const number = slider("Number of points N", numbers.length, numbers.indexOf(state.N),
    (i) => String(numbers[i]), (i) => renumber(numbers[i]),
    numbers.map((N, i) => (i % 4 === 0 || i === numbers.length - 1 ? N : "")));
  const toss = h("button",
    {
      type: "button", class: "mem-act",
      onclick: () => relabel("tossed", "All labels tossed again. "),
    },
    "Toss all labels again");
  const cards = tries.map(({ title, text, rule }) => h("button", {
    type: "button", class: "mem-try",
    onclick() {
      if (rule !== "start") return relabel(rule, "");
      begin();
      const points = state.points.map((point, i) => start[i] ?? point);
      change({ points, N: start.length }, "");
    },
  }, h("b", {}, title), h("span", {}, text)));

  el.classList.add("mem-explorer");
  el.append(
    h("p", { class: "mem-chosen" }, "Drag a point along the line; click it to change its label. " +
      "By keys: arrows move a point, Enter changes its label, N and P go to the next and to the " +
      "one before."),
    frame, h("div", { class: "mem-places", "aria-hidden": "true" }, ...ticks),
    told.element,
    h("div", { class: "mem-top" },
      h("div", {}, number.element, toss, certificate, source),
      h("div", {}, count.element)),
    h("div", { class: "mem-tries" }, ...cards));

  // --- Drawing ---------------------------------------------------------------------------------

  const joined = (heights) => heights.map((v, p) => `${p},${-v}`).join(" ");
  function draw() {
    const points = state.points.slice(0, state.N);
    const [places, labels] = [0, 1].map((k) => points.map((point) => point[k]));
    const text = JSON.stringify(stepsFile(places, labels));
    const net = compile(JSON.parse(text));
    // All bends are at whole places, so these values are the whole curve.
    answers = everywhere.map((p) => Number(outputs(net, [BigInt(p)])[0]));
    before ??= answers;
    curve.setAttribute("points", joined(answers));
    ghost.setAttribute("points", joined(before));
    const runs = changed(before, answers);
    bands.replaceChildren(...runs.map(([p, q]) => drawn("rect", {
      class: "mem-changed", x: p - 1, width: q - p + 2, y: -ABOVE, height: ABOVE - BELOW,
    })));

    const { right, correct } = certify(net, places.map((p) => [p]), labels, 0);
    const built = size(net);
    row.set(points, (i) => `${places[i]}, label ${labels[i]}, ${right[i] ? "right" : "wrong"}`);
    told.set(done + difference(runs) + shape(built), el.dataset.output === undefined);
    count.set("This network, and what the theorem promises", built, promised[state.N]);
    say(certificate, `Checked in this page, in integers: ${
      correct === state.N ? "\u2713" : "\u2717"} ${correct} of ${state.N}.`);
    source.href = `data:application/json,${encodeURIComponent(text)}`;
    number.set(numbers.indexOf(state.N));
    el.dataset.points = JSON.stringify(points);
    el.dataset.n = state.N;
    el.dataset.output = answers.join("");
    el.dataset.changed = runs.map((run) => run.join("-")).join(",");
    el.dataset.certificate = `${correct}/${state.N}`;
  }

  /** Where two lists of answers differ: pairs of first and last place. */
  function changed(old, now) {
    const runs = [];
    now.forEach((v, p) => {
      if (v === old[p]) return;
      if (runs.at(-1)?.[1] === p - 1) runs.at(-1)[1] = p;
      else runs.push([p, p]);
    });
    return runs;
  }
  function difference(runs) {
    if (done === "" && !runs.length) return "";
    if (!runs.length) return "The network\u2019s answer changed nowhere. ";
    const all = runs.reduce((n, [p, q]) => n + q - p + 1, 0);
    const where = runs.map(([p, q]) => (p === q ? `${p}` : `${p} to ${q}`)).join(", ");
    return runs.length <= 3
      ? `The network\u2019s answer changed at ${where} and nowhere else. `
      : `The network\u2019s answer changed at ${all} of ${span + 1} places. `;
  }
  function shape({ depth, neurons }) {
    if (depth === 1) return "All labels are equal: a constant, without a hidden neuron.";
    const steps = (neurons - 1) / 2;
    return `Along the line the label changes ${steps === 1 ? "once" : `${steps} times`}; each ` +
      `change takes 2 neurons, and 1 more reads the place: ${neurons}.`;
  }

  draw();
  return () => drawing.cancel();
}

export { render };
