r"""What memorization costs at least, and how a claim about it is certified.

Counting.  N points have C^N labellings.  A network that stores W nonzero weights of at most B bits
is one of few: at most (2^(B+1) - 1)^W in a fixed wiring.  So a family that can realise every
labelling satisfies

    W log2(2^(B+1) - 1) >= N log2 C                    (``thm-foundations-counting``)

and the same with W log2(3 (W + o)(W + d + 1)) + log2 3 added on the left when the wiring may depend
on the labels (d inputs, o outputs).  Real weights have no such limit; there it is geometry that
counts.  A fixed wiring of W weights in L layers that realises all 2^N labellings of some N points
has

    N <= 2 W log2(3 W)              with threshold units   (``thm-foundations-threshold``)
    N <= 2 W L log2(12 W L^2)       with ReLU units        (``thm-foundations-vc``)

and, when the wiring may depend on the labels of points of R^d, 2 W log2(W (W + d)) more
(``thm-foundations-any-wiring``).  The second bound is quadratic in W for deep networks, and rightly
so: :func:`table` is a network of W weights that stores any W^2 / 180 labels.

Certifying.  A network with dyadic weights is a network of integers (:func:`from_dyadic`), and
integer sums below 2^53 are exact in float64 (:func:`bits_needed`).  Beyond that floating point
errs: the answers of :func:`bit_reader` in float32 and float64 (:func:`evaluate_in_floats`) go wrong
from 25 and from 54 bits on, and a few bits later they are no better than a coin.

Conventions.  Weights are nonzero weights and biases, bits the largest bit length without the sign,
depth counts weight layers: the words of :class:`mem_lib.Size`.
"""

from mem_lib.exact.floats import (
    bits_needed,
    evaluate_in_floats,
    from_dyadic,
    right_in_floats,
)
from mem_lib.foundations.counting import counting_bound, log_networks
from mem_lib.foundations.enumeration import labellings
from mem_lib.foundations.networks import bit_reader, pieces_of, staircase, strip, table
from mem_lib.foundations.shattering import (
    dichotomies,
    log_labellings,
    log_sign_patterns,
    log_wirings,
    most_shattered,
    vc_bound,
    weights_needed,
)

__all__ = [
    "bit_reader",
    "bits_needed",
    "counting_bound",
    "dichotomies",
    "evaluate_in_floats",
    "from_dyadic",
    "labellings",
    "log_labellings",
    "log_networks",
    "log_sign_patterns",
    "log_wirings",
    "most_shattered",
    "pieces_of",
    "right_in_floats",
    "staircase",
    "strip",
    "table",
    "vc_bound",
    "weights_needed",
]
