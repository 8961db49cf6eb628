"""Alarms end what takes too long, one within another, and only in a graded run."""

import signal
import threading
import time

import pytest

from mem_lib.grading import alarm
from mem_lib.grading.exercise import Task
from mem_lib.grading.student import answer_of
from mem_lib.grading.tasks import Entry
from mem_lib.grading.values import Raised

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="alarms are POSIX")
ENTRY = Entry("t", "function", 1, Task({}, [[1], [2], [3]]))


def hang(x):
    while x == 2:
        pass
    return x


def test_a_call_that_hangs_takes_no_other_along(monkeypatch):
    monkeypatch.setenv(alarm.VARIABLE, "2 600")
    first, second, third = answer_of(ENTRY.asks, ENTRY.task, hang)
    assert (first, third) == (1, 3)
    assert isinstance(second, Raised) and "TooLong" in second.error
    assert signal.getitimer(signal.ITIMER_PROF) == signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_by_the_clock_and_within_another():
    with pytest.raises(alarm.TooLong, match=r"0\.05 s by the clock"), alarm.within(60, 0.05):
        with pytest.raises(alarm.TooLong, match=r"0\.01 s by the clock"), alarm.within(60, 0.01):
            time.sleep(60)
        time.sleep(60)


def test_without_a_graded_run_or_in_a_thread_there_is_no_alarm(monkeypatch):
    for text in ("", "1", "a b"):
        monkeypatch.setenv(alarm.VARIABLE, text)
        assert alarm.limits() is None
    assert min(alarm.left(0)) == float("inf")
    done = []

    def work():
        with alarm.within(1, 0.01):
            time.sleep(0.05)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
