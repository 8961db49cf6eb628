// A control over frames.  `show(i)` is told the index at which it stands, at once and whenever it
// moves.  JupyterLab takes arrow keys from native sliders, so they are handled here.
function control(root, show) {
  const box = root.querySelector(".mem-control"), inputs = [...box.querySelectorAll("input")];
  const names = JSON.parse(box.dataset.names), last = names.length - 1;
  const output = box.querySelector("output"), play = box.querySelector("button");
  const slider = inputs[0].type === "range" ? inputs[0] : null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const at = () => Number((slider ?? inputs.find(input => input.checked)).value);
  let timer = 0;

  function tell() {
    if (slider) {
      output.textContent = names[at()];
      slider.setAttribute("aria-valuetext", names[at()]);
    }
    show(at());
  }
  function go(i) {
    if (slider) slider.value = i;
    else inputs[i].checked = true;
    tell();
  }
  function name() {
    if (play) play.textContent = calm.matches ? "Next" : timer ? "Pause" : "Play";
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    name();
  }
  function next() {
    if (!root.isConnected) return stop();
    go(at() + 1);
    if (at() === last) stop();
  }

  for (const input of inputs) {
    input.addEventListener("keydown", event => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      const to = slider ? { Home: 0, End: last }[event.key] ?? at() + by : by;
      if (to === undefined || Number.isNaN(to)) return;
      event.stopPropagation();
      if (!slider) return;      // the browser moves from button to button itself
      event.preventDefault();
      stop();
      go(to);
    });
    input.addEventListener("input", () => { stop(); tell(); });
  }
  play?.addEventListener("click", () => {
    if (timer) return stop();
    if (calm.matches) return go((at() + 1) % names.length);
    if (at() === last) go(0);
    timer = setInterval(next, Math.min(Math.max(8000 / names.length, 80), 1000));
    name();
  });
  calm.addEventListener("change", stop);
  name();
  tell();
}
