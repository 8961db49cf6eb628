"""What can go wrong with a sweep, beside bad arguments."""

from mem_lib.errors import MemorizationError


class InvalidResults(MemorizationError):
    """A results file is damaged, in use, or belongs to something else; nothing was computed, and
    nothing was written to it."""


class SweepStopped(MemorizationError):
    """A sweep ended before its time; what was finished is kept, and the message says how to go
    on."""
