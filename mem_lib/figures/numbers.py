"""Numbers as a reader wants them: groups of three digits, powers of ten, nothing rounded unasked.

A float is shown with three significant digits, its whole part in full; integers and fractions are
shown as they are.
"""

import math
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

THIN = "\u2009"  # a thin space
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: Any, digits: int = 3) -> str:
    """``value`` for a table or an axis; floats with ``digits`` significant digits.

    >>> [number_text(value) for value in (1234567, 1234, 0.12345, 1e-9, None, True)]
    ['1\\u2009234\\u2009567', '1234', '0.123', '1e-09', '–', 'yes']
    """
    if value is None:
        return "–"
    if isinstance(value, bool) or type(value).__name__ == "bool":  # numpy's too
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return _grouped(str(int(value)))
    if isinstance(value, Fraction) or not isinstance(value, Real):
        return str(value)
    number = float(value)
    if not math.isfinite(number) or number == 0 or not 1e-4 <= abs(number) < 1e15:
        return f"{number:.{digits}g}"
    places = max(digits - 1 - math.floor(math.log10(abs(number))), 0)
    whole, _, rest = f"{number:.{places}f}".partition(".")
    rest = rest.rstrip("0")
    return _grouped(whole) + ("." + rest if rest else "")


def tick(value: float) -> str:
    """A number on an axis; powers of ten outside 0.001 to 10000 as such.

    >>> tick(1e5), tick(20000), tick(0.01), tick(1e-5)
    ('10⁵', '20\\u2009000', '0.01', '10⁻⁵')
    """
    power = math.log10(value) if value > 0 else 0.0
    if abs(power - round(power)) < 1e-9 and not -3 <= round(power) <= 4:
        return "10" + str(round(power)).translate(_RAISED)
    return number_text(int(value) if value == int(value) else value)


def is_number(value: Any) -> bool:
    """Something that has a place on a scale: a real number that is no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _grouped(digits: str) -> str:
    """Groups of three, from five digits on."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    if len(digits) > 4:
        head = len(digits) % 3 or 3
        groups = [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]
        digits = THIN.join(groups)
    return sign + digits
