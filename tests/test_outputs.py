"""Every notebook says what it said when its outputs were stored: they are compared with those of
the book's build, which has run it.

A cell tagged ``nbval-ignore-output`` shows a picture, whose bytes depend on the machine; the full
run executes all cells once more, with nbval.
"""

from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache

from tests.browser import ROOT
from tools import notebooks

NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("book/**/*.ipynb"))
NOT_COMPARED = {"execution_count", "metadata"}


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def told(cell):
    """What is compared of a cell's outputs."""
    kept = notebooks.stored(cell.outputs)
    return [{key: one[key] for key in one.keys() - NOT_COMPARED} for one in kept]


def differences(stored, executed):
    """The cells of a notebook whose outputs are not the stored ones: source, stored, found."""
    return [
        (before.source, told(before), told(after))
        for before, after in zip(code_cells(stored), code_cells(executed), strict=True)
        if "nbval-ignore-output" not in before.metadata.get("tags", [])
        and told(before) != told(after)
    ]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_says_what_it_said(built, name):
    executed = get_cache(Path(ROOT / "_build" / ".jupyter_cache"))
    stored = nbformat.read(ROOT / name, as_version=4)
    key = executed.match_cache_notebook(stored).pk
    assert differences(stored, executed.get_cache_bundle(key).nb) == []


def one_cell(*outputs, tags=()):
    cell = nbformat.v4.new_code_cell("say()", outputs=list(outputs), metadata={"tags": list(tags)})
    return nbformat.v4.new_notebook(cells=[cell])


def said(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def test_another_output_is_found():
    stored = one_cell(said("7 neurons\n"))
    assert differences(stored, one_cell(said("7 neu"), said("rons\n"))) == []
    for other in (
        one_cell(said("8 neurons\n")),
        one_cell(),
        one_cell(said("7 neurons\n"), nbformat.v4.new_output("error", ename="E", evalue="e")),
    ):
        ((source, before, after),) = differences(stored, other)
        assert source == "say()" and before[0]["text"] == "7 neurons\n" and after != before


def test_a_picture_is_not_compared():
    shown = one_cell(said("1"), tags=["nbval-ignore-output"])
    assert differences(shown, one_cell(said("2"))) == []
