"""Damaged files of every kind are read or refused with an error of this library, in little memory
and in no time; and the tool that says so notices when they are not."""

import os
import signal
import sys
import time

import pytest

from benchmarks import fuzz as tool
from benchmarks.fuzz_changes import CHANGES, mutated
from benchmarks.fuzz_inputs import KINDS, Kind
from mem_lib.errors import InvalidNetwork

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="children are forked, and their memory is limited"
)


@pytest.mark.parametrize("name", KINDS)
def test_damaged_files_are_read_or_refused(name):
    (row,) = tool.fuzz(300, seed=17, kinds=[name])
    assert (row["untyped_errors"], row["hangs"], row["first_untyped"]) == (0, 0, "")
    assert row["loaded"] > 0 and row["typed_errors"] > 0
    assert row["loaded"] + row["typed_errors"] == 300
    assert row["peak_MB"] < 500


@pytest.mark.parametrize("name", KINDS)
def test_what_is_changed_is_a_valid_file(name, tmp_path, monkeypatch):
    monkeypatch.setattr(tool.ml.data.images, "CIFAR10_BATCH", 10_000)  # the kinds change both
    monkeypatch.setattr("mem_lib.exact.engine.MOST_POINTS", 10**9)
    kind = KINDS[name](tmp_path)
    for content in kind.seeds:
        assert tool.outcome_of(kind, content) == ("loaded", "")
        rng = tool.np.random.default_rng(0)
        changed = {change(content, kind, rng) for change in CHANGES for _ in range(10)}
        assert len(changed) > 10
    again = [mutated(kind, tool.np.random.default_rng([3, k])) for k in range(20)]
    assert again == [mutated(kind, tool.np.random.default_rng([3, k])) for k in range(20)]


class Bad(Kind):
    """Files of one byte, which says what reading them does."""

    def made(self):
        return [b"."]

    def read(self, content):
        number = sum(content)
        if number % 5 == 0:
            raise KeyError(number)
        if number % 5 == 1:
            raise InvalidNetwork("as it should be")
        if number % 5 == 2:
            time.sleep(0)
            while True:
                pass
        if number % 5 == 3:
            os.kill(os.getpid(), signal.SIGKILL)


def test_the_tool_counts_what_goes_wrong(monkeypatch):
    monkeypatch.setitem(KINDS, "bad", Bad)
    monkeypatch.setattr(tool, "SECONDS", 0.05)
    monkeypatch.setattr(tool, "mutated", lambda kind, rng: bytes([int(rng.integers(5))]))
    drawn = [int(tool.np.random.default_rng([2, k]).integers(5)) for k in range(30)]
    assert set(drawn) == set(range(5))
    (row,) = tool.fuzz(30, seed=2, kinds=["bad"])
    assert row["untyped_errors"] == drawn.count(0) and row["typed_errors"] == drawn.count(1)
    assert row["hangs"] == drawn.count(2) + drawn.count(3) and row["loaded"] == drawn.count(4)
    first = next(k for k, number in enumerate(drawn) if number in (0, 2, 3))
    assert row["first_untyped"].startswith(f"input {first}: ")


def test_the_tool_measures_memory(monkeypatch):
    class Greedy(Bad):
        def read(self, content):
            bytearray(300 << 20)

    class TooGreedy(Bad):
        def read(self, content):
            bytearray(3 << 30)

    monkeypatch.setitem(KINDS, "bad", Greedy)
    assert tool.fuzz(1, kinds=["bad"])[0]["peak_MB"] >= 290
    monkeypatch.setitem(KINDS, "bad", TooGreedy)
    (row,) = tool.fuzz(1, kinds=["bad"])
    assert row["untyped_errors"] == 1 and "MemoryError" in row["first_untyped"]


def test_a_tool_that_cannot_make_files_says_so(monkeypatch):
    def broken(kind, rng):
        raise ValueError("no file")

    monkeypatch.setattr(tool, "mutated", broken)
    with pytest.raises(RuntimeError, match="csv: no file could be made for input 0"):
        tool.fuzz(1, kinds=["csv"])
