// The cells of a study: networks with their data, unpacked when they are first needed.

import { compile, opened, refined } from "./evaluate.mjs";

/** `load(key)` gives a cell, ready to be evaluated; it fails where its data are damaged. */
function cellsOf(study) {
  const pools = new Map();
  const ready = new Map();
  const pool = (name) => {
    if (!pools.has(name)) pools.set(name, opened(study.pools[name]).then(JSON.parse));
    return pools.get(name);
  };
  async function load(key) {
    if (!ready.has(key)) ready.set(key, fresh(key));
    try {
      return await ready.get(key);
    } catch (error) {
      ready.delete(key);
      throw error;
    }
  }
  async function fresh(key) {
    const packed = study.cells[key];
    if (typeof packed !== "string") throw new TypeError(`there is no network for ${key}`);
    const cell = JSON.parse(await opened(packed));
    if (cell.first) cell.network.layers.unshift(cut(await pool(cell.first.pool), cell.first.units));
    return cellOf(cell, await pool(cell.pool));
  }
  return { load };
}

/** The first `units` units of a layer of a network file. */
const cut = (layer, units) => Object.fromEntries(Object.entries(layer)
  .map(([name, part]) => [name, Array.isArray(part) ? part.slice(0, units) : part]));

/** A cell as JSON and its data, ready to be evaluated. */
function cellOf(cell, { points, values }) {
  const file = compile(cell.network);
  const view = cell.view;
  for (const name of ["origin", "u", "v"]) view[name] = view[name].map(BigInt);
  const grid = BigInt(view.shift);
  const network = refined(file, grid - file.inputShift);
  const scale = 1n << (network.inputShift - grid); // from the plane's grid to the network's
  const toNetwork = network.inputShift - BigInt(cell.shift);
  const finer = 2 ** (view.shift - cell.shift);
  const spots = points.slice(0, cell.N).map((p) => projected(view, p.map((x) => x * finer)));
  view.spots = spots.map(({ spot }) => spot.map(Math.round));
  view.off = spots.map(({ off }) => Number((off / 2 ** view.shift).toFixed(3)));
  return {
    ...cell, json: cell.network, file, network, view, scale,
    values: values.slice(0, cell.N),
    points: points.slice(0, cell.N).map((p) => p.map((x) => BigInt(x) << toNetwork)),
    /** The point that the network is asked about at the place (s, t) of the plane. */
    place: ([s, t]) => view.origin.map((o, k) =>
      scale * (o + BigInt(s) * view.u[k] + BigInt(t) * view.v[k])),
  };
}

/** The place of `to`'s plane nearest to a point of `from`'s network grid. */
function nearest(point, from, to) {
  const ratio = 2 ** (Number(to.view.shift) - Number(from.network.inputShift));
  const { spot: [s, t] } = projected(to.view, point.map((x) => Number(x) * ratio));
  const [left, right, bottom, top] = to.view.box;
  return [
    Math.min(Math.max(Math.round(s), left), right),
    Math.min(Math.max(Math.round(t), bottom), top),
  ];
}

/** Where a point of the plane's grid is projected to, in steps, and how far off the plane it is. */
function projected({ origin, u, v }, point) {
  const dot = (a, b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const [a, b, from] = [u, v, origin].map((w) => w.map(Number));
  const away = point.map((x, k) => x - from[k]);
  const [aa, ab, bb, pa, pb] = [dot(a, a), dot(a, b), dot(b, b), dot(away, a), dot(away, b)];
  const size = aa * bb - ab * ab;
  const s = size ? (pa * bb - pb * ab) / size : pa / aa; // on a line v is 0
  const t = size ? (pb * aa - pa * ab) / size : 0;
  return { spot: [s, t], off: Math.hypot(...away.map((x, k) => x - s * a[k] - t * b[k])) };
}

export { cellOf, cellsOf, nearest };
