// What is wider than its place scrolls sideways: it can be reached by key, and its edge shows that
// there is more.  Formulas are there only after MathJax has drawn them.
(() => {
  const WIDE = [
    ["mjx-container[display=true], span.math", "Formula"], [".highlight pre", "Code"],
    [".cell_output > .output", "Output"], [".pst-scrollable-table-container", "Table"],
  ];

  // What MathJax adds for readers of the screen is not seen, but counts as content.
  const needed = element =>
    element.matches("span.math") ? element.querySelector("mjx-math")?.offsetWidth ?? 0
      : element.scrollWidth;

  function look(element, kind) {
    const room = needed(element) - element.clientWidth, at = element.scrollLeft;
    const more = room <= 2 ? "" : at <= 1 ? "right" : at >= room - 2 ? "left" : "both";
    if ((element.dataset.more ?? "") === more) return;
    if (more && !element.dataset.more) {
      element.tabIndex = 0;
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", `${kind}, wider than the page`);
    }
    if (!more) for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
    element.dataset.more = more;
  }

  function start() {
    for (const [selector, kind] of WIDE)
      for (const element of document.querySelectorAll(`.bd-article :is(${selector})`)) {
        const now = () => look(element, kind);
        new ResizeObserver(now).observe(element);
        element.addEventListener("scroll", now, { passive: true });
      }
    // A solution's button says what it opens.
    for (const button of document.querySelectorAll(".admonition-title > .toggle-button"))
      button.setAttribute("aria-label", `Show or hide: ${button.parentElement.textContent.trim()}`);
  }

  addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    start();
  });
})();
