"""Watch a process that runs code of strangers: keep what it prints, and stop it in time.

A limit of the system holds for one process; here the whole family is counted, all that it has
started: their processor time, their memory, their number, and what they have written.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

#: The seconds between two looks at the family and the folder.
PAUSE = 0.5
#: What a file, however short, counts in bytes, and how deep folders are counted.
LEAST, DEEPEST = 4096, 50


@dataclass(frozen=True)
class Limits:
    """``seconds`` of processor time, ``patience``: seconds by the clock; bytes of ``memory``, of
    what it writes into its ``folder`` (one file may have half of them), and of the ``output`` that
    is kept; ``processes`` and threads at a time; ``judging``: seconds by the clock for the judge of
    one answer."""

    seconds: int = 120
    patience: int = 300
    memory: int = 4 << 30
    folder: int = 1 << 28
    output: int = 1 << 18
    processes: int = 256
    judging: int = 120


def watched(process: subprocess.Popen[bytes], folder: Path, limits: Limits) -> tuple[str, str]:
    """Read what is printed until the end, or until there is a reason to stop it: both."""
    assert process.stdout is not None
    kept, begun, looked = _Kept(limits.output), time.monotonic(), 0.0
    limits = replace(limits, folder=limits.folder + size(folder, 1 << 40))  # what lies there
    late = f"stopped after {limits.patience} s by the clock"
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
                return kept.text(), late
            if now - looked > PAUSE:
                looked = now
                if reason := _too_much(process.pid, folder, limits):
                    return kept.text(), reason
    while process.poll() is None:  # it has closed its output and goes on
        if time.monotonic() - begun > limits.patience:
            return kept.text(), late
        if reason := _too_much(process.pid, folder, limits):
            return kept.text(), reason
        time.sleep(PAUSE / 10)
    return kept.text(), ""


def _too_much(pid: int, folder: Path, limits: Limits) -> str:
    """Why a family of processes has to be stopped; empty where it has not."""
    if size(folder, limits.folder) > limits.folder:
        return f"stopped: it wrote more than {limits.folder >> 20} MB"
    threads = memory = 0
    ticks = 0.0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # its own and that of children that have ended
        threads += int(fields[17])
        memory += int(fields[21])
    if threads > limits.processes:
        return f"stopped: more than {limits.processes} processes and threads"
    if threads and ticks / os.sysconf("SC_CLK_TCK") > limits.seconds:
        return f"stopped: more than {limits.seconds} s of processor time"
    if threads and memory * os.sysconf("SC_PAGE_SIZE") > limits.memory:
        return f"stopped: more than {limits.memory >> 20} MB of memory"
    return ""


def family(pid: int) -> Iterator[int]:
    """A process and all below it, where the system lists them."""
    left, seen = [pid], set[int]()
    while left:
        member = left.pop()
        if member in seen:
            continue
        seen.add(member)
        yield member
        try:
            for task in os.listdir(f"/proc/{member}/task"):
                with open(f"/proc/{member}/task/{task}/children", encoding="ascii") as file:
                    left += map(int, file.read().split())
        except OSError:  # it has ended, or this system lists none
            continue


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


def size(folder: Path, enough: int) -> int:
    """The bytes in a folder, counted until they are more than ``enough``; an empty file counts
    too, links are not followed, and folders too deep to be counted are more than enough."""
    total, left = 0, [(os.fspath(folder), 0)]
    while left and total <= enough:
        place, depth = left.pop()
        if depth > DEEPEST:
            return enough + 1
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        left.append((entry.path, depth + 1))
                    total += max(entry.stat(follow_symlinks=False).st_size, LEAST)
                    if total > enough:
                        break
        except OSError:
            continue
    return total


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it has started, whatever state they are in: first its keeper is
    asked, which knows those that have left the group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def remove(folder: Path) -> None:
    """Remove a folder of strangers, however deep and locked; what resists stays, without an error.

    Each folder moves to the top first, so that no path is longer than the system takes.
    """
    left, number = [os.fspath(folder)], 0
    while left:
        place = left.pop()
        try:
            os.chmod(place, 0o700)
            with os.scandir(place) as entries:
                found = list(entries)
        except OSError:
            continue
        for entry in found:
            try:
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)
                    number += 1
                    moved = os.path.join(folder, f".{number}.moved")
                    os.rename(entry.path, moved)
                    left.append(moved)
                else:
                    os.unlink(entry.path)
            except OSError:
                continue
    emptied = [os.path.join(folder, f".{n}.moved") for n in range(1, number + 1)]
    for place in [*emptied, os.fspath(folder)]:
        try:
            os.rmdir(place)
        except OSError:
            continue
