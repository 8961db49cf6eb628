r"""What the length of a network's file says about points that it has not seen.

*Theorem* (thm-generalization-occam; Blumer, Ehrenfeucht, Haussler, Warmuth 1987).  Let N
independent samples be drawn, and let a network memorize them whose file has B bytes, without what
readers are told.  With probability >= 1 - eta *every* such network errs with probability at most
(8 B ln 2 + ln(1/eta))/N.

*Proof.*  A network that errs with a probability above e memorizes with one of at most
(1 - e)^N <= exp(-e N), which for e = (8 B ln 2 + ln(1/eta))/N is eta 2^(-8 B).  No file is the
beginning of another one, since a JSON object ends with its last bracket; so the 2^(-8 B) of all
networks add up to at most 1 (Kraft).

The wiring and where each number ends are part of the file, so nothing is left out that a receiver
would have to know; ``Size.total_bits`` alone is no such length.
"""

from __future__ import annotations

import math

from mem_lib._base.arguments import instance, integer_in, probability
from mem_lib.network import Network
from mem_lib.network.write import network_chunks

_MOST = 10**300


def described_bytes(network: Network) -> int:
    """The length of the network's file in bytes, uncompressed, with an empty ``about`` and without
    names and stages.  Raises ``InvalidArgument`` for another object.

    >>> from mem_lib import Layer
    >>> layer = Layer([[3, -1]], [2], "identity", names=["out"], stage="readout")
    >>> told = Network([layer], readout="sign", about={"by": "hand"})
    >>> bare = Network([Layer([[3, -1]], [2], "identity")], readout="sign")
    >>> described_bytes(told) == described_bytes(bare) == len(bare.to_json())
    True
    """
    instance(network, "network", Network)
    return sum(map(len, network_chunks(network, told=False)))


def occam(network: Network, N: int, failure: float) -> float:
    """(8 B ln 2 + ln(1/failure))/N for the B of :func:`described_bytes`: when the network memorizes
    N independent samples, this bounds its error on new ones, undecided counted as wrong; the
    statement is wrong with probability <= ``failure``, for all networks at once (theorem
    ``thm-generalization-occam``).

    1 or more says nothing; the value is not cut there, since it tells how many times larger the
    sample would have to be.  That the network memorizes them is for ``verify`` to say.

    Raises ``InvalidArgument`` for no network, an N below 1, a failure outside (0, 1).

    >>> from mem_lib import Layer
    >>> side = Network([Layer([[1, -1]], [0], "identity")], readout="sign")
    >>> round(occam(side, 10**5, 0.05), 4)
    0.0102
    """
    bits = 8 * described_bytes(network)
    N, failure = integer_in(N, "N", 1, _MOST), probability(failure, "failure")
    return (bits * math.log(2) - math.log(failure)) / N
