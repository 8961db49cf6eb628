// A study: one construction over a grid of data sets.  The reader varies N, d and the margin, sees
// the network that the library built for these data, and asks it about any point of a plane.

import { cellsOf, nearest } from "./cells.mjs";
import { fraction, label, outputs, run } from "./evaluate.mjs";
import { field } from "./field.mjs";
import { layers } from "./layers.mjs";
import {
  choice, coloured, framed, h, minus, rgba, say, sentence, slider, spaced,
} from "./pieces.mjs";
import { live } from "./live.mjs";
import { report } from "./report.mjs";
import { trends } from "./trends.mjs";

const THREE = ["N", "d", "margin"];
const keyOf = (setting) => Object.values(setting).join("|");

/**
 * Fill `el` with a study.  `make({ data, picture, change, load })` gives what one view adds; with
 * `load(setting)` it has the cell of another setting, where there is one:
 *   under, inside   elements below the picture and beside it; both may be missing
 *   renew(cell)     another network is shown
 *   draw(context)   { cell, net, trace, out, said, query, train, layer, setting }, every frame
 *   sentence(context), layer(net, l), answer(context)   words; all may be missing
 *   stop()          stops what the view has started; may be missing
 *   regions         false where the plane is not filled with the network's answers
 *   patience        milliseconds after which they become no finer; may be missing
 *   silent          true where the places at which it is undecided are filled too, grey
 */
