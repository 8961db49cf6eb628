"""The copy of the book for JupyterLab: ``make lab`` makes it in ``_build/lab`` and opens it.

Every page is a notebook there, with the outputs of the last build: those that the build kept in
``_build/.jupyter_cache``, else those stored in the page's notebook.  Text is plain Markdown
(:mod:`tools.plain`); code that the book hides is hidden.  It is not made beside the sources, since
two files of one name fail a strict build.

A page that its reader has changed is not written again.  ``.pages.json`` says, for each page, what
was written; ``--fresh`` writes all pages anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Match, Optional, Tuple

import jupytext
import nbformat
import yaml
from jupyter_core.paths import jupyter_data_dir
from nbformat.sign import NotebookNotary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mem_lib._base.files import write_atomically  # noqa: E402
from tools.live import NOTE  # noqa: E402
from tools.notebooks import stored  # noqa: E402
from tools.plain import Book, Target, plain  # noqa: E402
from tools.sources import citations, references  # noqa: E402

HIDDEN = {"hide-input", "remove-input", "remove-cell", "hide-cell"}
HIDDEN_OUTPUT = {"remove-cell", "hide-cell", "remove-output", "hide-output"}
# As JupyterLab writes it: else a page that was only opened would have changed.
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython%d" % sys.version_info[0],
        "version": platform.python_version(),
    },
}
KEPT = "_build/.jupyter_cache/executed/*/base.ipynb"
MARKDOWN = "text/markdown"
BIBLIOGRAPHY = "book/bibliography.md"
# In a source: a directive with a label, a label before a heading, the name of a figure.
LABELS = re.compile(
    r"^[`:]{3,}\{(?P<kind>[\w:-]+)\}[ \t]*(?P<title>.*)\n"
    r"(?::[\w-]+:.*\n)*?:label:[ \t]*(?P<label>\S+)"
    r"|^\((?P<here>[\w.:-]+)\)=\n+#+ (?P<heading>.*)"
    r"""|name="(?P<figure>fig-[\w-]+)\"""",
    re.MULTILINE,
)
# In an output: where the caption of a figure with a name begins.
CAPTION = re.compile(r'<figcaption\b[^>]*\bdata-name="(?P<name>[^"]+)"[^>]*>')
# In a text: the address of a link or a picture, in Markdown or HTML.
LINKS = re.compile(r"""(?:\]\(|\b(?:src|href)=["'])([^()\s"'#]+)""")


def pages(root: Path) -> List[str]:
    """The pages of ``_toc.yml`` in reading order, as paths such as ``book/index.md``."""
    found: List[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(str(node[key]) for key in ("root", "file") if key in node)
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                walk(child)

    walk(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))
    return [name + next(s for s in (".md", ".ipynb") if (root / (name + s)).exists())
            for name in found]


