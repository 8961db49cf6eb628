"""From the source notebook of a set to what students get.

``assignments/SET/SET.ipynb`` holds everything: text, solutions between markers, test cells.
nbgrader takes the solutions out; the file of tasks is drawn beside it.  The same two steps make the
public versions, for practice, and those of a course, from its secret seed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument
from mem_lib.grading.course import Course
from mem_lib.grading.exercise import SETS
from mem_lib.grading.sandbox import LIBRARY
from mem_lib.grading.tasks import Tasks

#: Where the sources lie in a copy of the repository.
SOURCES = LIBRARY.parent / "assignments"

CONFIGURATION = '''"""nbgrader's settings, for `python -m nbgrader autograde SET` in this folder."""

import sys
import warnings
from pathlib import Path

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

warnings.filterwarnings("ignore", module="nbgrader.api")  # of a newer SQLAlchemy; nothing is lost

# nbgrader goes on after an error in this file, and would run submissions in its own process.
try:
    from mem_lib.grading.nbgrader import Judged, Restored
except ImportError as error:
    sys.exit(f"nbgrader's Python, {{sys.executable}}, has no mem_lib with its grading: {{error}}")

here = str(Path(__file__).resolve().parent)
c = get_config()  # noqa: F821 (nbgrader gives it)
c.CourseDirectory.root = here
c.CourseDirectory.course_id = {name!r}
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError(\\"your answer\\")"}}
# Cells that have lost their names get them back, before nbgrader looks for them.
c.Autograde.sanitize_preprocessors = [
    Restored, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata,
]
c.Restored.course = here
# A submission runs in a sandbox and is judged by another process, instead of `Execute`.
c.Autograde.autograde_preprocessors = [
    Judged, IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
]
c.Judged.course = here
'''


def sources(folder: Path = SOURCES) -> dict[str, Path]:
    """The source notebooks by set; ``InvalidArgument`` where the folder has none."""
    found = {slug: folder / slug / f"{slug}.ipynb" for slug in SETS}
    found = {slug: path for slug, path in found.items() if path.is_file()}
    if not found:
        raise InvalidArgument(f"sources: there are no assignments in {folder}")
    return found


def prepare(course: Course, folder: Path = SOURCES) -> list[str]:
    """Put sources, tasks and nbgrader's settings into the folder of a course; the sets."""
    for slug, path in sources(folder).items():
        place = course.folder / "source" / slug
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place / path.name)
        course.hand_out(slug, place)
    settings = CONFIGURATION.format(name="".join(filter(str.isalnum, course.name)) or "course")
    write_atomically(course.folder / "nbgrader_config.py", [settings.encode()])
    return list(sources(folder))


def release(course: Course, slug: str) -> Path:
    """The student's version of a set, made by nbgrader: ``release/SET``."""
    if find_spec("nbgrader") is None:
        raise ImportError("nbgrader is needed: pip install 'mem_lib[courses]'")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", slug, "--force"]
    done = subprocess.run(
        command, cwd=course.folder, capture_output=True, text=True, env=environment()
    )
    if done.returncode:
        raise InvalidArgument(f"set: nbgrader refuses {slug}: {done.stderr.strip()[-2000:]}")
    return course.folder / "release" / slug


def environment() -> dict[str, str]:
    """Where nbgrader finds the programs that it calls: beside this Python."""
    here = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([here, os.environ.get("PATH", "")])}


def practice(out: Path, folder: Path = SOURCES) -> Iterator[Path]:
    """Make the public student's versions of all sets, with the public tasks, in ``out/SET``: one
    after the other, as they are asked for."""
    with tempfile.TemporaryDirectory(prefix="mem_lib-") as name:
        course = Course.make(Path(name) / "course", "practice")
        for slug in prepare(course, folder):
            place = out / slug
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(release(course, slug), place)
            Tasks.drawn(slug).save(place / "tasks.json")
            yield place
