"""Who computes the trials.  A scheduler takes tasks and gives outcomes as they come, in any order.

``serial``: this process.  ``processes``: several of this machine, by joblib.  ``cluster``: those of
a Dask scheduler, here or anywhere.
"""

from mem_lib.sweeps.schedulers.named import NAMES, Scheduler, opened

__all__ = ["NAMES", "Scheduler", "opened"]
