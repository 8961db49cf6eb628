"""What a process of ours does before its first trial, so that it can end at any time.

Dask finds :func:`dask_setup` here, when a worker of this machine starts.
"""

import os
import signal
import threading
import time
from functools import cache

#: Seconds after which a process notices that nobody waits for it any more.
WATCH = 1.0


@cache
def unbound() -> None:
    """Hold no semaphore of the system: bars, which nobody sees, would share one among
    processes."""
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())


@cache
def watched() -> None:
    """End when the process that started this one is gone, even if that was killed."""
    if hasattr(os, "getppid"):
        threading.Thread(target=_wait, args=(os.getppid(),), daemon=True).start()


def _wait(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


def dask_setup(worker: object) -> None:
    """Ctrl-C means the one who asked, who ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unbound()
