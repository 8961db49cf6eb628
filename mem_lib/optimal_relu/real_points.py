"""Real points: the paper's network with a real first layer and integers behind it.

Theorem ``thm-optimal_relu-paper`` is for any real points.  For different points there is a
direction on which all projections differ; multiplied by a real number it has smallest gap 2, and
moved it takes the leftmost point to z = 1.  Behind that, all weights are integers: files, keys and
powers of two, of at most nm + 2 bits, whatever the points.

``build`` takes points on a grid and keeps everything in integers, in units of 2^-f.
:func:`real_form` divides by the unit: the first layer becomes one of fractions, and what is behind
it is the network of the theorem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import mul

from mem_lib import constructions
from mem_lib._base.arguments import instance, integer_in, listed
from mem_lib._base.numbers import as_fraction
from mem_lib.constructions import Facts
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact.reference import through
from mem_lib.network import Layer, Network, Size
from mem_lib.optimal_relu.bounds import Real
from mem_lib.optimal_relu.paper import Paper

_ZERO = Fraction(0)


@dataclass(frozen=True)
class RealForm:
    """A network whose first layer is real, and the integer layers behind it.

    weights: (units, d), of the first layer, for the points themselves and not for 2^s x
    biases:  (units,)
    behind:  all further layers, integers; its inputs are the outputs of the first layer
    """

    weights: tuple[tuple[Fraction, ...], ...]
    biases: tuple[Fraction, ...]
    behind: Network

    def answer(self, point: Sequence[Real]) -> Fraction:
        """The output at one point of d rational coordinates, exactly.

        Raises ``InvalidArgument`` for anything else.
        """
        x = [number for v in listed(point, "point") if (number := as_fraction(v)) is not None]
        if len(x) != len(self.weights[0]) or len(x) != len(point):
            raise InvalidArgument(
                f"point: {len(self.weights[0])} finite numbers are needed, got {shown(point)}"
            )
        rows = zip(self.weights, self.biases, strict=True)
        values = [max(_ZERO, sum(map(mul, row, x), bias)) for row, bias in rows]
        return Fraction(through(self.behind, values)[-1][0]) / self.behind.output_denominator


def real_form(network: Network) -> RealForm:
    """The network of theorem ``thm-optimal_relu-paper``: every bias and the first layer divided by
    the unit 2^f, in which a network of ``"paper"`` or ``"merged"`` computes.

    The function, the depth, the width and the number of weights stay; no weight behind the first
    layer has more than nm + 2 bits, m the longer of a key and a label.

    Raises ``InvalidArgument`` for another network.

    >>> import mem_lib as ml
    >>> network = ml.optimal_relu.build(ml.data.ball(N=50, d=2, seed=1))
    >>> form = real_form(network)
    >>> network.size.bits, form.behind.size.bits, form.behind.output_denominator
    (47, 26, 1)
    """
    about = instance(network, "network", Network).about
    if about.get("variant") not in ("paper", "merged"):
        raise InvalidArgument(
            f"network: one of the variants 'paper' and 'merged' is needed, got {network!r}"
        )
    one = 1 << integer_in(about.get("unit_bits"), "unit_bits", 0)
    first, *rest = network.layers
    unit = Fraction(1 << network.input_shift, one)
    rows = list(first.rows())
    weights = [dict(terms) for _, terms in rows]
    return RealForm(
        tuple(tuple(unit * row.get(k, 0) for k in range(network.inputs)) for row in weights),
        tuple(Fraction(bias, one) for bias, _ in rows),
        Network(
            [_in_units(layer, one) for layer in rest],
            output_denominator=network.output_denominator // one,
            readout=network.readout,
        ),
    )


def _in_units(layer: Layer, one: int) -> Layer:
    """Every bias is a whole number of units."""
    biases = [bias // one for bias, _ in layer.rows()]
    assert all(one * b == bias for b, (bias, _) in zip(biases, layer.rows(), strict=True))
    return Layer(layer.weight, biases, layer.activation, names=layer.names, stage=layer.stage)


def real_bound(
    N: int,
    d: int,
    separation: Real | None,
    radius: Real = 1,
    *,
    classes: int = 2,
    variant: str = "paper",
    folder_size: int | None = None,
) -> Size:
    """What theorem ``thm-optimal_relu-paper`` promises for any N real points of norm at most
    ``radius`` at distances of at least ``separation``.

    The words of :class:`mem_lib.Size`; ``bits`` and ``total_bits`` are those behind the first
    layer, whose d + 1 entries are real numbers.  ``variant``: ``"paper"`` or ``"merged"``.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> real_bound(1000, 10, 0.28).bits, real_bound(1000, 10, 0.28).depth
    (164, 1002)
    """
    made = constructions.made(constructions.named("optimal_relu", variant), folder_size=folder_size)
    paper = instance(made, "variant", Paper)
    facts = Facts(N=N, d=d, separation=separation, radius=radius, classes=classes)
    # without integers to write down in the first layer, a unit is 1, and an entry counts as one bit
    size = paper.promised(replace(paper.worst_case(facts, None), entry=0, projection=0))
    return replace(size, total_bits=size.total_bits - (d + 1))
