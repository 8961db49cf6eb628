"""One string for each folder: its first key, then increments, each followed by a label.

A key costs few bits when it is told as the distance from the one before it.  An increment field
has ``key_bits`` bits; a wider gap is bridged by *dummy entries*: the largest increment, label 0.
Read from the top, a string is: first key, label, increment, label, increment, label, ...

>>> firsts, strings = stream(np.array([3, 4, 9]), np.array([1, 0, 1]), 2, 1, 3)
>>> firsts, [f"{s:0{string_bits(4, 2, 1, 3)}b}" for s in strings]
([3, 9], ['00111010000', '10011000000'])
"""

from __future__ import annotations

from typing import Any

import numpy as np


def joined(fields: list[int], bits: int) -> int:
    """The fields of ``bits`` bits each, written one after the other, first field on top.

    >>> bin(joined([5, 1, 2], 3))
    '0b101001010'
    """
    string = 0
    for field in fields:
        string = string << bits | field
    return string


def stream(
    keys: np.ndarray,
    labels: np.ndarray,
    key_bits: int,
    label_bits: int,
    folder_size: int,
) -> tuple[list[int], list[int]]:
    """(first key of each folder, string of each folder) for increasing keys.

    Folders are filled one after the other; a point whose bridge does not fit opens the next one.
    Entries that stay empty are 0: no increment, label 0.
    """
    step = (1 << key_bits) - 1
    bridge = step << label_bits
    firsts: list[int] = []
    folders: list[list[int]] = []
    last = -1
    for key, label in zip(keys.tolist(), labels.tolist(), strict=True):
        dummies = (key - last - 1) // step
        if not folders or len(folders[-1]) + dummies + 1 > folder_size:
            firsts.append(key)
            folders.append([key << label_bits | label])
        else:
            rest = key - last - dummies * step
            folders[-1] += [bridge] * dummies + [rest << label_bits | label]
        last = key
    field = key_bits + label_bits
    empty = [(folder_size - len(entries)) * field for entries in folders]
    return firsts, [joined(f, field) << e for f, e in zip(folders, empty, strict=True)]


def string_bits(first_bits: int, key_bits: Any, label_bits: int, folder_size: Any) -> Any:
    """T = rho_0 + c + (n - 1) (rho + c)."""
    return first_bits + label_bits + (folder_size - 1) * (key_bits + label_bits)


def entries(keys: np.ndarray, key_bits: int) -> int:
    """Points and dummies: E = N + sum of floor((gap - 1) / (2^key_bits - 1)).  They fill
    at most ceil(E / n) folders, and are fewer than 2N with key bits enough: lemma
    ``thm-optimal_relu-entries``.

    >>> entries(np.array([3, 4, 9, 10]), 2)
    5
    """
    gaps = keys[1:] - keys[:-1]
    return len(keys) + int(((gaps - 1) // ((1 << key_bits) - 1)).sum())
