"""What the appendix says about adding a construction is tried."""

import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import pytest

import mem_lib as ml
from mem_lib.constructions import REGISTRY, Construction
from tests.house import ROOT


def test_the_construction_of_the_appendix_passes_every_test():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.toy"]
    command += ["tests/test_every_construction.py", "-k", "toy.staircase"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "memorized: 40 of 40 points right" in done.stdout + done.stderr
    assert int(done.stdout.rpartition(" passed")[0].split()[-1]) > 40


@dataclass(frozen=True)
class Half(Construction):
    """It says less than it has to."""

    slug: ClassVar[str] = "toy"

    def plan(self, data, rng):
        raise NotImplementedError

    def network(self, plan, progress):
        raise NotImplementedError


@dataclass(frozen=True)
class Twin(Half):
    """It has the name of another."""

    slug: ClassVar[str] = "beyond_worst_case"
    variant: ClassVar[str] = "relu"
    title: ClassVar[str] = "a twin"
    theorem: ClassVar[str] = "thm-foundations-table"


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Half, "cls: Half does not say its variant, title, theorem"),
        (Twin, "cls: there is a construction 'beyond_worst_case.relu' already"),
        (int, "cls: a subclass of Construction is needed, got <class 'int'>"),
        ("relu", "cls: a subclass of Construction is needed, got 'relu'"),
    ],
)
def test_what_is_no_construction_is_not_registered(cls, message):
    before = list(REGISTRY)
    with pytest.raises(ml.InvalidArgument, match=message):
        REGISTRY.register(cls)
    assert list(REGISTRY) == before
