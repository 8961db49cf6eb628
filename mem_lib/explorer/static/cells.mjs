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
    return cellOf(cell, await pool(cell.pool));
  }
  return { load };
}

/** A cell as JSON and its data, ready to be evaluated. */
function cellOf(cell, { points, values }) {
  const file = compile(cell.network);
  const view = cell.view;
  for (const name of ["origin", "u", "v"]) view[name] = view[name].map(BigInt);
  const grid = BigInt(view.shift);
  const network = refined(file, grid - file.inputShift);
  const scale = 1n << (network.inputShift - grid); // from the plane's grid to the network's
  const toNetwork = network.inputShift - BigInt(cell.shift);
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
  const away = point.map((x, k) => Number(x) * ratio - Number(to.view.origin[k]));
  const dot = (a, b) => a.reduce((sum, x, k) => sum + x * Number(b[k]), 0);
  const [uu, uv, vv] = [[to.view.u, to.view.u], [to.view.u, to.view.v], [to.view.v, to.view.v]]
    .map(([a, b]) => dot(a.map(Number), b));
  const [au, av] = [dot(away, to.view.u), dot(away, to.view.v)];
  const size = uu * vv - uv * uv || 1;
  const [left, right, bottom, top] = to.view.box;
  return [
    Math.min(Math.max(Math.round((au * vv - av * uv) / size), left), right),
    Math.min(Math.max(Math.round((av * uu - au * uv) / size), bottom), top),
  ];
}

export { cellOf, cellsOf, nearest };
