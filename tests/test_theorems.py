"""Book, registry, code and tests tell of the same statements."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from mem_lib.theorems import PROVENANCE, REGISTRY, STATEMENTS, ledger, to_check

ROOT = Path(__file__).parent.parent
DIRECTIVE = re.compile(
    r"[`:]{3,}\{prf:(?:theorem|lemma|proposition|corollary)\}[^\n]*\n((?::\w+:[^\n]*\n)*)"
)


def texts_of_book():
    yield from (p.read_text(encoding="utf-8") for p in (ROOT / "book").rglob("*.md"))
    for notebook in (ROOT / "book").rglob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        yield from ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def labels_in_book():
    for text in texts_of_book():
        for options in DIRECTIVE.findall(text):
            label = re.search(r":label: (\S+)", options)
            yield label.group(1) if label else f"a statement without a label: {text[:60]!r}"


def test_labels_are_unique():
    assert len(REGISTRY) == len(STATEMENTS)
    in_book = list(labels_in_book())
    assert len(in_book) == len(set(in_book))


def test_book_and_registry_agree():
    assert set(labels_in_book()) == set(REGISTRY)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: s.label)
def test_statement(statement):
    slug = re.fullmatch(r"thm-([a-z_]+)-[a-z-]+", statement.label).group(1)
    module, _, name = statement.function.rpartition(".")
    assert module.startswith(f"mem_lib.{slug}")
    assert callable(getattr(importlib.import_module(module), name))
    path, _, test = statement.test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert test in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert statement.provenance in PROVENANCE
    assert f"{{{statement.paper}," in (ROOT / "book/references.bib").read_text(encoding="utf-8")


def test_a_missing_entry_is_noticed():
    text = "```{prf:theorem} Title\n:label: thm-x-y\n:nonumber:\nBody\n```"
    (options,) = DIRECTIVE.findall(text)
    assert ":label: thm-x-y" in options


def test_ledger_and_list_name_every_statement():
    table, compare = ledger(), to_check()
    for statement in STATEMENTS:
        assert table.count(f"`{statement.label}`") == 1
        assert compare.count(f"`{statement.label}`") == bool(statement.compare)


def test_titles_are_those_of_the_book():
    head = re.compile(r"[`:]{3,}\{prf:\w+\}([^\n]*)\n:label: (\S+)")
    titles = {
        label: title.strip() for text in texts_of_book() for title, label in head.findall(text)
    }
    assert {s.label: titles.get(s.label) for s in STATEMENTS} == {
        s.label: s.title for s in STATEMENTS
    }
