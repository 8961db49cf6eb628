r"""A memorizer that is right at N points and wrong on half of the world.

*Theorem* (thm-generalization-bad).  Take a unit vector u on which points with different labels have
different projections, and a label s.  The network that answers s where <u, x> is within omega of
the projection of a training point with label s, and the other label elsewhere, memorizes when
omega is at most the least distance of projections with different labels.  A slab of half-width
omega in the unit cube has a volume of at most 2 sqrt(2) omega, since no hyperplane meets the cube
in an area above sqrt(2) (Ball 1986).  So for a distribution in the cube with a density of at most r

    P(the answer is s) <= 2 sqrt(2) r omega m,    accuracy <= P(label is not s) + that,

m <= N the number of slabs: with omega = min(nu/(2 sqrt(2) r N), the least distance) the accuracy is
at most P(label is not s) + nu.  Without a point of label s the answer is constant.

:class:`~mem_lib.generalization.Spike` is such a network: on the cube of side M that its integer
points span it answers s only at distance below 1/|u| of a key's hyperplane, so omega = 1/(M |u|).
"""

from __future__ import annotations

import math

from mem_lib._base.arguments import above_zero, integer_in

_MOST = 10**300


def slab_share(slabs: int, half_width: float, density: float = 1.0) -> float:
    """2 sqrt(2) density half_width slabs, or 1 where that is less: at most that part of a
    distribution lies in so many slabs (theorem ``thm-generalization-bad``).

    slabs:      how many
    half_width: of each, where the distribution lives in a cube of side 1
    density:    the distribution's largest; 1 for the uniform one

    Floating point.  Raises ``InvalidArgument`` for slabs outside 0 to 10^300, a half-width or
    density that is no finite number > 0.

    >>> round(slab_share(100, 1e-4), 4), slab_share(100, 1)
    (0.0283, 1.0)
    """
    slabs = integer_in(slabs, "slabs", 0, _MOST)
    width, density = above_zero(half_width, "half_width"), above_zero(density, "density")
    return min(1.0, 2 * math.sqrt(2) * density * width * slabs * (1 + 1e-12))
