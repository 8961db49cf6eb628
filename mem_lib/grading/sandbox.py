"""Run code that nobody has read: in a child, in its own folder, with limits.

What the system offers is used, and :class:`Outcome` says what that was: a report of a graded run
prints it.  None of it is a wall: who grades code of strangers does it in a container or a virtual
machine, and this within.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mem_lib.grading import cage, watch
from mem_lib.grading.watch import Limits as Limits

LIBRARY = Path(__file__).resolve().parents[1]
#: What a student's process never has to read.
JUDGES = LIBRARY / "grading" / "judges"
#: The means of isolation; each works without the others.
MEANS = ("resources", "namespaces", "landlock")
#: What Python and its libraries read of a Linux system.
SYSTEM = (
    "/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts",
    "/etc/mime.types", "/etc/passwd", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/filesystems", "/sys/devices/system/cpu", "/sys/devices/system/node", "/dev/urandom",
    "/dev/random", "/dev/zero",
)  # fmt: skip


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
    without: Collection[str] = (),
) -> Outcome:
    """Run ``command`` in ``folder``, which it may change, and end all that it has started.

    ``readable``: files and folders that it may read beside Python and this library; ``hidden``:
    what it may not, if it lies in one of these.  The judges are hidden always.  ``without``: those
    of :data:`MEANS` that are left out, as on a system that has none.
    """
    limits = limits or Limits()
    folder = folder.resolve()
    reader, writer = os.pipe()
    spec = _spec(limits, folder, readable, hidden, writer)
    spec["without"] = sorted(without)
    full = [sys.executable, "-I", "-S", cage.__file__, json.dumps(spec), *map(str, command)]
    begun = time.monotonic()
    process = subprocess.Popen(
        full, cwd=folder, env=_environment(folder) | (environment or {}), pass_fds=[writer],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    os.close(writer)
    try:
        output, stopped = watch.watched(process, folder, limits)
    finally:
        watch.end(process)
    with open(reader, "rb") as file:
        told = file.read(1 << 16)
    isolation = tuple(json.loads(told)) if told else ()
    status = process.returncode
    stopped = stopped or _reason(status, limits)
    return Outcome(stopped, status, output, isolation, time.monotonic() - begun)


def _spec(
    limits: Limits, folder: Path, readable: Iterable[Path], hidden: Iterable[Path], report: int
) -> dict[str, object]:
    away = _outermost([JUDGES, *(path.resolve() for path in hidden)], folder)
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
            "RLIMIT_FSIZE": limits.folder // 2,
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


def _outermost(hidden: Sequence[Path], folder: Path) -> list[Path]:
    """Those that lie in no other, and hold nothing that is needed."""
    needed = [Path(sys.prefix), Path(sys.base_prefix), LIBRARY, folder]
    kept = [
        path
        for path in hidden
        if not any(path in (need.resolve(), *need.resolve().parents) for need in needed)
    ]
    return [path for path in dict.fromkeys(kept) if not set(path.parents) & set(kept)]


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


def _reason(status: int, limits: Limits) -> str:
    """Why a signal ended it, in words."""
    number = -status if status < 0 else status - 128 if status > 128 else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return f"stopped: more than {limits.seconds} s of processor time, or killed"
    if number == signal.SIGXFSZ:
        return f"stopped: it wrote a file of more than {limits.folder >> 21} MB"
    return f"it crashed with signal {number}" if number else ""
