"""Closed formulas for the size, from the few numbers that a network tells in ``about``.

Depth and width are exact.  The other two are upper bounds: an entry may happen to be 0 (a folder
whose labels are all 0, a coefficient of the direction, the smallest projection), and a longest
weight may happen to be shorter than it could be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import Network
from mem_lib.optimal_relu._folders import VARIANTS


@dataclass(frozen=True)
class Formula:
    """depth and width exactly, weights and bits at most; the words of :class:`mem_lib.Size`."""

    depth: int
    width: int
    weights: int
    bits: int


def size_formula(network: Network | dict[str, Any]) -> Formula:
    """The size of a network of this chapter, computed from its ``about`` and from nothing else
    (``"paper"``: proposition ``thm-optimal_relu-size``; ``"retrieval"``: theorem
    ``thm-optimal_relu-tables``).

    Raises HypothesisViolated for a network that another chapter built.

    >>> import mem_lib as ml
    >>> network = ml.optimal_relu.build(ml.data.ball(N=50, d=3, seed=0), variant="narrow")
    >>> formula, size = ml.optimal_relu.size_formula(network), network.size
    >>> (formula.depth, formula.width) == (size.depth, size.width)
    True
    >>> size.weights <= formula.weights and size.bits <= formula.bits
    True
    """
    about = network.about if isinstance(network, Network) else network
    formulas = {
        "paper": paper_formula,
        "merged": merged_formula,
        "narrow": narrow_formula,
        "wide": block_formula,
        "parallel": block_formula,
        "series": block_formula,
        "retrieval": retrieval_formula,
    }
    try:
        if about["chapter"] != "optimal_relu":
            raise KeyError("chapter")
        found = formulas[about["variant"]](about)
        if "answer_bits" in about:  # the last layer has a bias, and weights that are not 1
            weights, bits = found.weights + 1, max(found.bits, about["answer_bits"])
            return Formula(found.depth, found.width, weights, bits)
        return found
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
        raise HypothesisViolated(
            f"network: one that mem_lib.optimal_relu.build made is needed (variants {VARIANTS}), "
            f"got {show(network)}"
        ) from None


def paper_depth_of(folders: int, folder_size: int, key_bits: int, label_bits: int) -> int:
    """1 + 3 N1 + 1 + n (3 max + 2) hidden layers, and the output."""
    return 3 + 3 * folders + folder_size * (3 * max(key_bits, label_bits) + 2)


def paper_formula(about: dict[str, Any]) -> Formula:
    """Three layers for each folder, three for each bit, two for each comparison."""
    folders, n = about["folders"], about["folder_size"]
    key, label = about["key_bits"], about["label_bits"]
    longest = max(key, label)
    # a bit: 6 + 5 + 5 entries, 2 more where the field is not empty; an idle string: 3 + 3 + 3;
    # the last bit of a field is added one layer later, by one entry, or two for the key
    strings = 18 * (key + label) - 4 + 9 * (2 * longest - key - label) + 1
    strings += 2 if key == longest else 1
    carried = 6 * longest + 1  # x and y, and the gate that y takes up
    compare = 4 + 1 + 2 + 5 + 9  # probes, label, x and y, q1 and q2; then the gate's layer
    weights = about["d"] + 1 + 18 * folders - 2 + 9 + n * (strings + carried + compare) - 1 + 2
    return Formula(
        depth=paper_depth_of(folders, n, key, label),
        width=12,
        weights=weights,
        bits=max(about["projection_bits"], about["unit_bits"] + about["string_bits"] + 2),
    )


def merged_depth_of(folders: int, folder_size: int, key_bits: int, label_bits: int) -> int:
    """1 + 2 N1 + 1 + n (max + 3) hidden layers, and the output."""
    return 3 + 2 * folders + folder_size * (max(key_bits, label_bits) + 3)


def merged_formula(about: dict[str, Any]) -> Formula:
    """Two layers for each folder, one for each bit, three more for each entry."""
    folders, n = about["folders"], about["folder_size"]
    key, label = about["key_bits"], about["label_bits"]
    longest = max(key, label)
    # a string of b bits: 6 entries at its first bit, 10 at the others, then 4, then 2 in each layer
    strings = 8 * (key + label) + 4 * longest + 8
    bits = 4 * (key + label)
    # the sums of the bits, and how they enter the comparison, which takes a bit more if the last
    # bit of the key is the last of the entry
    sums = (longest + key + 5 + (key == longest)) + (longest + label + 4)
    carried = 2 * (longest + 3) + 1  # x and y, and the gate that y takes up
    weights = about["d"] + 1 + 15 * folders - 4 + 13 + n * (strings + bits + sums + carried) + 1
    return Formula(
        depth=merged_depth_of(folders, n, key, label),
        width=14 if min(key, label) > 1 else 12,
        weights=weights,
        bits=max(about["projection_bits"], about["unit_bits"] + about["string_bits"] + 2),
    )


def narrow_depth_of(
    hash_steps: int, folders: Any, first_bits: int, folder_size: Any, key_bits: Any, label_bits: int
) -> Any:
    """1 + 2K + 2 (N1 - 1) + 2 (rho_0 + (n - 1) rho) + 6nc hidden layers, and the output.

    Integers, or arrays of them for several folder sizes.
    """
    read = 2 * (first_bits + (folder_size - 1) * key_bits) + 6 * folder_size * label_bits
    return 2 + 2 * hash_steps + 2 * (folders - 1) + read


def narrow_formula(about: dict[str, Any]) -> Formula:
    """Two layers for each conditional subtraction, folder and key bit, six for each label bit."""
    steps, folders, n = about["hash_steps"], about["folders"], about["folder_size"]
    first, key, label = about["first_key_bits"], about["key_bits"], about["label_bits"]
    finding = 8 * steps + 9 * (folders - 1) - 1
    entries = 11 * first + n * (28 * label + 2) + (n - 1) * (11 * key - 1)
    return Formula(
        depth=narrow_depth_of(steps, folders, first, n, key, label),
        width=3,
        weights=about["d"] + 1 + finding + entries + 2,
        bits=max(
            about["projection_bits"],
            int(about["modulus"], 16).bit_length() + max(steps - 1, 0),
            about["string_bits"] + label,
        ),
    )


def block_depth_of(hash_steps: Any, folders: Any, string_bits: Any, rounds: Any = 1) -> Any:
    """1 + K + (N1 - r) + r T + 1 hidden layers, and the output, for r rounds of one block each.

    For blocks side by side, N1 is the number of folders in the largest.  Integers, or arrays.
    """
    return 3 + hash_steps + folders - rounds + rounds * string_bits


def block_formula(about: dict[str, Any]) -> Formula:
    """One layer for each conditional subtraction, for each folder but the first of a block, and
    for each bit of the strings."""
    K, count, n = about["hash_steps"], about["folders"], about["folder_size"]
    first, key, c = about["first_key_bits"], about["key_bits"], about["label_bits"]
    T, blocks, rounds = about["string_bits"], about["blocks"], about["rounds"]
    shelves = blocks * rounds
    short, longer = divmod(count, shelves)  # so many shelves have one folder more than the others
    most = short + (longer > 0)
    sizes = {short: shelves - longer, short + 1: longer}
    weights = about["d"] + 1
    for folders, number in sizes.items():
        waits = blocks > 1 and folders < most  # one layer longer, for larger blocks beside it
        finding = 7 * (folders - 1) - 2 + 3 * waits if folders > 1 else waits
        # the first bit of a string that was carried, that is a constant, or that was just found
        entry = 5 if waits else 3 if folders == 1 else 11
        weights += number * (finding + entry)
    # the other bits; then e, r and the gate, and the step of y that takes it up
    key_bits = first + (n - 1) * key
    weights += shelves * (11 * (T - 1) - 1 + 3 * key_bits + n * c + 1 + n * (2 * c + 2) + 6 * n * c)
    if rounds == 1:  # x while the folder is found, and y
        weights += most - 1 + blocks * (T + 1)
    else:
        weights += count - rounds + (rounds - 1) * T
        weights += rounds * T + count - short - rounds + 2
    if K:  # a difference of three units instead of x, wherever the next layer takes x
        begin = most if rounds == 1 else short
        begun = blocks - sizes[short] * (short == 1) if rounds == 1 else 1
        uses = 1 + 2 * begun if begin > 1 else blocks + (rounds > 1)
        weights += 11 * K - 6 + 2 * uses
    return Formula(
        depth=block_depth_of(K, count if rounds > 1 else most, T, rounds),
        width=(6 + (c > 1) + (rounds > 1)) * blocks,
        weights=weights,
        bits=max(
            about["projection_bits"],
            int(about["modulus"], 16).bit_length() + max(K - 1, 0),
            T,
        ),
    )


def retrieval_depth_of(steps: list[int], folders: int, cells: int, label_bits: int) -> int:
    """1 + K_Q + (N1 - 1) + K_M + K_1 + K_2 + K_3 + 3 + mc + 2c hidden layers, and the output."""
    return 2 + sum(steps) + (folders - 1) + 3 + cells * label_bits + 2 * label_bits


def retrieval_formula(about: dict[str, Any]) -> Formula:
    """One layer for each conditional subtraction, folder and bit of the table."""
    hashing, reducing, *by_prime = steps = [
        about["hash_steps"], about["table_steps"], *about["prime_steps"]
    ]  # fmt: skip
    folders, m, c = about["folders"], about["folder_size"], about["label_bits"]
    weights = about["d"] + 1 + 11 * hashing + 8 * (folders - 1) - 2
    # (entries of a subtraction, how many the first of its kind has fewer); a kind without a
    # subtraction hands its sum of three units on, so its first one counts where it lengthens it
    kinds = zip([reducing, *by_prime], [(12, 4), (13, -2), (14, 5), (13, 5)], strict=True)
    weights += sum(each * count - first for count, (each, first) in kinds if count or first < 0)
    weights += m * (22 * c + 2) - about["primes"][-1] * c - 14  # the last pass does without x
    weights += 26 * c - 9
    return Formula(
        depth=retrieval_depth_of(steps, folders, m, c),
        width=8,
        weights=weights,
        bits=max(
            about["projection_bits"],
            int(about["modulus"], 16).bit_length() + max(hashing - 1, 0),
            math.prod(about["primes"]).bit_length() + max(reducing - 1, 0),
            about["string_bits"],
        ),
    )


def bytes_needed(about: dict[str, Any]) -> int:
    """About how much memory the network takes: small entries, strings, and thresholds."""
    formula, string = size_formula(about), about["string_bits"] + about.get("unit_bits", 0)
    strings = about["folders"] * string // 4
    blocks = about.get("blocks", 1)
    if blocks > 1:  # sparse layers: the entries count
        strings += 100 * formula.weights
    rounds = about.get("rounds", 1)
    depth = formula.depth
    return reading_bytes(about["variant"], depth, string, blocks * rounds) + strings


def reading_bytes(variant: str, depth: int, string_bits: int, times: int = 1) -> int:
    """The part of ``depth`` layers, which read a string ``times`` times.  A layer takes some small
    arrays, and the one that reads bit i of L has a few entries of L - i bits, so that all bits
    together take L^2/16 bytes for each."""
    array, long_entries = {"paper": (12, 2), "merged": (14, 2), "narrow": (3, 3)}.get(
        variant, (8, 3)
    )
    return depth * (1000 + 8 * array**2) + times * long_entries * string_bits**2 // 15
