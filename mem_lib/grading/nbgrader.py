"""nbgrader with our judge: what takes the place of running a submission in nbgrader's own process.

nbgrader restores the locked cells that it knows by their names
(:mod:`~mem_lib.grading.restored` puts lost names back), keeps the gradebook, the feedback and the
points that a person gives.  Its step ``Execute`` runs a student's code beside the tests, where the
code can change what the tests see; here a submission runs in the sandbox, a second process judges
what it handed in, and the test cells get the verdict as their output, from which nbgrader reads the
points.

A test cell has the ``grade_id`` of its exercise with a hyphen for the dot: ``optimal_relu-fold``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer, Unicode

from mem_lib.grading.course import Course
from mem_lib.grading.restored import restore
from mem_lib.grading.sandbox import Limits
from mem_lib.grading.submission import Graded, graded
from mem_lib.grading.tasks import Tasks
from mem_lib.grading.verdict import Verdict


class Restored(NbGraderPreprocessor):
    """The first of ``Autograde.sanitize_preprocessors``: cells without their names get them."""

    course = Unicode(".", help="The folder of the course, with source/SET/SET.ipynb.").tag(
        config=True
    )

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        told = resources["nbgrader"]
        slug, name = told["assignment"], f"{told['notebook']}.ipynb"
        source = nbformat.read(Path(self.course) / "source" / slug / name, as_version=4)
        for remark in restore(nb.cells, source.cells):
            self.log.warning("%s: %s", told["student"], remark)
        nb.cells = [_with_id(cell, nb) for cell in nb.cells]
        return nb, resources


def _with_id(cell: Any, nb: Any) -> Any:
    """A cell as this notebook's version of the format has it: with an id from 4.5 on."""
    if (nb.nbformat, nb.nbformat_minor) >= (4, 5):
        cell.setdefault("id", new_code_cell().id)
    return cell


class Judged(NbGraderPreprocessor):
    """In place of ``Execute`` in ``Autograde.autograde_preprocessors``."""

    course = Unicode(".", help="The folder of the course, with course.json.").tag(config=True)
    seconds = Integer(Limits.seconds, help="Processor time of a notebook.").tag(config=True)
    patience = Integer(Limits.patience, help="Seconds by the clock.").tag(config=True)
    memory = Integer(Limits.memory >> 20, help="Megabytes of a notebook.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Run and judge the notebook, and write what cells printed and what the judge says."""
        course = Course.load(self.course)
        tasks = course.tasks(resources["nbgrader"]["assignment"], graded=True)
        limits = Limits(seconds=self.seconds, patience=self.patience, memory=self.memory << 20)
        with tempfile.TemporaryDirectory(prefix="mem_lib-") as name:
            path = Path(name) / "notebook.ipynb"
            nbformat.write(nb, path)
            result = graded(
                path,
                tasks,
                limits=limits,
                hidden=[course.folder],
                beside=Path(resources["metadata"]["path"]),
            )
        for remark in result.remarks:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], remark)
        self.log.info("isolation: %s", ", ".join(result.isolation) or "none")
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                cell.outputs = _outputs(cell, index, tasks, result)
        return nb, resources


def _outputs(cell: Any, index: int, tasks: Tasks, result: Graded) -> list[Any]:
    """What a cell shows: a test cell the verdict, any other what it printed."""
    if utils.is_grade(cell) and not utils.is_solution(cell):
        return _judged(_verdict(cell.metadata.nbgrader["grade_id"], tasks, result), cell, result)
    text = result.outputs.get(index, "")
    return [new_output("stream", name="stdout", text=text)] if text else []


def _verdict(grade_id: str, tasks: Tasks, result: Graded) -> Verdict:
    """The verdict that a test cell asks for; no points where it asks for none."""
    for key in tasks:
        if key.replace(".", "-") == grade_id:
            return result.verdicts[key]
    return Verdict(grade_id, (), f"{grade_id} is no exercise of {tasks.slug}")


def _judged(verdict: Verdict, cell: Any, result: Graded) -> list[Any]:
    """The verdict in words, and the points as the value of the cell, which nbgrader reads."""
    most = float(cell.metadata.nbgrader["points"])
    points = most * verdict.points / verdict.most if verdict.most else 0.0
    words = "\n".join([str(verdict), *result.remarks])
    return [
        new_output("stream", name="stdout", text=f"{words}\n"),
        new_output("execute_result", data={"text/plain": f"{points:g}"}, execution_count=1),
    ]
