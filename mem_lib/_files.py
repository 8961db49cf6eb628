"""Writing files so that an interruption never leaves half of one."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from mem_lib.errors import HypothesisViolated, show


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to a temporary file beside ``path``, then move it to ``path``.

    A link is followed, and an existing file keeps its permissions; what exists and is no regular
    file (a pipe, a device) is written to as it is.  Raises ``FileNotFoundError`` for a missing
    folder.
    """
    if "\0" in str(path):
        raise HypothesisViolated(f"path: no file name has NUL characters, got {show(str(path))}")
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
