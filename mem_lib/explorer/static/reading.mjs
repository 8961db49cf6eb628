// A file that a reader brings, as a network: or in words why it is none.

import { compile } from "./evaluate.mjs";

const MOST = 16 * 2 ** 20; // bytes that a page reads
const FINEST = 2n ** 22n; // bits of the grid
const KEYS = {
  network: ["format", "version", "inputs", "input_shift", "output_denominator", "readout",
    "about", "classes", "layers"],
  layer: ["activation", "rows", "weight", "bias", "names", "stage"],
  row: ["bias", "weights"],
};

class Unreadable extends Error {}

function need(condition, words) {
  if (!condition) throw new Unreadable(words);
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** The text of a file, unpacked where it is gzipped. */
async function textOf(file) {
  need(file.size > 0, "This file is empty.");
  need(file.size <= MOST,
    `This file has ${megabytes(file.size)}, and this page reads up to ${megabytes(MOST)}.`);
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const bytes = packed ? await unpacked(file) : await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable("This is no network file: it is no text.");
  }
}

async function unpacked(file) {
  const parts = [];
  let length = 0;
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > MOST) break;
      parts.push(part.value);
    }
  } catch {
    throw new Unreadable("This file begins as a gzipped one, and is damaged.");
  }
  need(length <= MOST, `Unpacked, this file has more than ${megabytes(MOST)}, which this page `
    + "does not read.");
  return new Blob(parts).arrayBuffer();
}

/** The network of a file for points of `inputs` coordinates; throws an `Unreadable` with the words
 * for whatever is none. */
function networkOf(text, inputs) {
  let file = null;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`This is no network file: it is not JSON (${error.message}).`);
  }
  need(file !== null && typeof file === "object" && !Array.isArray(file),
    "This is no network file: it is not one JSON object.");
  let network = null;
  try {
    checkShape(file);
    network = compile(file);
  } catch (error) {
    throw new Unreadable(`This is no network file: ${error.message}.`);
  }
  const given = Number(file.inputs);
  need(given === inputs, `This network has ${given} inputs; the points of this challenge have ${
    inputs} coordinate${inputs === 1 ? "" : "s"}.`);
  need(network.denominator > 0n, "This is no network file: its output_denominator is not positive.");
  need(network.inputShift >= 0n && network.inputShift <= FINEST,
    "This is no network file: its input_shift is out of range.");
  const outputs = network.layers.at(-1).rows.length;
  need(!["value", "sign"].includes(network.readout) || outputs === 1,
    `This is no network file: its readout ${network.readout} reads one output, it has ${outputs}.`);
  return network;
}

/** Errors for what `compile` would take without a word. */
function checkShape(file) {
  if (file.format !== "mem_lib.network") return; // compile says so
  known(file, KEYS.network, "the file");
  need(Array.isArray(file.layers) && file.layers.length > 0, "layers is no list, or empty");
  let width = Number(file.inputs);
  file.layers.forEach((layer, i) => {
    need(layer !== null && typeof layer === "object", `layers[${i}] is no object`);
    known(layer, KEYS.layer, `layers[${i}]`);
    const rows = layer.rows ?? layer.weight;
    need(Array.isArray(rows) && rows.length > 0, `layers[${i}] has no units`);
    if (layer.rows) rows.forEach((row, j) => checkRow(row, `layers[${i}].rows[${j}]`));
    else {
      need(rows.every((row) => Array.isArray(row) && row.length === width),
        `layers[${i}]: each row of weight needs ${width} entries`);
      need(Array.isArray(layer.bias) && layer.bias.length === rows.length,
        `layers[${i}]: bias needs ${rows.length} entries`);
    }
    width = rows.length;
  });
}

function checkRow(row, place) {
  need(row !== null && typeof row === "object" && Array.isArray(row.weights),
    `${place} has no list of weights`);
  known(row, KEYS.row, place);
  need(row.weights.every((pair) => Array.isArray(pair) && pair.length === 2),
    `${place}: pairs [input, weight] are needed`);
  need(new Set(row.weights.map(([k]) => k)).size === row.weights.length,
    `${place} has two weights for one input`);
}

function known(object, keys, place) {
  const other = Object.keys(object).find((key) => !keys.includes(key));
  need(other === undefined, `${place} has the unknown key ${String(other).slice(0, 40)}`);
}

export { Unreadable, networkOf, textOf };
