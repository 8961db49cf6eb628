"""A hundred hostile submissions: each ends with its points and a line, the others too."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from mem_lib.grading import classes, sandbox, submission, watch
from mem_lib.grading.course import Course
from mem_lib.grading.sandbox import MEANS, Limits
from tests.grading_hostile import FOLD, KEYS, KINDS, NAMES, RIGHT, SLUG, TEN, Kind, answer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits of processes are POSIX")

LIMITS = Limits(seconds=6, patience=40, memory=5 << 28, folder=96 << 20, processes=100, judging=60)
HONEST = ("ann", "mia", "zoe")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course, with rooms of its own: what is left behind is seen."""
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(rooms))
    return Course.make(tmp_path / "course", "Course")


def grade(course, **how):
    how = {"limits": LIMITS, "jobs": min(os.cpu_count() or 1, 4)} | how
    results = classes.grade(course, SLUG, course.folder / "submitted", course.folder / "out", **how)
    return {result.student: result for result in results}


def told(result):
    return "\n".join([*result.remarks, str(result.verdicts[FOLD]), *result.outputs.values()])


def processes():
    """The processes of these rooms and this library, by their folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if submission.ROOMS in os.readlink(place):
                found.append((place.parent / "cmdline").read_bytes())
        except OSError:
            continue
    return found


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check(course, kinds):
    submitted = course.folder / "submitted"
    for name, kind in kinds.items():
        kind.submit(submitted, name)
    for name in HONEST:
        Kind(RIGHT).submit(submitted, name)
    before = everything(sandbox.LIBRARY)
    found = grade(course)
    wrong = {
        name: (kind.points, found[name].verdicts[FOLD].points, told(found[name])[-1500:])
        for name, kind in kinds.items()
        if found[name].verdicts[FOLD].points != kind.points or kind.word not in told(found[name])
    }
    assert not wrong
    assert [found[name].verdicts[FOLD].points for name in HONEST] == [4, 4, 4]
    assert all(found[name].points == 4 and not found[name].remarks for name in HONEST)
    assert course.seed not in "".join(map(told, found.values()))
    assert everything(sandbox.LIBRARY) == before
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    for _ in range(50):  # who is killed needs a moment
        if not processes():
            break
        time.sleep(0.1)
    assert processes() == []
    assert len((course.folder / "out" / "summary.csv").read_text("utf-8-sig").splitlines()) == (
        len(kinds) + 4
    )


def isolated(tmp_path):
    probe = sandbox.run(["/bin/true"], tmp_path, LIMITS).isolation
    return "files by a list" in probe and "own process numbers" in probe


def test_ten_hostile_submissions(course, tmp_path):
    if not isolated(tmp_path):
        pytest.skip("this system has no Landlock or no namespaces")
    check(course, {name: KINDS[name] for name in TEN})


@pytest.mark.slow
def test_a_hundred_hostile_submissions(course, tmp_path):
    assert len(KINDS) >= 100
    if not isolated(tmp_path):
        pytest.skip("this system has no Landlock or no namespaces")
    check(course, KINDS)
