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

/**
 * Bring the explorer of a plain page to life; its static figure leaves when all is well, and stays,
 * with a sentence, when the data are damaged.
 */
async function start(root, render) {
  if (!root || !supported()) return;
  const still = root.querySelector(".mem-static");
  const el = document.createElement("div");
  root.dataset.started = "";
  try {
    const values = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
    await render({ model: plainModel(values), el });
    still.replaceWith(el);
  } catch (error) {
    const note = document.createElement("p");
    note.className = "mem-damaged";
    note.textContent = "The data of this interactive figure are damaged, so that it stands still.";
    still.append(note);
    root.dataset.damaged = String(error).slice(0, 200);
  }
}

export { start };
