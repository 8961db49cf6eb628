"""Many networks: a grid of trials that is described as data, run anywhere, and safe to stop.

A sweep names constructions of the registry with lists of parameters, data sets, seeds, and what is
measured.  Every trial is one row of a table, which depends on the trial alone: not on who computes
it, nor on how often the sweep was stopped.

>>> import mem_lib as ml
>>> sweep = ml.sweeps.Sweep({"name": "beyond_worst_case", "n": [50, 200], "attempt": True},
...                         {"name": "moons", "N": 100, "margin": 0.1}, seeds="0:5")
>>> rows = ml.sweeps.run(sweep, "results.csv", jobs=1)               # doctest: +SKIP

``python -m mem_lib.sweeps`` does it from the command line.  Processes of this machine come with
joblib, those of a cluster with Dask: the extra ``cluster``.
"""

from mem_lib._base.rates import interval
from mem_lib.sweeps.errors import InvalidResults, SweepStopped
from mem_lib.sweeps.metrics import DEFAULT, METRICS, TIMES
from mem_lib.sweeps.results import read
from mem_lib.sweeps.running import run
from mem_lib.sweeps.summaries import cells, summary
from mem_lib.sweeps.sweep import Sweep, Trial

__all__ = [
    "DEFAULT",
    "METRICS",
    "TIMES",
    "InvalidResults",
    "Sweep",
    "SweepStopped",
    "Trial",
    "cells",
    "interval",
    "read",
    "run",
    "summary",
]
