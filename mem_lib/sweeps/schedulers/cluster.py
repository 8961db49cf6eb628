"""The processes of a Dask scheduler: of one that is started here, or of one at an address.

Dask itself runs a trial again whose worker dies, three times.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from mem_lib._base import version
from mem_lib._base.extras import need
from mem_lib.errors import InvalidArgument, shown
from mem_lib.sweeps.compute import Outcome, Task, compute
from mem_lib.sweeps.errors import SweepStopped
from mem_lib.sweeps.schedulers import worker

#: Trials that wait for each thread of the cluster, so that none has nothing to do.
AHEAD = 3
#: Seconds between looks at a cluster that gives no answer.
LOOK = 2.0


class Cluster:
    """The scheduler at ``address``, else one of this machine with ``jobs`` workers; open from
    ``with`` to its end."""

    def __init__(self, address: str | None, jobs: int, timeout: float) -> None:
        self.dask = need("distributed", "trials on several machines")
        self.address, self.jobs, self.timeout = address, jobs, timeout
        #: Seconds without a worker; those of this machine, when they died, are started again.
        self.patience = timeout if address else 10 * timeout
        self._open = ExitStack()
        self.client: Any = None

    def __enter__(self) -> Cluster:
        with ExitStack() as stack:
            logger = logging.getLogger("distributed.client")  # what it says, we say in a line
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL)
            self.client = stack.enter_context(self._client(stack))
            self._check_workers()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def _client(self, stack: ExitStack) -> Any:
        if self.address is None:
            return self.dask.Client(self._local(stack), set_as_default=False)
        try:
            self._greet(self.address)
            return self.dask.Client(self.address, timeout=self.timeout, set_as_default=False)
        except ValueError as error:
            raise InvalidArgument(
                f"address: an address such as 'tcp://host:8786' is needed, got "
                f"{shown(self.address)}: {error}"
            ) from None
        except (OSError, TimeoutError) as error:
            raise ConnectionError(
                f"address: no scheduler answers at {self.address} within {self.timeout:g} s; "
                "is `dask scheduler` running there, and does no firewall stand between?"
            ) from error

    def _local(self, stack: ExitStack) -> Any:
        """A scheduler and workers of this machine."""
        try:
            return stack.enter_context(
                self.dask.LocalCluster(
                    n_workers=self.jobs, threads_per_worker=1, processes=True,
                    dashboard_address=None, silence_logs=logging.CRITICAL,
                    preload=[worker.__name__],
                )
            )  # fmt: skip
        except RuntimeError as error:
            raise SweepStopped(
                f"jobs: {self.jobs} workers could not be started: {error}"
            ) from error

    def _greet(self, address: str) -> None:
        """Exchange the first words with a scheduler; ``TimeoutError`` where something else listens.
        A client of Dask would wait for them for ever."""
        how = self.dask.Security().get_connection_args("client")

        async def greet() -> None:
            found = await asyncio.wait_for(
                self.dask.comm.connect(address, timeout=self.timeout, **how), self.timeout
            )
            await found.close()

        with ThreadPoolExecutor(1) as pool:  # a notebook runs a loop in this thread
            pool.submit(asyncio.run, greet()).result()

    def _check_workers(self) -> None:
        """There is a worker, and all have our version of the library."""
        try:
            self.client.wait_for_workers(1, timeout=self.timeout)
        except TimeoutError:
            raise ConnectionError(
                f"address: {self._here()} has no workers after {self.timeout:g} s; "
                f"`dask worker {self.client.scheduler.addr}` starts one"
            ) from None

        def told() -> str:  # sent as it is, to workers that may have none of our modules
            return str(import_module("mem_lib").__version__)

        for where, found in self.client.run(told, on_error="return").items():
            if found != version.VERSION:
                has = f"mem_lib {found}" if isinstance(found, str) else f"none ({found})"
                raise SweepStopped(
                    f"address: all workers need mem_lib {version.VERSION}, the one at {where} has "
                    f"{has}; nothing was computed"
                )

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        left, run, done = deque(tasks), uuid4().hex[:8], SimpleQueue[Any]()
        under_way: dict[str, tuple[Any, Task]] = {}
        most = asked = 0.0
        while left or under_way:
            if time.monotonic() > asked + LOOK:
                most, asked = AHEAD * max(1, self._threads()), time.monotonic()
            while left and len(under_way) < most:
                task = left.popleft()
                key = f"mem_lib-{run}-{task.index}"
                future = self.client.submit(compute, task, key=key, pure=False)
                under_way[key] = future, task  # without our hold on it, Dask would forget it
                future.add_done_callback(done.put)
            future = self._patient(lambda: done.get(timeout=LOOK))
            _, task = under_way.pop(future.key)
            yield task, self._outcome(future)

    def _threads(self) -> int:
        """How many trials the cluster runs at a time; ``SweepStopped`` where it does not tell."""
        try:
            counts = self.client.sync(self.client.scheduler.ncores, callback_timeout=self.timeout)
        except (OSError, TimeoutError, self.dask.comm.CommClosedError) as error:
            raise self._gone(f"it answers no more ({type(error).__name__})") from error
        return sum(counts.values())

    def _outcome(self, future: Any) -> Outcome:
        """What a trial gave that is at an end; Dask runs it again where it got lost since."""
        try:
            found: Outcome = self._patient(lambda: future.result(timeout=LOOK))
            return found
        except self.dask.KilledWorker:
            return Outcome(version.VERSION, "", "its worker died again and again", (), "died")
        except (asyncio.CancelledError, CancelledError, OSError) as error:
            raise self._gone(f"a trial was lost there ({type(error).__name__})") from error

    def _patient(self, ask: Callable[[], Any]) -> Any:
        """What ``ask`` gives, which waits for a moment at a time; ``SweepStopped`` where nobody is
        left to wait for."""
        seen = time.monotonic()
        while True:
            try:
                return ask()
            except (Empty, TimeoutError):
                if self._threads():
                    seen = time.monotonic()
                elif time.monotonic() > seen + self.patience:
                    raise self._gone(f"it had no workers for {self.patience:g} s") from None

    def _gone(self, why: str) -> SweepStopped:
        return SweepStopped(f"address: {self._here()}: {why}")

    def _here(self) -> str:
        return f"the scheduler at {self.client.scheduler.addr}"
