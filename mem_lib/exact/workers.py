"""Processes that share one network's work on blocks of points.

A worker is a Python that learns from its standard input what to do, first the network, then block
after block, and answers on its standard output.  Nothing else is shared, no file, no semaphore and
no memory, so nothing stays behind.  It ends when its input ends, in the midst of its work: a thread
waits for that.  So it outlives the process that started it by a moment, even where that one was
killed; and it belongs to a session of its own, so that Ctrl-C means the one who asked only.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np

from mem_lib._base.threads import blas_threads
from mem_lib.exact.engine import Engine
from mem_lib.exact.tally import Tally
from mem_lib.network import Network

Answer = tuple[np.ndarray, Tally]

#: What a worker is started with; it imports the package from where we have it.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from mem_lib.exact.workers import serve; serve()"


class WorkerGone(Exception):
    """A worker ended before it answered, or could not be started."""


def answers(network: Network, blocks: Iterable[np.ndarray], workers: int) -> Iterator[Answer]:
    """What the layers of ``network`` behind its head give for each block, in order.

    Raises ``WorkerGone`` in place of the first answer that is lost, and what a worker raised.
    """
    started: list[Worker] = []
    idle: SimpleQueue[Worker] = SimpleQueue()

    def answer(block: np.ndarray) -> Answer:
        worker = idle.get()
        try:
            return worker.answer(block)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(workers)
    try:
        packed = pickle.dumps(network)
        for _ in range(workers):
            started.append(Worker(packed))
            idle.put(started[-1])
        under_way: deque[Future[Answer]] = deque()
        for block in blocks:
            under_way.append(pool.submit(answer, block))
            if len(under_way) == 2 * workers:  # no worker waits, and answers are not hoarded
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for worker in started:
            worker.stop()
        pool.shutdown(cancel_futures=True)
        for worker in started:
            worker.close()


class Worker:
    """A process for the network that ``packed`` is the pickle of; one thread at a time uses it."""

    def __init__(self, packed: bytes) -> None:
        command = [sys.executable, "-c", _PROGRAM.format(path=sys.path)]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # who reads ours to the end does not wait for workers
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerGone(str(error)) from error
        self._packed: bytes | None = packed

    def answer(self, block: np.ndarray) -> Answer:
        source, sink = self.process.stdout, self.process.stdin
        assert source is not None and sink is not None
        try:
            if self._packed is not None:
                sink.write(self._packed)
                self._packed = None
            pickle.dump(block, sink)
            sink.flush()
            found: Answer | Exception = pickle.load(source)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
            raise WorkerGone(str(error)) from error
        if isinstance(found, Exception):
            raise found
        return found

    def stop(self) -> None:
        self.process.kill()

    def close(self) -> None:
        """Let go of what is left of the process."""
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # something was still to be written
                pass


def serve() -> None:
    """The life of a worker."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing but answers goes there
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_read, args=(tasks,), daemon=True).start()
    engine = Engine(tasks.get())
    with blas_threads(1):
        while True:
            block = tasks.get()
            answer: Answer | Exception
            try:
                answer = engine.run_layers(block, engine.head)
            except Exception as error:
                answer = error
            pickle.dump(answer, sink)
            sink.flush()


def _read(tasks: SimpleQueue[Any]) -> None:
    try:
        while True:
            tasks.put(pickle.load(sys.stdin.buffer))
    finally:  # nobody is there any more who would ask
        os._exit(0)
