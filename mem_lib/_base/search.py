"""The least integer with a property that does not get lost again."""

from collections.abc import Callable


def least_integer(enough: Callable[[int], bool], start: int = 1) -> int:
    """The least n >= ``start`` that is enough, when more than enough is enough.

    >>> least_integer(lambda n: n * n >= 50)
    8
    """
    low, high = start - 1, start
    while not enough(high):
        low, high = high, max(2 * high, 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
