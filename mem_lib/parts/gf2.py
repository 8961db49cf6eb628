"""Tables that answer by a sum of three cells, filled by elimination over GF(2).

A table has p1 + p2 + p3 cells for three consecutive primes.  The label of a key x is the XOR of
the cells x mod p1, p1 + x mod p2 and p1 + p2 + x mod p3: one linear equation for each key and each
bit of its label.  Keys are taken in order as long as the equations have a solution; the key that
contradicts them opens the next table.

An equation is one Python integer: the cells above, the label in the low bits, so that one XOR
works on the left side and on all bits of the right side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np


def primes_near(cells: int) -> tuple[int, int, int]:
    """The three consecutive primes whose sum is nearest to ``cells``; the smaller sum on a tie.

    >>> primes_near(10), primes_near(100), primes_near(1000)
    ((2, 3, 5), (29, 31, 37), (317, 331, 337))
    """
    known: list[int] = []
    for n in _primes():
        known.append(n)
        if len(known) >= 3 and sum(known[-3:]) >= cells:
            break
    below, above = known[-4:-1], known[-3:]
    if len(below) == 3 and cells - sum(below) <= sum(above) - cells:
        above = below
    p1, p2, p3 = above
    return p1, p2, p3


def _primes() -> Iterator[int]:
    found: list[int] = []
    n = 2
    while True:
        limit = int(n**0.5)
        for p in found:
            if p > limit:
                found.append(n)
                yield n
                break
            if n % p == 0:
                break
        else:
            found.append(n)
            yield n
        n += 1


def equations(
    keys: np.ndarray, labels: np.ndarray, primes: tuple[int, int, int], label_bits: int
) -> Iterator[int]:
    """One row for each key; cell i of m is bit label_bits + m - 1 - i, as in the string."""
    m, first = sum(primes), 0
    columns = []
    for p in primes:
        bits = [1 << (label_bits + m - 1 - first - i) for i in range(p)]
        columns.append(map(bits.__getitem__, (keys % p).astype(np.int64).tolist()))
        first += p
    for a, b, c, label in zip(*columns, labels.tolist(), strict=True):
        yield a | b | c | label


def fill(
    rows: Iterator[int],
    cells: int,
    label_bits: int,
    advance: Callable[[int], object] = lambda keys: None,
    solve: bool = True,
) -> tuple[list[int], list[int]]:
    """(place of the first row of each table, the tables as strings), for the rows in turn.

    ``solve=False`` finds only the places.
    """
    least, size = 1 << label_bits, label_bits + cells + 1
    starts, strings = [0], []
    basis = [0] * size  # the equation whose highest bit is i - 1, or 0
    for place, row in enumerate(rows):
        rest = row
        while rest >= least:
            known = basis[rest.bit_length()]
            if not known:
                basis[rest.bit_length()] = rest
                break
            rest ^= known
        else:
            if rest:  # 0 = 1: this key opens the next table, in which it is alone
                if solve:
                    strings.append(_solution(basis, label_bits))
                    advance(place - starts[-1])
                starts.append(place)
                basis = [0] * size
                basis[row.bit_length()] = row
    if solve:
        strings.append(_solution(basis, label_bits))
        advance(1 + place - starts[-1])
    return starts, strings


def _solution(basis: list[int], label_bits: int) -> int:
    """The table that solves the echelon equations, free cells 0, as one string: the cells one
    after the other, each with its highest bit first.

    From the lowest pivot up, the pivot's cell is the right side plus the known lower cells.
    """
    planes = [0] * label_bits
    mask = (1 << label_bits) - 1
    for height in range(label_bits + 1, len(basis)):
        row = basis[height]
        if row:
            pivot = 1 << (height - 1)
            left, label = row & ~mask, row & mask
            for b in range(label_bits):
                if ((left & planes[b]).bit_count() ^ (label >> b)) & 1:
                    planes[b] |= pivot
    cells = len(basis) - 1 - label_bits
    digits = [f"{plane >> label_bits:0{cells}b}" for plane in reversed(planes)]
    return int("".join(chain.from_iterable(zip(*digits, strict=True))), 2)
