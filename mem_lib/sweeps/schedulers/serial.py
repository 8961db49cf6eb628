"""One trial after the other, in this process."""

from collections.abc import Iterator, Sequence

from mem_lib.sweeps.compute import Outcome, Task, compute


def outcomes(tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
    for task in tasks:
        yield task, compute(task)
