"""Grading from the command line.

    python -m mem_lib.grading list
    python -m mem_lib.grading judge tasks.json handed_in --out verdicts

Exit status: 0 done, 2 bad input.
"""

import argparse
import sys
from pathlib import Path

from mem_lib.errors import MemorizationError
from mem_lib.grading import judge as judges
from mem_lib.grading.exercise import everything
from mem_lib.grading.tasks import Tasks


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except (MemorizationError, OSError) as error:
        print(f"mem_lib.grading: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


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
            judges.alarm()
        verdict = judges.verdict(tasks, key, options.answers / f"{key}.json")
        print(verdict)
        if options.out is not None:
            judges.write(verdict, options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mem_lib.grading",
        description=__doc__ or "Grade exercises.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="list | judge")
    command = commands.add_parser("list", help="all exercises, what they ask and their points")
    command.set_defaults(run=listed)
    command = commands.add_parser("judge", help="judge the answers in a folder")
    command.add_argument("tasks", type=Path, help="the file of tasks that was handed out")
    command.add_argument("answers", type=Path, help="the folder that hand_in wrote into")
    command.add_argument("--only", action="append", default=[], metavar="EXERCISE")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="keep the verdicts there")
    command.add_argument(
        "--limited", action="store_true", help="end where an answer takes too much"
    )
    command.set_defaults(run=judge)
    return parser


if __name__ == "__main__":
    sys.exit(main())
