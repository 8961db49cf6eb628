"""Run code that nobody has read: in a child, in its own folder, with limits.

What the system offers is used, and :class:`Outcome` says what that was: a report of a graded run
prints it.  None of it is a wall: who grades code of strangers does it in a container or a virtual
machine, and this within.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mem_lib.grading import cage

LIBRARY = Path(__file__).resolve().parents[1]
#: What a student's process never has to read.
JUDGES = LIBRARY / "grading" / "judges"
#: What Python and its libraries read of a Linux system.
SYSTEM = (
    "/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts",
    "/etc/mime.types", "/etc/passwd", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/filesystems", "/sys/devices/system/cpu", "/sys/devices/system/node", "/dev/urandom",
    "/dev/random", "/dev/zero",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """``seconds`` of processor time, ``patience``: seconds by the clock; bytes of ``memory`` of a
    process, of its ``folder``, and of the ``output`` that is kept; ``processes`` at a time, where
    the system counts them (it does not for its administrator)."""

    seconds: int = 120
    patience: int = 300
    memory: int = 4 << 30
    folder: int = 1 << 28
    output: int = 1 << 18
    processes: int = 256


@dataclass(frozen=True)
class Outcome:
    """How it ended: ``stopped`` says why it was stopped (empty where it ended by itself),
    ``status`` is its exit status, ``output`` what it printed, cut in the middle."""

    stopped: str
    status: int
    output: str
    isolation: tuple[str, ...]
    seconds: float


def run(
    command: Sequence[str],
    folder: Path,
    limits: Limits | None = None,
    *,
    readable: Iterable[Path] = (),
    hidden: Iterable[Path] = (),
    environment: dict[str, str] | None = None,
    namespaces: bool = True,
    landlock: bool = True,
) -> Outcome:
    """Run ``command`` in ``folder``, which it may change, and end all that it has started.

    ``readable``: files and folders that it may read beside Python and this library; ``hidden``:
    what it may not, if it lies in one of these.  The judges are hidden always.
    """
    limits = limits or Limits()
    folder = folder.resolve()
    reader, writer = os.pipe()
    spec = _spec(limits, folder, readable, hidden, writer)
    spec |= {"namespaces": namespaces, "landlock": landlock}
    full = [sys.executable, "-I", "-S", cage.__file__, json.dumps(spec), *map(str, command)]
    begun = time.monotonic()
    process = subprocess.Popen(
        full, cwd=folder, env=_environment(folder) | (environment or {}), pass_fds=[writer],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    os.close(writer)
    try:
        output, stopped = _watched(process, folder, limits)
    finally:
        _end(process)
    with open(reader, "rb") as file:
        told = file.read(1 << 16)
    isolation = tuple(json.loads(told)) if told else ()
    status = process.returncode
    stopped = stopped or _reason(status, limits)
    return Outcome(stopped, status, output, isolation, time.monotonic() - begun)


def _spec(
    limits: Limits, folder: Path, readable: Iterable[Path], hidden: Iterable[Path], report: int
) -> dict[str, object]:
    away = [JUDGES, *(path.resolve() for path in hidden)]
    trees = [Path(sys.prefix), Path(sys.base_prefix), LIBRARY, *map(Path, readable)]
    trees += [Path(entry) for entry in sys.path if entry and "site-packages" in entry]
    files, folders = list[Path](), list[Path]()
    for tree in trees:
        for path, whole in _without(tree.resolve(), away):
            (files if whole else folders).append(path)
    return {
        "limits": {
            "RLIMIT_CPU": limits.seconds,
            "RLIMIT_AS": limits.memory,
            "RLIMIT_FSIZE": limits.folder,
            "RLIMIT_CORE": 0,
            "RLIMIT_NPROC": limits.processes,
            "RLIMIT_NOFILE": 512,
        },
        "readable": [*map(str, files), *SYSTEM],
        "listable": list(map(str, folders)),
        "writable": [str(folder), "/dev/null"],
        "hidden": [str(path) for path in away if path.is_dir()],
        "report": report,
    }


def _without(tree: Path, away: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """The parts of a tree that lie outside all paths of ``away``, as ``(path, True)``, and the
    folders that are listed on the way, as ``(folder, False)``."""
    if any(tree == path or path in tree.parents for path in away):
        return
    if not any(tree in path.parents for path in away):
        yield tree, True
        return
    yield tree, False
    for child in sorted(tree.iterdir()):
        yield from _without(child, away)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's environment but what Python needs to start."""
    library = folder / ".library"
    library.mkdir(exist_ok=True)
    link = library / LIBRARY.name
    if not link.is_symlink():
        link.symlink_to(LIBRARY, target_is_directory=True)
    place = folder / ".tmp"
    place.mkdir(exist_ok=True)
    paths = [str(library), *(p for p in sys.path if "site-packages" in p)]
    kept = {
        name: os.environ[name] for name in ("LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ
    }
    return kept | {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(place),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JOBLIB_MULTIPROCESSING": "0",
    }


def _watched(process: subprocess.Popen[bytes], folder: Path, limits: Limits) -> tuple[str, str]:
    """Read what is printed until the end, or until there is a reason to stop it."""
    assert process.stdout is not None
    kept, begun, looked = _Kept(limits.output), time.monotonic(), 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(0.2):
                piece = os.read(process.stdout.fileno(), 1 << 16)
                if not piece:
                    break
                kept.add(piece)
            elif process.poll() is not None:
                break
            now = time.monotonic()
            if now - begun > limits.patience:
                return kept.text(), f"stopped after {limits.patience} s by the clock"
            if now - looked > 0.5:
                looked = now
                if _size(folder, limits.folder) > limits.folder:
                    return kept.text(), f"stopped: it wrote more than {limits.folder >> 20} MB"
    try:
        process.wait(max(1.0, limits.patience - (time.monotonic() - begun)))
    except subprocess.TimeoutExpired:
        return kept.text(), f"stopped after {limits.patience} s by the clock"
    return kept.text(), ""


class _Kept:
    """The beginning and the end of an output; the middle is counted."""

    def __init__(self, most: int) -> None:
        self.half, self.head, self.tail, self.left_out = most // 2, bytearray(), bytearray(), 0

    def add(self, piece: bytes) -> None:
        room = self.half - len(self.head)
        self.head += piece[:room]
        self.tail += piece[room:] if room < len(piece) else b""
        if (surplus := len(self.tail) - self.half) > 0:
            del self.tail[:surplus]
            self.left_out += surplus

    def text(self) -> str:
        between = f"\n… {self.left_out} bytes left out …\n".encode() if self.left_out else b""
        return (bytes(self.head) + between + bytes(self.tail)).decode(errors="replace")


def _size(folder: Path, enough: int) -> int:
    """The bytes in a folder, counted until they are enough; links are not followed."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
        if total > enough:
            break
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and its group, whatever state they are in."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _reason(status: int, limits: Limits) -> str:
    """Why a signal ended it, in words."""
    number = -status if status < 0 else status - 128 if status > 128 else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return f"stopped: more than {limits.seconds} s of processor time, or killed"
    if number == signal.SIGXFSZ:
        return f"stopped: it wrote a file of more than {limits.folder >> 20} MB"
    return f"it crashed with signal {number}" if number else ""
