"""A construction is an object: its parameters, its plan, its promise.

Each network that the book builds is a small frozen class.  Its fields are its parameters, checked
where they are made; its docstring is its documentation and names its theorem.  From data it makes a
*plan*, everything that is chosen before a layer is written; from the plan a network.  From *facts*
about data it tells what its theorem promises.

    construction = ml.optimal_relu.Narrow(max_weight_bits=51)
    network = ml.build(dataset, construction, seed=0)
    promise = ml.bound(ml.Facts(N=1000, d=10, separation=0.28), construction)

The registry holds all of them by name, ``"optimal_relu.narrow"``; a chapter's slug alone means its
first one.  Whatever wants to speak of every construction loops over it, and knows none of them.
"""

from mem_lib.constructions.construction import Construction, Plan
from mem_lib.constructions.facts import Facts
from mem_lib.constructions.registry import (
    CHAPTERS,
    REGISTRY,
    Named,
    Registry,
    bound,
    build,
    made,
    named,
)

__all__ = [
    "CHAPTERS",
    "REGISTRY",
    "Construction",
    "Facts",
    "Named",
    "Plan",
    "Registry",
    "bound",
    "build",
    "made",
    "named",
]
