"""Statements of the chapter on deep threshold networks."""

from mem_lib._base.statement import Statement

_PAPER = "rajput2021exponential"


def _ours(name: str, title: str, function: str, compare: str | None = None) -> Statement:
    return Statement(
        label=f"thm-deep_threshold-{name}",
        title=title,
        paper=_PAPER,
        provenance="ours",
        function=f"mem_lib.deep_threshold.{function}",
        compare=compare,
    )


STATEMENTS: tuple[Statement, ...] = (
    _ours(
        "main",
        "Geometry first, then bookkeeping",
        "bound",
        "the main theorem, Theorem 1 according to the caption of Figure 1: its norm condition, "
        "whether it asks for a distance of all points or of differently labelled ones, its depth, "
        "its powers of logarithms, and the probability of success",
    ),
    _ours(
        "hyperplane",
        "One random hyperplane",
        "line_probability",
        "the lemma on one Gaussian hyperplane: its constant, and the law of the bias",
    ),
    _ours(
        "first-layer",
        "The first layer",
        "hyperplanes_enough",
        "the width of the first layer, of the order $\\log N / \\delta$",
    ),
    _ours("grid", "The grid", "grid_rows"),
    _ours(
        "hash",
        "A hash, digit by digit",
        "Hash",
        "how the paper computes few bits from many, and in how many layers",
    ),
    _ours(
        "table",
        "The table",
        "Table",
        "the paper's last layers, which lift short codes to vectors on which groups of about "
        "$\\sqrt N$ points are linearly independent, with powers of logarithms that the caption of "
        "Figure 1 does not show clearly",
    ),
    _ours("staircase", "The staircase", "Staircase"),
    _ours("crossing", "Where depth begins to pay", "crossing"),
    _ours(
        "rounding",
        "Rounded hyperplanes",
        "weight_bits",
        "whether the paper bounds the bits of the Gaussian weights",
    ),
    _ours("adaptive", "The bound that the data give", "data_bound"),
    _ours("clear", "Clear of all points", "robustness_radius"),
    _ours(
        "parity",
        "Parities",
        "Parity",
        "the subnetwork of linear codes in Figure 1: its depth and its size",
    ),
    _ours(
        "integers",
        "Integers of machine size",
        "exact_limit",
        "which of the later weights the paper calls binary and which integer, and how long the "
        "integers are",
    ),
    _ours(
        "circle",
        "Points of a circle",
        "circle_lines",
        "the paper's lower bound for gates, and whether it is for layered networks",
    ),
    _ours("collector", "The price of chance", "collector_mean"),
    _ours(
        "sphere",
        "Points of a sphere",
        "sphere_hyperplanes_needed",
        "the paper's lower bounds, which its abstract derives from separating points of a sphere "
        "with hyperplanes",
    ),
    _ours("ball", "Points of a ball", "ball_hyperplanes_needed"),
    _ours("labels", "Labels out of reach", "labels_out_of_reach"),
    _ours(
        "wiring",
        "Weights are needed",
        "weights_needed",
        "whether the paper states a lower bound for weights",
    ),
    _ours("gates", "Gates are needed", "gates_needed"),
)
