"""What floats can do, in three regimes.

1. A network of this chapter puts a whole file into one number, so floats fail from the N on where
   a file outgrows their significand.  That is a property of the wiring.
2. Short files cure it: ``Narrow(max_weight_bits=51)`` is exact in float64 (theorem
   ``thm-optimal_relu-floats``), with more folders; and theorem ``thm-optimal_relu-precision`` has
   no objection as long as W (B + 1) is above N.
3. From some N on it objects: with as few weights as are promised, and B bits each, no network of
   one wiring knows all labels.  :func:`forbidden_from` computes that N.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

from mem_lib import constructions, foundations
from mem_lib._base.arguments import between, integer_in
from mem_lib.constructions import Facts
from mem_lib.errors import InvalidArgument
from mem_lib.optimal_relu.bounds import MOST_POINTS, Real
from mem_lib.optimal_relu.file_network import FileNetwork
from mem_lib.optimal_relu.retrieval import Retrieval

#: Numbers of two digits: 10, 11, ..., 99, 100, 110, ..., 10^9.
ROUND = [k * 10**e for e in range(8) for k in range(10, 100)] + [MOST_POINTS]


def forbidden_from(
    variant: str = "paper",
    *,
    bits: int = 53,
    d: int = 10,
    separation: Real = Fraction(1, 5),
    radius: Real = 1,
    classes: int = 2,
    fill: float | None = None,
) -> int | None:
    """From which N on, to two digits, counting forbids as few weights as the theorem of ``variant``
    promises to have no more than ``bits`` bits.

    It is the least N of two digits for which ``foundations.counting_bound(N, classes, bits)`` is
    above ``bound(...).weights``; None where there is none up to 10^9.  The first layer counts: its
    d + 1 entries can only make N larger.

    fill : for ``"retrieval"``, the part of the cells that keys fill.  No rate is proved, and
        without one the promise is one folder a point, which counting never forbids.

    Raises ``InvalidArgument`` when an argument is out of range, ``fill`` for a network without
    tables among them.

    >>> forbidden_from("retrieval", fill=0.85)
    3600000
    """
    made = constructions.made(constructions.named("optimal_relu", variant))
    assert isinstance(made, FileNetwork)
    bits, classes = integer_in(bits, "bits", 1), integer_in(classes, "classes", 2)
    if fill is not None:
        fill = between(fill, "fill", 0, 1, closed=True)
        if not isinstance(made, Retrieval):
            raise InvalidArgument(f"fill: it is for tables, and {variant!r} has none, got {fill}")

    def forbidden(N: int) -> bool:
        facts = Facts(N=N, d=d, separation=separation, radius=radius, classes=classes)
        if fill is None:
            most = made.bound(facts)
        else:
            assert isinstance(made, Retrieval)
            cells = sum(made.primes(N, (classes - 1).bit_length()))
            most = made.bound(facts, folders=-(-N // max(1, int(fill * cells))))
        return foundations.counting_bound(N, classes, bits) > most.weights

    place = bisect_left(ROUND, True, key=forbidden)
    return ROUND[place] if place < len(ROUND) else None
