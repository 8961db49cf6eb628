"""The commands of this folder: ``python3 tools/make.py book`` (Windows: ``py tools/make.py book``).

The Makefile calls this file, and this file needs Python and nothing else.  It makes the environment
``.venv``, builds into ``_build`` and writes nowhere else.

``--python=3.12`` before the target makes the environment with that Python, wherever it is found.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOREIGN = os.environ.get("PYTHONPATH", "").split(os.pathsep)
sys.path[:] = [str(ROOT), *(place for place in sys.path if place not in FOREIGN)]

import argparse  # noqa: E402
import signal  # noqa: E402
from typing import Any, Callable, Dict, List, NamedTuple  # noqa: E402

from tools import book, environment, lock, steps  # noqa: E402
from tools.steps import Failure, Steps  # noqa: E402
from tools.variables import for_lab, variables  # noqa: E402

CLEANED = ("_build", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")


def make_book(options: argparse.Namespace) -> int:
    step = Steps(3)
    _built(options, step)
    step.finish()
    print("\nThe book: %s" % book.page(ROOT).as_uri())
    print("`make serve` serves it on this computer, `make lab` opens its notebooks.")
    return 0


def make_serve(options: argparse.Namespace) -> int:
    step = Steps(3)
    _built(options, step)
    step.finish()
    book.serve(ROOT, [8000, 0] if options.port is None else [options.port])
    return 0


def make_lab(options: argparse.Namespace) -> int:
    python = _environment(options, "book")
    fresh = [word for word in options.arguments if word == "--fresh"]
    home = ROOT / "_build" / ".home" / "lab"
    copy = [python, str(ROOT / "tools" / "lab.py"), *fresh]
    copy += ["--notary=%s" % home, "--ipython=%s" % home]
    status = steps.pass_through(copy, ROOT, variables(ROOT))
    if status:
        return status
    command = [python, "-m", "jupyterlab", "--ip=127.0.0.1"]
    command += ["--ServerApp.root_dir=%s" % (ROOT / "_build" / "lab")]
    command += ["--NotebookNotary.data_dir=%s" % home]
    command += ["--LabApp.default_url=/lab/tree/book/index.ipynb"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # inside a container
        command += ["--allow-root", "--no-browser"]
    arguments = [word for word in options.arguments if word not in fresh]
    return steps.pass_through(command + arguments, ROOT, for_lab(ROOT, home))


def make_test(options: argparse.Namespace) -> int:
    return _test(options, options.arguments, ["tests"])


def make_test_all(options: argparse.Namespace) -> int:
    arguments = ["-m", "slow or not slow", *options.arguments]
    return _test(options, arguments, ["tests", "book"], MEM_LIB_FULL="1")


def make_assignments(options: argparse.Namespace) -> int:
    out = ROOT / "_build" / "assignments"
    command = [_environment(options, "book", "courses"), "-m", "mem_lib.grading", "practice"]
    return steps.pass_through([*command, "-o", str(out)], ROOT, variables(ROOT))


def make_benchmark(options: argparse.Namespace) -> int:
    command = [_environment(options, "book"), "-m", "benchmarks", *options.arguments]
    return steps.pass_through(command, ROOT, variables(ROOT))


def make_notebooks(options: argparse.Namespace) -> int:
    script = str(ROOT / "tools" / "notebooks.py")
    command = [_environment(options, "book"), script, *options.arguments]
    return steps.pass_through(command, ROOT, variables(ROOT))


def make_lock(options: argparse.Namespace) -> int:
    lock.lock(ROOT)
    print("requirements.lock is written.")
    return 0


def make_clean(options: argparse.Namespace) -> int:
    for name in CLEANED + ((".venv",) if options.all else ()):
        steps.remove(ROOT / name)
    return 0


class Target(NamedTuple):
    """What a word does, in words (a Python that optimizes has no docstrings)."""

    run: Callable[[argparse.Namespace], int]
    about: str


TARGETS: Dict[str, Target] = {
    "book": Target(make_book, "build the book and say where it is"),
    "serve": Target(make_serve, "serve the book on this computer (--port, else 8000 or any)"),
    "lab": Target(
        make_lab, "open the pages in JupyterLab, as notebooks (ARGS=--fresh: without your changes)"
    ),
    "test": Target(make_test, "run the tests and read the pages (further arguments go to pytest)"),
    "test-all": Target(
        make_test_all, "run everything: the full product of cases, and all notebooks once more"
    ),
    "assignments": Target(
        make_assignments, "make the students' versions of all sets, for practice, in _build"
    ),
    "benchmark": Target(make_benchmark, "measure again what mem_lib/results records"),
    "notebooks": Target(
        make_notebooks, "run the notebooks and store their outputs (further arguments name some)"
    ),
    "lock": Target(make_lock, "resolve pyproject.toml again into requirements.lock (needs uv)"),
    "clean": Target(make_clean, "remove what was built (--all: the environment too)"),
}
TAKE_ARGUMENTS = ("lab", "test", "test-all", "benchmark", "notebooks")


def _environment(options: argparse.Namespace, *extras: str) -> str:
    """The environment's interpreter, with nothing built."""
    step = Steps(2)
    python = environment.ensure(ROOT, extras, step, wanted=options.python)
    step.finish()
    return str(python)


def _built(options: argparse.Namespace, step: Steps, *extras: str) -> bool:
    python = environment.ensure(ROOT, ["book", *extras], step, wanted=options.python)
    return book.build(ROOT, python, step)


def _test(
    options: argparse.Namespace, arguments: List[str], paths: List[str], **more: str
) -> int:
    step = Steps(4)
    torch = ["torch"] if environment.torch_is_small(ROOT, options.python) else []
    _built(options, step, "test", "courses", *torch)
    step("running the tests")
    command = [str(environment.python_of(ROOT)), "-m", "pytest"]
    command += pytest_options(arguments, paths)
    # Tests run in several processes: one BLAS thread each, or they fight over the cores.
    env = dict(variables(ROOT), OPENBLAS_NUM_THREADS="1", **more)
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
    lines = ["  %s%s" % (name.ljust(width), target.about) for name, target in TARGETS.items()]
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
    for stream in (sys.stdout, sys.stderr):  # a terminal may lack the letters of a path or a page
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    python = None
    if arguments and arguments[0].startswith("--python="):
        python = arguments[0].partition("=")[2]
        arguments = arguments[1:]
    # What follows a target that takes arguments is not ours to read.
    first = arguments[:1] if arguments[:1] and arguments[0] in TAKE_ARGUMENTS else arguments
    options = parser().parse_args(first)
    options.arguments, options.python = arguments[len(first):], python
    if options.help or options.target is None:
        parser().print_help()
        return 0
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return TARGETS[options.target].run(options)
    except Failure as failure:
        print("\n%s\n\nmake %s failed." % (failure, options.target), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
