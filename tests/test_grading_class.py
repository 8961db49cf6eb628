"""A class is graded whatever it hands in, and no submission reaches another or the judges."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from mem_lib.errors import InvalidArgument
from mem_lib.grading import assignments, classes, sandbox
from mem_lib.grading.__main__ import main
from mem_lib.grading.course import Course
from mem_lib.grading.sandbox import Limits
from mem_lib.grading.submission import graded
from tests.grading_hostile import FOLD, HAND_IN, KEYS, SLUG, notebook

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits of processes are POSIX")

SHORT = Limits(seconds=4, patience=60)


@pytest.fixture
def course(tmp_path):
    return Course.make(tmp_path / "course", "Course")


def submit(course, student, text):
    place = course.folder / "submitted" / student / SLUG
    place.mkdir(parents=True)
    (place / f"{SLUG}.ipynb").write_text(text)


def grade(course, **how):
    out = course.folder / "graded"
    results = classes.grade(course, SLUG, course.folder / "submitted", out, limits=SHORT, **how)
    return {result.student: result for result in results}


def test_a_class_of_four(course):
    submit(course, "right", notebook(KEYS, HAND_IN, f"grading.ask({FOLD!r})"))
    submit(course, "wrong", notebook(KEYS, f"grading.hand_in({FOLD!r}, lambda *a: [0])"))
    submit(course, "empty", notebook())
    submit(course, "late error", notebook("1/0", KEYS, HAND_IN, "raise SystemExit"))
    found = grade(course)
    points = {name: result.verdicts[FOLD].points for name, result in found.items()}
    assert points == {"right": 4, "wrong": 0, "empty": 0, "late error": 4}
    assert "judged after the run" in found["right"].outputs[2]
    table = (course.folder / "graded" / "summary.csv").read_text(encoding="utf-8-sig")
    assert table.splitlines()[0].startswith(f"student,{FOLD}")


SPY = """
import glob, os, sys, socket
import mem_lib.grading as g
found = []
try:  # an administrator might take away what covers them
    import ctypes
    for place in (COURSE, JUDGES):
        ctypes.CDLL(None).umount2(place.encode(), 2)
except Exception:
    pass
for place in [COURSE, JUDGES, *ELSEWHERE]:
    for folder, _, names in os.walk(place):
        for name in names:
            try:
                found.append(open(os.path.join(folder, name), 'rb').read())
            except OSError:
                pass
try:
    from mem_lib.grading.judges import optimal_relu
    found.append(b'judges')
except Exception:
    pass
for process in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        text = open(process, 'rb').read()
        found += [text] if SEED * 64 in text.decode(errors='replace') else []
    except OSError:
        pass
print('FOUND', sum(map(len, found)))
"""


@pytest.mark.parametrize(
    "how",
    [{}, {"without": ["namespaces"]}, {"without": ["landlock"]}],
    ids=["all", "files only", "view only"],
)
def test_a_spy_finds_neither_seed_nor_judges(course, tmp_path, how):
    if not _locked(tmp_path, how):
        pytest.skip("this system offers neither Landlock nor namespaces")
    submit(course, "other", notebook(KEYS, HAND_IN))
    elsewhere = [] if "landlock" in how.get("without", ()) else [str(tmp_path.resolve())]
    told = _told(course) | {"ELSEWHERE": elsewhere}  # only a list keeps it from other files
    code = "".join(f"{name} = {value!r}\n" for name, value in told.items()) + SPY
    room = tmp_path / "room"
    room.mkdir()
    outcome = sandbox.run([sys.executable, "-c", code], room, SHORT, hidden=[course.folder], **how)
    assert "FOUND 0" in outcome.output, outcome


def test_without_a_sandbox_the_spy_would_find_both(course, tmp_path):
    """The twin: the spy is able to read, where nothing keeps it from it."""
    code = "".join(f"{name} = {value!r}\n" for name, value in _told(course).items()) + SPY
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert int(done.stdout.split()[-1]) > 1000


def _told(course):
    place = str(course.folder.resolve())
    return {"COURSE": place, "JUDGES": str(sandbox.JUDGES), "SEED": "x", "ELSEWHERE": []}


def _locked(tmp_path, how):
    room = tmp_path / "probe"
    room.mkdir()
    offered = sandbox.run([sys.executable, "-c", ""], room, SHORT, **how).isolation
    return "files by a list" in offered or "judges and course covered" in offered


FORGER = f"""
import json, os
import mem_lib.grading as g
import mem_lib.grading.student, mem_lib.grading.verdict as v
v.Verdict.points = property(lambda self: 99)
g.ask = mem_lib.grading.student.ask = lambda key: 99
full = dict(exercise={FOLD!r}, parts=[dict(asked='a', points=99, most=99, wrong='')], error='')
for place in ('verdicts', '../verdicts', 'handed_in'):
    try:
        os.makedirs(place, exist_ok=True)
        open(place + '/{FOLD}.json', 'w').write(json.dumps(full))
    except OSError:
        pass
