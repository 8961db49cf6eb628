"""The judges of ``generalization``."""

EXERCISES = ()