async function study({ model, el }, make) {
  const data = model.get("study");
  const { axes, tries, marks } = data;
  const { load } = cellsOf(data);
  const begun = performance.now();
  const kinds = new Map(marks.map(([value], k) => [value, k]));
  const words = new Map(marks);
  const state = {
    setting: Object.fromEntries(axes.map((axis) => [axis.name, axis.start])),
    query: [0, 0], train: -1, layer: Infinity,
  };
  let cell = null;
  let asked = 0; // the last cell that was asked for

  // --- What the reader does --------------------------------------------------------------------

  const drawing = framed(() => draw());
  function change(next) {
    Object.assign(state, next);
    drawing.ask();
  }
  const picture = field({
    query: (query, train) => change({ query, train }),
    hop(step) {
      const count = cell.points.length;
      const train = state.train < 0 ? (step > 0 ? 0 : count - 1)
        : (state.train + step + count) % count;
      change({ train, query: cell.view.spots[train] });
    },
  });
  const view = make({ data, picture, change, load: (setting) => load(keyOf(setting)) });

  /**
   * The setting that is shown when `next` is asked for: N, d and margin as they are, and of the
   * other controls, which start anew outside the plane, the nearest stops that have a network.
   */
  function existing(next) {
    const setting = { ...state.setting, ...next };
    const others = axes.filter(({ name }) => !THREE.includes(name));
    const there = (change) => data.counts[keyOf({ ...setting, ...change })] !== undefined;
    for (const { name, start } of others)
      if (setting.d !== 2 || (!there() && !(name in next))) setting[name] = start;
    for (const { name, values } of others) {
      const at = values.indexOf(setting[name]);
      const away = (value) => Math.abs(values.indexOf(value) - at);
      const stops = values.filter((value) => there({ [name]: value }));
      if (!there() && stops.length)
        setting[name] = stops.reduce((a, b) => (away(b) < away(a) ? b : a));
    }
    return setting;
  }

  /** Another setting of the controls. */
  async function go(next, then = {}) {
    const setting = existing(next);
    const turn = ++asked;
    try {
      const found = await load(keyOf(setting));
      if (turn === asked) show(found, setting, then);
    } catch (error) {
      if (cell === null) throw error;
      say(trouble, "The data of this network are damaged; the last one stays on the screen.");
      controls.forEach((one) => one.set(state.setting));
    }
  }

  function show(found, setting, then = {}) {
    const before = cell;
    cell = found;
    say(trouble, "");
    const { spots } = cell.view;
    if (then.spot) Object.assign(state, { query: then.spot, train: -1 });
    else if (then.train !== undefined) state.train = then.train;
    else if (before && (state.train < 0 || state.train >= spots.length)) {
      const same = before.points[0].length === cell.points[0].length;
      const query = same ? nearest(before.place(state.query), before, cell) : state.query;
      Object.assign(state, { query, train: -1 });
    }
    if (state.train >= 0) state.query = spots[state.train];
    Object.assign(state, { setting, layer: then.layer ?? Infinity });
    controls.forEach((one) => one.set(setting));
    picture.show(cell.view, cell.values.map((value) => kinds.get(value)), cell.more.missed ?? []);
    kernel?.set();
    time.renew(cell.file);
    facts.renew(cell, setting);
    sizes.set(setting);
    view.renew?.(cell, setting);
    if (view.regions !== false) picture.regions.start((spot) =>
      label(cell.network, outputs(cell.network, cell.place(spot))), { patience: view.patience });
    drawing.ask();
  }

  // --- The page --------------------------------------------------------------------------------

  const controls = axes.map((axis) => control(axis, (value) => go({ [axis.name]: value })));
  const trouble = h("p", { class: "mem-report", role: "status" });
  const answer = h("p", { class: "mem-answer" });
  const told = sentence();
  const time = layers((layer) => change({ layer }),
    (l) => view.layer?.(cell, l) ?? `${l + 1}: ${cell.file.layers[l].stage ?? ""}`);
  const facts = report(data);
  const sizes = trends(axes, data.counts, keyOf, data.count);
  const kernel = model.get("live") ? live(model, () => state.setting, (found, setting) => {
    data.counts[keyOf(setting)] = { built: found.counts, promised: found.promised };
    show(found, setting);
  }) : null;
  const toTry = tries.map(({ title, text, set, ...then }) => h("button", {
    type: "button", class: "mem-try", onclick: () => go(set, then),
  }, h("b", {}, title), h("span", {}, text)));

  el.classList.add("mem-explorer");
  el.append(
    h("div", { class: "mem-controls" }, ...controls.map(({ element }) => element)), trouble,
    ...(kernel ? [kernel.element] : []),
    h("div", { class: "mem-top" },
      h("div", {}, picture.element, ...(view.under ? [view.under] : [])),
      h("div", { class: "mem-side" }, answer, told.element,
        ...(view.inside ? [view.inside] : []), time.element)),
    h("div", { class: "mem-top" }, facts.element, sizes.element),
    h("div", { class: "mem-tries" }, ...toTry));

  // --- Drawing ---------------------------------------------------------------------------------

  function draw() {
    const net = cell.network;
    const point = state.train >= 0 ? cell.points[state.train] : cell.place(state.query);
    const trace = run(net, point);
    const out = trace.at(-1).values;
    const said = label(net, out);
    const values = out.map((v) => fraction(v, net.denominator));
    const layer = Math.min(state.layer, trace.length - 1);
    const context = { ...state, cell, net, trace, out, said, values, layer, point };

    say(answer, view.answer?.(context) ?? answerOf(said, values));
    const text = `${whereOf(said)} ${view.sentence?.(context) ?? ""}`.trim();
    told.set(text, el.dataset.output === undefined);
    picture.query(state.query, text);
    time.set(trace, layer);
    view.draw?.(context);
    Object.assign(el.dataset, {
      key: keyOf(state.setting), query: state.query.join(","), train: state.train,
      point: point.join(","), output: values.join(", "), answer: said, layer: layer + 1,
      sha: cell.sha,
    });
  }

  function answerOf(said, values) {
    if (said < 0) {
      const text = values.length > 1 ? "" : `: its output is ${minus(values[0])}`;
      return `The network is undecided${text}`;
    }
    return `The network answers ${said}${words.has(said) ? `: ${words.get(said)}` : ""}`;
  }

  function whereOf(said) {
    const { train } = state;
    if (train < 0) return "No training point: whatever is said here, nobody asked for it.";
    const off = cell.view.off[train];
    const away = off > 5e-4 ? `, which lies ${off} off this plane,` : "";
    const right = said === cell.values[train] ? "\u2713 has its label." : "\u2717 has not its label.";
    return `Training point ${train}${away} ${right}`;
  }

  const uncolour = coloured(el, (get) => {
    picture.regions.recolour(Object.fromEntries([
      ...marks.map(([value], k) => [value, rgba(get(`class-${k}`), k ? 70 : 36)]),
      ...(view.silent ? [[-1, rgba(get("faint"), 150)]] : [])]));
    time.recolour(get);
  });

  await go({}, data.spot ? { spot: data.spot } : { train: data.train });
  draw();
  el.dataset.ready = Math.round(performance.now() - begun);
  return () => {
    uncolour();
    drawing.cancel();
    picture.regions.stop();
    time.stop();
    facts.stop();
    kernel?.stop();
    view.stop?.();
  };
}

/** A slider, or a row of buttons where the stops have names. */
function control(axis, change) {
  const shown = axis.words.length ? axis.words : axis.values.map(spacedOrText);
  const three = THREE.includes(axis.name);
  const at = (setting) => axis.values.indexOf(setting[axis.name]);
  const start = axis.values.indexOf(axis.start);
  const made = axis.words.length
    ? choice(axis.label, axis.words, start, (i) => change(axis.values[i]))
    : slider(axis.label, axis.values.length, start, (i) => shown[i],
      (i) => change(axis.values[i]), shown);
  const note = three ? [] : [h("span", { class: "mem-head" }, "more stops at d = 2 only")];
  const element = h("div", { class: "mem-control", "data-axis": axis.name }, made.element, ...note);
  return {
    element,
    set(setting) {
      if (at(setting) >= 0) made.set(at(setting)); // a kernel builds what is between the stops
      if (!three) made.disable(setting.d !== 2);
    },
  };
}

const spacedOrText = (value) => (Number.isInteger(value) ? spaced(value) : String(value));

export { keyOf, study };
