// How can a weight remember your points?  The fall to a key, the folder, and the bits of its weight.

import { fraction, refined, run } from "../evaluate.mjs";
import { drawn } from "../picture.mjs";
import { h, minus, say } from "../pieces.mjs";
import { study } from "../study.mjs";

const READ = "read the folder";
const FINE = 8n; // the lens looks at places 2^8 times finer than the plane
const KEYS = 9; // of the lens
const [WIDE, HIGH] = [360, 132];

/** The value of the neuron `name` in a layer's trace, or null. */
const named = (net, trace, l, name) => {
  const j = net.layers[l].names?.indexOf(name) ?? -1;
  return j < 0 ? null : trace[l].values[j];
};

const render = (host) => study(host, ({ data, picture }) => {
  const line = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "mem-lens", role: "img" });
  const lineText = h("p", { class: "mem-head" });
  const head = h("p", { class: "mem-head" });
  const list = h("ol", { class: "mem-entries", tabindex: 0, "aria-label": "Entries of the folder" });
  const words = new Map(data.marks);
  let keys = []; // of the training points: { key, value, i }, in order
  let shape = null; // of the network: one, n, key bits, label bits

  /** What the network's first neuron makes of a point, in units of its keys. */
  const fall = (cell, point) =>
    Number(run({ layers: cell.network.layers.slice(0, 1) }, point)[0].sums[0]) / shape.one;

  function renew(cell) {
    const { about, layers, denominator } = cell.network;
    const { folder_size: n, key_bits: keyBits, label_bits: labelBits } = about;
    // the plane's grid may be finer than the file's: units grow with it
    const grown = denominator / cell.file.denominator;
    shape = { n, keyBits, labelBits, layers, one: 2 ** about.unit_bits * Number(grown),
      unit: (1n << BigInt(about.unit_bits)) * grown };
    keys = cell.points
      .map((point, i) => ({ key: Math.floor(fall(cell, point)), value: cell.values[i], i }))
      .sort((a, b) => a.key - b.key);
    const { box, spots } = cell.view;
    picture.under.replaceChildren(...keys.map(({ value, i }) => drawn("line", {
      class: `mem-stripe mem-stroke-${value - 1}`, "vector-effect": "non-scaling-stroke",
      x1: spots[i][0] - box[0], x2: spots[i][0] - box[0], y1: 0, y2: picture.side(),
    })));
    const wide = keyWidth(cell);
    say(lineText, `Below the plane: the line of keys, ${keys.length / n > 1
      ? `${Math.ceil(keys.length / n)} folders of up to ${n} points` : "one folder"}; then, much `
      + `enlarged, ${KEYS} keys around the ring and the exact output over them. A key is ${wide} `
      + "of the picture wide.");
  }

  const keyWidth = (cell) => {
    const part = 1 / Math.abs(slope(cell) * picture.side());
    return part > 0.01 ? `${(100 * part).toFixed(1)} %` : `1/${Math.round(1 / part)}`;
  };
  /** Keys for each step of the plane to the right. */
  const slope = (cell) => {
    const at = (s) => fall(cell, cell.place([s, 0]));
    const far = picture.side() >> 2;
    return (at(far) - at(0)) / far;
  };

  // --- The line of keys and the lens -----------------------------------------------------------

  function drawLine({ cell, query, point }) {
    const z = fall(cell, point);
    const [low, high] = [keys[0].key - 1, keys.at(-1).key + 2];
    const along = (value) => 6 + ((WIDE - 12) * (value - low)) / (high - low);
    const folders = [];
    for (let i = 0; i < keys.length; i += shape.n) folders.push(keys.slice(i, i + shape.n));
    const parts = folders.map((folder, f) => {
      const inside = z >= folder[0].key && z <= folder.at(-1).key + 1;
      const [a, b] = [along(folder[0].key), along(folder.at(-1).key + 1)];
      return drawn("rect", { class: inside ? "mem-folder mem-open-folder" : "mem-folder",
        x: a, y: 4 + 3 * (f % 2), width: Math.max(b - a, 1.5), height: 17 });
    });
    parts.push(...keys.map(({ key, value }) => drawn("line", {
      class: `mem-key mem-stroke-${value - 1}`,
      x1: along(key + 0.5), x2: along(key + 0.5), y1: 7, y2: 21 })));
    const [s, t] = picture.at(query);
    picture.over.replaceChildren(drawn("line", { class: "mem-fall",
      x1: s, x2: s, y1: t, y2: picture.side() }));
    parts.push(drawn("path", { class: "mem-pointer", d: `M${along(z)} 22l4 7h-8Z` }));
    line.replaceChildren(...parts, ...lens(cell, query, point, z));
    line.setAttribute("aria-label", `The point falls to ${z.toFixed(2)} on the line of keys, `
      + `${low + 1} to ${high - 2}.`);
  }

  function lens(cell, query, point, z) {
    const half = KEYS / 2;
    const along = (value) => 6 + ((WIDE - 12) * (value - z + half)) / KEYS;
    const up = (value) => HIGH - 16 - 30 * Math.min(Math.max(value, -0.3), 2.4);
    const shownKeys = keys.filter(({ key }) => key + 1 > z - half && key < z + half);
    const bands = shownKeys.map(({ key, value }) => drawn("rect", {
      class: `mem-band mem-fill-${value - 1}`, y: up(2.4), height: up(0) - up(2.4),
      x: Math.max(along(key), 6), width: Math.min(along(key + 1), WIDE - 6) - Math.max(along(key), 6),
    }));
    const levels = [0, 1, 2].flatMap((value) => [
      drawn("line", { class: "mem-base", x1: 6, x2: WIDE - 6, y1: up(value), y2: up(value) }),
      drawn("text", { x: 0, y: up(value) - 2 }, String(value)),
    ]);
    const names = shownKeys.map(({ key }) => drawn("text", {
      x: Math.min(Math.max(along(key + 0.5), 12), WIDE - 12), y: HIGH - 3, "text-anchor": "middle",
    }, String(key)));
    const path = curve(cell, point, half).map(([dz, out]) =>
      `${along(z + dz).toFixed(1)},${up(out).toFixed(1)}`).join(" ");
    return [...bands, ...levels, ...names,
      drawn("polyline", { class: "mem-output", points: path }),
      drawn("line", { class: "mem-now", x1: along(z), x2: along(z), y1: up(2.4), y2: up(-0.2) })];
  }

  /** The output along the direction, as [keys to the right, output]: halved until straight. */
  function curve(cell, point, half) {
    const net = refined(cell.network, FINE);
    const step = slope(cell) / 2 ** Number(FINE); // keys for each fine step
    const reach = Math.abs(half / step);
    const value = (j) => {
      const moved = point.map((x, k) => (x << FINE) + BigInt(j) * cell.scale * cell.view.u[k]);
      return Number(run(net, moved).at(-1).values[0]) / Number(net.denominator);
    };
    const [found, parts] = [[], 2 * KEYS];
    const add = (a, fa, b, fb, deep) => {
      const m = Math.round((a + b) / 2);
      if (deep && m !== a && m !== b) {
        const fm = value(m);
        if (deep > 4 || Math.abs(fm - (fa + fb) / 2) > 1e-6) {
          add(a, fa, m, fm, deep - 1);
          return add(m, fm, b, fb, deep - 1);
        }
      }
      found.push([b * step, fb]);
    };
    let [a, fa] = [-Math.round(reach), value(-Math.round(reach))];
    found.push([a * step, fa]);
    for (let i = 1; i <= parts; i++) {
      const b = Math.round(reach * ((2 * i) / parts - 1));
      const fb = value(b);
      add(a, fa, b, fb, 4);
      [a, fa] = [b, fb];
    }
    return found.sort((p, q) => p[0] - q[0]);
  }

  // --- The weight of the folder ----------------------------------------------------------------

  /** Bits of a string as the first layer that reads has it, exact where the gate is 0 or 1. */
  function string(net, trace, l, probe, length) {
    const four = 4n * shape.unit;
    const doubled = named(net, trace, l, probe) - 2n * shape.unit;
    const whole = doubled >= 0n && doubled % four === 0n;
    return { whole, bits: (doubled < 0n ? 0n : doubled / four).toString(2).padStart(length, "0") };
  }

  function drawEntries({ net, trace, layer }) {
    const first = net.layers.findIndex(({ stage }) => stage === READ);
    const { n, keyBits, labelBits } = shape;
    // both strings are held in max(bits) places an entry; each field's bits come first
    const keyString = string(net, trace, first, "u1", n * keyBits);
    const labelString = string(net, trace, first, "w1", n * labelBits);
    const entries = Array.from({ length: n }, () => ({ key: [], label: [], gate: 0n, done: false }));
    let entry = 0;
    for (let l = first; l <= layer; l++) {
      if (!net.layers[l].names || entry >= n) break;
      for (const field of ["key", "label"]) {
        const bit = named(net, trace, l, `${field} bit`);
        if (bit !== null) entries[entry][field].push(bit === 0n ? "0" : "1");
      }
      const gate = named(net, trace, l, "gate");
      if (gate !== null) Object.assign(entries[entry++], { gate, done: true });
    }
    say(head, layer < first ? "The weight of a folder is not loaded yet; ahead of time, its bits:"
      : keyString.whole ? "The weight that was loaded, bit by bit as the layers read it:"
        : "On the edge of a folder a part of its weight is loaded, which means nothing:");
    list.replaceChildren(...entries.map((one, i) => {
      const all = keyString.bits.slice(i * keyBits, (i + 1) * keyBits);
      const label = labelString.bits.slice(i * labelBits, (i + 1) * labelBits);
      const value = Number(BigInt(`0b${label || "0"}`));
      const text = one.done ? `key ${parseInt(one.key.join(""), 2)}, label ${value}` : "";
      const agrees = one.done && one.gate > 0n;
      return h("li", { class: agrees ? "mem-agrees" : "" },
        ...bitsOf(one.key, all), h("span", { class: "mem-between" }, "\u00b7"),
        ...bitsOf(one.label, label),
        h("span", { class: "mem-read" }, text + (agrees ? ` \u2713 ${words.get(value) ?? ""}` : "")));
    }));
  }

  const bitsOf = (read, all) => [
    h("b", { class: "mem-bits" }, read.join("")),
    h("span", { class: "mem-bits mem-ghost" }, all.slice(read.length)),
  ];

  return {
    under: h("div", {}, line, lineText),
    inside: h("div", {}, head, list),
    regions: false,
    renew,
    draw(context) {
      drawLine(context);
      drawEntries(context);
    },
    answer: ({ said, values }) => said === 0 ? "The network answers 0: nothing is stored here"
      : said < 0 ? `The output is ${minus(values[0])}: half way off a key` : undefined,
    sentence({ cell, point, net, trace }) {
      const z = fall(cell, point);
      const open = net.layers.flatMap((_, l) => {
        const t = named(net, trace, l, "t");
        return t === null || t === 0n ? [] : [[l, t]];
      });
      const key = keys.find((one) => z >= one.key && z < one.key + 1);
      const gate = open.length === 0 ? "No folder is open."
        : `Folder ${1 + Math.floor((open[0][0] - 2) / 2)} is open${
          open[0][1] === shape.unit ? "" : ` to ${fraction(open[0][1], shape.unit)}`}.`;
      return `It falls to ${z.toFixed(2)} on the line of keys. ${gate} ${
        key ? `That is within key ${key.key}.` : "No key lies there."}`;
    },
  };
});

export { render };
