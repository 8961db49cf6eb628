// A plane of two measures: rivals with their numbers, a dashed line, and what the reader brought.

import { drawn, shape } from "./picture.mjs";
import { counted, h } from "./pieces.mjs";

const SIDE = { left: 56, right: 14, top: 34, bottom: 44 }; // pixels
const NEAR = 16; // pixels between two marks whose numbers would meet

/** The function that places values of an axis between two pixels. */
function scaleOf({ log }, [low, high], from, to) {
  const f = log ? (v) => Math.log(Math.max(v, low)) : (v) => v;
  return (v) => from + ((to - from) * (f(v) - f(low))) / (f(high) - f(low));
}

/** Round values between the ends of an axis: at most seven. */
function ticksOf({ log }, [low, high]) {
  const within = (values) => values.filter((v) => v >= low && v <= high);
  if (log) {
    const powers = Array.from({ length: 12 }, (_, k) => 10 ** k);
    const all = [[1], [1, 3], [1, 2, 5]].map((steps) =>
      within(powers.flatMap((p) => steps.map((s) => s * p))));
    const found = all.reverse().find((values) => values.length <= 7);
    if (found) return found;
    return within(powers).filter((_, k) => k % 2 === 0);
  }
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map((s) => s * power).find((s) => s >= rough), 1);
  return within(Array.from({ length: 9 }, (_, k) => k * step));
}

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
/** A number of an axis, a power of ten as such where it is long. */
function short(v) {
  const power = Math.round(Math.log10(v));
  if (v < 1e5 || v !== 10 ** power) return counted(v);
  return `10${[...String(power)].map((digit) => RAISED[digit]).join("")}`;
}

const words = (text, x, y, look, anchor = "middle") => {
  const element = drawn("text", { x, y, class: look, "text-anchor": anchor });
  element.textContent = text;
  return element;
};

/**
 * `axes` are two measures { name, title, log }; `rivals` spots with a name; `corners` the line, with
 * null where it leaves the frame at its far end.
 */
function scatter({ axes, rivals, corners, frame }) {
  const svg = drawn("svg", { "aria-hidden": "true" });
  const element = h("div", { class: "mem-scatter" }, svg);
  let yours = null;

  /** The frame, wide enough for the reader's own mark. */
  function frameOf(k) {
    const [low, high] = [frame[0][k], frame[1][k]];
    if (!yours) return [low, high];
    const own = yours[k];
    if (axes[k].log) return [Math.min(low, Math.max(own, 1) / 1.3), Math.max(high, own * 1.3)];
    return [low, Math.max(high, own * 1.12)];
  }

  function draw() {
    const width = element.clientWidth;
    if (!width) return;
    const height = Math.round(Math.min(Math.max(0.62 * width, 260), 400));
    const ends = [0, 1].map(frameOf);
    const [right, floor] = [width - SIDE.right, height - SIDE.bottom];
    const x = scaleOf(axes[0], ends[0], SIDE.left, right);
    const y = scaleOf(axes[1], ends[1], floor, SIDE.top);
    const spot = (values) => [x(values[0]), y(values[1])];
    const clipped = (v, k) => Math.min(Math.max(v ?? Infinity, ends[k][0]), ends[k][1]);
    const line = corners.map((corner) => spot(corner.map(clipped)).join()).join(" ");
    const gridX = ticksOf(axes[0], ends[0]).flatMap((v) => [
      drawn("line", { class: "mem-grid", x1: x(v), x2: x(v), y1: SIDE.top, y2: floor }),
      words(short(v), x(v), floor + 16, "mem-tick"),
    ]);
    const gridY = ticksOf(axes[1], ends[1]).flatMap((v) => [
      drawn("line", { class: "mem-grid", x1: SIDE.left, x2: right, y1: y(v), y2: y(v) }),
      words(short(v), SIDE.left - 6, y(v) + 4, "mem-tick", "end"),
    ]);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = `${height}px`;
    svg.replaceChildren(...gridX, ...gridY,
      drawn("polyline", { class: "mem-needed", points: line }),
      words(axes[0].title, (SIDE.left + right) / 2, height - 8, "mem-title"),
      words(axes[1].title, 2, 14, "mem-title", "start"),
      ...marks(spot), ...own(spot, right));
  }

  function marks(spot) {
    const places = rivals.map(({ values }) => spot(values));
    const other = yours && !rivals.some(({ values }) => String(values) === String(yours));
    return places.flatMap(([px, py], i) => {
      const close = places.slice(0, i).concat(other ? [spot(yours)] : []).some(([qx, qy]) =>
        Math.hypot(px - qx, py - qy) < NEAR);
      const [dx, dy, anchor] = close ? [-8, 4, "end"] : [8, -4, "start"];
      const dot = shape(0, { class: "mem-class-0", transform: `translate(${px} ${py}) scale(0.7)` });
      dot.append(drawn("title", {}, `${i + 1}. ${rivals[i].name}`));
      return [dot, words(i + 1, px + dx, py + dy, "mem-tick", anchor)];
    });
  }

  function own(spot, right) {
    if (!yours) return [];
    const [px, py] = spot(yours);
    const before = px > right - 60;
    return [
      shape(1, { class: "mem-mark mem-class-1", transform: `translate(${px} ${py})` }),
      words("yours", px + (before ? -12 : 12), py + 14, "mem-yours", before ? "end" : "start"),
    ];
  }

  const watch = new ResizeObserver(draw);
  watch.observe(element);
  return {
    element,
    /** Show the reader's spot, or none. */
    set(spot) {
      yours = spot;
      draw();
    },
    stop: () => watch.disconnect(),
  };
}

export { scatter, ticksOf };
