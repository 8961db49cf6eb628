"""Sweeps from the command line: a grid of trials, run anywhere, and safe to stop.

    python -m mem_lib.sweeps example sweep.json
    python -m mem_lib.sweeps run sweep.json -o results.csv
    python -m mem_lib.sweeps run sweep.json -o results.csv --scheduler dask --address tcp://host:8786
    python -m mem_lib.sweeps show results.csv

A sweep that was stopped, by Ctrl-C, by a full disk, by a machine that went down, goes on with the
same command.  Results are a table, a row for each trial, the same however they were computed.

Exit status: 0 done; 2 bad input, a file that cannot be read or written, or a sweep that ended
before its time (what is finished is kept); 70 a fault of mem_lib itself; 130 Ctrl-C, 129 and 143
ended by SIGHUP and SIGTERM.
"""

import argparse
import sys
from pathlib import Path

from mem_lib._base.budget import limited_to
from mem_lib._base.files import write_atomically
from mem_lib._base.program import Parser, ended, program
from mem_lib._base.streams import say
from mem_lib.cli import outputs
from mem_lib.errors import InvalidArgument, shown
from mem_lib.sweeps import summaries
from mem_lib.sweeps.metrics import TIMES
from mem_lib.sweeps.results import read
from mem_lib.sweeps.rows import finished
from mem_lib.sweeps.running import run as run_sweep
from mem_lib.sweeps.schedulers import NAMES
from mem_lib.sweeps.sweep import FORMAT, Sweep

#: What ``--help`` says under ``python -OO``, which strips docstrings.
WITHOUT_DOCSTRINGS = "Run a grid of trials that is described in a file."

#: A sweep to begin with: single draws of random hyperplanes on two moons, and a construction that
#: needs no luck.
EXAMPLE = {
    "format": FORMAT,
    "constructions": [
        {"name": "beyond_worst_case", "n": [50, 100, 200], "max_bias": [0.5, 1], "attempt": True},
        {"name": "optimal_relu.narrow"},
    ],
    "data": [{"name": "moons", "N": 300, "noise": 0.05, "seed": 0}],
    "seeds": "0:20",
    "metrics": ["memorized", "covering", "depth", "width", "neurons", "weights", "bits"],
}


def main(arguments: list[str] | None = None) -> int:
    return ended(_parser(), arguments, _run)


def _run(options: argparse.Namespace) -> int:
    with limited_to(getattr(options, "max_bytes", None), "--max-bytes"):
        status: int = options.run(options)
    return status


def run(options: argparse.Namespace) -> int:
    outputs.check({"sweep": options.sweep}, {"--output": options.output})
    sweep = Sweep.from_file(options.sweep)
    if options.times:
        metrics = [*sweep.metrics, *(name for name in TIMES if name not in sweep.metrics)]
        sweep = Sweep(sweep.constructions, sweep.data, sweep.seeds, metrics)
    rows = run_sweep(
        sweep,
        options.output,
        scheduler=options.scheduler or ("dask" if options.address else "processes"),
        jobs=options.jobs,
        address=options.address,
        timeout=options.timeout,
        only=options.only,
        progress=False if options.quiet else None,
    )
    failed = sum(not finished(row) for row in rows)
    say(
        f"{options.output}: {len(rows)} of {len(sweep)} trials"
        + (f", {failed} of them without a network" if failed else "")
    )
    return 0


def show(options: argparse.Namespace) -> int:
    rows = [row for path in options.results for row in read(path)]
    say(summaries.summary(rows, options.metric))
    return 0


def example(options: argparse.Namespace) -> int:
    text = Sweep.from_dict(EXAMPLE).to_json()
    if options.file is None:
        say(text.rstrip())
        return 0
    if Path(options.file).exists():
        raise InvalidArgument(f"file: there is a file {shown(options.file)} already")
    write_atomically(Path(options.file), [text.encode("utf-8")])
    say(options.file)
    return 0


def _parser() -> Parser:
    parser = program("mem_lib.sweeps", __doc__ or WITHOUT_DOCSTRINGS)
    commands = parser.add_subparsers(required=True, metavar="run | show | example")

    command = commands.add_parser("run", help="run the trials that are not there yet")
    command.add_argument("sweep", help="a sweep, such as `example` writes")
    command.add_argument(
        "-o", "--output", default="results.csv", metavar="FILE", help="default: %(default)s"
    )
    command.add_argument(
        "--scheduler", choices=NAMES,
        help="processes of this machine, or Dask; default: processes, with --address Dask",
    )  # fmt: skip
    command.add_argument(
        "--jobs", type=int, metavar="N", help="trials at a time; default: one for each core"
    )
    command.add_argument(
        "--address", metavar="ADDRESS", help="of a Dask scheduler, such as tcp://host:8786"
    )
    command.add_argument(
        "--timeout", type=float, default=30, metavar="SECONDS",
        help="how long a scheduler may take to answer; default: %(default)s",
    )  # fmt: skip
    command.add_argument(
        "--only", metavar="A:B", help="the trials from A on, up to B and without it; default: all"
    )
    command.add_argument(
        "--times", action="store_true",
        help="measure the processor time of building and verifying, too: no two runs agree on it",
    )  # fmt: skip
    command.add_argument("--quiet", action="store_true", help="no progress bar")
    command.add_argument(
        "--max-bytes", metavar="SIZE",
        help="memory that reading and evaluating may take, such as 500M or 2G; default: "
        "MEM_LIB_MAX_BYTES, else half of what is free",
    )  # fmt: skip
    command.set_defaults(run=run)

    look = commands.add_parser("show", help="a table of the results, cell by cell")
    look.add_argument(
        "results", nargs="+", help="a results file, finished or not; or parts of one sweep"
    )
    look.add_argument(
        "--metric", action="append", metavar="NAME",
        help=f"whose mean is shown; may be repeated; default: {', '.join(summaries.SHOWN)}",
    )  # fmt: skip
    look.set_defaults(run=show)

    first = commands.add_parser("example", help="write a sweep to begin with")
    first.add_argument("file", nargs="?", help="a new file; default: standard output")
    first.set_defaults(run=example)
    return parser


if __name__ == "__main__":
    sys.exit(main())
