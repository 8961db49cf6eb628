"""Damaged and hostile files: every loader either loads, or refuses with an error of this library.

    python -m benchmarks fuzz --inputs 10000 --seed 0

Each input is a valid file that was changed a few times: bytes flipped, cut, doubled or spliced,
tokens of its format put in, numbers replaced by extreme ones, members of an npz rewritten with
other shapes and types, values of a JSON document replaced (with the checksum made right again).
They are read in child processes whose memory and time are limited.
"""

import multiprocessing
import os
import signal
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import mem_lib as ml
from benchmarks.fuzz_changes import mutated
from benchmarks.fuzz_inputs import KINDS, Kind
from mem_lib.errors import MemorizationError

BATCH = 250
#: Seconds of processor time for one input, and bytes of address space for a child.
SECONDS, SPACE = 10.0, 2 << 30
#: Errors that are right for a file: of this library, and of the system.
TYPED = (MemorizationError, OSError)


class Hang(BaseException):
    """An input took more than its time."""


def fuzz(inputs: int = 10_000, seed: int = 0, kinds: list[str] | None = None) -> list[dict]:
    """A row for each kind of file: how many inputs, and what became of them."""
    rows = []
    for name in kinds or list(KINDS):
        counts, peak, worst = Counter[str](), 0, ""
        for start in range(0, inputs, BATCH):
            span = range(start, min(start + BATCH, inputs))
            found, memory, first = _in_child(name, seed, span)
            counts += found
            peak, worst = max(peak, memory), worst or first
        rows.append({
            "file": name, "inputs": inputs, "seed": seed, "version": ml.__version__,
            "loaded": counts["loaded"], "typed_errors": counts["typed"],
            "untyped_errors": counts["untyped"], "hangs": counts["hang"],
            "peak_MB": peak >> 20, "first_untyped": worst,
        })  # fmt: skip
    return rows


def _in_child(name: str, seed: int, span: range) -> tuple[Counter[str], int, str]:
    """What became of these inputs; an input that a child does not survive is a hang, and the
    next child goes on behind it."""
    counts, peak, first, place = Counter[str](), 0, "", span.start
    while place < span.stop:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        child = context.Process(target=_child, args=(theirs, name, seed, range(place, span.stop)))
        child.start()
        theirs.close()
        try:
            while ours.poll(30 * SECONDS):  # wall time, on a machine that may be busy
                outcome, words, memory = ours.recv()
                counts[outcome] += 1
                peak, place = max(peak, memory), place + 1
                if outcome in ("untyped", "hang"):
                    first = first or f"input {place - 1}: {words}"
        except EOFError:
            child.join(SECONDS)
        child.kill()
        child.join()
        if child.exitcode == 1:  # an exception that is no input's: its words are on stderr
            raise RuntimeError(f"{name}: no file could be made for input {place}")
        if place < span.stop:
            counts["hang"] += 1
            first = first or f"input {place}: the child did not survive it"
            place += 1
    return counts, peak, first


def _child(pipe: Any, name: str, seed: int, span: range) -> None:
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    space = pages * resource.getpagesize() + SPACE
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _too_long)
    base = _resident()
    with tempfile.TemporaryDirectory() as folder:
        kind = KINDS[name](Path(folder))
        for number in span:
            content = mutated(kind, np.random.default_rng([seed, number]))
            outcome, words = outcome_of(kind, content)
            pipe.send((outcome, words, max(0, _resident() - base)))
    pipe.close()
    os._exit(0)


def _resident() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def outcome_of(kind: Kind, content: bytes) -> tuple[str, str]:
    """("loaded" | "typed" | "untyped" | "hang", the error)."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        kind.read(content)
        return "loaded", ""
    except TYPED as error:
        return "typed", type(error).__name__
    except Hang:
        return "hang", f"more than {SECONDS} seconds"
    except Exception as error:
        return "untyped", f"{type(error).__name__}: {str(error)[:100]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(number: int, frame: Any) -> None:
    raise Hang