def notebook(path: Path) -> Any:
    """A page as a notebook."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    text = path.read_text(encoding="utf-8")
    if "kernelspec:" in text.split("\n---", 1)[0]:
        return jupytext.reads(text, fmt="md:myst")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])


def kept_outputs(root: Path) -> Dict[Tuple[str, ...], List[Any]]:
    """The outputs that the last build kept, by the sources of the code cells that made them."""
    found = {}
    for path in sorted(root.glob(KEPT), key=lambda path: path.stat().st_mtime):
        cells = code_cells(nbformat.read(path, as_version=4))
        found[sources(cells)] = [cell.outputs for cell in cells]
    return found


def code_cells(page: Any) -> List[Any]:
    return [cell for cell in page.cells if cell.cell_type == "code"]


def sources(cells: List[Any]) -> Tuple[str, ...]:
    return tuple(cell.source.strip() for cell in cells)


def book(root: Path, read: Mapping[str, Any]) -> Book:
    """What the pages say of each other; numbers are those of the last build, if there is one."""
    targets = {}
    for page, content in read.items():
        html = _text(root / "_build" / "html" / Path(page).with_suffix(".html"))
        for cell in content.cells:
            for found in LABELS.finditer(cell.source):
                label = found["label"] or found["here"] or found["figure"]
                kind = "figure" if found["figure"] else (found["kind"] or "").split(":")[-1]
                name = kind.capitalize() if kind else found["heading"]
                name += " (%s)" % found["title"].strip() if found["title"] else ""
                targets[label] = Target(page, name, _number(html, label) if kind else "")
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    macros = config["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
    bib = root / config["bibtex_bibfiles"][0] if config.get("bibtex_bibfiles") else None
    return Book(
        {page: _title(content) for page, content in read.items()},
        targets,
        citations(bib) if bib else {},
        {str(k): (v, 0) if isinstance(v, str) else (v[0], v[1]) for k, v in macros.items()},
        references(bib) if bib else "",
        BIBLIOGRAPHY if BIBLIOGRAPHY in read else "",
    )


def _title(content: Any) -> str:
    found = re.search(r"^# +(.+)", "\n".join(cell.source for cell in content.cells), re.MULTILINE)
    return found[1].strip() if found else ""


def _number(html: str, label: str) -> str:
    """The caption's number, such as "Theorem 2.1", after the place of ``label`` in a built page."""
    _, there, after = html.partition('id="%s"' % label)
    found = re.search(r'class="caption-number">([^<]*)<', after) if there else None
    return found[1].strip() if found else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def copied(content: Any, about: Book, page: str, outputs: Optional[List[Any]]) -> Any:
    """The notebook of a page as the copy has it."""
    cells = []
    made = iter(outputs or [cell.outputs for cell in code_cells(content)])
    for cell in content.cells:
        if cell.cell_type != "code":
            cells += [
                nbformat.v4.new_markdown_cell(text, metadata=metadata)
                for text, metadata in parts(plain(cell.source, about, page))
            ]
            continue
        tags = set(cell.metadata.get("tags", []))
        metadata: Dict[str, Any] = {"tags": sorted(tags)} if tags else {}
        if tags & HIDDEN:
            metadata["jupyter"] = {"source_hidden": True}
            if tags & HIDDEN_OUTPUT:
                metadata["jupyter"]["outputs_hidden"] = True
        cells.append(nbformat.v4.new_code_cell(cell.source, metadata=metadata))
        cells[-1].outputs = stored(next(made))
        for data in (output.get("data", {}) for output in cells[-1].outputs):
            if MARKDOWN in data:
                data[MARKDOWN] = plain(data[MARKDOWN], about, page)
            if "text/html" in data:
                data["text/html"] = CAPTION.sub(partial(_numbered, about), data["text/html"])
    for number, cell in enumerate(cells):
        cell["id"] = "cell-%d" % number  # the same each time
    return nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)


def _numbered(about: Book, caption: Match[str]) -> str:
    """The beginning of a caption with its number, by which the text cites it."""
    target = about.targets.get(caption["name"])
    number = "<strong>%s</strong> " % target.number if target and target.number else ""
    return caption[0] + number


