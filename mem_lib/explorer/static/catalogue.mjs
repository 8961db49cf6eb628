// One choice among many: constructions by chapter, what the chosen one is, and how all of them fare.

import { h, say } from "./pieces.mjs";

/** The groups of `cards`, in their order, each with the indices of its members. */
function groups(cards) {
  const found = new Map();
  cards.forEach(({ chapter }, i) => found.set(chapter, [...(found.get(chapter) ?? []), i]));
  return [...found];
}

/** A list of `cards` by chapter; `set(i, verdict)` says what is chosen and how it fares. */
function catalogue(cards, start, change) {
  const select = h("select", { onchange: () => change(Number(select.value)) },
    ...groups(cards).map(([chapter, members]) => h("optgroup", { label: chapter },
      ...members.map((i) =>
        h("option", { value: i, selected: i === start }, cards[i].slug)))));
  const title = h("span", { class: "mem-title" });
  const verdict = h("p", { class: "mem-verdict" });
  const many = cards.length > 1;
  return {
    element: h("div", { class: "mem-catalogue" },
      ...(many ? [h("label", {}, h("span", {}, `One of ${cards.length} constructions`), select)] : []),
      h("p", {}, title), verdict),
    set(i, text) {
      if (many) select.value = i;
      say(title, cards[i].title);
      say(verdict, text);
    },
  };
}

export { catalogue, groups };
