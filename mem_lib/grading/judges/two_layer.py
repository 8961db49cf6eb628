"""The judges of ``two_layer``."""

EXERCISES = ()
