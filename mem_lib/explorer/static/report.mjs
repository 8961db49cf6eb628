// What is counted: built beside promised, and the certificate, made again in the page.

import { label, run } from "./evaluate.mjs";
import { counters, h, say, sliced } from "./pieces.mjs";

/** The counters and the certificate of the network shown. */
function report(data) {
  const count = counters();
  const certificate = h("p", { class: "mem-certificate" });
  const from = h("p", { class: "mem-head" });
  const save = h("button", { type: "button", onclick: download }, "Save this network\u2019s file");
  const element = h("div", {}, count.element, certificate, from, save);
  let [job, shown] = [null, null];

  function download() {
    const file = new Blob([JSON.stringify(shown.json)], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(file), download: `${data.name}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function* checking(cell) {
    const missed = [];
    let ties = 0;
    for (const [i, point] of cell.points.entries()) {
      const trace = run(cell.network, point);
      if (label(cell.network, trace.at(-1).values) !== cell.values[i]) missed.push(i);
      cell.network.layers.forEach(({ activation }, l) => {
        if (activation === "threshold") ties += trace[l].sums.filter((z) => z === 0n).length;
      });
      if (i % 16 === 15) {
        say(certificate, `Checking in this page, in integers: ${i + 1} of ${cell.points.length}`);
        yield;
      }
    }
    const right = cell.points.length - missed.length;
    const root = element.closest(".mem-explorer");
    root.dataset.certificate = `${right}/${cell.points.length}`;
    root.dataset.ties = ties;
    const good = missed.length || ties ? "\u2717" : "\u2713";
    say(certificate, `${good} ${right} of ${cell.points.length} points right, checked in this page, `
      + `in integers${missed.length ? `; ${data.missed ?? "wrong or silent on"} ${missed.length}` : ""}; `
      + (ties ? `${ties} neurons on a threshold.` : "no neuron on its threshold."));
  }

  return {
    element,
    renew(cell, setting) {
      shown = cell;
      job?.cancel();
      const words = Object.entries(setting).map(([name, value]) => `${name} = ${value}`).join(", ");
      count.set(`The network for ${words}, and ${data.theorem}`, cell.counts, cell.promised);
      say(from, `Network file ${cell.sha.slice(0, 12)}\u2026; the library: ${cell.arithmetic}.`);
      element.closest(".mem-explorer")?.removeAttribute("data-certificate");
      job = sliced(checking(cell));
    },
    stop: () => job?.cancel(),
  };
}

export { report };