tasks = json.load(open('tasks.json'))
tasks['dict']['tasks']['dict'][{FOLD!r}]['dict']['calls'] = []
open('tasks.json', 'w').write(json.dumps(tasks))
"""


def test_a_forger_gets_nothing(course):
    submit(course, "forger", notebook(FORGER))
    submit(course, "fewer calls", notebook(KEYS, FORGER, HAND_IN))
    found = grade(course)
    assert [result.points for result in found.values()] == [0, 0]


def test_graded_before_is_not_graded_again_and_changed_is(course):
    submit(course, "ann", notebook(KEYS, HAND_IN))
    submit(course, "bob", notebook())
    calls = []
    first = grade(course)
    real, classes.graded = classes.graded, lambda *a, **k: calls.append(a) or graded(*a, **k)
    try:
        assert grade(course) == first and not calls
        path = course.folder / "submitted" / "bob" / SLUG / f"{SLUG}.ipynb"
        path.write_text(notebook(KEYS, HAND_IN))
        (course.folder / "graded" / "ann.json").write_text("{")  # half a file is none
        assert grade(course)["bob"].points == 4 and len(calls) == 2
    finally:
        classes.graded = real


def test_a_file_beside_that_has_changed_is_graded_again(course):
    """What took a night is handed in as a file; the notebook that reads it stays as it was."""
    read = f"import json; grading.hand_in({FOLD!r}, lambda *a: keys(*a) if json.load(open('mine'))"
    submit(course, "ann", notebook(KEYS, f"{read} else [])"))
    place = course.folder / "submitted" / "ann" / SLUG
    (place / "mine").write_text("0")
    first = grade(course)["ann"]
    (place / "timestamp.txt").write_text("2026-02-01 00:00:00.000000 UTC")  # nbgrader's
    kept = grade(course)["ann"]
    (place / "mine").write_text("1")
    again = grade(course)["ann"]
    assert (first.points, again.points) == (0, 4) and kept.of == first.of != again.of


def test_an_exercise_that_was_not_handed_out_is_not_graded(course):
    submit(course, "ann", notebook(KEYS, HAND_IN))
    place = course.folder / "source" / SLUG
    course.hand_out(SLUG, place)
    before = grade(course)["ann"]
    assert before.most == sum(entry.points for entry in course.tasks(SLUG).values())
    course.tasks(SLUG).only({FOLD}).save(place / "tasks.json")  # the others came later
    after = grade(course)["ann"]
    assert list(after.verdicts) == [FOLD] and (after.points, after.most) == (4, 4)
    assert set(course.tasks(SLUG)) > {FOLD}
    (place / "tasks.json").write_text("{}")
    with pytest.raises(InvalidArgument, match="no file of tasks"):
        grade(course)


def test_a_course_without_sets_says_so(tmp_path, capsys):
    for number, sources in enumerate([tmp_path / "none", assignments.SOURCES]):
        made = ["course", str(tmp_path / str(number)), "--name", "x", "--sources", str(sources)]
        assert main(made) == 0
        assert ("no sets: " in capsys.readouterr().out) == (number == 0)


def test_a_course_with_the_seed_of_another_has_its_tasks(course, tmp_path, capsys):
    again = ["course", str(tmp_path / "again"), "--name", "Resit", "--sources", str(tmp_path / "-")]
    assert main([*again, "--seed-of", str(course.folder)]) == 0
    assert Course.load(tmp_path / "again").seed == course.seed not in capsys.readouterr().out
    again[1] = str(tmp_path / "other")
    assert main([*again, "--seed-of", str(tmp_path)]) == 2 and not (tmp_path / "other").exists()
    assert main(again) == 0 and Course.load(tmp_path / "other").seed != course.seed


def test_a_course_in_a_repository_stays_out_of_it(course):
    git = ["git", "-C", str(course.folder.parent)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files"], check=True, capture_output=True, text=True)
    assert "course.json" not in listed.stdout


def test_killed_half_way_it_goes_on(course, tmp_path, monkeypatch):
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(rooms))
    for i in range(4):
        submit(course, f"s{i}", notebook(KEYS, "import time; time.sleep(0.5)", HAND_IN))
    command = [sys.executable, "-m", "mem_lib.grading", "grade", SLUG, "--course", course.folder]
    out = course.folder / "graded" / SLUG
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "TMPDIR": str(rooms)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    end = time.monotonic() + 120
    while not list(out.glob("*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert before and main(["grade", SLUG, "--course", str(course.folder)]) == 0
    after = {path.name: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert len(after) == 4 and before.items() <= after.items()
    assert list(rooms.glob("mem_lib-room*")) == []  # that of the killed run too


def test_what_lies_in_the_folder_of_submissions(tmp_path):
    for name in ("a/optimal_relu", "b/optimal_relu", "c", "d/optimal_relu", "e/optimal_relu"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a/optimal_relu/optimal_relu.ipynb").write_text("x")
    (tmp_path / "a/optimal_relu/copy.ipynb").write_text("y")
    (tmp_path / "b/optimal_relu/one.ipynb").write_text("x")
    (tmp_path / "b/optimal_relu/two.ipynb").write_text("x")
    (tmp_path / "d/optimal_relu/optimal_relu.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "list.txt").write_text("x")
    (tmp_path / "flat.ipynb").write_text("x")
    (tmp_path / "out.ipynb").symlink_to("/etc/passwd")
    found = {one.student: one for one in classes.submissions(tmp_path, SLUG)}
    assert set(found) == {"a", "b", "d", "e", "flat", "out"}
    assert found["a"].path.stem == SLUG and "copy.ipynb" in found["a"].error
    assert found["b"].path is None and "2 notebooks" in found["b"].error
    assert found["d"].path is found["out"].path is None and "link" in found["d"].error
    assert "no notebook" in found["e"].error and found["flat"].path is not None


def test_bad_commands_say_what_is_wrong(tmp_path, capsys):
    assert main(["grade", SLUG, "--course", str(tmp_path)]) == 2
    assert "no course in" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["tasks", "nothing"])
    with pytest.raises(InvalidArgument, match="no folder"):
        classes.submissions(tmp_path / "none", SLUG)
