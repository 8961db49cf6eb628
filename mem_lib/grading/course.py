"""A course: a folder with a secret seed, from which its data are drawn.

The public exercises and their solutions are practice.  A course draws other data and other
parameters from its own seed, so a solution that was published is no answer to its tasks; what it
hands out holds the data and not the seed.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from mem_lib._base.files import named, write_atomically
from mem_lib.errors import InvalidArgument, shown
from mem_lib.grading.tasks import FILE as TASKS
from mem_lib.grading.tasks import Tasks

FILE, FORMAT, VERSION = "course.json", "mem_lib.course", 1


@dataclass(frozen=True)
class Course:
    """A course of this name.  Whoever knows ``seed`` knows its data and the calls of its tests."""

    folder: Path
    name: str
    seed: str

    @classmethod
    def make(
        cls, folder: str | os.PathLike[str], name: str, *, like: Course | None = None
    ) -> Course:
        """A new course with a seed of 256 random bits, or with that of ``like``, whose tasks it
        then has; ``InvalidArgument`` where there is one."""
        place = named(folder)
        if not isinstance(name, str) or not name.strip():
            raise InvalidArgument(f"name: the name of the course is needed, got {shown(name)}")
        if (place / FILE).exists():
            raise InvalidArgument(f"folder: there is a course in {place} already")
        place.mkdir(parents=True, exist_ok=True)
        course = cls(place, name, like.seed if like else secrets.token_hex(32))
        content = {"format": FORMAT, "version": VERSION, "name": name, "seed": course.seed}
        write_atomically(place / ".gitignore", [b"*\n"])  # whoever adds all files adds no seed
        path = place / FILE
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
        return course

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Course:
        """The course in a folder; ``InvalidArgument`` where there is none."""
        place = named(folder)
        try:
            content = json.loads((place / FILE).read_text(encoding="utf-8"))
            if (content["format"], content["version"]) != (FORMAT, VERSION):
                raise ValueError("another format or version")
            name, seed = content["name"], content["seed"]
            if not (isinstance(name, str) and isinstance(seed, str) and len(seed) >= 32):
                raise ValueError("a name and a seed of 32 digits or more are needed")
        except FileNotFoundError:
            raise InvalidArgument(
                f"folder: no course in {place}; `python -m mem_lib.grading course` makes one"
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidArgument(f"folder: {place / FILE} is damaged ({error})") from error
        return cls(place, name, seed)

    def tasks(self, slug: str, *, graded: bool = False) -> Tasks:
        """The tasks of a set: as they are handed out, or with the calls of the graded run.  Graded
        is what was handed out: an exercise that the set got later is none of this course's."""
        drawn = Tasks.drawn(slug, self.seed, course=self.name, fresh="graded" if graded else "")
        handed_out = self.folder / "source" / slug / TASKS
        return drawn.only(Tasks.load(handed_out)) if graded and handed_out.is_file() else drawn

    def hand_out(self, slug: str, folder: Path) -> Path:
        """Write the file of tasks into ``folder``, for the students."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / TASKS
        text = self.tasks(slug).text()
        write_atomically(path, [text.encode() + b"\n"])
        return path

    def __repr__(self) -> str:  # never the seed
        return f"<Course {self.name!r} in {self.folder}>"
