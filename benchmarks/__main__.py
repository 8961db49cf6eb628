"""Run the benchmarks and record them in the package, in mem_lib/results.

    python -m benchmarks            # all of them
    python -m benchmarks digits     # one

Machines differ and are noisy, so each row that measures time or size sets it beside a baseline of
the same run; the ratio is what to quote.  MNIST and CIFAR-10 are read from the folder that
MEM_LIB_DATA names.  The reproductions keep each row as it comes and go on where they were stopped.
"""

import argparse
import sys

from benchmarks import (
    challenges,
    chapters,
    constructions,
    core,
    covers,
    deep_threshold,
    environment,
    fast,
    fuzz,
    generalization,
    gpu,
    grading,
    light,
    memory,
    memory_budget,
    optimal_relu,
    pages,
    reproduction,
    two_layer,
)
from benchmarks.records import write
from mem_lib.recorded import FOLDER

BENCHMARKS = {
    "import": core.import_time,
    "digits": core.digits,
    "constructions": constructions.constructions,
    "mnist": chapters.mnist,
    "moons": chapters.moons,
    "samples": chapters.samples,
    "covers": covers.covers,
    "fast": fast.fast,
    "engine": optimal_relu.engine,
    "optimal_relu": optimal_relu.full_size,
    "largest": optimal_relu.largest,
    "margin": optimal_relu.margin,
    "memory": memory.memory,
    "forbidden": memory.forbidden,
    "moduli": memory.moduli,
    "two_layer": two_layer.speed,
    "pairs": generalization.pairs,
    "generalization": generalization.generalization,
    "methods": two_layer.methods,
    "light": light.light,
    "deep_threshold": deep_threshold.deep_threshold,
    "precision": deep_threshold.precision,
    "challenges": challenges.challenges,
    "class": grading.a_class,
    "book": pages.cold_build,
    "environment": environment.environment,
    "fuzz": fuzz.fuzz,
    "memory_budget": memory_budget.memory_budget,
    "gpu": gpu.gpu,
    **reproduction.BENCHMARKS,
}
#: Run when they are named, because not every machine can, or would.
NAMED = ("gpu", "largest", "environment", "fuzz", "memory_budget", *reproduction.BENCHMARKS)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; default: all but {', '.join(NAMED)}"
    )
    parser.add_argument("--inputs", type=int, default=10_000, help="of fuzz, for each kind of file")
    parser.add_argument("--seed", type=int, default=0, help="of fuzz")
    options = parser.parse_args()
    names = options.names or [n for n in BENCHMARKS if n not in NAMED]
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in names:
        given = {"inputs": options.inputs, "seed": options.seed} if name == "fuzz" else {}
        rows = BENCHMARKS[name](**given)
        write(FOLDER / f"{name}.csv", rows)
        for row in rows:
            print(name, *row.values(), sep="  ", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
