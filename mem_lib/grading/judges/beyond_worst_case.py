"""The judges of ``beyond_worst_case``."""

EXERCISES = ()
