"""The six challenges, one of foundations and one of each paper's chapter.

Their data never change: a table of results would compare different things.  They come from the
generators with written arguments, and a test pins their hashes.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from mem_lib import foundations
from mem_lib._base.arguments import one_of
from mem_lib.data import Dataset, ball, moons, sphere
from mem_lib.deep_threshold.lower import gates_needed, weights_needed_free
from mem_lib.generalization.rings import BallAndShell
from mem_lib.grading.challenges.contest import Challenge
from mem_lib.grading.challenges.rivals import Line, Rival
from mem_lib.grading.challenges.rules import Rule
from mem_lib.two_layer.bounds import least_neurons
from mem_lib.two_layer.weight import weight_bound

SLUGS = (
    "foundations",
    "two_layer",
    "deep_threshold",
    "optimal_relu",
    "beyond_worst_case",
    "generalization",
)
#: A hundred flips of a coin, the first one in front.
FLIPS = 0xE07FF66E5007677EBC36CE931
LONGEST = 64  # bits of a weight, in the challenge of optimal_relu
UNSEEN = 2000  # further points, in the challenge of generalization
#: Two ReLU neurons for each change along a line: what a construction has to be ahead of.
STAIRCASE = Rival("foundations.staircase", function=foundations.staircase)


@cache
def challenge(slug: str) -> Challenge:
    """The challenge of a chapter.

    Raises ``InvalidArgument`` for another word than a chapter's slug.

    >>> challenge("foundations").dataset.N
    100
    """
    return _MADE[one_of(slug, "slug", SLUGS)]()


def _coins() -> Dataset:
    flips = [int(flip) for flip in f"{FLIPS:0100b}"]
    return Dataset(np.arange(100)[:, None], flips)


def _foundations() -> Challenge:
    return Challenge(
        slug="foundations",
        title="A hundred coin flips",
        question="How few bits do all the weights of a network take that answers at 0, 1, …, 99 "
        "with 100 given coin flips?",
        points="the whole numbers 0 to 99 on a line, with labels by coin",
        draw=_coins,
        rules=(),
        measures=("total_bits", "weights", "bits", "neurons"),
        axes=("weights", "bits"),
        rivals=(
            STAIRCASE,
            Rival("deep_threshold.staircase"),
            Rival("optimal_relu.narrow"),
            Rival("optimal_relu.retrieval"),
            Rival("optimal_relu.wide"),
            Rival("two_layer.sorted"),
        ),
        line=_counting(100, inputs=1),
        sample=STAIRCASE,
    )


def _signs() -> Dataset:
    dataset = sphere(N=60, d=10, margin=0.1, seed=0)
    return Dataset(dataset.points, targets=2 * dataset.labels - 1)


def _two_layer() -> Challenge:
    neurons, weight = least_neurons(60, 10), weight_bound(60, radius=_signs().radius)
    return Challenge(
        slug="two_layer",
        title="Sixty signs, one hidden layer",
        question="How small can neurons times total weight be, of a ReLU network with one hidden "
        "layer that answers exactly −1 or 1 at 60 given points of the sphere in ten dimensions?",
        points="60 points of the unit sphere in 10 dimensions, with targets −1 and 1",
        draw=_signs,
        rules=(Rule("depth", 2), Rule("units", ("relu",)), Rule("outputs")),
        measures=("price", "neurons", "total_weight", "bits"),
        axes=("neurons", "total_weight"),
        rivals=(
            Rival("two_layer.sorted"),
            Rival("two_layer.paper"),
            Rival("two_layer.caps"),
            Rival("two_layer.caps", {"weights": "rational"}),
            Rival("two_layer.light", {"tolerance": 0.01}),
        ),
        line=Line(
            "thm-two_layer-least-neurons, thm-two_layer-weight-bound",
            f"Real values at 60 points in ten dimensions need {neurons} neurons, almost all "
            f"choices of them, and 95 of 100 choices of signs a total weight of {weight:.3g}, "
            "however many neurons there are.",
            ((neurons, math.inf), (neurons, weight), (math.inf, weight)),
        ),
        sample=Rival("two_layer.caps"),
    )


def _deep_threshold() -> Challenge:
    gates, weights = gates_needed(100, 3), weights_needed_free(100, 3)
    return Challenge(
        slug="deep_threshold",
        title="A hundred points, gates only",
        question="How few threshold gates memorize 100 given points of a ball in three dimensions?",
        points="100 points of the unit ball in 3 dimensions, two classes at distance 0.1 or more",
        draw=lambda: ball(N=100, d=3, margin=0.1, seed=0),
        rules=(Rule("units", ("threshold",)),),
        measures=("neurons", "weights", "depth", "bits"),
        axes=("neurons", "weights"),
        rivals=(
            Rival("deep_threshold.hash"),
            Rival("deep_threshold.shallow"),
            Rival("deep_threshold.parity"),
            Rival("deep_threshold.staircase"),
            Rival("two_layer.threshold"),
        ),
        line=Line(
            "thm-deep_threshold-gates, thm-deep_threshold-wiring",
            f"To have a network for each of the 2¹⁰⁰ labellings of these points takes {gates} "
            f"gates, output gates included, and {weights} weights, whatever the wiring.",
            ((gates - 1, math.inf), (gates - 1, weights), (math.inf, weights)),
        ),
        sample=Rival("deep_threshold.staircase"),
    )


def _optimal_relu() -> Challenge:
    return Challenge(
        slug="optimal_relu",
        title="A hundred points, no long weight",
        question="How few nonzero weights, none longer than a machine word, memorize 100 given "
        "points of the plane with ReLUs?",
        points="100 points of the unit disc on the grid 1/256, two classes",
        draw=lambda: ball(N=100, d=2, margin=0.05, seed=0, bits=8),
        rules=(Rule("units", ("relu",)), Rule("bits", LONGEST)),
        measures=("weights", "bits", "total_bits", "depth", "neurons"),
        axes=("weights", "bits"),
        rivals=(
            Rival("optimal_relu.paper"),
            Rival("optimal_relu.narrow"),
            Rival("optimal_relu.parallel"),
            Rival("optimal_relu.series", {"max_weight_bits": 40}),
            Rival("optimal_relu.retrieval"),
            Rival("optimal_relu.rounds"),
            STAIRCASE,
        ),
        line=_counting(100, inputs=2),
        sample=Rival("optimal_relu.retrieval"),
    )


def _beyond_worst_case() -> Challenge:
    weights = foundations.weights_needed(400, 3, inputs=2)
    gates = foundations.weights_needed(400, activation="threshold", inputs=2)
    return Challenge(
        slug="beyond_worst_case",
        title="Two moons",
        question="How few nonzero weights, in at most three layers, tell two moons of 200 points "
        "each apart?",
        points="400 points of two moons in the plane, at distance 0.3 or more",
        draw=lambda: moons(N=400, margin=0.3, seed=0),
        rules=(Rule("depth", 3), Rule("units", ("relu", "threshold"))),
        measures=("weights", "neurons", "bits", "total_bits"),
        axes=("neurons", "weights"),
        rivals=(
            Rival("beyond_worst_case.practical"),
            Rival("beyond_worst_case.two_sided"),
            Rival("beyond_worst_case.relu"),
            Rival("deep_threshold.staircase"),
            Rival("two_layer.sorted"),
        ),
        line=Line(
            "thm-foundations-any-wiring",
            f"To have a network of three layers and one output for each of the 2⁴⁰⁰ labellings of "
            f"400 points takes {weights} weights with ReLU units and {gates} with threshold units, "
            "whatever the wiring; the line is the lower of both.",
            ((0, weights), (math.inf, weights)),
        ),
        sample=Rival("beyond_worst_case.two_sided"),
    )


def _generalization() -> Challenge:
    weights, world = foundations.weights_needed(100, inputs=2), BallAndShell(d=2)
    return Challenge(
        slug="generalization",
        title="Right on what it has not seen",
        question="How few nonzero weights know a sample of 100 points of a disc in a ring, and "
        f"answer at least 99 of 100 of {UNSEEN} further points rightly?",
        points=f"100 points drawn from a disc (label 1) in a ring (label 0), and {UNSEEN} further "
        "ones whose labels are known",
        draw=lambda: world.sample(100),
        draw_unseen=lambda: world.test(UNSEEN),
        rules=(Rule("missed", UNSEEN // 100),),
        measures=("weights", "missed", "neurons", "bits"),
        axes=("weights", "missed"),
        rivals=(
            Rival("generalization.maxnet"),
            Rival("generalization.condensed"),
            Rival("generalization.cells"),
            Rival("generalization.pipelined"),
        ),
        line=Line(
            "thm-foundations-any-wiring",
            f"To have a ReLU network with one output for each of the 2¹⁰⁰ labellings of 100 points "
            f"takes {weights} weights, whatever the wiring. What the further points ask for beside "
            "that, it does not say.",
            ((weights, math.inf), (weights, 0)),
        ),
        sample=Rival("generalization.condensed"),
    )


def _counting(N: int, inputs: int) -> Line:
    """W weights of at most B bits, for all labels and whatever the wiring."""
    longest = range(LONGEST, 0, -1)
    needed = [(foundations.counting_bound(N, 2, bits=B, inputs=inputs), B) for B in longest]
    (few, _), (many, _) = needed[0], needed[-1]
    told = "2" + str(N).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return Line(
        "thm-foundations-counting",
        f"To have a network for each of the {told} labellings takes {many} weights of one bit, or "
        f"{few} of at most {LONGEST} bits, and in between what the line says, whatever the wiring.",
        ((few, math.inf), *needed, (math.inf, 1)),
    )


_MADE = {
    "foundations": _foundations,
    "two_layer": _two_layer,
    "deep_threshold": _deep_threshold,
    "optimal_relu": _optimal_relu,
    "beyond_worst_case": _beyond_worst_case,
    "generalization": _generalization,
}
