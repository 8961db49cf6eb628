"""A class in one command: grade each submission of a set, and keep what was done.

A submission is a notebook: ``submitted/STUDENT/SET/SET.ipynb`` as nbgrader collects them, or
``STUDENT.ipynb`` in one folder.  Each gets a file of its result as soon as it has one, so a run
that was stopped goes on where it was; nothing about one submission can stop the next.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument, MemorizationError
from mem_lib.grading import notebook
from mem_lib.grading.course import Course
from mem_lib.grading.sandbox import JUDGES, LIBRARY, Limits
from mem_lib.grading.submission import MOST_BESIDE, graded, lying, nothing, sweep
from mem_lib.grading.tasks import Tasks
from mem_lib.grading.verdict import Verdict


@dataclass(frozen=True)
class Result:
    """A row of the report: a student, the verdicts, and what is to be said."""

    student: str
    verdicts: dict[str, Verdict]
    remarks: tuple[str, ...]
    isolation: tuple[str, ...]
    outputs: dict[int, str]
    of: str  # the digest of all that decides it

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def most(self) -> float:
        return sum(verdict.most for verdict in self.verdicts.values())


@dataclass(frozen=True)
class Found:
    """What a student handed in: a notebook, or why there is none to grade."""

    student: str
    path: Path | None
    error: str = ""


def submissions(folder: Path, slug: str) -> list[Found]:
    """What lies in a folder, by student; ``InvalidArgument`` where it is no folder."""
    if not folder.is_dir():
        raise InvalidArgument(f"submissions: there is no folder {folder}")
    found = [
        _of_student(entry, slug) if entry.is_dir() and not entry.is_symlink() else _single(entry)
        for entry in sorted(folder.iterdir())
        if not entry.name.startswith(".")
    ]
    return list(_once(one for one in found if one is not None))


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """One submission of a student: that in the student's folder, before a single file."""
    of = dict[str, list[Found]]()
    for one in found:
        of.setdefault(one.student, []).append(one)
    for student, several in of.items():
        first = max(several, key=lambda one: one.path is not None and one.path.stem != student)
        if len(several) == 1:
            yield first
            continue
        text = f"two submissions of this student; graded is {first.path or 'none'}"
        yield Found(student, first.path, "; ".join(filter(None, [first.error, text])))


def _single(path: Path) -> Found | None:
    if path.suffix != ".ipynb" and not path.is_symlink():
        return None  # a list of students, a letter: no submission
    return _checked(path.stem if path.suffix == ".ipynb" else path.name, path)


def _of_student(folder: Path, slug: str) -> Found | None:
    """The notebook of the set's name in ``STUDENT/SET``; the only one there, if none has it."""
    place = folder / slug
    if place.is_symlink():
        return Found(folder.name, None, f"{slug} is a link, and links are not followed")
    if not place.is_dir():
        return None  # nothing of this set
    books = sorted(p for p in place.iterdir() if p.suffix == ".ipynb")
    proper = [path for path in books if path.stem == slug]
    if len(books) > 1 and not proper:
        names = ", ".join(path.name for path in books)
        return Found(
            folder.name, None, f"{len(books)} notebooks ({names}) and none is {slug}.ipynb"
        )
    if not books:
        return Found(folder.name, None, f"there is no notebook in {slug}")
    found = _checked(folder.name, (proper or books)[0])
    others = [path.name for path in books if path.name != (found.path or books[0]).name]
    return Found(found.student, found.path, found.error or _left_out(others))


def _left_out(names: list[str]) -> str:
    return f"graded without {', '.join(names)}" if names else ""


def _checked(student: str, path: Path) -> Found:
    if path.is_symlink():
        return Found(student, None, f"{path.name} is a link, and links are not followed")
    if not path.is_file():
        return Found(student, None, f"{path.name} is no file")
    return Found(student, path)


@dataclass(frozen=True)
class Run:
    """How a class is graded: the same for each of its submissions."""

    course: Course
    tasks: Tasks
    folder: Path
    out: Path
    limits: Limits
    without: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> bytes:
        """Of all that decides a result beside the submission: tasks, judges, limits."""
        parts = [self.tasks.text().encode(), repr((self.limits, self.without)).encode()]
        parts += [path.read_bytes() for path in sorted(JUDGES.glob("*.py"))]
        return _digest(*parts)


