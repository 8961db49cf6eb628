"""Run a network on many points: which points together, in which order, on which cores.

Points are independent, so they are cut into chunks.  A network that needs Python integers is first
run on all points up to the first layer with huge entries, in machine integers; then the points are
put in the order of what that layer reads, because neighbours there tend to share the huge numbers
of the layers behind, and a chunk computes each of them once.  Nothing but speed depends on it.

Chunks of machine arithmetic run in threads, since NumPy lets go of the interpreter; those of Python
integers in processes, as soon as that pays for starting them.
"""

import multiprocessing
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from mem_lib._base.budget import budget, keep_within
from mem_lib._base.integers import bits_of, entry_bytes
from mem_lib._base.progress import progress_bar
from mem_lib._base.threads import blas_threads
from mem_lib.errors import MemorizationError
from mem_lib.exact.engine import Engine, joined
from mem_lib.exact.tally import Tally
from mem_lib.exact.workers import WorkerGone, answers

#: Processes are started when the rest would keep one core busy for longer, in seconds.
WORTH_PROCESSES = 4.0

#: What the first layers give for all points is kept, to sort these, if it takes no more bytes.
MOST_STATE = 2**31
#: What a worker takes, in chunks: two layers, and the temporary arrays of one.
SHARES = 4
#: Chunks come in multiples of it, so that workers, by default as many or a part, end together.
EVEN = 4

Result = tuple[int, np.ndarray, np.ndarray, Tally]  # chunk, rows, output numerators, tally


