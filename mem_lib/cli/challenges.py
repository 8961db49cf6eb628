"""``python -m mem_lib challenge``: judge a network file, or keep a table of a folder of them."""

import argparse
from pathlib import Path
from typing import Any

from mem_lib._base.streams import say
from mem_lib.cli import outputs
from mem_lib.errors import InvalidArgument


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser(
        "challenge", help="judge a network in the challenge of a chapter; alone: list them"
    )
    command.add_argument("chapter", nargs="?", help="such as two_layer, or foundations")
    command.add_argument("network", nargs="?", help="a network file, or a folder of them")
    command.add_argument(
        "--table", metavar="FILE", help="write the results of a folder there, comma-separated"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: valid; 1: not memorized, or a rule is broken; of a folder: 0, whatever lies in it."""
    from mem_lib.grading.challenges import SLUGS, challenge  # with all chapters: not for others

    if options.chapter is None:
        for slug in SLUGS:
            say(challenge(slug))
        return 0
    one = challenge(options.chapter)
    if options.network is None:
        if options.table is not None:
            raise InvalidArgument("--table: a folder of network files is needed before it")
        say(one)
        say(one.table())
        say(f"{one.line.text} {one.line.caveat} ({one.line.label})")
        return 0
    if Path(options.network).is_dir():
        return _folder(one, options)
    if options.table is not None:
        raise InvalidArgument(f"--table: a folder is needed, {options.network!r} is none")
    attempt = one.judge(options.network)
    say(attempt)
    return 0 if attempt else 1


def _folder(one: Any, options: argparse.Namespace) -> int:
    from mem_lib.grading.challenges import standings

    outputs.check({}, {"--table": options.table})
    found = standings(one, options.network, report=lambda row: say(_line(row)))
    say(f"{len(found.rows)} files, {found.valid} of them valid")
    if options.table is not None:
        found.save(options.table)
        say(options.table)
    return 0


def _line(row: dict[str, Any]) -> str:
    name = " ".join(row["file"].split())
    return f"{name}: {row['remark'] or 'valid'}"
