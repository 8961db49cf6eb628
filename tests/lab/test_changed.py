"""A reader changes the first cell: the notebook ends with its pictures, or in one line of ours."""

import re
from itertools import product

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import mem_lib as ml
from tests.browser import ROOT

OURS = {name for name, kind in vars(ml.errors).items() if isinstance(kind, type)} & set(dir(ml))
FIRST = re.compile(r"^N, d, margin, seed = (.*)$", re.MULTILINE)
SLUGS = ("two_layer", "deep_threshold", "optimal_relu", "beyond_worst_case", "generalization")
PAGES = [
    path.relative_to(ROOT / "book").with_suffix("").as_posix()
    for path in sorted(ROOT.glob("book/*/*.ipynb"))
    if FIRST.search(nbformat.read(path, as_version=4).cells[1].source)
]
#: What the first readers tried, and one point, which is one class.
TRIED = [
    ("optimal_relu/construction", {"d": 3}),
    ("two_layer/construction", {"N": 24}),
    ("optimal_relu/construction", {"N": 60, "margin": 0.2}),
    ("beyond_worst_case/construction", {"N": 1}),
]
OTHERS = [
    (page, changes)
    for page, changes in [
        *product(
            [f"{slug}/construction" for slug in SLUGS],
            ({"d": 3}, {"N": 24}, {"seed": 5}, {"d": 1}, {"N": 3, "margin": 0.1}),
        ),
        *product(PAGES, [{"N": 1}]),
    ]
    if (page, changes) not in TRIED
]


def changed(page: str, **values: float) -> nbformat.NotebookNode:
    """A notebook of the book, with other values in its first cell."""
    notebook = nbformat.read(ROOT / f"book/{page}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    given = FIRST.search(cell.source)[1].split(", ")
    named = dict(zip(("N", "d", "margin", "seed"), given, strict=True))
    assert not values.items() <= {name: float(value) for name, value in named.items()}.items()
    line = ", ".join(str(value) for value in {**named, **values}.values())
    cell.source = FIRST.sub(f"N, d, margin, seed = {line}", cell.source)
    return notebook


def run(notebook: nbformat.NotebookNode, page: str) -> str:
    """The source of the cell that failed, if one did; the others have their outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    place = {"metadata": {"path": str((ROOT / "book" / page).parent)}}
    try:
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    except CellExecutionError:
        return next(cell.source for cell in notebook.cells if errors(cell))
    return ""


def errors(cell: nbformat.NotebookNode) -> list:
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


@pytest.mark.parametrize(
    ("page", "values"),
    [*TRIED, *(pytest.param(*other, marks=pytest.mark.slow) for other in OTHERS)],
    ids=str,
)
def test_it_ends_with_its_pictures_or_in_one_line(page, values):
    notebook = changed(page, **values)
    failed = run(notebook, page)
    found = [error for cell in notebook.cells for error in errors(cell)]
    assert [error.ename for error in found if error.ename not in OURS] == [], failed
    for error in found:
        *frames, line = error.traceback
        assert "\n" not in line and all(re.match(r"Cell In\[\d+\], line ", f) for f in frames)
    shown = "".join(str(cell.get("outputs", "")) for cell in notebook.cells)
    assert found or "<img " in shown


def test_what_is_looked_for_is_found():
    assert {f"{slug}/construction" for slug in SLUGS} < set(PAGES)
    assert {"InvalidDataset", "ConstructionFailed", "TooLarge"} <= OURS and "Dataset" not in OURS
    with pytest.raises(AssertionError):
        changed("two_layer/construction", d=2)
    notebook = changed("two_layer/construction", d=3)
    notebook.cells[1].source += "\n1 / 0"
    assert run(notebook, "two_layer/construction").endswith("1 / 0")
    assert errors(notebook.cells[1])[0].ename == "ZeroDivisionError"