def parts(text: str) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Markdown cut at its headings, so that JupyterLab folds them; a solution begins folded."""
    chunk: List[str] = []
    fence, depth = "", 0
    for line in [*text.split("\n"), "# "]:
        mark = re.match("`{3,}", line)
        if mark:
            fence = "" if fence and line.strip() == fence else fence or mark[0]
        depth += line.count("<details>") - line.count("</details>")
        if (re.match("#{1,6} ", line) and not fence and not depth) or line == "# ":
            done = "\n".join(chunk).strip("\n")
            folds = done.startswith("#### Solution")
            if folds:  # the heading alone: what is below it folds
                head, _, done = done.partition("\n")
                yield head, {"jp-MarkdownHeadingCollapsed": True}
            if done.strip():
                yield done.strip("\n"), {}
            chunk = []
        chunk.append(line)


def text_of(path: Path) -> str:
    """A hash of what a reader would change on purpose: the sources of the cells."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except Exception as error:  # a reader's file may be anything
        return str(error)
    return _hash(json.dumps([(cell.cell_type, cell.source) for cell in cells]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(root: Path, to: Path, fresh: bool = False) -> List[str]:
    """Write the copy; the pages that were kept because their reader has changed them."""
    read = {page: notebook(root / page) for page in pages(root)}
    about, outputs = book(root, read), kept_outputs(root)
    note = to / ".pages.json"
    before = {} if fresh else _written(note)
    after, kept = {}, []
    for page, content in read.items():
        name = str(Path(page).with_suffix(".ipynb").as_posix())
        cells = code_cells(content)
        result = nbformat.writes(copied(content, about, page, outputs.get(sources(cells)))) + "\n"
        path, was = to / name, before.get(name, {})
        changed = path.exists() and not fresh and text_of(path) != was.get("text")
        if changed:
            kept.append(name)
            after[name] = was
            continue
        if not path.exists() or was.get("file") != _hash(result):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, [result.encode()])
        after[name] = {"file": _hash(result), "text": text_of(path)}
    for name in set(before) - set(after):  # no longer a page
        if text_of(to / name) == before[name]["text"]:
            (to / name).unlink()
    _beside(root, to, read)
    to.mkdir(parents=True, exist_ok=True)
    write_atomically(note, [json.dumps(after, indent=1).encode()])
    write_atomically(to / NOTE, [json.dumps(asdict(about), indent=1).encode()])
    return kept


def _written(note: Path) -> Dict[str, Dict[str, str]]:
    """What was written, by page; nothing is known where the note is damaged, and all is kept."""
    try:
        known = json.loads(_text(note))
    except ValueError:
        known = {}
    return known if isinstance(known, dict) else {}


def _beside(root: Path, to: Path, read: Mapping[str, Any]) -> None:
    """Copy what pages link to, or show: pictures and other files of this folder."""
    for page, content in read.items():
        text = "\n".join(cell.source for cell in content.cells if cell.cell_type == "markdown")
        for address in LINKS.findall(text):
            path = Path(os.path.normpath((root / page).parent / address))
            name = path.relative_to(root).as_posix() if root in path.parents else page
            if name not in read and path.is_file():
                (to / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to / name)


def sign(to: Path, folder: Path) -> None:
    """Note in ``folder`` that outputs of the copy, which our own code made, can be trusted: without
    that JupyterLab runs no script in them and takes away their style."""
    folder.mkdir(parents=True, exist_ok=True)
    notary = NotebookNotary(data_dir=str(folder))
    for path in sorted(to.glob("book/**/*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            notary.sign(nbformat.read(path, as_version=4))


def teach(to: Path, folder: Path) -> None:
    """Let the kernels whose IPython folder this is show Markdown as the copy does."""
    startup = folder / "profile_default" / "startup" / "50-mem-lib.py"
    startup.parent.mkdir(parents=True, exist_ok=True)
    live = str(ROOT / "tools" / "live.py")
    line = '__import__("runpy").run_path(%r, {"COPY": %r})\n' % (live, str(to))
    write_atomically(startup, [line.encode()])


def main(arguments: List[str]) -> int:
    parser = argparse.ArgumentParser(prog="make lab", description="Make the copy for JupyterLab.")
    parser.add_argument("--fresh", action="store_true", help="write all pages anew")
    parser.add_argument("--ipython", required=True, help="the kernels' IPYTHONDIR")
    parser.add_argument("--notary", default=jupyter_data_dir(), help="where trust is noted")
    options = parser.parse_args(arguments)
    to = ROOT / "_build" / "lab"
    kept = make(ROOT, to, options.fresh)
    if kept:
        names = ", ".join(kept)
        print("Kept, since you changed them (`make lab ARGS=--fresh` writes them anew): %s" % names)
    if not any(ROOT.glob(KEPT)):
        print("Pages have the outputs of their last run after `make book`.")
    sign(to, Path(options.notary))
    teach(to, Path(options.ipython))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
