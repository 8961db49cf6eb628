"""A hundred hostile submissions: each ends with its points and a line, the others too."""

import os
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import pytest

from mem_lib.errors import InvalidArgument
from mem_lib.grading import classes, sandbox, submission, watch
from mem_lib.grading.course import Course
from mem_lib.grading.sandbox import MEANS, Limits
from tests.grading_hostile import DAEMON, FOLD, KINDS, NAMES, RIGHT, SLUG, TEN, Kind

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
    """The processes in the rooms of this test, by their folder; other tests have theirs."""
    found, rooms = [], os.path.join(os.path.realpath(tempfile.gettempdir()), submission.ROOMS)
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(place).startswith(rooms):
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
        if found[name].verdicts[FOLD].points != kind.points
        or not any(word in told(found[name]) for word in kind.word.split("|"))
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


def test_who_knows_the_public_calls_knows_no_others(course):
    """A table of right answers to the calls that were handed out is right for the given file."""
    calls = course.tasks(SLUG)[FOLD].task.calls
    right = {
        repr(call): [call[0] >> call[2] * i & (1 << call[2]) - 1 for i in reversed(range(call[1]))]
        for call in calls
    }
    code = f"table = {right!r}\ndef keys(*call): return table.get(repr(list(call)))"
    hand_in = f"from mem_lib import grading; grading.hand_in({FOLD!r}, keys)"
    Kind((code, hand_in)).submit(course.folder / "submitted", "ann")
    assert grade(course)["ann"].verdicts[FOLD].points == 1


@pytest.mark.parametrize("without", [c for n in range(4) for c in combinations(MEANS, n)], ids=str)
def test_with_less_isolation_it_grades_and_says_so(course, tmp_path, without):
    """A system may offer any of the means, or none; a process that stays is ended in each."""
    Kind((*RIGHT, DAEMON.format("time.sleep(10**6)"))).submit(course.folder / "submitted", "ann")
    result = grade(course, without=without)["ann"]
    assert result.verdicts[FOLD].points == 4 and not result.remarks
    offered = sandbox.run(["/bin/true"], tmp_path, LIMITS).isolation
    of = {"limits of memory, time and files": "resources", "files by a list": "landlock",
          "no TCP": "landlock"}  # fmt: skip
    own = [name for name in result.isolation if name != "no TCP"]
    assert own == [name for name in offered if of.get(name, "namespaces") not in without]
    assert processes() == []


@pytest.mark.parametrize("without", [(), ("resources", "namespaces", "landlock")], ids=str)
@pytest.mark.parametrize(
    ("code", "word"),
    [("while True: pass", "processor time"), ("import time; time.sleep(9999)", "by the clock"),
     ("x = [bytes(1 << 20) for i in range(300)]; import time; time.sleep(9999)", ""),
     ("for name in 'xyz': open(name, 'wb').write(bytes(25 << 20))\n"
      "import time; time.sleep(9999)", "wrote")],
    ids=["time", "patience", "memory", "files"],
)  # fmt: skip
def test_every_limit_holds_without_the_system_s_own(tmp_path, code, word, without):
    patience = 3 if word == "by the clock" else 90
    limits = Limits(seconds=2, patience=patience, memory=250 << 20, folder=60 << 20)
    command = [sys.executable, "-c", code]
    outcome = sandbox.run(command, tmp_path, limits, without=without)
    assert word in outcome.stopped and (outcome.stopped or outcome.status)


def test_names_of_students_are_names_and_nothing_else(course):
    for name in NAMES:
        Kind(b"").submit(course.folder / "submitted", name)
    Kind(RIGHT).submit(course.folder / "submitted", "x" * 249 + "y")
    found = grade(course)
    assert set(found) == {*NAMES, "x" * 249 + "y"}
    assert grade(course) == found  # each has a file of its own
    shown = "".join(classes.lines(found.values()))
    table = (course.folder / "out" / "summary.csv").read_text("utf-8-sig")
    assert "'=cmd()" in shown and "'=cmd()" in table and "José" in table
    files = [path.name for path in (course.folder / "out").iterdir()]
    assert len(files) == len(found) + 1 and all(name.isascii() for name in files)


def test_two_submissions_of_one_student_are_one(course):
    submitted = course.folder / "submitted"
    Kind(RIGHT).submit(submitted, "ann")
    (submitted / "ann.ipynb").write_text("x")
    (submitted / "bob.ipynb").write_text("x")
    found = grade(course)
    assert set(found) == {"ann", "bob"} and found["ann"].points == 4
    assert "two submissions of this student" in found["ann"].remarks[0]


def test_more_at_a_time_give_the_same(course):
    submitted = course.folder / "submitted"
    for name in ("c", "a", "b"):
        Kind(RIGHT if name == "a" else b"").submit(submitted, name)
    seen = []
    one = grade(course, jobs=1, report=lambda *a: seen.append(a))
    assert [done for done, _, _ in seen] == [1, 2, 3] and list(one) == ["a", "b", "c"]
    for path in (course.folder / "out").iterdir():
        path.unlink()
    assert list(grade(course, jobs=3).values()) == list(one.values())


def test_a_killed_run_s_rooms_are_removed_and_a_living_one_s_are_not(course):
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    places = [Path(tempfile.gettempdir()) / f"{submission.ROOMS}{pid}-x"
              for pid in (ended.pid, os.getpid(), "x")]  # fmt: skip
    for place in places:
        (place / "room").mkdir(parents=True)
    submission.sweep()
    assert [place.exists() for place in places] == [False, True, True]


def test_a_course_around_python_is_refused(tmp_path):
    Kind(b"").submit(tmp_path, "ann")
    course = Course(sandbox.LIBRARY.parent, "C", "0" * 64)
    with pytest.raises(InvalidArgument, match="course: a folder of its own"):
        classes.grade(course, SLUG, tmp_path, tmp_path / "out")


def test_a_folder_of_strangers_goes_however_deep_and_locked(tmp_path):
    place = tmp_path / "x"
    place.mkdir()
    code = "import os\nfor i in range(1500): os.mkdir('d'); os.chdir('d'); open('f', 'w').close()"
    subprocess.run([sys.executable, "-c", code], cwd=place, check=True)
    (place / "out").symlink_to(sandbox.LIBRARY)
    (place / "locked").mkdir(mode=0)
    assert watch.size(place, 1 << 30) > 1 << 30  # too deep to be counted
    watch.remove(place)
    assert not place.exists() and sandbox.LIBRARY.is_dir()


def test_a_family_is_a_process_and_all_below_it():
    code = "import subprocess, time; subprocess.Popen(['/bin/sleep', '60']); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        end = time.monotonic() + 30
        while len(list(watch.family(process.pid))) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(list(watch.family(process.pid))) == 2
    finally:
        watch.end(process)
    assert list(watch.family(process.pid)) == [process.pid]
