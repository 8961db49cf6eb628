"""Answers as data, tasks without answers, verdicts by another process."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import grading
from mem_lib.errors import InvalidArgument
from mem_lib.grading import values
from mem_lib.grading.course import Course
from mem_lib.grading.exercise import SETS, everything, find, generator, of_set
from mem_lib.grading.tasks import Tasks
from mem_lib.grading.values import NotData, Raised
from mem_lib.grading.verdict import Sheet, Verdict, Wrong


def keys(file, size, bits):
    """The reference for the first exercise of optimal_relu."""
    return [file >> bits * i & (1 << bits) - 1 for i in reversed(range(size))]


FOLD = "optimal_relu.fold"
BOOK = Path(__file__).parents[1] / "book"


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in ("MEM_LIB_TASKS", "MEM_LIB_ANSWERS", "MEM_LIB_VERDICTS", "MEM_LIB_GRADED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [0, -5, 2**53 - 1, 2**53, -(2**4000), True, None, "a", 0.1, -0.0, 5e-324, [], [1, [2, []]],
     Fraction(1, 3), Fraction(-(2**200), 3), {"a": [1], "int": 2}, {}, Raised("ValueError: x")],
    ids=lambda v: type(v).__name__ + str(len(str(v)) if not isinstance(v, int) else v.bit_length()),
)  # fmt: skip
def test_what_is_handed_in_comes_back(value):
    back = values.value_of(values.text_of(value))
    assert (back, type(back)) == (value, type(value))


def test_arrays_networks_and_data_sets_come_back():
    assert values.value_of(values.text_of(np.arange(4).reshape(2, 2))) == [[0, 1], [2, 3]]
    assert values.value_of(values.text_of(np.int64(2**60))) == 2**60
    points = [[2**70, 1], [3, 4]]
    for dataset in (
        ml.data.moons(N=20, seed=1),
        ml.Dataset(points, [0, 2], classes=5),
        ml.Dataset([[0.25], [2]], targets=[0.5, Fraction(3, 8)]),
    ):
        back = values.value_of(values.text_of(dataset))
        assert back == dataset and back.sha256 == dataset.sha256
    network = ml.build(ml.data.moons(N=20, seed=1), "two_layer")
    assert values.value_of(values.text_of(network)).sha256 == network.sha256


def nested(depth):
    return [nested(depth - 1)] if depth else 0


@pytest.mark.parametrize(
    ("value", "word"),
    [(object(), "object"), (float("nan"), "finite"), (np.inf, "finite"), ({1: 2}, "texts"),
     (nested(50), "deep"), ({1, 2}, "set"), (b"x", "bytes"), (3 + 1j, "complex"),
     (lambda: 0, "function")],
    ids=["object", "nan", "inf", "int key", "deep", "set", "bytes", "complex", "function"],
)  # fmt: skip
def test_what_is_no_data_is_refused(value, word):
    with pytest.raises(NotData, match=word):
        values.text_of(value)


@pytest.mark.parametrize(
    "text",
    ["", "{", "NaN", "[1, Infinity]", '{"int": "x"}', '{"int": 5}', '{"ratio": "1/0"}', '{"a": 1}',
     '{"int": "0x1", "ratio": "1"}', '{"network": 5}', '{"network": {}}', '{"dict": 5}',
     '{"dataset": {"points": [[1]], "rows": 1}}', '{"dataset": []}', "[" * 5000],
)  # fmt: skip
def test_a_text_that_holds_no_value_is_refused(text):
    with pytest.raises(NotData, match="answer: "):
        values.value_of(text)


# -- verdicts --------------------------------------------------------------------------------------


def test_a_part_that_fails_does_not_end_the_judging():
    sheet = Sheet("demo")
    with sheet.part("first", 1):
        sheet.need(True, "no")
    with sheet.part("second", 2):
        raise Wrong("because")
    with sheet.part("third", 3):
        raise ZeroDivisionError("in the judge")
    with sheet.part("fourth", 4):
        raise ml.InvalidNetwork("layers: none")
    with sheet.part("fifth", 5, if_right=True):
        pass
    verdict = sheet.verdict()
    assert (verdict.points, verdict.most, verdict.ok, bool(verdict)) == (1, 15, False, False)
    assert "because" in str(verdict) and "layers: none" in verdict._repr_html_()
    assert Verdict.from_content(json.loads(json.dumps(verdict.content()))) == verdict


def test_a_file_that_is_no_verdict_is_refused():
    for content in ({}, {"exercise": "a", "parts": [{}], "error": ""}, [], None, {"parts": 5}):
        with pytest.raises(InvalidArgument, match="verdict"):
            Verdict.from_content(content)


# -- exercises and tasks ---------------------------------------------------------------------------


def test_every_exercise_says_what_it_asks_and_an_empty_answer_has_no_points():
    for exercise in everything():
        assert exercise.asks in ("network", "function", "values") and exercise.title
        nothing = exercise.nothing(exercise.task("a"))
        assert nothing.points == 0 < nothing.most == exercise.most, exercise.key
        for answer in (None, [], 0, "x", {}, [[]], ml.Network([ml.Layer([[1]], [0], "identity")])):
            assert exercise.verdict(exercise.task("a"), answer).points < exercise.most


def test_every_exercise_stands_in_the_book_and_is_checked_there():
    for exercise in everything():
        slug, _, name = exercise.key.partition(".")
        page = (BOOK / slug / "exercises.md").read_text(encoding="utf-8")
        assert f":label: ex-{slug}-{name}\n" in page
        asked, solution = page.split(f"solution-start}} ex-{slug}-{name}\n")
        check = f'grading.check("{exercise.key}"'
        assert check in asked and check in solution.partition("{solution-end}")[0]


def test_tasks_of_a_seed_are_the_same_and_of_another_are_others():
    for slug in (slug for slug in SETS if of_set(slug)):
        one, same = Tasks.drawn(slug, "a"), Tasks.drawn(slug, "a")
        other, fresh = Tasks.drawn(slug, "b"), Tasks.drawn(slug, "a", fresh="graded")
        assert one.text() == same.text() != other.text()
        for key in one:
            assert values.encoded(one[key].task.given) == values.encoded(fresh[key].task.given)
            if one[key].asks == "function":
                assert values.encoded(one[key].task.calls) != values.encoded(fresh[key].task.calls)


def test_a_file_of_tasks_holds_no_seed_and_comes_back(tmp_path):
    course = Course.make(tmp_path / "course", "Analysis")
    path = course.hand_out("optimal_relu", tmp_path / "out")
    assert course.seed not in path.read_text() and course.seed not in repr(course)
    assert (tmp_path / "course" / "course.json").stat().st_mode & 0o077 == 0
    assert Course.load(tmp_path / "course") == course
    assert Tasks.load(path).text() == course.tasks("optimal_relu").text()
    assert generator("a", "b").integers(2**60) != generator("a", "c").integers(2**60)


def test_files_that_are_no_course_and_no_tasks_are_refused(tmp_path):
    with pytest.raises(InvalidArgument, match="no course in"):
        Course.load(tmp_path)
    Course.make(tmp_path, "A")
    with pytest.raises(InvalidArgument, match="already"):
        Course.make(tmp_path, "A")
    with pytest.raises(InvalidArgument, match="name"):
        Course.make(tmp_path / "b", " ")
    for text in ("", "[]", "{}", '{"format": "mem_lib.course", "version": 1, "name": "a"}'):
        (tmp_path / "course.json").write_text(text)
        with pytest.raises(InvalidArgument, match="damaged"):
            Course.load(tmp_path)
    for text in ("[]", '{"dict": {}}', '{"dict": {"format": "mem_lib.tasks", "version": 9}}'):
        (tmp_path / "tasks.json").write_text(text)
        with pytest.raises(InvalidArgument, match="no file of tasks"):
            Tasks.load(tmp_path / "tasks.json")
    with pytest.raises(InvalidArgument, match="exercise"):
        find("optimal_relu.nothing")
    with pytest.raises(InvalidArgument, match="set"):
        Tasks.drawn("nothing")


# -- a student's side ------------------------------------------------------------------------------


def test_a_right_answer_is_handed_in_and_judged_elsewhere(here, capsys):
    assert set(grading.given(FOLD)) == {"file", "size", "bits"}
    path = grading.hand_in(FOLD, keys)
    assert path.parent.resolve() == here / "handed_in"
    assert grading.ask(FOLD) == 4
    assert "4 of 4 points" in capsys.readouterr().out


def test_what_a_notebook_changes_in_its_own_process_changes_no_verdict(here, monkeypatch):
    grading.hand_in(FOLD, lambda file, size, bits: [0] * size)
    monkeypatch.setattr(find(FOLD).__class__, "judge", lambda *a: None)
    monkeypatch.setattr(Sheet, "need", staticmethod(lambda *a: None))
    with pytest.raises(grading.NotSolved, match="0 of 4"):
        grading.ask(FOLD)


def test_a_course_s_tasks_lie_beside_the_notebook(here):
    course = Course.make(here / "secret", "A")
    course.hand_out("optimal_relu", here)
    assert grading.given(FOLD) == course.tasks("optimal_relu")[FOLD].task.given
    grading.hand_in(FOLD, keys)
    assert grading.ask(FOLD) == 4


@pytest.mark.parametrize(
    ("key", "answer", "word"),
    [(FOLD, 5, "function"), ("optimal_relu.remainder", 5, "Network"), ("nothing", 5, "exercise"),
     (5, 5, "exercise"), ("optimal_relu.remainder", lambda Q, S: 5, "Network")],
)  # fmt: skip
def test_an_answer_of_another_kind_is_refused_when_it_is_handed_in(here, key, answer, word):
    with pytest.raises(InvalidArgument, match=word):
        grading.hand_in(key, answer)
    assert not list(here.rglob("*.json"))


def test_a_missing_file_stays_missing(here):
    with pytest.raises(FileNotFoundError):
        grading.hand_in("optimal_relu.remainder", "network.json")
    with pytest.raises(grading.NotSolved, match="nothing was handed in"):
        grading.ask(FOLD)


def test_check_judges_at_once():
    assert grading.check(FOLD, keys)
    rounded = grading.check(FOLD, lambda *a: [int(float(key)) for key in keys(*a)])
    assert rounded.points == 3 and "is right, got" in str(rounded)
    raised = grading.check(FOLD, lambda *a: 1 / 0)
    assert raised.points == 0 and "ZeroDivisionError" in str(raised)
    assert grading.check(FOLD, lambda *a: object()).points == 0
