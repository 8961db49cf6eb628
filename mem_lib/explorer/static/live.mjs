// Any network, with a kernel: four fields, a price where it is high, and a way out.

import { cellOf } from "./cells.mjs";
import { h, say } from "./pieces.mjs";

const SILENT = 3000; // milliseconds without an answer
const FIELDS = { N: [1, 1], d: [1, 1], margin: ["any", 0], seed: [1, 0] };

/** `show(cell, setting)` shows what was built; `setting()` is what is shown. */
function live(model, setting, show) {
  const inputs = Object.fromEntries(Object.entries(FIELDS).map(([name, [step, min]]) => [name,
    h("input", { type: "number", step, min, "aria-label": name, value: setting()[name] ?? 0 })]));
  const status = h("p", { class: "mem-report", role: "status" });
  const build = h("button", { type: "submit" }, "Build and verify");
  const cancel = h("button", { type: "button", onclick: stop }, "Cancel");
  const form = h("form", { class: "mem-live", onsubmit: ask },
    h("p", { class: "mem-head" }, "Any other network, built by the kernel:"),
    ...Object.entries(inputs).map(([name, input]) => h("label", {}, `${name} `, input)),
    build, cancel, status);
  let [id, sure, asked, waiting, since] = [0, false, null, 0, 0];
  cancel.hidden = true;
  // JupyterLab takes keys for its own commands.
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("input", () => calm("", false));

  function calm(text, again) {
    clearInterval(waiting);
    [sure, cancel.hidden] = [again, true];
    build.textContent = again ? "Build it all the same" : "Build and verify";
    say(status, text);
  }

  function send(request) {
    model.set("asked", { id: ++id, ...request });
    model.save_changes();
  }

  function ask(event) {
    event.preventDefault();
    asked = { ...setting() };
    for (const name of Object.keys(FIELDS))
      asked[name] = inputs[name].value === "" ? null : Number(inputs[name].value);
    send({ do: "build", sure, setting: asked });
    calm("", false);
    since = performance.now();
    let heard = false;
    const mine = id;
    cancel.hidden = false;
    waiting = setInterval(() => {
      heard ||= model.get("told").id === mine;
      const seconds = Math.round((performance.now() - since) / 1000);
      say(status, heard || performance.now() - since < SILENT ? `Building, ${seconds} s \u2026`
        : "The kernel does not answer: it is busy or has stopped. The last network stays.");
    }, 500);
  }

  function stop() {
    send({ do: "cancel" });
    calm("Cancelled; the last network stays.", false);
  }

  function hear() {
    const told = model.get("told");
    if (told.id !== id || told.state === "building") return;
    calm(told.text, told.state === "price");
    if (told.state === "done") show(cellOf(told.cell, told.data), asked);
  }
  model.on("change:told", hear);
  return {
    element: form,
    set: () => Object.keys(FIELDS).forEach((name) => (inputs[name].value = setting()[name] ?? 0)),
    stop() {
      clearInterval(waiting);
      model.off?.("change:told", hear);
    },
  };
}

export { live };
