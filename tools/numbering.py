"""A Sphinx extension for what cells display: captions get numbers, folded code stands below.

A cell's output is HTML of its own, which Sphinx does not read, so a figure in it has no number and
no name.  ``mem_lib.figures`` marks each caption: ``data-number`` says whether a figure or a table
is counted, ``data-name`` how the text cites it (``{numref}`fig-slug-what```).  When a page is read,
a place that Sphinx can count is put at each mark; when it is written, the number goes there.  Where
no such extension runs, in JupyterLab, the same caption is shown without a number.

A cell tagged ``hide-input`` shows its output first, and below it the code, folded.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any, List

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

CAPTION = re.compile(
    r'(<figcaption\b[^>]*\bdata-number="(?P<kind>figure|table)"[^>]*>)(?P<text>.*?)</figcaption>',
    re.DOTALL,
)
NAME = re.compile(r'\bdata-name="([^"]+)"')


class captioned(nodes.Element):
    """HTML in pieces; the number of each child stands between two of them."""


class numbered_figure(nodes.Element):
    """The place of a figure's number."""


class numbered_table(nodes.Element):
    """The place of a table's number."""


class CountCaptions(SphinxTransform):
    """Put a place for its number into every caption, before labels are collected."""

    default_priority = 800

    def apply(self, **kwargs: Any) -> None:
        for raw in list(self.document.findall(nodes.raw)):
            if "html" in raw.get("format", "") and CAPTION.search(raw.astext()):
                raw.replace_self(self.counted(raw))

    def counted(self, raw: nodes.raw) -> captioned:
        html, start = raw.astext(), 0
        result = captioned(classes=raw["classes"], pieces=[])
        for found in CAPTION.finditer(html):
            kind = numbered_table if found["kind"] == "table" else numbered_figure
            place = kind(title=unescape(re.sub("<[^>]*>", "", found["text"])))
            name = NAME.search(found[1])
            if name:
                place["ids"], place["names"] = [name[1]], [name[1]]
                self.document.note_explicit_target(place, raw)
            else:
                self.document.set_id(place)
            result["pieces"].append(html[start : found.end(1)])
            result += place
            start = found.end(1)
        result["pieces"].append(html[start:])
        return result


class CodeBelow(SphinxPostTransform):
    """Move the folded code of a cell below its output."""

    default_priority = 200  # just after the code was folded
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for cell in list(self.document.findall(nodes.container)):
            first = cell.children[0] if cell.children else None
            if isinstance(first, HideCodeCellNode) and len(cell.children) > 1:
                drawn = any(cell.findall(numbered_figure))
                first["prompt_show"] = "Code of this figure" if drawn else "Code"
                first["classes"] = ["mem-code"]
                cell.remove(first)
                cell += first


def visit_captioned(self: Any, node: captioned) -> None:
    classes = " ".join(node["classes"])
    first, *rest = node["pieces"]
    html: List[str] = ['<div class="%s">' % escape(classes, quote=True), first]
    for k, piece in enumerate(rest):
        html += [_number(self, node.children[k]), piece]
    self.body.append("".join([*html, "</div>\n"]))
    raise nodes.SkipNode


def _number(self: Any, place: nodes.Node) -> str:
    """What the translator writes: ``<span class="caption-number">Figure 2.3 </span>``."""
    before = len(self.body)
    self.add_fignumber(place)
    number = "".join(self.body[before:])
    del self.body[before:]
    return number


def skip(self: Any, node: nodes.Node) -> None:
    raise nodes.SkipNode


def visit_folded(self: Any, node: nodes.Element) -> None:
    """As MyST-NB does it, but named by the words that are seen; our own fold says one thing."""
    classes = " ".join(node["classes"])
    if "mem-code" in node["classes"]:
        summary = escape(node["prompt_show"])
    else:
        classes = "admonition hide " + classes
        summary = "".join(
            '<p class="%s admonition-title">%s</p>' % (kind, escape(node[prompt]))
            for kind, prompt in (("collapsed", "prompt_show"), ("expanded", "prompt_hide"))
        )
    self.body.append('<details class="%s">\n<summary>%s</summary>\n' % (classes, summary))


def depart_folded(self: Any, node: nodes.Element) -> None:
    self.body.append("</details>\n")


def _title(place: nodes.Element) -> str:
    return str(place["title"])


def setup(app: Sphinx) -> dict:
    app.add_node(captioned, html=(visit_captioned, None))
    for node, kind in ((numbered_figure, "figure"), (numbered_table, "table")):
        app.add_enumerable_node(node, kind, _title, html=(skip, None))
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded, depart_folded))
    app.add_transform(CountCaptions)
    app.add_post_transform(CodeBelow)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
