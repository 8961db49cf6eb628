"""Numbered steps on the terminal, and commands that run behind them.

A command's output goes to a log file; the terminal shows one line per step and, below it, the
seconds it takes and has taken.  When a command fails, the part of the log that tells why is shown.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Run = Callable[..., None]


class Failure(Exception):
    """What went wrong, in words for the person at the terminal."""


class Steps:
    """Prints ``[2/3] installing …``, counts, and says how long each step took."""

    def __init__(
        self, total: int, out: Any = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total, self.done, self.out, self.clock = total, 0, out or sys.stdout, clock
        self.start = self.began = clock()

    def __call__(self, text: str) -> None:
        self.end()
        self.done += 1
        self._print("[%d/%d] %s" % (self.done, self.total, text))

    def note(self, text: str) -> None:
        """A line below the step that is under way."""
        self._print("      " + text)

    def end(self) -> None:
        """The step that was under way is done; a person would not notice less than a second."""
        if self.done and self.clock() - self.began >= 1:
            self.note(lasted(self.clock() - self.began))
        self.began = self.clock()

    def finish(self) -> None:
        """All steps are done."""
        self.end()
        if self.clock() - self.start >= 1:
            self._print("done in %s" % lasted(self.clock() - self.start))

    def _print(self, line: str) -> None:
        print(line, file=self.out, flush=True)


def lasted(seconds: float) -> str:
    """A time as people say it, such as ``5 min 3 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return "%d min %d s" % (minutes, rest) if minutes else "%d s" % rest


def run(command: List[str], log: Path, cwd: Path, env: Optional[Dict[str, str]] = None) -> None:
    """Run ``command`` with its output in ``log``; raise ``Failure`` with an excerpt if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as sink:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
        )
        code = _watch(process)
    if code != 0:
        raise Failure("%s\n\nThe whole log is %s." % (excerpt(log), _short(log, cwd)))


def pass_through(command: List[str], cwd: Path, env: Optional[Dict[str, str]] = None) -> int:
    """Run ``command`` on this terminal and return its exit status."""
    process = subprocess.Popen(command, cwd=cwd, env=env)
    return _watch(process, quiet=True)


def excerpt(log: Path, warnings: int = 20, last: int = 30) -> str:
    """The lines of ``log`` that warn, then its last lines."""
    lines = COLOUR.sub("", log.read_text(encoding="utf-8", errors="replace")).splitlines()
    tail = lines[-last:]
    head = [line for line in lines[:-last] if "WARNING:" in line or "ERROR:" in line]
    return "\n".join("    " + line for line in head[:warnings] + tail)


def _watch(process: "subprocess.Popen[bytes]", quiet: bool = False) -> int:
    """Wait for ``process``; whatever interrupts the waiting also ends the process."""
    start, shown = time.monotonic(), False
    try:
        while True:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                if not quiet and sys.stdout.isatty():
                    seconds = time.monotonic() - start
                    print("\r      %s" % lasted(seconds), end="", flush=True)
                    shown = True
    except BaseException:
        _stop(process)
        raise
    finally:
        if shown:
            print("\r" + " " * 20 + "\r", end="", flush=True)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Let the process finish what Ctrl-C began, then insist."""
    for patience, insist in ((2, process.terminate), (5, process.kill)):
        try:
            process.wait(timeout=patience)
            return
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            insist()
    process.wait()


def remove(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        try:
            shutil.rmtree(path)
        except PermissionError:  # Windows does not delete read-only files
            for inner in path.rglob("*"):
                inner.chmod(0o700)
            shutil.rmtree(path)


def _short(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if root in path.parents else str(path)
