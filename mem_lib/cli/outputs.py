"""Files that a command is to write: none is also read, and each can be written, before work begins.

Two names mean one file when they lead to it: by another path, a link of either kind, or another
case where the system does not tell them apart.
"""

import os
import stat
from itertools import combinations
from pathlib import Path

from mem_lib._base.files import named
from mem_lib.errors import InvalidArgument, shown

Files = dict[str, str | None]


def check(inputs: Files, outputs: Files) -> None:
    """``inputs`` and ``outputs`` map options to names, None where an option is not given.

    Raises ``InvalidArgument`` for an output that is an input, another output or a folder,
    ``OSError`` where no file can be written.
    """
    given = {option: name for option, name in outputs.items() if name is not None}
    read = {option: name for option, name in inputs.items() if name is not None}
    for option, name in given.items():
        _check_place(option, name)
        for other, path in read.items():
            if _same(name, path):
                raise InvalidArgument(
                    f"{option}: {shown(name)} is the file that is read as {other}; it would be "
                    "overwritten"
                )
    for (option, name), (other, path) in combinations(given.items(), 2):
        missing = not os.path.exists(name) and not os.path.exists(path)
        if _same(name, path) or (missing and _alike(name, path)):
            raise InvalidArgument(f"{option}, {other}: both would be written to {shown(name)}")


def _check_place(option: str, name: str) -> None:
    path = Path(os.path.realpath(named(name)))
    if path.is_dir() or not path.name:
        raise InvalidArgument(f"{option}: {shown(name)} is a folder, a file is needed")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{option}: there is no folder {str(path.parent)!r} to write to")
    if not path.exists() and not os.access(path.parent, os.W_OK):
        raise PermissionError(f"{option}: no file can be written to {str(path.parent)!r}")


def _same(name: str, other: str) -> bool:
    try:
        mode = os.stat(name).st_mode  # a terminal may be both ends
        return stat.S_ISREG(mode) and os.path.samefile(name, other)
    except OSError:
        return False


def _alike(name: str, other: str) -> bool:
    """Whether two files that are not there yet could be one."""
    return os.path.realpath(name).casefold() == os.path.realpath(other).casefold()
