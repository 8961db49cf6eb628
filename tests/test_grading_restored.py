"""Names of cells that a notebook has lost: found again, or said to be gone."""

import copy
import json

import pytest

from mem_lib.grading import assignments
from mem_lib.grading.exercise import SETS
from mem_lib.grading.restored import GONE, named, restore


def source(slug=SETS[0]):
    return json.loads(assignments.sources()[slug].read_text(encoding="utf-8"))["cells"]


def told(cells):
    return [cell["metadata"].get("nbgrader") for cell in cells]


@pytest.mark.parametrize("slug", SETS)
def test_a_notebook_without_metadata_gets_all_its_names_back(slug):
    whole, cells = source(slug), source(slug)
    for cell in cells:
        cell["metadata"] = {}
        if not named(cell) and cell["cell_type"] == "code":
            cell["source"] = "".join(cell["source"])  # some write one text, some a list of lines
    (remark,) = restore(cells, whole)
    assert told(cells) == told(whole) and "lost their names: " in remark


def test_a_whole_notebook_stays_as_it_is():
    cells = source()
    assert restore(cells, source()) == [] and cells == source()


def test_answers_and_new_cells_do_not_matter():
    cells = source()
    for cell in cells:
        answered = named(cell).endswith("-answer") or not cell["metadata"].get("nbgrader")
        if answered and cell["cell_type"] == "code":
            cell["source"] = "something = 'else'"
        cell["metadata"] = {}
    new = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": []}
    cells[:0] = [copy.deepcopy(new)]
    restore(cells, source())
    assert {named(cell) for cell in cells} == {named(cell) for cell in source()}
    assert named(cells[0]) == ""


@pytest.mark.parametrize("broken", ["x", {}, {"grade": True}, {"grade_id": 5}, {"grade_id": "no"}])
def test_a_broken_name_is_replaced(broken):
    cells = source()
    for cell in cells:
        cell["metadata"]["nbgrader"] = copy.deepcopy(broken)
    restore(cells, source())
    assert told(cells) == told(source())


def test_what_is_gone_is_put_at_the_end_and_said():
    whole = source()
    tested = [c for c in whole if named(c) == "foundations-count"]
    proof = [c for c in whole if named(c) == "foundations-rule"]
    cells = [c for c in source() if c not in tested + proof]
    (remark,) = restore(cells, whole)
    assert remark == "cells that are gone: foundations-count, foundations-rule"
    assert cells[-2]["source"] == tested[0]["source"] and cells[-1]["source"] == GONE
    assert [named(cell) for cell in cells[-2:]] == ["foundations-count", "foundations-rule"]


def test_nothing_is_found_in_an_empty_notebook():
    cells = []
    (remark,) = restore(cells, source())
    assert len(cells) == len([c for c in told(source()) if c and c["grade"]])
    assert remark.startswith("cells that are gone: ")
