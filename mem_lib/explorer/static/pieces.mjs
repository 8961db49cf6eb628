// The shared pieces: small parts of a page that every explorer is made of.

import { bitLength } from "./evaluate.mjs";

/** An element with attributes and children; a function under "onname" listens to the event. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== false) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Set the text only where it changes, so that a screen reader is not told twice. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const minus = (text) => String(text).replace("-", "\u2212");
const spaced = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
/** A count, or a measure with three digits. */
const counted = (n) => (Number.isInteger(n) ? spaced(n) : minus(Number(n.toPrecision(3))));
const place = ([x, y]) => `(${minus(x)}, ${minus(y)})`;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Calls `draw` once in the next frame, however often it is asked. */
function framed(draw) {
  let asked = 0;
  const ask = () => (asked ||= requestAnimationFrame(() => ((asked = 0), draw())));
  return { ask, cancel: () => cancelAnimationFrame(asked) };
}

/**
 * A state of which the model shares `names`: the function that changes it and tells the model, and
 * follows what the model hears from others; `ask` asks for a drawing.
 */
function shared(model, names, state, ask) {
  for (const name of names)
    model.on(`change:${name}`, () => {
      state[name] = model.get(name);
      ask();
    });
  return (next) => {
    Object.assign(state, next);
    for (const name of names) model.set(name, state[name]);
    model.save_changes();
    ask();
  };
}

/** Work in slices that leave the page responsive; `work` yields where it may pause. */
function sliced(work, done = () => {}) {
  let asked = 0;
  const step = () => {
    const end = performance.now() + 8;
    while (performance.now() < end) if (work.next().done) return done();
    asked = requestAnimationFrame(step);
  };
  step();
  return { cancel: () => cancelAnimationFrame(asked) };
}

/** Arrow keys as steps of -1 and 1.  JupyterLab takes them from native sliders. */
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** A slider over the indices 0..count-1; `text(i)` is what is shown and said, `ticks` what stands
 * below its stops. */
function slider(name, count, index, text, change, ticks = []) {
  const input = h("input", { type: "range", min: 0, max: count - 1, "aria-label": name });
  const output = h("output", { "aria-hidden": "true" });
  const set = (i, silent) => {
    input.value = i;
    say(output, text(Number(input.value)));
    input.setAttribute("aria-valuetext", text(Number(input.value)));
    if (!silent) change(Number(input.value));
  };
  input.addEventListener("input", () => set(input.value));
  input.addEventListener("keydown", (event) => {
    const to = { Home: 0, End: count - 1 }[event.key] ?? Number(input.value) + STEPS[event.key];
    if (Number.isNaN(to)) return;
    event.preventDefault();
    event.stopPropagation();
    set(Math.min(Math.max(to, 0), count - 1));
  });
  set(index, true);
  const row = h("label", { class: "mem-slider" }, h("span", {}, name), input, output);
  if (ticks.length) row.append(h("span", { class: "mem-ticks", "aria-hidden": "true" },
    ...ticks.map((tick) => h("span", {}, tick))));
  return { element: row, set: (i) => set(i, true), disable: (no) => (input.disabled = no) };
}

/** A row of buttons of which one is pressed: a choice between words. */
function choice(name, words, index, change) {
  const buttons = words.map((word, i) => h("button", {
    type: "button", class: "mem-word", onclick: () => (set(i), change(i)),
  }, word));
  const set = (i) => buttons.forEach((b, j) => b.setAttribute("aria-pressed", i === j));
  set(index);
  const element = h("div", { class: "mem-choices", role: "group", "aria-label": name },
    h("span", {}, name), ...buttons);
  return { element, set, disable: (no) => buttons.forEach((b) => (b.disabled = no)) };
}

