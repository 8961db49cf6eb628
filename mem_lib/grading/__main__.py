"""Grading from the command line.

    python -m mem_lib.grading list
    python -m mem_lib.grading course analysis --name "Analysis of networks, spring"
    python -m mem_lib.grading release optimal_relu --course analysis
    python -m mem_lib.grading grade optimal_relu --course analysis --submissions submitted
    python -m mem_lib.grading arrange optimal_relu --course analysis
    python -m mem_lib.grading judge tasks.json handed_in --out verdicts

Exit status: 0 done; 2 bad input; 70 a fault of mem_lib itself; 130 Ctrl-C, 129 and 143 ended by
SIGHUP and SIGTERM: `grade` goes on with the same command.
"""

import argparse
import os
import sys
from pathlib import Path

from mem_lib._base.program import Parser, ended, program
from mem_lib.errors import printable
from mem_lib.grading import arrange, assignments, classes
from mem_lib.grading import judge as judges
from mem_lib.grading.course import FILE as COURSE
from mem_lib.grading.course import Course
from mem_lib.grading.exercise import SETS, everything
from mem_lib.grading.sandbox import Limits
from mem_lib.grading.tasks import Tasks


def main(arguments: list[str] | None = None) -> int:
    return ended(_parser(), arguments, lambda options: options.run(options))


def listed(options: argparse.Namespace) -> int:
    for exercise in everything():
        print(f"{exercise.key:34} {exercise.asks:9} {exercise.most:3g}  {exercise.title}")
    return 0


def judge(options: argparse.Namespace) -> int:
    tasks = Tasks.load(options.tasks)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    if options.limited:
        judges.limit()
    for key in options.only or tasks:
        if options.limited:
            judges.alarm(options.limited)
        verdict = judges.verdict(tasks, key, options.answers / f"{key}.json")
        print(verdict)
        if options.out is not None:
            verdict.save(options.out)
    return 0


def tasks(options: argparse.Namespace) -> int:
    drawn = (
        Course.load(options.course).tasks(options.set)
        if options.course
        else Tasks.drawn(options.set)
    )
    drawn.save(options.output)
    print(f"{options.output}: {len(drawn)} tasks of {options.set}, {drawn.course}")
    return 0


def course(options: argparse.Namespace) -> int:
    like = Course.load(options.seed_of) if options.seed_of else None
    made = Course.make(options.folder, options.name, like=like)
    print(f"{made.folder / COURSE}: the seed of {made.name!r}; keep it, and keep it secret")
    if options.sources.is_dir():
        sets = assignments.prepare(made, options.sources)
        print(
            f"{made.folder / 'source'}: {', '.join(sets)}; then `release` makes what is handed out"
        )
    else:
        print(f"no sets: {options.sources} is no folder; --sources names assignments of the book")
    return 0


def release(options: argparse.Namespace) -> int:
    print(f"nbgrader takes the solutions out of {options.set} …", flush=True)
    print(assignments.release(Course.load(options.course), options.set))
    return 0


def practice(options: argparse.Namespace) -> int:
    for place in assignments.practice(options.output, options.sources):
        print(place, flush=True)
    return 0


def arranged(options: argparse.Namespace) -> int:
    folder = options.submissions or Course.load(options.course).folder / "submitted"
    for line in arrange.arrange(folder, options.set):
        print(printable(_tame(line), sys.stdout))
    print(f"{folder}: as nbgrader wants it")
    return 0


def grade(options: argparse.Namespace) -> int:
    place = Course.load(options.course)
    folder = options.submissions or place.folder / "submitted"
    out = options.out or place.folder / "graded" / options.set
    limits = Limits(seconds=options.seconds, patience=options.patience, memory=options.memory << 20)
    found = len(classes.submissions(folder, options.set))
    print(f"{found} submissions of {options.set}, at most {options.jobs} at a time", flush=True)
    results = classes.grade(
        place, options.set, folder, out, limits=limits, jobs=options.jobs, report=_said
    )
    most = max((result.most for result in results), default=0)
    mean = sum(result.points for result in results) / max(len(results), 1)
    print(f"{len(results)} submissions, {mean:.3g} of {most:g} points on average")
    used = sorted({name for result in results for name in result.isolation})
    print(f"isolation: {', '.join(used) or 'none'}; only a container isolates")
    print(f"{out / 'summary.csv'}")
    return 0


