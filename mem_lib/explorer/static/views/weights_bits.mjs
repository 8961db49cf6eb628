// The plane of weights and bits: what counting excludes, and where networks lie.

import { drawn, shape } from "../picture.mjs";
import { framed, h, minus, say, sentence, shared, slider, spaced } from "../pieces.mjs";

const REACH = 26; // pixels from a mark within which a pointer means it
const COLOURS = 6; // a mark and a colour for each chapter

async function render({ model, el }) {
  const { numbers, networks, rates, free } = model.get("explorer");
  const state = { n: model.get("n"), chosen: model.get("chosen") };
  const chapters = [...new Set(networks.map(({ name }) => name.split(".")[0]))];
  const look = (name) => chapters.indexOf(name.split(".")[0]) % COLOURS;
  const network = (name) => networks.find((one) => one.name === name);
  const lies = (place) => typeof place !== "string";

  const drawing = framed(draw);
  const change = shared(model, ["n", "chosen"], state, drawing.ask);

  // --- The plane: logarithms to the base 10, in per cent from the left and from the top ----------

  const all = networks.flatMap(({ places }) => places.filter(lies));
  const decades = (k) => Math.ceil(Math.log10(Math.max(...all.map((place) => place[k])) * 1.2));
  const [wide, high] = [decades(0), decades(1)];
  const at = ([weights, bits]) =>
    [(100 * Math.log10(Math.max(weights, 1))) / wide, 100 - (100 * Math.log10(bits)) / high];
  const text = (points) => points.map((point) => point.join()).join(" ");

  const svg = drawn("svg",
    { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  // What no fixed wiring can do, and what no wiring can do.
  const bounds = [0, 1].map(() => drawn("polygon", { class: "mem-excluded" }));
  const trail = drawn("polyline", { class: "mem-trail" });
  svg.append(...bounds, trail);
  const grid = (count, line) => Array.from({ length: count - 1 }, (_, k) => line(k + 1));
  svg.append(
    ...grid(wide, (k) => line(100 * k / wide, 0, 100 * k / wide, 100)),
    ...grid(high, (k) => line(0, 100 - 100 * k / high, 100, 100 - 100 * k / high)));
  function line(x1, y1, x2, y2) {
    return drawn("line", { class: "mem-decade", x1, y1, x2, y2 });
  }
  function mark(k) {
    return drawn("svg", {
      viewBox: "-10 -10 20 20", "aria-hidden": "true", class: `mem-mark mem-fill-${k}`,
    }, shape(k));
  }
  const marks = networks.map(({ name }) => mark(look(name)));
  const dots = h("div", {});
  const label = h("span", { class: "mem-name" });
  const excluded = h("span", { class: "mem-name mem-none" }, "no network for all labels");
  const plane = h("div", { class: "mem-budget", "aria-hidden": "true" },
    svg, dots, ...marks, excluded, label);
  const power = (k) => ["1", "10", "100", "1 000"][k] ?? `10${[..."⁰¹²³⁴⁵⁶⁷"][k]}`;
  const ticks = (count, side) => Array.from({ length: count + 1 }, (_, k) =>
    h("span", { style: `${side}: ${(100 * k) / count}%` }, power(k)));

  function nearest(event) {
    const box = plane.getBoundingClientRect();
    let [best, least] = [null, REACH];
    for (const { name, places } of networks) {
      if (!lies(places[state.n])) continue;
      const [left, top] = at(places[state.n]);
      const away = Math.hypot(event.clientX - box.left - (left * box.width) / 100,
        event.clientY - box.top - (top * box.height) / 100);
      if (away < least) [best, least] = [name, away];
    }
    return best;
  }
  const point = (event) => {
    const chosen = nearest(event);
    if (chosen && chosen !== state.chosen) change({ chosen });
  };
  plane.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(event));
  plane.addEventListener("click", point);

  // --- The page --------------------------------------------------------------------------------

  const number = slider("Number of points N", numbers.length, state.n,
    (i) => spaced(numbers[i]), (n) => change({ n }), numbers.map(spaced));
  const told = sentence();
  const buttons = networks.map(({ name }) => h("button", {
    type: "button", class: "mem-chip", "data-name": name, onclick: () => change({ chosen: name }),
  }, name.slice(name.indexOf(".") + 1)));
  const groups = chapters.map((chapter, k) =>
    h("div", { class: "mem-chips", role: "group", "aria-label": chapter },
      h("span", {}, mark(k % COLOURS), chapter),
      h("div", {}, ...buttons.filter((_, i) => networks[i].name.startsWith(`${chapter}.`)))));
  const rows = h("tbody");
  const head = ["network", "weights W", "bits B", "W(B + 1) / N"];
  const table = h("table", { class: "mem-counters mem-budgets" },
    h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))), rows);
  const absent = h("ul", {});
  const absentCount = h("summary", {});

  el.classList.add("mem-explorer");
  el.append(
    number.element,
    h("p", { class: "mem-head" }, "bits of the longest weight, upwards"),
    h("div", { class: "mem-budget-frame" }, plane,
      h("div", { class: "mem-up", "aria-hidden": "true" }, ...ticks(high, "bottom")),
      h("div", { class: "mem-along", "aria-hidden": "true" }, ...ticks(wide, "left"))),
    h("p", { class: "mem-head mem-end" }, "weights"),
    told.element,
    ...groups,
    h("details", {}, h("summary", {}, "All numbers as a table"), table),
    h("details", { class: "mem-absent" }, absentCount, absent));

  // --- Drawing ---------------------------------------------------------------------------------

  const ratio = (N, [weights, bits]) => {
    const times = (weights * (bits + 1)) / N;
    return times < 100 ? times.toFixed(1) : spaced(Math.round(times));
  };

  function draw() {
    const N = numbers[state.n];
    [(i) => N / rates[i][1], (i) => free[state.n][i]].forEach((weights, k) => {
      const edge = rates.map(([bits], i) => at([weights(i), bits]));
      bounds[k].setAttribute("points", text([...edge, [0, edge.at(-1)[1]], [0, 100]]));
    });
    networks.forEach(({ name, places }, i) => {
      const place = places[state.n];
      marks[i].classList.toggle("mem-gone", !lies(place));
      marks[i].classList.toggle("mem-chosen-mark", name === state.chosen);
      if (lies(place)) marks[i].style.cssText = spot(place);
      buttons[i].setAttribute("aria-pressed", name === state.chosen);
      buttons[i].classList.toggle("mem-missing", !lies(place));
    });
    const { name, title, places } = network(state.chosen);
    const there = places.filter(lies);
    trail.setAttribute("points", text(there.map(at)));
    dots.replaceChildren(...there.map((place) => h("i", { style: spot(place) })));
    const here = places[state.n];
    label.hidden = !lies(here);
    if (lies(here)) label.style.cssText = spot(here);
    label.classList.toggle("mem-leftward", lies(here) && at(here)[0] > 60);
    say(label, name.slice(name.indexOf(".") + 1));
    told.set(sentenceOf(N, name, title, here), el.dataset.output === undefined);
    rows.replaceChildren(...networks.filter((one) => lies(one.places[state.n])).map((one) => {
      const [weights, bits] = one.places[state.n];
      return h("tr", {}, h("th", { scope: "row" }, one.name), h("td", {}, spaced(weights)),
        h("td", {}, spaced(bits)), h("td", {}, ratio(N, [weights, bits])));
    }));
    const gone = networks.filter((one) => !lies(one.places[state.n]));
    say(absentCount, `Not in the picture: ${gone.length} of ${networks.length}`);
    absent.replaceChildren(...gone.map((one) =>
      h("li", {}, h("b", {}, one.name), `: ${one.places[state.n]}`)));
    number.set(state.n);
    el.dataset.n = N;
    el.dataset.chosen = name;
    el.dataset.output = lies(here) ? here.join() : "";
  }

  function spot(place) {
    const [left, top] = at(place);
    return `left: ${left}%; top: ${top}%`;
  }

  function sentenceOf(N, name, title, here) {
    if (!lies(here)) return `${name}: ${title}. Not for these ${spaced(N)} points: ${here}.`;
    const [weights, bits] = here;
    return `${name}: ${title}. For ${spaced(N)} points ${spaced(weights)} weights of at most ` +
      `${spaced(bits)} bits: weights times (bits + 1) is ${ratio(N, here)} times N. The line ` +
      "is its way through all N.";
  }

  draw();
  return () => drawing.cancel();
}

export { render };