/** Follows the theme: calls `recolour` with a reader of our colours now and at every change. */
function coloured(el, recolour) {
  const read = () => {
    const style = getComputedStyle(el);
    recolour((name) => style.getPropertyValue(`--mem-${name}`).trim());
  };
  const watch = new MutationObserver(read);
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const media = ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"].map(
    (query) => matchMedia(query));
  media.forEach((query) => query.addEventListener("change", read));
  const laidOut = new ResizeObserver(() => {
    if (!el.clientWidth) return; // the colours are known once the page has laid the explorer out
    read();
    laidOut.disconnect();
  });
  laidOut.observe(el);
  return () => {
    watch.disconnect();
    laidOut.disconnect();
    media.forEach((query) => query.removeEventListener("change", read));
  };
}

/** "#rrggbb" with an alpha of 0..255, as four numbers. */
const rgba = (hex, alpha) =>
  [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).concat(alpha);

/** The sentence everybody sees, and a region that says it once the hand rests. */
function sentence() {
  const seen = h("p", { class: "mem-sentence" });
  const spoken = h("p", { class: "mem-spoken", role: "status", "aria-live": "polite" });
  let timer = 0;
  return {
    element: h("div", {}, seen, spoken),
    set(text, first) {
      say(seen, text);
      clearTimeout(timer);
      if (!first) timer = setTimeout(() => say(spoken, text), 400);
    },
  };
}

/** Numbers built beside numbers promised: one small table. */
function counters() {
  const caption = h("caption");
  const body = h("tbody");
  const head = h("tr", {}, ...["", "built", "promised"].map((t) =>
    t ? h("th", { scope: "col" }, t) : h("td")));
  return {
    element: h("table", { class: "mem-counters" }, caption, h("thead", {}, head), body),
    set(title, built, promised) {
      say(caption, title);
      const most = (n) =>
        (n === undefined ? "\u2013" : typeof n === "string" ? n : `\u2264 ${counted(n)}`);
      body.replaceChildren(...Object.entries(built).map(([name, value]) => h("tr", {},
        h("th", { scope: "row" }, name),
        h("td", { "data-count": name }, counted(value)),
        h("td", {}, most(promised[name])))));
    },
  };
}

/** All neurons of all layers: one column per layer, one row per neuron, ink by bit length. */
function tape(change) {
  const canvas = h("canvas", { class: "mem-tape", role: "img" });
  let shown = null;
  let colours = {};
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * shown.trace.length);
    change(Math.min(Math.max(column, 0), shown.trace.length - 1));
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) at(event);
  });

  function draw() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!shown || !width) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const { trace, layer, most } = shown;
    const column = width / trace.length;
    const tallest = Math.max(...trace.map(({ values }) => values.length));
    const row = Math.min((height - 4) / tallest, 14);
    const gap = row > 5 ? 1.5 : 0;
    pen.fillStyle = colours.tint;
    pen.fillRect(layer * column, 0, column, height);
    trace.forEach(({ values }, l) => values.forEach((value, j) => {
      const bits = l <= layer ? bitLength(value) : 0;
      const cell = [l * column + 2, 2 + j * row, Math.max(column - 4, 1), Math.max(row - gap, 1)];
      pen.globalAlpha = 1;
      pen.strokeStyle = colours.line;
      if (gap) pen.strokeRect(...cell.map((c, i) => c + (i < 2 ? 0.5 : -1)));
      pen.globalAlpha = bits ? 0.35 + (0.65 * bits) / most : 0;
      pen.fillStyle = value < 0n ? colours.negative : colours.ink;
      pen.fillRect(...cell);
    }));
  }

  const watch = new ResizeObserver(draw);
  watch.observe(canvas);
  return {
    element: canvas,
    set(trace, layer) {
      const most = trace.reduce(
        (m, { values }) => values.reduce((n, v) => Math.max(n, bitLength(v)), m), 1);
      shown = { trace, layer, most };
      canvas.setAttribute("aria-label",
        `All neurons, layer by layer: ${trace.map(({ values }) => values.length).join(", ")}`);
      draw();
    },
    recolour(next) {
      colours = next;
      draw();
    },
    stop: () => watch.disconnect(),
  };
}

export {
  calm, choice, coloured, counted, counters, framed, h, minus, place, rgba, say, sentence, shared, sliced,
  slider, spaced, tape,
};
