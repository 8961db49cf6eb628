// Time in a network: the tape of all neurons, a slider over the layers, and a button that plays.

import { calm, h, slider, tape } from "./pieces.mjs";

const HEADING =
  "All neurons, a column for each layer: filled where a value is not 0, stronger where it is longer";

/** `change(layer)` reports what the reader chooses; `text(l)` says what layer l does. */
function layers(change, text, heading = HEADING) {
  const strip = tape(change);
  const box = h("div", {});
  const play = h("button", { type: "button", onclick: start }, "Play the layers");
  let [control, count, shown, timer] = [null, 0, 0, 0];

  function start() {
    if (calm()) return change(shown >= count - 1 ? 0 : shown + 1);
    clearInterval(timer);
    change(0);
    timer = setInterval(() => {
      if (shown >= count - 1) return clearInterval(timer);
      change(shown + 1);
    }, Math.min(700, 6000 / count));
  }

  return {
    element: h("div", {}, h("p", { class: "mem-head" }, heading), strip.element, box, play),
    /** Another network. */
    renew(network) {
      clearInterval(timer);
      count = network.layers.length;
      control = slider(`Layer (of ${count})`, count, count - 1, text, change);
      box.replaceChildren(control.element);
      play.hidden = count < 2;
    },
    set(trace, layer) {
      shown = layer;
      control.set(layer);
      strip.set(trace, layer);
    },
    recolour(get) {
      const [ink, line, tint, negative] = ["ink", "faint", "tint", "accent"].map(get);
      strip.recolour({ ink, line, tint, negative });
      play.textContent = calm() ? "Next layer" : "Play the layers";
    },
    stop() {
      clearInterval(timer);
      strip.stop();
    },
  };
}

export { layers };