class Chunks:
    """The chunks of N points for ``engine``.

    ``integers(rows)`` gives the points of a slice of rows, (points, d), as ``Engine.run`` wants
    them, with at most ``bits`` bits.  ``head`` is the number of layers that were run on all points
    to find an order of them, 0 where their outputs would take too much memory; ``tally`` is that
    of these layers.  ``TooLarge`` where a single point takes more than the budget.
    """

    def __init__(
        self, engine: Engine, N: int, integers: Callable[[slice], np.ndarray], bits: int
    ) -> None:
        self._share = engine.point_bytes(bits)
        keep_within(self._share, "network: a single point in its widest layer", budget())
        self.engine, self.N, self.integers = engine, N, integers
        self.tally = Tally()
        self.step = engine.chunk(N, bits)
        if self.step < N and not (engine.head or engine.generates):
            self.step = _even(N, self.step)
        self._room = self.step  # points for which the device has room, as far as is known
        self._state: np.ndarray | None = None
        self._order: np.ndarray | None = None
        if engine.head:
            self._state = self._run_head()
        self.head = 0 if self._state is None else engine.head
        if self._state is not None:
            self._order = _order(self._state)

    def __len__(self) -> int:
        return -(-self.N // self.step)

    @property
    def lets_go(self) -> bool:
        """Whether other threads can work meanwhile: there are several chunks, in arithmetic of
        NumPy, and weights that are there."""
        return self._state is None and len(self) > 1 and not self.engine.generates

    def rows(self, i: int) -> np.ndarray:
        """The rows of chunk ``i``."""
        start, stop = i * self.step, min((i + 1) * self.step, self.N)
        return np.arange(start, stop) if self._order is None else self._order[start:stop]

    def run(
        self, workers: int, progress: bool | None, done: Collection[int] = ()
    ) -> Iterator[Result]:
        """The results of all chunks but those ``done``, in order."""
        todo = [i for i in range(len(self)) if i not in done]
        workers = max(1, min(workers, budget() // (SHARES * self.step * self._share)))
        bar = progress_bar(self.N, "points", "verify", progress)
        with bar:
            bar.update(sum(len(self.rows(i)) for i in done))
            for i, (out, tally) in self._run(todo, workers):
                rows = self.rows(i)
                yield i, rows, out, tally
                bar.update(len(rows))

    def _run(self, todo: list[int], workers: int) -> Iterator[tuple[int, Any]]:
        if self._state is None:
            yield from self._in_threads(todo, workers)
            return
        start = time.perf_counter()
        for place, i in enumerate(todo):
            yield i, self._tail(i)
            left = len(todo) - place - 1
            rest = (time.perf_counter() - start) / (place + 1) * left
            share = self.engine.arrays.shares and min(workers, left) > 1
            if share and rest > WORTH_PROCESSES and _may_start_processes():
                yield from self._in_processes(todo[place + 1 :], workers)
                return

    def _tail(self, i: int) -> tuple[np.ndarray, Tally]:
        assert self._state is not None
        return self._layers(self._state[:, self.rows(i)], self.engine.head)

    def _whole(self, i: int) -> tuple[np.ndarray, Tally]:
        rows = slice(i * self.step, min((i + 1) * self.step, self.N))
        return self._layers(self._block(rows))

    def _block(self, rows: slice) -> np.ndarray:
        return np.ascontiguousarray(self.integers(rows).T)

    def _layers(
        self, block: np.ndarray, start: int = 0, stop: int | None = None
    ) -> tuple[np.ndarray, Tally]:
        """The layers ``start`` to ``stop`` on ``block``; in pieces, from the first time on that the
        device has no room for all of it."""
        pieces, total, place = [], Tally(), 0
        while place < block.shape[1]:
            piece = block[:, place : place + self._room]
            try:
                out, tally = self.engine.run_layers(piece, start, stop)
            except self.engine.arrays.memory_full as error:
                if piece.shape[1] == 1:
                    raise MemorizationError(
                        f"device: its memory does not hold the activations of a single point "
                        f"({error})"
                    ) from None
                self._room = piece.shape[1] // 2
                continue
            pieces.append(out)
            total.merge(tally)
            place += piece.shape[1]
        return joined(pieces), total

    def _in_threads(self, todo: list[int], workers: int) -> Iterator[tuple[int, Any]]:
        if min(workers, len(todo)) < 2 or self.engine.generates:
            yield from ((i, self._whole(i)) for i in todo)
            return
        # one BLAS thread for each worker: two pools of threads would fight over the cores
        with blas_threads(1), ThreadPoolExecutor(workers) as pool:
            under_way: deque[tuple[int, Future[Any]]] = deque()
            for i in todo:
                under_way.append((i, pool.submit(self._whole, i)))
                if len(under_way) == 4 * workers:  # no thread waits, and outputs are not hoarded
                    first, future = under_way.popleft()
                    yield first, future.result()
            yield from ((i, future.result()) for i, future in under_way)

    def _in_processes(self, todo: list[int], workers: int) -> Iterator[tuple[int, Any]]:
        assert self._state is not None
        blocks = (np.ascontiguousarray(self._state[:, self.rows(i)]) for i in todo)
        left = deque(todo)
        try:
            for answer in answers(self.engine.network, blocks, min(workers, len(todo))):
                yield left.popleft(), answer
        except WorkerGone:  # a worker was killed, perhaps for the memory of all of them
            yield from ((i, self._tail(i)) for i in left)

    def _run_head(self) -> np.ndarray | None:
        """What the layers behind the head read, of all points; None where that is too much."""
        blocks, total, most, size = [], Tally(), min(MOST_STATE, budget() // 2), 0
        for place in range(0, self.N, self.step):
            block = self._block(slice(place, min(place + self.step, self.N)))
            out, tally = self._layers(block, 0, self.engine.head)
            total.merge(tally)
            blocks.append(out)
            here = _bytes(out)
            size += here
            if max(size, here * self.N // out.shape[1]) > most:  # all, if they are like this one
                return None
        self.tally.merge(total)
        return joined(blocks)


def _even(N: int, most: int) -> int:
    """The points of a chunk, at most ``most`` of N, in ``EVEN`` times some chunks of
    one size, but for the last."""
    rounds = -(-N // (EVEN * most))
    return -(-N // (EVEN * rounds))


def _bytes(block: np.ndarray) -> int:
    return block.size * entry_bytes(bits_of(block, 0))


def _may_start_processes() -> bool:
    """Not in a process that was itself started to share work, nor in a program that does not know
    its Python."""
    return multiprocessing.parent_process() is None and bool(sys.executable)


def _order(state: np.ndarray) -> np.ndarray:
    """The points sorted by the first row of ``state``, ties by the next ones."""
    order = np.arange(state.shape[1])
    for row in state[::-1]:
        if len(row) and (row != row[0]).any():
            order = order[np.argsort(row[order], kind="stable")]
    return order
