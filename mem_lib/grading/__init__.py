"""Exercises that a machine can judge, and a course that is graded with them.

>>> from mem_lib import grading
>>> bool(grading.check("optimal_relu.fold", lambda file, size, bits: [0] * size))
False

A student's notebook uses :func:`given`, :func:`hand_in` and :func:`ask`; a page of the book
:func:`check`; a course ``python -m mem_lib.grading``.  What is graded is data: a network in
integers, values, what a function gave.  It is judged by another process than the one that ran the
student's code.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mem_lib.grading.student import NotSolved, ask, given, hand_in
from mem_lib.grading.tasks import Tasks
from mem_lib.grading.verdict import Part, Verdict

if TYPE_CHECKING:
    from mem_lib.grading.challenges import challenge as challenge
    from mem_lib.grading.exercise import everything as everything
    from mem_lib.grading.judge import check

__all__ = ["NotSolved", "Part", "Tasks", "Verdict", "ask", "challenge", "check", "given", "hand_in"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """``check`` judges in this process, ``challenge`` knows the chapters; the others do without
        either."""
        if name == "check":
            return import_module("mem_lib.grading.judge").check
        if name == "challenge":
            return import_module("mem_lib.grading.challenges").challenge
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
