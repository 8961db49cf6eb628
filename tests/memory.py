"""How much memory a call takes, as Python and NumPy ask for it."""

import tracemalloc


def traced(call, *arguments, **named):
    """(what the call gives, the most bytes that it held at a time)."""
    tracemalloc.start()
    try:
        return call(*arguments, **named), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
