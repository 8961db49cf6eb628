"""What a student is given: the tasks of one set, in one file beside the notebook.

The file holds data and the arguments of calls.  It holds no answer and no seed: the seed of a
course stays with its instructor, and other data cannot be had from these.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mem_lib._base.arguments import one_of
from mem_lib._base.files import named, write_atomically
from mem_lib.errors import InvalidArgument, shown
from mem_lib.grading import values
from mem_lib.grading.exercise import PRACTICE, Task, find, of_set

FORMAT, VERSION = "mem_lib.tasks", 1
#: The name of the file, and the variable that names another one.
FILE, VARIABLE = "tasks.json", "MEM_LIB_TASKS"


@dataclass(frozen=True)
class Entry:
    """A task with what is said of it."""

    title: str
    asks: str
    points: float
    task: Task


class Tasks(Mapping[str, Entry]):
    """The tasks of a set by the key of their exercise."""

    def __init__(self, slug: str, course: str, entries: Mapping[str, Entry]) -> None:
        self.slug, self.course, self._entries = slug, course, dict(entries)

    @classmethod
    def drawn(cls, slug: str, seed: str = PRACTICE, *, course: str = "", fresh: str = "") -> Tasks:
        """The tasks of a chapter for the seed of a course: the same each time.  ``fresh`` draws
        other calls of the functions for the same data."""
        entries = dict[str, Entry]()
        for exercise in of_set(slug):
            task = exercise.task(seed, fresh=fresh)
            most = exercise.nothing(task).most
            entries[exercise.key] = Entry(exercise.title, exercise.asks, most, task)
        return cls(slug, course or PRACTICE, entries)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Tasks:
        """Read the file; ``InvalidArgument`` for another one."""
        with open(named(path), "rb") as file:
            text = file.read(values.MOST_BYTES + 1)
        try:
            content = values.value_of(text)
            if (content["format"], content["version"]) != (FORMAT, VERSION):
                raise InvalidArgument("another format or version")
            entries = {
                key: Entry(e["title"], e["asks"], e["points"], Task(e["given"], e["calls"]))
                for key, e in content["tasks"].items()
            }
            return cls(content["set"], content["course"], entries)
        except (KeyError, TypeError, AttributeError, InvalidArgument) as error:
            raise InvalidArgument(f"tasks: {path} is no file of tasks ({error})") from error

    def only(self, keys: Iterable[str]) -> Tasks:
        """These tasks, of the exercises that are in ``keys``."""
        wanted = set(keys)
        entries = {key: entry for key, entry in self.items() if key in wanted}
        return Tasks(self.slug, self.course, entries)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file."""
        write_atomically(Path(path), [self.text().encode() + b"\n"])

    def text(self) -> str:
        """The text of the file: equal for equal tasks."""
        entries = {
            key: {"title": e.title, "asks": e.asks, "points": e.points,
                  "given": e.task.given, "calls": e.task.calls}
            for key, e in self.items()
        }  # fmt: skip
        content = {"format": FORMAT, "version": VERSION, "set": self.slug, "course": self.course}
        return values.text_of(content | {"tasks": entries})

    def __getitem__(self, key: str) -> Entry:
        return self._entries[one_of(key, "exercise", self._entries)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Tasks of {self.slug!r}, {self.course}: {', '.join(self)}>"


def at_hand(key: str) -> tuple[Tasks, Path | None]:
    """The tasks to which an exercise belongs: of the file that the variable ``MEM_LIB_TASKS``
    names, of ``tasks.json`` here, or the public ones; and the file."""
    if not isinstance(key, str):
        raise InvalidArgument(
            f"exercise: a text such as 'optimal_relu.fold' is needed, got {shown(key)}"
        )
    path = Path(os.environ.get(VARIABLE) or FILE)
    if VARIABLE in os.environ or path.is_file():
        tasks = Tasks.load(path)
        if key in tasks or VARIABLE in os.environ:
            tasks[key]  # an unknown one is refused, with those that there are
            return tasks, path
    return Tasks.drawn(find(key).key.partition(".")[0]), None