def grade(
    course: Course,
    slug: str,
    folder: Path,
    out: Path,
    *,
    limits: Limits | None = None,
    jobs: int = 1,
    without: Collection[str] = (),
    report: Callable[[int, int, Result], None] = lambda done, of, result: None,
) -> list[Result]:
    """Grade all submissions of a set, ``jobs`` at a time, and keep each result in ``out``.

    What was graded before, with the same notebook, tasks, judges and limits, is taken from there.
    ``report`` is called after each, as they end; the results come in the order of the students.
    ``without``: means of isolation to leave out.  Raises ``InvalidArgument`` for a set or folder
    that is none; nothing that a submission holds is an error of the run.
    """
    tasks, found = course.tasks(slug, graded=True), submissions(folder, slug)
    _apart(course.folder)
    out.mkdir(parents=True, exist_ok=True)
    sweep()
    run = Run(course, tasks, folder, out, limits or Limits(), tuple(sorted(without)))
    # threads wait for processes here, and outlive them: a child ends with the thread it came from
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        futures = [pool.submit(_result, one, run) for one in found]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                report(done, len(found), future.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    results = [future.result() for future in futures]
    write_atomically(out / "summary.csv", [summary(tasks, results).encode("utf-8-sig")])
    return results


def _apart(folder: Path) -> None:
    """A course is hidden from what it grades: Python and this library cannot lie in it."""
    for needed in (LIBRARY, Path(sys.prefix), Path(sys.base_prefix)):
        if folder.resolve() in (needed.resolve(), *needed.resolve().parents):
            raise InvalidArgument(
                f"course: a folder of its own is needed, and {folder} holds {needed}"
            )


def _result(one: Found, run: Run) -> Result:
    try:
        of, file = _of(one, run), run.out / _name(one.student)
        if (kept := _kept(file, of)) is not None:
            return replace(kept, student=one.student)
        result = _new(one, run, of)
        write_atomically(file, [json.dumps(_content(result), indent=1).encode() + b"\n"])
    except (MemorizationError, OSError) as error:  # a file that cannot be read, a full disk
        verdicts = nothing(run.tasks, str(error))
        return Result(one.student, verdicts, (f"{type(error).__name__}: {error}",), (), {}, "")
    return result


def _name(student: str) -> str:
    """The name of the file of a result: another one for another student, and never too long."""
    name = quote(os.fsencode(student), safe=" ")
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name if len(name) <= 200 else f'{name[:180]}~{digest}'}.json"


def _new(one: Found, run: Run, of: str) -> Result:
    if one.path is None:
        return Result(one.student, nothing(run.tasks, one.error), (one.error,), (), {}, of)
    hidden = [run.course.folder, run.folder, run.out]
    made = graded(one.path, run.tasks, limits=run.limits, hidden=hidden,
                  beside=_beside(one.path, run), without=run.without)  # fmt: skip
    remarks = (*made.remarks, *([one.error] if one.error else []))
    return Result(one.student, made.verdicts, remarks, made.isolation, made.outputs, of)


def _beside(path: Path, run: Run) -> Path | None:
    """The folder with which a notebook was handed in; none for one of many notebooks in one."""
    return path.parent if path.parent.name == run.tasks.slug else None


def _of(one: Found, run: Run) -> str:
    """The digest of all that decides a result: what is the same for the class, the notebook, and
    the files beside it."""
    parts = [run.digest, one.error.encode(errors="replace")]
    if one.path is not None:
        parts.append(_read(one.path, notebook.MOST_BYTES + 1))
        folder = _beside(one.path, run)
        for path in lying(folder) if folder else ():
            if path != one.path:  # whose own name decides nothing
                parts.append(os.fsencode(path.name))
                regular = path.is_file() and not path.is_symlink()
                parts.append(_read(path, MOST_BESIDE + 1) if regular else b"")
    return _digest(*parts).hex()


def _read(path: Path, most: int) -> bytes:
    with open(path, "rb") as file:
        return file.read(most)


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _content(result: Result) -> dict[str, object]:
    return {
        "student": result.student.encode(errors="replace").decode(),
        "of": result.of,
        "points": result.points,
        "verdicts": {key: verdict.content() for key, verdict in result.verdicts.items()},
        "remarks": result.remarks,
        "isolation": result.isolation,
        "outputs": result.outputs,
    }


def _kept(file: Path, of: str) -> Result | None:
    """The result that a former run has left of the same submission; None where there is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["of"] != of:
            return None
        verdicts = {k: Verdict.from_content(v) for k, v in content["verdicts"].items()}
        outputs = {int(index): text for index, text in content["outputs"].items()}
        return Result(content["student"], verdicts, tuple(content["remarks"]),
                      tuple(content["isolation"]), outputs, of)  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def summary(tasks: Tasks, results: Iterable[Result]) -> str:
    """The table of a class as CSV: a row a student, a column an exercise.  A text that a table
    program would take for a formula begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["student", *tasks, "points", "most", "remarks"])
    for result in results:
        points = [f"{result.verdicts[key].points:g}" for key in tasks]
        row = [result.student, *points, f"{result.points:g}", f"{result.most:g}",
               "; ".join(result.remarks)]  # fmt: skip
        writer.writerow([_plain(text) for text in row])
    return file.getvalue()


def _plain(text: str) -> str:
    text = text.encode(errors="replace").decode()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def lines(results: Iterable[Result]) -> Iterator[str]:
    """The same for a terminal."""
    for result in results:
        remarks = f"  {'; '.join(result.remarks)}" if result.remarks else ""
        yield f"{_plain(result.student):24} {result.points:5g} of {result.most:g}{remarks}"
