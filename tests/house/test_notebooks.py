"""Notebooks keep their outputs, and are stored whole or not at all."""

import os

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.house import ROOT, interrupted
from tools import notebooks

NOTEBOOKS = sorted(ROOT.glob("book/**/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_notebook_keeps_its_outputs(path):
    """Without a stored output nothing is compared."""
    assert lacking_outputs(nbformat.read(path, as_version=4)) == []


def lacking_outputs(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell.source for cell in cells if "print(" in cell.source and not cell.outputs]


def test_outputs_are_stored_without_times_and_chance(tmp_path):
    cells = [nbformat.v4.new_code_cell(f"print('a{i}')\nprint('b')") for i in range(2)]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert len(lacking_outputs(nbformat.read(path, as_version=4))) == 2
    notebooks.refresh(path)
    stored = nbformat.read(path, as_version=4)
    assert [cell.outputs[0].text for cell in stored.cells] == ["a0\nb\n", "a1\nb\n"]
    assert [len(cell.outputs) for cell in stored.cells] == [1, 1]
    assert all("execution" not in cell.metadata for cell in stored.cells)
    first = path.read_bytes()
    notebooks.refresh(path)
    assert path.read_bytes() == first


def test_a_widget_is_stored_as_its_html(tmp_path):
    source = (
        "import mem_lib as ml\n"
        "ml.figures.Panel(lambda *values: 'a network', N=[2], d=[2], margin=[1], seed=0)"
    )
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    notebooks.refresh(path)
    stored = nbformat.read(path, as_version=4)
    (output,) = stored.cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"} and "widgets" not in stored.metadata
    assert "a network" in output.data["text/html"]


def test_a_notebook_that_fails_is_left_as_it_is(tmp_path):
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.refresh(path)
    assert path.read_bytes() == before


def test_a_notebook_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    before = path.read_bytes()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", interrupted)
        notebooks.refresh(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["n.ipynb"]
    notebooks.refresh(path)
    stored = path.read_bytes()
    nbformat.write(nbformat.read(path, as_version=4), path)
    assert path.read_bytes() == stored != before
