"""The least prime that is at least a given number, by the test of Miller and Rabin.

Below ``SURE`` the bases ``BASES`` convict every composite number (Sorenson and Webster,
arXiv:1509.00864).  Above it a composite number that passes is possible, and none is known.
"""

from __future__ import annotations

BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
SURE = 3317044064679887385961981


def prime_from(least: int) -> int:
    """The least prime >= ``least``; below twice that, by Bertrand's postulate.

    >>> [prime_from(n) for n in (0, 2, 14, 2**31, 2**61)]
    [2, 2, 17, 2147483659, 2305843009213693967]
    """
    n = max(2, least)
    while not is_prime(n):
        n += 1
    return n


def is_prime(n: int) -> bool:
    """Whether ``n`` is prime.

    >>> [n for n in range(60) if is_prime(n)]
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]
    """
    if n < 2 or any(n % p == 0 for p in BASES):
        return n in BASES
    twos = ((n - 1) & -(n - 1)).bit_length() - 1  # n - 1 is odd times 2^twos
    return not any(_convicts(base, n, twos) for base in BASES)


def _convicts(base: int, n: int, twos: int) -> bool:
    """Whether ``base`` shows that the odd number ``n`` is composite."""
    power = pow(base, (n - 1) >> twos, n)
    if power in (1, n - 1):
        return False
    for _ in range(twos - 1):
        power = power * power % n
        if power == n - 1:
            return False
    return True
