// One renderer, two hosts: an anywidget imports this module, a plain page has it inlined.

const VIEWS = { landing };

/** Whether this browser can open the packed networks. */
const supported = () => typeof DecompressionStream === "function";

async function render({ model, el }) {
  return VIEWS[model.get("explorer").view](model, el);
}

/** What a plain page has instead of a kernel: the values, and nobody to tell. */
function plainModel(values) {
  return {
    get: (name) => values[name],
    set: (name, value) => (values[name] = value),
    on() {},
    save_changes() {},
  };
}

/** Bring the explorer of a plain page to life; its static figure leaves when all is well. */
async function start(root) {
  if (!root || !supported()) return;
  const values = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const el = document.createElement("div");
  root.dataset.started = "";
  await render({ model: plainModel(values), el });
  root.querySelector(".mem-static").replaceWith(el);
}

export default { render };
