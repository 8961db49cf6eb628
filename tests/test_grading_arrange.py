"""Submissions are moved to where nbgrader looks, and a newer one is seen to be newer."""

import os

import pytest

from mem_lib.errors import InvalidArgument
from mem_lib.grading.__main__ import main
from mem_lib.grading.arrange import STAMP, arrange
from mem_lib.grading.classes import grade
from mem_lib.grading.course import Course
from tests.grading_hostile import notebook

pytest.importorskip("nbgrader", reason="the extra `courses` brings nbgrader")
SLUG = "optimal_relu"


def lay(place, text="x", at=1_800_000_000):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    os.utime(place, (at, at))
    return place


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_notebooks_move_to_their_place(tmp_path):
    lay(tmp_path / "flat.ipynb", "flat")
    lay(tmp_path / f"Ada Ü/{SLUG}/{SLUG} (1).ipynb", "odd")
    lay(tmp_path / f"right/{SLUG}/{SLUG}.ipynb", "right")
    lay(tmp_path / f"two/{SLUG}/a.ipynb")
    lay(tmp_path / f"two/{SLUG}/b.ipynb")
    lay(tmp_path / "other/two_layer/two_layer.ipynb")
    said = list(arrange(tmp_path, SLUG))
    for name, text in (("flat", "flat"), ("Ada Ü", "odd"), ("right", "right")):
        assert (tmp_path / name / SLUG / f"{SLUG}.ipynb").read_text() == text
    assert f"flat.ipynb -> {os.path.join('flat', SLUG, SLUG)}.ipynb" in said and len(said) == 3
    assert any(line.startswith("two: 2 notebooks (a.ipynb, b.ipynb)") for line in said)
    assert (tmp_path / f"two/{SLUG}/a.ipynb").exists() and len(files(tmp_path)) == 9
    assert [line for line in arrange(tmp_path, SLUG) if "->" in line] == []


def test_what_was_graded_and_is_moved_is_not_graded_again(tmp_path):
    course = Course.make(tmp_path / "course", "Course")
    folder, out = tmp_path / "submitted", tmp_path / "graded"
    lay(folder / "flat.ipynb", notebook("1"))
    lay(folder / f"odd/{SLUG}/x.ipynb", notebook("2"))
    before = grade(course, SLUG, folder, out)
    assert len(list(arrange(folder, SLUG))) == 2
    after = grade(course, SLUG, folder, out)
    assert [one.of for one in before] == [one.of for one in after]


def test_of_two_submissions_the_second_stays_where_it_is(tmp_path):
    lay(tmp_path / "ann.ipynb", "flat")
    lay(tmp_path / f"ann/{SLUG}/{SLUG}.ipynb", "folder")
    (line,) = arrange(tmp_path, SLUG)
    assert "two submissions of this student" in line
    assert (tmp_path / "ann.ipynb").read_text() == "flat"
    assert (tmp_path / f"ann/{SLUG}/{SLUG}.ipynb").read_text() == "folder"


def test_no_link_is_followed_and_nothing_is_overwritten(tmp_path):
    submitted, elsewhere = tmp_path / "submitted", tmp_path / "elsewhere"
    elsewhere.mkdir()
    lay(submitted / "ann.ipynb")
    (submitted / "ann").mkdir()
    (submitted / "ann" / SLUG).symlink_to(elsewhere)
    with_link = lay(submitted / f"bob/{SLUG}/{SLUG}.ipynb")
    (with_link.parent / STAMP).symlink_to(elsewhere / "mine")
    said = list(arrange(submitted, SLUG))
    assert any("links are not followed" in line for line in said)
    assert files(elsewhere) == set() and (submitted / "ann.ipynb").exists()
    assert not (with_link.parent / STAMP).is_symlink()
    (submitted / "cid").symlink_to(elsewhere)
    lay(submitted / "cid.ipynb")
    list(arrange(submitted, SLUG))
    assert files(elsewhere) == set()


def test_a_place_that_is_taken_is_an_error(tmp_path):
    lay(tmp_path / "ann.ipynb")
    lay(tmp_path / "ann", "a file")
    with pytest.raises((InvalidArgument, OSError)):
        list(arrange(tmp_path, SLUG))
    assert (tmp_path / "ann.ipynb").exists()


def test_times_follow_the_files_and_no_earlier_one_is_written(tmp_path):
    book = lay(tmp_path / f"ann/{SLUG}/{SLUG}.ipynb")
    stamp = book.parent / STAMP
    list(arrange(tmp_path, SLUG))
    assert stamp.read_text() == "2027-01-15 08:00:00.000000 UTC"
    lay(book, "newer", at=1_800_000_060)
    list(arrange(tmp_path, SLUG))
    assert stamp.read_text() == "2027-01-15 08:01:00.000000 UTC"
    stamp.write_text("2027-01-15 09:02:00.5 CET")  # nbgrader's collector: handed in after it
    list(arrange(tmp_path, SLUG))
    assert stamp.read_text().endswith("CET")
    for unreadable in ("", "yesterday"):
        stamp.write_text(unreadable)
        list(arrange(tmp_path, SLUG))
        assert stamp.read_text() == "2027-01-15 08:01:00.000000 UTC"


def test_the_command_says_what_it_did(tmp_path, capsys):
    course = Course.make(tmp_path / "course", "Course")
    lay(course.folder / "submitted" / "\x1b[1mann.ipynb")
    assert main(["arrange", SLUG, "--course", str(course.folder)]) == 0
    out = capsys.readouterr().out
    assert "·[1mann.ipynb -> " in out and out.endswith("submitted: as nbgrader wants it\n")
    assert main(["arrange", SLUG, "--course", str(tmp_path)]) == 2
    assert "no course in" in capsys.readouterr().err
