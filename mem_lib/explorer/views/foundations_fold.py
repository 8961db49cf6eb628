"""The fold: a strip of paper that is folded until it tells the bits of a number.

The page evaluates two kinds of networks: :func:`mem_lib.foundations.strip`, which says where the
places of the strip come to lie, and :func:`mem_lib.foundations.bit_reader` for every bit.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from mem_lib._base.arguments import integer_in, listed
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact import evaluate
from mem_lib.explorer.host import Explorer
from mem_lib.explorer.pack import pack
from mem_lib.foundations import bit_reader, strip
from mem_lib.foundations.figures import folds

LENGTHS = (3, 4, 5, 6)
#: Stops of the slider in one fold.
STOPS = 16


class Try(TypedDict):
    """A stage for the reader, with a question."""

    title: str
    text: str
    bits: int
    x: int
    t: int


TRIES: tuple[Try, ...] = (
    {
        "title": "A guess",
        "text": "Unfolded again, with x = 11. Which folds will turn the two around?",
        "bits": 4,
        "x": 11,
        "t": 0,
    },
    {
        "title": "Everywhere at once",
        "text": "After two folds. Move x along the strip: where are the two reversed?",
        "bits": 5,
        "x": 5,
        "t": 2 * STOPS,
    },
    {
        "title": "Neighbours in the middle",
        "text": "x = 31 and 32, on either side of the first crease. What do all folds after the "
        "first do to them?",
        "bits": 6,
        "x": 31,
        "t": STOPS,
    },
)


def fold(
    x: int = 6, *, bits: int = 4, lengths: Sequence[int] = LENGTHS, name: str = ""
) -> Explorer:
    """The fold explorer, begun with the number ``x`` of ``bits`` bits in the middle of its second
    fold; ``lengths`` are the numbers of bits that can be chosen, 2 to 8, ascending; ``name``
    is how the book cites the figure.

    Raises ``InvalidArgument`` when ``lengths`` are not as described, ``bits`` is none of them, or
    ``x`` is no number of ``bits`` bits.

    >>> fold(5).values["x"]
    5
    """
    lengths = _lengths(lengths)
    bits = integer_in(bits, "bits", 2, 8)
    if bits not in lengths:
        raise InvalidArgument(f"bits: one of {lengths} is needed, got {bits}")
    x = integer_in(x, "x", 0, 2**bits - 1)
    first = evaluate(strip(bits, 1), [[x], [x + 1]])[0].ravel().tolist()
    order = "reversed" if first[0] > first[1] else "in order"
    return Explorer(
        "fold",
        {
            "explorer": {
                "lengths": lengths,
                "stops": STOPS,
                "tries": [one for one in TRIES if one["bits"] in lengths],
            },
            "bits": bits,
            "x": x,
            "t": STOPS + STOPS // 2 - 1,
        },
        {
            "strip": pack([strip(k) for k in lengths]),
            "bits": pack([bit_reader(k, i) for k in lengths for i in range(1, k + 1)]),
        },
        folds(),
        f"A strip of paper from 0 to {2**bits}, folded in the middle {bits} times, and the numbers "
        f"{x} and {x + 1} on it. After the first fold they lie at {first[0]} and {first[1]}, "
        f"{order}: the first of the {bits} bits of {x} is {int(first[0] > first[1])}.",
        name,
    )


def _lengths(lengths: Any) -> list[int]:
    found = [integer_in(k, f"lengths[{i}]", 2, 8) for i, k in enumerate(listed(lengths, "lengths"))]
    if not found or found != sorted(set(found)):
        raise InvalidArgument(f"lengths: at least one, ascending, is needed, got {shown(found)}")
    return found