def _said(done: int, of: int, result: classes.Result) -> None:
    line = next(classes.lines([result]))
    print(printable(_tame(f"[{done}/{of}] {line}"), sys.stdout), flush=True)


def _tame(text: str) -> str:
    """A text in which names of students' files are, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "·" for c in text)


def _parser() -> Parser:
    parser = program("mem_lib.grading", __doc__ or "Grade exercises.")
    commands = parser.add_subparsers(
        required=True,
        metavar="list | course | release | practice | tasks | grade | arrange | judge",
    )
    command = commands.add_parser("list", help="all exercises, what they ask and their points")
    command.set_defaults(run=listed)
    command = commands.add_parser("course", help="make a course: a folder with a secret seed")
    command.add_argument("folder", type=Path)
    command.add_argument("--name", required=True, help="as students read it")
    command.add_argument(
        "--sources", type=Path, default=assignments.SOURCES, metavar="FOLDER",
        help="SET/SET.ipynb in it; default: assignments of this copy of the repository",
    )  # fmt: skip
    command.add_argument(
        "--seed-of", type=Path, metavar="FOLDER", help="of a course whose tasks this one has too"
    )
    command.set_defaults(run=course)
    command = commands.add_parser("release", help="make the students' version of a set")
    command.add_argument("set", choices=SETS, metavar="SET")
    command.add_argument("--course", type=Path, required=True, metavar="FOLDER")
    command.set_defaults(run=release)
    command = commands.add_parser("practice", help="make the public versions of all sets")
    command.add_argument("-o", "--output", type=Path, default=Path("practice"), metavar="FOLDER")
    command.add_argument("--sources", type=Path, default=assignments.SOURCES, metavar="FOLDER")
    command.set_defaults(run=practice)
    command = commands.add_parser("tasks", help="draw the tasks of a set, to hand out")
    command.add_argument("set", choices=SETS, metavar="SET", help=", ".join(SETS))
    command.add_argument("--course", type=Path, metavar="FOLDER", help="default: the public tasks")
    command.add_argument("-o", "--output", type=Path, default=Path("tasks.json"))
    command.set_defaults(run=tasks)
    command = commands.add_parser("grade", help="grade a class, in the sandbox; resumes")
    command.add_argument("set", choices=SETS, metavar="SET")
    command.add_argument("--course", type=Path, required=True, metavar="FOLDER")
    command.add_argument(
        "--submissions", type=Path, metavar="FOLDER",
        help="STUDENT/SET/SET.ipynb or STUDENT.ipynb in it; default: submitted in the course",
    )  # fmt: skip
    command.add_argument("--out", type=Path, metavar="FOLDER", help="default: graded in the course")
    limits = Limits()
    command.add_argument(
        "--seconds", type=int, default=limits.seconds, help="of processor time for a notebook"
    )
    command.add_argument(
        "--patience", type=int, default=limits.patience, help="seconds by the clock for a notebook"
    )
    command.add_argument(
        "--memory", type=int, default=limits.memory >> 20, metavar="MB", help="for a notebook"
    )
    command.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="submissions at a time"
    )
    command.set_defaults(run=grade)
    command = commands.add_parser(
        "arrange", help="move submissions to where nbgrader looks, with times for its resuming"
    )
    command.add_argument("set", choices=SETS, metavar="SET")
    command.add_argument("--course", type=Path, required=True, metavar="FOLDER")
    command.add_argument(
        "--submissions", type=Path, metavar="FOLDER", help="default: submitted in the course"
    )
    command.set_defaults(run=arranged)
    command = commands.add_parser("judge", help="judge the answers in a folder")
    command.add_argument("tasks", type=Path, help="the file of tasks that was handed out")
    command.add_argument("answers", type=Path, help="the folder that hand_in wrote into")
    command.add_argument("--only", action="append", default=[], metavar="EXERCISE")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="keep the verdicts there")
    command.add_argument(
        "--limited",
        type=float,
        default=0,
        metavar="SECONDS",
        help="end where an answer takes more, or too much memory",
    )
    command.set_defaults(run=judge)
    return parser


if __name__ == "__main__":
    sys.exit(main())
