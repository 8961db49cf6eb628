// The picture of a study: a plane through the data, their marks, what a view draws, and the ring.

import { ringOf } from "./hands.mjs";
import { drawn, painter, shape, zeroLine } from "./picture.mjs";
import { h } from "./pieces.mjs";

/** A row of a first layer as a function a s + b t + c of the places of a plane. */
function inPlane({ bias, from, weights }, { origin, u, v }, scale) {
  let [a, b, c] = [0n, 0n, bias];
  from.forEach((k, t) => {
    a += weights[t] * scale * u[k];
    b += weights[t] * scale * v[k];
    c += weights[t] * scale * origin[k];
  });
  return [a, b, c].map(Number);
}

/** `on.query([s, t], i)` and `on.hop(step)` report what the reader does. */
function field(on) {
  let view = { box: [0, 1, 0, 1], spots: [] };
  const regions = h("canvas", { "aria-hidden": "true" });
  const svg = drawn("svg", { "aria-hidden": "true", class: "mem-field" });
  const [under, over, marks] = [0, 1, 2].map(() => svg.appendChild(drawn("g", {})));
  const element = h("div",
    { class: "mem-plane mem-study-plane", role: "group", "aria-label": "The plane of the data" },
    regions, svg);
  const ring = ringOf({
    frame: element, box: () => view.box, points: () => view.spots, on,
  });
  element.append(ring.element);
  const side = () => view.box[1] - view.box[0];
  let pixel = 1; // steps in a pixel, about

  return {
    element,
    /** Groups below and above the first-layer lines, for a view; coordinates as `at` gives them. */
    under, over,
    /** A place of the plane, in the coordinates of the groups. */
    at: ([s, t]) => [s - view.box[0], view.box[3] - t],
    pixel: () => pixel,
    side,
    /** Another data set: its plane, the class of each point, and which points to ring. */
    show(next, kinds, ringed = []) {
      view = next;
      pixel = side() / (element.clientWidth || 340);
      svg.setAttribute("viewBox", `0 0 ${side()} ${side()}`);
      const size = (view.spots.length > 300 ? 0.28 : view.spots.length > 60 ? 0.5 : 0.75) * pixel;
      const farthest = Math.max(...view.off, 1e-9);
      marks.replaceChildren(...view.spots.map(([s, t], i) => {
        const mark = shape(kinds[i], {
          class: `mem-mark mem-class-${kinds[i]}`,
          transform: `translate(${s - view.box[0]} ${view.box[3] - t}) scale(${size})`,
        });
        if (view.off[i] > 1e-6) mark.setAttribute("opacity", 1 - 0.65 * (view.off[i] / farthest));
        return mark;
      }), ...ringed.filter((i) => i < view.spots.length).map((i) => drawn("circle", {
        class: "mem-missed", r: 8 * pixel,
        cx: view.spots[i][0] - view.box[0], cy: view.box[3] - view.spots[i][1],
      })));
    },
    query: ring.set,
    /** Where each row of a first layer is 0 in this plane; those that are on are stronger. */
    lines(layer, sums, scale, most = 120) {
      over.replaceChildren(...layer.rows.slice(0, most).flatMap((row, j) => {
        const [a, b, c] = inPlane(row, view, scale);
        const line = zeroLine([a, b], c, view.box);
        if (line) line.setAttribute("class", sums[j] >= 0n ? "mem-on" : "mem-off");
        return line ? [line] : [];
      }));
    },
    regions: painter(regions, () => view.box),
  };
}

export { field, inPlane };
