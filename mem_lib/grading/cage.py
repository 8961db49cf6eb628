"""The inner side of :mod:`~mem_lib.grading.sandbox`: lock this process in, then become another.

It runs as a script with the standard library alone, in the child that will run a student's code:
``python cage.py SPEC COMMAND...``.  ``SPEC`` is JSON: limits, what may be read and written, what is
hidden, and the descriptor on which to say what was locked.  Everything that a system does not offer
is left out, and the report says what was not.

Linux has three means that need no rights: limits of resources, namespaces (no network, own process
numbers, a tree of files with parts covered), and Landlock (files that are not listed do not open).
"""

import contextlib
import ctypes
import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, NoReturn

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_REC, MS_PRIVATE, MS_BIND = 1 << 14, 1 << 18, 1 << 12
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446

#: Rights of Landlock: to run and read files, to list folders; and all that changes something.
EXECUTE, WRITE, READ, LIST = 1, 2, 4, 8
ALL_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
OF_FILES = EXECUTE | WRITE | READ | 1 << 14 | 1 << 15


def main(arguments: list[str]) -> None:
    spec, command = json.loads(arguments[0]), arguments[1:]
    done: list[str] = []
    without = spec["without"]
    if "resources" not in without:
        limits(spec["limits"], done)
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if "namespaces" not in without and namespaces(libc, spec, done):
            become_first(libc)
        else:
            become_kept(libc)
        if "landlock" not in without:
            landlock(libc, spec, done)
    os.write(spec["report"], json.dumps(done).encode())
    os.close(spec["report"])
    os.execv(command[0], command)


def limits(wanted: dict[str, int], done: list[str]) -> None:
    """Limits of resources, where the system has them."""
    try:
        import resource
    except ImportError:
        return
    for name, most in wanted.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
    done.append("limits of memory, time and files")


def namespaces(libc: ctypes.CDLL, spec: dict[str, Any], done: list[str]) -> bool:
    """Own network (none), own process numbers, own view of files; whether that was possible."""
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC
    if libc.unshare(flags):
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"),
                       ("gid_map", f"{gid} {gid} 1")):  # fmt: skip
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    done.append("no network")
    done.append("own process numbers")
    covered = libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) == 0
    for path in spec["hidden"]:
        flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
        covered &= (
            libc.mount(b"none", os.fsencode(path), b"tmpfs", flags, b"size=4k,mode=0555") == 0
        )
    if covered:
        done.append("judges and course covered")
    if read_only(libc, os.getcwd()):
        done.append("files elsewhere read-only")
    for right in range(64):  # an administrator's process would keep the rights to undo all this
        libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)
    return True


def read_only(libc: ctypes.CDLL, folder: str) -> bool:
    """Make all files read-only but those in ``folder``, in the own view; whether that worked."""
    place = os.fsencode(folder)
    if libc.mount(place, place, None, MS_BIND, None):
        return False
    locked, free = struct.pack("4Q", 1, 0, 0, 0), struct.pack("4Q", 0, 1, 0, 0)
    if libc.syscall(MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, locked, ctypes.c_size_t(32)):
        return False
    libc.syscall(MOUNT_SETATTR, AT_FDCWD, place, 0, free, ctypes.c_size_t(32))
    os.chdir(folder)  # the one that lies over the former
    return True


def become_first(libc: ctypes.CDLL) -> None:
    """Go on in a grandchild.  The child is the first process of the new numbers: when it ends, the
    system ends all that was started below it; it ends when the grandchild does, as that did."""
    for _ in range(2):
        child = os.fork()
        if child:
            _wait(child)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def become_kept(libc: ctypes.CDLL) -> None:
    """Go on in a child.  The parent takes in all below it whose parents have ended, and ends them
    when the child has ended, or when it is told to end."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if not child:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        return
    signal.signal(signal.SIGTERM, _told)
    _wait(child, end_all)


def _told(number: int, frame: Any) -> NoReturn:
    end_all()
    os._exit(128 + signal.SIGKILL)


def end_all() -> None:
    """End all children, and those that become children when their parents end."""
    with contextlib.suppress(ChildProcessError, OSError):
        while True:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                for child in file.read().split():
                    os.kill(int(child), signal.SIGKILL)
            os.wait()


def _wait(child: int, last: Callable[[], None] = lambda: None) -> NoReturn:
    """End as ``child`` ends; meanwhile take in those whose parents have ended."""
    while True:
        ended, status = os.wait()
        if ended == child:
            last()
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


class _Rules(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Below(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def landlock(libc: ctypes.CDLL, spec: dict[str, Any], done: list[str]) -> None:
    """Files: only what is listed opens, and only the own folder changes."""
    version = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return
    every = ALL_OF_VERSION.get(version, (1 << 16) - 1)
    # from version 4 on TCP too, from 6 on signals and sockets without a file
    rules = _Rules(every, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules_fd = libc.syscall(LANDLOCK_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if rules_fd < 0:
        return
    listed = [(path, EXECUTE | READ | LIST) for path in spec["readable"]]
    listed += [(path, LIST) for path in spec["listable"]]
    listed += [(path, every & ~EXECUTE) for path in spec["writable"]]
    for path, rights in listed:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not os.path.isdir(path):
            rights &= OF_FILES
        below = _Below(rights & every, descriptor)
        if libc.syscall(LANDLOCK_ADD, rules_fd, 1, ctypes.byref(below), 0):
            os.close(descriptor)
            return
        os.close(descriptor)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not libc.syscall(LANDLOCK_RESTRICT, rules_fd, 0):
        done.append("files by a list")
        if version >= 4 and "no network" not in done:
            done.append("no TCP")
    os.close(rules_fd)


if __name__ == "__main__":
    main(sys.argv[1:])
