"""The judges of ``foundations``."""

EXERCISES = ()
