"""A class of a hundred, graded in one command, against running its notebooks alone."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from benchmarks.core import ratio, timed
from mem_lib.grading import classes
from mem_lib.grading.assignments import SOURCES
from mem_lib.grading.course import Course
from mem_lib.grading.sandbox import Limits

ROOT = Path(__file__).resolve().parents[1]
#: Kept until the class is graded, so that a run that was stopped goes on.
PLACE = ROOT / "_build" / "class"
SLUG, STUDENTS, ALONE = "optimal_relu", 100, 10
#: Of ten students: how many hand in what.
MIXTURE = ("right",) * 5 + ("partly",) * 3 + ("empty", "loop")


def a_class() -> list[dict]:
    """Grade the class; notebooks alone run in nbclient, without the cells that ask for a verdict,
    and without those that loop."""
    jobs = min(os.cpu_count() or 1, 4)
    course, submitted = _course(), PLACE / "submitted"
    clock = PLACE / "seconds.json"
    before = json.loads(clock.read_text()) if clock.exists() else 0.0

    begun = time.perf_counter()

    def report(done: int, of: int, result: classes.Result) -> None:
        clock.write_text(json.dumps(before + time.perf_counter() - begun))
        print(f"\r{done} of {of}, {next(classes.lines([result]))[:60]:60}", end="", flush=True)

    limits = Limits(seconds=20, patience=60)
    results, seconds = timed(
        lambda: classes.grade(
            course, SLUG, submitted, PLACE / "graded", limits=limits, jobs=jobs, report=report
        )
    )
    print()
    points = {name: {r.points for r in results if name in r.student} for name in set(MIXTURE)}
    assert points["right"] == points["loop"] == {results[0].most} and points["empty"] == {0}
    alone = [_alone(submitted / f"{n:03} {name}" / SLUG) for n, name in _students(ALONE)]
    each, again = (before + seconds) / STUDENTS, timed(lambda: _again(course, limits))[1]
    shutil.rmtree(PLACE)
    return [
        ratio(f"a submission of a class of {STUDENTS}, {jobs} at a time", each, "s",
              "its notebook alone, nbclient", sum(alone) / len(alone)),
        ratio(f"a class of {STUDENTS} that was graded before", again, "s", "the first time",
              before + seconds),
    ]  # fmt: skip


def _students(most: int) -> list[tuple[int, str]]:
    """Numbers and kinds, without those that loop."""
    found = [(n, MIXTURE[n % len(MIXTURE)]) for n in range(STUDENTS)]
    return [(n, name) for n, name in found if name != "loop"][:most]


def _again(course: Course, limits: Limits) -> None:
    classes.grade(course, SLUG, PLACE / "submitted", PLACE / "graded", limits=limits)


def _course() -> Course:
    """The course in ``PLACE``, made where there is none, with what is handed in."""
    if (PLACE / "course" / "course.json").exists():
        return Course.load(PLACE / "course")
    shutil.rmtree(PLACE, ignore_errors=True)
    source = nbformat.read(SOURCES / SLUG / f"{SLUG}.ipynb", as_version=4)
    course = Course.make(PLACE / "new", "Benchmark")
    for n in range(STUDENTS):
        kind = MIXTURE[n % len(MIXTURE)]
        place = PLACE / "submitted" / f"{n:03} {kind}" / SLUG
        course.hand_out(SLUG, place)
        nbformat.write(_notebook(source, kind, n), place / f"{SLUG}.ipynb")
    (PLACE / "new").rename(PLACE / "course")  # now it is complete
    return Course.load(PLACE / "course")


def _notebook(source: nbformat.NotebookNode, kind: str, number: int) -> nbformat.NotebookNode:
    """A submission: the reference, one with a wrong answer, an empty one, one that then loops."""
    notebook = nbformat.from_dict(json.loads(json.dumps(source)))
    for cell in notebook.cells:
        told = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and told.get("solution"):
            if kind == "empty":
                cell.source = 'raise NotImplementedError("your answer")'
            elif kind == "partly" and told["grade_id"].endswith("-folder-answer"):
                cell.source = "folder = [1, 1]"
    notebook.cells.append(
        nbformat.v4.new_code_cell("while True: pass" if kind == "loop" else f"# {number}")
    )
    return notebook


def _alone(place: Path) -> float:
    """The seconds that a notebook takes in a kernel, with its start."""
    notebook = nbformat.read(place / f"{SLUG}.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "grading.ask" not in cell.source]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(place / "tasks.json", folder)
        client = NotebookClient(
            notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": folder}}
        )
        return timed(client.execute)[1]
