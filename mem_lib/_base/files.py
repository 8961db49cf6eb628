"""Writing files so that an interruption never leaves half of one."""

import os
import secrets
import shutil
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mem_lib.errors import InvalidArgument, shown


def named(path: str | os.PathLike[str]) -> Path:
    """``path``, where a file can be called that; ``InvalidArgument`` otherwise.  A number is none,
    although ``open`` takes it for an open file."""
    if not isinstance(path, str | os.PathLike):
        raise InvalidArgument(f"path: the name of a file is needed, got {shown(path)}")
    if "\0" in str(path):
        raise InvalidArgument(f"path: no file name has NUL characters, got {shown(str(path))}")
    return Path(path)


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to a temporary file beside ``path``, then move it to ``path``.

    A link is followed, and an existing file keeps its permissions; what exists and is no regular
    file (a pipe, a device) is written to as it is.  Raises ``FileNotFoundError`` for a missing
    folder.
    """
    path = named(path)
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"path: there is no folder {str(path.parent)!r} to write to")
    if target.exists() and not target.is_file():
        with open(path, "wb") as file:
            file.writelines(chunks)
        return
    part = target.with_name(f".{secrets.token_hex(8)}.part")  # whatever the length of the name
    try:
        with open(part, "xb") as file:
            if target.exists():
                shutil.copymode(target, part)
            file.writelines(chunks)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def warn_of_lost(path: Path, error: OSError) -> None:
    """Say that a checkpoint is not there, or is not removed: no reason to lose the work that it
    should save."""
    text = f"checkpoint: {path} could not be written or removed, the work goes on: {error}"
    warnings.warn(text, RuntimeWarning, stacklevel=3)


def checked_path(path: Any) -> Path:
    """The file that ``path`` means, links followed; an error unless it is or can become one."""
    if not isinstance(path, (str, os.PathLike)) or not str(path) or "\0" in str(path):
        raise InvalidArgument(f"checkpoint: the path of a file is needed, got {shown(path)}")
    found = Path(os.path.realpath(path))
    try:
        found.lstat()
    except OSError as error:
        if not isinstance(error, FileNotFoundError | NotADirectoryError | PermissionError):
            raise InvalidArgument(
                f"checkpoint: no file can be called {shown(str(path))}: {error.strerror}"
            ) from None
    if found.exists() and not found.is_file():
        raise InvalidArgument(
            f"checkpoint: {shown(str(path))} is a folder or a device, a file is needed"
        )
    if not found.parent.is_dir():
        raise InvalidArgument(
            f"checkpoint: there is no folder {shown(str(found.parent))} to write to"
        )
    return found
