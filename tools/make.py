"""The commands of this folder: ``python3 tools/make.py book`` (Windows: ``py tools/make.py book``).

The Makefile calls this file, and this file needs Python and nothing else.  It makes the environment
``.venv``, builds into ``_build`` and writes nowhere else.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import book, environment, lock, steps  # noqa: E402
from tools.steps import Failure, Steps  # noqa: E402

CLEANED = ("_build", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")


def make_book(options: argparse.Namespace) -> int:
    """build the book and say where it is"""
    start = time.monotonic()
    built = _built(Steps(3))
    if built:
        print("      done in %.0f s" % (time.monotonic() - start))
    print("\nThe book: %s" % book.page(ROOT).as_uri())
    print("`make serve` serves it on this computer, `make lab` opens its notebooks.")
    return 0


def make_serve(options: argparse.Namespace) -> int:
    """serve the book on this computer (--port, else 8000 or a free one)"""
    _built(Steps(3))
    book.serve(ROOT, [8000, 0] if options.port is None else [options.port])
    return 0


def make_lab(options: argparse.Namespace) -> int:
    """open the pages in JupyterLab, as notebooks (ARGS=--fresh: without your changes)"""
    python = environment.ensure(ROOT, ["book"], Steps(2))
    fresh = [word for word in options.arguments if word == "--fresh"]
    home = ROOT / "_build" / ".home" / "lab"
    copy = [str(python), str(ROOT / "tools" / "lab.py"), *fresh]
    copy += ["--notary=%s" % home, "--ipython=%s" % home]
    status = steps.pass_through(copy, ROOT, environment.variables(ROOT))
    if status:
        return status
    command = [str(python), "-m", "jupyterlab", "--ip=127.0.0.1"]
    command += ["--ServerApp.root_dir=%s" % (ROOT / "_build" / "lab")]
    command += ["--NotebookNotary.data_dir=%s" % home]
    command += ["--LabApp.default_url=/lab/tree/book/index.ipynb"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # inside a container
        command += ["--allow-root", "--no-browser"]
    env = dict(os.environ, PATH=environment.variables(ROOT)["PATH"], IPYTHONDIR=str(home))
    arguments = [word for word in options.arguments if word not in fresh]
    return steps.pass_through(command + arguments, ROOT, env)


def make_test(options: argparse.Namespace) -> int:
    """run the tests and read the pages (further arguments go to pytest)"""
    return _test(options.arguments, ["tests"])


def make_test_all(options: argparse.Namespace) -> int:
    """run everything: the full product of cases, and all notebooks once more"""
    arguments = ["-m", "slow or not slow", *options.arguments]
    return _test(arguments, ["tests", "book"], MEM_LIB_FULL="1")


def make_assignments(options: argparse.Namespace) -> int:
    """make the students' versions of all sets, for practice, in _build/assignments"""
    python = environment.ensure(ROOT, ["book", "courses"], Steps(2))
    command = [str(python), "-m", "mem_lib.grading", "practice"]
    command += ["-o", str(ROOT / "_build" / "assignments")]
    return steps.pass_through(command, ROOT, environment.variables(ROOT))


def make_benchmark(options: argparse.Namespace) -> int:
    """measure again what mem_lib/results records"""
    if not (ROOT / "benchmarks").is_dir():
        raise Failure("There is no folder benchmarks/ yet.")
    python = environment.ensure(ROOT, ["book"], Steps(2))
    command = [str(python), "-m", "benchmarks", *options.arguments]
    return steps.pass_through(command, ROOT, environment.variables(ROOT))


def make_notebooks(options: argparse.Namespace) -> int:
    """run the notebooks and store their outputs (further arguments name some)"""
    python = environment.ensure(ROOT, ["book"], Steps(2))
    command = [str(python), str(ROOT / "tools" / "notebooks.py"), *options.arguments]
    return steps.pass_through(command, ROOT, environment.variables(ROOT))


def make_lock(options: argparse.Namespace) -> int:
    """resolve pyproject.toml again into requirements.lock (needs uv)"""
    lock.lock(ROOT)
    print("requirements.lock is written.")
    return 0


def make_clean(options: argparse.Namespace) -> int:
    """remove what was built (--all: the environment too)"""
    for name in CLEANED + ((".venv",) if options.all else ()):
        steps.remove(ROOT / name)
    return 0


TARGETS: Dict[str, Callable[[argparse.Namespace], int]] = {
    "book": make_book,
    "serve": make_serve,
    "lab": make_lab,
    "test": make_test,
    "test-all": make_test_all,
    "assignments": make_assignments,
    "benchmark": make_benchmark,
    "notebooks": make_notebooks,
    "lock": make_lock,
    "clean": make_clean,
}
TAKE_ARGUMENTS = ("lab", "test", "test-all", "benchmark", "notebooks")


def _built(step: Steps, *extras: str) -> bool:
    python = environment.ensure(ROOT, ["book", *extras], step)
    return book.build(ROOT, python, step)


def _test(arguments: List[str], paths: List[str], **variables: str) -> int:
    step = Steps(4)
    _built(step, "test", "courses", *(["torch"] if environment.torch_is_small() else []))
    step("running the tests")
    command = [str(environment.python_of(ROOT)), "-m", "pytest"]
    command += pytest_options(arguments, paths)
    # Tests run in several processes: one BLAS thread each, or they fight over the cores.
    env = dict(environment.variables(ROOT), OPENBLAS_NUM_THREADS="1", **variables)
    return steps.pass_through(command + arguments, ROOT, env)


def pytest_options(arguments: List[str], paths: List[str]) -> List[str]:
    """The options, and ``paths`` unless the arguments name what to run."""
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    options += ["--numprocesses=auto", "--maxprocesses=4"]
    # a file of tests is one process's work; tests/conftest.py says which come first
    options += ["--dist=loadscope", "--no-loadscope-reorder"]
    words = [a for i, a in enumerate(arguments) if not i or arguments[i - 1] not in ("-k", "-m")]
    named = any((ROOT / word.split("::")[0]).exists() for word in words)
    return options if named else [*paths, *options]


def parser() -> argparse.ArgumentParser:
    """The command line; without a target it prints the list of targets."""
    width = max(map(len, TARGETS)) + 2
    lines = ["  %s%s" % (name.ljust(width), run.__doc__) for name, run in TARGETS.items()]
    result = argparse.ArgumentParser(
        prog="make",
        usage="make TARGET",
        description="Build, read and test the book.",
        epilog="targets:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    result.add_argument("-h", "--help", action="store_true", help=argparse.SUPPRESS)
    result.add_argument("target", nargs="?", choices=list(TARGETS), help=argparse.SUPPRESS)
    result.add_argument("--port", type=int, help=argparse.SUPPRESS)
    result.add_argument("--all", action="store_true", help=argparse.SUPPRESS)
    return result


def main(arguments: List[str]) -> int:
    """Run one target; the exit status says whether it went well, 130 that Ctrl-C ended it."""
    # What follows a target that takes arguments is not ours to read.
    first = arguments[:1] if arguments[:1] and arguments[0] in TAKE_ARGUMENTS else arguments
    options = parser().parse_args(first)
    options.arguments = arguments[len(first):]
    if options.help or options.target is None:
        parser().print_help()
        return 0
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return TARGETS[options.target](options)
    except Failure as failure:
        print("\n%s\n\nmake %s failed." % (failure, options.target), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
