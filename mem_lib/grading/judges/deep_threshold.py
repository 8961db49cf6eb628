"""The judges of ``deep_threshold``."""

EXERCISES = ()
