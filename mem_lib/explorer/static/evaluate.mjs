// A network file, evaluated exactly in BigInt.  Nothing here knows how a network came to be.

const FORMAT = "mem_lib.network";
const ACTIVATIONS = {
  relu: (z) => (z > 0n ? z : 0n),
  threshold: (z) => (z >= 0n ? 1n : 0n),
  identity: (z) => z,
};

/** An integer of the file: a plain number below 2^53, or "0x1f", or "-0x1f". */
function integer(value) {
  if (Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^(0x0|-?0x[1-9a-f][0-9a-f]*)$/.test(value))
    return value[0] === "-" ? -BigInt(value.slice(1)) : BigInt(value);
  throw new TypeError(`${String(value).slice(0, 40)} is not an integer of a network file`);
}

/** The parsed JSON of a network file, ready for `run`. */
function compile(file) {
  if (file?.format !== FORMAT || file.version !== 1)
    throw new TypeError(`format is ${file?.format}, version ${file?.version}: not a network file`);
  let inputs = Number(integer(file.inputs));
  const layers = file.layers.map((layer, i) => {
    if (!Object.hasOwn(ACTIVATIONS, layer.activation))
      throw new TypeError(`layers[${i}]: the activation ${layer.activation} is unknown`);
    const rows = (layer.rows ?? dense(layer)).map((row) => compileRow(row, inputs, `layers[${i}]`));
    inputs = rows.length;
    const { activation, stage = null, names = null } = layer;
    return { activation, stage, names, rows };
  });
  if (!Object.hasOwn(READ, file.readout)) throw new TypeError(`readout ${file.readout} is unknown`);
  return {
    layers,
    inputShift: integer(file.input_shift),
    denominator: integer(file.output_denominator),
    readout: file.readout,
    about: file.about ?? {},
  };
}

/** The same function of points on a grid 2^k times finer, k >= 0 a BigInt. */
function refined(network, k) {
  if (k <= 0n) return network;
  let scaled = true; // until a threshold, which does not see the scale
  const layers = network.layers.map((layer) => {
    if (!scaled) return layer;
    scaled = layer.activation !== "threshold";
    return { ...layer, rows: layer.rows.map((row) => ({ ...row, bias: row.bias << k })) };
  });
  const denominator = scaled ? network.denominator << k : network.denominator;
  return { ...network, layers, denominator, inputShift: network.inputShift + k };
}

function dense({ weight, bias }) {
  return weight.map((row, j) => ({ bias: bias[j], weights: row.map((w, k) => [k, w]) }));
}

function compileRow(row, inputs, place) {
  const kept = row.weights.map(([k, w]) => [k, integer(w)]).filter(([, w]) => w !== 0n);
  for (const [k] of kept)
    if (!(Number.isInteger(k) && k >= 0 && k < inputs))
      throw new TypeError(`${place}: the input ${k} does not exist, there are ${inputs}`);
  return { bias: integer(row.bias), from: kept.map(([k]) => k), weights: kept.map(([, w]) => w) };
}

/**
 * What every neuron computes at `point`, the integers 2^inputShift x: for each layer the sums
 * before and the values after the activation.
 */
function run(network, point) {
  let values = point;
  return network.layers.map(({ rows, activation }) => {
    const before = values;
    const sums = rows.map((row) => sum(row, before));
    values = sums.map(ACTIVATIONS[activation]);
    return { sums, values };
  });
}

function sum({ bias, from, weights }, values) {
  let total = bias;
  for (let t = 0; t < from.length; t++) {
    const x = values[from[t]];
    if (x === 0n) continue;
    const w = weights[t];
    total = w === 1n ? total + x : w === -1n ? total - x : total + w * x;
  }
  return total;
}

/** The numerators of the outputs, over `network.denominator`. */
function outputs(network, point) {
  return run(network, point).at(-1).values;
}

/** The point of the grid 2^-shift as the network wants it. */
function onGrid(network, point, shift) {
  const k = network.inputShift - BigInt(shift);
  if (k < 0n) throw new RangeError("the network's grid is coarser than the points'");
  return point.map((x) => BigInt(x) << k);
}

/** How outputs are read as a label, a plain number below 2^53; -1 is undecided. */
const READ = {
  value: ([v], q) =>
    v % q === 0n && v >= 0n && v / q <= Number.MAX_SAFE_INTEGER ? Number(v / q) : -1,
  sign: ([v]) => (v > 0n ? 1 : v < 0n ? 0 : -1),
  onehot: (out) => (out.filter((v) => v > 0n).length === 1 ? out.findIndex((v) => v > 0n) : -1),
  argmax: (out) => {
    const best = out.reduce((a, b) => (b > a ? b : a));
    return out.filter((v) => v === best).length === 1 ? out.indexOf(best) : -1;
  },
};

function label(network, out) {
  return READ[network.readout](out, network.denominator);
}

/** Every point evaluated: which are right, and how many threshold neurons sit on a tie. */
function certify(network, points, labels, shift) {
  const right = [];
  let ties = 0;
  points.forEach((point, i) => {
    const trace = run(network, onGrid(network, point, shift));
    right.push(label(network, trace.at(-1).values) === labels[i]);
    network.layers.forEach(({ activation }, l) => {
      if (activation === "threshold") ties += trace[l].sums.filter((z) => z === 0n).length;
    });
  });
  return { right, correct: right.filter(Boolean).length, ties };
}

const magnitude = (v) => (v < 0n ? -v : v);

/** Bits of |v|. */
function bitLength(v) {
  const hex = magnitude(v).toString(16);
  return v === 0n ? 0 : 4 * (hex.length - 1) + 32 - Math.clz32(parseInt(hex[0], 16));
}

/** Depth, neurons, nonzero weights and biases, and the bits of the longest: as in the library. */
function size(network) {
  const rows = network.layers.flatMap((layer) => layer.rows);
  const stored = rows.flatMap((row) => [row.bias, ...row.weights]);
  return {
    depth: network.layers.length,
    neurons: network.layers.slice(0, -1).reduce((n, layer) => n + layer.rows.length, 0),
    weights: stored.filter((w) => w !== 0n).length,
    bits: stored.reduce((most, w) => Math.max(most, bitLength(w)), 0),
  };
}

/** "3", "-1/2": n/d in lowest terms. */
function fraction(n, d) {
  let [a, b] = [magnitude(n), d];
  while (b) [a, b] = [b, a % b];
  return d === a ? `${n / a}` : `${n / a}/${d / a}`;
}

/** A gzipped, base64-coded text. */
async function opened(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/** The lines of a packed text: one network file each. */
const unpack = async (packed) => (await opened(packed)).split("\n");

export {
  bitLength, certify, compile, fraction, label, onGrid, opened, outputs, refined, run, size,
  unpack,
};
