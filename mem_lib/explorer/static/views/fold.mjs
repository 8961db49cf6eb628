// The fold: a strip of paper, two neighbours on it, and the bit that their order is.

import { compile, outputs, run, unpack } from "../evaluate.mjs";
import { paper } from "../paper.mjs";
import { drawn } from "../picture.mjs";
import { calm, framed, h, say, sentence, shared, slider } from "../pieces.mjs";

const TICK = 60; // milliseconds between two stops of the slider while it plays

async function render({ model, el }) {
  const { lengths, stops, tries } = model.get("explorer");
  const packs = model.get("packs");
  const parsed = async (name) => (await unpack(packs[name])).map((t) => compile(JSON.parse(t)));
  const [strips, readers] = [await parsed("strip"), await parsed("bits")];
  const reader = {}; // of bit i of k bits
  lengths.forEach((k) => (reader[k] = readers.splice(0, k)));
  const state = { bits: model.get("bits"), x: model.get("x"), t: model.get("t") };

  const drawing = framed(draw);
  const tell = shared(model, ["bits", "x", "t"], state, drawing.ask);
  function change(next) {
    Object.assign(state, next);
    state.x = Math.min(Math.max(state.x, 0), 2 ** state.bits - 1);
    state.t = Math.min(Math.max(state.t, 0), stops * state.bits);
    renew(state.bits); // at once: the slider that keys go to next
    tell({});
  }
  /** Where x lies before the first fold and after each, as the strip's network says. */
  function way(x) {
    const trace = run(strips[lengths.indexOf(state.bits)], [BigInt(x)]);
    return [x, ...trace.filter((_, l) => l % 2).map(({ values }) => Number(values[0]))];
  }
  const bitsOf = (x) => reader[state.bits].map((net) => Number(outputs(net, [BigInt(x)])[0]));

  // --- The strip, unfolded: x is chosen on it, parts that are turned over are marked -------------

  const parts = drawn("svg",
    { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
  const grip = h("div", {
    class: "mem-grip", role: "slider", tabindex: 0, "aria-label": "The number x",
    "aria-valuemin": 0, onkeydown: choose,
  });
  const unrolled = h("div", { class: "mem-strip" }, parts, grip);
  const ends = h("div", { class: "mem-ends", "aria-hidden": "true" });
  function at(event) {
    const box = unrolled.getBoundingClientRect();
    change({ x: Math.floor((2 ** state.bits * (event.clientX - box.left)) / box.width) });
  }
  unrolled.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    stop();
    grip.focus({ preventScroll: true });
    unrolled.setPointerCapture(event.pointerId);
    at(event);
  });
  unrolled.addEventListener("pointermove", (event) => {
    if (unrolled.hasPointerCapture(event.pointerId)) at(event);
  });
  function choose(event) {
    const far = 2 ** (state.bits - 2);
    const step = {
      ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -far, PageUp: far,
    }[event.key];
    const to = { Home: 0, End: 2 ** state.bits - 1 }[event.key] ?? state.x + step;
    if (Number.isNaN(to) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    change({ x: to });
  }

  // --- The page --------------------------------------------------------------------------------

  const picture = paper();
  const progress = h("div", {}); // the slider over the folds, another one for every length
  progress.addEventListener("keydown", (event) => {
    const whole = Math.floor(state.t / stops);
    const to = {
      PageUp: whole + 1, PageDown: state.t % stops ? whole : whole - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
    change({ t: to * stops });
  }, true);
  let folding = null; // the slider, and the length that it is for
  const length = slider("Bits of the number", lengths.length, lengths.indexOf(state.bits),
    (i) => String(lengths[i]), (i) => {
      stop();
      change({ bits: lengths[i] });
    }, lengths);
  const play = h("button", { type: "button", class: "mem-act", onclick: playFolds });
  const told = sentence();
  const rows = h("tbody");
  const head = ["fold at", "x lies at", "x + 1 lies at", "order", "bit"];
  const table = h("table", { class: "mem-counters mem-folds" },
    h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))), rows);
  const cards = tries.map(({ title, text, bits, x, t }) => h("button", {
    type: "button", class: "mem-try",
    onclick() {
      stop();
      change({ bits, x, t });
    },
  }, h("b", {}, title), h("span", {}, text)));

  el.classList.add("mem-explorer");
  el.append(
    h("p", { class: "mem-chosen" }, "The strip: drag the two neighbours along it, or move them " +
      "with the arrow keys. Shaded parts are those that the folds have turned over."),
    unrolled, ends,
    h("div", { class: "mem-top" }, h("div", {}, progress, play), h("div", {}, length.element)),
    picture.element, told.element, table,
    h("div", { class: "mem-tries" }, ...cards));

  // --- Drawing ---------------------------------------------------------------------------------

  function draw() {
    const { bits, x, t } = state;
    const folds = Math.floor(t / stops);
    const [first, second] = [way(x), way(x + 1)];
    const read = bitsOf(x);
    const places = [first[folds], second[folds]];
    renew(bits);
    folding.set(t);
    length.set(lengths.indexOf(bits));
    unfolded(bits, x, folds);
    const resting = t % stops === 0;
    picture.set({
      bits, folds, turn: (t % stops) / stops, places,
      names: resting ? [`x at ${places[0]}`, `x + 1 at ${places[1]}`] : ["x", "x + 1"],
    });
    rows.replaceChildren(...read.map((bit, i) => row(i, folds, first, second, bit)));
    told.set(sentenceOf(folds, resting, places, read), el.dataset.output === undefined);
    el.dataset.output = places.join();
    el.dataset.read = read.slice(0, folds).join("");
    el.dataset.state = [bits, x, t].join();
  }

  function renew(bits) {
    if (folding?.bits === bits) return;
    const made = slider("Folding", stops * bits + 1, state.t, (t) => {
      const folds = Math.floor(t / stops);
      return t % stops ? `fold ${folds + 1} of ${bits}` : `${folds} of ${bits} done`;
    }, (t) => {
      stop();
      change({ t });
    }, Array.from({ length: bits + 1 }, (_, i) => i));
    folding = { ...made, bits };
    progress.replaceChildren(made.element);
    ends.replaceChildren(...[0, 2 ** (bits - 1), 2 ** bits].map((v) => h("span", {}, v)));
  }

  /** After i folds the strip has 2^i parts, and every second one is turned over. */
  function unfolded(bits, x, folds) {
    const turned = Array.from({ length: 2 ** folds >> 1 }, (_, q) => drawn("rect", {
      class: "mem-turned", x: (2 * q + 1) / 2 ** folds, y: 0, width: 1 / 2 ** folds, height: 1,
    }));
    const units = Array.from({ length: 2 ** bits - 1 }, (_, v) => drawn("line", {
      class: "mem-cut", x1: (v + 1) / 2 ** bits, x2: (v + 1) / 2 ** bits, y1: 0, y2: 1,
    }));
    parts.replaceChildren(...turned, ...units);
    grip.style.left = `${(100 * x) / 2 ** bits}%`;
    grip.style.width = `${100 / 2 ** bits}%`;
    grip.setAttribute("aria-valuemax", 2 ** bits - 1);
    grip.setAttribute("aria-valuenow", x);
    grip.setAttribute("aria-valuetext", `x = ${x}, x + 1 = ${x + 1}`);
    grip.dataset.x = x;
  }

  const order = (a, b) => (a > b ? "reversed" : "in order");
  function row(i, folds, first, second, bit) {
    const cells = i < folds
      ? [first[i + 1], second[i + 1], order(first[i + 1], second[i + 1]), bit]
      : ["", "", "", "\u00b7"];
    return h("tr", { class: i === folds - 1 && "mem-latest" },
      h("th", { scope: "row" }, 2 ** (state.bits - 1 - i)), ...cells.map((c) => h("td", {}, c)));
  }
  function sentenceOf(folds, resting, [a, b], read) {
    const { bits, x } = state;
    const known = read.slice(0, folds).join("") + "\u00b7".repeat(bits - folds);
    const crease = 2 ** (bits - 1 - folds);
    if (!resting)
      return `Fold ${folds + 1} of ${bits}, at ${crease}: what lies beyond ${crease} is turned ` +
        `over, what lies before it stays. Before this fold x lies at ${a}, x + 1 at ${b}. ` +
        `Bits read so far: ${known}.`;
    if (!folds) return `The numbers ${x} and ${x + 1} on the strip from 0 to ${2 ** bits}. ` +
      "Nothing is folded yet.";
    return `After ${folds} of ${bits} folds ${x} lies at ${a} and ${x + 1} at ${b}, ` +
      `${order(a, b)}: bit ${folds} is ${read[folds - 1]}. Bits read so far: ${known}` +
      (folds === bits ? `, and that is ${x}.` : ".");
  }

  // --- Time ------------------------------------------------------------------------------------

  let timer = 0;
  let rest = 0; // ticks that a whole fold is left to be seen
  const last = () => stops * state.bits;
  function stop() {
    clearInterval(timer);
    timer = 0;
    name();
  }
  const name = () => say(play, timer ? "Pause" : calm() ? "Next fold" : "Play the folds");
  function playFolds() {
    if (timer) return stop();
    const from = state.t >= last() ? 0 : state.t;
    if (calm()) {
      const next = (Math.floor(state.t / stops) + 1) * stops;
      return change({ t: state.t >= last() ? 0 : next });
    }
    change({ t: from });
    rest = 0;
    timer = setInterval(() => {
      if (state.t >= last()) return stop();
      if (rest > 0) return (rest -= 1);
      change({ t: state.t + 1 });
      rest = state.t % stops ? 0 : 10;
    }, TICK);
    name();
  }
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  motion.addEventListener("change", stop);

  name();
  draw();
  return () => {
    clearInterval(timer);
    drawing.cancel();
    picture.stop();
    motion.removeEventListener("change", stop);
  };
}

export { render };
