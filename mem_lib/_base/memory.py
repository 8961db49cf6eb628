"""What fits into this machine, and into what is free of it."""

import os
from pathlib import Path

from mem_lib.errors import TooLarge

#: Where Linux tells of the limits of a container; version 2 has one tree, version 1 one of its own.
CGROUPS = Path("/sys/fs/cgroup")


def physical_memory() -> int:
    """The bytes of main memory; 0 where the system does not tell (Windows: nothing is checked
    there).  A smaller limit, such as that of a container, is not seen: see :func:`free_memory`."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def free_memory() -> int:
    """The bytes that could be taken now without swapping, within the limits of a container and of
    ``ulimit -v``; 0 where the system does not tell."""
    found = [_meminfo(), *_containers(), _address_space()]
    return min((size for size in found if size is not None), default=0)


def check_memory(need: int, what: str) -> None:
    """``TooLarge`` when ``need`` bytes exceed the machine's memory.

    ``what`` begins the message: the argument, and what it asks for (``"n: 9 hyperplanes"``).
    """
    have = physical_memory()
    if have and need > have:
        raise TooLarge(f"{what} need about {_gib(need)} GiB, this machine has {_gib(have)} GiB")


def size_text(size: int) -> str:
    """A number of bytes for a message: 1.5 MiB."""
    for unit, shift in (("kiB", 10), ("MiB", 20)):
        if size < 1024 << shift:
            tenths = size * 10 >> shift
            return f"{size} bytes" if size < 10_000 else f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{_gib(size)} GiB"


def _gib(size: int) -> str:
    tenths = size * 10 >> 30  # in integers: the need may exceed every float
    return f"{tenths // 10}.{tenths % 10}" if tenths < 10**6 else f"2^{tenths.bit_length() - 4}"


def _meminfo() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable"))
    except (OSError, ValueError, LookupError, StopIteration):
        return None


def _containers() -> list[int]:
    """What is left in each of the control groups that hold this process."""
    left = []
    for line in _text("/proc/self/cgroup").splitlines():
        _, kinds, name = line.split(":", 2)
        if not kinds:
            left += _left(CGROUPS, name, "memory.max", "memory.current")
        elif "memory" in kinds.split(","):
            root = CGROUPS / "memory"
            left += _left(root, name, "memory.limit_in_bytes", "memory.usage_in_bytes")
    return left


def _left(root: Path, name: str, limit: str, used: str) -> list[int]:
    found, folder = [], root / name.lstrip("/")
    for level in (folder, *folder.parents):  # each limits all that are below it
        most, now = _text(level / limit).strip(), _text(level / used).strip()
        if most.isdecimal() and now.isdecimal():
            found.append(max(0, int(most) - int(now) + _given_back(level)))
        if level == root:
            return found
    return found


def _given_back(level: Path) -> int:
    """What a group keeps of files that were read, and gives back when memory is asked for."""
    entries = dict(line.split() for line in _text(level / "memory.stat").splitlines())
    return int(entries.get("total_inactive_file", entries.get("inactive_file", "0")))


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _address_space() -> int | None:
    try:
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = int(_text("/proc/self/statm").split()[0])
    except (ImportError, LookupError):
        return None
    if most == resource.RLIM_INFINITY:
        return None
    return max(0, most - pages * os.sysconf("SC_PAGE_SIZE"))
