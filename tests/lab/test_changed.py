"""A reader changes the first cell: the notebook ends with its pictures, or in one line of ours."""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import mem_lib as ml
from tests.browser import ROOT

OURS = {name for name, kind in vars(ml.errors).items() if isinstance(kind, type)} & set(dir(ml))
FIRST = re.compile(r"^N, d, margin, seed = (.*)$", re.MULTILINE)
SLUGS = ("two_layer", "optimal_relu", "beyond_worst_case")
#: What the first readers tried.
TRIED = [
    ("optimal_relu", {"d": 3}),
    ("two_layer", {"N": 24}),
    ("optimal_relu", {"N": 60, "margin": 0.2}),
]
OTHERS = [
    (slug, changes)
    for slug in SLUGS
    for changes in ({"d": 3}, {"N": 24}, {"seed": 5}, {"d": 1}, {"N": 3, "margin": 0.1})
    if (slug, changes) not in TRIED
]


def changed(slug: str, **values: float) -> nbformat.NotebookNode:
    """The notebook of the chapter's construction, with other values in its first cell."""
    notebook = nbformat.read(ROOT / f"book/{slug}/construction.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    given = FIRST.search(cell.source)[1].split(", ")
    named = dict(zip(("N", "d", "margin", "seed"), given, strict=True))
    assert not values.items() <= {name: float(value) for name, value in named.items()}.items()
    line = ", ".join(str(value) for value in {**named, **values}.values())
    cell.source = FIRST.sub(f"N, d, margin, seed = {line}", cell.source)
    return notebook


def run(notebook: nbformat.NotebookNode, slug: str) -> str:
    """The source of the cell that failed, if one did; the others have their outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    place = {"metadata": {"path": str(ROOT / "book" / slug)}}
    try:
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    except CellExecutionError:
        return next(cell.source for cell in notebook.cells if errors(cell))
    return ""


def errors(cell: nbformat.NotebookNode) -> list:
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


@pytest.mark.parametrize(
    ("slug", "values"),
    [*TRIED, *(pytest.param(*other, marks=pytest.mark.slow) for other in OTHERS)],
    ids=str,
)
def test_it_ends_with_its_pictures_or_in_one_line(slug, values):
    notebook = changed(slug, **values)
    failed = run(notebook, slug)
    found = [error for cell in notebook.cells for error in errors(cell)]
    assert [error.ename for error in found if error.ename not in OURS] == [], failed
    for error in found:
        *frames, line = error.traceback
        assert "\n" not in line and all(re.match(r"Cell In\[\d+\], line ", f) for f in frames)
    shown = "".join(str(cell.get("outputs", "")) for cell in notebook.cells)
    assert found or "<img " in shown


def test_what_is_looked_for_is_found():
    assert {"InvalidDataset", "ConstructionFailed", "TooLarge"} <= OURS and "Dataset" not in OURS
    with pytest.raises(AssertionError):
        changed("two_layer", d=2)
    notebook = changed("two_layer", d=3)
    notebook.cells[1].source += "\n1 / 0"
    assert run(notebook, "two_layer").endswith("1 / 0")
    assert errors(notebook.cells[1])[0].ename == "ZeroDivisionError"
