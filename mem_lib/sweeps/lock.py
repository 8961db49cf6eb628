"""One sweep at a time writes to a results file.

The lock is a file beside it, held by the operating system as long as the process lives: a process
that was killed holds nothing.  Its content says who holds it, for the message, and for systems of
files on which two machines do not see each other's locks.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from mem_lib.sweeps.errors import InvalidResults


class Lock:
    """Held from ``with`` to its end; ``InvalidResults`` where another process holds it."""

    def __init__(self, path: Path) -> None:
        self.results = path
        self.path = path.with_name(f"{path.name}.lock")
        self._fd = -1

    def __enter__(self) -> Lock:
        while (fd := self._opened()) is None:  # it was let go, and removed, in between
            pass
        self._fd = fd
        return self

    def _opened(self) -> int | None:
        """The open file, which is locked and says so; None where it is no longer there."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not _taken(fd):
                raise self._refusal(self._holder(fd))
            if not self._is_there(fd):
                os.close(fd)
                return None
            holder = self._holder(fd)
            if holder.get("host", _host()) != _host():
                raise self._refusal(holder, f"; if it runs no longer, remove {self.path}")
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
            os.write(fd, json.dumps({"pid": os.getpid(), "host": _host()}).encode("ascii"))
        except BaseException:
            os.close(fd)
            raise
        return fd

    def __exit__(self, *error: object) -> None:
        with suppress(PermissionError):  # Windows keeps what is open; nobody holds it then
            self.path.unlink(missing_ok=True)
        os.close(self._fd)

    def _is_there(self, fd: int) -> bool:
        try:
            return os.path.samestat(os.fstat(fd), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _holder(self, fd: int) -> dict[str, Any]:
        try:
            os.lseek(fd, 0, os.SEEK_SET)
            found = json.loads(os.read(fd, 1000) or "{}")
            return found if isinstance(found, dict) else {}
        except ValueError:
            return {}

    def _refusal(self, holder: dict[str, Any], unless: str = "") -> InvalidResults:
        who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}"
        return InvalidResults(
            f"{self.results}: another sweep writes to it ({who}): wait for its end, or name "
            f"another file{unless}"
        )


def _host() -> str:
    return socket.gethostname()


if sys.platform == "win32":
    import msvcrt

    def _taken(fd: int) -> bool:
        """Whether the lock of an open file is ours from now on."""
        os.lseek(fd, 1 << 20, os.SEEK_SET)  # beyond its content, which others may read
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False

else:
    import fcntl

    def _taken(fd: int) -> bool:
        """Whether the lock of an open file is ours from now on."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
