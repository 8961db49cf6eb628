// One count over all stops of every control: which of them it follows, and which leave it alone.

import { counted, h, say } from "./pieces.mjs";
import { drawn } from "./picture.mjs";

const [WIDE, HIGH, LEFT, BOTTOM, TOP] = [150, 92, 6, 18, 16];

/**
 * `axes` are the controls, `counts` of each key what is built and promised.  `keyOf(setting)` names
 * the cell of a setting.
 */
function trends(axes, counts, keyOf, start) {
  const names = Object.keys(Object.values(counts)[0].built);
  const select = h("select", { "aria-label": "What is counted", onchange: () => draw() },
    ...names.map((name) => h("option", { value: name, selected: name === start }, name)));
  const charts = h("div", { class: "mem-trend-row" });
  const note = h("p", { class: "mem-head" });
  let setting = null;

  function draw() {
    if (!setting) return;
    const name = select.value;
    const rows = axes.map((axis) => {
      const stops = axis.values.map((value, i) => {
        const found = counts[keyOf({ ...setting, [axis.name]: value })];
        return { i, value, built: found?.built[name], promised: found?.promised[name] };
      }).filter(({ built }) => built !== undefined);
      return { axis, stops };
    }).filter(({ stops }) => stops.length > 1);
    rows.forEach(({ stops }) => stops.forEach((stop) => {
      if (typeof stop.promised !== "number") delete stop.promised;
    }));
    const all = rows.flatMap(({ stops }) => stops.flatMap((s) => [s.built, s.promised]))
      .filter((n) => n > 0);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const up = (n) => HIGH - BOTTOM - 6
      - ((HIGH - BOTTOM - TOP - 6) * Math.log(Math.max(n, low) / low)) / (Math.log(high / low) || 1);
    charts.replaceChildren(...rows.map(({ axis, stops }) => chart(axis, stops, up)));
    say(note, `${name} of the network built (filled) and promised (open), one control at a time; ` +
      "logarithmic scale, the same in every panel");
  }

  function chart(axis, stops, up) {
    const along = (i) => LEFT + 10 + ((WIDE - 2 * LEFT - 20) * i) / (axis.values.length - 1);
    // Names are longer than numbers: the first and the last start and end at the edge.
    const end = (text, i) => (text.length < 6 ? { x: along(i), "text-anchor": "middle" }
      : i === 0 ? { x: 0 } : i === axis.values.length - 1 ? { x: WIDE, "text-anchor": "end" }
        : { x: along(i), "text-anchor": "middle" });
    const here = stops.find(({ value }) => value === setting[axis.name]);
    const built = stops.map(({ built: n }) => n);
    const moves = Math.min(...built) === Math.max(...built) ? "stands still" : "moves";
    const text = `${axis.label}: ${select.value} ` + stops.map(({ value, built: n }) =>
      `${counted(n)} at ${value}`).join(", ");
    const svg = drawn("svg", {
      viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": text, "data-moves": moves,
      "data-axis": axis.name,
    });
    svg.append(
      drawn("line", { class: "mem-base", x1: LEFT, x2: WIDE - LEFT, y1: HIGH - BOTTOM,
        y2: HIGH - BOTTOM }),
      drawn("polyline", { class: "mem-trend", points: stops.map(({ i, built: n }) =>
        `${along(i)},${up(n)}`).join(" ") }),
      ...stops.filter((s) => s.promised > 0).map(({ i, promised }) =>
        drawn("circle", { class: "mem-open", cx: along(i), cy: up(promised), r: 3 })),
      ...stops.map((s) => drawn("circle", {
        class: s === here ? "mem-here" : "mem-built", cx: along(s.i), cy: up(s.built),
        r: s === here ? 5 : 3 })),
      ...stops.map(({ i, value }) => drawn("text", { ...end(String(value), i), y: HIGH - 5 },
        String(value))));
    if (here) svg.append(drawn("text", { class: "mem-value", x: along(here.i),
      y: Math.max(Math.min(up(here.built), up(here.promised || here.built)) - 8, 10), "text-anchor": here.i === 0 ? "start"
        : here.i === axis.values.length - 1 ? "end" : "middle" }, counted(here.built)));
    return h("div", { class: "mem-trend-panel" }, h("p", { class: "mem-head" }, axis.label), svg);
  }

  return {
    element: h("div", { class: "mem-trends" },
      h("label", { class: "mem-select" }, "What does it cost, when one control moves? ", select),
      charts, note),
    set(next) {
      setting = next;
      draw();
    },
  };
}

export { trends };
