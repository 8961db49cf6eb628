// The landing explorer: a few points, every labelling of them, and for each the networks built.

import { catalogue } from "../catalogue.mjs";
import {
  certify, compile, fraction, label, onGrid, outputs, run, size, unpack,
} from "../evaluate.mjs";
import { layers } from "../layers.mjs";
import {
  coloured, counters, framed, h, minus, place, rgba, say, sentence, shared, sliced, slider, spaced,
} from "../pieces.mjs";
import { plane } from "../picture.mjs";
import { ruler } from "../ruler.mjs";

const MARKS = ["blue disc", "orange diamond"];

async function render({ model, el }) {
  const data = model.get("explorer");
  const { points, shift, cards, sizes, tries } = data;
  const packs = model.get("packs");
  const names = points.map((_, i) => String.fromCharCode(65 + i));
  const all = 2 ** points.length;
  const files = await Promise.all(cards.map(({ slug }) => unpack(packs[slug])));
  const networks = files.map((texts) => texts.map(() => null));
  const network = (c, labelling) =>
    (networks[c][labelling] ??= compile(JSON.parse(files[c][labelling])));
  const labelsOf = (labelling) => points.map((_, i) => (labelling >> i) & 1);
  const bits = (labelling) => labelsOf(labelling).join("");

  const state = {
    labelling: model.get("labelling"), query: model.get("query"),
    chosen: data.start, layer: Infinity, n: sizes.N.length - 1,
  };
  const tried = new Set();
  const begun = performance.now();
  let drawnFor = null; // the network on the screen

  /** The training point at a place, or -1. */
  const at = ([x, y]) => points.findIndex((p) => p[0] === x && p[1] === y);

  // --- What the reader does --------------------------------------------------------------------

  const drawing = framed(draw);
  const change = shared(model, ["labelling", "query"], state, drawing.ask);
  const picture = plane({
    points, names, box: data.box,
    on: {
      query: (query) => change({ query }),
      toggle: (i) => change({ labelling: state.labelling ^ (1 << i) }),
      hop(step) {
        const here = at(state.query);
        const next = here < 0 ? (step > 0 ? 0 : points.length - 1) : here + step;
        change({ query: points[(next + points.length) % points.length] });
      },
    },
  });

  // --- The page --------------------------------------------------------------------------------

  const chosenText = h("p", { class: "mem-chosen" });
  const answer = h("p", { class: "mem-answer" });
  const words = sentence();
  const inside = h("p", { class: "mem-inside" });
  const time = layers((layer) => change({ layer }), layerText,
    "Inside: a column for each layer, filled where a neuron is not 0, violet where negative");
  const chooser = catalogue(cards, state.chosen, (chosen) => change({ chosen, layer: Infinity }));
  const beside = h("p", { class: "mem-beside" });
  const certificate = h("p", { class: "mem-certificate" });
  const count = counters();
  const source = h("a", { class: "mem-file" }, "This network\u2019s file");
  const report = h("p", { class: "mem-report", role: "status" });
  const every = h("button", { type: "button", onclick: checkAll }, `Check all ${all} labellings`);
  const chart = ruler("weights", "one weight per point");
  const sizeSlider = slider("Number of points N", sizes.N.length, state.n,
    (i) => spaced(sizes.N[i]), (n) => change({ n }));
  const toTry = tries.map(({ title, text, labelling, query }) =>
    h("button", {
      type: "button", class: "mem-try",
      onclick() {
        change({ labelling, query, layer: Infinity });
        report.textContent = "";
      },
    }, h("b", {}, title), h("span", {}, text)));

  el.classList.add("mem-explorer");
  el.append(
    h("p", { class: "mem-touch" }, h("b", {}, "Touch it. "),
      "Press a point to change its label. Drag the ring to ask anywhere else."),
    chooser.element,
    h("div", { class: "mem-top" },
      h("div", {}, picture.element, chosenText, beside),
      h("div", { class: "mem-side" }, answer, words.element, time.element, inside)),
    h("div", { class: "mem-top" },
      h("div", {}, count.element, source),
      h("div", { class: "mem-check" }, certificate, every, report)),
    h("div", { class: "mem-tries" }, ...toTry),
    ...(sizes.rows.length ? [h("div", { class: "mem-sizes" },
      h("p", { class: "mem-head" }, `What labels cost: networks of ${sizes.slug}, built and ` +
        "verified when this page was made, for labels that follow a shape and labels by coin flip"),
      sizeSlider.element, chart.element)] : []));

  // --- Drawing ---------------------------------------------------------------------------------

  function draw() {
    const net = network(state.chosen, state.labelling);
    const trace = run(net, onGrid(net, state.query, shift));
    const out = trace.at(-1).values;
    const said = label(net, out);
    const values = out.map((v) => fraction(v, net.denominator)).join(", ");
    if (net !== drawnFor) renew(net);

    const text = sentenceOf(net, trace, said, values);
    say(answer, said < 0 ? "The network is undecided"
      : `The network answers ${said}${MARKS[said] ? `: ${MARKS[said]}` : ""}`);
    words.set(text, drawnFor === null);
    picture.query(state.query, `${place(state.query)}. ${text}`);
    picture.lines(net, shift, trace[0].sums);

    const layer = Math.min(state.layer, trace.length - 1);
    time.set(trace, layer);
    say(inside, insideText(trace[layer].values));
    drawSizes();
    el.dataset.query = state.query.join(",");
    el.dataset.output = values;
    el.dataset.answer = said;
    el.dataset.layer = layer + 1;
    drawnFor = net;
  }

  /** What depends on the network alone. */
  function renew(net) {
    const labels = labelsOf(state.labelling);
    tried.add(state.labelling);
    picture.labels(labels);
    say(chosenText, `Your labels, A to ${names.at(-1)}: ${bits(state.labelling)}, one of ${all} ` +
      `labellings; tried so far: ${tried.size}.`);
    say(beside, cards[state.chosen].near ? "Lines of this construction run close to points, or " +
      "through them. That no threshold is undecided there is what the integers say." : "");
    const shown = certify(net, points, labels, shift);
    chooser.set(state.chosen, verdict(shown));
    others?.cancel();
    if (cards.length > 1) others = sliced(everyone(state.labelling, verdict(shown)));
    say(certificate, `Checked in this page, in integers: ${verdict(shown)}` +
      (shown.ties ? `, ${shown.ties} neurons on a threshold.` : ", no neuron on its threshold."));
    el.dataset.labelling = state.labelling;
    el.dataset.construction = cards[state.chosen].slug;
    el.dataset.certificate = `${shown.correct}/${points.length}`;
    el.dataset.ties = shown.ties;
    const { promised, theorem } = cards[state.chosen];
    count.set(`This network, and ${theorem}`, size(net), promised[state.labelling]);
    const text = files[state.chosen][state.labelling];
    source.href = `data:application/json,${encodeURIComponent(text)}`;
    source.download = `${cards[state.chosen].slug}-${bits(state.labelling)}.json`;
    time.renew(net);
    picture.regions.start((point) => label(net, outputs(net, onGrid(net, point, shift))));
  }

  const good = ({ correct, ties }) => correct === points.length && !ties;
  let others = null;
  /** The same labels in the networks of all constructions, one after the other. */
  function* everyone(labelling, begin) {
    let right = 0;
    for (const c of cards.keys()) {
      right += good(certify(network(c, labelling), points, labelsOf(labelling), shift));
      yield;
    }
    chooser.set(state.chosen,
      `${begin}. Of all ${cards.length} constructions, ${right} memorize your labels.`);
    el.dataset.everyone = `${right}/${cards.length}`;
  }
  const verdict = (one) => `${good(one) ? "\u2713" : "\u2717"} ${one.correct} of ${points.length}`;
  function layerText(l) {
    const { stage } = network(state.chosen, state.labelling).layers[l];
    return `${l + 1}${stage ? `: ${stage}` : ""}`;
  }
  const insideText = (values) =>
    values.length > 64 ? `${values.length} values` : values.map(minus).join(" ");

  function sentenceOf(net, trace, said, values) {
    const here = at(state.query);
    const where = here < 0
      ? `${place(state.query)} is no training point; whatever is said here, nobody asked for it.`
      : `Training point ${names[here]}: ` + (said === (state.labelling >> here & 1)
        ? "\u2713 its label." : "\u2717 not its label.");
    const hidden = trace.slice(0, -1).map(({ values: v }, l) => {
      const on = v.filter((value) => value !== 0n).length;
      const name = cards[state.chosen].stages[net.layers[l].stage] ?? "neurons are not 0";
      return `${on} of ${v.length} ${name}`;
    });
    const heard = hidden.length === 0 ? "It has no hidden neuron."
      : hidden.length > 4 ? `${hidden.length} hidden layers.` : `${hidden.join("; ")}.`;
    const side = { "-1": " is exactly 0", 0: " is below 0", 1: " is above 0" };
    const read = net.readout === "sign" ? side[said]
      : said < 0 ? " is no label" : ` is read as ${said}`;
    return `${where} ${heard} The output ${minus(values)}${read}.`;
  }

  function drawSizes() {
    if (!sizes.rows.length) return;
    const N = sizes.N[state.n];
    const rows = sizes.rows.map(({ name, weights }) => ({ name, value: weights[state.n] }));
    chart.set(rows, N);
    el.dataset.n = N;
  }

  // --- Actions ---------------------------------------------------------------------------------

  function checkAll() {
    const start = performance.now();
    let [asked, right, ties] = [0, 0, 0];
    for (let labelling = 0; labelling < all; labelling++) {
      tried.add(labelling);
      cards.forEach((_, c) => {
        const one = certify(network(c, labelling), points, labelsOf(labelling), shift);
        [asked, right, ties] = [asked + points.length, right + one.correct, ties + one.ties];
      });
    }
    const wrong = asked - right;
    say(report, `${all} labellings, ${asked} evaluations: ` +
      (wrong || ties ? `${wrong} wrong, ${ties} ties` : "every answer right") +
      ` (${Math.max(1, Math.round(performance.now() - start))} ms).`);
    el.dataset.all = `${right}/${asked}`;
    drawnFor = null;
    drawing.ask();
  }

  // --- Colours ---------------------------------------------------------------------------------

  const uncolour = coloured(el, (get) => {
    picture.regions.recolour([rgba(get("class-0"), 26), rgba(get("class-1"), 92)]);
    time.recolour(get);
  });

  draw();
  el.dataset.ready = Math.round(performance.now() - begun);
  return () => {
    others?.cancel();
    drawing.cancel();
    picture.regions.stop();
    time.stop();
    uncolour();
  };
}

export { render };
