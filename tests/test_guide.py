"""The pages for instructors and students: what they say is there, and their commands are taken."""

import argparse
import contextlib
import io
import os
import re
import shlex
from pathlib import Path

import pytest

from mem_lib import slides
from mem_lib.errors import InvalidArgument
from mem_lib.grading import __main__ as command_line
from mem_lib.grading.exercise import SETS
from mem_lib.grading.sandbox import Limits
from tools import make
from tools import slides as extension

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "book/appendix/instructors.md").read_text(encoding="utf-8")
STUDENTS = (ROOT / "book/appendix/students.md").read_text(encoding="utf-8")
PLACEHOLDERS = {"SET": SETS[0], "CHAPTER": SETS[0], "FOLDER": "out"}


def commands(text: str) -> list[str]:
    """What a page tells its reader to type, in blocks and in sentences."""
    fence = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
    blocks = [block for kind, block in fence.findall(text) if not kind]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    inline = re.findall(r"`([^`]+)`", fence.sub("", text))
    return [" ".join(one.split()) for one in (*lines, *inline)]


def calls(text: str, program: str) -> list[list[str]]:
    """The arguments of every call of ``program`` that a page shows."""
    found = []
    for line in commands(text):
        _, there, rest = line.partition(f"{program} ")
        if there and not rest.startswith("--seconds"):
            found.append([PLACEHOLDERS.get(word, word) for word in shlex.split(rest)])
    return found


def accepted(arguments: list[str]) -> bool:
    """Whether our parser takes these."""
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return isinstance(command_line._parser().parse_args(arguments), argparse.Namespace)
        except SystemExit:
            return False


GRADING = calls(GUIDE, "python -m mem_lib.grading")


@pytest.mark.parametrize("arguments", GRADING, ids=" ".join)
def test_the_parser_takes_the_commands_of_the_guide(arguments):
    assert accepted(arguments)


def test_the_guide_shows_every_step_and_a_wrong_command_is_noticed():
    assert {"list", "course", "release", "grade", "arrange"} <= {words[0] for words in GRADING}
    assert not accepted(["release", "nothing", "--course", "c"])
    assert not accepted(["grade", SETS[0]])


def test_nbgrader_and_make_know_the_commands():
    apps = pytest.importorskip("nbgrader.apps.nbgraderapp")
    known = set(apps.NbGraderApp.subcommands) | {"--course"}
    shown = {words[0] for words in calls(GUIDE, "python -m nbgrader")}
    assert {"autograde", "generate_feedback", "export", "collect"} <= shown <= known
    told = {words[0] for text in (GUIDE, STUDENTS) for words in calls(text, "make")}
    assert told and told <= set(make.TARGETS)


def test_the_files_that_a_command_names_are_there():
    build = next(words for words in calls(GUIDE, "podman") if words[0] == "build")
    path = ROOT / build[build.index("-f") + 1]
    copied = re.findall(r"^COPY (.*) \S+$", path.read_text(encoding="utf-8"), re.M)
    assert copied and all((ROOT / name).exists() for line in copied for name in line.split())


def test_a_reader_who_types_everything_is_always_in_the_right_folder():
    """From the first command to the container, in one terminal: where each one is run."""
    place, seen = [], 0
    for line in commands(GUIDE.partition("## The seed")[0]):
        if line.startswith("cd "):
            place = place[:-1] if line == "cd .." else [*place, line.removeprefix("cd ")]
        elif line.startswith(("python -m mem_lib.grading", "podman")) and "--course" in line:
            assert place == [], line
        elif line.startswith("python -m nbgrader "):
            assert place == ["analysis"], line
        else:
            continue
        seen += 1
    assert seen > 10 and place == []


def test_the_exercise_that_the_guide_shows_passes_as_the_file_that_it_names():
    cells = re.findall(r"^```\{code-cell\} ipython3\n(?!:tags)(.*?)^```$", GUIDE, re.M | re.S)
    the_class, answers, its_test = cells[-3:]
    (head,) = re.findall(r"^ *```python\n(.*?)^ *```$", GUIDE, re.M | re.S)
    imported = "from mem_lib.grading.judges.foundations import Cut\n"
    judge = (ROOT / "mem_lib/grading/judges/foundations.py").read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": "judges"}
    exec(judge.partition("\nclass ")[0] + the_class[the_class.index("class Cut") :], names)
    head = "\n".join(line.strip() for line in head.splitlines(keepends=False)) + "\n"
    assert imported in head
    here = {"Cut": names["Cut"]}
    exec(head.replace(imported, "") + answers + its_test, here)
    wrong = its_test.replace("[exercise.most, 2, 0]", "[exercise.most, 2, 1]")
    with pytest.raises(AssertionError):
        exec(wrong, here)


def test_the_students_page_knows_the_limits():
    limits = Limits()
    minutes = ["no", "one", "two", "three"][limits.seconds // 60]
    assert f"{minutes} minutes of a processor and {limits.memory >> 30} GB" in STUDENTS


def test_the_guide_plans_every_set():
    twelve = GUIDE[GUIDE.index("twelve = [") : GUIDE.index('plan(twelve, "week")')]
    assert all(f'"{slug}")' in twelve and f'"{slug}/index"' in twelve for slug in SETS)
    for page in re.findall(r'"(\w+/\w+)"', twelve):
        assert list((ROOT / "book").glob(f"{page}.*"))


def test_the_students_page_has_all_four_words():
    assert all(f"**`{word}`**" in STUDENTS for word in ("given", "hand_in", "ask", "check"))


# -- slides ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SETS)
def test_a_slide_is_16_to_9_and_small(slug):
    image = pytest.importorskip("PIL.Image")
    slide = slides.slide(slug)
    width, height = image.open(io.BytesIO(slide.png)).size
    assert (width, height) == (1920, 1080)
    box = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', slide.svg)
    assert abs(float(box[1]) / float(box[2]) - 16 / 9) < 0.01
    assert max(len(slide.png), len(slide.svg)) < 400_000
    assert slide.title and slide.alt and slide.svg == slides.slide(slug).svg


def test_no_slide_of_another_chapter():
    with pytest.raises(InvalidArgument, match="slug"):
        slides.slide("nothing")


def test_slides_are_made_again_where_something_is_newer(tmp_path):
    library, made = tmp_path / "library", tmp_path / "a.svg"
    library.mkdir()
    (library / "module.py").write_text("")
    assert extension.stale([made], library)
    made.write_text("")
    os.utime(library / "module.py", (1, 1))
    assert not extension.stale([made], library)
    os.utime(made, (0, 0))
    assert extension.stale([made], library)


def test_every_slide_that_the_page_links_is_written(tmp_path, monkeypatch):
    one = slides.slide(SETS[0])
    monkeypatch.setattr(slides, "slide", lambda slug: one)
    assert [path.name for path in slides.write(tmp_path / "new")] == list(slides.NAMES)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        f"{slug}.{kind}" for slug in SETS for kind in ("svg", "png")
    }


def test_the_command_line_knows_the_challenge(tmp_path, monkeypatch, capsys):
    from mem_lib.__main__ import main

    (words,) = [words for words in calls(GUIDE, "python -m mem_lib") if words[0] == "challenge"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / PLACEHOLDERS["FOLDER"]).mkdir()
    assert main(words) == 0 and "0 files" in capsys.readouterr().out
