// What is measured of a network in a challenge, and its rules: as in mem_lib/grading/challenges.

import { bitLength, size } from "./evaluate.mjs";
import { totalWeight } from "./weight.mjs";

/** All measures of a network; `missed` is counted apart. */
function measured(network, missed) {
  const stored = network.layers.flatMap(({ rows }) =>
    rows.flatMap(({ bias, weights }) => [bias, ...weights]));
  const counts = size(network);
  const weight = totalWeight(network);
  return {
    ...counts,
    total_bits: stored.reduce((sum, w) => sum + bitLength(w), 0),
    total_weight: weight,
    price: weight === null ? null : counts.neurons * weight,
    missed,
  };
}

const LAST = { relu: ["identity", "relu"], threshold: ["identity", "threshold"] };

/** What the words of a broken rule are about; nothing where it is kept. */
const FOUND = {
  units(value, { layers }) {
    const i = layers.slice(0, -1).findIndex(({ activation }) => !value.includes(activation));
    if (i >= 0) return [i + 1, layers[i].activation];
    const said = layers.at(-1).activation;
    return value.some((kind) => LAST[kind].includes(said)) ? [] : [layers.length, said];
  },
  outputs(value, { layers }) {
    const { rows, activation } = layers.at(-1);
    const kept = rows.length === value && activation === "identity";
    return kept ? [] : [`${rows.length} outputs behind ${activation}`];
  },
};

/** What is wrong with a network by one rule; "" where it keeps it. */
function broken({ kind, value, wrong, about }, network, values) {
  const found = FOUND[kind] ? FOUND[kind](value, network)
    : values[kind] !== null && values[kind] <= value ? [] : [values[kind]];
  return found.length ? wrong.replace(/\{(\d)\}/g, (_, i) => [about, ...found][i]) : "";
}

export { broken, measured };
