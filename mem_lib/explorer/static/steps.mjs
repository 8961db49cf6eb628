// The staircase of `thm-foundations-staircase` on a line: the file that the library writes for the
// same points, byte for byte (a test compares them).

/** The network file that gives `labels[i]` at `places[i]`, whole numbers, all different. */
function stepsFile(places, labels) {
  const order = places.map((_, i) => i).sort((i, j) => places[i] - places[j]);
  const first = labels[order[0]];
  if (labels.every((label) => label === first))
    return file([
      { activation: "identity", stage: "constant", rows: [{ bias: first, weights: [] }] },
    ]);
  const start = places[order[0]];
  // Half way to the next point, from where the label changes, and by how much.
  const changes = order.slice(1).map((j, k) => {
    const i = order[k];
    const middle = Math.floor((places[i] + places[j]) / 2);
    return { at: middle - start, jump: labels[j] - labels[i] };
  }).filter(({ jump }) => jump !== 0);
  // A step is relu(t - m) - relu(t - m - 1).
  return file([
    { activation: "relu", stage: "line", weight: [[1]], bias: [-start] },
    {
      activation: "relu", stage: "steps",
      weight: changes.flatMap(() => [[1], [1]]),
      bias: changes.flatMap(({ at }) => [-at, -at - 1]),
    },
    {
      activation: "identity", stage: "climb",
      weight: [changes.flatMap(({ jump }) => [jump, -jump])],
      bias: [first],
    },
  ]);
}

function file(layers) {
  return {
    format: "mem_lib.network", version: 1, inputs: 1, input_shift: 0, output_denominator: 1,
    readout: "value", about: {}, layers,
  };
}

export { stepsFile };
