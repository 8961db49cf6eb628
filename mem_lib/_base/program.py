"""A program of ours: how its options are read, and which exit status says how it went."""

import argparse
import sys
import traceback
from collections.abc import Callable
from typing import Any

from mem_lib._base.ending import UNEXPECTED, Ended, signals, unexpected
from mem_lib._base.streams import complain, finish, plain_warnings, put
from mem_lib._base.version import VERSION
from mem_lib.errors import MemorizationError


class Parser(argparse.ArgumentParser):
    """Its messages go where ours go."""

    def _print_message(self, message: str, file: Any = None) -> None:
        put(message, sys.stderr if file is None else file)


def program(name: str, description: str) -> Parser:
    """The parser of ``python -m name``, for :func:`ended`: it has ``--version`` and
    ``--traceback``."""
    parser = Parser(
        prog=f"python -m {name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mem_lib {VERSION}")
    parser.add_argument(
        "--traceback", action="store_true", help="where an unexpected error comes from"
    )
    return parser


def ended(
    parser: Parser, arguments: list[str] | None, run: Callable[[argparse.Namespace], int]
) -> int:
    """The exit status of ``run`` with the options that ``parser`` finds; errors are one line on
    standard error.  ``traceback`` among the options shows an unexpected error whole."""
    shows_traceback = False
    try:
        with signals(), plain_warnings():
            options = parser.parse_args(arguments)
            shows_traceback = options.traceback
            return run(options)
    except (MemorizationError, OSError, ImportError) as error:
        complain("; ".join([f"{type(error).__name__}: {error}", *_notes(error)]))
        return 2
    except MemoryError:
        complain("MemoryError: there is too little memory for this")
        return 2
    except Ended as error:
        complain("; ".join([f"ended by {error}", *_notes(error)]))
        return 128 + error.number
    except KeyboardInterrupt as error:
        complain("; ".join(["interrupted", *_notes(error)]))
        return 130
    except Exception as error:
        if shows_traceback:
            put(traceback.format_exc(), sys.stderr)
        complain(unexpected(error))
        return UNEXPECTED
    finally:
        finish()


def _notes(error: BaseException) -> list[str]:
    """What was added to an error on its way: how to go on."""
    return list(getattr(error, "__notes__", ()))
