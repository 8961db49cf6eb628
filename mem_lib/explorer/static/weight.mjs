// The total weight of a network of depth 2, rounded once, as the library does (two_layer/weight.py).

import { bitLength } from "./evaluate.mjs";

const BITS = 140; // significant bits of a root
const LEAST = 2 ** -1022; // a smaller float has fewer digits
const magnitude = (v) => (v < 0n ? -v : v);
const shifted = (v, k) => (k >= 0 ? v << BigInt(k) : v >> BigInt(-k));

/** The square root, rounded down. */
function root(v) {
  if (v < 2n) return v;
  let x = 1n << BigInt((bitLength(v) + 1) >> 1);
  for (;;) {
    const next = (x + v / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The float nearest to n / d, both positive; null beyond the range of floats. */
function nearest(n, d) {
  const k = 66 - bitLength(n) + bitLength(d);
  const [top, bottom] = k >= 0 ? [n << BigInt(k), d] : [n, d << BigInt(-k)];
  const whole = top / bottom;
  const sticky = whole * bottom === top ? 0n : 1n; // decides what lies half way
  const half = Math.trunc(-(k + 1) / 2);
  const found = Number(whole * 2n + sticky) * 2 ** half * 2 ** (-(k + 1) - half);
  return Number.isFinite(found) && found >= LEAST ? found : null;
}

/** The sum of |a| |(w, b)| over the neurons, and the output bias; null for another kind of network. */
function totalWeight({ layers, inputShift, denominator }) {
  const last = layers.at(-1);
  const [output] = last.rows;
  if (last.rows.length !== 1 || last.activation !== "identity") return null;
  const constant = layers.length === 1 && output.weights.length === 0;
  if (!constant && (layers.length !== 2 || layers[0].activation !== "relu")) return null;
  const terms = output.from.map((j, t) => {
    const { bias, weights } = layers[0].rows[j];
    const square = weights.reduce((sum, w) => sum + w * w, 0n);
    return output.weights[t] ** 2n * ((square << (2n * inputShift)) + bias * bias);
  });
  const longest = terms.reduce((most, t) => Math.max(most, bitLength(t)), 0);
  const shift = (longest >> 1) - BITS;
  const sum = terms.reduce((all, t) => all + root(shifted(t, -2 * shift)), 0n);
  const [up, down] = [BigInt(Math.max(shift, 0)), BigInt(Math.max(-shift, 0))];
  const numerator = (sum << up) + (magnitude(output.bias) << down);
  return numerator ? nearest(numerator, denominator << down) : 0;
}

export { nearest, root, totalWeight };
