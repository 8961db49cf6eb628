"""The most memory that small files and honest data take, in a process of its own, before there was
a budget and now.

"Before" is a checkout of revision 557a72c, which ``MEM_LIB_BEFORE`` names; without one the figures
that were recorded last are kept.
"""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from mem_lib.recorded import FOLDER

#: What each case prepares, and what is measured; both print nothing.
CASES = {
    "194 bytes of network, input_shift 4000000, 1000 points": (
        """
network = ml.Network.from_json(
    '{"format":"mem_lib.network","version":1,"inputs":1,"input_shift":4000000,'
    '"output_denominator":1,"readout":"sign","layers":[{"activation":"identity",'
    '"weight":[[1]],"bias":[0]}]}')
data = ml.Dataset(np.arange(1, 1001)[:, None], np.ones(1000, int), classes=2)
""",
        "assert ml.verify(network, data, workers=1, progress=False)",
    ),
    "60 MB of [], in a gzip of 60 kB": (
        """
with gzip.open("bomb.json.gz", "wb") as file:
    file.write(b'{"format":' + b"[" + b"[]," * 20_000_000 + b"1]}")
""",
        """
try:
    ml.Network.load("bomb.json.gz")
except ml.MemorizationError as error:
    print(type(error).__name__)
""",
    ),
    "npz of 1 MB that unpacks to 1 GB": (
        """
points = np.zeros((1000, 125_000))
np.savez_compressed("big.npz", points=points, labels=np.zeros(1000, int), about=np.array(
    '{"format": "mem_lib.dataset 1", "sha256": "", "classes": 1, "names": null, '
    '"separation_at_least": null}'))
del points
""",
        """
try:
    ml.Dataset.load("big.npz")
except ml.MemorizationError as error:
    print(type(error).__name__)
""",
    ),
    "8000 points of 365 bits, width 1000": (
        """
rng = np.random.default_rng(0)
points = [[int.from_bytes(rng.bytes(46), "big") >> 3 for _ in range(3)] for _ in range(8000)]
data = ml.Dataset(points, rng.integers(0, 2, 8000))
wide = ml.Layer(rng.integers(-9, 9, (1000, 3)), rng.integers(-9, 9, 1000), "relu")
last = ml.Layer(rng.integers(-9, 9, (1, 1000)), [0], "identity")
network = ml.Network([wide, last], readout="sign")
""",
        "ml.verify(network, data, workers=1, progress=False)",
    ),
}
HEAD = "import gzip, os, numpy as np, mem_lib as ml\n"
#: The peak of the process itself: the file of the system also counts what came before ``exec``.
MEASURED = """
def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
open("/proc/self/clear_refs", "w").write("5")
base = peak()
"""
BUDGET = "1G"


def memory_budget() -> list[dict]:
    """A row for each case: the growth of the resident memory in MB."""
    recorded = FOLDER / "memory_budget.csv"
    kept = {}
    if recorded.is_file():
        with open(recorded, encoding="utf-8") as file:
            kept = {row["case"]: (row["before"], row["before_outcome"])
                    for row in csv.DictReader(file)}  # fmt: skip
    rows = []
    for case, steps in CASES.items():
        old = os.environ.get("MEM_LIB_BEFORE")
        before, told = _measured(old, *steps) if old else kept.get(case, ("", ""))
        after, outcome = _measured(str(Path(__file__).resolve().parents[1]), *steps)
        print(case, before, told, after, outcome, sep="  ", flush=True)
        rows.append({
            "case": case, "unit": "MB", "before": before, "before_outcome": told,
            "after": after, "after_outcome": outcome, "budget": BUDGET,
        })  # fmt: skip
    return rows


def _measured(source: str, prepare: str, run: str) -> tuple[int, str]:
    """(MB that a process grew by, what it printed), with the library of the folder ``source``."""
    end = "\nprint((peak() - base) // 1024)\n"
    environment = {**os.environ, "PYTHONPATH": source, "MEM_LIB_MAX_BYTES": BUDGET}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prepare.py"
        code = HEAD + prepare + MEASURED + run + end
        path.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(path)], cwd=folder, env=environment, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
    *told, grown = done.stdout.split()
    return int(grown), " ".join(told) or "done"
