"""The round trip of a set through nbgrader: release, hand in, autograde, feedback, export."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from mem_lib.grading import assignments
from mem_lib.grading.course import Course
from mem_lib.grading.exercise import SETS, of_set

pytest.importorskip("nbgrader", reason="the extra `courses` brings nbgrader")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="nbgrader does not run on Windows")

SLUG = "optimal_relu"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN")


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def points_of(path):
    """grade_id -> points of the test cells."""
    told = [cell["metadata"].get("nbgrader", {}) for cell in cells(path)]
    return {t["grade_id"]: t["points"] for t in told if t.get("grade") and not t["solution"]}


def proved(path):
    told = [cell["metadata"].get("nbgrader", {}) for cell in cells(path)]
    return {t["grade_id"]: t["points"] for t in told if t.get("grade") and t["solution"]}


@pytest.mark.parametrize("slug", SETS)
def test_a_source_asks_for_every_exercise_of_its_set(slug):
    path = assignments.sources()[slug]
    wanted = {exercise.key.replace(".", "-"): exercise.most for exercise in of_set(slug)}
    assert points_of(path) == wanted and proved(path)
    text = path.read_text(encoding="utf-8")
    for exercise in of_set(slug):
        assert f'grading.hand_in(\\"{exercise.key}\\"' in text
        assert f'grading.ask(\\"{exercise.key}\\")' in text


@pytest.mark.parametrize("slug", SETS)
def test_the_points_that_a_text_states_are_those_of_its_cells(slug):
    path = assignments.sources()[slug]
    texts = ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown"]
    automatic, manual = sum(points_of(path).values()), sum(proved(path).values())
    stated = re.search(r"\*Points:\* (\d+), of which (\d+) (are|is) for", texts[0])
    assert stated and [int(n) for n in stated.groups()[:2]] == [automatic + manual, manual]
    heads = re.findall(r"^## .*\((\d+) points?", "\n".join(texts), re.M)
    assert sum(map(int, heads)) == automatic + manual


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one set with six submissions, graded by nbgrader."""
    place = tmp_path_factory.mktemp("course")
    sources = place / "sources"
    shutil.copytree(assignments.SOURCES / SLUG, sources / SLUG)
    course = Course.make(place / "course", "Course")
    assignments.prepare(course, sources)
    released = assignments.release(course, SLUG) / f"{SLUG}.ipynb"
    source = course.folder / "source" / SLUG / f"{SLUG}.ipynb"
    wrong = json.loads(source.read_text())
    for cell in wrong["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == f"{SLUG}-folder-answer":
            cell["source"] = "folder = [1, 1]"
    cheat = json.loads(released.read_text())
    for cell in cheat["cells"]:  # rewrite the tests themselves
        if "grading.ask" in "".join(cell["source"]):
            cell["source"] = "1000"
    bare = json.loads(source.read_text())
    for cell in bare["cells"]:  # as some editors save it
        cell["metadata"] = {}
        cell.pop("id", None)
    bare["nbformat_minor"] = 4
    broken = json.loads(source.read_text())
    for number, cell in enumerate(broken["cells"]):
        cell["metadata"]["nbgrader"] = [{}, "x", {"grade": True}, {"grade_id": "none"}][number % 4]
    broken["cells"].pop()  # a proof is gone
    submit(course, "reference", source.read_text())
    submit(course, "bare", json.dumps(bare))
    submit(course, "broken", json.dumps(broken))
    submit(course, "empty", released.read_text())
    submit(course, "partly", json.dumps(wrong))
    submit(course, "cheat", json.dumps(cheat))
    nbgrader(course, "autograde", SLUG)
    nbgrader(course, "generate_feedback", SLUG)
    nbgrader(course, "export", "--to", "grades.csv")
    return course


def submit(course, student, text):
    place = course.folder / "submitted" / student / SLUG
    place.mkdir(parents=True)
    (place / f"{SLUG}.ipynb").write_text(text)
    shutil.copy(course.folder / "release" / SLUG / "tasks.json", place)


def nbgrader(course, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.folder, env=assignments.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def test_what_is_handed_out_has_no_answer_and_no_seed(course):
    for path in (course.folder / "release").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert course.seed not in text and not any(marker in text for marker in MARKERS)
    told = cells(course.folder / "release" / SLUG / f"{SLUG}.ipynb")
    answers = [
        "".join(c["source"]) for c in told if c["metadata"].get("nbgrader", {}).get("solution")
    ]
    assert answers and all("NotImplementedError" in a or "YOUR ANSWER" in a for a in answers)


def test_points_of_six_submissions(course):
    with open(course.folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    source = assignments.SOURCES / SLUG / f"{SLUG}.ipynb"
    automatic, manual = sum(points_of(source).values()), sum(proved(source).values())
    scores = {name: float(row["raw_score"]) for name, row in rows.items()}
    assert {float(row["max_score"]) for row in rows.values()} == {automatic + manual}
    whole = dict.fromkeys(["reference", "bare", "broken"], automatic)
    assert scores == whole | {"partly": automatic - 3, "empty": 0, "cheat": 0}


def test_feedback_tells_what_is_wrong(course):
    feedback = course.folder / "feedback" / "partly" / SLUG / f"{SLUG}.html"
    assert "less is possible" in feedback.read_text(encoding="utf-8")


@pytest.mark.parametrize("student", ["reference", "bare", "broken"])
def test_a_proof_waits_for_a_person(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        submission = book.find_submission(SLUG, student)
        assert submission.needs_manual_grade
        waiting = [g.name for n in submission.notebooks for g in n.grades if g.needs_manual_grade]
        assert waiting == list(proved(assignments.SOURCES / SLUG / f"{SLUG}.ipynb"))


def test_the_limits_of_a_course_are_those_of_its_settings(tmp_path, monkeypatch):
    from nbformat.v4 import new_notebook

    from mem_lib.grading import nbgrader as ours
    from mem_lib.grading.sandbox import Limits
    from mem_lib.grading.submission import Graded

    course, seen = Course.make(tmp_path / "course", "Course"), []
    monkeypatch.setattr(ours, "graded", lambda *a, limits, **k: seen.append(limits) or Graded({}))
    resources = {"nbgrader": {"assignment": SLUG, "student": "ann"},
                 "metadata": {"path": str(tmp_path)}}  # fmt: skip
    for settings in ({}, {"seconds": 7, "patience": 8, "memory": 9}):
        ours.Judged(course=str(course.folder), **settings).preprocess(new_notebook(), resources)
    assert seen == [Limits(), Limits(seconds=7, patience=8, memory=9 << 20)]


def test_without_sources_it_says_so(tmp_path):
    with pytest.raises(ValueError, match="no assignments in"):
        assignments.sources(tmp_path)
