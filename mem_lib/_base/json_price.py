"""What a JSON text will take when it is parsed, from a count of its brackets, commas and quotes.

A text of ``[],[],[],...`` takes 25 times its length.  Counting costs a tenth of parsing, needs no
memory, and bounds what parsing needs: every value ends at a comma or a bracket, every key at a
colon.  Brackets within strings are counted too, so the bound is sometimes too large, never too
small.
"""

from mem_lib._base.budget import keep_within

#: Bytes of CPython 3.11 to 3.14 for each of them, headers and the room lists grow into included.
COSTS = {
    b"[": 112,  # an empty list, and its first four places
    b"{": 210,  # a dict with a few keys, and the list of pairs that it is made of
    b",": 52,  # a place in a list, and a number of up to 16 digits
    b":": 130,  # a pair, and its place in a dict
    b'"': 36,  # half a string: its header
}


class Price:
    """The need of a text that arrives in pieces.

    ``extra`` bytes are added for each comma: what is made of the values behind.
    """

    def __init__(self, what: str, most: int, extra: int = 0) -> None:
        self.what, self.most, self.extra = what, most, extra
        self.need, self.length, self.ascii = 0, 0, True

    def add(self, piece: bytes) -> None:
        """Count a piece; ``TooLarge`` as soon as all so far need more than ``most`` bytes."""
        self.length += len(piece)
        self.ascii = self.ascii and piece.isascii()
        self.need += sum(cost * piece.count(token) for token, cost in COSTS.items())
        self.need += self.extra * piece.count(b",")
        # the text as bytes, three times while it grows, then as characters, as parsed strings, and
        # their numbers; one character beyond 16 bits makes all of a string take four bytes each
        copies = 6 if self.ascii else 12
        keep_within(self.need + copies * self.length, self.what, self.most)


def check(text: bytes, what: str, most: int, extra: int = 0) -> None:
    """``TooLarge`` when parsing ``text`` might need more than ``most`` bytes."""
    Price(what, most, extra).add(text)
