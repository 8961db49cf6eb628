// What if the data are kind?  Lines that tell the ring from a centre, and neurons that count them.

import { run } from "../evaluate.mjs";
import { drawn, painter } from "../picture.mjs";
import { coloured, h, rgba, say } from "../pieces.mjs";
import { study } from "../study.mjs";

const [WIDE, ROW] = [360, 11]; // of the ticks, one for each line

const render = (host) => study(host, ({ data, picture, change }) => {
  const ticks = drawn("svg", { viewBox: `0 0 ${WIDE} ${3 * ROW}`, class: "mem-ticks-of-lines",
    role: "img", preserveAspectRatio: "none" });
  const ticksText = h("p", { class: "mem-head" });
  const head = h("p", { class: "mem-head" });
  const bars = h("ol", { class: "mem-scores", "aria-label": "The covering neurons" });
  const ball = drawn("circle", { class: "mem-ball" });
  const canvas = h("canvas", { "aria-hidden": "true" });
  picture.element.querySelector("canvas").after(canvas);
  picture.under.append(ball);
  const fires = painter(canvas, () => shown.view.box);
  const uncolour = coloured(picture.element, (get) => fires.recolour({ 1: rgba(get("accent"), 80) }));
  let shown = null; // the cell
  let neurons = []; // { centre, threshold, off }: the training point, m, and who counts
  let lengths = []; // of the lines' normal vectors, on the network's grid
  let lines = true; // whether there are any
  let chosen = -1; // none yet: the first that fires at the ring

  function renew(cell) {
    fires.stop(); // it asks the last network
    shown = cell;
    const { layers } = cell.network;
    lines = layers.length === 3; // a single class takes none
    const [first, second] = lines ? layers : [{ rows: [] }, { rows: [] }];
    const none = second.rows.every(({ bias }) => bias < 0n); // a layer is not without a unit
    neurons = (none ? [] : second.rows).map(({ bias, from }, k) => ({
      centre: Number(/\d+$/.exec(second.names?.[k] ?? "")?.[0] ?? -1),
      threshold: Number((bias + 1n) / 2n),
      off: from,
    }));
    lengths = first.rows.map(({ from, weights }) => {
      const w = weights.map(Number);
      return Math.hypot(...w) || Infinity;
    });
    chosen = -1;
    bars.replaceChildren(...neurons.map((_, k) => {
      const button = h("button", { type: "button", onclick: () => (choose(k), change({})) });
      return h("li", {}, button);
    }));
  }

  /** Another neuron whose region is filled: where it fires, exactly, at the places of a grid. */
  function choose(k) {
    chosen = k;
    const { place, network: { layers: [first, second] } } = shown;
    const part = { layers: [first, { ...second, rows: second.rows.slice(chosen, chosen + 1) }] };
    fires.start((spot) => Number(run(part, place(spot)).at(-1).values[0] ?? 0n));
  }

  /** How many of the lines that neuron k counts are on. */
  const score = (trace, k) =>
    neurons[k].off.reduce((sum, j) => sum + Number(trace[0].values[j]), 0);

  // --- The ball on which nothing changes ---------------------------------------------------------

  /** The certified radius at the ring, in units of the data. */
  function radius(net, trace) {
    const far = trace[0].sums.map((z, j) => Math.abs(Number(z)) / lengths[j]);
    const ofNeurons = neurons.map(({ threshold, off }, k) => {
      const s = score(trace, k);
      const on = s >= threshold; // silent: counted lines that are on may go off
      const may = off.filter((j) => (trace[0].values[j] === 1n) === on).map((j) => far[j]);
      const count = on ? s - threshold + 1 : threshold - s;
      return { fires: !on, far: may.sort((a, b) => a - b)[count - 1] ?? Infinity };
    });
    const firing = ofNeurons.filter((one) => one.fires).map((one) => one.far);
    const found = firing.length ? Math.max(...firing) : Math.min(...ofNeurons.map((o) => o.far));
    return found / 2 ** Number(net.inputShift);
  }

  // --- Drawing -----------------------------------------------------------------------------------

  function drawTicks({ trace, train }) {
    const { off, centre } = neurons[chosen];
    const n = trace[0].values.length;
    const counts = new Set(off);
    const part = WIDE / n;
    const rows = [
      [(j) => !counts.has(j), "mem-bit"], // on at the centre
      [(j) => trace[0].values[j] === 1n, "mem-bit"],
      [(j) => counts.has(j) && trace[0].values[j] === 1n, "mem-counted"],
    ];
    ticks.replaceChildren(...rows.flatMap(([on, look], i) => {
      const path = trace[0].values.flatMap((_, j) =>
        (on(j) ? [`M${(j * part).toFixed(2)} ${i * ROW + 1}h${(0.7 * part).toFixed(2)}v${ROW - 3}h-${
          (0.7 * part).toFixed(2)}Z`] : []));
      return path.length ? [drawn("path", { class: look, d: path.join("") })] : [];
    }));
    const s = score(trace, chosen);
    const text = `${n} lines, a tick where a line is on: at the centre of neuron ${chosen + 1}, `
      + `training point ${centre}; at ${train === centre ? "the same point" : "the ring"}; and the `
      + `${s} that are off there and on here.`;
    say(ticksText, text);
    ticks.setAttribute("aria-label", text);
  }

  function drawLines({ net, trace, cell }) {
    const counted = neurons.length ? new Set(neurons[chosen].off) : new Set();
    const strong = trace[0].values.map((v, j) => (v === 1n && counted.has(j) ? 0n : -1n));
    picture.lines(net.layers[0], strong, cell.scale, strong.length);
  }

  function drawBars({ trace }) {
    const most = 4 * Math.max(...neurons.map(({ threshold }) => threshold), 1); // longer bars end
    const firing = neurons.filter((_, k) => trace[1].values[k] === 1n).length;
    say(head, neurons.length ? `${firing} of ${neurons.length} covering neurons fire. A neuron `
      + "fires where its score is short of its mark; press one to see its region."
      : "No covering neuron: every point of the class has a rival with the same bits.");
    neurons.forEach(({ threshold }, k) => {
      const button = bars.children[k].firstChild;
      const s = score(trace, k);
      const on = trace[1].values[k] === 1n;
      button.setAttribute("aria-pressed", k === chosen);
      button.setAttribute("style", `--score: ${Math.min(100, (100 * s) / most)}%; --mark: ${
        (100 * threshold) / most}%`);
      button.className = `mem-score${on ? " mem-fires" : ""}`;
      button.dataset.score = s;
      button.dataset.threshold = threshold;
      say(button, `${k + 1}: score ${s}, ${on ? "fires" : "silent"}: fires below ${threshold}`);
    });
  }

  function drawBall({ net, trace, query, cell, train }) {
    const inPlane = train < 0 || cell.view.off[train] < 5e-4;
    const found = neurons.length && inPlane ? radius(net, trace) : 0;
    const [x, y] = picture.at(query);
    const step = Math.hypot(...cell.view.u.map(Number)) / 2 ** cell.view.shift;
    ball.dataset.radius = found;
    ball.setAttribute("cx", x);
    ball.setAttribute("cy", y);
    ball.setAttribute("r", Number.isFinite(found) ? found / step : picture.side());
  }

  function nothing() {
    picture.over.replaceChildren();
    ball.setAttribute("r", 0);
    say(head, "One class: the network says the same everywhere.");
    say(ticksText, "");
  }

  return {
    under: h("div", {}, head, bars),
    inside: h("div", {}, ticks, ticksText),
    renew,
    stop() {
      uncolour();
      fires.stop();
    },
    draw(context) {
      ticks.toggleAttribute("hidden", !neurons.length);
      if (!lines) return nothing();
      if (chosen < 0) choose(Math.max(context.trace[1].values.indexOf(1n), 0));
      drawLines(context);
      drawBars(context);
      drawBall(context);
      if (neurons.length) drawTicks(context);
    },
    answer: ({ said, trace }) => {
      if (!lines) return undefined;
      const firing = trace[1].values.filter((v) => v === 1n).length;
      return `The network answers ${said}: ${said ? "orange" : "blue"}, for ${
        firing > 1 ? `${firing} neurons fire` : `${firing ? "one" : "no"} neuron fires`}`;
    },
    sentence({ net, trace, cell, train }) {
      const missed = (cell.more.missed ?? []).includes(train)
        ? "This draw left it out: some blue point is on at no line where this one is off. " : "";
      if (!neurons.length) return missed;
      const found = radius(net, trace);
      return `${missed}The answer stays the same in a ball of radius ${
        Number.isFinite(found) ? found.toPrecision(2) : "without end"} around the ring.`;
    },
    layer: (cell, l) => ["1: bits, one for each line", "2: scores against thresholds",
      "3: does any neuron fire?"][l],
  };
});

export { render };
