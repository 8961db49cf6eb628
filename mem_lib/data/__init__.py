"""Data: a validated, exact `Dataset`, generators with guarantees, and real data sets.

>>> from mem_lib.data import Dataset, ball
>>> dataset = ball(N=100, d=3, margin=0.05, classes=3, seed=1)
>>> dataset.margin >= 0.05
True
>>> dataset.integers()[1] <= 20                      # points * 2^20 are integers
True
>>> dataset.rounded(8).shift <= 8
True
"""

from mem_lib.data.cells import partition
from mem_lib.data.csv import read_csv
from mem_lib.data.dataset import Dataset
from mem_lib.data.generators import ball, balls, lattice, moment_curve, moons, shells, sphere
from mem_lib.data.hostile import hostile
from mem_lib.data.images import cifar10, digits, mnist
from mem_lib.data.neighbours import pairs, scattered

__all__ = [
    "Dataset",
    "ball",
    "balls",
    "cifar10",
    "digits",
    "hostile",
    "lattice",
    "mnist",
    "moment_curve",
    "moons",
    "pairs",
    "partition",
    "read_csv",
    "scattered",
    "shells",
    "sphere",
]
