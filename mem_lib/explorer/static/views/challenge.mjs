// The challenge: a network file of the reader's, judged in this page and placed among the rivals.

import { compile, fraction, label, onGrid, opened, refined, run } from "../evaluate.mjs";
import { counted, h, say, sliced } from "../pieces.mjs";
import { Unreadable, networkOf, textOf } from "../reading.mjs";
import { broken, measured } from "../rules.mjs";
import { scatter } from "../scatter.mjs";

const OFTEN = 16; // points between two words about how far it is
const figures = (v) => (v === null ? "\u2013"
  : Number.isInteger(v) ? counted(v) : String(Number(v.toPrecision(4))));

async function render({ model, el }) {
  const task = model.get("challenge");
  const data = JSON.parse(await opened(model.get("packs").data));
  const [first] = task.measures;
  let [job, turn] = [null, 0];

  // --- Judging ---------------------------------------------------------------------------------

  /** Whether the outputs are what is wanted of a point. */
  function right(network, out, wanted) {
    if (!data.targets) return label(network, out) === wanted;
    return network.readout === "value" && out[0] === BigInt(wanted) * network.denominator;
  }

  function* judging(given, done) {
    const { points, values, shift, unseen } = data;
    const network = refined(given, BigInt(shift) - given.inputShift);
    const all = points.length + (unseen?.points.length ?? 0);
    const found = { correct: 0, ties: 0, wrong: null, missed: unseen ? 0 : null };
    for (const [i, point] of points.entries()) {
      const trace = run(network, onGrid(network, point, shift));
      const out = trace.at(-1).values;
      const good = right(network, out, values[i]);
      found.correct += good;
      if (!good) found.wrong ??= { i, out };
      network.layers.forEach(({ activation }, l) => {
        if (activation === "threshold") found.ties += trace[l].sums.filter((z) => z === 0n).length;
      });
      if (i % OFTEN === OFTEN - 1) tell(`Checking in this page, in integers: ${i + 1} of ${all}`);
      yield;
    }
    for (const [i, point] of (unseen?.points ?? []).entries()) {
      const out = run(network, onGrid(network, point, shift)).at(-1).values;
      found.missed += label(network, out) !== unseen.values[i];
      if (i % OFTEN === OFTEN - 1)
        tell(`Checking in this page, in integers: ${points.length + i + 1} of ${all}`);
      yield;
    }
    done({ ...found, network });
  }

  function judge(text, name) {
    const given = networkOf(text, data.points[0].length);
    if (data.targets && given.readout !== "value")
      throw new Unreadable(`Real targets need the readout value; this network\u2019s is ${
        given.readout}.`);
    job = sliced(judging(given, ({ network, ...found }) => {
      const values = measured(given, found.missed);
      const faults = task.rules.map((rule) => broken(rule, given, values));
      show(name, network, found, values, faults);
    }));
  }

  async function bring(name, text) {
    const mine = ++turn;
    job?.cancel();
    clear();
    el.dataset.state = "checking";
    tell(`Reading ${name}.`);
    try {
      const read = await text();
      if (mine === turn) judge(read, name);
    } catch (error) {
      if (mine !== turn) return;
      el.dataset.state = "refused";
      if (!(error instanceof Unreadable)) tell("\u2717 This file could not be read.");
      else tell(`\u2717 ${error.message}${error.message.includes("this page") ? more : ""}`);
    }
  }
  const more = ` On a computer, python -m mem_lib challenge ${task.slug} FILE reads it.`;

  // --- What is said ----------------------------------------------------------------------------

  function tell(text) {
    say(verdict, text);
  }

  function clear() {
    for (const name of ["correct", "values", "rank", "broken", "wrong"]) delete el.dataset[name];
    details.replaceChildren();
    plane.set(null);
  }

  function show(name, network, found, values, faults) {
    const N = data.points.length;
    const known = found.correct === N && !found.ties;
    const valid = known && faults.every((fault) => !fault);
    const own = values[first.name];
    const ahead = task.rivals.filter((rival) => rival.values[first.name] < own).length;
    const rank = valid ? ahead + 1 : null;
    tell(valid
      ? `\u2713 ${name} is valid: ${figures(own)} ${first.title}, place ${rank} of ${
        task.rivals.length + 1}.`
      : `\u2717 ${name} is not valid: ${known ? faults.filter(Boolean).join("; ")
        : memorized(network, found)}.`);
    details.replaceChildren(
      h("ul", { class: "mem-rules" },
        line(known, `${found.correct} of ${N} points right, ${found.ties || "no"} unit${
          found.ties > 1 ? "s" : ""} on a threshold`),
        ...task.rules.map(({ text }, i) => line(!faults[i], faults[i] || text))),
      numbers(values));
    const [x, y] = task.axes.map((axis) => values[axis.name]);
    plane.set(x === null || y === null ? null : [x, y]);
    el.dataset.correct = `${found.correct}/${N}`;
    el.dataset.values = JSON.stringify(values);
    el.dataset.broken = JSON.stringify(faults.filter(Boolean));
    el.dataset.wrong = found.wrong?.i ?? "";
    el.dataset.rank = rank ?? "";
    el.dataset.state = valid ? "valid" : "invalid";
  }

  /** Why a network does not memorize. */
  function memorized(network, { correct, ties, wrong }) {
    if (!wrong) return `every point is right, but a unit is on its threshold ${ties} time${
      ties === 1 ? "" : "s"}`;
    const { i, out } = wrong;
    const place = data.points[i].map((v) => fraction(BigInt(v), 2n ** BigInt(data.shift)));
    const shown = place.length > 3 ? "" : ` at (${place.join(", ")})`;
    const gives = out.slice(0, 4).map((v) => short(v, network.denominator)).join(", ");
    return `${correct} of ${data.points.length} points are right; the first wrong one is point ${
      i + 1}${shown}, which should give ${data.values[i]} and gives ${gives}`;
  }

  const line = (kept, text) => h("li", {}, `${kept ? "\u2713" : "\u2717"} ${text}`);
  const numbers = (values) => h("table", { class: "mem-counters" },
    h("thead", {}, h("tr", {}, ...["", "yours", "fewest of the rivals"].map((t) =>
      (t ? h("th", { scope: "col" }, t) : h("td"))))),
    h("tbody", {}, ...task.measures.map(({ name, title }) => h("tr", {},
      h("th", { scope: "row" }, title),
      h("td", { "data-measure": name }, figures(values[name])),
      h("td", {}, figures(Math.min(...task.rivals.map((r) => r.values[name]))))))));

  // --- The page --------------------------------------------------------------------------------

  const verdict = h("p", { class: "mem-verdict", role: "status" }, "No file yet.");
  const details = h("div", { class: "mem-judged" });
  const input = h("input", {
    type: "file", accept: ".json,.gz,application/json,application/gzip",
    onchange() {
      const [file] = input.files;
      if (file) take(file);
      input.value = ""; // the same file may be brought again
    },
  });
  const take = (file) => bring(file.name, () => textOf(file));
  const drop = h("label", { class: "mem-drop" },
    h("span", {}, "Drop your network file here, or choose it"), input);
  const over = (on) => (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", on);
  };
  drop.addEventListener("dragenter", over(true));
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
  const ours = h("button", {
    type: "button", class: "mem-act", onclick: () => bring(task.example, () => data.example),
  }, `Check ${task.example}`);
  const save = h("button", { type: "button", class: "mem-act", onclick: download },
    "Save its file, to begin with");
  function download() {
    const link = h("a", {
      href: URL.createObjectURL(new Blob([data.example], { type: "application/json" })),
      download: `${task.example}.json`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  const plane = scatter({
    axes: task.axes, corners: task.corners, frame: task.frame,
    rivals: task.rivals.map(({ name, values }) =>
      ({ name, values: task.axes.map((axis) => values[axis.name]) })),
  });

  compile(JSON.parse(data.example)); // damaged data are noticed now, not at a click
  el.classList.add("mem-explorer");
  el.append(drop, h("div", { class: "mem-acts" }, ours, save), verdict, details, plane.element);
  el.dataset.state = "waiting";
  el.dataset.output = "";
  return () => {
    turn++;
    job?.cancel();
    plane.stop();
  };
}

/** A fraction, or its size where it is long. */
function short(n, d) {
  const text = fraction(n, d);
  return text.length <= 24 ? text : `about ${Number((Number(n) / Number(d)).toPrecision(4))}`;
}

export { render };
