"""Statements of the chapter on points that a network has not seen."""

from mem_lib._base.statement import Statement


def _after(
    name: str, title: str, provenance: str, function: str, compare: str | None = None
) -> Statement:
    """A statement of this chapter, about its paper."""
    label, paper = f"thm-generalization-{name}", "yu2024generalizability"
    return Statement(label, title, paper, provenance, f"mem_lib.generalization.{function}", compare)


STATEMENTS: tuple[Statement, ...] = (
    # book/generalization/index.md
    _after("first-layer", "What the first layer does not see", "paper", "fibre"),
    _after("cap", "The best accuracy of a narrow first layer", "ours", "best_accuracy"),
    _after(
        "shells",
        "Narrow networks, every dimension",
        "ours",
        "shells_needed",
        "the width in the abstract, which is larger than what the proof of Theorem 5.1 gives",
    ),
    _after(
        "bad",
        "Right at every training point, wrong on half of the world",
        "ours",
        "slab_share",
        "the constants in Theorem 5.3, and the condition that keys of different labels put on the "
        "width of a slab",
    ),
    _after("maxnet", "The nearest point as a network", "ours", "MaxNet"),
    _after(
        "robust",
        "No network can promise more room",
        "ours",
        "robustness_radius",
        "the abstract of *Optimal robust memorization* by three of the authors (2024)",
    ),
    _after(
        "cells",
        "Cells",
        "paper",
        "Cells",
        "the factor before the squared margin in the second layer of Theorem 7.3, and whether its "
        "count of parameters is of those that are not 0",
    ),
    _after("safe", "Safe sets", "ours", "in_hit_cells"),
    _after(
        "samples",
        "Enough samples",
        "ours",
        "samples_enough",
        "the number of samples in Theorem 7.3",
    ),
    _after(
        "cube",
        "Safe boxes of a cube",
        "ours",
        "safe_cells",
        "the count of balls in Proposition 7.7",
    ),
    _after(
        "condensed",
        "Constant size",
        "ours",
        "Condensed",
        "the packing number in Theorem 4.3: points that are c/3 apart have disjoint balls of "
        "radius c/6",
    ),
    _after("compression", "A certificate from the sample", "known", "compression_certificate"),
    _after(
        "needed",
        "Samples that are needed",
        "ours",
        "samples_needed",
        "the exponent in Corollary 6.4, and the binomial sum in the proof of Lemma F.2",
    ),
    _after(
        "parameters",
        "Parameters that are needed",
        "ours",
        "parameters_needed",
        "whether a theorem states what the abstract says of exponentially many parameters",
    ),
    _after(
        "gadget",
        "The smallest memorizer solves formulas",
        "paper",
        "gadget_network",
        "Definition 6.6, which does not ask for not-all-equal formulas",
    ),
    _after("occam", "What a file's length says", "known", "occam"),
    # book/generalization/statements.md
    _after(
        "ball-shell",
        "A ball and a shell",
        "paper",
        "ball_and_shell_bound",
        "the condition on d in the proof of Theorem 5.1",
    ),
    _after(
        "coins",
        "Labels by fair coins",
        "ours",
        "fair_coin_accuracy",
        "the proof of Proposition 3.3, which draws a uniform rational number",
    ),
    _after("projected", "Nearest points after a projection", "ours", "Projected"),
    _after(
        "spike",
        "Spikes",
        "ours",
        "Spike",
        "the number of parameters in Theorem 4.1, and whether the first row is counted",
    ),
    _after("pipelined", "A narrow max-net", "ours", "Pipelined"),
    _after(
        "covering",
        "Balls that are right when hit",
        "paper",
        "least_ratio",
        "the factor 3.1 in the definition of the nearby set",
    ),
    _after("balls", "A distribution whose number of balls is known", "ours", "Balls"),
    _after("mass", "The missing mass", "known", "missing_mass"),
    _after(
        "smallest",
        "Every small memorizer",
        "ours",
        "samples_for_size",
        "the power of the error, and of the logarithm of N_D, in Theorem 6.5",
    ),
    _after(
        "separable",
        "Half-spaces",
        "ours",
        "Separable",
        "for which distributions the abstract calls the number of samples exact",
    ),
)
