// Tables of the class mem-sortable: a heading is a button that sorts by its column, and one field
// filters all of them.  In these and in those of the class mem-rows a cell learns what its column is
// called, which a phone shows.  Without this script the tables stand as they are.  It asks for
// nothing, so it works from a file too.
(() => {
  "use strict";
  const ENOUGH = 8; // rows, from which on a filter is of use

  const element = (tag, attributes = {}, text = "") => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  /** What a cell says, without the marks of a formula and the spaces within a number. */
  const words = (cell) =>
    cell.textContent.replace(/[\\${}]/g, "").replace(/[\u2009\u202f]/g, "").trim();
  const number = (text) => (/^[-\u2212]?\d/.test(text)
    ? parseFloat(text.replace("\u2212", "-")) : NaN);

  /** Numbers before words, each in their order; what has no entry comes last. */
  function compare(a, b) {
    const empty = (text) => text === "" || text === "\u2013";
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const [x, y] = [number(a), number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
    return a.localeCompare(b, "en", { numeric: true });
  }

  /** Headings that sort: up, down, and back to the order of the page. */
  function sortable(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, texts: [...row.cells].map(words) }));
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = element("button", { type: "button", class: "mem-sort" });
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" }[
          head.getAttribute("aria-sort")];
        heads.forEach((other) => other.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", next);
        const way = { ascending: 1, descending: -1, none: 0 }[next];
        const sorted = [...rows].sort((a, b) => {
          const order = compare(a.texts[column], b.texts[column]);
          const last = [a, b].some(({ texts }) => ["", "\u2013"].includes(texts[column]));
          return last && way ? order : way * order;
        });
        body.append(...sorted.map(({ row }) => row));
      });
    });
    return rows.map(({ row, texts }) => ({ row, text: texts.join(" ").toLowerCase(), table }));
  }

  /** One field for all tables of the page. */
  function filter(tables, rows) {
    const field = element("input", { type: "search", id: "mem-filter", autocomplete: "off" });
    const count = element("span", { role: "status" }, `${rows.length} rows`);
    const box = element("p", { class: "mem-filter" });
    box.append(element("label", { for: "mem-filter" }, "Show rows with"), field, count);
    field.addEventListener("input", () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const { row, text } of rows) row.hidden = !wanted.every((word) => text.includes(word));
      const shown = rows.filter(({ row }) => !row.hidden);
      tables.forEach((table) =>
        table.classList.toggle("mem-empty", !shown.some((one) => one.table === table)));
      count.textContent = wanted.length ? `${shown.length} of ${rows.length} rows`
        : `${rows.length} rows`;
    });
    let first = tables[0]; // what holds it, below the page's own section
    while (first.parentElement.closest("section")?.parentElement.closest("section"))
      first = first.parentElement.closest("section");
    while (first.parentElement.tagName !== "SECTION" && first.parentElement !== document.body)
      first = first.parentElement;
    first.before(box);
  }

  function start() {
    const named = [...document.querySelectorAll("table:is(.mem-rows, .mem-sortable)")].filter(
      (table) => table.tHead && table.tBodies[0]);
    for (const table of named) {
      const heads = [...table.tHead.rows[0].cells].map(words);
      for (const row of table.tBodies[0].rows)
        [...row.cells].forEach((cell, i) => cell.setAttribute("data-head", heads[i]));
      table.classList.add("mem-named");
    }
    const tables = named.filter((table) => table.classList.contains("mem-sortable"));
    const rows = tables.flatMap(sortable);
    if (rows.length >= ENOUGH) filter(tables, rows);
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
