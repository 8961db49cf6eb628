// One view, two hosts: an anywidget calls its `render` itself, a plain page needs this beginning.

/** Whether this browser can open the packed networks. */
const supported = () => typeof DecompressionStream === "function";

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
async function start(root, render) {
  if (!root || !supported()) return;
  const values = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const el = document.createElement("div");
  root.dataset.started = "";
  await render({ model: plainModel(values), el });
  root.querySelector(".mem-static").replaceWith(el);
}

export { start };
