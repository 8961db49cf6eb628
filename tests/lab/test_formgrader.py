"""nbgrader's formgrader in a real JupyterLab: a person reads a proof and gives points for it."""

import csv
import json
import shutil
import subprocess
import sys

import pytest

from mem_lib.grading import assignments
from mem_lib.grading.course import Course
from tests.lab import server

pytest.importorskip("nbgrader", reason="the extra `courses` brings nbgrader")
pytestmark = pytest.mark.slow

SLUG = "optimal_relu"


def nbgrader(course, *arguments):
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=course.folder, env=assignments.environment(), check=True)


def scores(course):
    nbgrader(course, "export", "--to", "grades.csv")
    with open(course.folder / "grades.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    return float(row["raw_score"]), float(row["max_score"])


def test_a_person_gives_points_for_a_proof(chromium, tmp_path):
    sources, home = tmp_path / "sources", tmp_path / "home"
    shutil.copytree(assignments.SOURCES / SLUG, sources / SLUG)
    course = Course.make(tmp_path / "course", "Course")
    assignments.prepare(course, sources)
    assignments.release(course, SLUG)
    place = course.folder / "submitted" / "ann" / SLUG
    shutil.copytree(course.folder / "source" / SLUG, place)
    nbgrader(course, "autograde", SLUG)
    before, most = scores(course)
    cells = json.loads((place / f"{SLUG}.ipynb").read_text(encoding="utf-8"))["cells"]
    (proof,) = [
        c["metadata"]["nbgrader"]
        for c in cells
        if c["metadata"].get("nbgrader", {}).get("grade") and c["cell_type"] == "markdown"
    ]
    assert before + proof["points"] == most

    home.mkdir()
    settings = f"load_subconfig('nbgrader_config.py', path={str(course.folder)!r})\n"
    (home / "nbgrader_config.py").write_text(settings)  # as in a JupyterLab of the course's folder
    with server.served(course.folder, home) as address:
        page = chromium.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(server.PATIENCE)
        page.goto(address.format(""))  # the token becomes a cookie
        base = address.partition("/lab/tree/")[0]
        page.goto(f"{base}/formgrader/gradebook/{SLUG}/{SLUG}")
        page.get_by_role("link", name="Submission #1").click()
        points = page.locator("input.score.needs_manual_grade")  # once the grades are there
        points.wait_for()
        points.fill(str(proof["points"] - 1))
        points.blur()
        comment = page.locator("textarea.comment").last
        comment.fill("The gap of 1 + epsilon is missing.")
        comment.blur()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=tmp_path / "formgrader.png", full_page=True)
        page.close()
    assert scores(course) == (most - 1, most)
    nbgrader(course, "generate_feedback", SLUG)
    feedback = course.folder / "feedback" / "ann" / SLUG / f"{SLUG}.html"
    assert "The gap of 1 + epsilon is missing." in feedback.read_text(encoding="utf-8")
