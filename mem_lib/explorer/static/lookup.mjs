// What the gates behind a first layer look up: a value on a line, and the table of its runs of one
// label.  All of it is read off the network's weights; names only say which gate is which.

/** v >= t, of a gate with 2 v + bias >= 0: gates are doubled, so that none is 0 at a point. */
const threshold = (bias) => (1n - bias) >> 1n;

/** The units of a layer whose names begin with `word`. */
const called = ({ names }, word) =>
  (names ?? []).flatMap((name, j) => (name.startsWith(`${word} `) ? [j] : []));

const weightsOf = ({ from, weights }) => new Map(from.map((k, t) => [k, weights[t]]));

/**
 * The map of a network, null where it has no gates, or no names for them.  `read(trace)` tells the
 * `value` of a point and which gates of the `rows` and `columns` are on.  `rows` are { start, marks
 * }: where a row begins, and the thresholds of its columns; `labels[c]` is the answer where c
 * columns are on; `seen` is the part of the line of values where the answer changes.  A staircase is
 * a table of one row, whose columns are its steps.
 */
function lookupOf(network) {
  const { layers } = network;
  const last = layers.length - 1;
  if (last < 1) return null;
  return last === 1 ? staircase(network) : table(network, last);
}

function staircase({ layers: [{ rows }, answer], denominator }) {
  const at = rows.map(({ bias }) => threshold(bias));
  const gates = at.map((_, j) => j).sort((i, j) => (at[i] < at[j] ? -1 : 1));
  const marks = gates.map((j) => at[j]);
  const seen = around(marks);
  return {
    steps: true, seen, rows: [{ start: seen[0], marks }],
    labels: labelsOf(answer.rows[0], denominator, gates),
    read: ([{ sums, values }]) => ({
      value: (sums[0] - rows[0].bias) / 2n, rows: [],
      columns: gates.map((j) => values[j] === 1n),
    }),
  };
}

function table({ layers, denominator }, last) {
  const [first, second, answer] = [last - 2, last - 1, last].map((l) => layers[l]);
  const rowGates = called(first, "row");
  const columns = called(second, "column");
  if (!rowGates.length || !columns.length) return null;
  const gates = rowGates.map((j) => first.rows[j]);
  const top = gates[0].weights.reduce((sum, w) => sum + w, 0n) / 2n; // of all values
  const marks = columns.map((j) => threshold(second.rows[j].bias));
  // the gate of a row moves the thresholds of the columns on from those of the row before
  const moved = columns.map((j) => weightsOf(second.rows[j]));
  const rows = [{ start: 0n, marks: [...marks] }];
  gates.forEach(({ bias }, t) => {
    moved.forEach((weights, i) => (marks[i] -= (weights.get(rowGates[t]) ?? 0n) / 2n));
    rows.push({ start: threshold(bias), marks: [...marks] });
  });
  const reached = rows.flatMap((row) => row.marks).filter((mark) => mark > 0n && mark <= top);
  return {
    steps: false, rows, seen: around([rows[1].start, ...reached]),
    labels: labelsOf(answer.rows[0], denominator, columns),
    read: (trace) => ({
      value: (trace[last - 2].sums[rowGates[0]] - gates[0].bias) / 2n,
      rows: rowGates.map((j) => trace[last - 2].values[j] === 1n),
      columns: columns.map((j) => trace[last - 1].values[j] === 1n),
    }),
  };
}

/** Where some values lie, with room at both ends. */
function around(values) {
  const [low, high] = [1, -1].map((sign) =>
    values.reduce((a, b) => (sign < 0 === b > a ? b : a)));
  const room = (high - low) / 20n + 1n;
  return [low - room, high + room];
}

/** What the output says when 0, 1, 2, … of its gates are on, in their order. */
function labelsOf(row, denominator, gates) {
  const jumps = weightsOf(row);
  let sum = row.bias;
  return [sum, ...gates.map((j) => (sum += jumps.get(j) ?? 0n))]
    .map((numerator) => Number(numerator / denominator));
}

/**
 * For each row its runs { from, to, label, on } that are not empty and in the part [low, high] of the
 * line: `on` columns are on there.
 */
function runsOf({ rows, labels, seen: [low, high] }) {
  return rows.map(({ start, marks }, t) => {
    const end = rows[t + 1]?.start ?? high + 1n;
    let from = start > low ? start : low;
    return [...marks, end].flatMap((mark, on) => {
      const to = mark < end ? mark : end;
      const run = { from, to, label: labels[on], on };
      if (to > from) from = to;
      return run.to > run.from ? [run] : [];
    });
  });
}

export { lookupOf, runsOf };
